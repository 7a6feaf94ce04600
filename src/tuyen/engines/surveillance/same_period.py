"""Which points of a series are the same calendar week or month of earlier years?"""

from typing import Literal

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Days = NDArray[np.datetime64]


def same_period(first_days: Days, kind: Literal["week", "month"], years: int) -> Ints:
    """Index of the same week or month of each of the last ``years`` years; -1 where absent.

    Parameters
    ----------
    first_days : (m,) datetime64[D]
        First day of each period, ascending. A week belongs to the ISO year and week of its fourth
        day, so weeks that begin on Sunday or Thursday have a number too.

    Returns
    -------
    (m, years) int64
        Column j holds j + 1 years back.

    Notes
    -----
    Week 53 is compared with the last week of each year: 53 where the year has one, else 52.
    """
    year, number = iso_week(first_days) if kind == "week" else _month(first_days)
    key = year * 100 + number
    columns = []
    for back in range(1, years + 1):
        earlier = year - back
        same = np.minimum(number, weeks_in(earlier)) if kind == "week" else number
        wanted = earlier * 100 + same
        at = np.minimum(np.searchsorted(key, wanted), key.size - 1)
        columns.append(np.where(key[at] == wanted, at, -1))
    return np.stack(columns, axis=1)


def same_step(points: int, frequency: int, years: int) -> Ints:
    """The same for undated points, ``frequency`` of which make a year: (points, years) indices."""
    back = np.arange(points)[:, None] - frequency * np.arange(1, years + 1)[None, :]
    return np.maximum(back, -1)


def iso_week(first_days: Days) -> tuple[Ints, Ints]:
    """ISO year and week of the fourth day of each week.

    >>> iso_week(np.array(["2025-12-29", "2026-12-28"], "M8[D]"))
    (array([2026, 2026]), array([ 1, 53]))
    """
    fourth = first_days.astype("datetime64[D]") + np.timedelta64(3, "D")
    weekday = (fourth.astype(np.int64) + 3) % 7  # 1970-01-01 was a Thursday; Monday is 0
    thursday = fourth + (3 - weekday).astype("timedelta64[D]")
    january = thursday.astype("datetime64[Y]")
    week = (thursday - january.astype("datetime64[D]")).astype(np.int64) // 7 + 1
    return january.astype(np.int64) + 1970, week


def weeks_in(year: Ints) -> Ints:
    """52 or 53: the ISO week of 28 December, which always lies in the last week of its year."""
    christmas = (year - 1970).astype("datetime64[Y]").astype("datetime64[D]") + (
        np.where(_is_leap(year), 362, 361).astype("timedelta64[D]")
    )
    weekday = (christmas.astype(np.int64) + 3) % 7
    return iso_week(christmas - weekday.astype("timedelta64[D]"))[1]


def _is_leap(year: Ints) -> NDArray[np.bool_]:
    return (year % 4 == 0) & ((year % 100 != 0) | (year % 400 == 0))


def _month(first_days: Days) -> tuple[Ints, Ints]:
    months = first_days.astype("datetime64[M]").astype(np.int64)
    return months // 12 + 1970, months % 12 + 1
