"""What the program does by itself: after each commit for what changed, and every night for all."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from tuyen.apps.access.actors import Actor
from tuyen.apps.journal.bulk import fetch
from tuyen.apps.journal.services import commit
from tuyen.apps.surveillance import outlook, seasonal, weighing
from tuyen.apps.surveillance.models import Case
from tuyen.apps.surveillance.operations import AmendCase, ReportCase, SetAlarmLine, VoidCase
from tuyen.apps.surveillance.scan import scan, scan_clusters
from tuyen.kernel.operation import Entry, Receipt, reacts
from tuyen.kernel.refusal import N_
from tuyen.kernel.zone import VIETNAM

LOOKED_BACK = timedelta(days=70)
"""An older onset changes baselines, not alarms; the night's scan takes it in."""


@reacts(ReportCase, AmendCase, VoidCase)
def scan_what_changed(entries: Sequence[Entry[Any]]) -> None:
    """Judge the diseases and communes of the cases that a commit reported or changed."""
    at = max(entry.received_at for entry in entries)
    on = at.astimezone(VIETNAM).date()
    ids = [getattr(entry.payload, "case", entry.id) for entry in entries]
    rows = Case.objects.filter(pk__among=ids, onset_on__gte=on - LOOKED_BACK)
    pairs = set()
    places = rows.values_list("disease", "commune_id", "moved_from").distinct()
    for disease, commune, moved in fetch(places):
        pairs.add((disease, commune))
        if moved:
            was, _, place = moved.partition(" ")
            pairs.add((was, UUID(place)))
    if pairs:
        scan(on=on, at=at, pairs=pairs)
        if weighing.is_ready():  # else the night weighs them
            weighing.weigh(on=on, at=at, pairs=pairs)


@reacts(SetAlarmLine)
def lay_against_the_line(entries: Sequence[Entry[Any]]) -> None:
    """A line that was decided holds for the alarms that are open already."""
    at = max(entry.received_at for entry in entries)
    weighing.weigh(on=at.astimezone(VIETNAM).date(), at=at, again=False)


class Step(NamedTuple):
    """One part of the night's work: a sentence of what it did, and what the journal refused."""

    template: str
    values: dict[str, Any]
    refused: list[Receipt]


def night(*, on: date, at: datetime) -> Iterator[Step]:
    """The night's work of a day, part by part; each is committed before the next begins.

    Done again without new reports it commits nothing.
    """
    receipts = scan_all(on=on, at=at)
    yield _step(N_("{count} alarms raised, changed or ended"), receipts)
    receipts = scan_clusters(on=on, at=at)
    yield _step(N_("{count} alarms of clusters of communes raised or changed"), receipts)
    receipts = weighing.learn(on=on, at=at)
    yield _step(N_("{count} lessons learnt on how often alarms are false"), receipts)
    receipts = weighing.weigh(on=on, at=at)
    yield _step(N_("{count} alarms weighed by how often their like is false"), receipts)
    receipts = look_ahead(on=on, at=at)
    yield _step(N_("{count} diseases looked ahead for: nowcast, growth, forecast"), receipts)


def _step(template: str, receipts: Sequence[Receipt], **values: Any) -> Step:
    done = [receipt for receipt in receipts if receipt.ok]
    refused = [receipt for receipt in receipts if not receipt.ok]
    return Step(template, {"count": len(done)} | values, refused)


def warm_up() -> None:
    """Compile what the scan after a report needs: for a process that serves, once, beside its work."""
    weighing.warm()
    seasonal.warm()


def weigh_all(*, on: date, at: datetime) -> list[Receipt]:
    """Learn how often alarms are false, where this week has no lesson yet, and weigh those open."""
    return weighing.learn(on=on, at=at) + weighing.weigh(on=on, at=at)


def look_ahead(*, on: date, at: datetime) -> list[Receipt]:
    """Keep what is expected of each disease; what was kept today already stays as it is."""
    kept = outlook.operations(on=on, at=at)
    return commit(by=Actor.program(on), operations=kept, at=at) if kept else []


def scan_all(*, on: date, at: datetime) -> list[Receipt]:
    """Judge every disease and commune, and end what has ended."""
    return scan(on=on, at=at)
