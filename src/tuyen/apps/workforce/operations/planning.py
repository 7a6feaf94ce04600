"""Transfers and rotations between units, and the zone of a commune."""

from datetime import date
from typing import Annotated
from uuid import UUID

from msgspec import Meta

from tuyen.apps.workforce.operations.people import EDIT
from tuyen.apps.workforce.operations.words import Code, Note, Reason
from tuyen.kernel.operation import Payload, operation


@operation("workforce.propose_transfer", version=1, right=EDIT)
class ProposeTransfer(Payload, frozen=True, kw_only=True):
    """Somebody is to work at the operation's unit from a day on: for good, or until a day."""

    member: UUID
    since: date
    reason: Reason
    until: date | None = None
    contract: Code = "permanent"


@operation("workforce.answer_transfer", version=1, right=EDIT)
class AnswerTransfer(Payload, frozen=True, kw_only=True):
    """A transfer is agreed to, and the posts change on its day; or it is declined, with the reason.

    For a rotation the post at home is kept, and the one elsewhere ends on its day.
    """

    transfer: UUID
    accepted: bool
    note: Note = ""


@operation("workforce.set_zone", version=1, right=EDIT)
class SetZone(Payload, frozen=True, kw_only=True):
    """The zone of a commune by the national criteria, from a day on, and who said so."""

    zone: Annotated[int, Meta(ge=1, le=3)]
    since: date
    source: Reason
