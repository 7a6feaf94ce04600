"""Receipts, transfers from unit to unit, and moves within a unit."""

from typing import Any
from uuid import UUID

from tuyen.apps.journal.bulk import fetch
from tuyen.apps.supply import bulk, places
from tuyen.apps.supply.models import Transfer, TransferLine
from tuyen.apps.supply.operations import ReceiveLot, ReceiveTransfer, SendStock, ShiftStock
from tuyen.apps.supply.refusals import (
    DifferenceUnexplained,
    LotDiffers,
    LotExpired,
    LotTwice,
    MoreThanSent,
    SendsToItself,
    TransferLines,
    TransferReceived,
    UnknownItem,
    UnknownPlace,
    UnknownTransfer,
)
from tuyen.apps.supply.services.accounts import (
    Account,
    Accounts,
    Holders,
    Lots,
    Move,
    holder_ids,
    outside,
    shelf,
    when,
)
from tuyen.apps.supply.services.monitors import Monitors
from tuyen.apps.supply.services.usable import check_usable
from tuyen.apps.supply.sorting import lot_id, lot_key
from tuyen.kernel.ids import derived_id
from tuyen.kernel.operation import Batch, Entry, applies
from tuyen.kernel.refusal import Refusal
from tuyen.rules import supply as rules

_TRANSFER = (
    "id", "from_unit_id", "to_unit_id", "state", "sent_at", "received_at", "short", "note",
    "received_note", "changed_at",
)  # fmt: skip
_LINE = ("id", "transfer_id", "lot_id", "state", "sent", "arrived", "broken")


@applies(ReceiveLot)
def receive_lots(batch: Batch[ReceiveLot]) -> None:
    """Vials from outside; the first receipt of a number makes the lot."""
    ids = {id for entry in batch.entries for id in _named(entry.payload)}
    lots, holders = Lots(ids), Holders(holder_ids(batch, "into"))
    accounts, monitors = Accounts(()), Monitors(batch)
    accounts.load(
        (shelf(entry.unit, entry.payload.into), lot_id(entry.payload.item, entry.payload.number))
        for entry in batch.entries
    )
    for entry in batch.entries:
        said = entry.payload
        try:
            holders.check(entry, said.into)
            row = _lot(entry, lots)
            state = monitors.state(said.vvm)
            moves = [Move("received", row["id"], said.vials, outside(entry.unit, "supplied"),
                          shelf(entry.unit, said.into, state))]  # fmt: skip
            lots_with = _With(lots, row)
            accounts.apply(entry, moves, lots_with, said.document)
        except Refusal as refusal:
            batch.refuse(entry, refusal)
            continue
        lots.put(row)
        monitors.seen(entry, row["id"], said.into, said.vvm)
    lots.post()
    monitors.post()
    accounts.post()


class _With(Lots):
    """The lots with one more that is not written yet."""

    def __init__(self, lots: Lots, row: dict[str, Any]) -> None:
        self._rows = {**lots._rows, row["id"]: row}


def _named(said: ReceiveLot) -> list[UUID]:
    found = rules.item(said.item)
    ids = [lot_id(said.item, said.number)]
    if said.diluent and found is not None and found.diluent:
        ids.append(lot_id(found.diluent, said.diluent))
    return ids


def _lot(entry: Entry[ReceiveLot], lots: Lots) -> dict[str, Any]:
    """The row of the lot that came: as it is known, or a new one."""
    said = entry.payload
    item = rules.item(said.item)
    if item is None or not lot_key(said.number):
        raise UnknownItem(value=said.item, known=", ".join(rules.nearest(said.item)))
    if said.expires_on < entry.happened_on:
        raise LotExpired(lot=said.number, on=said.expires_on)
    id, diluent = lot_id(said.item, said.number), None
    if said.diluent and item.diluent:
        diluent = lots.known(lot_id(item.diluent, said.diluent))["id"]
    known = lots.get(id)
    if known is None:
        return {
            "id": id, "item": said.item, "vaccine": item.vaccine, "number": said.number.strip(),
            "number_key": lot_key(said.number), "maker": said.maker.strip(),
            "expires_on": said.expires_on, "doses": item.doses, "diluent_id": diluent,
            "suspended_on": None, "suspended_why": "", "suspended_by_id": None,
            "first_unit_id": entry.unit,
            "changed_at": entry.received_at,
        }  # fmt: skip
    if known["expires_on"] != said.expires_on:
        raise LotDiffers(lot=known["number"], item=said.item, field="expiry",
                         known=known["expires_on"], given=said.expires_on)  # fmt: skip
    maker = said.maker.strip()
    if maker and known["maker"] and maker.casefold() != known["maker"].casefold():
        raise LotDiffers(
            lot=known["number"], item=said.item, field="maker", known=known["maker"], given=maker
        )
    return known | {
        "maker": known["maker"] or maker, "diluent_id": known["diluent_id"] or diluent,
        "changed_at": entry.received_at,
    }  # fmt: skip


