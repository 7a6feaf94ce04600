from datetime import date, timedelta
from decimal import Decimal as D

from tuyen.engines.clinical.feeding import (
    Leaving,
    Seen,
    Standard,
    next_visit,
    quality,
    recovered,
)

RULE = Leaving(D(-2), D("12.5"), 2, 14)
START = date(2026, 3, 2)


def weeks(*told):
    return [
        Seen(START + timedelta(days=7 * n), wfh, muac, oedema)
        for n, (wfh, muac, oedema) in enumerate(told)
    ]


def test_two_good_visits_end_a_treatment():
    seen = weeks((D(-3), None, 0), (D("-1.9"), None, 0), (D(-2), None, 0))

    assert recovered(seen, RULE, seen[-1].on)
    assert not recovered(seen[:2], RULE, seen[1].on)


def test_every_measure_taken_must_be_good():
    assert not recovered(weeks((D(0), D("12.4"), 0), (D(0), D("12.4"), 0)), RULE, START)
    assert recovered(
        weeks((None, D("12.5"), 0), (None, D("13"), 0)), RULE, START + timedelta(days=7)
    )


def test_a_visit_without_measures_proves_nothing():
    assert not recovered(weeks((None, None, 0), (None, None, 0)), RULE, START)


def test_oedema_must_be_gone_for_two_weeks():
    seen = weeks((D(0), None, 1), (D(0), None, 0), (D(0), None, 0))

    assert not recovered(seen, RULE, START + timedelta(days=13))
    assert recovered(seen, RULE, START + timedelta(days=14))


def test_the_next_visit_is_a_week_after_the_last():
    assert next_visit(START, [], 7) == date(2026, 3, 9)
    assert next_visit(START, weeks((None, None, 0), (None, None, 0)), 7) == date(2026, 3, 16)


def test_those_who_moved_are_in_no_denominator():
    found = quality(
        ["cured"] * 9 + ["died"] * 0 + ["defaulted", "moved", "moved"], Standard(0.75, 0.1, 0.15)
    )

    assert (found.share_cured, found.other, found.good) == (0.9, 2, True)
    assert quality(["moved"], Standard(0.75, 0.1, 0.15)).good is None
