"""Who can be drawn for an outbreak and who is; what the days of a month are paid."""

from datetime import date
from typing import Annotated, Literal
from uuid import UUID

from msgspec import Meta

from tuyen.apps.workforce.operations.people import CORRECT, EDIT
from tuyen.apps.workforce.operations.roster import PLAN
from tuyen.apps.workforce.operations.words import Code, Note, Phone, Reason
from tuyen.kernel.operation import Payload, operation

Skills = Annotated[tuple[Code, ...], Meta(max_length=12)]


@operation("workforce.set_surge", version=1, right=PLAN)
class SetSurge(Payload, frozen=True, kw_only=True):
    """Somebody of the operation's unit can be drawn for an outbreak, and agreed to it; or no longer."""

    member: UUID
    skills: Skills
    contact: Phone = ""
    ready: bool = True


@operation("workforce.offer_surge", version=1, right=CORRECT)
class OfferSurge(Payload, frozen=True, kw_only=True):
    """The author says for what they can be drawn and how they are reached; or that they cannot."""

    member: UUID
    skills: Skills
    contact: Phone = ""
    ready: bool = True


@operation("workforce.draw_member", version=1, right=PLAN)
class DrawMember(Payload, frozen=True, kw_only=True):
    """Somebody of the operation's unit works for an outbreak, half-open. ``left``: what was told of what
    it leaves uncovered."""

    member: UUID
    subject: UUID
    since: date
    until: date
    group: Literal["a", "b", "c"]
    work: Literal["direct", "support", "volunteer", "information"] = "direct"
    subject_kind: Literal["outbreak"] = "outbreak"
    emergency: bool = False
    left: Annotated[str, Meta(max_length=2000)] = ""


@operation("workforce.release_member", version=1, right=PLAN)
class ReleaseMember(Payload, frozen=True, kw_only=True):
    """Somebody who was drawn is free again; ``until`` is the first day without them."""

    draw: UUID
    until: date
    note: Note = ""


@operation("workforce.prepare_sheet", version=1, right=PLAN)
class PrepareSheet(Payload, frozen=True, kw_only=True):
    """The allowances of the operation's unit for a month that has ended; ``total`` (VND) as it was read:
    where the figures have moved since, it is refused."""

    month: date
    total: Annotated[int, Meta(ge=0, le=10_000_000_000_000)]


@operation("workforce.confirm_sheet", version=1, right=EDIT)
class ConfirmSheet(Payload, frozen=True, kw_only=True):
    """A second hand confirms a sheet; the month is closed."""

    sheet: UUID


@operation("workforce.reopen_sheet", version=1, right=EDIT)
class ReopenSheet(Payload, frozen=True, kw_only=True):
    """A sheet counts no more, and the month is open again."""

    sheet: UUID
    reason: Reason


@operation("workforce.set_village", version=1, right=EDIT)
class SetVillage(Payload, frozen=True, kw_only=True):
    """How many households the operation's village has from a day on, and who said so."""

    households: Annotated[int, Meta(ge=0, le=100_000)]
    since: date
    source: Reason
    urban: bool = False
