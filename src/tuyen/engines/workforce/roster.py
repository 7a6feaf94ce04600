"""The duty roster of a unit for a month: who is on duty when, exactly, and what nobody can cover.

A mixed-integer program, solved twice by HiGHS: first as little as possible stays uncovered, then of
all such rosters the fairest. What stays uncovered is the smallest relaxation of what was asked.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from tuyen.kernel.refusal import BadInput

Bools = NDArray[np.bool_]
Floats = NDArray[np.float64]
Entry = tuple[int, int, int]
"""(person, day, kind), as positions; a day before the month is negative."""
FAMILIES = ("rest", "row", "week", "month")
"""Rules that can be lifted to see what they cost."""


class Kind(NamedTuple):
    """A kind of shift: when it starts (hour of the day), how long it is, hours free after it, the most
    of it in a month. An ``implied`` one is everybody's ordinary day: more of it is better."""

    start: float
    hours: float
    rest: float = 0.0
    most: int | None = None
    implied: bool = False


class Demand(NamedTuple):
    """``need`` people of a group on a day in a kind of shift."""

    day: int
    kind: int
    group: frozenset[int]
    need: int


class Wish(NamedTuple):
    """Somebody would rather not (or rather) have a shift; ``kind`` -1 is any kind that is not implied."""

    person: int
    day: int
    kind: int = -1
    want: bool = False


class Weights(NamedTuple):
    """What the second program weighs: the range of each burden, a wish unmet, an ordinary day there."""

    burden: tuple[float, ...] = (1.0,)
    wish: float = 0.5
    present: float = 0.01


class Problem(NamedTuple):
    """``may[i, d, k]``: person i may have shift k on day d (leave, courses, nights of pregnant staff).

    ``burden[c, d, k]``: how heavy a shift is of each sort (nights, weekends, Tết); ``past[i, c]``: what
    each carries already; ``share[i]``: of a full post, 0 for who takes no part. ``before``: shifts of
    the days before (day < 0). ``weekday``: of day 0, Monday is 0.
    """

    kinds: tuple[Kind, ...]
    may: Bools
    demands: tuple[Demand, ...]
    burden: Floats
    past: Floats
    share: Floats
    row: int
    week_hours: float
    weekday: int = 0
    fixed: tuple[Entry, ...] = ()
    before: tuple[Entry, ...] = ()
    wishes: tuple[Wish, ...] = ()
    weights: Weights = Weights()


class Made(NamedTuple):
    """A roster. ``short[j]``: people missing for demand j; ``cost`` >= ``bound``, ``gap`` their distance.

    ``proved``: less cannot stay uncovered. ``without``: what would stay uncovered if a family of rules
    were lifted; only where something does.
    """

    entries: tuple[Entry, ...]
    short: tuple[int, ...]
    shortage: int
    shortage_bound: int
    cost: float
    bound: float
    proved: bool
    without: Mapping[str, int]

    @property
    def gap(self) -> float:
        return max(0.0, self.cost - self.bound)


def make(problem: Problem, seconds: float = 20.0) -> Made:
    """Return a roster that leaves least uncovered and is, of those, the fairest found.

    Parameters
    ----------
    problem : see :class:`Problem`
    seconds : the most for all programs together; what was not proved by then is said by bound and gap

    Raises
    ------
    BadInput
        If arrays do not fit one another, or something fixed is out of the month.

    Notes
    -----
    Rest between shifts, days in a row, hours a week and shifts a month are rows of the program; what is
    fixed by hand is kept even where it breaks a rule, and :func:`~tuyen.engines.workforce.roster_check.check`
    says so. Fairness is the range, over people, of what each carries for a full post. The formulation is the
    usual one of nurse rostering (E. K. Burke et al., J. Scheduling 2004; 7: 441-499), with a slack for each
    demand. HiGHS: Q. Huangfu, J. A. J. Hall, Math. Prog. Comp. 2018; 10: 119-142.

    Examples
    --------
    >>> duty = Kind(7.0, 24.0, 24.0)
    >>> asked = tuple(Demand(d, 0, frozenset({0, 1}), 1) for d in range(4))
    >>> ones = np.ones((1, 4, 1))
    >>> made = make(Problem((duty,), np.ones((2, 4, 1), bool), asked, ones, np.zeros((2, 1)),
    ...                     np.ones(2), row=3, week_hours=96))
    >>> made.shortage, made.cost, len(made.entries)
    (0, 0.0, 4)
    """
    fits(problem)
    program = _Program(problem)
    first = program.cover(seconds / 2)
    if first is None:
        raise BadInput(what="the solver found no roster in the time it had")
    least, bound = first
    left = seconds / 2
    entries, cost, low = program.fairest(least, left if least == 0 else left / 2)
    short = tuple(missing(problem, entries))
    without = {}
    if least:
        each = max(0.5, left / 2 / len(FAMILIES))
        for family in FAMILIES:
            lifted = _Program(problem, lifted=family).cover(each)
            if lifted is not None and lifted[0] < least:
                without[family] = lifted[0]
    return Made(entries, short, sum(short), bound, cost, low, least <= bound, without)


