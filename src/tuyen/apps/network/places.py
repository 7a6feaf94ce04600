"""The dated map, as far as the network asks about it: which units are sites."""

from datetime import date
from typing import Any
from uuid import UUID

from tuyen.apps.registry import queries as registry

SITES = ("station", "satellite_point", "clinic")
"""Types of units that are reviewed and planned."""
CENTRES = ("hospital", "health_centre", "district_health_centre", "clinic")
"""Where a commune's people go beyond the station: by the way there its zone is told."""


def atlas() -> Any:
    """The whole dated map, in memory: :class:`tuyen.apps.registry.queries.Atlas`."""
    return registry.atlas()


def name(id: UUID | None, on: date) -> str:
    """What a unit is called on a day; its id where it is none."""
    return str(atlas().full_name(id, on) or (id or ""))


def is_site(id: UUID, on: date) -> bool:
    """Whether a unit is a site on a day."""
    map_ = atlas()
    return bool(map_.valid(id, on)) and map_.type(id, on) in SITES
