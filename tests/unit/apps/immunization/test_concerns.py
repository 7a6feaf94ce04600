"""What was done is written down: a dose that is told of when nobody can hold it back any more is
taken, with what speaks against it beside it."""

from datetime import date, timedelta
from uuid import UUID

import pytest
from django.db import transaction

from tests.unit.apps.immunization.holding import (
    LOT,
    TODAY,
    dosed,
    later,
    opened,
    rows,
    screened,
    through,
)
from tuyen.apps.immunization.models import Dose, DoseConcern, LotHold
from tuyen.apps.immunization.operations import (
    AnswerConcern,
    Arrive,
    Given,
    LiftSuspension,
    LotNamed,
    ReportAefi,
    SuspendLot,
    VoidDose,
)
from tuyen.apps.immunization.queries.concerns import concerns
from tuyen.apps.immunization.refusals import LotSuspendedLater
from tuyen.apps.immunization.refusals.concerns import TOLD
from tuyen.apps.immunization.services.concerns import SPEAKING
from tuyen.apps.journal.replay import replay
from tuyen.apps.journal.services import commit
from tuyen.kernel.ids import uuid7
from tuyen.kernel.operation import Operation

STOP = SuspendLot(vaccine="MR", lot=LOT, reason="nghi ngờ")


def tell(world, *payloads, given, told=300, on=TODAY, ids=(), size=None):
    """Told from a tablet ``told`` minutes after eight, of what was done ``given`` minutes after it."""
    marks = [*ids, *(uuid7() for _ in payloads[len(ids) :])]
    operations = [
        Operation.of(payload, unit=world.station, happened_on=on, recorded_at=later(given), id=id)
        for payload, id in zip(payloads, marks, strict=True)
    ]
    size = size or len(operations)
    receipts = []
    for start in range(0, len(operations), size):
        receipts += commit(by=world.by, operations=operations[start : start + size], at=later(told))
    return [r.refusal.code.removeprefix("immunization.") if r.refusal else "" for r in receipts]


def codes():
    return [row.code.removeprefix("immunization.") for row in DoseConcern.objects.order_by("id")]


@pytest.mark.parametrize(("given", "told", "refused", "concern"), [
    (30, 300, "", ["lot-suspended-later"]),  # before the suspension, told after it
    (90, 300, "", ["lot-suspended"]),  # after it, by a tablet that did not know
    (95, 100, "lot-suspended", []),  # now: it can still be left undone
    (600, 100, "", ["lot-suspended"]),  # a clock that lies ahead proves nothing
])  # fmt: skip
def test_a_dose_of_a_lot_that_was_suspended_that_day(world, given, told, refused, concern):
    child = world.child()
    world.good(STOP, unit=world.elsewhere, at=later(60))

    assert tell(world, dosed(None, child), given=given, told=told) == [refused]
    assert codes() == concern
    assert Dose.objects.filter(counted=True).count() == (not refused)


def test_the_day_before_is_no_concern_and_the_time_of_the_injection_goes_before(world):
    child, other = world.child(), world.child("Lò Thị Hoa")
    world.good(STOP, unit=world.elsewhere, at=later(60))
    early = dosed(None, other, given=(Given(vaccine="MR", lot=LOT, injected_at=later(20)),))

    assert tell(world, dosed(None, child), given=-600, on=TODAY - timedelta(1)) == [""]
    assert tell(world, early, given=200) == [""]
    assert codes() == ["lot-suspended-later"]


def test_a_tablet_that_did_not_know_that_the_session_was_stopped(world):
    """The one injected before the stop was given at an open session; those after it were not, and
    none of them is lost."""
    session, sick = opened(world), world.child()
    through(world, session, sick)
    people = [world.child(f"Vàng A {name}") for name in ("Một", "Hai", "Ba")]
    visits = [uuid7() for _ in people]
    for person, visit in zip(people[:2], visits, strict=False):
        world.good(Arrive(session=session, person=person), unit=world.station, ids=[visit])
        world.good(screened(visit), unit=world.station)
    serious = ReportAefi(
        person=sick, kinds=("anaphylaxis",), severity=("life-threatening",), onset_at=later(50),
        noticed_at=later(55), lots=(LotNamed(vaccine="MR", lot=LOT),), session=session,
    )  # fmt: skip
    world.good(serious, unit=world.station, at=later(60))

    assert tell(world, dosed(session, people[0]), given=40) == [""]
    assert tell(world, Arrive(session=session, person=people[2]), given=70) == ["session-not-open"]
    assert tell(world, dosed(session, people[1]), dosed(session, people[2]), given=75) == ["", ""]

    found = {
        person: sorted(
            row.code.removeprefix("immunization.")
            for row in DoseConcern.objects.filter(person_id=person)
        )
        for person in people
    }
    assert found[people[0]] == ["lot-suspended-later"]
    assert found[people[1]] == found[people[2]] == ["lot-suspended", "session-not-open"]


