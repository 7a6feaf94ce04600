"""A figure is taken as published or refused with its reason; a correction hides nothing."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.unit.apps.indicators.conftest import coverage, patients
from tuyen.apps.indicators import queries
from tuyen.apps.indicators.operations import CorrectFigure, VoidFigure
from tuyen.apps.journal.replay import replay
from tuyen.kernel.ids import NODE


def correction(of, of_payload, reason="Sai số liệu", **changes):
    said = {name: getattr(of_payload, name) for name in of_payload.__struct_fields__}
    return CorrectFigure(**{**said, **changes}, figure=of, reason=reason)


def codes(receipts):
    return [receipt.refusal.code if receipt.refusal else "" for receipt in receipts]


def test_a_figure_is_kept_with_the_decimals_it_was_printed_with(places, send, operate, program):
    operation = operate(coverage("95.20"), unit=places.province)
    send(program, operation)

    row = queries.figure(by=program, id=operation.id).row

    assert (str(row.value), row.numerator, row.denominator) == ("95.20", None, None)
    assert (row.period.label, row.qualifier, row.state) == ("2023", "exact", "in-force")


@pytest.mark.parametrize(
    ("payload", "code"),
    [
        (patients(indicator="patient"), "indicators.unknown-indicator"),
        (patients(period="2025-H3"), "kernel.bad-period"),
        (patients(period="2009-H1"), "indicators.not-defined-then"),
        (patients(period="2027-H1"), "indicators.not-begun"),
        (patients(dated=date(2027, 1, 1)), "indicators.dated-later"),
        (patients(measure_unit="people"), "indicators.other-unit"),
        (patients("1.2345678"), "indicators.number-too-long"),
        (patients("1234567890123456"), "indicators.number-too-long"),
        (patients("1E+400"), "indicators.number-too-long"),
        (patients("NaN"), "indicators.number-too-long"),
        (patients("310.500"), "indicators.not-whole"),  # 310,500 read in the wrong language
        (patients("-1"), "indicators.out-of-range"),
        (coverage("100.1"), "indicators.out-of-range"),
        (
            coverage(
                "10001", indicator="doctors-per-10000", period="2024", measure_unit="per-10000"
            ),
            "indicators.out-of-range",
        ),
        (patients(completeness=Decimal("1.01")), "indicators.out-of-range"),
        (coverage(numerator=Decimal(9523)), "indicators.one-part-only"),
        (coverage(denominator=Decimal(10000)), "indicators.one-part-only"),
        (coverage(numerator=Decimal(1), denominator=Decimal(0)), "indicators.out-of-range"),
        (coverage(numerator=Decimal(9), denominator=Decimal(10)), "indicators.parts-disagree"),
        (patients(numerator=Decimal(1), denominator=Decimal(2)), "indicators.no-parts-expected"),
        (patients(map_on=date(2031, 1, 1)), ""),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_cannot_be_true_is_refused(places, send, operate, program, payload, code):
    assert codes(send(program, operate(payload, unit=places.province))) == [code]


def test_a_unit_must_be_on_the_map_of_the_figure(places, send, operate, program):
    early = operate(patients(period="2025-H1"), unit=places.united)
    led = operate(patients(period="2025-H1", map_on=date(2025, 7, 1)), unit=places.united)

    assert codes(send(program, early, led)) == ["indicators.not-on-map", ""]
    assert codes(send(program, operate(patients(), unit=NODE))) == ["indicators.not-on-map"]


def test_a_lower_bound_agrees_with_parts_that_exceed_it(places, send, operate, program):
    bound = coverage("95", qualifier="at-least", numerator=Decimal(97), denominator=Decimal(100))
    over = coverage("98", qualifier="at-least", numerator=Decimal(97), denominator=Decimal(100))

    receipts = send(program, *(operate(one, unit=places.province) for one in (bound, over)))

    assert codes(receipts) == ["", "indicators.parts-disagree"]


def test_a_document_says_a_figure_once(places, send, operate, program):
    one = operate(patients(), unit=places.province)
    again = operate(patients("1"), unit=places.province)
    spaced = operate(patients("2", document="Báo  cáo 6 tháng "), unit=places.province)
    elsewhere = operate(patients("3", document="Niên giám"), unit=places.province)

    receipts = send(program, one, again, spaced, elsewhere)

    refused = "indicators.already-published"
    assert codes(receipts) == ["", refused, refused, ""]
    assert codes(send(program, again)) == [refused]  # sent again, it is the same refusal


def test_two_calendars_are_two_periods(places, send, operate, program):
    both = [operate(patients(period=p), unit=places.province) for p in ("2025-H1", "2025-H1+A")]

    assert codes(send(program, *both)) == ["", ""]
    page = queries.figures(by=program, calendar="administrative")
    assert [(row.period.label, row.period.start) for row in page.rows] == [
        ("2025-H1+A", date(2024, 12, 15))
    ]


def test_a_correction_keeps_the_earlier_one_readable(places, send, operate, program):
    first = operate(patients("635950"), unit=places.province)
    send(program, first)
    fixed = operate(correction(first.id, patients(), value=Decimal(635905)), unit=places.province)
    send(program, fixed)

    old, new = (queries.figure(by=program, id=id) for id in (first.id, fixed.id))

    assert (old.row.value, old.row.state, old.row.replaced_by) == (635950, "corrected", fixed.id)
    assert (new.row.value, new.row.version, new.row.reason) == (635905, 2, "Sai số liệu")
    assert [row.id for row in old.versions] == [fixed.id, first.id]
    assert [row.value for row in queries.figures(by=program).rows] == [635905]
    assert queries.figures(by=program, every_version=True).total == 2


def test_the_same_number_with_another_precision_is_a_correction(places, send, operate, program):
    first = operate(coverage("95.2"), unit=places.province)
    fixed = operate(correction(first.id, coverage(), value=Decimal("95.20")), unit=places.province)

    assert codes(send(program, first, fixed)) == ["", ""]
    assert str(queries.figure(by=program, id=fixed.id).row.value) == "95.20"


def test_corrections_of_one_batch_follow_one_another(places, send, operate, program):
    first = operate(patients(), unit=places.province)
    second = operate(correction(first.id, patients(), value=Decimal(2)), unit=places.province)
    late = operate(correction(first.id, patients(), value=Decimal(3)), unit=places.province)
    third = operate(correction(second.id, patients(), value=Decimal(4)), unit=places.province)

    receipts = send(program, first, second, late, third)

    assert codes(receipts) == ["", "", "indicators.superseded", ""]
    assert [row.value for row in queries.figures(by=program).rows] == [4]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({}, "indicators.nothing-changed"),
        ({"document": "Niên giám"}, "indicators.already-published"),
        ({"map_on": date(2025, 8, 1)}, ""),
    ],
)
def test_a_correction_must_say_something_new(places, send, operate, program, changes, code):
    first = operate(patients(), unit=places.province)
    other = operate(patients("1", document="Niên giám"), unit=places.province)
    send(program, first, other)

    wrong = operate(correction(first.id, patients(), **changes), unit=places.province)

    assert codes(send(program, wrong)) == [code]


def test_two_figures_may_swap_their_documents(places, send, operate, program):
    one = operate(patients("1", document="AAA"), unit=places.province)
    two = operate(patients("2", document="BBB"), unit=places.province)
    send(program, one, two)
    aside = operate(correction(one.id, patients("1"), document="CCC"), unit=places.province)
    first = operate(correction(two.id, patients("2"), document="AAA"), unit=places.province)
    second = operate(correction(aside.id, patients("1"), document="BBB"), unit=places.province)

    assert codes(send(program, aside, first, second)) == ["", "", ""]


def test_a_void_figure_stays_readable_and_makes_room(places, send, operate, program):
    first = operate(patients(), unit=places.province)
    void = operate(VoidFigure(figure=first.id, reason="Nhập nhầm"), unit=places.province)
    twice = operate(VoidFigure(figure=first.id, reason="Nhập nhầm"), unit=places.province)
    again = operate(patients(), unit=places.province)

    receipts = send(program, first, void, twice, again)

    assert codes(receipts) == ["", "", "indicators.superseded", ""]
    card = queries.figure(by=program, id=first.id)
    assert (card.row.state, card.row.void_reason) == ("void", "Nhập nhầm")


def test_only_a_figure_of_the_unit_is_corrected(places, send, operate, program):
    first = operate(patients(), unit=places.province)
    send(program, first)
    wrong = [
        operate(correction(first.id, patients(), value=Decimal(1)), unit=places.united),
        operate(VoidFigure(figure=first.id, reason="Nhập nhầm"), unit=places.united),
    ]
    wrong[0] = operate(
        correction(first.id, patients(), value=Decimal(1), map_on=date(2026, 1, 1)),
        unit=places.united,
    )

    assert codes(send(program, *wrong)) == ["indicators.no-such-figure"] * 2


def test_rights_are_held_over_units(places, send, operate, program, holder):
    send(program, operate(patients(), unit=places.province))
    planner = holder(("planner", places.province))
    station = holder(("station-head", places.united))

    assert codes(send(station, operate(patients("1", document="Khác"), unit=places.province))) == [
        "access.not-allowed"
    ]
    assert queries.figures(by=planner).total == 1
    assert queries.figures(by=station).total == 0


def test_figures_as_of_a_moment(places, send, operate, program):
    first = operate(patients(), unit=places.province)
    send(program, first)
    row = queries.figure(by=program, id=first.id).row

    assert queries.figures(by=program, as_of=row.published_at).total == 1
    before = row.published_at.replace(year=2020)
    assert queries.figures(by=program, as_of=before).total == 0


def test_one_or_a_hundred_take_as_many_queries(places, send, operate, program):
    def used(n, document):
        operations = [
            operate(patients(str(k), document=f"{document} {k}"), unit=places.province)
            for k in range(n)
        ]
        with CaptureQueriesContext(connection) as context:
            send(program, *operations)
        return len(context)

    used(1, "Ấm máy")
    assert used(1, "Một") == used(100, "Trăm")


def test_replay_rebuilds_every_version(places, send, operate, program):
    first = operate(patients(), unit=places.province)
    fixed = operate(correction(first.id, patients(), value=Decimal(2)), unit=places.province)
    void = operate(VoidFigure(figure=fixed.id, reason="Nhập nhầm"), unit=places.province)
    send(program, first, fixed, void)

    found = replay()

    rows = {table.table: (table.rows, table.same) for table in found.tables}
    assert rows["indicators_figure"] == (2, True)
