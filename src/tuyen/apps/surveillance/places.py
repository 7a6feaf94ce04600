"""The dated map, as far as case reports ask about it."""

from collections.abc import Collection, Iterable, Sequence
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from tuyen.apps.access.actors import Actor
from tuyen.apps.registry import queries as registry
from tuyen.apps.surveillance import kept
from tuyen.apps.surveillance.refusals import (
    CommuneClosed,
    CommuneNotYet,
    FacilityNotThere,
    NoCommune,
    NotACommune,
    UnknownPlace,
    VillageElsewhere,
)

Ints = NDArray[np.int64]
_COMMUNE = 3  # the level of communes, wards and special zones


def atlas() -> Any:
    """The whole dated map, in memory: :class:`tuyen.apps.registry.queries.Atlas`."""
    return registry.atlas()


def people_known(ids: Collection[UUID], on: date) -> set[UUID]:
    """Which of these people are on record; nobody is asked about when no one is named."""
    return registry.on_record(by=Actor.program(on), ids=ids) if ids else set()


def people_in(day: date, map_on: date) -> dict[UUID, int]:
    """How many people lived in each commune of the map of ``map_on`` on a day."""

    def count() -> dict[UUID, int]:
        found = registry.population(by=Actor.program(map_on), on=day, map_on=map_on)
        return {commune: int(people) for commune, people in found.totals.items()}

    # Every scan after a report asks for the same days, and the registry rests between two of them.
    return kept.answer(atlas(), ("people", day, map_on), count, room="registry")


def standing_for(people: Collection[UUID]) -> dict[UUID, UUID]:
    """The record that stands today for each of these people: itself, unless it was merged."""
    return registry.canonical(people) if people else {}


def records_of(person: UUID) -> frozenset[UUID]:
    """Every record of one person: the one that stands for it today and those merged into that."""
    kept = registry.canonical([person])[person]
    return registry.born_as([kept])[kept]


class Place(NamedTuple):
    """Where a case lived on the day of onset."""

    commune: UUID
    village: UUID | None


def locate(map_: Any, commune: UUID | None, village: UUID | None, on: date) -> Place:
    """The commune of ``on`` that the two name, or a refusal that says what to give instead.

    A village settles its commune on any map. A commune that came into being later than ``on`` by
    taking over exactly one other is read as that one.
    """
    if village is not None:
        if map_.unit(village) is None:
            raise UnknownPlace(value=village)
        found = map_.commune_of(village, on)
        if found is None:
            raise UnknownPlace(value=f"{map_.name(village)} ({on:%d/%m/%Y})")
        if commune is not None and commune != found and found not in _before(map_, commune):
            raise VillageElsewhere(
                village=map_.name(village, on),
                commune=map_.name(found, on),
                given=_name(map_, commune),
            )
        return Place(found, village)
    if commune is None:
        raise NoCommune()
    if map_.unit(commune) is None:
        raise UnknownPlace(value=commune)
    if map_.valid(commune, on):
        if map_.commune_of(commune, on) != commune:
            raise NotACommune(value=map_.name(commune, on))
        return Place(commune, None)
    return Place(_nearest(map_, commune, on), None)


def _nearest(map_: Any, commune: UUID, on: date) -> UUID:
    earlier = [unit for unit in _before(map_, commune) if map_.valid(unit, on)]
    if len(earlier) == 1:
        return earlier[0]
    if earlier:
        raise CommuneNotYet(
            commune=_name(map_, commune), on=on, predecessors=_names(map_, earlier, on)
        )
    later = [unit for unit, _ in map_.current(commune, on)]
    raise CommuneClosed(
        commune=_name(map_, commune), on=on, successors=_names(map_, later, on) or "–"
    )


def check_facility(map_: Any, facility: UUID | None, on: date) -> None:
    """A facility that is named must have been there on that day."""
    if facility is None:
        return
    if map_.unit(facility) is None:
        raise UnknownPlace(value=facility)
    if not map_.valid(facility, on):
        raise FacilityNotThere(facility=_name(map_, facility), on=on)


def communes_of(map_: Any, area: UUID, on: date, line: str = "own") -> list[UUID]:
    """The communes whose rows an area shows: those in it on a day, and what these succeeded.

    Of a commune that was split, the rows belong to its main successor. A facility shows those of
    the communes it serves and, along the line "guided", of those that it guides.
    """
    return sorted(unit for unit in map_.reach(area, line, on) if map_.level(unit) == _COMMUNE)


def birthplaces(map_: Any, commune: UUID) -> list[UUID]:
    """The commune and everything that any part of it came from."""
    return [commune, *_before(map_, commune)]


def province_code(map_: Any, commune: UUID, on: date) -> str | None:
    """The 2-digit code of the province of a commune, for what the rules say by province."""
    province = map_.province_of(commune, on)
    code = map_.code(province, "administrative", on) if province else None
    return None if code is None else str(code)


def rebase(
    map_: Any, units: Sequence[UUID], counts: Ints, days: Sequence[date], map_on: date
) -> tuple[list[UUID], Ints, Ints, Ints]:
    """(units, counts, lower, upper) on the map of ``map_on``; rows follow ``units``.

    ``counts`` is (n, columns); column j stands on the map of ``days[j]``.
    """
    if not units:
        empty = np.zeros((0, counts.shape[1]), np.int64)
        return [], empty, empty, empty
    done = map_.rebase(map_on).rebase(list(units), counts, list(days))
    return list(done.unit_ids), done.counts, done.lower, done.upper


def _before(map_: Any, unit: UUID) -> list[UUID]:
    """All predecessors, however far back, in the order in which they are met."""
    met: dict[UUID, None] = {}
    waiting = [unit]
    while waiting:
        for fact in map_.predecessors(waiting.pop()):
            if fact.predecessor not in met and fact.predecessor != unit:
                met[fact.predecessor] = None
                waiting.append(fact.predecessor)
    return list(met)


def _name(map_: Any, unit: UUID) -> str:
    return str(map_.name(unit)) if map_.unit(unit) is not None else str(unit)


def _names(map_: Any, units: Iterable[UUID], on: date) -> str:
    return ", ".join(str(map_.name(unit, on)) for unit in list(units)[:6])
