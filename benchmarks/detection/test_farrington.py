"""Farrington's detector beside R's ``farringtonFlexible`` and beside its own slow reference.

Every figure is CPU time of one thread, in microseconds per series-week (one series judged in one
week), kept in ``extra_info``; R runs in the same session on the same series where it is installed
with the package *surveillance*. The first call compiles, and is not measured.
"""

import csv
import shutil
import subprocess
import time

import numpy as np
import pytest

from tuyen.engines.surveillance.farrington import farrington
from tuyen.engines.surveillance.farrington_control import Control
from tuyen.engines.surveillance.farrington_reference import farrington_one
from tuyen.engines.surveillance.farrington_window import Calendar

WEEKS, JUDGED = 416, 52
NOUFAILY = Control(
    no_periods=10, past_weeks_not_included=26, threshold_method="nbPlugin", alpha=0.005,
    p_threshold_trend=1.0,
)  # fmt: skip
DELTA = Control(no_periods=10, past_weeks_not_included=26, alpha=0.01)
OF_1996 = Control(weights_threshold=1.0, alpha=0.005)
CONTROLS = {"nbPlugin": NOUFAILY, "delta": DELTA, "1996": OF_1996}
R_NAMES = {
    "nbPlugin": 'b=5,w=3,reweight=TRUE,weightsThreshold=2.58,alpha=0.005,trend=TRUE,'
    'pThresholdTrend=1,limit54=c(5,4),noPeriods=10,pastWeeksNotIncluded=26,'
    'thresholdMethod="nbPlugin",glmWarnings=FALSE',
    "delta": 'b=5,w=3,reweight=TRUE,weightsThreshold=2.58,alpha=0.01,trend=TRUE,'
    'pThresholdTrend=0.05,limit54=c(5,4),noPeriods=10,pastWeeksNotIncluded=26,'
    'thresholdMethod="delta",glmWarnings=FALSE',
    "1996": 'b=5,w=3,reweight=TRUE,weightsThreshold=1,alpha=0.005,trend=TRUE,'
    'pThresholdTrend=0.05,limit54=c(5,4),noPeriods=1,pastWeeksNotIncluded=3,'
    'thresholdMethod="delta",glmWarnings=FALSE',
}  # fmt: skip


def simulated(series: int, weeks: int = WEEKS) -> np.ndarray:
    """Negative binomial counts around a season, of the level of a province's diseases."""
    rng = np.random.default_rng(20260701)
    level = rng.lognormal(1.0, 1.2, series)[:, None]
    season = 1 + 0.6 * np.sin(2 * np.pi * np.arange(weeks) / 52)
    return rng.poisson(rng.gamma(2, level * season / 2)).astype(float)


def cpu(benchmark, call, points: int, rounds: int = 5) -> float:
    """Run ``call`` through the benchmark and keep its best CPU time per point, in microseconds."""
    spent = []

    def once():
        before = time.thread_time()
        answer = call()
        spent.append(time.thread_time() - before)
        return answer

    benchmark.pedantic(once, rounds=rounds, warmup_rounds=1)
    best = min(spent) / points * 1e6
    benchmark.extra_info["CPU microseconds per series-week"] = round(best, 2)
    return best


@pytest.mark.parametrize("mode", ["r_compat", "corrected"])
@pytest.mark.parametrize("name", CONTROLS)
def test_a_year_of_two_hundred_series(benchmark, name, mode):
    counts, points = simulated(200), range(WEEKS - JUDGED, WEEKS)
    calendar = Calendar(WEEKS, 52)

    cpu(
        benchmark,
        lambda: farrington(counts, calendar, CONTROLS[name], points=points, mode=mode),
        200 * JUDGED,
    )

    assert counts.shape == (200, WEEKS)


@pytest.mark.parametrize("name", CONTROLS)
def test_r_on_the_same_series(benchmark, name, tmp_path):
    """R's own CPU time for the call, without its start and without reading the file."""
    if shutil.which("Rscript") is None:
        pytest.skip("R is not installed")
    asked = ["Rscript", "-e", "stopifnot(requireNamespace('surveillance'))"]
    if subprocess.run(asked, capture_output=True, check=False).returncode:
        pytest.skip("R has no package surveillance")
    counts = simulated(10)
    with (tmp_path / "counts.csv").open("w", newline="") as file:
        csv.writer(file).writerows(counts.T.astype(int).tolist())
    program = (
        "suppressMessages(library(surveillance));"
        f"y<-as.matrix(read.csv('{tmp_path}/counts.csv',header=FALSE));"
        "s<-sts(y,start=c(2015,1),frequency=52);"
        f"t<-system.time(farringtonFlexible(s,control=list(range={WEEKS - JUDGED + 1}:{WEEKS},"
        f"{R_NAMES[name]})));cat(t[['user.self']]+t[['sys.self']])"
    )

    def run():
        return subprocess.run(
            ["Rscript", "-e", program], capture_output=True, text=True, check=True
        )

    done = benchmark.pedantic(run, rounds=1)

    per_point = float(done.stdout) / (10 * JUDGED) * 1e6
    benchmark.extra_info["CPU microseconds per series-week"] = round(per_point, 1)
    assert per_point > 0


