"""The cold chain: equipment, the grid of readings twice a day, excursions and what they touched."""

from calendar import monthrange
from collections.abc import Collection, Sequence
from datetime import date, datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from tuyen.apps.access import policies
from tuyen.apps.access import queries as access
from tuyen.apps.access.actors import Actor
from tuyen.apps.supply import places
from tuyen.apps.supply.models import Equipment, Excursion, Exposure, Lot, Reading
from tuyen.apps.supply.models import Servicing as ServicingRow
from tuyen.kernel.zone import VIETNAM
from tuyen.rules import supply as rules

COLD = "supply.cold.read"
HALVES = ("am", "pm")
SOON = timedelta(days=30)
"""A check that is due within this is due soon."""


class EquipmentRow(NamedTuple):
    """A piece of equipment, and what is amiss with it on a day."""

    id: UUID
    unit: UUID
    unit_name: str
    kind: str
    name: str
    model: str
    serial: str
    litres: float | None
    since: date
    watched: bool
    state: str
    calibrated_on: date | None
    calibrate_by: date | None
    retired_on: date | None
    last_at: datetime | None
    last_celsius: float | None

    def overdue(self, on: date) -> bool:
        """Whether its check is due, or never was made; of a kind that is not checked, never."""
        return self.check_state(on) in ("never", "overdue")

    def check_state(self, on: date) -> str:
        """Where its check stands: none (it has no cycle), never made, overdue, soon, good."""
        if self.state == "retired" or rules.check_months(self.kind) is None:
            return "none"
        if self.calibrate_by is None:
            return "never"
        if self.calibrate_by < on:
            return "overdue"
        return "soon" if self.calibrate_by <= on + SOON else "good"


def equipment(
    *, by: Actor, on: date, unit: UUID | None = None, kinds: Collection[str] = ()
) -> list[EquipmentRow]:
    """Equipment of the reader's units, of ``kinds`` where some are named, retired pieces last. Two
    queries."""
    scope = policies.scope(by, COLD)
    found = Equipment.objects.filter(scope.where("unit_id"))
    if kinds:
        found = found.filter(kind__in=list(kinds))
    if unit is not None:
        found = found.filter(unit_id=unit)
    rows = list(found)
    newest: dict[UUID, tuple[datetime, float]] = {}
    recent = Reading.objects.filter(
        equipment_id__among={row.pk for row in rows}, day__gte=on - timedelta(3)
    ).order_by("at")
    for id, at, celsius in recent.values_list("equipment_id", "at", "celsius"):
        newest[id] = (at, celsius)
    made = [_equipment(row, on, newest.get(row.pk)) for row in rows]
    return sorted(made, key=lambda one: (one.state == "retired", one.unit_name, one.name))


def _equipment(
    row: Equipment, on: date, last: tuple[datetime, float] | None = None
) -> EquipmentRow:
    at, celsius = last or (None, None)
    return EquipmentRow(
        row.pk, row.unit_id, places.name(row.unit_id, on), row.kind, row.name, row.model, row.serial,
        row.litres, row.since, row.watched, row.state, row.calibrated_on, row.calibrate_by,
        row.retired_on, at, celsius,
    )  # fmt: skip


def piece(*, by: Actor, id: UUID, on: date) -> EquipmentRow | None:
    """One piece of the reader's units."""
    row = Equipment.objects.filter(policies.scope(by, COLD).where("unit_id"), pk=id).first()
    if row is None:
        return None
    last = Reading.objects.filter(equipment_id=id).order_by("-at").values_list("at", "celsius")
    return _equipment(row, on, last.first())


class Serviced(NamedTuple):
    what: str
    on: date
    next_on: date | None
    passed: bool | None
    note: str
    author: str


def servicings(*, by: Actor, id: UUID) -> list[Serviced]:
    """What was done to a piece of equipment, the newest first."""
    found = ServicingRow.objects.filter(policies.scope(by, COLD).where("unit_id"), equipment_id=id)
    rows = list(found.order_by("-on", "id"))
    names = access.names({row.author_id for row in rows})
    return [
        Serviced(row.what, row.on, row.next_on, row.passed, row.note, names.get(row.author_id, ""))
        for row in rows
    ]


def readings(*, by: Actor, id: UUID, first: date, last: date) -> list[tuple[datetime, float]]:
    """Every reading of a piece of equipment of some days, by hand and by logger, in order."""
    found = Reading.objects.filter(
        policies.scope(by, COLD).where("unit_id"), equipment_id=id, day__range=(first, last)
    )
    return list(found.order_by("at", "id").values_list("at", "celsius"))


class Cell(NamedTuple):
    """Half a day: the reading, by hand or (``logged``) the logger's most extreme one."""

    day: date
    half: str
    celsius: float | None
    reading: UUID | None
    logged: bool
    missing: bool
    out: str  # "", high, low


class Grid(NamedTuple):
    """A month of a piece of equipment, two readings a day, holidays too."""

    days: list[tuple[date, Cell, Cell]]
    missing: int
    expected: int


