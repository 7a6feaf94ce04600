"""Adverse events: what stops at once, which clocks run, and how an event ends."""

from datetime import date, timedelta

import pytest
from django.db import transaction

from tests.unit.apps.immunization.holding import (
    AT,
    LOT,
    TODAY,
    dosed,
    later,
    opened,
    rows,
    screened,
    through,
)
from tuyen.apps.immunization.models import AdverseEvent, AefiStep, Dose, LotHold, Session
from tuyen.apps.immunization.operations import (
    Arrive,
    ClassifyAefi,
    ConveneCouncil,
    FollowUpAefi,
    InvestigateAefi,
    LiftSuspension,
    LotNamed,
    NotifyAefi,
    ReportAefi,
    SuspendLot,
    VoidAefi,
)
from tuyen.apps.journal.replay import replay
from tuyen.kernel.ids import uuid7


def event(person, **changes):
    return ReportAefi(**{
        "person": person, "kinds": ("fever",), "onset_at": later(60), "noticed_at": later(90),
        "lots": (LotNamed(vaccine="MR", lot=LOT),),
    } | changes)  # fmt: skip


def report(world, person, **changes):
    (id,) = world.good(event(person, **changes), unit=world.station, at=later(100))
    return id


def test_a_serious_event_stops_the_session_and_the_lot_everywhere_at_once(world):
    session, child = opened(world), world.child()
    through(world, session, child)
    other = world.child("Lò Thị Hoa")
    (visit,) = world.good(Arrive(session=session, person=other), unit=world.station)
    world.good(screened(visit), unit=world.station)
    dose = Dose.objects.get()

    id = report(world, child, kinds=("anaphylaxis",), severity=("life-threatening",),
                doses=(dose.id,), lots=())  # fmt: skip

    assert Session.objects.get().state == "stopped"
    assert (LotHold.objects.get().lot, LotHold.objects.get().aefi_id) == (LOT, id)
    assert world.refused(dosed(session, other), unit=world.station)[0] == (
        "immunization.session-not-open"
    )
    elsewhere = dosed(None, other)
    assert world.refused(elsewhere, unit=world.elsewhere)[0] == "immunization.lot-suspended"


def test_the_clocks_of_a_serious_event(world):
    id = report(world, world.child(), severity=("hospital",))

    held = AdverseEvent.objects.get()
    assert held.report_due_at == later(90) + timedelta(hours=24)
    assert held.investigate_due_at == later(100) + timedelta(hours=24)
    assert held.council_due_on == date(2026, 10, 30)
    told = NotifyAefi(aefi=id, told="cdc", how="call", who="BS Lường Văn Hợp")
    world.good(told, NotifyAefi(aefi=id, told="department", how="paper"), told,
               unit=world.station, at=later(200), size=1)  # fmt: skip
    held.refresh_from_db()
    assert held.cdc_at == held.department_at == later(200)
    assert AefiStep.objects.count() == 3


def test_one_that_turns_serious_has_its_clock_from_then(world):
    id = report(world, world.child())
    assert not LotHold.objects.exists()

    world.good(FollowUpAefi(aefi=id, severity=("hospital",), note="nhập viện"), unit=world.station,
               at=later(600))  # fmt: skip

    held = AdverseEvent.objects.get()
    assert (held.serious, held.serious_since) == (True, later(600))
    assert LotHold.objects.get().aefi_id == id


def test_a_death_is_serious_whatever_else_is_said(world):
    report(world, world.child(), outcome="died")

    assert AdverseEvent.objects.get().severity == "death"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"kinds": ("headcold",)}, "immunization.unknown-word"),
        ({"severity": ("awful",)}, "immunization.unknown-word"),
        ({"lots": ()}, "immunization.no-dose-named"),
        ({"doses": (uuid7(),)}, "immunization.dose-of-another"),
        ({"person": uuid7()}, "immunization.unknown-person"),
        ({"noticed_at": later(59)}, "immunization.noticed-before-onset"),
        ({"noticed_at": later(101)}, "immunization.not-yet"),
        ({"lots": (LotNamed(vaccine="Rượu", lot="x"),)}, "immunization.unknown-vaccine"),
    ],
)
def test_what_is_no_report(world, changes, code):
    wrong = {"person": world.child()} | changes

    assert world.refused(event(**wrong), unit=world.station, at=later(100))[0] == code
    assert not AdverseEvent.objects.exists()


def test_it_cannot_begin_before_the_dose_nor_be_of_anothers(world):
    child, other = world.child(), world.child("Lò Thị Hoa")
    (dose,) = world.visit(child, "MR")
    before = {"doses": (dose.id,), "onset_at": AT - timedelta(days=1)}

    assert world.refused(event(child, **before), unit=world.station, at=later(100))[0] == (
        "immunization.onset-before-dose"
    )
    assert world.refused(event(other, doses=(dose.id,)), unit=world.station, at=later(100))[0] == (
        "immunization.dose-of-another"
    )


