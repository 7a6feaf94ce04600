"""What Farrington's flexible detector is asked for, and why a point may have no answer."""

from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from tuyen.kernel.refusal import BadInput

Mode = Literal["corrected", "r_compat"]
Floats = NDArray[np.float64]

FIT_FUN = "algo.farrington.fitGLM.flexible"
POWERS = {"2/3": 2 / 3, "1/2": 0.5, "none": 1.0}
THRESHOLDS = ("delta", "nbPlugin", "muan")

#: One code per point; 0 is an answer, the others say why there is none or why it raises no alarm.
REASONS = (
    "judged",
    "few-cases",  # the gate limit54 is closed: no bound, no alarm
    "gap-near-now",  # a missing count in the weeks of the gate closes it
    "not-reported",  # the count itself is missing
    "short-history",  # an anniversary lies before the first point
    "few-points",  # fewer counts in the baseline than the model has parameters
    "all-zero",  # not one case in the baseline: R has no solution here
    "no-population",  # a population is missing or zero, and the offset needs it
    "not-converged",  # neither the model with a trend nor the one without it converged
    "overflow",  # the bound is beyond floating point: an all-zero period under muan
)
CODE = {reason: number for number, reason in enumerate(REASONS)}


class Control(NamedTuple):
    """The control list of R's ``farringtonFlexible``, with its defaults."""

    b: int = 5
    w: int = 3
    reweight: bool = True
    weights_threshold: float = 2.58
    alpha: float = 0.05
    trend: bool = True
    p_threshold_trend: float = 0.05
    limit54: tuple[float, int] = (5, 4)
    powertrans: str = "2/3"
    population_offset: bool = False
    no_periods: int = 1
    past_weeks_not_included: int | None = None  # None: as many as w
    threshold_method: str = "delta"
    fit_fun: str = FIT_FUN

    @property
    def excluded(self) -> int:
        """Points before the current one that are left out of the baseline."""
        return self.w if self.past_weeks_not_included is None else self.past_weeks_not_included


def check(control: Control) -> None:
    """Raise :class:`BadInput` for the first value that is out of its range."""
    cases, weeks = control.limit54
    wrong = [
        (control.b < 1, "b", control.b, "1 year or more"),
        (control.w < 0, "w", control.w, "0 or more"),
        (not control.weights_threshold > 0, "weightsThreshold", control.weights_threshold, "above 0"),
        (not 0 < control.alpha < 1, "alpha", control.alpha, "between 0 and 1"),
        (not 0 <= control.p_threshold_trend <= 1, "pThresholdTrend", control.p_threshold_trend,
         "from 0 to 1"),
        (not (cases >= 0 and weeks >= 1), "limit54", control.limit54, "cases from 0, points from 1"),
        (control.powertrans not in POWERS, "powertrans", control.powertrans, ", ".join(POWERS)),
        (control.no_periods < 1, "noPeriods", control.no_periods, "1 or more"),
        (control.excluded < 0, "pastWeeksNotIncluded", control.excluded, "0 or more"),
        (control.threshold_method not in THRESHOLDS, "thresholdMethod", control.threshold_method,
         ", ".join(THRESHOLDS)),
        (control.fit_fun != FIT_FUN, "fitFun", control.fit_fun, FIT_FUN),
    ]  # fmt: skip
    for is_wrong, name, value, expected in wrong:
        if is_wrong:
            raise BadInput(what=f"{name} is {value!r}; expected {expected}")
