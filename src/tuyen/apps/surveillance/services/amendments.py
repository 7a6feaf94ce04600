"""Cases corrected and cases taken out: what a person once signed is answered, never overwritten.

The row shows the case as it stands; the journal keeps the report and every change to it.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any
from uuid import UUID

import msgspec

from tuyen.apps.journal.bulk import fetch
from tuyen.apps.surveillance import bulk, places
from tuyen.apps.surveillance.judging import Circumstances, judge
from tuyen.apps.surveillance.models import Case
from tuyen.apps.surveillance.operations import AmendCase, ReportCase, VoidCase
from tuyen.apps.surveillance.refusals import (
    BadChange,
    CaseIsVoid,
    ChangedMeanwhile,
    CorrectsAnother,
    NothingChanges,
    ReasonNeeded,
    UnknownCase,
)
from tuyen.apps.surveillance.services.known import Known
from tuyen.apps.surveillance.services.learnt import Learnt
from tuyen.apps.surveillance.services.ledger import Ledger
from tuyen.apps.surveillance.services.rows import COLUMNS, in_order, row_of
from tuyen.kernel.operation import Batch, Entry, applies
from tuyen.kernel.refusal import Refusal

_KEPT = ("reported_at", "received_at", "author_id")
"""Columns of the first report that no amendment changes."""


@applies(AmendCase)
def amend_cases(batch: Batch[AmendCase]) -> None:
    """Apply each amendment to the case as it then stands, and move its counts with it."""
    book = _Book(entry.payload.case for entry in batch.entries)
    known = Known(_foreseen(book, batch.entries), batch.entries[0].happened_on)
    map_ = places.atlas()
    for entry in batch.entries:
        try:
            held = book.find(entry)
            if entry.payload.revision not in (None, held["revision"]):
                raise ChangedMeanwhile(case=held["id"])
            case = _changed(held, entry.payload)
            row = _rejudged(held, case, entry, map_)
            known.check(row, case)
        except Refusal as refusal:
            batch.refuse(entry, refusal)
            continue
        known.remove(held)
        known.add(row)
        book.write(entry, held, row)
    book.post()


@applies(VoidCase)
def void_cases(batch: Batch[VoidCase]) -> None:
    """Take cases out of all counts. Their rows stay, with the reason."""
    book = _Book(entry.payload.case for entry in batch.entries)
    for entry in batch.entries:
        try:
            held = book.find(entry)
            if not (reason := entry.payload.reason.strip()):
                raise ReasonNeeded()
        except Refusal as refusal:
            batch.refuse(entry, refusal)
            continue
        changes = {"voided_at": entry.received_at, "void_reason": reason}
        book.write(entry, held, held | changes | {"changed_at": entry.received_at})
    book.post()


class _Book:
    """The cases that a batch is about, as they stand while it is worked through."""

    def __init__(self, ids: Iterable[UUID]) -> None:
        rows = fetch(Case.objects.filter(pk__among=set(ids)).values_list(*COLUMNS))
        self._rows: dict[UUID, dict[str, Any]] = {
            row[0]: dict(zip(COLUMNS, row, strict=True)) for row in rows
        }
        self._changed: dict[UUID, None] = {}
        self._ledger, self._learnt = Ledger(), Learnt()

    def get(self, case: UUID) -> dict[str, Any] | None:
        return self._rows.get(case)

    def find(self, entry: Entry[Any]) -> dict[str, Any]:
        """The case an entry is about, if its unit has a part in it and it is not void.

        A case elsewhere is answered like one that does not exist.
        """
        id = entry.payload.case
        row = self._rows.get(id)
        if row is None or entry.unit not in (row["unit_id"], row["commune_id"]):
            raise UnknownCase(case=id)
        if entry.corrects != id:
            raise CorrectsAnother(expected=id)
        if row["voided_at"] is not None:
            raise CaseIsVoid(case=id, reason=row["void_reason"])
        return row

    def write(self, entry: Entry[Any], before: dict[str, Any], after: dict[str, Any]) -> None:
        self._learnt.changed(entry, before, after)
        self._ledger.enter(before, -1)
        if after["voided_at"] is None:
            self._ledger.enter(after)
        self._rows[after["id"]] = after
        self._changed[after["id"]] = None

    def post(self) -> None:
        rows = [in_order(self._rows[id]) for id in self._changed]
        bulk.replace(Case, list(self._changed), COLUMNS, rows)
        self._ledger.post()
        self._learnt.post()


def _foreseen(book: _Book, entries: Sequence[Entry[AmendCase]]) -> Iterator[ReportCase]:
    """What each amendment may make of its case, alone and after those before it: enough to look
    for duplicates of all of them at once."""
    latest: dict[UUID, dict[str, Any]] = {}
    for entry in entries:
        stored = book.get(entry.payload.case)
        for held in (stored, latest.get(entry.payload.case)):
            if held is None:
                continue
            try:
                case = _changed(held, entry.payload)
            except Refusal:
                continue
            latest[held["id"]] = held | {"content": msgspec.json.encode(case).decode()}
            yield case


def _changed(held: dict[str, Any], amendment: AmendCase) -> ReportCase:
    before = msgspec.json.decode(held["content"], type=ReportCase)
    changes = {
        name: value
        for name in amendment.changes.__struct_fields__
        if (value := getattr(amendment.changes, name)) is not msgspec.UNSET
    }
    after = msgspec.structs.replace(before, **changes)
    if after == before:
        raise NothingChanges(case=held["id"])
    try:
        # Through JSON and back: whatever a replaced value breaks is found here, not in a row.
        return msgspec.json.decode(msgspec.json.encode(after), type=ReportCase)
    except msgspec.ValidationError as error:
        raise BadChange(what=str(error)) from None


def _rejudged(
    held: dict[str, Any], case: ReportCase, entry: Entry[AmendCase], map_: Any
) -> dict[str, Any]:
    """The row of an amended case, judged again by the list of its (perhaps corrected) day."""
    given = Circumstances(
        unit=held["unit_id"],
        happened_on=held["diagnosed_on"],
        reported_at=held["reported_at"],
        received_at=entry.received_at,
    )
    standing = judge(case, given, map_)
    row = row_of(held["id"], case, given, standing, held["author_id"], entry.received_at)
    row |= {name: held[name] for name in _KEPT} | {"revision": held["revision"] + 1}
    if (held["disease"], held["commune_id"]) != (row["disease"], row["commune_id"]):
        row["moved_from"] = f"{held['disease']} {held['commune_id']}"
    return row
