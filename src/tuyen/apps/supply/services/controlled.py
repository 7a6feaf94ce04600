"""Drugs under special control are counted by two: nothing moves on the word of one."""

from typing import Any
from uuid import UUID

from tuyen.apps.supply import bulk
from tuyen.apps.supply.models import ControlledCount, ControlledLine
from tuyen.apps.supply.operations import CountControlled, DestroyControlled, WitnessCount
from tuyen.apps.supply.refusals import (
    DifferenceUnexplained,
    LotTwice,
    MoreThanThere,
    NotControlled,
    SamePerson,
    UnknownCount,
)
from tuyen.apps.supply.services.accounts import (
    Accounts,
    Holders,
    Lots,
    Move,
    holder_ids,
    outside,
    shelf,
    when,
)
from tuyen.kernel.ids import derived_id
from tuyen.kernel.operation import Batch, Entry, applies
from tuyen.kernel.refusal import Refusal
from tuyen.rules import supply as rules

_COUNT = (
    "id", "purpose", "reason", "unit_id", "on", "at", "author_id", "note", "state", "witness_id", "witnessed_at",
    "witness_note", "changed_at",
)  # fmt: skip
_LINE = ("id", "count_id", "unit_id", "holder_id", "lot_id", "state", "there", "found")


@applies(CountControlled)
def count_controlled(batch: Batch[CountControlled]) -> None:
    """What the first person found, beside what the ledger says; it waits for the second."""
    lots = Lots(line.lot for entry in batch.entries for line in entry.payload.lines)
    holders = Holders(holder_ids(batch, "held_in"))
    accounts = Accounts(
        (shelf(entry.unit, line.held_in), line.lot)
        for entry in batch.entries
        for line in entry.payload.lines
    )
    counts: list[tuple[Any, ...]] = []
    lines: list[tuple[Any, ...]] = []
    for entry in batch.entries:
        said = entry.payload
        try:
            at = when(entry)
            holders.check(entry, *(line.held_in for line in said.lines))
            found = _found(entry, lots, accounts)
        except Refusal as refusal:
            batch.refuse(entry, refusal)
            continue
        counts.append(_count(entry, at, "count", ""))
        lines += found
    bulk.insert(ControlledCount, _COUNT, counts)
    bulk.insert(ControlledLine, _LINE, lines)


@applies(DestroyControlled)
def destroy_controlled(batch: Batch[DestroyControlled]) -> None:
    """What the first person is to destroy; it lies on its shelf until the second saw it destroyed."""
    lots = Lots(line.lot for entry in batch.entries for line in entry.payload.lines)
    holders = Holders(holder_ids(batch, "held_in"))
    accounts = Accounts(
        (shelf(entry.unit, line.held_in, line.state), line.lot)
        for entry in batch.entries
        for line in entry.payload.lines
    )
    counts: list[tuple[Any, ...]] = []
    lines: list[tuple[Any, ...]] = []
    for entry in batch.entries:
        said = entry.payload
        try:
            at = when(entry)
            holders.check(entry, *(line.held_in for line in said.lines))
            gone = _destroyed(entry, lots, accounts)
        except Refusal as refusal:
            batch.refuse(entry, refusal)
            continue
        counts.append(_count(entry, at, "destroy", said.reason))
        lines += gone
    bulk.insert(ControlledCount, _COUNT, counts)
    bulk.insert(ControlledLine, _LINE, lines)


def _count(entry: Entry[Any], at: Any, purpose: str, reason: str) -> tuple[Any, ...]:
    return (
        entry.id, purpose, reason, entry.unit, entry.happened_on, at, entry.author,
        entry.payload.note.strip(), "waiting", None, None, "", entry.received_at,
    )  # fmt: skip


def _destroyed(
    entry: Entry[DestroyControlled], lots: Lots, accounts: Accounts
) -> list[tuple[Any, ...]]:  # fmt: skip
    rows: list[tuple[Any, ...]] = []
    for line in entry.payload.lines:
        lot, account = lots.known(line.lot), shelf(entry.unit, line.held_in, line.state)
        medicine = rules.medicine(lot["item"])
        if medicine is None or not medicine.controlled:
            raise NotControlled(lot=lot["number"])
        id = derived_id(entry.id, "line", account.holder, line.state, line.lot)
        if any(row[0] == id for row in rows):
            raise LotTwice(lot=lot["number"])
        there = accounts.vials(account, line.lot)
        if line.pieces > there:
            raise MoreThanThere(pieces=line.pieces, lot=lot["number"], there=there)
        rows.append((id, entry.id, entry.unit, account.holder, line.lot, line.state, there,
                     there - line.pieces))  # fmt: skip
    return rows


