"""What is proposed for an alarm, what it leaves behind, and who may see and book it."""

from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.unit.apps.surveillance.conftest import TODAY, case, place, small_province
from tests.unit.apps.surveillance.test_events import a_signal
from tests.unit.apps.surveillance.test_response import a_team, booking, codes, op, send
from tuyen.apps.access import policies
from tuyen.apps.access.actors import Actor
from tuyen.apps.registry import queries as registry
from tuyen.apps.registry.atlas import EARLIEST, LATEST, Atlas, Span
from tuyen.apps.surveillance import allocating, means, places, queries, subjects
from tuyen.apps.surveillance.models import Alarm
from tuyen.apps.surveillance.operations import Member, ReceiveResource, SetResource, TriageAlarm

PROGRAM = Actor.program(TODAY)
# Degrees east of 103, north of 21: M in the middle, the health centre close to D.
POINTS = {"M": (0.0, 0.0), "N": (0.5, 0.0), "D": (1.0, 0.0), "stM": (0.0, 0.0), "stN": (0.5, 0.0),
          "stD": (1.0, 0.0), "hc": (0.9, 0.0)}  # fmt: skip
PEOPLE = {"M": 4000, "N": 3000, "D": 5000}


@pytest.fixture(autouse=True)
def ground(monkeypatch, atlas):
    """The small province with points and people."""
    plain = small_province()
    units = {
        id: unit._replace(points=(Span(EARLIEST, LATEST, (103 + POINTS[name][0], 21.0)),))
        for name in POINTS if (unit := plain.units_by_id.get(id := place(name)))
    }  # fmt: skip
    ties = [tie for group in plain._from.values() for tie in group]
    map_ = Atlas(plain.units_by_id | units, ties, plain.heirs)
    monkeypatch.setattr(places, "atlas", lambda: map_)
    monkeypatch.setattr(policies, "_reach", map_.reach)
    people = SimpleNamespace(totals={place(name): n for name, n in PEOPLE.items()})
    monkeypatch.setattr(registry, "population", lambda **_: people)
    return map_


@pytest.fixture
def alarm(report):
    """One confirmed case of plague in M: an alert of group A."""
    report(case(disease="plague", classification="confirmed"))
    return Alarm.objects.get(rule="AL-A").id


def member(*skills):
    return (Member(name="Lường Văn Thử", skills=skills),)


def team(name, unit, *skills, **changes):
    operation = op(a_team(name, members=member(*skills), **changes), unit=unit)
    assert send(operation)[0].ok
    return operation.id


def allocated(alarm, by=PROGRAM):
    found = queries.subject(by=by, kind="alarm", id=alarm)
    return queries.allocation(by=by, subject=found, on=TODAY)


PLAGUE = ("epidemiology", "clinical", "laboratory", "disinfection")


def test_teams_that_together_bring_every_skill_are_proposed(alarm):
    team("Một", "stM", "epidemiology")
    team("Hai", "stN", "clinical", "laboratory", "disinfection")
    team("Xa", "stD", *PLAGUE[1:])

    found = allocated(alarm)

    assert [(t.team.name, t.chosen) for t in found.teams] == [
        ("Một", True), ("Hai", True), ("Xa", False)
    ]  # fmt: skip
    assert (found.skills, found.unmet, found.proved) == (PLAGUE, (), True)


def test_a_skill_that_nobody_free_brings_is_said(alarm):
    team("Một", "stM", "epidemiology")

    assert allocated(alarm).unmet == ("clinical", "laboratory", "disinfection")


def test_what_a_choice_takes_away_is_told_by_place(alarm):
    team("Ở D", "stD", *PLAGUE)

    (choice,) = allocated(alarm).teams

    # The only team: without it everybody waits the longest that counts, 480 minutes.
    assert choice.cover.after == 480
    assert (choice.cover.worst_name, choice.cover.worst_before) == ("commune D", 0)
    # N and M were more than 120 minutes away before as well.
    assert choice.cover.uncovered == PEOPLE["D"]
    assert choice.cover.told()["after"] == 480.0


