"""What lies where: by place and item, by lot, by expiry; ``by`` decides whose."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import date, timedelta
from typing import NamedTuple
from uuid import UUID

from tuyen.apps.access import policies
from tuyen.apps.access.actors import Actor
from tuyen.apps.journal.bulk import fetch
from tuyen.apps.supply import places
from tuyen.apps.supply.models import Balance, Lot, Transfer, TransferLine, VialMonitor
from tuyen.apps.supply.sorting import lot_key
from tuyen.engines.supply import first_out
from tuyen.kernel import stocking
from tuyen.kernel.stocking import LotAtHand
from tuyen.rules import supply as rules

READ = "supply.stock.read"
MOVE = "supply.stock.move"
COUNT = "supply.stock.count"
DECIDE = "supply.quarantine.decide"
SUSPEND = "supply.lot.suspend"
LOG = "supply.cold.log"
EQUIPMENT = "supply.equipment.edit"
LYING = ("usable", "open", "quarantined")


class HeldLot(NamedTuple):
    """Vials of a lot in one place and state."""

    unit: UUID
    unit_name: str
    held_in: UUID
    held_name: str  # "" where it is the unit itself
    state: str
    lot: UUID
    item: str
    vaccine: str
    number: str
    maker: str
    expires_on: date
    doses: int
    vials: int
    stage: int | None
    suspended_on: date | None
    diluent: UUID | None

    def days_left(self, on: date) -> int:
        """Days until it expires; the last day is 0."""
        return (self.expires_on - on).days


class StockRow(NamedTuple):
    """An item at a unit, in vials."""

    unit: UUID
    unit_name: str
    item: str
    usable: int
    open: int
    quarantined: int
    suspended: int
    expired: int
    coming: int
    doses: int
    soonest: date | None  # of what may be used

    @property
    def at_hand(self) -> int:
        """Closed vials that may be used."""
        return self.usable


def lots_at(
    *, by: Actor, on: date, unit: UUID | None = None, item: str = "", states: Iterable[str] = LYING,
    items: Collection[str] = (),
) -> list[HeldLot]:  # fmt: skip
    """Lots of the reader's units, by unit, item and expiry; of ``items`` where some are named. Four
    queries."""
    scope = policies.scope(by, READ)
    found = Balance.objects.filter(scope.where("unit_id"), state__in=list(states), vials__gt=0)
    if items or item:
        wanted = [item] if item else list(items)
        found = found.filter(lot_id__in=Lot.objects.filter(item__in=wanted).values("id"))
    if unit is not None:
        found = found.filter(unit_id=unit)
    rows = fetch(found.values_list("unit_id", "holder_id", "state", "lot_id", "vials"))
    lots = _lots({row[3] for row in rows})
    holders = {row[1] for row in rows} - {row[0] for row in rows}
    named = {id: name for id, (_, name) in places.equipment_of(holders).items()}
    stages = _stages({row[3] for row in rows})
    names = {id: places.name(id, on) for id in {row[0] for row in rows}}
    held = []
    for owner, holder, state, lot, vials in rows:
        facts = lots[lot]
        if holder != owner and holder not in named:
            continue  # with a session
        held.append(HeldLot(
            owner, names[owner], holder, named.get(holder, ""), state, lot, facts.item,
            facts.vaccine, facts.number, facts.maker, facts.expires_on, facts.doses, vials,
            stages.get((holder, lot)), facts.suspended_on, facts.diluent_id,
        ))  # fmt: skip
    order = {code: n for n, code in enumerate(rules.items())}
    return sorted(held, key=lambda h: (
        h.unit_name, order.get(h.item, 99), h.expires_on, h.number, h.held_name, h.state,
    ))  # fmt: skip


def _lots(ids: set[UUID]) -> dict[UUID, Lot]:
    return {row.pk: row for row in Lot.objects.filter(pk__among=ids)} if ids else {}


def _stages(lots: set[UUID]) -> dict[tuple[UUID, UUID], int]:
    rows = VialMonitor.objects.filter(lot_id__among=lots).values_list(
        "holder_id", "lot_id", "stage"
    )
    return {(holder, lot): stage for holder, lot, stage in rows} if lots else {}


def stock(
    *, by: Actor, on: date, unit: UUID | None = None, item: str = "", items: Collection[str] = ()
) -> list[StockRow]:
    """What lies at each of the reader's units, item by item, with what is on the way to it."""
    sums: dict[tuple[UUID, str], dict[str, int]] = defaultdict(lambda: defaultdict(int))
    soonest: dict[tuple[UUID, str], date] = {}
    for held in lots_at(by=by, on=on, unit=unit, item=item, items=items):
        key = (held.unit, held.item)
        part = sums[key]
        if held.expires_on < on:
            part["expired"] += held.vials
        elif held.suspended_on is not None:
            part["suspended"] += held.vials
        else:
            part[held.state] += held.vials
            if held.state == "usable":
                part["doses"] += held.vials * held.doses
                soonest[key] = min(held.expires_on, soonest.get(key, held.expires_on))
    for key, vials in coming(by=by, unit=unit).items():
        if (not item or key[1] == item) and (not items or key[1] in items):
            sums[key]["coming"] += vials
    order = {code: n for n, code in enumerate(rules.items())}
    rows = [
        StockRow(
            owner, places.name(owner, on), code, p["usable"], p["open"], p["quarantined"],
            p["suspended"], p["expired"], p["coming"], p["doses"], soonest.get((owner, code)),
        )
        for (owner, code), p in sums.items()
    ]  # fmt: skip
    return sorted(rows, key=lambda row: (row.unit_name, order.get(row.item, 99)))


