"""``tuyen nowcast``: onset and report dates in, completed counts of the last days out."""

import argparse
import datetime
from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tuyen.cli.csv_files import BadFile, Table, read_table, spare, write_rows
from tuyen.cli.forecasting.picture import Panel, draw_panels
from tuyen.cli.terminal import DONE, WRONG, complain
from tuyen.cli.terminal import gettext as _
from tuyen.engines.surveillance import nowcast as engine
from tuyen.engines.surveillance.scores import LEVELS
from tuyen.engines.surveillance.triangle import Triangle, reporting_triangle
from tuyen.engines.surveillance.truncation import Nowcast, bayes, lawless
from tuyen.kernel.refusal import N_, Refusal

_NAMES = {
    "reference_date": ("reference_date", "onset", "date"),
    "report_date": ("report_date", "report"),
}
_DATE = N_("year-month-day, such as 2026-02-09")
_CELLS = 5_000_000  # of triangles at once
_HUB = ("model_id", "reference_date", "target", "location", "target_end_date",
        "output_type", "output_type_id", "value")  # fmt: skip


def run(args: argparse.Namespace) -> int:
    """Complete and write; 0 when done, 2 when the input or an option cannot be used."""
    try:
        spare(args.out, [args.file])
        for name, least in (("max-delay", 1), ("last", 1)):
            given = getattr(args, name.replace("-", "_"))
            if given is not None and given < least:
                raise BadFile(
                    N_("--{name} is {given}; expected {expected}"),
                    name=name, given=given, expected=_("1 or more"),
                )  # fmt: skip
        names, triangles = _triangles(args)
        if args.hubverse:
            write_rows(args.out, _HUB, _hub_rows(args, names, triangles))
        else:
            quantiles = [f"q{level:g}" for level in LEVELS]
            header = ("series", "as_of", "date", "reported", "share", "mean", "median", *quantiles)
            write_rows(args.out, header, _rows(args, names, triangles))
        if args.plot:
            _draw(args, names, triangles)
    except Refusal as error:
        complain(error)
        return WRONG
    return DONE


