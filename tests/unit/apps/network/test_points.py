"""A point's days and its patients, and whom a route sheet names: on a map and records of the rooms' own."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.unit.apps.clinical.caring import family, pregnant
from tests.unit.apps.clinical.conftest import NOW, TODAY, World, found, values, visit
from tests.unit.apps.workforce.conftest import plain
from tuyen.apps.access.actors import Actor, HeldPost
from tuyen.apps.journal.replay import replay
from tuyen.apps.network import queries
from tuyen.apps.network.operations import (
    AskRounds,
    PlanPointDays,
    PointDay,
    PointSaid,
    PutRoundsInForce,
    StateNeed,
    StatePoint,
    StateTeam,
)
from tuyen.apps.network.refusals import RosterOutOfReach
from tuyen.apps.registry.operations import CreateUnit, Point, Tie
from tuyen.apps.workforce.operations import NoteLeave, OnDuty, PutRoster
from tuyen.kernel.ids import uuid7

NOVEMBER = date(2026, 11, 1)
LATE = datetime(2026, 8, 20, 2, tzinfo=UTC)


@pytest.fixture
def own_map(db):
    """The map is the registry's own."""


@pytest.fixture
def at(own_map):
    """A commune with a station, a point an hour and a half away, a village beside each."""
    world = World()

    def opened(type, name, lon, lat, **ties):
        relations = tuple(Tie(kind=kind, object=object) for kind, object in ties.items())
        unit = CreateUnit(type=type, name=name, point=Point(lon=lon, lat=lat), relations=relations)
        return world.good(unit)[0]

    world.main = opened("commune", "Sín Thầu", 103.0, 21.0, lies_in=world.province)
    world.station = opened(
        "station", "Trạm Sín Thầu", 103.0, 21.0, lies_in=world.main, serves=world.main
    )
    world.point = opened(
        "satellite_point", "Điểm Tả Kố", 103.4, 21.0, lies_in=world.main, satellite_of=world.station
    )
    world.near = opened("village", "Bản Gần", 103.01, 21.0, lies_in=world.main)
    world.village = opened("village", "Bản Xa", 103.41, 21.0, lies_in=world.main)
    return world


def said(at, weekdays=(0, 2), functions=("chronic",)):
    at.good(StatePoint(said=PointSaid(functions=functions, weekdays=weekdays)), unit=at.point)


def patient(at, name, village, **rest):
    person = at.person(name, place=village, **rest)
    at.good(
        visit(person, began_at=LATE, measured=values(systolic=150, diastolic=80)), unit=at.station
    )
    return person


def staff(at, role="station-head", unit=None):
    post = HeldPost(uuid7(), role, unit or at.station)
    return Actor(user=uuid7(), name="Lường Thị Xuân", posts=(post,), on=TODAY, channel="web")


def people(at, *cadres):
    return at.good(*(plain(f"Người {n}", cadre) for n, cadre in enumerate(cadres)), unit=at.station)


def month(at, by=None):
    return queries.point_month(by=by or at.by, unit=at.station, month=NOVEMBER, on=TODAY)


def shared_out(at):
    payload = queries.planned_point_days(by=at.by, unit=at.station, month=NOVEMBER, on=TODAY)
    at.good(payload, unit=at.station)
    return payload.days


def test_the_days_of_a_point_are_shared_out_and_the_station_keeps_whom_it_needs(at):
    said(at)
    doctor, *others = people(at, "doctor", "nurse", "nurse", "nurse")

    days = shared_out(at)

    assert {one.day.weekday() for one in days} == {0, 2}
    assert len(days) == 9  # five Mondays and four Wednesdays
    counts = [sum(one.member == who for one in days) for who in others]
    assert sorted(counts) == [3, 3, 3]
    assert doctor not in {one.member for one in days}
    page = month(at)
    assert (page.planned, page.uncovered, page.stripped) == (True, [], [])
    assert {row.name for row in page.rows} == {"Người 1", "Người 2", "Người 3"}
    assert replay().same