def coming(*, by: Actor, unit: UUID | None = None) -> dict[tuple[UUID, str], int]:
    """(unit, item) -> vials on the way to it. Three queries."""
    scope = policies.scope(by, READ)
    found = Transfer.objects.filter(scope.where("to_unit_id"), state="sent")
    if unit is not None:
        found = found.filter(to_unit_id=unit)
    to = dict(found.values_list("id", "to_unit_id"))
    if not to:
        return {}
    lines = TransferLine.objects.filter(transfer_id__among=set(to), state="usable")
    rows = list(lines.values_list("transfer_id", "lot_id", "sent"))
    lots = _lots({row[1] for row in rows})
    sums: dict[tuple[UUID, str], int] = defaultdict(int)
    for transfer, lot, vials in rows:
        sums[to[transfer], lots[lot].item] += vials
    return dict(sums)


def promised(*, by: Actor) -> dict[tuple[UUID, str], int]:
    """(unit, item) -> vials of the reader's units that another room promised and that still lie
    there, whichever lots they are of."""
    scope = policies.scope(by, READ)
    found = [one for one in stocking.promised() if scope.covers(one.unit)]
    lots = _lots({one.lot for one in found})
    sums: dict[tuple[UUID, str], int] = defaultdict(int)
    for one in found:
        if one.lot in lots:
            sums[one.unit, lots[one.lot].item] += one.vials
    return dict(sums)


def usable_lots(
    *, by: Actor, unit: UUID, on: date, vaccine: str = "", item: str = ""
) -> list[LotAtHand]:
    """Lots that a unit may use on a day, the first to go first: none that is expired, suspended,
    set apart, or whose monitors had too much heat."""
    held = [
        one
        for one in lots_at(by=by, on=on, unit=unit, item=item, states=("usable", "open"))
        if one.suspended_on is None and one.expires_on >= on and (one.stage or 1) < 3
        and (not vaccine or one.vaccine == vaccine)
    ]  # fmt: skip
    ordered = sorted(held, key=lambda one: first_out.order(_shelf(one)))
    return [
        LotAtHand(
            rank, one.lot, one.item, one.vaccine, one.number, one.maker, one.expires_on, one.doses,
            one.vials if one.state == "usable" else 0, one.vials if one.state == "open" else 0,
            one.stage, one.held_in, one.diluent,
        )
        for rank, one in enumerate(ordered)
    ]  # fmt: skip


def _shelf(held: HeldLot) -> first_out.Shelf:
    return first_out.Shelf(
        held.lot, held.held_in, held.expires_on, held.vials, held.stage or 1, held.state == "open"
    )


def proposal(
    *, by: Actor, unit: UUID, item: str, vials: int, on: date
) -> tuple[list[tuple[HeldLot, int]], int]:
    """Which closed vials of an item to take for so many, first expired first, and how many lack."""
    held = {
        (one.lot, one.held_in): one
        for one in lots_at(by=by, on=on, unit=unit, item=item, states=("usable",))
        if one.suspended_on is None
    }
    taken, lacking = first_out.propose([_shelf(one) for one in held.values()], vials, on)
    return [(held[shelf.lot, shelf.held_in], many) for shelf, many in taken], lacking  # type: ignore[index]


def expiries(
    *, by: Actor, on: date, within: int, unit: UUID | None = None, items: Collection[str] = ()
) -> list[HeldLot]:
    """Lots that expire within so many days, or have, the first to expire first."""
    last = on + timedelta(within)
    held = [one for one in lots_at(by=by, on=on, unit=unit, items=items) if one.expires_on <= last]
    return sorted(held, key=lambda one: (one.expires_on, one.unit_name, one.number))


def find_lot(*, by: Actor, text: str) -> list[tuple[UUID, str, str]]:
    """(id, item, number) of lots by a part of their number: for who may read any stock."""
    policies.check(by, READ)
    rows = Lot.objects.filter(number_key__contains=lot_key(text)).order_by("-expires_on", "number")
    return list(rows.values_list("id", "item", "number")[:20]) if lot_key(text) else []
