"""Visits and booklets: what is taken, what is refused, and which of two entries is counted."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from tests.unit.apps.immunization.conftest import BORN, NOW, TODAY, booklet, tables, visit
from tuyen.apps.access.actors import Actor
from tuyen.apps.immunization import gates, queries
from tuyen.apps.immunization.models import Dose
from tuyen.apps.immunization.operations import (
    AmendDose,
    DoseChanges,
    Given,
    RecordHistory,
    ResolveDuplicate,
    VoidDose,
)
from tuyen.apps.immunization.refusals import LotSuspended
from tuyen.apps.journal.replay import replay
from tuyen.apps.registry.operations import MergePersons, RecordDeath, VoidPerson
from tuyen.kernel import lots
from tuyen.kernel.ids import uuid7

DAY = date(2026, 3, 10)


def test_a_visit_becomes_one_dose_for_each_injection(world):
    child = world.child()

    doses = world.visit(
        child, on=DAY, given=(Given(vaccine="198", lot="p1", product="SII-PENTA"),
                              Given(vaccine="bopv"))
    )  # fmt: skip

    assert [(d.vaccine, d.product, d.lot, d.route, d.given_on, d.counted) for d in doses] == [
        ("DTP-HepB-Hib", "SII-PENTA", "P1", "IM", DAY, True),
        ("bOPV", "", "", "PO", DAY, True),
    ]


@pytest.mark.parametrize(
    ("day", "changes", "code"),
    [
        (BORN - timedelta(days=1), {}, "immunization.before-birth"),
        (TODAY + timedelta(days=1), {}, "immunization.in-the-future"),
        (DAY, {"screening": "deferred"}, "immunization.not-screened"),
        (DAY, {"given": (Given(vaccine="Sởi"),)}, "immunization.unknown-vaccine"),
        (DAY, {"given": (Given(vaccine="MR", product="Gardasil"),)}, "immunization.unknown-product"),
        (DAY, {"person": uuid7()}, "immunization.unknown-person"),
        (DAY, {"facility": uuid7()}, "immunization.unknown-facility"),
        (DAY, {"arrived_at": datetime(2026, 3, 10, 2, 0, tzinfo=UTC),
               "screened_at": datetime(2026, 3, 10, 1, 0, tzinfo=UTC)},
         "immunization.times-out-of-order"),
        (DAY, {"left_at": datetime(2026, 3, 12, 2, 0, tzinfo=UTC)},
         "immunization.times-out-of-order"),
    ],
)  # fmt: skip
def test_what_a_visit_cannot_be(world, day, changes, code):
    person = changes.pop("person", None) or world.child()

    assert world.refused(visit(person, "BCG", **changes), unit=world.station, on=day)[0] == code
    assert not Dose.objects.exists()


def test_an_unknown_vaccine_is_answered_with_the_nearest(world):
    _, sentence = world.refused(
        visit(world.child(), "Sởi-Rubela"), unit=world.station, on=date(2026, 3, 10)
    )

    assert "did you mean: MR" in sentence


def test_nobody_is_immunised_after_death_or_when_the_record_is_void(world):
    dead, void = world.child(), world.child("Vàng A Súa")
    world.good(RecordDeath(person=dead, on=date(2026, 2, 1)), unit=world.village)
    world.good(VoidPerson(person=void, reason="entered twice"), unit=world.village)

    assert world.refused(visit(dead, "BCG"), unit=world.station, on=DAY)[0] == (
        "immunization.after-death"
    )
    assert world.refused(visit(void, "BCG"), unit=world.station, on=DAY)[0] == (
        "immunization.unknown-person"
    )


def test_a_lot_that_another_room_stops_is_refused(world, monkeypatch):
    def stopped(asked):
        return {
            one: LotSuspended(lot=one.lot, vaccine=one.vaccine, since=DAY, reason="x")
            for one in asked
            if one.lot == "BAD"
        }

    monkeypatch.setitem(lots.JUDGES, "immunization", stopped)
    child = world.child()

    code, _ = world.refused(
        visit(child, given=(Given(vaccine="BCG", lot="bad"),)), unit=world.station
    )

    assert code == "immunization.lot-suspended"
    assert world.visit(child, given=(Given(vaccine="BCG", lot="good"),), on=DAY)[0].lot == "GOOD"
    # A booklet is a copy of what was: nobody can give that dose less.
    assert world.good(booklet(child, ("Measles", DAY), lot="BAD"), unit=world.station)


def test_a_gate_holds_a_visit_back(world, monkeypatch):
    refuse = LotSuspended(lot="x", vaccine="BCG", since=DAY, reason="x")
    monkeypatch.setitem(gates.GATES, "all", lambda entries: {e.id: refuse for e in entries})

    assert world.refused(visit(world.child(), "BCG"), unit=world.station)[0] == (
        "immunization.lot-suspended"
    )


def test_a_booklet_is_taken_whole_or_not_at_all(world):
    child = world.child()
    wrong = booklet(child, ("BCG", BORN), ("MR", date(2025, 12, 1)))

    assert world.refused(wrong, unit=world.station)[0] == "immunization.before-birth"
    assert not Dose.objects.exists()


def test_a_day_known_by_its_month_is_the_middle_of_it_but_not_before_the_birth(world):
    child = world.child(born=date(2026, 1, 20))
    world.good(
        booklet(child, ("BCG", date(2026, 1, 1)), ("bOPV", date(2026, 4, 1)), precision="month"),
        unit=world.station,
    )

    days = dict(Dose.objects.values_list("vaccine", "given_on"))

    assert days == {"BCG": date(2026, 1, 20), "bOPV": date(2026, 4, 15)}


def test_two_facilities_enter_one_dose_and_one_entry_is_counted(world):
    child = world.child()
    world.good(booklet(child, ("DTP-HepB-Hib", DAY)), unit=world.elsewhere)

    (given,) = world.visit(child, "DTP-HepB-Hib", on=DAY)

    copy = Dose.objects.get(source="booklet")
    assert (given.counted, given.duplicate) == (True, "")
    assert (copy.counted, copy.duplicate, copy.duplicate_of_id) == (False, "suspected", given.id)


def test_a_shared_antigen_on_one_day_is_looked_at_and_another_day_is_not(world):
    child = world.child(born=date(2025, 1, 10))
    world.visit(child, "Measles", on=DAY)

    world.visit(child, "MR", on=DAY, unit=world.elsewhere)
    world.visit(child, "MR", on=DAY + timedelta(days=30))

    days = Dose.objects.filter(counted=True).order_by("given_on").values_list("given_on", flat=True)
    assert list(days) == [DAY, DAY + timedelta(days=30)]


@pytest.mark.parametrize(
    ("keep", "counted"), [("given", "given"), ("copy", "copy"), (None, "given")]
)
def test_a_person_says_which_of_two_entries_is_the_dose(world, keep, counted):
    child = world.child()
    (given,) = world.visit(child, "BCG", on=DAY)
    world.good(booklet(child, ("BCG", DAY)), unit=world.elsewhere)
    copy = Dose.objects.get(source="booklet")
    ids = {"given": given.id, "copy": copy.id, None: None}

    world.good(ResolveDuplicate(dose=copy.id, same=True, keep=ids[keep]), unit=world.station)

    rows = {d.id: (d.counted, d.duplicate) for d in Dose.objects.all()}
    other = ({given.id, copy.id} - {ids[counted]}).pop()
    assert rows == {ids[counted]: (True, ""), other: (False, "same")}


def test_two_entries_may_be_two_doses(world):
    child = world.child()
    world.visit(child, "BCG", on=DAY)
    world.visit(child, "BCG", on=DAY, unit=world.elsewhere)
    second = Dose.objects.get(counted=False)

    world.good(ResolveDuplicate(dose=second.id, same=False), unit=second.unit_id)

    assert list(Dose.objects.values_list("counted", flat=True)) == [True, True]
    assert world.refused(ResolveDuplicate(dose=second.id, same=False), unit=second.unit_id)[0] == (
        "immunization.no-duplicate"
    )


def test_when_the_counted_entry_is_voided_the_other_counts(world):
    child = world.child()
    (given,) = world.visit(child, "BCG", on=DAY)
    world.good(booklet(child, ("BCG", DAY)), unit=world.elsewhere)

    world.good(VoidDose(dose=given.id, reason="another child"), unit=world.station)

    assert dict(Dose.objects.values_list("source", "counted")) == {"given": False, "booklet": True}


def test_an_amendment_is_judged_as_the_whole_dose(world):
    child = world.child()
    (dose,) = world.visit(child, "BCG", on=DAY)

    def amend(**changes):
        return AmendDose(dose=dose.id, changes=DoseChanges(**changes), revision=0)

    world.good(amend(on=date(2026, 3, 11), lot="b7"), unit=world.station)

    held = Dose.objects.get()
    assert (held.given_on, held.lot, held.revision) == (date(2026, 3, 11), "B7", 1)
    for changes, code in (
        ({"lot": "c"}, "immunization.changed-meanwhile"),
        ({"on": date(2025, 1, 1)}, "immunization.before-birth"),
    ):
        said = amend(**changes)
        if code != "immunization.changed-meanwhile":
            said = AmendDose(dose=dose.id, changes=DoseChanges(**changes))
        assert world.refused(said, unit=world.station)[0] == code
    same = AmendDose(dose=dose.id, changes=DoseChanges(lot="B7"))
    assert world.refused(same, unit=world.station)[0] == "immunization.nothing-changes"
    assert world.refused(VoidDose(dose=dose.id, reason="mine"), unit=world.elsewhere)[0] == (
        "immunization.unknown-dose"
    )


def test_a_void_dose_stays_with_its_reason(world):
    (dose,) = world.visit(world.child(), "BCG", on=DAY)
    world.good(VoidDose(dose=dose.id, reason="another child"), unit=world.station)

    again = world.refused(VoidDose(dose=dose.id, reason="again"), unit=world.station)

    assert again[0] == "immunization.dose-is-void"
    assert Dose.objects.get().void_reason == "another child"


def test_merged_records_hold_one_dose_once(world):
    one, other = world.child(), world.child("Vàng A Tua")
    world.visit(one, "BCG", on=DAY)
    world.visit(other, "BCG", on=DAY)

    world.good(MergePersons(kept=one, duplicate=other), unit=world.village)

    assert sorted(Dose.objects.values_list("counted", flat=True)) == [False, True]
    (rows,) = queries.doses(by=world.by, people=[one]).values()
    assert {row.person for row in rows} == {one, other}


def test_who_may_read_doses_reads_those_of_their_places_and_of_their_unit(world, holder):
    here, away = world.child(), world.child("Sùng A Chu", place=world.other)
    world.visit(here, "BCG", on=DAY)
    world.visit(away, "BCG", on=DAY)  # on a visit to our station
    world.visit(away, "bOPV", on=DAY, unit=world.elsewhere)

    nurse = holder(("station-head", world.station))
    found = queries.doses(by=nurse, people=[here, away])

    assert {p: [d.vaccine for d in rows] for p, rows in found.items()} == {
        here: ["BCG"], away: ["BCG"],
    }  # fmt: skip
    assert isinstance(nurse, Actor)


def _story(world, children):
    """Many doses, some of them refused, doubled, voided and amended."""
    said = []
    for n, child in enumerate(children):
        said.append(booklet(child, ("BCG", BORN), ("HepB", BORN)))
        said.append(booklet(child, ("DTP-HepB-Hib", BORN + timedelta(days=60 + n))))
    for n, child in enumerate(children):
        said.append(visit(child, *(["bOPV", "MR"] if n % 3 else ["bOPV", "nonsense"])))
        said.append(visit(child, "bOPV"))
    return said


@pytest.mark.parametrize("size", [1, 5])
def test_a_batch_gives_what_its_entries_give_one_by_one(world, size):
    children = [world.child(f"Trẻ {'ABCDEFG'[n]}") for n in range(5)]
    story = _story(world, children)
    ids, more = [uuid7() for _ in story], [uuid7() for _ in range(12)]
    seen = []
    for cut in (None, size):
        before = transaction.savepoint()  # not a block: a commit insists on being the outermost
        sent = world.send(*story, unit=world.station, ids=ids, size=cut)
        doses = list(Dose.objects.order_by("pk").values_list("pk", flat=True)[:8])
        void = [VoidDose(dose=id, reason="not so") for id in doses[:4]]
        apart = [ResolveDuplicate(dose=id, same=False) for id in doses]
        sent += world.send(*void, *apart, unit=world.station, ids=more, size=cut)
        seen.append(([receipt.status for receipt in sent], tables()))
        transaction.savepoint_rollback(before)
    assert {"accepted", "refused"} <= set(seen[0][0])
    assert seen[0] == seen[1]


def test_a_replay_rebuilds_every_row(world):
    children = [world.child(f"Trẻ {'ABC'[n]}") for n in range(3)]
    world.send(*_story(world, children), unit=world.station)
    dose, other = Dose.objects.order_by("pk")[:2]
    lot = AmendDose(dose=other.id, changes=DoseChanges(lot="B7"), reason="misread")
    world.good(lot, VoidDose(dose=dose.id, reason="not so"), unit=world.station)

    rebuilt = replay()

    assert rebuilt.failed == []
    assert [(t.table, t.missing, t.extra, t.changed) for t in rebuilt.tables if not t.same] == []


def test_the_number_of_statements_does_not_grow_with_the_batch(world):
    children = [world.child(f"Trẻ {'ABCDEFGHIJKL'[n]}") for n in range(12)]
    counted = []
    for some in (children[:2], children[2:]):
        with CaptureQueriesContext(connection) as queried:
            world.good(*(visit(child, "BCG", "HepB") for child in some), unit=world.station, on=DAY)
        counted.append(len(queried))

    assert counted[0] == counted[1]
    assert NOW.tzinfo is UTC


def test_doses_of_a_day_are_counted_at_who_gave_them_also_where_a_register_was_copied(world):
    child = world.child()
    world.visit(child, "BCG", on=DAY)
    told = booklet(child, ("MR", DAY + timedelta(days=200)), facility=world.elsewhere)
    copied = RecordHistory(person=child, shown="register", doses=told.doses)
    world.good(copied, unit=world.station, on=TODAY)
    world.good(
        booklet(child, ("bOPV", DAY)), unit=world.station, on=TODAY
    )  # a booklet proves nobody

    found = queries.doses_by_day(by=world.by, first=DAY, last=TODAY)

    assert found == {
        (world.station, DAY): 1, (world.elsewhere, DAY + timedelta(days=200)): 1
    }  # fmt: skip
