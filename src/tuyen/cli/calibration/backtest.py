"""``tuyen backtest``: what rules would have done in the last weeks, at every threshold."""

import argparse
from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from tuyen import rules as law_files
from tuyen.cli.calibration import forecasts
from tuyen.cli.calibration.calibrate import SHORTEST, learnt
from tuyen.cli.calibration.picture import Curve, draw_curves
from tuyen.cli.calibration.reading import Given, read, within
from tuyen.cli.csv_files import BadFile, write_rows
from tuyen.cli.terminal import DONE, WRONG, complain
from tuyen.cli.terminal import gettext as _
from tuyen.engines.surveillance import backtest_rules as made_rules
from tuyen.engines.surveillance.backtest import (
    Performance,
    Rule,
    at,
    choose,
    prepare,
    scored,
    thresholds_of,
)
from tuyen.engines.surveillance.evidence import surroundings
from tuyen.engines.surveillance.farrington_control import Control
from tuyen.engines.surveillance.injection import inject
from tuyen.engines.surveillance.law import Limits
from tuyen.engines.surveillance.same_period import same_period, same_step
from tuyen.kernel.refusal import N_, Refusal

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
SIZES = (0.1, 1.0, 10.0)
MOST_TRIALS = 50_000
NOUFAILY = Control(
    no_periods=10, past_weeks_not_included=26, threshold_method="nbPlugin", alpha=0.01,
    p_threshold_trend=1.0,
)  # fmt: skip
_FIGURES = ("alarms_per_week", "false_rate", "ppv", "ppv_least", "ppv_most", "sensitivity", "at_once", "days",
            "labelled_sensitivity", "labelled_days")  # fmt: skip


class _Tried(NamedTuple):
    """One rule: its figures (s, g), and the threshold in use or chosen in each stratum (s,)."""

    rule: str
    performance: Performance
    chosen: Ints


def run(args: argparse.Namespace) -> int:
    """Try and write; 0 when done, 2 when the input or an option cannot be used."""
    try:
        given = read(args)
        first = given.block.when.size - args.weeks
        low, high = _check(args, first)
        stratum = strata(given, first)
        if args.forecast:
            forecasts.write(given, first, stratum, args)
            return DONE
        tried = [
            _tried(name, given, first, stratum, (low, high), args)
            for name in dict.fromkeys(args.rule or ["farrington"])
        ]
        header = ("rule", "disease", "weekly_cases", "threshold", *_FIGURES, "injected",
                  "labelled", "chosen")  # fmt: skip
        write_rows(args.out, header, _rows(given, tried))
        if args.plot:
            _draw(given, tried, args)
    except Refusal as error:
        complain(error)
        return WRONG
    for note in given.counts.notes:
        complain(note.spoken(_))
    return DONE


def _check(args: argparse.Namespace, first: int) -> tuple[int, int]:
    within("weeks", args.weeks, 8, 520)
    within("trials", args.trials, 1, 1_000)
    if args.alarms_per_week is not None:
        within("alarms-per-week", args.alarms_per_week, 0, 1e9)
    if args.sensitivity is not None:
        within("sensitivity", args.sensitivity, 0, 1)
    if first < SHORTEST:
        raise BadFile(
            N_("{path} has {given} weeks before the judged ones; at least {least} are needed"),
            path=args.file, given=max(first, 0), least=SHORTEST,
        )  # fmt: skip
    ends = args.sizes.split(":")
    if len(ends) != 2 or not all(end.isdecimal() for end in ends) or not (
        1 <= int(ends[0]) <= int(ends[1]) <= 10_000
    ):  # fmt: skip
        raise BadFile(
            N_("--{name} is {given}; expected {expected}"), name="sizes", given=args.sizes,
            expected="FROM:TO, 4:24",
        )  # fmt: skip
    return int(ends[0]), int(ends[1])


def strata(given: Given, first: int) -> Ints:
    """Disease and size of place, by the mean of the weeks before the judged ones."""
    mean = given.cases[:, :first].mean(axis=1)
    return given.disease * len(forecasts.SIZE_NAMES) + np.digitize(mean, SIZES)


