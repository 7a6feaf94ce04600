"""Covariates of a forecast: weather that was measured, and weather that was forecast by then.

What was measured after the last count is never used, wherever it stands: a forecast made then did
not know it. Weather to come has a file of its own, in which each row says when it was issued.
"""

import datetime
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from tuyen.cli.csv_files import BadFile, Table, read_table
from tuyen.cli.spacing import Block, later
from tuyen.cli.terminal import gettext as _
from tuyen.cli.tidy_counts import Counts
from tuyen.kernel.refusal import N_

Floats = NDArray[np.float64]
_EPOCH = datetime.date(1970, 1, 1).toordinal()


class Weather(NamedTuple):
    """Values by name of the covariate, series ("" for all of them) and period."""

    names: tuple[str, ...]
    measured: dict[tuple[str, int], tuple[float, ...]]
    ahead: list[tuple[tuple[str, int], int, tuple[float, ...]]]  # with the moment of issue


def read_weather(path: Path, ahead: Path | None, counts: Counts) -> Weather:
    """Read both files: ``series`` (or none: for all), ``date`` or ``t``, and a column for each.

    Raises
    ------
    BadFile
        For the first thing that is wrong.
    """
    moment = "date" if counts.dated else "t"
    table = read_table(path, (moment,), None)
    names = tuple(name for name in table.columns if name not in ("series", moment, "issued"))
    if not names:
        raise BadFile(
            N_("{path} has no covariate; give columns of numbers, such as rainfall"), path=path
        )
    measured: dict[tuple[str, int], tuple[float, ...]] = {}
    for row, (key, values) in enumerate(_rows(table, moment, names)):
        if measured.setdefault(key, values) is not values:
            raise table.bad(row, moment, _("each period once for a series"))
    coming: list[tuple[tuple[str, int], int, tuple[float, ...]]] = []
    if ahead is not None:
        given = read_table(ahead, (moment, "issued", *names), ("series",))
        issued = _moments(given, "issued", counts.dated)
        coming = [
            (key, when, values)
            for (key, values), when in zip(_rows(given, moment, names), issued, strict=True)
        ]
    return Weather(names, measured, coming)


def _rows(
    table: Table, moment: str, names: tuple[str, ...]
) -> list[tuple[tuple[str, int], tuple[float, ...]]]:
    expected = _("a number")
    when = _moments(table, moment, moment == "date")
    columns = [table.numbers(name, expected) for name in names]
    series = table.columns.get("series", [""] * len(table))
    return list(zip(zip(series, when, strict=True), zip(*columns, strict=True), strict=True))


def _moments(table: Table, column: str, dated: bool) -> list[int]:
    if dated:
        days = table.days(column, _("year-month-day, such as 2026-02-09"))
        return [day.toordinal() - _EPOCH for day in days]
    for row, cell in enumerate(table.columns[column]):
        if not cell.isdecimal():
            raise table.bad(row, column, _("1, 2, 3 and so on"))
    return [int(cell) for cell in table.columns[column]]


def placed(
    weather: Weather, counts: Counts, block: Block, horizon: int, path: Path
) -> tuple[Floats, Floats | None]:
    """Measured (s, m, c) and forecast (s, horizon, c) covariates of a block; NaN is missing.

    A series without any row of its own takes those of all; without these either it is refused.
    """
    width = len(weather.names)
    measured = np.full((block.series.size, block.when.size, width), np.nan)
    ahead = np.full((block.series.size, horizon, width), np.nan)
    own = {series for series, _moment in weather.measured}
    coming = [later(block, h + 1) for h in range(horizon)]
    origin_ends = later(block, 1) - 1  # the last day of the last period that is known
    forecasts: dict[tuple[str, int], tuple[int, tuple[float, ...]]] = {}
    for key, issued, values in weather.ahead:  # of several the latest that was there by then
        if issued <= origin_ends and issued >= forecasts.get(key, (issued, ()))[0]:
            forecasts[key] = (issued, values)
    for row, series in enumerate(block.series.tolist()):
        name = counts.names[series]
        name = name if name in own else ""
        if name not in own:
            raise BadFile(
                N_("{path}: series {name!r} has no weather; add its rows, or rows without a series"),
                path=path, name=counts.names[series],
            )  # fmt: skip
        for n, moment in enumerate(block.when.tolist()):
            measured[row, n] = weather.measured.get((name, moment), np.nan)
        for h, moment in enumerate(coming):
            ahead[row, h] = forecasts.get((name, moment), (0, np.nan))[1]
    return measured, None if np.isnan(ahead).all() else ahead
