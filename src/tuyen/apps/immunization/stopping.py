"""Lots that stop here stop in the stock, and the other way round: each room keeps its own word, and
whoever learns of a stop first tells the other after the commit."""

from collections.abc import Sequence
from typing import Any

from tuyen.apps.access.actors import Actor
from tuyen.apps.immunization.models import LotHold
from tuyen.apps.immunization.operations import (
    FollowUpAefi,
    LiftSuspension,
    ReportAefi,
    SuspendLot,
)
from tuyen.apps.journal.services import commit
from tuyen.kernel import stocking
from tuyen.kernel.ids import derived_id
from tuyen.kernel.operation import Entry, Operation, Payload, reacts


@reacts(SuspendLot, ReportAefi, FollowUpAefi)
def stop_the_stock(entries: Sequence[Entry[Any]]) -> None:
    """Suspend in the stock what was suspended by these operations."""
    events = {getattr(entry.payload, "aefi", None) or entry.id for entry in entries}
    made = LotHold.objects.filter(lifted_at=None).order_by("id")
    rows = [
        row for row in made
        if row.aefi_id in events or row.pk in {entry.id for entry in entries}
    ]  # fmt: skip
    asked = [stocking.Named(row.unit_id, row.vaccine, row.lot, row.since) for row in rows]
    operations = []
    for row, found in zip(rows, stocking.standing(asked), strict=True):
        if found.lot is None or found.verdict == "suspended":
            continue
        writing = stocking.suspension(lot=found.lot, unit=row.unit_id, reason=row.reason)
        if writing is not None:
            operations.append(
                Operation.of(
                    writing.payload, unit=writing.unit, happened_on=row.since,
                    recorded_at=row.suspended_at, id=derived_id(row.pk, "stock"),
                )
            )  # fmt: skip
    if operations:
        last = entries[-1]
        commit(by=Actor.program(last.happened_on), operations=operations, at=last.received_at)


@stocking.hears_of_stops("immunization")
def stop_the_doses(stops: Sequence[stocking.Stopped]) -> None:
    """Suspend here what was suspended in the stock, and lift what was lifted there."""
    numbers = {stop.number.upper() for stop in stops}
    rows = LotHold.objects.filter(lot__in=sorted(numbers), lifted_at=None)
    held = set(rows.values_list("vaccine", "lot"))
    operations = []
    for stop in stops:
        lot = (stop.vaccine, stop.number.upper())
        if stop.lifted != (lot in held):
            continue  # it is so already
        payload: Payload
        if stop.lifted:
            payload = LiftSuspension(vaccine=lot[0], lot=lot[1], reason=stop.reason)
        else:
            payload = SuspendLot(vaccine=lot[0], lot=lot[1], reason=stop.reason)
        operations.append(
            Operation.of(
                payload, unit=stop.unit, happened_on=stop.on, recorded_at=stop.at,
                id=derived_id(stop.lot, "stop", stop.at.isoformat(), stop.lifted),
            )
        )  # fmt: skip
    if operations:
        commit(by=Actor.program(stops[-1].on), operations=operations, at=stops[-1].at)
