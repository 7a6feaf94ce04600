"""Medicines of a unit: how long they last, what expires, what was missing, what to order."""

from collections import defaultdict
from collections.abc import Collection
from datetime import date, timedelta
from math import ceil
from typing import NamedTuple
from uuid import UUID

from django.db.models import Min, Q, Sum

from tuyen.apps.access import policies
from tuyen.apps.access.actors import Actor
from tuyen.apps.supply import places
from tuyen.apps.supply.models import Balance, Level, Lot, Movement
from tuyen.apps.supply.queries.stock import LYING, READ, HeldLot, coming, lots_at
from tuyen.engines.supply import levels as engine
from tuyen.rules import supply as rules

MONTH = 30.4375
GIVING = ("station", "satellite_point")
_OUT = ("sent", "dispensed", "handed-out", "used")


class MedicineRow(NamedTuple):
    """An item of a unit, in the pieces in which it is handed out.

    ``months`` is its stock over its mean monthly use, without the days on which there was none;
    None where nothing was used. ``band`` is out, low, fair, target, ample, over or unknown.
    ``days_out`` of ``days`` it was missing at the end of the day.
    """

    item: str
    usable: int
    soonest: date | None
    near: int
    critical: int
    expired: int
    apart: int
    coming: int
    used_a_month: float
    months: float | None
    band: str
    days_out: int
    days: int
    least: int
    most: int
    order: int
    own_levels: bool


class TracerRow(NamedTuple):
    """How many of the tracer medicines a unit can hand out, and which it cannot."""

    unit: UUID
    unit_name: str
    present: int
    all: int
    missing: tuple[str, ...]

    @property
    def share(self) -> float:
        return self.present / self.all if self.all else 0.0


def medicines(*, by: Actor, unit: UUID, on: date) -> list[MedicineRow]:
    """Every medicine that a unit holds, held in the days that count, or should hold: the tracers.
    A constant number of queries."""
    listed = tuple(rules.medicines())
    held: dict[str, list[HeldLot]] = defaultdict(list)
    for one in lots_at(by=by, on=on, unit=unit, items=listed):
        held[one.item].append(one)
    way = {item: n for (at, item), n in coming(by=by, unit=unit).items() if at == unit}
    scope = policies.scope(by, READ)
    own = {
        row.item: row
        for row in Level.objects.filter(scope.where("unit_id"), unit_id=unit, item__in=listed)
    }
    days = rules.levels("", on).use_days
    history = _history(
        by, unit, on, days, listed, {i: _usable(lots, on) for i, lots in held.items()}
    )
    tracers = rules.tracers() if places.type_of(unit, on) in GIVING else ()
    wanted = {*held, *way, *own, *history.used, *history.out, *tracers}
    return [
        _row(item, held[item], way.get(item, 0), own.get(item), history, on)
        for item in listed
        if item in wanted
    ]


class _History(NamedTuple):
    """Pieces that went out in the days that count, and the days on which there was none."""

    used: dict[str, int]
    out: dict[str, int]
    days: int


def _usable(lots: Collection[HeldLot], on: date) -> int:
    return sum(one.vials for one in lots if _good(one, on))


def _good(one: HeldLot, on: date) -> bool:
    return one.state == "usable" and one.expires_on >= on and one.suspended_on is None


def _row(
    item: str, lots: Collection[HeldLot], way: int, own: Level | None, history: _History, on: date
) -> MedicineRow:
    rule, levels = rules.months(on), rules.levels("", on)
    good = [one for one in lots if _good(one, on)]
    usable = sum(one.vials for one in good)
    out = history.out.get(item, history.days if not lots else 0)
    lasting = engine.lasting(usable, history.used.get(item, 0), history.days, out)
    a_month = lasting.use_a_day * MONTH
    months = usable / a_month if a_month > 0 else None
    expiring = engine.will_expire(
        [(one.days_left(on), one.vials) for one in good], lasting.use_a_day
    )
    made = engine.order(
        need_a_month=a_month, on_hand=usable, on_the_way=way, least_months=rule.target_low,
        most_months=rule.target_high, expiring=expiring if a_month else 0,
        least=own.least if own else None, most=own.most if own else None,
    )  # fmt: skip
    return MedicineRow(
        item, usable, min((one.expires_on for one in good), default=None),
        sum(one.vials for one in good if one.days_left(on) <= levels.near_days),
        sum(one.vials for one in good if one.days_left(on) <= levels.critical_days),
        sum(one.vials for one in lots if one.expires_on < on),
        sum(one.vials for one in lots if one.state == "quarantined"), way, a_month, months,
        engine.band(usable, months, rule), out, history.days, made.least, made.most, ceil(made.vials),
        own is not None,
    )  # fmt: skip