def grid(*, by: Actor, id: UUID, month: date, on: date) -> Grid:
    """The readings of a month up to a day; a half day without any is missing, whatever day it was."""
    held = piece(by=by, id=id, on=on)
    first = month.replace(day=1)
    last = first.replace(day=monthrange(first.year, first.month)[1])
    if held is None:
        return Grid([], 0, 0)
    found = Reading.objects.filter(equipment_id=id, day__range=(first, last)).order_by("at")
    hand: dict[tuple[date, str], tuple[UUID, float]] = {}
    logged: dict[tuple[date, str], list[float]] = {}
    for pk, day, half, at, celsius in found.values_list("id", "day", "half", "at", "celsius"):
        if half:
            hand[day, half] = (pk, celsius)
        else:
            local = at.astimezone(VIETNAM)
            logged.setdefault((day, "am" if local.hour < 12 else "pm"), []).append(celsius)
    low, high = rules.band(on)
    days, missing, expected = [], 0, 0
    for n in range((last - first).days + 1):
        day = first + timedelta(n)
        cells = []
        for half in HALVES:
            wanted = held.watched and held.since <= day <= min(on, held.retired_on or on)
            cell = _cell(day, half, hand.get((day, half)), logged.get((day, half), ()), wanted,
                         low, high)  # fmt: skip
            cells.append(cell)
            missing += cell.missing
            expected += wanted
        days.append((day, cells[0], cells[1]))
    return Grid(days, missing, expected)


def _cell(
    day: date, half: str, hand: tuple[UUID, float] | None, logged: Sequence[float], wanted: bool,
    low: float, high: float,
) -> Cell:  # fmt: skip
    if hand is not None:
        celsius: float | None = hand[1]
    elif logged:
        celsius = max(logged, key=lambda c: max(c - high, low - c))
    else:
        celsius = None
    out = "" if celsius is None else "high" if celsius > high else "low" if celsius < low else ""
    return Cell(day, half, celsius, hand[0] if hand else None, hand is None and bool(logged),
                wanted and celsius is None, out)  # fmt: skip


class ExcursionRow(NamedTuple):
    """An excursion, with how many vials it set apart."""

    id: UUID
    equipment: UUID
    equipment_name: str
    unit: UUID
    unit_name: str
    rule: str
    since: datetime
    until: datetime
    going_on: bool
    minutes: int
    worst: float
    state: str
    decided_on: date | None
    note: str
    set_apart: int


class ExposureRow(NamedTuple):
    """Vials of a lot that were there, where they are now, and what was decided."""

    lot: UUID
    item: str
    number: str
    unit: UUID
    unit_name: str
    held_in: UUID
    exposed: int
    set_apart: int
    used: int
    released: int
    discarded: int

    @property
    def waiting(self) -> int:
        return self.set_apart - self.released - self.discarded


class ExcursionPage(NamedTuple):
    row: ExcursionRow
    exposures: list[ExposureRow]
    readings: list[tuple[datetime, float]]


def excursions(
    *, by: Actor, on: date, state: str = "", equipment: UUID | None = None, limit: int = 200
) -> list[ExcursionRow]:
    """Excursions at the reader's units, the newest first."""
    found = Excursion.objects.filter(policies.scope(by, COLD).where("unit_id"))
    if state:
        found = found.filter(state=state)
    if equipment is not None:
        found = found.filter(equipment_id=equipment)
    return _excursions(list(found.order_by("-since", "id")[:limit]), on)


def excursion(*, by: Actor, id: UUID, on: date) -> ExcursionPage | None:
    """One excursion with every vial that was there, and the readings around it."""
    found = list(Excursion.objects.filter(policies.scope(by, COLD).where("unit_id"), pk=id))
    if not found:
        return None
    (row,) = _excursions(found, on)
    rows = list(Exposure.objects.filter(excursion_id=id))
    lots = {lot.pk: lot for lot in Lot.objects.filter(pk__among={one.lot_id for one in rows})}
    exposures = [
        ExposureRow(
            one.lot_id, lots[one.lot_id].item, lots[one.lot_id].number, one.unit_id,
            places.name(one.unit_id, on), one.holder_id, one.exposed, one.set_apart, one.used,
            one.released, one.discarded,
        )
        for one in rows
    ]  # fmt: skip
    around = readings(
        by=by, id=row.equipment, first=(row.since - timedelta(days=1)).date(),
        last=(row.until + timedelta(days=1)).date(),
    )  # fmt: skip
    exposures.sort(key=lambda one: (one.item, one.number, one.unit_name))
    return ExcursionPage(row, exposures, around)


def _excursions(found: list[Excursion], on: date) -> list[ExcursionRow]:
    named = places.equipment_of({row.equipment_id for row in found})
    apart: dict[UUID, int] = {}
    for id, vials in Exposure.objects.filter(
        excursion_id__among={row.pk for row in found}
    ).values_list("excursion_id", "set_apart"):
        apart[id] = apart.get(id, 0) + vials
    return [
        ExcursionRow(
            row.pk, row.equipment_id, named.get(row.equipment_id, (None, ""))[1], row.unit_id,
            places.name(row.unit_id, on), row.rule, row.since, row.until, row.going_on, row.minutes,
            row.worst, row.state, row.decided_on, row.note, apart.get(row.pk, 0),
        )
        for row in found
    ]  # fmt: skip
