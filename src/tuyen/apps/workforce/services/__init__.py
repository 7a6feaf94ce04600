"""What each operation writes: the journal calls these with a run of equal kinds."""

from tuyen.apps.workforce.services import (
    certificates,
    courses,
    files,
    people,
    techniques,
    transfers,
)

__all__ = ["certificates", "courses", "files", "people", "techniques", "transfers"]
