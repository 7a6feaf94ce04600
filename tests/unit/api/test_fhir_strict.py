"""What FHIR does not do here is refused, never passed over; and nothing is half done."""

import json

import pytest

from tests.unit.api.fhir_world import FhirWorld, observation, patient
from tuyen.apps.access import clock

HERE = "http://testserver/fhir/R4"
NUMBER = "urn:tuyen:sid:personal-number"


@pytest.fixture
def fhir(db, settings):
    settings.ALLOWED_HOSTS = ["testserver"]
    return FhirWorld()


def made(answer) -> str:
    assert answer.status_code == 201, answer.content
    return answer.json()["id"]


def total(here, asked: str) -> int:
    answer = here.get(asked)
    assert answer.status_code == 200, (asked, answer.content)
    return answer.json()["total"]


def posted(resource, url="", **request):
    said = {"method": "POST", "url": resource["resourceType"], **request}
    return {"resource": resource, "request": said} | ({"fullUrl": url} if url else {})


def bundled(*entries, type="transaction"):
    return {"resourceType": "Bundle", "type": type, "entry": list(entries)}


REFUSED = [
    # of an answer
    "Patient?_elements=name", "Patient?_summary=text", "Patient?_total=maybe", "Patient?_format=xml",
    "Patient?_sort=name,birthdate", "Patient/{id}?_elements=name", "Patient/{id}?_summary=true",
    "Patient/{id}?_format=xml", "Patient/{id}/_history/1?_format=xml", "metadata?_format=xml",
    "Patient/{id}/_history?_at=2026", "Patient/{id}/_history?_since=yesterday",
    "Patient/{id}/$everything?start=2026", "Patient/{id}/$summary?profile=x",
    "Composition/x/$document?persist=true",
    # modifiers, chains, and what stands for all types
    "Patient?name:exact=x", "Patient?name:contains=x", "Patient?gender:missing=true", "Patient?gender:not=male",
    "Observation?patient=x&code:in=y", "Observation?patient.identifier=1", "Patient?_has:Observation:patient:code=1",
    "Patient?_tag=x", "Patient?_profile=x", "Patient?_text=x", "Patient?_filter=x",
    # values that mean nothing
    "Patient?name=", "Patient?name=,", "Patient?name=%20", "Patient?name=**", "Patient?name=%00",
    "Patient?birthdate=,", "Patient?birthdate=2026-02-30", "Patient?birthdate=2026-1-1",
    "Patient?identifier=|", "Patient?identifier=%00", "Patient?_id=,", "Observation?patient=x&code=|",
    "Patient?" + "&".join(["name=a"] * 1200),
]  # fmt: skip


def test_what_is_not_done_is_refused_and_not_passed_over(fhir):
    here = fhir.program()
    id = made(here.post("Patient", patient()))
    wrong = []

    for path in REFUSED:
        answer = here.get(path.format(id=id))
        said = answer.json().get("resourceType") if answer.status_code < 500 else ""
        if (answer.status_code, said) != (400, "OperationOutcome"):
            wrong.append((path[:60], answer.status_code))

    assert wrong == []
    xml = here.get("Patient", headers={"Accept": "application/fhir+xml"})
    assert (xml.status_code, xml.json()["resourceType"]) == (406, "OperationOutcome")
    assert "GET" in here.client.patch(f"/fhir/R4/Patient/{id}")["Allow"]
    assert here.client.head(f"/fhir/R4/Patient/{id}").status_code == 200
    long = here.post("Patient", patient(), **{"If-None-Exist": "name=" + "x" * 2500})
    assert long.status_code == 400
    counted = here.post("Patient", patient(), **{"If-None-Exist": "name=mai&_count=0"})
    assert counted.status_code == 400
    form = "application/x-www-form-urlencoded"
    posts = here.client.post("/fhir/R4/Patient/_search", "name=" + "x" * 70_000, content_type=form)
    assert posts.status_code == 413


def test_conditions_that_are_asked_twice_hold_both(fhir):
    here = fhir.program()
    one = made(here.post("Observation", observation("Patient/p")))
    two = made(here.post("Observation", observation(f"{HERE}/Patient/q")))
    status, gender = (
        "http://hl7.org/fhir/observation-status",
        "http://hl7.org/fhir/administrative-gender",
    )
    of_p = "Observation?patient=p"

    found = {
        asked: total(here, asked)
        for asked in (
            of_p, f"{of_p}&_id={one}", f"{of_p}&_id={two}", f"{of_p}&subject=Patient/q",
            f"Observation?_id={one},{two}&_id={two}", f"Observation?subject={HERE}/Patient/q",
            "Observation?subject:Patient=q", f"{of_p}&status={status}|final", f"{of_p}&status=urn:x|final",
            f"{of_p}&status={status}|", f"Patient?gender={gender}|female", "Patient?gender=urn:x|female",
        )
    }  # fmt: skip

    assert list(found.values()) == [1, 1, 0, 0, 1, 1, 1, 1, 0, 1, 0, 0]


