"""How often an alarm is false, and how often an outbreak is seen: 42 scenarios, small version.

The protocol of Noufaily et al. (Stat Med 2013; 32: 1206-1222), with our own seven levels: each with
and without a trend, and with no, one or two yearly waves; 624 weeks, of which the last 49 are
judged; four outbreaks in the years before, and one among the judged weeks in half of the series.
FPR: alarms per judged week without an outbreak. POD: outbreaks with at least one alarm. The figures
are kept in ``extra_info``; they rank rules, and say little of any one country.
"""

import csv
import shutil
import subprocess
import time
from typing import NamedTuple

import numpy as np
import pytest

from tuyen.engines.surveillance.ears import ears
from tuyen.engines.surveillance.farrington import farrington
from tuyen.engines.surveillance.farrington_control import Control
from tuyen.engines.surveillance.farrington_window import Calendar

WEEKS, FIRST, REPLICATES = 624, 575, 40
#: Log level, log slope per week, cosine and sine of a wave, dispersion.
LEVELS = [
    (0.1, 0.0025, 0.6, 0.6, 1.5),
    (-2.0, 0.005, 0.1, 0.3, 2.0),
    (1.5, 0.003, 0.2, -0.4, 1.0),
    (0.5, 0.002, 0.5, 0.5, 5.0),
    (2.5, 0.001, 1.0, 0.1, 3.0),
    (3.75, 0.001, 0.1, -0.1, 1.1),
    (5.0, 0.0001, 0.05, 0.01, 1.2),
]
DELTA = Control(no_periods=10, past_weeks_not_included=26, alpha=0.01)
NOUFAILY = DELTA._replace(threshold_method="nbPlugin", p_threshold_trend=1.0)
MUAN = DELTA._replace(threshold_method="muan", p_threshold_trend=1.0)
R_CONTROLS = {
    name: f"b=5,w=3,reweight=TRUE,weightsThreshold=2.58,alpha=0.01,trend=TRUE,pThresholdTrend={p},"
    "limit54=c(5,4),noPeriods=10,pastWeeksNotIncluded=26,glmWarnings=FALSE,"
    f'thresholdMethod="{name}"'
    for name, p in (("nbPlugin", 1), ("delta", 0.05))
}
RULES = {"delta": DELTA, "nbPlugin": NOUFAILY, "muan": MUAN, "defaults of R": Control()}


class Simulated(NamedTuple):
    counts: np.ndarray  # (n, 624)
    struck: np.ndarray  # (n, 49) a case of the current outbreak falls into this week
    begun: np.ndarray  # (n, 49) the first of these weeks


@pytest.fixture(scope="module")
def protocol():
    rng = np.random.default_rng(42)
    weeks = np.arange(1, WEEKS + 1)
    counts, struck = [], []
    for theta, slope, cosine, sine, phi in LEVELS:
        for beta in (0.0, slope):
            for waves in (0, 1, 2):
                turn = [2 * np.pi * (j + 1) * weeks / 52 for j in range(waves)]
                wave = sum((cosine * np.cos(a) + sine * np.sin(a) for a in turn), start=0.0)
                mean = np.exp(theta + beta * weeks + wave)
                for _ in range(REPLICATES):
                    counts.append(noise(rng, mean, phi))
                    struck.append(outbreaks(rng, counts[-1], mean, phi))
    hit = np.array(struck)
    first = hit & (np.cumsum(hit, axis=1) == 1)
    return Simulated(np.array(counts, dtype=float), hit, first)


def noise(rng, mean, phi):
    if phi == 1:
        return rng.poisson(mean)
    return rng.negative_binomial(mean / (phi - 1), 1 / phi)


def outbreaks(rng, counts, mean, phi):
    """Add four outbreaks to the past, and one to the judged weeks of every other series."""
    for _ in range(4):
        strike(rng, counts, mean, phi, int(rng.integers(312, FIRST - 26)), WEEKS)
    hit = np.zeros(WEEKS - FIRST, dtype=bool)
    if rng.random() < 0.5:
        before = counts.copy()
        strike(rng, counts, mean, phi, int(rng.integers(FIRST, WEEKS - 8)), WEEKS)
        hit = (counts - before)[FIRST:] > 0
    return hit


def strike(rng, counts, mean, phi, start, end):
    """Poisson with mean 2 to 10 standard deviations, spread over weeks by a log-normal law."""
    size = rng.poisson(rng.integers(2, 11) * np.sqrt(phi * mean[start]))
    for delay in np.floor(rng.lognormal(0, 0.5, size)).astype(int):
        if start + delay < end:
            counts[start + delay] += 1


def measured(benchmark, alarm, protocol):
    """False positives per week, outbreaks seen, alarms that are right, all in percent."""
    quiet = ~protocol.struck.any(axis=1)
    has = ~quiet
    seen = (alarm & protocol.struck).any(axis=1)
    at_once = (alarm & protocol.begun).any(axis=1)
    figures = {
        "FPR %": alarm[quiet].mean() * 100,
        "POD %": seen[has].mean() * 100,
        "seen in week 1 %": at_once[has].mean() * 100,
        "PPV %": (alarm & protocol.struck).sum() / max(alarm.sum(), 1) * 100,
    }
    benchmark.extra_info |= {name: round(float(value), 2) for name, value in figures.items()}
    per_level = alarm.reshape(len(LEVELS), -1, alarm.shape[1])
    still = quiet.reshape(len(LEVELS), -1)
    rates = [level[rest].mean() * 100 for level, rest in zip(per_level, still, strict=True)]
    benchmark.extra_info["FPR % by level"] = [round(float(rate), 2) for rate in rates]
    return figures


