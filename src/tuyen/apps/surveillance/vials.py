"""Vaccines that answer an outbreak, from the lots that the stock keeps: the first to expire goes first."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

import msgspec

from tuyen.apps.access.actors import Actor
from tuyen.apps.supply import queries as supply
from tuyen.apps.surveillance.means import StockFacts
from tuyen.apps.surveillance.models import Booking
from tuyen.apps.surveillance.operations.response import LotPart
from tuyen.kernel import stocking
from tuyen.rules.surveillance import response as rules

LOTS = "lots"
"""Under which a booking keeps its lots, beside what was told of the cover."""


class Part(NamedTuple):
    """Vials of one lot at a unit that can be promised."""

    lot: UUID
    number: str
    expires_on: date
    doses: int  # in a vial
    vials: int  # that nobody was promised


class Vials:
    """What may be promised of each vaccine at each unit on a day, as far as ``by`` may see the stock.

    Lots that are expired, suspended, set apart or too warm are not there. Six queries.
    """

    def __init__(self, by: Actor, on: date) -> None:
        code = {item.vaccine: item.code for item in rules.items().values() if item.vaccine}
        taken: dict[tuple[UUID, UUID], int] = {}
        for one in promises():
            taken[one.unit, one.lot] = taken.get((one.unit, one.lot), 0) + one.vials
        sums: dict[tuple[UUID, str], dict[UUID, Part]] = {}
        for held in supply.lots_at(by=by, on=on, states=("usable",)):
            fit = held.suspended_on is None and held.expires_on >= on and (held.stage or 1) < 3
            if not fit or held.vaccine not in code:
                continue
            parts = sums.setdefault((held.unit, code[held.vaccine]), {})
            before = parts[held.lot].vials if held.lot in parts else 0
            parts[held.lot] = Part(
                held.lot, held.number, held.expires_on, held.doses, before + held.vials
            )
        self._parts = {
            (unit, item): [
                part._replace(vials=max(0, part.vials - taken.get((unit, part.lot), 0)))
                for part in sorted(parts.values(), key=lambda p: (p.expires_on, p.number))
            ]
            for (unit, item), parts in sums.items()
        }
        self.items = {item for _unit, item in self._parts}

    def stocks(self) -> list[StockFacts]:
        """Doses of each vaccine at each unit, with those that are promised."""
        held = promised_doses()
        return [
            StockFacts(
                unit,
                item,
                sum(p.vials * p.doses for p in parts) + held.get((unit, item), 0),
                0,
                None,
            )
            for (unit, item), parts in sorted(self._parts.items(), key=str)
        ]

    def choose(self, unit: UUID, item: str, doses: int) -> list[tuple[Part, int]]:
        """(lot, vials) for so many doses, first expired first; fewer where there are not enough."""
        chosen, missing = [], doses
        for part in self._parts.get((unit, item), ()):
            vials = min(part.vials, -(-missing // part.doses))
            if vials > 0:
                chosen.append((part, vials))
                missing -= vials * part.doses
            if missing <= 0:
                break
        return chosen

    def lacks(self, unit: UUID, item: str, lots: Iterable[LotPart]) -> int:
        """Vials that were named and are not free there."""
        known = self.known(unit, item)
        return sum(
            max(0, vials - (known[lot].vials if lot in known else 0))
            for lot, vials in _summed(lots).items()
        )

    def take(self, unit: UUID, item: str, lots: Iterable[LotPart]) -> None:
        """Count vials as promised from now on."""
        taken, parts = _summed(lots), self._parts.get((unit, item), [])
        for n, part in enumerate(parts):
            parts[n] = part._replace(vials=part.vials - taken.get(part.lot, 0))

    def free(self, unit: UUID, item: str) -> int:
        """Doses of a vaccine at a unit that nobody was promised."""
        return sum(part.vials * part.doses for part in self._parts.get((unit, item), ()))

    def known(self, unit: UUID, item: str) -> dict[UUID, Part]:
        """The lots of a vaccine at a unit."""
        return {part.lot: part for part in self._parts.get((unit, item), ())}

    def doses_in(self, unit: UUID, item: str, lots: Iterable[LotPart]) -> int:
        """Doses in the vials that were named."""
        doses = {part.lot: part.doses for part in self._parts.get((unit, item), ())}
        return sum(doses.get(named.lot, 0) * named.vials for named in lots)


def _summed(lots: Iterable[LotPart]) -> dict[UUID, int]:
    """lot -> vials, of a list that may name a lot twice."""
    sums: dict[UUID, int] = {}
    for part in lots:
        sums[part.lot] = sums.get(part.lot, 0) + part.vials
    return sums


def of(left: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The lots of a booking, as it keeps them: lot, number, vials, expires."""
    found = left.get(LOTS, [])
    return list(found) if isinstance(found, list) else []


def promised_doses() -> dict[tuple[UUID, str], int]:
    """(unit, item) -> doses of bookings that name lots and still lie there."""
    rows = Booking.objects.filter(state="booked").exclude(item="").order_by("id")
    sums: dict[tuple[UUID, str], int] = {}
    for unit, item, quantity, left in rows.values_list("unit_id", "item", "quantity", "left"):
        if of(msgspec.json.decode(left)):
            sums[unit, item] = sums.get((unit, item), 0) + quantity
    return sums


@stocking.promises("surveillance")
def promises() -> list[stocking.Promise]:
    """The vials that bookings bind and that have not left yet. One query."""
    rows = Booking.objects.filter(state="booked").exclude(item="").order_by("id")
    return [
        stocking.Promise(unit, UUID(lot["lot"]), int(lot["vials"]), commune, until, id)
        for id, unit, commune, until, left in rows.values_list(
            "id", "unit_id", "commune_id", "until", "left"
        )
        for lot in of(msgspec.json.decode(left))
    ]
