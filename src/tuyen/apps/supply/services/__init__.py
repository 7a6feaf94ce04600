"""What each operation writes: the journal calls these with a run of equal kinds."""

from tuyen.apps.supply.services import (
    cold,
    controlled,
    counting,
    dispensing,
    excursions,
    moving,
    sessions,
    standing,
    supervision,
)

__all__ = [
    "cold",
    "controlled",
    "counting",
    "dispensing",
    "excursions",
    "moving",
    "sessions",
    "standing",
    "supervision",
]
