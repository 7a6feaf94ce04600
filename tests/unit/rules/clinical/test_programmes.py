"""Programmes as they are declared, and what a slip in a declaration says."""

from datetime import date

import pytest

from tuyen.rules.clinical import answers
from tuyen.rules.clinical import programme as rules
from tuyen.rules.loader import BadRule

ON = date(2026, 11, 26)
GOOD = """
names: {vi: Thử, en: Trial, zh: 试}
order: 1
kind: periodic
form:
  pain: {kind: number, low: 0, high: 10, unit: points, names: {vi: Đau, en: Pain, zh: 痛}}
contacts:
  values:
    - {from: 2026-01-01, value: {every: 1 month}, source: {act: A}, confidence: L}
control:
  values:
    - {from: 2026-01-01, value: [[{what: answer.pain, to: 3}]], source: {act: A}, confidence: L}
"""


def declare(tmp_path, monkeypatch, text, key="trial"):
    folder = tmp_path / "clinical" / "programmes"
    folder.mkdir(parents=True)
    (folder / f"{key}.yaml").write_text(text, encoding="utf-8")
    monkeypatch.setenv("TUYEN_RULES", str(tmp_path))


def test_the_programmes_of_the_issue_are_there():
    found = rules.programmes()

    assert list(found)[:4] == ["hypertension", "diabetes", "copd_asthma", "mental_health"]
    assert {one.book for one in found.values()} >= {"01A", "01B", "02", "03", "05", "06"}
    assert {key for key, one in found.items() if one.sensitive} == {
        "hiv", "mental_health", "mental_risk", "tuberculosis",
    }  # fmt: skip
    assert {"cervical_screening", "ncd_risk", "checkup", "elderly", "occupational",
            "traditional_medicine"} <= set(found)  # fmt: skip


def test_a_province_adds_a_programme_by_a_file(tmp_path, monkeypatch):
    declare(tmp_path, monkeypatch, GOOD)

    found = rules.programme("trial")

    assert found is not None
    assert found.names.of("vi") == "Thử"
    assert "hypertension" in rules.programmes()


@pytest.mark.parametrize(
    ("why", "old", "new", "says"),
    [
        ("a condition on what nobody asks", "answer.pain", "answer.ache", "no field 'ache'"),
        ("a word that means nothing", "to: 3", "until: 3", "until"),
        ("a time that is none", "1 month", "monthly", "is not a time"),
        ("a kind of question that is none", "kind: number", "kind: slider", "slider"),
        ("no time between contacts", "contacts:", "who:", "trial"),
        ("a name that is missing", "en: Pain, ", "", "en"),
    ],
)
def test_a_slip_is_named(tmp_path, monkeypatch, why, old, new, says):
    declare(tmp_path, monkeypatch, GOOD.replace(old, new))

    with pytest.raises(BadRule) as caught:
        rules.programmes()

    assert says in str(caught.value), why
    assert "trial" in str(caught.value) or "is not a time" in str(caught.value)


@pytest.mark.parametrize(
    ("code", "keys"),
    [
        ("I10", ["hypertension"]),
        ("i15.9", ["hypertension"]),
        ("E11.9", ["diabetes"]),
        ("J45", ["copd_asthma"]),
        ("F32.1", ["mental_health"]),
        ("I1", []),
        ("A90", []),
    ],
)
def test_a_diagnosis_finds_its_programme(code, keys):
    assert rules.qualifying(code, ON) == keys


def test_a_screening_is_of_its_age_and_sex():
    who = rules.programmes()["cervical_screening"].who(ON)

    assert rules.fits_person(who, 30, 2)
    assert not rules.fits_person(who, 29, 2)
    assert not rules.fits_person(who, 40, 1)


def test_what_was_in_force_is_asked_by_day():
    one = rules.programmes()["hypertension"]

    assert one.contacts(date(2025, 6, 30)).most_days == 30
    assert one.contacts(date(2025, 7, 1)).most_days == 90
    assert rules.programmes()["checkup"].cap(ON) == 350_000


@pytest.mark.parametrize(
    ("told", "on", "days"),
    [
        ([("I10", "")], date(2025, 6, 30), 30), ([("I10", "")], ON, 90), ([("F20", "")], ON, 30),
        ([("F20", ""), ("I10", "")], ON, 90), ([("J06", "")], ON, None), ([], ON, None),
    ],
)  # fmt: skip
def test_how_long_a_medicine_is_prescribed_at_most(told, on, days):
    found = rules.longest(told, on)

    assert (found and found[1]) == days


def test_answers_are_read_by_kind():
    one = rules.programmes()["copd_asthma"]

    found, wrong = answers.read_form(
        one, {"asthma_control": "partly", "attacks": "2", "inhaler": "yes"}
    )

    assert found == {"asthma_control": "partly", "attacks": 2.0, "inhaler": 1.0}
    assert wrong == []
    assert answers.score(one, "asthma_control", "partly") == 1.0


@pytest.mark.parametrize(
    ("field", "text", "why"),
    [
        ("attacks", "many", "not-a-number"),
        ("attacks", "61", "out-of-range"),
        ("attacks", "nan", "out-of-range"),
        ("inhaler", "maybe", "not-yes-or-no"),
        ("asthma_control", "3", "not-a-choice"),
        ("shoe_size", "42", "unknown-field"),
    ],
)
def test_a_wrong_answer_is_named(field, text, why):
    found, wrong = answers.read_form(rules.programmes()["copd_asthma"], {field: text})

    assert found == {}
    assert [(one.field, one.why) for one in wrong] == [(field, why)]
