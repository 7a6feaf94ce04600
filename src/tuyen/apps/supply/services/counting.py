"""What was found on the shelves: a difference becomes an adjustment, told with its reason."""

from collections.abc import Mapping
from typing import Any

from tuyen.apps.supply.operations import AdjustStock, CountStock
from tuyen.apps.supply.refusals import DifferenceUnexplained, LotTwice, NeedsTwo, NothingChanges
from tuyen.apps.supply.services.accounts import (
    Account,
    Accounts,
    Holders,
    Lots,
    Move,
    holder_ids,
    outside,
    shelf,
)
from tuyen.kernel.operation import Batch, Entry, applies
from tuyen.kernel.refusal import Refusal
from tuyen.rules import supply as rules


@applies(CountStock)
def count_stock(batch: Batch[CountStock]) -> None:
    """Every line is what is there from now on; what was not counted stays as it was."""
    lots = Lots(line.lot for entry in batch.entries for line in entry.payload.lines)
    holders = Holders(holder_ids(batch, "held_in"))
    accounts = Accounts(
        (shelf(entry.unit, line.held_in, line.state), line.lot)
        for entry in batch.entries
        for line in entry.payload.lines
    )
    for entry in batch.entries:
        said = entry.payload
        try:
            holders.check(entry, *(line.held_in for line in said.lines))
            places = [(line.lot, line.held_in, line.state) for line in said.lines]
            if len(set(places)) < len(places):
                again = next(p for n, p in enumerate(places) if p in places[:n])
                raise LotTwice(lot=lots.known(again[0])["number"])
            moves, differences = [], []
            for line in said.lines:
                number = _by_one(lots.known(line.lot))
                account = shelf(entry.unit, line.held_in, line.state)
                there = accounts.vials(account, line.lot)
                if line.vials != there:
                    differences.append(f"{number} {line.vials}/{there}")
                    moves.append(_by(entry, account, line.lot, line.vials - there, "counted"))
            if differences and len(said.note.strip()) < 3:
                raise DifferenceUnexplained(differences="; ".join(differences))
            accounts.apply(entry, moves, lots, said.note)
        except Refusal as refusal:
            batch.refuse(entry, refusal)
    accounts.post()


@applies(AdjustStock)
def adjust_stock(batch: Batch[AdjustStock]) -> None:
    """So many vials more or fewer, with the reason; never below zero."""
    lots = Lots(entry.payload.lot for entry in batch.entries)
    holders = Holders(holder_ids(batch, "held_in"))
    accounts = Accounts(
        (shelf(entry.unit, entry.payload.held_in), entry.payload.lot) for entry in batch.entries
    )
    for entry in batch.entries:
        said = entry.payload
        try:
            _by_one(lots.known(said.lot))
            holders.check(entry, said.held_in)
            if not said.change:
                raise NothingChanges()
            account = shelf(entry.unit, said.held_in)
            move = _by(entry, account, said.lot, said.change, "adjusted")
            accounts.apply(entry, [move], lots, said.reason)
        except Refusal as refusal:
            batch.refuse(entry, refusal)
    accounts.post()


def _by_one(lot: Mapping[str, Any]) -> str:
    """The number of a lot that one person may count alone."""
    medicine = rules.medicine(lot["item"])
    if medicine is not None and medicine.controlled:
        raise NeedsTwo(lot=lot["number"])
    return str(lot["number"])


def _by(entry: Entry[Any], account: Account, lot: Any, change: int, kind: str) -> Move:
    other = outside(entry.unit, "adjusted")
    source, target = (other, account) if change > 0 else (account, other)
    return Move(kind, lot, abs(change), source, target)
