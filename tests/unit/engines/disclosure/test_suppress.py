"""One release: nothing recovered, nothing dearer than it must be."""

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.engines.disclosure.worlds import grids, printed_plainly, recovered, table_of
from tuyen.engines.disclosure.attack import attack
from tuyen.engines.disclosure.ledger import Ledger
from tuyen.engines.disclosure.primary import Rule
from tuyen.engines.disclosure.suppress import suppress
from tuyen.engines.disclosure.tables import Axis
from tuyen.kernel.refusal import BadInput

AREA = Axis.of(["A", "B", "C", "D"], {"east": ["A", "B"], "west": ["C", "D"]}, total="all")
DISEASE = Axis.of(["flu", "dengue", "mumps"], total="every")
SEX = Axis.of(["F", "M"], total="both")
METHODS = ["auto", "heuristic"]


def alone(table, rule, **options):
    return suppress(Ledger.empty(table.parts), "r", table, rule, **options)


@settings(max_examples=12, deadline=None)
@given(grids(4, 3), st.sampled_from([2, 5, 10]), st.sampled_from(METHODS))
@pytest.mark.check("PL-09")
def test_no_mark_is_recovered(grid, k, method):
    done = alone(table_of(grid, AREA, DISEASE), Rule(k), method=method)

    assert done.exposed == ()
    assert recovered(done.ledger, k) == set()


@pytest.mark.nightly  # long, and its like in fewer dimensions runs at every change
@settings(max_examples=12, deadline=None)
@given(grids(3, 3, 2), st.sampled_from(METHODS))
def test_no_mark_is_recovered_in_three_dimensions(grid, method):
    area = Axis.of(["A", "B", "C"], total="all")

    done = alone(table_of(grid, area, DISEASE, SEX), Rule(5), method=method)

    assert done.exposed == ()
    assert recovered(done.ledger, 5) == set()


@settings(max_examples=12, deadline=None)
@given(grids(4, 3), st.sampled_from(METHODS))
def test_no_mark_is_recovered_where_every_zero_is_shown(grid, method):
    table = table_of(grid, AREA, DISEASE)

    done = alone(table, Rule(5, zeros="shown"), method=method)

    assert done.shown[table.values == 0].all()
    assert recovered(done.ledger, 5) == set()


@settings(max_examples=12, deadline=None)
@given(grids(4, 2), st.lists(st.integers(0, 12), min_size=8, max_size=8), st.sampled_from(METHODS))
def test_no_mark_is_recovered_by_who_knows_the_population(grid, others, method):
    table = table_of(grid, AREA, SEX)
    people = table_of(grid + np.array(others).reshape(4, 2), AREA, SEX).values

    done = alone(table, Rule(5), population=people, method=method)

    found = attack(done.ledger.knowledge)
    assert done.exposed == ()
    assert found.narrower(np.minimum(5, people[found.targets])).size == 0
    few_outside = (table.values > 0) & (people - table.values < 5)
    assert not done.shown[few_outside].any()


def cheapest(table, rule, price):
    """The least cost of a safe pattern, by trying them all."""
    first = alone(table, rule).primary
    free = np.flatnonzero(~first)
    best = np.inf
    for chosen in product((False, True), repeat=free.size):
        marks = first.copy()
        marks[free] = chosen
        cost = price[free][np.array(chosen)].sum()
        if cost < best and not recovered(
            printed_plainly(Ledger.empty(table.parts), "r", table, marks), rule.least
        ):
            best = cost
    return best


@settings(max_examples=6, deadline=None)
@given(grids(2, 2), st.lists(st.integers(1, 9), min_size=9, max_size=9))
def test_the_optimum_is_the_cheapest_of_all_patterns(grid, price):
    table = table_of(grid, Axis.of(["A", "B"], total="all"), SEX)
    price = np.array(price, float)

    done = alone(table, Rule(4), cost=price, method="optimal")

    assert price[done.secondary].sum() == cheapest(table, Rule(4), price)


@settings(max_examples=12, deadline=None)
@given(grids(4, 3))
def test_the_same_table_is_suppressed_alike(grid):
    table = table_of(grid, AREA, DISEASE)

    one, other = (alone(table, Rule(5), method="heuristic") for _ in range(2))

    assert one.printed.tolist() == other.printed.tolist()


def test_nothing_small_means_nothing_hidden():
    done = alone(table_of([[9, 8], [7, 0]], Axis.of(["A", "B"], total="all"), SEX), Rule(5))

    assert done.shown.all()


def test_a_second_cell_hides_the_first():
    table = table_of([3, 9, 8, 30], Axis.of(["A", "B", "C", "D"], total="all"))

    done = alone(table, Rule(5))

    assert done.printed.tolist() == [-1, 9, -1, 30, 50]
    assert done.secondary.tolist() == [False, False, True, False, False]


def test_a_total_goes_where_no_cell_can_hide_the_small_one():
    done = alone(table_of([3, 0, 0], Axis.of(["A", "B", "C"], total="all")), Rule(5))

    assert not done.shown[[0, 3]].any()
    assert recovered(done.ledger, 5) == set()


def test_a_dear_cell_is_spared():
    table = table_of([3, 9, 8], Axis.of(["A", "B", "C"], total="all"))

    done = alone(table, Rule(5), cost=[1, 1, 50, 50])

    assert done.printed.tolist() == [-1, -1, 8, 20]


def test_a_set_of_pieces_is_watched_though_no_table_shows_it():
    area = Axis.of(["A", "B", "C"], {"AB": ["A", "B"]}, each=False, total="all")
    table = table_of([9, 0, 9], area)

    free, kept = alone(table, Rule(5)), alone(table, Rule(5), watch=[[0, 0, 1]])

    assert free.printed.tolist() == [9, 18]
    assert kept.printed.tolist() == [-1, 18]


@pytest.mark.parametrize(
    ("why", "options"),
    [
        ("an unknown method", {"method": "guess"}),
        ("a cell that costs nothing", {"cost": [1, 0, 1, 1]}),
        ("costs of another table", {"cost": [1, 1]}),
        ("a population of another table", {"population": [9]}),
    ],
)
def test_what_contradicts_itself_is_refused(why, options):
    table = table_of([3, 9, 8], Axis.of(["A", "B", "C"], total="all"))

    with pytest.raises(BadInput):
        alone(table, Rule(5), **options)
