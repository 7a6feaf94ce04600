"""The allowances of a month: prepared by one hand, closed by another, opened again with the reason."""

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Q

from tuyen.apps.workforce import paying, rostering
from tuyen.apps.workforce.models import Due, Sheet
from tuyen.apps.workforce.operations import ConfirmSheet, PrepareSheet, ReopenSheet
from tuyen.apps.workforce.refusals.duty import (
    MonthGoesOn,
    NoTariff,
    OneHand,
    SheetMoved,
    SheetStands,
    UnknownSheet,
)
from tuyen.apps.workforce.rows import Row, Rows
from tuyen.engines.workforce.allowance import Line
from tuyen.kernel.ids import derived_id
from tuyen.kernel.operation import Batch, Entry, applies
from tuyen.kernel.refusal import Refusal
from tuyen.rules import workforce as rules

Day = tuple[UUID, date, bool]
"""Whose day, which, and whether it is a month of the village network."""


@applies(PrepareSheet)
def prepare_sheets(batch: Batch[PrepareSheet]) -> None:
    """The figures as they are now, if they are those that were read."""
    pairs = {(e.unit, e.payload.month.replace(day=1)) for e in batch.entries}
    sheets, dues = Rows(Sheet), Rows(Due)
    sheets.take(Q(unit_id__among={u for u, _ in pairs}, month__in={m for _, m in pairs}))
    dues.take(Q(sheet_id__among={row["id"] for row in sheets.all()}))
    worth = paying.worth(pairs, max(rostering.after(m) for _, m in pairs))
    taken: dict[Day, UUID] = {}
    for entry in batch.entries:
        said = entry.payload
        first = said.month.replace(day=1)
        found = _left(worth[entry.unit, first], taken, entry.unit)
        live = [
            row for row in sheets.all()
            if (row["unit_id"], row["month"]) == (entry.unit, first) and row["state"] != "void"
        ]  # fmt: skip
        try:
            _check(entry, found, live)
        except Refusal as refusal:
            batch.refuse(entry, refusal)
            continue
        for row in live:
            _void(sheets, dues, row, entry, "")
        taken |= {_day(line): entry.unit for line in (*found.lines, *found.village)}
        sheets.put({
            "id": entry.id, "unit_id": entry.unit, "month": first, "state": "prepared",
            "total": found.total, "prepared_on": entry.happened_on, "prepared_by_id": entry.author,
            "closed_on": None, "closed_by_id": None, "why": "", "changed_at": entry.received_at,
        })  # fmt: skip
        for what, lines in (("day", found.lines), ("village", found.village)):
            for line in lines:
                dues.put(_due(entry, what, line))
    sheets.post()
    _post(dues)


def _day(line: Line) -> Day:
    return line.person, line.day, line.work == "village"


def _left(found: paying.Worth, taken: Mapping[Day, UUID], unit: UUID) -> paying.Worth:
    """Without the days that another unit's sheet of the same batch has taken, as if each came alone.

    A sheet that was prepared again gives its own days back.
    """
    lines, village = (
        [line for line in told if taken.get(_day(line), unit) == unit]
        for told in (found.lines, found.village)
    )
    return found._replace(lines=lines, village=village)


def _check(entry: Entry[PrepareSheet], found: paying.Worth, live: list[Row]) -> None:
    said = entry.payload
    first, last = said.month.replace(day=1), rostering.last_day(said.month)
    if rules.pay(last) is None:
        raise NoTariff(
            month=f"{first:%m/%Y}", since=rules.duty_source("allowances", "daily", last)["from"]
        )
    if entry.happened_on <= last:
        raise MonthGoesOn(month=f"{first:%m/%Y}")
    if any(row["state"] == "closed" for row in live):
        raise SheetStands(month=f"{first:%m/%Y}")
    if found.total != said.total:
        raise SheetMoved(now=int(found.total), seen=said.total)


def _due(entry: Entry[Any], what: str, line: Line) -> Row:
    return {
        "id": derived_id(entry.id, what, line.person.hex, line.day.isoformat()),
        "sheet_id": entry.id, "unit_id": entry.unit, "member_id": line.person, "day": line.day,
        "what": what, "work": line.work, "reference_id": line.reference, "rate": line.rate,
        "times": line.times, "because": line.because, "meal": line.meal, "amount": line.amount,
        "changed_at": entry.received_at,
    }  # fmt: skip


def _void(sheets: Rows, dues: Rows, row: Row, entry: Entry[Any], why: str) -> None:
    """A sheet counts no more: its days are nobody's, and can be worked out anew."""
    sheets.put(row | {"state": "void", "why": why, "changed_at": entry.received_at})
    for due in list(dues.all()):
        if due["sheet_id"] == row["id"]:
            dues.put(due | {"amount": None})  # taken out when the rows are written


def _post(dues: Rows) -> None:
    dues.post(without=lambda row: row["amount"] is None)


@applies(ConfirmSheet)
def confirm_sheets(batch: Batch[ConfirmSheet]) -> None:
    """A second hand closes the month."""
    sheets = Rows(Sheet)
    sheets.take(Q(pk__among={e.payload.sheet for e in batch.entries}))
    for entry in batch.entries:
        row = sheets.get(entry.payload.sheet)
        if row is None or row["state"] != "prepared" or row["unit_id"] != entry.unit:
            batch.refuse(entry, UnknownSheet(sheet=entry.payload.sheet))
        elif entry.author is not None and entry.author == row["prepared_by_id"]:
            batch.refuse(entry, OneHand())
        else:
            sheets.put(row | {
                "state": "closed", "closed_on": entry.happened_on, "closed_by_id": entry.author,
                "changed_at": entry.received_at,
            })  # fmt: skip
    sheets.post()


@applies(ReopenSheet)
def reopen_sheets(batch: Batch[ReopenSheet]) -> None:
    """A sheet was wrong: it counts no more, and the month is open."""
    sheets, dues = Rows(Sheet), Rows(Due)
    sheets.take(Q(pk__among={e.payload.sheet for e in batch.entries}))
    dues.take(Q(sheet_id__among={row["id"] for row in sheets.all()}))
    for entry in batch.entries:
        row = sheets.get(entry.payload.sheet)
        if row is None or row["state"] == "void" or row["unit_id"] != entry.unit:
            batch.refuse(entry, UnknownSheet(sheet=entry.payload.sheet))
            continue
        _void(sheets, dues, row, entry, entry.payload.reason.strip())
    sheets.post()
    _post(dues)
