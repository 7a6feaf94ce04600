"""FHIR R4: what comes in is kept and comes back unchanged, within the reach of the post."""

import json
from datetime import date
from uuid import UUID

import pytest

from tests.unit.api.fhir_world import FhirWorld, observation, patient
from tuyen.apps.access import clock
from tuyen.apps.access.actors import Actor
from tuyen.apps.journal.replay import replay
from tuyen.apps.registry import queries as registry
from tuyen.apps.registry.operations import AmendPerson, RecordDeath


@pytest.fixture
def fhir(db, settings):
    settings.ALLOWED_HOSTS = ["testserver"]
    return FhirWorld()


def coded(answer) -> list[str]:
    return [issue["code"] for issue in answer.json()["issue"]]


def ids(answer) -> list[str]:
    return [each["resource"]["id"] for each in answer.json().get("entry", [])]


def made(answer) -> str:
    assert answer.status_code == 201, answer.content
    return answer.json()["id"]


def test_a_resource_comes_back_as_it_came_but_for_its_identity(fhir):
    here = fhir.program()
    sent = patient(
        extension=[{"url": "urn:other:field", "valueDecimal": 0}],
        modifierExtension=[
            {"url": "urn:other:unheard-of", "extension": [{"url": "a", "valueCode": "b"}]}
        ],
    )
    said = json.dumps(sent).replace('"valueDecimal": 0', '"valueDecimal": 1.500')

    answer = here.post("Patient", said)

    id = made(answer)
    assert b'"valueDecimal": 1.500' in answer.content
    back = answer.json()
    assert back.pop("meta").keys() == {"versionId", "lastUpdated"}
    assert back == json.loads(said) | {"id": id}
    assert answer["ETag"] == 'W/"1"'
    assert answer["Location"].endswith(f"/fhir/R4/Patient/{id}/_history/1")
    assert here.get(f"Patient/{id}").content == answer.content


def test_versions_are_kept_and_an_update_over_an_older_one_is_refused(fhir):
    here = fhir.program()
    id = made(here.post("Patient", patient()))

    again = here.put(f"Patient/{id}", patient("Lò Thị Ban", id=id), **{"If-Match": 'W/"1"'})
    stale = here.put(f"Patient/{id}", patient("Lò Thị Xa", id=id), **{"If-Match": 'W/"1"'})

    assert (again.status_code, again["ETag"]) == (200, 'W/"2"')
    assert (stale.status_code, coded(stale)) == (412, ["conflict"])
    first = here.get(f"Patient/{id}/_history/1").json()
    assert first["name"][0]["text"] == "Lò Thị Mai"
    history = here.get(f"Patient/{id}/_history").json()
    assert [e["request"]["method"] for e in history["entry"]] == ["PUT", "POST"]
    assert history["total"] == 2
    assert here.get(f"Patient/{id}/_history/3").status_code == 404


def test_what_was_deleted_is_gone_and_its_versions_stay(fhir):
    here = fhir.program()
    id = made(here.post("Observation", observation("Patient/x")))

    assert here.delete(f"Observation/{id}").status_code == 204

    assert here.get(f"Observation/{id}").status_code == 410
    assert here.get(f"Observation/{id}/_history/1").status_code == 200
    assert here.get("Observation?patient=x").json()["total"] == 0


def test_another_station_finds_nothing_by_any_interaction(fhir):
    here, there = fhir.program(0), fhir.program(1)
    id = made(here.post("Patient", patient()))
    seen = made(here.post("Observation", observation(f"Patient/{id}")))
    nowhere = "0190a000-0000-7000-8000-000000000000"

    for path in ("{}", "{}/_history", "{}/_history/1", "{}/$everything"):
        hidden = there.get("Patient/" + path.format(id))
        missing = there.get("Patient/" + path.format(nowhere))
        assert hidden.status_code == missing.status_code == 404
        assert hidden.content.replace(id.encode(), b"") == missing.content.replace(
            nowhere.encode(), b""
        )
    assert ids(there.get(f"Observation?patient={id}")) == []
    assert there.get("Patient?name=mai&_summary=count").json()["total"] == 0
    assert ids(there.get("Observation/_history")) == []
    assert there.put(f"Observation/{seen}", observation("Patient/x", id=seen)).status_code == 404
    assert there.delete(f"Observation/{seen}").status_code == 404
    assert ids(here.get(f"Observation?patient={id}")) == [seen]


