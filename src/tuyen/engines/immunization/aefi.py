"""Clocks of adverse events following immunisation, and whether a lot stands out.

A lot is compared with all other lots of its vaccine: had every dose the same chance of a report,
how likely are so many reports among this lot's doses? (Exact conditional test of two Poisson
rates: Przyborowski and Wilenski, Biometrika 1940; 31: 313-323.)
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from math import comb
from typing import NamedTuple


class Clock(NamedTuple):
    """A deadline as it stands: ``left`` is negative once it has passed, and stops when done."""

    due: datetime
    left: timedelta
    done: bool
    late: bool


def clock(start: datetime, hours: float, now: datetime, done_at: datetime | None = None) -> Clock:
    """A deadline so many hours after ``start``.

    >>> at = datetime(2026, 10, 5, 8)
    >>> clock(at, 24, datetime(2026, 10, 6, 9)).late
    True
    """
    due = start + timedelta(hours=hours)
    seen = now if done_at is None else done_at
    return Clock(due, due - seen, done_at is not None, seen > due)


class LotCount(NamedTuple):
    """Doses given from a lot, and the reports after them."""

    lot: str
    doses: int
    reports: int
    serious: int = 0


class LotSignal(NamedTuple):
    """How a lot compares with the others of its vaccine. ``expected`` is what it would have at
    their rate, ``p_value`` the chance of as many reports or more; both None without others."""

    lot: str
    doses: int
    reports: int
    serious: int
    expected: float | None
    p_value: float | None
    raised: bool


def lot_signals(lots: Sequence[LotCount], limit: float, least: int) -> list[LotSignal]:
    """Compare every lot of one vaccine with the rest.

    ``limit`` is the largest p-value that is a signal, divided among the lots compared
    (Bonferroni); ``least`` the fewest reports that can be one. A lot without doses, or with more
    reports than doses, is counted by its reports alone and never compared.

    >>> rows = [LotCount("a", 100, 5), LotCount("b", 900, 5)]
    >>> [s.lot for s in lot_signals(rows, 0.05, 3) if s.raised]
    ['a']
    """
    signals = []
    doses, reports = sum(lot.doses for lot in lots), sum(lot.reports for lot in lots)
    compared = max(1, sum(lot.doses > 0 for lot in lots))
    for lot in lots:
        others = doses - lot.doses
        expected = p_value = None
        if lot.doses > 0 and others > 0:
            expected = (reports - lot.reports) * lot.doses / others
            p_value = at_least(lot.reports, reports, lot.doses / doses)
        raised = p_value is not None and lot.reports >= least and p_value <= limit / compared
        signals.append(LotSignal(*lot, expected, p_value, raised))
    return signals


def at_least(k: int, n: int, share: float) -> float:
    """The chance of ``k`` or more of ``n``, each with the chance ``share``.

    >>> at_least(1, 2, 0.5)
    0.75
    """
    if k <= 0:
        return 1.0
    return min(1.0, sum(comb(n, i) * share**i * (1 - share) ** (n - i) for i in range(k, n + 1)))
