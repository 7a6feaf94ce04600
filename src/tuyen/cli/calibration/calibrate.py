"""``tuyen calibrate``: tidy counts and labels in, chances and alarms of the last weeks out."""

import argparse
from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from tuyen.cli.calibration.reading import Given, read, within
from tuyen.cli.csv_files import BadFile, write_rows
from tuyen.cli.forecasting.picture import Panel, draw_panels
from tuyen.cli.terminal import DONE, WRONG, complain, say
from tuyen.cli.terminal import gettext as _
from tuyen.engines.surveillance.calibration import FEWEST, Calibrator, calibrate, chance
from tuyen.engines.surveillance.evidence import NAMES, Evidence, evidence
from tuyen.engines.surveillance.selection import by_budget, by_false_share
from tuyen.kernel.refusal import N_, Refusal

Floats = NDArray[np.float64]
SHORTEST = 78  # weeks before the first one judged


class Judged(NamedTuple):
    """The rows of the judged weeks that were worth a look."""

    rows: Evidence
    chance: Floats  # (r,)
    rings: NDArray[np.bool_]  # (r,)
    rank: NDArray[np.int64]  # (r,) from 1 within the team and week


def run(args: argparse.Namespace) -> int:
    """Judge and write; 0 when done, 2 when the input or an option cannot be used."""
    try:
        given = read(args)
        first = given.block.when.size - args.weeks
        _check(args, first)
        made, rows = learnt(given, first, args.past, args.complete)
        judged = _judged(given, made, rows, first, args)
        time = "date" if given.counts.dated else "t"
        header = ("series", time, "team", "observed", "expected", "chance", "rank", "alarm")
        write_rows(args.out, header, _rows(given, judged, first))
        if args.plot:
            _draw(given, judged, args)
    except Refusal as error:
        complain(error)
        return WRONG
    for note in given.counts.notes:
        complain(note.spoken(_))
    if not str(args.out).startswith("/dev/"):
        say(
            N_("{alarms} alarms in {weeks} weeks, of which {false} are expected to be false;"
               " {told} told weeks taught the chances, and triage tells {share} of 100 outbreaks"),
            alarms=int(judged.rings.sum()), weeks=args.weeks,
            false=f"{float((1 - judged.chance)[judged.rings].sum()):.1f}",
            told=made.told, share=f"{100 * made.share:.0f}",
        )  # fmt: skip
    return DONE


def learnt(given: Given, first: int, past: int, complete: bool) -> tuple[Calibrator, Evidence]:
    """Chances learnt from the weeks before ``first``, and the evidence of these and later weeks."""
    told = given.outbreak > 0
    told[:, first:] = False
    start = max(52, first - past)
    rows = evidence(
        given.cases, given.disease, given.region, range(start, given.block.when.size),
        told=told | given.missing,
    )  # fmt: skip
    before = rows.point < first
    known = told[rows.series, rows.point][before]
    if known.sum() < FEWEST:
        raise BadFile(
            N_("the labels tell {count} usable weeks before the judged ones; at least {least} are"
               " needed, so label more past outbreaks or raise --past"),
            count=int(known.sum()), least=FEWEST,
        )  # fmt: skip
    denied = given.denied[rows.series, rows.point][before]
    share = 1.0 if complete else None
    return calibrate(rows.values[before], known, denied=denied, share=share), rows


def _check(args: argparse.Namespace, first: int) -> None:
    within("weeks", args.weeks, 1, 520)
    within("past", args.past, 26, 520)
    within("q", args.q, 0.001, 0.999)
    if args.budget is not None:
        within("budget", args.budget, 0, 1_000_000)
    if first < SHORTEST:
        raise BadFile(
            N_("{path} has {given} weeks before the judged ones; at least {least} are needed"),
            path=args.file, given=max(first, 0), least=SHORTEST,
        )  # fmt: skip


def _judged(
    given: Given, made: Calibrator, rows: Evidence, first: int, args: argparse.Namespace
) -> Judged:
    now = rows.point >= first
    part = Evidence(rows.series[now], rows.point[now], rows.values[now])
    h = chance(made, part.values)
    team = given.team[part.series]
    if args.budget is None:
        rings = by_false_share(h, part.point, args.q)
    else:
        rings = by_budget(h, part.point, team, args.budget)
    order = np.lexsort((-h, team, part.point))
    rank = np.empty(h.size, np.int64)
    key = np.column_stack([part.point, team])[order]
    new = np.ones(h.size, np.bool_)
    new[1:] = (key[1:] != key[:-1]).any(axis=1)
    starts = np.maximum.accumulate(np.where(new, np.arange(h.size), 0))
    rank[order] = np.arange(h.size) - starts + 1
    return Judged(part, h, rings, rank)


def _rows(given: Given, judged: Judged, first: int) -> Iterator[tuple[Any, ...]]:
    """Every series in every judged week, whether it was worth a look or not."""
    place = {
        (int(series), int(week)): n
        for n, (series, week) in enumerate(zip(judged.rows.series, judged.rows.point, strict=True))
    }
    mean = np.exp(judged.rows.values[:, NAMES.index("log mean")])
    for series in range(given.cases.shape[0]):
        for week in range(first, given.cases.shape[1]):
            head = (given.name(series), given.when(week), given.teams[int(given.team[series])])
            if given.missing[series, week]:
                yield (*head, "", "", "", "", "")
                continue
            n, count = place.get((series, week)), int(given.cases[series, week])
            if n is None:
                yield (*head, count, "", 0.0, "", "false")
                continue
            rings = "true" if judged.rings[n] else "false"
            yield (
                *head,
                count,
                float(mean[n]),
                float(judged.chance[n]),
                int(judged.rank[n]),
                rings,
            )


def _draw(given: Given, judged: Judged, args: argparse.Namespace) -> None:
    """The last two years of the series that ring, the likeliest first."""
    start = max(0, given.cases.shape[1] - 104)
    weeks = given.cases.shape[1] - start
    nothing = np.full(weeks, np.nan)
    panels, done = [], set()
    for n in np.argsort(-judged.chance, kind="stable").tolist():
        series = int(judged.rows.series[n])
        if not judged.rings[n] or series in done:
            continue
        done.add(series)
        expected = nothing.copy()
        mine = judged.rows.series == series
        at = judged.rows.point[mine] - start
        expected[at] = np.exp(judged.rows.values[mine, NAMES.index("log mean")])
        bars = np.where(given.missing[series, start:], np.nan, given.cases[series, start:])
        panels.append(
            Panel(
                f"{given.name(series)}: {100 * judged.chance[n]:.0f} %", given.when(start),
                given.when(given.cases.shape[1] - 1), bars.astype(np.float64), expected,
                (nothing, nothing), (nothing, nothing),
            )
        )  # fmt: skip
    draw_panels(args.plot, N_("Alarms: {drawn} of {all} series"), _LEGEND, panels)


_LEGEND = N_("Bars: counts. Line: what was expected. After the name: the chance of an outbreak.")
