"""Dates as people write them: three orders, words, serial numbers, parts; judged by the column.

"05/03/2026" alone can be read two ways; a column of them usually cannot, because some day is
beyond 12. What cannot be decided is asked, never guessed in silence.
"""

from collections import Counter
from collections.abc import Iterable
from datetime import date
from typing import Literal

from tuyen.engines.exchange.cell_refusals import (
    DateAmbiguous,
    DateImpossible,
    DateIncomplete,
    DateInFuture,
    DateOrderAssumed,
    DateOrderMixed,
    DatesSwapped,
    DateTooEarly,
)
from tuyen.engines.exchange.date_cells import PartialDate, Reading, Undecided, read_date
from tuyen.engines.exchange.findings import Finding, Outcome, Parsed, read_each
from tuyen.engines.exchange.grid import Value
from tuyen.engines.exchange.refusals import ExchangeRefusal
from tuyen.engines.exchange.tabular import Column
from tuyen.engines.exchange.words import is_blank

Order = Literal["dmy", "mdy"]


def infer_order(columns: Iterable[Column], *, today: date, from_1904: bool = False) -> Order | None:
    """The one order of day and month that the columns of a file use; None if none or both show."""
    seen: Counter[str] = Counter()
    for column in columns:
        for cell in set(filter(_is_text, column.values)):
            reading = read_date(cell, today=today, from_1904=from_1904)
            if isinstance(reading, Undecided):
                seen["dmy"] += reading.mdy is None
                seen["mdy"] += reading.dmy is None
    if bool(seen["dmy"]) == bool(seen["mdy"]):
        return None
    return "dmy" if seen["dmy"] else "mdy"


def parse_dates(
    column: Column,
    numbers: list[int],
    field: str = "",
    *,
    today: date,
    order: Order | None = None,
    hint: Order | None = None,
    partial: bool = False,
    may_be_future: bool = False,
    earliest: date = date(1900, 1, 1),
    from_1904: bool = False,
) -> Parsed:
    """Read a column of dates.

    Parameters
    ----------
    numbers
        The row number of each value.
    today
        The day after which a date is refused (unless ``may_be_future``), and around which years
        of two digits are placed: never later than this year.
    order
        What the person decided about day and month. It is final.
    hint
        What the other date columns of the file show (:func:`infer_order`): used where this column
        itself shows nothing.
    partial
        Whether a month or a year alone will do. The values are then :class:`PartialDate`,
        otherwise ``datetime.date``.
    """
    readings: dict[Value, Reading] = {
        cell: read_date(cell, today=today, from_1904=from_1904)
        for cell in set(filter(_is_text, column.values))
    }
    chosen, mixed, questions = _choose_order(column, readings, field, order, hint, today)
    questions += _swapped(column, readings, field, chosen)
    latest = None if may_be_future else today

    def read(cell: Value) -> Outcome:
        if is_blank(cell):
            return Outcome(None)
        reading = readings.get(cell) if isinstance(cell, str) else None
        if reading is None:
            reading = read_date(cell, today=today, from_1904=from_1904)
        settled = _settle(reading, cell, None if mixed else chosen, strict=order is not None)
        if isinstance(settled, ExchangeRefusal):
            return Outcome(None, settled)
        return _within(settled, cell, partial, earliest, latest)

    parsed = read_each(column, numbers, field, read)
    return Parsed(parsed.values, [*questions, *parsed.findings])


def _is_text(cell: Value) -> bool:
    return isinstance(cell, str) and cell != ""


def _choose_order(
    column: Column,
    readings: dict[Value, Reading],
    field: str,
    order: Order | None,
    hint: Order | None,
    today: date,
) -> tuple[Order, bool, list[Finding]]:
    """The order for undecided values, whether the column mixes orders, and what to ask."""
    undecided = {cell: r for cell, r in readings.items() if isinstance(r, Undecided)}
    day_first = [cell for cell, r in undecided.items() if r.mdy is None]
    month_first = [cell for cell, r in undecided.items() if r.dmy is None]
    open_ = sorted(str(cell) for cell, r in undecided.items() if r.dmy and r.mdy)
    if order is not None:
        return order, False, []
    if day_first and month_first:
        question = DateOrderMixed(
            day_first=str(min(day_first, key=str))[:40],
            month_first=str(min(month_first, key=str))[:40],
        )
        return "dmy", True, [_about(column, field, question)]
    if day_first or month_first:
        return ("dmy" if day_first else "mdy"), False, []
    if hint is not None or not open_:
        return hint or "dmy", False, []
    both = [undecided[cell] for cell in open_]
    late = {
        "dmy": sum(r.dmy is not None and r.dmy > today for r in both),
        "mdy": sum(r.mdy is not None and r.mdy > today for r in both),
    }
    # Day first is the custom here, unless it alone puts dates into the future.
    assumed: Order = "mdy" if late["dmy"] and not late["mdy"] else "dmy"
    reading = undecided[open_[0]]
    read = reading.dmy if assumed == "dmy" else reading.mdy
    question_ = DateOrderAssumed(value=open_[0][:40], read=_in_words(read))
    return assumed, False, [_about(column, field, question_)]


def _in_words(day: date | None) -> str:
    """A date nobody can misread, in any language: the year first."""
    return "" if day is None else day.isoformat()


def _about(column: Column, field: str, refusal: ExchangeRefusal) -> Finding:
    return Finding(None, column.letter, column.header, field, "", refusal, "question")


def _swapped(
    column: Column, readings: dict[Value, Reading], field: str, order: Order
) -> list[Finding]:
    """A spreadsheet with the other custom makes dates of days 1-12 and leaves the rest as text."""
    real = [cell for cell in column.values if isinstance(cell, date)]
    late = [
        cell
        for cell, reading in readings.items()
        if isinstance(reading, Undecided) and (reading.dmy is None or reading.mdy is None)
    ]
    open_ = any(isinstance(r, Undecided) and r.dmy and r.mdy for r in readings.values())
    if len(real) < 3 or not late or open_ or any(cell.day > 12 for cell in real):
        return []
    value = min(map(str, late))[:40]
    return [_about(column, field, DatesSwapped(count=len(real), value=value))]


def _settle(
    reading: Reading, cell: Value, order: Order | None, *, strict: bool
) -> PartialDate | ExchangeRefusal:
    if not isinstance(reading, Undecided):
        return reading
    shown = str(cell)[:60]
    if order is None and reading.dmy and reading.mdy:
        return DateAmbiguous(
            value=shown, first=_in_words(reading.dmy), second=_in_words(reading.mdy)
        )
    found = reading.mdy if order == "mdy" else reading.dmy
    if found is None and not strict:
        found = reading.dmy or reading.mdy
    return DateImpossible(value=shown) if found is None else PartialDate(found, "day")


def _within(
    found: PartialDate, cell: Value, partial: bool, earliest: date, latest: date | None
) -> Outcome:
    shown = cell.strftime("%d/%m/%Y") if isinstance(cell, date) else str(cell)[:60]
    if found.precision != "day" and not partial:
        return Outcome(None, DateIncomplete(value=shown))
    if latest is not None and found.day > latest:
        return Outcome(
            None, DateInFuture(value=shown, read=_in_words(found.day), today=_in_words(latest))
        )
    if found.day < earliest:
        return Outcome(
            None,
            DateTooEarly(value=shown, read=_in_words(found.day), earliest=_in_words(earliest)),
        )
    return Outcome(found if partial else found.day)
