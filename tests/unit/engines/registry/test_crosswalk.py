"""Re-based counts: totals conserved, bounds that hold, chains that compose."""

import math
from datetime import date, timedelta
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tuyen.engines.registry.crosswalk import Crosswalk, rebase, rebase_dated
from tuyen.engines.registry.succession import Fact, Succession
from tuyen.kernel.refusal import BadInput

DAY = date(2025, 7, 1)


def reference(counts, shares, targets):
    """One source and one period at a time, exact fractions: slow, obvious, and the judge."""
    periods = len(counts[0]) if counts else 0
    out = {name: [0] * periods for name in targets}
    lower = {name: [0] * periods for name in targets}
    upper = {name: [0] * periods for name in targets}
    for row, part in zip(counts, shares.values(), strict=True):
        takers = sorted(part, key=targets.index)
        for t, count in enumerate(row):
            quota = {name: part[name] * count for name in takers}
            got = {name: math.floor(q) for name, q in quota.items()}
            order = sorted(takers, key=lambda n: (got[n] - quota[n], -part[n], targets.index(n)))
            for name in order[: count - sum(got.values())]:
                got[name] += 1
            for name in takers:
                out[name][t] += got[name]
                lower[name][t] += count if len(takers) == 1 else 0
                upper[name][t] += count
    return out, lower, upper


@st.composite
def walks(draw, sources="ABCDE", targets="VWXYZ"):
    """Shares in twelfths, so that fractions are exact and ties are common."""
    shares = {}
    for source in sources[: draw(st.integers(1, len(sources)))]:
        takers = draw(st.lists(st.sampled_from(targets), min_size=1, max_size=4, unique=True))
        cuts = draw(st.lists(st.integers(1, 12), min_size=len(takers), max_size=len(takers)))
        whole = sum(cuts)
        shares[source] = {t: Fraction(c, whole) for t, c in zip(takers, cuts, strict=True)}
    return shares


def tables(shares, draw, periods=4, largest=200):
    row = st.lists(st.integers(0, largest), min_size=periods, max_size=periods)
    return draw(st.lists(row, min_size=len(shares), max_size=len(shares)))


def walk_of(shares, targets=None):
    return Crosswalk.of(
        {s: {t: float(w) for t, w in part.items()} for s, part in shares.items()}, targets
    )


@given(st.data())
def test_agrees_with_the_reference(data):
    shares = data.draw(walks())
    counts = tables(shares, data.draw)
    walk = walk_of(shares)

    done = rebase(counts, walk)

    out, lower, upper = reference(counts, shares, list(walk.targets))
    assert dict(zip(done.units, done.counts.tolist(), strict=True)) == out
    assert dict(zip(done.units, done.lower.tolist(), strict=True)) == lower
    assert dict(zip(done.units, done.upper.tolist(), strict=True)) == upper


@given(st.data())
def test_totals_are_conserved_and_bounds_hold(data):
    shares = data.draw(walks())
    counts = np.array(tables(shares, data.draw))

    done = rebase(counts, walk_of(shares))

    np.testing.assert_array_equal(done.counts.sum(axis=0), counts.sum(axis=0))
    assert (done.lower <= done.counts).all()
    assert (done.counts <= done.upper).all()
    assert (np.abs(done.counts - done.expected) < len(shares)).all()


@given(st.data())
def test_the_truth_lies_within_the_bounds_wherever_the_cases_really_fell(data):
    shares = data.draw(walks())
    counts = tables(shares, data.draw, periods=1, largest=20)
    walk = walk_of(shares)
    truth = dict.fromkeys(walk.targets, 0)
    for row, part in zip(counts, shares.values(), strict=True):
        for _ in range(row[0]):
            truth[data.draw(st.sampled_from(sorted(part)))] += 1

    done = rebase(counts, walk)

    real = np.array([[truth[name]] for name in done.units])
    assert ((done.lower <= real) & (real <= done.upper)).all()


@given(st.data())
def test_a_chain_has_the_expectation_of_its_steps(data):
    first = data.draw(walks("ABC", "MNO"))
    second = dict(zip("MNO", _parts(data), strict=True))
    counts = tables(first, data.draw)
    one, two = walk_of(first, list("MNO")), walk_of(second)

    at_once = rebase(counts, one.then(two))

    middle = rebase(counts, one)
    stepwise = np.zeros_like(at_once.expected)
    np.add.at(stepwise, two.target, two.weight[:, None] * middle.expected[two.source])
    np.testing.assert_allclose(at_once.expected, stepwise, atol=1e-9)
    assert (at_once.upper >= at_once.counts).all()


