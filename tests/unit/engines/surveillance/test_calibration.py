import numpy as np
import pytest
from scipy import optimize, special

from tuyen.engines.surveillance import calibration
from tuyen.engines.surveillance.calibration import Rows, calibrate, chance, objective, quiet
from tuyen.engines.surveillance.calibration_reference import minus_log_likelihood
from tuyen.kernel.refusal import BadInput


def rows_of(seed, told_share, *, by_size=0.0, size=40_000, bias=0.0):
    """Evidence whose odds are right but for ``bias``, and labels of a share of the outbreaks."""
    rng = np.random.default_rng(seed)
    odds = rng.normal(-6, 4, size)
    other = rng.normal(0, 1, (size, 2))
    seen = rng.normal(2, 0.7, size)
    outbreak = rng.random(size) < special.expit(odds + bias + 0.3 * other[:, 0])
    share = special.expit(special.logit(told_share) + by_size * (seen - 2) / 0.7)
    told = outbreak & (rng.random(size) < share)
    return np.column_stack([odds, other, seen]), outbreak, told


@pytest.mark.parametrize("share", [0.3, 0.5, 0.8])
def test_chances_are_right_whatever_share_is_told(share):
    values, outbreak, told = rows_of(1, share)

    made = calibrate(values, told, caution=0.0)

    found = chance(made, values)
    assert made.share == pytest.approx(share, abs=0.05)
    for low, high in ((0.05, 0.5), (0.5, 0.9), (0.9, 1.0)):
        here = (found > low) & (found <= high)
        assert outbreak[here].mean() == pytest.approx(found[here].mean(), abs=0.1)


def test_odds_that_are_wrong_are_mended():
    values, outbreak, told = rows_of(2, 0.5, bias=-2.0)

    found = chance(calibrate(values, told, caution=0.0), values)

    error, before = (
        abs(part.sum() - outbreak.sum()) for part in (found, special.expit(values[:, 0]))
    )
    assert error < before / 3


def test_larger_outbreaks_told_more_often_do_not_mislead():
    values, outbreak, told = rows_of(3, 0.5, by_size=1.0)

    made = calibrate(values, told, caution=0.0)

    assert made.telling[1] == pytest.approx(1.0, abs=0.35)
    assert chance(made, values).sum() == pytest.approx(outbreak.sum(), rel=0.12)


def test_caution_lowers_chances_and_keeps_their_order():
    values, _, told = rows_of(4, 0.5)

    bold, careful = (calibrate(values, told, caution=c) for c in (0.0, 2.0))

    assert careful.share > bold.share
    high = chance(bold, values) > 0.1
    assert (chance(careful, values)[high] < chance(bold, values)[high]).all()


def test_all_told_needs_no_estimate():
    values, outbreak, _ = rows_of(5, 0.5)

    made = calibrate(values, outbreak, share=1.0)

    assert made.share == pytest.approx(1.0)
    assert made.doubt == 0
    assert chance(made, values).sum() == pytest.approx(outbreak.sum(), rel=0.02)


def test_what_is_told_is_never_quiet_and_silence_says_something():
    values, outbreak, told = rows_of(6, 0.5)
    made = calibrate(values, told)

    found = quiet(made, values, told)

    assert (found[told] == 0).all()
    assert found[~told].sum() == pytest.approx((~outbreak).sum(), rel=0.02)


def some_rows(share):
    values, _, told = rows_of(7, 0.5, size=300)
    terms = np.column_stack([values[:, 1:], np.ones(300)])
    tells = np.column_stack([np.ones(300), values[:, -1]])
    return Rows(terms, values[:, 0], tells, told, np.ones(300), share)


def test_likelihood_is_that_of_the_reference():
    rows = some_rows(None)
    theta = np.array([0.2, -0.1, 0.3, -0.5, 0.1, 0.2])

    value, _ = objective(theta, rows)

    penalty = 0.5 * calibration.STIFF * (theta[:3] @ theta[:3]) + 0.5 * theta[5] ** 2
    odds = rows.offset + rows.terms @ theta[:4]
    shares = special.expit(rows.tells @ theta[4:])
    expected = minus_log_likelihood(odds.tolist(), rows.told.tolist(), shares.tolist())
    assert value - penalty == pytest.approx(expected, rel=1e-9)


@pytest.mark.parametrize("share", [None, 0.5])
def test_slope_is_that_of_the_likelihood(share):
    rows = some_rows(share)
    theta = np.array([0.2, -0.1, 0.3, -0.5, 0.1, 0.2])

    numeric = optimize.approx_fprime(theta, lambda x: objective(x, rows)[0], 1e-6)

    np.testing.assert_allclose(objective(theta, rows)[1], numeric, rtol=1e-3, atol=1e-3)


def test_fit_ends_at_the_lowest_point():
    rows = some_rows(None)

    theta, covariance = calibration._fit(rows)

    low, slope = objective(theta, rows)
    assert np.abs(slope).max() < 0.05
    rng = np.random.default_rng(1)
    assert all(objective(theta + rng.normal(0, 0.1, 6), rows)[0] >= low for _ in range(20))
    assert (np.diag(covariance) > 0).all()


@pytest.mark.parametrize(
    ("why", "values", "told", "options"),
    [
        ("too few told", np.zeros((90, 4)), np.arange(90) < 5, {}),
        ("shapes differ", np.zeros((90, 4)), np.ones(80, bool), {}),
        ("not a number", np.full((90, 4), np.nan), np.ones(90, bool), {}),
        ("a share above 1", np.zeros((90, 4)), np.ones(90, bool), {"share": 1.5}),
    ],
)
def test_bad_input_is_refused(why, values, told, options):
    with pytest.raises(BadInput):
        calibrate(values, told, **options)
