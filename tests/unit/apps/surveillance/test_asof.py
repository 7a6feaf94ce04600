"""Counts as they were known at a moment: what became known later changes not a byte of them."""

from datetime import UTC, date, datetime, timedelta
from importlib import import_module
from types import SimpleNamespace

import numpy as np
import pytest
from django.apps import apps
from django.db import connection

from tests.unit.apps.surveillance.conftest import case, place
from tuyen.apps.access import guard
from tuyen.apps.access.actors import Actor
from tuyen.apps.journal.services import commit
from tuyen.apps.surveillance import queries
from tuyen.apps.surveillance.detection import detect
from tuyen.apps.surveillance.models import Count, CountChange
from tuyen.apps.surveillance.operations import AmendCase, CaseChanges, ReportCase, VoidCase
from tuyen.kernel.ids import uuid7
from tuyen.kernel.operation import Operation
from tuyen.kernel.period import Period
from tuyen.kernel.refusal import BadInput

FIRST, LAST = date(2026, 9, 7), date(2026, 10, 25)


def evening(day: int, month: int = 10) -> datetime:
    return datetime(2026, month, day, 12, 0, tzinfo=UTC)


@pytest.fixture
def tell(db):
    """tell(day of October, payload, ...) -> ids; amendments and voids name their case."""

    def give(day, *payloads, unit="stM", month=10):
        at = evening(day, month)
        operations = [
            Operation.of(
                each, unit=place(unit), happened_on=at.date(), recorded_at=at, id=uuid7(),
                corrects=getattr(each, "case", None),
            )
            for each in payloads
        ]  # fmt: skip
        receipts = commit(by=Actor.program(at.date()), operations=operations, at=at)
        assert all(r.ok for r in receipts), [r.refusal for r in receipts]
        return [receipt.id for receipt in receipts]

    return give


def ill(onset: int, commune: str = "M", **more) -> ReportCase:
    return case(
        disease="dengue", onset_on=date(2026, 10, onset), commune=place(commune), **more
    )  # fmt: skip


def amend(id, **changes):
    return AmendCase(case=id, changes=CaseChanges(**changes))


def known(day: int, **more):
    """{(commune, Monday's day of October): cases} as known in the evening of a day of October."""
    program = Actor.program(date(2026, 10, 25))
    found = queries.as_of(by=program, at=evening(day), first=FIRST, last=LAST, **more)
    named = {place(name): name for name in "ABCMND"}
    return {
        (named[found.communes[n]], found.periods[t].start.strftime("%d/%m")): int(found.cases[n, k, t])
        for n, k, t in np.argwhere(found.cases)
    }  # fmt: skip


def test_each_change_counts_from_the_moment_it_was_known(tell):
    first, second = tell(6, ill(5), ill(5))
    tell(14, ill(6))  # a late report of the same week
    tell(16, amend(second, onset_on=date(2026, 10, 2)))
    tell(18, VoidCase(case=first, reason="nhập nhầm"))
    tell(20, amend(second, classification="discarded"))

    assert known(5) == {}
    assert known(6) == {("M", "05/10"): 2}
    assert known(14) == {("M", "05/10"): 3}
    assert known(16) == {("M", "05/10"): 2, ("M", "28/09"): 1}
    assert known(18) == {("M", "05/10"): 1, ("M", "28/09"): 1}
    assert known(20) == {("M", "05/10"): 1}


def everything_known(at: datetime, clock) -> bytes:
    """All answers of the as-of view at a moment, as bytes."""
    program = Actor.program(date(2026, 10, 25))
    seen = queries.as_of(by=program, at=at, first=FIRST, last=LAST, clock=clock)
    looked_back = queries.history(by=program, until=at, first=FIRST, last=LAST, clock=clock)
    again = looked_back.as_of(at, Period.range("week", FIRST, LAST))
    options = {"at": at, "clock": clock, "by": program}
    tables = [
        queries.triangles(periods=30, delays=10, **options),
        queries.triangles(periods=6, delays=3, step="week", by_commune=True, **options),
    ]
    parts = [seen.cases, seen.lower, seen.upper, again.cases, *(t.counts for t in tables)]
    names = [seen.communes, seen.diseases, [t.keys for t in tables]]
    return b"|".join([*(part.tobytes() for part in parts), repr(names).encode()])


