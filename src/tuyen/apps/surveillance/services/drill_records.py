"""What drills came to, as rows of reality: one record each, and its findings as tasks."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

import msgspec

from tuyen.apps.access import queries as access
from tuyen.apps.journal.bulk import fetch, insert, put
from tuyen.apps.surveillance.models import DrillFinding, DrillRecord
from tuyen.apps.surveillance.operations.drills import (
    AssignDrillFinding,
    RecordDrill,
    SettleDrillFinding,
)
from tuyen.apps.surveillance.refusals.drills import (
    DrillRecorded,
    DueBefore,
    FindingSettled,
    NotAnAccount,
    RecordsBackwards,
    UnknownFinding,
)
from tuyen.kernel.ids import derived_id
from tuyen.kernel.operation import Batch, applies
from tuyen.kernel.refusal import Refusal
from tuyen.rules.surveillance import drills as rules

_RECORD = (
    "id", "drill", "scenario", "seed", "began_on", "ended_on", "score", "content", "recorded_at",
    "recorded_by_id",
)  # fmt: skip
_FINDING = ("id", "record_id", "code", "text", "owner_id", "due_on", "done_on", "note")
_encode = msgspec.json.Encoder(order="sorted").encode


@applies(RecordDrill)
def record_drills(batch: Batch[RecordDrill]) -> None:
    """Keep a drill's score and findings, each drill once."""
    drills = {entry.payload.drill for entry in batch.entries}
    taken = set(DrillRecord.objects.filter(drill__in=drills).values_list("drill", flat=True))
    for entry in batch.entries:
        said = entry.payload
        try:
            if said.drill in taken:
                raise DrillRecorded(drill=said.drill)
            rules.scenario(said.scenario)
            if said.ended_on < said.began_on:
                raise RecordsBackwards(began=said.began_on, ended=said.ended_on)
        except Refusal as refusal:
            batch.refuse(entry, refusal)
            continue
        taken.add(said.drill)
    kept = list(batch.accepted())
    insert(DrillRecord, _RECORD, [
        (entry.id, said.drill, said.scenario, said.seed, said.began_on, said.ended_on,
         said.score.points, _encode(said.score).decode(), entry.received_at, entry.author)
        for entry in kept for said in [entry.payload]
    ])  # fmt: skip
    insert(DrillFinding, _FINDING, [
        (derived_id(entry.id, "finding", n), entry.id, found.code, found.text, None, None, None, "")
        for entry in kept for n, found in enumerate(entry.payload.findings)
    ])  # fmt: skip


@applies(AssignDrillFinding)
def assign_findings(batch: Batch[AssignDrillFinding]) -> None:
    """Give findings their owners and days; another owner may be given as long as it is open."""
    book = _findings(entry.payload.finding for entry in batch.entries)
    known = access.names({entry.payload.owner for entry in batch.entries})
    for entry in batch.entries:
        said = entry.payload
        try:
            row = _open(book, said.finding)
            if said.owner not in known:
                raise NotAnAccount(owner=said.owner)
            if said.due_on < entry.happened_on:
                raise DueBefore(due=said.due_on, on=entry.happened_on)
        except Refusal as refusal:
            batch.refuse(entry, refusal)
            continue
        row |= {"owner_id": said.owner, "due_on": said.due_on}
    _post(book, (entry.payload.finding for entry in batch.accepted()))


@applies(SettleDrillFinding)
def settle_findings(batch: Batch[SettleDrillFinding]) -> None:
    """Close findings with what was done."""
    book = _findings(entry.payload.finding for entry in batch.entries)
    for entry in batch.entries:
        try:
            row = _open(book, entry.payload.finding)
        except Refusal as refusal:
            batch.refuse(entry, refusal)
            continue
        row |= {"done_on": entry.happened_on, "note": entry.payload.note.strip()}
    _post(book, (entry.payload.finding for entry in batch.accepted()))


Book = dict[UUID, dict[str, Any]]


def _findings(ids: Iterable[UUID]) -> Book:
    rows = fetch(DrillFinding.objects.filter(pk__in=set(ids)).values_list(*_FINDING))
    return {row[0]: dict(zip(_FINDING, row, strict=True)) for row in rows}


def _open(book: Book, finding: UUID) -> dict[str, Any]:
    row = book.get(finding)
    if row is None:
        raise UnknownFinding(finding=finding)
    if row["done_on"] is not None:
        raise FindingSettled(on=row["done_on"])
    return row


def _post(book: Book, changed: Iterable[UUID]) -> None:
    put(DrillFinding, _FINDING, [
        tuple(book[id][name] for name in _FINDING) for id in dict.fromkeys(changed)
    ])  # fmt: skip
