"""The legal thresholds: when do the counts of a commune make an alert, an epidemic, or its end?

Codes and rules of Circular 15/2026/TT-BYT, Articles 16 and 22 (thresholds by commune and disease):

====== ============================================================================================
AL-A   one confirmed case of a group A disease: alert
AL-B1  endemic B/C: week-to-date count above mean + 1 SD of its history: alert (also above + 2 SD)
AL-B2  non-endemic B/C: 3 epidemiologically linked cases in a week: alert
EP-B1  endemic B/C: month-to-date count above mean + 2 SD of its history: epidemic
EP-B2  non-endemic B/C: 5 linked cases month-to-date: epidemic
END-B  B/C: the cumulative count of one month is back under the epidemic criterion: end
====== ============================================================================================

History is the same calendar week or month of earlier years, epidemic years left out. Where too few
usable years remain, the rule says so and the number of linked cases (AL-B2, EP-B2) is a floor.
AL-N and EP-A are decided by people and are not here.
"""

from enum import IntEnum
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from tuyen.kernel.refusal import BadInput

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]


class Limits(NamedTuple):
    """The numbers of the thresholds; they come from the rules, dated, and none is fixed here."""

    years: int  # the baseline takes at most so many usable years, the latest first
    look_back_years: int  # how many columns of history may be searched for them
    min_years: int  # with fewer usable years there is not enough data
    ddof: int  # 1: sample standard deviation
    alert_sd: float
    epidemic_sd: float
    alert_floor: float  # fewer cases than this in the week never make an AL-B1
    epidemic_floor: float  # fewer cases than this in the month never make an EP-B1
    linked_alert: float
    linked_epidemic: float


class Reason(IntEnum):
    """Why a rule was raised or not; ``key`` is the stable word for it."""

    NOT_APPLICABLE = 0  # the rule is not for this disease
    WITHIN = 1  # at or under the bound
    ABOVE_ALERT = 2  # above mean + 1 SD, not above mean + 2 SD
    ABOVE_EPIDEMIC = 3  # above mean + 2 SD
    UNDER_FLOOR = 4  # above the bound, but too few cases to mean anything
    NOT_ENOUGH_DATA = 5  # too few usable years, and linked cases do not reach their number
    LINKED_WITHOUT_HISTORY = 6  # too few usable years, and linked cases reach their number
    LINKED = 7
    NOT_LINKED = 8
    CONFIRMED = 9
    NOT_CONFIRMED = 10
    BACK_UNDER = 11  # the month is under the epidemic criterion again
    STILL_ABOVE = 12
    NO_EPIDEMIC = 13  # nothing to end
    NO_COUNT = 14  # the count itself is missing

    @property
    def key(self) -> str:
        return self.name.lower().replace("_", "-")


class Baseline(NamedTuple):
    """What the usable years of a history say; arrays of the history's shape less its last axis."""

    mean: Floats  # NaN with no usable year
    sd: Floats  # NaN with ddof usable years or fewer
    years: NDArray[np.int64]  # usable years taken


class Verdict(NamedTuple):
    """One rule for n cells (a commune and a disease), with every number that explains it."""

    code: str
    raised: Bools  # (n,)
    reason: NDArray[np.int8]  # (n,) a Reason
    observed: Floats  # (n,) the count judged; NaN where missing
    linked: Floats  # (n,) linked cases; NaN where they play no part
    mean: Floats  # (n,) these four NaN where no history plays a part
    sd: Floats
    bound: Floats  # raised above it (history) or from it on (linked, confirmed)
    upper: Floats  # mean + 2 SD
    years: NDArray[np.int64]  # (n,) usable years


def baseline(history: Floats, limits: Limits, *, epidemic: Bools | None = None) -> Baseline:
    """Mean and SD of the latest usable years of each history.

    Parameters
    ----------
    history : (..., k) float64
        Counts of the same calendar week or month, last year first; NaN where a year is missing.
    epidemic : (..., k) bool, optional
        True marks an epidemic year, which is left out.

    Notes
    -----
    Only the first ``limits.look_back_years`` columns are searched, and the first ``limits.years``
    usable ones taken. The summed history of a commune's predecessors is the caller's to give.

    Examples
    --------
    >>> law = Limits(5, 5, 5, 1, 1, 2, 3, 5, 3, 5)
    >>> mean, sd, years = baseline(np.array([[2.0, 3, 1, 4, 2]]), law)
    >>> mean[0].round(3), sd[0].round(3), years[0]
    (np.float64(2.4), np.float64(1.14), np.int64(5))
    """
    past = np.asarray(history, dtype=np.float64)[..., : limits.look_back_years]
    usable = ~np.isnan(past)
    if epidemic is not None:
        if np.shape(epidemic) != np.shape(history):
            raise BadInput(what="epidemic and history differ in shape; give one mark per year")
        usable &= ~np.asarray(epidemic, dtype=bool)[..., : limits.look_back_years]
    usable &= np.cumsum(usable, axis=-1) <= limits.years
    years = usable.sum(axis=-1)
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = np.where(usable, past, 0.0).sum(axis=-1) / np.where(years > 0, years, np.nan)
        spread = np.where(usable, np.square(past - mean[..., None]), 0.0).sum(axis=-1)
        free = years - limits.ddof
        sd = np.sqrt(spread / np.where(free > 0, free, np.nan))
    return Baseline(mean, sd, years)


def al_a(confirmed: Floats) -> Verdict:
    """AL-A: one confirmed case of a group A disease. ``confirmed``: (n,) cases of the week."""
    return _by_number("AL-A", confirmed, 1, Reason.CONFIRMED, Reason.NOT_CONFIRMED)


