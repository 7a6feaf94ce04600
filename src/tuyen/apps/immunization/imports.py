"""Old doses from a file of any layout: one row a dose, or one row a child with a column for each dose.

A plan says row by row what would happen before anything is written; each dose that can go in is one
operation whose id follows from what it says, so a file sent again changes nothing.
"""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cache
from typing import Any, NamedTuple
from uuid import UUID

import msgspec

from tuyen.apps.access.actors import Actor
from tuyen.apps.immunization import catalogue, import_findings
from tuyen.apps.immunization.import_findings import (
    BornAnotherDay,
    LotExpiredBefore,
    LotNeverHere,
    LotStoppedSince,
    NobodyCalled,
    NoDose,
    NoNumber,
    SeveralCalled,
    Swapped,
    spoken,
)
from tuyen.apps.immunization.models import Dose
from tuyen.apps.immunization.operations import RecordHistory, Remembered
from tuyen.apps.immunization.services.checks import check_day
from tuyen.apps.journal import importing
from tuyen.apps.journal.bulk import fetch
from tuyen.apps.journal.importing import Choices, ImportResult, Plan, begin
from tuyen.apps.registry import queries as registry
from tuyen.apps.registry.queries import Vital
from tuyen.engines.exchange.date_cells import PartialDate
from tuyen.engines.exchange.fields import Fields
from tuyen.engines.exchange.refusals import ExchangeRefusal
from tuyen.engines.exchange.tabular import Table
from tuyen.kernel import stocking
from tuyen.kernel.ids import derived_id
from tuyen.kernel.operation import Operation
from tuyen.kernel.refusal import Refusal
from tuyen.kernel.text import fold
from tuyen.rules.loader import load

RECORD = "immunization.dose.record"
_IMPORTS = UUID("4c9f6a70-7f0e-5b52-9d35-6e3b5a0c8d21")


class Line(NamedTuple):
    """A dose that a row tells, of whom, and in which column."""

    row: int
    field: str
    person: Vital
    dose: Remembered


@dataclass(slots=True)
class DosePlan(Plan):
    """The doses of a file.

    ``already`` are the rows of doses that are on record for the person, of that vaccine and day.
    ``lines`` are the doses that go in, ``told_of`` the people of whom a finding tells what the file
    does not say.
    """

    lines: list[Line] = field(default_factory=list)
    told_of: list[UUID] = field(default_factory=list)

    def called(self, row: int) -> str:
        """The name in a row of the file, as it is written there; empty where it has only a number."""
        letter = self.columns.letter_of("person_name")
        column = next((one for one in self.table.columns if one.letter == letter), None)
        return str(column.values[bisect_left(self.table.numbers, row)]) if column else ""


@cache
def fields() -> Fields:
    """The fields of a list of doses, with the headers that name them."""
    return Fields.of(load("exchange/dose_list"))


@cache
def _wide() -> dict[str, tuple[str, int]]:
    """Columns of dates: which vaccine each is of, and which of its doses."""
    entries = load("exchange/dose_list")["fields"].items()
    return {name: tuple(entry["dose"]) for name, entry in entries if "dose" in entry}


def plan(
    *, by: Actor, table: Table, on: date, at: datetime, choices: Choices | None = None
) -> DosePlan:
    """Read a table and say what would become of each row. Writes nothing; a constant number of queries for any
    file.

    A row with one bad dose keeps all of its doses out: nothing of it is half-done.
    """
    made, unit = begin(
        DosePlan, by=by, table=table, fields=fields(), on=on, choices=choices or Choices(),
        right=RECORD, words=import_findings,
    )  # fmt: skip
    if not made.readable:
        return made
    records = list(made.reading.records())
    people = _People(by, [row for _, row in records])
    lines: list[Line] = []
    for number, row in records:
        found = len(made.findings)
        told = list(_lines(made, number, row, people, on))
        if all(one.severity != "error" for one in made.findings[found:]):
            lines += told
    _sort(made, lines, unit, at)
    _flag_lots(made, unit)
    made.in_order()
    return made


def run(
    *, by: Actor, plan: DosePlan, at: datetime, accept_good_rows: bool = False,
    progress: Callable[[int], None] | None = None,
) -> ImportResult:  # fmt: skip
    """Commit the doses of a plan: :func:`tuyen.apps.journal.importing.run`."""
    return importing.run(
        by=by, plan=plan, at=at, right=RECORD, words=import_findings,
        accept_good_rows=accept_good_rows, progress=progress,
    )  # fmt: skip


