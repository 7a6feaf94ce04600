"""Farrington's detector: R's answers, our own golden set, and a slow reference on everything else.

``data/farrington_series.csv`` holds series simulated for this project; ``farrington_r.csv`` what
``farringtonFlexible`` of R's *surveillance* 1.20.3 answered for them under the controls of
``farrington_controls.json``; ``farrington_corrected.csv`` what the slow reference answers in the
corrected mode.
"""

import csv
import itertools
import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tuyen.engines.surveillance.farrington import farrington, first_point
from tuyen.engines.surveillance.farrington_control import CODE, FIT_FUN, REASONS, Control, named
from tuyen.engines.surveillance.farrington_reference import Point, farrington_one
from tuyen.engines.surveillance.farrington_window import Calendar
from tuyen.kernel.refusal import BadInput

DATA = Path(__file__).parent / "data"
NAN = float("nan")
NUMBERS = ("expected", "upperbound", "trend_coef", "phi", "mu0", "score", "pvalue")
FLAGS = ("alarm", "trend")
WEEKS = Calendar(340, 52)
BEYOND = (
    1e12  # where a period has no case R's bound under muan runs off, and rounding decides how far
)


def number(text):
    return float(text) if text else NAN


def rows(path):
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def controls(path):
    return {name: named(given) for name, given in json.loads(path.read_text()).items()}


class Series:
    """The series of a file, with their calendars."""

    def __init__(self, table, name, frequency, dated):
        self.rows = {}
        for row in table:
            self.rows.setdefault(row[name], []).append(row)
        self.frequency, self.dated = frequency, dated

    def __getitem__(self, name):
        table = self.rows[name]
        counts = np.array([number(row.get("count", row.get("observed"))) for row in table])
        people = np.array([number(row["population"]) for row in table])
        days = np.array([row["date"] for row in table], "M8[D]") if self.dated(name) else None
        return counts[None], people[None], Calendar(len(table), self.frequency(name), days)


def committed():
    table = rows(DATA / "farrington_series.csv")
    frequency = {row["series"]: int(row["frequency"]) for row in table}
    dated = {row["series"]: row["date"] != "" for row in table}
    return Series(table, "series", frequency.get, dated.get)


def differences(answers, series, given_controls, mode, name="series", config="config"):
    """Rows of ``answers`` that the engine does not give, and how many were compared."""
    wrong, compared = [], 0
    key = lambda row: (row[name], row[config])  # noqa: E731  # a key, used twice
    for (one, which), group in itertools.groupby(sorted(answers, key=key), key=key):
        group = list(group)
        counts, people, calendar = series[one]
        control = given_controls[which]
        population = people if control.population_offset else None
        ours = farrington(
            counts, calendar, control, points=[int(row["t"]) - 1 for row in group], mode=mode,
            population=population,
        )  # fmt: skip
        for place, row in enumerate(group):
            compared += 1
            for column in NUMBERS:
                mine, theirs = getattr(ours, column)[0, place], number(row[column])
                if not (same(mine, theirs)):
                    wrong.append((one, which, row["t"], column, float(mine), theirs))
            for column in FLAGS:
                if str(int(getattr(ours, column)[0, place])) != row[column]:
                    wrong.append((one, which, row["t"], column))
            if "reason" in row and REASONS[ours.reason[0, place]] != row["reason"]:
                wrong.append((one, which, row["t"], REASONS[ours.reason[0, place]]))
    return wrong, compared


def same(mine, theirs):
    if np.isnan(theirs) or np.isinf(theirs):
        return np.isnan(mine) if np.isnan(theirs) else mine == theirs
    return abs(mine - theirs) <= max(1e-6 * abs(theirs), 1e-9)


@pytest.mark.parametrize(("mode", "file"), [("r_compat", "r"), ("corrected", "corrected")])
def test_the_golden_answers_on_simulated_series(mode, file):
    answers = rows(DATA / f"farrington_{file}.csv")

    wrong, compared = differences(
        answers, committed(), controls(DATA / "farrington_controls.json"), mode
    )

    assert wrong == []
    assert compared == len(answers) > 500


def test_r_gives_the_same_answers_on_every_series_at_hand(shared_data):
    folder = shared_data / "data" / "surveillance"
    about = {row["series_id"]: row for row in rows(folder / "series_meta.csv")}
    series = Series(
        rows(folder / "series.csv"),
        "series_id",
        lambda one: int(about[one]["freq"]),
        lambda one: about[one]["epoch_as_date"] == "1",
    )
    defects = {
        (row["series_id"], row["config_id"], row["t"])
        for row in rows(folder / "farrington_known_r_defects.csv")
    }
    answers = [
        row
        for row in rows(folder / "farrington_flexible.csv")
        if (row["series_id"], row["config_id"], row["t"]) not in defects
    ]

    wrong, compared = differences(
        answers, series, controls(folder / "farrington_configs.json"), "r_compat", "series_id",
        "config_id",
    )  # fmt: skip

    assert wrong == []
    assert compared == 16_792


