"""Judges of a roster: a checker that knows nothing of the program, and the trying of every roster."""

from collections.abc import Sequence
from itertools import product
from typing import NamedTuple

import numpy as np

from tuyen.engines.workforce.roster import Entry, Problem, clashes, cost_of, missing


class Fault(NamedTuple):
    """A rule that a roster breaks: ``away``, ``twice``, ``rest``, ``row``, ``week`` or ``month``; the day
    on which it shows."""

    rule: str
    person: int
    day: int


def check(problem: Problem, entries: Sequence[Entry]) -> list[Fault]:
    """Return every rule that a roster breaks, person by person; what is fixed by hand is judged alike.

    >>> from tuyen.engines.workforce.roster import Demand, Kind
    >>> duty = Problem((Kind(7, 24, 24),), np.ones((1, 3, 1), bool), (), np.zeros((1, 3, 1)), np.zeros((1, 1)),
    ...                np.ones(1), row=2, week_hours=60)
    >>> [fault.rule for fault in check(duty, [(0, 0, 0), (0, 1, 0), (0, 2, 0)])]
    ['rest', 'rest', 'row', 'week']
    """
    faults = [Fault("away", i, d) for i, d, k in sorted(entries) if not problem.may[i, d, k]]
    for person in range(problem.may.shape[0]):
        own = sorted((d, k) for i, d, k in {*problem.before, *entries} if i == person)
        faults += _person(problem, person, own)
    return faults


def _person(problem: Problem, person: int, own: list[tuple[int, int]]) -> list[Fault]:
    found: list[Fault] = []
    for at, (day, kind) in enumerate(own):
        for later in own[at + 1 :]:
            if later[0] == day and day >= 0:
                found.append(Fault("twice", person, day))
            elif later[0] >= 0 and later[0] > day and clashes(problem.kinds, (day, kind), later):
                found.append(Fault("rest", person, later[0]))
    days = sorted({day for day, _ in own})
    run, last = 0, None
    for day in days:
        run = run + 1 if last is not None and day == last + 1 else 1
        last = day
        if run > problem.row and day >= 0:
            found.append(Fault("row", person, day))
    weeks: dict[int, float] = {}
    for day, kind in own:
        week = (day + problem.weekday) // 7
        weeks[week] = weeks.get(week, 0.0) + problem.kinds[kind].hours
        if weeks[week] > problem.week_hours and day >= 0:
            found.append(Fault("week", person, day))
    counts: dict[int, int] = {}
    for day, kind in own:
        most = problem.kinds[kind].most
        if day >= 0 and most is not None:
            counts[kind] = counts.get(kind, 0) + 1
            if counts[kind] > most:
                found.append(Fault("month", person, day))
    return found


def slow(problem: Problem) -> tuple[int, float]:
    """Return (people missing, cost) of the best roster by trying every one: for a handful of shifts.

    Something fixed that breaks no rule by itself is kept in each.
    """
    people, days, kinds = problem.may.shape
    fixed = {(i, d): k for i, d, k in problem.fixed}
    options = []
    for i in range(people):
        for d in range(days):
            if (i, d) in fixed:
                options.append([fixed[i, d]])
            else:
                options.append([-1, *[k for k in range(kinds) if problem.may[i, d, k]]])
    best = (10**9, 0.0)
    cells = [(i, d) for i in range(people) for d in range(days)]
    for chosen in product(*options):
        entries = [(i, d, k) for (i, d), k in zip(cells, chosen, strict=True) if k >= 0]
        short = sum(missing(problem, entries))
        if short > best[0] or check(problem, entries):
            continue
        best = min(best, (short, cost_of(problem, entries)))
    return best


def same(one: float, other: float) -> bool:
    """Whether two costs are equal, as far as a solver can say."""
    return bool(np.isclose(one, other, atol=1e-6))
