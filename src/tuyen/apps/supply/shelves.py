"""What lies where, what is on the way, and the cold chain, as documents for tablets.

One document is a lot at a unit, with every place there in which its vials lie; another a piece of
equipment with the temperatures that were last read by hand. Both are bounded: what left the shelves
leaves the tablet, and older readings stay at the server.
"""

from collections.abc import Collection, Iterable, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Q, Window
from django.db.models.functions import RowNumber

from tuyen.apps.journal.documents import Document, Page, Shelf, Written, newest_first, offer
from tuyen.apps.supply.models import (
    Balance,
    Equipment,
    Excursion,
    Lot,
    Movement,
    Reading,
    Transfer,
    TransferLine,
    VialMonitor,
)
from tuyen.apps.supply.queries.cold import COLD
from tuyen.apps.supply.queries.stock import LYING, READ
from tuyen.kernel.ids import derived_id

READINGS = 28
"""Readings by hand that go along with a piece of equipment: two weeks of two a day."""


def offer_shelves() -> None:
    """Offer the documents of the room."""
    offer(
        Shelf(
            kind="supply.stock", right=READ, page=_stock_page, current=_stock, left=_stock_left,
            touched=_STOCK, crossing=frozenset(_STOCK),
        )
    )  # fmt: skip
    offer(
        Shelf(
            kind="supply.transfer", right=READ, page=_transfers_page, current=_transfers,
            left=_transfers_left, touched=_TRANSFERS, crossing=frozenset(_TRANSFERS),
        )
    )  # fmt: skip
    offer(
        Shelf(
            kind="supply.equipment", right=COLD, page=_equipment_page, current=_equipment,
            left=_equipment_left, touched=_EQUIPMENT, crossing=frozenset(_EQUIPMENT),
        )
    )  # fmt: skip


def stock_id(unit: UUID, lot: UUID) -> UUID:
    """The id of the document of a lot at a unit."""
    return derived_id(unit, "stock", lot)


def _stock_page(units: Collection[UUID], after: str, limit: int, on: date) -> Page:
    found = [one for one in _held(units) if str(one.id) > after]
    return found[:limit], str(found[limit - 1].id) if len(found) > limit else None


def _stock(ids: Collection[UUID], units: Collection[UUID], on: date) -> list[Document]:
    return [one for one in _held(units) if one.id in ids]


def _stock_left(ids: Collection[UUID], units: Collection[UUID]) -> Iterable[UUID]:
    """Lots of which vials came to these units once."""
    return {id for unit, lot in _pairs(units) if (id := stock_id(unit, lot)) in ids}


def _held(units: Collection[UUID]) -> list[Document]:
    """Every lot that lies at these units: a few dozen, and three queries."""
    rows = Balance.objects.filter(unit_id__in=units, state__in=LYING, vials__gt=0)
    places: dict[tuple[UUID, UUID], list[tuple[Any, ...]]] = {}
    lying = list(
        rows.order_by("state", "holder_id").values_list(
            "unit_id", "lot_id", "holder_id", "state", "vials"
        )
    )
    looked = VialMonitor.objects.filter(holder_id__among={row[2] for row in lying})
    stages = {row[:2]: row[2] for row in looked.values_list("holder_id", "lot_id", "stage")}
    for unit, lot, holder, state, vials in lying:
        places.setdefault((unit, lot), []).append((holder, state, vials, stages.get((holder, lot))))
    lots = {row.pk: row for row in Lot.objects.filter(pk__among={lot for _, lot in places})}
    made = [
        Document("supply.stock", stock_id(unit, lot), (unit,), {
            "unit": unit, "lot": lot, **_facts(lots[lot]), "held": held,
        })
        for (unit, lot), held in places.items()
    ]  # fmt: skip
    return sorted(made, key=lambda one: str(one.id))


def _facts(lot: Lot) -> dict[str, Any]:
    return {
        "item": lot.item, "vaccine": lot.vaccine, "number": lot.number, "maker": lot.maker,
        "expires_on": lot.expires_on, "doses": lot.doses, "diluent": lot.diluent_id,
        "suspended_on": lot.suspended_on, "suspended_why": lot.suspended_why,
    }  # fmt: skip


def _transfers_page(units: Collection[UUID], after: str, limit: int, on: date) -> Page:
    rows = Transfer.objects.filter(_ends(units), state="sent")
    return newest_first(rows, after, limit, _as_transfers)


