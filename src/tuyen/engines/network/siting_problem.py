"""What is to be sited, and what an answer is: plain values that solvers and checkers share."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

Costs = NDArray[Any]
"""(m sites, n demands), int32 or float64."""
Left = Callable[[], float]
"""Seconds that are left; an engine reads no clock of its own."""

OPTIMAL, FEASIBLE, INFEASIBLE = "optimal", "feasible", "infeasible"
CLOSE = 1e-9
"""A proof over figures that are not whole numbers leaves this share of the objective open."""


@dataclass(frozen=True)
class Siting:
    """Demands to be served from sites.

    Attributes
    ----------
    distance : (m, n) int32 or float64
        From site to demand, in the unit of the file; row = site.
    weight : (n,) float64
        What a unit of way counts for a demand: its people, or 1.
    load : (n,) float64
        What a demand takes of a site's capacity, and counts for when it is covered: its people.
    capacity : (m,) float64, or None
    p : int or None
        How many sites the file asks for.
    sites, demands : names as the file has them; None where they are 1, 2, 3...
    """

    distance: Costs
    weight: NDArray[np.float64]
    load: NDArray[np.float64]
    capacity: NDArray[np.float64] | None = None
    p: int | None = None
    sites: tuple[str, ...] | None = None
    demands: tuple[str, ...] | None = None

    @cached_property
    def costs(self) -> Costs:
        """Weight times distance, (m, n): int32 where all are whole and small enough."""
        if (self.weight == 1).all():
            return self.distance
        return compact(self.distance * self.weight)


def compact(values: NDArray[Any]) -> Costs:
    """The same values as int32 where that loses nothing, as float64 elsewhere."""
    if values.dtype == np.int32:
        return np.ascontiguousarray(values)
    small = values.size == 0 or float(np.abs(values).max()) < 2**30
    whole = values.astype(np.int32) if small else None
    if whole is not None and (whole == values).all():
        return np.ascontiguousarray(whole)
    return np.ascontiguousarray(values, dtype=np.float64)


@dataclass(frozen=True)
class ProofNode:
    """A part of the search space: multipliers applied one after another, then a split.

    ``multipliers`` are divided by the proof's ``scale``. After each, sites that can no longer be
    open (or closed) in anything better than the objective are settled. ``branch`` is the site
    opened in ``children[0]`` and closed in ``children[1]``; -1 where the part ends. With capacities a
    part may split at a ``pair`` instead: the demand goes to the site in the first, not in the second.
    """

    multipliers: tuple[NDArray[np.float64], ...]
    branch: int = -1
    children: tuple[int, int] = (-1, -1)
    pair: tuple[int, int] = (-1, -1)


@dataclass(frozen=True)
class Proof:
    """A record from which the bound can be computed again; node 0 is everything."""

    nodes: tuple[ProofNode, ...]


@dataclass(frozen=True)
class Answer:
    """Sites to open and who goes where, with what is known about anything better.

    ``bound``: no answer is better than this: below the objective where cost is kept low, above it
    where people covered are counted. ``reason``: of an infeasible task, in the words of a Refusal.
    """

    objective: float | None
    bound: float | None
    status: str
    opened: NDArray[np.int64] = field(default_factory=lambda: np.empty(0, np.int64))
    assigned: NDArray[np.int64] = field(default_factory=lambda: np.empty(0, np.int64))
    proof: Any = None
    reason: Exception | None = None

    @property
    def gap(self) -> float | None:
        """Distance of objective and bound as a share of the objective."""
        if self.objective is None or self.bound is None:
            return None
        apart = abs(self.objective - self.bound)
        return apart / abs(self.objective) if self.objective else float(apart > 0)
