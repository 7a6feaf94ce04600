"""Sessions: the gate before a dose, the clock after it, and the balance at the end."""

from datetime import date, timedelta

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from tests.unit.apps.immunization.holding import (
    ASKED,
    LOT,
    TODAY,
    dosed,
    expected,
    later,
    opened,
    planned,
    rows,
    screened,
    through,
    well,
)
from tuyen.apps.immunization.models import (
    CampaignDay,
    Dose,
    Screening,
    Session,
    SessionVials,
    Visit,
)
from tuyen.apps.immunization.operations import (
    Answered,
    Arrive,
    CancelSession,
    CloseSession,
    Leave,
    Observe,
    OpenSession,
    PlannedVials,
    ReportCampaignDay,
    StopSession,
    SuspendLot,
    VialLine,
)
from tuyen.apps.journal.replay import replay
from tuyen.kernel.ids import uuid7

LINE = VialLine(vaccine="MR", lot=LOT, size=10, taken=2, opened=1, returned=1)


def test_nothing_is_given_before_a_passed_examination(world):
    session, child = opened(world), world.child()
    dose = dosed(session, child)

    assert world.refused(dose, unit=world.station)[0] == "immunization.not-here"
    (visit,) = world.good(Arrive(session=session, person=child), unit=world.station)
    assert world.refused(dose, unit=world.station)[0] == "immunization.not-cleared"
    world.good(screened(visit, "bOPV"), unit=world.station)
    assert world.refused(dose, unit=world.station)[0] == "immunization.not-cleared"
    world.good(screened(visit, "bOPV", "MR"), unit=world.station)
    world.good(dose, unit=world.station)
    assert Dose.objects.get().session_id == session


def test_a_session_elsewhere_lets_nobody_pass(world):
    session, child = opened(world), world.child()
    through(world, session, child)
    (second,) = world.good(planned(), unit=world.elsewhere)

    codes = [
        world.refused(dosed(second, child), unit=world.station)[0],
        world.refused(dosed(second, child), unit=world.elsewhere)[0],
        world.refused(dosed(session, child), unit=world.station, on=TODAY - timedelta(1))[0],
    ]

    assert codes == [
        "immunization.unknown-session", "immunization.session-not-open",
        "immunization.opened-on-another-day",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("why", "changes", "result", "cleared", "back"),
    [
        ("nothing speaks against it", {}, "passed", "MR", None),
        ("a fever", {"temperature": 37.5}, "deferred", "", date(2026, 10, 28)),
        ("no live vaccine", {"answers": {"immunodeficiency": Answered(yes=True)}},
         "contraindicated", "", None),
        ("immunoglobulin in August", {"answers": {"immunoglobulin": Answered(yes=True, on=date(2026, 8, 1))}},
         "deferred", "", date(2026, 10, 31)),
        ("immunoglobulin in June", {"answers": {"immunoglobulin": Answered(yes=True, on=date(2026, 6, 1))}},
         "passed", "MR", None),
        ("after another vaccine", {"answers": {"severe-reaction": Answered(yes=True, to=("Tetanus",))}},
         "passed", "MR", None),
        ("the nurse waits", {"defer": "mẹ xin lùi", "return_on": date(2026, 11, 25)}, "deferred", "",
         date(2026, 11, 25)),
    ],
)  # fmt: skip
def test_the_rules_judge(world, why, changes, result, cleared, back):
    session, child = opened(world), world.child()
    (visit,) = world.good(Arrive(session=session, person=child), unit=world.station)
    answers = well(("MR",)) | changes.pop("answers", {})

    world.good(screened(visit, answers=answers, **changes), unit=world.station)

    held = Visit.objects.get()
    assert (held.state, held.cleared, held.return_on) == (result, cleared, back), why
    assert Screening.objects.get().result == result


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"answers": {}}, "immunization.not-asked"),
        ({"temperature": None}, "immunization.not-asked"),
        ({"temperature": 3.7}, "immunization.not-readable"),
        ({"answers": {"horoscope": Answered(yes=True)}}, "immunization.unknown-answer"),
        ({"vaccines": ("Rượu",)}, "immunization.unknown-vaccine"),
        ({"return_on": TODAY}, "immunization.return-in-the-past"),
        ({"visit": uuid7()}, "immunization.unknown-visit"),
    ],
)
def test_an_examination_that_is_none(world, changes, code):
    session, child = opened(world), world.child()
    (visit,) = world.good(Arrive(session=session, person=child), unit=world.station)

    wrong = screened(**{"visit": visit} | changes)
    assert world.refused(wrong, unit=world.station)[0] == code
    assert not Screening.objects.exists()