def _parts(data):
    return [next(iter(data.draw(walks("A", "XYZ")).values())) for _ in range(3)]


def test_composition_of_whole_steps_is_exact():
    one = Crosswalk.of({"A": {"M": 1.0}, "B": {"M": 1.0}, "C": {"N": 1.0}})
    two = Crosswalk.of({"M": {"X": 1.0}, "N": {"X": 1.0}})

    once = rebase([[1], [2], [4]], one.then(two))

    assert once.counts.tolist() == [[7]]
    assert once.exact.all()


def test_a_split_that_is_joined_again_is_exact():
    one = Crosswalk.of({"A": {"M": 0.3, "N": 0.7}})
    two = Crosswalk.of({"M": {"X": 1.0}, "N": {"X": 1.0}})

    assert rebase([[5]], one.then(two)).exact.all()


@given(st.data())
def test_identity_changes_nothing(data):
    units = list("ABC")
    counts = tables(dict.fromkeys(units), data.draw)

    done = rebase(counts, Crosswalk.identity(units))

    assert done.counts.tolist() == counts
    assert done.exact.all()


@given(st.data())
def test_a_pure_merger_goes_back_to_the_total_it_came_from(data):
    """Forward is exact; backward by the children's own shares conserves each merger's total."""
    merged = {name: {data.draw(st.sampled_from("XY")): 1.0} for name in "ABCD"}
    counts = tables(merged, data.draw, periods=1)
    walk = Crosswalk.of(merged)
    back = walk.backward({name: row[0] for name, row in zip("ABCD", counts, strict=True)})

    there = rebase(counts, walk)
    again = rebase([there.counts[there.units.index(name)] for name in back.sources], back)

    assert there.exact.all()
    if all(there.counts.sum(axis=1) > 0):  # children known: their shares are the counts themselves
        assert dict(zip(again.units, again.counts[:, 0].tolist(), strict=True)) == {
            name: row[0] for name, row in zip("ABCD", counts, strict=True)
        }
    assert again.counts.sum() == sum(row[0] for row in counts)


def test_backward_counts_alike_where_a_population_is_unknown():
    walk = Crosswalk.of({"A": {"X": 1.0}, "B": {"X": 1.0}})

    assert walk.backward({"A": 900.0}).shares() == {"X": {"A": 0.5, "B": 0.5}}
    assert walk.backward({"A": 900.0, "B": 100.0}).shares() == {"X": {"A": 0.9, "B": 0.1}}


def test_thirds_are_not_lost_to_rounding():
    done = rebase([[3]], Crosswalk.of({"A": {"X": 1 / 3, "Y": 1 / 3, "Z": 1 / 3}}))

    assert done.counts.ravel().tolist() == [1, 1, 1]


def test_ties_go_to_the_earlier_target():
    done = rebase([[1]], Crosswalk.of({"A": {"Y": 0.5, "X": 0.5}}))

    assert dict(zip(done.units, done.counts.ravel().tolist(), strict=True)) == {"X": 1, "Y": 0}


@pytest.mark.parametrize(
    ("why", "counts"),
    [
        ("negative", [[-1]]),
        ("a fraction", [[0.5]]),
        ("too many rows", [[1], [1]]),
        ("one dimension", [1]),
        ("too large", [[2**41]]),
    ],
)
def test_counts_that_are_none_are_refused(why, counts):
    with pytest.raises(BadInput):
        rebase(counts, Crosswalk.identity(["A"]))


@pytest.mark.parametrize(
    ("why", "shares", "targets"),
    [
        ("half is lost", {"A": {"X": 0.5}}, None),
        ("a negative share", {"A": {"X": 1.5, "Y": -0.5}}, None),
        ("off the map", {"A": {"X": 1.0}}, ["Y"]),
        ("a unit twice", {"A": {"X": 1.0}}, ["X", "X"]),
    ],
)
def test_shares_that_are_none_are_refused(why, shares, targets):
    with pytest.raises(BadInput):
        Crosswalk.of(shares, targets)


def test_no_units_and_no_periods_are_an_empty_answer():
    assert rebase(np.zeros((0, 3), int), Crosswalk.of({}, ["X"])).counts.tolist() == [[0, 0, 0]]
    assert rebase(np.zeros((1, 0), int), Crosswalk.identity(["A"])).counts.shape == (1, 0)


# Series that straddle the date


