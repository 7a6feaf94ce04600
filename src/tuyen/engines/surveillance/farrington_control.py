"""What Farrington's flexible detector is asked for, and why a point may have no answer."""

from collections.abc import Mapping
from typing import Any, Literal, NamedTuple

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


_NAMES = {
    "weightsThreshold": "weights_threshold",
    "pThresholdTrend": "p_threshold_trend",
    "populationOffset": "population_offset",
    "noPeriods": "no_periods",
    "pastWeeksNotIncluded": "past_weeks_not_included",
    "thresholdMethod": "threshold_method",
    "fitFun": "fit_fun",
}
_WHOLE = {"b", "w", "noPeriods", "pastWeeksNotIncluded"}
_SWITCHES = {"reweight", "trend", "populationOffset"}
_WORDS = {"powertrans", "thresholdMethod", "fitFun"}
_NUMBERS = {"weightsThreshold", "alpha", "pThresholdTrend"}
#: Keys of R's list that change no answer, and the range, which is asked for elsewhere.
_IGNORED = {"verbose", "glmWarnings", "range"}


def named(given: Mapping[str, Any]) -> Control:
    """A control list with the names of R (``noPeriods``, ``pThresholdTrend``, ...).

    Raises :class:`BadInput` for a name that R does not have, or a value of another kind.
    """
    values: dict[str, Any] = {}
    for name, value in given.items():
        if name in _IGNORED or (name == "pastWeeksNotIncluded" and value is None):
            continue
        values[_NAMES.get(name, name)] = _value(name, value)
    control = Control(**values)
    check(control)
    return control


def _value(name: str, value: Any) -> Any:
    number = isinstance(value, int | float) and not isinstance(value, bool)
    if name in _WHOLE:
        good, expected = number and value == int(value), "a whole number"
    elif name in _SWITCHES:
        good, expected = isinstance(value, bool), "true or false"
    elif name in _WORDS:
        good, expected = isinstance(value, str), "a word"
    elif name in _NUMBERS:
        good, expected = number, "a number"
    elif name == "limit54":
        good = isinstance(value, list | tuple) and len(value) == 2
        good = good and all(isinstance(one, int | float) and one == int(one) for one in value)
        expected = "two whole numbers, cases and weeks"
    else:
        known = ", ".join(sorted(_WHOLE | _SWITCHES | _WORDS | _NUMBERS | {"limit54"}))
        raise BadInput(what=f"{name} is not a control of farringtonFlexible; it has {known}")
    if not good:
        raise BadInput(what=f"{name} is {value!r}; expected {expected}")
    if name == "limit54":
        return float(value[0]), int(value[1])
    return int(value) if name in _WHOLE else float(value) if name in _NUMBERS else value


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
