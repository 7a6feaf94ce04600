"""Every rule says where it comes from and in three languages, and every rule can fire."""

from copy import deepcopy

import pytest

from tests.unit.engines.claims import broken
from tests.unit.engines.claims.making import ON, base, check_in, found, visit
from tuyen.cli.claims import checker
from tuyen.engines.claims.reader import Fault
from tuyen.engines.claims.rulebook import AMONG_VISITS, PARTS
from tuyen.rules.claims import book as rules

FIELD_RULES = ("required", "size", "type", "form", "list", "same")
OTHER = {
    "moment": "202610040950", "birth": "198203140000", "cards": "HN2206992237903",
    "dates": "20261230", "date": "20261230", "text": "khác", "count": "3",
}  # fmt: skip
OTHER_CODE = {
    "SO_CCCD": "020182037968", "MA_CSKCB": "20009", "MA_NOI_DI": "20009", "MA_NOI_DEN": "20009",
    "MA_QUOCTICH": "001", "MA_DANTOC": "09", "MA_NGHE_NGHIEP": "00001", "MATINH_CU_TRU": "08",
    "MAHUYEN_CU_TRU": "009", "MAXA_CU_TRU": "00009", "MA_BENH_CHINH": "I15", "MA_BENH_KT": "J45",
    "MA_DOITUONG_KCB": "2", "MA_LOAI_KCB": "01", "MA_BN": "BN2", "MA_BENH_YHCT": "U2",
}  # fmt: skip


@pytest.fixture(scope="module")
def book():
    return checker().book(ON)


def whole():
    """A visit with every table, even those that never go together."""
    tables = base("hospital")
    tables["XML0"], tables["XML12"] = check_in(), [broken.of_board()]
    tables["XML1"][0]["MA_BENH_YHCT"] = "U1"
    return tables


def silent(cases):
    """Codes of rules that stayed silent on the visit made to break them."""
    judged = checker().check(list(cases.values()))
    return [
        code for code, findings in zip(cases, judged, strict=True)
        if code not in {finding.code for finding in findings}
    ]  # fmt: skip


def broken_field(field, rule, row):
    what = rule.code.rpartition(".")[2]
    if what == "required":
        return ""
    if what == "size":
        return "9" * (field.size + 1)
    if what == "list":
        return next(
            text for text in ("0", "9", "99", "9.9", "7", "98") if _only_the_list_minds(field, text)
        )
    if what == "same":
        return OTHER_CODE.get(field.name) or OTHER[field.kind]
    return "?"


def _only_the_list_minds(field, text):
    return field.judge(text) == "list"


def test_there_are_many_rules_and_each_is_accounted_for(book):
    acts = rules.sources()

    assert len(book.rules) >= 300
    for rule in book.rules.values():
        assert rule.source in acts, rule.code
        assert all(rule.words[language] for language in ("vi", "en", "zh")), rule.code
        assert rule.severity in ("error", "warning"), rule.code
    assert {rule.tier for rule in book.rules.values()} == {1, 2, 3, 4, 5, 6}


def test_every_rule_of_a_single_field_can_fire(book):
    cases = {}
    start = whole()
    declared = {check.rule.code for check in book.checks}
    for rule in book.rules.values():
        what = rule.code.rpartition(".")[2]
        if what not in FIELD_RULES or not rule.field or rule.code in declared:
            continue
        # Only the table in question and table 1: the rest would be judged in vain.
        held = start if what == "same" else {rule.table, "XML1"} & start.keys()
        tables = {table: [dict(row) for row in start[table]] for table in held}
        around = visit(tables)
        row = around.envelope if rule.table == "GIAMDINHHS" else tables[rule.table][0]
        row[rule.field] = broken_field(book.fields[rule.table][rule.field], rule, row)
        if what == "same":
            # What table 1 says has to be said at all, and be right, to be compared.
            head = tables["XML1"][0]
            told = {"NGAY_VAO_NOI_TRU": head["NGAY_VAO"], "MA_NOI_DI": "20003"}
            head[rule.field] = head[rule.field] or told.get(rule.field, "ghi")
        cases[rule.code] = around

    assert len(cases) > 1000
    assert silent(cases) == []


def test_every_declared_check_can_fire_and_only_on_a_broken_visit(book):
    cases = broken.faults()

    assert {check.rule.code for check in book.checks} - cases.keys() == set()
    assert silent(cases) == []
    assert found(base("station")) == found(base("hospital")) == []


def test_every_fault_of_a_part_has_words(book):
    for what in PARTS:
        table = (
            "GIAMDINHHS" if what == "unknown-part" else "XML12" if what == "never-sent" else "XML1"
        )
        around = visit(deepcopy(base("station")))
        around.faults.append(Fault(table, what))
        (findings,) = checker().check([around])
        told = [finding for finding in findings if finding.code == f"{table}.{what}"]
        assert [checker().say(f, "vi", ON) != f.code for f in told] == [True], what
    assert {".".join(parts) for parts in AMONG_VISITS} <= book.rules.keys()


@pytest.mark.parametrize(
    ("code", "cells"),
    [
        ("XML1.SO_CCCD.sex", {("XML1", "GIOI_TINH"), ("XML1", "SO_CCCD")}),
        ("XML1.NGAY_RA.after-arrival", {("XML1", "NGAY_RA"), ("XML1", "NGAY_VAO")}),
        ("XML1.MA_LOAI_KCB.progress", {("XML5", ""), ("XML1", "MA_LOAI_KCB")}),
        (
            "XML3.MA_DICH_VU.long-term",
            {("XML1", "MA_LOAI_KCB"), ("XML3", "MA_DICH_VU"), ("XML3", "MA_NHOM")},
        ),
    ],
)
def test_a_disagreement_names_each_cell_that_may_be_wrong(code, cells):
    (findings,) = checker().check([broken.faults()[code]])

    assert {(f.table, f.field) for f in findings if f.code == code} == cells
