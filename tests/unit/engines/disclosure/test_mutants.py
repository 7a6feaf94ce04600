"""Suppression that forgets something is seen through: the test of the attacker."""

import numpy as np
import pytest

from tests.unit.engines.disclosure.worlds import (
    PIECES,
    WEEKS,
    areas,
    printed_plainly,
    recovered,
    small_groups,
    table_of,
)
from tuyen.engines.disclosure.attack import attack
from tuyen.engines.disclosure.ledger import Ledger
from tuyen.engines.disclosure.primary import Rule
from tuyen.engines.disclosure.rounding import round_table
from tuyen.engines.disclosure.suppress import suppress
from tuyen.engines.disclosure.tables import Axis

RULE = Rule(5)


def forgetting(grid, *tables):
    """Releases each suppressed as if it were the first; the reader remembers them all."""
    ledger = Ledger.empty(tables[0].parts)
    for number, table in enumerate(tables):
        done = suppress(Ledger.empty(table.parts), "alone", table, RULE)
        ledger = printed_plainly(ledger, f"r{number}", table, ~done.shown)
    return ledger


def remembering(grid, *tables):
    ledger = Ledger.empty(tables[0].parts)
    for number, table in enumerate(tables):
        ledger = suppress(ledger, f"r{number}", table, RULE).ledger
    return ledger


@pytest.mark.check("PL-09", mutant=True)
def test_without_secondary_suppression_the_cell_is_recovered():
    table = table_of(
        [[3, 20], [9, 11]], Axis.of(["A", "B"], total="all"), Axis.of(["F", "M"], total="both")
    )
    done = suppress(Ledger.empty(table.parts), "r", table, RULE)

    mutant = printed_plainly(Ledger.empty(table.parts), "r", table, done.primary)

    assert ("r", ("A", "F")) in recovered(mutant, 1)
    assert recovered(done.ledger, 5) == set()


@pytest.mark.check("PL-09", mutant=True)
def test_forgetting_the_weeks_lets_the_month_tell():
    grid = np.array([[3, 9, 9], [8, 7, 9], [9, 9, 9], [0, 0, 0], [9, 9, 9]])
    tables = [
        table_of(grid, areas("old"), Axis.of(WEEKS, {name: weeks}, each=False))
        for name, weeks in [("w1", ["w1"]), ("w2", ["w2"]), ("w3", ["w3"]), ("month", WEEKS)]
    ]

    assert recovered(forgetting(grid, *tables), 1)
    assert recovered(remembering(grid, *tables), 5) == set()


@pytest.mark.check("PL-10", mutant=True)
def test_forgetting_the_old_map_lets_the_new_one_tell():
    """C had 12, of whom 2 went to Y with D: each map alone shows only large numbers."""
    grid = np.array([9, 8, 10, 2, 14])
    old, new = table_of(grid, areas("old")), table_of(grid, areas("new"))

    mutant, ledger = forgetting(grid, old, new), remembering(grid, old, new)

    assert PIECES[3] == "C|Y"
    assert (small_groups(mutant, 5).upper == 2).any()  # Y - D
    assert (small_groups(ledger, 5).upper >= 5).all()


@pytest.mark.check("PL-10", mutant=True)
def test_forgetting_that_a_merged_commune_is_the_sum_of_its_parts():
    grid = np.array([3, 9, 0, 30, 8])
    old = Axis.of(PIECES, total="all")
    new = Axis.of(PIECES, {"A+B": PIECES[:2], "rest": PIECES[2:]}, each=False)
    tables = table_of(grid, old), table_of(grid, new)

    assert recovered(forgetting(grid, *tables), 5)
    assert recovered(remembering(grid, *tables), 5) == set()


@pytest.mark.check("PL-09", mutant=True)
def test_rounding_anew_in_each_release_tells_the_number():
    table = table_of([4, 11, 7, 5, 2, 8, 10], Axis.of([f"c{i}" for i in range(7)]))
    base = 3

    mutant = steady = Ledger.empty(table.parts)
    for number in range(6):
        fresh = round_table(
            Ledger.empty(table.parts), "alone", table, base, f"key {number}".encode()
        )
        now = fresh.ledger
        mutant = mutant.said(f"r{number}", table, fresh.printed, now.lower, now.upper)
        steady = round_table(steady, f"r{number}", table, base, b"key").ledger

    assert attack(mutant.knowledge).narrower(base - 1).size > 0
    assert attack(steady.knowledge).narrower(base - 1).size == 0
