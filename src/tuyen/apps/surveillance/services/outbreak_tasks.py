"""Tasks of an outbreak: the seven early actions from its first hour, and whatever else is to do."""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from tuyen.apps.journal.bulk import fetch
from tuyen.apps.surveillance import bulk, places
from tuyen.apps.surveillance.models import OutbreakTask
from tuyen.apps.surveillance.operations.outbreak_work import (
    FinishTask,
    SetTasks,
    TaskDraft,
)
from tuyen.apps.surveillance.operations.outbreaks import OpenOutbreak
from tuyen.apps.surveillance.refusals.cases import UnknownPlace
from tuyen.apps.surveillance.refusals.outbreaks import (
    DoneInTheFuture,
    TaskIsDone,
    TaskUnnamed,
    UnknownTask,
)
from tuyen.apps.surveillance.services.outbreak_book import OutbreakBook, today
from tuyen.kernel.ids import derived_id
from tuyen.kernel.operation import Batch, Entry, applies
from tuyen.kernel.refusal import Refusal
from tuyen.rules.surveillance import outbreaks as law

TASK = (
    "id", "outbreak_id", "action", "origin", "title", "owner_id", "owner_unit_id", "due_on", "rank",
    "done_on", "done_at", "applicable", "evidence", "changed_at",
)  # fmt: skip
_AFTER_ACTIONS = 100  # rank of what is not one of the seven


def first_tasks(entry: Entry[OpenOutbreak]) -> list[tuple[Any, ...]]:
    """The seven early actions of an outbreak that is opened, due by the rule of its day."""
    said, on = entry.payload, today(entry)
    return [
        tuple(_row(
            task_id(entry.id, action.code), entry.id, action=action.code, origin="action",
            owner_id=said.assignee, owner_unit_id=said.lead,
            due_on=on + timedelta(days=action.more["days"]), rank=rank, changed_at=entry.received_at,
        ).values())
        for rank, action in enumerate(law.early_actions(on), start=1)
    ]  # fmt: skip


def task_id(outbreak: UUID, action: str) -> UUID:
    """The id of an early action's task follows from its outbreak."""
    return derived_id(outbreak, "action", action)


@applies(SetTasks)
def set_tasks(batch: Batch[SetTasks]) -> None:
    """Give tasks owners and days, or add new ones: two reads and two writes for any batch."""
    map_ = places.atlas()
    book = OutbreakBook(entry.payload.outbreak for entry in batch.entries)
    tasks = Tasks(entry.payload.outbreak for entry in batch.entries)
    for entry in batch.entries:
        try:
            held = book.find(entry, closed=None)
            rows = _drafted_all(map_, entry, held["id"], tasks)
        except Refusal as refusal:
            batch.refuse(entry, refusal)
            continue
        for row in rows:
            tasks.write(row)
    tasks.post()


@applies(FinishTask)
def finish_tasks(batch: Batch[FinishTask]) -> None:
    """Keep that a task was done, and how one knows; or that it does not apply, and why."""
    book = OutbreakBook(entry.payload.outbreak for entry in batch.entries)
    tasks = Tasks(entry.payload.outbreak for entry in batch.entries)
    for entry in batch.entries:
        said = entry.payload
        try:
            held = book.find(entry, closed=None)
            row = tasks.find(held["id"], said.task)
            if row["done_at"] is not None:
                raise TaskIsDone(on=row["done_on"])
            if not held["since"] <= said.done_on <= today(entry):
                raise DoneInTheFuture(on=said.done_on, today=today(entry))
        except Refusal as refusal:
            batch.refuse(entry, refusal)
            continue
        tasks.write(row | {
            "done_on": said.done_on, "done_at": entry.received_at, "applicable": said.applicable,
            "evidence": said.evidence.strip(), "changed_at": entry.received_at,
        })  # fmt: skip
    tasks.post()


