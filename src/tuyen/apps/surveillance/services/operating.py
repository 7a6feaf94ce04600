"""Decisions on thresholds as rows."""

from uuid import UUID

import msgspec

from tuyen.apps.surveillance import bulk
from tuyen.apps.surveillance.models import OperatingPoint
from tuyen.apps.surveillance.operations import SetOperatingPoint
from tuyen.apps.surveillance.refusals import LevelOutOfRange, PointUnchanged, UnknownDisease
from tuyen.kernel.operation import Batch, Entry, applies
from tuyen.kernel.refusal import Refusal
from tuyen.rules import surveillance as rules
from tuyen.rules.surveillance.detectors import level_range

_COLUMNS = ("id", "unit_id", "rule", "disease", "size", "level", "since", "decided_at", "rank", "author_id",
            "reason", "figures")  # fmt: skip
_Where = tuple[UUID, str, str, str]


@applies(SetOperatingPoint)
def set_points(batch: Batch[SetOperatingPoint]) -> None:
    """Keep each decision; one that changes nothing is refused, so that the history says something."""
    now, rank = _in_use({entry.unit for entry in batch.entries})
    rows = []
    for entry in batch.entries:
        asked = entry.payload
        where = (entry.unit, asked.rule, asked.disease, asked.size)
        try:
            _check(entry, now.get(where))
        except Refusal as refusal:
            batch.refuse(entry, refusal)
            continue
        now[where] = asked.level
        rank[entry.unit] = rank.get(entry.unit, -1) + 1
        rows.append((
            entry.id, entry.unit, asked.rule, asked.disease, asked.size, asked.level,
            entry.happened_on, entry.received_at, rank[entry.unit], entry.author, asked.reason.strip(),
            msgspec.json.encode(asked.figures, order="sorted").decode(),
        ))  # fmt: skip
    bulk.insert(OperatingPoint, _COLUMNS, rows)


def _in_use(units: set[UUID]) -> tuple[dict[_Where, float | None], dict[UUID, int]]:
    """The latest level decided at each of these units, and the rank of the last decision of each."""
    rows = OperatingPoint.objects.filter(unit_id__in=units).order_by("rank")
    columns = ("unit_id", "rule", "disease", "size", "level", "rank")
    levels: dict[_Where, float | None] = {}
    last: dict[UUID, int] = {}
    for unit, rule, disease, size, level, rank in rows.values_list(*columns):
        levels[unit, rule, disease, size] = level
        last[unit] = rank
    return levels, last


def _check(entry: Entry[SetOperatingPoint], held: float | None) -> None:
    asked, on = entry.payload, entry.happened_on
    if asked.disease:
        try:
            rules.disease(asked.disease)
        except rules.UnknownDisease as unknown:
            raise UnknownDisease(value=asked.disease, on=on, suggestions="–") from unknown
    least, most = level_range(on)
    if asked.level is not None and not least <= asked.level <= most:
        raise LevelOutOfRange(level=asked.level, least=least, most=most)
    if asked.level == held:
        raise PointUnchanged()
