"""What can be done before anything happens: risks scored, actions planned, people on duty."""

from datetime import date
from typing import Annotated, Literal
from uuid import UUID

import msgspec
from msgspec import Meta

from tuyen.apps.surveillance.operations.words import Reason, Word
from tuyen.kernel.operation import Payload, operation

Year = Annotated[int, Meta(ge=2016, le=2100)]
Mark = Annotated[int, Meta(ge=1, le=5)]
Shift = Literal["day", "night"]
_Facts = dict[Annotated[str, Meta(max_length=30)], float | int | str | list[int]]


@operation("surveillance.score_risk", version=1, right="surveillance.preparedness.edit")
class ScoreRisk(Payload, frozen=True, kw_only=True):
    """Score one hazard of the yearly assessment of the operation's unit, or score it anew.
    ``evidence`` is what was shown beside the score."""

    year: Year
    hazard: Word
    likelihood: Mark
    impact: Mark
    factors: Mark
    capacity: Mark
    note: Annotated[str, Meta(max_length=1000)] = ""
    evidence: Annotated[_Facts, Meta(max_length=12)] = {}


@operation("surveillance.drop_risk", version=1, right="surveillance.preparedness.edit")
class DropRisk(Payload, frozen=True, kw_only=True):
    """Take a hazard out of an assessment that is not yet approved."""

    year: Year
    hazard: Word
    reason: Reason


@operation("surveillance.approve_assessment", version=1, right="surveillance.preparedness.approve")
class ApproveAssessment(Payload, frozen=True, kw_only=True):
    """The head approves the assessment of the operation's unit: it is not changed any more."""

    year: Year
    note: Annotated[str, Meta(max_length=500)] = ""


@operation("surveillance.reopen_assessment", version=1, right="surveillance.preparedness.approve")
class ReopenAssessment(Payload, frozen=True, kw_only=True):
    """An approved assessment becomes a draft again, for a reason."""

    year: Year
    reason: Reason


@operation("surveillance.set_action", version=1, right="surveillance.preparedness.edit")
class SetAction(Payload, frozen=True, kw_only=True):
    """Plan an action of the operation's unit, or change it; a new one has the operation's id."""

    action: UUID | None = None
    year: Year
    hazard: Word = ""
    text: Annotated[str, Meta(min_length=3, max_length=500)]
    owner: Annotated[str, Meta(min_length=2, max_length=120)]
    due: date


@operation("surveillance.close_action", version=1, right="surveillance.preparedness.edit")
class CloseAction(Payload, frozen=True, kw_only=True):
    """An action is done, with what proves it, or dropped, with its reason."""

    action: UUID
    outcome: Literal["done", "dropped"]
    evidence: Reason


class DutyDraft(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Who is on duty. Without a name nobody is, any more."""

    day: date
    shift: Shift
    place: Annotated[int, Meta(ge=1, le=3)] = 1
    name: Annotated[str, Meta(max_length=120)] = ""
    phone: Annotated[str, Meta(max_length=40)] = ""
    role: Annotated[str, Meta(max_length=120)] = ""


@operation("surveillance.set_duties", version=1, right="surveillance.preparedness.edit")
class SetDuties(Payload, frozen=True, kw_only=True):
    """Part of the rota of the operation's unit; each day, shift and place is written over."""

    duties: Annotated[tuple[DutyDraft, ...], Meta(min_length=1, max_length=200)]