def al_b1(
    week_to_date: Floats,
    history: Floats,
    limits: Limits,
    *,
    epidemic: Bools | None = None,
    linked: Floats | None = None,
) -> Verdict:
    """AL-B1: the week-to-date count (n,) of an endemic disease against (n, k) same weeks."""
    return _by_history(
        "AL-B1", week_to_date, baseline(history, limits, epidemic=epidemic), limits, linked
    )


def al_b2(linked: Floats, limits: Limits) -> Verdict:
    """AL-B2: linked cases (n,) of one week, of a non-endemic disease."""
    return _by_number("AL-B2", linked, limits.linked_alert, Reason.LINKED, Reason.NOT_LINKED)


def ep_b1(
    month_to_date: Floats,
    history: Floats,
    limits: Limits,
    *,
    epidemic: Bools | None = None,
    linked: Floats | None = None,
) -> Verdict:
    """EP-B1: the month-to-date count (n,) of an endemic disease against (n, k) same months."""
    return _by_history(
        "EP-B1", month_to_date, baseline(history, limits, epidemic=epidemic), limits, linked
    )


def ep_b2(linked: Floats, limits: Limits) -> Verdict:
    """EP-B2: linked cases (n,) of the month to date, of a non-endemic disease."""
    return _by_number("EP-B2", linked, limits.linked_epidemic, Reason.LINKED, Reason.NOT_LINKED)


def end_b(in_epidemic: Bools, month: Verdict) -> Verdict:
    """END-B: an epidemic whose month is under its criterion again.

    ``month`` is the answer of :func:`ep_b1` or :func:`ep_b2` for the cumulative count of one whole
    month: give a finished month or the last 30 days, because a month just begun is always low.
    """
    known = month.reason != Reason.NO_COUNT
    reason = np.select(
        [~in_epidemic, ~known, month.raised],
        [Reason.NO_EPIDEMIC, Reason.NO_COUNT, Reason.STILL_ABOVE],
        Reason.BACK_UNDER,
    ).astype(np.int8)
    return month._replace(code="END-B", raised=reason == Reason.BACK_UNDER, reason=reason)


def only(verdict: Verdict, where: Bools) -> Verdict:
    """``verdict`` where the rule applies (n,); elsewhere not raised, reason NOT_APPLICABLE."""
    reason = np.where(where, verdict.reason, Reason.NOT_APPLICABLE).astype(np.int8)
    return verdict._replace(raised=verdict.raised & where, reason=reason)


def explain(verdict: Verdict, i: int) -> dict[str, Any]:
    """Cell ``i`` as plain values: code, raised, reason, and the numbers that play a part.

    >>> law = Limits(5, 5, 5, 1, 1, 2, 3, 5, 3, 5)
    >>> explain(al_b2(np.array([3.0]), law), 0)
    {'code': 'AL-B2', 'raised': True, 'reason': 'linked', 'values': {'observed': 3.0, 'bound': 3.0}}
    """
    numbers = ("observed", "linked", "mean", "sd", "bound", "upper")
    values: dict[str, float | int] = {
        name: float(getattr(verdict, name)[i])
        for name in numbers
        if not np.isnan(getattr(verdict, name)[i])
    }
    if verdict.code not in ("AL-A", "AL-B2", "EP-B2") and "mean" in values:
        values["years"] = int(verdict.years[i])
    return {
        "code": verdict.code,
        "raised": bool(verdict.raised[i]),
        "reason": Reason(int(verdict.reason[i])).key,
        "values": values,
    }


def _by_number(code: str, cases: Floats, needed: float, yes: Reason, no: Reason) -> Verdict:
    observed = np.asarray(cases, dtype=np.float64)
    raised = observed >= needed  # NaN >= x is False
    reason = np.select([np.isnan(observed), raised], [Reason.NO_COUNT, yes], no).astype(np.int8)
    unknown = np.full(observed.shape, np.nan)
    return Verdict(
        code, raised, reason, observed, unknown, unknown, unknown,
        np.full(observed.shape, float(needed)), unknown, np.zeros(observed.shape, dtype=np.int64),
    )  # fmt: skip


def _by_history(
    code: str, count: Floats, past: Baseline, limits: Limits, linked: Floats | None
) -> Verdict:
    weekly = code == "AL-B1"
    observed = np.asarray(count, dtype=np.float64)
    links = np.full(observed.shape, np.nan) if linked is None else np.asarray(linked, dtype=float)
    if not observed.shape == links.shape == past.mean.shape:
        raise BadInput(what=f"{code}: counts, linked cases and history differ in length")
    upper = past.mean + limits.epidemic_sd * past.sd
    bound = past.mean + limits.alert_sd * past.sd if weekly else upper
    floor = limits.alert_floor if weekly else limits.epidemic_floor
    needed = limits.linked_alert if weekly else limits.linked_epidemic

    missing = np.isnan(observed)
    enough = (past.years >= limits.min_years) & ~np.isnan(bound)
    reason = np.select(
        [
            missing,
            ~enough & (links >= needed),
            ~enough,
            observed <= bound,
            observed < floor,
            observed > upper,
        ],
        [
            Reason.NO_COUNT,
            Reason.LINKED_WITHOUT_HISTORY,
            Reason.NOT_ENOUGH_DATA,
            Reason.WITHIN,
            Reason.UNDER_FLOOR,
            Reason.ABOVE_EPIDEMIC,
        ],
        Reason.ABOVE_ALERT,
    ).astype(np.int8)
    raised = np.isin(
        reason, [Reason.LINKED_WITHOUT_HISTORY, Reason.ABOVE_EPIDEMIC, Reason.ABOVE_ALERT]
    )
    return Verdict(
        code, raised, reason, observed, links, past.mean, past.sd, bound, upper, past.years
    )
