"""Visits and booklets become doses."""

from datetime import date

from tuyen.apps.immunization import gates
from tuyen.apps.immunization.operations import RecordDoses, RecordHistory
from tuyen.apps.immunization.refusals import NotScreened
from tuyen.apps.immunization.sameness import Row
from tuyen.apps.immunization.services import checks
from tuyen.apps.immunization.services.book import Book, day_of
from tuyen.apps.immunization.services.concerns import Concerns, speaking
from tuyen.apps.immunization.services.rows import given_row, remembered_row
from tuyen.kernel import lots
from tuyen.kernel.operation import Batch, Entry, applies
from tuyen.kernel.refusal import Refusal


@applies(RecordDoses)
def record_doses(batch: Batch[RecordDoses]) -> None:
    """Take visits: one dose for each injection, and the statuses of those who got them.

    A visit is taken whole or not at all. A dose that another entry has already is taken too, and
    one of the two is counted. What is told when it can no longer be held back is taken with what
    speaks against it.
    """
    book = Book({entry.payload.person for entry in batch.entries}, batch.entries[0].happened_on)
    held_back = gates.held_back(batch.entries)
    told: dict[Entry[RecordDoses], tuple[list[Row], list[Refusal]]] = {}
    for entry in batch.entries:
        try:
            said = speaking(entry, held_back.get(entry.id, ()))
            told[entry] = _visit(entry, book), said
        except Refusal as refusal:
            batch.refuse(entry, refusal)
    against = lots.against({_asked(row) for rows, _ in told.values() for row in rows})
    concerns, taken = Concerns(), {}
    for entry, (rows, said) in told.items():
        stopped = [against[asked] for row in rows if (asked := _asked(row)) in against]
        try:
            said += speaking(entry, stopped)
        except Refusal as refusal:
            batch.refuse(entry, refusal)
            continue
        book.add(entry, rows)
        concerns.add(entry, rows, said)
        taken[entry] = rows
    book.post()
    concerns.lifted(taken)
    concerns.post()


def _visit(entry: Entry[RecordDoses], book: Book) -> list[Row]:
    said = entry.payload
    if said.screening != "passed":
        raise NotScreened(screening=said.screening)
    checks.check_unit(book.map, entry.unit)
    checks.check_facility(book.map, said.facility)
    person = book.person(said.person)
    checks.check_day(person, entry.happened_on, "day", _today(entry))
    rows = [given_row(entry, n, given) for n, given in enumerate(said.given)]
    for row in rows:
        checks.check_times(row)
    return rows


@applies(RecordHistory)
def record_history(batch: Batch[RecordHistory]) -> None:
    """Take booklets: every dose of one or none of it. A lot is written down, and not judged."""
    book = Book({entry.payload.person for entry in batch.entries}, batch.entries[0].happened_on)
    for entry in batch.entries:
        try:
            rows = _booklet(entry, book)
        except Refusal as refusal:
            batch.refuse(entry, refusal)
            continue
        book.add(entry, rows)
    book.post()


def _booklet(entry: Entry[RecordHistory], book: Book) -> list[Row]:
    checks.check_unit(book.map, entry.unit)
    person, today = book.person(entry.payload.person), _today(entry)
    rows = []
    for n, dose in enumerate(entry.payload.doses):
        checks.check_facility(book.map, dose.facility)
        checks.check_day(person, dose.on, dose.precision, today)
        rows.append(remembered_row(entry, n, dose, person.born_on, today))
    return rows


def _today(entry: Entry[RecordDoses] | Entry[RecordHistory]) -> date:
    return day_of(entry.received_at)


def _asked(row: Row) -> lots.Asked:
    return lots.Asked(row["vaccine"], row["product"], row["lot"], row["unit_id"], row["given_on"])
