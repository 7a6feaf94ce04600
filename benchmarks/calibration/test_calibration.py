"""Calibrated alarms on a simulated nation: what is promised, what is kept, and how long it takes.

The whole comparison, with the rules in use today beside ours, stands in :mod:`.nation`; here a
tenth of the nation is judged, and the figures are kept in ``extra_info``.
"""

import numpy as np
import pytest

from benchmarks.calibration.nation import PAST, TENTH, Bench
from tuyen.engines.surveillance.backtest import at, prepare, thresholds_of
from tuyen.engines.surveillance.backtest_reference import backtest_one
from tuyen.engines.surveillance.calibration import calibrate, chance
from tuyen.engines.surveillance.evidence import evidence


@pytest.fixture(scope="module")
def bench():
    return Bench(TENTH, 1, 26)


def test_the_rules_in_use_today(benchmark, bench):
    found = benchmark.pedantic(lambda: dict(bench.usual()), rounds=1)

    benchmark.extra_info.update(found)
    assert found["BH 0.1"]["FDP %"] > 30


@pytest.mark.parametrize("share", [0.5, 1.0], ids=["half told", "all told"])
def test_calibrated_alarms(benchmark, bench, share):
    told = bench.told(share)

    found = benchmark.pedantic(
        lambda: dict(bench.ours("ours", told, 1.0 if share == 1 else None)), rounds=1
    )

    benchmark.extra_info.update(found)
    assert found["ours, ours, 0.1"]["sensitivity %"] > 30


def test_evidence_of_a_week(benchmark, bench):
    n = bench.nation
    evidence(n.counts, n.disease, n.province, [bench.first])  # compile apart

    rows = benchmark(evidence, n.counts, n.disease, n.province, [bench.first])

    benchmark.extra_info["rows"] = int(rows.series.size)
    assert rows.series.size > 0


def test_learning(benchmark, bench):
    n, told = bench.nation, bench.told(0.5)
    rows = evidence(n.counts, n.disease, n.province, range(bench.first - PAST, bench.first))
    known = told[rows.series, rows.point]

    made = benchmark.pedantic(lambda: calibrate(rows.values, known), rounds=2)

    benchmark.extra_info["rows"] = int(rows.series.size)
    assert chance(made, rows.values).max() <= 1


def sweep_of(series=13_280, weeks=52):
    rng = np.random.default_rng(1)
    stratum = np.arange(series) % 160
    return (rng.random((series, weeks)), stratum, rng.random((series, 4)), stratum)


def test_moving_a_threshold(benchmark):
    """A hundred thresholds in 160 strata at once, after the scores were sorted."""
    ready = prepare(*sweep_of())
    thresholds = thresholds_of(ready, 100)

    found = benchmark(at, ready, thresholds)

    assert found.sensitivity.shape == (160, thresholds.size)


def test_moving_a_threshold_reference(benchmark):
    """One threshold in one stratum, week by week."""
    real, stratum, trial, _ = sweep_of()
    here = stratum == 0
    real, trial = real[here].tolist(), trial[here].tolist()
    none = [[0] * len(row) for row in real]

    found = benchmark.pedantic(lambda: backtest_one(real, none, trial, 0.5), rounds=3)

    assert 0 < found.sensitivity < 1
