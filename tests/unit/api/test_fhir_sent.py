"""Referrals and appointments that come in: expected at the station, followed, answered where they came from."""

from datetime import timedelta

import pytest

from tests.unit.api.fhir_world import FhirWorld
from tests.unit.api.test_fhir_filing import (
    BEGAN,
    UCUM,
    by,
    encounter,
    first,
    part,
    sent,
    visits,
)
from tuyen.apps.access import clock
from tuyen.apps.clinical import queries as clinical
from tuyen.apps.clinical.operations import AnswerComing
from tuyen.apps.journal.replay import replay


@pytest.fixture
def fhir(db, settings):
    settings.ALLOWED_HOSTS = ["testserver"]
    world = FhirWorld()
    world.who = world.resident(0, "Giàng Thị Súa", "011190000123", "DT2114012000011")
    return world


REFERRAL = {"coding": [{"system": "http://snomed.info/sct", "code": "3457005"}]}
SOON = (clock.now() + timedelta(days=6)).isoformat(timespec="seconds")


def referral(fhir, unit=None, **rest):
    return {
        "resourceType": "ServiceRequest", "status": "active", "intent": "order", "priority": "urgent",
        "category": [REFERRAL], "subject": {"reference": f"Patient/{fhir.who}"},
        "authoredOn": BEGAN, "requester": {"display": "Bệnh viện tỉnh"},
        "performer": [{"reference": f"Organization/{unit or fhir.stations[0]}"}],
        "reasonCode": [{"text": "theo dõi sau nhồi máu"}],
    } | rest  # fmt: skip


def appointment(fhir, unit=None, **rest):
    here = {"reference": f"Location/{unit or fhir.stations[0]}"}
    return {
        "resourceType": "Appointment", "status": "booked", "start": SOON, "description": "khám lại",
        "end": (clock.now() + timedelta(days=6, hours=1)).isoformat(timespec="seconds"),
        "participant": [
            {"actor": {"reference": f"Patient/{fhir.who}"}, "status": "accepted"},
            {"actor": here, "status": "accepted"},
            {"actor": {"display": "Bệnh viện tỉnh"}, "status": "accepted"},
        ],
    } | rest  # fmt: skip


def rows(fhir, *states):
    return clinical.coming(by=by(), unit=fhir.stations[0], states=states or ("waiting",))


def put(fhir, place, content):
    _type, _, id = place.partition("/")
    answer = fhir.program().put(place, content | {"id": id}, Prefer="return=OperationOutcome")
    assert answer.status_code == 200, answer.content
    return answer.headers.get("Tuyen-Filing", "")


def test_a_referral_that_came_in_waits_at_the_desk_and_its_note_is_read_as_a_task(fhir):
    here = fhir.program()

    ((place, codes),) = sent(fhir, referral(fhir))

    (row,) = rows(fhir)
    assert codes == ["filed"]
    assert (row.person, row.kind, row.from_name, row.urgent) == (
        fhir.who, "referral", "Bệnh viện tỉnh", True,
    )  # fmt: skip
    assert (row.reason, row.source) == ("theo dõi sau nhồi máu", place)
    task = here.get(f"Task/{row.id}").json()
    assert (task["status"], task["focus"]["reference"]) == ("received", place)

    fhir.send(
        AnswerComing(coming=row.id, on=clock.today(), text="Đã khám", diagnosis="I25"),
        unit=fhir.stations[0],
    )

    (task,) = [e["resource"] for e in here.get(f"Task?patient={fhir.who}").json()["entry"]]
    assert task["status"] == "completed"
    assert [one["valueString"] for one in task["output"]] == ["I25", "Đã khám"]
    assert here.get(place).json()["status"] == "active"  # theirs stays as they wrote it


def test_a_referral_is_filed_once_and_follows_its_updates(fhir):
    ((place, _),) = sent(fhir, referral(fhir))
    content = referral(fhir, reasonCode=[{"text": "đổi lý do"}])

    assert put(fhir, place, content) == "exchange.filed"
    assert put(fhir, place, content) in ("", "exchange.filed")
    (row,) = rows(fhir)
    assert (row.reason, row.version) == ("đổi lý do", 2)
    put(fhir, place, content | {"status": "revoked"})
    assert rows(fhir) == []
    assert [one.state for one in rows(fhir, "withdrawn")] == ["withdrawn"]