def test_a_nearer_team_that_stays_is_named_with_the_reason(alarm, monkeypatch):
    heavy = allocating.rules.travel(TODAY)._replace(cover_weight=20.0)
    monkeypatch.setattr(allocating.rules, "travel", lambda on: heavy)
    near = team("Gần", "stN", *PLAGUE)
    team("Xa hơn", "stD", *PLAGUE)
    team("Ở D", "hc", "food")

    found = allocated(alarm)

    (chosen,) = [t for t in found.teams if t.chosen]
    assert chosen.team.name == "Xa hơn"
    assert [(n.name, n.why) for n in chosen.nearer] == [("Gần", "stays")]
    assert chosen.nearer[0].extra > 0
    assert near in {t.team.id for t in found.teams if not t.chosen}


def test_what_is_booked_is_not_asked_for_again(alarm):
    first = team("Một", "stM", "epidemiology", "clinical")
    send(op(ReceiveResource(item="ppe", quantity=500)))
    assert codes(op(booking(alarm, team=first), unit="stM"),
                 op(booking(alarm, item="ppe", quantity=30))) == ["accepted"] * 2  # fmt: skip

    found = allocated(alarm)

    assert found.skills == ("laboratory", "disinfection")
    (taken,) = [t for t in found.teams if t.team.id == first]
    assert (taken.why_not, taken.chosen) == ("taken", False)
    (ppe,) = [need for need in found.items if need.amount.item == "ppe"]
    assert (ppe.amount.amount, ppe.booked) == (48, 30)  # 40 for the team, 8 contacts
    assert sum(choice.send for choice in ppe.choices) == 18


def test_goods_are_taken_below_a_minimum_only_when_they_must(alarm):
    send(
        op(ReceiveResource(item="ppe", quantity=45), unit="stM"),
        op(SetResource(item="ppe", minimum=40), unit="stM"),
        op(ReceiveResource(item="ppe", quantity=60), unit="stD"),
        op(SetResource(item="ppe", minimum=10), unit="stD"),
    )
    (ppe,) = [need for need in allocated(alarm).items if need.amount.item == "ppe"]
    assert [(choice.send, choice.below) for choice in ppe.choices] == [(48, 0), (0, 0)]

    send(op(booking(alarm, item="ppe", quantity=1), unit="stM"))
    (ppe,) = [need for need in allocated(alarm).items if need.amount.item == "ppe"]
    assert sum(choice.send for choice in ppe.choices) == 47


def test_two_places_do_not_get_one_team(report):
    report(case(disease="plague", classification="confirmed"))
    report(
        case(disease="plague", classification="confirmed", commune=place("D")), unit=place("stD")
    )
    alarms = list(Alarm.objects.filter(rule="AL-A").values_list("id", "commune_id"))
    assert len(alarms) == 2
    for id, commune in alarms:
        verified = op(TriageAlarm(alarm=id, decision="verify"), corrects=id)
        import msgspec

        assert send(msgspec.structs.replace(verified, unit=commune))[0].ok
    team("Một", "stM", *PLAGUE)
    team("Hai", "stD", *PLAGUE)

    plan = queries.plan_for_all(by=PROGRAM, on=TODAY)

    sent = {one.commune: [t.team.name for t in one.teams] for one in plan.proposals}
    assert sent == {place("M"): ["Một"], place("D"): ["Hai"]}
    assert plan.proved


def test_teams_of_others_are_seen_and_not_sent(alarm, holder):
    team("Của tỉnh", "hD", *PLAGUE)
    team("Của trung tâm", "hc", "epidemiology")
    supervisor = holder(("health-centre-supervisor", place("hc")))

    found = allocated(alarm, by=supervisor)

    assert {(t.team.name, t.mine, t.chosen) for t in found.teams} == {
        ("Của tỉnh", False, False), ("Của trung tâm", True, True)
    }  # fmt: skip


