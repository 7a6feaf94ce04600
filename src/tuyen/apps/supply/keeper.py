"""What the room that gives vaccines is told of the stock: see :mod:`tuyen.kernel.stocking`."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Sum

from tuyen.apps.journal.bulk import fetch
from tuyen.apps.supply.models import Balance, Lot, Movement
from tuyen.apps.supply.operations import LiftSuspension, SuspendLot
from tuyen.apps.supply.queries.sessions import session_use
from tuyen.apps.supply.queries.stock import usable_lots
from tuyen.apps.supply.sorting import lot_key
from tuyen.kernel.stocking import (
    LotAtHand,
    Named,
    Standing,
    Suspended,
    Taken,
    Verdict,
    Writing,
)


class Stock:
    """The keeper of the stock, as other rooms know it."""

    def usable(self, by: Any, *, unit: UUID, on: date, vaccine: str = "") -> tuple[LotAtHand, ...]:
        return tuple(usable_lots(by=by, unit=unit, on=on, vaccine=vaccine))

    def taken(self, by: Any, *, session: UUID) -> tuple[Taken, ...]:
        return tuple(session_use(by=by, session=session))

    def standing(self, named: Sequence[Named]) -> list[Standing]:
        return _standing(named)

    def suspension(self, *, lot: UUID, unit: UUID, reason: str) -> Writing:
        return Writing(SuspendLot(lot=lot, reason=reason), unit)

    def suspended(self, named: Sequence[Named]) -> list[Suspended | None]:
        return _suspended(named)

    def lifting(self, *, lot: UUID, unit: UUID, reason: str) -> Writing:
        return Writing(LiftSuspension(lot=lot, reason=reason), unit)


def _suspended(named: Sequence[Named]) -> list[Suspended | None]:
    """Which of these lots are suspended here, of whichever item: one query."""
    wanted = [(one.vaccine, lot_key(one.number)) for one in named]
    rows = Lot.objects.filter(
        vaccine__in={v for v, _ in wanted}, number_key__in={k for _, k in wanted}
    ).exclude(suspended_on=None)
    held = {
        (vaccine, key): Suspended(id, author is None)
        for id, vaccine, key, author in fetch(
            rows.order_by("id").values_list("id", "vaccine", "number_key", "suspended_by_id")
        )
    }
    return [held.get(key) for key in wanted]


def _standing(named: Sequence[Named]) -> list[Standing]:
    """What is known of each lot named at a unit: three queries, whatever their number."""
    wanted = {(one.vaccine, lot_key(one.number)) for one in named}
    rows = fetch(
        Lot.objects.filter(
            vaccine__in={v for v, _ in wanted}, number_key__in={k for _, k in wanted}
        ).values_list("id", "vaccine", "number_key", "item", "expires_on", "suspended_on")
    )
    lots = {row[1:3]: row for row in rows}
    kept = set(
        Lot.objects.filter(vaccine__in={v for v, _ in wanted}).values_list("vaccine", flat=True)
    )
    ids = {row[0] for row in rows}
    held: dict[tuple[UUID, UUID, str], int] = {}
    for unit, lot, state, vials in (
        Balance.objects.filter(lot_id__among=ids, unit_id__in={one.unit for one in named})
        .values_list("unit_id", "lot_id", "state")
        .annotate(vials=Sum("vials"))
    ):
        held[unit, lot, state] = vials
    came = set(
        Movement.objects.filter(
            lot_id__among=ids, to_unit_id__in={one.unit for one in named}, to_state="usable"
        ).values_list("to_unit_id", "lot_id")
    )
    answers = []
    for one in named:
        row = lots.get((one.vaccine, lot_key(one.number)))
        if row is None:
            answers.append(Standing("never-received" if one.vaccine in kept else "not-kept"))
            continue
        verdict = _verdict(one, row, held, came)
        answers.append(Standing(verdict, row[0], row[3], row[4]))
    return answers


def _verdict(
    one: Named, row: tuple[Any, ...], held: dict[tuple[UUID, UUID, str], int],
    came: set[tuple[UUID, UUID]],
) -> Verdict:  # fmt: skip
    lot, expires_on, suspended_on = row[0], row[4], row[5]
    if suspended_on is not None and suspended_on <= one.on:
        return "suspended"
    if expires_on < one.on:
        return "expired"
    if (one.unit, lot) not in came:
        return "never-received"
    usable = held.get((one.unit, lot, "usable"), 0) + held.get((one.unit, lot, "open"), 0)
    if not usable and held.get((one.unit, lot, "quarantined"), 0):
        return "quarantined"
    return "usable"
