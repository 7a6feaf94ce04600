"""Duty of a unit and month: rosters, shifts that change hands, leave; all through the journal."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.unit.apps.workforce.conftest import PROGRAM, TODAY, codes, op, place, plain, post
from tuyen.apps.access.actors import Actor, HeldPost
from tuyen.apps.journal.replay import replay
from tuyen.apps.workforce import queries
from tuyen.apps.workforce.models import Leave, Shift
from tuyen.apps.workforce.operations import (
    AddShift,
    AnswerLeave,
    AnswerSwap,
    AskLeave,
    AskSwap,
    ChangeShift,
    EndPost,
    EnforceRoster,
    NoteLeave,
    OnDuty,
    PutRoster,
    RegisterMember,
    WithdrawLeave,
)
from tuyen.apps.workforce.rostering import Had
from tuyen.kernel.ids import derived_id, uuid7

NOVEMBER = date(2026, 11, 1)


def day(n):
    return date(2026, 11, n)


def actor(user, role="midwife", unit="stM"):
    held = (HeldPost(uuid7(), role, place(unit)),)
    return Actor(user=user, name="Người thử", posts=held, on=TODAY, channel="web")


class Team:
    """Five people of a station: a doctor, a physician assistant, two nurses, a midwife; with accounts."""

    def __init__(self):
        cadres = ("doctor", "physician-assistant", "nurse", "nurse", "midwife")
        self.users = [uuid7() for _ in cadres]
        opened = [
            op(RegisterMember(name=f"Người {n}", post=post(cadre), account=user))
            for n, (cadre, user) in enumerate(zip(cadres, self.users, strict=True))
        ]
        assert set(codes(*opened)) == {"accepted"}
        self.ids = [one.id for one in opened]

    def duty(self, who, n, kind="duty"):
        return OnDuty(member=self.ids[who], day=day(n), kind=kind)

    def put(self, *shifts, **more):
        return op(PutRoster(month=NOVEMBER, shifts=shifts, **more))


@pytest.fixture
def team(db):
    return Team()


def page(by=PROGRAM, **more):
    return queries.roster(by=by, unit=place("stM"), month=NOVEMBER, on=TODAY, **more)


def test_a_roster_of_the_engine_comes_into_force_and_keeps_every_rule(team):
    made = queries.plan(by=PROGRAM, unit=place("stM"), month=NOVEMBER, on=TODAY, seconds=300)
    assert made.shortage == 0
    shifts = tuple(OnDuty(member=h.member, day=h.day, kind=h.kind) for h in made.shifts)
    proposed = op(PutRoster(month=NOVEMBER, shifts=shifts, made="engine"))

    assert codes(proposed) == ["accepted"]
    assert page().state == "proposed"
    assert codes(op(EnforceRoster(roster=proposed.id))) == ["accepted"]

    found = page()
    assert (found.state, found.gaps, found.broken) == ("in-force", [], [])
    assert len(found.cells) == len(shifts)


def test_without_a_doctor_the_gaps_are_told_by_day_and_cadre(team):
    doctor = queries.file(by=PROGRAM, id=team.ids[0], on=TODAY)
    ended = EndPost(post=doctor.posts[0].id, until=NOVEMBER, reason="nghỉ việc")
    assert codes(op(ended)) == ["accepted"]

    made = queries.plan(by=PROGRAM, unit=place("stM"), month=NOVEMBER, on=TODAY, seconds=300)

    lacking = {(gap.key, gap.nobody) for gap in made.gaps}
    assert ("doctor", True) in lacking
    # Monday, Wednesday, Friday that are no holidays, and of nobody else.
    assert {gap.day.isoweekday() for gap in made.gaps if gap.key == "doctor"} == {1, 3, 5}
    assert made.proved


def test_what_is_fixed_is_kept_and_who_is_away_is_not_asked(team):
    away = NoteLeave(
        member=team.ids[2], kind="sick", since=day(1), until=date(2026, 12, 1), reason="mổ ruột"
    )
    late = NoteLeave(
        member=team.ids[4], kind="no-nights", since=day(1), until=date(2027, 3, 1), reason="đơn"
    )
    assert codes(op(away), op(late)) == ["accepted", "accepted"]

    made = queries.plan(
        by=PROGRAM, unit=place("stM"), month=NOVEMBER, on=TODAY, seconds=300,
        fixed=[on_duty(team, 0, 15)],
    )  # fmt: skip

    assert on_duty(team, 0, 15) in made.shifts
    who = {h.member for h in made.shifts if h.kind == "duty"}
    assert who <= {team.ids[0], team.ids[1], team.ids[3]}
    assert team.ids[4] in {h.member for h in made.shifts if h.kind == "day"}


def on_duty(team, who, n):
    return Had(team.ids[who], day(n), "duty")


def test_rest_is_kept_or_the_reason_is_said(team):
    tired = (team.duty(0, 3), team.duty(0, 4))

    assert codes(team.put(*tired)) == ["rest-broken"]
    assert codes(team.put(*tired, despite="Chỉ còn một người trong mưa lũ")) == ["accepted"]
    assert next((one.rule, one.day) for one in page().broken) == ("rest", day(4))


def test_what_cannot_be_on_a_roster_is_refused_whole(team):
    gone = queries.file(by=PROGRAM, id=team.ids[1], on=TODAY).posts[0].id
    assert codes(op(EndPost(post=gone, until=day(10), reason="chuyển"))) == ["accepted"]
    wrong = [
        (team.put(team.duty(1, 10)), "not-of-unit"),
        (team.put(OnDuty(member=team.ids[0], day=date(2026, 12, 1), kind="duty")), "out-of-month"),
        (team.put(team.duty(0, 3), team.duty(0, 3, "day")), "twice-on-day"),
        (team.put(team.duty(0, 3, "party")), "unknown-word"),
        (team.put(OnDuty(member=uuid7(), day=day(3), kind="duty")), "unknown-member"),
        (op(EnforceRoster(roster=uuid7())), "unknown-roster"),
    ]
    assert [codes(one)[0] for one, _ in wrong] == [code for _, code in wrong]
    assert not Shift.objects.exists()


def test_a_later_roster_takes_the_place_of_the_one_before(team):
    assert codes(team.put(team.duty(0, 3), in_force=True), team.put(team.duty(1, 3), in_force=True)) == [
        "accepted", "accepted",
    ]  # fmt: skip
    assert [member for (member, _), cell in page().cells.items() if cell.kind == "duty"] == [
        team.ids[1]
    ]


@pytest.fixture
def force(team):
    """A roster in force: who has duty on the 3rd, 4th and 5th."""
    put = team.put(team.duty(0, 3), team.duty(1, 4), team.duty(2, 5), in_force=True)
    assert codes(put) == ["accepted"]
    team.shift = {n: derived_id(put.id, team.ids[n - 3].hex, day(n).isoformat()) for n in (3, 4, 5)}
    return team


def duties():
    return {
        cell_day.day: member
        for (member, cell_day), cell in page().cells.items()
        if cell.kind == "duty"
    }


def test_a_shift_goes_to_somebody_else_or_to_nobody(force):
    ids = force.ids
    given = op(ChangeShift(shift=force.shift[3], member=ids[3], reason="ốm đột xuất"))
    assert codes(given) == ["accepted"]
    assert duties()[3] == ids[3]
    assert page().cells[ids[3], day(3)].was == ids[0]
    assert codes(op(ChangeShift(shift=force.shift[3], reason="lần nữa"))) == ["unknown-shift"]
    assert codes(op(ChangeShift(shift=force.shift[4], member=ids[1], reason="chính mình"))) == [
        "twice-on-day"
    ]
    assert codes(op(ChangeShift(shift=force.shift[4], reason="nghỉ lễ"))) == ["accepted"]
    assert 4 not in duties()
    assert codes(op(AddShift(on_duty=force.duty(4, 4), reason="bù vào"))) == ["accepted"]
    assert codes(op(AddShift(on_duty=force.duty(4, 4), reason="bù vào"))) == ["twice-on-day"]
    assert duties()[4] == ids[4]
    elsewhere = op(ChangeShift(shift=force.shift[5], reason="đơn vị khác"), "stN")
    assert codes(elsewhere) == ["unknown-shift"]


def test_colleagues_swap_when_both_agree(force):
    ids, users = force.ids, force.users
    ask = op(
        AskSwap(shift=force.shift[3], member=ids[1], for_shift=force.shift[4], reason="cưới em gái")
    )

    assert codes(ask, by=actor(users[2])) == ["not-your-shift"]
    assert codes(ask, by=actor(users[0])) == [
        "not-your-shift"
    ]  # sent twice is answered twice alike
    ask = op(
        AskSwap(shift=force.shift[3], member=ids[1], for_shift=force.shift[4], reason="cưới em gái")
    )
    assert codes(ask, by=actor(users[0])) == ["accepted"]
    assert duties()[3] == ids[0]
    yes = AnswerSwap(swap=ask.id, accepted=True)
    assert codes(op(yes), by=actor(users[2])) == ["swap-settled"]  # not who was asked
    assert codes(op(AnswerSwap(swap=ask.id, accepted=False)), by=actor(users[1])) == [
        "reason-missing"
    ]
    (waiting,) = queries.mine(by=actor(users[1]), on=TODAY).swaps
    assert waiting.to_me
    assert codes(op(yes), by=actor(users[1])) == ["accepted"]

    assert (duties()[3], duties()[4]) == (ids[1], ids[0])
    assert codes(op(yes), by=actor(users[1])) == ["swap-settled"]


def test_a_swap_that_cannot_be_is_refused(force):
    ids, users = force.ids, force.users
    assert codes(
        op(NoteLeave(member=ids[3], kind="yearly", since=day(3), until=day(4), reason="phép"))
    ) == ["accepted"]

    def ask(who, **more):
        return op(AskSwap(shift=force.shift[3], member=ids[who], reason="bận việc", **more))

    wrong = [
        (ask(0), "swap-with-self"), (ask(3), "away-then"), (ask(1, for_shift=force.shift[5]), "unknown-shift"),
        (op(AskSwap(shift=force.shift[3], member=uuid7(), reason="bận việc")), "unknown-member"),
    ]  # fmt: skip
    assert [codes(one, by=actor(users[0]))[0] for one, _ in wrong] == [code for _, code in wrong]


def test_leave_is_asked_answered_and_its_shifts_are_free(force):
    ids, users = force.ids, force.users
    me, head = actor(users[0]), actor(uuid7(), "station-head")
    ask = op(AskLeave(member=ids[0], kind="yearly", since=day(2), until=day(5), reason="về quê"))

    assert codes(ask, by=me) == ["accepted"]
    assert duties()[3] == ids[0]
    (row,) = queries.leaves(by=head, on=TODAY)
    assert (row.days, row.duties) == (3, 1)
    assert codes(op(AnswerLeave(leave=ask.id, accepted=False)), by=head) == ["reason-missing"]
    assert codes(op(AnswerLeave(leave=ask.id, accepted=True)), by=head) == ["accepted"]

    assert 3 not in duties()
    assert ("duty", day(3)) in {(gap.key, gap.day) for gap in page().gaps}
    mine = queries.mine(by=me, on=TODAY)
    assert (mine.earned - mine.left) == 3
    assert codes(op(WithdrawLeave(leave=ask.id)), by=actor(users[1])) == ["not-your-file"]
    assert codes(op(WithdrawLeave(leave=ask.id)), by=me) == ["accepted"]
    assert codes(op(WithdrawLeave(leave=ask.id)), by=me) == ["leave-settled"]
    assert queries.mine(by=me, on=TODAY).left == mine.earned


def test_nobody_answers_their_own_leave(team):
    head = actor(team.users[0], "station-head")
    ask = op(AskLeave(member=team.ids[0], kind="unpaid", since=day(2), until=day(4)))

    assert codes(ask, by=head) == ["accepted"]
    assert codes(op(AnswerLeave(leave=ask.id, accepted=True)), by=head) == ["own-leave"]
    own = NoteLeave(member=team.ids[0], kind="sick", since=day(9), until=day(10), reason="ốm sốt")
    assert codes(op(own), by=head) == ["own-leave"]


def test_leave_that_cannot_be_is_refused(team):
    me = actor(team.users[0])

    def ask(since, until, kind="yearly", who=0):
        return op(AskLeave(member=team.ids[who], kind=kind, since=since, until=until))

    first = ask(day(2), day(4))
    wrong = [
        (first, "accepted"), (ask(day(3), day(9)), "leave-meets"), (ask(day(9), day(9)), "days-turned"),
        (ask(day(9), day(8)), "days-turned"), (ask(day(9), day(10), "holiday"), "unknown-word"),
        (ask(day(9), day(10), who=1), "not-your-file"), (ask(day(9), date(2027, 9, 1), "unpaid"), "leave-too-long"),
        (ask(day(9), day(29)), "leave-used-up"), (ask(day(3), day(5), "rather-not"), "accepted"),
    ]  # fmt: skip
    assert [codes(one, by=me)[0] for one, _ in wrong] == [code for _, code in wrong]
    assert Leave.objects.get(kind="rather-not").state == "noted"


def test_colleagues_are_told_that_somebody_is_away_and_not_why(force):
    assert codes(
        op(
            NoteLeave(
                member=force.ids[1], kind="sick", since=day(3), until=day(5), reason="mổ ruột thừa"
            )
        )
    ) == ["accepted"]

    assert page(by=actor(force.users[2])).away[force.ids[1], day(3)] == "away"
    assert page(by=actor(uuid7(), "station-head")).away[force.ids[1], day(3)] == "sick"
    assert page(by=actor(uuid7(), "midwife", "stN")) is None


def test_a_roster_of_a_hundred_shifts_takes_as_many_queries_as_one_of_three(team):
    def taken(*shifts):
        with CaptureQueriesContext(connection) as found:
            assert codes(team.put(*shifts, in_force=True, despite="thử")) == ["accepted"]
        return len(found)

    few = [team.duty(0, 3)]
    many = [
        team.duty(who, n, "duty" if n % 5 == who else "day")
        for who in range(5)
        for n in range(1, 29)
    ]
    taken(*few)
    assert taken(*few) == taken(*many)
    with CaptureQueriesContext(connection) as found:
        page()
    assert len(found) <= 12


def test_rosters_of_many_units_take_as_many_queries_as_of_one(team):
    others = [op(plain(f"Người {n}"), "stN") for n in range(4)]
    assert set(codes(*others)) == {"accepted"}

    def taken(*operations):
        with CaptureQueriesContext(connection) as found:
            assert set(codes(*operations)) == {"accepted"}
        return len(found)

    def put(first, unit, member):
        shift = OnDuty(member=member, day=first + timedelta(days=2), kind="duty")
        return op(PutRoster(month=first, shifts=(shift,), in_force=True), unit)

    taken(put(NOVEMBER, "stM", team.ids[0]))
    one = taken(put(NOVEMBER, "stM", team.ids[0]))
    many = [put(date(2026, m, 1), "stN", others[0].id) for m in range(7, 13)]
    assert taken(*many, put(NOVEMBER, "stM", team.ids[0])) == one


@pytest.mark.nightly
def test_a_replay_arrives_at_the_same_duty(force):
    ids, users = force.ids, force.users
    ask = op(AskSwap(shift=force.shift[3], member=ids[1], for_shift=force.shift[4], reason="cưới"))
    leave = op(AskLeave(member=ids[2], kind="yearly", since=day(5), until=day(6)))
    assert codes(ask, by=actor(users[0])) == ["accepted"]
    assert codes(op(AnswerSwap(swap=ask.id, accepted=True)), by=actor(users[1])) == ["accepted"]
    assert codes(leave, by=actor(users[2])) == ["accepted"]
    assert codes(op(AnswerLeave(leave=leave.id, accepted=True))) == ["accepted"]
    assert replay().same
