"""This system's own records as FHIR shows them, each a resource that our own check takes."""

import json
from datetime import date, timedelta
from decimal import Decimal

import pytest

from tests.unit.api.fhir_world import FhirWorld, patient
from tuyen.apps.access import clock
from tuyen.apps.clinical.operations import (
    Diagnosed,
    Dispensed,
    Intolerance,
    Measured,
    NextVisit,
    Prescribed,
    RecordAllergy,
    RecordVisit,
    Referred,
    Served,
)
from tuyen.apps.exchange import r4
from tuyen.apps.immunization.operations import RecordHistory
from tuyen.apps.immunization.operations.doses import Remembered


@pytest.fixture
def fhir(db, settings):
    settings.ALLOWED_HOSTS = ["testserver"]
    world = FhirWorld()
    world.ill = world.resident(0, "Giàng Thị Súa", "011190000123", "DT2114012000011", "Giàng A Páo")
    began = clock.now() - timedelta(hours=2)
    visit = RecordVisit(
        person=world.ill, began_at=began, reason="Đau đầu",
        measured=(Measured(what="systolic", value=Decimal(150)), Measured(what="diastolic", value=Decimal(95)),
                  Measured(what="weight", value=Decimal("52.50"))),
        diagnosed=(Diagnosed(code="I10", main=True),),
        prescribed=(Prescribed(item="amlodipine-5", dose=Decimal(1), times=1, days=30, quantity=Decimal(30)),),
        dispensed=(Dispensed(item="amlodipine-5", quantity=Decimal(30), days=30),),
        served=(Served(code="02.1896", result="Không phù"), Served(code="02.1895")),
        referred=Referred(reason="Huyết áp cao", to_name="Bệnh viện tỉnh"),
        next=NextVisit(on=clock.today() + timedelta(days=28), why="Tái khám"),
    )  # fmt: skip
    (world.visit,) = world.send(visit, unit=world.stations[0])
    hidden = RecordVisit(
        person=world.ill, began_at=began, diagnosed=(Diagnosed(code="F32.1", main=True),)
    )
    (world.apart,) = world.send(hidden, unit=world.stations[0])
    penicillins = Intolerance(against="class", code="penicillins", severity="severe", reaction="Ban đỏ",
                              since=date(2019, 4, 1))  # fmt: skip
    allergy = RecordAllergy(person=world.ill, noted_on=clock.today(), what=penicillins)
    world.send(allergy, unit=world.stations[0])
    dose = Remembered(vaccine="BCG", on=date(1990, 3, 6), lot="L1")
    world.send(RecordHistory(person=world.ill, doses=(dose,)), unit=world.stations[0])
    return world


def resources(answer) -> list[dict]:
    return [each["resource"] for each in answer.json().get("entry", [])]


SEEN = ("Encounter", "Condition", "Observation", "MedicationRequest", "MedicationDispense", "ServiceRequest",
        "Appointment", "Immunization", "Coverage", "Claim", "RelatedPerson", "DiagnosticReport",
        "Procedure", "AllergyIntolerance")  # fmt: skip


def disagreements(here, there, type, whose) -> list[str]:
    """Where what is shown of a type is not read, found, valid, or kept from others as it should."""
    found, wrong = resources(here.get(f"{type}?patient={whose}")), []
    if not found:
        wrong.append("nothing is shown")
    for each in found:
        _tree, problems = r4.examine(json.dumps(each).encode())
        wrong += [str(p.as_dict()) for p in problems if p.severity == "error"]
        here_is = f"{type}/{each['id']}"
        answer, version = here.get(here_is), each["meta"]["versionId"]
        seen = {
            "read": answer.json() == each,
            "version": here.get(f"{here_is}/_history/{version}").json() == each,
            "history": here.get(f"{here_is}/_history").json()["total"] == 1,
            "not theirs": there.get(here_is).status_code == 404,
            "nor its history": there.get(f"{here_is}/_history").status_code == 404,
            "nor found": resources(there.get(f"{type}?_id={each['id']}")) == [],
            "changed at the desk": here.put(here_is, answer.content).status_code == 405,
        }
        wrong += [name for name, so in seen.items() if not so]
    if resources(there.get(f"{type}?patient={whose}")):
        wrong.append("shown to others")
    return wrong


def test_a_record_is_shown_found_and_read_alike_and_is_what_our_check_takes(fhir):
    here, there = fhir.program(0), fhir.program(1)
    whose = dict.fromkeys((*SEEN, "Composition"), fhir.ill)
    whose["ImmunizationRecommendation"] = fhir.child

    wrong = {type: disagreements(here, there, type, person) for type, person in whose.items()}

    assert {type: found for type, found in wrong.items() if found} == {}