def _triangles(args: argparse.Namespace) -> tuple[list[str], list[Triangle]]:
    """The series known as of the day, in order of their first known rows, and their triangles."""
    table = _renamed(read_table(args.file, (), ("series", "count", *sum(_NAMES.values(), ()))))
    step = 7 if args.period == "week" else 1
    onset, report = (
        np.array([(day.toordinal() - 1) // step for day in table.days(name, _(_DATE))])
        for name in _NAMES
    )
    as_of = int(report.max()) if args.as_of is None else _day(args.as_of, step)
    known = np.flatnonzero(report <= as_of)
    if known.size == 0:
        raise BadFile(
            N_("{path}: nothing had been reported by {day}; give a later --as-of"),
            path=args.file, day=args.as_of,
        )  # fmt: skip
    early = known[report[known] < onset[known]]
    if early.size:
        raise table.bad(int(early[0]), "report_date", _("a day no earlier than its onset"))
    cases = np.ones(len(table))
    if "count" in table.columns:
        cases = np.nan_to_num(np.array(table.numbers("count", _("0, 1, 2 and so on"), least=0)))
    of = table.columns.get("series", ["all"] * len(table))
    places: dict[str, list[int]] = {}
    for row in known.tolist():
        places.setdefault(of[row], []).append(row)
    first = int(onset[known].min())
    return list(places), [
        reporting_triangle(
            onset[rows], report[rows], as_of, args.max_delay, first=first, cases=cases[rows]
        )
        for rows in places.values()
    ]


def _renamed(table: Table) -> Table:
    columns = dict(table.columns)
    for name, also in _NAMES.items():
        there = [other for other in also if other in columns]
        if len(there) != 1:
            raise BadFile(
                N_("{path}: expected one column {columns}; it has {there}"),
                path=table.path, columns=" / ".join(also), there=", ".join(table.columns),
            )  # fmt: skip
        columns[name] = columns.pop(there[0])
    return Table(table.path, columns, table.lines)


def _day(text: str, step: int) -> int:
    try:
        return (datetime.date.fromisoformat(text).toordinal() - 1) // step
    except ValueError:
        raise BadFile(
            N_("--{name} is {given}; expected {expected}"),
            name="as-of", given=text, expected=_(_DATE),
        ) from None  # fmt: skip


def _nowcasts(args: argparse.Namespace, triangles: list[Triangle]) -> Iterator[Nowcast]:
    weekday = triangles[0].first % 7 if args.period == "day" and not args.no_weekday else None
    rng = np.random.default_rng(args.seed)
    if args.method == "chain-ladder":
        step = max(1, _CELLS // triangles[0].counts.size)
        for start in range(0, len(triangles), step):
            batch = np.array([part.counts for part in triangles[start : start + step]])
            yield from engine.nowcast(batch, LEVELS, weekday=weekday)
        return
    for part in triangles:
        if args.method == "lawless":
            yield lawless(part.counts, LEVELS, as_in_r=args.r_compat)
        else:
            yield bayes(part.counts, LEVELS, rng, truncated=args.method == "bayes")


def _written(
    args: argparse.Namespace, names: list[str], triangles: list[Triangle]
) -> Iterator[tuple[str, Triangle, list[int], Nowcast]]:
    last = args.max_delay + 1 if args.last is None else args.last
    for name, part, found in zip(names, triangles, _nowcasts(args, triangles), strict=True):
        length = len(part.counts)
        yield name, part, list(range(max(0, length - last), length)), found


def _rows(
    args: argparse.Namespace, names: list[str], triangles: list[Triangle]
) -> Iterator[tuple[Any, ...]]:
    middle = int(np.argmin(np.abs(LEVELS - 0.5)))
    for name, part, rows, found in _written(args, names, triangles):
        for row in rows:
            quantiles = _plain(found.quantiles[row])
            yield (
                name, _shown(part.as_of, args.period), _shown(part.first + row, args.period),
                int(found.reported[row]), float(found.share[row]), float(found.mean[row]),
                quantiles[middle], *quantiles,
            )  # fmt: skip


def _hub_rows(
    args: argparse.Namespace, names: list[str], triangles: list[Triangle]
) -> Iterator[tuple[Any, ...]]:
    for name, part, rows, found in _written(args, names, triangles):
        as_of = _shown(part.as_of, args.period)
        for row in rows:
            date = _shown(part.first + row, args.period)
            for level, value in zip(LEVELS, _plain(found.quantiles[row]), strict=True):
                if value != "":
                    head = (args.method, as_of, "final count", name, date)
                    yield (*head, "quantile", f"{level:g}", value)


def _draw(args: argparse.Namespace, names: list[str], triangles: list[Triangle]) -> None:
    low, quarter, half, three, high = (
        int(np.abs(LEVELS - level).argmin()) for level in (0.05, 0.25, 0.5, 0.75, 0.95)
    )
    panels = []
    for name, part, rows, found in _written(args, names, triangles):
        shown = list(range(max(0, rows[0] - 45), rows[-1] + 1))  # what can change, and before it
        changing = np.isin(shown, rows)[:, None]
        q = np.where(changing, found.quantiles[shown], np.nan)
        first, last = (_shown(part.first + row, args.period) for row in (shown[0], shown[-1]))
        panels.append(
            Panel(name, first, last, found.reported[shown], q[:, half],
                  (q[:, quarter], q[:, three]), (q[:, low], q[:, high]))
        )  # fmt: skip
    draw_panels(args.plot, N_("Nowcasts of {drawn} of {all} series"), _LEGEND, panels)


_LEGEND = N_(
    "Bar: reported. Line: median of the final count. Dark band: middle half. Light band: nine"
    " tenths."
)


def _plain(quantiles: NDArray[np.float64]) -> list[int | str]:
    return [int(value) if value == value else "" for value in quantiles.tolist()]


def _shown(period: int, kind: str) -> str:
    step = 7 if kind == "week" else 1
    return datetime.date.fromordinal(period * step + 1).isoformat()
