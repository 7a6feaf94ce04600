"""Visits are judged together as they are judged alone, by the rules of the day each ended."""

from copy import deepcopy
from datetime import date

import pytest

from tests.unit.engines.claims.broken import faults
from tests.unit.engines.claims.making import ON, base, found, line, station, summed, visit
from tuyen.cli.claims import checker, words_of
from tuyen.engines.claims.checker import Checker, day_of
from tuyen.engines.claims.language import BadExpression, compile_check, compile_value
from tuyen.engines.claims.reader import Fault
from tuyen.engines.claims.rulebook import changes, compile_book, fields_on, lists_on
from tuyen.rules.claims import book as rules


def test_together_is_as_one_by_one():
    visits = list(faults().values())[::8]

    together = checker().check(visits)

    assert together == [checker().check([one])[0] for one in visits]
    assert together == checker().check(visits), "and again, with what was learnt of good values"


def test_a_whole_visit_may_be_missing_its_header():
    tables = base("station")
    del tables["XML1"]

    assert isinstance(found(tables), list)


def dated(day, **header):
    """The station's visit moved to another day."""
    tables = deepcopy(base("station"))
    for rows in tables.values():
        for row in rows:
            for name, text in row.items():
                row[name] = text.replace("20261004", day).replace("20261103", "20261203")
    tables["XML14"][0]["NGAY_HEN_KL"] = "202612030949"
    tables["XML1"][0] |= {
        "NAM_QT": day[:4],
        "THANG_QT": day[4:6],
        "GT_THE_TU": "20240101",
        **header,
    }
    return tables


@pytest.mark.parametrize(
    ("why", "day", "header", "code"),
    [
        ("type 13 before the decision", "20260615", {"MA_LOAI_KCB": "13"}, "XML1.MA_LOAI_KCB.list"),
        ("type 13 since", "20260801", {"MA_LOAI_KCB": "13"}, ""),
        ("classes before their list", "20250901", {"MA_DOITUONG_KCB": "1.8"}, ""),
        ("classes since", "20251101", {"MA_DOITUONG_KCB": "1.8"}, "XML1.MA_DOITUONG_KCB.list"),
    ],
)
def test_codes_are_those_of_the_day_the_visit_ended(why, day, header, code):
    codes = {
        told
        for told, _table, field in found(dated(day, **header))
        if field in header and told.startswith("XML1")
    }

    assert (code in codes) if code else not {c for c in codes if c.endswith(".list")}, why


def half(day):
    """A line at half of a 95 % card: 47.5 needs four signs."""
    tables = dated(day, MA_DOITUONG_KCB="1.13", MA_THE_BHYT="CN3206992237902")
    for row in (*tables["XML2"], *tables["XML3"]):
        row["MUC_HUONG"] = "47.5"
    return found(tables)


def test_a_size_changes_with_a_decision():
    assert ("XML2.MUC_HUONG.size", "XML2", "MUC_HUONG") in half("20260630")
    assert ("XML2.MUC_HUONG.size", "XML2", "MUC_HUONG") not in half("20260701")


def test_a_new_decision_is_rows_and_the_past_is_judged_as_before():
    """A decision of 2027 adds a field, takes one out, shortens one and lists a code."""
    material = rules.material()
    add = {
        "table": "XML5", "order": "8.5", "name": "MA_MOI", "kind": "code", "size": "5", "portal": None,
        "need": "yes", "form": None, "list": None, "same": None, "from": date(2027, 1, 1),
        "source": "proposal", "confidence": "L",
    }  # fmt: skip
    gone = {**add, "name": "GIAI_DOAN_BENH", "kind": "gone"}
    short = {**add, "name": "HOI_CHAN", "kind": "text", "need": "no", "size": "3", "order": "5"}
    patched = {**material, "fields": [*material["fields"], add, gone, short]}
    after, before = Checker(patched, words_of), checker()

    def codes(judge, day):
        tables = dated(day)
        tables["XML5"][0] |= {"HOI_CHAN": "dài quá", "GIAI_DOAN_BENH": "x"}
        around = visit(tables)
        around.envelope["NGAYLAP"] = day
        return {finding.code for finding in judge.check([around])[0]}

    assert codes(after, "20270104") - codes(before, "20270104") == {
        "XML5.MA_MOI.required", "XML5.unknown-field", "XML5.HOI_CHAN.size",
    }  # fmt: skip
    assert codes(after, "20261005") == codes(before, "20261005")
    assert list(after.book(date(2027, 1, 1)).fields["XML5"])[-3:] == [
        "NGUOI_THUC_HIEN", "MA_MOI", "DU_PHONG",
    ]  # fmt: skip