def agrees(counts, calendar, control, mode, population=None, points=(339,)):
    """Compare every column of the engine with the reference."""
    ours = farrington(
        counts, calendar, control, points=list(points), mode=mode, population=population
    )
    for n, (place, t) in itertools.product(range(len(counts)), enumerate(points)):
        people = None if population is None else population[n]
        expected = farrington_one(counts[n], calendar, t, control, mode, people)
        assert REASONS[ours.reason[n, place]] == expected.reason
        assert (bool(ours.alarm[n, place]), bool(ours.trend[n, place])) == (
            expected.alarm,
            expected.trend,
        )
        for column in NUMBERS:
            mine, theirs = getattr(ours, column)[n, place], getattr(expected, column)
            if min(abs(mine), abs(theirs)) > BEYOND:
                continue
            np.testing.assert_allclose(mine, theirs, rtol=1e-5, atol=1e-8, err_msg=column)


CONTROLS = st.builds(
    Control,
    b=st.integers(1, 5),
    w=st.integers(0, 4),
    reweight=st.booleans(),
    weights_threshold=st.sampled_from([1.0, 2.58]),
    alpha=st.sampled_from([0.001, 0.05]),
    trend=st.booleans(),
    p_threshold_trend=st.sampled_from([0.05, 1.0]),
    limit54=st.sampled_from([(5, 4), (0, 1)]),
    powertrans=st.sampled_from(["2/3", "1/2", "none"]),
    no_periods=st.sampled_from([1, 2, 5, 10]),
    past_weeks_not_included=st.sampled_from([None, 0, 26]),
    threshold_method=st.sampled_from(["delta", "nbPlugin", "muan"]),
    fit_fun=st.just(FIT_FUN),
)


@settings(max_examples=80, deadline=None)
@given(
    control=CONTROLS,
    mode=st.sampled_from(["r_compat", "corrected"]),
    seed=st.integers(0, 2**32),
    level=st.sampled_from([0.02, 0.3, 2.0, 40.0]),
    missing=st.sampled_from([0.0, 0.1]),
)
def test_agrees_with_the_reference(control, mode, seed, level, missing):
    rng = np.random.default_rng(seed)
    season = 1 + 0.9 * np.sin(2 * np.pi * np.arange(340) / 52)
    counts = rng.negative_binomial(level, 0.5, (2, 340)) * rng.integers(0, 2, 340) * season
    counts = np.floor(counts)
    counts[rng.random((2, 340)) < missing] = NAN
    people = np.floor(1000 + 3 * np.arange(340.0) + rng.integers(0, 50, (2, 340)))
    offset = bool(seed % 2)

    agrees(
        counts, WEEKS, control._replace(population_offset=offset), mode, people if offset else None,
        points=(300, 339),
    )  # fmt: skip


def test_a_batch_gives_what_its_series_give_alone():
    rng = np.random.default_rng(5)
    counts = rng.poisson(rng.gamma(2, 3, (30, 1)), (30, 340)).astype(float)
    counts[3, 100:140] = NAN
    control = Control(no_periods=10, past_weeks_not_included=26, threshold_method="nbPlugin")

    together = farrington(counts, WEEKS, control, points=[320, 339])

    for n in range(30):
        alone = farrington(counts[n : n + 1], WEEKS, control, points=[320, 339])
        for mine, theirs in zip(together[1:], alone[1:], strict=True):
            np.testing.assert_array_equal(mine[n], theirs[0])


def test_threads_change_nothing():
    counts = np.random.default_rng(5).poisson(3, (1_100, 300)).astype(float)
    calendar = Calendar(300, 52)

    alone, together = (
        farrington(counts, calendar, Control(b=3), points=[299], workers=n) for n in (1, 3)
    )

    for one, other in zip(alone, together, strict=True):
        np.testing.assert_array_equal(one, other)


def test_the_gate_first_gives_the_same_alarms_without_the_fits():
    rng = np.random.default_rng(6)
    counts = rng.poisson(rng.gamma(0.5, 2, (200, 1)), (200, 340)).astype(float)

    whole = farrington(counts, WEEKS, points=[339])
    first = farrington(counts, WEEKS, points=[339], gated=True)

    for column in ("alarm", "judged", "expected", "upperbound", "reason"):
        np.testing.assert_array_equal(getattr(first, column), getattr(whole, column))
    closed = first.reason[:, 0] == CODE["few-cases"]
    assert 20 < closed.sum() < 180
    assert np.isnan(first.phi[closed]).all()
    assert not np.isnan(whole.phi[closed]).any()


