"""What is decided about vials where they lie: counts, monitors, quarantine, discards, levels."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from msgspec import Meta, Struct

from tuyen.apps.supply.operations.words import Code, Many, Note, Reason, Stage, Vials
from tuyen.kernel.operation import Payload, operation

DiscardReason = Literal[
    "broken", "expired", "vvm", "frozen", "heat", "open-vial", "recalled", "other"
]
Shelf = Literal["usable", "open", "quarantined"]
Change = Annotated[int, Meta(ge=-10_000_000, le=10_000_000)]


@operation("supply.adjust_stock", version=1, right="supply.stock.count")
class AdjustStock(Payload, frozen=True, kw_only=True):
    """So many vials more or fewer than the ledger says, with the reason."""

    lot: UUID
    change: Change
    reason: Reason
    held_in: UUID | None = None
    at: datetime | None = None


class CountedLine(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What was found of a lot in a state."""

    lot: UUID
    vials: Many
    held_in: UUID | None = None
    state: Shelf = "usable"


@operation("supply.count_stock", version=1, right="supply.stock.count")
class CountStock(Payload, frozen=True, kw_only=True):
    """What was found on the shelves; a difference becomes an adjustment, and needs its reason."""

    lines: Annotated[tuple[CountedLine, ...], Meta(min_length=1, max_length=200)]
    note: Note = ""
    at: datetime | None = None


@operation("supply.read_vial_monitor", version=1, right="supply.stock.count")
class ReadVialMonitor(Payload, frozen=True, kw_only=True):
    """The stage of the monitors of a lot; from stage 3 its vials are set apart."""

    lot: UUID
    stage: Stage
    held_in: UUID | None = None
    at: datetime | None = None


@operation("supply.quarantine_stock", version=1, right="supply.stock.count")
class QuarantineStock(Payload, frozen=True, kw_only=True):
    """Set vials apart until somebody decides about them."""

    lot: UUID
    vials: Vials
    reason: Reason
    held_in: UUID | None = None
    at: datetime | None = None


@operation("supply.release_stock", version=1, right="supply.quarantine.decide")
class ReleaseStock(Payload, frozen=True, kw_only=True):
    """Vials that were set apart may be used again, with the reason."""

    lot: UUID
    vials: Vials
    reason: Reason
    held_in: UUID | None = None
    at: datetime | None = None


@operation("supply.discard_stock", version=1, right="supply.stock.count")
class DiscardStock(Payload, frozen=True, kw_only=True):
    """Vials that are destroyed, and why."""

    lot: UUID
    vials: Vials
    reason: DiscardReason
    state: Shelf = "usable"
    held_in: UUID | None = None
    note: Note = ""
    at: datetime | None = None


@operation("supply.suspend_lot", version=1, right="supply.lot.suspend")
class SuspendLot(Payload, frozen=True, kw_only=True):
    """Nobody uses or passes on vials of this lot any more, anywhere, until it is lifted."""

    lot: UUID
    reason: Reason


@operation("supply.lift_suspension", version=1, right="supply.quarantine.decide")
class LiftSuspension(Payload, frozen=True, kw_only=True):
    """The lot may be used again, with the reason."""

    lot: UUID
    reason: Reason


@operation("supply.set_level", version=1, right="supply.stock.count")
class SetLevel(Payload, frozen=True, kw_only=True):
    """Between how many vials the unit holds of an item; orders are proposed by it."""

    item: Code
    least: Many
    most: Many
