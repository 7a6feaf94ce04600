"""Who is drawn for an outbreak and what that uncovers; what the days of a month are paid."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from tests.unit.apps.workforce.conftest import NOW, PROGRAM, TODAY, codes, op, place, post
from tests.unit.apps.workforce.test_duty import Team, actor, day
from tuyen.apps.access import guard
from tuyen.apps.journal.replay import replay
from tuyen.apps.journal.services import commit
from tuyen.apps.workforce import queries
from tuyen.apps.workforce.models import Due
from tuyen.apps.workforce.operations import (
    ChangeShift,
    ConfirmSheet,
    DrawMember,
    EndPost,
    NoteLeave,
    OfferSurge,
    OnDuty,
    PrepareSheet,
    PutRoster,
    RegisterMember,
    ReleaseMember,
    ReopenSheet,
    SetSurge,
    SetVillage,
)
from tuyen.kernel.ids import derived_id, uuid7

OUTBREAK = uuid7()
SEPTEMBER = date(2026, 9, 1)  # Wednesday; 1 and 2 September are holidays


@pytest.fixture
def team(db):
    found = Team()
    agreed = [
        op(SetSurge(member=id, skills=("sampling",), contact="0912 345 678"))
        for id in found.ids[:2]
    ]
    assert set(codes(*agreed)) == {"accepted"}
    return found


THIRD, SIXTH = day(3), day(6)


def draw(team, who=0, since=THIRD, until=SIXTH, **more):
    plain = {
        "member": team.ids[who],
        "subject": OUTBREAK,
        "since": since,
        "until": until,
        "group": "a",
    }
    return op(DrawMember(**plain | more))


def test_who_can_go_is_told_with_what_stays_uncovered(team):
    shifts = (team.duty(0, 3), team.duty(1, 4), team.duty(0, 4, "day"), team.duty(1, 5, "day"))
    assert codes(op(PutRoster(month=day(1), shifts=shifts, in_force=True, despite="thử"))) == [
        "accepted"
    ]

    by_name = {
        c.row.name: c for c in queries.candidates(by=PROGRAM, on=TODAY, since=day(3), until=day(6))
    }

    doctor, assistant = by_name["Người 0"], by_name["Người 1"]
    assert doctor.sole == ["doctor"]
    assert [(d.isoformat(), kind) for d, kind in doctor.duties] == [
        ("2026-11-03", "duty"), ("2026-11-04", "day"),
    ]  # fmt: skip
    assert ("duty", day(3), False) in {(one.key, one.day, one.only) for one in doctor.lacks}
    assert ("doctor", day(4), True) in {(one.key, one.day, one.only) for one in doctor.lacks}
    assert {one.key for one in assistant.lacks} == {"duty", "clinician"}
    assert doctor.planned == [day(1)]


def test_somebody_who_is_drawn_leaves_their_shifts_and_is_free_again(team):
    assert codes(op(PutRoster(month=day(1), shifts=(team.duty(0, 3),), in_force=True))) == [
        "accepted"
    ]
    sent = draw(team)

    assert codes(sent) == ["accepted"]

    found = queries.roster(by=PROGRAM, unit=place("stM"), month=day(1), on=TODAY)
    assert found.cells == {}
    assert found.away[team.ids[0], day(3)] == "drawn"
    (row,) = queries.draws(by=PROGRAM, on=TODAY, subject=OUTBREAK)
    assert (row.name, row.may_release) == ("Người 0", True)
    (busy,) = [
        c for c in queries.candidates(by=PROGRAM, on=TODAY, since=day(5), until=day(9)) if c.away
    ]
    assert busy.row.name == "Người 0"
    assert codes(op(ReleaseMember(draw=sent.id, until=day(9)))) == ["days-turned"]
    assert codes(op(ReleaseMember(draw=sent.id, until=day(5)))) == ["accepted"]
    assert codes(op(ReleaseMember(draw=sent.id, until=day(4)))) == ["draw-settled"]
    assert codes(draw(team, since=day(5), until=day(9))) == ["accepted"]


def test_who_cannot_be_drawn_is_refused(team):
    gone = queries.file(by=PROGRAM, id=team.ids[1], on=TODAY).posts[0].id
    assert codes(op(EndPost(post=gone, until=day(2), reason="chuyển đi"))) == ["accepted"]
    away = NoteLeave(
        member=team.ids[0], kind="training", since=day(20), until=day(25), reason="đi học"
    )
    assert codes(op(away)) == ["accepted"]
    wrong = [
        (draw(team, who=2), "not-ready"), (draw(team, who=1), "not-of-unit"),
        (draw(team, until=day(3)), "days-turned"), (draw(team, until=day(2)), "days-turned"),
        (draw(team, since=day(24), until=day(27)), "away-then"), (draw(team), "accepted"),
        (draw(team, since=day(5), until=day(9)), "drawn-already"),
        (draw(team, since=day(10), until=day(11), work="volunteer", group="b"), "unknown-word"),
    ]  # fmt: skip
    assert [codes(one)[0] for one, _ in wrong] == [code for _, code in wrong]


def test_people_offer_themselves_and_take_it_back(team):
    me = actor(team.users[2])

    def offer(**more):
        return op(OfferSurge(member=team.ids[2], **{"skills": ("sampling",)} | more))

    assert codes(offer(skills=()), by=me) == ["skill-missing"]
    assert codes(offer(skills=("magic",)), by=me) == ["unknown-word"]
    assert codes(offer(), by=actor(team.users[3])) == ["not-your-file"]
    assert codes(offer(), by=me) == ["accepted"]
    assert queries.mine(by=me, on=TODAY).ready
    assert codes(offer(ready=False, skills=()), by=me) == ["accepted"]
    assert [row.ready for row in queries.surge(by=PROGRAM, on=TODAY)] == [True, True, False]
    assert all(row.stale for row in queries.surge(by=PROGRAM, on=TODAY + timedelta(days=300)))


def test_candidates_take_as_many_queries_for_many_as_for_one(team):
    with CaptureQueriesContext(connection) as few:
        queries.candidates(by=PROGRAM, on=TODAY, since=day(3), until=day(6))
    more = [
        op(RegisterMember(name=f"Thêm {n}", post=post("nurse")), "stN" if n % 2 else "stM")
        for n in range(8)
    ]
    assert set(codes(*more)) == {"accepted"}
    ready = [
        op(SetSurge(member=one.id, skills=("sampling",)), "stN" if n % 2 else "stM")
        for n, one in enumerate(more)
    ]
    assert set(codes(*ready)) == {"accepted"}
    with CaptureQueriesContext(connection) as many:
        found = queries.candidates(by=PROGRAM, on=TODAY, since=day(3), until=day(6))
    assert len(found) == 10
    assert len(few) == len(many) <= 14


@pytest.fixture
def worked(team):
    """September: the doctor on standby on the 2nd (holiday), 5th (Saturday) and 9th, drawn from the 21st."""
    shifts = tuple(
        OnDuty(member=team.ids[0], day=date(2026, 9, n), kind="standby") for n in (2, 5, 9)
    )
    put = op(PutRoster(month=SEPTEMBER, shifts=shifts, in_force=True))
    assert codes(put) == ["accepted"]
    team.roster = put.id
    drawn = draw(team, since=date(2026, 9, 21), until=date(2026, 9, 23))
    assert codes(drawn) == ["accepted"]
    return team


def sheet(by=PROGRAM, on=TODAY):
    return queries.sheet(by=by, unit=place("stM"), month=SEPTEMBER, on=on)


def test_the_sheet_opens_to_its_days_and_how_each_came_about(worked):
    found = sheet()

    (person,) = found.people
    told = {row.day.day: (row.work, row.because, row.amount) for row in person.rows}
    assert told == {
        2: ("standby", "holiday", Decimal(544_000)), 5: ("standby", "rest", Decimal(404_000)),
        9: ("standby", "", Decimal(320_000)), 21: ("a-direct", "", Decimal(420_000)),
        22: ("a-direct", "", Decimal(420_000)),
    }  # fmt: skip
    assert found.total == 2_108_000
    assert sheet(on=date(2026, 9, 10)).total == 1_268_000  # days to come are not worked yet


def prepare(total, month=SEPTEMBER, **more):
    return op(PrepareSheet(month=month, total=total), **more)


def test_a_sheet_is_prepared_by_one_hand_and_closed_by_another(worked):
    head, centre = actor(uuid7(), "station-head"), actor(uuid7(), "health-centre-supervisor", "hc")
    assert codes(prepare(1), by=head) == ["sheet-moved"]
    made = prepare(2_108_000)
    assert codes(made, by=head) == ["accepted"]

    assert codes(op(ConfirmSheet(sheet=made.id)), by=head) != [
        "accepted"
    ]  # only who keeps the files
    assert codes(op(ConfirmSheet(sheet=made.id)), by=centre) == ["accepted"]

    assert (sheet().state, sheet().total) == ("closed", 2_108_000)
    shift = derived_id(worked.roster, worked.ids[0].hex, "2026-09-09")
    wrong = [
        (op(ConfirmSheet(sheet=made.id)), "unknown-sheet"), (prepare(2_108_000), "sheet-stands"),
        (op(ChangeShift(shift=shift, reason="quá muộn")), "month-closed"),
        (op(PutRoster(month=SEPTEMBER, shifts=())), "month-closed"),
        (draw(worked, since=date(2026, 9, 24), until=date(2026, 9, 25)), "month-closed"),
        (op(NoteLeave(member=worked.ids[0], kind="sick", since=date(2026, 9, 9), until=date(2026, 9, 10),
                      reason="ốm sốt")), "month-closed"),
    ]  # fmt: skip
    assert [codes(one)[0] for one, _ in wrong] == [code for _, code in wrong]
    assert codes(op(ReopenSheet(sheet=made.id, reason="sai ngày trực"))) == ["accepted"]
    assert codes(op(ChangeShift(shift=shift, reason="sai ngày trực"))) == ["accepted"]
    assert sheet().total == 1_788_000
    assert not Due.objects.exists()


def test_whoever_prepared_a_sheet_does_not_close_it(worked):
    centre = actor(uuid7(), "health-centre-supervisor", "hc")
    made = prepare(2_108_000)
    assert codes(made, by=centre) == ["accepted"]
    assert codes(op(ConfirmSheet(sheet=made.id)), by=centre) == ["one-hand"]


def test_a_day_is_paid_once_whatever_sheet_it_stands_on(worked):
    assert codes(prepare(2_108_000)) == ["accepted"]
    # Prepared again, its days are those of the new sheet.
    assert codes(prepare(2_108_000)) == ["accepted"]
    assert Due.objects.count() == 5
    due = Due.objects.first()
    due.pk = uuid7()
    with guard.opened("test"), pytest.raises(IntegrityError), transaction.atomic():
        Due.objects.bulk_create([due])


def test_a_month_that_goes_on_or_has_no_tariff_is_not_prepared(worked):
    assert codes(prepare(0, date(2026, 10, 1))) == ["month-goes-on"]
    assert codes(prepare(0, date(2026, 6, 1))) == ["no-tariff"]
    assert codes(prepare(0, date(2026, 8, 1))) == ["accepted"]


def test_the_village_network_is_paid_by_the_size_of_its_village(db, atlas):
    village = next(
        iter(u for u in atlas.units("village", TODAY) if atlas.commune_of(u, TODAY) == place("M")),
        None,
    )
    if village is None:
        pytest.skip("the small province has no villages")
    opened = op(
        RegisterMember(name="Y tế bản", post=post("village-health-worker", position="village")),
        village,
    )
    assert codes(opened) == ["accepted"]
    first = queries.sheet(by=PROGRAM, unit=place("stM"), month=SEPTEMBER, on=TODAY)
    assert (first.total, first.people[0].rows[0].because) == (1_771_000, "zone-assumed")


def test_households_are_those_of_a_village(db):
    told = SetVillage(households=400, since=SEPTEMBER, source="UBND xã")
    assert codes(op(told, "stM"), op(told, "M")) == ["no-village", "no-village"]


@pytest.mark.nightly
def test_a_replay_arrives_at_the_same_sheets(worked):
    made = prepare(2_108_000)
    assert codes(made, prepare(2_108_000)) == ["accepted", "accepted"]
    assert replay().same


def test_nobody_elsewhere_is_told(worked):
    other = actor(uuid7(), "station-head", "stN")
    assert sheet(by=other) is None
    assert queries.surge(by=other, on=TODAY) == []
    assert queries.draws(by=other, on=TODAY) == []
    refused = commit(by=other, operations=[draw(worked, since=day(10), until=day(12))], at=NOW)
    assert refused[0].refusal is not None


def test_who_stays_and_who_gets_an_incentive(team):
    found = queries.retention(by=PROGRAM, on=TODAY + timedelta(days=400))
    whole = found[0]
    assert (whole.dimension, whole.stays) == ("all", 5)
    assert whole.held[0].share == 1.0  # nobody left within a year
    assert whole.held[1].few  # nobody was followed for two
    assert {row.commune: row.people for row in queries.uptake(by=PROGRAM, on=TODAY)}[
        place("M")
    ] == 5
    assert queries.leavers(by=PROGRAM, on=TODAY) == []
