"""Who is overdue, among 650,000 people with 3,000,000 visits: how often a list asks, and what it costs.

``python -m benchmarks.clinical.overdue [--people N] [--visits N]``: makes a store of its own in a
folder that is removed afterwards (or on the PostgreSQL that ``TUYEN_DATABASE_URL`` names, which must
be empty), with a province of stations and villages, fills the tables of people, visits, enrolments
and contacts directly, and asks as one station and as the province ask:

- ``overdue``: the first page, with names, telephones and workers;
- ``tabs``: how long each of the six lists is;
- ``panel``: the last page of the panel of hypertension;
- ``control``: the figures of hypertension by station;
- ``cohorts``: what became of those who joined in four quarters;
- ``person``: the visits of one person.

Of each: statements and processor time. The same is asked first at a tenth of the size: the number of
statements must not change.
"""

import os
import random
import shutil
import tempfile
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from benchmarks import measuring
from benchmarks.measuring import Figures

TODAY = date(2026, 10, 25)
NOW = datetime(2026, 10, 25, 3, tzinfo=UTC)
COMMUNES, VILLAGES = 60, 12
CHRONIC = 0.13  # of the people, in the programme of hypertension
ROUNDS = 5


def main() -> None:
    given = measuring.arguments(("people", 650_000), ("visits", 3_000_000))
    figures: Figures = {"people": given.people, "visits": given.visits}
    home = Path(tempfile.mkdtemp(prefix="overdue-"))
    try:
        os.environ["TUYEN_HOME"] = str(home)
        units = _opened()
        figures["store"] = measuring.store_name()
        filled = _Filled(units)
        filled.up_to(given.people // 10, given.visits // 10)
        figures["tenth"] = _asked(filled)
        measuring.note(f"at a tenth: {figures['tenth']}")
        filled.up_to(given.people, given.visits)
        figures["whole"] = _asked(filled)
        figures["enrolled"] = filled.enrolled
        figures["as_often"] = all(
            figures["tenth"][name]["statements"] == figures["whole"][name]["statements"]
            for name in figures["whole"]
        )
    finally:
        shutil.rmtree(home, ignore_errors=True)
    measuring.tell(figures)


def _opened() -> list[tuple[UUID, list[UUID]]]:
    """A store with its map: each station with the villages that it serves."""
    from tuyen.cli.start import office

    office(loopback=True)
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    from tuyen.apps.access.actors import Actor
    from tuyen.apps.journal.services import commit
    from tuyen.apps.registry.operations import CreateUnit, Tie
    from tuyen.kernel.ids import uuid7
    from tuyen.kernel.operation import Operation

    def unit(type: str, name: str, **ties: UUID) -> Operation:
        id = uuid7()
        told = CreateUnit(
            type=type, name=name, relations=tuple(Tie(kind=k, object=o) for k, o in ties.items())
        )
        return Operation.of(told, unit=id, happened_on=TODAY, recorded_at=NOW, id=id)

    province = unit("province", "Điện Biên")
    operations, found = [province], []
    for n in range(COMMUNES):
        commune = unit("commune", f"Xã {n}", lies_in=province.id)
        station = unit("station", f"Trạm {n}", lies_in=commune.id, serves=commune.id)
        villages = [unit("village", f"Bản {n}.{m}", lies_in=commune.id) for m in range(VILLAGES)]
        operations += [commune, station, *villages]
        found.append((station.id, [village.id for village in villages]))
    receipts = commit(by=Actor.program(TODAY), operations=operations, at=NOW)
    assert all(receipt.ok for receipt in receipts)
    return found


class _Filled:
    """Rows as services would have written them, made by a fixed seed."""

    def __init__(self, units: list[tuple[UUID, list[UUID]]]) -> None:
        self.units, self.rng = units, random.Random(20261025)
        self.people: list[tuple[UUID, UUID, UUID, date]] = []
        self.visits = self.enrolled = self.considered = 0

    def up_to(self, people: int, visits: int) -> None:
        from django.db import connection

        from tuyen.apps.access import guard
        from tuyen.apps.clinical.keeping import columns_of
        from tuyen.apps.clinical.models import Contact, Enrolment, Visit
        from tuyen.apps.journal import bulk
        from tuyen.apps.registry.models import Person

        measuring.note(f"filling {people} people and {visits} visits")
        with guard.opened("benchmark"):
            bulk.insert(Person, _PERSON, self._persons(people - len(self.people)))
            chronic: list[Any] = []
            share = (visits - self.visits) // 2
            contacts = self._contacts(share, chronic)
            bulk.insert(Contact, columns_of(Contact), contacts)
            bulk.insert(Enrolment, columns_of(Enrolment), chronic)
            for start in range(self.visits, visits, 250_000):
                many = min(250_000, visits - start)
                bulk.insert(Visit, columns_of(Visit), self._visits(start, many))
        self.visits, self.enrolled = visits, self.enrolled + len(chronic)
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")

    def _persons(self, many: int) -> Iterator[tuple[Any, ...]]:
        for _ in range(many):
            number = len(self.people) + 1
            station, villages = self.units[number % COMMUNES]
            id, place = UUID(int=(1 << 100) + number), villages[number % VILLAGES]
            born = date(1940, 1, 1) + timedelta(days=self.rng.randrange(28_000))
            self.people.append((id, station, place, born))
            yield (id, number, station, f"Lò Văn {number}", 1 + number % 2, born, "day", "",
                   "0912345678", place, "", "")  # fmt: skip

    def _contacts(self, many: int, chronic: list[Any]) -> list[tuple[Any, ...]]:
        """Monthly contacts of those with hypertension, and their enrolments as they stand."""
        from tuyen.apps.clinical.keeping import columns_of
        from tuyen.apps.clinical.models import Contact, Enrolment

        fresh, self.considered = self.people[self.considered :], len(self.people)
        patients = fresh[: max(1, int(len(fresh) * CHRONIC))]
        each, rows = max(1, many // len(patients)), []
        order, lines = columns_of(Enrolment), columns_of(Contact)
        for id, station, place, born in patients:
            since = TODAY - timedelta(days=30 * each + self.rng.randrange(300))
            last, reading = since, 1
            enrolment = UUID(int=id.int + (1 << 101))
            for n in range(each):
                last = min(TODAY, since + timedelta(days=30 * n + self.rng.randrange(9)))
                reading = int(self.rng.random() < 0.5)
                told = {"id": UUID(int=(enrolment.int << 8) % (1 << 127) + n),
                        "enrolment_id": enrolment, "visit_id": UUID(int=id.int + n + (1 << 90)),
                        "unit_id": station, "programme": "hypertension", "day": last,
                        "at": datetime(last.year, last.month, last.day, 2, tzinfo=UTC),
                        "appointment": last + timedelta(days=30), "drugs": 1, "reading": reading,
                        "values": ""}  # fmt: skip
                rows.append(tuple(map(told.get, lines)))
            row = dict.fromkeys(order, "") | dict.fromkeys(
                ("until", "called_on", "next_try", "home_on", "planned_on", "worker_id", "author_id")
            ) | {
                "id": enrolment, "entry_id": enrolment, "person_id": id, "programme": "hypertension",
                "unit_id": station, "place_id": place, "sex": 1, "born_on": born, "source": "visit",
                "since": since, "by_registry": False, "contacts": each, "last_on": last,
                "last_visit_id": enrolment, "due_on": last + timedelta(days=30),
                "reading": reading, "reading_on": last, "risk": self.rng.randrange(320),
            }  # fmt: skip
            chronic.append(tuple(map(row.get, order)))
        return rows

    def _visits(self, start: int, many: int) -> Iterator[tuple[Any, ...]]:
        from tuyen.apps.clinical.keeping import columns_of
        from tuyen.apps.clinical.models import Visit

        order = columns_of(Visit)
        plain = dict.fromkeys(order, "") | {"next_on": None, "author_id": None, "apart": False,
                 "setting": "station", "care": "05", "attendance": "1.2", "payer": "insurance",
                 "main": "I10", "state": "live", "version": 1, "content": "{}"}  # fmt: skip
        for n in range(start, start + many):
            person, station, _, _ = self.people[n % len(self.people)]
            at = NOW - timedelta(minutes=n % 1_500_000)
            row = plain | {"id": UUID(int=(1 << 110) + n), "seq": n, "unit_id": station,
                           "person_id": person, "began_at": at, "ended_at": at, "day": at.date(),
                           "received_at": at}  # fmt: skip
            yield tuple(map(row.get, order))


_PERSON = (
    "id", "number", "unit_id", "name", "sex", "born_on", "birth_precision", "death_cause", "phone",
    "place_id", "search", "void_reason",
)  # fmt: skip


def _asked(filled: _Filled) -> dict[str, Any]:
    from uuid import uuid4

    from tuyen.apps.access.actors import Actor, HeldPost
    from tuyen.apps.clinical import queries

    station = filled.units[0][0]
    post = HeldPost(uuid4(), "station-head", station)
    own = Actor(user=uuid4(), name="", posts=(post,), on=TODAY, channel="web")
    every = Actor.program(TODAY)
    hypertension = queries.PanelFilters(programme="hypertension", unit=station)
    person = filled.people[0][0]
    asked: dict[str, Callable[[], Any]] = {
        "overdue": lambda: queries.overdue(by=own, on=TODAY, unit=station),
        "tabs": lambda: queries.list_lengths(by=own, filters=hypertension, on=TODAY),
        "panel": lambda: queries.panel(by=own, filters=hypertension, on=TODAY, page=10**6),
        "control": lambda: queries.control(by=own, programme="hypertension", on=TODAY),
        "cohorts": lambda: queries.cohorts(by=own, programme="hypertension", on=TODAY, quarters=4),
        "person": lambda: queries.visits_of(by=own, person=person, limit=1),
        "overdue, province": lambda: queries.overdue(by=every, on=TODAY),
        "control, province": lambda: queries.control(by=every, programme="hypertension", on=TODAY),
    }
    return {name: _measured(work) for name, work in asked.items()}


def _measured(work: Callable[[], Any]) -> dict[str, Any]:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    work()
    with CaptureQueriesContext(connection) as told:
        work()
    return {"statements": len(told), **measuring.spread_both(
        measuring.timed_both(work) for _ in range(ROUNDS)
    )}  # fmt: skip


if __name__ == "__main__":
    main()
