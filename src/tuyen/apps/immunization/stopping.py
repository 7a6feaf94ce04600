"""Lots that stop here stop in the stock, and the other way round: each room keeps its own word, and
whoever learns of a stop first tells the other after the commit.

A suspension that only followed the other room's is lifted with it. One that a room made for its own
reason, an event or a recall, is lifted from the other only by somebody who may lift it there.
"""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from tuyen.apps.access import policies
from tuyen.apps.access import queries as access
from tuyen.apps.access.actors import Actor
from tuyen.apps.immunization import catalogue
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

INVESTIGATE = "immunization.aefi.investigate"
STOCK_LIFT = "supply.quarantine.decide"


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


@reacts(LiftSuspension)
def lift_in_the_stock(entries: Sequence[Entry[Any]]) -> None:
    """Lift in the stock what was lifted here, where it only followed or the same person may."""
    asked = [
        stocking.Named(
            e.unit, catalogue.vaccine(e.payload.vaccine).code, e.payload.lot, e.happened_on
        )
        for e in entries
    ]
    operations = []
    for entry, found in zip(entries, stocking.suspended(asked), strict=True):
        if found is None:
            continue
        if not found.followed and not _may(entry.author, STOCK_LIFT, entry.unit, entry.happened_on):
            continue
        reason = entry.payload.reason
        writing = stocking.lifting(lot=found.lot, unit=entry.unit, reason=reason)
        if writing is not None:
            operations.append(
                Operation.of(
                    writing.payload, unit=writing.unit, happened_on=entry.happened_on,
                    recorded_at=entry.received_at, id=derived_id(entry.id, "stock"),
                )
            )  # fmt: skip
    if operations:
        last = entries[-1]
        commit(by=Actor.program(last.happened_on), operations=operations, at=last.received_at)


def _may(author: UUID | None, right: str, unit: UUID, on: date) -> bool:
    return policies.may(access.author(author, on=on), right, unit)


@stocking.hears_of_stops("immunization")
def stop_the_doses(stops: Sequence[stocking.Stopped]) -> None:
    """Suspend here what was suspended in the stock, and lift what was lifted there, as above."""
    numbers = {stop.number.upper() for stop in stops}
    rows = LotHold.objects.filter(lot__in=sorted(numbers), lifted_at=None)
    held = {(row.vaccine, row.lot): row for row in rows}
    operations = []
    for stop in stops:
        lot = (stop.vaccine, stop.number.upper())
        if stop.lifted != (lot in held):
            continue  # it is so already
        if stop.lifted and not (
            _followed(held[lot]) or _may(stop.author, INVESTIGATE, stop.unit, stop.on)
        ):
            continue
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


def _followed(hold: LotHold) -> bool:
    """A suspension that the program wrote because the stock had stopped the lot."""
    return hold.author_id is None and hold.aefi_id is None
