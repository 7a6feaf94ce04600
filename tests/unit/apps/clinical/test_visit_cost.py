"""What the store is asked when a visit is saved: a number that is kept, however long the history."""

from datetime import date, timedelta
from decimal import Decimal

from django.test.utils import CaptureQueriesContext

from tests.unit.apps.clinical.conftest import AT, TODAY, found, values, visit
from tuyen.apps.clinical.operations import Dispensed, NextVisit, Prescribed
from tuyen.apps.journal import store
from tuyen.apps.supply.operations import ReceiveLot

READS = {
    "journal_head", "journal_entry", "registry_maprevision", "registry_person",
    "registry_entitlement", "clinical_visit", "clinical_allergy", "clinical_enrolment", "clinical_contact",
    "supply_balance", "supply_lot", "supply_movement",
}  # fmt: skip


def whole(person, days=0):
    """A repeat visit for hypertension: measured, found, prescribed, handed out, expected again."""
    began = AT - timedelta(days=days)
    drug = "amlodipine-5"
    return visit(
        person, payer="insurance", care="05", began_at=began,
        measured=values(systolic=142, diastolic=88, pulse=78, weight=58),
        diagnosed=found("I10", "E78.5"),
        prescribed=(Prescribed(item=drug, dose=Decimal(1), times=1, days=30, quantity=Decimal(30)),),
        dispensed=(Dispensed(item=drug, quantity=Decimal(30), days=30),),
        next=NextVisit(on=began.date() + timedelta(days=30)),
    )  # fmt: skip


def saved(world, person):
    with CaptureQueriesContext(store.connection()) as told:
        world.good(whole(person), unit=world.station)
    return [one["sql"] for one in told]


def test_a_visit_with_stock_programmes_and_claim_is_30_statements_however_long_the_history(world):
    """At most 30: rows go to PostgreSQL past the cursor that is counted."""
    lot = ReceiveLot(item="amlodipine-5", number="A1", expires_on=date(2027, 1, 1), vials=9000)
    world.good(lot, unit=world.station, on=TODAY - timedelta(10))
    patients = [world.person(name) for name in ("Lò Văn Pánh", "Vàng Thị Mỷ")]
    for days in (60, 30):
        world.good(
            *(whole(person, days) for person in patients), unit=world.station,
            on=TODAY - timedelta(days=days),
        )  # fmt: skip
    first = saved(world, patients[0])
    world.good(*(whole(patients[1], days) for days in (25, 20, 15, 10, 5)), unit=world.station)
    second = saved(world, patients[1])
    assert len(first) == len(second)
    assert 10 < len(first) <= 30


def test_nothing_is_read_twice(world):
    person = world.person()
    world.good(whole(person, 30), unit=world.station, on=TODAY - timedelta(days=30))
    told = saved(world, person)
    reads = [sql.split('FROM "')[1].split('"')[0] for sql in told if sql.startswith("SELECT")]
    # Twice of people: who it is, and which records were merged into theirs.
    assert {table: reads.count(table) for table in reads if reads.count(table) > 1} == {
        "registry_person": 2
    }
    assert set(reads) <= READS
