"""The accounts that a batch is about, as they stand while it is worked through."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from tuyen.apps.journal import bulk as journal
from tuyen.apps.journal.prepared import prepared
from tuyen.apps.supply import bulk, places
from tuyen.apps.supply.account import Account, balance_id, outside, shelf
from tuyen.apps.supply.models import Balance, Lot, Movement
from tuyen.apps.supply.models.ledger import OUTSIDE, SHELVES
from tuyen.apps.supply.refusals import (
    FromTheFuture,
    LotNeverReceived,
    NotEnough,
    UnknownHolder,
)
from tuyen.kernel.ids import derived_id
from tuyen.kernel.operation import Batch, Entry

__all__ = [
    "Account",
    "Accounts",
    "Holders",
    "Lots",
    "Move",
    "holder_ids",
    "not_enough",
    "outside",
    "shelf",
    "when",
]

_BALANCE = ("id", "unit_id", "holder_id", "state", "lot_id", "vials", "changed_at")
_MOVEMENT = (
    "id", "seq", "operation_id", "kind", "lot_id", "vials", "from_unit_id", "from_holder_id", "from_state",
    "to_unit_id", "to_holder_id", "to_state", "cause_id", "reason", "note", "on", "at", "author_id",
)  # fmt: skip
_LOT = (
    "id", "item", "vaccine", "number", "number_key", "maker", "expires_on", "doses", "diluent_id",
    "suspended_on", "suspended_why", "suspended_by_id", "first_unit_id", "changed_at",
)  # fmt: skip
_LATE = timedelta(minutes=10)  # clocks differ


class Move(NamedTuple):
    """So many vials from an account to an account."""

    kind: str
    lot: UUID
    vials: int
    source: Account
    target: Account
    reason: str = ""
    cause: UUID | None = None


def when(entry: Entry[Any]) -> datetime:
    """When something happened: as its author says, or when it was recorded.

    Raises
    ------
    FromTheFuture
        If that is later than the moment at which it was received.
    """
    said: datetime | None = getattr(entry.payload, "at", None)
    at = said or entry.recorded_at
    if at.tzinfo is None:
        raise FromTheFuture(value=f"{at:%Y-%m-%d %H:%M}")
    if at > entry.received_at + _LATE:
        if said is not None:
            raise FromTheFuture(value=said.isoformat(timespec="minutes"))
        at = entry.received_at  # the clock of a tablet that runs fast
    return at


@prepared
def _lots(ids: Collection[UUID]) -> Any:
    return Lot.objects.filter(pk__among=ids).values_list(*_LOT)


@prepared
def _balances(ids: Collection[UUID]) -> Any:
    return Balance.objects.filter(pk__among=ids).values_list(*_BALANCE)


@prepared
def _last_movement() -> Any:
    return Movement.objects.order_by("-seq").values_list("seq")[:1]


class Lots:
    """The lots that a batch names, each a row that may be changed. One query."""

    def __init__(self, ids: Iterable[UUID]) -> None:
        wanted = set(ids)
        rows = _lots(wanted) if wanted else []
        self._rows = {row[0]: dict(zip(_LOT, row, strict=True)) for row in rows}
        self._held = set(self._rows)
        self._changed: dict[UUID, None] = {}

    def get(self, id: UUID) -> dict[str, Any] | None:
        return self._rows.get(id)

    def known(self, id: UUID) -> dict[str, Any]:
        """The row of a lot; refused when it never came in."""
        row = self._rows.get(id)
        if row is None:
            raise LotNeverReceived(lot=id)
        return row

    def put(self, row: dict[str, Any]) -> None:
        """A new row, or one that was changed."""
        self._rows[row["id"]] = row
        self._changed[row["id"]] = None

    def post(self) -> None:
        rows = [self._rows[id] for id in self._changed]
        bulk.replace(Lot, [id for id in self._changed if id in self._held], _LOT, rows)


class Accounts:
    """Balances that a batch touches, checked and moved in memory, written by :meth:`post`.

    ``pairs`` are all the shelves that may be taken from or given to, each with its lot. One query,
    and three statements to write.
    """

    def __init__(self, pairs: Iterable[tuple[Account, UUID]]) -> None:
        self._rows: dict[UUID, dict[str, Any]] = {}
        self._changed: dict[UUID, None] = {}
        self._moves: list[tuple[Any, ...]] = []
        self._asked: set[UUID] = set()
        self.load(pairs)

    def load(self, pairs: Iterable[tuple[Account, UUID]]) -> None:
        """Read the balances of more accounts, and of what lies outside of their units."""
        wanted: set[UUID] = set()
        for account, lot in set(pairs):
            ends = (account, *(outside(account.unit, state) for state in OUTSIDE))
            wanted.update(balance_id(end, lot) for end in ends)
        wanted -= self._asked
        if not wanted:
            return
        self._asked |= wanted
        for row in _balances(wanted):
            self._rows[row[0]] = dict(zip(_BALANCE, row, strict=True))

    def vials(self, account: Account, lot: UUID) -> int:
        """How many vials an account holds now."""
        row = self._rows.get(balance_id(account, lot))
        return int(row["vials"]) if row else 0

    def apply(self, entry: Entry[Any], moves: Collection[Move], lots: Lots, note: str = "") -> None:
        """Write all the moves of an entry, or none: refused when a shelf would fall below zero."""
        at = when(entry)
        strange = [(account, move.lot) for move in moves for account in (move.source, move.target)
                   if balance_id(account, move.lot) not in self._asked]  # fmt: skip
        if strange:
            self.load(strange)
        taken: dict[tuple[Account, UUID], int] = defaultdict(int)
        for move in moves:
            taken[move.source, move.lot] += move.vials
            if move.source.state in SHELVES:
                there = self.vials(move.source, move.lot)
                if taken[move.source, move.lot] > there:
                    raise not_enough(
                        entry,
                        move.source,
                        lots.known(move.lot),
                        taken[move.source, move.lot],
                        there,
                    )
        self.write(entry, moves, at, note)

    def write(
        self, entry: Entry[Any], moves: Iterable[Move], at: datetime, note: str = "", first: int = 0
    ) -> None:
        """Write moves that are known to fit; ``first`` is the number of those that the entry made
        before."""
        for number, move in enumerate(moves, start=first):
            if not move.vials:
                continue
            self._add(entry, move.source, move.lot, -move.vials)
            self._add(entry, move.target, move.lot, move.vials)
            self._moves.append((
                derived_id(entry.id, "move", number), 0, entry.id, move.kind, move.lot, move.vials,
                *move.source, *move.target, move.cause, move.reason, note.strip(),
                entry.happened_on, at, entry.author,
            ))  # fmt: skip

    def _add(self, entry: Entry[Any], account: Account, lot: UUID, vials: int) -> None:
        id = balance_id(account, lot)
        row = self._rows.setdefault(
            id, dict(zip(_BALANCE, (id, *account, lot, 0, entry.received_at), strict=True))
        )
        row["vials"] += vials
        row["changed_at"] = entry.received_at
        self._changed[id] = None

    def post(self) -> None:
        rows = [self._rows[id] for id in self._changed]
        if rows:
            journal.put(Balance, _BALANCE, [tuple(map(row.get, _BALANCE)) for row in rows])
        if self._moves:
            # Commits are serialised, so the next number is free; a replay finds the same one.
            found = _last_movement()
            last = found[0][0] if found else 0
            numbered = [(row[0], last + n, *row[2:]) for n, row in enumerate(self._moves, start=1)]
            bulk.insert(Movement, _MOVEMENT, numbered)


def not_enough(
    entry: Entry[Any], account: Account, lot: dict[str, Any], wanted: int, there: int
) -> NotEnough:
    """The refusal that says which lot, which place, and how many lie there."""
    return NotEnough(
        wanted=wanted, lot=lot["number"], place=places.name(account.unit, entry.happened_on),
        there=there, state=account.state,
    )  # fmt: skip


class Holders:
    """The fridges and boxes that a batch names. One query."""

    def __init__(self, ids: Iterable[UUID | None]) -> None:
        self._units = places.equipment_of({id for id in ids if id is not None})

    def check(self, entry: Entry[Any], *ids: UUID | None) -> None:
        """Each is a piece of equipment of the entry's unit, or the unit itself."""
        for id in ids:
            if id is None or id == entry.unit:
                continue
            if self._units.get(id, (None, ""))[0] != entry.unit:
                raise UnknownHolder(value=id, place=places.name(entry.unit, entry.happened_on))


def holder_ids(batch: Batch[Any], *names: str) -> set[UUID | None]:
    """What the payloads of a batch, and their lines, name as holders."""
    found: set[UUID | None] = set()
    for entry in batch.entries:
        for said in (entry.payload, *getattr(entry.payload, "lines", ())):
            found.update(getattr(said, name, None) for name in names)
    return found
