"""Counts, labels and places as arrays, checked against one another."""

import argparse
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from tuyen.cli.csv_files import BadFile, Table, read_table, spare
from tuyen.cli.spacing import Block, blocks
from tuyen.cli.terminal import gettext as _
from tuyen.cli.tidy_counts import Counts, read_counts, shown
from tuyen.engines.surveillance.as_of import Reports
from tuyen.kernel.refusal import N_

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]
MOST = 65_000


class Given(NamedTuple):
    """n series along m weeks."""

    counts: Counts
    block: Block
    cases: NDArray[np.uint16]  # (n, m) a missing count is 0 here
    missing: Bools  # (n, m)
    outbreak: Ints  # (n, m) number of the labelled outbreak from 1; 0: nothing is known
    denied: Bools  # (n, m) looked into, and no outbreak
    disease: Ints  # (n,) places in diseases
    region: Ints  # (n,)
    team: Ints  # (n,)
    diseases: list[str]
    teams: list[str]
    reports: Reports | None  # when the cases became known, where that was given

    def when(self, week: int) -> str:
        return shown(int(self.block.when[week]), self.counts.dated)

    def name(self, series: int) -> str:
        return self.counts.names[int(self.block.series[series])]


def read(args: argparse.Namespace) -> Given:
    """Read the files of a command.

    Raises
    ------
    BadCounts, BadFile
        For the first thing that is wrong.
    """
    spare(args.out, [args.file])
    counts = read_counts(args.file)
    parts = blocks(counts, None)
    if len(parts) > 1:
        raise BadFile(
            N_("{path}: the series do not all have the same weeks; give each series every week,"
               " with an empty count where nothing was reported"),
            path=args.file,
        )  # fmt: skip
    block = parts[0]
    if block.kind not in ("week", "step"):
        raise BadFile(N_("{path} is not weekly; sum its counts to weeks"), path=args.file)
    if np.nanmax(block.count, initial=0) > MOST:
        raise BadFile(
            N_("{path} has a count above {most}; this command is for single places"),
            path=args.file, most=MOST,
        )  # fmt: skip
    missing = np.isnan(block.count)
    names = [counts.names[int(place)] for place in block.series]
    outbreak, denied = _labels(args.labels, counts, block, names)
    places = [_places(args.places, names, what) for what in _WHAT]
    return Given(
        counts, block, np.where(missing, 0, block.count).astype(np.uint16), missing,
        outbreak, denied, places[0][0], places[1][0], places[2][0],
        places[0][1], places[2][1], _reports(getattr(args, "reports", None), counts, block, names),
    )  # fmt: skip


_WHAT = ("disease", "region", "team")


def _places(path: Path | None, names: list[str], what: str) -> tuple[Ints, list[str]]:
    """Numbers (n,) and words of a column of PLACES.csv; all alike where it has none."""
    if path is None:
        return np.zeros(len(names), np.int64), [""]
    table = read_table(path, ("series",), _WHAT)
    if what not in table.columns:
        return np.zeros(len(names), np.int64), [""]
    of: dict[str, str] = {}
    for row, name in enumerate(table.columns["series"]):
        if name in of:
            raise table.bad(row, "series", _("each series once"))
        of[name] = table.columns[what][row]
    absent = next((name for name in names if name not in of), None)
    if absent is not None:
        raise BadFile(N_("{path} lacks series {name!r}; add its row"), path=path, name=absent)
    words = list(dict.fromkeys(of[name] for name in names))
    number = {word: place for place, word in enumerate(words)}
    return np.array([number[of[name]] for name in names], dtype=np.int64), words