def test_kin_are_named_by_what_they_are_to_the_patient(fhir):
    (mother,) = resources(fhir.program(0).get(f"RelatedPerson?patient={fhir.child}"))

    assert mother["relationship"][0]["coding"][0]["code"] == "MTH"
    assert mother["name"][0]["text"] == "Giàng Thị Súa"


def test_all_of_a_patient_comes_together_and_what_stands_apart_only_for_its_purpose(fhir):
    here, caring = fhir.program(0), fhir.program(0, purpose="care")

    plain = resources(here.get(f"Patient/{fhir.ill}/$everything"))
    whole = resources(caring.get(f"Patient/{fhir.ill}/$everything"))

    assert {r["resourceType"] for r in plain} >= {"Patient", "Organization", *SEEN}
    codes = [r["code"]["coding"][0]["code"] for r in plain if r["resourceType"] == "Condition"]
    assert codes == ["I10"]
    codes = [r["code"]["coding"][0]["code"] for r in whole if r["resourceType"] == "Condition"]
    assert sorted(codes) == ["F32.1", "I10"]
    assert fhir.program(1).get(f"Patient/{fhir.ill}/$everything").status_code == 404


def test_a_search_that_names_nobody_is_asked_whose(fhir):
    answer = fhir.program(0).get("Observation?code=8480-6")

    assert answer.status_code == 400
    assert answer.json()["issue"][0]["code"] == "too-costly"


def test_pressure_is_one_observation_and_decimals_stand_as_they_were_told(fhir):
    answer = fhir.program(0).get(f"Observation?patient={fhir.ill}&category=vital-signs")

    assert b'"value":52.50' in answer.content
    (panel,) = [r for r in resources(answer) if "component" in r]
    assert [c["valueQuantity"]["value"] for c in panel["component"]] == [150, 95]
    only = fhir.program(0).get(f"Observation?patient={fhir.ill}&code=http://loinc.org|85354-9")
    assert [r["id"] for r in resources(only)] == [panel["id"]]


def test_units_are_found_by_name_and_by_anybody_who_reads_fhir(fhir):
    found = resources(fhir.program(1).get("Organization?name=Nà Hỳ"))

    assert [r["id"] for r in found] == [str(fhir.stations[0])]
    assert fhir.program(1).get(f"Organization/{fhir.stations[0]}").status_code == 200


def test_a_patient_who_came_in_gathers_the_persons_own_records(fhir):
    here = fhir.program(0, purpose="care")
    kept = patient("Giàng Thị Súa", "011190000123", id=str(fhir.ill), birthDate="1990-03-05")

    assert here.put(f"Patient/{fhir.ill}", kept).status_code == 200

    assert len(resources(here.get(f"Condition?patient={fhir.ill}"))) == 2
    assert here.get("Patient?name=sua").json()["total"] == 1


def test_a_summary_is_a_document_that_our_own_check_takes(fhir):
    here = fhir.program(0)

    answer = here.get(f"Patient/{fhir.ill}/$summary")

    assert answer.status_code == 200
    _tree, problems = r4.examine(answer.content)
    assert [p.as_dict() for p in problems if p.severity == "error"] == []
    first = answer.json()["entry"][0]["resource"]
    assert first["type"]["coding"][0]["code"] == "60591-5"
    titled = {s["code"]["coding"][0]["code"]: s for s in first["section"]}
    assert "I10" in titled["11450-4"]["text"]["div"]
    assert "Penicillins" in titled["48765-2"]["text"]["div"]
    assert fhir.program(1).get(f"Patient/{fhir.ill}/$summary").status_code == 404


def test_a_kept_composition_comes_with_all_that_it_names(fhir):
    here = fhir.program(0)
    section = {"title": "x", "entry": [{"reference": f"Encounter/{fhir.visit}"}]}
    kept = here.post(
        "Composition",
        {
            "resourceType": "Composition", "status": "final", "type": {"text": "note"}, "date": "2026-11-02",
            "author": [{"display": "x"}], "title": "x", "section": [section],
            "subject": {"reference": f"Patient/{fhir.ill}"},
        },
    ).json()  # fmt: skip

    found = resources(here.get(f"Composition/{kept['id']}/$document"))

    assert found[0]["resourceType"] == "Composition"
    assert {r["resourceType"] for r in found[1:]} == {"Patient", "Encounter"}