@pytest.mark.parametrize("mode", ["corrected", "r_compat"])
@pytest.mark.parametrize("name", RULES)
def test_farrington_on_42_scenarios(benchmark, protocol, name, mode):
    points = range(FIRST, WEEKS)
    calendar = Calendar(WEEKS, 52)

    found = benchmark.pedantic(
        lambda: farrington(protocol.counts, calendar, RULES[name], points=points, mode=mode),
        rounds=1,
    )

    figures = measured(benchmark, found.alarm, protocol)
    benchmark.extra_info["trend kept %"] = round(float(found.trend.mean() * 100), 1)
    assert figures["FPR %"] < figures["POD %"]


@pytest.mark.parametrize("name", ["nbPlugin", "delta"])
def test_r_beside_us_on_every_tenth_replicate(benchmark, protocol, name, tmp_path):
    """R's ``farringtonFlexible`` and both our modes on the same series: accuracy and CPU time."""
    if shutil.which("Rscript") is None:
        pytest.skip("R is not installed")
    asked = ["Rscript", "-e", "stopifnot(requireNamespace('surveillance'))"]
    if subprocess.run(asked, capture_output=True, check=False).returncode:
        pytest.skip("R has no package surveillance")
    few = Simulated(*(part[:: REPLICATES // 4] for part in protocol))
    with (tmp_path / "counts.csv").open("w", newline="") as file:
        csv.writer(file).writerows(few.counts.T.astype(int).tolist())
    control = R_CONTROLS[name]
    program = (
        "suppressMessages(library(surveillance));"
        f"y<-as.matrix(read.csv('{tmp_path}/counts.csv',header=FALSE));"
        "s<-sts(y,start=c(2010,1),frequency=52);"
        f"t<-system.time(r<-farringtonFlexible(s,control=list(range={FIRST + 1}:{WEEKS},{control})));"
        f"write.csv(1*alarms(r),'{tmp_path}/alarms.csv',row.names=FALSE);"
        "cat(t[['user.self']]+t[['sys.self']])"
    )

    done = benchmark.pedantic(
        lambda: subprocess.run(
            ["Rscript", "-e", program], capture_output=True, text=True, check=True
        ),
        rounds=1,
    )

    with (tmp_path / "alarms.csv").open(newline="") as file:
        theirs = np.array([[float(cell) for cell in row] for row in list(csv.reader(file))[1:]]).T
    points = theirs.size
    figures = measured(benchmark, theirs > 0, few)
    of_r = {"R": dict(benchmark.extra_info)}
    of_r["R"]["CPU us per series-week"] = round(float(done.stdout) / points * 1e6, 1)
    for mode in ("r_compat", "corrected"):
        farrington(few.counts[:2], Calendar(WEEKS, 52), RULES[name], points=[FIRST], mode=mode)
        before = time.thread_time()
        found = farrington(
            few.counts, Calendar(WEEKS, 52), RULES[name], points=range(FIRST, WEEKS), mode=mode
        )
        spent = time.thread_time() - before
        benchmark.extra_info.clear()
        measured(benchmark, found.alarm, few)
        of_r[mode] = dict(benchmark.extra_info)
        of_r[mode]["CPU us per series-week"] = round(spent / points * 1e6, 2)
        of_r[mode]["alarms other than R's"] = int((found.alarm != (theirs > 0)).sum())
    benchmark.extra_info.clear()
    benchmark.extra_info.update(of_r)
    assert figures["FPR %"] < figures["POD %"]


@pytest.mark.parametrize("method", ["C1", "C2", "C3"])
def test_ears_on_42_scenarios(benchmark, protocol, method):
    found = benchmark.pedantic(lambda: ears(protocol.counts, method), rounds=1)

    figures = measured(benchmark, found.alarm[:, FIRST:], protocol)
    assert figures["FPR %"] < figures["POD %"]


@pytest.mark.parametrize("mode", ["corrected", "r_compat"])
def test_a_trend_that_is_not_there(benchmark, mode):
    """Of 10,000 series without a trend, 260 weeks, phi 2: how many get one at a level of 5 %?"""
    rng = np.random.default_rng(43)
    calendar, points = Calendar(266, 52), [265]

    def rates():
        found = {}
        for mean in (0.5, 1, 2, 5, 10, 20, 50):
            counts = rng.negative_binomial(mean, 0.5, (10_000, 266)).astype(float)
            kept = farrington(counts, calendar, DELTA, points=points, mode=mode).trend.mean()
            found[f"mean {mean:g}"] = round(float(kept) * 100, 2)
        return found

    found = benchmark.pedantic(rates, rounds=1)

    benchmark.extra_info["false trends %"] = found
    assert len(found) == 7
