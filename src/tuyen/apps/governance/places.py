"""The dated map, as far as governance asks about it: stations, their points, who guides them."""

from datetime import date
from typing import Any
from uuid import UUID

from tuyen.apps.registry import queries as registry

STATIONS = ("station",)
POINTS = ("satellite_point",)
SITES = (*STATIONS, *POINTS)


def atlas() -> Any:
    """The whole dated map, in memory: :class:`tuyen.apps.registry.queries.Atlas`."""
    return registry.atlas()


def name(id: UUID | None, on: date) -> str:
    """What a unit is called on a day; its id where it is none."""
    return str(atlas().full_name(id, on) or (id or ""))


def is_site(id: UUID, on: date) -> bool:
    """Whether a unit is a station or a satellite point on a day."""
    map_ = atlas()
    return bool(map_.valid(id, on)) and map_.type(id, on) in SITES


def guide(id: UUID, on: date) -> UUID | None:
    """The centre that guides a site; that of its station for a point that has none."""
    map_ = atlas()
    found = map_.related(id, "guided_by", on)
    if not found:
        found = [
            c
            for s in map_.related(id, "satellite_of", on)
            for c in map_.related(s, "guided_by", on)
        ]
    return found[0] if found else None