def test_a_newborn_is_weighed_and_is_asked_what_the_vaccine_asks(world):
    session, child = opened(world), world.child(born=TODAY - timedelta(2))
    (visit,) = world.good(Arrive(session=session, person=child), unit=world.station)

    assert "weight" in world.refused(screened(visit, "BCG"), unit=world.station)[1]
    world.good(screened(visit, "BCG", weight_g=1950), unit=world.station)
    assert Visit.objects.get().state == "deferred"
    assert set(well(("BCG",))) - set(well(("MR",))) == {"mother-hiv"}
    assert set(ASKED) >= set(well(("BCG", "Rotavirus-1")))


def test_half_an_hour_is_half_an_hour(world):
    session, child = opened(world), world.child()
    visit = through(world, session, child)

    early = world.refused(Leave(visit=visit), unit=world.station, at=later(29.9))
    assert early[0] == "immunization.left-too-early"
    world.good(Leave(visit=visit), unit=world.station, at=later(30))

    assert Visit.objects.get().left_at == Dose.objects.get().left_at == later(30)


def test_who_leaves_before_needs_a_reason_even_if_nobody_started_the_clock(world):
    session, child = opened(world), world.child()
    visit = uuid7()
    world.good(Arrive(session=session, person=child), screened(visit), dosed(session, child),
               unit=world.station, at=later(0), ids=[visit])  # fmt: skip

    assert world.refused(Leave(visit=visit), unit=world.station, at=later(5))[0] == (
        "immunization.left-too-early"
    )
    world.good(Leave(visit=visit, early="chuyển viện"), unit=world.station, at=later(5))
    assert Visit.objects.get().early == "chuyển viện"


def test_a_queue_has_numbers_and_nobody_twice(world):
    session = opened(world)
    one, two = world.child(), world.child("Lò Thị Hoa")
    first, _ = world.good(
        Arrive(session=session, person=one), Arrive(session=session, person=two),
        unit=world.station,
    )  # fmt: skip

    code, said = world.refused(Arrive(session=session, person=one), unit=world.station)
    assert (code, "1" in said) == ("immunization.here-already", True)
    world.good(Leave(visit=first), Arrive(session=session, person=one), unit=world.station)
    assert sorted(Visit.objects.values_list("number", flat=True)) == [1, 2, 3]


def test_a_stopped_session_takes_nobody_and_is_closed(world):
    session, child = opened(world), world.child()
    visit = through(world, session, child)
    other = world.child("Lò Thị Hoa")
    (waits,) = world.good(Arrive(session=session, person=other), unit=world.station)
    world.good(StopSession(session=session, reason="mất điện"), unit=world.station)

    codes = {
        world.refused(payload, unit=world.station)[0]
        for payload in (
            Arrive(session=session, person=world.child("Sùng A Páo")), screened(waits),
            dosed(session, child), OpenSession(session=session),
        )
    }  # fmt: skip
    assert codes == {"immunization.session-not-open", "immunization.session-not-planned"}
    assert world.refused(CloseSession(session=session, lines=(LINE,)), unit=world.station)[0] == (
        "immunization.still-here"
    )
    world.good(Leave(visit=waits), Leave(visit=visit, early="buổi tiêm dừng"), unit=world.station)
    world.good(CloseSession(session=session, lines=(LINE,)), unit=world.station)
    assert Session.objects.get().state == "closed"


