"""Dates in every order, and a column that decides for its cells."""

from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.engines.exchange.corpus import column, rows
from tuyen.engines.exchange.date_cells import PartialDate
from tuyen.engines.exchange.dates import infer_order, parse_dates

TODAY = date(2026, 10, 15)
FIFTH = date(2026, 3, 5)
EXCEL = date(1899, 12, 30)


def parse(*values, **options):
    return parse_dates(column(*values), rows(len(values)), today=TODAY, **options)


def codes(parsed):
    return [(f.row, f.code.removeprefix("exchange."), f.severity) for f in parsed.findings]


@pytest.mark.parametrize(
    "written",
    [
        "2026-03-05", "2026/3/5", "2026.03.05", "2026-03-05 14:30", "2026-03-05T14:30:00",
        "2026-03-04T20:00:00Z", "2026-03-05T06:00:00+07:00",
        "ngày 5 tháng 3 năm 2026", "Ngày 05 tháng 03 năm 2026", "5 tháng 3 năm 2026", "5 tháng 3, 2026",
        "ngay 5 thang 3 nam 2026", "ngày 5 tháng ba năm 2026", "mồng 5 tháng 3 năm 26",
        "Thứ Năm, ngày 5 tháng 3 năm 2026", "5 March 2026", "March 5, 2026", "5-Mar-26", "05 mar 2026",
        "2026年3月5日", "２０２６－０３－０５", "20260305", "05032026", "5032026", 20260305, 5032026,
        (FIFTH - EXCEL).days, float((FIFTH - EXCEL).days) + 0.75, str((FIFTH - EXCEL).days),
        FIFTH, datetime(2026, 3, 5, 23, 59),
    ],
)  # fmt: skip
def test_one_day_that_needs_no_column(written):
    assert parse(written).values == [FIFTH]


@pytest.mark.parametrize(
    "written",
    ["5/3/2026", "05/03/2026", "5-3-26", "05.03.2026", "5 / 3 / 2026", "5/3/26", "5,3,2026",
     "ngày 5/3/2026", "thứ năm, 5/3/2026", "5/3/2026 14:30", "14h30 ngày 5/3/2026", "'5/3/2026", "5/3/2026 2:30 PM"],
)  # fmt: skip
def test_day_first_where_another_row_shows_it(written):
    parsed = parse(written, "25/03/2026")

    assert parsed.values == [FIFTH, date(2026, 3, 25)]
    assert parsed.findings == []


def test_month_first_where_another_row_shows_it():
    parsed = parse("3/5/2026", "3/25/2026")

    assert parsed.values == [FIFTH, date(2026, 3, 25)]
    assert parsed.findings == []


def test_nothing_shows_the_order_so_it_is_asked():
    parsed = parse("5/3/2026", "6/3/2026")

    assert parsed.values == [FIFTH, date(2026, 3, 6)]
    assert codes(parsed) == [(None, "date-order-assumed", "question")]
    assert "“5/3/2026” was read as 2026-03-05" in str(parsed.findings[0].refusal)


def test_the_other_columns_settle_it():
    order = infer_order([column("1/2/2026"), column("2/25/2026")], today=TODAY)

    parsed = parse("3/5/2026", hint=order)

    assert (parsed.values, parsed.findings) == ([FIFTH], [])


def test_the_future_settles_it_but_is_asked():
    parsed = parse("3/12/2026", "1/11/2026")

    assert parsed.values == [date(2026, 3, 12), date(2026, 1, 11)]
    assert codes(parsed) == [(None, "date-order-assumed", "question")]


def test_a_column_of_two_orders_refuses_what_is_ambiguous():
    parsed = parse("25/3/2026", "3/25/2026", "5/3/2026", "4/4/2026")

    assert parsed.values == [date(2026, 3, 25), date(2026, 3, 25), None, date(2026, 4, 4)]
    assert codes(parsed) == [(None, "date-order-mixed", "question"), (4, "date-ambiguous", "error")]


def test_what_the_person_decides_is_final():
    parsed = parse("5/3/2026", "25/3/2026", order="mdy")

    assert parsed.values == [date(2026, 5, 3), None]
    assert codes(parsed) == [(3, "date-impossible", "error")]


