"""A good complementary suppression for tables of any size, with a proof for every cell.

The cells that are still too narrow are taken in batches. For each batch one linear programme finds
the cheapest move that lifts them all to the width they lack, where a change of a printed cell costs
its price and a change of a suppressed one nothing (the relaxation of Kelly, Golden and Assad,
Networks 22, 1992); the printed cells that it changes are suppressed. Whole-number moves within
what is then suppressed are kept as proof, and serve all other cells they happen to widen. At the end
every suppression that the kept proofs do not need is taken back.
"""

import numpy as np
from scipy import sparse
from scipy.optimize import Bounds, LinearConstraint, milp

from tuyen.engines.disclosure.moves import SMALL, Moves, bounds, explore, prove
from tuyen.engines.disclosure.nearness import boxes
from tuyen.engines.disclosure.optimal import Chosen
from tuyen.engines.disclosure.system import System, restrict
from tuyen.engines.disclosure.tables import Flags, Ints

_SHORT = 1e4  # price of one person of doubt that is not had, above any suppression
_BLOCK = 1500  # classes that move together: programmes of this size take tenths of a second
_ROUNDS = 2  # over all blocks, before the cells that are left are taken one by one
_HITS = 40
_SMALL, _TRIES = 300, 3


def heuristic(system: System, width: int, seed: int) -> Chosen:
    """Suppressions such that every suppressed cell is ``width`` wide; repeatable for one seed.

    A small table is tried in several orders, of which the cheapest outcome is kept.
    """
    tries = _TRIES if system.x.size <= _SMALL else 1
    found = [_once(system, width, np.random.default_rng([seed, n])) for n in range(tries)]
    return min(found, key=lambda one: (one.exposed.sum(), system.cost[one.suppressed].sum()))


def _once(system: System, width: int, rng: np.random.Generator) -> Chosen:
    search = _Search(system, width, rng)
    for _ in range(_ROUNDS):
        if not search.narrow().size:
            break
        for columns in boxes(system.where, _BLOCK, rng):
            search.widen(columns)
    size = _BLOCK
    while (left := search.narrow()).size:
        whole = size >= system.x.size
        for row in left.tolist():
            search.rescue(row, size, last=whole)
        size *= 4
    return search.chosen()


