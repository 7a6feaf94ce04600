"""A month is closed by counting: nobody types a total."""

from datetime import date, timedelta
from uuid import UUID

import msgspec

from tuyen.apps.access.actors import Actor
from tuyen.apps.clinical.keeping import columns_of, day_of
from tuyen.apps.clinical.models import MonthClosing
from tuyen.apps.clinical.operations import CloseMonth
from tuyen.apps.clinical.queries.counting import counted, month_of
from tuyen.apps.clinical.refusals import (
    MonthClosedAlready,
    MonthNotOver,
    NotAMonth,
    UnknownUnit,
)
from tuyen.apps.journal import bulk
from tuyen.apps.journal.bulk import fetch
from tuyen.apps.registry import queries as registry
from tuyen.kernel.operation import Batch, Entry, applies
from tuyen.kernel.period import Period
from tuyen.kernel.refusal import Refusal

_COLUMNS = columns_of(MonthClosing)
_encode = msgspec.json.Encoder(order="sorted").encode


@applies(CloseMonth)
def close_months(batch: Batch[CloseMonth]) -> None:
    """Keep what is counted from the visits of each month as they stand at this place of the journal.
    A unit closes a month now and then: each is counted by itself."""
    units = {entry.unit for entry in batch.entries}
    held = MonthClosing.objects.filter(unit_id__among=units)
    closed: dict[tuple[UUID, str], date] = {
        (unit, month): day_of(at)
        for unit, month, at in fetch(held.values_list("unit_id", "month", "closed_at"))
    }
    made = []
    for entry in batch.entries:
        try:
            month = _month(entry, closed)
        except Refusal as refusal:
            batch.refuse(entry, refusal)
            continue
        by = Actor.program(day_of(entry.received_at))
        figures, visits = counted(by=by, unit=entry.unit, month=month, version=entry.version)
        closed[entry.unit, month.label] = day_of(entry.received_at)
        row = {
            "id": entry.id, "unit_id": entry.unit, "month": month.label,
            "figures": _encode(figures).decode(), "visits": _encode({str(id): version for id, version in visits.items()}).decode(),
            "note": entry.payload.note.strip(), "author_id": entry.author,
            "closed_at": entry.received_at,
        }  # fmt: skip
        made.append(tuple(row[name] for name in _COLUMNS))
    if made:
        bulk.insert(MonthClosing, _COLUMNS, made)


def _month(entry: Entry[CloseMonth], closed: dict[tuple[UUID, str], date]) -> Period:
    month = month_of(entry.payload.month)
    if month is None:
        raise NotAMonth(value=entry.payload.month)
    if registry.atlas().unit(entry.unit) is None:
        raise UnknownUnit(unit=entry.unit)
    if day_of(entry.received_at) <= month.end:
        raise MonthNotOver(month=month.label, day=month.end + timedelta(days=1))
    on = closed.get((entry.unit, month.label))
    if on is not None:
        raise MonthClosedAlready(month=month.label, on=on)
    return month
