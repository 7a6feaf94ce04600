"""From a file to records, findings and the file of rows to mend."""

from datetime import date

import pytest

from tests.unit.engines.exchange.corpus import CASES, PERSONS, column, table, workbook
from tuyen.engines.exchange.columns import propose
from tuyen.engines.exchange.errors_file import write_errors
from tuyen.engines.exchange.findings import Finding
from tuyen.engines.exchange.reading import parse_table
from tuyen.engines.exchange.refusals import ExchangeRefusal
from tuyen.engines.exchange.tabular import read_table
from tuyen.engines.exchange.values import Age, parse_age

TODAY = date(2026, 10, 15)
FILE = (
    "STT,Họ tên,Giới,Tuổi,Xã,Bệnh,Ngày khởi phát,Điện thoại\n"
    "1,Lò Văn A,Nam,3 tuổi,Mường Phăng,Sởi,25/3/2026,912345678\n"
    "2,,x,,Nà Tấu,,31/02/2026,abc\n"
    "3,=cmd|' /C calc'!A0,Nữ,8 tháng,Nà Tấu,Sởi,5/3/2026,\n"
)


def read(data, fields=CASES, **options):
    found = table(data)
    return found, parse_table(found, propose(found, fields), fields, today=TODAY, **options)


def test_good_rows_are_records_and_bad_rows_have_all_their_errors():
    _, reading = read(FILE)

    records = dict(reading.records())
    assert set(records) == {2, 4}
    assert records[2] == {
        "person_name": "Lò Văn A", "sex": "male", "age": Age(3, "year"), "current_commune": "Mường Phăng",
        "disease": "Sởi", "onset_date": date(2026, 3, 25), "phone": "0912345678",
    }  # fmt: skip
    assert [(f.row, f.letter, f.code) for f in reading.findings] == [
        (3, "B", "exchange.value-missing"),
        (3, "C", "exchange.choice-unknown"),
        (3, "F", "exchange.value-missing"),
        (3, "G", "exchange.date-impossible"),
        (3, "H", "exchange.phone-unreadable"),
    ]


def test_a_finding_names_row_column_value_and_fix():
    _, reading = read(FILE)

    finding = reading.findings[3]
    assert (finding.row, finding.letter, finding.header, finding.value) == (
        3,
        "G",
        "Ngày khởi phát",
        "31/02/2026",
    )
    assert finding.parts() == (
        "“31/02/2026” names a day that does not exist.",
        "Check the day and the month; write day/month/year, for example 28/02/2026.",
    )


def test_a_missing_column_refuses_the_table():
    _, reading = read("Tuổi,Xã,Bệnh\n3,Nà Tấu,Sởi\n", language="vi")

    assert [(f.code, f.refusal.values["field"]) for f in reading.refused] == [
        ("exchange.column-missing", "Họ và tên")
    ]


def test_either_of_two_columns_is_enough():
    _, reading = read("Họ tên,Bệnh,Mã ICD\nLò A,Sởi,\nLò B,,B05\nLò C,,\n")

    assert [(f.row, f.code) for f in reading.findings] == [(4, "exchange.value-missing")]


def test_age_by_sex_in_two_columns():
    _, reading = read("Họ tên,Tuổi,,Bệnh\n,Nam,Nữ,\nLò A,34,,Sởi\nLò B,,8 tháng,Sởi\n")

    assert [(r["sex"], r["age"]) for _, r in reading.records()] == [
        ("male", Age(34, "year")),
        ("female", Age(8, "month")),
    ]


def test_the_order_of_one_date_column_settles_another():
    _, reading = read("Họ tên,Bệnh,Ngày khởi phát,Ngày báo cáo\nLò A,Sởi,3/5/2026,3/25/2026\n")

    assert [r["onset_date"] for _, r in reading.records()] == [date(2026, 3, 5)]
    assert reading.questions == []


def test_the_person_settles_the_order():
    data = "Họ tên,Bệnh,Ngày khởi phát\nLò A,Sởi,3/5/2026\n"

    assert [q.code for q in read(data)[1].questions] == ["exchange.date-order-assumed"]
    assert read(data, date_order="mdy")[1].columns["onset_date"] == [date(2026, 3, 5)]
    assert read(data, date_orders={"onset_date": "mdy"})[1].questions == []