def test_reference(benchmark):
    counts, calendar = simulated(3), Calendar(WEEKS, 52)

    cpu(
        benchmark,
        lambda: [farrington_one(one, calendar, WEEKS - 1, NOUFAILY, "r_compat") for one in counts],
        3,
        rounds=2,
    )

    assert len(counts) == 3


COMMUNES, DISEASES, NATION_WEEKS = 3_321, 81, 300


@pytest.fixture(scope="module")
def nation():
    """3,321 communes by 81 diseases: one series in twenty passes the gate, a fifth have no case."""
    rng = np.random.default_rng(20260702)
    series = COMMUNES * DISEASES
    level = rng.lognormal(-2.3, 1.6, series).astype(np.float32)
    level[rng.random(series) < 0.2] = 0
    counts = np.empty((series, NATION_WEEKS), dtype=np.uint16)
    season = 1 + 0.6 * np.sin(2 * np.pi * np.arange(NATION_WEEKS) / 52)
    for week in range(NATION_WEEKS):
        counts[:, week] = rng.poisson(rng.gamma(1.5, level * season[week] / 1.5))
    return counts


@pytest.mark.parametrize("gated", [True, False], ids=["gate first", "every model"])
def test_a_week_of_the_nation(benchmark, nation, gated):
    """All 269,001 series in their current week, disease by disease, as a scan holds them."""
    calendar, now = Calendar(NATION_WEEKS, 52), [NATION_WEEKS - 1]

    def scan():
        alarms = fitted = 0
        for disease in range(DISEASES):
            part = nation[disease * COMMUNES : (disease + 1) * COMMUNES]
            found = farrington(part, calendar, NOUFAILY, points=now, gated=gated)
            alarms += int(found.alarm.sum())
            fitted += int((~np.isnan(found.phi)).sum())
        return alarms, fitted

    best = cpu(benchmark, scan, len(nation), rounds=3)

    alarms, fitted = scan()
    benchmark.extra_info["CPU seconds for the nation"] = round(best * len(nation) / 1e6, 2)
    benchmark.extra_info["series fitted"] = fitted
    assert 0 < alarms < fitted


def test_a_week_of_a_province(benchmark, nation):
    """100 communes by 81 diseases, as every new report makes it: the gate first."""
    part = nation[: 100 * DISEASES]

    best = cpu(
        benchmark,
        lambda: farrington(part, Calendar(NATION_WEEKS, 52), NOUFAILY,
                           points=[NATION_WEEKS - 1], gated=True),
        len(part),
    )  # fmt: skip

    benchmark.extra_info["CPU seconds for the province"] = round(best * len(part) / 1e6, 4)
    assert best > 0


@pytest.mark.parametrize("gated", [True, False], ids=["alarms", "full-result"])
@pytest.mark.parametrize("workers", [1, 2])
def test_a_nation_this_week(benchmark, gated, workers):
    """A quarter of 3,321 communes x 81 diseases in the current week; most series are sparse.

    The time on the wall is for the quarter; CPU time is that of all threads, for the whole.
    """
    rng = np.random.default_rng(20260702)
    level = rng.lognormal(-3.2, 1.6, 3_321 * 81 // 4)[:, None]
    season = 1 + 0.8 * np.sin(2 * np.pi * np.arange(WEEKS) / 52)
    counts = rng.poisson(rng.gamma(2, level * season / 2)).astype(float)
    calendar, spent = Calendar(WEEKS, 52), []

    def scan():
        before = time.process_time()
        found = farrington(
            counts, calendar, NOUFAILY, points=[WEEKS - 1], gated=gated, workers=workers
        )
        spent.append(time.process_time() - before)
        return found

    found = benchmark.pedantic(scan, rounds=3, warmup_rounds=1)

    benchmark.extra_info["CPU seconds of the whole nation"] = round(4 * min(spent), 2)
    benchmark.extra_info["alarms in the quarter"] = int(found.alarm.sum())
    assert found.judged.any()
