"""``tuyen rt``: tidy counts in, reproduction number and doubling time out. No database."""

import argparse
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from tuyen.cli.csv_files import BadFile, check_out, write_rows
from tuyen.cli.spacing import Block, blocks
from tuyen.cli.terminal import DONE, WRONG, complain
from tuyen.cli.terminal import gettext as _
from tuyen.cli.tidy_counts import Counts, read_counts, shown
from tuyen.engines.surveillance import reproduction as engine
from tuyen.kernel.refusal import N_, Refusal

_QUANTILES = ("q025", "q05", "q25", "median", "q75", "q95", "q975")
_GROWTH = ("growth", "growth_low", "growth_high", "doubling")


def add_parsers(commands: Any) -> None:
    """Add ``rt`` to the command line."""
    parser = commands.add_parser(
        "rt",
        help=_("reproduction number and doubling time of tidy counts"),
        description=_(
            "Estimate the effective reproduction number over sliding windows (Cori 2013) and the"
            " doubling time, from tidy counts (series, date or t, count)."
        ),
    )
    parser.add_argument("file", type=Path, metavar="FILE.csv", help=_("tidy counts"))
    parser.add_argument("--out", required=True, type=Path, metavar="OUT.csv")
    parser.add_argument(
        "--mean-si", required=True, type=float, metavar="PERIODS",
        help=_("mean of the serial interval, more than one period of the file"),
    )  # fmt: skip
    parser.add_argument(
        "--std-si", required=True, type=float, metavar="PERIODS",
        help=_("standard deviation of the serial interval"),
    )  # fmt: skip
    parser.add_argument("--window", type=int, default=7, help=_("periods in a window (7)"))
    parser.add_argument("--mean-prior", type=float, default=5.0, help=_("mean of the prior (5)"))
    parser.add_argument("--std-prior", type=float, default=5.0, help=_("its deviation (5)"))
    parser.add_argument(
        "--std-mean-si", type=float, metavar="PERIODS",
        help=_("how uncertain the mean of the serial interval is (0: certain)"),
    )  # fmt: skip
    parser.add_argument(
        "--std-std-si", type=float, metavar="PERIODS",
        help=_("how uncertain its standard deviation is (0: certain)"),
    )  # fmt: skip
    parser.add_argument("--seed", type=int, default=1, help=_("seed of draws (1)"))
    parser.add_argument(
        "--growth-window", type=int, default=14, help=_("periods for the doubling time (14)")
    )
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Estimate and write; 0 when done, 2 when the input or an option cannot be used."""
    try:
        check_out(args.file, args.out)
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