def _transfers(ids: Collection[UUID], units: Collection[UUID], on: date) -> list[Document]:
    rows = Transfer.objects.filter(_ends(units), pk__among=set(ids), state="sent")
    return _as_transfers(list(rows.order_by("-pk")))


def _transfers_left(ids: Collection[UUID], units: Collection[UUID]) -> Iterable[UUID]:
    return Transfer.objects.filter(_ends(units), pk__in=ids).values_list("pk", flat=True)


def _ends(units: Collection[UUID]) -> Q:
    return Q(to_unit_id__in=units) | Q(from_unit_id__in=units)


def _as_transfers(rows: Sequence[Transfer]) -> list[Document]:
    sent: dict[UUID, list[tuple[Any, ...]]] = {}
    lines = list(TransferLine.objects.filter(transfer_id__among={row.pk for row in rows}))
    lots = {row.pk: row for row in Lot.objects.filter(pk__among={line.lot_id for line in lines})}
    for line in sorted(lines, key=lambda line: line.pk):
        lot = lots[line.lot_id]
        sent.setdefault(line.transfer_id, []).append(
            (lot.pk, lot.item, lot.number, lot.expires_on, line.state, line.sent)
        )
    return [
        Document("supply.transfer", row.pk, tuple(dict.fromkeys((row.to_unit_id, row.from_unit_id))), {
            "from": row.from_unit_id, "to": row.to_unit_id, "sent_at": row.sent_at,
            "note": row.note, "lines": sent.get(row.pk, []),
        })
        for row in rows
    ]  # fmt: skip


def _equipment_page(units: Collection[UUID], after: str, limit: int, on: date) -> Page:
    rows = Equipment.objects.filter(unit_id__in=units).exclude(state="retired")
    return newest_first(rows, after, limit, _as_equipment)


def _equipment(ids: Collection[UUID], units: Collection[UUID], on: date) -> list[Document]:
    rows = Equipment.objects.filter(pk__among=set(ids), unit_id__in=units).exclude(state="retired")
    return _as_equipment(list(rows.order_by("-pk")))


def _equipment_left(ids: Collection[UUID], units: Collection[UUID]) -> Iterable[UUID]:
    """What was retired here, and what went on with a unit that stands for this one."""
    here = Equipment.objects.filter(pk__among=set(ids), unit_id__in=units).values_list(
        "pk", flat=True
    )
    was = Reading.objects.filter(equipment_id__among=set(ids), unit_id__in=units)
    return {*here, *was.values_list("equipment_id", flat=True).distinct()}


def _as_equipment(rows: Sequence[Equipment]) -> list[Document]:
    """With the last readings by hand, and the excursions that wait for a decision."""
    open_: dict[UUID, list[tuple[Any, ...]]] = {}
    found = Excursion.objects.filter(equipment_id__among={row.pk for row in rows}, state="open")
    for piece, *facts in found.order_by("since", "pk").values_list(
        "equipment_id", "pk", "rule", "since", "until", "going_on", "worst"
    ):
        open_.setdefault(piece, []).append(tuple(facts))
    readings = _readings([row.pk for row in rows])
    return [
        Document("supply.equipment", row.pk, (row.unit_id,), {
            "unit": row.unit_id, "kind": row.kind, "name": row.name, "serial": row.serial,
            "watched": row.watched, "state": row.state, "calibrate_by": row.calibrate_by,
            "excursions": open_.get(row.pk, []), "readings": readings.get(row.pk, []),
        })
        for row in rows
    ]  # fmt: skip


def _readings(pieces: Collection[UUID]) -> dict[UUID, list[tuple[Any, ...]]]:
    """Piece -> (day, half, moment, degC) of its last readings by hand, the latest first: one query."""
    place = Window(RowNumber(), partition_by="equipment_id", order_by=["-at", "-pk"])
    rows = Reading.objects.filter(equipment_id__among=set(pieces)).exclude(half="")
    rows = rows.annotate(place=place).filter(place__lte=READINGS).order_by("-at", "-pk")
    found: dict[UUID, list[tuple[Any, ...]]] = {}
    for piece, *facts in rows.values_list("equipment_id", "day", "half", "at", "celsius"):
        found.setdefault(piece, []).append(tuple(facts))
    return found


