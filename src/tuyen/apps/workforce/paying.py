"""What the days of a month are paid, from the rows of duty and draws: worked out once, for the page that
shows it and for the service that keeps it."""

from collections.abc import Collection
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import Q

from tuyen.apps.workforce import places, rostering
from tuyen.apps.workforce.models import (
    Draw,
    Due,
    Member,
    Roster,
    Sheet,
    Shift,
    Tenure,
    VillageSize,
    Zone,
)
from tuyen.engines.workforce import allowance
from tuyen.engines.workforce.allowance import Line, Tariff, Worked
from tuyen.rules import workforce as rules


class Worth(NamedTuple):
    """What is due of a unit's month: ``lines`` by person and day, ``village`` by person; ``elsewhere``:
    days that stand on another unit's sheet; ``unpaid``: days before any tariff."""

    lines: list[Line]
    village: list[Line]
    elsewhere: int
    unpaid: int

    @property
    def total(self) -> Decimal:
        return sum((line.amount for line in (*self.lines, *self.village)), Decimal(0))


def closed(pairs: Collection[rostering.Pair]) -> set[rostering.Pair]:
    """Of some units and months, those whose sheet is closed: one query."""
    return closed_of({unit for unit, _ in pairs}) & set(pairs)


def closed_of(units: Collection[UUID]) -> set[rostering.Pair]:
    """The months of some units whose sheet is closed: one query."""
    rows = Sheet.objects.filter(unit_id__among=set(units), state="closed")
    return set(rows.values_list("unit_id", "month"))


def worth(pairs: Collection[rostering.Pair], until: date) -> dict[rostering.Pair, Worth]:
    """What is due of the days before ``until``: eight queries for any number of units and months."""
    if not pairs:
        return {}
    units = {unit for unit, _ in pairs}
    lo, hi = min(m for _, m in pairs), min(until, max(rostering.after(m) for _, m in pairs))
    shifts, draws = _shifts(units, lo, hi), _draws(units, lo, hi)
    members = {row[1] for row in shifts} | {row.member_id for row in draws}
    elsewhere = _kept(members, lo, hi)
    free = rostering.free_days(lo, hi)
    kinds = {day: "holiday" if kind == "tet" else kind for day, kind in free.items()}
    village = _villages(pairs, until)
    found = {}
    for unit, first in pairs:
        end = min(rostering.after(first), until)
        worked = [
            Worked(member, day, pay, shift) for at, member, day, pay, shift in shifts
            if at == unit and first <= day < end
        ]  # fmt: skip
        for row in draws:
            since, last = max(row.since, first), min(row.until, end)
            if row.unit_id == unit:
                worked += [
                    Worked(row.member_id, since + timedelta(days=n), f"{row.group}-{row.work}",
                           row.pk, row.emergency)
                    for n in range((last - since).days)
                ]  # fmt: skip
        kept = [w for w in worked if elsewhere.get((w.person, w.day), unit) == unit]
        lines, unpaid = _lines(kept, kinds)
        found[unit, first] = Worth(lines, village[unit, first], len(worked) - len(kept), unpaid)
    return found


def _lines(worked: list[Worked], kinds: dict[date, str]) -> tuple[list[Line], int]:
    """By the tariff of each day."""
    tariffs: list[tuple[rules.Pay, list[Worked]]] = []
    of: dict[date, rules.Pay | None] = {day: rules.pay(day) for day in {w.day for w in worked}}
    unpaid = 0
    for one in worked:
        pay = of[one.day]
        if pay is None or one.work not in pay.daily:
            unpaid += 1
            continue
        held = next((group for told, group in tariffs if told == pay), None)
        if held is None:
            tariffs.append((pay, held := []))
        held.append(one)
    lines = [
        line for pay, group in tariffs
        for line in allowance.lines(group, kinds, Tariff(pay.daily, pay.meals, pay.times))
    ]  # fmt: skip
    return sorted(lines, key=lambda one: (str(one.person), one.day)), unpaid