def test_a_card_may_end_in_the_future():
    found = table(
        "Họ tên,BHYT,Giá trị thẻ từ,Hạn thẻ\nLò A,DT2111234567890,01/01/2026,31/12/2026\n"
    )
    reading = parse_table(found, propose(found, PERSONS), PERSONS, today=TODAY)

    assert reading.findings == []
    assert reading.columns["insurance_until"] == [date(2026, 12, 31)]


def test_a_row_sent_twice_is_refused_once():
    row = "Lò A,Nam,Sởi,25/3/2026\n"
    _, reading = read(
        "STT,Họ tên,Giới,Bệnh,Ngày khởi phát\n1," + row + "2," + row + "3,Lò B,Nam,Sởi,25/3/2026\n"
    )

    assert [(f.row, f.code, f.refusal.values) for f in reading.findings] == [
        (3, "exchange.duplicate-row", {"first": 2})
    ]


def test_rows_that_say_little_are_not_called_equal():
    _, reading = read("Họ tên,Bệnh\nBN,Sởi\nBN,Sởi\n")

    assert reading.findings == []


def test_a_shifted_row_is_an_error():
    _, reading = read("Họ tên,Bệnh,Xã\nLò A,Sởi,Bản 1, Nà Tấu\nLò B,Sởi,Nà Tấu\n")

    assert reading.bad_rows == {2}


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_the_error_file_holds_the_bad_rows_and_is_read_again(form):
    found, reading = read(FILE)

    data = write_errors(found, reading.findings, form=form)
    again = read_table(data, "errors", vocabulary=CASES.vocabulary)
    columns = propose(again, CASES)

    assert len(again) == 1
    assert again.row(0)[:8] == ["2", "", "x", "", "Nà Tấu", "", "31/02/2026", "abc"]
    assert again.column("Row in the file").values in ([3], ["3"], [3.0])
    assert (
        again.column("Error code")
        .values[0]
        .startswith("exchange.value-missing exchange.choice-unknown")
    )
    assert [columns.letter_of(f) for f in ("person_name", "phone")] == ["B", "H"]
    assert not columns.unmatched


def test_the_error_file_speaks_the_language_of_its_reader():
    found, reading = read(FILE)
    vi = {
        "“{value}” names a day that does not exist.": "“{value}” là ngày không có thật.",
        "Error": "Lỗi",
    }

    text = write_errors(
        found, reading.findings, translate=lambda m: vi.get(m, m), form="csv"
    ).decode("utf-8-sig")

    assert "Lỗi" in text.splitlines()[0]
    assert "G (Ngày khởi phát): “31/02/2026” là ngày không có thật." in text


def test_findings_of_the_caller_are_listed_too():
    class Double(ExchangeRefusal):
        code = "exchange.test-double"
        message = "Row {row} was sent before."
        advice = "Leave it out."

    found, reading = read(FILE)
    more = Finding(4, "", "", "", "", Double(row=4))

    again = read_table(
        write_errors(found, [*reading.findings, more]), "x", vocabulary=CASES.vocabulary
    )

    assert again.column("Error").values[1] == "Row 4 was sent before."
    assert again.column("Họ tên").values[1] == "=cmd|' /C calc'!A0"


def test_questions_stand_on_a_sheet_of_their_own():
    found, reading = read("Họ tên,Bệnh,Ngày khởi phát\nLò A,,3/5/2026\n")

    data = write_errors(found, reading.findings)

    assert (
        read_table(data, "x", sheet="About whole columns").row(0)[1]
        == "exchange.date-order-assumed"
    )


def test_an_age_column_in_months_by_its_header():
    assert parse_age(column("8", header="Tuổi (tháng)"), [2]).values == [Age(8, "month")]


def test_real_dates_of_a_workbook():
    data = workbook(
        (
            "S",
            [
                ["Họ tên", "Bệnh", "Ngày khởi phát"],
                ["Lò A", "Sởi", date(2026, 3, 5)],
                ["Lò B", "Sởi", 46_086],
            ],
        )
    )

    _, reading = read(data)

    assert reading.columns["onset_date"] == [date(2026, 3, 5)] * 2
