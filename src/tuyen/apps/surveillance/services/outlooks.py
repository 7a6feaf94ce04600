"""Outlooks as rows: written once, a row for each area."""

from typing import Any

import msgspec

from tuyen.apps.journal.bulk import fetch
from tuyen.apps.surveillance import bulk
from tuyen.apps.surveillance.models import Outlook
from tuyen.apps.surveillance.operations import KeepOutlook
from tuyen.apps.surveillance.refusals.outlooks import BadOutlook, OutlookKept, OutlookOfProgram
from tuyen.kernel.ids import derived_id
from tuyen.kernel.operation import Batch, Entry, applies
from tuyen.kernel.refusal import Refusal

_COLUMNS = (
    "id", "disease", "area_id", "made_on", "known_at", "first_week", "origin", "horizon", "levels",
    "method", "content",
)  # fmt: skip
_encode = msgspec.json.Encoder(order="sorted").encode


@applies(KeepOutlook)
def keep_outlooks(batch: Batch[KeepOutlook]) -> None:
    """Keep what was expected, once a day for each disease and area."""
    days = {entry.happened_on for entry in batch.entries}
    held = Outlook.objects.filter(made_on__in=days)
    kept = set(fetch(held.values_list("disease", "area_id", "made_on")))
    rows: list[tuple[Any, ...]] = []
    for entry in batch.entries:
        said = entry.payload
        try:
            if entry.author is not None:
                raise OutlookOfProgram()
            _check(entry)
            cells = {(said.disease, part.area, entry.happened_on) for part in said.areas}
            if cells & kept:
                raise OutlookKept(disease=said.disease, on=entry.happened_on)
        except Refusal as refusal:
            batch.refuse(entry, refusal)
            continue
        kept |= cells
        levels = _encode(said.levels).decode()
        rows += [
            (
                derived_id(entry.id, part.area), said.disease, part.area, entry.happened_on,
                said.known_at, said.first_week, said.origin, len(part.forecast), levels,
                said.method, _encode(part).decode(),
            )
            for part in said.areas
        ]  # fmt: skip
    bulk.insert(Outlook, _COLUMNS, rows)


def _check(entry: Entry[KeepOutlook]) -> None:
    said = entry.payload
    if said.known_at > entry.received_at:
        raise BadOutlook(what=f"it was known at {said.known_at}, after it came")
    if len({part.area for part in said.areas}) != len(said.areas):
        raise BadOutlook(what="an area stands in it twice")
    width = len(said.levels)
    for part in said.areas:
        if any(len(row) != width for row in (*part.nowcast, *part.forecast)):
            raise BadOutlook(what=f"a row has not {width} levels")
        if any(list(row) != sorted(row) for row in (*part.nowcast, *part.forecast)):
            raise BadOutlook(what="quantiles fall from one level to the next")
