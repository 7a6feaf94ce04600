"""Who could fill the posts that are missing: an answer of the engine over people, norms and ways."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from math import cos, hypot, radians
from typing import NamedTuple
from uuid import UUID

import numpy as np

from tuyen.apps.access.actors import Actor
from tuyen.apps.workforce import places
from tuyen.apps.workforce.queries.planning import FreeRow, free_to_go
from tuyen.apps.workforce.queries.staffing import Staffing
from tuyen.engines.workforce import placement as engine
from tuyen.rules import workforce as rules

KM = 111.2
"""Kilometres of a degree of latitude."""


Roads = Callable[
    [Sequence[UUID], Sequence[UUID]], "np.ndarray[tuple[int, ...], np.dtype[np.float64]] | None"
]
"""(units, stations) -> minutes from each to each, inf where there is no way; None where it does not know."""


class Suggestion(NamedTuple):
    """A post that is missing at a station, and who could take it; ``why`` where nobody can."""

    station: UUID
    station_name: str
    position: str
    member: UUID | None
    name: str
    giver: UUID | None
    giver_name: str
    minutes: float | None
    why: str


class Post(NamedTuple):
    station: UUID
    position: str


def suggestions(
    *, by: Actor, on: date, staffing: Staffing, stations: Sequence[UUID] | None = None,
    doctors: bool = False, roads: Roads | None = None,
) -> list[Suggestion]:  # fmt: skip
    """Return who could fill what is missing, most posts first, by the shortest ways. Four queries.

    ``roads`` knows the ways between units; without it, and where it does not know, they are straight.

    People in the reader's reach are asked for posts in it. With ``doctors`` each station is to have
    the least number of doctors, not one alone. Nobody is taken from a unit that would keep fewer
    than the rule; nobody who came lately, works for a term, heads a unit or is tied.
    """
    positions = rules.positions_wanted(on)
    at = {position.key: n for n, position in enumerate(positions)}
    group = {cadre: at[p.key] for p in reversed(positions) for cadre in p.of}
    wanted = _wanted(staffing, stations, doctors)
    people = free_to_go(by=by, on=on, cadres=sorted(group))
    units = sorted({row.unit for row in people} | {post.station for post in wanted}, key=str)
    seat = {unit: n for n, unit in enumerate(units)}
    if not wanted:
        return []
    ways = _ways(units, wanted, on, roads)
    found = engine.place(
        engine.People(
            np.array([seat[row.unit] for row in people], np.int64),
            np.array([group[row.cadre] for row in people], np.int64),
            np.array([_is_free(row, on) for row in people], np.bool_),
            np.zeros(len(people)),
        ),
        engine.Wanted(
            np.array([seat[post.station] for post in wanted], np.int64),
            np.array([at[post.position] for post in wanted], np.int64),
        ),
        _spare(people, group, units, seat, [p.key for p in positions], on),
        ways, rules.way(on).most,
    )  # fmt: skip
    told = []
    for post, person, why in zip(wanted, found.person.tolist(), found.why, strict=True):
        row = people[person] if person >= 0 else None
        told.append(Suggestion(
            post.station, places.name(post.station, on), post.position,
            row.member if row else None, row.name if row else "", row.unit if row else None,
            places.name(row.unit, on) if row else "",
            float(ways[seat[row.unit], seat[post.station]]) if row else None, why,
        ))  # fmt: skip
    return told


def _ways(
    units: Sequence[UUID], wanted: Sequence[Post], on: date, roads: Roads | None
) -> "np.ndarray[tuple[int, ...], np.dtype[np.float64]]":
    """(n, n) minutes between units; over roads, those to a station that lacks somebody alone."""
    stations = sorted({post.station for post in wanted}, key=str)
    known = roads(units, stations) if roads is not None else None
    if known is None:
        return minutes(units, on)
    found = np.full((len(units), len(units)), np.inf)
    found[:, [units.index(station) for station in stations]] = known
    return found


def _wanted(staffing: Staffing, stations: Sequence[UUID] | None, doctors: bool) -> list[Post]:
    wanted = []
    for row in staffing.rows:
        if stations is not None and row.station not in stations:
            continue
        short = {one.key: one.short for one in row.missing}
        if doctors:
            short["doctor"] = max(short.get("doctor", 0), row.doctors_short)
        wanted += [Post(row.station, key) for key, n in short.items() for _ in range(n)]
    return wanted


def _is_free(row: FreeRow, on: date) -> bool:
    """Neither for a term, nor lately come, nor a head, nor tied by what the file says."""
    months = 12 * (on.year - row.since.year) + on.month - row.since.month
    return row.contract == "permanent" and not row.bound and months >= rules.sparing(on).months


def _spare(
    people: Sequence[FreeRow], group: Mapping[str, int], units: Sequence[UUID],
    seat: Mapping[UUID, int], positions: Sequence[str], on: date,
) -> "np.ndarray[tuple[int, ...], np.dtype[np.int64]]":  # fmt: skip
    """How many of each position a unit can give, by the rule of its type."""
    held = np.zeros((len(units), len(positions)), np.int64)
    for row in people:
        held[seat[row.unit], group[row.cadre]] += 1
    rule = rules.sparing(on).keep
    for n, unit in enumerate(units):
        keep = rule.get(places.atlas().type(unit, on) or "")
        for k, key in enumerate(positions):
            least = held[n, k] if keep is None else keep.get(key, keep["otherwise"])
            held[n, k] = max(0, held[n, k] - int(least))
    return held


def minutes(units: Sequence[UUID], on: date) -> "np.ndarray[tuple[int, ...], np.dtype[np.float64]]":
    """(n, n) minutes between units by a straight line and the rule's detour and speed; inf where
    the map gives no position."""
    rule = rules.way(on)
    points = [places.atlas().point(unit, on) for unit in units]
    found = np.full((len(units), len(units)), np.inf)
    for i, a in enumerate(points):
        for j, b in enumerate(points):
            if i == j:
                found[i, j] = 0.0
            elif a is not None and b is not None:
                east = (a[0] - b[0]) * cos(radians((a[1] + b[1]) / 2))
                found[i, j] = KM * hypot(east, a[1] - b[1]) * rule.detour / rule.speed * 60
    return found
