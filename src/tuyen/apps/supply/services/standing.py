"""Vials set apart, released and discarded where they lie; lots that are suspended everywhere."""

from typing import Any
from uuid import UUID

from tuyen.apps.supply import bulk
from tuyen.apps.supply.models import Level
from tuyen.apps.supply.operations import (
    DiscardStock,
    LiftSuspension,
    QuarantineStock,
    ReadVialMonitor,
    ReleaseStock,
    SetLevel,
    SuspendLot,
)
from tuyen.apps.supply.refusals import (
    DestroyedByTwo,
    LevelsTurned,
    LotExpired,
    NotSuspended,
    SuspendedAlready,
    UnknownItem,
)
from tuyen.apps.supply.services.accounts import (
    Accounts,
    Holders,
    Lots,
    Move,
    holder_ids,
    outside,
    shelf,
)
from tuyen.apps.supply.services.monitors import SPENT, Monitors
from tuyen.kernel.ids import derived_id
from tuyen.kernel.operation import Batch, applies
from tuyen.kernel.refusal import Refusal
from tuyen.rules import supply as rules

_LEVEL = ("id", "unit_id", "item", "least", "most", "changed_at")


class _Desk:
    """Lots, holders and accounts of a batch whose payloads each name one lot at one holder."""

    def __init__(self, batch: Batch[Any], *states: str) -> None:
        self.lots = Lots(entry.payload.lot for entry in batch.entries)
        self.holders = Holders(holder_ids(batch, "held_in"))
        self.accounts = Accounts(
            (shelf(entry.unit, entry.payload.held_in, state), entry.payload.lot)
            for entry in batch.entries
            for state in states
        )


@applies(QuarantineStock)
def quarantine_stock(batch: Batch[QuarantineStock]) -> None:
    """Usable vials are set apart."""
    desk = _Desk(batch, "usable", "quarantined")
    for entry in batch.entries:
        said = entry.payload
        try:
            desk.lots.known(said.lot)
            desk.holders.check(entry, said.held_in)
            source = shelf(entry.unit, said.held_in)
            target = shelf(entry.unit, said.held_in, "quarantined")
            move = Move("set-apart", said.lot, said.vials, source, target, reason="by-hand")
            desk.accounts.apply(entry, [move], desk.lots, said.reason)
        except Refusal as refusal:
            batch.refuse(entry, refusal)
    desk.accounts.post()


@applies(ReleaseStock)
def release_stock(batch: Batch[ReleaseStock]) -> None:
    """Vials that were set apart are usable again; those of an expired lot are not."""
    desk = _Desk(batch, "usable", "quarantined")
    for entry in batch.entries:
        said = entry.payload
        try:
            lot = desk.lots.known(said.lot)
            if lot["expires_on"] < entry.happened_on:
                raise LotExpired(lot=lot["number"], on=lot["expires_on"])
            desk.holders.check(entry, said.held_in)
            source = shelf(entry.unit, said.held_in, "quarantined")
            target = shelf(entry.unit, said.held_in)
            move = Move("released", said.lot, said.vials, source, target)
            desk.accounts.apply(entry, [move], desk.lots, said.reason)
        except Refusal as refusal:
            batch.refuse(entry, refusal)
    desk.accounts.post()


@applies(DiscardStock)
def discard_stock(batch: Batch[DiscardStock]) -> None:
    """Vials are destroyed, from whichever shelf they lay on."""
    desk = _Desk(batch, "usable", "open", "quarantined")
    for entry in batch.entries:
        said = entry.payload
        try:
            lot = desk.lots.known(said.lot)
            medicine = rules.medicine(lot["item"])
            if medicine is not None and medicine.controlled:
                raise DestroyedByTwo(lot=lot["number"])
            desk.holders.check(entry, said.held_in)
            move = Move(
                "discarded", said.lot, said.vials, shelf(entry.unit, said.held_in, said.state),
                outside(entry.unit, "discarded"), reason=said.reason,
            )  # fmt: skip
            desk.accounts.apply(entry, [move], desk.lots, said.note)
        except Refusal as refusal:
            batch.refuse(entry, refusal)
    desk.accounts.post()


@applies(ReadVialMonitor)
def read_monitors(batch: Batch[ReadVialMonitor]) -> None:
    """The stage of the monitors; vials that had too much heat are set apart at once."""
    desk, monitors = _Desk(batch, "usable", "quarantined"), Monitors(batch)
    for entry in batch.entries:
        said = entry.payload
        try:
            desk.lots.known(said.lot)
            desk.holders.check(entry, said.held_in)
            if said.stage >= SPENT:
                source = shelf(entry.unit, said.held_in)
                there = desk.accounts.vials(source, said.lot)
                target = shelf(entry.unit, said.held_in, "quarantined")
                move = Move("set-apart", said.lot, there, source, target, reason="vvm")
                desk.accounts.apply(entry, [move], desk.lots)
        except Refusal as refusal:
            batch.refuse(entry, refusal)
            continue
        monitors.seen(entry, said.lot, said.held_in, said.stage)
    monitors.post()
    desk.accounts.post()


@applies(SuspendLot)
def suspend_lots(batch: Batch[SuspendLot]) -> None:
    """The lot may be used nowhere from now on: one row, whoever holds its vials."""
    lots = Lots(entry.payload.lot for entry in batch.entries)
    for entry in batch.entries:
        said = entry.payload
        try:
            row = lots.known(said.lot)
            if row["suspended_on"] is not None:
                raise SuspendedAlready(lot=row["number"], on=row["suspended_on"])
        except Refusal as refusal:
            batch.refuse(entry, refusal)
            continue
        lots.put(row | {"suspended_on": entry.happened_on, "suspended_why": said.reason.strip(),
                        "suspended_by_id": entry.author, "changed_at": entry.received_at})  # fmt: skip
    lots.post()


@applies(LiftSuspension)
def lift_suspensions(batch: Batch[LiftSuspension]) -> None:
    """The lot may be used again."""
    lots = Lots(entry.payload.lot for entry in batch.entries)
    for entry in batch.entries:
        try:
            row = lots.known(entry.payload.lot)
            if row["suspended_on"] is None:
                raise NotSuspended(lot=row["number"])
        except Refusal as refusal:
            batch.refuse(entry, refusal)
            continue
        lots.put(row | {"suspended_on": None, "suspended_why": "", "suspended_by_id": None,
                        "changed_at": entry.received_at})  # fmt: skip
    lots.post()


@applies(SetLevel)
def set_levels(batch: Batch[SetLevel]) -> None:
    """A unit's own levels of an item, from now on."""
    rows: dict[UUID, dict[str, Any]] = {}
    for entry in batch.entries:
        said = entry.payload
        if rules.item(said.item) is None:
            batch.refuse(
                entry, UnknownItem(value=said.item, known=", ".join(rules.nearest(said.item)))
            )
            continue
        if said.most < said.least:
            batch.refuse(entry, LevelsTurned(most=said.most, least=said.least))
            continue
        id = derived_id(entry.unit, "level", said.item)
        values = (id, entry.unit, said.item, said.least, said.most, entry.received_at)
        rows[id] = dict(zip(_LEVEL, values, strict=True))
    bulk.replace(Level, list(rows), _LEVEL, rows.values())
