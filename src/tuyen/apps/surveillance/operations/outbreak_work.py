"""What is done while an outbreak lasts, and looked back at when it is over."""

from datetime import date
from typing import Annotated, Literal
from uuid import UUID

import msgspec
from msgspec import Meta

from tuyen.apps.surveillance.operations.outbreaks import RUN, Title
from tuyen.apps.surveillance.operations.words import Line, Prose, Reason, Word
from tuyen.kernel.operation import Payload, operation

Stage = Literal["detect", "notify", "respond"]


class TaskDraft(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True
):
    """A task: one of the seven early actions by its code, one that is there already by its id, or
    a new one with an id made where it was written down and a title."""

    id: UUID | None = None
    action: Word = ""
    title: Line = ""
    owner: UUID | None = None
    owner_unit: UUID | None = None
    due_on: date


@operation("surveillance.set_tasks", version=1, right=RUN)
class SetTasks(Payload, frozen=True, kw_only=True):
    """Give tasks their owners and days, or add new ones."""

    outbreak: UUID
    tasks: Annotated[tuple[TaskDraft, ...], Meta(min_length=1, max_length=100)]


@operation("surveillance.finish_task", version=1, right=RUN)
class FinishTask(Payload, frozen=True, kw_only=True):
    """Say that a task is done, on which day and by what evidence; or that it does not apply, and why."""

    outbreak: UUID
    task: UUID
    done_on: date
    evidence: Reason
    applicable: bool = True


@operation("surveillance.note_bottleneck", version=1, right=RUN)
class NoteBottleneck(Payload, frozen=True, kw_only=True):
    """Say why a stage of 7-1-7 took long, or (``holds`` false) that this was not why."""

    outbreak: UUID
    stage: Stage
    code: Word
    note: Annotated[str, Meta(max_length=500)] = ""
    holds: bool = True


@operation("surveillance.issue_sitrep", version=1, right=RUN)
class IssueSitrep(Payload, frozen=True, kw_only=True, omit_defaults=True):
    """Issue the situation report of a day: the program counts, its author tells.

    The figures are those of the moment it is received, and are kept as they were.
    """

    outbreak: UUID
    day: date
    situation: Prose = ""
    actions: Prose = ""
    needs: Prose = ""


class Finding(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Something to do better, who does it, and until when."""

    id: UUID
    title: Title
    owner: UUID | None = None
    owner_unit: UUID | None = None
    due_on: date


@operation("surveillance.review_outbreak", version=1, right=RUN)
class ReviewOutbreak(Payload, frozen=True, kw_only=True):
    """Keep the after-action review of a closed outbreak; its findings become tasks."""

    outbreak: UUID
    held_on: date
    went_well: Prose = ""
    went_badly: Prose = ""
    findings: Annotated[tuple[Finding, ...], Meta(max_length=50)] = ()
