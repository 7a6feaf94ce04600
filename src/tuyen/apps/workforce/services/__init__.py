"""What each operation writes: the journal calls these with a run of equal kinds."""

from tuyen.apps.workforce.services import (
    certificates,
    courses,
    duty,
    files,
    leave,
    people,
    sheets,
    surge,
    swaps,
    techniques,
    transfers,
)

__all__ = [
    "certificates",
    "courses",
    "duty",
    "files",
    "leave",
    "people",
    "sheets",
    "surge",
    "swaps",
    "techniques",
    "transfers",
]
