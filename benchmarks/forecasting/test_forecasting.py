"""Forecast, nowcast, reproduction number and scan: speed, with the accuracy reached beside it.

Each engine runs beside its slow reference, or beside the methods of the literature, in the same
session on the same simulated data. Accuracy is kept in ``extra_info``; the forecast of the real
series is scored where the folder of reference data is at hand.
"""

import csv
import os
import time
from pathlib import Path

import numpy as np
import pytest

from tuyen.engines.surveillance import scores
from tuyen.engines.surveillance.clusters import scan
from tuyen.engines.surveillance.forecasting import forecast
from tuyen.engines.surveillance.forecasting_reference import walk_one
from tuyen.engines.surveillance.nowcast import nowcast
from tuyen.engines.surveillance.reproduction import reproduction, serial_interval
from tuyen.engines.surveillance.reproduction_reference import reproduction_one
from tuyen.engines.surveillance.triangle import seen
from tuyen.engines.surveillance.truncation import bayes, lawless
from tuyen.engines.surveillance.walk import walk_quantiles
from tuyen.engines.surveillance.zones import nearest

LEVELS = scores.LEVELS
SHARED = Path(os.environ.get("TUYEN_SHARED", Path(__file__).parents[3] / "shared"))


def communes(series: int, weeks: int = 416) -> np.ndarray:
    """Weekly counts of commune and disease: most of them sparse, some of them dozens a week."""
    rng = np.random.default_rng(20261125)
    level = rng.lognormal(-3.2, 1.6, series)[:, None]
    season = 1 + 0.8 * np.sin(2 * np.pi * np.arange(weeks) / 52)
    return rng.poisson(rng.gamma(2, level * season / 2)).astype(float)


def tables(series: int, level: float, length: int = 80, delays: int = 15) -> np.ndarray:
    """Whole reporting tables with a walking level, weekdays and dispersed delays."""
    rng = np.random.default_rng(20261125)
    walk = np.cumsum(rng.normal(0, 0.06, (series, length)), axis=1)
    final = rng.poisson(rng.gamma(5, level * np.exp(walk) / 5))
    on = np.add.outer(np.arange(length), np.arange(delays + 1)) % 7
    part = 0.75 ** np.arange(delays + 1) * np.where(on >= 5, 0.4, 1.0)
    part = rng.gamma(50 * part / part.sum(axis=1, keepdims=True), size=(series, *part.shape))
    return rng.multinomial(final, part / part.sum(axis=2, keepdims=True)).astype(float)


def each(benchmark, count: int, unit: str = "ms per series") -> None:
    benchmark.extra_info[unit] = round(1e3 * benchmark.stats["min"] / count, 4)


@pytest.mark.parametrize("model", ["ensemble", "nb-ar", "level", "baseline"])
def test_forecast_of_communes(benchmark, model):
    counts = communes(1_000)
    forecast(counts[:4], 4, model)  # compile apart

    made = benchmark(forecast, counts, 4, model)

    each(benchmark, len(counts))
    assert (made.quantiles >= 0).all()


