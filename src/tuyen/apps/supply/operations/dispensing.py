"""What is handed out after a visit, how a difference is settled, and drugs under special control.

What a visit itself hands out is part of the visit (``clinical.record_visit``), which this room
follows.
"""

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any, Literal
from uuid import UUID

from msgspec import Meta, Struct

from tuyen.apps.supply.operations.standing import DiscardReason, Shelf
from tuyen.apps.supply.operations.words import Code, Many, Note, Reason, Vials
from tuyen.kernel.operation import Payload, operation

Settled = Literal["receipt", "count"]


class HandedLine(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """So much of an item of the visit's prescription; ``lot``: as it was read from the pack, else what
    expires first. ``instead_of`` is the item that was prescribed, where another was given; ``despite`` why
    it is handed out although the person is on record as not bearing it."""

    item: Code
    quantity: Decimal
    lot: UUID | None = None
    holder: UUID | None = None
    days: Annotated[int, Meta(ge=0, le=400)] = 0
    instead_of: Annotated[str, Meta(max_length=40)] = ""
    despite: Note = ""


def _as_it_was(said: dict[str, Any]) -> dict[str, Any]:
    """Version 1 was not asked why something is handed out that is not borne."""
    return said


@operation("supply.dispense", version=2, right="supply.stock.move", upcasts={1: _as_it_was})
class Dispense(Payload, frozen=True, kw_only=True):
    """What a visit prescribed and another person hands out later, at the unit of the visit."""

    visit: UUID
    lines: Annotated[tuple[HandedLine, ...], Meta(min_length=1, max_length=60)]
    note: Note = ""
    at: datetime | None = None


@operation("supply.settle_shortfall", version=1, right="supply.stock.count")
class SettleShortfall(Payload, frozen=True, kw_only=True):
    """How it came that more was handed out than the ledger held.

    ``receipt``: what was handed out had come in and was received in the ledger only later; it leaves
    the shelf now, from ``lot`` or from what expires first. ``count``: the shelf was counted since, so
    the ledger is right already and nothing moves.
    """

    shortfall: UUID
    how: Settled
    lot: UUID | None = None
    note: Reason


class FoundLine(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What was found of a lot in a cabinet."""

    lot: UUID
    found: Many
    held_in: UUID | None = None


@operation("supply.count_controlled", version=1, right="supply.stock.count")
class CountControlled(Payload, frozen=True, kw_only=True):
    """Drugs under special control, counted by the one who has the first key. Nothing moves before the
    one who has the second confirms it."""

    lines: Annotated[tuple[FoundLine, ...], Meta(min_length=1, max_length=100)]
    note: Note = ""
    at: datetime | None = None


class DestroyedLine(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """So many pieces of a lot that are to be destroyed, from the shelf on which they lie."""

    lot: UUID
    pieces: Vials
    state: Shelf = "usable"
    held_in: UUID | None = None


@operation("supply.destroy_controlled", version=1, right="supply.stock.count")
class DestroyControlled(Payload, frozen=True, kw_only=True):
    """Drugs under special control that are to be destroyed, and why. Nothing leaves the shelf before
    another person, who saw it, confirms it (``supply.witness_count``)."""

    lines: Annotated[tuple[DestroyedLine, ...], Meta(min_length=1, max_length=100)]
    reason: DiscardReason
    note: Reason
    at: datetime | None = None


@operation("supply.take_back", version=1, right="supply.stock.move")
class TakeBack(Payload, frozen=True, kw_only=True):
    """What was handed out at the counter for a visit came back whole and lies on the shelf again."""

    visit: UUID
    note: Reason


@operation("supply.witness_count", version=1, right="supply.stock.count")
class WitnessCount(Payload, frozen=True, kw_only=True):
    """Another person saw the same, or did not: of a count what was found is what is there from then
    on, of a destruction what is destroyed has left the shelf."""

    count: UUID
    agrees: bool
    note: Note = ""
