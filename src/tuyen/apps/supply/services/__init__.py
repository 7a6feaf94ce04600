"""What each operation writes: the journal calls these with a run of equal kinds."""

from tuyen.apps.supply.services import (
    cold,
    counting,
    excursions,
    moving,
    sessions,
    standing,
    supervision,
)

__all__ = ["cold", "counting", "excursions", "moving", "sessions", "standing", "supervision"]
