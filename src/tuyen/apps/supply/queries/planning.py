"""How long stocks last, what to order, and what the birth cohorts will need."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import date, timedelta
from math import ceil
from typing import Any, NamedTuple
from uuid import UUID

from tuyen.apps.access import policies
from tuyen.apps.access.actors import Actor
from tuyen.apps.journal.bulk import fetch
from tuyen.apps.registry import queries as registry
from tuyen.apps.supply import places
from tuyen.apps.supply.models import Level, Lot, Movement
from tuyen.apps.supply.queries.stock import READ, HeldLot, coming, lots_at
from tuyen.engines.supply import levels as engine
from tuyen.engines.supply import need as needing
from tuyen.kernel.regimes import in_force
from tuyen.rules import supply as rules

GIVING = ("station", "satellite_point", "hospital")
"""Types of units at which children are vaccinated: need begins there."""
GUIDED, OWNED, SERVES = "guided_by", "owned_by", "serves"
UPPER = ("cdc", "health_centre")


class NeedRow(NamedTuple):
    """What an item of a unit needs over some months, with what it is reckoned from."""

    unit: UUID
    unit_name: str
    item: str
    births: float  # a year
    doses: float
    vials: float
    carried: int  # by one session
    wastage: float
    counted: bool  # the infants are on record; else they follow from the birth rate


class OrderRow(NamedTuple):
    """An item of a unit between its levels, and what to order."""

    unit: UUID
    unit_name: str
    item: str
    on_hand: int
    coming: int
    expiring: int
    need_a_month: float
    days_left: float | None
    used_a_month: float  # by the days on which there was any
    least: int
    most: int
    order: int
    own_levels: bool


class Use(NamedTuple):
    """What left a unit for use or for another within the days that count, and how many of these
    days nothing lay there."""

    vials: int = 0
    days_out: int = 0


def needs(*, by: Actor, on: date, months: int, unit: UUID | None = None) -> list[NeedRow]:
    """The need of the reader's units for some months from a day on, unit by unit and item by item.

    A unit that gives vaccines needs what the cohort of the areas that it serves needs, session by
    session; one that supplies others, the sum of theirs.
    """
    scope = policies.scope(by, READ)
    units = [id for id in places.holders(on) if scope.covers(id) and unit in (None, id)]
    own = _own_needs(on, months)
    rows = []
    for id in units:
        for item, parts in _summed(id, own, on).items():
            births, doses, vials, carried, counted = parts
            size = rules.items()[item].doses
            wastage = 1 - doses / (vials * size) if vials else 0.0
            rows.append(NeedRow(id, places.name(id, on), item, births, doses, vials, int(carried),
                                wastage, bool(counted)))  # fmt: skip
    order = {code: n for n, code in enumerate(rules.items())}
    return sorted(rows, key=lambda row: (row.unit_name, order[row.item]))


def orders(*, by: Actor, on: date, unit: UUID | None = None) -> list[OrderRow]:
    """Levels and proposals of order of what immunisation takes, what is most urgent first."""
    need = {(row.unit, row.item): row.vials for row in needs(by=by, on=on, months=1, unit=unit)}
    held: dict[tuple[UUID, str], list[HeldLot]] = defaultdict(list)
    for one in lots_at(by=by, on=on, unit=unit, states=("usable",), items=rules.immunisation()):
        if one.suspended_on is None and one.expires_on >= on:
            held[one.unit, one.item].append(one)
    ours = set(rules.immunisation())
    way = {key: vials for key, vials in coming(by=by, unit=unit).items() if key[1] in ours}
    scope = policies.scope(by, READ)
    mine = {
        (row.unit_id, row.item): row for row in Level.objects.filter(scope.where("unit_id"), item__in=ours)
    }  # fmt: skip
    on_hand = {key: sum(one.vials for one in lots) for key, lots in held.items()}
    used = _used(by, on, unit, on_hand)
    rows = []
    for key in sorted({*need, *held, *way, *(k for k in mine if unit in (None, k[0]))}, key=str):
        rows.append(_order(key, on, need.get(key, 0.0), held[key], way.get(key, 0), mine.get(key),
                           used.get(key, Use())))  # fmt: skip
    places_in_list = {code: n for n, code in enumerate(rules.items())}
    return sorted(rows, key=lambda row: (
        row.order == 0, row.days_left if row.days_left is not None else 1e9, row.unit_name,
        places_in_list.get(row.item, 99),
    ))  # fmt: skip


def _order(
    key: tuple[UUID, str], on: date, need: float, held: Collection[HeldLot], way: int,
    own: Level | None, used: Use,
) -> OrderRow:  # fmt: skip
    unit, item = key
    rule = rules.levels(places.type_of(unit, on), on)
    on_hand = sum(one.vials for one in held)
    last = engine.lasting(on_hand, used.vials, rule.use_days, used.days_out)
    # The need of the cohort leads; where there is none (a vaccine for adults), what was used does.
    a_month = need or last.use_a_day * 30.4375
    a_day = a_month / 30.4375
    expiring = engine.will_expire([(one.days_left(on), one.vials) for one in held], a_day)
    made = engine.order(
        need_a_month=a_month, on_hand=on_hand, on_the_way=way, least_months=rule.least,
        most_months=rule.most, expiring=expiring if a_day else 0,
        least=own.least if own else None, most=own.most if own else None,
    )  # fmt: skip
    return OrderRow(
        unit, places.name(unit, on), item, on_hand, way, expiring if a_day else 0, a_month,
        on_hand / a_day if a_day else None, last.use_a_day * 30.4375, made.least, made.most,
        made.vials, own is not None,
    )  # fmt: skip


def _used(
    by: Actor, on: date, unit: UUID | None, on_hand: Mapping[tuple[UUID, str], int]
) -> dict[tuple[UUID, str], Use]:
    """(unit, item) -> its use. Two queries."""
    scope, days = policies.scope(by, READ), rules.levels("", on).use_days
    since = on - timedelta(days - 1)
    lots = Lot.objects.filter(item__in=rules.immunisation()).values("id")
    found = Movement.objects.filter(
        scope.where("from_unit_id") | scope.where("to_unit_id"), on__gte=since, on__lte=on,
        lot_id__in=lots,
    ).exclude(kind="shifted")  # fmt: skip
    columns = (
        "on", "kind", "lot_id", "vials", "from_unit_id", "from_state", "to_unit_id", "to_state",
    )  # fmt: skip
    rows = fetch(found.order_by("on", "seq").values_list(*columns))
    items = dict(Lot.objects.filter(pk__among={row[2] for row in rows}).values_list("id", "item"))
    changes: dict[tuple[UUID, str], list[tuple[int, int]]] = defaultdict(list)
    used: dict[tuple[UUID, str], int] = defaultdict(int)
    for day, kind, lot, vials, source, state, target, then in rows:
        item, at = items[lot], day.toordinal()
        if state == "usable" and kind not in ("returned", "used", "kept-open"):
            changes[source, item].append((at, -vials))
        if then == "usable" and kind != "issued":
            changes[target, item].append((at, vials))
        if kind in ("sent", "used", "dispensed", "handed-out"):
            used[source, item] += vials
        elif kind == "given-back":
            used[target, item] -= vials
    answers = {}
    for key, steps in changes.items():
        if unit not in (None, key[0]) or not scope.covers(key[0]):
            continue
        held = on_hand.get(key, 0) - sum(change for _, change in steps)
        balances = [(since.toordinal(), held)]
        for at, change in steps:
            held += change
            balances.append((at, held))
        out = engine.days_without(balances, since.toordinal(), on.toordinal())
        answers[key] = Use(used[key], out)
    return answers


Parts = tuple[float, float, float, float, float]
"""Births a year, doses, vials, vials that a session carries, whether infants are on record."""


def _own_needs(on: date, months: int) -> dict[UUID, dict[str, Parts]]:
    """What each unit that gives vaccines needs for the areas that it serves."""
    people = registry.population(by=Actor.program(on), on=on, ages=(0, 1))
    infants = dict(zip(people.unit_ids, people.counts[:, :, 0].sum(axis=1).tolist(), strict=True))
    totals = people.totals
    map_, schedule = places.atlas(), in_force(on)
    found: dict[UUID, dict[str, Parts]] = {}
    for unit in map_.units(GIVING, on):
        communes = {map_.commune_of(area, on) for area in map_.related(unit, SERVES, on)}
        born = sum(infants.get(commune, 0) for commune in communes)
        living = sum(totals.get(commune, 0) for commune in communes)
        if not living:
            continue
        rule = rules.need(places.type_of(unit, on), on)
        births = float(born) if born else living * rule.births_of_1000 / 1000
        found[unit] = {
            item: _need_of(item, doses, births, rule, months, bool(born))
            for item, doses in _doses_per_child(map_, unit, on, schedule).items()
        }
        found[unit] |= _goods_of(found[unit], births, rule, months, bool(born), on)
    return found


def _doses_per_child(
    map_: Any, unit: UUID, on: date, schedule: str | None
) -> Mapping[str, Mapping[int, float]]:
    """What a child gets by the schedule in force, of the vaccines that have begun where a unit lies."""
    codes = [
        map_.code(area, "administrative", on) if area else None
        for area in (map_.province_of(unit, on), map_.commune_of(unit, on))
    ]
    return rules.doses_per_child(on, schedule, *codes)


def _goods_of(
    own: Mapping[str, Parts], births: float, rule: rules.Need, months: int, known: bool, on: date
) -> dict[str, Parts]:
    """Diluents, syringes and safety boxes for the doses of a unit: they go with the vaccine, or a
    session has the one and not the other."""
    said, items = rules.goods(on), rules.items()
    made = needing.goods(
        [
            needing.Injected(
                parts[1], parts[2], said.syringe.get(item, ""), said.mixing.get(item, ""),
                items[item].diluent,
            )
            for item, parts in own.items()
        ],
        box=said.box, holds=said.holds, spare=said.spare,
    )  # fmt: skip
    sessions = max(1.0, rule.sessions_a_month * months)
    return {
        item: (births, uses, pieces, float(ceil(pieces / sessions)), float(known))
        for item, (uses, pieces) in made.items()
        if item in items
    }


def _need_of(
    item: str,
    doses: Mapping[int, float],
    births: float,
    rule: rules.Need,
    months: int,
    known: bool,
) -> Parts:
    facts = rules.items()[item]
    made = needing.forecast(
        doses_a_month=births / 12 * sum(doses.values()) * rule.coverage, size=facts.doses,
        sessions_a_month=rule.sessions_a_month, months=months, open_days=facts.open_days or 0,
        closed_wastage=rule.closed_wastage, certainty=rule.service,
    )  # fmt: skip
    return births, made.doses, made.vials, made.carried, float(known)


def _summed(unit: UUID, own: Mapping[UUID, Mapping[str, Parts]], on: date) -> dict[str, Parts]:
    """A unit's need: its own, and that of those it supplies."""
    sums: dict[str, list[float]] = {}
    for each in _supplied(unit, on):
        for item, parts in own.get(each, {}).items():
            row = sums.setdefault(item, [0.0, 0.0, 0.0, 0.0, 1.0])
            for n in range(3):
                row[n] += parts[n]
            row[3] = max(row[3], parts[3])
            row[4] = min(row[4], parts[4])
    return {item: (row[0], row[1], row[2], row[3], row[4]) for item, row in sums.items()}


def _supplied(unit: UUID, on: date) -> list[UUID]:
    """The units whose need a unit covers: itself; of a store above, those that it guides or owns."""
    map_, type_ = places.atlas(), places.type_of(unit, on)
    if type_ == "cdc":
        return list(map_.units(GIVING, on))
    if type_ not in UPPER:
        return [unit]
    below = {unit, *map_.subjects(unit, GUIDED, on), *map_.subjects(unit, OWNED, on)}
    return sorted(below, key=str)
