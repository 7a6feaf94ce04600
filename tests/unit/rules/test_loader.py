"""The loader reads dated data safely, once, and says exactly what a bad rule lacks."""

import datetime

import pytest

from tuyen import rules
from tuyen.rules import loader

GOOD = """
name: {en: Base salary, vi: Mức lương cơ sở, zh: 基本工资}
unit: VND per month
values:
  - {from: 2023-07-01, value: 1800000, source: {act: A}, confidence: H}
  - {from: 2024-07-01, value: 2340000, source: {act: B}, confidence: H}
  - {from: 2030-01-01, value: null, source: {act: C}, confidence: L, verified: false}
"""


@pytest.fixture
def own(tmp_path, monkeypatch):
    """A folder of rules of one's own; write(name, text) puts a rule there."""
    monkeypatch.setenv("TUYEN_RULES", str(tmp_path))

    def write(name, text):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path

    return write


@pytest.mark.parametrize(
    ("why", "on", "value"),
    [
        ("before the first", "2023-06-30", None),
        ("on the day it begins", "2023-07-01", 1800000),
        ("on the day before the next", "2024-06-30", 1800000),
        ("the next", "2024-07-01", 2340000),
        ("after the repeal", "2031-01-01", None),
    ],
)
def test_the_value_of_a_day(own, why, on, value):
    own("claims/base_salary.yaml", GOOD)

    values = rules.load("claims/base_salary")["values"]

    assert rules.value(values, datetime.date.fromisoformat(on)) == value, why


def test_an_entry_keeps_its_source(own):
    own("claims/base_salary2.yaml", GOOD)

    entry = rules.dated(rules.load("claims/base_salary2")["values"], datetime.date(2024, 8, 1))

    assert (entry["source"]["act"], entry["confidence"]) == ("B", "H")


def test_a_csv_has_dates_blanks_and_marks(own):
    own(
        "claims/ceiling.csv",
        "\ufeffcode,from,value,source,confidence,verified\r\nA,2026-07-01,,act,M,false\r\n",
    )

    (row,) = rules.load("claims/ceiling")

    assert dict(row) == {
        "code": "A",
        "from": datetime.date(2026, 7, 1),
        "value": None,
        "source": "act",
        "confidence": "M",
        "verified": False,
    }


def test_content_is_frozen_because_it_is_shared(own):
    own("claims/frozen.yaml", GOOD)
    rule = rules.load("claims/frozen")

    with pytest.raises(TypeError):
        rule["values"][0]["value"] = 0
    assert rules.load("claims/frozen") is rule


def test_a_rule_of_ones_own_stands_in_for_the_one_that_ships(own):
    shipped = rules.load("surveillance/sources")
    own("surveillance/deadlines.yaml", GOOD)

    assert rules.load("surveillance/deadlines")["unit"] == "VND per month"
    assert rules.load("surveillance/sources") is shipped


@pytest.mark.parametrize(
    ("file", "text", "says"),
    [
        ("x/a1.yaml", "values: [{from: 2020-01-01, value: 1, confidence: H}]", "source is missing"),
        ("x/a2.yaml", "values: [{value: 1, source: A, confidence: H}]", "from is missing"),
        ("x/a3.yaml", "values: [{from: 2020, value: 1, source: A, confidence: H}]", "write a date"),
        ("x/a4.yaml", "values: [{from: 2020-01-01, value: 1, source: A, confidence: X}]", "H, M"),
        ("x/a5.yaml", "values: [{from: 2020-01-01, source: A, confidence: H}]", "has no value"),
        ("x/a6.yaml", "values: 3", "list of dated entries"),
        ("x/a7.yaml", "a: 1\na: 2\n", "'a' stands twice"),
        ("x/a8.yaml", "a: !!python/object/apply:os.getcwd []", "cannot be read"),
        (
            "x/a9.yaml",
            "values: [{from: 2021-01-01, value: 1, source: A, confidence: H},"
            " {from: 2020-01-01, value: 2, source: A, confidence: H}]",
            "in order of from",
        ),
        ("x/b1.csv", "a,from,source,confidence\n1,2020-01-01,A\n", "not as many cells"),
        ("x/b2.csv", "a,from,source,confidence\n1,yesterday,A,H\n", "line 2"),
        ("x/b3.csv", "a,from,source,confidence\n1,2020-01-01,,H\n", "source is missing"),
        ("x/b4.csv", "a,verified\n1,maybe\n", "write true or false"),
    ],
)
def test_a_bad_rule_is_named(own, file, text, says):
    own(file, text)

    with pytest.raises(rules.BadRule, match=says) as error:
        rules.load(file.partition(".")[0])

    assert file.rpartition("/")[2] in str(error.value)


@pytest.mark.parametrize("name", ["../secrets", "/etc/passwd", "x/", "x/../y"])
def test_a_name_cannot_leave_the_folder(name):
    with pytest.raises(rules.BadRule, match="is not the name of a rule"):
        rules.load(name)


def test_an_absent_rule_is_named():
    with pytest.raises(rules.BadRule, match="no rule 'x/absent'"):
        rules.load("x/absent")


@pytest.mark.parametrize("name", ["surveillance/thresholds", "calendar/lunar"])
def test_shipped_rules_load(name):
    assert loader.load(name)
