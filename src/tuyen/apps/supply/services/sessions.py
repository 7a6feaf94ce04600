"""What a session takes along and brings back: closed by every vial, in vials and in doses."""

from typing import Any
from uuid import UUID

from tuyen.apps.journal.bulk import fetch
from tuyen.apps.supply import bulk
from tuyen.apps.supply.models import SessionUse
from tuyen.apps.supply.operations import CloseSessionStock, IssueToSession, SessionLine
from tuyen.apps.supply.refusals import (
    DifferenceUnexplained,
    GivenTooMany,
    LotTwice,
    MoreThanTaken,
    SessionClosed,
    SessionLines,
    UnknownSession,
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
)
from tuyen.apps.supply.services.usable import check_usable
from tuyen.kernel.ids import derived_id
from tuyen.kernel.operation import Batch, Entry, applies
from tuyen.kernel.refusal import Refusal

_USE = (
    "id", "session_id", "unit_id", "lot_id", "on", "taken", "returned", "opened", "kept_open",
    "discarded", "given", "closed", "changed_at",
)  # fmt: skip


def held_by(unit: UUID, session: UUID) -> Account:
    """The account of what a session has with it."""
    return Account(unit, session, "usable")


class Uses:
    """The use of every lot by the sessions that a batch names. One query."""

    def __init__(self, sessions: set[UUID]) -> None:
        rows = fetch(SessionUse.objects.filter(session_id__among=sessions).values_list(*_USE))
        self._rows = {row[0]: dict(zip(_USE, row, strict=True)) for row in rows}
        self._held = set(self._rows)
        self._changed: dict[UUID, None] = {}

    def of(self, session: UUID) -> list[dict[str, Any]]:
        return [row for row in self._rows.values() if row["session_id"] == session]

    def change(self, row: dict[str, Any]) -> None:
        self._rows[row["id"]] = row
        self._changed[row["id"]] = None

    def post(self) -> None:
        rows = [self._rows[id] for id in self._changed]
        bulk.replace(SessionUse, [id for id in self._changed if id in self._held], _USE, rows)


@applies(IssueToSession)
def issue_to_sessions(batch: Batch[IssueToSession]) -> None:
    """Vials for a session; none of a lot that is suspended, expired or set apart."""
    lots = Lots(line.lot for entry in batch.entries for line in entry.payload.lines)
    holders = Holders(holder_ids(batch, "out_of"))
    uses = Uses({entry.payload.session for entry in batch.entries})
    accounts = Accounts(
        (account, line.lot)
        for entry in batch.entries
        for line in entry.payload.lines
        for account in (
            shelf(entry.unit, line.out_of, line.state), held_by(entry.unit, entry.payload.session)
        )
    )  # fmt: skip
    for entry in batch.entries:
        said = entry.payload
        try:
            held = {row["lot_id"]: row for row in uses.of(said.session)}
            if any(row["closed"] for row in held.values()):
                raise SessionClosed()
            if any(row["unit_id"] != entry.unit for row in held.values()):
                raise UnknownSession(session=said.session, lot="–")
            holders.check(entry, *(line.out_of for line in said.lines))
            moves = []
            for line in said.lines:
                check_usable(lots.known(line.lot), entry.happened_on)
                moves.append(Move("issued", line.lot, line.vials,
                                  shelf(entry.unit, line.out_of, line.state),
                                  held_by(entry.unit, said.session), cause=said.session))  # fmt: skip
            accounts.apply(entry, moves, lots, said.note)
        except Refusal as refusal:
            batch.refuse(entry, refusal)
            continue
        for line in said.lines:
            row = held.get(line.lot) or _new(entry, line.lot)
            row = row | {"taken": row["taken"] + line.vials, "changed_at": entry.received_at}
            held[line.lot] = row
            uses.change(row)
    uses.post()
    accounts.post()


def _new(entry: Entry[IssueToSession], lot: UUID) -> dict[str, Any]:
    session = entry.payload.session
    values = (derived_id(session, "use", lot), session, entry.unit, lot, entry.happened_on)
    return dict(zip(_USE, (*values, *[0] * 6, False, entry.received_at), strict=True))


