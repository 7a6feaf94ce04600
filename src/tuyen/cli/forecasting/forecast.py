"""``tuyen forecast``: tidy counts in, quantile forecasts in hubverse columns out. No database."""

import argparse
import datetime
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from tuyen.cli.csv_files import BadFile, read_table, spare, write_rows
from tuyen.cli.excluding import without
from tuyen.cli.forecasting.picture import Panel, draw_panels
from tuyen.cli.forecasting.weather import placed, read_weather
from tuyen.cli.spacing import Block, Kind, blocks, later
from tuyen.cli.terminal import DONE, WRONG, complain
from tuyen.cli.terminal import gettext as _
from tuyen.cli.tidy_counts import Counts, Mended, read_counts, shown
from tuyen.engines.surveillance.autoregression import DAYS, MONTHS, WEEKS, Speeds
from tuyen.engines.surveillance.count_quantiles import nb_quantiles
from tuyen.engines.surveillance.endemic import Areas, endemic_forecast, fit_endemic
from tuyen.engines.surveillance.forecasting import MODELS, Forecast, Model, forecast
from tuyen.engines.surveillance.reconcile import reconcile, rescaled
from tuyen.engines.surveillance.scores import LEVELS
from tuyen.kernel.refusal import N_, Refusal

COLUMNS = ("model_id", "reference_date", "target", "horizon", "location", "target_end_date",
           "output_type", "output_type_id", "value")  # fmt: skip
_TARGETS: dict[Kind, str] = {
    "day": "day ahead cases", "week": "wk ahead cases", "month": "month ahead cases",
    "step": "step ahead cases",
}  # fmt: skip
_FREQUENCIES: dict[int, Speeds] = {52: WEEKS._replace(year=52.0), 12: MONTHS, 365: DAYS}
_SPEEDS: dict[Kind, Speeds] = {"day": DAYS, "week": WEEKS, "month": MONTHS}
Floats = NDArray[np.float64]


class _Made(NamedTuple):
    """The forecasts of one block, by place of the series in the file."""

    block: Block
    quantiles: Floats  # (s, h, k)
    mean: Floats  # (s, h)


def run(args: argparse.Namespace) -> int:
    """Forecast and write; 0 when done, 2 when the input or an option cannot be used."""
    try:
        spare(args.out, [args.file])
        if not 1 <= args.horizon <= 520:
            raise BadFile(
                N_("--{name} is {given}; expected {expected}"),
                name="horizon", given=args.horizon, expected=_("1 to 520"),
            )  # fmt: skip
        counts = _known(without(read_counts(args.file), args.exclude), args.origin)
        parts = blocks(counts, args.frequency)
        if args.hierarchy:
            counts, parts = _with_parents(counts, parts, args.hierarchy)
        made = [_made(counts, part, args) for part in parts]
        if args.hierarchy:
            made = _added_up(counts, made, args.hierarchy)
        write_rows(args.out, COLUMNS, _rows(counts, made, args.model))
        if args.plot:
            _draw(counts, made, args)
    except Refusal as error:
        complain(error)
        return WRONG
    for note in (*counts.notes, *_silent(counts, made)):
        complain(note.spoken(_))
    return DONE


def _known(counts: Counts, origin: str | None) -> Counts:
    """The counts as of the origin: later rows are left out before anything looks at them."""
    if origin is None:
        return counts
    try:
        last = (
            datetime.date.fromisoformat(origin).toordinal() - datetime.date(1970, 1, 1).toordinal()
            if counts.dated
            else int(origin)
        )
    except ValueError:
        raise BadFile(
            N_("--{name} is {given}; expected {expected}"),
            name="origin", given=origin,
            expected=_("year-month-day, such as 2026-02-09") if counts.dated else _("a period t"),
        ) from None  # fmt: skip
    keep = counts.when <= last
    if not keep.any():
        raise BadFile(
            N_("--origin {given}: {path} has no period so early; give a later one"),
            given=origin, path=counts.path,
        )  # fmt: skip
    sizes = [
        int(keep[first:last].sum())
        for first, last in zip(counts.starts[:-1], counts.starts[1:], strict=True)
    ]
    there = [place for place, size in enumerate(sizes) if size]
    return Counts(
        path=counts.path,
        names=tuple(counts.names[place] for place in there),
        dated=counts.dated,
        starts=np.concatenate([[0], np.cumsum([sizes[place] for place in there])]).astype(np.int64),
        when=counts.when[keep],
        count=counts.count[keep],
        line=counts.line[keep],
        notes=(),
    )


