"""Duty: a roster is put forward and comes into force, shifts change hands, leave is asked and answered."""

from datetime import date
from typing import Annotated, Literal
from uuid import UUID

from msgspec import Meta, Struct

from tuyen.apps.workforce.operations.people import CORRECT
from tuyen.apps.workforce.operations.words import Code, Note, Reason
from tuyen.kernel.operation import Payload, operation

PLAN = "workforce.roster.plan"


class OnDuty(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Somebody has a shift on a day."""

    member: UUID
    day: date
    kind: Code


@operation("workforce.put_roster", version=1, right=PLAN)
class PutRoster(Payload, frozen=True, kw_only=True):
    """The roster of the operation's unit for a month (its first day), as a proposal or in force.

    It takes the place of the one before it. ``short``: people missing in it; ``despite``: why a rule of
    rest is broken, without which such a roster is refused.
    """

    month: date
    shifts: Annotated[tuple[OnDuty, ...], Meta(max_length=4000)]
    made: Literal["engine", "hand"] = "hand"
    in_force: bool = False
    short: Annotated[int, Meta(ge=0, le=9999)] = 0
    despite: Note = ""


@operation("workforce.enforce_roster", version=1, right=PLAN)
class EnforceRoster(Payload, frozen=True, kw_only=True):
    """A roster that was put forward comes into force."""

    roster: UUID


@operation("workforce.change_shift", version=1, right=PLAN)
class ChangeShift(Payload, frozen=True, kw_only=True):
    """A shift in force goes to somebody else, or to nobody: who had it fell ill, was drawn, left."""

    shift: UUID
    reason: Reason
    member: UUID | None = None


@operation("workforce.add_shift", version=1, right=PLAN)
class AddShift(Payload, frozen=True, kw_only=True):
    """One more shift on a roster in force."""

    on_duty: OnDuty
    reason: Reason


@operation("workforce.ask_swap", version=1, right=CORRECT)
class AskSwap(Payload, frozen=True, kw_only=True):
    """The author asks a colleague to take a shift of theirs, for one of the colleague's or for nothing."""

    shift: UUID
    member: UUID
    reason: Reason
    for_shift: UUID | None = None


@operation("workforce.answer_swap", version=1, right=CORRECT)
class AnswerSwap(Payload, frozen=True, kw_only=True):
    """The colleague agrees, and the shifts change hands; or says why not."""

    swap: UUID
    accepted: bool
    note: Note = ""


@operation("workforce.ask_leave", version=1, right=CORRECT)
class AskLeave(Payload, frozen=True, kw_only=True):
    """The author asks for days away, half-open."""

    member: UUID
    kind: Code
    since: date
    until: date
    reason: Note = ""


@operation("workforce.note_leave", version=1, right=PLAN)
class NoteLeave(Payload, frozen=True, kw_only=True):
    """Leave of somebody who does not ask for it here, written down by whoever plans: it counts at once."""

    member: UUID
    kind: Code
    since: date
    until: date
    reason: Reason


@operation("workforce.answer_leave", version=1, right=PLAN)
class AnswerLeave(Payload, frozen=True, kw_only=True):
    """Leave is agreed to, or declined with the reason; nobody answers their own."""

    leave: UUID
    accepted: bool
    note: Note = ""


@operation("workforce.withdraw_leave", version=1, right=CORRECT)
class WithdrawLeave(Payload, frozen=True, kw_only=True):
    """The author takes back leave that they asked for."""

    leave: UUID
    reason: Note = ""
