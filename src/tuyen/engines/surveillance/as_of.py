"""Counts as they stood on a day: what was reported later is not there."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from tuyen.kernel.refusal import BadInput

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


class Reports(NamedTuple):
    """Cases by the period they belong to and the periods that passed until they were reported."""

    cases: NDArray[np.integer] | Floats  # (n, m, d): series, reference period, delay 0 ... d - 1


def reports_of(
    series: Ints, reference: Ints, report: Ints, shape: tuple[int, int, int],
    cases: Ints | None = None,
) -> Reports:  # fmt: skip
    """Sum rows (r,) into Reports of shape (n, m, d).

    A delay of d or more counts as d - 1; a report that precedes its reference is refused.

    Raises
    ------
    BadInput
        If a row lies outside, or its report precedes its reference.
    """
    if (report < reference).any():
        row = int(np.argmax(report < reference))
        raise BadInput(
            what=f"row {row}: reported in period {report[row]}, before its own period {reference[row]}"
        )
    if series.size and (
        min(series.min(), reference.min()) < 0
        or series.max() >= shape[0]
        or reference.max() >= shape[1]
    ):
        raise BadInput(what=f"a row lies outside {shape[0]} series and {shape[1]} periods")
    total = np.zeros(shape, np.int64)
    delay = np.minimum(report - reference, shape[2] - 1)
    np.add.at(total, (series, reference, delay), 1 if cases is None else cases)
    return Reports(total)


def as_of(reports: Reports, t: int) -> Floats:
    """The counts (n, t + 1) of periods 0 ... t as they were known at the end of period t.

    Raises
    ------
    BadInput
        If ``t`` is not a period.
    """
    n, m, d = reports.cases.shape
    if not 0 <= t < m:
        raise BadInput(what=f"period {t} lies outside 0 ... {m - 1}")
    known = np.zeros((n, t + 1))
    for delay in range(min(d, t + 1)):
        # Period k with this delay was reported in k + delay, which must not be after t.
        known[:, : t + 1 - delay] += reports.cases[:, : t + 1 - delay, delay]
    return known
