"""Nowcasts: the answers of R for two methods, a slow reference, and honest intervals for ours."""

import csv
import datetime

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tuyen.engines.surveillance import nowcast as ours
from tuyen.engines.surveillance import scores
from tuyen.engines.surveillance.nowcast_reference import shares_one, still_to_come
from tuyen.engines.surveillance.triangle import reporting_triangle, seen
from tuyen.engines.surveillance.truncation import bayes, lawless
from tuyen.kernel.refusal import BadInput

SHOWN = np.array([0.025, 0.5, 0.975])


def ordinal(text):
    return datetime.date.fromisoformat(text).toordinal()


def rows(path):
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def simulated(series, level, seed, length=80, delays=10):
    """Whole tables (series, length, delays + 1) with weekly rhythm and a walking level."""
    rng = np.random.default_rng(seed)
    walk = np.cumsum(rng.normal(0, 0.06, (series, length)), axis=1)
    final = rng.poisson(rng.gamma(5, level * np.exp(walk) / 5))
    on = np.add.outer(np.arange(length), np.arange(delays + 1)) % 7
    part = 0.7 ** np.arange(delays + 1) * np.where(on >= 5, 0.4, 1.0)
    return rng.multinomial(final, part / part.sum(axis=1, keepdims=True)).astype(float)


@pytest.fixture(scope="module")
def answers_of_r(shared_data):
    folder = shared_data / "data" / "surveillance"
    cases = {}
    for row in rows(folder / "nowcast_linelist.csv"):
        cases.setdefault(row["dataset"], []).append((ordinal(row["onset"]), ordinal(row["report"])))
    groups = {}
    for row in rows(folder / "nowcast.csv"):
        if row["r_artifact"] == "0":
            groups.setdefault((row["dataset"], row["now"], row["method"]), []).append(row)
    return {
        key: (reporting_triangle(*np.array(cases[key[0]]).T, ordinal(key[1]), 15), expected)
        for key, expected in groups.items()
    }


def test_r_gives_the_same_lawless_intervals(answers_of_r):
    judged = 0
    for (_, _, method), (part, expected) in answers_of_r.items():
        if method != "lawless":
            continue
        found = lawless(part.counts, SHOWN, as_in_r=True)
        for row in expected:
            at = ordinal(row["date"]) - part.first
            assert found.reported[at] == float(row["reported_so_far"])
            given = [float(row[name]) for name in ("lo_min", "median_min", "hi_min")]
            assert found.quantiles[at].tolist() == given, row
            judged += 1
    assert judged == 67


def test_r_gives_bayesian_intervals_within_its_own_noise(answers_of_r):
    judged = 0
    for (_, _, method), (part, expected) in answers_of_r.items():
        if method == "lawless":
            continue
        rng = np.random.default_rng(20261125)
        found = bayes(part.counts, SHOWN, rng, truncated=method == "bayes.trunc")
        for row in expected:
            at = ordinal(row["date"]) - part.first
            for value, name in zip(found.quantiles[at], ("lo", "median", "hi"), strict=True):
                low, high = float(row[f"{name}_min"]), float(row[f"{name}_max"])
                assert 0.9 * low - 1 <= value <= 1.1 * high + 1, (name, row)
                judged += 1
    assert judged == 429


@given(
    st.integers(0, 10_000),
    st.one_of(st.none(), st.integers(0, 6)),
    st.floats(3, 60),
)
def test_the_delays_agree_with_the_reference(seed, weekday, half_life):
    whole = simulated(2, 8, seed, length=14, delays=3)
    known = seen(14, 3)
    plain = np.where(known, whole, 0.0)

    found = ours.shares(plain, known, weekday, ours.Settings(half_life=half_life))

    for n in range(2):
        expected = shares_one(plain[n].tolist(), weekday, half_life, 20.0, 12)
        np.testing.assert_allclose(found[n], expected, rtol=1e-9, atol=1e-12)