def test_the_standards_names_of_parameters_mean_ours(fhir):
    here = fhir.program()
    told = {"coding": [{"system": "http://hl7.org/fhir/sid/cvx", "code": "03"}]}
    made(here.post("Immunization", {"resourceType": "Immunization", "status": "completed", "vaccineCode": told,
                                    "patient": {"reference": "Patient/p"}, "occurrenceDateTime": "2020-05"}))  # fmt: skip
    made(here.post("MedicationRequest", {
        "resourceType": "MedicationRequest", "status": "active", "intent": "order", "authoredOn": "2026-03-01",
        "medicationCodeableConcept": {"text": "x"}, "subject": {"reference": "Patient/p"},
    }))  # fmt: skip

    assert total(here, "Immunization?patient=p&vaccine-code=http://hl7.org/fhir/sid/cvx|03") == 1
    assert total(here, "Immunization?patient=p&vaccine-code=04") == 0
    assert total(here, "MedicationRequest?patient=p&authoredon=ge2026-03-01&_sort=-authoredon") == 1
    assert total(here, "MedicationRequest?patient=p&authoredon=lt2026-03-01") == 0


def test_a_transaction_says_which_entry_is_wrong_and_keeps_nothing(fhir):
    here = fhir.program(purpose="care")
    seen = made(here.post("Observation", observation("Patient/p")))
    get, gone = (
        {"method": "GET", "url": f"Observation/{seen}"},
        {"method": "DELETE", "url": f"Observation/{seen}"},
    )
    same = [posted(patient("Lò A", "011191000801")), posted(patient("Lò B", "011191000801"))]
    cases = {
        "read": [{"request": {"method": "GET", "url": "Patient/not-there"}}],
        "search": [{"request": {"method": "GET", "url": "Patient?unheard=1"}}],
        "condition": [posted(patient(), ifNoneExist="unheard=1")],
        "number of no person": [posted(patient("Lò C", "0111910008"))],
        "birth to come": [posted(patient("Lò D", "011191000802", birthDate="2190-01-01"))],
        "ifNoneMatch": [posted(patient(), ifNoneMatch="*")],
        "taken out and read": [{"request": get}, {"request": gone}],
        "one number twice": same,
        "no text": [{"request": {"method": "GET", "url": 7}}],
    }  # fmt: skip
    wrong = []

    for name, entries in cases.items():
        answer = here.post("", bundled(posted(patient("Lò Thị Một")), *entries))
        places = [
            place for each in answer.json().get("issue", []) for place in each.get("expression", [])
        ]
        kept = total(here, "Patient?name=lo")
        if (
            answer.status_code not in range(400, 500)
            or kept
            or not places[0].startswith("Bundle.entry[")
        ):
            wrong.append((name, answer.status_code, kept, places))

    assert wrong == []
    assert here.get(f"Observation/{seen}").status_code == 200


def test_a_bundle_reads_what_the_caller_has_not_got_yet(fhir):
    here = fhir.program()
    id = made(here.post("Patient", patient()))
    read = {"request": {"method": "GET", "url": f"Patient/{id}"}}
    held = {"request": {"method": "GET", "url": f"Patient/{id}", "ifNoneMatch": 'W/"1"'}}

    answer = here.post("", bundled(read, held))

    assert [e["response"]["status"] for e in answer.json()["entry"]] == [
        "200 OK",
        "304 Not Modified",
    ]


def test_entries_of_one_condition_make_one(fhir):
    here = fhir.program()
    said = patient(identifier=[{"system": "urn:x", "value": "1"}])
    first, second = (posted(said, f"urn:uuid:0b7c2c7e-8d6e-4d4a-9a52-00000000000{n}",
                            ifNoneExist="identifier=urn:x|1") for n in (1, 2))  # fmt: skip

    answer = here.post(
        "", bundled(first, second, posted(json.loads(observation(second["fullUrl"]))))
    )

    told = [entry["response"] for entry in answer.json()["entry"]]
    assert [each["status"] for each in told] == ["201 Created", "200 OK", "201 Created"]
    assert told[0]["location"] == told[1]["location"]
    assert total(here, "Patient?identifier=urn:x|1") == 1
    assert total(here, f"Observation?patient={told[0]['location'].split('/')[1]}") == 1


