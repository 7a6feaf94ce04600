"""Situation reports as they were issued, why stages took long, and what was learnt afterwards."""

from collections.abc import Iterable
from datetime import datetime, time
from typing import Any
from uuid import UUID

import msgspec

from tuyen.apps.journal.bulk import fetch
from tuyen.apps.surveillance import bulk
from tuyen.apps.surveillance.models import Bottleneck, Review, SituationReport
from tuyen.apps.surveillance.operations.outbreak_work import (
    IssueSitrep,
    NoteBottleneck,
    ReviewOutbreak,
)
from tuyen.apps.surveillance.outbreak_figures import figures_of
from tuyen.apps.surveillance.refusals.outbreaks import (
    DeclaredInTheFuture,
    OutbreakUnchanged,
    ReportedThatDay,
    ReportOfAnotherDay,
    UnknownBottleneck,
)
from tuyen.apps.surveillance.services.outbreak_book import OutbreakBook, today
from tuyen.apps.surveillance.services.outbreak_tasks import Tasks, new_task
from tuyen.kernel.ids import derived_id
from tuyen.kernel.operation import Batch, applies
from tuyen.kernel.refusal import Refusal
from tuyen.kernel.zone import VIETNAM
from tuyen.rules.surveillance import outbreaks as law

_REPORT = ("id", "outbreak_id", "number", "day", "as_of", "figures", "words", "late", "author_id")
_BOTTLENECK = ("id", "outbreak_id", "stage", "code", "note", "at")
_REVIEW = ("id", "outbreak_id", "held_on", "content", "author_id", "received_at")
_encode = msgspec.json.Encoder(order="sorted").encode


@applies(IssueSitrep)
def issue_sitreps(batch: Batch[IssueSitrep]) -> None:
    """Number the reports of an outbreak, and keep the figures of the moment with what is told."""
    ids = [entry.payload.outbreak for entry in batch.entries]
    book, given, figures = OutbreakBook(ids), _issued(ids), figures_of(ids)
    rows = []
    for entry in batch.entries:
        said = entry.payload
        try:
            held = book.find(entry)
            if not held["since"] <= said.day <= today(entry):
                raise ReportOfAnotherDay(day=said.day, today=today(entry))
            mine = given.setdefault(held["id"], {})
            if said.day in mine:
                raise ReportedThatDay(day=said.day, number=mine[said.day])
        except Refusal as refusal:
            batch.refuse(entry, refusal)
            continue
        mine[said.day] = number = max([0, *mine.values()]) + 1
        due = datetime.combine(said.day, time(law.report_hour(said.day)), tzinfo=VIETNAM)
        words = {"situation": said.situation, "actions": said.actions, "needs": said.needs}
        rows.append((
            entry.id, held["id"], number, said.day, entry.received_at,
            _encode(figures[held["id"]] | {"level": held["level"]}).decode(),
            _encode(words).decode(), entry.received_at > due, entry.author,
        ))  # fmt: skip
    bulk.insert(SituationReport, _REPORT, rows)


@applies(NoteBottleneck)
def note_bottlenecks(batch: Batch[NoteBottleneck]) -> None:
    """Keep why a stage took long, or take it back."""
    ids = [entry.payload.outbreak for entry in batch.entries]
    book = OutbreakBook(ids)
    found = Bottleneck.objects.filter(outbreak_id__among=set(ids)).values_list(*_BOTTLENECK)
    rows: dict[UUID, tuple[Any, ...] | None] = {row[0]: tuple(row) for row in fetch(found)}
    there, changed = set(rows), dict[UUID, None]()
    for entry in batch.entries:
        said = entry.payload
        try:
            held = book.find(entry, closed=None)
            known = [
                b.code for b in law.bottlenecks(today(entry)) if said.stage in b.more["stages"]
            ]
            if said.code not in known:
                raise UnknownBottleneck(code=said.code, choices=", ".join(known))
            id = derived_id(held["id"], "bottleneck", said.stage, said.code)
            row = (id, held["id"], said.stage, said.code, said.note.strip(), entry.received_at)
            before = rows.get(id)
            same = before is not None and before[4] == row[4]
            if same if said.holds else before is None:
                raise OutbreakUnchanged(title=held["title"])
        except Refusal as refusal:
            batch.refuse(entry, refusal)
            continue
        rows[id] = row if said.holds else None
        changed[id] = None
    now = [kept for id in changed if (kept := rows[id]) is not None]
    bulk.replace(Bottleneck, [id for id in changed if id in there], _BOTTLENECK, now)


@applies(ReviewOutbreak)
def review_outbreaks(batch: Batch[ReviewOutbreak]) -> None:
    """Keep the review of a closed outbreak; each finding becomes a task of its owner."""
    ids = [entry.payload.outbreak for entry in batch.entries]
    book, tasks, rows = OutbreakBook(ids), Tasks(ids), []
    for entry in batch.entries:
        said = entry.payload
        try:
            held = book.find(entry, closed=True)
            if not held["closed_on"] <= said.held_on <= today(entry):
                raise DeclaredInTheFuture(on=said.held_on, today=today(entry))
            rank = tasks.next_rank(held["id"])
            made = [
                new_task(
                    finding.id, held["id"], finding.title, finding.due_on, "review",
                    entry.received_at, rank + at, finding.owner, finding.owner_unit,
                )
                for at, finding in enumerate(said.findings)
            ]  # fmt: skip
            for row in made:
                if tasks.get(held["id"], row["id"]) is not None:
                    raise OutbreakUnchanged(title=row["title"])
        except Refusal as refusal:
            batch.refuse(entry, refusal)
            continue
        for row in made:
            tasks.write(row)
        rows.append((entry.id, held["id"], said.held_on, _encode(said).decode(), entry.author,
                     entry.received_at))  # fmt: skip
    bulk.insert(Review, _REVIEW, rows)
    tasks.post()


def _issued(outbreaks: Iterable[UUID]) -> dict[UUID, dict[Any, int]]:
    """Outbreak -> day -> number of the reports that were issued."""
    rows = SituationReport.objects.filter(outbreak_id__among=set(outbreaks))
    found: dict[UUID, dict[Any, int]] = {}
    for outbreak, day, number in fetch(rows.values_list("outbreak_id", "day", "number")):
        found.setdefault(outbreak, {})[day] = number
    return found
