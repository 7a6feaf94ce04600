"""Several releases, corrections and both maps, read together by the attacker."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.engines.disclosure.worlds import (
    PIECES,
    WEEKS,
    areas,
    grids,
    maps,
    recovered,
    small_groups,
    table_of,
)
from tuyen.engines.disclosure.attack import attack
from tuyen.engines.disclosure.ledger import Ledger
from tuyen.engines.disclosure.primary import Rule
from tuyen.engines.disclosure.suppress import suppress
from tuyen.engines.disclosure.tables import Axis
from tuyen.kernel.refusal import BadInput

METHODS = ["auto", "heuristic"]
RULE = Rule(5)


def released(ledger, steps, rule=RULE, method="auto"):
    for name, table in steps:
        done = suppress(ledger, name, table, rule, method=method)
        assert done.exposed == (), name
        ledger = done.ledger
    return ledger


def weekly(grid, on="old"):
    """Each week by itself, then the month, then cumulative."""
    periods = [{week: [week]} for week in WEEKS] + [{"month": WEEKS}, {"to w2": WEEKS[:2]}]
    for groups in periods:
        period = Axis.of(WEEKS, groups, each=False)
        yield next(iter(groups)), table_of(grid, areas(on), period)


@settings(max_examples=12, deadline=None)
@given(grids(5, 3), st.sampled_from(METHODS))
@pytest.mark.check("PL-09")
def test_weeks_a_month_and_a_running_total_recover_nothing(grid, method):
    ledger = released(Ledger.empty((PIECES, WEEKS)), weekly(grid), method=method)

    assert recovered(ledger, 5) == set()


@settings(max_examples=15, deadline=None)
@given(grids(5), st.permutations(["old", "new"]), st.sampled_from(METHODS))
@pytest.mark.check("PL-09", "PL-10")
def test_the_old_and_the_new_map_together_recover_nothing(grid, order, method):
    steps = [(on, table_of(grid, areas(on))) for on in order]

    ledger = released(Ledger.empty((PIECES,)), steps, method=method)

    assert recovered(ledger, 5) == set()
    found = small_groups(ledger, 5)
    assert found is None or (found.upper >= 5).all()


@settings(max_examples=15, deadline=None)
@given(grids(6), st.lists(maps(tuple("abcdef")), min_size=2, max_size=3))
@pytest.mark.check("PL-10")
def test_random_merges_and_splits_single_nobody_out(grid, drawn):
    """No group of fewer than k, however added and subtracted, is known to be fewer than k."""
    steps = [(f"map {i}", table_of(grid, axis)) for i, axis in enumerate(drawn)]

    ledger = released(Ledger.empty((tuple("abcdef"),)), steps)

    assert recovered(ledger, 5) == set()
    found = small_groups(ledger, 5)
    assert found is None or (found.upper >= 5).all()


@pytest.mark.nightly  # long, and its like in fewer dimensions runs at every change
@settings(max_examples=12, deadline=None)
@given(grids(5, 2), st.data())
@pytest.mark.check("PL-09")
def test_corrected_editions_recover_nothing(grid, data):
    sex = Axis.of(["F", "M"], total="both")
    place = data.draw(st.tuples(st.integers(0, 4), st.integers(0, 1)))
    later = grid.copy()
    later[place] = max(0, later[place] + data.draw(st.sampled_from([-2, -1, 1, 3])))
    steps = [
        ("first", table_of(grid, areas("old"), sex)),
        ("second", table_of(later, areas("both"), sex)),
    ]

    ledger = released(Ledger.empty((PIECES, ("F", "M"))), steps)

    assert recovered(ledger, 5) == set()


@settings(max_examples=15, deadline=None)
@given(grids(3, 2), st.lists(st.integers(0, 25), min_size=2, max_size=2))
@pytest.mark.check("PL-10")
def test_a_split_after_the_first_release_recovers_nothing(grid, parts):
    sex = Axis.of(["F", "M"], total="both")
    before = Axis.of(["A", "B", "C"], total="all")
    ledger = released(
        Ledger.empty((("A", "B", "C"), ("F", "M"))), [("before", table_of(grid, before, sex))]
    )
    north = np.minimum(grid[1], parts)
    finer = np.stack([grid[0], north, grid[1] - north, grid[2]])

    ledger = ledger.refine(0, {"B": ["B north", "B south"]}, finer)
    after = Axis.of(
        ledger.parts[0], {"A+B north": ["A", "B north"], "B south+C": ["B south", "C"]}, each=False
    )
    ledger = released(ledger, [("after", table_of(finer, after, sex))])

    assert recovered(ledger, 5) == set()


def test_what_was_given_away_before_is_named():
    """Every zero was shown, so a mark of a new commune says that somebody is there."""
    area = Axis.of(["A", "B"], {"AB": ["A", "B"]}, each=False)
    rule = Rule(5, zeros="shown")
    ledger = suppress(Ledger.empty((("A", "B"),)), "old", table_of([3, 2], area), rule).ledger

    done = suppress(ledger, "new", table_of([3, 2], Axis.of(["A", "B"])), rule)

    assert set(done.exposed) >= {("new", ("A",)), ("new", ("B",))}
    assert attack(done.ledger.knowledge).upper.tolist() == [4, 4]


def test_a_corrected_piece_is_a_new_unknown():
    axis = Axis.of(["A", "B"], total="all")
    ledger = released(Ledger.empty((("A", "B"),)), [("first", table_of([7, 9], axis))])

    ledger = released(ledger, [("second", table_of([8, 9], axis))])

    assert ledger.truth.tolist() == [7, 9, 8]
    assert ledger.members.toarray()[3:].tolist() == [[0, 0, 1], [0, 1, 0], [0, 1, 1]]


def test_a_cut_piece_keeps_what_was_said_of_the_whole():
    axis = Axis.of(["A", "B"], total="all")
    ledger = released(Ledger.empty((("A", "B"),)), [("first", table_of([7, 9], axis))])

    finer = ledger.refine(0, {"B": ["B1", "B2"]}, np.array([7, 6, 3]))

    assert finer.parts == (("A", "B1", "B2"),)
    assert (finer.members @ finer.truth).tolist() == [7, 9, 16]
    assert finer.members.toarray().tolist() == [[1, 0, 0], [0, 1, 1], [1, 1, 1]]


def test_a_piece_cut_and_corrected_at_once_keeps_its_past():
    axis = Axis.of(["A", "B"], total="all")
    ledger = released(Ledger.empty((("A", "B"),)), [("first", table_of([7, 9], axis))])

    finer = ledger.refine(0, {"B": ["B1", "B2"]}, np.array([7, 6, 5]))
    later = finer.counted(table_of([7, 6, 5], Axis.of(finer.parts[0])))

    assert (later.members @ later.truth).tolist() == [7, 9, 16]
    assert later.truth[later.unknown].tolist() == [7, 6, 5]


def test_a_release_is_made_once():
    table = table_of([7, 9], Axis.of(["A", "B"]))
    ledger = released(Ledger.empty((("A", "B"),)), [("first", table)])

    with pytest.raises(BadInput):
        suppress(ledger, "first", table, RULE)


def test_a_table_of_another_grid_is_refused():
    with pytest.raises(BadInput):
        suppress(Ledger.empty((("A",),)), "r", table_of([7, 9], Axis.of(["A", "B"])), RULE)
