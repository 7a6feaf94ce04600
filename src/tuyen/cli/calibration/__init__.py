"""``tuyen calibrate | backtest``: alarms that keep a promise, and what a rule would have done.

From files to files, without a database. Only the options stand here: what computes is imported when
a command runs, so that no other command waits for it.
"""

import argparse
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

from tuyen.cli.compiled import keep_compiled
from tuyen.cli.terminal import gettext as _

FORECASTERS = ("ensemble", "nb-ar", "level", "fast-level", "baseline", "ets", "arima")
RULES = ("farrington", "ears-c1", "ears-c2", "ears-c3", "law", "chance")


def add_parsers(commands: Any) -> None:
    """Add the two commands to the command line."""
    _add_calibrate(commands)
    _add_backtest(commands)


def _later(name: str) -> Callable[[argparse.Namespace], int]:
    def run(args: argparse.Namespace) -> int:
        keep_compiled()
        return int(import_module(f"tuyen.cli.calibration.{name}").run(args))

    return run


def _files(parser: argparse.ArgumentParser, plot: str) -> None:
    parser.add_argument("file", type=Path, metavar="FILE.csv", help=_("tidy weekly counts"))
    parser.add_argument("--out", required=True, type=Path, metavar="OUT.csv")
    parser.add_argument("--plot", type=Path, metavar="OUT.svg", help=plot)
    parser.add_argument(
        "--places", type=Path, metavar="PLACES.csv",
        help=_("columns series and, if you like, disease, region, team (default: one of each)"),
    )  # fmt: skip


def _add_calibrate(commands: Any) -> None:
    parser = commands.add_parser(
        "calibrate",
        help=_("alarms that keep a promised share of false ones, or a budget"),
        description=_(
            "Judge the last weeks of tidy counts (series, date or t, count), with chances learnt"
            " from past weeks and from what triage told of them, and ring so that no more than the"
            " share --q of the alarms is false, or at most --budget for each team and week."
        ),
    )
    _files(parser, _("draw the series that ring as well"))
    parser.add_argument(
        "--labels", required=True, type=Path, metavar="LABELS.csv",
        help=_("columns series, date or t: weeks told to be of an outbreak, or (said no) of none"),
    )  # fmt: skip
    how = parser.add_mutually_exclusive_group()
    how.add_argument("--q", type=float, default=0.1, help=_("share of false alarms (0.1)"))
    how.add_argument(
        "--budget", type=int, metavar="K", help=_("at most so many alarms for each team and week")
    )
    parser.add_argument("--weeks", type=int, default=1, help=_("weeks to judge, the last ones (1)"))
    parser.add_argument("--past", type=int, default=104, help=_("weeks to learn from (104)"))
    parser.add_argument(
        "--complete", action="store_true", help=_("the labels tell every outbreak, not some")
    )
    parser.set_defaults(run=_later("calibrate"))


def _add_backtest(commands: Any) -> None:
    parser = commands.add_parser(
        "backtest",
        help=_("what a rule would have done: alarms, outbreaks seen, days lost"),
        description=_(
            "Apply rules to the last weeks of tidy counts (series, date or t, count) and to"
            " outbreaks laid into them, and write sensitivity, alarms and days to detection for"
            " each rule, disease, size of place and threshold."
        ),
    )
    _files(parser, _("draw the operating curves as well"))
    parser.add_argument(
        "--labels", type=Path, metavar="LABELS.csv",
        help=_("columns series, date or t: weeks told to be of an outbreak, or (said no) of none"),
    )  # fmt: skip
    parser.add_argument(
        "--rule", action="append", choices=RULES,
        help=_("may be given several times (farrington); chance needs --labels"),
    )  # fmt: skip
    parser.add_argument(
        "--weeks", type=int, default=52, help=_("weeks to judge, the last ones (52)")
    )
    parser.add_argument(
        "--trials", type=int, default=1, help=_("outbreaks laid into each series (1)")
    )
    parser.add_argument(
        "--sizes", default="4:24", metavar="FROM:TO", help=_("cases of these outbreaks (4:24)")
    )
    parser.add_argument(
        "--thresholds",
        metavar="A,B,...",
        help=_("thresholds to show (default: 40 along the curve)"),
    )
    parser.add_argument(
        "--alarms-per-week", type=float, metavar="X",
        help=_("choose the threshold that rings no more often than this in a stratum"),
    )  # fmt: skip
    parser.add_argument(
        "--sensitivity", type=float, metavar="X",
        help=_("choose the highest threshold that sees this share of the outbreaks laid in"),
    )  # fmt: skip
    parser.add_argument("--seed", type=int, default=1, help=_("seed of draws (1)"))
    parser.add_argument(
        "--reports", type=Path, metavar="REPORTS.csv",
        help=_("columns series, date or t, reported, count: judge each week by what was known then"),
    )  # fmt: skip
    parser.add_argument(
        "--forecast", action="append", choices=FORECASTERS, metavar="MODEL",
        help=_("replay forecasts instead of rules; may be given several times: {models}").format(
            models=", ".join(FORECASTERS)
        ),
    )  # fmt: skip
    parser.add_argument("--horizon", type=int, default=4, help=_("weeks forecast (4)"))
    parser.add_argument(
        "--every", type=int, default=4, help=_("weeks from one forecast to the next (4)")
    )
    parser.set_defaults(run=_later("backtest"))