def test_a_spreadsheet_that_swapped_day_and_month_is_suspected():
    parsed = parse(date(2026, 5, 3), date(2026, 6, 3), date(2026, 7, 3), "25/03/2026")

    assert codes(parsed) == [(None, "dates-swapped", "question")]
    assert parse(date(2026, 5, 3), date(2026, 6, 3), date(2026, 7, 30), "25/03/2026").findings == []


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("31/02/2026", "date-impossible"), ("30/2/2024", "date-impossible"), ("13/13/2026", "date-impossible"),
        ("2026-02-30", "date-impossible"), ("00/00/0000", "date-impossible"), ("20261345", "date-impossible"),
        ("ngày 31 tháng 2 năm 2026", "date-impossible"), ("29/02/2025", "date-impossible"),
        ("16/10/2026", "date-in-future"), ("2062-03-05", "date-in-future"), (date(2027, 1, 1), "date-in-future"),
        ("25/03/1799", "date-too-early"), ("3/2026", "date-incomplete"), ("tháng 3 năm 2026", "date-incomplete"),
        (2026, "date-incomplete"), ("2026年3月", "date-incomplete"),
        ("hôm qua", "date-unreadable"), ("25/3", "date-unreadable"), ("5/3/206", "date-unreadable"),
        ("x" * 500, "date-unreadable"), (True, "date-unreadable"), (-5, "date-unreadable"), (1e300, "date-unreadable"),
        (0.5, "date-unreadable"), (time(3, 4), "date-unreadable"), (timedelta(3), "date-unreadable"),
        ("123456789012", "date-unreadable"), ("²⁰²⁶", "date-incomplete"),
    ],
)  # fmt: skip
def test_what_is_no_date_says_why(written, code):
    parsed = parse(written)

    assert parsed.values == [None]
    assert [(f.row, f.code) for f in parsed.findings] == [(2, f"exchange.{code}")]


@pytest.mark.parametrize("written", ["", "-", "không rõ", "N/A", "…", "#N/A"])
def test_what_says_nothing_is_blank(written):
    assert parse(written) == ([None], [])


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("1985", PartialDate(date(1985, 1, 1), "year")), (1985.0, PartialDate(date(1985, 1, 1), "year")),
        ("năm 1985", PartialDate(date(1985, 1, 1), "year")), ("7/1985", PartialDate(date(1985, 7, 1), "month")),
        ("25/7/45", PartialDate(date(1945, 7, 25), "day")), ("25/7/26", PartialDate(date(2026, 7, 25), "day")),
        ("25/7/27", PartialDate(date(1927, 7, 25), "day")),
    ],
)  # fmt: skip
def test_births_may_be_partly_known(written, expected):
    assert parse(written, partial=True).values == [expected]


@pytest.mark.parametrize(
    ("serial", "from_1904", "day"),
    [
        (46_086, False, date(2026, 3, 5)),
        (44_624, True, date(2026, 3, 5)),
        (59, False, date(1900, 2, 28)),
        (61, False, date(1900, 3, 1)),
    ],
)
def test_serial_dates_of_both_epochs(serial, from_1904, day):
    assert parse(serial, from_1904=from_1904).values == [day]


DAYS = st.dates(date(1950, 1, 1), TODAY)
FORMS = ["%d/%m/%Y", "%Y-%m-%d", "%m/%d/%Y", "%d-%m-%Y", "%d.%m.%Y", "%Y/%m/%d", "%d/%m/%Y %H:%M"]


@given(st.lists(DAYS, min_size=1, max_size=30), st.sampled_from(FORMS))
def test_every_order_gives_its_days_back(days, form):
    """A day beyond 12 decides the column; then every cell is read as it was meant."""
    days = [*days, date(2026, 3, 25)]

    parsed = parse(*(day.strftime(form) for day in days))

    assert parsed.values == days
    assert parsed.findings == []


@given(st.lists(DAYS, min_size=1, max_size=30))
def test_serials_and_real_dates_give_their_days_back(days):
    mixed = [day if n % 2 else (day - EXCEL).days for n, day in enumerate(days)]

    assert parse(*mixed).values == days


@given(
    st.lists(
        st.one_of(
            st.text(max_size=40),
            st.integers(),
            st.floats(allow_nan=False),
            st.booleans(),
            st.dates(),
            st.datetimes(),
        ),
        max_size=20,
    )
)
def test_any_cell_is_a_date_or_has_a_finding(values):
    parsed = parse(*values)

    found = {f.row for f in parsed.findings if f.severity == "error"}
    for row, value, cell in zip(rows(len(values)), parsed.values, values, strict=True):
        assert (value is None) or isinstance(value, date)
        assert not (value is not None and row in found), cell
