"""``tuyen score``: forecasts and what came in, one row of scores per forecast out. No database."""

import argparse
import itertools
import math
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from tuyen.cli.csv_files import BadFile, Table, read_table, spare, write_rows
from tuyen.cli.forecasting.sample_files import as_long
from tuyen.cli.terminal import DONE, WRONG, complain, say
from tuyen.cli.terminal import gettext as _
from tuyen.engines.surveillance import scores as engine
from tuyen.kernel.refusal import N_, Refusal

SHARES = (0.5, 0.9, 0.95)
_KINDS = ("quantile", "sample", "nbinom")
_FORECAST = ("output_type", "output_type_id", "value")
_SCORES = ("wis", "spread", "above", "below", "crps", "log_score", "pit_low", "pit_high", "pit",
           *(f"covered_{share * 100:g}" for share in SHARES))  # fmt: skip
_VALUES = ("observation", "count", "disease_cases")
_ALSO = {"date": "target_end_date", "t": "target_end_date", "series": "location"}
"""What a column of tidy counts is called among the task columns of a forecast."""
Floats = NDArray[np.float64]
Task = tuple[str, ...]


class Scored(NamedTuple):
    """The scores of one forecast, by name; what the kind of forecast does not give is absent."""

    task: Task
    observed: float
    scores: dict[str, float]


def run(args: argparse.Namespace) -> int:
    """Score and write; 0 when done, 2 when the input or an option cannot be used."""
    try:
        spare(args.out, [args.file])
        table = as_long(read_table(args.file, (), None))
        for name in _FORECAST:
            if name not in table.columns:
                raise BadFile(
                    N_("{path}: column {name!r} is missing; its header has {columns}"),
                    path=args.file, name=name, columns=", ".join(table.columns),
                )  # fmt: skip
        columns, truth = _truth(table, args.observed)
        by = args.by.split(",") if args.by else []
        for name in by:
            if name not in columns:
                raise BadFile(
                    N_("--by {name}: there is no such task column; expected some of {columns}"),
                    name=name, columns=", ".join(columns),
                )  # fmt: skip
        scored = score(table, columns, truth, np.random.default_rng(args.seed))
        if not scored:
            raise BadFile(
                N_("{path}: no forecast has an observation; compare its task columns"),
                path=args.file,
            )
        if by:
            _write_means(args.out, columns, by, scored, args.baseline)
        else:
            _write_all(args.out, columns, scored)
    except Refusal as error:
        complain(error)
        return WRONG
    _summary(scored, args.out)
    return DONE


def _truth(table: Table, observed: Path | None) -> tuple[list[str], list[float]]:
    """The task columns, and the observation of each row (NaN: none)."""
    expected = _("a number, or nothing where it is not known yet")
    columns = [name for name in table.columns if name not in (*_FORECAST, "observation")]
    if observed is None:
        if "observation" not in table.columns:
            raise BadFile(
                N_("{path} has no column observation; add it or name a file with --observed"),
                path=table.path,
            )
        return columns, table.numbers("observation", expected)
    tasks = list(zip(*(table.columns[name] for name in columns), strict=True))
    return columns, known_values(observed, tuple(columns), tasks, table.path)


def known_values(
    observed: Path, columns: tuple[str, ...], tasks: list[Task], other: Path
) -> list[float]:
    """What came of each task, by the columns that the file of observations shares (NaN: nothing).

    The value stands in ``observation``, ``count`` or ``disease_cases``.
    """
    expected = _("a number, or nothing where it is not known yet")
    came = read_table(observed, (), None)
    value = next((name for name in _VALUES if name in came.columns), None)
    if value is None:
        raise BadFile(
            N_("{path}: column {name!r} is missing; its header has {columns}"),
            path=observed, name="observation", columns=", ".join(came.columns),
        )  # fmt: skip
    names = {
        name: _ALSO[name] if name not in columns and name in _ALSO else name
        for name in came.columns
    }
    names = {name: to for name, to in names.items() if to in columns and name != value}
    if not names:
        raise BadFile(
            N_("{path} shares no task column with {other}; expected some of {columns}"),
            path=observed, other=other, columns=", ".join(columns),
        )  # fmt: skip
    keys = zip(*(came.columns[name] for name in names), strict=True)
    known: dict[Task, float] = {}
    for row, (key, number) in enumerate(zip(keys, came.numbers(value, expected), strict=True)):
        if known.setdefault(key, number) != number and not math.isnan(number):
            raise BadFile(
                N_("{path}, row {row}: {key} has two observations; keep one"),
                path=observed, row=came.lines[row], key=" ".join(key),
            )  # fmt: skip
    places = [columns.index(to) for to in names.values()]
    return [known.get(tuple(task[place] for place in places), math.nan) for task in tasks]