@pytest.mark.parametrize("mean", [0.5, 1, 2, 5, 10, 20, 50])
def test_a_trend_that_is_not_there_is_found_in_five_of_a_hundred(mean):
    """R's test finds it in 0.5 % at a mean of 0.5, in 55 % at 10 and in 78 % at 50."""
    rng = np.random.default_rng(7)
    counts = rng.negative_binomial(mean, 0.5, (20_000, 266)).astype(float)  # phi = 2
    control = Control(alpha=0.01, no_periods=10, past_weeks_not_included=26)

    kept = farrington(counts, Calendar(266, 52), control, points=[265]).trend.mean()

    assert 0.038 <= kept <= 0.062  # 5 % and at most 1, and the error of 20,000 draws


def test_a_trend_that_is_there_is_kept_and_used():
    counts = np.floor(20 * np.exp(0.004 * np.arange(340.0)))[None]

    ours = farrington(
        counts, WEEKS, Control(past_weeks_not_included=26, no_periods=10), points=[339]
    )

    # 26 weeks lie between the baseline and today: what is predicted is above all of it.
    assert not ours.trend.item()
    falling = farrington(counts[:, ::-1], WEEKS, points=[339])
    assert falling.trend.item()
    assert falling.trend_coef.item() == pytest.approx(-0.004, abs=5e-4)


def test_an_outbreak_of_the_past_hardly_raises_the_bound():
    rng = np.random.default_rng(3)
    counts = rng.poisson(10, (1, 340)).astype(float)
    struck = counts.copy()
    struck[0, 339 - 104 : 339 - 100] += 90
    periods = Control(no_periods=10, past_weeks_not_included=26)

    quiet, heeding, heedless = (
        farrington(one, WEEKS, periods._replace(reweight=again), points=[339]).upperbound.item()
        for one, again in ((counts, True), (struck, True), (struck, False))
    )

    assert heeding < 1.3 * quiet
    assert heedless > 2 * quiet


def test_the_first_point_has_a_whole_history():
    calendar, control = Calendar(300, 52), Control()

    assert first_point(calendar, control) == 263
    assert farrington(np.ones((1, 300)), calendar, control).points.tolist() == list(range(263, 300))


def plain(**changes):
    return Control(limit54=(0, 1))._replace(**changes)


def judged(counts, t=339, control=None, calendar=WEEKS, mode="corrected", population=None):
    control = plain() if control is None else control
    answer = farrington(
        counts[None], calendar, control, points=[t], mode=mode,
        population=None if population is None else population[None],
    )  # fmt: skip
    people = None if population is None else population
    expected = farrington_one(counts, calendar, t, control, mode, people)
    said = REASONS[answer.reason.item()]
    assert said == expected.reason
    return said, Point(said, *(getattr(answer, name).item() for name in Point._fields[1:]))


def test_a_gap_in_the_past_is_left_out_and_one_near_now_closes_the_gate():
    counts = np.full(340, 5.0)
    counts[60:80] = NAN
    assert judged(counts)[0] == "judged"
    counts[337] = NAN
    assert judged(counts, control=plain(limit54=(5, 4)))[0] == "gap-near-now"
    assert judged(counts, control=plain(limit54=(5, 4)))[1].alarm is False


def test_a_count_that_is_missing_is_not_judged_but_its_bound_is_known():
    counts = np.full(340, 5.0)
    counts[339] = NAN

    reason, point = judged(counts)

    assert (reason, point.alarm) == ("not-reported", False)
    assert point.upperbound > 5


def test_zeros_for_ever_have_an_answer_in_the_corrected_mode():
    counts = np.zeros(340)
    counts[339] = 6.0

    reason, point = judged(counts)

    assert (reason, point.alarm) == ("judged", True)
    assert point.expected == pytest.approx(0.5 / 35)  # half a case over the 35 weeks


def test_a_dry_season_does_not_make_the_bound_infinite():
    """R's bound under muan is infinite where the period has no case; the weeks then never ring."""
    since = (np.arange(340) - 339) % 52
    wet = (since > 10) & (since < 40)
    counts = np.where(wet, 20.0, 0.0)
    counts[339] = 9.0
    control = plain(no_periods=10, past_weeks_not_included=26, threshold_method="muan")

    assert judged(counts, control=control, mode="r_compat")[0] == "overflow"
    reason, point = judged(counts, control=control)
    assert (reason, point.alarm) == ("judged", True)