def test_a_dose_without_its_examination_is_told_of_and_taken_and_now_it_is_refused(world):
    session, child = opened(world), world.child()

    assert tell(world, dosed(session, child), given=0, told=1) == ["not-here"]
    assert tell(world, dosed(session, child), given=0, told=60) == [""]
    assert codes() == ["not-here"]


def test_a_lot_that_may_be_used_again_was_still_suspended_then(world):
    child, other = world.child(), world.child("Lò Thị Hoa")
    world.good(STOP, unit=world.elsewhere, at=later(60))
    world.good(
        LiftSuspension(vaccine="MR", lot=LOT, reason="đạt"), unit=world.elsewhere, at=later(120)
    )

    assert tell(world, dosed(None, child), given=90) == [""]
    assert tell(world, dosed(None, other), given=150) == [""]
    assert [(row.person_id, row.code) for row in DoseConcern.objects.all()] == [
        (child, "immunization.lot-suspended")
    ]


def test_a_mistake_of_the_writing_waits_to_be_repaired(world):
    child = world.child()
    wrong = [
        dosed(None, UUID(int=7)), dosed(UUID(int=8), child), dosed(None, child, "Không"),
        dosed(None, child, screening="deferred"),
    ]  # fmt: skip

    assert tell(world, *wrong, given=0) == [
        "unknown-person", "unknown-session", "unknown-vaccine", "not-screened",
    ]  # fmt: skip
    assert tell(world, dosed(None, child), given=0, on=date(2025, 1, 1)) == ["before-birth"]
    assert not Dose.objects.exists()


def test_what_speaks_against_a_dose_is_followed_up_once(world):
    child = world.child()
    world.good(STOP, unit=world.elsewhere, at=later(60))
    tell(world, dosed(None, child), given=90)
    (row,) = concerns(by=world.by)
    assert (row.person.name, row.unit, row.lot) == ("Vàng A Tủa", world.station, LOT)
    assert "which was suspended since 2026-10-25 (nghi ngờ)" in str(row.said.refusal())
    done = AnswerConcern(concern=row.id, done="đã theo dõi 24 giờ, khoẻ")

    assert world.refused(done, unit=world.elsewhere)[0] == "immunization.unknown-concern"
    world.good(done, unit=world.station)
    assert world.refused(done, unit=world.station)[0] == "immunization.answered-already"
    assert concerns(by=world.by) == []
    assert concerns(by=world.by, answered=True)[0].answer == "đã theo dõi 24 giờ, khoẻ"
    world.good(VoidDose(dose=row.dose, reason="nhầm trẻ"), unit=world.station)
    assert concerns(by=world.by, answered=True) == []


def test_a_batch_is_its_operations_one_by_one_and_a_replay_makes_the_same_rows(world):
    children = [world.child(f"Vàng A {name}") for name in ("Một", "Hai", "Ba")]
    session = opened(world)
    world.good(STOP, unit=world.elsewhere, at=later(60))
    story = [
        dosed(None, children[0]),
        dosed(session, children[1]),
        dosed(None, children[2], lot="K"),
    ]
    ids, seen = [uuid7() for _ in story], []
    for size in (None, 1):
        before = transaction.savepoint()
        tell(world, *story, given=90, ids=ids, size=size)
        kept = sorted(DoseConcern.objects.values_list(), key=str)
        seen.append((rows(), kept))
        if size is None:
            transaction.savepoint_rollback(before)
    assert seen[0] == seen[1]
    assert len(seen[0][1]) == 3

    assert replay().failed == []
    assert (rows(), sorted(DoseConcern.objects.values_list(), key=str)) == seen[0]
    assert LotHold.objects.count() == 1


def test_everything_that_speaks_against_a_dose_has_its_sentence():
    """A code without one would be shown as a code."""
    assert {refusal.code for refusal in SPEAKING} | {LotSuspendedLater.code} == TOLD.keys()
