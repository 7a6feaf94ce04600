"""Exponential smoothing and ARIMA of a kept library, made into counts.

The library (statsmodels) fits the logarithm of the counts after a season of harmonics was taken
out: a seasonal model of 52 weeks takes seconds a series, this one a fifth of a second. What comes
back is a level for each horizon; the spread is that of counts, from how wrong the same model was.
"""

import warnings
from collections.abc import Callable
from typing import Any, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from tuyen.engines.surveillance.autoregression import Fitted, Speeds
from tuyen.engines.surveillance.level import spread
from tuyen.kernel.refusal import BadInput

Floats = NDArray[np.float64]
Kind = Literal["ets", "arima"]

SHORTEST = 30  # periods to be fitted: fewer do not tell one model from another
_RIDGE = 4.0  # of a harmonic, in periods; grows with the square of its number
_HALF_LIFE = 156.0  # weeks after which an error counts half in the spread
_ORDERS = ((0, 1, 1), (1, 0, 1), (2, 1, 1))
_DAMPED = (False, True)  # exponential smoothing without a trend, and with one that fades


class _Path(NamedTuple):
    """Of one series: logarithms predicted from each origin 1 ... m, (m, h)."""

    ahead: Floats
    criterion: float  # Akaike's, corrected: less is better


def classical(
    counts: Floats, horizon: int, kind: Kind, speeds: Speeds, *, untils: list[int]
) -> list[Fitted]:
    """Predict from each of ``untils`` (a rising list) and the origins after it, as fitted there.

    The form of the model (damped trend or none; order of differences and lags) is the one with the
    least corrected information criterion at the first of ``untils``; its parameters are estimated
    anew at each. A missing count takes the place of the one before it.

    Parameters
    ----------
    counts : (s, m) float64
        Whole counts, oldest first; NaN is missing.
    kind : "ets" or "arima"
        Exponential smoothing with additive errors, or an autoregression of moving averages.
    untils : list of int
        As in :func:`~tuyen.engines.surveillance.autoregression.autoregressions`.

    Raises
    ------
    BadInput
        If there are fewer than 30 periods before the first of ``untils``.

    Notes
    -----
    About 0.2 s a fit and series on one core. Sources: Hyndman et al., Forecasting with Exponential
    Smoothing, 2008; Box and Jenkins, Time Series Analysis, 1970; harmonics for long seasons: Hyndman
    and Athanasopoulos, Forecasting: Principles and Practice, 2021, 12.1.
    """
    counts = np.asarray(counts, dtype=np.float64)
    if untils[0] < SHORTEST:
        raise BadInput(what=f"{untils[0]} periods; {kind} needs {SHORTEST}")
    series, length = counts.shape
    ends = [*untils[1:], length + 1]
    fits = [
        Fitted(np.empty((series, end - until, horizon)), np.empty((series, horizon)))
        for until, end in zip(untils, ends, strict=True)
    ]
    for s in range(series):
        form: Any = None
        for (mean, size), until, end in zip(fits, untils, ends, strict=True):
            form, mean[s], size[s] = _one(counts[s], horizon, kind, speeds, until, end, form)
    return fits


def _one(
    counts: Floats, horizon: int, kind: Kind, speeds: Speeds, until: int, end: int, form: Any
) -> tuple[Any, Floats, Floats]:
    """Form of the model, means (end - until, h) and size (h,) of one series."""
    there = ~np.isnan(counts)
    last = np.maximum.accumulate(np.where(there, np.arange(counts.size), 0))
    logs = np.log1p(np.nan_to_num(counts[last]))
    wave = _season(logs, there, horizon, speeds, until)
    rest = (logs - wave[: counts.size])[: end - 1]
    form, path = _fitted(rest, horizon, kind, until, form)
    origins = np.arange(1, end)
    later = origins[:, None] + np.arange(horizon)
    level = np.expm1(np.clip(path.ahead + wave[later], 0.0, 17.0))
    mean, size = np.empty((end - until, horizon)), np.empty(horizon)
    for h in range(1, horizon + 1):
        known = slice(speeds.means[0], until - h)  # origins whose outcome had come by ``until``
        before, came = level[known, h - 1], counts[later[known, h - 1]]
        half = _HALF_LIFE * speeds.year / 52.18
        weight = ~np.isnan(came) * 0.5 ** (np.arange(came.size)[::-1] / half)
        came = np.nan_to_num(came)
        # The exponential of a mean logarithm is a median: what came says how much more is needed.
        up = ((weight * came).sum() + 0.5) / ((weight * before).sum() + 0.5)
        up = min(max(up, 0.5), 3.0)
        mean[:, h - 1] = np.maximum(level[until - 1 :, h - 1] * up, 1e-6)
        size[h - 1] = spread(came[None], before[None] * up, weight[None])[0]
    return form, mean, size