def _parents(path: Path, names: tuple[str, ...]) -> dict[str, str]:
    """Parent by child, for the series of the file; two levels, no more."""
    table = read_table(path, ("series", "parent"))
    of: dict[str, str] = {}
    for row, (child, parent) in enumerate(
        zip(table.columns["series"], table.columns["parent"], strict=True)
    ):
        if child == parent or of.setdefault(child, parent) != parent:
            raise table.bad(row, "parent", _("one parent for each series, not itself"))
    for row, parent in enumerate(table.columns["parent"]):
        if parent in of:
            raise table.bad(row, "parent", _("a series without a parent: there are two levels"))
    of = {child: parent for child, parent in of.items() if child in names}
    if not of:
        raise BadFile(N_("{path} names no series of the file"), path=path)
    return of


def _with_parents(
    counts: Counts, parts: list[Block], hierarchy: Path
) -> tuple[Counts, list[Block]]:
    """Add each parent that the file lacks, as the sum of its children."""
    of = _parents(hierarchy, counts.names)
    names, added = list(counts.names), []
    place = {name: n for n, name in enumerate(names)}
    at = {int(series): (part, row) for part in parts for row, series in enumerate(part.series)}
    for parent in dict.fromkeys(of.values()):
        if parent in place:
            continue
        mine = [at[place[child]] for child, its in of.items() if its == parent]
        first = mine[0][0]
        if any(part is not first for part, _row in mine):
            raise BadFile(
                N_("{path}: the children of {name!r} have different periods; give them the same"),
                path=hierarchy, name=parent,
            )  # fmt: skip
        total = first.count[[row for _part, row in mine]].sum(axis=0)
        added.append(Block(first.kind, np.array([len(names)]), first.when, total[None]))
        names.append(parent)
    return Counts(**{**vars(counts), "names": tuple(names)}), [*parts, *added]


def _made(counts: Counts, block: Block, args: argparse.Namespace) -> _Made:
    if args.model == "endemic-epidemic":
        return _made_together(counts, block, args)
    undated = block.kind == "step"
    speeds = _FREQUENCIES[args.frequency or 52] if undated else _SPEEDS[block.kind]
    weather = future = None
    if args.covariates is not None:
        known = read_weather(args.covariates, args.future_covariates, counts)
        weather, future = placed(known, counts, block, args.horizon, args.covariates)
    elif args.model == "climate" or args.future_covariates is not None:
        raise BadFile(N_("--model climate needs --covariates, a file of weather"))
    members = None if args.members is None else chosen_members(args.members)
    found: Forecast = forecast(
        block.count, args.horizon, args.model, speeds=speeds, members=members, weather=weather,
        future=future, workers=os.cpu_count() or 1,
    )  # fmt: skip
    return _Made(block, found.quantiles, found.mean)


def chosen_members(text: str) -> tuple[Model, ...]:
    """Members of the ensemble from words with commas between."""
    words: dict[str, Model] = {word: word for word in MODELS[1:]}
    named = [name.strip() for name in text.split(",")]
    for name in named:
        if name not in words:
            raise BadFile(
                N_("--{name} is {given}; expected {expected}"),
                name="members", given=name, expected=", ".join(words),
            )  # fmt: skip
    return tuple(dict.fromkeys(words[name] for name in named))


def _made_together(counts: Counts, block: Block, args: argparse.Namespace) -> _Made:
    """Fit the areas of one block together: each depends on its neighbours."""
    names = [counts.names[series] for series in block.series.tolist()]
    place = {name: n for n, name in enumerate(names)}
    if args.neighbours is None:
        raise BadFile(N_("--model endemic-epidemic needs --neighbours, a file of pairs"))
    weights = np.zeros((len(names), len(names)))
    pairs = read_table(args.neighbours, ("from", "to"), ("weight",))
    heavy = [1.0] * len(pairs)
    if "weight" in pairs.columns:
        heavy = pairs.numbers("weight", _("0 or more"), least=0)
    for there, here, weight in zip(pairs.columns["from"], pairs.columns["to"], heavy, strict=True):
        if there in place and here in place:
            weights[place[there], place[here]] = weight
    people = np.ones(len(names))
    if args.population is not None:
        table = read_table(args.population, ("series", "population"))
        of = dict(zip(table.columns["series"],
                      table.numbers("population", _("0 or more"), least=0), strict=True))  # fmt: skip
        for name in names:
            if name not in of:
                raise BadFile(
                    N_("{path}: series {name!r} has no population; add its row"),
                    path=args.population, name=name,
                )  # fmt: skip
        people = np.array([of[name] for name in names])
    season = {"day": 365.0, "week": 52.0, "month": 12.0}.get(block.kind, args.frequency or 52.0)
    areas = Areas(block.count.T, people / people.sum(), weights, season)
    mean, size = endemic_forecast(areas, fit_endemic(areas), args.horizon)
    flat = nb_quantiles(mean.ravel(), size.ravel(), LEVELS)
    return _Made(block, flat.reshape(*mean.shape, LEVELS.size), mean)


