"""Payments of projects: never beyond a source, each voucher once. A batch takes a constant number of queries."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from tuyen.apps.governance import bulk, planning
from tuyen.apps.governance.models import Disbursement
from tuyen.apps.governance.operations import AdjustDisbursement, Disburse
from tuyen.apps.governance.queries.stored import plan_of
from tuyen.apps.governance.refusals import (
    NotOfThatYear,
    PaidInFuture,
    SourceNotOfProject,
    SpentBeyondSource,
    UnknownPayment,
    VoucherKnown,
)
from tuyen.apps.governance.services.projects import Book, Row
from tuyen.apps.journal.bulk import fetch
from tuyen.kernel.operation import Batch, Entry, applies
from tuyen.kernel.refusal import Refusal
from tuyen.kernel.zone import VIETNAM
from tuyen.rules import governance as rules

PAID = (
    "id", "project_id", "unit_id", "source", "amount", "voucher", "year", "on", "state", "reason", "note",
    "adjusts_id", "author_id", "changed_at",
)  # fmt: skip


class _Ledger:
    """The payments of some projects beside what their sources give, written once. Four queries."""

    def __init__(self, projects: Iterable[UUID]) -> None:
        self.book = Book(projects)
        found = Disbursement.objects.filter(project_id__among=set(self.book.projects))
        rows = fetch(found.values_list(*PAID))
        self.rows: dict[UUID, Row] = {row[0]: dict(zip(PAID, row, strict=True)) for row in rows}
        self._there = set(self.rows)
        self._changed: dict[UUID, None] = {}

    def check(
        self, project: Row, source: str, amount: Decimal, voucher: str, but: UUID | None
    ) -> None:
        """The source is one of the project's and has so much left; the voucher is new."""
        version = self.book.versions[project["version_id"]]
        gives = planning.given(plan_of(version["plan"]))
        if source not in gives:
            raise SourceNotOfProject(source=source, known=", ".join(gives))
        standing = [
            row for row in self.rows.values()
            if row["project_id"] == project["id"] and row["state"] == "standing" and row["id"] != but
        ]  # fmt: skip
        if any(row["voucher"] == voucher for row in standing):
            raise VoucherKnown(voucher=voucher)
        paid = sum((row["amount"] for row in standing if row["source"] == source), Decimal(0))
        if paid + amount > gives[source]:
            raise SpentBeyondSource(source=source, amount=gives[source], paid=paid, more=amount)

    def put(self, row: Row) -> None:
        self.rows[row["id"]] = row
        self._changed[row["id"]] = None

    def post(self) -> None:
        gone = [id for id in self._changed if id in self._there]
        rows = sorted(
            (self.rows[id] for id in self._changed), key=lambda row: row["state"] == "standing"
        )
        bulk.replace(Disbursement, gone, PAID, rows)


@applies(Disburse)
def disburse(batch: Batch[Disburse]) -> None:
    """Payments of projects that are in force."""
    ledger = _Ledger(entry.payload.project for entry in batch.entries)
    for entry in batch.entries:
        said, voucher = entry.payload, entry.payload.voucher.strip()
        try:
            project = ledger.book.open(said.project, entry, "running")
            planning.amount("amount", said.amount)
            _dated(entry, said.year)
            ledger.check(project, said.source, said.amount, voucher, None)
        except Refusal as refusal:
            batch.refuse(entry, refusal)
            continue
        values = (
            entry.id, said.project, entry.unit, said.source, said.amount, voucher, said.year,
            entry.happened_on, "standing", "", said.note.strip(), None, entry.author,
            entry.received_at,
        )  # fmt: skip
        ledger.put(dict(zip(PAID, values, strict=True)))
    ledger.post()


def _dated(entry: Entry[Any], year: int) -> None:
    """A year's money is paid in that year, and until a day of the next."""
    on = entry.happened_on
    if on > entry.received_at.astimezone(VIETNAM).date():
        raise PaidInFuture(on=on)
    ends = rules.term("year_ends", on)
    until = date(on.year, int(ends["month"]), int(ends["day"]))
    if year != on.year and not (year == on.year - 1 and on <= until):
        raise NotOfThatYear(on=on, until=until, year=year)


@applies(AdjustDisbursement)
def adjust_disbursements(batch: Batch[AdjustDisbursement]) -> None:
    """Another payment stands in the place of one, of the same day; nothing stands where it is of nothing."""
    ids = {entry.payload.disbursement for entry in batch.entries}
    found = Disbursement.objects.filter(pk__among=ids).values_list("project_id", flat=True)
    ledger = _Ledger(set(found))
    for entry in batch.entries:
        said, row = entry.payload, ledger.rows.get(entry.payload.disbursement)
        try:
            if row is None or row["unit_id"] != entry.unit or row["state"] != "standing":
                raise UnknownPayment(payment=said.disbursement)
            project = ledger.book.open(row["project_id"], entry, "running")
            planning.amount("amount", said.amount, nothing=True)
            if said.amount:
                ledger.check(project, said.source, said.amount, said.voucher.strip(), row["id"])
        except Refusal as refusal:
            batch.refuse(entry, refusal)
            continue
        ledger.put(row | {"state": "adjusted", "reason": said.reason.strip(),
                          "changed_at": entry.received_at})  # fmt: skip
        if said.amount:
            ledger.put(row | {
                "id": entry.id, "source": said.source, "amount": said.amount,
                "voucher": said.voucher.strip(), "adjusts_id": row["id"],
                "author_id": entry.author, "changed_at": entry.received_at,
            })  # fmt: skip
    ledger.post()