def _season(
    logs: Floats, there: NDArray[np.bool_], horizon: int, speeds: Speeds, until: int
) -> Floats:
    """The yearly (and, for days, weekly) wave (m + h,) of the logarithms before ``until``."""
    t = np.arange(logs.size + horizon)
    columns, ridge = [np.ones(t.size), t / max(until, 1)], [0.0, 1.0]
    waves = [(speeds.year, k) for k in range(1, speeds.harmonics)] if until >= speeds.year else []
    waves += [(7.0, k) for k in (1, 2, 3)] if speeds.weekly else []
    for period, k in waves:
        turn = 2 * np.pi * k * t / period
        columns += [np.sin(turn), np.cos(turn)]
        ridge += [_RIDGE * k * k] * 2
    x = np.stack(columns, axis=1)
    known = x[:until][there[:until]]
    curve = known.T @ known + np.diag(ridge) + 1e-9 * np.eye(len(ridge))
    beta = np.linalg.solve(curve, known.T @ logs[:until][there[:until]])
    beta[:2] = 0.0  # level and trend are the model's affair
    return np.asarray(x @ beta)


def _fitted(rest: Floats, horizon: int, kind: Kind, until: int, form: Any) -> tuple[Any, _Path]:
    """Fit before ``until``; carry the parameters over all of ``rest``."""
    with warnings.catch_warnings():
        # A fit that stops early is a fit; the criterion and the replayed score judge it.
        warnings.simplefilter("ignore")
        make: Callable[[Floats, int, int, Any], _Path] = _smoothed if kind == "ets" else _arima
        forms: list[Any] = (
            [form] if form is not None else list(_DAMPED if kind == "ets" else _ORDERS)
        )
        if np.ptp(rest[:until]) < 1e-9:  # nothing ever moved: nothing is to be estimated
            return None, _Path(np.repeat(rest[:, None], horizon, axis=1), 0.0)
        paths = [make(rest, horizon, until, one) for one in forms]
    best = int(np.argmin([path.criterion for path in paths]))
    return forms[best], paths[best]


def _smoothed(rest: Floats, horizon: int, until: int, damped: bool) -> _Path:
    from statsmodels.tsa.exponential_smoothing.ets import ETSModel  # 2.5 s: only where asked for

    form: dict[str, Any] = {"error": "add", "seasonal": None}
    form |= {"trend": "add", "damped_trend": True} if damped else {}
    found = ETSModel(rest[:until], **form).fit(disp=False, maxiter=100)
    run = ETSModel(rest, **form).smooth(found.params)
    states = np.asarray(run.states).reshape(rest.size, -1)
    ahead = np.repeat(states[:, :1], horizon, axis=1)
    if damped:
        fade = float(found.damping_trend)
        ahead = ahead + states[:, 1:2] * np.cumsum(fade ** np.arange(1, horizon + 1))
    return _Path(ahead, _finite(found.aicc))


def _arima(rest: Floats, horizon: int, until: int, order: tuple[int, int, int]) -> _Path:
    from statsmodels.tsa.arima.model import ARIMA

    trend = "n" if order[1] else "c"
    try:
        found = ARIMA(rest[:until], order=order, trend=trend).fit(
            method="innovations_mle", cov_type="none"
        )
        run = ARIMA(rest, order=order, trend=trend).filter(found.params)
    except (ValueError, np.linalg.LinAlgError):  # no such model of this series: take another
        return _Path(np.repeat(rest[:, None], horizon, axis=1), np.inf)
    space = run.model.ssm
    move, read = space["transition"], space["design"][0]
    always = float(np.asarray(space["obs_intercept"]).ravel()[-1])
    step = np.asarray(space["state_intercept"]).reshape(move.shape[0], -1)[:, -1]
    state = np.asarray(run.predicted_state)[:, 1:]  # (k, m) of the period after each origin
    ahead = np.empty((rest.size, horizon))
    for h in range(horizon):
        ahead[:, h] = read @ state + always
        state = move @ state + step[:, None]
    return _Path(np.where(np.isfinite(ahead), ahead, rest[:, None]), _finite(found.aicc))


def _finite(criterion: float) -> float:
    return float(criterion) if np.isfinite(criterion) else np.inf
