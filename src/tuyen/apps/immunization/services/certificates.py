"""Certificates issued become rows; whether the doses are the person's is asked of the register. One
that is withdrawn stays, with when and why."""

from typing import Any

from tuyen.apps.immunization import catalogue
from tuyen.apps.immunization.models import Certificate
from tuyen.apps.immunization.operations import IssueCertificate, WithdrawCertificate
from tuyen.apps.immunization.refusals import (
    DoseIsVoid,
    DoseOfAnother,
    EndsBeforeItBegins,
    NotAcceptedAbroad,
    OneDoseEach,
    UnknownCertificate,
    WithdrawnAlready,
)
from tuyen.apps.immunization.services import checks
from tuyen.apps.immunization.services.book import Book, day_of
from tuyen.apps.immunization.services.keeping import Kept
from tuyen.apps.journal import bulk
from tuyen.kernel.operation import Batch, Entry, applies
from tuyen.kernel.refusal import Refusal
from tuyen.rules.certificates import forms as rules

_COLUMNS = (
    "id", "person_id", "unit_id", "kind", "doses", "product", "digest", "kid", "issued_at",
    "expires_on", "author_id", "withdrawn_at", "withdrawn_reason", "withdrawn_by_id",
)  # fmt: skip


@applies(IssueCertificate)
def issue_certificates(batch: Batch[IssueCertificate]) -> None:
    """Keep that certificates were issued; each only of doses that count and are the person's."""
    book = Book({entry.payload.person for entry in batch.entries}, batch.entries[0].happened_on)
    rows: list[tuple[Any, ...]] = []
    for entry in batch.entries:
        try:
            _check(entry, book)
        except Refusal as refusal:
            batch.refuse(entry, refusal)
            continue
        said = entry.payload
        doses = [str(id) for id in said.doses]
        rows.append((entry.id, said.person, entry.unit, said.certificate, doses, said.product,
                     said.digest, said.kid, said.issued_at, said.expires_on, entry.author,
                     None, "", None))  # fmt: skip
    if rows:
        bulk.insert(Certificate, _COLUMNS, rows)


@applies(WithdrawCertificate)
def withdraw_certificates(batch: Batch[WithdrawCertificate]) -> None:
    """Take certificates back, each once; the first reason stands."""
    held = Kept(Certificate, _COLUMNS, (entry.payload.certificate for entry in batch.entries))
    people = {row["person_id"] for row in held.rows()}
    book = Book(people, batch.entries[0].happened_on)
    for entry in batch.entries:
        row = held.get(entry.payload.certificate)
        if row is None or not _answers_for(entry, row, book):
            batch.refuse(entry, UnknownCertificate(certificate=entry.payload.certificate))
        elif row["withdrawn_at"] is not None:
            on, reason = day_of(row["withdrawn_at"]), row["withdrawn_reason"]
            batch.refuse(entry, WithdrawnAlready(on=on, reason=reason))
        else:
            held.write(row | {
                "withdrawn_at": entry.received_at, "withdrawn_by_id": entry.author,
                "withdrawn_reason": entry.payload.reason.strip(),
            })  # fmt: skip
    held.post()


def _answers_for(entry: Entry[WithdrawCertificate], row: dict[str, Any], book: Book) -> bool:
    if entry.unit == row["unit_id"]:
        return True
    root = book.stands.get(row["person_id"], row["person_id"])
    home = book.vitals[root].place if root in book.vitals else None
    known = book.map.unit(entry.unit) is not None
    return known and home in book.map.reach(entry.unit, "own", entry.happened_on)


def _check(entry: Entry[IssueCertificate], book: Book) -> None:
    said = entry.payload
    checks.check_unit(book.map, entry.unit)
    person = book.person(said.person)
    if said.expires_on <= day_of(said.issued_at):
        raise EndsBeforeItBegins(until=said.expires_on)
    held = []
    for id in said.doses:
        row = book.find(id)
        if row is None or book.stands.get(row["person_id"]) != book.stands.get(
            person.id, person.id
        ):
            raise DoseOfAnother(dose=id)
        if row["voided_at"] is not None:
            raise DoseIsVoid(dose=id, reason=row["void_reason"])
        held.append(row)
    if said.certificate == "international":
        if len(held) != 1:
            raise OneDoseEach(count=len(held))
        _check_product(said.product, held[0])


def _check_product(product: str, dose: dict[str, Any]) -> None:
    known = bool(dose["lot"]) and dose["precision"] == "day"
    if not known or product not in rules.products_with(catalogue.antigens(dose["vaccine"])):
        raise NotAcceptedAbroad(product=product)