def test_a_search_narrows_by_each_of_its_parameters(fhir):
    here = fhir.program()
    id = made(here.post("Patient", patient()))
    low = made(here.post("Observation", observation(f"Patient/{id}", "8462-4", "80",
                                                    effectiveDateTime="2026-10-01")))  # fmt: skip
    high = made(here.post("Observation", observation(f"Patient/{id}")))
    of = f"Observation?subject=Patient/{id}"

    assert ids(here.get(of)) == [high, low]
    assert ids(here.get(f"{of}&code=http://loinc.org|8462-4")) == [low]
    assert ids(here.get(f"{of}&code=8462-4,8480-6&_sort=date")) == [low, high]
    assert ids(here.get(f"{of}&code=http://snomed.info/sct|8462-4")) == []
    assert ids(here.get(f"{of}&date=ge2026-11-01")) == [high]
    assert ids(here.get(f"{of}&date=2026-10")) == [low]
    assert ids(here.get(f"{of}&status=final&_lastUpdated=ge2026-01-01&_count=1")) == [high]
    assert ids(here.get(f"Observation?_id={low}")) == [low]
    beside = here.get(f"Observation?_id={low}&_include=Observation:subject").json()
    assert [(e["search"]["mode"], e["resource"]["id"]) for e in beside["entry"]] == [
        ("match", low), ("include", id),
    ]  # fmt: skip
    about = f"Patient?_id={id}&_revinclude=Observation:patient&_revinclude=Condition:patient"
    back = here.get(about).json()
    assert back["total"] == 1
    assert [(e["search"]["mode"], e["resource"]["id"]) for e in back["entry"]] == [
        ("match", id), ("include", high), ("include", low),
    ]  # fmt: skip


def test_pages_follow_one_another_without_gap_or_double(fhir):
    here = fhir.program()
    entries = [
        {"resource": json.loads(observation("Patient/p")), "request": {"method": "POST", "url": "Observation"}}
        for _ in range(7)
    ]  # fmt: skip
    here.post("", {"resourceType": "Bundle", "type": "transaction", "entry": entries})
    for sort in ("", "&_sort=date", "&_sort=-date", "&_sort=_lastUpdated"):
        seen, path = [], f"Observation?patient=p&_count=3{sort}"
        while path:
            page = here.get(path).json()
            seen += [each["resource"]["id"] for each in page["entry"]]
            links = {link["relation"]: link["url"] for link in page["link"]}
            path = links.get("next", "").partition("/fhir/R4/")[2]
        assert len(seen) == len(set(seen)) == 7, sort


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        ("Nonsense", 404, "not-supported"),
        ("Patient?unheard=1", 400, "not-supported"),
        ("Patient?birthdate=gestern", 400, "value"),
        ("Patient?_count=many", 400, "value"),
        ("Patient?_cursor=';--", 400, "value"),
        ("Patient?_sort=password", 400, "value"),
        ("Patient?_include=Patient:password", 400, "value"),
        ("Patient?_revinclude=Observation:patient", 400, "value"),
        ("Patient?_id=x&_revinclude=Observation:encounter", 400, "value"),
        ("Observation?_id=x&_revinclude=Condition:patient", 400, "value"),
        ("Observation?patient=a b", 400, "value"),
    ],
)
def test_a_bad_question_is_answered_with_what_is_expected(fhir, path, status, code):
    answer = fhir.program().get(path)

    assert (answer.status_code, coded(answer)) == (status, [code])
    assert answer["Content-Type"].startswith("application/fhir+json")


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ("{", 400),
        ('{"resourceType": "Patient", "active": NaN}', 400),
        ('{"resourceType": "Patient", "active": true, "active": false}', 400),
        ('{"resourceType": "Observation"}', 400),
        ('{"resourceType": "Patient", "x": 1}', 400),
        ('{"resourceType": "Patient", "contact": [{"gender": "male"}]}', 422),
        ('{"resourceType": "Patient", "x": ' + "[" * 9000 + "]" * 9000 + "}", 400),
        ('{"resourceType": "Patient", "text": "' + "x" * 300_000 + '"}', 413),
        ("[]", 400),
    ],
)
def test_a_bad_body_is_refused_and_nothing_is_kept(fhir, body, status):
    here = fhir.program()

    answer = here.post("Patient", body)

    assert answer.status_code == status, answer.content
    assert here.get("Patient/_history").json().get("entry") is None


def test_who_speaks_xml_or_has_no_key_is_told_so(fhir):
    here = fhir.program()

    assert here.get("Patient", headers={"Accept": "application/fhir+xml"}).status_code == 406
    assert here.client.post("/fhir/R4/Patient", "<a/>", content_type="text/xml").status_code == 415
    assert here.client.get("/fhir/R4/Patient", headers={"Authorization": ""}).status_code == 401
    assert here.client.get("/fhir/R4/metadata", headers={"Authorization": ""}).status_code == 200
    assert fhir.program(role="village-health-worker").get("Patient").status_code == 403


