"""``tuyen detect``: tidy counts in, one row per scanned point out. No database."""

import argparse
import contextlib
import csv
import os
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TextIO, cast

import numpy as np
from numpy.typing import NDArray

from tuyen import rules
from tuyen.cli.spacing import FREQUENCIES, Block, blocks
from tuyen.cli.terminal import DONE, WRONG, complain
from tuyen.cli.terminal import gettext as _
from tuyen.cli.tidy_counts import BadCounts, Counts, Mended, read_counts, shown
from tuyen.engines.surveillance.ears import SHORTEST_BASELINE, Ears, Method, ears, first_point
from tuyen.engines.surveillance.law import Limits
from tuyen.engines.surveillance.law_scan import Scan, law_scan
from tuyen.engines.surveillance.same_period import same_period, same_step
from tuyen.kernel.refusal import N_, Refusal

METHODS = ("ears-c1", "ears-c2", "ears-c3", "law")
_EARS_OPTIONS, _LAW_OPTIONS = ("baseline", "minSigma", "alpha"), ("b", "k", "floor")
_CHUNK = 500_000  # points scanned at once: bounds the memory of the histories


def add_parsers(
    subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]",
) -> argparse.ArgumentParser:
    """Add ``detect`` to the command line. Options are named as in R's *surveillance*."""
    parser = subparsers.add_parser(
        "detect",
        help=_("scan tidy counts for outbreaks"),
        description=_(
            "Scan tidy counts (series, date or t, count) and write one row per scanned point:"
            " series, date or t, observed, expected, upperbound, alarm."
        ),
    )
    parser.add_argument("file", type=Path, metavar="FILE.csv", help=_("tidy counts"))
    parser.add_argument("--method", required=True, choices=METHODS)
    parser.add_argument("--out", required=True, type=Path, metavar="OUT.csv")
    parser.add_argument(
        "--frequency",
        type=int,
        choices=sorted(FREQUENCIES),
        help=_("periods in a year: 52 (default for t), 12 or 365; dates show it by themselves"),
    )
    parser.add_argument(
        "--range",
        metavar="FROM:TO",
        help=_(
            "points to scan, as t or as dates, both ends included; "
            "default: every point with enough data before it"
        ),
    )
    one = parser.add_argument_group("ears-c1, ears-c2, ears-c3")
    one.add_argument("--baseline", type=int, help=_("points in the baseline (7)"))
    one.add_argument("--minSigma", type=float, help=_("smallest standard deviation (0)"))
    one.add_argument(
        "--alpha", type=float, help=_("risk of a false alarm (C1, C2 0.001; C3 0.025)")
    )
    law = parser.add_argument_group("law")
    law.add_argument("--b", type=int, help=_("years of history, all of them needed (5)"))
    law.add_argument(
        "--k", type=float, help=_("standard deviations above the mean (weeks 1, months 2)")
    )
    law.add_argument("--floor", type=int, help=_("fewer cases than this raise no alarm (0)"))
    parser.set_defaults(run=run)
    return parser


def run(args: argparse.Namespace) -> int:
    """Scan and write; 0 when done, 2 when the input or an option cannot be used."""
    try:
        _check_options(args)
        wanted = _Range.parse(args.range)
        counts = read_counts(args.file)
        scanned = _scan(counts, args, wanted)
        _write(args.out, counts, scanned)
    except Refusal as error:
        complain(error)
        return WRONG
    short = [] if args.range else _too_short(counts, scanned)
    for note in (*counts.notes, *short):
        complain(note.spoken(_))
    return DONE


