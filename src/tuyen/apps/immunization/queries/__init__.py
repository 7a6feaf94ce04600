"""What can be asked of the register of doses."""

from tuyen.apps.immunization.queries.amending import Foreseen, GroupChange, StepRow, foreseen, steps
from tuyen.apps.immunization.queries.certificates import CertificateRow, certificate, certificates
from tuyen.apps.immunization.queries.children import (
    Card,
    DoseRow,
    GroupRow,
    Why,
    card,
    dose,
    doses,
    why,
)
from tuyen.apps.immunization.queries.coverage import (
    FULL,
    Coverage,
    CoverageRow,
    Curve,
    coverage,
    indicators,
    timeliness,
    yearly,
)
from tuyen.apps.immunization.queries.lists import (
    KINDS,
    ChildRow,
    ListFilters,
    Missing,
    Open,
    Page,
    children,
    counted,
    export,
    open_doses,
    school_check,
)

__all__ = [
    "FULL", "KINDS", "Card", "CertificateRow", "ChildRow", "Coverage", "CoverageRow", "Curve", "DoseRow", "Foreseen",
    "GroupChange", "GroupRow", "ListFilters", "Missing", "Open", "Page", "StepRow", "Why", "card", "certificate",
    "certificates", "children", "counted", "coverage", "dose", "doses", "export", "foreseen", "indicators", "open_doses",
    "school_check", "steps", "timeliness", "why", "yearly",
]  # fmt: skip
