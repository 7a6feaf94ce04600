"""The legal rule along series: the slow reference at every point."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tuyen.engines.surveillance.law import Limits
from tuyen.engines.surveillance.law_reference import past_of
from tuyen.engines.surveillance.law_scan import law_scan
from tuyen.engines.surveillance.same_period import same_step
from tuyen.kernel.refusal import BadInput

THREE = Limits(3, 3, 3, 1, 1, 2, 0, 0, 3, 5)
NAN = float("nan")


@given(
    st.lists(st.one_of(st.integers(0, 20), st.just(NAN)), min_size=1, max_size=60),
    st.sampled_from([1.0, 2.0]),
)
def test_agrees_with_the_reference(series, k):
    counts = np.array([series], dtype=float)

    scan = law_scan(counts, same_step(len(series), 12, 3), THREE, k=k)

    for t, count in enumerate(series):
        history = [series[t - 12 * y] if t >= 12 * y else NAN for y in (1, 2, 3)]
        past = past_of(history, [False] * 3, THREE)
        bound = past.mean + k * past.sd if past.years == 3 else NAN
        assert np.isclose(scan.upperbound[0, t], bound, equal_nan=True)
        assert scan.judged[0, t] == (not np.isnan(bound) and not np.isnan(count))
        assert scan.alarm[0, t] == (count > bound)


def test_a_floor_is_part_of_the_bound_that_is_shown():
    counts = np.array([[0.0] * 36 + [2.0, 3.0]])

    scan = law_scan(counts, same_step(38, 12, 3), THREE, k=1, floor=3)

    assert scan.upperbound[0, 36:].tolist() == [2.0, 2.0]
    assert scan.alarm[0, 36:].tolist() == [False, True]


@pytest.mark.parametrize("k", [-1.0, NAN])
def test_a_multiple_that_is_none_is_refused(k):
    with pytest.raises(BadInput, match="standard deviations"):
        law_scan(np.zeros((1, 5)), same_step(5, 12, 3), THREE, k=k)


def test_periods_of_another_series_are_refused():
    with pytest.raises(BadInput, match="one row per point"):
        law_scan(np.zeros((1, 5)), same_step(6, 12, 3), THREE, k=1)
