"""Calendar sums: the examples of the specification, month ends, and what a pack may choose."""

from datetime import date

import pytest

from tuyen.engines.immunization.spans import BadSpan, CalendarRules, Span, parse_span


@pytest.mark.parametrize(
    ("text", "span"),
    [
        ("6 weeks - 4 days", Span(days=38)),
        ("16 years - 4 months", Span(years=16, months=-4)),
        ("5 months + 4 weeks", Span(months=5, days=28)),
        ("0 days", Span()),
        ("1 years - 4 days", Span(years=1, days=-4)),
        ("n/a", None),
        ("", None),
    ],
)
def test_spans_are_read_as_schedules_write_them(text, span):
    assert parse_span(text) == span


@pytest.mark.parametrize("text", ["soon", "3", "4 fortnights", "2 months or so"])
def test_what_is_no_span_is_refused(text):
    with pytest.raises(BadSpan, match="is not an age or interval"):
        parse_span(text)


@pytest.mark.parametrize(
    ("day", "span", "reached"),
    [
        (date(2000, 1, 1), "3 years", date(2003, 1, 1)),  # CALCDT-1
        (date(2000, 11, 1), "6 months", date(2001, 5, 1)),  # CALCDT-2
        (date(2000, 2, 1), "5 weeks", date(2000, 3, 7)),  # CALCDT-3, leap year
        (date(2001, 2, 1), "5 weeks", date(2001, 3, 8)),
        (date(2000, 3, 31), "6 months", date(2000, 10, 1)),  # CALCDT-5
        (date(2010, 8, 31), "6 months", date(2011, 3, 1)),
        (date(2000, 1, 31), "6 months - 4 days", date(2000, 7, 27)),  # CALCDT-6
        (date(2024, 2, 29), "1 year", date(2025, 3, 1)),
        (date(2024, 2, 29), "4 years", date(2028, 2, 29)),
        (date(2024, 12, 31), "2 months", date(2025, 3, 1)),
    ],
)
def test_sums_are_those_of_the_specification(day, span, reached):
    assert CalendarRules().age(day, parse_span(span)) == reached


def test_a_pack_may_choose_otherwise():
    month = parse_span("1 month")

    assert CalendarRules("month-end").age(date(2025, 1, 31), month) == date(2025, 2, 28)
    assert CalendarRules(month_end="stay-last").age(date(2025, 2, 28), month) == date(2025, 3, 31)
    assert CalendarRules(month_days=28).after(date(2025, 1, 31), month) == date(2025, 2, 28)
    assert CalendarRules(month_days=28).age(date(2025, 1, 1), month) == date(2025, 2, 1)
    assert CalendarRules(month_days=28).after(date(2025, 1, 1), parse_span("6 months")) == date(
        2025, 7, 1
    )


def test_sums_stay_within_the_calendar():
    assert CalendarRules().age(date(9990, 1, 1), Span(years=75)) == date.max
    assert CalendarRules().before(date.min, 4) == date.min


@pytest.mark.parametrize(
    ("span", "text"), [(Span(0, 12, -4), "12 months - 4 days"), (Span(), "0 days")]
)
def test_a_span_is_written_as_it_is_read(span, text):
    assert span.text == text
