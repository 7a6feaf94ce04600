"""FHIR R4: what comes in is kept and comes back unchanged, within the reach of the post."""

import json

import pytest

from tests.unit.api.fhir_world import FhirWorld, observation, patient


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
        extension=[{"url": "urn:other:field", "valueDecimal": 0}], unheardOf={"kept": [1, None]}
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
    assert here.get(f"Patient/{id}").json()["unheardOf"] == {"kept": [1, None]}


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
        ('{"resourceType": "Patient", "x": ' + "[" * 80 + "]" * 80 + "}", 400),
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

    assert here.get("Patient", headers={"Accept": "application/fhir+xml"}).status_code == 415
    assert here.client.post("/fhir/R4/Patient", "<a/>", content_type="text/xml").status_code == 415
    assert here.client.get("/fhir/R4/Patient", headers={"Authorization": ""}).status_code == 401
    assert here.client.get("/fhir/R4/metadata", headers={"Authorization": ""}).status_code == 200
    assert fhir.program(role="village-health-worker").get("Patient").status_code == 403
