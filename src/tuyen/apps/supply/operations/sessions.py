"""Vials that a session takes along, and what it brings back."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from msgspec import Meta, Struct

from tuyen.apps.supply.operations.words import Many, Note, Vials
from tuyen.kernel.operation import Payload, operation


class IssuedLine(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """So many vials of a lot, closed ones or ones that were opened before and may still be used."""

    lot: UUID
    vials: Vials
    out_of: UUID | None = None
    state: Literal["usable", "open"] = "usable"


@operation("supply.issue_to_session", version=1, right="supply.stock.move")
class IssueToSession(Payload, frozen=True, kw_only=True):
    """Vials that the operation's unit gave to one of its sessions; more may follow later."""

    session: UUID
    lines: Annotated[tuple[IssuedLine, ...], Meta(min_length=1, max_length=60)]
    note: Note = ""
    at: datetime | None = None


class SessionLine(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What became of the vials of a lot: returned closed, opened and used up, opened and kept for
    another day, discarded unopened (broken, too warm). ``given`` is in doses."""

    lot: UUID
    returned: Many = 0
    opened: Many = 0
    kept_open: Many = 0
    discarded: Many = 0
    given: Many = 0
    into: UUID | None = None


@operation("supply.close_session_stock", version=1, right="supply.stock.move")
class CloseSessionStock(Payload, frozen=True, kw_only=True):
    """The balance of a session: for every lot that it took, what became of each vial.

    What is neither returned, opened, kept nor discarded is missing, and needs its reason.
    """

    session: UUID
    lines: Annotated[tuple[SessionLine, ...], Meta(min_length=1, max_length=60)]
    note: Note = ""
    at: datetime | None = None
