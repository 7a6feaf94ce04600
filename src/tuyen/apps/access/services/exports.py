"""Two persons let a list with names out: one asks, another answers, the first takes it, once."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from tuyen.apps.access.export_models import ExportRequest
from tuyen.apps.access.letting_out import (
    AnotherAsked,
    ExportAnswered,
    ExportFetched,
    ExportLapsed,
    NeedsPerson,
    NoReason,
    OwnExport,
    UnknownExport,
    answer_until,
    holders,
    told,
    unfetchable,
)
from tuyen.apps.access.operations import AnswerExport, FetchExport, RequestExport, WithdrawExport
from tuyen.kernel.operation import Batch, Entry, applies
from tuyen.kernel.refusal import Refusal


@applies(RequestExport)
def request_exports(batch: Batch[RequestExport]) -> None:
    for entry in batch.entries:
        if entry.author is None:
            batch.refuse(entry, NeedsPerson())
    ExportRequest.objects.bulk_create(
        ExportRequest(
            id=entry.id, unit_id=entry.unit, author_id=entry.author, asked_at=entry.received_at,
            what=entry.payload.what, query=entry.payload.query, purpose=entry.payload.purpose,
            rows=entry.payload.rows,
        )
        for entry in batch.accepted() if entry.author
    )  # fmt: skip


@applies(AnswerExport)
def answer_exports(batch: Batch[AnswerExport]) -> None:
    rows = _rows(batch.entries)
    for entry in batch.entries:
        row, said = rows.get(entry.payload.request), entry.payload
        if (why := _unanswerable(row, entry)) is not None:
            batch.refuse(entry, why)
        elif row is not None:
            row.answer = "approved" if said.approved else "refused"
            row.answered_at, row.answered_by = entry.received_at, entry.author
            row.answer_reason = said.reason.strip()
    _write(rows)


@applies(WithdrawExport)
def withdraw_exports(batch: Batch[WithdrawExport]) -> None:
    rows = _rows(batch.entries)
    for entry in batch.entries:
        row = rows.get(entry.payload.request)
        if row is None or row.unit_id != entry.unit:
            batch.refuse(entry, UnknownExport(request=entry.payload.request))
        elif row.author_id != entry.author:
            batch.refuse(entry, AnotherAsked())
        elif row.fetched_at is not None:
            batch.refuse(entry, ExportFetched(at=told(row.fetched_at)))
        elif row.answer not in ("", "approved"):
            batch.refuse(entry, ExportAnswered(answer=row.answer))
        else:
            row.answer, row.answered_at, row.answered_by = (
                "withdrawn", entry.received_at, entry.author,
            )  # fmt: skip
    _write(rows)


@applies(FetchExport)
def fetch_exports(batch: Batch[FetchExport]) -> None:
    rows = _rows(batch.entries)
    holds = holders(row.answered_by for row in rows.values())
    for entry in batch.entries:
        row = rows.get(entry.payload.request)
        why = unfetchable(
            row, entry.author, entry.unit, entry.payload.rows, entry.received_at, holds
        )
        if why is not None:
            batch.refuse(entry, why)
        elif row is not None:
            row.fetched_at, row.fetched_rows = entry.received_at, entry.payload.rows
    _write(rows)


def _unanswerable(row: ExportRequest | None, entry: Entry[AnswerExport]) -> Refusal | None:
    said = entry.payload
    if row is None or row.unit_id != entry.unit:
        return UnknownExport(request=said.request)
    if entry.author is None:
        return NeedsPerson()
    if row.author_id == entry.author:
        return OwnExport()
    if row.fetched_at is not None:
        return ExportFetched(at=told(row.fetched_at))
    if not said.approved and len(said.reason.strip()) < 3:
        return NoReason()
    if row.answer == "approved" and not said.approved:
        return None  # taken back, by whoever may agree
    if row.answer:
        return ExportAnswered(answer=row.answer)
    if entry.received_at >= (until := answer_until(row.asked_at)):
        return ExportLapsed(until=told(until))
    return None


def _rows(entries: Iterable[Entry[Any]]) -> dict[UUID, ExportRequest]:
    return ExportRequest.objects.in_bulk({entry.payload.request for entry in entries})


def _write(rows: dict[UUID, ExportRequest]) -> None:
    ExportRequest.objects.bulk_update(
        rows.values(),
        ["answer", "answered_at", "answered_by", "answer_reason", "fetched_at", "fetched_rows"],
    )
