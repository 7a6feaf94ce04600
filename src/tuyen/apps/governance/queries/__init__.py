"""What is asked of governance. For doors:

- ``readiness(by=, on=, map_on=)``, ``site_readiness(by=, unit=, on=)``: how ready stations are;
- ``offers(by=, on=)``, ``programme(by=, on=, budget=)``: work that would lift them, and the most for the money;
- ``projects(by=, on=)``, ``project(by=, id=, on=)``: what was decided, how the money stands;
- ``frozen(by=, sites=, on=)``: how ready sites are, as an approval or a closing carries it;
- ``bought(by=, id=, on=)``: what the money brought;
- ``equipment_use(by=, on=)``, ``by_programme(by=, on=)``: how machines are used, what programmes have.
"""

from tuyen.apps.governance.queries.packages import Offer, Programme, offers, programme
from tuyen.apps.governance.queries.projects import (
    APPROVE,
    PROPOSE,
    READ,
    RECORD,
    BoughtPage,
    PaymentRow,
    ProjectPage,
    ProjectRow,
    SiteBought,
    SourceLine,
    StageRow,
    VersionRow,
    bought,
    frozen,
    project,
    projects,
    vouchers_known,
)
from tuyen.apps.governance.queries.readiness import (
    Readiness,
    ReadyRow,
    SitePage,
    readiness,
    site_readiness,
)
from tuyen.apps.governance.queries.use import (
    NOTE,
    Move,
    ProgrammeRow,
    UsePage,
    UseRow,
    by_programme,
    equipment_use,
)
from tuyen.apps.governance.standing import READ as READINESS
from tuyen.apps.governance.standing import Cell, Floor

__all__ = [
    "APPROVE",
    "NOTE",
    "PROPOSE",
    "READ",
    "READINESS",
    "RECORD",
    "BoughtPage",
    "Cell",
    "Floor",
    "Move",
    "Offer",
    "PaymentRow",
    "Programme",
    "ProgrammeRow",
    "ProjectPage",
    "ProjectRow",
    "Readiness",
    "ReadyRow",
    "SiteBought",
    "SitePage",
    "SourceLine",
    "StageRow",
    "UsePage",
    "UseRow",
    "VersionRow",
    "bought",
    "by_programme",
    "equipment_use",
    "frozen",
    "offers",
    "programme",
    "project",
    "projects",
    "readiness",
    "site_readiness",
    "vouchers_known",
]
