"""The dated map, as far as people at work ask about it."""

from datetime import date
from typing import Any
from uuid import UUID

from tuyen.apps.registry import queries as registry

WORKPLACES = (
    "department", "cdc", "laboratory", "hospital", "health_centre", "gate", "station",
    "satellite_point", "clinic", "district_health_centre",
)  # fmt: skip
"""Types of facilities at which people work; the village network works for the area it lives in."""
SITES = ("station", "satellite_point")


def atlas() -> Any:
    """The whole dated map, in memory: :class:`tuyen.apps.registry.queries.Atlas`."""
    return registry.atlas()


def name(id: UUID, on: date) -> str:
    """What a unit is called on a day; its id where it is none."""
    map_ = atlas()
    return str(map_.full_name(id, on)) if map_.unit(id) is not None else str(id)


def works(id: UUID, on: date) -> bool:
    """Whether there is such a unit on a day."""
    return bool(atlas().valid(id, on))


def now_at(id: UUID, on: date) -> UUID:
    """The unit that stands on the map of a day for one of an earlier day."""
    found: UUID = atlas().standing_for(id, on)
    return found


def station_of(id: UUID, on: date) -> UUID:
    """The unit in whose number somebody is counted: a satellite point's is that of its station."""
    here = now_at(id, on)
    map_ = atlas()
    if map_.type(here, on) == "satellite_point":
        for owner in map_.related(here, "satellite_of", on):
            return UUID(str(owner))
    return here
