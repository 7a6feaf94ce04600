"""Small worlds of counts, releases cut from them, and releases gone wrong."""

from itertools import product

import numpy as np
from hypothesis import strategies as st
from scipy import sparse

from tuyen.engines.disclosure.attack import attack, watched
from tuyen.engines.disclosure.ledger import MARK, UNBOUNDED
from tuyen.engines.disclosure.tables import Axis, tabulate

# Communes of the old map and of the new one: A and B merge into X, C is split between X and Y.
PIECES = ("A|X", "B|X", "C|X", "C|Y", "D|Y")
OLD = {"A": ["A|X"], "B": ["B|X"], "C": ["C|X", "C|Y"], "D": ["D|Y"]}
NEW = {"X": ["A|X", "B|X", "C|X"], "Y": ["C|Y", "D|Y"]}
WEEKS = ("w1", "w2", "w3")
counts = st.one_of(st.just(0), st.integers(1, 4), st.integers(0, 25))


def grids(*shape):
    """Counts as communes have them: nothing, few, sometimes many."""
    size = int(np.prod(shape))
    return st.lists(counts, min_size=size, max_size=size).map(
        lambda flat: np.array(flat, np.int64).reshape(shape)
    )


def areas(on, total="all"):
    """The axis of communes on the old map, the new one or both."""
    groups = {"old": OLD, "new": NEW, "both": OLD | NEW}[on]
    return Axis.of(PIECES, groups, each=False, total=total)


@st.composite
def maps(draw, pieces):
    """The pieces gathered into communes at random: one map."""
    of = draw(st.lists(st.integers(0, 3), min_size=len(pieces), max_size=len(pieces)))
    units = {}
    for piece, unit in zip(pieces, of, strict=True):
        units.setdefault(f"u{unit}", []).append(piece)
    return Axis.of(pieces, units, each=False, total="all")


def printed_plainly(ledger, release, table, marked, floor=0):
    """A release whose marks were chosen by hand, or by a programme that forgot something."""
    marked = np.asarray(marked)
    return ledger.said(
        release,
        table,
        np.where(marked, MARK, table.values),
        np.where(marked, floor, table.values),
        np.where(marked, UNBOUNDED, table.values),
    )


def recovered(ledger, width):
    """(release, cell) of every mark that the attacker sees through."""
    known = ledger.knowledge
    rows = attack(known).narrower(width)
    return {ledger.labels[row] for row in rows.tolist()}


def small_groups(ledger, k):
    """Intervals of every set of today's pieces that holds at least one person and fewer than k."""
    now = ledger.truth[ledger.unknown]
    sets = [
        np.flatnonzero(chosen)
        for chosen in product((0, 1), repeat=now.size)
        if 0 < now[np.flatnonzero(chosen)].sum() < k
    ]
    if not sets:
        return None
    rows = np.repeat(np.arange(len(sets)), [each.size for each in sets])
    columns = ledger.unknown[np.concatenate(sets)]
    shape = (len(sets), ledger.truth.size)
    block = sparse.csr_array((np.ones(rows.size, np.int64), (rows, columns)), shape=shape)
    known = watched(ledger.knowledge, block)
    m = ledger.members.shape[0]
    return attack(known, np.arange(m, m + len(sets)))


def table_of(grid, *axes):
    return tabulate(axes, grid)
