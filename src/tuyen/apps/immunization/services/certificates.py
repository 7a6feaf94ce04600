"""Certificates issued become rows; whether the doses are the person's is asked of the register."""

from typing import Any

from tuyen.apps.immunization import catalogue
from tuyen.apps.immunization.models import Certificate
from tuyen.apps.immunization.operations import IssueCertificate
from tuyen.apps.immunization.refusals import (
    DoseIsVoid,
    DoseOfAnother,
    EndsBeforeItBegins,
    NotAcceptedAbroad,
    OneDoseEach,
)
from tuyen.apps.immunization.services import checks
from tuyen.apps.immunization.services.book import Book, day_of
from tuyen.apps.journal import bulk
from tuyen.kernel.operation import Batch, Entry, applies
from tuyen.kernel.refusal import Refusal
from tuyen.rules.certificates import forms as rules

_COLUMNS = (
    "id", "person_id", "unit_id", "kind", "doses", "product", "digest", "kid", "issued_at",
    "expires_on", "author_id",
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
                     said.digest, said.kid, said.issued_at, said.expires_on, entry.author))  # fmt: skip
    if rows:
        bulk.insert(Certificate, _COLUMNS, rows)


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
