"""A schedule is put in force and rolled back: what holds when, and who stands otherwise for it."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.unit.apps.immunization.conftest import BORN, NOW, TODAY, booklet, tables
from tests.unit.engines.immunization.test_fast import fast  # noqa: F401  # a fixture
from tuyen.apps.access.actors import Actor
from tuyen.apps.access.policies import NotAllowed
from tuyen.apps.immunization import packs, tasks
from tuyen.apps.immunization.models import Child, PackActivation, Status
from tuyen.apps.immunization.operations import ActivatePack, RollBackPack
from tuyen.apps.immunization.queries import pack_impact
from tuyen.apps.immunization.queries import packs as queries
from tuyen.apps.immunization.timeline import next_change, step_of, timeline
from tuyen.apps.journal.replay import replay
from tuyen.kernel.ids import uuid7

GRACE, LAW = "vn-tt13-2026-grace", "vn-tt13-2026"
WHO = Actor.program(TODAY)
# The second dose two days early: without a grace it does not count.
EARLY = [("DTP-HepB-Hib", BORN + timedelta(60)), ("DTP-HepB-Hib", BORN + timedelta(86))]


def activate(pack=GRACE, on=TODAY, **rest):
    return ActivatePack(pack=pack, effective_on=on, reason="decided by the province", **rest)


def roll_back(id):
    return RollBackPack(activation=id, reason="too many were called")


def in_force(on=TODAY, known_at=None):
    return step_of(on, timeline(known_at)).pack


def early(world, place=None):
    child = world.child(place=place)
    world.good(booklet(child, *EARLY), unit=world.station)
    return child


def valid(child):
    return Status.objects.get(person=child, group="DTP").valid


def test_the_law_holds_by_itself_and_a_decision_from_its_day(world):
    assert in_force(date(2026, 2, 14)) == "vn-tt10-2024"
    assert in_force() == LAW

    world.good(activate(on=TODAY + timedelta(10), people=3, changed=1))

    assert in_force() == LAW
    assert in_force(TODAY + timedelta(10)) == GRACE
    assert next_change(TODAY, timeline()) == TODAY + timedelta(10)
    row = PackActivation.objects.get()
    assert (row.pack, row.people, row.changed) == (GRACE, 3, 1)


def test_children_stand_by_the_schedule_in_force_and_back_again(world):
    child = early(world)
    before = valid(child)

    (id,) = world.good(activate(), at=NOW)
    after, name = valid(child), Child.objects.get(person=child).pack
    world.good(roll_back(id), at=NOW + timedelta(minutes=1))

    assert (before, after, valid(child)) == (1, 2, 1)
    assert name == packs.name_of(GRACE)
    assert queries.behind(by=WHO, on=TODAY) == 0


def test_a_schedule_of_a_later_day_is_taken_up_by_the_night_of_it(world):
    child = early(world)
    day = TODAY + timedelta(10)
    world.good(activate(on=day))

    assert valid(child) == 1
    assert Child.objects.get(person=child).look_again_on == day
    list(tasks.night(on=day, at=NOW + timedelta(10)))
    assert valid(child) == 2


def test_what_was_known_at_a_past_moment_is_still_known(world):
    (id,) = world.good(activate(on=TODAY), at=NOW)
    world.good(roll_back(id), at=NOW + timedelta(hours=2))

    assert in_force(known_at=NOW - timedelta(hours=1)) == LAW
    assert in_force(known_at=NOW + timedelta(hours=1)) == GRACE
    assert in_force(known_at=NOW + timedelta(hours=3)) == LAW
    assert queries.pack_in_force(by=WHO, on=date(2025, 8, 1), province="20").name == "vn-tt10-2024"


def test_as_of_a_day_and_a_province_what_had_begun_there_is_called_for(world):
    def kinds(on, province):
        pack = queries.pack_in_force(by=WHO, on=on, province=province)
        return {
            group: next(iter(pack.antigens[antigen].series)).kind
            for group, antigen in (("PCV", "Pneumococcal"), ("HPV", "HPV"))
        }

    assert kinds(date(2025, 8, 1), "20") == {"PCV": "standard", "HPV": "evaluation"}
    assert kinds(date(2025, 8, 1), "11") == {"PCV": "evaluation", "HPV": "evaluation"}
    assert kinds(date(2026, 8, 1), "08") == {"PCV": "standard", "HPV": "standard"}


@pytest.mark.parametrize(
    ("payload", "code"),
    [
        (activate("vn-2017"), "immunization.unknown-pack"),
        (activate(LAW, TODAY), "immunization.pack-in-force-already"),
        (activate(GRACE, date(2026, 6, 30)), "immunization.pack-before-its-act"),
        (roll_back(uuid7()), "immunization.unknown-activation"),
    ],
)
def test_what_is_not_put_in_force(world, payload, code):
    assert world.refused(payload)[0] == code
    assert not PackActivation.objects.exists()


def test_one_decision_for_a_day_and_one_roll_back_of_it(world):
    (id,) = world.good(activate())

    assert world.refused(activate("vn-tt52-2025"))[0] == "immunization.another-pack-that-day"
    world.good(roll_back(id))
    assert world.refused(roll_back(id))[0] == "immunization.rolled-back-already"
    world.good(activate("vn-tt52-2025"))
    assert in_force() == "vn-tt52-2025"


def test_two_that_contradict_each_other_in_one_batch(world):
    good, bad = world.send(activate(), activate("vn-tt52-2025"))

    assert good.ok
    assert bad.refusal.code == "immunization.another-pack-that-day"


def test_one_by_one_and_at_once_and_replayed_are_the_same(world):
    early(world)
    (id,) = world.good(activate(), at=NOW)
    world.good(roll_back(id), activate("vn-tt52-2025", TODAY + timedelta(5)), at=NOW)
    rows = sorted(PackActivation.objects.values_list())
    kept = tables()

    replay()

    assert sorted(PackActivation.objects.values_list()) == rows
    assert tables() == kept


def test_the_impact_is_what_happens(world):
    child = early(world)
    other = world.child(name="Vàng Thị Mỷ", place=world.other)
    before = {
        one: list(
            Status.objects.filter(person=one).values_list(
                "group", "valid", "recommended_on", "dose_number"
            )
        )
        for one in (child, other)
    }

    found = queries.impact(by=WHO, pack=GRACE, on=TODAY)
    world.good(activate(people=found.people, changed=found.changed))

    after = {
        one: list(
            Status.objects.filter(person=one).values_list(
                "group", "valid", "recommended_on", "dose_number"
            )
        )
        for one in (child, other)
    }
    moved = {row[0] for row in set(after[child]) - set(before[child])}
    assert (found.old, found.people, found.changed) == (LAW, 2, 1)
    assert {one.group for one in found.counts} == moved
    assert {one.commune for one in found.counts} == {str(world.commune)}
    assert before[other] == after[other]
    assert sum(one.people for one in found.moves) == sum(one.people for one in found.counts)


def test_the_impact_takes_as_many_statements_for_one_child_as_for_ten(world):
    def statements():
        with CaptureQueriesContext(
            connection,
        ) as taken:
            queries.impact(by=WHO, pack=GRACE, on=TODAY)
        return len(taken)

    early(world)
    statements()  # the map is read once
    early(world)
    one = statements()
    for _ in range(8):
        early(world)

    assert statements() == one


def test_only_who_may_put_in_force_sees_the_impact(world):
    nobody = Actor(user=uuid7(), name="", posts=(), on=TODAY, channel="console")

    with pytest.raises(NotAllowed):
        queries.impact(by=nobody, pack=GRACE, on=TODAY)


def test_a_large_register_is_counted_in_columns_and_counts_the_same(world, monkeypatch, fast):  # noqa: F811
    for n in range(3):
        early(world)
        world.child(name=f"Vàng Thị {n}", place=world.other)
    plain = queries.impact(by=WHO, pack=GRACE, on=TODAY)
    queries._IMPACTS.clear()
    monkeypatch.setattr(pack_impact, "WORTH_SIEVING", 0)

    columns = queries.impact(by=WHO, pack=GRACE, on=TODAY)

    assert plain.changed == 3
    assert columns._replace(seconds=0) == plain._replace(seconds=0)