def _labels(
    path: Path | None, counts: Counts, block: Block, names: list[str]
) -> tuple[Ints, Bools]:
    """Number of the outbreak of each series and week, and where somebody said that there was none.

    Weeks in a row are one outbreak, if none are named.
    """
    outbreak = np.zeros(block.count.shape, np.int64)
    denied = np.zeros(block.count.shape, np.bool_)
    if path is None:
        return outbreak, denied
    time = "date" if counts.dated else "t"
    table = read_table(path, ("series", time), ("outbreak", "said"))
    row_of = {name: row for row, name in enumerate(names)}
    week_of = {shown(int(when), counts.dated): week for week, when in enumerate(block.when)}
    named: dict[tuple[str, str], int] = {}
    for row, (name, when) in enumerate(
        zip(table.columns["series"], table.columns[time], strict=True)
    ):
        place, week = _found(table, row, row_of, week_of, time)
        if _is_no(table, row):
            denied[place, week] = True
            continue
        label = table.columns["outbreak"][row] if "outbreak" in table.columns else when
        outbreak[place, week] = named.setdefault((name, label), len(named) + 1)
    if "outbreak" not in table.columns:
        told = outbreak > 0
        begins = told.copy()
        begins[:, 1:] &= ~told[:, :-1]
        outbreak = np.where(told, np.cumsum(begins.ravel()).reshape(told.shape), 0)
    return outbreak, denied & (outbreak == 0)


def _reports(path: Path | None, counts: Counts, block: Block, names: list[str]) -> Reports | None:
    """When the cases of each series and week became known. A week without a row was known at its
    end; of one with rows, what they do not hold was never known in time."""
    if path is None:
        return None
    time = "date" if counts.dated else "t"
    table = read_table(path, ("series", time, "reported", "count"))
    row_of = {name: row for row, name in enumerate(names)}
    week_of = {shown(int(when), counts.dated): week for week, when in enumerate(block.when)}
    told: list[tuple[int, int, int, int]] = []
    for row in range(len(table)):
        place, week = _found(table, row, row_of, week_of, time)
        known = week_of.get(table.columns["reported"][row])
        if known is None or known < week:
            raise table.bad(row, "reported", _("the first day of a week of the counts, not before its own"))  # fmt: skip
        number = table.columns["count"][row].strip()
        if not number.isdecimal() or int(number) > MOST:
            raise table.bad(row, "count", _("a whole number, 0 or more"))
        told.append((place, week, known - week, int(number)))
    held = np.array(told, dtype=np.int64).reshape(-1, 4)
    final = np.where(np.isnan(block.count), 0, block.count).astype(np.int64)
    cases = np.zeros((*final.shape, int(held[:, 2].max(initial=0)) + 1), np.int64)
    np.add.at(cases, (held[:, 0], held[:, 1], held[:, 2]), held[:, 3])
    over = np.argwhere(cases.sum(axis=2) > final)
    if over.size:
        place, week = over[0].tolist()
        raise BadFile(
            N_("{path}: {name!r} in {when} was reported {told} times, and the counts say {final};"
               " give the same cases in both"),
            path=path, name=names[place], when=shown(int(block.when[week]), counts.dated),
            told=int(cases[place, week].sum()), final=int(final[place, week]),
        )  # fmt: skip
    silent = np.ones(final.shape, np.bool_)
    silent[held[:, 0], held[:, 1]] = False
    cases[:, :, 0] += np.where(silent, final, 0)
    return Reports(cases)


def _is_no(table: Table, row: int) -> bool:
    """Whether a row says that there was no outbreak; one that says nothing says yes."""
    said = table.columns["said"][row].strip().lower() if "said" in table.columns else "yes"
    if said not in ("", "yes", "no"):
        raise table.bad(row, "said", _("yes or no"))
    return said == "no"


def _found(
    table: Table, row: int, row_of: dict[str, int], week_of: dict[str, int], time: str
) -> tuple[int, int]:
    name, when = table.columns["series"][row], table.columns[time][row]
    if name not in row_of:
        raise table.bad(row, "series", _("a series of the counts"))
    if when not in week_of:
        raise table.bad(row, time, _("the first day of a week of the counts"))
    return row_of[name], week_of[when]


def within(name: str, value: float, low: float, high: float) -> None:
    """Refuse an option outside low ... high."""
    if not low <= value <= high:
        raise BadFile(
            N_("--{name} is {given}; expected {expected}"),
            name=name, given=value, expected=f"{low:g} ... {high:g}",
        )  # fmt: skip