def _shifts(
    units: Collection[UUID], lo: date, hi: date
) -> list[tuple[UUID, UUID, date, str, UUID]]:
    """(unit, member, day, row of the tariff, shift) of paid shifts in force."""
    rows = Shift.objects.filter(
        unit_id__among=set(units), day__gte=lo, day__lt=hi, state="live",
        roster_id__in=Roster.objects.filter(state="in-force").values("id"),
    )  # fmt: skip
    found = []
    for unit, member, day, kind, id in rows.order_by("day", "id").values_list(
        "unit_id", "member_id", "day", "kind", "id"
    ):
        shift = rules.shifts(day).get(kind)
        if shift is not None and shift.pay:
            found.append((unit, member, day, shift.pay, id))
    return found


def _draws(units: Collection[UUID], lo: date, hi: date) -> list[Draw]:
    rows = Draw.objects.filter(unit_id__among=set(units), since__lt=hi, until__gt=lo)
    return list(rows.order_by("since", "id"))


def _kept(members: Collection[UUID], lo: date, hi: date) -> dict[tuple[UUID, date], UUID]:
    """(member, day) -> the unit on whose sheet the day stands."""
    rows = Due.objects.filter(member_id__among=set(members), day__gte=lo, day__lt=hi, what="day")
    return {
        (member, day): unit for member, day, unit in rows.values_list("member_id", "day", "unit_id")
    }


def _villages(pairs: Collection[rostering.Pair], until: date) -> dict[rostering.Pair, list[Line]]:
    """What the village network of each station's commune is due for months that have ended."""
    found: dict[rostering.Pair, list[Line]] = {pair: [] for pair in pairs}
    map_ = places.atlas()
    ended = [
        (unit, first) for unit, first in pairs
        if rostering.after(first) <= until and map_.type(unit, first) == "station"
        and map_.commune_of(unit, first) is not None and rules.village(rostering.last_day(first))
    ]  # fmt: skip
    if not ended:
        return found
    lo, hi = min(m for _, m in ended), max(rostering.last_day(m) for _, m in ended)
    rows = list(Tenure.objects.filter(
        Q(until=None) | Q(until__gt=lo), since__lte=hi, void=False, main=True,
        cadre__in=rules.outside(),
    ).order_by("id"))  # fmt: skip
    sizes: dict[UUID, list[VillageSize]] = {}
    for size in VillageSize.objects.order_by("since", "id"):
        sizes.setdefault(size.unit_id, []).append(size)
    zones = list(Zone.objects.order_by("since", "id").values_list("unit_id", "zone", "since"))
    for unit, first in ended:
        last = rostering.last_day(first)
        commune = map_.commune_of(unit, last)
        zone = next(
            (z for u, z, s in reversed(zones) if s <= last and places.now_at(u, last) == commune),
            None,
        )
        for row in rows:
            held = row.since <= last and (row.until is None or row.until > last)
            if held and map_.commune_of(row.unit_id, last) == commune:
                here = next(
                    (s for s in reversed(sizes.get(row.unit_id, [])) if s.since <= last), None
                )
                found[unit, first].append(_village(row, first, last, here, zone))
    return found


def _village(
    row: Tenure, first: date, last: date, size: VillageSize | None, zone: int | None
) -> Line:
    rule = rules.village(last)
    assert rule is not None
    zoned = (rules.zone_assumed(last) if zone is None else zone) >= rule.zone
    big = size is not None and size.households >= (rule.urban if size.urban else rule.households)
    because = (
        "households" if big else "zone" if zoned and zone else "zone-assumed" if zoned else "small"
    )
    high = big or zoned
    amount = allowance.village(rule.base, rule.high, rule.low, is_high=high)
    return Line(
        row.member_id, first, "village", row.unit_id, rule.base, rule.high if high else rule.low,
        because, Decimal(0), amount, (),
    )  # fmt: skip


def names(members: Collection[UUID]) -> dict[UUID, Any]:
    """Member -> name: one query."""
    return dict(Member.objects.filter(pk__among=set(members)).values_list("id", "name"))
