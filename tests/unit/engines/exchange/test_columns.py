"""Which column is which field, and what the person is asked."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.engines.exchange.corpus import CASES, PERSONS, mapped, table
from tuyen.engines.exchange.columns import propose
from tuyen.engines.exchange.fields import Fields
from tuyen.engines.exchange.grid import letter
from tuyen.engines.exchange.refusals import FieldTakenTwice, UnknownColumn, UnknownField
from tuyen.engines.exchange.tabular import Column, Table
from tuyen.kernel.refusal import BadInput


def fields_of(*headers, fields=CASES):
    """The field of each header, matched in one table."""
    data = "\t".join(headers) + "\n" + "\t".join("v" for _ in headers) + "\n"
    found = table(data.encode())
    columns = propose(found, fields)
    by_letter = {match.letter: match.field for match in columns.matches}
    return [by_letter.get(column.letter) for column in found.columns]


@pytest.mark.parametrize(
    ("headers", "fields"),
    [
        (["STT", "Họ và tên", "Giới tính", "Năm sinh"], [None, "person_name", "sex", "birth_date"]),
        (["ho ten benh nhan", "GIOI", "NGAY KHOI PHAT", "Xa/Phuong"], ["person_name", "sex", "onset_date", "current_commune"]),
        (["1. Họ tên *", "2) Ngày khởi phát (dd/mm/yyyy)", "Giới [1=Nam, 2=Nữ]"], ["person_name", "onset_date", "sex"]),
        (["Patient name", "Sex", "Date of onset", "Diagnosis"], ["person_name", "sex", "onset_date", "disease"]),
        (["姓名", "性别（男/女）", "发病日期", "疾病名称"], ["person_name", "sex", "onset_date", "disease"]),
        (["Họ tên", "Ngày khởi phát bệnh của bệnh nhân", "Chẩn đoán"], ["person_name", "onset_date", "disease"]),
        (["Họ tên", "Ngày khỏi phát", "Bệnh"], ["person_name", "onset_date", "disease"]),
        (["Họ tên", "ĐT", "DT", "CCCD"], ["person_name", "phone", "ethnicity", "personal_id"]),
        (["Họ tên", "Địa chỉ hiện tại", "Địa chỉ thường trú", "Mã xã"], ["person_name", "current_address", "permanent_address", "current_commune_code"]),
        (["Họ tên", "Ngày vào viện", "Ngày ra viện", "Ngày báo cáo"], ["person_name", "admission_date", "outcome_date", "report_date"]),
        (["Họ tên", "Màu tóc", "Bệnh"], ["person_name", None, "disease"]),
    ],
)  # fmt: skip
def test_headers_name_their_fields(headers, fields):
    assert fields_of(*headers) == fields


def test_any_order_of_columns():
    headers = ["Bệnh", "Ngày khởi phát", "Xã", "Họ tên", "Tuổi"]
    forward = dict(zip(headers, fields_of(*headers), strict=True))

    assert dict(zip(headers[::-1], fields_of(*headers[::-1]), strict=True)) == forward


@pytest.mark.parametrize("language", ["vi", "en", "zh"])
@pytest.mark.parametrize("fields", [CASES, PERSONS], ids=["cases", "persons"])
def test_labels_of_every_language_name_their_field(fields, language):
    labels = [field.labels[language] for field in fields.by_id.values()]

    assert fields_of(*labels, fields=fields) == list(fields.by_id)


def test_confidence_says_how():
    _, columns = mapped("Họ tên,Ngày khởi phát bệnh,Comune\na,b,c\n")

    assert [match.how for match in columns.matches] == ["exact", "words", "spelling"]
    assert [match.confidence == 1 for match in columns.matches] == [True, False, False]


def test_two_columns_alike_are_asked():
    _, columns = mapped("Họ tên,Ngày khởi phát,Ngày phát bệnh,Bệnh\na,b,c,d\n")

    assert [(doubt.field, doubt.letters) for doubt in columns.doubts] == [
        ("onset_date", ("B", "C"))
    ]
    assert not columns.settled


def test_what_is_needed_and_missing_is_listed():
    _, columns = mapped("Tuổi,Xã,Giới tính\n1,x,Nam\n")

    assert columns.missing == ("person_name", "disease|icd10")


def test_the_person_overrides_by_letter_or_header():
    found = table("Họ tên,Cột lạ,Ngày khởi phát,Ngày phát bệnh\na,b,c,d\n")

    columns = propose(found, CASES, {"b": "disease", "Ngày khởi phát": None, "D": "onset_date"})

    assert {match.letter: match.field for match in columns.matches} == {
        "A": "person_name", "B": "disease", "D": "onset_date",
    }  # fmt: skip
    assert columns.ignored == ("C",)
    assert columns.settled


def test_a_map_is_remembered_for_the_next_file():
    found = table("Họ tên,Cột lạ\na,b\n")
    remembered = propose(found, CASES, {"B": "disease"}).remembered()

    again = propose(table("Cột lạ,Họ tên\nb,a\n"), CASES, remembered)

    assert again.letter_of("disease") == "A"


@pytest.mark.parametrize(
    ("chosen", "refusal"),
    [
        ({"Z": "disease"}, UnknownColumn),
        ({"A": "colour"}, UnknownField),
        ({"A": "disease", "B": "disease"}, FieldTakenTwice),
    ],
)
def test_an_override_that_cannot_be(chosen, refusal):
    with pytest.raises(refusal):
        propose(table("Họ tên,Xã\na,b\n"), CASES, chosen)


def test_our_own_error_columns_are_ignored():
    _, columns = mapped("Họ tên,Bệnh,Dòng trong tệp gốc,Mã lỗi,Lỗi,Cách sửa\na,b,1,x,y,z\n")

    assert columns.ignored == ("C", "D", "E", "F")


def rule(**fields):
    return {
        "fields": {
            name: {"kind": "text", "label": {"en": name}, **entry} for name, entry in fields.items()
        }
    }


def test_a_word_for_two_fields_is_a_mistake_of_the_rule():
    with pytest.raises(BadInput, match="names both a and b"):
        Fields.of(rule(a={"words": ["tên"]}, b={"words": ["Tên"]}))


def test_an_unknown_kind_is_a_mistake_of_the_rule():
    with pytest.raises(BadInput, match="colour"):
        Fields.of(rule(a={"words": [], "kind": "colour"}))


def test_a_choice_of_two_meanings_is_a_mistake_of_the_rule():
    with pytest.raises(BadInput, match="means both"):
        Fields.of(rule(a={"words": [], "kind": "choice", "choices": {"x": ["1"], "y": ["1"]}}))


@given(st.lists(st.text(min_size=1, max_size=80), min_size=1, max_size=12))
@settings(max_examples=100, deadline=None)
def test_any_headers_give_a_map_that_is_one_to_one(headers):
    found = Table(
        "x", "csv", None, "UTF-8", ",", (1,), [2],
        tuple(Column(letter(at), header, ["v"]) for at, header in enumerate(headers)),
        False, (), {},
    )  # fmt: skip
    columns = propose(found, CASES)

    letters = [match.letter for match in columns.matches]
    assert len(letters) == len(set(letters))
    assert len({match.field for match in columns.matches}) == len(letters)
    doubted = [letter for doubt in columns.doubts for letter in doubt.letters]
    everywhere = [*letters, *columns.ignored, *columns.unmatched, *doubted]
    assert sorted(everywhere) == sorted(column.letter for column in found.columns)
