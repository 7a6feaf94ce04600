"""Tables of other model platforms: a period, a place, and draws ``sample_0`` ... ``sample_N``.

The columns and the writing of periods are those of the CSV contract of the DHIS2 modelling app
(CHAP): ``time_period`` is ``2026-03``, ``2026-03-02/2026-03-08`` or ``2026W10``.
"""

import datetime
import re
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from tuyen.cli.csv_files import Table, read_table
from tuyen.cli.spacing import Kind
from tuyen.cli.terminal import gettext as _

Floats = NDArray[np.float64]
_EPOCH = datetime.date(1970, 1, 1).toordinal()
_MONTH = re.compile(r"(\d{4})-?(\d{2})")
_WEEK = re.compile(r"(\d{4})-?W(\d{1,2})")
_SPAN = re.compile(r"(\d{4}-?\d{2}-?\d{2})/(\d{4}-?\d{2}-?\d{2})")
_SAMPLE = re.compile(r"sample_(\d+)")
NOT_COVARIATES = ("time_period", "location", "disease_cases", "population")


class Period(NamedTuple):
    """A period as written: its kind, and its number (months or weeks or days since 1970)."""

    kind: Kind
    number: int


def period(text: str) -> Period | None:
    """What ``text`` names, or None."""
    try:
        if found := _SPAN.fullmatch(text):
            first, last = (datetime.date.fromisoformat(part) for part in found.groups())
            days = first.toordinal() - _EPOCH
            whole = (last - first).days
            if whole == 6:
                return Period("week", (days + 3) // 7)
            return Period("day", days) if whole == 0 else None
        if found := _WEEK.fullmatch(text):
            monday = datetime.date.fromisocalendar(int(found[1]), int(found[2]), 1)
            return Period("week", (monday.toordinal() - _EPOCH + 3) // 7)
        if found := _MONTH.fullmatch(text):
            month = datetime.date(int(found[1]), int(found[2]), 1)
            return Period("month", month.year * 12 + month.month - 1970 * 12 - 1)
        return Period("day", datetime.date.fromisoformat(text).toordinal() - _EPOCH)
    except ValueError:
        return None


class Tabled(NamedTuple):
    """A table of periods and places: values (places, periods) by column; NaN is missing."""

    kind: Kind
    first: int  # number of the first period
    places: list[str]
    values: dict[str, Floats]


def read_places(path: Path, needed: tuple[str, ...] = ()) -> tuple[Table, list[Period]]:
    """The rows of a table with ``time_period`` and ``location``, and the period of each."""
    table = read_table(path, ("time_period", "location", *needed), None)
    periods: list[Period] = []
    known: dict[str, Period] = {}
    for row, text in enumerate(table.columns["time_period"]):
        if text not in known:
            found = period(text)
            if found is None or (periods and found.kind != periods[0].kind):
                raise table.bad(row, "time_period", _("2026-03, or 2026-03-02/2026-03-08"))
            known[text] = found
        periods.append(known[text])
    return table, periods


def covariates(table: Table) -> list[str]:
    """The columns that hold numbers and are not the counts, the people or a running number."""
    return [
        name
        for name, cells in table.columns.items()
        if name not in NOT_COVARIATES and name and not name.startswith("Unnamed")
        and not _SAMPLE.fullmatch(name) and all(_is_number(cell) for cell in cells)
    ]  # fmt: skip


def _is_number(cell: str) -> bool:
    try:
        return cell in ("", "NA") or np.isfinite(float(cell))
    except ValueError:
        return cell.lower() == "nan"


def tabled(table: Table, periods: list[Period], columns: list[str]) -> Tabled:
    """Put ``columns`` by place and period; a row that is not there is missing, not 0."""
    places = list(dict.fromkeys(table.columns["location"]))
    row_of = {name: n for n, name in enumerate(places)}
    first = min(one.number for one in periods)
    width = max(one.number for one in periods) - first + 1
    where = [
        (row_of[name], one.number - first)
        for name, one in zip(table.columns["location"], periods, strict=True)
    ]
    taken: set[tuple[int, int]] = set()
    for row, cell in enumerate(where):
        if cell in taken:
            raise table.bad(row, "time_period", _("each period once for a place"))
        taken.add(cell)
    values: dict[str, Floats] = {}
    for name in columns:
        least = 0.0 if name in ("disease_cases", "population") else -np.inf
        numbers = table.numbers(name, _("a number"), least=least)
        values[name] = np.full((len(places), width), np.nan)
        for cell, number in zip(where, numbers, strict=True):
            values[name][cell] = number
    return Tabled(periods[0].kind, first, places, values)


def sample_columns(table: Table) -> list[str]:
    """``sample_0``, ``sample_1`` ... in the order of their numbers."""
    found = [(int(match[1]), name) for name in table.columns if (match := _SAMPLE.fullmatch(name))]
    return [name for _number, name in sorted(found)]


def as_long(table: Table) -> Table:
    """A table of draws as rows in hubverse columns; any other table as it is."""
    names = sample_columns(table)
    if not names:
        return table
    count = len(names)
    tasks = [name for name in table.columns if name in ("time_period", "location", "model_id")]
    columns = {
        name: [cell for cell in table.columns[name] for _draw in range(count)] for name in tasks
    }
    columns["output_type"] = ["sample"] * (count * len(table))
    columns["output_type_id"] = [name[7:] for _row in table.lines for name in names]
    columns["value"] = [table.columns[name][row] for row in range(len(table)) for name in names]
    return Table(table.path, columns, [line for line in table.lines for _draw in range(count)])