def _found(entry: Entry[CountControlled], lots: Lots, accounts: Accounts) -> list[tuple[Any, ...]]:
    rows: list[tuple[Any, ...]] = []
    differences = []
    for line in entry.payload.lines:
        lot, account = lots.known(line.lot), shelf(entry.unit, line.held_in)
        medicine = rules.medicine(lot["item"])
        if medicine is None or not medicine.controlled:
            raise NotControlled(lot=lot["number"])
        id = derived_id(entry.id, "line", account.holder, line.lot)
        if any(row[0] == id for row in rows):
            raise LotTwice(lot=lot["number"])
        there = accounts.vials(account, line.lot)
        if there != line.found:
            differences.append(f"{lot['number']} {line.found}/{there}")
        rows.append(
            (id, entry.id, entry.unit, account.holder, line.lot, "usable", there, line.found)
        )
    if differences and len(entry.payload.note.strip()) < 3:
        raise DifferenceUnexplained(differences="; ".join(differences))
    return rows


@applies(WitnessCount)
def witness_counts(batch: Batch[WitnessCount]) -> None:
    """The second person agrees, and the difference of that count is adjusted; or does not."""
    ids = {entry.payload.count for entry in batch.entries}
    counts = {
        row[0]: dict(zip(_COUNT, row, strict=True))
        for row in ControlledCount.objects.filter(pk__among=ids).values_list(*_COUNT)
    }
    lines: dict[UUID, list[dict[str, Any]]] = {id: [] for id in counts}
    found = ControlledLine.objects.filter(count_id__among=ids).order_by("id").values_list(*_LINE)
    for row in found:
        lines[row[1]].append(dict(zip(_LINE, row, strict=True)))
    every = [line for of in lines.values() for line in of]
    lots = Lots(line["lot_id"] for line in every)
    accounts = Accounts(
        (shelf(line["unit_id"], line["holder_id"], line["state"]), line["lot_id"]) for line in every
    )
    changed: dict[UUID, None] = {}
    for entry in batch.entries:
        said = entry.payload
        try:
            count = counts.get(said.count)
            if count is None or count["unit_id"] != entry.unit or count["state"] != "waiting":
                raise UnknownCount(count=said.count)
            if entry.author is not None and entry.author == count["author_id"]:
                raise SamePerson()
            if not said.agrees and len(said.note.strip()) < 3:
                raise DifferenceUnexplained(differences="–")
            if said.agrees:
                moves = [
                    _gone(line, count["reason"])
                    if count["purpose"] == "destroy"
                    else _adjusted(line)
                    for line in lines[said.count]
                    if line["found"] != line["there"]
                ]
                accounts.apply(entry, moves, lots, count["note"])
        except Refusal as refusal:
            batch.refuse(entry, refusal)
            continue
        changed[said.count] = None
        count.update(
            state="witnessed" if said.agrees else "disputed", witness_id=entry.author,
            witnessed_at=entry.received_at, witness_note=said.note.strip(),
            changed_at=entry.received_at,
        )  # fmt: skip
    bulk.replace(ControlledCount, changed, _COUNT, [counts[id] for id in changed])
    accounts.post()


def _gone(line: dict[str, Any], reason: str) -> Move:
    """What was destroyed before the eyes of two."""
    source = shelf(line["unit_id"], line["holder_id"], line["state"])
    return Move("discarded", line["lot_id"], line["there"] - line["found"], source,
                outside(line["unit_id"], "discarded"), reason=reason, cause=line["count_id"])  # fmt: skip


def _adjusted(line: dict[str, Any]) -> Move:
    """The difference of the count, whatever moved between it and the second signature."""
    account, other = shelf(line["unit_id"], line["holder_id"]), outside(line["unit_id"], "adjusted")
    change = line["found"] - line["there"]
    source, target = (other, account) if change > 0 else (account, other)
    return Move("counted", line["lot_id"], abs(change), source, target, cause=line["count_id"])
