"""``tuyen detect``: tidy counts in, one row per scanned point out. No database.

What computes is imported when the command runs, so that no other command waits for it.
"""

import argparse
from pathlib import Path

from tuyen.cli.terminal import DONE, WRONG, complain
from tuyen.cli.terminal import gettext as _
from tuyen.kernel.refusal import Refusal

METHODS = (
    "bayes", "cusum", "ears-c1", "ears-c2", "ears-c3", "farrington-flexible", "glrnb", "law", "rki",
)  # fmt: skip


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
        "--config",
        metavar="CONTROL.json",
        help=_("a control list with the names of R; of several in one file: CONTROL.json#NAME"),
    )
    parser.add_argument(
        "--plot", type=Path, metavar="OUT.svg", help=_("draw the counts and their bounds as well")
    )
    parser.add_argument(
        "--frequency",
        type=int,
        choices=(12, 52, 365),
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
    parser.add_argument(
        "--exclude", action="append", default=[], metavar="FROM:TO",
        help=_("periods whose counts are no history, both ends included; may be given several times"),
    )  # fmt: skip
    _add_method_options(parser)
    parser.set_defaults(run=run)
    return parser


def _add_method_options(parser: argparse.ArgumentParser) -> None:
    farrington = parser.add_argument_group("farrington-flexible, cusum")
    farrington.add_argument(
        "--mode",
        choices=("corrected", "r_compat"),
        help=_("corrected (default), or r_compat: the answers of R, faults included"),
    )
    farrington.add_argument(
        "--reasons", action="store_true", help=_("a last column: why a point has no answer")
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


def run(args: argparse.Namespace) -> int:
    """Scan and write; 0 when done, 2 when the input or an option cannot be used."""
    from tuyen.cli.csv_files import BadFile
    from tuyen.cli.detect.answer import notes, write
    from tuyen.cli.detect.methods import scan
    from tuyen.cli.detect.options import asked
    from tuyen.cli.detect.picture import draw
    from tuyen.cli.excluding import without
    from tuyen.cli.tidy_counts import BadCounts, read_counts

    try:
        wanted = asked(args)
        counts = without(read_counts(args.file), args.exclude)
        scanned = scan(counts, wanted)
        write(args.out, counts, scanned, wanted)
        if args.plot:
            draw(args.plot, counts, scanned)
    except BadFile as error:  # what could not be written; its code is that of this command
        complain(BadCounts(error.message, **error.values))
        return WRONG
    except Refusal as error:
        complain(error)
        return WRONG
    for note in (*counts.notes, *notes(counts, scanned, wanted)):
        complain(note.spoken(_))
    return DONE