class Tasks:
    """The tasks of some outbreaks, as they stand while a batch is worked through."""

    def __init__(self, outbreaks: Iterable[UUID]) -> None:
        rows = OutbreakTask.objects.filter(outbreak_id__among=set(outbreaks)).values_list(*TASK)
        self._rows = {row[0]: dict(zip(TASK, row, strict=True)) for row in fetch(rows)}
        self._held = set(self._rows)
        self._changed: dict[UUID, None] = {}

    def find(self, outbreak: UUID, id: UUID) -> dict[str, Any]:
        row = self._rows.get(id)
        if row is None or row["outbreak_id"] != outbreak:
            raise UnknownTask(task=id)
        return row

    def get(self, outbreak: UUID, id: UUID) -> dict[str, Any] | None:
        """The task, None where there is none; another outbreak's is refused."""
        return self.find(outbreak, id) if id in self._rows else None

    def next_rank(self, outbreak: UUID) -> int:
        """Tasks that are not of the seven come after them, in the order in which they were said."""
        ranks = [r["rank"] for r in self._rows.values() if r["outbreak_id"] == outbreak]
        return max([_AFTER_ACTIONS, *ranks]) + 1

    def write(self, row: dict[str, Any]) -> None:
        self._rows[row["id"]] = row
        self._changed[row["id"]] = None

    def post(self) -> None:
        rows: Sequence[Sequence[Any]] = [tuple(self._rows[id].values()) for id in self._changed]
        bulk.replace(OutbreakTask, [id for id in self._changed if id in self._held], TASK, rows)


def new_task(
    id: UUID, outbreak: UUID, title: str, due_on: date, origin: str, at: Any, rank: int,
    owner: UUID | None, owner_unit: UUID | None,
) -> dict[str, Any]:  # fmt: skip
    """The row of a task that somebody wrote down."""
    if len(title.strip()) < 3:
        raise TaskUnnamed()
    return _row(
        id, outbreak, action="", origin=origin, title=title.strip(), owner_id=owner,
        owner_unit_id=owner_unit, due_on=due_on, rank=rank, changed_at=at,
    )  # fmt: skip


def _drafted_all(
    map_: Any, entry: Entry[SetTasks], outbreak: UUID, tasks: Tasks
) -> list[dict[str, Any]]:
    """The rows of the drafts of one operation; new ones follow those that are there."""
    rows, rank = [], tasks.next_rank(outbreak)
    for draft in entry.payload.tasks:
        row = _drafted(map_, entry, outbreak, draft, tasks, rank)
        rank += row["rank"] == rank
        rows.append(row)
    return rows


def _drafted(
    map_: Any, entry: Entry[SetTasks], outbreak: UUID, draft: TaskDraft, tasks: Tasks, rank: int
) -> dict[str, Any]:
    if draft.owner_unit is not None and map_.unit(draft.owner_unit) is None:
        raise UnknownPlace(value=draft.owner_unit)
    id = task_id(outbreak, draft.action) if draft.action else draft.id
    held = tasks.get(outbreak, id) if id is not None else None
    if held is None:
        if draft.action or id is None:
            raise TaskUnnamed()
        return new_task(
            id, outbreak, draft.title, draft.due_on, "other", entry.received_at, rank, draft.owner,
            draft.owner_unit,
        )  # fmt: skip
    if held["done_at"] is not None:
        raise TaskIsDone(on=held["done_on"])
    title = held["title"] if held["action"] else (draft.title.strip() or held["title"])
    return held | {
        "title": title, "owner_id": draft.owner, "owner_unit_id": draft.owner_unit,
        "due_on": draft.due_on, "changed_at": entry.received_at,
    }  # fmt: skip


def _row(id: UUID, outbreak: UUID, **given: Any) -> dict[str, Any]:
    """A task's columns in their order; what is not given is not done."""
    blank: dict[str, Any] = dict.fromkeys(TASK)
    blank |= {"title": "", "evidence": "", "applicable": True}
    return blank | {"id": id, "outbreak_id": outbreak} | given