def score(
    table: Table, columns: list[str], truth: list[float], rng: np.random.Generator
) -> list[Scored]:
    """Score every forecast that has an observation, in the order of their first rows."""
    values = table.numbers("value", _("a number"))
    tasks: dict[tuple[Task, str], list[int]] = {}
    keys = zip(*(table.columns[name] for name in columns), strict=True)
    for row, (task, kind) in enumerate(
        zip(keys if columns else ((),) * len(table), table.columns["output_type"], strict=True)
    ):
        if kind in _KINDS:
            tasks.setdefault((task, kind), []).append(row)
        elif kind not in ("mean", "median"):
            raise table.bad(row, "output_type", ", ".join((*_KINDS, "mean", "median")))
    found: dict[Task, Scored] = {}
    batches: dict[tuple[str, tuple[str, ...]], list[tuple[Task, list[int]]]] = {}
    for (task, kind), rows in tasks.items():
        if math.isnan(truth[rows[0]]):
            continue
        found[task] = Scored(task, truth[rows[0]], {})
        if kind != "sample":
            rows.sort(key=lambda row: (_level(table, row, kind), row))
        ids = tuple(table.columns["output_type_id"][row] for row in rows)
        for row, (one, after) in zip(rows, itertools.pairwise(ids), strict=False):
            if one == after:
                raise table.bad(row, "output_type_id", _("each once in a forecast"))
        shape = ids if kind != "sample" else (str(len(ids)),)
        batches.setdefault((kind, shape), []).append((task, rows))
    for (kind, ids), members in batches.items():
        observed = np.array([truth[rows[0]] for _task, rows in members])
        given = np.array([[values[row] for row in rows] for _task, rows in members])
        _check_values(table, kind, given, members)
        columns_of = _scored(kind, ids, observed, given, rng)
        for n, (task, _rows) in enumerate(members):
            for name, column in columns_of.items():
                found[task].scores.setdefault(name, float(column[n]))
    return list(found.values())


def _level(table: Table, row: int, kind: str) -> float:
    text = table.columns["output_type_id"][row]
    if kind == "nbinom":
        if text not in ("mean", "size"):
            raise table.bad(row, "output_type_id", "mean, size")
        return 0.0 if text == "mean" else 1.0
    try:
        level = float(text)
    except ValueError:
        level = math.nan
    if not 0 < level < 1:
        raise table.bad(row, "output_type_id", _("a level between 0 and 1"))
    return level


def _check_values(
    table: Table, kind: str, given: Floats, members: list[tuple[Task, list[int]]]
) -> None:
    wrong = np.isnan(given)
    if kind == "quantile":
        wrong[:, 1:] |= np.diff(given, axis=1) < 0
    if kind == "nbinom":
        if given.shape[1] != 2:
            raise table.bad(members[0][1][0], "output_type_id", "mean, size")
        wrong |= given <= 0
    if wrong.any():
        task, place = np.argwhere(wrong)[0]
        expected = {
            "quantile": _("a number no smaller than at the level below"),
            "sample": _("a number"),
            "nbinom": _("a number above 0"),
        }
        raise table.bad(members[task][1][place], "value", expected[kind])


def _scored(
    kind: str, ids: tuple[str, ...], observed: Floats, given: Floats, rng: np.random.Generator
) -> dict[str, Floats]:
    if kind == "sample":
        low, high = engine.pit_of_sample(observed, given)
        pit = engine.randomised(low, high, rng)
        answer = {"crps": engine.crps_sample(observed, given)}
    elif kind == "nbinom":
        low, high = engine.nb_pit(observed, given[:, 0], given[:, 1])
        pit = engine.randomised(low, high, rng)
        answer = {
            "crps": engine.nb_crps(observed, given[:, 0], given[:, 1]),
            "log_score": engine.nb_log_score(observed, given[:, 0], given[:, 1]),
        }
    else:
        levels = np.array([float(level) for level in ids])
        parts = engine.interval_score(observed, given, levels)
        low, high = engine.pit_of_quantiles(observed, given, levels)
        pit = engine.randomised(low, high, rng)
        answer = {**parts._asdict(), "crps": engine.crps_quantiles(observed, given, levels)}
        for share in SHARES:
            if all(np.isclose(levels, (1 + side * share) / 2).any() for side in (-1, 1)):
                inside = engine.covered(observed, given, levels, share)
                answer[f"covered_{share * 100:g}"] = inside.astype(float)
    return {**answer, "pit_low": low, "pit_high": high, "pit": pit}