# -- Who somebody is -------------------------------------------------------------------------------


def test_a_resident_is_shown_as_a_patient_and_found_by_name_birth_and_number(fhir):
    here, caring = fhir.program(), fhir.program(purpose="care")
    id = str(fhir.resident(0, "Giàng Thị Súa", "011190000123"))

    shown = here.get(f"Patient/{id}").json()

    assert shown["name"] == [
        {"use": "official", "text": "Giàng Thị Súa", "family": "Giàng", "given": ["Thị", "Súa"]}
    ]
    assert (shown["gender"], shown["birthDate"]) == ("female", "1990-03-05")
    assert "011190000123" not in json.dumps(shown)
    assert "011190000123" in caring.get(f"Patient/{id}").content.decode()
    for asked in ("name=sua", "name=Giàng Súa", "birthdate=1990", "birthdate=ge1990-03-05&gender=female",
                  "identifier=urn:tuyen:sid:personal-number|011190000123", "identifier=011190000123",
                  f"_id={id}", "birthdate=ne1991"):  # fmt: skip
        answer = here.get(f"Patient?{asked}").json()
        assert (answer["total"], answer["entry"][0]["resource"]["id"]) == (1, id), asked
    for asked in (
        "name=may",
        "birthdate=lt1990",
        "gender=male",
        "identifier=urn:other|011190000123",
    ):
        assert here.get(f"Patient?{asked}").json()["total"] == 0, asked
    assert here.get(f"Patient/{id}/_history").json()["total"] == 1


def test_a_patient_with_a_personal_number_is_a_person_of_the_register(fhir):
    here = fhir.program(purpose="care")
    number = "011191000777"

    id = made(here.post("Patient", patient(number=number, contact=[{"name": {"text": "Mẹ"}}])))

    (person,) = registry.holders(by=Actor.program(clock.today()), values=[number]).values()
    assert str(person) == id
    card = registry.person(by=Actor.program(clock.today()), id=person)
    assert (card.row.name, card.row.sex, str(card.row.born_on)) == ("Lò Thị Mai", 2, "1991-02-03")
    assert here.get(f"Patient/{id}").json()["contact"] == [{"name": {"text": "Mẹ"}}]
    assert here.get("Patient?name=mai").json()["total"] == 1


def test_the_same_number_is_never_two_people(fhir):
    here, there, number = fhir.program(0), fhir.program(1), "011191000778"
    id = made(here.post("Patient", patient(number=number)))

    again = here.post("Patient", patient("Lò Mai", number=number))
    asked = here.post("Patient", patient("Lò Mai", number=number),
                      **{"If-None-Exist": f"identifier={number}"})  # fmt: skip
    elsewhere = there.post("Patient", patient(number=number))

    assert (again.status_code, coded(again)) == (409, ["duplicate"])
    assert (asked.status_code, asked.json()["id"]) == (200, id)
    assert elsewhere.status_code == 422
    assert id not in elsewhere.content.decode()
    assert here.get(f"Patient?identifier={number}").json()["total"] == 1


def test_what_the_register_knows_better_is_shown_and_the_rest_stays(fhir):
    here = fhir.program(purpose="care")
    id = made(here.post("Patient", patient(number="011191000779", maritalStatus={"text": "x"})))

    fhir.send(AmendPerson(person=id, name="Lò Thị Mây"), unit=fhir.stations[0])
    fhir.send(RecordDeath(person=id, on=date(2026, 10, 1)), unit=fhir.stations[0])

    shown = here.get(f"Patient/{id}").json()
    assert shown["name"][0]["text"] == "Lò Thị Mây"
    assert shown["deceasedDateTime"] == "2026-10-01"
    assert shown["maritalStatus"] == {"text": "x"}
    assert here.get(f"Patient/{id}/_history/1").json()["name"][0]["text"] == "Lò Thị Mai"


def test_an_update_of_a_resident_amends_the_register_and_keeps_the_rest(fhir):
    here = fhir.program(purpose="care")
    id = str(fhir.resident(0, "Giàng Thị Súa", "011190000124"))

    answer = here.put(f"Patient/{id}", patient("Giàng Thị Súa Mới", id=id, birthDate="1990-03-05"))

    assert answer.status_code == 200, answer.content
    card = registry.person(by=Actor.program(clock.today()), id=UUID(id))
    assert card.row.name == "Giàng Thị Súa Mới"
    assert here.get("Patient?name=sua").json()["total"] == 1
    refused = here.delete(f"Patient/{id}")
    assert (refused.status_code, coded(refused)) == (409, ["business-rule"])


