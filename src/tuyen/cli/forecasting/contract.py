"""``tuyen model train | predict | combine``: the CSV contract by which platforms run each other.

A platform calls ``train`` with counts and weather, keeps the file it writes, and calls ``predict``
with that file, the history so far and the weather to come; the answer is draws for each period and
place. ``combine`` does the reverse: the draws of others become one forecast, by what each was worth.
"""

import argparse
import json
from pathlib import Path
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from tuyen.cli.csv_files import BadFile, write_rows, write_text
from tuyen.cli.forecasting.sample_files import (
    Period,
    Tabled,
    covariates,
    read_places,
    tabled,
)
from tuyen.cli.spacing import Kind
from tuyen.cli.terminal import DONE, WRONG, complain, say
from tuyen.cli.terminal import gettext as _
from tuyen.engines.surveillance.autoregression import DAYS, MONTHS, WEEKS, Speeds
from tuyen.engines.surveillance.forecasting import MEMBERS, Model, forecast
from tuyen.engines.surveillance.sampling import draws
from tuyen.engines.surveillance.scores import LEVELS
from tuyen.kernel.refusal import N_, Refusal

_FORM = "tuyen-forecast-model-1"
_SPEEDS: dict[Kind, Speeds] = {"day": DAYS, "week": WEEKS, "month": MONTHS}
_LEARNT_AHEAD = {"day": 14, "week": 4, "month": 3}  # periods over which members are compared
_WORTH = 0.03  # a member of less weight over all places is left out
Floats = NDArray[np.float64]


def train(args: argparse.Namespace) -> int:
    """Compare the models on the training data and write what was learnt; 0, or 2."""
    try:
        if args.model.resolve() == args.train_data.resolve():
            raise BadFile(N_("--out is the input {path}; name another file"), path=args.train_data)
        table, periods = read_places(args.train_data, ("disease_cases",))
        names = covariates(table)
        given = tabled(table, periods, ["disease_cases", *names])
        counts, weather = _known(given, names)
        members: tuple[Model, ...] = MEMBERS if weather is None else (*MEMBERS, "climate")
        found = forecast(
            counts, _LEARNT_AHEAD[given.kind], members=members, weather=weather,
            speeds=_SPEEDS[given.kind],
        )  # fmt: skip
        told = ~np.isnan(found.mean).any(axis=1)
        worth = found.weights[told].mean(axis=0) if told.any() else np.ones(len(members))
        kept = [m for m, share in zip(members, worth, strict=True) if share >= _WORTH]
        model = {
            "form": _FORM, "period": given.kind, "covariates": names, "members": kept,
            "worth": {m: round(float(w), 4) for m, w in zip(members, worth, strict=True)},
            "trained_until": given.first + counts.shape[1] - 1, "locations": given.places,
        }  # fmt: skip
        text = json.dumps(model, ensure_ascii=False, indent=1) + "\n"
        write_text(args.model, lambda file: cast(None, file.write(text)))
    except Refusal as error:
        complain(error)
        return WRONG
    shares = ", ".join(f"{m} {100 * w:.0f} %" for m, w in zip(members, worth, strict=True))
    say(N_("{count} places: {shares}"), count=len(given.places), shares=shares)
    return DONE


