"""Vials that come in, go to another unit, and change the fridge that they lie in.

The operation's unit is the one that does it. Where a holder is not named it is the unit itself;
``at`` is when it happened, where that was not now.
"""

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from msgspec import Meta, Struct

from tuyen.apps.supply.operations.words import Code, Many, Note, Stage, Vials, Word
from tuyen.kernel.operation import Payload, operation


@operation("supply.receive_lot", version=1, right="supply.stock.move")
class ReceiveLot(Payload, frozen=True, kw_only=True):
    """Vials that came from outside: from a maker, the national store or the province before.

    The first receipt of a number makes the lot; a later one must say the same of it. ``diluent`` is
    the number of the lot of diluent that came with it. ``vvm`` is what the monitors showed.
    """

    item: Code
    number: Code
    expires_on: date
    vials: Vials
    maker: Word = ""
    diluent: Annotated[str, Meta(max_length=40)] = ""
    vvm: Stage | None = None
    into: UUID | None = None
    document: Word = ""
    at: datetime | None = None


class SentLine(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """So many vials of a lot; what is quarantined travels, and arrives, quarantined."""

    lot: UUID
    vials: Vials
    out_of: UUID | None = None
    state: Literal["usable", "quarantined"] = "usable"


@operation("supply.send_stock", version=1, right="supply.stock.move")
class SendStock(Payload, frozen=True, kw_only=True):
    """Vials that left the operation's unit for another; they are on the way until it receives them."""

    to: UUID
    lines: Annotated[tuple[SentLine, ...], Meta(min_length=1, max_length=100)]
    note: Note = ""
    at: datetime | None = None


class ArrivedLine(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What came of a lot: whole and broken vials. What is left of the vials sent is missing."""

    lot: UUID
    arrived: Many
    broken: Many = 0
    into: UUID | None = None
    vvm: Stage | None = None


@operation("supply.receive_transfer", version=1, right="supply.stock.move")
class ReceiveTransfer(Payload, frozen=True, kw_only=True):
    """What came of a transfer, every lot of it; a difference needs its reason in ``note``."""

    transfer: UUID
    lines: Annotated[tuple[ArrivedLine, ...], Meta(min_length=1, max_length=100)]
    note: Note = ""
    at: datetime | None = None


@operation("supply.shift_stock", version=1, right="supply.stock.move")
class ShiftStock(Payload, frozen=True, kw_only=True):
    """Vials put from one fridge of the unit into another."""

    lot: UUID
    vials: Vials
    out_of: UUID | None = None
    into: UUID | None = None
    state: Literal["usable", "quarantined"] = "usable"
    at: datetime | None = None
