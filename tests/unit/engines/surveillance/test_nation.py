import numpy as np
import pytest

from tuyen.engines.surveillance.nation import SMALL, labelled, simulate
from tuyen.kernel.refusal import BadInput

TINY = SMALL._replace(communes=40, diseases=6, provinces=3, outbreaks=0.01)


@pytest.fixture(scope="module")
def nation():
    return simulate(TINY, 7)


def test_the_same_seed_gives_the_same_nation(nation):
    again, other = simulate(TINY, 7), simulate(TINY, 8)

    assert all(np.array_equal(one, two) for one, two in zip(nation, again, strict=True))
    assert not np.array_equal(nation.counts, other.counts)


def test_every_case_too_many_belongs_to_an_outbreak(nation):
    largest = np.zeros(nation.counts.shape[0])
    np.add.at(largest, nation.outbreak_series, nation.outbreak_cases)

    assert (nation.excess.sum(axis=1) <= largest).all()
    assert (nation.excess <= nation.counts).all()
    assert nation.outbreak_cases.min() >= 4
    assert nation.outbreak_cases.max() <= 24


def test_outbreaks_come_as_often_as_asked(nation):
    expected = TINY.outbreaks * nation.counts.size

    assert abs(nation.outbreak_cases.size - expected) < 4 * np.sqrt(expected)


def test_most_series_are_nearly_empty():
    nation = simulate(SMALL._replace(communes=100), 1)

    recent = nation.counts[:, -4:].sum(axis=1)
    assert (recent < 5).mean() > 0.85
    assert (nation.counts.sum(axis=1) == 0).mean() > 0.05


def test_a_share_of_the_outbreaks_is_labelled_with_all_its_weeks(nation):
    told = labelled(nation, 0.5, 1)

    assert not (told & (nation.excess == 0)).any()
    assert 0.4 < told.sum() / (nation.excess > 0).sum() < 0.6
    np.testing.assert_array_equal(labelled(nation, 1.0, 1), nation.excess > 0)
    assert not labelled(nation, 0.0, 1).any()


def test_larger_outbreaks_may_be_labelled_more_often(nation):
    told = labelled(nation, 0.5, 1, by_size=2.0)

    per_week = nation.excess[nation.excess > 0]
    assert nation.excess[told].mean() > 1.2 * per_week.mean()


@pytest.mark.parametrize("wrong", [{"communes": 0}, {"outbreaks": -1.0}, {"smallest": 30}])
def test_impossible_nations_are_refused(wrong):
    with pytest.raises(BadInput):
        simulate(TINY._replace(**wrong), 1)
