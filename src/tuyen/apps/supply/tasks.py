"""What the program does by itself: excursions found in readings, and rooms told of stopped lots."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from tuyen.apps.access.actors import Actor
from tuyen.apps.journal.bulk import fetch
from tuyen.apps.journal.services import commit
from tuyen.apps.supply.models import Equipment, Excursion, Lot, Reading
from tuyen.apps.supply.operations import (
    ImportReadings,
    LiftSuspension,
    LogTemperature,
    RecordExcursion,
    SuspendLot,
)
from tuyen.engines.supply.excursions import Stretch, stretches
from tuyen.kernel import stocking
from tuyen.kernel.operation import Entry, Operation, Receipt, reacts
from tuyen.kernel.zone import VIETNAM
from tuyen.rules import supply as rules

BEFORE = timedelta(days=3)
"""How long before a new reading an excursion that it belongs to may have begun unseen."""


@reacts(LogTemperature, ImportReadings)
def watch(entries: Sequence[Entry[Any]]) -> None:
    """Judge the equipment whose readings a commit brought."""
    since: dict[UUID, datetime] = {}
    for entry in entries:
        first = (
            datetime.fromtimestamp(min(entry.payload.minutes) * 60, UTC)
            if isinstance(entry.payload, ImportReadings)
            else datetime(*entry.happened_on.timetuple()[:3], tzinfo=VIETNAM)
        )
        equipment = entry.payload.equipment
        since[equipment] = min(first, since.get(equipment, first))
    find_excursions(since, at=max(entry.received_at for entry in entries))


@reacts(SuspendLot, LiftSuspension)
def tell_of_stops(entries: Sequence[Entry[Any]]) -> None:
    """Tell the rooms that asked which lots may be used nowhere any more, or again."""
    rows = Lot.objects.filter(pk__among={entry.payload.lot for entry in entries})
    lots = {row.pk: row for row in rows}
    stocking.tell([
        stocking.Stopped(
            lot.pk, lot.item, lot.vaccine, lot.number, entry.payload.reason,
            isinstance(entry.payload, LiftSuspension), entry.happened_on, entry.unit,
            entry.received_at, entry.author,
        )
        for entry in entries
        if (lot := lots.get(entry.payload.lot)) is not None
    ])  # fmt: skip


def find_excursions(since: dict[UUID, datetime], at: datetime) -> list[Receipt]:
    """Commit what is new of the excursions of some equipment, each looked at from a moment on."""
    pieces = {row.pk: row for row in Equipment.objects.filter(pk__among=set(since))}
    operations = []
    for id, first in since.items():
        if (piece := pieces.get(id)) is not None:
            operations += _of(piece, first - BEFORE, at)
    if not operations:
        return []
    by = Actor.program(at.astimezone(VIETNAM).date())
    return commit(by=by, operations=operations, at=at)


def _of(piece: Equipment, first: datetime, at: datetime) -> list[Operation]:
    rows = fetch(
        Reading.objects.filter(equipment_id=piece.pk, at__gte=first)
        .order_by("at", "id")
        .values_list("at", "celsius")
    )
    once = dict(rows)  # two at one moment: the later one
    minutes = [moment.timestamp() / 60 for moment in once]
    known: dict[str, list[Excursion]] = defaultdict(list)
    for row in Excursion.objects.filter(equipment_id=piece.pk, until__gte=first).order_by("since"):
        known[row.rule].append(row)
    on = at.astimezone(VIETNAM).date()
    found = []
    for rule in rules.cold_rules(on):
        for one in stretches(
            minutes, list(once.values()), limit=rule.limit, above=rule.side == "above",
            at_least=rule.minutes, bridges=rules.bridges(on),
        ):  # fmt: skip
            payload = _told(piece, rule, one, known[rule.name])
            if payload is not None:
                found.append(
                    Operation.of(payload, unit=piece.unit_id, happened_on=on, recorded_at=at)
                )
    return found


def _told(
    piece: Equipment, rule: rules.ColdRule, one: Stretch, known: Iterable[Excursion]
) -> RecordExcursion | None:
    """What is to be said of a stretch: nothing when it is known as it is."""
    since, until = _moment(one.since), _moment(one.until)
    for was in known:
        if was.since <= until and since <= was.until:
            if was.state == "decided":
                since = max(since, was.until)
                if until - since <= timedelta(minutes=rule.minutes):
                    return None
                continue
            since = was.since
            same = (was.until, was.going_on, was.worst) == (until, one.going_on, one.worst)
            if same or until < was.until:
                return None
    return RecordExcursion(
        equipment=piece.pk, rule=rule.name, since=since, until=until, going_on=one.going_on,
        minutes=round((until - since).total_seconds() / 60), worst=one.worst,
    )  # fmt: skip


def _moment(minute: float) -> datetime:
    """A whole minute as a moment: the one in which it falls."""
    return datetime.fromtimestamp(int(minute) * 60, UTC)