@pytest.mark.parametrize(
    ("lines", "note", "code"),
    [
        ((), "", "immunization.lot-not-balanced"),
        ((VialLine(vaccine="MR", lot="MR-08", size=10, taken=1, opened=1),), "",
         "immunization.lot-not-balanced"),
        ((VialLine(vaccine="MR", lot=LOT, size=10, taken=1, opened=1, returned=1),), "",
         "immunization.more-than-taken"),
        ((VialLine(vaccine="MR", lot=LOT, size=10, taken=1, returned=1),), "",
         "immunization.more-than-opened"),
        ((VialLine(vaccine="MR", lot=LOT, size=10, taken=2, opened=1),), "",
         "immunization.vials-missing"),
        ((LINE, LINE), "", "immunization.planned-twice"),
        ((VialLine(vaccine="MR", lot=LOT, size=10, taken=2, opened=1),), "vỡ một lọ", None),
    ],
)  # fmt: skip
def test_vials_balance(world, lines, note, code):
    session, child = opened(world), world.child()
    visit = through(world, session, child)
    world.good(Leave(visit=visit), unit=world.station, at=later(31))
    closing = CloseSession(session=session, lines=lines, note=note)

    if code is not None:
        assert world.refused(closing, unit=world.station)[0] == code
        assert not SessionVials.objects.exists()
    else:
        world.good(closing, unit=world.station)
        assert SessionVials.objects.get().given == 1


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"kind": "mobile"}, "immunization.place-needed"),
        ({"kind": "campaign"}, "immunization.campaign-needed"),
        ({"place": uuid7()}, "immunization.unknown-unit"),
        ({"expected": expected(uuid7())}, "immunization.unknown-person"),
        ({"session": uuid7()}, "immunization.unknown-session"),
        ({"vials": (PlannedVials(vaccine="MR", vials=1),) * 2}, "immunization.planned-twice"),
    ],
)
def test_what_is_no_plan(world, changes, code):
    assert world.refused(planned(**changes), unit=world.station)[0] == code


def test_a_plan_is_written_over_until_the_session_opens(world):
    one, two = world.child(), world.child("Lò Thị Hoa")
    (session,) = world.good(planned(expected=expected(one)), unit=world.station)
    world.good(planned(session=session, expected=expected(two), starts="07:30"), unit=world.station)
    world.good(OpenSession(session=session), unit=world.station)
    (visit,) = world.good(Arrive(session=session, person=two), unit=world.station)

    assert Visit.objects.get(pk=visit).wanted == "MR"
    assert Session.objects.get().starts == "07:30"
    assert world.refused(planned(session=session), unit=world.station)[0] == (
        "immunization.session-not-planned"
    )
    assert world.refused(CancelSession(session=session, reason="mưa lũ"), unit=world.station)[
        0
    ] == ("immunization.session-not-planned")


def test_a_session_opens_on_its_day(world):
    (session,) = world.good(planned(day=TODAY + timedelta(1)), unit=world.station)

    assert world.refused(OpenSession(session=session), unit=world.station)[0] == (
        "immunization.opened-on-another-day"
    )
    world.good(CancelSession(session=session, reason="mưa lũ"), unit=world.station)
    assert Session.objects.get().state == "cancelled"


def test_a_suspended_lot_is_neither_planned_nor_given(world):
    session, child = opened(world), world.child()
    (visit,) = world.good(Arrive(session=session, person=child), unit=world.station)
    world.good(screened(visit), unit=world.station)
    world.good(SuspendLot(vaccine="mr", lot="mr-07", reason="nghi ngờ"), unit=world.elsewhere)

    assert (
        world.refused(dosed(session, child), unit=world.station)[0] == "immunization.lot-suspended"
    )
    assert world.refused(planned(), unit=world.station)[0] == "immunization.suspended-in-plan"
    world.good(dosed(session, child, lot="MR-08"), unit=world.station)


