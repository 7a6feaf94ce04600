"""Rounded tables add up, agree with one another, and tell no more than one rounding would."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.engines.disclosure.worlds import PIECES, WEEKS, areas, grids, maps, table_of
from tuyen.engines.disclosure.attack import attack
from tuyen.engines.disclosure.ledger import Ledger
from tuyen.engines.disclosure.rounding import round_table
from tuyen.engines.disclosure.tables import Axis
from tuyen.kernel.refusal import BadInput

AREA = Axis.of(["A", "B", "C", "D"], {"east": ["A", "B"]}, total="all")
WEEK = Axis.of(WEEKS, total="month")
KEY = b"kept in a safe"


def once(table, base=3, key=KEY):
    return round_table(Ledger.empty(table.parts), "r", table, base, key)


def shown(done):
    return dict(zip(done.table.labels, done.printed.tolist(), strict=True))


@settings(max_examples=15, deadline=None)
@given(grids(4, 3), st.sampled_from([3, 5]))
def test_a_rounded_table_adds_up_within_one_base(grid, base):
    done = once(table_of(grid, AREA, WEEK), base)

    cells = shown(done)
    assert (done.printed % base == 0).all()
    assert done.error == base - 1
    for area in AREA.names:
        assert cells[area, "month"] == sum(cells[area, week] for week in WEEKS)
    for week in WEEK.names:
        assert cells["all", week] == sum(cells[area, week] for area in "ABCD")
        assert cells["east", week] == cells["A", week] + cells["B", week]


@pytest.mark.nightly  # long, and its like in fewer dimensions runs at every change
@settings(max_examples=15, deadline=None)
@given(grids(5, 3), st.sampled_from([3, 5]))
@pytest.mark.check("PL-09")
def test_weeks_month_and_both_maps_agree_and_tell_no_more(grid, base):
    ledger = Ledger.empty((PIECES, WEEKS))
    cells = {}
    for on, groups in [
        ("old", {"w1": ["w1"]}),
        ("both", {"month": WEEKS}),
        ("new", {"w1": ["w1"]}),
    ]:
        table = table_of(grid, areas(on), Axis.of(WEEKS, groups, each=False))
        done = round_table(ledger, f"{on} {[*groups]}", table, base, KEY)
        ledger = done.ledger
        for label, number in shown(done).items():
            assert cells.setdefault(label, number) == number

    assert cells["all", "month"] == cells["X", "month"] + cells["Y", "month"]
    assert attack(ledger.knowledge).narrower(base - 1).size == 0


@settings(max_examples=15, deadline=None)
@given(grids(6), st.lists(maps(tuple("abcdef")), min_size=2, max_size=4), st.sampled_from([3, 5]))
def test_rounding_on_random_maps_tells_no_more(grid, drawn, base):
    ledger = Ledger.empty((tuple("abcdef"),))
    for number, axis in enumerate(drawn):
        ledger = round_table(ledger, f"map {number}", table_of(grid, axis), base, KEY).ledger

    assert attack(ledger.knowledge).narrower(base - 1).size == 0


@settings(max_examples=15, deadline=None)
@given(grids(4, 3), st.integers(0, 3), st.integers(0, 2))
def test_a_correction_moves_nothing_that_it_does_not_touch(grid, row, column):
    first = once(table_of(grid, AREA, WEEK))
    later = grid.copy()
    later[row, column] += 1

    second = round_table(first.ledger, "again", table_of(later, AREA, WEEK), 3, KEY)

    touched = second.table.members.toarray()[:, row * 3 + column] > 0
    assert (first.printed == second.printed)[~touched].all()


def test_multiples_stay_and_nobody_stays_nobody():
    done = once(table_of([0, 3, 9, 30], Axis.of(["A", "B", "C", "D"])))

    assert done.printed.tolist() == [0, 3, 9, 30]


def test_the_key_decides_and_is_repeatable():
    table = table_of(np.full(40, 4), Axis.of([f"c{i}" for i in range(40)]))

    one, same, other = once(table), once(table), once(table, key=b"another")

    assert one.printed.tolist() == same.printed.tolist()
    assert one.printed.tolist() != other.printed.tolist()
    assert set(one.printed.tolist()) == {3, 6}


@pytest.mark.parametrize("base", [1, 0, -3])
def test_a_base_is_two_or_more(base):
    with pytest.raises(BadInput):
        once(table_of([4], Axis.of(["A"])), base)


def test_one_ledger_has_one_base():
    table = table_of([4, 7], Axis.of(["A", "B"]))

    with pytest.raises(BadInput):
        round_table(once(table, 3).ledger, "other", table, 5, KEY)
