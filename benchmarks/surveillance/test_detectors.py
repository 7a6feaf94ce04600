"""Detectors over a district, a province and a nation, against their slow references.

The reference is the named peer: it runs in the same session on the same series, fewer of them. Rates
are series-weeks (one series judged in one week) per second, kept in ``extra_info``.
"""

import numpy as np
import pytest

from tuyen.engines.surveillance.ears import ears
from tuyen.engines.surveillance.ears_reference import ears_one
from tuyen.engines.surveillance.law import Limits, al_b1
from tuyen.engines.surveillance.law_reference import past_of, weekly_alert
from tuyen.engines.surveillance.law_scan import law_scan
from tuyen.engines.surveillance.same_period import same_step

WEEKS = 520
LAW = Limits(5, 5, 5, 1, 1, 2, 3, 5, 3, 5)
METHODS = ["C1", "C2", "C3"]
ALPHA = {"C1": 0.001, "C2": 0.001, "C3": 0.025}


def simulated(series: int, weeks: int = WEEKS) -> np.ndarray:
    """Negative binomial counts around a season, most of them small as in a commune."""
    rng = np.random.default_rng(20260701)
    level = rng.lognormal(-0.5, 1.5, series)[:, None]
    season = 1 + 0.8 * np.sin(2 * np.pi * np.arange(weeks) / 52)
    return rng.poisson(rng.gamma(2, level * season / 2)).astype(float)


def rate(benchmark, points: int) -> None:
    benchmark.extra_info["series-weeks per second"] = round(points / benchmark.stats["min"])


@pytest.mark.parametrize("method", METHODS)
def test_ears(benchmark, method):
    counts = simulated(2_000)

    result = benchmark(ears, counts, method)

    rate(benchmark, counts.size)
    assert result.judged.any()


@pytest.mark.parametrize("method", METHODS)
def test_ears_reference(benchmark, method):
    counts = simulated(20).tolist()

    points = benchmark(lambda: [ears_one(one, method, 7, 0.0, ALPHA[method]) for one in counts])

    rate(benchmark, len(points) * WEEKS)
    assert len(points) == 20


def test_law_along_series(benchmark):
    counts = simulated(900)
    earlier = same_step(WEEKS, 52, 5)

    result = benchmark(law_scan, counts, earlier, LAW, k=1.0)

    rate(benchmark, counts.size)
    assert result.judged.any()


def test_law_of_one_week_for_a_nation(benchmark):
    """3,321 communes by 40 diseases, as every night judges them."""
    weeks = simulated(132_840, weeks=6)

    verdict = benchmark(al_b1, weeks[:, 5], weeks[:, :5], LAW)

    rate(benchmark, len(weeks))
    assert verdict.raised.any()


def test_law_reference(benchmark):
    weeks = simulated(2_000, weeks=6).tolist()

    def judge() -> list[tuple[bool, str]]:
        none = [False] * 5
        return [weekly_alert(w[5], 0, past_of(w[:5], none, LAW), LAW) for w in weeks]

    verdicts = benchmark(judge)

    rate(benchmark, len(weeks))
    assert any(raised for raised, _ in verdicts)
