"""Which units a post reaches from its own: along service, ownership and technical guidance.

A reader of a unit also reads what was born in the units it succeeded. Of a unit that was split,
the history belongs to its main successor only: two readers must not each count it whole.
"""

from datetime import date
from typing import TYPE_CHECKING
from uuid import UUID

from tuyen.apps.registry.vocabulary import GUIDED_BY, LIES_IN, OWNED_BY, SATELLITE_OF, SERVES

if TYPE_CHECKING:
    from tuyen.apps.registry.atlas import Atlas


def reach(atlas: "Atlas", unit: UUID, line: str, on: date) -> frozenset[UUID]:
    """The units reached along a line: ``own``, ``owned`` or ``guided``. Unknown lines reach none.

    own
        The unit, its satellite points, the areas it serves with the villages in them, and all
        that these succeeded. Of an area (a commune for its People's Committee): the area,
        everything in it, and what these succeeded.
    owned
        own, and the owned of every unit that it owns.
    guided
        own, and the own of every unit that it guides technically.
    """
    if line == "own":
        return _own(atlas, unit, on)
    if line == "owned":
        owned: set[UUID] = set()
        units: set[UUID] = set()
        waiting = [unit]
        while waiting:
            here = waiting.pop()
            if here not in owned:
                owned.add(here)
                units |= _own(atlas, here, on)
                waiting += atlas.subjects(here, OWNED_BY, on)
        return frozenset(units)
    if line == "guided":
        guided = [unit, *atlas.subjects(unit, GUIDED_BY, on)]
        return frozenset().union(*(_own(atlas, each, on) for each in guided))
    return frozenset()


def _own(atlas: "Atlas", unit: UUID, on: date) -> frozenset[UUID]:
    facts = atlas.unit(unit)
    if facts is None:
        return frozenset({unit})
    if facts.kind == "area":
        return _with_history(atlas, [unit, *atlas.inside(unit, on)], on)
    posts = [unit, *atlas.subjects(unit, SATELLITE_OF, on)]
    areas: list[UUID] = []
    for post in posts:
        for served in atlas.related(post, SERVES, on):
            areas += [served, *_areas_inside(atlas, served, on)]
    return _with_history(atlas, posts + areas, on)


def _areas_inside(atlas: "Atlas", area: UUID, on: date | None) -> list[UUID]:
    inside = atlas.subjects(area, LIES_IN) if on is None else atlas.inside(area, on)
    return [id for id in inside if (unit := atlas.unit(id)) is not None and unit.kind == "area"]


def _with_history(atlas: "Atlas", units: list[UUID], on: date) -> frozenset[UUID]:
    """The units, those whose main successor they are, and the villages that ended in these."""
    found: set[UUID] = set()
    waiting = list(units)
    while waiting:
        here = waiting.pop()
        if here in found:
            continue
        found.add(here)
        for fact in atlas.predecessors(here):
            giver = fact.predecessor
            if fact.on > on or giver == here:
                continue
            keeps = any(h.successor == giver for h in atlas.successors(giver) if h.on == fact.on)
            heir = atlas.main_heir(giver, fact.on)
            if keeps or heir is None or heir.successor != here:
                continue
            waiting.append(giver)
            waiting += [
                village
                for village in _areas_inside(atlas, giver, None)
                if _ended_with(atlas, village, fact.on)
            ]
    return frozenset(found)


def _ended_with(atlas: "Atlas", village: UUID, on: date) -> bool:
    """A village that ended without a successor of its own: its commune's heir keeps its history."""
    unit = atlas.unit(village)
    ended = unit is not None and unit.until is not None and unit.until <= on
    return ended and not any(h.successor for h in atlas.successors(village))
