"""Quantiles of counts: the smallest count that reaches the level, by definition."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from tuyen.engines.surveillance.count_quantiles import nb_quantiles
from tuyen.engines.surveillance.scores import LEVELS


@given(
    st.floats(0.001, 60_000),
    st.one_of(st.floats(0.05, 500), st.just(np.inf)),
)
def test_quantiles_are_those_of_the_definition(mean, size):
    ours = nb_quantiles(np.array([mean]), np.array([size]), LEVELS)[0]

    law = stats.poisson(mean) if np.isinf(size) else stats.nbinom(size, size / (size + mean))
    assert (law.cdf(ours) >= LEVELS - 1e-9).all()
    assert (law.cdf(ours - 1) < LEVELS + 1e-9).all()


def test_no_mean_is_no_cases_and_a_missing_one_has_no_quantile():
    ours = nb_quantiles(np.array([0.0, np.nan]), np.array([1.0, 1.0]), LEVELS)

    assert (ours[0] == 0).all()
    assert np.isnan(ours[1]).all()