@pytest.fixture
def merged():
    """A and B became X on the day; B gave a part to Y; X was renamed Z a year later."""
    return Succession(
        [
            Fact(DAY, "A", "X"),
            Fact(DAY, "B", "X", 0.75),
            Fact(DAY, "B", "Y", 0.25),
            Fact(date(2026, 7, 1), "X", "Z"),
        ]
    )


UNITS = ["A", "B", "X", "Y", "Z"]
DAYS = [date(2025, 6, 23), date(2025, 6, 30), date(2025, 7, 7), date(2026, 7, 6)]
COUNTS = [[8, 1, 0, 0], [4, 0, 0, 0], [0, 2, 6, 0], [0, 0, 3, 1], [0, 0, 0, 7]]


def test_a_series_on_the_newest_map(merged):
    done = rebase_dated(COUNTS, UNITS, DAYS, merged, date(2026, 12, 31))

    assert done.units == ("Y", "Z")
    assert done.counts.tolist() == [[1, 0, 3, 1], [11, 3, 6, 7]]
    assert done.exact.tolist() == [[False, True, True, True], [False, True, True, True]]


def test_a_series_on_the_old_map_uses_populations(merged):
    done = rebase_dated(
        COUNTS, UNITS, DAYS, merged, DAY - timedelta(1), {"A": 300, "B": 400, "X": 1, "Y": 1}
    )

    assert done.units == ("A", "B")
    assert done.counts.sum(axis=0).tolist() == [12, 3, 9, 8]
    assert done.counts[:, 2].tolist() == [3, 6]  # 6 of X halved between 300 and 0.75 x 400; 3 of Y
    assert done.lower[:, 2].tolist() == [0, 3]


def test_a_week_that_began_before_its_unit_is_of_the_units_first_day(merged):
    done = rebase_dated([[2]], ["X"], [date(2025, 6, 30)], merged, DAY)

    assert (done.units, done.counts.tolist(), done.exact.all()) == (("X",), [[2]], True)


def test_a_transfer_is_read_by_the_map_of_each_day():
    villages = Succession([Fact(DAY, "A", "A", 0.9), Fact(DAY, "A", "B", 0.1), Fact(DAY, "B", "B")])
    days = [date(2025, 6, 1), date(2025, 8, 1)]

    done = rebase_dated([[10, 10], [5, 5]], ["A", "B"], days, villages, date(2025, 12, 31))

    assert done.counts.tolist() == [[9, 10], [6, 5]]
    assert done.exact.tolist() == [[False, True], [False, True]]


def test_a_transfer_undone_in_counting_leaves_earlier_days_alone():
    villages = Succession([Fact(DAY, "A", "A", 0.9), Fact(DAY, "A", "B", 0.1), Fact(DAY, "B", "B")])
    days = [date(2025, 6, 1), date(2025, 8, 1)]

    done = rebase_dated(
        [[9, 9], [11, 11]], ["A", "B"], days, villages, date(2025, 1, 1), {"A": 100, "B": 100}
    )

    assert done.counts[:, 0].tolist() == [9, 11]
    assert done.exact[:, 0].all()
    assert done.counts[:, 1].tolist() == [10, 10]  # a tenth of A's people are a eleventh of B's


def test_a_closed_unit_keeps_its_counts():
    closed = Succession([Fact(DAY, "A", None)])

    assert (
        rebase_dated([[3]], ["A"], [date(2025, 1, 1)], closed, date(2026, 1, 1)).counts.sum() == 3
    )


def test_a_unit_without_facts_stays_itself(merged):
    assert rebase_dated([[3]], ["Q"], [date(2025, 1, 1)], merged, DAY).units == ("Q",)


@settings(max_examples=50)
@given(st.data())
def test_totals_survive_on_every_map(data):
    history = Succession(
        [
            Fact(DAY, "A", "X"),
            Fact(DAY, "B", "X", 0.75),
            Fact(DAY, "B", "Y", 0.25),
            Fact(date(2026, 7, 1), "X", "Z"),
        ]
    )
    counts = np.array(tables(dict.fromkeys(UNITS), data.draw))
    map_on = data.draw(st.dates(date(2025, 1, 1), date(2027, 1, 1)))

    done = rebase_dated(counts, UNITS, DAYS, history, map_on)

    np.testing.assert_array_equal(done.counts.sum(axis=0), counts.sum(axis=0))
    assert set(done.units) <= set(history.units_on(map_on))
    assert ((done.lower <= done.counts) & (done.counts <= done.upper)).all()
