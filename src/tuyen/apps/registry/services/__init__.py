"""The registry's services, by what they change. Importing this registers them all."""

from tuyen.apps.registry.services import (
    households,
    lives,
    merging,
    persons,
    reorganisation,
    undoing,
    units,
)

__all__ = ["households", "lives", "merging", "persons", "reorganisation", "undoing", "units"]