@applies(SendStock)
def send_stock(batch: Batch[SendStock]) -> None:
    """Vials that leave a unit; until the other receives them they are on the way."""
    lots = Lots(line.lot for entry in batch.entries for line in entry.payload.lines)
    holders = Holders(holder_ids(batch, "out_of"))
    accounts = Accounts(
        (account, line.lot)
        for entry in batch.entries
        for line in entry.payload.lines
        for account in (
            shelf(entry.unit, line.out_of, line.state),
            on_the_way(entry.unit, entry.id),
        )
    )
    transfers, lines = [], []
    for entry in batch.entries:
        said = entry.payload
        try:
            if said.to == entry.unit:
                raise SendsToItself()
            if not places.there(said.to, entry.happened_on):
                raise UnknownPlace(value=said.to, on=entry.happened_on)
            holders.check(entry, *(line.out_of for line in said.lines))
            _once(lots, [line.lot for line in said.lines])
            moves = []
            for line in said.lines:
                row = lots.known(line.lot)
                if line.state == "usable":
                    check_usable(row, entry.happened_on)
                moves.append(Move("sent", line.lot, line.vials,
                                  shelf(entry.unit, line.out_of, line.state),
                                  on_the_way(entry.unit, entry.id), cause=entry.id))  # fmt: skip
            at = when(entry)
            accounts.apply(entry, moves, lots, said.note)
        except Refusal as refusal:
            batch.refuse(entry, refusal)
            continue
        transfers.append((entry.id, entry.unit, said.to, "sent", at, None, 0, said.note.strip(), "",
                          entry.received_at))  # fmt: skip
        lines += [
            (derived_id(entry.id, "line", line.lot), entry.id, line.lot, line.state, line.vials,
             None, None)
            for line in said.lines
        ]  # fmt: skip
    bulk.insert(Transfer, _TRANSFER, transfers)
    bulk.insert(TransferLine, _LINE, lines)
    accounts.post()


def on_the_way(unit: UUID, transfer: UUID) -> Account:
    """The account of what a transfer has on the way: still the sender's."""
    return Account(unit, transfer, "transit")


def _once(lots: Lots, ids: list[UUID]) -> None:
    twice = next((id for n, id in enumerate(ids) if id in ids[:n]), None)
    if twice is not None:
        raise LotTwice(lot=lots.known(twice)["number"])


@applies(ReceiveTransfer)
def receive_transfers(batch: Batch[ReceiveTransfer]) -> None:
    """What came of a transfer: whole, broken and missing vials, all of them accounted for."""
    ids = {entry.payload.transfer for entry in batch.entries}
    transfers = _rows(Transfer, _TRANSFER, Transfer.objects.filter(pk__among=ids))
    lines = _rows(TransferLine, _LINE, TransferLine.objects.filter(transfer_id__among=ids))
    sent: dict[UUID, dict[UUID, dict[str, Any]]] = {id: {} for id in transfers}
    for line in lines.values():
        sent[line["transfer_id"]][line["lot_id"]] = line
    lots = Lots(line["lot_id"] for line in lines.values())
    holders, monitors = Holders(holder_ids(batch, "into")), Monitors(batch)
    accounts = Accounts(
        (account, lot)
        for entry in batch.entries
        if entry.payload.transfer in transfers
        for lot, account in _touched(entry, transfers[entry.payload.transfer], sent)
    )
    changed: dict[UUID, None] = {}
    for entry in batch.entries:
        said = entry.payload
        try:
            transfer = transfers.get(said.transfer)
            if transfer is None or transfer["to_unit_id"] != entry.unit:
                raise UnknownTransfer(transfer=said.transfer)
            if transfer["state"] != "sent":
                raise TransferReceived(on=transfer["received_at"].date())
            holders.check(entry, *(line.into for line in said.lines))
            moves = _arrivals(entry, transfer, sent[said.transfer], lots, monitors)
            at = when(entry)
            accounts.apply(entry, moves, lots, said.note)
        except Refusal as refusal:
            batch.refuse(entry, refusal)
            continue
        changed[said.transfer] = None
        short = sum(move.vials for move in moves if move.kind == "missing")
        transfer.update(state="received", received_at=at, short=short,
                        received_note=said.note.strip(), changed_at=entry.received_at)  # fmt: skip
        for came in said.lines:
            sent[said.transfer][came.lot].update(arrived=came.arrived, broken=came.broken)
            monitors.seen(entry, came.lot, came.into, came.vvm)
    bulk.replace(Transfer, changed, _TRANSFER, [transfers[id] for id in changed])
    told = [line for id in changed for line in sent[id].values()]
    bulk.replace(TransferLine, [line["id"] for line in told], _LINE, told)
    monitors.post()
    accounts.post()


