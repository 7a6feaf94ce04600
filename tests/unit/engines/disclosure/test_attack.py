"""The attacker, judged by every table that fits."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse

from tests.unit.engines.disclosure.worlds import printed_plainly, recovered, table_of
from tuyen.engines.disclosure.attack import Contradiction, attack, narrow, watched
from tuyen.engines.disclosure.attack_reference import intervals
from tuyen.engines.disclosure.ledger import UNBOUNDED, Knowledge, Ledger
from tuyen.engines.disclosure.tables import Axis

LARGEST = 6


@st.composite
def puzzles(draw):
    """Up to five unknowns, cells over them, each printed, in a range, or marked."""
    n = draw(st.integers(1, 5))
    truth = draw(st.lists(st.integers(0, 3), min_size=n, max_size=n))
    sets = st.sets(st.integers(0, n - 1), min_size=1)
    cells = []
    for members in [*draw(st.lists(sets, max_size=5)), set(range(n))]:
        value = sum(truth[i] for i in members)
        less, more = draw(st.sampled_from([(0, 0), (0, 0), (1, 1), (0, 2)]))
        cells.append((frozenset(members), max(0, value - less), value + more))
    marked = [frozenset(members) for members in draw(st.lists(sets, min_size=1, max_size=3))]
    floor = draw(st.integers(0, 1))
    cells += [(members, min(floor, sum(truth[i] for i in members)), None) for members in marked]
    return n, cells, marked


def knowledge(n, cells):
    block = np.array([[int(i in members) for i in range(n)] for members, _, _ in cells])
    return Knowledge(
        sparse.csr_array(block),
        np.array([least for _, least, _ in cells]),
        np.array([UNBOUNDED if most is None else most for _, _, most in cells]),
    )


@settings(max_examples=150, deadline=None)
@given(puzzles())
def test_agrees_with_every_table(puzzle):
    n, cells, marked = puzzle
    known = knowledge(n, cells)
    top = max(most for members, _, most in cells if most is not None)

    found = attack(known, np.arange(len(cells) - len(marked), len(cells)))

    expected = intervals(cells, n, marked, top)
    assert list(zip(found.lower.tolist(), found.upper.tolist(), strict=True)) == expected


@settings(max_examples=60, deadline=None)
@given(puzzles())
def test_the_relaxation_is_never_narrower(puzzle):
    n, cells, _ = puzzle
    known = knowledge(n, cells)

    whole, loose = attack(known), attack(known, whole=False)

    assert (loose.lower <= whole.lower).all()
    assert (loose.upper >= whole.upper).all()


@settings(max_examples=60, deadline=None)
@given(puzzles(), st.integers(1, 5))
def test_the_quick_search_finds_the_same_cells(puzzle, width):
    n, cells, _ = puzzle
    known = knowledge(n, cells)

    quick = narrow(known, width, 0, np.arange(n)[:, None])

    assert quick.targets.tolist() == attack(known).narrower(width).tolist()


def test_a_lone_mark_in_a_row_is_recovered():
    table = table_of([3, 9, 8], Axis.of(["A", "B", "C"], total="all"))

    ledger = printed_plainly(Ledger.empty(table.parts), "r", table, [True, False, False, False])

    assert recovered(ledger, 1) == {("r", ("A",))}


def test_a_mark_that_says_at_least_one_says_more():
    table = table_of([3, 2, 8], Axis.of(["A", "B", "C"], total="all"))
    marks = [True, True, False, False]

    silent = printed_plainly(Ledger.empty(table.parts), "r", table, marks, floor=0)
    telling = printed_plainly(Ledger.empty(table.parts), "r", table, marks, floor=1)

    assert attack(silent.knowledge).upper.tolist() == [5, 5]
    assert attack(telling.knowledge).upper.tolist() == [4, 4]


def test_what_nothing_limits_has_no_upper_end():
    table = table_of([3, 9], Axis.of(["A", "B"]))

    ledger = printed_plainly(Ledger.empty(table.parts), "r", table, [True, False])

    assert attack(ledger.knowledge).upper.tolist() == [UNBOUNDED]


def test_a_group_that_was_never_printed_can_be_attacked():
    table = table_of([3, 9, 4], Axis.of(["A", "B", "C"], {"AB": ["A", "B"]}, each=False))
    ledger = printed_plainly(Ledger.empty(table.parts), "r", table, [False])
    only_a = sparse.csr_array([[1, 0, 0]])

    found = attack(watched(ledger.knowledge, only_a), np.array([1]))

    assert (found.lower.tolist(), found.upper.tolist()) == ([0], [12])


def test_print_that_contradicts_itself_is_found():
    known = knowledge(2, [(frozenset({0, 1}), 3, 3), (frozenset({0}), 4, 4)])

    with pytest.raises(Contradiction):
        attack(known, np.array([0]))
