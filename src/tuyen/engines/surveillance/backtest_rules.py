"""The detectors as rules of a back-test: one score for each series and week, higher is more alarming.

Each function makes a :data:`~tuyen.engines.surveillance.backtest.Rule`. Week t is judged on weeks up to
t; NaN is a week that the detector does not judge, and does not ring.
"""

import numpy as np
from numpy.typing import NDArray

from tuyen.engines.surveillance.as_of import Reports, as_of
from tuyen.engines.surveillance.backtest import Floats, Ints, Rule
from tuyen.engines.surveillance.calibration import Calibrator, chance
from tuyen.engines.surveillance.ears import Method, ears
from tuyen.engines.surveillance.evidence import Outbreaks, Surroundings, evidence
from tuyen.engines.surveillance.farrington import farrington
from tuyen.engines.surveillance.farrington_control import CODE, Control
from tuyen.engines.surveillance.farrington_window import Calendar
from tuyen.engines.surveillance.law import Limits
from tuyen.engines.surveillance.law_scan import law_scan

#: The threshold each rule is used with where nobody has chosen another.
USUAL = {"farrington": 2.0, "ears-c1": 3.09, "ears-c2": 3.09, "ears-c3": 1.96, "law": 1.0,
         "chance": 0.5}  # fmt: skip


def farrington_rule(control: Control, frequency: int = 52) -> Rule:
    """Score: -log10 of the p-value where the gate is open; 2 is p = 0.01. See ``farrington``."""

    def rule(counts: Floats, points: Ints, series: Ints) -> Floats:
        calendar = Calendar(counts.shape[1], frequency)
        found = farrington(counts, calendar, control, points=points, gated=True)
        with np.errstate(divide="ignore"):
            score = -np.log10(np.clip(found.pvalue, 1e-300, 1.0)) + 0.0  # not minus 0
        closed = np.where(found.judged, -np.inf, np.nan)  # too few cases lately: judged, and quiet
        return np.where(found.reason == CODE["judged"], score, closed)

    return rule


def ears_rule(method: Method, baseline: int = 7) -> Rule:
    """Score: standard deviations above the mean of the baseline; of C3, the excess of two weeks.

    Where the baseline does not vary, any count above it is infinitely many deviations away.
    """

    def rule(counts: Floats, points: Ints, series: Ints) -> Floats:
        found = ears(counts, method, baseline=baseline)
        z = _deviations(counts, found.expected, found.sd)
        if method == "C3":
            excess = np.maximum(0.0, z - 1.0)
            z = np.full_like(z, np.nan)
            z[:, 2:] = excess[:, 1:-1] + excess[:, :-2]
        return z[:, points]

    return rule


def law_rule(limits: Limits, earlier: Ints) -> Rule:
    """Score: standard deviations above the mean of the same week of earlier years (AL-B1: 1).

    ``earlier`` (m, years): where the same week of each earlier year stands, as in ``law_scan``.
    """

    def rule(counts: Floats, points: Ints, series: Ints) -> Floats:
        found = law_scan(counts, earlier[: counts.shape[1]], limits, k=1.0)
        return _deviations(counts, found.expected, found.sd)[:, points]

    return rule


def chance_rule(
    calibrator: Calibrator, disease: Ints, region: Ints, around: Surroundings, *,
    told: NDArray[np.bool_] | None = None, least: int = 3, outbreaks: Outbreaks | None = None,
) -> Rule:  # fmt: skip
    """Score: the calibrated chance of an outbreak; 0 where a week is not worth a look.

    ``disease`` and ``region`` (n,) of all series; ``around`` of all; ``told`` (n, m).
    """

    def rule(counts: Floats, points: Ints, series: Ints) -> Floats:
        found = evidence(
            np.nan_to_num(counts).astype(np.uint16), disease[series], region[series], points,
            told=None if told is None else told[series], least=least, around=around,
            outbreaks=outbreaks,
        )  # fmt: skip
        score = np.zeros((counts.shape[0], len(points)))
        column = np.searchsorted(points, found.point)
        score[found.series, column] = chance(calibrator, found.values)
        return score

    return rule


def scored_as_of(
    rule: Rule, reports: Reports, points: Ints, *, missing: NDArray[np.bool_] | None = None
) -> Floats:
    """Score (n, p) each series at each point on what was known at that point, and on nothing else.

    ``missing`` (n, m): weeks of which a series never reported.
    """
    points = np.asarray(points, dtype=np.int64)
    n = reports.cases.shape[0]
    score = np.full((n, points.size), np.nan)
    for place, t in enumerate(points.tolist()):
        known = as_of(reports, t)
        if missing is not None:
            known[missing[:, : t + 1]] = np.nan
        score[:, place] = rule(known, np.array([t]), np.arange(n))[:, 0]
    return score


def _deviations(counts: Floats, mean: Floats, sd: Floats) -> Floats:
    with np.errstate(invalid="ignore", divide="ignore"):
        z = (counts - mean) / sd
    flat = np.where(counts > mean, np.inf, 0.0)
    return np.where(np.isnan(counts + mean + sd), np.nan, np.where(sd > 0, z, flat))
