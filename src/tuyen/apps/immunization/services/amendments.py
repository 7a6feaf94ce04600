"""Doses corrected, taken out, and told apart: what a person once signed is answered, never
overwritten. The row shows the dose as it stands; the journal keeps every word of it."""

from datetime import date
from typing import Any
from uuid import UUID

from msgspec import UNSET

from tuyen.apps.immunization import catalogue
from tuyen.apps.immunization.operations import AmendDose, DoseChanges, ResolveDuplicate, VoidDose
from tuyen.apps.immunization.refusals import (
    ChangedMeanwhile,
    DoseIsVoid,
    KeepsAnother,
    NoDuplicate,
    NothingChanges,
    ReasonNeeded,
    UnknownDose,
)
from tuyen.apps.immunization.sameness import Row
from tuyen.apps.immunization.services import checks
from tuyen.apps.immunization.services.book import Book, day_of
from tuyen.apps.immunization.services.rows import kept_day
from tuyen.apps.registry.queries import Vital
from tuyen.kernel.operation import Batch, Entry, applies
from tuyen.kernel.refusal import Refusal

_PLAIN = {
    "number": "number", "facility": "facility_id", "arrived_at": "arrived_at",
    "screened_at": "screened_at", "injected_at": "injected_at", "left_at": "left_at",
}  # fmt: skip
_TEXTS = ("vial", "place", "programme", "vaccinator", "note", "place_kind", "site", "route")


@applies(AmendDose)
def amend_doses(batch: Batch[AmendDose]) -> None:
    """Apply each amendment to the dose as it then stands, and judge the whole of it again."""
    book = _book(batch)
    for entry in batch.entries:
        try:
            held = _find(book, entry)
            if entry.payload.revision not in (None, held["revision"]):
                raise ChangedMeanwhile(dose=held["id"])
            row = changed(
                held, entry.payload.changes, book.person(held["person_id"]), book.map,
                day_of(entry.received_at),
            )  # fmt: skip
            if row == held:
                raise NothingChanges(dose=held["id"])
        except Refusal as refusal:
            batch.refuse(entry, refusal)
            continue
        book.change(entry, row | {"revision": held["revision"] + 1})
    book.post()


@applies(VoidDose)
def void_doses(batch: Batch[VoidDose]) -> None:
    """Take doses out of all counts. Their rows stay; an entry that stood back for one counts."""
    book = _book(batch)
    for entry in batch.entries:
        try:
            held = _find(book, entry)
            reason = entry.payload.reason.strip()
            if len(reason) < 3:
                raise ReasonNeeded()
        except Refusal as refusal:
            batch.refuse(entry, refusal)
            continue
        book.change(entry, held | {"voided_at": entry.received_at, "void_reason": reason})
    book.post()


@applies(ResolveDuplicate)
def resolve_duplicates(batch: Batch[ResolveDuplicate]) -> None:
    """Keep what a person decided of two entries; which are counted follows from it."""
    book = _book(batch)
    for entry in batch.entries:
        try:
            rows = _resolved(_find(book, entry), entry.payload, book)
        except Refusal as refusal:
            batch.refuse(entry, refusal)
            continue
        book.change(entry, *rows)
    book.post()


def _resolved(held: Row, said: ResolveDuplicate, book: Book) -> list[Row]:
    other = book.find(held["duplicate_of_id"]) if held["duplicate_of_id"] else None
    if other is None:
        raise NoDuplicate(dose=held["id"])
    if not said.same:
        return [held | {"decision": "apart"}]
    keep = said.keep or other["id"]
    if keep not in (held["id"], other["id"]):
        raise KeepsAnother(keep=keep, one=held["id"], other=other["id"])
    return [row | {"decision": "keep" if row["id"] == keep else "same"} for row in (held, other)]


def _book(batch: Batch[Any]) -> Book:
    doses = {entry.payload.dose for entry in batch.entries}
    return Book.of_doses(doses, batch.entries[0].happened_on)


def _find(book: Book, entry: Entry[Any]) -> Row:
    """The dose an entry is about, if its unit recorded it or the person lives there, and it is not
    void. A dose elsewhere is answered like one that does not exist."""
    id: UUID = entry.payload.dose
    row = book.find(id)
    if row is None:
        raise UnknownDose(dose=id)
    home = book.person(row["person_id"]).place
    if entry.unit not in (row["unit_id"], home) and not _serves(book, entry, home):
        raise UnknownDose(dose=id)
    if row["voided_at"] is not None:
        raise DoseIsVoid(dose=id, reason=row["void_reason"])
    return row


def _serves(book: Book, entry: Entry[Any], home: UUID | None) -> bool:
    """Whether the sending unit serves the place where the person lives."""
    known = book.map.unit(entry.unit) is not None
    return known and home in book.map.reach(entry.unit, "own", entry.happened_on)


def changed(held: Row, said: DoseChanges, person: Vital, map_: Any, today: date) -> Row:
    """A dose as it is after an amendment, judged as a whole; raises what is wrong with it."""
    row = held | _words(held, said)
    if said.on is not UNSET or said.precision is not UNSET:
        on = held["given_on"] if said.on is UNSET else said.on
        precision = held["precision"] if said.precision is UNSET else said.precision
        checks.check_day(person, on, precision, today)
        kept = kept_day(on, precision, person.born_on, day_of(held["received_at"]))
        row |= {"given_on": kept, "precision": precision}
    checks.check_facility(map_, row["facility_id"])
    checks.check_times(row)
    return row


def _words(held: Row, said: DoseChanges) -> Row:
    found: Row = {}
    for name, column in _PLAIN.items():
        if (value := getattr(said, name)) is not UNSET:
            found[column] = value
    for name in _TEXTS:
        if (value := getattr(said, name)) is not UNSET:
            found[name] = (value or "").strip()
    if said.lot is not UNSET:
        found["lot"] = said.lot.strip().upper()
    if said.vaccine is not UNSET or said.product is not UNSET:
        code = held["vaccine"] if said.vaccine is UNSET else said.vaccine
        vaccine = catalogue.vaccine(code)
        asked = said.product
        if asked is UNSET:  # of another vaccine it would be another's product
            asked = held["product"] if vaccine.code == held["vaccine"] else ""
        found |= {"vaccine": vaccine.code, "product": catalogue.product(asked, vaccine)}
    return found
