"""What comes in is filed with the rooms where it is complete enough, once, or kept with the reason."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.unit.api.fhir_world import FhirWorld
from tuyen.apps.access import clock
from tuyen.apps.access.actors import Actor
from tuyen.apps.clinical import queries as clinical
from tuyen.apps.clinical.operations import AmendVisit
from tuyen.apps.immunization import queries as immunization
from tuyen.apps.journal.replay import replay

ICD, UCUM = "http://hl7.org/fhir/sid/icd-10", "http://unitsofmeasure.org"
BEGAN = (clock.now() - timedelta(days=2)).isoformat(timespec="seconds")


@pytest.fixture
def fhir(db, settings):
    settings.ALLOWED_HOSTS = ["testserver"]
    world = FhirWorld()
    world.who = world.resident(0, "Giàng Thị Súa", "011190000123", "DT2114012000011")
    return world


def by() -> Actor:
    return Actor.program(clock.today())


def encounter(fhir, unit=None, **rest):
    where = {"reference": f"Organization/{unit or fhir.stations[0]}"}
    return {
        "resourceType": "Encounter", "status": "finished", "class": {"code": "AMB"},
        "subject": {"reference": f"Patient/{fhir.who}"}, "period": {"start": BEGAN},
        "serviceProvider": where,
    } | rest  # fmt: skip


def part(fhir, type, of, **rest):
    return {
        "resourceType": type, "subject": {"reference": f"Patient/{fhir.who}"},
        "encounter": {"reference": of},
    } | rest  # fmt: skip


def diagnosis(fhir, of, code="I10"):
    coded = {"coding": [{"system": ICD, "code": code}]}
    return part(fhir, "Condition", of, code=coded)


def pressure(fhir, of, systolic=150):
    def value(loinc, number):
        quantity = {"value": number, "system": UCUM, "code": "mm[Hg]", "unit": "mmHg"}
        code = {"coding": [{"system": "http://loinc.org", "code": loinc}]}
        return {"code": code, "valueQuantity": quantity}

    code = {"coding": [{"system": "http://loinc.org", "code": "85354-9"}]}
    vital = {
        "system": "http://terminology.hl7.org/CodeSystem/observation-category",
        "code": "vital-signs",
    }
    return part(
        fhir, "Observation", of, status="final", code=code, effectiveDateTime=BEGAN,
        category=[{"coding": [vital]}], component=[value("8480-6", systolic), value("8462-4", 95)],
    )  # fmt: skip


def sent(fhir, *made, here=None):
    """A transaction of creates, the first spoken of by the others; (type/id, remark codes) of each."""
    entries = [
        {
            "fullUrl": f"urn:uuid:{n:08d}-0000-4000-8000-{fhir.turn:012d}", "resource": resource,
            "request": {"method": "POST", "url": resource["resourceType"]},
        }
        for n, resource in enumerate(made)
    ]  # fmt: skip
    fhir.turn += 1
    said = {"resourceType": "Bundle", "type": "transaction", "entry": entries}
    answer = (here or fhir.program()).post("", said)
    assert answer.status_code == 200, answer.content
    return [told(each["response"]) for each in answer.json()["entry"]]


def told(response):
    issues = response.get("outcome", {}).get("issue", [])
    codes = [issue["details"]["coding"][0]["code"].partition(".")[2] for issue in issues]
    return "/".join(response["location"].split("/")[:2]), codes


def first(turn):
    return f"urn:uuid:00000000-0000-4000-8000-{turn:012d}"


FhirWorld.turn = 0


def whole(fhir, **rest):
    of = first(fhir.turn)
    return sent(fhir, encounter(fhir, **rest), diagnosis(fhir, of), pressure(fhir, of))


def visits(fhir):
    return clinical.visits_of(by=by(), person=fhir.who, void=True)


def found(here, path):
    return [e["resource"] for e in here.get(path).json().get("entry", [])]


def test_a_visit_that_came_in_is_a_visit_of_the_station_and_shown_once(fhir):
    here = fhir.program()

    (seen, *_), *others = whole(fhir)

    (visit,) = visits(fhir)
    assert [codes for _, codes in others] == [["filed"], ["filed"]]
    assert visit.row.unit == fhir.stations[0]
    assert visit.content.payer == "insurance"
    assert {m.what: m.value for m in visit.content.measured} == {"systolic": 150, "diastolic": 95}
    assert [(d.code, d.main) for d in visit.content.diagnosed] == [("I10", True)]
    for type in ("Encounter", "Condition", "Observation"):
        assert len(found(here, f"{type}?patient={fhir.who}")) == 1
    (origin,) = found(here, f"Provenance?patient={fhir.who}")
    assert origin["target"][0]["reference"] == f"Encounter/{visit.row.id}"
    assert origin["entity"][0]["what"]["reference"] == f"{seen}/_history/1"
    everything = found(here, f"Patient/{fhir.who}/$everything")
    assert [r["resourceType"] for r in everything].count("Encounter") == 1
    assert replay().same


def test_the_same_again_is_kept_and_not_counted_and_an_update_amends(fhir):
    here = fhir.program()
    (met, _), (ill, _), _ = whole(fhir)

    (_, again), *_ = whole(fhir)
    assert again == ["kept-on-record"]
    assert len(visits(fhir)) == 1

    said = here.get(ill).json()
    said["code"]["coding"][0]["code"] = "I11.9"
    answer = here.put(ill, said)
    assert answer["Tuyen-Filing"] == "exchange.filed"
    (visit,) = visits(fhir)
    assert ([d.code for d in visit.content.diagnosed], visit.row.version) == (["I11.9"], 2)
    assert here.put(ill, said).get("Tuyen-Filing") is None
    assert visits(fhir)[0].row.version == 2

    assert here.delete(met)["Tuyen-Filing"] == "exchange.filed"
    assert [v.row.state for v in visits(fhir)] == ["void"]


def test_what_the_desk_changed_since_stays(fhir):
    here = fhir.program()
    _, (ill, _), _ = whole(fhir)
    (visit,) = visits(fhir)
    own = AmendVisit(
        visit=visit.row.id, reason="Đo lại", content=changed(visit, advice="Ăn nhạt", measured=())
    )
    fhir.send(own, unit=fhir.stations[0])
    said = here.get(ill).json()
    said["code"]["coding"][0]["code"] = "I11.9"

    assert here.put(ill, said)["Tuyen-Filing"] == "exchange.kept-changed-here"

    assert [d.code for d in visits(fhir)[0].content.diagnosed] == ["I10"]


def changed(visit, **rest):
    import msgspec

    return msgspec.structs.replace(visit.content, **rest)


def test_what_is_not_complete_or_not_ours_is_kept_and_says_why(fhir):
    of = first(fhir.turn)
    foreign = sent(fhir, encounter(fhir, unit=fhir.stations[1]), diagnosis(fhir, of))
    assert [codes for _, codes in foreign] == [["kept-not-at-this-unit"]] * 2
    assert sent(fhir, encounter(fhir))[0][1] == ["kept-nothing-of-care"]
    assert sent(fhir, encounter(fhir, period={"start": BEGAN[:10]}))[0][1] == ["kept-no-time"]
    assert sent(fhir, encounter(fhir, status="in-progress"))[0][1] == ["kept-not-finished"]
    alone = diagnosis(fhir, "Encounter/elsewhere") | {"encounter": {"display": "x"}}
    assert sent(fhir, alone)[0][1] == ["kept-no-visit"]
    assert visits(fhir) == []


def test_what_a_room_refuses_is_kept_without_it(fhir):
    of = first(fhir.turn)

    (met, codes), _ = sent(fhir, encounter(fhir), pressure(fhir, of, systolic=400))

    assert codes == ["kept-room-refused"]
    assert visits(fhir) == []
    assert fhir.program().get(met).status_code == 200
    assert replay().same


def vaccinated(fhir, **rest):
    return {
        "resourceType": "Immunization", "status": "completed", "patient": {"reference": f"Patient/{fhir.who}"},
        "vaccineCode": {"coding": [{"system": "http://hl7.org/fhir/sid/cvx", "code": "20"}]},
        "occurrenceDateTime": "2025-03-02", "lotNumber": "L7",
    } | rest  # fmt: skip


def doses(fhir):
    return immunization.doses(by=by(), people=[fhir.who], void=True).get(fhir.who, [])


def test_a_dose_that_came_in_is_on_the_register_once_and_follows_its_updates(fhir):
    here = fhir.program()

    ((given, codes),) = sent(fhir, vaccinated(fhir))
    ((_, again),) = sent(fhir, vaccinated(fhir))
    ((_, unknown),) = sent(fhir, vaccinated(fhir, vaccineCode={"text": "?"}))

    assert (codes, again, unknown) == (["filed"], ["kept-on-record"], ["kept-no-code"])
    ((dose),) = doses(fhir)
    assert (dose.vaccine, dose.given_on, dose.lot, dose.source) == (
        "DTaP",
        date(2025, 3, 2),
        "L7",
        "register",
    )
    assert f"FHIR {given}" in dose.note
    assert len(found(here, f"Immunization?patient={fhir.who}")) == 3
    said = here.get(given).json() | {"lotNumber": "L8"}
    assert here.put(given, said)["Tuyen-Filing"] == "exchange.filed"
    assert doses(fhir)[0].lot == "L8"
    here.put(given, said | {"status": "entered-in-error"})
    assert doses(fhir)[0].voided_at is not None
    assert replay().same


def test_a_patient_who_is_nobody_here_is_not_filed(fhir):
    of = first(fhir.turn)
    nobody = {"resourceType": "Patient", "name": [{"text": "Ai Đó"}]}

    got = sent(fhir, nobody, vaccinated(fhir, patient={"reference": of}))

    assert got[1][1] == ["kept-nobody-here"]


def asked(work):
    """How many questions a piece of work asked of the store; but whether the map has changed, which a
    request asks once where no test has put a transaction around it."""
    with CaptureQueriesContext(connection) as questions:
        work()
    return sum("registry_maprevision" not in each["sql"] for each in questions.captured_queries)


def test_no_interaction_asks_the_store_more_often_where_there_is_more(fhir):
    here, counts = fhir.program(), []
    here.get("metadata")
    for many in (1, 12):
        day = (clock.now() - timedelta(days=10 + many)).isoformat(timespec="seconds")
        of = first(fhir.turn)
        made = [
            encounter(fhir, period={"start": day}),
            *[pressure(fhir, of, 150 + n) for n in range(many)],
            *[vaccinated(fhir, occurrenceDateTime=f"2024-03-{n + many:02d}") for n in range(many)],
        ]
        created = asked(lambda made=made: sent(fhir, *made, here=here))
        about = f"?patient={fhir.who}&_include=Observation:encounter&_include=Observation:patient"
        counts.append(
            {
                "transaction": created,
                "search": asked(lambda about=about: here.get(f"Observation{about}")),
                "read": asked(lambda: here.get(f"Patient/{fhir.who}")),
                "everything": asked(lambda: here.get(f"Patient/{fhir.who}/$everything")),
                "history": asked(lambda: here.get("Observation/_history")),
            }
        )

    few, many = counts
    assert {name: (n, many[name]) for name, n in few.items() if many[name] > n} == {}
