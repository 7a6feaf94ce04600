"""What was known on a day: counts by reference date and delay, seen as of that day only."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from tuyen.kernel.refusal import BadInput

Floats = NDArray[np.float64]
Days = NDArray[np.int64]


class Triangle(NamedTuple):
    """Counts of one series by reference period and delay, as of one day."""

    first: int  # the first reference period
    as_of: int  # the last one, and the last report counted
    counts: Floats  # (m, delays + 1); NaN where the report would come after ``as_of``


def reporting_triangle(
    reference: Days, report: Days, as_of: int, delays: int, *, first: int | None = None,
    cases: Floats | None = None,
) -> Triangle:  # fmt: skip
    """Count what had been reported as of a day. Nothing reported later is looked at.

    Parameters
    ----------
    reference, report : (n,) int64
        Period of onset and period of report of each row, as whole numbers (days, weeks).
    as_of : int
        Rows with a later report are left out before anything else happens.
    delays : int
        Longest delay that is modelled; a later report counts at this delay once it has come.
    first : int, optional
        First reference period; default: the earliest of the rows that were known.
    cases : (n,) float64, optional
        Cases per row; default 1.

    Raises
    ------
    BadInput
        If a report precedes its reference, delays is below 1, or nothing was known.
    """
    if delays < 1:
        raise BadInput(what=f"delays is {delays}; expected 1 or more")
    known = report <= as_of
    reference, report = reference[known], report[known]
    weight = np.ones(reference.size) if cases is None else np.asarray(cases, np.float64)[known]
    if (report < reference).any():
        raise BadInput(what="a report precedes what it reports")
    if first is None:
        if reference.size == 0:
            raise BadInput(what="nothing had been reported by then; choose a later day")
        first = int(reference.min())
    inside = (reference >= first) & (reference <= as_of)
    row, delay = reference[inside] - first, (report - reference)[inside]
    length = as_of - first + 1
    counts = np.zeros((length, delays + 1))
    np.add.at(counts, (row, np.minimum(delay, delays)), weight[inside])
    counts[~seen(length, delays)] = np.nan
    return Triangle(first, as_of, counts)


def seen(length: int, delays: int) -> NDArray[np.bool_]:
    """Which cells (length, delays + 1) of a triangle can have been reported by its last period."""
    return np.arange(length)[:, None] + np.arange(delays + 1)[None, :] < length


def ages(length: int, delays: int) -> NDArray[np.int64]:
    """The longest delay (length,) that each reference period has seen."""
    return np.minimum(length - 1 - np.arange(length), delays)