def test_who_may_not_read_teams_gets_no_allocation(alarm, holder):
    team("Một", "stM", *PLAGUE)
    officer = holder(("population-officer", place("stM")))

    assert allocated(alarm, by=officer) is None
    assert queries.teams(by=officer, on=TODAY) == []
    assert queries.plan_for_all(by=officer, on=TODAY) is None


def test_a_station_sees_what_is_coming_to_it_and_who_to_call(alarm, holder):
    far = team("Của tỉnh", "hD", *PLAGUE)
    send(op(booking(alarm, team=far), unit="hD"))
    head, other = holder(("station-head", place("stM"))), holder(("station-head", place("stN")))

    (row,) = queries.bookings_for(by=head, subject=alarm)
    assert (row.team_name, row.contact) == ("Của tỉnh", "0000000000")
    assert queries.bookings_for(by=other, subject=alarm) == []
    assert queries.booking(by=other, id=row.id) is None
    assert [b.id for b in queries.bookings(by=head, state="active").rows] == [row.id]


def test_another_room_may_serve_teams_and_goods(alarm):
    team("Của sổ này", "stM", *PLAGUE)
    other = means.own_teams()[0]._replace(name="Của phòng nhân lực")
    shelf = means.StockFacts(place("stM"), "ppe", 77, 5, None)
    means.served(teams=lambda ids=None: [other], stocks=lambda: [shelf])
    try:
        found = allocated(alarm)
        assert [t.team.name for t in found.teams] == ["Của phòng nhân lực"]
        (ppe,) = [need for need in found.items if need.amount.item == "ppe"]
        assert [choice.on_hand for choice in ppe.choices] == [77]
        assert codes(op(booking(alarm, item="ppe", quantity=77), unit="stM")) == ["accepted"]
        assert codes(op(booking(alarm, item="ppe", quantity=1), unit="stM")) == [
            "surveillance.not-enough"
        ]
    finally:
        means.served()


def test_another_room_may_know_the_roads(alarm):
    import numpy as np

    team("Một", "stM", *PLAGUE)
    allocating.drive_by(lambda origins, targets, on: np.full((len(origins), len(targets)), 33.0))
    try:
        (choice,) = allocated(alarm).teams
    finally:
        allocating.drive_by()

    assert choice.minutes == 33.0


def test_what_names_no_disease_yet_is_answered_by_the_general_rule(db):
    team("Một", "stM", "epidemiology")
    signal = a_signal(seen_on=TODAY)  # poultry that die: no disease is named until it is verified
    found = queries.subject(by=PROGRAM, kind="signal", id=signal)

    one = queries.allocation(by=PROGRAM, subject=found, on=TODAY)

    assert (found.disease, one.commune) == ("", place("M"))
    assert "epidemiology" in one.answer.skills
    assert [t.team.name for t in one.teams if t.chosen] == ["Một"]


def test_kinds_of_subjects_are_found_by_their_finders():
    assert subjects.kinds() == ["alarm", "outbreak", "signal"]
    assert subjects.find("không có", [place("M")]) == {}


def test_the_number_of_queries_does_not_grow_with_teams_and_goods(alarm):
    def asked():
        allocated(alarm)
        with CaptureQueriesContext(connection) as seen:
            allocated(alarm)
        return len(seen)

    team("Một", "stM", *PLAGUE)
    send(op(ReceiveResource(item="ppe", quantity=50)))
    few = asked()
    for n in range(30):
        team(f"Đội {n}", ("stM", "stN", "stD", "hc")[n % 4], PLAGUE[n % 4])
    send(*(op(ReceiveResource(item=item, quantity=50), unit=unit)
           for item in ("ppe", "kit-sampling", "chloramine-b") for unit in ("stN", "stD", "hc")))  # fmt: skip

    assert asked() == few


def test_a_booking_binds_for_the_days_of_the_rule(alarm):
    team("Một", "stM", *PLAGUE)

    assert allocated(alarm).until == TODAY + timedelta(6)