def test_a_commune_born_last_year_is_told_from_one_without_cases():
    counts = np.full(340, NAN)
    counts[290:] = 3.0

    assert judged(counts)[0] == "few-points"
    assert judged(np.ones(200), 199, calendar=Calendar(200, 52))[0] == "short-history"


def test_the_history_of_predecessors_serves_when_it_is_led_to_the_new_map():
    rng = np.random.default_rng(8)
    before = rng.poisson(4, (2, 340)).astype(float)
    united = before.sum(axis=0)
    united[290:] = rng.poisson(8, 50)

    reason, point = judged(united)

    assert (reason, point.alarm) == ("judged", False)
    assert 5 < point.expected < 11


def test_a_step_of_the_population_needs_the_offset():
    people = np.where(np.arange(340) < 290, 1000.0, 3000.0)
    rng = np.random.default_rng(9)
    counts = rng.poisson(people / 100).astype(float)

    blind = judged(counts)[1]
    seeing = judged(counts, control=plain(population_offset=True), population=people)[1]

    assert (blind.alarm, seeing.alarm) == (True, False)
    assert seeing.expected == pytest.approx(30, rel=0.15)


@pytest.mark.parametrize("people", [0.0, NAN])
def test_a_population_that_is_not_known_is_said(people):
    population = np.full(340, 1000.0)
    population[339] = people

    reason, _ = judged(
        np.full(340, 5.0), control=plain(population_offset=True), population=population
    )

    assert reason == "no-population"


def test_a_year_to_leave_out_is_a_gap():
    """An epidemic year, or the years before a definition changed, are taken out as missing."""
    rng = np.random.default_rng(10)
    counts = rng.poisson(6, 340).astype(float)
    counts[180:232] += 40
    left_out = counts.copy()
    left_out[180:232] = NAN
    control = plain(reweight=False)

    assert judged(left_out, control=control)[1].upperbound < 15
    assert judged(counts, control=control)[1].upperbound > 40


def test_one_bad_series_does_not_stop_the_others():
    counts = np.full((4, 340), 5.0)
    counts[0] = 0.0
    counts[1] = NAN
    counts[2, :330] = NAN
    counts[3, 339] = 60.0

    ours = farrington(counts, WEEKS, Control(), points=[339], mode="r_compat")

    reasons = [REASONS[code] for code in ours.reason[:, 0]]
    assert reasons == ["few-cases", "not-reported", "few-points", "judged"]
    assert ours.alarm[:, 0].tolist() == [False, False, False, True]


@pytest.mark.parametrize(
    ("control", "says"),
    [
        (Control(b=0), "b is 0"),
        (Control(w=-1), "w is -1"),
        (Control(alpha=1.0), "alpha is 1.0"),
        (Control(p_threshold_trend=2), "pThresholdTrend is 2"),
        (Control(weights_threshold=0), "weightsThreshold is 0"),
        (Control(no_periods=0), "noPeriods is 0"),
        (Control(limit54=(5, 0)), "limit54"),
        (Control(powertrans="3"), "powertrans is '3'"),
        (Control(threshold_method="nb"), "thresholdMethod is 'nb'"),
        (Control(past_weeks_not_included=-1), "pastWeeksNotIncluded is -1"),
        (Control(fit_fun="mine"), "fitFun is 'mine'"),
        (Control(population_offset=True), "populationOffset needs a population"),
    ],
)
def test_a_control_out_of_its_range_is_named(control, says):
    with pytest.raises(BadInput, match=says):
        farrington(np.ones((1, 340)), WEEKS, control)


def test_a_negative_count_is_refused():
    with pytest.raises(BadInput, match="negative"):
        farrington(np.full((1, 340), -1.0), WEEKS)


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"noPeriod": 3}, "noPeriod is not a control"),
        ({"b": 2.5}, "b is 2.5"),
        ({"b": True}, "b is True"),
        ({"reweight": "yes"}, "reweight is 'yes'"),
        ({"limit54": [5]}, "limit54 is"),
        ({"alpha": "x"}, "alpha is 'x'"),
    ],
)
def test_a_control_of_another_kind_is_named(given, says):
    with pytest.raises(BadInput, match=says):
        named(given)


def test_controls_are_named_as_in_r():
    assert named({"b": 3, "pThresholdTrend": 1, "limit54": [0, 1], "verbose": False}) == Control(
        b=3, p_threshold_trend=1.0, limit54=(0.0, 1)
    )