def missing(problem: Problem, entries: Iterable[Entry]) -> list[int]:
    """People missing for each demand under a roster."""
    on: dict[tuple[int, int], set[int]] = {}
    for person, day, kind in entries:
        on.setdefault((day, kind), set()).add(person)
    return [
        max(0, one.need - len(on.get((one.day, one.kind), set()) & one.group))
        for one in problem.demands
    ]


def uncovers(
    problem: Problem, entries: Sequence[Entry], person: int, days: Iterable[int]
) -> list[tuple[int, int]]:
    """(demand, people missing more than before) when somebody is taken away for some days."""
    gone = set(days)
    before = missing(problem, entries)
    after = missing(problem, [e for e in entries if not (e[0] == person and e[1] in gone)])
    return [(j, a - b) for j, (b, a) in enumerate(zip(before, after, strict=True)) if a > b]


def carried(problem: Problem, entries: Iterable[Entry]) -> Floats:
    """(people, burdens) what each carries, the past with it, for a full post."""
    held = problem.past.astype(float).copy()
    for person, day, kind in entries:
        held[person] += problem.burden[:, day, kind]
    share = np.where(problem.share > 0, problem.share, 1.0)
    result: Floats = held / share[:, None]
    return result


def cost_of(problem: Problem, entries: Sequence[Entry]) -> float:
    """What the second program weighs: ranges of burdens, wishes unmet, ordinary days that are not there."""
    part = problem.share > 0
    total = 0.0
    if part.any():
        held = carried(problem, entries)[part]
        total += float(np.dot(problem.weights.burden, held.max(axis=0) - held.min(axis=0)))
    has = set(entries)
    total += problem.weights.wish * sum(_unmet(problem, one, has) for one in problem.wishes)
    return total - problem.weights.present * sum(problem.kinds[k].implied for _, _, k in entries)


def _unmet(problem: Problem, one: Wish, has: set[Entry]) -> bool:
    there = any((one.person, one.day, k) in has for k in meant(problem, one))
    return there != one.want


def meant(problem: Problem, one: Wish) -> list[int]:
    """The kinds that a wish is about."""
    if one.kind >= 0:
        return [one.kind]
    return [k for k, kind in enumerate(problem.kinds) if not kind.implied]


def clashes(kinds: Sequence[Kind], first: tuple[int, int], second: tuple[int, int]) -> bool:
    """Whether the second (day, kind) begins before the first and its rest have ended.

    >>> clashes((Kind(7, 24, 24), Kind(7, 8)), (0, 0), (1, 1)), clashes((Kind(7, 24, 24),), (0, 0), (2, 0))
    (True, False)
    """
    a, b = kinds[first[1]], kinds[second[1]]
    begun = 24 * (second[0] - first[0]) + b.start
    return begun < a.start + a.hours + a.rest


def fits(problem: Problem) -> None:
    """Raise what does not fit together in a problem."""
    n, days, kinds = problem.may.shape
    shapes = (
        len(problem.kinds) == kinds and problem.past.shape[0] == n == len(problem.share)
        and problem.burden.shape[1:] == (days, kinds)
        and problem.past.shape[1] == len(problem.burden) == len(problem.weights.burden)
    )  # fmt: skip
    if not shapes:
        raise BadInput(
            what=f"burdens, past or shares do not fit {n} people, {days} days, {kinds} kinds"
        )
    for one in problem.demands:
        if not (0 <= one.day < days and 0 <= one.kind < kinds and one.need >= 0):
            raise BadInput(
                what=f"a demand is for day {one.day}, kind {one.kind}, {one.need} people"
            )
        if any(not 0 <= person < n for person in one.group):
            raise BadInput(what="a demand names somebody who is not on the roster")
    for person, day, kind in (
        *problem.fixed,
        *((w.person, w.day, max(w.kind, 0)) for w in problem.wishes),
    ):
        if not (0 <= person < n and 0 <= day < days and 0 <= kind < kinds):
            raise BadInput(what=f"({person}, {day}, {kind}) is out of the month or the people")
    if any(day >= 0 for _, day, _ in problem.before) or problem.row < 1 or problem.week_hours <= 0:
        raise BadInput(what="shifts before the month lie before it; limits are above zero")