def test_a_campaigns_day_is_counted(world):
    session = opened(world, kind="campaign", campaign="Chiến dịch Sởi 2026")
    child, other = world.child(), world.child("Lò Thị Hoa")
    through(world, session, child)
    (waits,) = world.good(Arrive(session=session, person=other), unit=world.station)
    world.good(screened(waits, temperature=38.4), unit=world.station)
    day = ReportCampaignDay(campaign="Chiến dịch Sởi 2026", day=TODAY)

    world.good(day, unit=world.station, at=later(8 * 60))
    world.good(day, unit=world.station, at=later(9 * 60 + 1))

    report = CampaignDay.objects.get()
    assert '"arrived":2' in report.figures
    assert '"doses":{"MR":1}' in report.figures
    assert '"deferred":1' in report.figures
    assert report.reported_at > report.due_at == later(9 * 60)
    assert world.refused(
        ReportCampaignDay(campaign="Chiến dịch khác", day=TODAY), unit=world.station
    )[0] == "immunization.no-campaign-session"  # fmt: skip


def _day(children, session, visits):
    """A session with three children from plan to closing, some of it refused."""
    return [
        planned(expected=expected(*children), kind="campaign", campaign="Sởi"),
        OpenSession(session=session),
        *(Arrive(session=session, person=child) for child in children),
        Arrive(session=session, person=children[0]),
        *(screened(v, temperature=38.0 if v == visits[2] else 36.9) for v in visits),
        *(dosed(session, child) for child in children),
        *(Observe(visit=visit) for visit in visits),
        Leave(visit=visits[0]),
        *(Leave(visit=visit, early="nhà xa") for visit in visits),
        CloseSession(session=session),
        CloseSession(session=session, lines=(LINE,)),
        ReportCampaignDay(campaign="Sởi", day=TODAY),
    ]


def test_a_batch_is_its_operations_one_by_one(world):
    children = [world.child(f"Vàng A {n}") for n in range(3)]
    session, visits = uuid7(), [uuid7() for _ in children]
    story = _day(children, session, visits)
    ids = [session, uuid7(), *visits, *(uuid7() for _ in story[5:])]
    seen = []
    for cut in (None, 1):
        before = transaction.savepoint()  # not a block: a commit insists on being the outermost
        sent = world.send(*story, unit=world.station, ids=ids, size=cut, at=later(0))
        seen.append(([receipt.status for receipt in sent], rows()))
        transaction.savepoint_rollback(before)

    assert seen[0] == seen[1]
    assert seen[0][0].count("refused") == 5
    assert {name: len(held) for name, held in seen[0][1].items() if held} == {
        "Session": 1, "ExpectedAt": 3, "Visit": 3, "Screening": 3, "SessionVials": 1,
        "CampaignDay": 1, "Dose": 2,
    }  # fmt: skip


def test_a_replay_makes_the_same_rows(world):
    children = [world.child(f"Vàng A {n}") for n in range(3)]
    session, visits = uuid7(), [uuid7() for _ in children]
    world.send(*_day(children, session, visits), unit=world.station, ids=[session, uuid7(), *visits],
               at=later(0))  # fmt: skip

    rebuilt = replay()

    assert rebuilt.failed == []
    assert [(t.table, t.missing, t.extra, t.changed) for t in rebuilt.tables if not t.same] == []
    assert Visit.objects.count() == 3


def test_the_number_of_statements_does_not_grow_with_the_batch(world):
    counts = []
    for size in (1, 12):
        session = opened(world)
        children = [world.child(f"Vàng A {n}") for n in range(size)]
        visits = [uuid7() for _ in children]
        with CaptureQueriesContext(connection) as asked:
            world.good(*(Arrive(session=session, person=c) for c in children), ids=visits,
                       unit=world.station, at=later(0))  # fmt: skip
            world.good(*map(screened, visits), unit=world.station, at=later(0))
        with CaptureQueriesContext(connection) as also:
            world.good(*(Leave(visit=v) for v in visits), unit=world.station, at=later(1))
            world.good(CloseSession(session=session), unit=world.station, at=later(2))
        counts.append(len(asked) + len(also))

    assert counts[0] == counts[1]
