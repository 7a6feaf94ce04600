"""Which stations remain when communes merge, and which become satellite points of them."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from tuyen.kernel.refusal import BadInput

CRITERIA = ("central", "transport", "density", "infrastructure", "staff")

_KM_PER_DEGREE = 111.195


class Merged(NamedTuple):
    """The stations of one new commune: which is the main one, which are its satellite points."""

    commune: str
    main: str | None  # the former commune whose station stays; None: no station at all
    points: tuple[str, ...]  # former communes whose stations become points, best first
    scores: dict[str, float]  # of every station in it, 0 to 100


def merge_stations(
    former: Sequence[str],
    successor: Sequence[str],
    communes: Sequence[str],
    lonlat: ArrayLike,
    population: ArrayLike | None = None,
    measures: Mapping[str, ArrayLike] | None = None,
    weights: Mapping[str, float] | None = None,
) -> list[Merged]:
    """One main station for each new commune; every other station in it becomes a point of it.

    Each former commune had one station. The main one is chosen by the five criteria of the
    provincial decision: central place, convenient transport, population density, standard
    infrastructure, qualified staff. A score is the weighted mean of the criteria known for every
    station of the commune, each scaled from 0 (worst there) to 100 (best there). Ties go to the
    larger population, then to the first key.

    Parameters
    ----------
    former : (n,)
        Keys of the former communes (of their stations).
    successor : (n,)
        Key of the (main) new commune of each.
    communes
        Keys of all new communes; one without any station is reported with ``main=None``.
    lonlat : (n, 2) degrees
        NaN where unknown: "central" is then left out for that commune.
    population : (n,), optional
        Weighs the central place and breaks ties.
    measures
        More criteria, larger is better: any of ``transport``, ``density``, ``infrastructure``,
        ``staff``, (n,) each with NaN where unknown. "central" is computed here: the mean distance
        of the people of the new commune to the station, smaller is better.
    weights
        Of the criteria; 1 each by default.

    Raises
    ------
    BadInput
        If lengths differ, a successor is not among the communes, or a criterion is not known.
    """
    n = len(former)
    at = np.asarray(lonlat, np.float64)
    people = np.ones(n) if population is None else np.asarray(population, np.float64)
    known = {name: np.asarray(values, np.float64) for name, values in (measures or {}).items()}
    _check(former, successor, communes, at, people, known, weights or {})
    row = {key: i for i, key in enumerate(former)}
    inside: dict[str, list[str]] = defaultdict(list)
    for key, commune in zip(former, successor, strict=True):
        inside[commune].append(key)
    result: list[Merged] = []
    for commune in communes:
        keys = sorted(inside.get(commune, ()))
        mine = np.array([row[key] for key in keys], np.int64)
        table = {name: values[mine] for name, values in known.items()}
        table["central"] = -_mean_distance(at[mine], people[mine])
        score = _score(table, weights or {})
        order = np.lexsort((np.arange(mine.size), -people[mine], -np.round(score, 6)))
        ranked = [keys[k] for k in order.tolist()]
        scores = {keys[k]: round(float(score[k]), 1) for k in order.tolist()}
        result.append(Merged(commune, ranked[0] if ranked else None, tuple(ranked[1:]), scores))
    return result


def centre_areas(
    former: Sequence[str],
    district: Sequence[str],
    successor: Sequence[str],
    population: ArrayLike | None = None,
) -> dict[str, tuple[str, ...]]:
    """The new communes in each former district: the area of the health centre that served it.

    A new commune belongs to the district from which most of its people came (most of its former
    communes where no population is given); ties go to the first district by key.

    Parameters
    ----------
    former, district, successor : (n,)
        Former communes, the district and the (main) new commune of each.
    """
    people = np.ones(len(former)) if population is None else np.asarray(population, np.float64)
    if not len(former) == len(district) == len(successor) == people.size:
        raise BadInput(what="Former communes, districts, successors and people differ in number.")
    came: dict[str, dict[str, float]] = defaultdict(lambda: defaultdict(float))
    for home, commune, size in zip(district, successor, people.tolist(), strict=True):
        came[commune][home] += size
    areas: dict[str, list[str]] = {name: [] for name in sorted(set(district))}
    for commune, homes in sorted(came.items()):
        areas[min(homes, key=lambda name: (-homes[name], name))].append(commune)
    return {name: tuple(communes) for name, communes in areas.items()}


def _mean_distance(at: NDArray[np.float64], people: NDArray[np.float64]) -> NDArray[np.float64]:
    """(k,) km from each station to the people of all; NaN when any place is unknown."""
    scale = np.cos(np.radians(at[:, 1].mean())) if len(at) else 1.0
    flat = at * (scale * _KM_PER_DEGREE, _KM_PER_DEGREE)
    apart = np.hypot(*(flat[:, None] - flat[None]).transpose(2, 0, 1))
    weight = people / people.sum() if people.sum() > 0 else np.full(len(at), 1 / max(len(at), 1))
    distance: NDArray[np.float64] = apart @ weight
    return distance


def _score(
    table: Mapping[str, NDArray[np.float64]], weights: Mapping[str, float]
) -> NDArray[np.float64]:
    total = np.zeros(len(table["central"]))
    used = 0.0
    for name in CRITERIA:
        values = table.get(name)
        weight = weights.get(name, 1.0)
        if values is None or values.size == 0 or not np.isfinite(values).all() or weight == 0:
            continue
        width = values.max() - values.min()
        total += weight * (100 * (values - values.min()) / width if width > 0 else 100.0)
        used += weight
    return total / used if used else total


def _check(
    former: Sequence[str],
    successor: Sequence[str],
    communes: Sequence[str],
    at: NDArray[np.float64],
    people: NDArray[np.float64],
    known: Mapping[str, NDArray[np.float64]],
    weights: Mapping[str, float],
) -> None:
    n = len(former)
    if len(set(former)) != n or len(set(communes)) != len(communes):
        raise BadInput(what="A unit is listed twice.")
    if len(successor) != n or at.shape != (n, 2) or people.shape != (n,):
        raise BadInput(what=f"{n} former communes need as many successors, places and populations.")
    if not np.isfinite(people).all() or (people < 0).any():
        raise BadInput(what="A population is negative or not a number.")
    lost = sorted(set(successor) - set(communes))
    if lost:
        raise BadInput(what=f"{lost[0]} is a successor, but not one of the communes.")
    for name in [*known, *weights]:
        if name not in CRITERIA or (name == "central" and name in known):
            raise BadInput(
                what=f"{name} is not a criterion to give; use {', '.join(CRITERIA[1:])}."
            )
    if any(values.shape != (n,) for values in known.values()):
        raise BadInput(what=f"A criterion needs {n} values, one for each former commune.")
    if any(not weight >= 0 for weight in weights.values()):
        raise BadInput(what="A weight is negative.")