class _Program:
    """The rows of the program; variables are shifts, then what is short, then the ranges."""

    def __init__(self, problem: Problem, lifted: str = "") -> None:
        self.p, self.lifted = problem, lifted
        may = problem.may.copy()
        for person, day, kind in problem.fixed:
            may[person, day, kind] = True
        self.at = {(int(i), int(d), int(k)): n for n, (i, d, k) in enumerate(np.argwhere(may))}
        self.keys = list(self.at)
        self.fixed = set(problem.fixed)
        self.short = len(self.keys)
        self.top = self.short + len(problem.demands)
        self.size = self.top + 2 * len(problem.burden)
        self.rows: list[dict[int, float]] = []
        self.low: list[float] = []
        self.high: list[float] = []
        self._demands()
        self._rules()
        self.covering = len(self.rows)
        self._ranges()

    def _row(self, row: dict[int, float], low: float, high: float) -> None:
        self.rows.append(row)
        self.low.append(low)
        self.high.append(high)

    def _most(self, row: dict[int, float], most: float) -> None:
        """At most so much, or what is fixed already."""
        if len(row) > 0:
            held = sum(v for n, v in row.items() if self.keys[n] in self.fixed)
            self._row(row, -np.inf, max(most, held))

    def _demands(self) -> None:
        for j, one in enumerate(self.p.demands):
            row = {
                self.at[i, one.day, one.kind]: 1.0
                for i in one.group if (i, one.day, one.kind) in self.at
            }  # fmt: skip
            self._row(row | {self.short + j: 1.0}, one.need, np.inf)

    def _rules(self) -> None:
        n, days, kinds = self.p.may.shape
        before: dict[int, list[tuple[int, int]]] = {}
        for person, day, had in self.p.before:
            before.setdefault(person, []).append((day, had))
        for i in range(n):
            past = before.get(i, [])
            for d in range(days):
                today = {self.at[i, d, k]: 1.0 for k in range(kinds) if (i, d, k) in self.at}
                self._most(today, 1.0)
            if self.lifted != "rest":
                self._rest(i, past)
            if self.lifted != "row":
                self._in_a_row(i, past)
            if self.lifted != "week":
                self._weeks(i, past)
            if self.lifted != "month":
                for k, kind in enumerate(self.p.kinds):
                    if kind.most is not None:
                        self._most({v: 1.0 for (a, _, c), v in self.of(i) if c == k}, kind.most)

    def of(self, i: int) -> list[tuple[Entry, int]]:
        """The variables of a person."""
        if not hasattr(self, "_of"):
            self._of: dict[int, list[tuple[Entry, int]]] = {}
            for key, v in self.at.items():
                self._of.setdefault(key[0], []).append((key, v))
        return self._of.get(i, [])

    def _rest(self, i: int, past: list[tuple[int, int]]) -> None:
        kinds = self.p.kinds
        for (_, d, k), v in self.of(i):
            for ahead in range(1, 2 + int((kinds[k].hours + kinds[k].rest) // 24)):
                row = {
                    self.at[i, d + ahead, c]: 1.0 for c in range(len(kinds))
                    if (i, d + ahead, c) in self.at and clashes(kinds, (d, k), (d + ahead, c))
                }  # fmt: skip
                if row:
                    self._most(row | {v: 1.0}, 1.0)
            if any(clashes(kinds, one, (d, k)) for one in past):
                self._most({v: 1.0}, 0.0)

    def _in_a_row(self, i: int, past: list[tuple[int, int]]) -> None:
        days, most = self.p.may.shape[1], self.p.row
        worked = {d for d, _ in past}
        for first in range(-most, days - most):
            span = range(first, first + most + 1)
            row = {v: 1.0 for (_, d, _), v in self.of(i) if d in span}
            self._most(row, max(0.0, most - sum(d in worked for d in span)))

    def _weeks(self, i: int, past: list[tuple[int, int]]) -> None:
        kinds = self.p.kinds
        weeks: dict[int, dict[int, float]] = {}
        for (_, d, k), v in self.of(i):
            weeks.setdefault((d + self.p.weekday) // 7, {})[v] = kinds[k].hours
        for week, row in weeks.items():
            had = sum(kinds[k].hours for d, k in past if (d + self.p.weekday) // 7 == week)
            self._most(row, max(0.0, self.p.week_hours - had))

    def _ranges(self) -> None:
        part = np.flatnonzero(self.p.share > 0)
        for c in range(len(self.p.burden)):
            for i in part.tolist():
                row = {
                    v: float(self.p.burden[c, d, k]) / float(self.p.share[i])
                    for (_, d, k), v in self.of(i) if self.p.burden[c, d, k]
                }  # fmt: skip
                had = float(self.p.past[i, c]) / float(self.p.share[i])
                self._row(row | {self.top + 2 * c: -1.0}, -np.inf, -had)
                self._row(row | {self.top + 2 * c + 1: -1.0}, -had, np.inf)

    def cover(self, seconds: float) -> tuple[int, int] | None:
        """(people missing in all, no roster has fewer)."""
        aim = np.zeros(self.size)
        aim[self.short : self.top] = 1.0
        found = self._solve(aim, self.covering, seconds)
        if found.x is None:
            return None
        least = round(float(found.fun))
        bound = getattr(found, "mip_dual_bound", None)
        return least, least if bound is None else int(np.ceil(float(bound) - 1e-6))

    def fairest(self, least: int, seconds: float) -> tuple[tuple[Entry, ...], float, float]:
        """(entries, cost, bound) with no more missing than ``least``."""
        self._row({self.short + j: 1.0 for j in range(len(self.p.demands))}, -np.inf, float(least))
        aim = np.zeros(self.size)
        for c, weight in enumerate(self.p.weights.burden):
            aim[self.top + 2 * c], aim[self.top + 2 * c + 1] = weight, -weight
        constant = self._wishes(aim)
        for (_, _, k), v in self.at.items():
            aim[v] -= self.p.weights.present if self.p.kinds[k].implied else 0.0
        if not (self.p.share > 0).any():
            aim[self.top :] = 0.0
        found = self._solve(aim, len(self.rows), seconds)
        if found.x is None:  # no time for the second: the first roster stands
            aim = np.zeros(self.size)
            found = self._solve(aim, len(self.rows), seconds)
            if found.x is None:
                raise BadInput(what="the solver found no roster in the time it had")
            entries = self._entries(found.x)
            return entries, cost_of(self.p, entries), -np.inf
        entries = self._entries(found.x)
        bound = getattr(found, "mip_dual_bound", None)
        low = float(found.fun if bound is None else bound) + constant
        cost = cost_of(self.p, entries)
        return entries, round(cost, 9), round(min(low, cost), 9)

    def _wishes(self, aim: Floats) -> float:
        constant = 0.0
        for one in self.p.wishes:
            weight = self.p.weights.wish
            constant += weight if one.want else 0.0
            for k in meant(self.p, one):
                if (one.person, one.day, k) in self.at:
                    aim[self.at[one.person, one.day, k]] += -weight if one.want else weight
        return constant

    def _entries(self, x: Any) -> tuple[Entry, ...]:
        return tuple(
            sorted(self.keys[n] for n in np.flatnonzero(np.asarray(x)[: self.short] > 0.5).tolist())
        )

    def _solve(self, aim: Floats, rows: int, seconds: float) -> Any:
        from scipy.optimize import Bounds, LinearConstraint, milp  # slow to load: only when needed
        from scipy.sparse import csr_array

        lower, upper = np.zeros(self.size), np.full(self.size, np.inf)
        upper[: self.short] = 1.0
        for key in self.fixed:
            lower[self.at[key]] = 1.0
        for j, one in enumerate(self.p.demands):
            upper[self.short + j] = one.need
        lower[self.top :] = -np.inf
        if not (self.p.share > 0).any() or rows <= self.covering:
            lower[self.top :], upper[self.top :] = 0.0, 0.0
        where = [(r, c, v) for r, row in enumerate(self.rows[:rows]) for c, v in row.items()]
        r, c, v = zip(*where, strict=True) if where else ((), (), ())
        matrix = csr_array((v, (r, c)), shape=(rows, self.size))
        whole = np.zeros(self.size)
        whole[: self.top] = 1
        return milp(
            aim, integrality=whole, bounds=Bounds(lower, upper),
            constraints=LinearConstraint(matrix, self.low[:rows], self.high[:rows]) if rows else (),
            options={"time_limit": seconds, "mip_rel_gap": 0.0},
        )  # fmt: skip
