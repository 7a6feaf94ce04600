"""A schedule as words becomes a pack, and the shipped one says what the reading it was made from says."""

import copy
import json
from dataclasses import fields
from datetime import date
from pathlib import Path

import pytest

from tuyen.engines.immunization.cdsi import BadPack, read_pack
from tuyen.engines.immunization.definitions import BadDefinition, compile_pack
from tuyen.engines.immunization.history import DoseGiven, Person
from tuyen.engines.immunization.pack import Pack, Parameters
from tuyen.engines.immunization.reference import evaluate
from tuyen.engines.immunization.spans import Span
from tuyen.rules.immunization import schedules

LATEST = "vn-tt13-2026"
# Where the shipped schedule says otherwise than the draft, and why. A figure that is not here is the same.
INTENDED = {
    ("HPV", 2, "ages"): "the draft has an age row without any age, which asks for nothing",
    ("JE", 2, "ages"): "the draft has an age row without any age, which asks for nothing",
}


@pytest.fixture(scope="module")
def ours() -> Pack:
    return compile_pack(schedules.definition(LATEST))


def test_a_figure_becomes_the_minimum_and_the_absolute_minimum(ours):
    second = ours.antigens["Hib"].series[0].doses[1]

    assert second.row == "Hib 3-dose series · dose 2"
    assert second.intervals[0].minimum == second.intervals[0].absolute_minimum == Span(days=28)
    assert second.ages[0].earliest == Span(months=3)
    assert [row.vaccine for row in second.preferable] == ["198"]
    assert ours.parameters.grace_days == 0


def test_one_month_between_doses_is_a_parameter(ours):
    said = json.loads(json.dumps(schedules.definition(LATEST)))
    said["parameters"]["one_month_days"] = None

    calendar = compile_pack(said).antigens["Hib"].series[0].doses

    assert calendar[1].intervals[0].minimum == Span(months=1)
    assert ours.antigens["Polio-IPV"].series[0].doses[1].intervals[0].minimum == Span(months=4)
    assert calendar[0].ages[0].latest == Span(months=3)  # ages stay calendar ages


@pytest.mark.parametrize(
    ("spoil", "why"),
    [
        (
            lambda d: d["series"][0]["doses"][0].update(minimum_age="soon"),
            "dose 1, minimum_age: 'soon'",
        ),
        (lambda d: d["series"][0].update(group="Hib"), "HepB-birth is not in group 'Hib'"),
        (lambda d: d["series"][0]["doses"][0]["accepts"].append("999"), "no vaccine '999'"),
        (lambda d: d["conflicts"][0].update(end=""), "begin and end must be spans"),
    ],
)
def test_a_definition_that_makes_no_pack_is_refused_with_its_place(spoil, why):
    said = copy.deepcopy(json.loads(json.dumps(schedules.definition(LATEST))))
    spoil(said)

    with pytest.raises(BadDefinition, match=why.replace("(", r"\(")):
        compile_pack(said)


def test_a_private_dose_outside_the_programme_is_judged_and_nobody_is_called():
    person, dose = Person(date(2025, 1, 10), "F"), DoseGiven(date(2025, 3, 10), "133")
    on = date(2025, 6, 1)

    def group(code, only=None):
        answers = evaluate(compile_pack(schedules.definition(code, only)), person, [dose], on)
        return next(one for one in answers if one.vaccine_group == "PCV")

    listed, unlisted = group("vn-tt52-2025"), group("vn-tt10-2024")

    assert (listed.status, unlisted.status) == ("not_complete", None)
    assert [d.status for d in unlisted.doses] == ["valid"]
    assert unlisted.recommended is None


@pytest.fixture(scope="module")
def draft(shared_data: Path) -> Pack:
    folder = shared_data / "data" / "immunization-supporting" / "vn-draft"
    try:
        return read_pack(
            (folder / "ScheduleSupportingData.xml").read_bytes(),
            {path.name: path.read_bytes() for path in folder.glob("Antigen*.xml")},
            name="vn-draft",
            version="",
            parameters=Parameters(),
        )
    except (OSError, BadPack) as error:
        pytest.skip(f"the draft cannot be read: {error}")


def test_every_figure_is_that_of_the_draft_or_differs_for_a_reason(ours, draft):
    assert ours.antigens.keys() == draft.antigens.keys()
    differing = set()
    for name, antigen in draft.antigens.items():
        for series, own in zip(antigen.series, ours.antigens[name].series, strict=True):
            apart = [
                field.name
                for field in fields(series)
                if field.name != "doses" and getattr(series, field.name) != getattr(own, field.name)
            ]
            assert apart == [], series.name
            for dose, ours_dose in zip(series.doses, own.doses, strict=True):
                differing |= {
                    (name, dose.number, field.name)
                    for field in fields(dose)
                    if _meaning(dose, field.name) != _meaning(ours_dose, field.name)
                }

    assert differing == INTENDED.keys()


def test_vaccines_groups_and_conflicts_are_those_of_the_draft(ours, draft):
    def conflicts(pack):
        return {(c.previous, c.current, c.begin, c.minimum_end, c.end) for c in pack.conflicts}

    assert ours.groups == draft.groups
    assert conflicts(ours) == conflicts(draft)
    in_use = {code: one for code, one in ours.vaccines.items() if one.associations}
    assert {code: one.associations for code, one in in_use.items()} == {
        code: one.associations for code, one in draft.vaccines.items()
    }
    assert ours.parameters == draft.parameters


def _meaning(dose, field):
    value = getattr(dose, field)
    return set(value) if field == "allowable" else value  # their order decides nothing


def test_the_shipped_schedule_answers_every_case_of_the_draft(ours, shared_data):
    path = shared_data / "data" / "immunization-cases" / "vn-draft.dev.json"
    wrong = []
    for case in json.loads(path.read_text(encoding="utf-8"))["cases"]:
        answers = evaluate(
            ours,
            Person(date.fromisoformat(case["dob"]), case["gender"]),
            [DoseGiven(date.fromisoformat(d["date"]), d["cvx"], n=d["n"]) for d in case["doses"]],
            date.fromisoformat(case["assessment_date"]),
        )
        if {_said(one) for one in answers} != {_expected(one) for one in case["expected"]}:
            wrong.append(case["id"])

    assert wrong == []


def _said(answer):
    days = (answer.earliest, answer.recommended, answer.past_due)
    return (
        answer.vaccine_group,
        answer.status,
        answer.dose_number,
        *(day.isoformat() if day else None for day in days),
        tuple((dose.n, dose.status) for dose in answer.doses),
    )


def _expected(one):
    return (
        one["vaccine_group"],
        one["status"].lower().replace(" ", "_"),
        one["dose_number"],
        one["earliest"],
        one["recommended"],
        one["past_due"],
        tuple((dose["n"], dose["status"].lower().replace(" ", "_")) for dose in one["doses"]),
    )
