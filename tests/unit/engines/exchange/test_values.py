"""Words, ages, numbers and codes as they stand in cells."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.engines.exchange.corpus import CASES, PERSONS, column, rows
from tuyen.engines.exchange import values as v
from tuyen.engines.exchange.values import Age


def read(parse, *cells, header="x", **options):
    return parse(column(*cells, header=header), rows(len(cells)), **options)


def first_code(parsed):
    return parsed.findings[0].code.removeprefix("exchange.") if parsed.findings else None


def choice(field, cell, fields=CASES):
    return read(v.parse_choice, cell, choices=fields.by_id[field].choices).values[0]


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("male", ["Nam", "NAM", "nam ", "male", "M", 1, 1.0, "1", "男", "Trai", "1.0", "１"]),
        ("female", ["Nữ", "nu", "NỮ", "N\u01b0\u0303", "female", "F", 2, "2", "女", "gái"]),
        ("unknown", ["không rõ", 3, "KXĐ", "unknown"]),
        (None, ["x", 0, "", "-"]),
    ],
)
def test_sex(code, words):
    assert [choice("sex", word) for word in words] == [code] * len(words)


@pytest.mark.parametrize(
    ("field", "word", "code"),
    [
        ("diagnosis_class", "Nghi ngờ", "suspected"), ("diagnosis_class", "ca xác định", "confirmed"),
        ("diagnosis_class", "疑似", "suspected"), ("diagnosis_class", "Lab-confirmed", "confirmed"),
        ("test_result", "(+)", "positive"), ("test_result", "-", "negative"), ("test_result", "Dương tính", "positive"),
        ("test_result", "âm tính (-)", "negative"), ("test_type", "RT-PCR", "pcr"), ("test_type", "MAC-ELISA", "serology"),
        ("sample_taken", "Có", "yes"), ("sample_taken", True, "yes"), ("sample_taken", False, "no"),
        ("sample_taken", "x", "yes"), ("sample_taken", "Ko", "no"), ("vaccinated", "không nhớ", "unknown"),
        ("care", "Nội trú", "inpatient"), ("outcome", "Tử vong", "died"), ("outcome", "Khỏi bệnh", "discharged"),
        ("outcome", "chuyển tuyến", "transferred"), ("outcome", "đang điều trị", "in_treatment"),
    ],
)  # fmt: skip
def test_words_of_the_case_report(field, word, code):
    assert choice(field, word) == code


def test_an_unknown_word_is_told_the_known_ones():
    parsed = read(
        v.parse_choice,
        "trung tính",
        choices=CASES.by_id["sex"].choices,
        examples=CASES.by_id["sex"].examples,
    )

    assert str(parsed.findings[0].refusal) == (
        "“trung tính” is not one of the words known here. Write one of: nam, nữ, không rõ."
    )


def test_relations_in_a_household():
    assert choice("relation_to_head", "Con dâu", PERSONS) == "child_in_law"
    assert choice("relation_to_head", "Bà nội", PERSONS) == "grandparent"


@pytest.mark.parametrize(
    ("cell", "age"),
    [
        ("3 tuổi", Age(3, "year")), ("3", Age(3, "year")), (3, Age(3, "year")), (34.0, Age(34, "year")),
        ("8 tháng", Age(8, "month")), ("8th", Age(8, "month")), ("18 tháng tuổi", Age(18, "month")),
        ("12 ngày", Age(12, "day")), ("2 tuần", Age(2, "week")), ("1 tuổi 6 tháng", Age(18, "month")),
        ("2y6m", Age(30, "month")), ("3,5 tuổi", Age(42, "month")), (0.5, Age(6, "month")), ("3岁", Age(3, "year")),
        ("8个月", Age(8, "month")), ("30 years", Age(30, "year")), ("０５", Age(5, "year")), ("0", Age(0, "year")),
    ],
)  # fmt: skip
def test_ages(cell, age):
    assert read(v.parse_age, cell).values == [age]


@pytest.mark.parametrize(
    ("cell", "code"),
    [("1985", "age-impossible"), (1985, "age-impossible"), (-1, "age-impossible"), ("130", "age-impossible"),
     ("già", "age-unreadable"), ("3 con", "age-unreadable"), (date(2020, 1, 1), "age-unreadable"), (True, "age-unreadable")],
)  # fmt: skip
def test_what_is_no_age(cell, code):
    assert first_code(read(v.parse_age, cell)) == code


def test_the_header_gives_the_unit_that_cells_leave_out():
    assert read(v.parse_age, "8", header="Tuổi (tháng)").values == [Age(8, "month")]


def test_completed_years():
    assert [Age(30, "month").years, Age(51, "week").years, Age(400, "day").years] == [2, 0, 1]


@pytest.mark.parametrize(
    ("cell", "number"),
    [("1.234", 1234), ("1,234", 1234), ("1 234", 1234), ("1.234.567", 1234567), ("3,0", 3), ("12", 12), (12.0, 12),
     ("１２", 12), ("1.5", None), (1.5, None), ("12a", None), ("", None)],
)  # fmt: skip
def test_whole_numbers(cell, number):
    assert read(v.parse_integer, cell).values == [number]


def test_a_number_out_of_range():
    assert first_code(read(v.parse_integer, "300", highest=20)) == "number-out-of-range"


@pytest.mark.parametrize(
    ("cell", "phone"),
    [("0912345678", "0912345678"), ("+84 912 345 678", "0912345678"), (912345678, "0912345678"),
     (912345678.0, "0912345678"), ("0084912345678", "0912345678"), ("84912345678", "0912345678"),
     ("0912.345.678", "0912345678"), ("01629876543", "0329876543"), ("0215 3824 567", "02153824567"),
     ("+86 138 0013 8000", "+8613800138000"), ("+856 20 5555 1234", "+8562055551234")],
)  # fmt: skip
def test_phones(cell, phone):
    parsed = read(v.parse_phone, cell)

    assert (parsed.values, parsed.findings) == ([phone], [])


@pytest.mark.parametrize(
    ("cell", "code"),
    [("12345", "phone-unreadable"), ("không nhớ số", "phone-unreadable"), ("9.12E+08", "number-damaged"),
     ("09123456789", "phone-unreadable"), ("+0123456789", "phone-unreadable")],
)  # fmt: skip
def test_what_is_no_phone(cell, code):
    assert first_code(read(v.parse_phone, cell)) == code


def test_of_several_phones_the_first_is_taken_with_a_warning():
    parsed = read(v.parse_phone, "0912345678 / 0987654321")

    assert parsed.values == ["0912345678"]
    assert [(f.code, f.severity) for f in parsed.findings] == [
        ("exchange.phone-several", "warning")
    ]


@pytest.mark.parametrize(
    ("cell", "number"),
    [("011085000123", "011085000123"), (11085000123, "011085000123"), (1085000123.0, "001085000123"),
     ("11085000123", "011085000123"), ("040123456", "040123456"), ("011 085 000 123", "011085000123"),
     ("'011085000123", "011085000123")],
)  # fmt: skip
def test_personal_ids(cell, number):
    assert read(v.parse_personal_id, cell).values == [number]


@pytest.mark.parametrize(
    ("cell", "code"),
    [("1.1085E+11", "number-damaged"), (1.1085e15, "number-damaged"), ("1085000123", "personal-id-unreadable"),
     ("A1234567", "personal-id-unreadable"), ("١٢٣٤٥٦٧٨٩", "personal-id-unreadable")],
)  # fmt: skip
def test_what_is_no_personal_id(cell, code):
    assert first_code(read(v.parse_personal_id, cell)) == code


@pytest.mark.parametrize(
    ("cell", "code"),
    [("A97", "A97"), ("a971", "A97.1"), ("A97.1 - Sốt xuất huyết", "A97.1"), ("B05 (Sởi)", "B05"), ("U07,1", "U07.1"),
     ("A97.1*", "A97.1"), ("Sởi", None), ("A9", None)],
)  # fmt: skip
def test_icd10(cell, code):
    assert read(v.parse_icd10, cell).values == [code]


def test_commune_codes_get_their_zeros_back():
    assert read(v.parse_code, 3127, "3127", "03127", "03127.0"[:5], width=5).values == ["03127"] * 4


def test_text_is_one_line_and_a_name_may_be_na():
    parsed = read(v.parse_text, "Lò  Văn\nA", "Na", "---", "Nguy�n", 12.0, "x" * 5000)

    assert parsed.values == ["Lò Văn A", "Na", None, None, "12", None]
    assert [f.code for f in parsed.findings] == ["exchange.text-damaged", "exchange.text-too-long"]


CELLS = st.one_of(
    st.text(max_size=60),
    st.integers(),
    st.floats(allow_nan=False, allow_infinity=False),
    st.booleans(),
    st.dates(),
)


@pytest.mark.parametrize(
    "parse",
    [
        v.parse_text,
        v.parse_code,
        v.parse_integer,
        v.parse_age,
        v.parse_phone,
        v.parse_personal_id,
        v.parse_icd10,
    ],
)
@given(cells=st.lists(CELLS, max_size=10))
def test_any_cell_has_a_value_or_a_finding_or_is_blank(parse, cells):
    parsed = read(parse, *cells)

    assert len(parsed.values) == len(cells)
    errors = {f.row for f in parsed.findings if f.severity == "error"}
    assert all(
        value is None or row not in errors
        for row, value in zip(rows(len(cells)), parsed.values, strict=True)
    )


def test_equal_numbers_of_different_types_are_not_confused():
    choices = CASES.by_id["sample_taken"].choices

    assert read(v.parse_choice, 1, True, 0, False, choices=choices).values == [
        "yes",
        "yes",
        "no",
        "no",
    ]
    assert read(v.parse_integer, True, 1).values == [None, 1]