@applies(CloseSessionStock)
def close_sessions(batch: Batch[CloseSessionStock]) -> None:
    """The balance of a session: every vial that it took is told of, or explained as missing."""
    uses = Uses({entry.payload.session for entry in batch.entries})
    lots = Lots(row["lot_id"] for e in batch.entries for row in uses.of(e.payload.session))
    holders = Holders(holder_ids(batch, "into"))
    accounts = Accounts(
        (account, line.lot)
        for entry in batch.entries
        for line in entry.payload.lines
        for account in (
            held_by(entry.unit, entry.payload.session), shelf(entry.unit, line.into),
            shelf(entry.unit, line.into, "open"),
        )
    )  # fmt: skip
    for entry in batch.entries:
        said = entry.payload
        try:
            held = {row["lot_id"]: row for row in uses.of(said.session)}
            _check_lines(entry, held, lots)
            holders.check(entry, *(line.into for line in said.lines))
            moves: list[Move] = []
            missing = []
            for line in said.lines:
                lost = _check_line(line, held[line.lot], lots.known(line.lot))
                if lost:
                    missing.append(f"{lots.known(line.lot)['number']} −{lost}")
                moves += _back(entry, line, lost)
            if missing and len(said.note.strip()) < 3:
                raise DifferenceUnexplained(differences="; ".join(missing))
            accounts.apply(entry, moves, lots, said.note)
        except Refusal as refusal:
            batch.refuse(entry, refusal)
            continue
        for line in said.lines:
            uses.change(held[line.lot] | {
                "returned": line.returned, "opened": line.opened, "kept_open": line.kept_open,
                "discarded": line.discarded, "given": line.given, "closed": True,
                "changed_at": entry.received_at,
            })  # fmt: skip
    uses.post()
    accounts.post()


def _check_lines(
    entry: Entry[CloseSessionStock], held: dict[UUID, dict[str, Any]], lots: Lots
) -> None:
    said = entry.payload
    told = [line.lot for line in said.lines]
    strange = next(
        (lot for lot in told if lot not in held or held[lot]["unit_id"] != entry.unit), None
    )
    if strange is not None:
        raise UnknownSession(session=said.session, lot=strange)
    if any(row["closed"] for row in held.values()):
        raise SessionClosed()
    twice = next((lot for n, lot in enumerate(told) if lot in told[:n]), None)
    if twice is not None:
        raise LotTwice(lot=lots.known(twice)["number"])
    if left := set(held) - set(told):
        raise SessionLines(lots=", ".join(sorted(lots.known(lot)["number"] for lot in left)))


def _check_line(line: SessionLine, use: dict[str, Any], lot: dict[str, Any]) -> int:
    """How many vials of a line are missing; refused where more is told than was taken."""
    told = line.returned + line.opened + line.kept_open + line.discarded
    if told > use["taken"]:
        raise MoreThanTaken(told=told, lot=lot["number"], taken=use["taken"])
    vials = line.opened + line.kept_open
    most = vials * lot["doses"]
    if line.given > most:
        raise GivenTooMany(
            given=line.given, lot=lot["number"], vials=vials, doses=lot["doses"], most=most
        )
    return int(use["taken"] - told)


def _back(entry: Entry[CloseSessionStock], line: SessionLine, missing: int) -> list[Move]:
    session, unit = entry.payload.session, entry.unit
    out = held_by(unit, session)
    return [
        Move("returned", line.lot, line.returned, out, shelf(unit, line.into), cause=session),
        Move("used", line.lot, line.opened, out, outside(unit, "used"), cause=session),
        Move("kept-open", line.lot, line.kept_open, out, shelf(unit, line.into, "open"),
             cause=session),
        Move("discarded", line.lot, line.discarded, out, outside(unit, "discarded"),
             reason="session", cause=session),
        Move("missing", line.lot, missing, out, outside(unit, "adjusted"), reason="missing",
             cause=session),
    ]  # fmt: skip
