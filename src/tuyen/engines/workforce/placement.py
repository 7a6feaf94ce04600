"""Who goes where: people who can be spared are assigned to posts that are missing.

As many posts as possible are filled; of all ways to fill so many, the one that costs least. A unit
gives no more people than it can spare.
"""

from itertools import product
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

from tuyen.kernel.refusal import BadInput

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

REASONS = ("nobody", "far", "bound", "taken")
"""Why a post stays empty: nobody of the cadre can be spared anywhere; all are too far; those who are
near are bound by family or a duty term; those who could go fill other posts."""


class People(NamedTuple):
    """People who work somewhere (arrays over people)."""

    unit: Ints  # (n,) where each works
    cadre: Ints  # (n,)
    free: Bools  # (n,) neither family nor a duty term binds them
    cost: Floats  # (n,) what a move of this person costs beside the way, in minutes


class Wanted(NamedTuple):
    """Posts that are missing (arrays over posts)."""

    unit: Ints  # (m,)
    cadre: Ints  # (m,)


class Placed(NamedTuple):
    """``person[k]``: who takes post k, -1 where nobody does; ``why[k]`` then says why, else ""."""

    person: Ints  # (m,)
    why: tuple[str, ...]
    filled: int
    cost: float


def place(people: People, wanted: Wanted, spare: Ints, minutes: Floats, most: float) -> Placed:
    """Return the assignment that fills most posts, at the least cost.

    Parameters
    ----------
    spare : (units, cadres) how many of a cadre a unit can give
    minutes : (units, units) from the unit of a person to that of a post; inf where there is no way
    most : minutes beyond which nobody is sent

    Raises
    ------
    BadInput
        If the arrays do not fit one another.

    Notes
    -----
    A minimum-cost flow of three layers, units, people, posts, written as one assignment: beside the
    posts, each unit and cadre has a seat for everybody it keeps, and those it must keep are worth
    more than any post, a post more than any way. Exact: costs are whole thousandths of a minute.
    Solved by SciPy's modified Jonker-Volgenant (D. F. Crouse, IEEE Trans. Aerosp. Electron. Syst.
    2016; 52: 1679-1696). O((n + m)^3) at worst.

    Examples
    --------
    >>> people = People(np.array([0, 0]), np.array([0, 0]), np.array([True, True]), np.array([0., 5.]))
    >>> wanted = Wanted(np.array([1, 2]), np.array([0, 0]))
    >>> minutes = np.array([[0, 30, 90], [30, 0, 40], [90, 40, 0.]])
    >>> done = place(people, wanted, np.array([[1], [0], [0]]), minutes, 60)
    >>> done.person.tolist(), done.why, done.cost
    ([0, -1], ('', 'far'), 30.0)
    """
    _check(people, wanted, spare, minutes)
    n, m = len(people.unit), len(wanted.unit)
    way, may = _ways(people, wanted, minutes, most)
    if not n or not m or not may.any():
        return _told(np.full(m, -1), people, wanted, spare, minutes, most, way)
    top = int(way[may].max()) + 1
    post = top * (min(n, m) + 1)  # one post more is worth any ways
    keep = post * (m + 1)  # whom a unit must keep is worth all posts
    never = keep * (n + 1)
    costs = np.full((n, m + n), never, np.int64)
    costs[:, :m][may] = way[may] - post
    seat = m
    for key in sorted(set(zip(people.unit.tolist(), people.cadre.tolist(), strict=True))):
        here = np.flatnonzero((people.unit == key[0]) & (people.cadre == key[1]))
        must = max(0, len(here) - max(0, int(spare[key])))
        for number in range(len(here)):
            costs[here, seat] = -keep if number < must else 0
            seat += 1
    rows, columns = linear_sum_assignment(costs)
    found = np.full(m, -1)
    for row, column in zip(rows.tolist(), columns.tolist(), strict=True):
        if column < m and may[row, column]:
            found[column] = row
    return _told(found, people, wanted, spare, minutes, most, way)


def _check(people: People, wanted: Wanted, spare: Ints, minutes: Floats) -> None:
    units, cadres = spare.shape
    if minutes.shape != (units, units) or len({len(part) for part in people}) != 1:
        raise BadInput(
            what=f"minutes {minutes.shape} and people {[len(p) for p in people]} do not fit {units} units"
        )
    for name, part, most in (
        ("unit", people.unit, units), ("unit", wanted.unit, units),
        ("cadre", people.cadre, cadres), ("cadre", wanted.cadre, cadres),
    ):  # fmt: skip
        if part.size and not (part.min() >= 0 and part.max() < most):
            raise BadInput(what=f"there is no {name} {int(part.max())} among {most}")


def _ways(people: People, wanted: Wanted, minutes: Floats, most: float) -> tuple[Ints, Bools]:
    """What each move costs, in thousandths of a minute, and which are possible at all."""
    far = minutes[people.unit][:, wanted.unit]
    may = (
        (people.cadre[:, None] == wanted.cadre[None, :])
        & (people.unit[:, None] != wanted.unit[None, :])
        & people.free[:, None]
        & (far <= most)
        & np.isfinite(far)
    )
    cost = np.where(may, far + people.cost[:, None], 0.0)
    return np.rint(cost * 1000).astype(np.int64), may


def _told(
    found: Ints, people: People, wanted: Wanted, spare: Ints, minutes: Floats, most: float,
    way: Ints,
) -> Placed:  # fmt: skip
    why = tuple(
        "" if found[k] >= 0 else _reason(k, people, wanted, spare, minutes, most)
        for k in range(len(found))
    )
    filled = np.flatnonzero(found >= 0)
    cost = float(sum(int(way[found[k], k]) for k in filled.tolist())) / 1000
    return Placed(found, why, len(filled), cost)


def _reason(
    k: int, people: People, wanted: Wanted, spare: Ints, minutes: Floats, most: float
) -> str:
    same = (people.cadre == wanted.cadre[k]) & (people.unit != wanted.unit[k])
    same &= spare[people.unit, people.cadre] > 0
    if not same.any():
        return "nobody"
    near = same & (minutes[people.unit, wanted.unit[k]] <= most)
    if not near.any():
        return "far"
    return "taken" if (near & people.free).any() else "bound"


def slow(
    people: People, wanted: Wanted, spare: Ints, minutes: Floats, most: float
) -> tuple[int, float]:
    """Return (posts filled, cost) by trying every way: the judge of :func:`place`, for few posts."""
    way, may = _ways(people, wanted, minutes, most)
    best = (0, 0.0)
    options = [[-1, *np.flatnonzero(may[:, k]).tolist()] for k in range(len(wanted.unit))]
    for chosen in product(*options):
        going = [i for i in chosen if i >= 0]
        if len(set(going)) < len(going):
            continue
        given: dict[tuple[int, int], int] = {}
        for i in going:
            key = (int(people.unit[i]), int(people.cadre[i]))
            given[key] = given.get(key, 0) + 1
        if any(count > max(0, spare[key]) for key, count in given.items()):
            continue
        cost = sum(int(way[i, k]) for k, i in enumerate(chosen) if i >= 0) / 1000
        if (-len(going), cost) < (-best[0], best[1]):
            best = (len(going), cost)
    return best
