"""p-values against quiet weeks of the same kind: valid in each stratum, and whole after thinning."""

import numpy as np
import pytest

from tuyen.engines.surveillance.calibration import calibrate, chance, quiet
from tuyen.engines.surveillance.calibration_reference import conformal_one
from tuyen.engines.surveillance.evidence import NAMES, Evidence
from tuyen.engines.surveillance.quiet_past import (
    LEAST,
    divisions,
    p_values,
    remember,
    unevenness,
)
from tuyen.engines.surveillance.selection import by_false_share, false_share


def test_a_p_value_is_that_of_the_slow_reference_but_for_the_thinning():
    rng = np.random.default_rng(1)
    past, weight = rng.normal(size=4_000), rng.random(4_000)
    tails = remember(past, [np.zeros(4_000, np.int64)], weight)
    scores = np.array([-5.0, 0.0, 1.0, 2.0, 2.5, 3.0, 9.0])

    found = p_values(tails, scores, [np.zeros(scores.size, np.int64)])

    right = [conformal_one(score, past.tolist(), weight.tolist()) for score in scores]
    assert found == pytest.approx(right, rel=0.1)
    assert tails[0].scores.size < 60


def test_each_stratum_rings_as_often_as_it_says_though_one_is_wilder():
    rng = np.random.default_rng(2)
    wild = np.repeat([0, 1], 3_000)
    past = rng.normal(size=6_000) * (1 + wild)
    whole = np.zeros(6_000, np.int64)
    tails = remember(past, [10 + wild, whole], np.ones(6_000))
    now = rng.normal(size=6_000) * (1 + wild)

    found = p_values(tails, now, [10 + wild, whole])

    for one in (0, 1):
        assert (found[wild == one] <= 0.05).mean() == pytest.approx(0.05, abs=0.012)


def test_a_stratum_with_too_little_past_gives_way_to_the_wider():
    few, many = np.array([7] * 20 + [8] * LEAST), np.zeros(20 + LEAST, np.int64)
    tails = remember(np.arange(few.size, dtype=float), [few, many], np.ones(few.size))

    assert set(tails) == {8, 0}
    row = [np.array([7]), np.array([0])]
    assert p_values(tails, np.array([0.5 * few.size]), row)[0] == pytest.approx(0.5, abs=0.02)
    assert np.isnan(p_values({}, np.array([1.0]), row)).all()


def test_strata_go_by_the_long_run_and_by_the_disease():
    values = np.zeros((4, len(NAMES)))
    values[:, NAMES.index("log cases known")] = np.log([2.0, 2.0, 500.0, 500.0])
    values[:, NAMES.index("dispersion")] = [1.0, 1.5, 1.0, 1.5]
    values[:, NAMES.index("log own ratio")] = [0.0, 0.0, 0.0, 1.0]
    rows = Evidence(np.arange(4), np.full(4, 300), values)
    disease = np.array([0, 1, 0, 1])

    uneven = unevenness(rows, disease, 3)
    codes = divisions(rows, disease, uneven)

    assert uneven.tolist() == [1.0, 1.5, 1.0]
    assert len(set(codes[1].tolist())) == 4
    assert codes[2][0] == codes[2][1] != codes[2][2]
    assert not set(codes[0].tolist()) & set(codes[1].tolist())


def test_a_no_lowers_the_chances_of_its_like_and_is_quiet():
    rng = np.random.default_rng(3)
    odds = rng.normal(-3, 3, 20_000)
    values = np.column_stack([odds, rng.normal(size=20_000), rng.normal(2, 0.7, 20_000)])
    outbreak = rng.random(20_000) < 1 / (1 + np.exp(-(odds - 1.0)))
    asked = rng.random(20_000) < np.where(odds > -2, 0.5, 0.0)
    told, denied = outbreak & asked, ~outbreak & asked

    silent = calibrate(values, told, caution=0.0)
    answered = calibrate(values, told, denied=denied, caution=0.0)

    assert chance(answered, values).sum() < chance(silent, values).sum()
    assert (quiet(answered, values, told, denied)[denied] == 1).all()
    assert answered.told == int(told.sum())


def test_a_q_value_is_the_least_share_at_which_a_row_rings():
    rng = np.random.default_rng(4)
    chances, week = rng.random(60) ** 0.3, np.repeat([0, 1, 2], 20)

    q = false_share(chances, week)

    for share in (0.05, 0.1, 0.3):
        assert (q <= share).tolist() == by_false_share(chances, week, share).tolist()
