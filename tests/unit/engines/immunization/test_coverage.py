"""Limits of chance and curves by age, against sums that are written out."""

import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tuyen.engines.immunization.coverage import chance_of_so_few, kaplan_meier, limits


def literal_curve(had, until, at):
    """Kaplan and Meier as they wrote it, in fractions, a day at a time."""
    found = []
    for age in at:
        left = Fraction(1)
        for day in range(age + 1):
            there = sum(1 for h, u in zip(had, until, strict=True) if min(h, u) >= day)
            now = sum(1 for h, u in zip(had, until, strict=True) if h == day and h <= u)
            if now:
                left *= 1 - Fraction(now, there)
        found.append(float(1 - left) if age <= max(until) else math.nan)
    return found


children = st.lists(
    st.tuples(st.one_of(st.integers(0, 40), st.just(math.inf)), st.integers(0, 40)),
    min_size=1, max_size=25,
)  # fmt: skip


@given(children)
def test_the_curve_is_that_of_the_paper(rows):
    had, until = [h for h, _ in rows], [u for _, u in rows]
    ages = [0, 3, 10, 25, 41]

    curve = kaplan_meier(had, until, ages)

    np.testing.assert_allclose(curve.share, literal_curve(had, until, ages), atol=1e-12)
    known = ~np.isnan(curve.share)
    assert (curve.low[known] <= curve.share[known] + 1e-12).all()
    assert (curve.high[known] >= curve.share[known] - 1e-12).all()
    assert ((curve.low[known] >= -1e-12) & (curve.high[known] <= 1 + 1e-12)).all()


def test_who_is_too_young_is_not_counted_as_unvaccinated():
    # Two had it at 60 days; two are 30 days old today and say nothing of day 60.
    curve = kaplan_meier([60, 60, math.nan, math.nan], [400, 400, 30, 30], [59, 60, 100])

    assert curve.share.tolist() == [0, 1, 1]
    assert curve.followed.tolist() == [2, 2, 0]


def test_limits_of_a_published_curve():
    """The first remission times of Freireich's trial (6-MP), as textbooks print them: 0.857 left at
    6 weeks with limits 0.620 and 0.952."""
    weeks = [6, 6, 6, 7, 10, 13, 16, 22, 23]
    censored = [6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35]
    had = [*weeks, *[math.inf] * len(censored)]
    curve = kaplan_meier(had, [*[40] * len(weeks), *censored], [6, 10, 23])

    assert np.round(1 - curve.share, 3).tolist() == [0.857, 0.753, 0.448]
    assert np.round(1 - curve.high, 3).tolist()[0] == 0.620
    assert np.round(1 - curve.low, 3).tolist()[0] == 0.952


def test_nobody_followed_is_nothing_known():
    curve = kaplan_meier([], [], [0, 10])

    assert np.isnan(curve.share).all()
    assert curve.followed.tolist() == [0, 0]


@pytest.mark.parametrize(("share", "chance"), [(0.5, 0.95), (0.9, 0.998), (0.96, 0.95)])
def test_limits_hold_so_many_places(share, chance):
    rng = np.random.default_rng(5)
    size = 400
    found = limits(share, [size], chance)
    seen = rng.binomial(size, share, 40_000) / size

    outside = float(((seen < found.low[0]) | (seen > found.high[0])).mean())

    assert outside == pytest.approx(1 - chance, rel=0.5)


def test_a_small_place_may_lie_further_from_the_common_share():
    found = limits(0.9, [0, 5, 50, 500, 5000])

    assert found.low.tolist() == sorted(found.low.tolist())
    assert (found.low[0], found.high[0]) == (0, 1)
    assert 0.88 < found.low[-1] < 0.9 < found.high[-1] < 0.92


@pytest.mark.parametrize("share", [0.0, 1.0])
def test_a_share_without_spread_has_no_room(share):
    found = limits(share, [3, 30])

    assert found.low.tolist() == found.high.tolist() == [share, share]


def test_the_chance_of_so_few():
    assert chance_of_so_few(0.5, 3, 0) == pytest.approx(0.125)
    assert chance_of_so_few(0.9, 0, 0) == 1
    assert chance_of_so_few(0.9, 3, 3) == 1