def _pairs(units: Collection[UUID] | None = None) -> set[tuple[UUID, UUID]]:
    """(unit, lot) of all vials that came to some units, or to any, and of all that lie there now."""
    came, lying = Movement.objects.all(), Balance.objects.all()
    if units is not None:
        came, lying = came.filter(to_unit_id__in=units), lying.filter(unit_id__in=units)
    return {
        *came.order_by().values_list("to_unit_id", "lot_id").distinct(),
        *lying.order_by().values_list("unit_id", "lot_id").distinct(),
    }


def _moved(entries: Sequence[Written]) -> list[UUID]:
    """The lots that these operations moved, at both ends."""
    rows = Movement.objects.filter(operation_id__among={entry.id for entry in entries})
    found = rows.values_list("lot_id", "from_unit_id", "to_unit_id").distinct()
    return [stock_id(unit, lot) for lot, *ends in found for unit in ends]


def _seen(entries: Sequence[Written]) -> list[UUID]:
    """A monitor that was read changes what is known of a lot, also where nothing moves."""
    return [stock_id(entry.unit, entry.payload.lot) for entry in entries]


def _arrived(entries: Sequence[Written]) -> list[UUID]:
    lines = [(e.unit, line.lot) for e in entries for line in e.payload.lines]
    return _moved(entries) + [stock_id(unit, lot) for unit, lot in lines]


def _wherever(entries: Sequence[Written]) -> list[UUID]:
    """A lot that is stopped, or may be used again, at every unit that holds it."""
    lots = [entry.payload.lot for entry in entries]
    rows = Balance.objects.filter(lot_id__in=lots, state__in=LYING, vials__gt=0)
    return [stock_id(unit, lot) for unit, lot in rows.values_list("unit_id", "lot_id").distinct()]


def _all_stock(entries: Sequence[Written]) -> list[UUID]:
    """After a reorganisation, which is rare: whatever went on with its fridge."""
    return [stock_id(unit, lot) for unit, lot in _pairs()]


def _all_transfers(entries: Sequence[Written]) -> list[UUID]:
    return list(Transfer.objects.filter(state="sent").values_list("pk", flat=True))


def _all_equipment(entries: Sequence[Written]) -> list[UUID]:
    return list(Equipment.objects.values_list("pk", flat=True))


def _itself(entries: Sequence[Written]) -> list[UUID]:
    return [entry.id for entry in entries]


def _transfer(entries: Sequence[Written]) -> list[UUID]:
    return [entry.payload.transfer for entry in entries]


def _piece(entries: Sequence[Written]) -> list[UUID]:
    return [entry.payload.equipment for entry in entries]


def _made(entries: Sequence[Written]) -> list[UUID]:
    return [entry.payload.equipment or entry.id for entry in entries]


def _piece_of_excursion(entries: Sequence[Written]) -> list[UUID]:
    found = Excursion.objects.filter(pk__in=[entry.payload.excursion for entry in entries])
    return list(found.values_list("equipment_id", flat=True))


_STOCK = {
    "supply.receive_lot": _moved,
    "supply.send_stock": _moved,
    "supply.receive_transfer": _arrived,
    "supply.shift_stock": _moved,
    "supply.issue_to_session": _moved,
    "supply.close_session_stock": _moved,
    "supply.adjust_stock": _moved,
    "supply.count_stock": _moved,
    "supply.read_vial_monitor": _seen,
    "supply.quarantine_stock": _moved,
    "supply.release_stock": _moved,
    "supply.discard_stock": _moved,
    "supply.record_excursion": _moved,
    "supply.decide_excursion": _moved,
    "supply.dispense": _moved,
    "supply.take_back": _moved,
    "supply.settle_shortfall": _moved,
    "supply.witness_count": _moved,
    "clinical.record_visit": _moved,
    "clinical.amend_visit": _moved,
    "clinical.void_visit": _moved,
    "supply.suspend_lot": _wherever,
    "supply.lift_suspension": _wherever,
    "registry.reorganise": _all_stock,
    "registry.undo_reorganisation": _all_stock,
}
_TRANSFERS = {
    "supply.send_stock": _itself,
    "supply.receive_transfer": _transfer,
    "registry.reorganise": _all_transfers,
    "registry.undo_reorganisation": _all_transfers,
}
_EQUIPMENT = {
    "supply.set_equipment": _made,
    "supply.service_equipment": _piece,
    "supply.log_temperature": _piece,
    "supply.import_readings": _piece,
    "supply.record_excursion": _piece,
    "supply.decide_excursion": _piece_of_excursion,
    "registry.reorganise": _all_equipment,
    "registry.undo_reorganisation": _all_equipment,
}
