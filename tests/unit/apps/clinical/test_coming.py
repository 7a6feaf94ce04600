"""Who is sent here by others: taken once, changed as they tell, answered once, seen by who may."""

from datetime import date, timedelta
from uuid import UUID, uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.unit.apps.clinical.conftest import TODAY, World
from tuyen.apps.access.actors import Actor, HeldPost
from tuyen.apps.clinical import queries
from tuyen.apps.clinical.models import Coming
from tuyen.apps.clinical.operations import AnswerComing, ChangeComing, ReceivePatient, Sent
from tuyen.apps.journal.replay import replay

SOON = TODAY + timedelta(days=5)


def sent(person: UUID, **rest) -> Sent:
    plain = {
        "kind": "referral", "person": person, "on": TODAY - timedelta(days=1), "reason": "theo dõi huyết áp",
        "from_name": "Bệnh viện tỉnh", "source": "ServiceRequest/r1",
    }  # fmt: skip
    return Sent(**plain | rest)


def received(world: World, person: UUID, **rest) -> UUID:
    (id,) = world.good(ReceivePatient(sent=sent(person, **rest)), unit=world.station)
    return id


def note(id: UUID, **rest) -> AnswerComing:
    return AnswerComing(**{"coming": id, "on": TODAY, "text": "Đã khám, huyết áp ổn"} | rest)


def test_a_referral_waits_until_it_is_answered_and_the_note_stands(world):
    id = received(world, world.person(), urgent=True)

    (row,) = queries.coming(by=world.by, unit=world.station)
    assert (row.id, row.kind, row.urgent, row.came) == (id, "referral", True, None)

    assert world.told(note(id, diagnosis="I10")) == ["accepted"]
    assert world.told(note(id)) == ["clinical.answered-already"]
    (row,) = queries.coming(by=world.by, states=("answered",))
    assert (row.answered_on, row.diagnosis, row.version) == (TODAY, "I10", 2)


def test_that_somebody_came_since_is_seen_and_not_written(world):
    person = world.person()
    id = received(world, person)
    world.visit(person)

    (row,) = queries.coming(by=world.by)
    assert (row.id, row.came, row.state) == (id, TODAY, "waiting")


def test_an_appointment_is_shown_around_its_day_and_follows_those_who_made_it(world):
    person = world.person()
    id = received(world, person, kind="appointment", on=SOON, source="Appointment/a1")

    assert queries.coming(by=world.by, last=TODAY) == []
    assert [row.id for row in queries.coming(by=world.by, first=TODAY, last=SOON)] == [id]
    moved = sent(person, kind="appointment", on=SOON + timedelta(days=7))
    change = ChangeComing(coming=id, state="waiting", sent=moved)
    assert world.told(change) == ["accepted"]
    gone = ChangeComing(coming=id, state="withdrawn", sent=moved, reason="bận")
    assert world.told(gone) == ["accepted"]
    (row,) = queries.coming(by=world.by, states=("withdrawn",))
    assert (row.on, row.why, row.version) == (SOON + timedelta(days=7), "bận", 3)


@pytest.mark.parametrize(
    ("rest", "code"),
    [
        ({"on": TODAY + timedelta(days=1)}, "clinical.in-the-future"),
        ({"kind": "appointment", "on": TODAY - timedelta(days=1)}, "clinical.appointment-passed"),
        ({"kind": "appointment", "on": date(2036, 10, 25)}, "clinical.appointment-too-far"),
        ({"person": uuid4()}, "clinical.unknown-person"),
    ],
)
def test_what_cannot_be_is_refused(world, rest, code):
    person = world.person()

    assert world.told(ReceivePatient(sent=sent(**{"person": person} | rest))) == [code]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"on": TODAY - timedelta(days=9)}, "clinical.answered-before"),
        ({"on": TODAY + timedelta(days=1)}, "clinical.in-the-future"),
        ({"coming": uuid4()}, "clinical.unknown-coming"),
    ],
)
def test_a_note_that_cannot_be_is_refused(world, change, code):
    id = received(world, world.person())

    assert world.told(note(**{"id": id} | change) if "id" in change else note(id, **change)) == [
        code
    ]


def test_an_appointment_has_no_note_and_what_was_taken_back_no_answer(world):
    person = world.person()
    agreed = received(world, person, kind="appointment", on=SOON)
    back = received(world, person)
    world.good(ChangeComing(coming=back, state="withdrawn", sent=sent(person)), unit=world.station)

    assert world.told(note(agreed)) == ["clinical.nothing-to-answer"]
    assert world.told(note(back)) == ["clinical.not-waiting"]


def test_another_unit_changes_nothing_and_another_person_is_not_put_in(world):
    person, other = world.person(), world.person("Vàng Thị Dợ", date(1990, 1, 1))
    id = received(world, person)

    assert world.told(note(id), unit=world.elsewhere) == ["clinical.unknown-coming"]
    change = ChangeComing(coming=id, state="waiting", sent=sent(other))
    assert world.told(change) == ["clinical.coming-of-another"]


def test_what_stands_apart_is_opened_for_care_alone(world):
    received(world, world.person(), apart=True, reason="ARV")
    post = HeldPost(uuid4(), "station-head", world.station)
    by = Actor(uuid4(), "Trưởng trạm", (post,), TODAY, "web")

    (shut,) = queries.coming(by=by)
    (open_,) = queries.coming(by=by.stating("care"))
    assert (shut.shut, shut.reason) == (True, "")
    assert (open_.shut, open_.reason) == (False, "ARV")


def test_sent_twice_is_one_and_many_take_as_many_statements_as_one(world):
    people = [world.person(f"Người {n}", date(1970, 1, 1 + n)) for n in range(12)]
    ids = [uuid4() for _ in people]
    payloads = [ReceivePatient(sent=sent(person, source="")) for person in people]

    def cost(payloads, ids) -> int:
        with CaptureQueriesContext(connection) as asked:
            world.good(*payloads, ids=ids, unit=world.station)
        return len(asked)

    cost(payloads[:1], ids[:1])
    assert cost(payloads[1:2], ids[1:2]) == cost(payloads[2:], ids[2:])
    world.send(*payloads, ids=ids, unit=world.station)
    assert Coming.objects.count() == 12


def test_the_journal_makes_the_rows_again(world):
    person = world.person()
    id = received(world, person)
    world.good(note(id), unit=world.station)
    received(world, person, kind="appointment", on=SOON)

    assert replay().same
    assert Coming.objects.count() == 2
