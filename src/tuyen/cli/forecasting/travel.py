"""Travel times between places, from a file of pairs or a square table."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import shortest_path

from tuyen.cli.csv_files import BadFile, Table, read_table
from tuyen.cli.terminal import gettext as _
from tuyen.kernel.refusal import N_

Floats = NDArray[np.float64]
_LEAST = 1e-9  # minutes between two places at one spot: a sparse table holds no 0


def travel_times(path: Path, names: list[str]) -> Floats:
    """Minutes (places, places) from each place to each; infinite where no way leads.

    The file has columns ``from, to, minutes``, or ``series`` and a column for each place. What is
    given in one direction only holds for both. Two places without a row of their own are as far
    apart as the quickest way over others, so that a file of roads between neighbours is enough.
    """
    table = read_table(path, (), None)
    if "minutes" in table.columns:
        wanted = ("from", "to", "minutes")
        pairs = _pairs(read_table(path, wanted), names)
    elif "series" in table.columns:
        pairs = _square(table, names)
    else:
        raise BadFile(
            N_("{path}: expected columns from, to, minutes; or series and one for each place"),
            path=path,
        )
    both = np.where(np.isfinite(pairs), pairs, pairs.T)
    missing = [name for n, name in enumerate(names) if not (both[n] < np.inf).any()]
    if missing and len(names) > 1:
        raise BadFile(
            N_("{path}: place {name!r} has no travel time to any other; add its rows"),
            path=path, name=missing[0],
        )  # fmt: skip
    sparse = csr_matrix(np.where(np.isfinite(both), np.maximum(both, _LEAST), 0.0))
    minutes = np.asarray(shortest_path(sparse, method="D", directed=True))
    # What is said of a pair stands, even if a way round is quicker: the file knows why.
    minutes = np.where(np.isfinite(both), both, minutes)
    np.fill_diagonal(minutes, 0.0)
    return minutes


def _pairs(table: Table, names: list[str]) -> Floats:
    at = {name: n for n, name in enumerate(names)}
    answer = np.full((len(names), len(names)), np.inf)
    minutes = table.numbers("minutes", _("minutes, 0 or more"), least=0)
    for row, (here, there, value) in enumerate(
        zip(table.columns["from"], table.columns["to"], minutes, strict=True)
    ):
        if here not in at or there not in at or np.isnan(value):
            continue  # a national file serves a province; an empty cell is no way
        if np.isfinite(answer[at[here], at[there]]):
            raise table.bad(row, "to", _("each pair once"))
        answer[at[here], at[there]] = value
    return answer


def _square(table: Table, names: list[str]) -> Floats:
    at = {name: n for n, name in enumerate(names)}
    answer = np.full((len(names), len(names)), np.inf)
    for there in table.columns:
        if there not in at:
            continue
        values = table.numbers(there, _("minutes, 0 or more"), least=0)
        for here, value in zip(table.columns["series"], values, strict=True):
            if here in at and not np.isnan(value) and here != there:
                answer[at[here], at[there]] = value
    return answer
