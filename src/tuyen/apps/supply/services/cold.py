"""Equipment, its servicing, and its temperatures."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Sum

from tuyen.apps.journal.bulk import fetch
from tuyen.apps.supply import bulk
from tuyen.apps.supply.models import Balance, Equipment, Reading, Servicing
from tuyen.apps.supply.models.ledger import SHELVES
from tuyen.apps.supply.operations import (
    ImportReadings,
    LogTemperature,
    ServiceEquipment,
    SetEquipment,
)
from tuyen.apps.supply.refusals import (
    CorrectsAnother,
    FromTheFuture,
    NotBelievable,
    ReadAlready,
    ReadingsUnequal,
    RetiredBeforeUse,
    StillHolds,
    UnknownEquipment,
    UnknownKind,
)
from tuyen.apps.supply.services.accounts import when
from tuyen.kernel.ids import derived_id
from tuyen.kernel.operation import Batch, Entry, applies
from tuyen.kernel.refusal import Refusal
from tuyen.kernel.zone import VIETNAM
from tuyen.rules import supply as rules

EQUIPMENT = (
    "id", "unit_id", "kind", "name", "model", "serial", "litres", "since", "watched", "state",
    "calibrated_on", "calibrate_by", "retired_on", "changed_at",
)  # fmt: skip
_SERVICING = (
    "id",
    "equipment_id",
    "unit_id",
    "what",
    "on",
    "next_on",
    "passed",
    "note",
    "author_id",
)
_READING = ("id", "equipment_id", "unit_id", "at", "day", "half", "celsius", "author_id")
_HALF = {"am": 8, "pm": 15}  # o'clock, where nobody says when exactly
_STATE = {"fault": "faulty", "repair": "working", "calibration": None, "maintenance": None}


@applies(SetEquipment)
def set_equipment(batch: Batch[SetEquipment]) -> None:
    """Write each piece as it is from now on; it belongs to one unit, and is empty when it leaves."""
    held = pieces({entry.payload.equipment for entry in batch.entries if entry.payload.equipment})
    there = set(held)
    leaving = {e.payload.equipment for e in batch.entries if e.payload.retired_on is not None}
    holding = dict(
        Balance.objects.filter(holder_id__among=leaving - {None}, state__in=SHELVES)
        .values("holder_id")
        .annotate(vials=Sum("vials"))
        .values_list("holder_id", "vials")
    ) if leaving - {None} else {}  # fmt: skip
    changed: dict[UUID, None] = {}
    for entry in batch.entries:
        said = entry.payload
        was = held.get(said.equipment) if said.equipment else None
        try:
            if rules.equipment_kind(said.kind) is None:
                raise UnknownKind(value=said.kind, known=", ".join(rules.equipment_kinds()))
            if said.equipment is not None:
                _own(entry, was, said.equipment)
                if entry.corrects != said.equipment:
                    raise CorrectsAnother(expected=said.equipment)
            if said.retired_on is not None and said.retired_on < said.since:
                raise RetiredBeforeUse(until=said.retired_on, since=said.since)
            vials = holding.get(said.equipment) if said.equipment else 0
            if said.retired_on is not None and vials:
                raise StillHolds(equipment=said.name, vials=vials)
        except Refusal as refusal:
            batch.refuse(entry, refusal)
            continue
        id = said.equipment or entry.id
        state = (was or {}).get("state", "working")
        values = (
            id, entry.unit, said.kind, said.name.strip(), said.model.strip(), said.serial.strip(),
            said.litres, said.since, said.watched,
            "retired" if said.retired_on else "working" if state == "retired" else state,
            (was or {}).get("calibrated_on"), (was or {}).get("calibrate_by"), said.retired_on,
            entry.received_at,
        )  # fmt: skip
        held[id] = dict(zip(EQUIPMENT, values, strict=True))
        changed[id] = None
    bulk.replace(
        Equipment, [i for i in changed if i in there], EQUIPMENT, [held[i] for i in changed]
    )


def pieces(ids: set[UUID]) -> dict[UUID, dict[str, Any]]:
    """Equipment as rows, by id. One query."""
    rows = fetch(Equipment.objects.filter(pk__among=ids).values_list(*EQUIPMENT)) if ids else []
    return {row[0]: dict(zip(EQUIPMENT, row, strict=True)) for row in rows}


def _own(entry: Entry[Any], piece: dict[str, Any] | None, id: UUID) -> dict[str, Any]:
    if piece is None or piece["unit_id"] != entry.unit:
        raise UnknownEquipment(equipment=id)
    return piece


@applies(ServiceEquipment)
def service_equipment(batch: Batch[ServiceEquipment]) -> None:
    """A check, a fault or a repair; a fault makes it faulty, a repair working again."""
    held = pieces({entry.payload.equipment for entry in batch.entries})
    rows: list[tuple[Any, ...]] = []
    changed: dict[UUID, None] = {}
    for entry in batch.entries:
        said = entry.payload
        try:
            piece = _own(entry, held.get(said.equipment), said.equipment)
        except Refusal as refusal:
            batch.refuse(entry, refusal)
            continue
        next_on = said.next_on
        if said.what == "calibration":
            next_on = next_on or _months_on(piece["kind"], entry.happened_on)
            piece = piece | {"calibrated_on": entry.happened_on, "calibrate_by": next_on}
        state = "faulty" if said.passed is False else _STATE[said.what]
        if state and piece["state"] != "retired":
            piece = piece | {"state": state}
        held[said.equipment] = piece | {"changed_at": entry.received_at}
        changed[said.equipment] = None
        rows.append((entry.id, said.equipment, entry.unit, said.what, entry.happened_on, next_on,
                     said.passed, said.note.strip(), entry.author))  # fmt: skip
    bulk.replace(Equipment, changed, EQUIPMENT, [held[id] for id in changed])
    bulk.insert(Servicing, _SERVICING, rows)


def _months_on(kind: str, day: date) -> date | None:
    """When a kind that was checked on a day is due again; None where it has no cycle."""
    months = rules.check_months(kind)
    if months is None:
        return None
    month = day.month - 1 + months
    year, month = day.year + month // 12, month % 12 + 1
    last = (date(year + month // 12, month % 12 + 1, 1) - timedelta(1)).day
    return date(year, month, min(day.day, last))


@applies(LogTemperature)
def log_temperatures(batch: Batch[LogTemperature]) -> None:
    """One reading for each half of a day; another one only in place of the one that it names."""
    held = pieces({entry.payload.equipment for entry in batch.entries})
    days = {entry.happened_on for entry in batch.entries}
    found = fetch(
        Reading.objects.filter(equipment_id__among=set(held), day__in=days)
        .exclude(half="")
        .values_list("equipment_id", "day", "half", "id", "celsius")
    )
    read = {row[:3]: (row[3], row[4]) for row in found}
    there = {row[3] for row in found}
    rows: dict[UUID, tuple[Any, ...]] = {}
    gone: set[UUID] = set()
    for entry in batch.entries:
        said = entry.payload
        key = (said.equipment, entry.happened_on, said.half)
        try:
            piece = _own(entry, held.get(said.equipment), said.equipment)
            at = _moment(entry)
            _believe(said.celsius, entry.happened_on)
            if key in read and entry.corrects != read[key][0]:
                raise ReadAlready(
                    equipment=piece["name"], on=entry.happened_on, celsius=read[key][1]
                )
            if key not in read and entry.corrects is not None:
                raise CorrectsAnother(expected="–")
        except Refusal as refusal:
            batch.refuse(entry, refusal)
            continue
        if key in read:
            gone.add(read[key][0])
            rows.pop(read[key][0], None)
        read[key] = (entry.id, said.celsius)
        rows[entry.id] = (entry.id, said.equipment, entry.unit, at, entry.happened_on, said.half,
                          said.celsius, entry.author)  # fmt: skip
    if old := gone & there:
        bulk.replace(Reading, old, _READING, ())
    bulk.insert(Reading, _READING, list(rows.values()))


def _moment(entry: Entry[LogTemperature]) -> datetime:
    """When a thermometer was read: as it is said, or at the usual hour of that half of the day."""
    said = entry.payload
    if said.at is not None:
        return when(entry)
    day = entry.happened_on
    usual = datetime(day.year, day.month, day.day, _HALF[said.half], tzinfo=VIETNAM)
    if usual - timedelta(hours=8) > entry.received_at:
        raise FromTheFuture(value=day.isoformat())
    return usual


def _believe(celsius: float, on: date) -> None:
    low, high = rules.believable(on)
    if not low <= celsius <= high:
        raise NotBelievable(celsius=celsius, low=low, high=high)


@applies(ImportReadings)
def import_readings(batch: Batch[ImportReadings]) -> None:
    """The readings of loggers; a minute that is there already keeps what it has."""
    held = pieces({entry.payload.equipment for entry in batch.entries})
    wanted: dict[UUID, tuple[UUID, Any, int, float]] = {}
    for entry in batch.entries:
        said = entry.payload
        try:
            _own(entry, held.get(said.equipment), said.equipment)
            if len(said.minutes) != len(said.celsius):
                raise ReadingsUnequal(minutes=len(said.minutes), celsius=len(said.celsius))
            low, high = rules.believable(entry.happened_on)
            wrong = next((c for c in said.celsius if not low <= c <= high), None)
            if wrong is not None:
                raise NotBelievable(celsius=wrong, low=low, high=high)
            last = moment_of(max(said.minutes))
            if last > entry.received_at + timedelta(minutes=10):
                raise FromTheFuture(value=last.isoformat(timespec="minutes"))
        except Refusal as refusal:
            batch.refuse(entry, refusal)
            continue
        for minute, celsius in zip(said.minutes, said.celsius, strict=True):
            id = derived_id(said.equipment, "logged", minute)
            wanted.setdefault(id, (said.equipment, entry, minute, celsius))
    there = (
        set(Reading.objects.filter(pk__among=set(wanted)).values_list("pk", flat=True))
        if wanted
        else set()
    )
    rows = []
    for id, (equipment, entry, minute, celsius) in wanted.items():
        if id not in there:
            at = moment_of(minute)
            rows.append((id, equipment, entry.unit, at, at.astimezone(VIETNAM).date(), "", celsius,
                         entry.author))  # fmt: skip
    bulk.insert(Reading, _READING, rows)


def moment_of(minute: int) -> datetime:
    """A minute since 1970 as a moment."""
    return datetime.fromtimestamp(minute * 60, UTC)
