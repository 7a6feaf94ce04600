"""The dated map, as far as claims ask about it: codes of facilities and of where people live."""

from datetime import date
from typing import Any
from uuid import UUID

from tuyen.apps.registry import queries as registry


def atlas() -> Any:
    """The whole dated map, in memory: :class:`tuyen.apps.registry.queries.Atlas`."""
    return registry.atlas()


def name(id: UUID, on: date, map_: Any) -> str:
    """What a unit is called on a day; its id where it is none. ``map_``: :func:`atlas`, asked for
    once where many are read."""
    return str(map_.full_name(id, on)) if map_.unit(id) is not None else str(id)


def insurer_code(id: UUID | None, on: date, map_: Any) -> str:
    """The insurer's code of a facility on a day, five characters; "" where none is on record.

    ``map_``: :func:`atlas`, asked for once where many are read.
    """
    return str(map_.code(id, "insurer", on) or "") if id is not None else ""


def codes_of_home(place: UUID | None, on: date, map_: Any) -> tuple[str, str]:
    """(province, commune) of where somebody lives, by the administrative codes of a day."""
    commune = map_.commune_of(place, on) if place is not None else None
    if commune is None:
        return "", ""
    province = map_.province_of(commune, on)
    return (
        str(map_.code(province, "administrative.province", on) or ""),
        str(map_.code(commune, "administrative.commune", on) or ""),
    )


def line_above(unit: UUID, on: date, map_: Any) -> list[UUID]:
    """The unit, and those whose catalogues hold where its own say nothing: the unit of which it is a
    point, then the centre that guides it."""
    found = [unit]
    for kind in ("satellite_of", "guided_by"):
        found += [other for other in map_.related(unit, kind, on) if other not in found]
    return found
