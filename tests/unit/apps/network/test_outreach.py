"""Mobile sessions: stated, planned, moved by hand, put in force, withdrawn; and what is refused."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.unit.apps.network.conftest import PROGRAM, TODAY, codes, op, place, send
from tuyen.apps.journal.replay import replay
from tuyen.apps.network import queries
from tuyen.apps.network.operations import (
    AmendPoint,
    ChangeRounds,
    PlannedRound,
    PointSaid,
    PutRoundsInForce,
    StateNeed,
    StatePoint,
    StateTeam,
    WithdrawRounds,
)
from tuyen.apps.network.refusals import MonthIsPast, TeamWithoutHours
from tuyen.kernel.ids import uuid7

MONTH = date(2026, 11, 1)
WEEK = (0, 1, 2, 3, 4)


def team_op(name="Đội 1", unit="stM", **changes):
    said = {"kind": "motorbike", "skills": ("vaccinator",), "minutes": 540, "cold_minutes": 480,
            "weekdays": WEEK} | changes  # fmt: skip
    return op(StateTeam(name=name, **said), unit)


def need(village, unit="stM", **changes):
    said = {"visits": 2, "minutes": 60, "weekdays": (1, 3)} | changes
    return op(StateNeed(village=place(village), **said), unit)


@pytest.fixture
def ready(db):
    """A team, and two villages that ask for visits."""
    team = team_op()
    assert codes(team, need("m1"), need("m2", visits=1)) == ["accepted"] * 3
    return team.id


def drafted(**changes):
    draft = op(queries.proposed(by=PROGRAM, unit=place("stM"), month=MONTH, children=0, **changes))
    assert codes(draft) == ["accepted"]
    return draft.id


def page(id):
    return queries.rounds_plan(by=PROGRAM, id=id)


def test_a_month_is_planned_from_what_was_stated(ready):
    found = page(drafted())

    visits = sorted((stop.name, day.day) for day in found.days for stop in day.stops)
    assert [name for name, _day in visits] == ["village m1", "village m1", "village m2"]
    assert (visits[1][1] - visits[0][1]).days == 14
    assert all(day.weekday() in (1, 3) for _name, day in visits)
    assert (found.broken, found.must, found.plan.missing) == ((), 0, [])
    assert found.days[0].leaves == 450
    assert found.days[0].stops[0].arrives > 450


def test_what_nobody_stated_is_proposed_and_the_last_statement_stands(db):
    rows = {one.name: one for one in queries.needs(by=PROGRAM, unit=place("stM"), on=TODAY)}
    assert {one.stated_on for one in rows.values()} == {None}
    assert rows["village m1"].people == 600
    assert rows["village m1"].visits == 0, "it is nearer than the people walk"

    send(need("m1", visits=4), need("m1", visits=1, minutes=90, contact="Chị May", phone="0912"))

    one = next(
        r
        for r in queries.needs(by=PROGRAM, unit=place("stM"), on=TODAY)
        if r.village == place("m1")
    )
    assert (one.visits, one.minutes, one.contact, one.stated_on) == (1, 90, "Chị May", TODAY)


def test_a_visit_is_moved_by_hand_and_what_breaks_is_told(ready):
    id = drafted()
    day = page(id).days[0]
    village = day.stops[0].village
    sunday = date(2026, 11, 15)

    changed = queries.moved(
        by=PROGRAM, id=id, village=village, at=(day.team, day.day), to=(day.team, sunday)
    )
    assert codes(op(ChangeRounds(plan=id, rounds=changed))) == ["accepted"]

    after = page(id)
    assert {"off-day", "weekday"} <= {one.rule for one in after.broken if one.must}
    assert after.row.changes == 1
    assert codes(op(PutRoundsInForce(plan=id))) == ["rounds-break-rules"]
    back = queries.moved(
        by=PROGRAM, id=id, village=village, at=(day.team, sunday), to=(day.team, day.day)
    )
    assert codes(op(ChangeRounds(plan=id, rounds=back)), op(PutRoundsInForce(plan=id))) == [
        "accepted",
        "accepted",
    ]
    assert queries.moved(by=PROGRAM, id=id, village=uuid7(), at=None, to=None) == ()


def test_no_team_goes_by_two_plans_of_a_month(ready):
    first, second = drafted(), drafted()
    assert codes(op(PutRoundsInForce(plan=first)), op(PutRoundsInForce(plan=first))) == [
        "accepted",
        "unknown-rounds",
    ]
    assert codes(op(PutRoundsInForce(plan=second))) == ["month-planned-already"]
    assert codes(op(PutRoundsInForce(plan=second, replaces=first))) == ["accepted"]
    states = {one.id: one.state for one in queries.rounds_plans(by=PROGRAM)}
    assert states == {first: "replaced", second: "in-force"}

    undone = op(WithdrawRounds(plan=second, reason="Mưa lũ"))
    assert codes(undone, undone) == ["accepted", "accepted"]
    assert codes(op(WithdrawRounds(plan=first, reason="Mưa lũ"))) == ["unknown-rounds"]
    assert page(second).row.reason == "Mưa lũ"


def test_two_in_one_batch_do_not_both_come_into_force(ready):
    first, second = drafted(), drafted()

    assert codes(op(PutRoundsInForce(plan=first)), op(PutRoundsInForce(plan=second))) == [
        "accepted",
        "month-planned-already",
    ]


@pytest.mark.parametrize(
    ("operation", "code"),
    [
        (team_op(minutes=0), "team-without-hours"),
        (team_op(cold_minutes=0), "team-without-hours"),
        (team_op(weekdays=()), "team-without-hours"),
        (team_op(skills=("pilot",)), "unknown-answer"),
        (team_op(home=place("stN")), "village-out-of-reach"),
        (team_op(team=uuid7()), "unknown-team"),
        (need("n1"), "village-out-of-reach"),
        (need("m1", weekdays=()), "need-without-days"),
        (need("m1", minutes=0), "need-without-days"),
        (need("m1", skills=("pilot",)), "unknown-answer"),
        (op(StatePoint(said=PointSaid()), "stM"), "not-a-point"),
        (op(StatePoint(said=PointSaid(functions=("dance",))), "pM"), "unknown-answer"),
        (op(AmendPoint(statement=uuid7(), said=PointSaid(), reason="Ghi nhầm"), "pM"),
         "unknown-statement"),
        (op(PutRoundsInForce(plan=uuid7())), "unknown-rounds"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused(db, operation, code):
    assert codes(operation) == [code]


def test_a_month_in_the_past_and_a_unit_without_a_team_are_refused(db):
    with pytest.raises(TeamWithoutHours):
        queries.proposed(by=PROGRAM, unit=place("stM"), month=MONTH, children=0)
    with pytest.raises(MonthIsPast):
        queries.proposed(by=PROGRAM, unit=place("stM"), month=date(2026, 8, 1), children=0)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda d: {"starts": date(2026, 11, 3)}, "not-a-month"),
        (lambda d: {"starts": date(2026, 8, 3)}, "month-is-past"),
        (
            lambda d: {"villages": (_with(d.villages[0], village=place("n1")),)},
            "village-out-of-reach",
        ),
        (lambda d: {"teams": (_with(d.teams[0], team=uuid7()),)}, "unknown-team"),
        (lambda d: {"rounds": (d.rounds[0], d.rounds[0])}, "round-twice"),
        (lambda d: {"rounds": (_with(d.rounds[0], stops=(place("n1"),)),)}, "round-outside"),
        (lambda d: {"rounds": (_with(d.rounds[0], day=date(2027, 1, 5)),)}, "round-outside"),
        (lambda d: {"rounds": (_with(d.rounds[0], ends=place("hc")),)}, "round-outside"),
    ],
)
def test_a_draft_names_its_own_villages_teams_and_days(ready, change, code):
    draft = queries.proposed(by=PROGRAM, unit=place("stM"), month=MONTH, children=0)

    assert codes(op(_with(draft, **change(draft)))) == [code]


def _with(struct, **changes):
    import msgspec

    return msgspec.structs.replace(struct, **changes)


def test_a_round_without_stops_is_taken_away(ready):
    id = drafted()
    day = page(id).days[0]
    home = place("stM")

    gone = PlannedRound(team=day.team, day=day.day, stops=(), begins=home, ends=home)
    assert codes(op(ChangeRounds(plan=id, rounds=(gone,)))) == ["accepted"]

    assert day.day not in {one.day for one in page(id).days}
    assert "visits" in {one.rule for one in page(id).broken}


def test_the_team_that_came_is_proposed_again(ready):
    other = team_op("Đội 2", kind="car", skills=("vaccinator",))
    send(other)
    only = drafted(only=[other.id])
    send(op(PutRoundsInForce(plan=only)))

    later = queries.proposed(by=PROGRAM, unit=place("stM"), month=date(2026, 12, 1), children=0)

    assert {one.team for one in later.villages} == {other.id}
    assert {one.team for one in later.rounds} == {other.id}


def test_a_point_is_stated_amended_and_its_villages_counted(db):
    said = PointSaid(
        functions=("immunisation",), weekdays=(0, 2), served_by=("Y sĩ Lò Văn A",), mobile="Thứ Ba"
    )
    stated = op(StatePoint(said=said), "pM")
    amended = op(
        AmendPoint(statement=stated.id, said=PointSaid(weekdays=(4,)), reason="Ghi nhầm ngày"),
        "pM",
    )
    assert codes(stated, amended, amended) == ["accepted"] * 3

    (row,) = queries.points(by=PROGRAM, unit=place("stM"), on=TODAY)

    assert (row.said.weekdays, row.villages) == ((4,), (place("m2"),))
    history = queries.statements(by=PROGRAM, point=place("pM"), on=TODAY)
    assert sorted(one.state for one in history) == ["amended", "standing"]
    assert (
        queries.attached_patients(by=PROGRAM, unit=place("stM"), point=place("pM"), on=TODAY) == []
    )


def test_a_batch_takes_the_same_queries_for_one_and_for_many(db):
    def count(n):
        operations = [need("m1") for _ in range(n)]
        with CaptureQueriesContext(connection) as seen:
            send(*operations)
        return len(seen)

    count(1)
    assert count(1) == count(40)


def test_replay_arrives_at_the_same_rows(ready):
    send(op(PutRoundsInForce(plan=drafted())), need("m1", visits=4))

    assert replay().same
