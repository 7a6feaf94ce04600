"""A month of satellite points as the engine of duty rosters sees it: who of the station could be where.

The people are those who have an ordinary day on the station's roster in force, or, where there is none, who
work that day and are not away. What the main station asks for on an ordinary day is asked for beside the points,
so that nobody is sent away whom it needs, as far as there are others. Nothing is written here.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, timedelta
from typing import NamedTuple
from uuid import UUID

import numpy as np

from tuyen.apps.workforce.queries import RosterPage
from tuyen.engines.workforce import roster as engine
from tuyen.rules import workforce as work

Cell = tuple[UUID, date]
"""A point and a day on which it is open."""
SECONDS = 5.0
_FREE = 400  # more than any month: neither hours nor days in a row are this plan's to judge


class Uncovered(NamedTuple):
    """An open day of a point with nobody, and of those who might be it how many are away, have duty or the day
    after it, or are at another point or needed at the station. All zero: nobody of the station could be it."""

    point: UUID
    day: date
    away: int
    duty: int
    busy: int


class Stripped(NamedTuple):
    """Somebody whom the main station lacks on a day because of its points: ``key`` of what the rules ask."""

    day: date
    key: str


def able(page: RosterPage, member: UUID, day: date) -> str:
    """Whether somebody could be at a point on a day: "" yes, else away, duty, or none (no post that day)."""
    person = next((one for one in page.people if one.id == member), None)
    if person is None or not person.works(day):
        return "none"
    if (member, day) in page.away:
        return "away"
    if page.state != "in-force":
        return ""
    cell = page.cells.get((member, day))
    shift = work.shifts(day).get(cell.kind) if cell else None
    return "" if shift is not None and shift.implied else "duty"


def _cadres(on: date) -> frozenset[str]:
    found: frozenset[str] = frozenset()
    for one in work.asked("satellite_point", on):
        found |= one.of
    return found


def problem(page: RosterPage, cells: Collection[Cell], points: Sequence[UUID]) -> engine.Problem:
    """The month as a problem: kind 0 is a day at the station, the others a day at each point."""
    first, days = page.month, len(page.days)
    size, kinds = len(page.people), 1 + len(points)
    may = np.zeros((size, days, kinds), np.bool_)
    for n, person in enumerate(page.people):
        for d in range(days):
            may[n, d] = able(page, person.id, first + timedelta(days=d)) == ""
    wanted = _cadres(first)
    group = frozenset(n for n, one in enumerate(page.people) if one.cadre in wanted)
    demands = [
        engine.Demand((day - first).days, 1 + points.index(point), group, 1)
        for point, day in sorted(cells, key=lambda one: (one[1], points.index(one[0])))
    ]
    demands += _at_home(page)
    burden = np.zeros((1, days, kinds))
    burden[0, :, 1:] = 1
    share = np.array([1.0 if n in group and may[n].any() else 0.0 for n in range(size)])
    home = engine.Kind(7.0, 8.0, implied=True)
    return engine.Problem(
        (home, *(engine.Kind(7.0, 8.0) for _ in points)), may, tuple(demands), burden,
        np.zeros((size, 1)), share, _FREE, 24.0 * _FREE, first.weekday(),
    )  # fmt: skip


def _at_home(page: RosterPage) -> list[engine.Demand]:
    """What the main station asks for on its ordinary days."""
    return [engine.Demand(d, 0, group, one.need) for d, one, group in _asked(page)]


def _asked(page: RosterPage) -> list[tuple[int, work.Asked, frozenset[int]]]:
    shifts, found = work.shifts(page.month), []
    for one in work.asked(page.type, page.month):
        if one.shift not in shifts or not shifts[one.shift].implied:
            continue
        group = frozenset(n for n, person in enumerate(page.people) if person.cadre in one.of)
        for d, day in enumerate(page.days):
            if one.days != "all" and day in page.free:
                continue
            if isinstance(one.days, str) or day.isoweekday() in one.days:
                found.append((d, one, group))
    return found


def covered(page: RosterPage, cells: Collection[Cell], points: Sequence[UUID]) -> dict[Cell, UUID]:
    """Who serves which open day, as few as possible left uncovered and then as evenly as found."""
    if not cells or not page.people:
        return {}
    made = engine.make(problem(page, cells, points), SECONDS)
    return {
        (points[kind - 1], page.month + timedelta(days=day)): page.people[person].id
        for person, day, kind in made.entries
        if kind and (points[kind - 1], page.month + timedelta(days=day)) in cells
    }


def uncovered(
    page: RosterPage, cells: Collection[Cell], served: Mapping[Cell, UUID]
) -> list[Uncovered]:
    """The open days with nobody, or with somebody who cannot any more, and why."""
    found, wanted = [], _cadres(page.month)
    for point, day in sorted(cells, key=lambda one: (one[1], str(one[0]))):
        who = served.get((point, day))
        if who is not None and able(page, who, day) == "":
            continue
        why = [able(page, one.id, day) for one in page.people if one.cadre in wanted]
        found.append(Uncovered(point, day, why.count("away"), why.count("duty"), why.count("")))
    return found


def stripped(page: RosterPage, served: Mapping[Cell, UUID]) -> list[Stripped]:
    """What the main station lacks because of the points, and would not lack without them."""
    gone = {(member, day) for (_point, day), member in served.items()}
    found = []
    for d, one, group in _asked(page):
        day = page.days[d]
        there = [n for n in group if able(page, page.people[n].id, day) == ""]
        left = [n for n in there if (page.people[n].id, day) not in gone]
        if len(left) < one.need <= len(there):
            found.append(Stripped(day, one.key))
    return found