def test_who_fulfils_a_condition_no_more_stands_in_nobodys_way(fhir):
    here = fhir.program()
    said = patient(identifier=[{"system": "urn:x", "value": "1"}])
    once = {"If-None-Exist": "identifier=urn:x|1"}
    id = made(here.post("Patient", said, **once))
    assert here.put(f"Patient/{id}", patient(id=id)).status_code == 200

    again = made(here.post("Patient", said, **once))

    assert again != id
    assert here.post("Patient", said, **once).json()["id"] == again


def test_references_that_only_another_bundle_means_stay_as_they_came(fhir):
    here = fhir.program()
    urn = "urn:uuid:0b7c2c7e-8d6e-4d4a-9a52-3a2f4f2f9a11"
    document = {
        "resourceType": "Bundle", "type": "collection",
        "entry": [{"fullUrl": urn, "resource": patient()},
                  {"fullUrl": urn[:-1] + "2", "resource": json.loads(observation(urn))}],
    }  # fmt: skip

    by_itself, whole = here.post("Observation", observation(urn)), here.post("Bundle", document)

    assert (by_itself.status_code, by_itself.json()["subject"]) == (201, {"reference": urn})
    assert (whole.status_code, whole.json()["entry"]) == (201, document["entry"])
    elsewhere = here.post("Observation", observation("http://other.example/x?y=1"))
    assert elsewhere.json()["subject"] == {"reference": "http://other.example/x?y=1"}


def test_what_is_masked_keeps_the_digits_of_all_else(fhir):
    here, caring = fhir.program(), fhir.program(purpose="care")
    said = json.dumps(patient(number="011191000803", extension=[
        {"url": "urn:tuyen:extension:ethnicity", "valueCode": "08"}, {"url": "urn:x", "valueDecimal": 0},
    ])).replace('"valueDecimal": 0', '"valueDecimal": 1.10')  # fmt: skip
    id = made(caring.post("Patient", said))

    shown = here.get(f"Patient/{id}")

    assert b"1.10" in shown.content
    assert b"011191000803" not in shown.content


def test_a_history_goes_back_to_a_moment_and_what_is_gone_is_gone_once(fhir):
    here = fhir.program()
    id = made(here.post("Observation", observation("Patient/p")))
    here.put(f"Observation/{id}", observation("Patient/p", value="130", id=id))
    today, to_come = clock.today().isoformat(), f"{clock.today().year + 1}-01-01"

    assert len(here.get(f"Observation/{id}/_history?_since={today}").json()["entry"]) == 2
    assert "entry" not in here.get(f"Observation/{id}/_history?_since={to_come}").json()
    assert "entry" not in here.get(f"Observation/_history?_since={to_come}").json()
    assert [here.delete(f"Observation/{id}").status_code for _ in range(2)] == [204, 204]
    assert here.get(f"Observation/{id}/_history").json()["total"] == 3


def test_what_stands_inside_another_is_kept_from_the_same_readers(fhir):
    here, caring = fhir.program(), fhir.program(purpose="care")
    mai = patient(number="011191000804", id="p")
    about = {"subject": {"reference": "Patient/p"}, "resourceType": "Condition"}
    hiv = {"coding": [{"system": "http://hl7.org/fhir/sid/icd-10", "code": "B20.1"}]}
    apart = {
        "resourceType": "Bundle",
        "type": "collection",
        "entry": [{"resource": about | {"code": hiv}}],
    }
    whole = {"resourceType": "Bundle", "type": "collection", "entry": [{"resource": mai}]}
    kin = observation("#p", contained=[mai])

    hidden = made(caring.post("Bundle", apart))
    shown = [f"Bundle/{made(caring.post('Bundle', whole))}",
             f"Observation/{made(caring.post('Observation', kin))}"]  # fmt: skip

    assert caring.get(f"Bundle/{hidden}").status_code == 200
    assert here.get(f"Bundle/{hidden}").status_code == 404
    for path in shown:
        assert b"011191000804" in caring.get(path).content
        masked = here.get(path)
        assert (masked.status_code, b"011191000804" in masked.content) == (200, False)
        assert b"SUBSETTED" in masked.content
