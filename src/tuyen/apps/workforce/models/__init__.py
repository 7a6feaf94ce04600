"""The tables of people at work."""

from tuyen.apps.workforce.models.people import (
    Credential,
    Member,
    Tenure,
    Wish,
)
from tuyen.apps.workforce.models.planning import (
    Transfer,
    Zone,
)
from tuyen.apps.workforce.models.roster import (
    Leave,
    Roster,
    Shift,
    Swap,
)
from tuyen.apps.workforce.models.surge import (
    Draw,
    Due,
    Sheet,
    Surge,
    VillageSize,
)
from tuyen.apps.workforce.models.training import (
    Course,
    Handover,
    HandoverCase,
    Outing,
    Seat,
)

__all__ = [
    "Course",
    "Credential",
    "Draw",
    "Due",
    "Handover",
    "HandoverCase",
    "Leave",
    "Member",
    "Outing",
    "Roster",
    "Seat",
    "Sheet",
    "Shift",
    "Surge",
    "Swap",
    "Tenure",
    "Transfer",
    "VillageSize",
    "Wish",
    "Zone",
]
