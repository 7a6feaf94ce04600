"""``tuyen backtest --forecast``: how forecasts of the last weeks would have kept their word."""

import argparse
import os
from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tuyen.cli.calibration.reading import Given, within
from tuyen.cli.csv_files import write_rows
from tuyen.engines.surveillance.as_of import as_of
from tuyen.engines.surveillance.backtest_forecast import (
    PARTS,
    Quality,
    Replayed,
    ahead,
    quality,
    replay,
)
from tuyen.engines.surveillance.forecasting import forecast

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
SIZE_NAMES = ("<0.1", "0.1-1", "1-10", ">=10")
_SHARES = (0.5, 0.9, 0.95)
_HEADER = (
    "model", "disease", "weekly_cases", "weeks_ahead", "forecasts", "wis", "relative_wis",
    "geometric_wis", *(f"covered_{share * 100:g}" for share in _SHARES),
    *(f"pit_{n * 100 // PARTS}_{(n + 1) * 100 // PARTS}" for n in range(PARTS)),
)  # fmt: skip


def write(given: Given, first: int, stratum: Ints, args: argparse.Namespace) -> None:
    """Replay each model, and write a row for each disease, size of place and weeks ahead (and for
    all weeks ahead together).

    Raises
    ------
    BadFile
        For an option out of its range.
    """
    within("horizon", args.horizon, 1, 52)
    within("every", args.every, 1, 52)
    last = given.block.when.size - args.horizon
    origins = np.arange(last - 1, first - 2, -args.every)[::-1]  # the last week known to each
    rows: list[tuple[Any, ...]] = []
    for model in dict.fromkeys(args.forecast):
        found = _replayed(given, origins, model, args.horizon)
        rows += _rows(given, found, stratum, model, args.horizon)
    write_rows(args.out, _HEADER, rows)


def _replayed(given: Given, origins: Ints, model: Any, horizon: int) -> Replayed:
    counts = np.where(given.missing, np.nan, given.cases.astype(np.float64))

    def known(origin: int) -> Floats:
        if given.reports is None:
            return counts[:, : origin + 1]
        seen = as_of(given.reports, origin)
        seen[given.missing[:, : origin + 1]] = np.nan
        return seen

    return replay(
        counts, origins, horizon,
        lambda seen, h: forecast(seen, h, model, workers=os.cpu_count() or 1).quantiles,
        known=known,
    )  # fmt: skip


def _rows(
    given: Given, found: Replayed, stratum: Ints, model: str, horizon: int
) -> Iterator[tuple[Any, ...]]:
    """Strata without a series are left out; "all" is every number of weeks ahead together."""
    groups = len(given.diseases) * len(SIZE_NAMES)
    tables: list[tuple[int | str, Quality]] = [
        (h, quality(ahead(found, h), stratum, shares=_SHARES, groups=groups))
        for h in range(1, horizon + 1)
    ]
    tables.append(("all", quality(found, stratum, shares=_SHARES, groups=groups)))
    for one in np.unique(stratum).tolist():
        disease, size = divmod(one, len(SIZE_NAMES))
        for h, table in tables:
            yield (
                model, given.diseases[disease], SIZE_NAMES[size], h, int(table.forecasts[one]),
                float(table.wis[one]), float(table.relative[one]), float(table.geometric[one]),
                *table.coverage[one].tolist(), *table.histogram[one].tolist(),
            )  # fmt: skip
