"""``tuyen forecast | nowcast | rt | scan | score | model``: from files to files. No database.

Only the options stand here: what computes is imported when a command runs, so that no other command
waits for it.
"""

import argparse
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

from tuyen.cli.compiled import keep_compiled
from tuyen.cli.terminal import gettext as _

FORECAST_MODELS = (
    "ensemble", "nb-ar", "level", "fast-level", "baseline", "ets", "arima", "climate",
    "endemic-epidemic",
)  # fmt: skip
NOWCAST_METHODS = ("chain-ladder", "lawless", "bayes", "bayes-notrunc")
CLUSTER_MODELS = ("poisson", "bernoulli", "expectation", "permutation", "negative-binomial")


def add_parsers(commands: Any) -> None:
    """Add the six commands to the command line."""
    _add_forecast(commands)
    _add_nowcast(commands)
    _add_rt(commands)
    _add_scan(commands)
    _add_score(commands)
    _add_model(commands)


def _later(name: str, what: str = "run") -> Callable[[argparse.Namespace], int]:
    def run(args: argparse.Namespace) -> int:
        keep_compiled()
        return int(getattr(import_module(f"tuyen.cli.forecasting.{name}"), what)(args))

    return run


def _files(parser: argparse.ArgumentParser, what: str, plot: str = "") -> None:
    parser.add_argument("file", type=Path, metavar="FILE.csv", help=what)
    parser.add_argument("--out", required=True, type=Path, metavar="OUT.csv")
    if plot:
        parser.add_argument("--plot", type=Path, metavar="OUT.svg", help=plot)


