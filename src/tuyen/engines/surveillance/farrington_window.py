"""Which past points a point is compared with, and to which period of the year each belongs."""

import calendar as months
from datetime import date, timedelta
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from tuyen.engines.surveillance.farrington_control import Control, Floats
from tuyen.kernel.refusal import BadInput

Ints = NDArray[np.int64]
Days = NDArray[np.datetime64]


class Calendar(NamedTuple):
    """The periods that a batch of series shares."""

    points: int
    frequency: int  # periods in a year: 365, 52 or 12
    days: Days | None = None  # (points,) datetime64[D], ascending; None: counted periods


class Window(NamedTuple):
    """The baseline of one point."""

    rows: Ints  # (k,) places in the series, ascending
    level: Ints  # (k,) period of the year, 0 ... levels - 1; the last one holds the point itself
    time: Floats  # (k,) in periods
    now: float  # time of the point itself
    levels: int


def window(calendar: Calendar, t: int, control: Control) -> Window | None:
    """The baseline of point ``t`` (from 0); None where an anniversary lies before the series.

    Level ``noPeriods`` is the window of ``w`` points around each anniversary and the half window
    before the point; each gap between two anniversaries is cut into ``noPeriods - 1`` blocks, the
    remainder going to the first ones. With ``noPeriods`` 1 only the windows are used. The last
    ``pastWeeksNotIncluded`` points and the current one are left out.

    Source: Noufaily et al., Stat Med 2013; 32: 1206-1222, section 3.3, and the manual page of
    ``farringtonFlexible`` in R's *surveillance*.
    """
    anchors = anniversaries(calendar, t, control.b)
    if anchors is None or anchors[0] - control.w < 0:
        return None
    last = control.no_periods - 1
    until = t - control.excluded
    starts, sizes, labels = [], [], []
    for anchor, following in zip(anchors, [*anchors[1:], None], strict=True):
        first = anchor - control.w
        inside = (t if following is None else anchor + control.w) - first + 1
        starts.append(first)
        sizes.append(inside)
        labels.append(last)
        if following is not None and last > 0:
            first += inside
            for block, size in enumerate(_blocks(following - control.w - first, last)):
                starts.append(first)
                sizes.append(size)
                labels.append(block)
                first += size
    rows = np.concatenate([np.arange(s, s + n) for s, n in zip(starts, sizes, strict=True)])
    level = np.repeat(np.array(labels, dtype=np.int64), np.maximum(sizes, 0))
    keep = rows < until
    kept = rows[keep].astype(np.int64)
    time, now = _time(calendar, kept, t)
    return Window(kept, level[keep], time, now, last + 1)


def _blocks(length: int, blocks: int) -> list[int]:
    """Sizes of ``blocks`` that make up ``length`` points; the first ones take the remainder."""
    size, more = divmod(max(length, 0), blocks)
    return [size + (block < more) for block in range(blocks)]


def anniversaries(calendar: Calendar, t: int, years: int) -> list[int] | None:
    """Places of ``t`` and its anniversaries, oldest first; None where one is not in the series.

    Dates go back by calendar years (29 February becomes 1 March) and, for weeks, to the nearest
    same weekday, so that a year of 53 weeks moves nothing; counted periods go back by
    ``frequency`` steps.
    """
    if calendar.days is None:
        first = t - years * calendar.frequency
        return list(range(first, t + 1, calendar.frequency)) if first >= 0 else None
    today = calendar.days[t].astype(object)
    places = [t]
    for back in range(1, years + 1):
        day = _years_before(today, back)
        if calendar.frequency == 52:
            away = (today.weekday() - day.weekday() + 3) % 7 - 3
            day += timedelta(days=away)
        at = int(np.searchsorted(calendar.days, np.datetime64(day, "D")))
        if at >= calendar.points or calendar.days[at] != np.datetime64(day, "D"):
            return None
        places.append(at)
    return places[::-1]


def _years_before(day: date, years: int) -> date:
    year = day.year - years
    if (day.month, day.day) == (2, 29) and not months.isleap(year):
        return date(year, 3, 1)
    return day.replace(year=year)


def _time(calendar: Calendar, rows: Ints, t: int) -> tuple[Floats, float]:
    """Time of the baseline and of the point, in (first) periods: from the first row, or the index."""
    if calendar.days is None or rows.size == 0:
        return rows.astype(np.float64) + 1.0, float(t + 1)
    days = calendar.days.astype("datetime64[D]").astype(np.float64)
    step = days[1] - days[0]
    time: Floats = (days[rows] - days[rows[0]]) / step
    return time, float((days[t] - days[rows[0]]) / step)


def check(calendar: Calendar) -> None:
    """Raise :class:`BadInput` where the calendar contradicts itself."""
    if calendar.frequency not in (365, 52, 12):
        raise BadInput(what=f"frequency is {calendar.frequency}; use 365, 52 or 12")
    if calendar.days is not None and calendar.days.shape != (calendar.points,):
        raise BadInput(what=f"days has shape {calendar.days.shape}; give one per point")