def test_the_structure_of_a_card_changes_with_a_decision():
    """From 2027 a card would be the ten digits of the insurance number."""
    material = rules.material()
    card = next(
        row for row in material["fields"] if (row["table"], row["name"]) == ("XML1", "MA_THE_BHYT")
    )
    short = {**card, "from": date(2027, 1, 1), "form": "insurance-number"}
    after = Checker({**material, "fields": [*material["fields"], short]}, words_of)

    def said(day, code):
        (findings,) = after.check([visit(dated(day, MA_THE_BHYT=code))])
        return "XML1.MA_THE_BHYT.form" in {finding.code for finding in findings}

    assert not said("20261004", "HN2206992237902")
    assert said("20261004", "6992237902")
    assert said("20270104", "HN2206992237902")
    assert not said("20270104", "6992237902")


def test_the_day_of_a_visit():
    head = {"NGAY_RA": "202610040949", "NGAY_VAO": "202610030000"}

    assert day_of(visit({"XML1": [head]})) == date(2026, 10, 4)
    assert day_of(visit({"XML1": [{"NGAY_VAO": "202610030000"}]})) == date(2026, 10, 3)
    assert day_of(visit({})) == date(2026, 10, 4), "the day of the file"


def test_lists_and_fields_of_a_day():
    material = rules.material()

    assert "11" not in lists_on(material, date(2026, 6, 18))["care-type"]
    assert "11" in lists_on(material, date(2026, 6, 19))["care-type"]
    assert "attendance-class" not in lists_on(material, date(2025, 10, 16))
    sizes = {
        day: {row["name"]: row["size"] for row in fields_on(material["fields"], day) if row["table"] == "XML2"}
        for day in (date(2020, 1, 1), date(2026, 6, 30), date(2026, 7, 1))
    }  # fmt: skip
    assert [held["MUC_HUONG"] for held in sizes.values()] == ["3", "3", "4"]
    assert changes(material) == sorted(changes(material))


@pytest.mark.parametrize(
    "text",
    [
        "__import__('os')", "STT.__class__", "[].append", "lambda: 1", "STT[0]", "1.5", "open('x')",
        "STT ** 9", "(yield)", "STT := 1", "f'{STT}'", "STT if", "day(NGAY_RA) < day(NGAY_VAO) < '9'",
        "count(1)", "half_up(x=1)", "b'x'", "None",
    ],
)  # fmt: skip
def test_a_rule_of_a_site_cannot_say_anything_else(text):
    with pytest.raises(BadExpression):
        compile_check("XML1", "", text, {"day": str, "half_up": abs})


def test_a_name_without_a_value_makes_a_row_silent():
    check = compile_check("XML1", "given(A)", "A > B", {})
    value = compile_value("XML1", "zero(A) + B", {})

    assert check.run([1, None, 3, 1], [2, 2, 2, None]) == [0]
    assert value.run([1, None, 3], [2, 2, None]) == [3, 2, None]


def test_a_word_without_an_answer_does_not_fail():
    check = compile_check("XML1", "", "age(A) == 3", {"age": lambda text: None})

    assert check.run(["x"]) == []


def test_a_check_of_a_field_that_is_nowhere_is_refused():
    material = rules.material()
    wrong = {**material["checks"][0], "holds": "KHONG_CO > 0", "expect": "", "when": ""}

    with pytest.raises(BadExpression, match="KHONG_CO"):
        compile_book({**material, "checks": [wrong]}, ON, words_of(ON))


def test_a_wrong_line_is_one_finding_and_not_also_a_wrong_total():
    tables = base("station")
    tables["XML2"][0]["THANH_TIEN_BV"] = "31505.00"

    assert found(tables) == [("XML2.THANH_TIEN_BV.formula", "XML2", "THANH_TIEN_BV")]


def test_a_total_of_lines_that_are_wrong_is_no_further_fault():
    tables = base("station")
    tables["XML2"][0]["THANH_TIEN_BV"] = "31505.00"

    assert {code for code, *_ in found(summed(tables))} == {"XML2.THANH_TIEN_BV.formula"}


def test_what_a_copy_says_is_told_once_where_table_1_is_wrong_itself():
    tables = base("station")
    tables["XML1"][0]["NGAY_RA"] = "2026-10-04"

    assert [f for f in found(tables) if f[0].endswith(".same")] == []


