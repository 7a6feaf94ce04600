"""Which of the rows of a week ring: by the share of false alarms allowed, or by a budget."""

import numpy as np
from numpy.typing import NDArray

from tuyen.kernel.refusal import BadInput

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Ints = NDArray[np.int64]


def by_false_share(chance: Floats, week: Ints, q: float) -> Bools:
    """Ring as often as the expected share of false alarms in each week stays at or below q.

    The rows with the highest chances ring, as many as keep the mean of 1 - chance at or below q:
    the local false discovery rate stepped up (Sun and Cai, JASA 2007; 102: 901-912). O(r log r).

    Examples
    --------
    >>> by_false_share(np.array([0.99, 0.5, 0.85, 0.9]), np.zeros(4, int), 0.1)
    array([ True, False,  True,  True])
    """
    if not 0 < q < 1:
        raise BadInput(what=f"q is {q}; use a number between 0 and 1")
    # The mean rises with the rank, because chances fall: what holds is the beginning.
    return false_share(chance, week) <= q * (1 + 1e-12)


def false_share(chance: Floats, week: Ints) -> Floats:
    """The q-value (r,) of each row: the share of false alarms to be expected if it rings, and with it
    all rows of its week that are at least as likely. O(r log r).

    Examples
    --------
    >>> false_share(np.array([0.8, 1.0]), np.zeros(2, int)).round(3).tolist()
    [0.1, 0.0]
    """
    _check(chance, week)
    rank, order, starts = _ranked(chance, week)
    total = np.cumsum(1.0 - chance[order])
    before = np.concatenate([[0.0], total])[starts]
    answer = np.empty(week.size)
    answer[order] = (total - np.repeat(before, np.diff(np.append(starts, week.size)))) / (rank + 1)
    return answer


def by_budget(chance: Floats, week: Ints, team: Ints, most: int, *, least: float = 0.0) -> Bools:
    """Ring for at most ``most`` rows of each team and week, the likeliest first.

    A row whose chance is below ``least`` does not ring however idle the team. Of equal chances the
    row that stands first rings.
    """
    _check(chance, week)
    if most < 0:
        raise BadInput(what=f"at most {most} alarms; use 0 or more")
    together = np.unique(np.column_stack([week, team]), axis=0, return_inverse=True)[1].ravel()
    rank, order, _ = _ranked(chance, together)
    rings = np.zeros(week.size, np.bool_)
    rings[order] = rank < most
    return rings & (chance >= least)


def missed(chance: Floats, rings: Bools, week: Ints) -> tuple[Ints, Floats, Floats]:
    """Of each week: expected outbreak rows that ring and that do not, from the chances alone.

    Returns the weeks (w,), the expected true alarms (w,) and the expected misses (w,).
    """
    weeks, place = np.unique(week, return_inverse=True)
    seen = np.bincount(place, chance * rings, weeks.size).astype(np.float64)
    return weeks, seen, np.bincount(place, chance * ~rings, weeks.size).astype(np.float64)


def benjamini_hochberg(p: Floats, week: Ints, q: float) -> Bools:
    """Benjamini and Hochberg's step-up in each week; a NaN is not a test. O(r log r)."""
    _check(p, week)
    rings = np.zeros(week.size, np.bool_)
    for one in np.unique(week):
        here = np.flatnonzero((week == one) & ~np.isnan(p))
        order = here[np.argsort(p[here], kind="stable")]
        good = np.flatnonzero(p[order] <= q * np.arange(1, order.size + 1) / max(order.size, 1))
        if good.size:
            rings[order[: good[-1] + 1]] = True
    return rings


def conformal(
    score: Floats, stratum: Ints, past: Floats, past_stratum: Ints, weight: Floats | None = None
) -> Floats:
    """The share (r,) of past quiet rows of the same stratum that score as high or higher.

    ``weight`` (s,) is the chance that a past row was quiet, 1 if left out. The row itself counts as
    one of them, so that no p-value is 0: (1 + sum of weights) / (1 + all weights). A stratum without
    a past has p 1. Source: Bates et al., Ann Stat 2023; 51: 149-178. O((r + s) log s).

    Examples
    --------
    >>> none = np.zeros(4, int)
    >>> conformal(np.array([5.0, 1.0]), none[:2], np.array([1.0, 2, 3, 4]), none).tolist()
    [0.2, 1.0]
    """
    worth = np.ones(past.size) if weight is None else np.asarray(weight, dtype=np.float64)
    answer = np.ones(score.size)
    for one in np.unique(stratum):
        here, there = stratum == one, past_stratum == one
        order = np.argsort(past[there], kind="stable")
        ordered = past[there][order]
        above = np.concatenate([np.cumsum(worth[there][order][::-1])[::-1], [0.0]])
        place = np.searchsorted(ordered, score[here], side="left")
        answer[here] = (1.0 + above[place]) / (1.0 + above[0])
    return answer


def _ranked(value: Floats, group: Ints) -> tuple[Ints, Ints, Ints]:
    """Rank from 0 within its group of each row in the order returned; starts of the groups."""
    order = np.lexsort((np.arange(value.size), -value, group))
    grouped = group[order]
    new = np.ones(grouped.size, np.bool_)
    new[1:] = grouped[1:] != grouped[:-1]
    starts = np.flatnonzero(new)
    sizes = np.diff(np.append(starts, grouped.size))
    return np.arange(grouped.size) - np.repeat(starts, sizes), order, starts


def _check(value: Floats, week: Ints) -> None:
    if value.ndim != 1 or week.shape != value.shape:
        raise BadInput(what=f"rows have shape {value.shape} and weeks {week.shape}; give (r,) each")