def predict(args: argparse.Namespace) -> int:
    """Draw the periods of the future file from the history; 0, or 2."""
    try:
        model = _read_model(args.model)
        table, periods = read_places(args.historic_data, ("disease_cases", *model["covariates"]))
        past = tabled(table, periods, ["disease_cases", *model["covariates"]])
        coming, wanted = read_places(args.future_data)
        _check(args, model, past, coming.columns["location"], wanted)
        counts, weather = _known(past, model["covariates"])
        after = past.first + counts.shape[1]
        horizon = max(one.number for one in wanted) - after + 1
        ahead = None
        if weather is not None:
            known = [name for name in model["covariates"] if name in coming.columns]
            ahead = _ahead(tabled(coming, wanted, known), past.places, model, after, horizon)
        members = tuple(cast(list[Model], model["members"]))
        found = forecast(
            counts, horizon, members=members, weather=weather, future=ahead,
            speeds=_SPEEDS[past.kind],
        )  # fmt: skip
        at = {name: n for n, name in enumerate(past.places)}
        cells = [
            (at[name], one.number - after)
            for name, one in zip(coming.columns["location"], wanted, strict=True)
        ]
        said = np.array([found.quantiles[cell] for cell in cells])
        rng = np.random.default_rng(args.seed)
        drawn = draws(np.nan_to_num(said), LEVELS, args.samples, rng)
        header = ("time_period", "location", *(f"sample_{n}" for n in range(args.samples)))
        tasks = zip(coming.columns["time_period"], coming.columns["location"], strict=True)
        write_rows(
            args.out_file, header,
            ((*task, *row) for task, row in zip(tasks, drawn.astype(int).tolist(), strict=True)),
        )  # fmt: skip
    except Refusal as error:
        complain(error)
        return WRONG
    return DONE


def _known(given: Tabled, names: list[str]) -> tuple[Floats, Floats | None]:
    """Counts (s, m) up to the last period that any place has, and covariates (s, m, c)."""
    counts = given.values["disease_cases"]
    there = np.flatnonzero(~np.isnan(counts).all(axis=0))
    if not there.size:
        raise BadFile(N_("no place has any disease_cases; give counts to learn from"))
    counts = np.round(counts[:, : there[-1] + 1])
    if not names:
        return counts, None
    return counts, np.stack([given.values[name][:, : counts.shape[1]] for name in names], axis=2)


def _ahead(given: Tabled, places: list[str], model: Any, after: int, horizon: int) -> Floats:
    """Covariates (s, horizon, c) of the future file, by the places of the history."""
    answer = np.full((len(places), horizon, len(model["covariates"])), np.nan)
    at = {name: n for n, name in enumerate(places)}
    for c, name in enumerate(model["covariates"]):
        for row, place in enumerate(given.places):
            if name not in given.values:
                continue
            values = given.values[name][row]
            step = given.first - after + np.arange(values.size)
            inside = (step >= 0) & (step < horizon)
            answer[at[place], step[inside], c] = values[inside]
    return answer


def _read_model(path: Path) -> dict[str, Any]:
    try:
        model = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise BadFile(
            N_("{path} cannot be read: {why}; check its name"), path=path, why=error.strerror
        ) from error
    except ValueError:
        model = None
    if not isinstance(model, dict) or model.get("form") != _FORM:
        raise BadFile(N_("{path} is not a model of tuyen model train; train it anew"), path=path)
    return model


def _check(
    args: argparse.Namespace, model: dict[str, Any], past: Tabled, places: list[str],
    wanted: list[Period],
) -> None:  # fmt: skip
    if not 1 <= args.samples <= 100_000:
        raise BadFile(
            N_("--{name} is {given}; expected {expected}"),
            name="samples", given=args.samples, expected=_("1 to 100000"),
        )  # fmt: skip
    for path, kind in ((args.historic_data, past.kind), (args.future_data, wanted[0].kind)):
        if kind != model["period"]:
            raise BadFile(
                N_("{path} has periods of a {kind}; the model was trained on those of a {other}"),
                path=path, kind=kind, other=model["period"],
            )  # fmt: skip
    for name in places:
        if name not in past.places:
            raise BadFile(
                N_("{path}: place {name!r} has no history in {other}"),
                path=args.future_data, name=name, other=args.historic_data,
            )  # fmt: skip
    counts, _weather = _known(past, [])
    last = past.first + counts.shape[1] - 1
    if min(one.number for one in wanted) <= last:
        raise BadFile(
            N_("{path} has periods that {other} has counts of; leave them out of one"),
            path=args.future_data, other=args.historic_data,
        )  # fmt: skip
