"""Clocks of adverse events, and lots that stand out."""

from datetime import datetime, timedelta

import pytest

from tuyen.engines.immunization.aefi import LotCount, at_least, clock, lot_signals

AT = datetime(2026, 10, 5, 8, 0)


@pytest.mark.parametrize(
    ("now", "done", "late", "left"),
    [
        (24, None, False, 0),
        (25, None, True, -1),
        (40, 23, False, 1),
        (40, 30, True, -6),
    ],
)
def test_clock(now, done, late, left):
    found = clock(AT, 24, AT + timedelta(hours=now), done and AT + timedelta(hours=done))

    assert (found.late, found.left) == (late, timedelta(hours=left))


def test_a_lot_is_compared_with_the_others():
    rows = [LotCount("a", 200, 6, 1), LotCount("b", 1800, 6), LotCount("c", 0, 2)]

    a, b, c = lot_signals(rows, 0.05, 3)

    assert a.raised
    assert a.expected == pytest.approx(8 * 200 / 1800)
    assert not b.raised
    assert (c.expected, c.raised) == (None, False)


def test_one_report_is_no_signal_of_a_lot():
    assert not lot_signals([LotCount("a", 1, 1, 1), LotCount("b", 5000, 0)], 0.05, 3)[0].raised


def test_a_lot_alone_is_not_compared():
    (only,) = lot_signals([LotCount("a", 100, 50)], 0.05, 3)

    assert (only.expected, only.p_value, only.raised) == (None, None, False)


@pytest.mark.parametrize(("k", "n", "share"), [(0, 5, 0.2), (3, 10, 0.1), (10, 10, 0.9)])
def test_at_least_is_the_binomial_tail(k, n, share):
    from scipy.stats import binom

    assert at_least(k, n, share) == pytest.approx(binom.sf(k - 1, n, share))
