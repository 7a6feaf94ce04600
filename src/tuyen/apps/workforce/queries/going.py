"""Whose post a change of the network touches, by name, and where those who must go could fill a post."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import NamedTuple
from uuid import UUID

import numpy as np
from django.db.models import Q
from numpy.typing import NDArray

from tuyen.apps.access import policies
from tuyen.apps.access.actors import Actor
from tuyen.apps.workforce import places
from tuyen.apps.workforce.models import Credential, Member, Tenure, Transfer
from tuyen.apps.workforce.queries.people import READ
from tuyen.engines.workforce import placement as engine
from tuyen.rules import workforce as rules


class Posted(NamedTuple):
    """Somebody's main post on a day: ``unit`` where it is on the map of that day, ``was`` on the other
    map that was asked for. ``free``: neither head nor for a term nor tied nor proposed elsewhere."""

    member: UUID
    name: str
    unit: UUID
    was: UUID
    cadre: str
    position: str
    free: bool


def main_posts(*, by: Actor, on: date, map_on: date | None = None) -> list[Posted]:
    """The main post of everybody in reach on a day, on the map of that day and of another. Four queries."""
    held = Q(void=False, main=True, since__lte=on) & (Q(until=None) | Q(until__gt=on))
    rows = list(
        Tenure.objects.filter(policies.scope(by, READ).where("unit_id"), held).order_by("id")
        .values_list("member_id", "unit_id", "cadre", "position", "contract")
    )  # fmt: skip
    people = Member.objects.filter(pk__among={row[0] for row in rows})
    names = dict(people.values_list("id", "name"))
    lasting = Q(state="live", kind="tie", since__lte=on) & (Q(until=None) | Q(until__gt=on))
    bound = set(Credential.objects.filter(lasting).values_list("member_id", flat=True))
    bound |= set(Transfer.objects.filter(state="proposed").values_list("member_id", flat=True))
    units = {row[1] for row in rows}
    now = {unit: places.now_at(unit, on) for unit in units}
    was = {unit: places.now_at(unit, map_on or on) for unit in units}
    return [
        Posted(member, names[member], now[unit], was[unit], cadre, position,
               contract == "permanent" and position != "head" and member not in bound)
        for member, unit, cadre, position, contract in rows if member in names
    ]  # fmt: skip


def at_work(*, by: Actor, on: date) -> set[UUID]:
    """Who in reach holds a main post on a day. One query."""
    held = Q(void=False, main=True, since__lte=on) & (Q(until=None) | Q(until__gt=on))
    rows = Tenure.objects.filter(policies.scope(by, READ).where("unit_id"), held)
    return set(rows.values_list("member_id", flat=True))


def onward(
    *, by: Actor, on: date, going: Sequence[Posted], held: Mapping[UUID, Mapping[str, int]],
    units: Sequence[UUID], minutes: NDArray[np.float64],
) -> dict[UUID, tuple[UUID, str]]:  # fmt: skip
    """Member -> (station, position) of those who must leave their unit and could fill a post that is
    missing: most posts, then the shortest ways, and nobody farther than the rule. No query.

    Parameters
    ----------
    held : station -> cadre -> who is there anyway; what it lacks follows from the rule
    units, minutes : (n,) and (n, n) minutes from unit to unit, of ``was`` and of stations
    """
    policies.check(by, READ)
    seat = {unit: n for n, unit in enumerate(units)}
    positions = rules.positions_wanted(on)
    group = {cadre: n for n, p in reversed(list(enumerate(positions))) for cadre in p.of}
    wanted = [
        (station, n)
        for station in sorted(held, key=str) if station in seat
        for n, position in enumerate(positions)
        for _ in range(position.least - sum(held[station].get(cadre, 0) for cadre in position.of))
    ]  # fmt: skip
    people = [one for one in going if one.free and one.cadre in group and one.was in seat]
    if not wanted or not people:
        return {}
    at = np.array([seat[one.was] for one in people], np.int64)
    cadre = np.array([group[one.cadre] for one in people], np.int64)
    spare = np.zeros((len(units), len(positions)), np.int64)
    np.add.at(spare, (at, cadre), 1)  # whoever must leave can be spared
    ways = np.where(np.isnan(minutes), np.inf, minutes)
    found = engine.place(
        engine.People(at, cadre, np.ones(len(people), np.bool_), np.zeros(len(people))),
        engine.Wanted(
            np.array([seat[station] for station, _ in wanted], np.int64),
            np.array([n for _, n in wanted], np.int64),
        ),
        spare, ways, rules.way(on).most,
    )  # fmt: skip
    return {
        people[person].member: (station, positions[n].key)
        for (station, n), person in zip(wanted, found.person.tolist(), strict=True) if person >= 0
    }  # fmt: skip
