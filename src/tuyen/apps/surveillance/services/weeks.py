"""Weeks in which a unit had nothing to report: a zero that was said, not assumed."""

from datetime import date
from typing import Any

from tuyen.apps.surveillance import places
from tuyen.apps.surveillance.operations import ReportZero
from tuyen.apps.surveillance.refusals import BadWeek, CasesInZeroWeek, UnknownUnit
from tuyen.apps.surveillance.services.ledger import held_weeks, week_id, write_zeros
from tuyen.kernel.operation import Batch, applies
from tuyen.kernel.period import BadPeriod, Period
from tuyen.kernel.refusal import Refusal
from tuyen.kernel.zone import VIETNAM


@applies(ReportZero)
def report_zeros(batch: Batch[ReportZero]) -> None:
    """Note the first zero report of each unit and week; said again, it changes nothing."""
    map_ = places.atlas()
    weeks = {entry.id: _monday(entry.payload.week) for entry in batch.entries}
    ids = {week_id(e.unit, week) for e in batch.entries if (week := weeks[e.id]) is not None}
    held = held_weeks(list(ids))
    rows: dict[Any, tuple[Any, ...]] = {}
    for entry in batch.entries:
        week = weeks[entry.id]
        try:
            if map_.unit(entry.unit) is None:
                raise UnknownUnit(unit=entry.unit)
            if week is None or week > entry.received_at.astimezone(VIETNAM).date():
                raise BadWeek(week=entry.payload.week)
            id = week_id(entry.unit, week)
            cases, late, said = held.get(id, (0, 0, None))
            if cases:
                raise CasesInZeroWeek(cases=cases, week=entry.payload.week)
        except Refusal as refusal:
            batch.refuse(entry, refusal)
            continue
        if said is None and id not in rows:
            rows[id] = (id, entry.unit, week, cases, late, entry.received_at)
    write_zeros(list(rows.values()), [id for id in rows if id in held])


def _monday(label: str) -> date | None:
    try:
        return Period.parse(label).start
    except BadPeriod:
        return None
