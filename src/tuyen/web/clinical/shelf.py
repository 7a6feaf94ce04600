"""What lies on the shelf of a unit for the drugs of a visit, said beside each of them."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from math import ceil
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tuyen.apps.access import policies
from tuyen.apps.access.actors import Actor
from tuyen.apps.supply import queries as supply
from tuyen.apps.supply.queries import OnHand
from tuyen.web.clinical.reading import NO_LOT

Shelf = dict[str, OnHand]


def held(by: Actor, unit: UUID, on: date, items: Iterable[str]) -> Shelf | None:
    """Item -> what can be handed out of it; None where the reader may not see the stock."""
    wanted = [item for item in dict.fromkeys(items) if item]
    if not policies.may(by, supply.READ, unit):
        return None
    return supply.on_hand(by=by, unit=unit, items=wanted, on=on) if wanted else {}


def said(shelf: Shelf | None, item: str, quantity: Decimal) -> dict[str, str]:
    """The lot that goes first and how much there is; ``tone`` where there is not enough."""
    if shelf is None:
        return {"stock": "", "tone": ""}
    found = shelf.get(item)
    if found is None or not found.lots:
        return {"stock": _("Not in stock: prescribed, not given here"), "tone": "bad"}
    first = found.lots[0]
    words = _("lot {number}, expires {day}; {n} on hand").format(
        number=first.number, day=f"{first.expires_on:%d/%m/%Y}", n=found.pieces
    )
    if found.pieces < ceil(quantity):
        return {"stock": _("Only {n} on hand: {words}").format(n=found.pieces, words=words),
                "tone": "warn"}  # fmt: skip
    return {"stock": words, "tone": ""}


def choices(shelf: Shelf | None, item: str) -> list[tuple[str, str]]:
    """The lots to choose from: what expires first is proposed, and nothing given is a choice."""
    lots: list[tuple[str, str]] = []
    seen: set[UUID] = set()
    for one in (shelf or {}).get(item, _NOTHING).lots:
        if one.lot not in seen:
            seen.add(one.lot)
            words = ngettext("{number}, expires {day}, {n} piece", "{number}, expires {day}, {n} pieces",
                             one.pieces)  # fmt: skip
            lots.append((str(one.lot), words.format(
                number=one.number, day=f"{one.expires_on:%d/%m/%Y}", n=one.pieces)))  # fmt: skip
    return [("", _("First to expire")), *lots, (NO_LOT, _("Not given here"))]


def default(shelf: Shelf | None, item: str) -> str:
    """What stands in the field of a lot at first: nothing is given of what is not there."""
    found = (shelf or {}).get(item)
    return NO_LOT if shelf is not None and (found is None or not found.lots) else ""


_NOTHING = OnHand("", 0, None, ())
