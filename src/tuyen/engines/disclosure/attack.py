"""The attacker: what a reader can conclude from everything printed so far.

Each suppressed cell is made as small and as large as the printed numbers allow, by a linear
programme, and then in whole numbers by branching from there. The cell is *recovered* where the
two ends are nearer than the width of doubt that was promised.

This module shares nothing with the suppression it attacks but the reader's knowledge: it knows
no true count, no rule of choice, and does its own reductions.

Sources: Kelly, Golden and Assad, "Cell suppression: disclosure protection for sensitive tabular
data", Networks 22 (1992) 397-417 (the audit by linear programmes); Fischetti and Salazar-González,
"Solving the cell suppression problem on tabular data with linear constraints", Management Science
47 (2001) 1008-1027 (the attacker's programmes for any system of additive relations).
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike
from scipy import sparse
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csgraph

from tuyen.engines.disclosure.ledger import UNBOUNDED, Knowledge
from tuyen.engines.disclosure.nearness import boxes
from tuyen.engines.disclosure.tables import Flags, Ints
from tuyen.kernel.refusal import BadInput

_BOX = 1500  # unknowns of a box: programmes of this size take tenths of a second
_SLACK = 1e-6  # of a solver's answer around a whole number


class Contradiction(BadInput):
    """What was printed cannot all be true: no counts agree with it."""

    code = "disclosure.contradiction"


class Intervals(NamedTuple):
    """The least and greatest value of each target, both reached by counts that fit all print."""

    targets: Ints  # (t,) rows of the knowledge
    lower: Ints  # (t,)
    upper: Ints  # (t,); UNBOUNDED where nothing limits it

    @property
    def width(self) -> Ints:
        return self.upper - self.lower

    def narrower(self, width: ArrayLike) -> Ints:
        """Rows of the knowledge that are recovered: their doubt is smaller than ``width``."""
        return self.targets[self.width < np.asarray(width)]


def attack(known: Knowledge, targets: Ints | None = None, *, whole: bool = True) -> Intervals:
    """The interval of each target, by two programmes each.

    Parameters
    ----------
    targets : (t,) int, optional
        Rows of the knowledge; by default every cell whose exact number was not printed.
    whole
        In whole numbers (the truth about people). Without it the relaxation, which is never
        narrower: some tables of three dimensions tell more to whom counts in persons.

    Raises
    ------
    Contradiction
        If no counts agree with what was printed.
    """
    rows = np.flatnonzero(~known.said) if targets is None else np.asarray(targets, np.int64)
    solver = _Solver(known, whole)
    ends = [solver.ends(known.members[[row]].tocsr()) for row in rows.tolist()]
    lower, upper = np.array(ends, np.int64).reshape(-1, 2).T
    return Intervals(rows, lower, upper)


def watched(known: Knowledge, sets: sparse.csr_array) -> Knowledge:
    """The same knowledge with cells that were never printed: sets of unknowns to be attacked."""
    none = np.zeros(sets.shape[0], np.int64)
    return Knowledge(
        sparse.csr_array(sparse.vstack([known.members, sets], format="csr")),
        np.concatenate([known.lower, none]),
        np.concatenate([known.upper, none + UNBOUNDED]),
    )


def narrow(
    known: Knowledge, width: int, seed: int, where: Ints, targets: Ints | None = None
) -> Intervals:
    """The targets whose doubt is smaller than ``width``, for tables too large to solve twice a cell.

    One table that fits everything printed is found; from there, whole counts that still fit are
    sought in random directions, box by box of the grid. Each widens what is known to be possible for
    hundreds of cells. What is too narrow after that is solved exactly, so a cell is never called safe
    without two tables that prove it, nor recovered without a proof that there are none.

    Parameters
    ----------
    where : (n, axes) int
        A place of each unknown on the grid (:attr:`Ledger.where`), for nearness only.
    """
    rows = np.flatnonzero(~known.said) if targets is None else np.asarray(targets, np.int64)
    solver = _Solver(known, True)
    rng = np.random.default_rng(seed)
    aims = known.members[rows].tocsr()
    start = solver.anything()
    least = aims @ start
    most = least.copy()
    vain, size = 0, _BOX
    while (short := most - least < width).any() and size < 4 * start.size:
        toward = np.where(short, rng.choice([-1.0, 1.0], rows.size), 0.0)
        direction = aims.T @ toward
        for box in boxes(where, size, rng):
            if not direction[box].any():
                continue
            for sign in (-1.0, 1.0):
                there = aims @ solver.farther(start, box, sign * direction, 2 * width)
                least, most = np.minimum(least, there), np.maximum(most, there)
        vain = 0 if (most - least < width).sum() < short.sum() else vain + 1
        if vain == 3:
            vain, size = 0, size * 4
    left = rows[most - least < width]
    exact = attack(known, left)
    slim = exact.width < width
    return Intervals(left[slim], exact.lower[slim], exact.upper[slim])


class _Solver:
    """The knowledge without what is already certain, in parts that do not touch."""

    def __init__(self, known: Knowledge, whole: bool) -> None:
        telling = np.flatnonzero((known.lower > 0) | (known.upper < UNBOUNDED))
        self.members = known.members[telling].tocsr()
        self.lower, self.upper = known.lower[telling], known.upper[telling]
        self.whole = whole
        self.fixed = self._certain()
        free = self.fixed < 0
        links = self.members[:, np.flatnonzero(free)].tocsr()
        graph = sparse.block_array([[None, links], [links.T, None]], format="csr")
        labels = csgraph.connected_components(graph, directed=False)[1]
        self.part = np.full(free.size, -1)
        self.part[free] = labels[links.shape[0] :]
        self.row_part = labels[: links.shape[0]]
        self.cache: dict[int, tuple[Ints, sparse.csr_array, Ints, Ints]] = {}

    def _certain(self) -> Ints:
        """(n,) the value of unknowns that single equations give away; -1 for the others."""
        fixed = np.full(self.members.shape[1], -1, np.int64)
        while True:
            free = (fixed < 0).astype(np.int64)
            number = self.members @ free
            rest = self.upper - self.members @ np.maximum(fixed, 0)
            if (rest < 0).any():
                raise Contradiction(what="The printed numbers contradict one another.")
            empty = (number > 0) & (rest == 0)
            single = (number == 1) & (self.lower == self.upper)
            rows = self.members[np.flatnonzero(empty | single)].tocoo()
            values = rest[empty | single][rows.coords[0]]
            new = fixed[rows.coords[1]] < 0
            if not new.any():
                short = (number == 0) & (self.lower > self.members @ np.maximum(fixed, 0))
                if short.any():
                    raise Contradiction(what="The printed numbers contradict one another.")
                return fixed
            fixed[rows.coords[1][new]] = values[new]

    def ends(self, aim: sparse.csr_array) -> tuple[int, int]:
        """The least and greatest value of one sum of unknowns."""
        columns = aim.indices
        known = self.fixed[columns]
        low = high = int((known[known >= 0] * aim.data[known >= 0]).sum())
        free = columns[known < 0]
        for part in np.unique(self.part[free]).tolist():
            inside = free[self.part[free] == part]
            low += self._end(part, inside, 1)
            high = min(high + self._end(part, inside, -1), UNBOUNDED)
        return low, high

    def _system(self, part: int) -> tuple[Ints, sparse.csr_array, Ints, Ints]:
        if part not in self.cache:
            columns = np.flatnonzero(self.part == part)
            rows = np.flatnonzero(self.row_part == part)
            block = self.members[rows].tocsr()
            rest = block @ np.maximum(self.fixed, 0)
            told = self.upper[rows] < UNBOUNDED
            upper = np.where(told, self.upper[rows] - rest, UNBOUNDED)
            system = columns, block[:, columns].tocsr(), self.lower[rows] - rest, upper
            self.cache[part] = system
        return self.cache[part]

    def _end(self, part: int, inside: Ints, sign: int) -> int:
        columns, rows, lower, upper = self._system(part)
        aim = np.isin(columns, inside).astype(float) * sign
        if not rows.shape[0]:
            return 0 if sign > 0 else UNBOUNDED
        if sign < 0 and not self._bounded(rows, upper, aim):
            return UNBOUNDED
        answer = self._solve(aim, rows, lower, upper, np.inf)
        if answer.status == 3:
            return UNBOUNDED
        if answer.status != 0:
            raise Contradiction(what="No whole counts agree with all that was printed.")
        value = sign * answer.fun
        return int(np.floor(value + _SLACK) if sign < 0 else np.ceil(value - _SLACK))

    @staticmethod
    def _bounded(rows: sparse.csr_array, upper: Ints, aim: "np.ndarray") -> bool:
        """Whether every unknown aimed at stands in a sum with an upper bound."""
        held: Flags = (rows.T @ (upper < UNBOUNDED).astype(np.int64)) > 0
        return bool(held[aim != 0].all())

    def _solve(self, aim, rows, lower, upper, cap):  # type: ignore[no-untyped-def]
        ceiling = np.where(upper < UNBOUNDED, upper.astype(float), np.inf)
        return milp(
            aim,
            constraints=LinearConstraint(rows.astype(float), lower.astype(float), ceiling),
            bounds=Bounds(0, cap),
            integrality=np.full(aim.size, int(self.whole)),
            options={"mip_rel_gap": 0.0},
        )

    def anything(self) -> Ints:
        """One table of whole counts that agrees with all print."""
        counts = np.maximum(self.fixed, 0)
        for part in np.unique(self.part[self.part >= 0]).tolist():
            columns, rows, lower, upper = self._system(part)
            if not rows.shape[0]:
                continue
            answer = self._solve(np.zeros(columns.size), rows, lower, upper, np.inf)
            if answer.x is None:
                raise Contradiction(what="No whole counts agree with all that was printed.")
            counts[columns] = np.round(answer.x).astype(np.int64)
        self._check(counts)
        return counts

    def farther(self, start: Ints, box: Ints, direction: "np.ndarray", step: int) -> Ints:
        """The table that goes farthest in a direction when only the counts in ``box`` change."""
        columns = box[self.fixed[box] < 0]
        block = self.members[:, columns].tocsr()
        rows = np.flatnonzero(np.diff(block.indptr))
        block = block[rows]
        now = self.sums(start)[rows]
        ceiling = np.where(self.upper[rows] < UNBOUNDED, self.upper[rows] - now, np.inf)
        answer = milp(
            -direction[columns],
            constraints=LinearConstraint(
                block.astype(float), (self.lower[rows] - now).astype(float), ceiling
            )
            if rows.size
            else [],
            bounds=Bounds(-np.minimum(start[columns], step).astype(float), float(step)),
            integrality=np.ones(columns.size),
            options={"mip_rel_gap": 0.05, "node_limit": 2000},
        )
        found = start.copy()
        if answer.x is not None:
            found[columns] += np.round(answer.x).astype(np.int64)
            self._check(found)
        return found

    def sums(self, counts: Ints) -> Ints:
        return self.members @ counts

    def _check(self, counts: Ints) -> None:
        """A table counts as proof only if it satisfies every equation exactly."""
        sums = self.members @ counts
        if (counts < 0).any() or (sums < self.lower).any() or (sums > self.upper).any():
            raise Contradiction(what="A solver's table does not fit what was printed.")
