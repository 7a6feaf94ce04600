"""Proof that the ledger balances: every account recounted from its movements."""

from collections import defaultdict
from typing import NamedTuple
from uuid import UUID

from django.db.models import Sum

from tuyen.apps.access import policies, walls
from tuyen.apps.access.actors import Actor
from tuyen.apps.supply.models import Balance, Lot, Movement
from tuyen.apps.supply.models.ledger import SHELVES
from tuyen.apps.supply.queries.stock import READ


class Unbalanced(NamedTuple):
    """An account that holds another number than its movements add up to, or less than none."""

    holder: UUID
    state: str
    number: str  # of the lot
    kept: int
    counted: int


class Recount(NamedTuple):
    """How many accounts and movements were gone through, and what is wrong."""

    accounts: int
    movements: int
    wrong: list[Unbalanced]
    lots: list[str]  # whose accounts do not sum to zero


def recount(*, by: Actor) -> Recount:
    """Recount the whole ledger. For who may read all of it."""
    policies.check(by, READ)
    counted: dict[tuple[UUID, str, UUID], int] = defaultdict(int)
    sums: dict[UUID, int] = defaultdict(int)
    with walls.whole("the ledger is proved as a whole; only what is wrong is shown"):
        for sign, end in ((-1, "from"), (1, "to")):
            rows = Movement.objects.values_list(f"{end}_holder_id", f"{end}_state", "lot_id")
            for holder, state, lot, vials in rows.annotate(vials=Sum("vials")).order_by():
                counted[holder, state, lot] += sign * vials
        kept = {
            (row.holder_id, row.state, row.lot_id): row.vials for row in Balance.objects.all()
        }  # fmt: skip
        numbers = dict(Lot.objects.values_list("id", "number"))
        movements = Movement.objects.count()
    wrong = []
    for key in sorted({*kept, *counted}, key=str):
        holder, state, lot = key
        sums[lot] += kept.get(key, 0)
        below = state in SHELVES and kept.get(key, 0) < 0
        if kept.get(key, 0) != counted[key] or below:
            wrong.append(Unbalanced(holder, state, numbers.get(lot, str(lot)), kept.get(key, 0),
                                    counted[key]))  # fmt: skip
    odd = [numbers.get(lot, str(lot)) for lot, total in sums.items() if total]
    return Recount(len(kept), movements, wrong, sorted(odd))
