"""Excursions: the vials that were there are set apart wherever they lie now, until it is decided."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from tuyen.apps.journal.bulk import fetch
from tuyen.apps.supply import bulk, tracing
from tuyen.apps.supply.models import Excursion, Exposure, TransferLine
from tuyen.apps.supply.operations import DecideExcursion, RecordExcursion
from tuyen.apps.supply.refusals import (
    ExcursionDecided,
    ExcursionLines,
    UnknownEquipment,
    UnknownExcursion,
)
from tuyen.apps.supply.services.accounts import Accounts, Lots, Move, outside, shelf
from tuyen.apps.supply.services.cold import pieces
from tuyen.engines.supply.exposure import traced
from tuyen.kernel.ids import derived_id
from tuyen.kernel.operation import Batch, Entry, applies
from tuyen.kernel.refusal import Refusal
from tuyen.rules import supply as rules

_EXCURSION = (
    "id", "equipment_id", "unit_id", "rule", "since", "until", "going_on", "minutes", "worst",
    "state", "decided_on", "note", "changed_at",
)  # fmt: skip
_EXPOSURE = (
    "id", "excursion_id", "lot_id", "unit_id", "holder_id", "exposed", "set_apart", "used",
    "released", "discarded", "changed_at",
)  # fmt: skip
_REASON = {"heat": "heat", "cold": "frozen", "freeze": "frozen"}


def excursion_id(equipment: UUID, rule: str, since: datetime) -> UUID:
    """The id of an excursion: it is known by where, by which rule, and when it began."""
    return derived_id(equipment, "excursion", rule, int(since.timestamp()) // 60)


@applies(RecordExcursion)
def record_excursions(batch: Batch[RecordExcursion]) -> None:
    """An excursion as it is known now; what was there and is not set apart yet is set apart."""
    held = pieces({entry.payload.equipment for entry in batch.entries})
    ids = {_id(entry) for entry in batch.entries}
    known = _rows(Excursion, _EXCURSION, Excursion.objects.filter(pk__among=ids))
    exposures = _rows(Exposure, _EXPOSURE, Exposure.objects.filter(excursion_id__among=ids))
    there, told = set(known), set(exposures)
    for entry in batch.entries:
        said, id = entry.payload, _id(entry)
        try:
            piece = held.get(said.equipment)
            if piece is None or piece["unit_id"] != entry.unit:
                raise UnknownEquipment(equipment=said.equipment)
            if id in known and known[id]["state"] == "decided":
                raise ExcursionDecided(on=known[id]["decided_on"])
            _set_apart(entry, id, piece, exposures)
        except Refusal as refusal:
            batch.refuse(entry, refusal)
            continue
        known[id] = dict(zip(_EXCURSION, (
            id, said.equipment, entry.unit, said.rule, said.since, said.until, said.going_on,
            said.minutes, said.worst, "open", None, "", entry.received_at,
        ), strict=True))  # fmt: skip
    bulk.replace(Excursion, there, _EXCURSION, known.values())
    bulk.replace(Exposure, told, _EXPOSURE, exposures.values())


def _id(entry: Entry[RecordExcursion]) -> UUID:
    return excursion_id(entry.payload.equipment, entry.payload.rule, entry.payload.since)


def _set_apart(
    entry: Entry[RecordExcursion], id: UUID, piece: dict[str, Any],
    exposures: dict[UUID, dict[str, Any]],
) -> None:  # fmt: skip
    """Trace the vials that were there, set apart those that are usable, and keep what was found.

    One excursion reads the ledger of its lots whole: they come one at a time, and seldom.
    """
    said = entry.payload
    there = tracing.accounts_of(piece)
    moved, by_key = tracing.movements(there, said.until, _touched_lots(said.rule, entry))
    found = traced(
        moved, frozenset(there), said.since.timestamp() / 60, said.until.timestamp() / 60
    )
    lots = Lots({lot for _, lot in found})  # type: ignore[misc]
    accounts = Accounts(())
    moves: list[Move] = []
    rows: dict[tuple[UUID, UUID], dict[str, int]] = defaultdict(lambda: defaultdict(int))
    on_the_way: set[tuple[UUID, UUID]] = set()
    units: dict[UUID, UUID] = {}
    keys = [(by_key[key], lot) for key, lot in found]
    accounts.load(
        (each, lot)  # type: ignore[misc]
        for account, lot in keys
        for each in (account, shelf(account.unit, account.holder, "quarantined"))
    )
    sessions = tracing.sessions_among(account.holder for account, _ in keys)
    for (key, lot), vials in sorted(found.items(), key=str):
        account = by_key[key]
        units[account.holder] = account.unit
        row = rows[account.holder, lot]  # type: ignore[index]
        if account.state == "used":
            row["used"] += vials
        if account.state in ("used", "discarded", "adjusted", "supplied"):
            continue
        row["exposed"] += vials
        if account.state in ("usable", "open") and account.holder not in sessions:
            many = min(vials, accounts.vials(account, lot))  # type: ignore[arg-type]
            moves.append(Move("set-apart", lot, many, account,  # type: ignore[arg-type]
                              shelf(account.unit, account.holder, "quarantined"),
                              reason=_REASON.get(said.rule, said.rule), cause=id))  # fmt: skip
            row["set_apart"] += many
        elif account.state == "transit":
            on_the_way.add((account.holder, lot))  # type: ignore[arg-type]
    accounts.apply(entry, moves, lots)
    accounts.post()
    for transfer, lot in sorted(on_the_way, key=str):
        # What is on the way arrives set apart.
        TransferLine.objects.filter(transfer_id=transfer, lot_id=lot).update(state="quarantined")
    _keep(entry, id, rows, units, exposures)


def _keep(
    entry: Entry[RecordExcursion], id: UUID, rows: dict[tuple[UUID, UUID], dict[str, int]],
    units: dict[UUID, UUID], exposures: dict[UUID, dict[str, Any]],
) -> None:  # fmt: skip
    for (holder, lot), row in rows.items():
        key = derived_id(id, holder, lot)
        was = exposures.get(key, {"set_apart": 0, "released": 0, "discarded": 0})
        exposures[key] = dict(zip(_EXPOSURE, (
            key, id, lot, units[holder], holder, row["exposed"], was["set_apart"] + row["set_apart"],
            row["used"], was["released"], was["discarded"], entry.received_at,
        ), strict=True))  # fmt: skip


def _touched_lots(rule: str, entry: Entry[RecordExcursion]) -> set[str]:
    """The items whose vials a rule sets apart."""
    found = next((r for r in rules.cold_rules(entry.happened_on) if r.name == rule), None)
    everything = found is None or found.lots == "all"
    return {
        code
        for code, item in rules.items().items()
        if item.kind == "vaccine" and (everything or item.freeze_sensitive)
    }


@applies(DecideExcursion)
def decide_excursions(batch: Batch[DecideExcursion]) -> None:
    """Release or discard what an excursion set apart, all of it at once."""
    ids = {entry.payload.excursion for entry in batch.entries}
    known = _rows(Excursion, _EXCURSION, Excursion.objects.filter(pk__among=ids))
    exposures = _rows(Exposure, _EXPOSURE, Exposure.objects.filter(excursion_id__among=ids))
    lots = Lots(row["lot_id"] for row in exposures.values())
    accounts = Accounts(
        (shelf(row["unit_id"], row["holder_id"], state), row["lot_id"])
        for row in exposures.values()
        for state in ("usable", "quarantined")
    )
    changed: dict[UUID, None] = {}
    for entry in batch.entries:
        said = entry.payload
        try:
            excursion = known.get(said.excursion)
            if excursion is None or excursion["unit_id"] != entry.unit:
                raise UnknownExcursion(excursion=said.excursion)
            if excursion["state"] == "decided":
                raise ExcursionDecided(on=excursion["decided_on"])
            mine = {
                (row["lot_id"], row["holder_id"]): row
                for row in exposures.values()
                if row["excursion_id"] == said.excursion
            }
            decisions = {(line.lot, line.held_in): line.decision for line in said.lines}
            moves, after = _decided(excursion, mine, decisions, lots, accounts)
            accounts.apply(entry, moves, lots, said.reason)
        except Refusal as refusal:
            batch.refuse(entry, refusal)
            continue
        for row in after:
            exposures[row["id"]] = row | {"changed_at": entry.received_at}
        known[said.excursion] = excursion | {
            "state": "decided", "decided_on": entry.happened_on, "note": said.reason.strip(),
            "going_on": False, "changed_at": entry.received_at,
        }  # fmt: skip
        changed[said.excursion] = None
    bulk.replace(Excursion, changed, _EXCURSION, [known[id] for id in changed])
    mine_too = [row for row in exposures.values() if row["excursion_id"] in changed]
    bulk.replace(Exposure, [row["id"] for row in mine_too], _EXPOSURE, mine_too)
    accounts.post()


def _decided(
    excursion: dict[str, Any], mine: dict[tuple[UUID, UUID], dict[str, Any]],
    decisions: Mapping[tuple[UUID, UUID], str], lots: Lots, accounts: Accounts,
) -> tuple[list[Move], list[dict[str, Any]]]:  # fmt: skip
    """The moves of a decision, and the exposures after it; refused while anything is left open."""
    moves, after, left = [], [], []
    for key, row in mine.items():
        lot, holder = key
        apart = shelf(row["unit_id"], holder, "quarantined")
        waiting = min(row["set_apart"] - row["released"] - row["discarded"],
                      accounts.vials(apart, lot))  # fmt: skip
        if waiting <= 0:
            continue
        match decisions.get(key):
            case "release":
                target, kind, field = shelf(row["unit_id"], holder), "released", "released"
            case "discard":
                target = outside(row["unit_id"], "discarded")
                kind, field = "discarded", "discarded"
            case _:
                left.append(lots.known(lot)["number"])
                continue
        reason = _REASON.get(excursion["rule"], "other") if kind == "discarded" else ""
        moves.append(Move(kind, lot, waiting, apart, target, reason=reason, cause=excursion["id"]))
        after.append(row | {field: row[field] + waiting})
    if left:
        raise ExcursionLines(left=", ".join(sorted(left)))
    return moves, after


def _rows(model: Any, columns: tuple[str, ...], query: Any) -> dict[UUID, dict[str, Any]]:
    found = fetch(query.order_by("id").values_list(*columns))
    return {row[0]: dict(zip(columns, row, strict=True)) for row in found}
