import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tuyen.engines.surveillance.calibration_reference import log_odds_one
from tuyen.engines.surveillance.evidence import NAMES, Outbreaks, evidence, surroundings
from tuyen.engines.surveillance.evidence_kernel import log_tail, weigh
from tuyen.engines.surveillance.nation import SMALL, simulate
from tuyen.engines.surveillance.scores import nb_cdf
from tuyen.kernel.refusal import BadInput

TINY = SMALL._replace(communes=60, diseases=4, provinces=3, weeks=330, outbreaks=0.004)
SHAPE = Outbreaks()


@pytest.fixture(scope="module")
def nation():
    return simulate(TINY, 3)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.integers(0, 30), min_size=4, max_size=4),
    st.floats(0.3, 30), st.floats(1.0, 4.0),
)  # fmt: skip
def test_odds_are_those_of_the_reference(recent, mean, phi):
    odds, _ = weigh(
        np.array(recent, float), mean, phi * mean, np.array(SHAPE.sizes), np.array(SHAPE.course),
        SHAPE.begins,
    )  # fmt: skip

    expected = log_odds_one(recent, mean, phi * mean, SHAPE.sizes, SHAPE.course, SHAPE.begins)
    assert odds == pytest.approx(expected, rel=1e-6, abs=1e-6)


@pytest.mark.parametrize(("y", "mean", "phi"), [(5.0, 1.0, 1.5), (40.0, 10.0, 3.0), (1.0, 0.01, 1)])
def test_tail_is_that_of_the_law(y, mean, phi):
    size = np.inf if phi == 1 else mean / (phi - 1)

    expected = np.log1p(-nb_cdf(np.array([y - 1]), np.array([mean]), np.array([size])).item())
    assert log_tail(y, mean, phi * mean) == pytest.approx(expected, rel=1e-3)


def test_outbreaks_have_higher_odds_than_quiet_weeks(nation):
    found = evidence(nation.counts, nation.disease, nation.province, range(300, 330))

    odds = found.values[:, NAMES.index("log odds now")]
    hit = nation.excess[found.series, found.point] > 0
    assert np.median(odds[hit]) > 2 > -2 > np.median(odds[~hit])


def test_nothing_after_the_point_is_read(nation):
    changed = nation.counts.copy()
    changed[:, 311:] += 9
    before = evidence(nation.counts, nation.disease, nation.province, [310])

    after = evidence(changed, nation.disease, nation.province, [310])

    np.testing.assert_array_equal(before.values, after.values)


def test_a_label_of_the_last_half_year_changes_nothing(nation):
    told = np.zeros(nation.counts.shape, bool)
    told[:, 310 - 25 :] = True
    plain = evidence(nation.counts, nation.disease, nation.province, [310])

    late = evidence(nation.counts, nation.disease, nation.province, [310], told=told)

    np.testing.assert_array_equal(plain.values, late.values)


def test_a_told_outbreak_of_the_past_is_not_usual():
    counts = np.ones((1, 330), np.uint16)
    counts[0, 200:203] = 3
    told = counts > 1
    counts[0, 329] = 6
    none = np.zeros(1, int)
    mean = NAMES.index("log mean")

    plain = evidence(counts, none, none, [329])
    with_label = evidence(counts, none, none, [329], told=told)

    assert with_label.values[0, mean] < plain.values[0, mean]


def test_some_series_among_their_surroundings_are_weighed_as_with_all(nation):
    some = np.flatnonzero(nation.disease == 1)
    around = surroundings(nation.counts, nation.disease, nation.province)
    whole = evidence(nation.counts, nation.disease, nation.province, [320])

    part = evidence(
        nation.counts[some], nation.disease[some], nation.province[some], [320], around=around
    )

    np.testing.assert_allclose(part.values, whole.values[np.isin(whole.series, some)])


def test_idle_weeks_come_when_asked_for(nation):
    busy = evidence(nation.counts, nation.disease, nation.province, [320])

    idle = evidence(nation.counts, nation.disease, nation.province, [320], idle=True)

    assert idle.series.size > busy.series.size
    assert np.isfinite(idle.values).all()


def test_a_short_and_an_empty_history_have_an_answer():
    counts = np.array([[0, 0, 1, 9], [0, 0, 0, 0]], np.uint16)
    none = np.zeros(2, int)

    found = evidence(counts, none, none, [0, 3])

    assert found.series.tolist() == [0]
    assert np.isfinite(found.values).all()
    assert evidence(counts, none, none, []).values.shape == (0, len(NAMES))


@pytest.mark.parametrize(
    ("why", "change"),
    [
        ("a point after the end", {"points": [330]}),
        ("a disease for each series", {"disease": np.zeros(3, int)}),
        ("labels of another shape", {"told": np.zeros((1, 1), bool)}),
        ("no course", {"outbreaks": Outbreaks(course=())}),
    ],
)
def test_bad_input_is_refused(nation, why, change):
    given_ = {"disease": nation.disease, "region": nation.province, "points": [320]} | change

    with pytest.raises(BadInput):
        evidence(nation.counts, **given_)