def test_without_memory_loss_the_delays_are_those_of_reverse_hazards():
    whole = simulated(1, 40, 3, length=60)
    known = seen(60, 10)

    share = ours.shares(np.where(known, whole, 0.0), known, None, ours.Settings(half_life=1e9))

    plain = lawless(np.where(known, whole[0], np.nan), SHOWN)
    np.testing.assert_allclose(share[0, -11:][::-1].diagonal(), plain.share[-11:][::-1], rtol=0.01)


@given(st.integers(0, 60), st.floats(0.02, 0.98), st.floats(0.5, 80), st.floats(0.05, 0.9))
def test_what_is_to_come_agrees_with_a_sum_over_the_posterior(reported, share, level, spread):
    one = (np.array([float(x)]) for x in (reported, share, level, spread))

    rest, variance = ours.still_to_come(*one)

    expected = still_to_come(reported, share, level, spread)
    assert (rest[0], variance[0]) == pytest.approx(expected, rel=0.01)


def test_intervals_hold_their_share_and_beat_the_methods_of_the_literature():
    whole = simulated(60, 30, 11)
    counts = np.where(seen(80, 10), whole, np.nan)
    truth = whole.sum(axis=2)[:, -10:].ravel()

    found = ours.nowcast(counts, scores.LEVELS, weekday=0)

    mine = np.concatenate([one.quantiles[-10:] for one in found])
    inside = scores.covered(truth, mine, scores.LEVELS, 0.95).mean()
    assert 0.93 < inside < 0.99
    rng = np.random.default_rng(1)
    for other in (
        [lawless(one, scores.LEVELS) for one in counts],
        [bayes(one, scores.LEVELS, rng, draws=500) for one in counts],
    ):
        theirs = np.concatenate([one.quantiles[-10:] for one in other])
        said = ~np.isnan(theirs).any(axis=1)
        ratio = (
            scores.wis(truth[said], mine[said]).sum() / scores.wis(truth[said], theirs[said]).sum()
        )
        assert ratio < 0.95


def test_one_by_one_is_the_same_as_together():
    counts = np.where(seen(40, 6), simulated(4, 10, 2, length=40, delays=6), np.nan)

    together = ours.nowcast(counts, SHOWN, weekday=3)

    for one, found in zip(counts, together, strict=True):
        alone = ours.nowcast(one[None], SHOWN, weekday=3)[0]
        np.testing.assert_array_equal(alone.quantiles, found.quantiles)


def test_nothing_reported_so_far_is_not_nothing():
    counts = np.where(seen(40, 6), simulated(1, 20, 2, length=40, delays=6), np.nan)
    counts[0, -1, 0] = 0

    found = ours.nowcast(counts, SHOWN)[0]

    assert found.reported[-1] == 0
    assert found.mean[-1] > 4  # where the chain ladder says 0


def test_zeros_stay_zeros_and_short_triangles_are_answered():
    for length in (1, 3, 30):
        counts = np.where(seen(length, 5), 0.0, np.nan)[None]
        found = ours.nowcast(counts, SHOWN, weekday=0)[0]
        assert found.quantiles.shape == (length, 3)
        assert (found.quantiles == 0).all()


def test_a_triangle_looks_at_nothing_reported_later():
    onset, report = np.array([1, 1, 2, 3, 9]), np.array([1, 4, 2, 9, 9])

    early = reporting_triangle(onset, report, 3, 2)

    np.testing.assert_array_equal(early.counts, [[1, 0, 0], [1, 0, np.nan], [0, np.nan, np.nan]])


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda: reporting_triangle(np.array([3]), np.array([2]), 9, 2), "precedes"),
        (lambda: reporting_triangle(np.array([3]), np.array([4]), 3, 2), "nothing had been"),
        (lambda: reporting_triangle(np.array([3]), np.array([4]), 9, 0), "1 or more"),
        (lambda: ours.nowcast(np.zeros((1, 5, 3)), SHOWN), "not a triangle"),
        (lambda: ours.nowcast(np.zeros((5, 3)), SHOWN), "shape"),
        (
            lambda: bayes(np.zeros((5, 3)), SHOWN, np.random.default_rng(1), prior=(0, 1)),
            "above 0",
        ),
    ],
)
def test_what_is_no_triangle_is_refused(call, says):
    with pytest.raises(BadInput, match=says):
        call()