class _People:
    """Who the rows may be about: by number, and by name and birth date."""

    def __init__(self, by: Actor, rows: Iterable[Mapping[str, Any]]) -> None:
        rows = list(rows)
        numbers = {str(row["personal_id"]) for row in rows if row.get("personal_id")}
        born = {day for row in rows if (day := _born(row)) is not None}
        self.by_number = registry.holders(by=by, values=list(numbers)) if numbers else {}
        self.by_name: dict[tuple[str, date], list[UUID]] = defaultdict(list)
        for id, name, day in registry.called(by=by, born=born) if born else ():
            self.by_name[fold(name), day].append(id)
        ids = {*self.by_number.values(), *(id for some in self.by_name.values() for id in some)}
        self.vitals = registry.vitals(by=by, ids=ids) if ids else {}
        known = registry.people(by=by, ids=list(self.by_number.values())) if numbers else {}
        self.names = {id: row.name for id, row in known.items()}

    def find(self, row: Mapping[str, Any]) -> Vital:
        """Whom a row is about; raises what is wrong with how it says that."""
        name, born, number = row.get("person_name", ""), _born(row), row.get("personal_id")
        if number:
            id = self.by_number.get(str(number))
            if id is None:
                raise NoNumber(value=number)
            known = self.names.get(id, "")
            if name and fold(name) != fold(known):
                raise Swapped(known=known, name=name)
            if born is not None and born != self.vitals[id].born_on:
                raise BornAnotherDay(name=known, known=self.vitals[id].born_on, born=born)
            return self.vitals[id]
        ids = self.by_name.get((fold(name), born), []) if born is not None else []
        if not ids:
            raise NobodyCalled(name=name, born=born or "–")
        if len(ids) > 1:
            raise SeveralCalled(count=len(ids), name=name, born=born)
        return self.vitals[ids[0]]


def _born(row: Mapping[str, Any]) -> date | None:
    """The birth date, where the whole of it is known."""
    said: PartialDate | None = row.get("birth_date")
    return said.day if said is not None and said.precision == "day" else None


def _lines(
    made: DosePlan, number: int, row: Mapping[str, Any], people: _People, on: date
) -> Iterator[Line]:
    """The doses of a row, each with its column; what is wrong becomes a finding."""
    try:
        person = people.find(row)
    except ExchangeRefusal as refusal:
        at = "personal_id" if row.get("personal_id") else "person_name"
        made.note(number, at, refusal)
        if isinstance(refusal, Swapped | BornAnotherDay):
            made.told_of.append(people.by_number[str(row["personal_id"])])
        return
    told = 0
    for column, vaccine, order, day in _told(row):
        told += 1
        try:
            known = catalogue.vaccine(str(vaccine))
            check_day(person, day.day, day.precision, on)
            product = catalogue.product(row.get("product", ""), known)
        except Refusal as refusal:
            where = "vaccine" if "vaccine" in refusal.code and "vaccine" in row else column
            made.note(number, where, spoken(refusal))
            continue
        yield Line(
            number, column, person,
            Remembered(
                vaccine=known.code, on=day.day, precision=day.precision, number=order,
                product=product,
                lot=str(row.get("lot", ""))[:40], place=str(row.get("place", ""))[:200],
                external_id=str(row.get("source_code", ""))[:100],
            ),
        )  # fmt: skip
    if not told:
        made.note(number, "given_on", NoDose())


def _told(row: Mapping[str, Any]) -> Iterator[tuple[str, str, int | None, PartialDate]]:
    if row.get("vaccine") and row.get("given_on"):
        order = row.get("dose_number")
        number = int(order) if order and 1 <= int(order) <= 20 else None
        yield "given_on", row["vaccine"], number, row["given_on"]
    for column, (vaccine, number) in _wide().items():
        if row.get(column):
            yield column, vaccine, number, row[column]


def _sort(made: DosePlan, lines: list[Line], unit: UUID, at: datetime) -> None:
    """Doses on record already are left; each of the others becomes an operation, once."""
    people = {line.person.id for line in lines}
    held = set(fetch(
        Dose.objects.filter(person__id__among=people, voided_at=None)
        .values_list("person_id", "vaccine", "given_on")
    )) if people else set()  # fmt: skip
    seen: set[tuple[UUID, str, date]] = set()
    for line in lines:
        key = line.person.id, line.dose.vaccine, line.dose.on
        if key in held or key in seen:
            (made.already if key in held else made.repeated).append(line.row)
            continue
        seen.add(key)
        payload = RecordHistory(person=line.person.id, doses=(line.dose,), shown="register")
        id = derived_id(_IMPORTS, unit, msgspec.json.encode(payload).decode())
        made.rows.append(line.row)
        made.lines.append(line)
        made.operations.append(
            Operation.of(payload, id=id, unit=unit, happened_on=line.dose.on, recorded_at=at)
        )


def _flag_lots(made: DosePlan, unit: UUID) -> None:
    """Note lots that the stock of the unit knows nothing good of. They keep no dose out: what a
    booklet says was so, wherever the vial came from."""
    named = [
        stocking.Named(unit, line.dose.vaccine, line.dose.lot.strip().upper(), line.dose.on)
        for line in made.lines
    ]
    asked = [(line, one) for line, one in zip(made.lines, named, strict=True) if one.number]
    if not asked:
        return
    place = registry.atlas().full_name(unit)
    for (line, one), stands in zip(asked, stocking.standing([n for _, n in asked]), strict=True):
        said: dict[str, Any] = {"lot": one.number, "vaccine": one.vaccine}
        found: ExchangeRefusal | None = None
        if stands.verdict == "never-received" and not line.dose.place:
            found = LotNeverHere(unit=place, **said)
        elif stands.verdict in ("suspended", "quarantined"):
            found = LotStoppedSince(**said)
        elif stands.verdict == "expired":
            found = LotExpiredBefore(expires=stands.expires_on, **said)
        if found is not None:
            made.note(line.row, "lot", found, "warning")
