"""Statuses are kept by the operations: they are those that the engine gives, for whoever is followed."""

from datetime import date, datetime, timedelta

import pytest

from tests.unit.apps.immunization.conftest import BORN, NOW, TODAY, booklet, tables
from tuyen.apps.immunization import packs, tasks
from tuyen.apps.immunization.models import Child, Status
from tuyen.apps.immunization.operations import Follow, VoidDose
from tuyen.apps.registry.operations import (
    AmendPerson,
    MergePersons,
    MovePerson,
    RecordDeath,
    UndoMerge,
)
from tuyen.engines.immunization import DoseGiven, Person, evaluate

PRIMARY = [("BCG", 1), ("HepB", 0), ("DTP-HepB-Hib", 62), ("bOPV", 62), ("DTP-HepB-Hib", 93),
           ("bOPV", 93), ("DTP-HepB-Hib", 124), ("bOPV", 124), ("IPV", 155), ("MR", 275)]  # fmt: skip


def primary(child, born=BORN):
    return booklet(child, *((vaccine, born + timedelta(days=day)) for vaccine, day in PRIMARY))


def test_a_birth_is_followed_before_any_dose(world):
    child = world.child(born=TODAY - timedelta(days=70))

    row = Child.objects.get(person=child)

    assert (row.active, row.doses, row.place_id) == (True, 0, world.village)
    assert row.due_on is not None
    assert row.due_on <= TODAY
    dtp = Status.objects.get(person=child, group="DTP")
    assert (dtp.status, dtp.dose_number, dtp.valid) == ("not_complete", 1, 0)


def test_statuses_are_those_of_the_engine(world):
    child = world.child()
    world.good(primary(child), unit=world.station)

    pack = packs.pack_in_force(TODAY, packs.where(_map(), world.village, TODAY), BORN)
    cvx = {"BCG": "19", "HepB": "08", "DTP-HepB-Hib": "198", "bOPV": "178", "IPV": "10", "MR": "04"}
    given = [DoseGiven(BORN + timedelta(days=day), cvx[v]) for v, day in PRIMARY]
    said = {a.vaccine_group: a for a in reversed(evaluate(pack, Person(BORN, "M"), given, TODAY))}
    for row in Status.objects.filter(person=child):
        answer = said.pop(row.group)
        assert (row.status, row.dose_number, row.earliest_on, row.recommended_on) == (
            answer.status or "", answer.dose_number, answer.earliest, answer.recommended,
        )  # fmt: skip
        assert row.past_due_on == answer.past_due
        assert row.valid == sum(dose.status == "valid" for dose in answer.doses)
    assert not [a for a in said.values() if a.status or a.doses]


def _map():
    from tuyen.apps.registry import queries

    return queries.atlas()


def test_milestones_are_the_days_of_valid_doses(world):
    child = world.child()
    world.good(primary(child), unit=world.station)

    row = Child.objects.get(person=child)

    def day(n):
        return BORN + timedelta(days=n)

    assert (row.bcg_on, row.dtp1_on, row.dtp3_on, row.mr1_on, row.mr2_on) == (
        day(1), day(62), day(124), day(275), None,
    )  # fmt: skip
    assert row.full_on == day(275)
    assert row.last_on == day(275)


def test_a_voided_dose_takes_its_milestone_along(world):
    child = world.child()
    (dose,) = world.visit(child, "BCG", on=date(2026, 2, 1))
    assert Child.objects.get(person=child).bcg_on == date(2026, 2, 1)

    world.good(VoidDose(dose=dose.id, reason="another child"), unit=world.station)

    row = Child.objects.get(person=child)
    assert (row.bcg_on, row.doses) == (None, 0)


def test_who_moves_dies_or_turns_out_older_is_followed(world):
    moves, dies, older = (world.child(f"Trẻ {name}") for name in "ABC")

    world.good(MovePerson(person=moves, place=world.other, since=TODAY), unit=world.village)
    world.good(RecordDeath(person=dies, on=TODAY), unit=world.village)
    world.good(AmendPerson(person=older, born_on=date(2024, 5, 1)), unit=world.village)

    rows = {row.person_id: row for row in Child.objects.all()}
    assert rows[moves].place_id == world.other
    assert rows[dies].active is False
    assert rows[older].born_on == date(2024, 5, 1)
    assert set(Status.objects.filter(person=moves).values_list("place_id", flat=True)) == {
        world.other
    }


def test_merged_records_stand_in_one_row_and_parted_ones_in_two(world):
    one, other = world.child("Vàng A Tủa"), world.child("Vàng A Tua")
    world.visit(other, "BCG", on=date(2026, 2, 1))
    before = tables()

    (merge,) = world.good(MergePersons(kept=one, duplicate=other), unit=world.village)
    assert set(Child.objects.values_list("person", "doses")) == {(one, 1)}
    world.good(UndoMerge(merge=merge, reason="two children"), unit=world.village)

    assert tables() == before


def test_an_adult_is_followed_once_there_is_a_dose(world):
    adult = world.child("Vàng Thị Mỷ", born=date(1998, 4, 1))
    assert not Child.objects.exists()

    world.visit(adult, "Td", on=TODAY)

    assert Child.objects.get().person_id == adult


def test_the_night_looks_again_at_what_the_calendar_changes(world):
    child = world.child(born=date(2026, 5, 1))
    again = Child.objects.get(person=child).look_again_on
    assert again > TODAY
    assert _looked_at(again - timedelta(days=1)) == 0

    assert _looked_at(again) == 1

    assert Child.objects.get(person=child).evaluated_on == again
    assert _looked_at(again) == 0


def _looked_at(day):
    (step,) = tasks.night(on=day, at=_noon(day))
    assert step.refused == []
    return step.values["count"]


@pytest.mark.parametrize("step", [3])
def test_between_two_looks_a_status_stays_what_the_engine_says(world, step):
    """For every few days of two years: what is kept is what would be worked out that day."""
    child = world.child(born=date(2026, 8, 1))
    world.good(booklet(child, ("BCG", date(2026, 8, 2))), unit=world.station)
    day, end = TODAY, TODAY + timedelta(days=730)
    while day < end:
        _looked_at(day)
        kept = _statuses(child)
        world.good(Follow(people=(child,)), on=day, at=_noon(day))
        assert kept == _statuses(child), day
        day += timedelta(days=step * 15)


def _statuses(child):
    return set(
        Status.objects.filter(person=child).values_list(
            "group", "status", "dose_number", "earliest_on", "recommended_on", "past_due_on"
        )
    )


def _noon(day):
    return datetime.combine(day, NOW.timetz())


def test_following_again_changes_nothing(world):
    child = world.child()
    world.good(primary(child), unit=world.station)
    before = tables()

    world.good(Follow(people=(child,)))

    assert tables() == before
