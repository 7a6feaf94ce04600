"""The CapabilityStatement says what is so: each thing that it names is asked for, and answers."""

import pytest

from tests.unit.api.fhir_world import FhirWorld
from tuyen.api.fhir_statement import statement
from tuyen.apps.exchange.views import VIEWS

OWN = {
    "Patient", "RelatedPerson", "Practitioner", "Organization", "Location", "Encounter", "Condition",
    "Observation", "MedicationRequest", "MedicationDispense", "Immunization",
    "ImmunizationRecommendation", "Coverage", "Claim", "ServiceRequest", "DiagnosticReport",
    "Appointment", "Composition",
}  # fmt: skip
VALUES = {
    "date": "ge2020-01-01",
    "token": "x",
    "string": "x",
    "reference": "00000000-0000-0000-0000-000000000001",
}


@pytest.fixture
def fhir(db, settings):
    settings.ALLOWED_HOSTS = ["testserver"]
    return FhirWorld()


def test_what_the_statement_says_is_what_answers(fhir):
    here, wrong = fhir.program(), []
    (rest,) = here.get("metadata").json()["rest"]
    for said in rest["resource"]:
        type = said["type"]
        if type not in OWN:  # the same code serves all of them
            continue
        asked = [(p["name"], VALUES[p["type"]]) for p in said["searchParam"]]
        asked += [("_include", name) for name in said.get("searchInclude", ())]
        asked += [("_revinclude", name) for name in said.get("searchRevInclude", ())]
        answers = {
            "search-type": here.get(type, query_params=asked).status_code == 200,
            "other parameters": here.get(f"{type}?nothing-of-the-kind=1").status_code == 400,
        }
        wrong += [f"{type}: {name}" for name, good in answers.items() if not good]
    assert wrong == []
    assert {said["type"] for said in rest["resource"]} >= OWN
    assert VIEWS.keys() >= OWN


def test_each_interaction_of_the_statement_is_done_and_no_other(fhir):
    here = fhir.program()
    (said,) = [r for r in statement("x")["rest"][0]["resource"] if r["type"] == "Basic"]
    sent = {"resourceType": "Basic", "code": {"text": "x"}}
    made = here.post("Basic", sent)
    id = made.json()["id"]

    done = {
        "create": made.status_code == 201,
        "read": here.get(f"Basic/{id}").status_code == 200,
        "vread": here.get(f"Basic/{id}/_history/1").status_code == 200,
        "update": here.put(f"Basic/{id}", sent | {"id": id}).status_code == 200,
        "history-instance": here.get(f"Basic/{id}/_history").json()["total"] == 2,
        "history-type": here.get("Basic/_history").status_code == 200,
        "search-type": here.get("Basic?code=x").status_code == 200,
        "delete": here.delete(f"Basic/{id}").status_code == 204,
    }

    assert all(done.values()), done
    assert done.keys() == {each["code"] for each in said["interaction"]}
    assert said["updateCreate"] is False
    assert here.put("Basic/not-there", sent | {"id": "not-there"}).status_code == 404
    assert said["conditionalUpdate"] is False
    assert here.client.patch(f"/fhir/R4/Basic/{id}").status_code == 405
