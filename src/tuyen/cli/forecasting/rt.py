"""``tuyen rt``: tidy counts in, reproduction number and doubling time out. No database."""

import argparse
from collections.abc import Iterator
from typing import Any

import numpy as np

from tuyen.cli.csv_files import BadFile, spare, write_rows
from tuyen.cli.forecasting.picture import Panel, draw_panels
from tuyen.cli.spacing import Block, blocks
from tuyen.cli.terminal import DONE, WRONG, complain
from tuyen.cli.terminal import gettext as _
from tuyen.cli.tidy_counts import Counts, read_counts, shown
from tuyen.engines.surveillance import reproduction as engine
from tuyen.kernel.refusal import N_, Refusal

_QUANTILES = ("q025", "q05", "q25", "median", "q75", "q95", "q975")
_GROWTH = ("growth", "growth_low", "growth_high", "doubling")


def run(args: argparse.Namespace) -> int:
    """Estimate and write; 0 when done, 2 when the input or an option cannot be used."""
    try:
        spare(args.out, [args.file])
        counts = read_counts(args.file)
        parts = blocks(counts, None)
        rows = [row for part in parts for row in _rows(counts, part, args)]
        if not rows:
            raise BadFile(
                N_("{path}: no series is longer than --window {window}; give a shorter one"),
                path=args.file, window=args.window,
            )  # fmt: skip
        time = "date" if counts.dated else "t"
        header = ("series", f"{time}_start", f"{time}_end", "mean", "std", *_QUANTILES, "enough")
        rows.sort(key=lambda row: row[0])
        write_rows(
            args.out, (*header, *_GROWTH), ((counts.names[row[0]], *row[1:]) for row in rows)
        )
        if args.plot:
            _draw(counts, parts, args)
    except Refusal as error:
        complain(error)
        return WRONG
    for note in counts.notes:
        complain(note.spoken(_))
    return DONE


def _rows(counts: Counts, block: Block, args: argparse.Namespace) -> Iterator[tuple[Any, ...]]:
    result = _estimate(block, args)
    growth = engine.growth(block.count, window=args.growth_window)
    at = {int(last): place for place, last in enumerate(growth.last)}
    for row, series in enumerate(block.series.tolist()):
        for w, (first, last) in enumerate(zip(result.first, result.last, strict=True)):
            g = at.get(int(last))
            speed = [
                float(part[row, g]) if g is not None else ""
                for part in (growth.rate, growth.low, growth.high, growth.doubling)
            ]
            mean = float(result.mean[row, w])
            yield (
                series,
                shown(int(block.when[first]), counts.dated),
                shown(int(block.when[last]), counts.dated),
                mean,
                float(result.sd[row, w]) if mean == mean else "",
                *result.quantiles[row, w].tolist(),
                "true" if result.enough[row, w] else "false",
                *speed,
            )


def _estimate(block: Block, args: argparse.Namespace) -> engine.Reproduction:
    prior = {"window": args.window, "prior_mean": args.mean_prior, "prior_sd": args.std_prior}
    if not args.std_mean_si and not args.std_std_si:
        weights = engine.serial_interval(args.mean_si, args.std_si, block.when.size)
        return engine.reproduction(block.count, weights, mean_interval=args.mean_si, **prior)
    return engine.reproduction_uncertain(
        block.count,
        si_mean=(args.mean_si, args.std_mean_si or 0.0),
        si_sd=(args.std_si, args.std_std_si or 0.0),
        rng=np.random.default_rng(args.seed),
        **prior,
    )


def _draw(counts: Counts, parts: list[Block], args: argparse.Namespace) -> None:
    panels = []
    for block in parts:
        result = _estimate(block, args)
        low, quarter, half, three, high = (
            np.moveaxis(result.quantiles, 2, 0)[_QUANTILES.index(name)]
            for name in ("q025", "q25", "median", "q75", "q975")
        )
        for row, series in enumerate(block.series.tolist()):
            if result.last.size:
                first, last = (
                    shown(int(block.when[day]), counts.dated)
                    for day in (result.last[0], result.last[-1])
                )
                panels.append(
                    (series, Panel(counts.names[series], first, last,
                                   np.full(half.shape[1], np.nan), half[row],
                                   (quarter[row], three[row]), (low[row], high[row]), 1.0))
                )  # fmt: skip
    panels.sort(key=lambda pair: pair[0])
    draw_panels(
        args.plot, N_("Reproduction numbers of {drawn} of {all} series"), _LEGEND,
        [panel for _series, panel in panels],
    )  # fmt: skip


_LEGEND = N_("Line: median. Dark band: middle half. Light band: 95 of 100. Dashed line: 1.")