@pytest.mark.parametrize("workers", [1, 2])
def test_forecast_of_a_nation(benchmark, workers):
    """A tenth of 3,321 communes x 81 diseases, four weeks ahead; CPU time is that of all threads.

    The answer has the same bytes for any number of workers.
    """
    counts = communes(3_321 * 81 // 10)
    forecast(counts[:600], 4)  # compile apart
    spent, made = [], []

    def run() -> None:
        before = time.process_time()
        made.append(forecast(counts, 4, workers=workers))
        spent.append(time.process_time() - before)

    benchmark.pedantic(run, rounds=2)

    benchmark.extra_info["CPU seconds of the whole nation"] = round(10 * min(spent), 1)
    benchmark.extra_info["share of dense series"] = round(
        float((counts[:, -104:].sum(axis=1) >= 10).mean()), 3
    )
    each(benchmark, len(counts))
    assert len({answer.mean.tobytes() for answer in made}) == 1


def test_baseline_reference(benchmark):
    counts = communes(20).tolist()

    made = benchmark(lambda: [walk_one(one, 4, LEVELS.tolist()) for one in counts])

    each(benchmark, len(counts))
    assert len(made) == 20


def real_series() -> dict[str, list[float]]:
    folder = SHARED / "data" / "surveillance"
    if not folder.is_dir():
        pytest.skip(f"{folder} is absent; set TUYEN_SHARED to the folder with reference data")
    with (folder / "series_meta.csv").open(encoding="utf-8", newline="") as file:
        wanted = {
            row["series_id"]
            for row in csv.DictReader(file)
            if row["source"] != "sim" and row["freq"] == "52"
        }
    series: dict[str, list[float]] = {}
    with (folder / "series.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            if row["series_id"] in wanted:
                series.setdefault(row["series_id"], []).append(float(row["observed"] or "nan"))
    return series


@pytest.mark.parametrize("model", ["ensemble", "nb-ar", "level", "ets", "arima"])
def test_forecast_of_the_real_series(benchmark, model):
    """Thirteen origins four weeks apart in the last 52 weeks, four weeks ahead."""
    series = real_series()
    groups: dict[int, list[str]] = {}
    for name, counts in series.items():
        for k in range(13):
            groups.setdefault(len(counts) - 52 + 4 * k, []).append(name)

    def run() -> dict[int, np.ndarray]:
        return {
            length: forecast(np.array([series[n][:length] for n in names]), 4, model).quantiles
            for length, names in groups.items()
        }

    made = benchmark.pedantic(run, rounds=1)

    sums = {name: np.zeros(2) for name in series}
    ends = []
    for length, names in groups.items():
        for n, name in enumerate(names):
            came = np.array(series[name][length : length + 4])
            walk = walk_quantiles(np.array(series[name][:length]), 4, LEVELS)
            score = [scores.wis(came, part, LEVELS) for part in (made[length][n], walk)]
            sums[name] += np.nansum(score, axis=1)
            ends.append(np.array(scores.pit_of_quantiles(came, made[length][n], LEVELS)))
    ours, base = np.array(list(sums.values())).T
    low, high = np.concatenate(ends, axis=1)
    ratio = np.maximum(ours / base, 0.1)
    info = {name: round(float(value), 2) for name, value in zip(sums, ours / base, strict=True)}
    benchmark.extra_info.update(
        {
            "relative WIS, sum": round(ours.sum() / base.sum(), 3),
            "relative WIS, geometric (none below 0.1)": round(np.exp(np.log(ratio).mean()), 3),
            "90 % coverage, randomised": round(scores.coverage(low, high, 0.9), 3),
            "50 % coverage, randomised": round(scores.coverage(low, high, 0.5), 3),
            "by series": info,
        }
    )
    each(benchmark, sum(map(len, groups.values())))
    assert len(series) > 20


@pytest.mark.parametrize("level", [1, 5, 30, 200])
@pytest.mark.parametrize("method", ["chain-ladder", "lawless", "bayes"])
def test_nowcast(benchmark, method, level):
    whole = tables(60, level)
    counts = np.where(seen(80, 15), whole, np.nan)
    truth = whole.sum(axis=2)[:, -15:].ravel()

    def run():
        if method == "chain-ladder":
            return nowcast(counts, LEVELS, weekday=0)
        rng = np.random.default_rng(1)
        if method == "lawless":
            return [lawless(one, LEVELS) for one in counts]
        return [bayes(one, LEVELS, rng, draws=1_000) for one in counts]

    found = benchmark.pedantic(run, rounds=2)

    quantiles = np.concatenate([one.quantiles[-15:] for one in found])
    said = ~np.isnan(quantiles).any(axis=1)
    inside = scores.covered(truth[said], quantiles[said], LEVELS, 0.95)
    ends = scores.pit_of_quantiles(truth[said], quantiles[said])
    benchmark.extra_info.update(
        {
            "mean WIS": round(scores.wis(truth[said], quantiles[said]).mean(), 3),
            "95 % coverage, closed": round(float(inside.mean()), 3),
            "95 % coverage, randomised": round(scores.coverage(*ends, 0.95), 3),
        }
    )
    each(benchmark, len(counts))
    assert said.any()


def test_reproduction_number(benchmark):
    """1,000 series of 200 days, weekly windows, seven quantiles."""
    counts = np.random.default_rng(1).negative_binomial(2, 2 / 302, (1_000, 200)).astype(float)
    weights = serial_interval(5, 3, 200)

    found = benchmark(reproduction, counts, weights)

    each(benchmark, len(counts))
    assert found.mean.shape == (1_000, 193)


def test_reproduction_reference(benchmark):
    counts = np.random.default_rng(1).negative_binomial(2, 2 / 302, (2, 200)).tolist()
    weights = serial_interval(5, 3, 200).tolist()

    benchmark.pedantic(
        lambda: [reproduction_one(one, weights, 7, 5, 5, (0.025, 0.5, 0.975)) for one in counts],
        rounds=1,
    )

    each(benchmark, len(counts))


@pytest.mark.parametrize("hopeless", [None, 20], ids=["to-the-end", "stopped-when-hopeless"])
def test_scan_of_a_nation(benchmark, hopeless):
    """3,321 communes, 50 neighbours, 8 weeks, 999 replicates of one disease of 600 cases."""
    rng = np.random.default_rng(3)
    zones = nearest(rng.uniform(0, 600, (3_321, 2)), most=50)
    baseline = np.tile(rng.gamma(1, 600 / 3_321 / 8, 3_321), (8, 1))
    counts = rng.poisson(baseline).astype(float)

    def run():
        rng = np.random.default_rng(1)
        return scan(counts, baseline, zones, "expectation", hopeless=hopeless, rng=rng)

    scan(counts, baseline, zones, "expectation", replicates=1, rng=rng)  # compile apart
    found = benchmark.pedantic(run, rounds=1)

    drawn = found[0].replicates
    benchmark.extra_info["replicates drawn"] = drawn
    pairs = 8 * int((zones.order >= 0).sum()) * drawn
    benchmark.extra_info["zone-windows per second"] = round(pairs / benchmark.stats["min"])
    assert 0 < found[0].p <= 1
