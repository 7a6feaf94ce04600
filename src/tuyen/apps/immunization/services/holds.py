"""Lots that may not be used: suspended, lifted, and asked about before every dose."""

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from tuyen.apps.immunization import catalogue
from tuyen.apps.immunization.models import LotHold
from tuyen.apps.immunization.operations import LiftSuspension, SuspendLot
from tuyen.apps.immunization.refusals import LotSuspended, NotSuspended, SuspendedAlready
from tuyen.apps.immunization.services.keeping import Kept, Row, columns_of
from tuyen.kernel import lots
from tuyen.kernel.operation import Batch, applies
from tuyen.kernel.refusal import Refusal

Lot = tuple[str, str]  # the vaccine's code, and the number in capitals


class Holds(Kept):
    """The suspensions in force of the lots that a batch is about."""

    def __init__(self, wanted: Iterable[Lot]) -> None:
        super().__init__(LotHold, columns_of(LotHold), ())
        numbers = {number for _, number in wanted}
        if numbers:
            self.take(LotHold.objects.filter(lot__in=sorted(numbers), lifted_at=None))

    def against(self, lot: Lot) -> Row | None:
        """The suspension of a lot that is in force."""
        return next(
            (row for row in self.rows()
             if (row["vaccine"], row["lot"]) == lot and row["lifted_at"] is None), None,
        )  # fmt: skip

    def suspend(self, entry: Any, id: Any, lot: Lot, reason: str, aefi: Any, product: str) -> None:
        vaccine, number = lot
        self.write({
            "id": id, "vaccine": vaccine, "lot": number, "product": product, "unit_id": entry.unit,
            "aefi_id": aefi, "reason": reason, "since": entry.happened_on,
            "suspended_at": entry.received_at, "lifted_at": None, "lifted_reason": "",
            "author_id": entry.author,
        })  # fmt: skip


def lot_of(vaccine: str, number: str) -> Lot:
    """A lot as it is kept: the code of its vaccine, its number in capitals."""
    return catalogue.vaccine(vaccine).code, number.strip().upper()


@applies(SuspendLot)
def suspend_lots(batch: Batch[SuspendLot]) -> None:
    """From here on no dose of these lots is taken, at whatever unit."""
    holds = Holds(("", entry.payload.lot.strip().upper()) for entry in batch.entries)
    for entry in batch.entries:
        said = entry.payload
        try:
            vaccine = catalogue.vaccine(said.vaccine)
            lot = (vaccine.code, said.lot.strip().upper())
            product = catalogue.product(said.product, vaccine)
            if held := holds.against(lot):
                raise SuspendedAlready(vaccine=lot[0], lot=lot[1], since=held["since"])
        except Refusal as refusal:
            batch.refuse(entry, refusal)
            continue
        holds.suspend(entry, entry.id, lot, said.reason.strip(), said.aefi, product)
    holds.post()


@applies(LiftSuspension)
def lift_suspensions(batch: Batch[LiftSuspension]) -> None:
    """The lots may be used again."""
    holds = Holds(("", entry.payload.lot.strip().upper()) for entry in batch.entries)
    for entry in batch.entries:
        try:
            lot = lot_of(entry.payload.vaccine, entry.payload.lot)
            held = holds.against(lot)
            if held is None:
                raise NotSuspended(vaccine=lot[0], lot=lot[1])
        except Refusal as refusal:
            batch.refuse(entry, refusal)
            continue
        holds.write(held | {
            "lifted_at": entry.received_at, "lifted_reason": entry.payload.reason.strip(),
        })  # fmt: skip
    holds.post()


@lots.judges("immunization")
def suspended(asked: Collection[lots.Asked]) -> Mapping[lots.Asked, Refusal]:
    """Doses of suspended lots, given on the day of the suspension or later: one query."""
    holds = Holds((one.vaccine, one.lot.upper()) for one in asked)
    found: dict[lots.Asked, Refusal] = {}
    for one in asked:
        held = holds.against((one.vaccine, one.lot.upper()))
        if held is not None and one.on >= held["since"]:
            found[one] = LotSuspended(
                lot=one.lot, vaccine=one.vaccine, since=held["since"], reason=held["reason"]
            )
    return found