def _tried(
    name: str, given: Given, first: int, stratum: Ints, sizes: tuple[int, int],
    args: argparse.Namespace,
) -> _Tried:  # fmt: skip
    rule = _rule(name, given, first)
    rng = np.random.default_rng(args.seed)
    n, m = given.cases.shape
    where = np.repeat(np.arange(n), args.trials)
    if where.size > MOST_TRIALS:
        where = np.sort(rng.choice(where, MOST_TRIALS, replace=False))
    trials = inject(where, first, m - 4, rng, sizes=sizes)
    counts = np.where(given.missing, np.nan, given.cases.astype(np.float64))
    points = np.arange(first, m)
    real, trial = scored(rule, counts, points, trials)
    if given.reports is not None:
        real = made_rules.scored_as_of(rule, given.reports, points, missing=given.missing)
    if (np.isnan(real) | given.missing[:, first:]).all(axis=0).any():
        raise BadFile(
            N_("{rule} cannot judge each of the last {weeks} weeks; give more years before them,"
               " fewer --weeks, or another --rule"),
            rule=name, weeks=args.weeks,
        )  # fmt: skip
    ready = prepare(
        real, stratum, trial, stratum[trials.series], outbreak=given.outbreak[:, first:],
        denied=given.denied[:, first:],
        strata=len(given.diseases) * len(forecasts.SIZE_NAMES),
    )  # fmt: skip
    usual = made_rules.USUAL[name]
    if args.thresholds:
        thresholds = _thresholds(args.thresholds)
    else:
        thresholds = np.unique(np.append(thresholds_of(ready, 40), usual))
    found = at(ready, thresholds)
    if args.alarms_per_week is None and args.sensitivity is None:
        place = np.flatnonzero(thresholds == usual)
        chosen = np.full(len(ready.alarms), place[0] if place.size else -1)
    else:
        chosen = choose(found, alarms_per_week=args.alarms_per_week, sensitivity=args.sensitivity)
    return _Tried(name, found, chosen)


def _rule(name: str, given: Given, first: int) -> Rule:
    if name == "farrington":
        return made_rules.farrington_rule(NOUFAILY)
    if name == "law":
        file = law_files.load("surveillance/thresholds")
        limits = Limits(**{key: file[key]["values"][-1]["value"] for key in Limits._fields})
        if given.counts.dated:
            days = given.block.when.astype("datetime64[D]")
            earlier = same_period(days, "week", limits.look_back_years)
        else:
            earlier = same_step(given.block.when.size, 52, limits.look_back_years)
        return made_rules.law_rule(limits, earlier)
    if name == "chance" and given.reports is not None:
        raise BadFile(
            N_("--rule chance looks at the final counts of neighbours; leave out --reports, or take"
               " another rule")
        )  # fmt: skip
    if name == "chance":
        if not given.outbreak.any():
            raise BadFile(N_("--rule chance needs --labels, from which it learns"))
        made, _rows_of = learnt(given, first, 104, complete=False)
        around = surroundings(given.cases, given.disease, given.region)
        return made_rules.chance_rule(made, given.disease, given.region, around)
    if name == "ears-c1":
        return made_rules.ears_rule("C1")
    return made_rules.ears_rule("C2" if name == "ears-c2" else "C3")


def _thresholds(text: str) -> Floats:
    try:
        return np.unique([float(part) for part in text.split(",")])
    except ValueError:
        raise BadFile(
            N_("--{name} is {given}; expected {expected}"), name="thresholds", given=text,
            expected="1,1.5,2",
        ) from None  # fmt: skip


def _rows(given: Given, tried: list[_Tried]) -> Iterator[tuple[Any, ...]]:
    """Strata without a series are left out."""
    for one in tried:
        found = one.performance
        for stratum in range(found.injected.size):
            if not found.injected[stratum]:
                continue
            disease, size = divmod(stratum, len(forecasts.SIZE_NAMES))
            for g, threshold in enumerate(found.threshold.tolist()):
                yield (
                    one.rule, given.diseases[disease], forecasts.SIZE_NAMES[size], threshold,
                    *(float(getattr(found, name)[stratum, g]) for name in _FIGURES),
                    int(found.injected[stratum]), int(found.labelled[stratum]),
                    "true" if one.chosen[stratum] == g else "false",
                )  # fmt: skip


def _draw(given: Given, tried: list[_Tried], args: argparse.Namespace) -> None:
    curves = []
    for one in tried:
        found = one.performance
        for stratum in np.flatnonzero(found.injected).tolist():
            disease, size = divmod(stratum, len(forecasts.SIZE_NAMES))
            name = " ".join(
                filter(None, (one.rule, given.diseases[disease], forecasts.SIZE_NAMES[size]))
            )
            place = int(one.chosen[stratum])
            curves.append(
                Curve(
                    name, found.alarms_per_week[stratum], found.sensitivity[stratum],
                    place if place >= 0 else None,
                )
            )  # fmt: skip
    draw_curves(args.plot, curves)
