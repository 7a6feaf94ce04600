"""The registry's services, by what they change. Importing this registers them all."""

from tuyen.apps.registry.services import (
    apart,
    households,
    lives,
    merging,
    moving,
    persons,
    reorganisation,
    undoing,
    units,
)

__all__ = [
    "apart", "households", "lives", "merging", "moving", "persons", "reorganisation", "undoing",
    "units",
]  # fmt: skip