@dataclass(frozen=True)
class _Range:
    """The points asked for: from ``first`` to ``last``, as dates (days) or as t; None: open."""

    dated: bool
    first: int | None
    last: int | None

    @classmethod
    def parse(cls, text: str | None) -> "_Range | None":
        if text is None:
            return None
        first, colon, last = text.partition(":")
        ends = [first, last if colon else first]
        if text.strip() in ("", ":"):
            ends = ["?"]
        days = [re.fullmatch(r"\d{4}-\d{2}-\d{2}", end) is not None for end in ends if end]
        try:
            if days and all(days):
                values = [int(np.datetime64(e, "D").astype(np.int64)) if e else None for e in ends]
            else:
                values = [int(end) if end else None for end in ends]
        except ValueError:
            raise BadCounts(
                N_(
                    "--range is {text!r}; expected FROM:TO, such as 105:156 or"
                    " 2026-01-05:2026-06-29"
                ),
                text=text,
            ) from None
        return cls(all(days), values[0], values[1])

    def covers(self, block: Block, counts: Counts) -> NDArray[np.bool_]:
        if self.dated and not counts.dated:
            raise BadCounts(
                N_("--range has dates and {path} has t; give FROM:TO as t"), path=counts.path
            )
        undated = self.dated or not counts.dated
        moment = block.when if undated else np.arange(1, block.when.size + 1)
        inside = np.ones(moment.size, dtype=bool)
        if self.first is not None:
            inside &= moment >= self.first
        if self.last is not None:
            inside &= moment <= self.last
        return inside


@dataclass(frozen=True)
class _Scanned:
    """The scanned points of one block."""

    block: Block
    points: NDArray[np.int64]  # (p,) places in block.when
    expected: NDArray[np.float64]  # (n, p) and so the next three
    upperbound: NDArray[np.float64]
    alarm: NDArray[np.bool_]
    judged: NDArray[np.bool_]


def _check_options(args: argparse.Namespace) -> None:
    law = args.method == "law"
    for name in _EARS_OPTIONS if law else _LAW_OPTIONS:
        if getattr(args, name) is not None:
            usable = _LAW_OPTIONS if law else _EARS_OPTIONS
            options = ", ".join(f"--{option}" for option in usable)
            raise BadCounts(
                N_("--{name} does not belong to --method {method}; it has {options}"),
                name=name, method=args.method, options=options,
            )  # fmt: skip
    limits = (
        ("baseline", SHORTEST_BASELINE, 10_000, N_("a whole number of points from 3")),
        ("minSigma", 0, sys.float_info.max, N_("0 or more")),
        ("alpha", sys.float_info.min, 1 - sys.float_info.epsilon, N_("a number between 0 and 1")),
        ("b", 2, 100, N_("a whole number of years from 2")),
        ("k", 0, sys.float_info.max, N_("0 or more")),
        ("floor", 0, 10**15, N_("0 or more")),
    )
    for name, low, high, expected in limits:
        given = getattr(args, name)
        if given is not None and not low <= given <= high:
            raise BadCounts(
                N_("--{name} is {given}; expected {expected}"),
                name=name, given=given, expected=_(expected),
            )  # fmt: skip
    if args.out.resolve() == args.file.resolve():
        raise BadCounts(N_("--out is the input {path}; name another file"), path=args.file)