def _touched(
    entry: Entry[ReceiveTransfer], transfer: dict[str, Any], sent: dict[UUID, Any]
) -> list[tuple[UUID, Account]]:
    way = on_the_way(transfer["from_unit_id"], transfer["id"])
    found = [(lot, way) for lot in sent[transfer["id"]]]
    for line in entry.payload.lines:
        found += [(line.lot, shelf(entry.unit, line.into, s)) for s in ("usable", "quarantined")]
    return found


def _arrivals(
    entry: Entry[ReceiveTransfer], transfer: dict[str, Any], sent: dict[UUID, dict[str, Any]],
    lots: Lots, monitors: Monitors,
) -> list[Move]:  # fmt: skip
    """The moves of what came, refused unless every lot is told of and every difference explained."""
    said = entry.payload
    _once(lots, [line.lot for line in said.lines if line.lot in sent])
    if {line.lot for line in said.lines} != set(sent):
        raise TransferLines(lots=", ".join(sorted(lots.known(lot)["number"] for lot in sent)))
    way, moves, differences = on_the_way(transfer["from_unit_id"], transfer["id"]), [], []
    for line in said.lines:
        was, number = sent[line.lot], lots.known(line.lot)["number"]
        missing = was["sent"] - line.arrived - line.broken
        if missing < 0:
            raise MoreThanSent(came=line.arrived + line.broken, lot=number, sent=was["sent"])
        if missing or line.broken:
            differences.append(f"{number} {line.arrived}/{was['sent']}")
        state = monitors.state(line.vvm, was["state"])
        moves += [
            Move("arrived", line.lot, line.arrived, way, shelf(entry.unit, line.into, state),
                 cause=transfer["id"]),
            Move("broken", line.lot, line.broken, way, outside(entry.unit, "discarded"),
                 reason="broken", cause=transfer["id"]),
            Move("missing", line.lot, missing, way, outside(transfer["from_unit_id"], "adjusted"),
                 reason="missing", cause=transfer["id"]),
        ]  # fmt: skip
    if differences and len(said.note.strip()) < 3:
        raise DifferenceUnexplained(differences="; ".join(differences))
    return moves


@applies(ShiftStock)
def shift_stock(batch: Batch[ShiftStock]) -> None:
    """Vials from one fridge of a unit to another; what is expired or suspended may be moved too."""
    lots = Lots(entry.payload.lot for entry in batch.entries)
    holders = Holders(holder_ids(batch, "out_of", "into"))
    accounts = Accounts(
        (shelf(entry.unit, holder, entry.payload.state), entry.payload.lot)
        for entry in batch.entries
        for holder in (entry.payload.out_of, entry.payload.into)
    )
    for entry in batch.entries:
        said = entry.payload
        try:
            lots.known(said.lot)
            holders.check(entry, said.out_of, said.into)
            source = shelf(entry.unit, said.out_of, said.state)
            target = shelf(entry.unit, said.into, said.state)
            if source == target:
                raise SendsToItself()
            accounts.apply(entry, [Move("shifted", said.lot, said.vials, source, target)], lots)
        except Refusal as refusal:
            batch.refuse(entry, refusal)
    accounts.post()


def _rows(model: Any, columns: tuple[str, ...], query: Any) -> dict[UUID, dict[str, Any]]:
    found = fetch(query.order_by("id").values_list(*columns))
    return {row[0]: dict(zip(columns, row, strict=True)) for row in found}