def _added_up(counts: Counts, made: list[_Made], hierarchy: Path) -> list[_Made]:
    """Reconcile every parent with its children; a family with a silent member stays as it is."""
    of = _parents(hierarchy, counts.names)
    place = {name: n for n, name in enumerate(counts.names)}
    at = {int(s): (m, row) for m, one in enumerate(made) for row, s in enumerate(one.block.series)}
    answer = [_Made(one.block, one.quantiles.copy(), one.mean.copy()) for one in made]
    low, high = (int(np.abs(LEVELS - level).argmin()) for level in (0.25, 0.75))
    for parent in dict.fromkeys(of.values()):
        family = [at[place[name]] for name in (parent, *(c for c in of if of[c] == parent))]
        mean = np.array([made[m].mean[row] for m, row in family])
        quantiles = np.array([made[m].quantiles[row] for m, row in family])
        if np.isnan(mean).any():
            continue
        # The middle half of a normal distribution is 1.35 deviations wide; sparse counts, whose
        # middle half is one number, vary about as their mean.
        spread = np.maximum(((quantiles[..., high] - quantiles[..., low]) / 1.349) ** 2, mean)
        sums = reconcile(
            mean[:1], mean[1:], spread[:1], spread[1:], np.zeros(len(family) - 1, dtype=np.int64)
        )
        moved = np.concatenate([sums.parents, sums.children])
        stretched = rescaled(quantiles, mean, moved)
        for n, (m, row) in enumerate(family):
            answer[m].mean[row], answer[m].quantiles[row] = moved[n], stretched[n]
    return answer


def _rows(counts: Counts, made: list[_Made], model: str) -> Iterator[tuple[Any, ...]]:
    at = {int(s): (one, row) for one in made for row, s in enumerate(one.block.series)}
    levels = [f"{level:g}" for level in LEVELS]
    for place, name in enumerate(counts.names):
        one, row = at[place]
        origin = shown(int(one.block.when[-1]), counts.dated)
        for h in range(one.mean.shape[1]):
            if np.isnan(one.mean[row, h]):
                continue
            date = shown(later(one.block, h + 1), counts.dated)
            head = (model, origin, _TARGETS[one.block.kind], h + 1, name, date)
            yield (*head, "mean", "", float(one.mean[row, h]))
            for level, value in zip(levels, one.quantiles[row, h].tolist(), strict=True):
                yield (*head, "quantile", level, int(value))


def _draw(counts: Counts, made: list[_Made], args: argparse.Namespace) -> None:
    """Two years of counts, then the middle half and nine tenths of the forecast."""
    low, quarter, half, three, high = (
        int(np.abs(LEVELS - level).argmin()) for level in (0.05, 0.25, 0.5, 0.75, 0.95)
    )
    panels = []
    for one in made:
        for row, series in enumerate(one.block.series.tolist()):
            known = one.block.count[row, -104:]
            gap = np.full(known.size, np.nan)
            after = [np.concatenate([gap, one.quantiles[row, :, q]]) for q in
                     (low, quarter, half, three, high)]  # fmt: skip
            bars = np.concatenate([known, np.full(one.mean.shape[1], np.nan)])
            first = shown(int(one.block.when[-known.size]), counts.dated)
            last = shown(later(one.block, one.mean.shape[1]), counts.dated)
            panels.append(
                (series, Panel(counts.names[series], first, last, bars, after[2],
                               (after[1], after[3]), (after[0], after[4])))
            )  # fmt: skip
    panels.sort(key=lambda pair: pair[0])
    draw_panels(args.plot, N_("Forecasts of {drawn} of {all} series"), _LEGEND,
                [panel for _series, panel in panels])  # fmt: skip


_LEGEND = N_("Bar: count. Line: median. Dark band: middle half. Light band: nine tenths.")


def _silent(counts: Counts, made: list[_Made]) -> list[Mended]:
    none = [
        counts.names[int(series)]
        for one in made
        for row, series in enumerate(one.block.series)
        if np.isnan(one.mean[row]).any()
    ]
    if not none:
        return []
    sentence = N_("{path}: {count} series without any count, such as {name!r}, have no forecast")
    return [Mended(sentence, path=counts.path, count=len(none), name=none[0])]
