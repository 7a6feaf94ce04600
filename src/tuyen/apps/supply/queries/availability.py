"""Whether a programme's medicines could be handed out, day by day: the indicator of WHO HEARTS."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any, NamedTuple
from uuid import UUID

import numpy as np
from django.db.models import Min, Sum

from tuyen.apps.access import policies
from tuyen.apps.access.actors import Actor
from tuyen.apps.supply import places
from tuyen.apps.supply.models import Balance, Lot, Movement
from tuyen.apps.supply.queries.medicines import GIVING
from tuyen.apps.supply.queries.stock import READ
from tuyen.engines.supply.availability import days_held
from tuyen.rules import supply as rules


class AvailabilityRow(NamedTuple):
    """A station or satellite point: on ``whole`` of ``days`` all of the medicines could be handed
    out; ``short`` are the days on which each could not. ``days`` is 0 where none was ever kept."""

    unit: UUID
    unit_name: str
    whole: int
    days: int
    short: dict[str, int]

    @property
    def always(self) -> bool:
        return 0 < self.days == self.whole


def core_medicines(programme: str) -> tuple[str, ...]:
    """What a station has of a programme every day: its tracers, in the order of the list."""
    key = programme.replace("_", "-")
    listed = rules.medicines()
    return tuple(code for code in rules.tracers() if listed[code].programme == key)


def availability(*, by: Actor, programme: str, first: date, last: date) -> list[AvailabilityRow]:
    """Of each station and satellite point of the reader's, by name: on how many days of a span the
    programme's core medicines could all be handed out. A unit is counted from the day on which it
    began to keep any of them. Four queries; empty where the programme has no such medicine."""
    policies.check(by, READ)
    items, days = core_medicines(programme), (last - first).days + 1
    scope = policies.scope(by, READ)
    units = [id for id in places.atlas().units(GIVING, last) if scope.covers(id)]
    if not items or not units or days < 1:
        return []
    found = Lot.objects.filter(item__in=items).values_list(
        "id", "item", "expires_on", "suspended_on"
    )
    lots = {id: (items.index(item), _until(expires, stop)) for id, item, expires, stop in found}
    begun = _begun(lots, units)
    held = _held(lots, units, items, first, days)
    rows = []
    for n, unit in enumerate(units):
        since = begun.get(unit)
        skip = days if since is None else max((since - first).days, 0)
        there = held[n, :, skip:]
        short = {item: int(count) for item, count in
                 zip(items, (~there).sum(axis=1).tolist(), strict=True) if count}  # fmt: skip
        rows.append(AvailabilityRow(
            unit, places.name(unit, last), int(there.all(axis=0).sum()), there.shape[1], short
        ))  # fmt: skip
    return sorted(rows, key=lambda row: row.unit_name)


def _until(expires: date, stopped: date | None) -> date:
    return expires if stopped is None else min(expires, stopped - timedelta(days=1))


def _begun(lots: dict[UUID, Any], units: Sequence[UUID]) -> dict[UUID, date]:
    rows = Movement.objects.filter(lot_id__among=set(lots), to_unit_id__among=set(units))
    return dict(
        rows.order_by().values_list("to_unit_id").annotate(first=Min("on"))
    )  # fmt: skip


def _held(
    lots: dict[UUID, tuple[int, date]], units: Sequence[UUID], items: Sequence[str], first: date,
    days: int,
) -> Any:  # fmt: skip
    """(units, items, days): whether it could be handed out at the end of the day."""
    at = {unit: n for n, unit in enumerate(units)}
    now: dict[tuple[UUID, UUID], int] = defaultdict(int)
    balances = Balance.objects.filter(
        lot_id__among=set(lots), unit_id__among=set(units), state="usable"
    )
    for unit, lot, vials in balances.values_list("unit_id", "lot_id", "vials"):
        now[unit, lot] += vials
    moved: list[tuple[tuple[UUID, UUID], int, int]] = []
    rows = Movement.objects.filter(lot_id__among=set(lots), on__gte=first).order_by().values_list(
        "on", "lot_id", "from_unit_id", "from_state", "to_unit_id", "to_state"
    ).annotate(pieces=Sum("vials"))  # fmt: skip
    for on, lot, source, state, target, then, pieces in rows:
        if source in at and state == "usable":
            moved.append(((source, lot), (on - first).days, -pieces))
        if target in at and then == "usable":
            moved.append(((target, lot), (on - first).days, pieces))
    for key, _, _ in moved:
        now.setdefault(key, 0)
    keys = list(now)
    row = {key: n for n, key in enumerate(keys)}
    of = [at[unit] * len(items) + lots[lot][0] for unit, lot in keys]
    last = [(lots[lot][1] - first).days for _, lot in keys]
    steps = [np.array(one, np.int64) for one in zip(
        *((row[key], day, change) for key, day, change in moved), strict=True
    )] or [np.zeros(0, np.int64)] * 3  # fmt: skip
    flags = days_held(
        np.array([now[key] for key in keys], np.int64), np.array(of, np.int64),
        np.array(last, np.int64), (steps[0], steps[1], steps[2]), len(units) * len(items), days,
    )  # fmt: skip
    return flags.reshape(len(units), len(items), days)
