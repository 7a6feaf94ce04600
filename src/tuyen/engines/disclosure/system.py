"""The problem that a suppression solves: which moves of counts would a reader not see?

From the true counts x a *move* y leads to other counts x + y that a reader cannot tell from the
truth: nothing negative, and every printed cell unchanged. A suppressed cell is safe where two moves
put it ``width`` apart. Suppressing a further cell frees the moves that change it.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.sparse import csgraph

from tuyen.engines.disclosure.ledger import UNBOUNDED, Ledger
from tuyen.engines.disclosure.primary import Rule
from tuyen.engines.disclosure.tables import Flags, Ints, Table


class System(NamedTuple):
    """Rows are cells, columns are classes: unknowns that no cell of any release tells apart."""

    members: sparse.csr_array  # (m, n) 0/1; unknowns that are already certain are left out
    x: Ints  # (n,) true counts of the classes
    values: Ints  # (m,) true counts of the cells, certain parts left out
    fixed: Flags  # (m,) printed before
    open: Flags  # (m,) of the new table, may be printed
    hidden: Flags  # (m,) must stay in doubt: suppressed before, sensitive, or watched
    floor: Ints  # (m,) what a reader knows of the cell if it is marked: at least this
    ceiling: Ints  # (m,) and at most this; UNBOUNDED if nothing
    need: Ints  # (m,) the width that it needs if it is marked
    cost: NDArray[np.float64]  # (m,) of suppressing an open cell
    cells: Ints  # (m,) cell of the new table; -1 for others
    past: Ints  # (m,) row of the ledger; -1 for others
    where: Ints  # (n, axes) a place of each class on the grid's axes, for a sense of nearness

    @property
    def telling(self) -> Flags:
        """(m,) True where a mark alone would say something."""
        return (self.floor > 0) | (self.ceiling < UNBOUNDED)

    @property
    def room(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """(m,) how far a marked cell may go down (<= 0) and up (>= 0; infinite)."""
        above = np.where(self.ceiling < UNBOUNDED, self.ceiling - self.values, np.inf)
        return (self.floor - self.values).astype(float), above


def build(
    ledger: Ledger,
    table: Table,
    primary: Flags,
    cost: NDArray[np.float64],
    rule: Rule,
    watch: sparse.csr_array | None,
    population: Ints | None,
) -> System:
    """The part of the ledger that the new table can touch, joined with it.

    ``ledger`` has already counted the table (:meth:`Ledger.counted`). ``watch`` (w, N) holds sets
    of pieces that must stay in doubt although no release shows them.
    """
    new = ledger.rows(table)
    old, m_new = ledger.members, new.shape[0]
    unseen = sparse.csr_array((0, ledger.truth.size), dtype=np.int64)
    if watch is not None:
        unseen = ledger.rows(table._replace(members=watch))
    rows = sparse.csr_array(sparse.vstack([old, new, unseen], format="csr"))
    of, first = classes(rows)
    members = sparse.csr_array(rows[:, first])
    x = np.bincount(of[of >= 0], ledger.truth[of >= 0], first.size).astype(np.int64)

    said = ledger.lower == ledger.upper
    few = np.flatnonzero((x > 0) & (x < rule.k))
    members = sparse.csr_array(
        sparse.vstack([members, sparse.eye_array(x.size, format="csr")[few]])
    ).astype(np.int64)
    m, m_old = members.shape[0], old.shape[0]
    fixed, openly, hidden = (np.zeros(m, bool) for _ in range(3))
    fixed[:m_old] = said
    hidden[:m_old] = ~said
    kept = rule.zeros == "shown"
    openly[m_old : m_old + m_new] = ~primary
    hidden[m_old : m_old + m_new] = primary
    hidden[m_old + m_new :] = True
    values = members @ x
    if kept:
        fixed |= openly & (values == 0)
        openly &= values > 0
    floor = np.zeros(m, np.int64)
    floor[:m_old] = np.where(said, 0, ledger.lower)
    floor[m_old : m_old + m_new] = rule.floor
    ceiling = np.full(m, UNBOUNDED)
    ceiling[:m_old] = np.where(said, UNBOUNDED, ledger.upper)
    if population is not None:
        ceiling[m_old : m_old + m_new] = np.where(population < 0, UNBOUNDED, population)
    ceiling[m - few.size :] = _lowest(members[: m_old + m_new], ceiling[: m_old + m_new])[few]
    # No doubt can be wider than what everybody knows without the table.
    need = np.minimum(rule.least, ceiling - floor)
    cells, past, costs = np.full(m, -1), np.full(m, -1), np.zeros(m)
    cells[m_old : m_old + m_new] = np.arange(m_new)
    costs[m_old : m_old + m_new] = cost
    past[:m_old] = np.arange(m_old)
    bounds = floor, ceiling, need
    flags = fixed, openly, hidden
    whole = System(members, x, values, *flags, *bounds, costs, cells, past, ledger.where[first])
    return _reachable(whole)


def _lowest(members: sparse.csr_array, ceiling: Ints) -> Ints:
    """(n,) the lowest ceiling of the cells that each class is in."""
    lowest = np.full(members.shape[1], UNBOUNDED)
    entries = members.tocoo()
    np.minimum.at(lowest, entries.coords[1], ceiling[entries.coords[0]])
    return lowest


def classes(rows: sparse.csr_array) -> tuple[Ints, Ints]:
    """(n,) the class of each unknown, -1 where no cell sums it; and a first member of each."""
    columns = rows.tocsc()
    columns.sort_indices()
    starts, indices = columns.indptr, columns.indices
    found: dict[bytes, int] = {}
    of = np.full(columns.shape[1], -1)
    first: list[int] = []
    for j in np.flatnonzero(np.diff(starts)).tolist():
        key = indices[starts[j] : starts[j + 1]].tobytes()
        if key not in found:
            found[key] = len(first)
            first.append(j)
        of[j] = found[key]
    return of, np.array(first, np.int64)


def _reachable(whole: System) -> System:
    """Without the classes that are certain already, and what the new table is not linked to."""
    members = whole.members
    free = np.ones(whole.x.size, bool)
    printed = members[np.flatnonzero(whole.fixed)]
    while True:
        number = printed @ free.astype(np.int64)
        empty = (printed @ np.where(free, whole.x, 0)) == 0
        known = printed[np.flatnonzero((number == 1) | (empty & (number > 0)))]
        if not known.nnz:
            break
        free[known.indices] = False
    links = sparse.csr_array(printed[:, np.flatnonzero(free)])
    graph = sparse.block_array([[None, links], [links.T, None]], format="csr")
    part = csgraph.connected_components(graph, directed=False)[1][links.shape[0] :]
    # A mark that says "at least one" or "at most" is an equation too, so its cells hold their classes together.
    new = np.flatnonzero(whole.cells >= 0)
    touched = (members[new][:, np.flatnonzero(free)].sum(axis=0) > 0).ravel()
    reach = np.zeros(free.size, bool)
    reach[np.flatnonzero(free)] = np.isin(part, part[touched])
    marks = members[np.flatnonzero(whole.hidden & whole.telling)]
    while True:
        across = (marks @ reach.astype(np.int64) > 0) & (
            marks @ (free & ~reach).astype(np.int64) > 0
        )
        if not across.any():
            break
        more = np.zeros(free.size, bool)
        more[marks[np.flatnonzero(across)].indices] = True
        linked = np.zeros(int(part.max(initial=0)) + 1, bool)
        linked[part[more[np.flatnonzero(free)]]] = True
        reach[np.flatnonzero(free)] |= linked[part]
    columns = np.flatnonzero(reach)
    inside = sparse.csr_array(members[:, columns])
    rows = np.flatnonzero((np.diff(inside.indptr) > 0) | (whole.cells >= 0))
    values = (inside @ whole.x[columns])[rows]
    certain = whole.values[rows] - values
    reached = _picked(whole, inside, rows, columns)
    open_ended = reached.ceiling >= UNBOUNDED
    return reached._replace(
        values=values,
        floor=np.maximum(reached.floor - certain, 0),
        ceiling=np.where(open_ended, UNBOUNDED, reached.ceiling - certain),
    )


def restrict(system: System, columns: Ints) -> tuple[System, Ints]:
    """The same problem where only some classes move; and its rows in the whole one."""
    inside = sparse.csr_array(system.members[:, columns])
    rows = np.flatnonzero(np.diff(inside.indptr) > 0)
    return _picked(system, inside, rows, columns), rows


def _picked(system: System, inside: sparse.csr_array, rows: Ints, columns: Ints) -> System:
    return System(
        sparse.csr_array(inside[rows]),
        system.x[columns],
        system.values[rows],
        system.fixed[rows],
        system.open[rows],
        system.hidden[rows],
        system.floor[rows],
        system.ceiling[rows],
        system.need[rows],
        system.cost[rows],
        system.cells[rows],
        system.past[rows],
        system.where[columns],
    )
