"""What can be done in a drill and about one: its clock, its messages, its end; and its record."""

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

import msgspec
from msgspec import Meta

from tuyen.apps.surveillance.operations.words import Prose, Reason, Word
from tuyen.kernel.operation import Payload, operation

RUN: str = "surveillance.drill.run"
PLAY: str = "surveillance.drill.play"
FASTEST = 500
"""How many times as fast as the world the clock of a drill may run."""

Speed = Annotated[float, Meta(ge=0, le=FASTEST)]
Share = Annotated[float, Meta(ge=0, le=100)]
Hours = Annotated[float, Meta(ge=0, le=24 * 400)]


@operation("surveillance.begin_drill", version=1, right=RUN)
class BeginDrill(Payload, frozen=True, kw_only=True):
    """Begin the drill of this walled copy; its id is the operation's id. The program that made the
    copy writes this, and nobody else."""

    scenario: Word
    seed: Annotated[int, Meta(ge=0, le=2**31)]
    side: Literal["A", "B"] = "A"
    begins: datetime
    ends: datetime
    real: datetime


@operation("surveillance.set_drill_clock", version=1, right=RUN)
class SetDrillClock(Payload, frozen=True, kw_only=True):
    """Let the clock run so fast from here on: 0 stands still. At the machine's time ``real`` it shows
    ``shows``, which is never before what it showed then: a clock that jumps back would lie."""

    speed: Speed
    real: datetime
    shows: datetime


@operation("surveillance.send_drill_message", version=1, right=RUN)
class SendDrillMessage(Payload, frozen=True, kw_only=True):
    """Put a message before players: ``inject`` of the scenario, ``answer`` of a person played by
    rules, ``notice`` of the other side of a joint drill. Sent by the program that plays them."""

    key: Word
    sort: Literal["inject", "answer", "notice"]
    to: Annotated[str, Meta(max_length=40)]
    text: Prose = ""
    due_at: datetime | None = None


@operation("surveillance.answer_drill_message", version=1, right=PLAY)
class AnswerDrillMessage(Payload, frozen=True, kw_only=True):
    """Answer a message. ``message`` is its key; the first answer stands."""

    message: Word
    answer: Annotated[str, Meta(min_length=2, max_length=4000)]


@operation("surveillance.call_drill_persona", version=1, right=PLAY)
class CallDrillPersona(Payload, frozen=True, kw_only=True):
    """Put a question of the scenario to somebody who is played by rules and answers in time."""

    call: Word


@operation("surveillance.end_drill", version=1, right=RUN)
class EndDrill(Payload, frozen=True, kw_only=True):
    """End the drill: its clock stops for good and its score is counted."""

    reason: Reason


class DrillStage(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One stage of 7-1-7: how many days it took; None when it was never reached."""

    name: Literal["detect", "notify", "respond"]
    days: Hours | None
    met: bool


class DrillDecision(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One expected decision: by when it was due, and how many hours it took; None when missed."""

    id: Word
    due_hours: Hours
    hours: Hours | None
    met: bool


class DrillScore(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a drill came to, in numbers only: nothing of a person, a place or a case of it."""

    points: Annotated[int, Meta(ge=0, le=100)]
    stages: Annotated[tuple[DrillStage, ...], Meta(max_length=3)]
    decisions: Annotated[tuple[DrillDecision, ...], Meta(max_length=60)]
    messages: Annotated[int, Meta(ge=0)]
    answered: Annotated[int, Meta(ge=0)]
    answered_in_time: Annotated[int, Meta(ge=0)]
    cases: Annotated[int, Meta(ge=0)]
    spared: Annotated[int, Meta(ge=0)]


class DrillFindingDraft(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What was found wanting: the code of what was missed, and what to do better."""

    code: Word
    text: Annotated[str, Meta(min_length=3, max_length=500)]


@operation("surveillance.record_drill", version=1, right=RUN)
class RecordDrill(Payload, frozen=True, kw_only=True):
    """Keep in reality what a drill came to: its score and its findings, which become tasks.

    This is all that ever leaves a drill: numbers and sentences of a fixed form.
    """

    drill: UUID
    scenario: Word
    seed: Annotated[int, Meta(ge=0, le=2**31)]
    began_on: date
    ended_on: date
    score: DrillScore
    findings: Annotated[tuple[DrillFindingDraft, ...], Meta(max_length=60)] = ()


@operation("surveillance.assign_drill_finding", version=1, right=RUN)
class AssignDrillFinding(Payload, frozen=True, kw_only=True):
    """Give a finding its owner and its day."""

    finding: UUID
    owner: UUID
    due_on: date


@operation("surveillance.settle_drill_finding", version=1, right=RUN)
class SettleDrillFinding(Payload, frozen=True, kw_only=True):
    """Say that a finding was mended, and how."""

    finding: UUID
    note: Reason