def _write_all(out: Path, columns: list[str], scored: list[Scored]) -> None:
    header = (*columns, "observation", *_SCORES)
    write_rows(
        out, header,
        ((*one.task, one.observed, *(one.scores.get(name, "") for name in _SCORES))
         for one in scored),
    )  # fmt: skip


def _write_means(
    out: Path, columns: list[str], by: list[str], scored: list[Scored], baseline: str | None
) -> None:
    places = [columns.index(name) for name in by]
    groups: dict[Task, list[Scored]] = {}
    for one in scored:
        groups.setdefault(tuple(one.task[place] for place in places), []).append(one)
    names = [name for name in _SCORES if not name.startswith("pit")]
    shares = [f"pit_coverage_{share * 100:g}" for share in SHARES]
    relative = ["relative_wis_sum", "relative_wis_geometric"] if baseline else []
    rows = []
    for group, members in groups.items():
        low, high = (
            np.array([_of(one, f"pit_{end}") for one in members]) for end in ("low", "high")
        )
        means: list[float] = [_mean(_of(one, name) for one in members) for name in names]
        means += [engine.coverage(low, high, share) for share in SHARES]
        if baseline:
            means += _relative(columns, members, scored, baseline)
        rows.append((*group, len(members), *means))
    write_rows(out, (*by, "forecasts", *names, *shares, *relative), rows)


def _of(one: Scored, name: str) -> float:
    return one.scores.get(name, math.nan)


def _mean(values: Iterable[float]) -> float:
    known = [value for value in values if not math.isnan(value)]
    return math.fsum(known) / len(known) if known else math.nan


def _relative(
    columns: list[str], members: list[Scored], scored: list[Scored], baseline: str
) -> list[float]:
    """The WIS of these forecasts over the baseline's for the same tasks: sum, geometric mean.

    The geometric mean is taken over series (``location`` or ``series``), of their sums.
    """
    if "model_id" not in columns:
        raise BadFile(N_("--baseline needs a column model_id"))
    place = columns.index("model_id")
    where = next((columns.index(name) for name in ("series", "location") if name in columns), None)
    without = {
        (*one.task[:place], *one.task[place + 1 :]): _of(one, "wis")
        for one in scored
        if one.task[place] == baseline
    }
    if not without:
        raise BadFile(N_("--baseline {name}: no forecast is of this model_id"), name=baseline)
    sums: dict[str, list[float]] = {}
    for one in members:
        other = without.get((*one.task[:place], *one.task[place + 1 :]), math.nan)
        if not math.isnan(other + _of(one, "wis")):
            pair = sums.setdefault("" if where is None else one.task[where], [0.0, 0.0])
            pair[0] += _of(one, "wis")
            pair[1] += other
    ours, theirs = (math.fsum(pair[n] for pair in sums.values()) for n in (0, 1))
    ratios = [math.log(a / b) for a, b in sums.values() if a > 0 and b > 0]
    return [
        ours / theirs if theirs else math.nan,
        math.exp(math.fsum(ratios) / len(ratios)) if ratios else math.nan,
    ]


def _summary(scored: list[Scored], out: Path) -> None:
    if str(out).startswith("/dev/"):  # the answer itself is on the terminal
        return
    low, high = (np.array([_of(one, f"pit_{end}") for one in scored]) for end in ("low", "high"))
    say(
        N_("{count} forecasts scored: mean WIS {wis}, CRPS {crps}, 90 % coverage {share}"),
        count=len(scored),
        wis=f"{_mean(_of(one, 'wis') for one in scored):.4g}",
        crps=f"{_mean(_of(one, 'crps') for one in scored):.4g}",
        share=f"{100 * engine.coverage(low, high, 0.9):.1f} %",
    )