def test_what_nobody_can_cover_is_said_with_the_reason(at):
    said(at)
    (nurse,) = people(at, "nurse")
    away = NoteLeave(
        member=nurse, kind="yearly", since=date(2026, 11, 2), until=date(2026, 11, 3), reason="Phép"
    )
    at.good(away, unit=at.station)

    shared_out(at)

    page = month(at)
    first = page.uncovered[0]
    assert (first.day, first.away, first.duty, first.busy) == (date(2026, 11, 2), 1, 0, 0)
    # whoever the only nurse is at the point for, the station lacks; or the point has nobody
    told = {one.day for one in page.uncovered} | {one.day for one in page.stripped}
    assert len(told) == 9


def test_leave_after_the_plan_is_seen_on_the_day(at):
    said(at)
    people(at, "doctor", "nurse", "nurse")
    first = shared_out(at)[0]
    at.good(
        NoteLeave(
            member=first.member,
            kind="sick",
            since=first.day,
            until=first.day + timedelta(1),
            reason="Bị ốm",
        ),
        unit=at.station,
    )

    page = month(at)

    assert [row.fault for row in page.rows if row.fault] == ["away"]
    assert [one.day for one in page.uncovered] == [first.day]


def test_who_has_duty_does_not_go(at):
    said(at, weekdays=(0,))
    one, other = people(at, "nurse", "nurse")
    kinds = {2: ("duty", "day"), 9: ("day", "day")}
    shifts = tuple(
        OnDuty(member=who, day=date(2026, 11, day), kind=kind)
        for day, pair in kinds.items() for who, kind in zip((one, other), pair, strict=True)
    )  # fmt: skip
    at.good(PutRoster(month=NOVEMBER, shifts=shifts, in_force=True), unit=at.station)

    days = {row.day.day: row.member for row in shared_out(at)}

    assert days[2] == other
    assert set(days) == {2, 9}, "on other days nobody has an ordinary day on the roster"


def test_a_day_is_changed_by_hand_and_nobody_is_at_two_points(at):
    said(at, weekdays=(0,))
    one, other = people(at, "nurse", "nurse")
    cell = (at.point, date(2026, 11, 2))

    for who, name in ((other, "Người 1"), (one, "Người 0"), (None, "")):
        payload = queries.changed_point_days(
            by=at.by, unit=at.station, cell=cell, member=who, on=TODAY
        )
        at.good(payload, unit=at.station)
        assert month(at).rows[0].name == name


@pytest.mark.parametrize(
    ("day", "twice", "point", "code"),
    [
        (date(2026, 12, 1), False, "point", "point-day-outside"),
        (date(2026, 11, 2), True, "point", "point-day-twice"),
        (date(2026, 11, 2), False, "elsewhere", "not-of-this-station"),
    ],
)
def test_what_cannot_be_planned_is_refused(at, day, twice, point, code):
    one = PointDay(point=getattr(at, point), day=day, member=uuid7())
    days = (one, PointDay(point=one.point, day=day, member=uuid7())) if twice else (one,)

    assert at.told(PlanPointDays(month=NOVEMBER, days=days)) == [f"network.{code}"]


def test_who_may_not_see_the_roster_neither_plans_nor_reads_names(at):
    said(at)
    people(at, "doctor", "nurse", "nurse")
    shared_out(at)
    planner = staff(at, "planner", at.province)

    page = month(at, planner)

    if page.roster == "hidden":
        assert {row.name for row in page.rows} == {""}
        with pytest.raises(RosterOutOfReach):
            queries.planned_point_days(by=planner, unit=at.station, month=NOVEMBER, on=TODAY)


