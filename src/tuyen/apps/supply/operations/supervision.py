"""Supervision of a station: a visit with its checklist, findings that somebody mends, photographs."""

from datetime import date
from typing import Annotated, Literal
from uuid import UUID

from msgspec import Meta, Struct

from tuyen.apps.supply.operations.words import Code, Many, Note, Reason, Word
from tuyen.kernel.operation import Payload, operation

Points = Literal["0", "1", "2", "na"]
Person = Annotated[str, Meta(min_length=2, max_length=120)]
Stroke = Annotated[str, Meta(max_length=12_000, pattern=r"^([ML] ?\d{1,4} \d{1,4} ?)*$")]
"""A signature as it was drawn: the strokes of an SVG path in whole pixels."""


class CheckedItem(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How an item was found. ``counted`` and ``booked``: what lay on the shelf, and what the card said."""

    item: Code
    points: Points
    note: Note = ""
    counted: Many | None = None
    booked: Many | None = None


class FoundItem(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is to be mended, by whom, until when."""

    item: Code
    what: Reason
    owner: Person
    due: date


class EarlierFinding(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What this visit found of a finding of an earlier one."""

    finding: UUID
    mended: bool
    note: Note = ""


@operation("supply.record_supervision", version=1, right="supply.supervision.record")
class RecordSupervision(Payload, frozen=True, kw_only=True):
    """A supervision visit to the operation's unit, on the operation's day.

    An item left out was not looked at. Every red item without points has its finding. ``next_on``
    is earlier than the rule's day or on it, never later.
    """

    team: Annotated[tuple[Person, ...], Meta(min_length=1, max_length=12)]
    met: Person
    items: Annotated[tuple[CheckedItem, ...], Meta(min_length=1, max_length=200)]
    findings: Annotated[tuple[FoundItem, ...], Meta(max_length=60)] = ()
    earlier: Annotated[tuple[EarlierFinding, ...], Meta(max_length=200)] = ()
    next_on: date | None = None
    note: Annotated[str, Meta(max_length=4000)] = ""
    signature: Stroke = ""


@operation("supply.void_supervision", version=1, right="supply.supervision.record")
class VoidSupervision(Payload, frozen=True, kw_only=True):
    """A visit that was written down wrongly counts no more; nor do its findings."""

    supervision: UUID
    reason: Reason


@operation("supply.attach_photograph", version=1, right="supply.supervision.record")
class AttachPhotograph(Payload, frozen=True, kw_only=True):
    """A photograph of what was found: JPEG, reduced before it is sent, without its place and camera."""

    supervision: UUID
    item: Code | None = None
    caption: Word = ""
    jpeg: Annotated[bytes, Meta(min_length=100, max_length=180_000)]


@operation("supply.answer_finding", version=1, right="supply.finding.answer")
class AnswerFinding(Payload, frozen=True, kw_only=True):
    """The station says what it did about a finding; whoever supervises looks at it and settles it."""

    finding: UUID
    note: Reason


@operation("supply.settle_finding", version=1, right="supply.supervision.record")
class SettleFinding(Payload, frozen=True, kw_only=True):
    """A finding is mended, or is not and has a new day."""

    finding: UUID
    mended: bool
    note: Note = ""
    due: date | None = None
