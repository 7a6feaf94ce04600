"""Days by the calendar, in columns."""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray


class Span(NamedTuple):
    months: int = 0
    days: int = 0


def after(day: Any, months: int, days: int = 0) -> Any:
    """So many months and then days after each day (datetime64[D]); negative: before.

    A day that the month does not have is the last that it has.

    >>> str(after(np.datetime64("2026-01-31"), 1))
    '2026-02-28'
    """
    if months == 0:
        return day + np.timedelta64(days, "D")
    month = day.astype("M8[M]")
    target = month + np.timedelta64(months, "M")
    first = target.astype("M8[D]")
    longest = (target + np.timedelta64(1, "M")).astype("M8[D]") - first - np.timedelta64(1, "D")
    return first + np.minimum(day - month.astype("M8[D]"), longest) + np.timedelta64(days, "D")


def ages(born: NDArray[np.datetime64], on: np.datetime64) -> NDArray[np.int64]:
    """Completed years on a day. Who was born on 29 February is a year older on 1 March.

    >>> ages(np.array(["1980-02-29", "1980-12-01"], "M8[D]"), np.datetime64("2026-02-28")).tolist()
    [45, 45]
    """
    years = on.astype("M8[Y]").astype(np.int64) - born.astype("M8[Y]").astype(np.int64)
    ahead = _in_year(born) > _in_year(np.asarray(on, "M8[D]"))
    return np.asarray(years - ahead, np.int64)


def _in_year(day: NDArray[np.datetime64]) -> NDArray[np.int64]:
    """The place of a day in any year, by its month and day."""
    month = day.astype("M8[M]")
    of_year = month.astype(np.int64) - day.astype("M8[Y]").astype("M8[M]").astype(np.int64)
    return np.asarray(of_year * 32 + (day - month.astype("M8[D]")).astype(np.int64), np.int64)
