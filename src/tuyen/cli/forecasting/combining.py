"""``tuyen model combine``: forecasts of several models in, one out, by what each was worth."""

import argparse
import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from tuyen.cli.csv_files import BadFile, read_table, write_rows
from tuyen.cli.forecasting.sample_files import as_long
from tuyen.cli.forecasting.score import known_values
from tuyen.cli.terminal import DONE, WRONG, complain, say
from tuyen.cli.terminal import gettext as _
from tuyen.engines.surveillance.ensemble import combined, weights
from tuyen.engines.surveillance.sampling import quantiles_of
from tuyen.engines.surveillance.scores import LEVELS
from tuyen.kernel.refusal import N_, Refusal

Floats = NDArray[np.float64]
Task = tuple[str, ...]
_OUTPUT = ("output_type", "output_type_id", "value", "observation")


class _Model(NamedTuple):
    """What one model said, as quantiles (k,) by task."""

    name: str
    columns: tuple[str, ...]
    said: dict[Task, Floats]


def run(args: argparse.Namespace) -> int:
    """Combine and write; 0 when done, 2 when the input cannot be used."""
    try:
        for path in args.files:
            if path.resolve() == args.out.resolve():
                raise BadFile(N_("--out is the input {path}; name another file"), path=path)
        models = [model for path in args.files for model in _models(path)]
        columns = models[0].columns
        for path, model in zip(args.files, models, strict=False):
            if set(model.columns) != set(columns):
                raise BadFile(
                    N_("{path} has task columns {columns}; the others have {other}"),
                    path=path, columns=", ".join(model.columns), other=", ".join(columns),
                )  # fmt: skip
        tasks = [task for task in models[0].said if all(task in m.said for m in models)]
        if not tasks:
            raise BadFile(N_("the files share no forecast; compare their task columns"))
        truth = dict.fromkeys(tasks, math.nan)
        if args.observed is not None:
            truth = dict(
                zip(tasks, known_values(args.observed, columns, tasks, args.files[0]), strict=True)
            )
        weight = _weights(models, columns, tasks, truth)
        write_rows(args.out, ("model_id", *columns, "output_type", "output_type_id", "value"),
                   _rows(models, columns, tasks, truth, weight))  # fmt: skip
    except Refusal as error:
        complain(error)
        return WRONG
    mean = np.mean(list(weight.values()), axis=0)
    shares = ", ".join(f"{m.name} {100 * w:.0f} %" for m, w in zip(models, mean, strict=True))
    say(N_("{count} places: {shares}"), count=len(weight), shares=shares)
    return DONE


def _models(path: Path) -> list[_Model]:
    """The models of a file: draws, or quantiles in hubverse columns."""
    table = as_long(read_table(path, (), None))
    if "output_type" not in table.columns or "value" not in table.columns:
        raise BadFile(
            N_("{path} holds no forecasts; expected columns sample_0, sample_1 ... or those of"
               " hubverse"), path=path,
        )  # fmt: skip
    columns = tuple(n for n in table.columns if n not in (*_OUTPUT, "model_id"))
    values = table.numbers("value", _("a number"))
    ids = table.columns.get("model_id", [path.stem] * len(table))
    keys = list(zip(*(table.columns[name] for name in columns), strict=True))
    found: dict[str, dict[Task, list[tuple[float, float]]]] = {}
    kinds: dict[tuple[str, Task], str] = {}
    for row, (model, task, kind) in enumerate(
        zip(ids, keys, table.columns["output_type"], strict=True)
    ):
        if kind in ("mean", "median"):
            continue
        if kind not in ("sample", "quantile") or kinds.setdefault((model, task), kind) != kind:
            raise table.bad(row, "output_type", "sample, quantile")
        level = 0.0
        if kind == "quantile":
            try:
                level = float(table.columns["output_type_id"][row])
            except ValueError:
                raise table.bad(row, "output_type_id", _("a level between 0 and 1")) from None
        found.setdefault(model, {}).setdefault(task, []).append((level, values[row]))
    return [
        _Model(name, columns, {task: _said(kinds[name, task], rows) for task, rows in said.items()})
        for name, said in found.items()
    ]


def _said(kind: str, rows: list[tuple[float, float]]) -> Floats:
    if kind == "sample":
        return np.asarray(quantiles_of(np.array([[value for _l, value in rows]]), LEVELS)[0])
    level, value = np.array(sorted(rows)).T
    return np.interp(LEVELS, level, np.maximum.accumulate(value))


def _weights(
    models: list[_Model], columns: tuple[str, ...], tasks: list[Task], truth: dict[Task, float]
) -> dict[str, Floats]:
    """Weight (m,) of each model in each place, from the forecasts whose outcome is known."""
    mine: dict[str, list[Task]] = {}
    for task in tasks:
        past = mine.setdefault(_place(columns, task), [])
        if not math.isnan(truth[task]):
            past.append(task)
    longest = max(1, *(len(past) for past in mine.values()))
    observed = np.full((len(mine), longest), np.nan)
    members = np.zeros((len(mine), len(models), longest, LEVELS.size))
    for row, past in enumerate(mine.values()):
        for n, task in enumerate(past):
            observed[row, n] = truth[task]
            members[row, :, n] = [model.said[task] for model in models]
    return dict(zip(mine, weights(observed, members, LEVELS), strict=True))


def _place(columns: tuple[str, ...], task: Task) -> str:
    return next((task[columns.index(n)] for n in ("location", "series") if n in columns), "")


def _rows(
    models: list[_Model], columns: tuple[str, ...], tasks: list[Task], truth: dict[Task, float],
    weight: dict[str, Floats],
) -> Iterator[tuple[Any, ...]]:  # fmt: skip
    """The forecasts whose outcome is not known; all of them where none is left."""
    open_tasks = [task for task in tasks if math.isnan(truth[task])] or tasks
    for task in open_tasks:
        said = np.array([[[model.said[task]] for model in models]])
        one = combined(said, weight[_place(columns, task)][None])[0, 0]
        for level, value in zip(LEVELS, one.tolist(), strict=True):
            yield ("ensemble", *task, "quantile", f"{level:g}", int(value))