def test_a_patient_beyond_every_place_has_lost_it_until_the_point_opens_or_a_team_comes(at):
    person = patient(at, "Lò Văn Xa", at.village)
    patient(at, "Lò Văn Gần", at.near)

    def here():
        found_ = queries.following(by=at.by, unit=at.station, point=at.point, on=TODAY)
        assert [one.patient.person for one in found_.rows] == [person]
        return found_.rows[0], found_

    row, all_ = here()
    assert (row.lost, row.station, row.point, row.mobile, all_.lost) == (True, None, None, None, 1)
    assert row.unit_name == "Trạm Sín Thầu"
    assert all_.way.kind == "straight"

    said(at, functions=("immunisation",))
    assert here()[0].lost, "the point does no chronic diseases"
    said(at)
    row, all_ = here()
    assert (row.lost, row.point_name, row.point_days) == (False, "Điểm Tả Kố", (0, 2))
    said(at, weekdays=())
    assert here()[0].lost, "the point is closed"

    at.good(
        StateTeam(name="Đội 1", kind="motorbike", minutes=720, cold_minutes=700, weekdays=(0, 1, 2, 3, 4)),
        StateNeed(village=at.village, visits=1, minutes=60, weekdays=(1,)), unit=at.station,
    )  # fmt: skip
    asked = at.good(AskRounds(starts=date(2026, 11, 2), quick=True), unit=at.station)[0]
    from tuyen.apps.network import tasks

    (answer,) = tasks.answer(lambda: NOW)
    assert here()[0].lost, "a draft brings nobody"
    at.good(PutRoundsInForce(plan=answer.plan), unit=at.station)
    row, _ = here()
    assert (row.lost, row.mobile.weekday(), answer.search) == (False, 1, asked)


def test_the_sheet_names_women_and_patients_whose_day_has_come_by_village(at):
    ill = patient(at, "Lò Văn Xa", at.village)
    patient(at, "Lò Văn Gần", at.near)
    _house, mother, _father = family(at)
    pregnant(at, mother)
    apart = at.person("Kín", place=at.village)
    at.good(visit(apart, began_at=LATE, diagnosed=found("B20")), unit=at.station)

    def asked(by, villages):
        return queries.waiting(by=by, unit=at.station, villages=villages, on=date(2026, 11, 10))

    found_ = asked(staff(at), [at.village])

    assert {(one.service, one.person, one.name) for one in found_.rows} == {
        ("hypertension", ill, "Lò Văn Xa"), ("antenatal", mother, "Giàng Thị Mỷ"),
    }  # fmt: skip
    assert all(one.village == at.village for one in found_.rows)
    assert asked(staff(at, "planner", at.province), [at.village]) is None
    assert asked(staff(at), []).rows == ()


def test_the_sheet_and_the_point_ask_as_much_for_few_as_for_many(at):
    said(at)

    def count():
        with CaptureQueriesContext(connection) as seen:
            queries.waiting(by=at.by, unit=at.station, villages=[at.village], on=date(2026, 11, 10))
            queries.following(by=at.by, unit=at.station, point=at.point, on=TODAY)
        return len(seen)

    patient(at, "Lò Văn 0", at.village)
    count()
    few = count()
    for n in range(1, 6):
        patient(at, f"Lò Văn {n}", at.village)
    assert count() == few


def test_rounds_in_force_are_shown_beside_the_need_by_the_crews_of_their_teams(at):
    assert queries.rounds_work(by=at.by, unit=at.station, on=TODAY) is None
    at.good(
        StateTeam(name="Đội 1", kind="car", minutes=720, cold_minutes=700, weekdays=(0, 1, 2, 3, 4)),
        StateNeed(village=at.village, visits=2, minutes=60, weekdays=(1,)), unit=at.station,
    )  # fmt: skip
    at.good(AskRounds(starts=date(2026, 11, 2), quick=True), unit=at.station)
    from tuyen.apps.network import tasks

    (answer,) = tasks.answer(lambda: NOW)
    at.good(PutRoundsInForce(plan=answer.plan), unit=at.station)

    told = queries.rounds_work(by=at.by, unit=at.station, on=TODAY)

    assert (told.weeks, told.days, told.staff_days) == (5, 2, 6)
    assert 0 < told.people < 1