def test_an_answer_is_not_undone_by_those_who_sent(fhir):
    ((place, _),) = sent(fhir, referral(fhir))
    (row,) = rows(fhir)
    fhir.send(AnswerComing(coming=row.id, on=clock.today(), text="Đã khám"), unit=fhir.stations[0])

    assert put(fhir, place, referral(fhir, status="revoked")) == "exchange.kept-answered-here"
    assert [one.state for one in rows(fhir, "answered")] == ["answered"]


def test_an_appointment_is_expected_and_its_end_follows(fhir):
    ((place, codes),) = sent(fhir, appointment(fhir))

    (row,) = rows(fhir)
    assert codes == ["filed"]
    assert (row.kind, row.from_name, row.reason) == ("appointment", "Bệnh viện tỉnh", "khám lại")
    put(fhir, place, appointment(fhir, status="fulfilled"))
    assert [one.state for one in rows(fhir, "kept")] == ["kept"]
    assert fhir.program().delete(place).status_code in (200, 204)
    assert [one.state for one in rows(fhir, "withdrawn")] == ["withdrawn"]


@pytest.mark.parametrize(
    ("make", "rest", "code"),
    [
        (referral, {"status": "draft"}, "kept-not-agreed"),
        (referral, {"status": "revoked"}, "kept-not-agreed"),
        (referral, {"intent": "proposal"}, "kept-no-referral"),
        (referral, {"category": [{"coding": [{"system": "http://snomed.info/sct", "code": "108252007"}]}]},
         "kept-no-referral"),
        (referral, {"performer": [{"display": "Trạm khác"}]}, "kept-not-sent-here"),
        (referral, {"subject": {"display": "ai đó"}}, "kept-nobody-here"),
        (appointment, {"status": "cancelled"}, "kept-not-agreed"),
        (appointment, {"start": BEGAN, "end": BEGAN}, "kept-in-the-past"),
        (appointment, {"participant": [{"actor": {"display": "x"}, "status": "accepted"}]}, "kept-nobody-here"),
    ],
)  # fmt: skip
def test_what_is_not_filed_says_why(fhir, make, rest, code):
    ((_, codes),) = sent(fhir, make(fhir, **rest))

    assert codes == [code]
    assert rows(fhir) == []


def test_another_station_is_not_expected_to_answer(fhir):
    ((_, codes),) = sent(fhir, appointment(fhir, unit=fhir.stations[1]))

    assert codes == ["kept-not-sent-here"]


def test_a_sensitive_referral_shows_its_reason_for_care_only(fhir):
    hiv = {"coding": [{"system": "http://hl7.org/fhir/sid/icd-10", "code": "B20"}], "text": "ARV"}
    sent(fhir, referral(fhir, reasonCode=[hiv]), here=fhir.program(purpose="care"))

    (row,) = rows(fhir)
    assert row.apart
    tasks = fhir.program().get(f"Task?patient={fhir.who}").json()
    assert tasks.get("entry", []) == []
    assert fhir.program(purpose="care").get(f"Task/{row.id}").status_code == 200


def test_the_journal_makes_them_again(fhir):
    sent(fhir, referral(fhir), appointment(fhir))

    assert replay().same
    assert len(rows(fhir)) == 2


def glucose(fhir, of, unit):
    code = {"coding": [{"system": "http://loinc.org", "code": "1558-6"}]}
    quantity = {"value": 126, "system": UCUM, "code": unit}
    return part(
        fhir, "Observation", of, status="final", code=code, valueQuantity=quantity,
        effectiveDateTime=BEGAN,
    )  # fmt: skip


def test_a_value_in_a_known_unit_is_made_ours_and_an_unknown_one_is_said(fhir):
    of = first(fhir.turn)

    answers = sent(
        fhir, encounter(fhir), glucose(fhir, of, "mg/dL"), glucose(fhir, of, "[stone_av]")
    )

    assert [codes for _, codes in answers] == [["filed"], ["filed"], ["kept-unit-unknown"]]
    (visit,) = visits(fhir)
    assert [(one.what, str(one.value)) for one in visit.content.measured] == [
        ("glucose_fasting", "7.0")
    ]