def _seed(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--seed", type=int, default=1, help=_("seed of draws (1)"))


def _add_forecast(commands: Any) -> None:
    parser = commands.add_parser(
        "forecast",
        help=_("forecast tidy counts as quantiles"),
        description=_(
            "Forecast the next periods of tidy counts (series, date or t, count) as 23 quantiles in"
            " hubverse columns."
        ),
    )
    _files(parser, _("tidy counts"), _("draw the counts and their forecasts as well"))
    parser.add_argument(
        "--horizon", required=True, type=int, metavar="H", help=_("periods ahead, from 1")
    )
    parser.add_argument("--model", choices=FORECAST_MODELS, default="ensemble")
    parser.add_argument(
        "--members", metavar="MODELS",
        help=_("ensemble: its members, with commas between (default: the fast ones)"),
    )  # fmt: skip
    parser.add_argument(
        "--covariates", type=Path, metavar="WEATHER.csv",
        help=_("columns date or t, if you like series, and one for each covariate, as measured"),
    )  # fmt: skip
    parser.add_argument(
        "--future-covariates", type=Path, metavar="AHEAD.csv",
        help=_("the same columns and issued, the day when this weather was forecast"
               " (default: what is usual at that time of the year)"),
    )  # fmt: skip
    parser.add_argument(
        "--exclude", action="append", default=[], metavar="FROM:TO",
        help=_("periods whose counts are no history, both ends included; may be given several times"),
    )  # fmt: skip
    parser.add_argument(
        "--origin", metavar="DATE|T",
        help=_("the last period to be known (default: the last of the file)"),
    )  # fmt: skip
    parser.add_argument(
        "--frequency", type=int, choices=(12, 52, 365),
        help=_("periods in a year: 52 (default for t), 12 or 365; dates show it by themselves"),
    )  # fmt: skip
    parser.add_argument(
        "--hierarchy", type=Path, metavar="PARENTS.csv",
        help=_("columns series, parent: forecasts of a parent and its children add up"),
    )  # fmt: skip
    parser.add_argument(
        "--neighbours", type=Path, metavar="PAIRS.csv",
        help=_("endemic-epidemic: columns from, to and, if you like, weight"),
    )  # fmt: skip
    parser.add_argument(
        "--population", type=Path, metavar="PEOPLE.csv",
        help=_("endemic-epidemic: columns series, population (default: all alike)"),
    )  # fmt: skip
    parser.set_defaults(run=_later("forecast"))


def _add_nowcast(commands: Any) -> None:
    parser = commands.add_parser(
        "nowcast",
        help=_("complete the last days, whose cases are not all reported yet"),
        description=_(
            "Estimate the final counts of the last periods from onset and report dates (columns"
            " onset, report and, if you like, series, count)."
        ),
    )
    _files(parser, _("onset and report dates"), _("draw what is reported and expected as well"))
    parser.add_argument(
        "--as-of", metavar="DATE",
        help=_("use only what had been reported by this day (default: the last report)"),
    )  # fmt: skip
    parser.add_argument("--method", choices=NOWCAST_METHODS, default="chain-ladder")
    parser.add_argument("--period", choices=("day", "week"), default="day")
    parser.add_argument(
        "--max-delay", type=int, default=15, help=_("longest delay, in periods (15)")
    )
    parser.add_argument(
        "--last", type=int, help=_("periods to write (default: those that can still change)")
    )
    parser.add_argument(
        "--no-weekday", action="store_true", help=_("chain-ladder: no weekdays of reporting")
    )
    parser.add_argument(
        "--r-compat", action="store_true", help=_("lawless: the quantiles of R's surveillance")
    )
    _seed(parser)
    parser.add_argument(
        "--hubverse", action="store_true", help=_("write model output in hubverse columns")
    )
    parser.set_defaults(run=_later("nowcast"))


def _add_rt(commands: Any) -> None:
    parser = commands.add_parser(
        "rt",
        help=_("reproduction number and doubling time of tidy counts"),
        description=_(
            "Estimate the effective reproduction number over sliding windows (Cori 2013) and the"
            " doubling time, from tidy counts (series, date or t, count)."
        ),
    )
    _files(parser, _("tidy counts"), _("draw the reproduction number as well"))
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
    _seed(parser)
    parser.add_argument(
        "--growth-window", type=int, default=14, help=_("periods for the doubling time (14)")
    )
    parser.set_defaults(run=_later("rt"))


def _add_scan(commands: Any) -> None:
    parser = commands.add_parser(
        "scan",
        aliases=["clusters"],
        help=_("find circles of places with too many cases lately"),
        description=_(
            "Scan counts of places (series, x and y or latitude and longitude, count; date or t,"
            " population, baseline) for clusters in space and time."
        ),
    )
    # Who still has the night under this name is told its new one, so no argument is asked for here.
    parser.add_argument(
        "file", type=Path, nargs="?", metavar="FILE.csv", help=_("counts of places")
    )
    parser.add_argument("--out", type=Path, metavar="OUT.csv")
    parser.add_argument(
        "--plot", type=Path, metavar="OUT.svg", help=_("draw the places and clusters as well")
    )
    for option in ("--on", "--home"):
        parser.add_argument(option, help=argparse.SUPPRESS)
    parser.add_argument("--model", choices=CLUSTER_MODELS, default="poisson")
    parser.add_argument(
        "--durations", type=int, metavar="PERIODS",
        help=_("longest cluster, in periods up to the last (default: all)"),
    )  # fmt: skip
    parser.add_argument("--nearest", type=int, metavar="K", help=_("places in a circle at most"))
    parser.add_argument("--radius", type=float, metavar="KM", help=_("largest radius of a circle"))
    parser.add_argument(
        "--travel-times", type=Path, metavar="TIMES.csv",
        help=_("zones by travel instead of circles: columns from, to, minutes; or series and a"
               " column for each place"),
    )  # fmt: skip
    parser.add_argument("--minutes", type=float, help=_("longest travel from the centre of a zone"))
    parser.add_argument(
        "--share", type=float, help=_("largest share of the population in a circle (0.5)")
    )
    parser.add_argument(
        "--size", type=float,
        help=_("negative-binomial: variance is mean + mean squared / size (infinite)"),
    )  # fmt: skip
    parser.add_argument(
        "--replicates", type=int, default=999, help=_("data sets drawn for p-values (999)")
    )
    parser.add_argument(
        "--hopeless", type=int, metavar="N",
        help=_("stop drawing when N replicates beat the best cluster"),
    )  # fmt: skip
    parser.add_argument("--most", type=int, default=10, help=_("clusters written at most (10)"))
    _seed(parser)
    parser.set_defaults(run=_later("scan"))


def _add_score(commands: Any) -> None:
    parser = commands.add_parser(
        "score",
        help=_("score forecasts against what came"),
        description=_(
            "Score forecasts in hubverse columns (task columns, output_type, output_type_id,"
            " value) against what came, and write one row per forecast."
        ),
    )
    _files(parser, _("forecasts"))
    parser.add_argument(
        "--observed", type=Path, metavar="OBSERVED.csv",
        help=_("what came: task columns shared with FILE, and observation or count"
               " (default: column observation of FILE)"),
    )  # fmt: skip
    parser.add_argument(
        "--by", metavar="COLUMNS", help=_("mean scores by these columns, with commas between")
    )
    parser.add_argument(
        "--baseline", metavar="MODEL",
        help=_("with --by model_id: relative WIS against this model, by sum and geometric mean"),
    )  # fmt: skip
    _seed(parser)
    parser.set_defaults(run=_later("score"))


def _add_model(commands: Any) -> None:
    parser = commands.add_parser(
        "model",
        help=_("train and run a model for another platform, or combine the models of others"),
        description=_(
            "The CSV contract of forecasting platforms: time_period, location, disease_cases and"
            " weather in, draws (sample_0, sample_1 ...) out."
        ),
    )
    kinds = parser.add_subparsers(dest="kind", metavar="KIND", required=True)
    train = kinds.add_parser("train", help=_("compare the models on training data"))
    train.add_argument("train_data", type=Path, metavar="TRAIN.csv")
    train.add_argument("model", type=Path, metavar="MODEL", help=_("file to write"))
    train.set_defaults(run=_later("contract", "train"))
    predict = kinds.add_parser("predict", help=_("draw the periods to come"))
    predict.add_argument("model", type=Path, metavar="MODEL", help=_("file of train"))
    predict.add_argument("historic_data", type=Path, metavar="HISTORIC.csv")
    predict.add_argument("future_data", type=Path, metavar="FUTURE.csv")
    predict.add_argument("out_file", type=Path, metavar="OUT.csv")
    predict.add_argument("--samples", type=int, default=1000, help=_("draws (1000)"))
    _seed(predict)
    predict.set_defaults(run=_later("contract", "predict"))
    combine = kinds.add_parser("combine", help=_("one forecast from those of several models"))
    combine.add_argument(
        "files", type=Path, nargs="+", metavar="FILE.csv", help=_("draws, or hubverse columns")
    )
    combine.add_argument(
        "--observed", type=Path, metavar="OBSERVED.csv",
        help=_("what came: it decides how much each model counts (default: all alike)"),
    )  # fmt: skip
    combine.add_argument("--out", required=True, type=Path, metavar="OUT.csv")
    combine.set_defaults(run=_later("combining"))
