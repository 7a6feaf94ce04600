"""What the program does by itself: after each commit for what changed, and every night for all."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from tuyen.apps.journal.bulk import fetch
from tuyen.apps.surveillance.models import Case
from tuyen.apps.surveillance.operations import AmendCase, ReportCase, VoidCase
from tuyen.apps.surveillance.scan import scan
from tuyen.kernel.operation import Entry, Receipt, reacts
from tuyen.rules.surveillance import VIETNAM

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


def scan_all(*, on: date, at: datetime) -> list[Receipt]:
    """The night's work: every disease and commune, and the end of epidemics."""
    return scan(on=on, at=at)
