"""The dated map, as far as stock asks about it: which units hold stock, and what they are called."""

from collections.abc import Collection
from datetime import date
from typing import Any
from uuid import UUID

from tuyen.apps.registry import queries as registry
from tuyen.apps.supply.models import Equipment

HOLDING = (
    "department",
    "cdc",
    "hospital",
    "health_centre",
    "station",
    "satellite_point",
    "clinic",
    "gate",
)
"""Types of units that hold stock, from the province's store down."""


def atlas() -> Any:
    """The whole dated map, in memory: :class:`tuyen.apps.registry.queries.Atlas`."""
    return registry.atlas()


def holders(on: date) -> list[UUID]:
    """The units that may hold stock on a day."""
    return list(atlas().units(HOLDING, on))


def name(id: UUID, on: date) -> str:
    """What a unit is called on a day; its id where it is none."""
    return str(atlas().full_name(id, on)) if atlas().unit(id) is not None else str(id)


def there(id: UUID, on: date) -> bool:
    """Whether there is such a unit on a day."""
    map_ = atlas()
    return map_.unit(id) is not None and map_.valid(id, on)


def type_of(id: UUID, on: date) -> str:
    """The type of a unit on a day; "" where it is none."""
    return str(atlas().type(id, on) or "")


def equipment_of(ids: Collection[UUID]) -> dict[UUID, tuple[UUID, str]]:
    """Equipment -> (its unit, its name), for those of the ids that are equipment. One query."""
    if not ids:
        return {}
    rows = Equipment.objects.filter(pk__among=set(ids)).values_list("id", "unit_id", "name")
    return {id: (unit, name) for id, unit, name in rows}