class _Search:
    def __init__(self, system: System, width: int, rng: np.random.Generator) -> None:
        self.system, self.width, self.rng = system, width, rng
        self.moves = Moves(system)
        self.suppressed = np.zeros(system.values.size, bool)
        self.exposed = np.zeros(system.values.size, bool)

    @property
    def shut(self) -> Flags:
        return self.system.fixed | (self.system.open & ~self.suppressed)

    @property
    def wanted(self) -> Flags:
        return (self.system.hidden | self.suppressed) & ~self.exposed

    def narrow(self) -> Ints:
        return np.flatnonzero(self.wanted & self.moves.narrow)

    def widen(self, columns: Ints) -> None:
        """Widen the cells of one block together: free moves first, then the cheapest to buy."""
        for share in (8, 4, 2, 1):
            explore(self.moves, self.shut, self.wanted, self.width, self.rng, columns)
            part, rows = restrict(self.system, columns)
            short = np.flatnonzero(self.wanted[rows] & self.moves.narrow[rows])
            if not short.size:
                return
            batch = self.rng.permutation(short)[: -(-short.size // share)]
            self._buy(part, rows, columns, batch, whole=False)

    def rescue(self, row: int, size: int, *, last: bool) -> None:
        """Widen one cell in a block around it; if ``last``, or say that nothing can."""
        if not self.moves.narrow[row]:
            return
        mine = self.system.members[[row]].indices
        if not mine.size:
            self.exposed[row] = True
            return
        home = self.system.where[int(self.rng.choice(mine))]
        (columns,) = boxes(self.system.where, size, self.rng, home)
        explore(self.moves, self.shut, self.wanted, self.width, self.rng, columns)
        part, rows = restrict(self.system, columns)
        bought = False
        for sign in (1, -1):  # up, then down for what could not be had above
            batch = np.flatnonzero((rows == row) & self.moves.narrow[rows])
            if batch.size and self._buy(part, rows, columns, batch, whole=True, sign=sign):
                bought = True
        if last and not bought and self.moves.narrow[row]:
            alone = np.zeros(self.exposed.size, bool)
            alone[row] = True
            self.exposed |= prove(self.moves, self.shut, alone, self.width)

    def _buy(
        self,
        part: System,
        rows: Ints,
        columns: Ints,
        batch: Ints,
        *,
        whole: bool,
        sign: int = 1,
    ) -> bool:
        extra, move = _lift(
            part,
            self._gone(sign)[rows],
            self.suppressed[rows],
            batch,
            self.width,
            whole=whole,
            sign=sign,
        )
        self.suppressed[rows] |= extra
        if move is not None:
            self.moves.add(move, columns)
        return bool(extra.any())

    def _gone(self, sign: int) -> Ints:
        """(m,) how far each cell has gone in the direction opposite to ``sign``."""
        return -self.moves.down if sign > 0 else self.moves.up

    def chosen(self) -> Chosen:
        needless = _take_back(self.moves, self.suppressed, self.wanted)
        return Chosen(self.suppressed & ~needless, self.exposed)


def _lift(
    system: System,
    gone: Ints,
    suppressed: Flags,
    batch: Ints,
    width: int,
    *,
    whole: bool,
    sign: int,
) -> tuple[Flags, Ints | None]:
    """The cheapest move that gives the batch its width, and the open cells that it changes."""
    m, n = system.members.shape
    a = system.members.astype(float)
    still = np.flatnonzero(system.fixed)
    paid = np.flatnonzero(system.open & ~suppressed)
    marked = np.flatnonzero(system.telling)
    e, t = paid.size, batch.size
    floor, ceiling = system.room
    eye = sparse.eye_array(e, format="csr")
    wide = np.full(t, np.inf)
    rows = sparse.block_array(
        [
            [a[still], None, None, None],
            [a[paid], -eye, eye, None],
            [a[marked], None, None, None],
            [a[batch] * sign, None, None, sparse.eye_array(t)],
        ],
        format="csr",
    )
    least = np.concatenate(
        [np.zeros(still.size + e), floor[marked], (system.need - gone)[batch].astype(float)]
    )
    most = np.concatenate([np.zeros(still.size + e), ceiling[marked], wide])
    low, high = bounds(system, 4 * width)
    used = np.flatnonzero(np.diff(rows.indptr) > 0)
    answer = milp(
        np.concatenate([np.zeros(n), system.cost[paid], system.cost[paid], np.full(t, _SHORT)]),
        constraints=LinearConstraint(rows[used], least[used], most[used]),
        bounds=Bounds(
            np.concatenate([low, np.zeros(2 * e + t)]),
            np.concatenate([high, np.full(2 * e, np.inf), np.full(t, float(width))]),
        ),
        integrality=np.concatenate([np.full(n, int(whole)), np.zeros(2 * e + t)]),
        options={"mip_rel_gap": 0.01, "node_limit": 2000},
    )
    extra = np.zeros(m, bool)
    if answer.x is None:
        return extra, None
    move = answer.x[:n]
    extra[paid] = np.abs(a[paid] @ move) > SMALL
    rounded = np.round(move)
    integral = bool(np.abs(rounded - move).max(initial=0) < SMALL)
    return extra, rounded.astype(np.int64) if integral else None


def _take_back(moves: Moves, suppressed: Flags, wanted: Flags) -> Flags:
    """Suppressions without which the moves kept still prove every other cell, dearest first."""
    by_cell = moves.table()
    by_move = by_cell.tocsr()
    alive = np.ones(by_move.shape[0], bool)
    removed = np.zeros(suppressed.size, bool)
    order = np.flatnonzero(suppressed)
    order = order[np.argsort(-moves.system.cost[order], kind="stable")]
    for row in order.tolist():
        hits = by_cell.indices[by_cell.indptr[row] : by_cell.indptr[row + 1]]
        hits = hits[alive[hits]]
        if hits.size > _HITS:
            continue  # so many proofs lean on it that it is not needless
        affected = np.unique(by_move[hits].indices)
        affected = affected[wanted[affected] & ~removed[affected] & (affected != row)]
        alive[hits] = False
        rest = by_cell[:, affected]
        steps = np.where(alive[rest.indices], rest.data, 0)
        number = np.repeat(np.arange(affected.size), np.diff(rest.indptr))
        up, down = np.zeros(affected.size, np.int64), np.zeros(affected.size, np.int64)
        np.maximum.at(up, number, steps)
        np.minimum.at(down, number, steps)
        if (up - down >= moves.system.need[affected]).all():
            removed[row] = True
        else:
            alive[hits] = True
    return removed