def test_a_condition_is_found_by_none_without_its_purpose_when_it_is_sensitive(fhir):
    here, caring = fhir.program(), fhir.program(purpose="care")
    code = {"coding": [{"system": "http://hl7.org/fhir/sid/icd-10", "code": "B20.1"}]}
    said = {"resourceType": "Condition", "code": code, "subject": {"reference": "Patient/p"}}
    id = made(caring.post("Condition", said))

    assert here.get(f"Condition/{id}").status_code == 404
    assert here.get(f"Condition/{id}/_history/1").status_code == 404
    assert here.get("Condition/_history").json().get("entry") is None
    for asked in ("_id=" + id, "patient=p", "patient=p&_summary=count"):
        assert here.get(f"Condition?{asked}").json()["total"] == 0
        assert caring.get(f"Condition?{asked}").json()["total"] == 1


def test_an_ethnic_group_is_taken_off_for_who_states_no_purpose(fhir):
    here, caring = fhir.program(), fhir.program(purpose="care")
    group = {"url": "urn:tuyen:extension:ethnicity", "valueCode": "08"}
    id = made(caring.post("Patient", patient(extension=[group])))

    assert caring.get(f"Patient/{id}").json()["extension"] == [group]
    shown = here.get(f"Patient/{id}").json()
    assert "extension" not in shown
    assert shown["meta"]["tag"][0]["code"] == "SUBSETTED"


# -- Bundles ---------------------------------------------------------------------------------------


def bundled(*entries, type="transaction"):
    return {"resourceType": "Bundle", "type": type, "entry": list(entries)}


def posted(resource, url="", **request):
    said = {
        "resource": resource,
        "request": {"method": "POST", "url": resource["resourceType"], **request},
    }
    return said | ({"fullUrl": url} if url else {})


def test_a_transaction_resolves_its_references_whatever_their_order(fhir):
    here, urn = fhir.program(), "urn:uuid:0b7c2c7e-8d6e-4d4a-9a52-3a2f4f2f9a11"

    answer = here.post(
        "", bundled(posted(json.loads(observation(urn))), posted(patient(), urn))
    )  # fmt: skip

    first, second = (entry["response"] for entry in answer.json()["entry"])
    assert (first["status"], second["status"]) == ("201 Created", "201 Created")
    id = second["location"].split("/")[1]
    assert ids(here.get(f"Observation?patient={id}")) == [first["location"].split("/")[1]]


@pytest.mark.parametrize(
    ("bad", "status"),
    [
        (posted(json.loads(observation("urn:uuid:0b7c2c7e-8d6e-4d4a-9a52-000000000000"))), 400),
        (posted({"resourceType": "Nonsense"}), 404),
        ({"resource": patient(id="x"), "request": {"method": "PUT", "url": "Patient/x"}}, 404),
        ({"resource": patient(), "request": {"method": "PATCH", "url": "Patient/x"}}, 400),
        (
            {"resource": patient(), "request": {"method": "POST", "url": "http://other/Patient"}},
            400,
        ),
        ({"fullUrl": "urn:uuid:x"}, 400),
    ],
)
def test_a_transaction_with_one_bad_entry_keeps_nothing(fhir, bad, status):
    here = fhir.program()

    answer = here.post("", bundled(posted(patient()), bad))

    assert answer.status_code == status, answer.content
    assert answer.json()["issue"][0]["expression"] == ["Bundle.entry[1]"]
    assert here.get("Patient/_history").json().get("entry") is None
    assert here.get("Patient?name=mai").json()["total"] == 0


def test_each_entry_of_a_batch_stands_by_itself(fhir):
    here = fhir.program()
    read = {"request": {"method": "GET", "url": "Patient?name=mai"}}

    answer = here.post(
        "", bundled(posted(patient()), posted({"resourceType": "Nonsense"}), read, type="batch")
    )

    good, bad, found = answer.json()["entry"]
    assert good["response"]["status"] == "201 Created"
    assert bad["response"]["status"].startswith("404")
    assert bad["response"]["outcome"]["issue"][0]["code"] == "not-supported"
    assert found["resource"]["total"] == 1


def test_a_long_bundle_comes_in_parts_and_is_one(fhir):
    here = fhir.program()
    padded = [
        posted(json.loads(observation("Patient/p", note=[{"text": "x" * 9000}]))) for _ in range(60)
    ]

    answer = here.post("", bundled(*padded, posted(patient())))

    assert answer.status_code == 200
    assert here.get("Observation?patient=p&_summary=count").json()["total"] == 60
    assert replay().same
