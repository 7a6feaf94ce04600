"""Payments held against a plan: by a day, by a year; what was bought; each against a slow count."""

from datetime import date, timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from tuyen.engines.governance.spending import (
    bought,
    by_source,
    by_year,
    planned_by,
    spread,
    standing,
)

DAYS = st.dates(date(2024, 1, 1), date(2027, 12, 31))
LEVELS = st.sampled_from(("good", "part", "none", "unknown"))
LINES = st.dictionaries(st.sampled_from("abcdef"), LEVELS, max_size=6)


@given(st.integers(0, 10**12), DAYS, DAYS)
def test_a_total_spread_over_months_is_the_total_again_and_never_falls(total, first, last):
    found = spread(Decimal(total), first, last)
    if (last.year, last.month) < (first.year, first.month):
        assert found == {}
        return
    assert sum(found.values()) == total
    assert list(found) == sorted(set(found))
    assert min(found.values()) >= 0
    assert planned_by(found, first - timedelta(days=first.day)) == 0
    assert planned_by(found, date(2028, 1, 1)) == total


@given(st.lists(st.tuples(DAYS, st.integers(1, 99)), max_size=9), DAYS)
def test_payments_of_later_days_do_not_count(payments, on):
    told = [(day, Decimal(n)) for day, n in payments]
    found = standing(Decimal(1000), {}, told, date(2024, 1, 1), date(2027, 12, 31), on)
    slow = 0
    for day, n in payments:
        if day <= on:
            slow += n
    assert (found.paid, found.against_plan) == (slow, None)
    assert 0 <= found.time <= 1


SOURCES = st.sampled_from(("", "loan", "own"))
MONTHS = st.sampled_from(("2025-01", "2025-12", "2026-03"))


@given(
    st.dictionaries(SOURCES, st.dictionaries(MONTHS, st.integers(0, 99), max_size=3), max_size=3),
    st.lists(
        st.tuples(SOURCES.filter(bool), st.sampled_from((2025, 2026)), st.integers(1, 9)),
        max_size=6,
    ),
)
def test_a_plan_by_source_and_year_holds_every_payment_once(planned, paid):
    plan = {s: {m: Decimal(n) for m, n in months.items()} for s, months in planned.items()}
    found = by_source(plan, [(s, y, Decimal(n)) for s, y, n in paid])
    if not any(planned):
        assert found == []
        return
    for one in found:
        of = [n for s, y, n in paid if (s, y) == (one.source, one.year)]
        assert one.paid == sum(of)
        months = planned.get(one.source)
        due = (
            None if months is None else sum(n for m, n in months.items() if int(m[:4]) == one.year)
        )
        assert one.planned == due
    assert sum(one.paid for one in found) == sum(n for _, _, n in paid)
    assert len({(one.source, one.year) for one in found}) == len(found)


@given(LINES, LINES)
def test_a_line_gains_only_where_it_was_known_not_to_be_good(before, after):
    found = bought(before, after)
    both = [(was, after.get(line, "unknown")) for line, was in before.items()]
    known = [each for each in both if "unknown" not in each]
    assert found.gained == sum(was != "good" and now == "good" for was, now in known)
    assert found.lost == sum(was == "good" and now != "good" for was, now in known)
    assert found.unknown == len(both) - len(known)


def test_late_is_past_the_end_with_money_left_and_slow_is_behind_the_plan():
    plan = {"2026-01": Decimal(100)}
    args = (date(2026, 1, 1), date(2026, 12, 31))
    behind = standing(
        Decimal(200), plan, [(date(2026, 1, 9), Decimal(70))], *args, date(2026, 2, 1)
    )
    assert behind.flag(0.8, date(2026, 2, 1), args[1]) == "slow"
    assert behind.flag(0.7, date(2026, 2, 1), args[1]) == ""
    assert behind.flag(0.7, date(2027, 1, 1), args[1]) == "late"
    (year,) = by_year(plan, [(2026, Decimal(50))])
    assert (year.share, bought({}, {}).per_billion(Decimal(0))) == (0.5, None)
