import numpy as np
import pytest

from tuyen.engines.surveillance import backtest_rules as rules
from tuyen.engines.surveillance.as_of import Reports, as_of
from tuyen.engines.surveillance.backtest import at, prepare, scored
from tuyen.engines.surveillance.calibration import calibrate
from tuyen.engines.surveillance.ears import ears
from tuyen.engines.surveillance.evidence import evidence, surroundings
from tuyen.engines.surveillance.farrington import farrington
from tuyen.engines.surveillance.farrington_control import Control
from tuyen.engines.surveillance.farrington_window import Calendar
from tuyen.engines.surveillance.injection import inject
from tuyen.engines.surveillance.law import Limits
from tuyen.engines.surveillance.law_scan import law_scan
from tuyen.engines.surveillance.nation import SMALL, labelled, simulate

CONTROL = Control(
    no_periods=10, past_weeks_not_included=26, threshold_method="nbPlugin", alpha=0.01,
    p_threshold_trend=1.0,
)  # fmt: skip
LIMITS = Limits(3, 5, 3, 1, 1.0, 2.0, 0.0, 0.0, 2.0, 4.0)
WEEKS = 340
POINTS = np.arange(WEEKS - 20, WEEKS)


@pytest.fixture(scope="module")
def nation():
    profile = SMALL._replace(communes=60, diseases=6, provinces=3, weeks=WEEKS, outbreaks=0.003)
    return simulate(profile, 5)


@pytest.fixture(scope="module")
def series(nation):
    return nation.counts[nation.mean > 0.3][:25].astype(float)


def test_farrington_rings_where_the_detector_does(series):
    rule = rules.farrington_rule(CONTROL)

    score = rule(series, POINTS, np.arange(len(series)))

    found = farrington(series, Calendar(WEEKS, 52), CONTROL, points=POINTS)
    np.testing.assert_array_equal(score >= rules.USUAL["farrington"], found.alarm)


@pytest.mark.parametrize("method", ["C1", "C2", "C3"])
def test_ears_rings_where_the_detector_does(series, method):
    z = {"C1": 3.0902323061678132, "C2": 3.0902323061678132, "C3": 1.959963984540054}[method]

    score = rules.ears_rule(method)(series, POINTS, np.arange(len(series)))

    alarm = ears(series, method).alarm[:, POINTS]
    bound_is_positive = ears(series, method).upperbound[:, POINTS] > 0
    np.testing.assert_array_equal((score > z)[bound_is_positive], alarm[bound_is_positive])


def test_the_law_rings_where_the_detector_does(series):
    earlier = np.maximum(np.arange(WEEKS)[:, None] - 52 * np.arange(1, 6), -1)

    score = rules.law_rule(LIMITS, earlier)(series, POINTS, np.arange(len(series)))

    alarm = law_scan(series, earlier, LIMITS, k=1.0).alarm[:, POINTS]
    assert alarm.any()
    np.testing.assert_array_equal(score > 1.0, alarm)


@pytest.fixture(scope="module")
def chances(nation):
    told = labelled(nation, 0.5, 1)
    past = evidence(nation.counts, nation.disease, nation.province, range(290, 320), told=told)
    made = calibrate(past.values, told[past.series, past.point])
    around = surroundings(nation.counts, nation.disease, nation.province)
    return rules.chance_rule(made, nation.disease, nation.province, around)


def test_calibrated_chances_see_injected_outbreaks(nation, chances):
    where = np.arange(0, 360, 4)
    trials = inject(where, 320, 334, np.random.default_rng(2), sizes=(8, 24))

    real, trial = scored(chances, nation.counts, POINTS, trials)

    none = np.zeros(360, int)
    made = at(prepare(real, none, trial, none[where]), np.array([0.5]))
    assert made.sensitivity[0, 0] > 0.6
    assert made.false_rate[0, 0] < 0.02
    assert 7 <= made.days[0, 0] < 21


def test_a_series_alone_has_the_chance_it_has_among_all(nation, chances):
    whole = chances(nation.counts.astype(float), POINTS, np.arange(360))
    some = np.array([7, 100, 200])

    part = chances(nation.counts[some].astype(float), POINTS, some)

    np.testing.assert_allclose(part, whole[some])


def test_a_planted_future_changes_no_score_as_of(series):
    rng = np.random.default_rng(3)
    late = rng.random((*series.shape, 3))
    cases = np.floor(series[:, :, None] * late / late.sum(axis=2, keepdims=True))
    rule, points = rules.farrington_rule(CONTROL), np.array([330, 332])
    before = rules.scored_as_of(rule, Reports(cases), points)

    week, delay = np.meshgrid(np.arange(WEEKS), np.arange(3), indexing="ij")
    changed = cases + 50 * (week + delay > 332)
    after = rules.scored_as_of(rule, Reports(changed), points)

    np.testing.assert_array_equal(after, before)
    straight = rule(as_of(Reports(cases), 330), np.array([330]), np.arange(len(series)))
    np.testing.assert_array_equal(before[:, :1], straight)
