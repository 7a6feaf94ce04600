"""The ledger as it stood at a time, and where what lay there went since."""

from collections.abc import Collection, Hashable, Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from tuyen.apps.journal.bulk import fetch
from tuyen.apps.supply.account import Account
from tuyen.apps.supply.models import Lot, Movement, SessionUse
from tuyen.engines.supply.exposure import Moved

IN = ("usable", "open", "quarantined")
KEEPING = ("fridge", "freezer", "cold-room")
"""Kinds in which a unit keeps its stock: vials of which nobody said where they lie are in them."""


def accounts_of(piece: Mapping[str, Any]) -> list[Hashable]:
    """The accounts whose vials are in a piece of equipment: its own, and, of a fridge, those of the
    unit of which nobody said in which fridge they lie."""
    holders = [piece["id"]]
    if piece["kind"] in KEEPING:
        holders.append(piece["unit_id"])
    return [(holder, state) for holder in holders for state in IN]


def movements(
    there: Collection[Hashable], until: datetime, items: Collection[str]
) -> tuple[list[Moved], dict[Hashable, Account]]:
    """Every movement of the lots of ``items`` that came to the accounts ``there`` before ``until``,
    in order, and the accounts that they name: (holder, state) -> (unit, holder, state). Two queries.
    """
    holders = {key[0] for key in there}  # type: ignore[index]
    came = Movement.objects.filter(to_holder_id__in=holders, at__lte=until).values("lot_id")
    lots = Lot.objects.filter(pk__in=came, item__in=list(items)).values("id")
    rows = fetch(
        Movement.objects.filter(lot_id__in=lots).order_by("at", "seq").values_list(
            "at", "lot_id", "vials", "from_unit_id", "from_holder_id", "from_state",
            "to_unit_id", "to_holder_id", "to_state",
        )
    )  # fmt: skip
    moved: list[Moved] = []
    accounts: dict[Hashable, Account] = {}
    for at, lot, vials, *ends in rows:
        source, target = Account(*ends[:3]), Account(*ends[3:])
        keys = [(end.holder, end.state) for end in (source, target)]
        accounts.update(zip(keys, (source, target), strict=True))
        moved.append(Moved(at.timestamp() / 60, lot, vials, *keys))
    return moved, accounts


def sessions_among(holders: Iterable[UUID]) -> set[UUID]:
    """Which holders are sessions: their vials are in use, and are told of, not taken away."""
    found = SessionUse.objects.filter(session_id__among=set(holders))
    return set(found.values_list("session_id", flat=True))


def stood_at(lots: Iterable[UUID], at: datetime) -> dict[tuple[UUID, str, UUID], int]:
    """(holder, state, lot) -> vials that lay there at a moment. One query."""
    rows = fetch(
        Movement.objects.filter(lot_id__among=set(lots), at__lte=at).values_list(
            "lot_id", "vials", "from_holder_id", "from_state", "to_holder_id", "to_state"
        )
    )
    held: dict[tuple[UUID, str, UUID], int] = {}
    for lot, vials, source, state, target, then in rows:
        held[source, state, lot] = held.get((source, state, lot), 0) - vials
        held[target, then, lot] = held.get((target, then, lot), 0) + vials
    return {key: vials for key, vials in held.items() if vials}