def _scan(counts: Counts, args: argparse.Namespace, wanted: _Range | None) -> list[_Scanned]:
    scan = _scan_law if args.method == "law" else _scan_ears
    scanned = []
    for block in blocks(counts, args.frequency):
        inside = None if wanted is None else wanted.covers(block, counts)
        rows = max(1, _CHUNK // block.when.size)
        parts = [
            scan(Block(block.kind, block.series[n : n + rows], block.when, part), args, inside)
            for n in range(0, block.series.size, rows)
            for part in [block.count[n : n + rows]]
        ]
        scanned.extend(parts)
    if wanted is not None and not any(part.points.size for part in scanned):
        raise BadCounts(
            N_("--range {range} holds no point of {path}; look at its periods"),
            range=args.range, path=counts.path,
        )  # fmt: skip
    return scanned


def _scan_ears(
    block: Block, args: argparse.Namespace, inside: NDArray[np.bool_] | None
) -> _Scanned:
    method = cast(Method, args.method[-2:].upper())
    length = 7 if args.baseline is None else args.baseline
    result = ears(
        block.count, method, baseline=length, min_sigma=args.minSigma or 0.0, alpha=args.alpha
    )
    if inside is None:
        inside = np.arange(block.when.size) >= first_point(method, length)
    points = np.flatnonzero(inside)
    return _picked(block, points, result)


def _scan_law(block: Block, args: argparse.Namespace, inside: NDArray[np.bool_] | None) -> _Scanned:
    limits = _limits(args.b)
    kind = block.kind
    if kind == "step":
        kind = FREQUENCIES[args.frequency or 52]
    if kind == "day":
        raise BadCounts(
            N_("--method law compares weeks or months of years; sum daily counts to weeks")
        )
    if block.kind == "step":
        earlier = same_step(block.when.size, args.frequency or 52, limits.look_back_years)
    else:
        days = block.when.astype("datetime64[D]")
        calendar: Literal["week", "month"] = "week" if kind == "week" else "month"
        earlier = same_period(days, calendar, limits.look_back_years)
    multiple = limits.alert_sd if kind == "week" else limits.epidemic_sd
    result = law_scan(
        block.count,
        earlier,
        limits,
        k=multiple if args.k is None else args.k,
        floor=args.floor or 0,
    )
    if inside is None:
        inside = (earlier >= 0).sum(axis=1) >= limits.min_years
        inside = np.maximum.accumulate(inside)
    points = np.flatnonzero(inside)
    return _picked(block, points, result)


def _picked(block: Block, points: NDArray[np.int64], result: Ears | Scan) -> _Scanned:
    return _Scanned(
        block,
        points,
        result.expected[:, points],
        result.upperbound[:, points],
        result.alarm[:, points],
        result.judged[:, points],
    )


def _limits(years: int | None) -> Limits:
    """The latest parameters of the law; ``--b`` asks for so many years, all of them usable."""
    file = rules.load("surveillance/thresholds")
    limits = Limits(**{name: file[name]["values"][-1]["value"] for name in Limits._fields})
    if years is None:
        return limits
    return limits._replace(years=years, look_back_years=years, min_years=years)


def _too_short(counts: Counts, scanned: list[_Scanned]) -> list[Mended]:
    short = [
        counts.names[place]
        for part in scanned
        if not part.points.size
        for place in part.block.series
    ]
    if not short:
        return []
    return [
        Mended(
            _SHORT if len(short) == 1 else _MANY_SHORT,
            path=counts.path, name=short[0], others=len(short) - 1,
        )
    ]  # fmt: skip


_SHORT = N_("{path}: series {name!r} too short to scan; see --range, --baseline")
_MANY_SHORT = N_(
    "{path}: series {name!r} and {others} more too short to scan; see --range, --baseline"
)


def _write(out: Path, counts: Counts, scanned: list[_Scanned]) -> None:
    places = {
        int(series): (part, row) for part in scanned for row, series in enumerate(part.block.series)
    }
    try:
        with _whole_file(out) as file:
            writer = csv.writer(file, lineterminator="\n")
            time = "date" if counts.dated else "t"
            writer.writerow(("series", time, "observed", "expected", "upperbound", "alarm"))
            for place, name in enumerate(counts.names):
                writer.writerows(_rows(name, *places[place], counts.dated))
    except OSError as error:
        raise BadCounts(
            N_("{path} cannot be written: {why}; name a file in a folder you may write to"),
            path=out, why=error.strerror,
        ) from error  # fmt: skip


def _rows(name: str, part: _Scanned, row: int, dated: bool) -> Iterator[tuple[str | float, ...]]:
    judged, alarm = part.judged[row].tolist(), part.alarm[row].tolist()
    observed = part.block.count[row, part.points].tolist()
    numbers = zip(part.expected[row].tolist(), part.upperbound[row].tolist(), strict=True)
    moments = (shown(moment, dated) for moment in part.block.when[part.points].tolist())
    for moment, count, (expected, bound), known, raised in zip(
        moments, observed, numbers, judged, alarm, strict=True
    ):
        yield (
            name,
            moment,
            int(count) if count == count else "",
            expected if expected == expected else "",  # NaN differs from itself
            bound if bound == bound else "",
            ("true" if raised else "false") if known else "",
        )


@contextlib.contextmanager
def _whole_file(out: Path) -> Iterator[TextIO]:
    """A file that appears under its name only when it is whole; a device is written directly."""
    if out.exists() and not out.is_file() and not out.is_dir():
        with out.open("w", encoding="utf-8", newline="") as file:
            yield file
        return
    target = out.resolve()  # a link keeps pointing where it points
    part = target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        with part.open("x", encoding="utf-8", newline="") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)
