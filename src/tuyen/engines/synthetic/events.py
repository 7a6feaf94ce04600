"""What happened to the people of a province, day by day: births, deaths and moves."""

from typing import NamedTuple

import numpy as np

from tuyen.engines.synthetic.people import People
from tuyen.engines.synthetic.streams import NAT, Days, Ints

KINDS = ("born", "arrived", "moved", "died", "left")


class Events(NamedTuple):
    """e events in the order of their days; on one day in the order of ``KINDS``, then of people."""

    day: Days
    kind: Ints  # (e,) int8, position in KINDS
    person: Ints  # (e,) int32
    origin: Ints  # (e,) int16, village left; -1: outside the province, or newly born
    village: Ints  # (e,) int16, village entered; -1: outside the province, or dead


def events(people: People) -> Events:
    """All events from ``people.since`` to ``people.until``.

    Somebody who moved within the province lives in ``village_before`` until the day of the move.
    A birth is registered where the family lived on that day.
    """
    # Who arrived later was born elsewhere, even if that was in these years.
    born_here = (people.born >= people.since) & np.isnat(people.arrived)
    day_of = (
        np.where(born_here, people.born, NAT),
        people.arrived,
        np.where(people.village_before >= 0, people.settled, NAT),
        people.died,
        people.left,
    )
    kinds, persons, days, origins, villages = [], [], [], [], []
    for kind, day in enumerate(day_of):
        person = np.flatnonzero(~np.isnat(day))
        place = _village(people, person, day[person])
        nowhere = np.full(person.size, -1, np.int16)
        name = KINDS[kind]
        origin = {"died": place, "left": place, "moved": people.village_before[person]}
        villages.append(nowhere if name in ("died", "left") else place)
        origins.append(origin.get(name, nowhere))
        kinds.append(np.full(person.size, kind, np.int8))
        persons.append(person.astype(np.int32))
        days.append(day[person])
    day, kind_, who = np.concatenate(days), np.concatenate(kinds), np.concatenate(persons)
    order = np.lexsort((who, kind_, day))
    return Events(
        day[order],
        kind_[order],
        who[order],
        np.concatenate(origins)[order],
        np.concatenate(villages)[order],
    )


def _village(people: People, person: Ints, day: Days) -> Ints:
    earlier = (people.village_before[person] >= 0) & (people.settled[person] > day)
    return np.where(earlier, people.village_before[person], people.village[person])
