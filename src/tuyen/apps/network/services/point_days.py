"""The days of satellite points: a month takes the place of the one before. A constant number of queries."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

import msgspec

from tuyen.apps.journal.bulk import fetch
from tuyen.apps.network import bulk, places
from tuyen.apps.network.models import PointMonth
from tuyen.apps.network.operations import PlanPointDays
from tuyen.apps.network.refusals import NotOfThisStation, PointDayOutside, PointDayTwice
from tuyen.kernel.operation import Batch, Entry, applies
from tuyen.kernel.refusal import Refusal

MONTH = ("id", "unit_id", "month", "days", "state", "author_id", "changed_at")


@applies(PlanPointDays)
def plan_point_days(batch: Batch[PlanPointDays]) -> None:
    """Keep who serves which point when; nobody is at two points on a day, and no point has two of them."""
    units = {entry.unit for entry in batch.entries}
    months = {entry.payload.month for entry in batch.entries}
    live = fetch(PointMonth.objects.filter(
        unit_id__in=units, month__in=months, state="live").values_list(*MONTH))  # fmt: skip
    rows = {row[0]: dict(zip(MONTH, row, strict=True)) for row in live}
    changed: dict[UUID, dict[str, Any]] = {}
    for entry in batch.entries:
        try:
            _check(entry)
        except Refusal as refusal:
            batch.refuse(entry, refusal)
            continue
        for old in _same(rows.values(), entry):
            rows[old["id"]] = changed[old["id"]] = old | {
                "state": "replaced", "changed_at": entry.received_at,
            }  # fmt: skip
        values = (
            entry.id, entry.unit, entry.payload.month, msgspec.to_builtins(entry.payload.days), "live",
            entry.author, entry.received_at,
        )  # fmt: skip
        rows[entry.id] = changed[entry.id] = dict(zip(MONTH, values, strict=True))
    bulk.replace(PointMonth, changed, MONTH, changed.values())


def _same(rows: Iterable[dict[str, Any]], entry: Entry[PlanPointDays]) -> list[dict[str, Any]]:
    at = (entry.unit, entry.payload.month, "live")
    return [row for row in rows if (row["unit_id"], row["month"], row["state"]) == at]


def _check(entry: Entry[PlanPointDays]) -> None:
    said, atlas = entry.payload, places.atlas()
    if said.month.day != 1:
        raise PointDayOutside(day=said.month, month=f"{said.month:%m/%Y}")
    people: set[tuple[Any, Any]] = set()
    points: set[tuple[Any, Any]] = set()
    for one in said.days:
        if (one.day.year, one.day.month) != (said.month.year, said.month.month):
            raise PointDayOutside(day=one.day, month=f"{said.month:%m/%Y}")
        if one.point not in atlas.subjects(entry.unit, "satellite_of", one.day):
            raise NotOfThisStation(
                name=places.name(one.point, one.day), unit=places.name(entry.unit, one.day),
                on=one.day,
            )  # fmt: skip
        if (one.member, one.day) in people or (one.point, one.day) in points:
            raise PointDayTwice(name=places.name(one.point, one.day), day=one.day)
        people.add((one.member, one.day))
        points.add((one.point, one.day))