@pytest.mark.parametrize("clock", ["reported", "received"])
def test_nothing_planted_later_changes_a_byte(tell, clock):
    held = tell(6, ill(5), ill(5, "D", classification="confirmed"), ill(4, "N"))
    tell(9, amend(held[0], onset_on=date(2026, 10, 6)))
    before = everything_known(evening(10), clock)

    tell(11, ill(5), ill(7, "D"), ill(8, "N", classification="confirmed"))  # late reports
    tell(12, amend(held[1], onset_on=date(2026, 9, 30), disease="measles"), unit="stM")
    tell(13, amend(held[0], commune=place("D")))
    tell(14, VoidCase(case=held[2], reason="nhập nhầm"))
    tell(15, case(disease="cholera", onset_on=date(2026, 10, 9), commune=place("D")))
    tell(16, ill(3, reported_at=evening(11)))  # sent on paper after the moment, typed in later

    assert everything_known(evening(10), clock) == before


def test_a_scan_judged_again_later_finds_what_it_found_then(tell):
    day = date(2026, 10, 8)
    tell(
        2, case(disease="dengue", onset_on=date(2026, 7, 1)), month=7
    )  # since when weeks are known
    tell(7, *(ill(onset, classification="confirmed") for onset in (5, 5, 6, 6, 6, 7)))
    then = detect(day, at=evening(8)).findings
    live = [f for f in detect(day).findings if f.rule not in ("AL-B2", "EP-B2")]

    tell(12, *(ill(onset) for onset in (5, 6, 6, 7, 7, 7, 8, 8)))

    assert then
    assert then == live
    assert detect(day, at=evening(8)).findings == then
    assert detect(day).findings != then


def test_what_was_sent_on_paper_is_known_by_one_clock_from_then_by_the_other_from_its_entry(tell):
    tell(20, ill(5, reported_at=evening(6)))

    assert known(7) == {("M", "05/10"): 1}
    assert known(7, clock="received") == {}
    assert known(20, clock="received") == {("M", "05/10"): 1}


def test_all_that_is_known_today_is_what_is_counted_today(tell):
    ids = tell(6, *(ill(day, commune) for day in (1, 2, 3) for commune in "MND"))
    tell(9, *(amend(id, onset_on=date(2026, 10, 4)) for id in ids[:3]))
    tell(9, *(amend(id, classification="discarded") for id in ids[2:5]))
    tell(10, amend(ids[4], classification="confirmed"), VoidCase(case=ids[0], reason="nhập nhầm"))

    by_cell = {}
    for *cell, cases in CountChange.objects.values_list(
        "disease", "commune_id", "day", "classification", "cases"
    ):
        by_cell[tuple(cell)] = by_cell.get(tuple(cell), 0) + cases
    counted = Count.objects.exclude(classification="discarded").values_list(
        "disease", "commune_id", "day", "classification", "cases"
    )
    assert {cell: n for cell, n in by_cell.items() if n} == {tuple(cell): n for *cell, n in counted}


def test_an_amendment_that_moves_no_count_leaves_no_change(tell):
    (id,) = tell(6, ill(5))
    tell(7, amend(id, note="đã gọi điện"))

    assert CountChange.objects.count() == 1


def test_the_map_of_any_day_and_its_bounds(tell):
    tell(1, *(case(disease="dengue", onset_on=date(2025, 6, 24), commune=place("C"),
                   diagnosed_on=date(2025, 6, 25)) for _ in range(5)), unit="stC", month=7)  # fmt: skip
    found = queries.as_of(
        by=Actor.program(date(2026, 10, 25)), at=evening(25), first=date(2025, 6, 23),
        last=date(2025, 6, 23),
    )  # fmt: skip

    rows = {place("M"): 2, place("N"): 3}
    for unit, cases in rows.items():
        n = found.communes.index(unit)
        assert found.cases[n].sum() == cases
        assert (found.lower[n].sum(), found.upper[n].sum()) == (0, 5)
    assert found.totals().sum() == 5


def test_a_reader_sees_the_changes_of_their_own_units(tell, holder):
    tell(6, ill(5), ill(5, "D"))
    reader = holder(("station-head", place("stD")))

    found = queries.as_of(by=reader, at=evening(25), first=FIRST, last=LAST)

    assert found.communes == [place("D")]
    assert found.totals().sum() == 1