def _history(
    by: Actor, unit: UUID, on: date, days: int, items: Collection[str], now: dict[str, int]
) -> _History:
    """Use, and days without, since the unit keeps medicines in the ledger: at most ``days``. Three
    queries, summed by the store."""
    scope = policies.scope(by, READ)
    lots = Lot.objects.filter(item__in=list(items))
    ours = Movement.objects.filter(
        Q(from_unit_id=unit) | Q(to_unit_id=unit),
        scope.where("from_unit_id") | scope.where("to_unit_id"), lot_id__in=lots.values("id"),
        on__lte=on,
    )  # fmt: skip
    begun = ours.aggregate(first=Min("on"))["first"]
    if begun is None:
        return _History({}, {}, 0)
    since = max(begun, on - timedelta(days - 1))
    rows = list(
        ours.filter(on__gte=since)
        .values_list("on", "lot_id", "kind", "from_unit_id", "from_state", "to_unit_id", "to_state")
        .annotate(pieces=Sum("vials"))
        .order_by("on", "lot_id", "kind")
    )
    of = dict(Lot.objects.filter(pk__among={row[1] for row in rows}).values_list("id", "item"))
    used: dict[str, int] = defaultdict(int)
    changes: dict[str, dict[int, int]] = defaultdict(lambda: defaultdict(int))
    for day, lot, kind, source, state, target, then, pieces in rows:
        item, at = of[lot], day.toordinal()
        if source == unit and state == "usable":
            changes[item][at] -= pieces
            used[item] += pieces if kind in _OUT else 0
        if target == unit and then == "usable":
            changes[item][at] += pieces
            used[item] -= pieces if kind == "given-back" else 0
    out = {}
    for item, steps in changes.items():
        held = now.get(item, 0) - sum(steps.values())
        balances = [(since.toordinal(), held)]
        for at, change in sorted(steps.items()):
            held += change
            balances.append((at, held))
        out[item] = engine.days_without(balances, since.toordinal(), on.toordinal())
    return _History(dict(used), out, (on - since).days + 1)


def tracers(*, by: Actor, on: date, unit: UUID | None = None) -> list[TracerRow]:
    """Of each station and satellite point of the reader's: which tracers it can hand out today, the
    fewest first. Two queries."""
    wanted = rules.tracers()
    scope = policies.scope(by, READ)
    lots = dict(Lot.objects.filter(item__in=wanted, expires_on__gte=on, suspended_on=None)
                .values_list("id", "item"))  # fmt: skip
    found = Balance.objects.filter(scope.where("unit_id"), state="usable", vials__gt=0,
                                   lot_id__among=set(lots))  # fmt: skip
    if unit is not None:
        found = found.filter(unit_id=unit)
    there: dict[UUID, set[str]] = defaultdict(set)
    for at, lot in found.values_list("unit_id", "lot_id"):
        there[at].add(lots[lot])
    rows = []
    for id in places.atlas().units(GIVING, on):
        if unit in (None, id) and scope.covers(id):
            missing = tuple(item for item in wanted if item not in there[id])
            rows.append(TracerRow(id, places.name(id, on), len(wanted) - len(missing), len(wanted),
                                  missing))  # fmt: skip
    return sorted(rows, key=lambda row: (row.present, row.unit_name))


def held_of(*, by: Actor, item: str, unit: UUID, on: date) -> list[HeldLot]:
    """The lots of one medicine at a unit, the first to go first."""
    held = lots_at(by=by, on=on, unit=unit, item=item, states=LYING)
    return sorted(held, key=lambda one: (one.expires_on, one.number, one.held_name))