def test_an_event_ends_with_its_class(world):
    id = report(world, world.child(), severity=("hospital",))
    verdict = ClassifyAefi(aefi=id, causality="B1", conclusion="chưa đủ bằng chứng")

    assert world.refused(verdict, unit=world.station)[0] == "immunization.not-investigated"
    world.good(InvestigateAefi(aefi=id, lead="CDC tỉnh", findings="đã lấy mẫu"),
               ConveneCouncil(aefi=id, on=TODAY, members="5 thành viên"), verdict,
               unit=world.station, at=later(300))  # fmt: skip

    held = AdverseEvent.objects.get()
    assert (held.causality, held.investigated_at, held.council_on) == ("B1", later(300), TODAY)
    wrong = ClassifyAefi(aefi=id, causality="E9", conclusion="không rõ")
    assert world.refused(wrong, unit=world.station)[0] == "immunization.unknown-word"
    future = ConveneCouncil(aefi=id, on=TODAY + timedelta(1), members="5 thành viên")
    assert world.refused(future, unit=world.station)[0] == "immunization.in-the-future"


def test_what_is_not_done_about_an_event(world):
    id = report(world, world.child())
    mild = [
        world.refused(payload, unit=world.station)[0]
        for payload in (
            NotifyAefi(aefi=id, told="cdc", how="call"), InvestigateAefi(aefi=id, lead="CDC"),
        )
    ]  # fmt: skip
    elsewhere = world.refused(VoidAefi(aefi=id, reason="nhầm"), unit=world.elsewhere)[0]
    world.good(VoidAefi(aefi=id, reason="nhầm trẻ"), unit=world.station)

    assert mild == ["immunization.not-serious"] * 2
    assert elsewhere == "immunization.unknown-aefi"
    assert world.refused(FollowUpAefi(aefi=id, note="khỏi"), unit=world.station)[0] == (
        "immunization.aefi-is-void"
    )


def test_a_suspension_is_made_once_and_lifted_once(world):
    lot = {"vaccine": "MR", "lot": "mr-07"}
    stop, lift = SuspendLot(**lot, reason="nghi ngờ"), LiftSuspension(**lot, reason="an toàn")

    assert world.refused(lift, unit=world.station)[0] == "immunization.not-suspended"
    world.good(stop, unit=world.station)
    assert world.refused(stop, unit=world.elsewhere)[0] == "immunization.suspended-already"
    world.good(lift, stop, unit=world.station)
    assert LotHold.objects.filter(lifted_at=None).count() == 1
    assert LotHold.objects.count() == 2


def test_a_dose_given_before_the_suspension_is_taken(world):
    child = world.child()
    world.good(SuspendLot(vaccine="MR", lot=LOT, reason="nghi ngờ"), unit=world.station)

    world.good(dosed(None, child), unit=world.station, on=TODAY - timedelta(1))
    refusal = world.refused(dosed(None, child), unit=world.station)

    assert Dose.objects.get(person_id=child).given_on == TODAY - timedelta(1)
    assert refusal[0] == "immunization.lot-suspended"


def _story(child, other):
    lot = {"vaccine": "MR", "lot": LOT}
    first, second = uuid7(), uuid7()
    story = [
        event(child, severity=("hospital",)), event(other),
        SuspendLot(vaccine="MR", lot="MR-09", reason="nghi ngờ"),
        SuspendLot(**lot, reason="nghi ngờ"),
        FollowUpAefi(aefi=second, severity=("cluster",), note="chùm ca"),
        FollowUpAefi(aefi=first, outcome="recovered", note="khỏi"),
        NotifyAefi(aefi=first, told="cdc", how="call"),
        InvestigateAefi(aefi=first, lead="CDC tỉnh"), InvestigateAefi(aefi=second, lead="CDC tỉnh"),
        ConveneCouncil(aefi=first, on=TODAY, members="hội đồng"),
        ClassifyAefi(aefi=first, causality="C", conclusion="trùng hợp"),
        LiftSuspension(**lot, reason="kết luận hội đồng"), VoidAefi(aefi=second, reason="nhầm trẻ"),
    ]  # fmt: skip
    return story, [first, second, *(uuid7() for _ in story[2:])]


def test_a_batch_is_its_operations_one_by_one_and_a_replay_makes_the_same_rows(world):
    story, ids = _story(world.child(), world.child("Lò Thị Hoa"))
    seen = []
    for cut in (None, 1):
        before = transaction.savepoint()  # not a block: a commit insists on being the outermost
        sent = world.send(*story, unit=world.station, ids=ids, size=cut, at=later(100))
        seen.append(([receipt.status for receipt in sent], rows()))
        if cut is None:
            transaction.savepoint_rollback(before)
    assert seen[0] == seen[1]
    assert seen[0][0].count("refused") == 1  # the lot was suspended by the report already

    rebuilt = replay()

    assert rebuilt.failed == []
    assert rows() == seen[0][1]