def test_a_copy_that_differs_names_both_cells():
    tables = base("station")
    tables["XML14"][0]["HO_TEN"] = "NÔNG THỊ C"

    assert found(tables) == [
        ("XML14.HO_TEN.same", "XML1", "HO_TEN"), ("XML14.HO_TEN.same", "XML14", "HO_TEN"),
    ]  # fmt: skip


def test_letter_case_and_spaces_of_a_name_are_no_difference():
    tables = base("station")
    tables["XML14"][0]["HO_TEN"] = "Nông  thị B"

    assert found(tables) == []


def uninsured():
    tables = station(MA_NOI_DI="")
    tables["XML1"][0] |= {
        "MA_DOITUONG_KCB": "9", "MA_THE_BHYT": "", "MA_DKBD": "", "GT_THE_TU": "", "GT_THE_DEN": "",
    }  # fmt: skip
    tables["XML14"][0] |= {"MA_DOITUONG_KCB": ""}
    for row in (*tables["XML2"], *tables["XML3"]):
        row |= {
            "TYLE_TT_BH": "0", "THANH_TIEN_BH": "0", "MUC_HUONG": "0", "T_BHTT": "0",
            "T_BNCCT": "0", "T_BNTT": row["THANH_TIEN_BV"], "PHAM_VI": "2",
        }  # fmt: skip
    return tables


def pick_up():
    tables = base("station")
    tables["XML1"][0] |= {"MA_LOAI_KCB": "07", "SO_NGAY_DTRI": "0", "MA_DOITUONG_KCB": "7"}
    for table in ("XML3", "XML4", "XML5"):
        del tables[table]
    return tables


def child():
    tables = base("station")
    tables["XML1"][0] |= {
        "MA_THE_BHYT": "TE1202012345678", "SO_CCCD": "", "NGAY_SINH": "202301150000",
        "MA_BENH_CHINH": "J06.9", "MA_BENH_KT": "", "CAN_NANG": "13.50",
    }  # fmt: skip
    tables["XML14"][0]["NGAY_SINH"] = ""
    for row in tables["XML3"]:
        row["MA_BENH"] = "J06.9"
    return tables


def supply():
    tables = base("station")
    row = line(
        "XML3", "2", "15000", TYLE_TT_DV="100", MA_VAT_TU="N03.01.010", TEN_VAT_TU="Bơm tiêm",
        MA_NHOM="10", TT_THAU="QĐ1;G1;N1;2026", MA_BENH="I10", NGAY_KQ="",
    )  # fmt: skip
    tables["XML3"].append({**row, "MA_DICH_VU": "", "TEN_DICH_VU": "", "STT": "3"})
    return tables


def programme_drug():
    tables = base("station")
    row = tables["XML2"][0]
    row |= {
        "NGUON_CTRA": "3", "T_BHTT": "0", "T_NGUONKHAC": row["THANH_TIEN_BV"],
        "T_NGUONKHAC_NSNN": row["THANH_TIEN_BV"],
    }  # fmt: skip
    return tables


def two_cards():
    tables = base("station")
    tables["XML1"][0] |= {
        "MA_THE_BHYT": "HN2206992237902;GD4206992237902", "MA_DKBD": "20001;20001",
        "GT_THE_TU": "20260101;20261001", "GT_THE_DEN": "20260930;20261231",
    }  # fmt: skip
    return tables


def drugs_paid_by_rate():
    tables = base("station")
    tables["XML2"][1] |= {
        "MA_NHOM": "6", "TYLE_TT_BH": "50", "THANH_TIEN_BH": "1732.50", "T_BHTT": "1732.50",
        "T_BNTT": "1732.50",
    }  # fmt: skip
    return tables


@pytest.mark.parametrize(
    "make", [uninsured, pick_up, child, supply, programme_drug, two_cards, drugs_paid_by_rate]
)
def test_visits_of_many_kinds_are_clean(make):
    assert found(summed(make())) == []


@pytest.mark.parametrize("table", ["XML2", "XML3", "XML4", "XML5", "XML14"])
def test_a_table_that_cannot_be_read_is_told_and_nothing_of_what_it_should_have_held(table):
    tables = base("station")
    del tables[table]
    around = visit(tables)
    around.faults.append(Fault(table, "base64", "NOIDUNGFILE"))

    (findings,) = checker().check([around])

    assert [finding.code for finding in findings] == [f"{table}.base64"]