def test_a_triangle_holds_each_case_at_its_first_report(tell):
    _, moved, void = tell(9, ill(5), ill(8), ill(9))
    tell(10, amend(moved, onset_on=date(2026, 10, 6)), VoidCase(case=void, reason="nhập nhầm"))
    program = Actor.program(date(2026, 10, 25))

    found = queries.triangles(by=program, at=evening(10), periods=7, delays=3)

    assert found.keys == [("dengue", place("P"))]
    assert found.first == date(2026, 10, 4)
    cells = {(int(m), int(d)): found.counts[0, m, d] for m, d in np.argwhere(found.counts[0] > 0)}
    # Onset on the 5th and, as corrected, on the 6th; both first reported on the 9th.
    assert cells == {(1, 3): 1, (2, 3): 1}
    assert np.nanmin(found.counts) == 0
    assert np.isnan(found.counts[0, 6, 1:]).all(), "reports to come are not zeros"


def test_triangles_of_communes_are_those_with_cases(tell):
    tell(9, ill(5), ill(8, "D"), ill(8, "D"))
    program = Actor.program(date(2026, 10, 25))

    found = queries.triangles(
        by=program, at=evening(12), periods=3, delays=2, step="week", by_commune=True
    )

    sums = dict(zip(found.keys, np.nansum(found.counts, axis=(1, 2)), strict=True))
    assert sums == {("dengue", place("M")): 1, ("dengue", place("D")): 2}


def test_one_query_whatever_is_asked(tell, django_assert_num_queries):
    tell(9, *(ill(day, commune) for day in (3, 4, 5) for commune in "MND"))
    program = Actor.program(date(2026, 10, 25))
    for weeks in (1, 30):
        with django_assert_num_queries(1):
            queries.as_of(
                by=program, at=evening(20), first=LAST - timedelta(days=7 * weeks), last=LAST
            )
    with django_assert_num_queries(1):
        queries.triangles(by=program, at=evening(20), periods=60, delays=20, by_commune=True)
    with django_assert_num_queries(1):
        past = queries.history(by=program, until=evening(20), first=FIRST, last=LAST)
        for day in (5, 12, 19):
            past.as_of(evening(day), Period.range("week", FIRST, LAST))


def test_a_history_is_not_asked_about_what_it_did_not_read(tell):
    past = queries.history(
        by=Actor.program(LAST), until=evening(10), first=FIRST, last=LAST
    )  # fmt: skip

    with pytest.raises(BadInput, match="later than"):
        past.as_of(evening(11), Period.range("week", FIRST, LAST))


def rows():
    columns = [field.attname for field in CountChange._meta.concrete_fields]
    return sorted(CountChange.objects.values_list(*columns), key=str)


def test_older_cases_are_learnt_by_the_migration_as_the_services_would_have(tell):
    ids = tell(6, *(ill(day) for day in (1, 2, 3, 4, 5)), ill(5, classification="discarded"))
    tell(7, amend(ids[0], onset_on=date(2026, 10, 3), note="x"), amend(ids[1], note="y"))
    tell(8, amend(ids[0], classification="discarded"), amend(ids[2], commune=place("D")))
    tell(9, amend(ids[5], classification="probable"))
    tell(9, VoidCase(case=ids[1], reason="nhập nhầm"), VoidCase(case=ids[3], reason="nhập nhầm"))
    kept = rows()
    with guard.opened("test"):
        CountChange.objects.all().delete()

    migration = import_module("tuyen.apps.surveillance.migrations.0005_known")
    migration.learn(apps, SimpleNamespace(connection=connection))

    assert rows() == kept


def test_a_batch_leaves_what_its_entries_leave_one_by_one(tell):
    batch, apart = tell(6, ill(1), ill(2), ill(3)), tell(6, ill(1), ill(2), ill(3))
    earlier = set(CountChange.objects.values_list("pk", flat=True))
    cells = ("day", "disease", "commune_id", "classification", "reported_on", "known_at", "cases")

    def left(*amendments):
        for some in amendments:
            tell(7, *some)
        new = CountChange.objects.exclude(pk__in=earlier)
        found = sorted(new.values_list(*cells), key=str)
        earlier.update(new.values_list("pk", flat=True))
        return found

    made = [[amend(id, onset_on=date(2026, 10, 4)) for id in ids] for ids in (batch, apart)]
    together = left(made[0])

    assert len(together) == 6
    assert left(*([one] for one in made[1])) == together
