"""The shelves and the lines of visits, as they stand while a batch of dispensings is worked through.

Everything that a batch may touch is read once, a constant number of queries whatever its size, and
worked through in order, so that a batch writes what its entries would have written one by one.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import datetime
from decimal import ROUND_CEILING, ROUND_HALF_UP, Decimal
from typing import Any, NamedTuple
from uuid import UUID

from django.db import models

from tuyen.apps.journal.prepared import prepared
from tuyen.apps.supply import bulk, places
from tuyen.apps.supply.models import (
    Balance,
    DispensedLot,
    Dispensing,
    Lot,
    Prescription,
    Shortfall,
)
from tuyen.apps.supply.services.accounts import Account, Accounts, Lots, Move, outside, shelf
from tuyen.kernel.ids import derived_id
from tuyen.kernel.operation import Entry
from tuyen.rules import supply as rules

_DISPENSING = (
    "id", "visit_id", "operation_id", "unit_id", "source", "line", "item", "prescribed", "lot_id",
    "holder_id", "quantity", "pieces", "short", "days", "on", "at", "author_id", "changed_at",
)  # fmt: skip
_TAKEN = ("id", "dispensing_id", "visit_id", "unit_id", "holder_id", "lot_id", "pieces")
_SHORT = (
    "id", "dispensing_id", "visit_id", "unit_id", "item", "lot_id", "pieces", "why", "on", "state",
    "how", "settled_on", "settled_by_id", "note", "changed_at",
)  # fmt: skip
_PRESCRIBED = (
    "id", "visit_id", "unit_id", "item", "quantity", "given", "dose", "times", "days", "on", "at",
    "changed_at",
)  # fmt: skip
_THOUSANDTH = Decimal("0.001")
_MOST = Decimal(1_000_000)


class Handed(NamedTuple):
    """One line that is handed out. ``lot`` and ``holder``: None where nobody said which."""

    line: int
    item: str
    quantity: Decimal
    lot: UUID | None = None
    holder: UUID | None = None
    days: int = 0
    prescribed: str = ""


class Ordered(NamedTuple):
    """One item that a visit prescribes."""

    item: str
    quantity: Decimal
    dose: Decimal | None
    times: int
    days: int


class Wanted(NamedTuple):
    """What a batch may take: at which units, of which items and lots, from which holders."""

    units: Collection[UUID]
    items: Collection[str]
    lots: Collection[UUID]
    holders: Collection[UUID]


def amount(quantity: Decimal) -> Decimal:
    """A quantity as it is kept: to a thousandth, never below none; what is no number is none."""
    if not quantity.is_finite():
        return Decimal(0)
    return min(max(quantity, Decimal(0)), _MOST).quantize(_THOUSANDTH, ROUND_HALF_UP)


def pieces_of(quantity: Decimal) -> int:
    """How many whole pieces leave the shelf for a quantity: a tablet that was halved is gone.

    >>> pieces_of(Decimal("7.5"))
    8
    """
    return int(quantity.to_integral_value(ROUND_CEILING))


class Rows:
    """Rows of one table by id and by visit, written over at the end: what was there, is there, is gone."""

    def __init__(self, model: type[models.Model], columns: Sequence[str]) -> None:
        self._model, self._columns = model, columns
        self._rows: dict[UUID, dict[str, Any]] = {}
        self._of: dict[UUID, dict[UUID, None]] = defaultdict(dict)
        self._held: set[UUID] = set()
        self._changed: dict[UUID, None] = {}

    def read(self, query: Any) -> None:
        for row in query.order_by("id").values_list(*self._columns):
            self._keep(dict(zip(self._columns, row, strict=True)))
            self._held.add(row[0])

    def _keep(self, row: dict[str, Any]) -> None:
        self._rows[row["id"]] = row
        self._of[row["visit_id"]][row["id"]] = None

    def put(self, *values: Any) -> None:
        self.change(dict(zip(self._columns, values, strict=True)))

    def change(self, row: dict[str, Any]) -> None:
        self._keep(row)
        self._changed[row["id"]] = None

    def drop(self, id: UUID) -> None:
        del self._of[self._rows.pop(id)["visit_id"]][id]
        self._changed[id] = None

    def get(self, id: UUID) -> dict[str, Any] | None:
        return self._rows.get(id)

    def of(self, visit: UUID) -> list[dict[str, Any]]:
        """The rows of a visit."""
        return [self._rows[id] for id in self._of.get(visit, ())]

    def __iter__(self) -> Iterator[dict[str, Any]]:
        return iter(list(self._rows.values()))

    def post(self) -> None:
        kept = [self._rows[id] for id in self._changed if id in self._rows]
        gone = [id for id in self._changed if id in self._held]
        bulk.replace(self._model, gone, self._columns, kept)


@prepared
def _on_shelves(units: Collection[UUID], items: Collection[str]) -> Any:
    """Of which lots of these items there is something, and where."""
    lots = Lot.objects.filter(item__among=items).values("id")
    held = Balance.objects.filter(
        unit_id__among=units, state="usable", vials__gt=0, lot_id__in=lots
    )  # fmt: skip
    return held.values_list("unit_id", "holder_id", "lot_id")


class Dispensary:
    """Lines, lots and shelves of the visits of a batch."""

    def __init__(self, visits: Collection[UUID]) -> None:
        """Reads what is kept of ``visits``; none for those that are new."""
        self.lines, self.taken = Rows(Dispensing, _DISPENSING), Rows(DispensedLot, _TAKEN)
        self.shortfalls, self.prescribed = Rows(Shortfall, _SHORT), Rows(Prescription, _PRESCRIBED)
        for model, rows in (
            (Dispensing, self.lines),
            (DispensedLot, self.taken),
            (Shortfall, self.shortfalls),
            (Prescription, self.prescribed),
        ):
            if visits:
                rows.read(model._default_manager.filter(visit_id__among=set(visits)))
        self._made: dict[UUID, int] = defaultdict(int)

    def unit_of(self, visit: UUID) -> UUID | None:
        """Whose shelves a visit took from, where it took or prescribed anything."""
        rows = [*self.lines.of(visit), *self.prescribed.of(visit)]
        return rows[0]["unit_id"] if rows else None

    def stock(self, wanted: Wanted) -> None:
        """Read the shelves: those that hold the items, those that are named, those that vials may come
        back to."""
        held = _on_shelves(set(wanted.units), set(wanted.items)) if wanted.items else []
        pairs = {(Account(unit, holder, "usable"), lot) for unit, holder, lot in held}
        pairs |= {(self._shelf_of(row), row["lot_id"]) for row in self.taken}
        for unit in wanted.units:
            for lot in wanted.lots:
                pairs |= {(shelf(unit, holder), lot) for holder in (None, *wanted.holders)}
        self.lots = Lots({lot for _, lot in pairs} | set(wanted.lots))
        self.accounts = Accounts(pairs)
        holders = {account.holder for account, _ in pairs} - {account.unit for account, _ in pairs}
        equipment = places.equipment_of(holders)
        self._shelves: dict[tuple[UUID, UUID], list[Account]] = defaultdict(list)
        for account, lot in sorted(pairs, key=lambda pair: (str(pair[0].holder), str(pair[1]))):
            # What a session holds is not on a shelf; a cabinet or the bag of a team is.
            if account.holder == account.unit or account.holder in equipment:
                self._shelves[account.unit, lot].append(account)
        self._lots_at: dict[tuple[UUID, str], set[UUID]] = defaultdict(set)
        for unit, lot in self._shelves:
            row = self.lots.get(lot)
            if row is not None:
                self._lots_at[unit, row["item"]].add(lot)

    @staticmethod
    def _shelf_of(taken: dict[str, Any]) -> Account:
        return Account(taken["unit_id"], taken["holder_id"], "usable")

    def hand_out(
        self, entry: Entry[Any], visit: UUID, unit: UUID, source: str, one: Handed, at: datetime
    ) -> None:
        """Take a line off the shelves as far as they hold it; the rest is a difference."""
        id = derived_id(entry.id, "dispensed", one.line)
        quantity = amount(one.quantity)
        pieces = pieces_of(quantity)
        found, why = self.find(unit, one.item, one.lot, one.holder, pieces, entry)
        self._take(entry, id, visit, unit, source, found, at)
        short = pieces - sum(many for _, _, many in found)
        self.lines.put(
            id, visit, entry.id, unit, source, one.line, one.item, one.prescribed or one.item,
            one.lot, one.holder, quantity, pieces, short, one.days, entry.happened_on, at,
            entry.author, entry.received_at,
        )  # fmt: skip
        if short:
            self.shortfalls.put(
                derived_id(id, "short"), id, visit, unit, one.item, one.lot, short,
                why or "not-enough", entry.happened_on, "open", "", None, None, "",
                entry.received_at,
            )  # fmt: skip

    def find(
        self, unit: UUID, item: str, lot: UUID | None, holder: UUID | None, pieces: int,
        entry: Entry[Any],
    ) -> tuple[list[tuple[Account, UUID, int]], str]:  # fmt: skip
        """Shelves with so many pieces: of the lot that is named, else first expired first. And why
        there are too few, where it is not that the shelf is empty."""
        if rules.item(item) is None:
            return [], "unknown-item"
        if lot is None:
            lots = [self.lots.known(one) for one in self._lots_at.get((unit, item), ())]
            lots = [row for row in lots if row["expires_on"] >= entry.happened_on
                    and not (row["suspended_on"] and row["suspended_on"] <= entry.happened_on)]  # fmt: skip
        else:
            named = self.lots.get(lot)
            if named is None:
                return [], "no-lot"
            if named["item"] != item:
                return [], "other-item"
            lots = [named]
        found = []
        for row in sorted(lots, key=lambda row: (row["expires_on"], row["number_key"])):
            for account in self._places(unit, row["id"], holder):
                many = min(pieces, self.accounts.vials(account, row["id"]))
                if many > 0:
                    found.append((account, row["id"], many))
                    pieces -= many
        return found, ""

    def _places(self, unit: UUID, lot: UUID, holder: UUID | None) -> list[Account]:
        """The shelves of a unit that hold a lot, its own before its cabinets; one, where it is named."""
        there = self._shelves.get((unit, lot), [])
        if holder is not None:
            return [account for account in there if account.holder == holder]
        return sorted(there, key=lambda account: account.holder != unit)

    def _take(
        self, entry: Entry[Any], line: UUID, visit: UUID, unit: UUID, source: str,
        found: Iterable[tuple[Account, UUID, int]], at: datetime,
    ) -> None:  # fmt: skip
        moves = []
        for account, lot, many in found:
            moves.append(Move("dispensed" if source == "visit" else "handed-out", lot, many, account,
                              outside(unit, "used"), self._amiss(lot, entry), visit))  # fmt: skip
            self.taken.put(derived_id(line, account.holder, lot, entry.id), line, visit, unit,
                           account.holder, lot, many)  # fmt: skip
        self._move(entry, moves, at)

    def _amiss(self, lot: UUID, entry: Entry[Any]) -> str:
        """What speaks against a lot that was handed out all the same."""
        row = self.lots.known(lot)
        if row["suspended_on"] is not None and row["suspended_on"] <= entry.happened_on:
            return "suspended"
        return "expired" if row["expires_on"] < entry.happened_on else ""

    def settle(self, entry: Entry[Any], line: dict[str, Any], lot: UUID | None, pieces: int,
               at: datetime) -> int:  # fmt: skip
        """Take what was handed out before it was received; returns how many the shelf holds of it."""
        found, _ = self.find(line["unit_id"], line["item"], lot, None, pieces, entry)
        there = sum(many for _, _, many in found)
        if there == pieces:
            self._take(
                entry, line["id"], line["visit_id"], line["unit_id"], line["source"], found, at
            )
            self.lines.change(line | {"short": line["short"] - pieces,
                                      "changed_at": entry.received_at})  # fmt: skip
        return there

    def give_back(
        self, entry: Entry[Any], visit: UUID, sources: Collection[str], at: datetime
    ) -> None:
        """Put what the lines of a visit took where it lay, and take the lines out."""
        gone = {row["id"]: row for row in self.lines.of(visit) if row["source"] in sources}
        moves = []
        for row in sorted(self.taken.of(visit), key=lambda row: str(row["id"])):
            if row["dispensing_id"] in gone:
                moves.append(Move("given-back", row["lot_id"], row["pieces"],
                                  outside(row["unit_id"], "used"), self._shelf_of(row),
                                  cause=visit))  # fmt: skip
                self.taken.drop(row["id"])
        self._move(entry, moves, at)
        for row in self.shortfalls.of(visit):
            if row["dispensing_id"] in gone and row["state"] != "void":
                self.shortfalls.change(row | {"state": "void", "changed_at": entry.received_at})
        for id in gone:
            self.lines.drop(id)

    def _move(self, entry: Entry[Any], moves: list[Move], at: datetime) -> None:
        self.accounts.write(entry, moves, at, first=self._made[entry.id])
        self._made[entry.id] += len(moves)

    def prescribe(self, entry: Entry[Any], visit: UUID, unit: UUID, ordered: Iterable[Ordered],
                  at: datetime) -> None:  # fmt: skip
        """What a visit prescribes from now on, item by item."""
        for row in self.prescribed.of(visit):
            self.prescribed.drop(row["id"])
        for one in ordered:
            self.prescribed.put(
                derived_id(visit, "prescribed", one.item), visit, unit, one.item, one.quantity,
                Decimal(0), one.dose, one.times, one.days, entry.happened_on, at, entry.received_at,
            )  # fmt: skip

    def reckon(self, entry: Entry[Any], visit: UUID) -> None:
        """How much of each prescribed item was handed out, in the visit and since."""
        given: dict[str, Decimal] = defaultdict(Decimal)
        for row in self.lines.of(visit):
            given[row["prescribed"]] += row["quantity"]
        for row in self.prescribed.of(visit):
            if row["given"] != given[row["item"]]:
                self.prescribed.change(row | {"given": min(given[row["item"]], _MOST),
                                              "changed_at": entry.received_at})  # fmt: skip

    def post(self) -> None:
        """Write everything: five tables, and the movements."""
        for rows in (self.lines, self.taken, self.shortfalls, self.prescribed):
            rows.post()
        self.accounts.post()
