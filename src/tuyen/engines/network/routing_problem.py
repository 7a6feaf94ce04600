"""What is to be routed: customers, slots, options, matrices; and what can be said before searching.

One model holds all of them. A *slot* is a day of one depot, and of one kind of team where there are
several: it has vehicles, a capacity, a longest duration, opening hours and a matrix (its season, its
way of travelling). An *option* of a customer is a set of slots in which it is visited once each:

- one depot, one day: one slot, one option (CVRP, VRPTW);
- several depots: a slot each, and an option for each depot (MDVRP);
- several days: a slot each, and an option for each allowed pattern (PVRP), times each depot (MDPVRP);
- market days, season closures and skills are options that are not there; cold-box hours are the
  longest duration of the slots that carry vaccine; a round with nights away is a slot whose
  duration is that of its days together.
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from tuyen.kernel.refusal import N_, Refusal

Floats = NDArray[np.float64]
FREE = 1e30  # a limit that is not there


class BadRouting(Refusal):
    code = "network.bad-routing"
    message = N_("The routing problem contradicts itself: {what}")


class SlotFacts(NamedTuple):
    """A day of a depot. Durations and hours are in the unit of the time matrix."""

    day: int = 1
    depot: int = 1
    vehicles: int | None = None  # None: as many as are needed
    capacity: float = FREE
    longest: float = FREE
    opens: float = 0.0
    closes: float = FREE
    matrix: int = 0


@dataclass(frozen=True)
class Problem:
    """A routing problem of n customers, L slots, O options and G matrices.

    ``cost`` and ``time`` are (G, n + 1, n + 1), the depot of a slot last; equal objects where time
    is distance. ``options`` is (O, L) of 0 and 1, those of customer i in rows first[i]…
    first[i + 1]-1. ``points`` (n, 2) and ``depots`` (G, 2) only order routes; they may be missing.
    The objective is the sum of cost over all arcs, divided by ``scale``.
    """

    names: tuple[str, ...]
    demand: Floats
    service: Floats
    opens: Floats
    closes: Floats
    slots: tuple[SlotFacts, ...]
    cost: Floats
    time: Floats
    options: NDArray[np.int64]
    first: NDArray[np.int64]
    points: Floats | None = None
    depots: Floats | None = None
    scale: float = 1.0
    depot_names: tuple[str, ...] = ()

    @property
    def size(self) -> int:
        return len(self.names)

    @property
    def windowed(self) -> bool:
        """Has any customer or slot an hour before or after which it is closed?"""
        hours = any(slot.closes < FREE or slot.opens > 0 for slot in self.slots)
        return hours or bool((self.closes < FREE).any() or (self.opens > 0).any())


def checked(problem: Problem) -> Problem:
    """The problem itself, if its shapes and values fit together.

    Raises
    ------
    BadRouting
        Naming the customer or slot that is wrong.
    """
    n, slots = problem.size, len(problem.slots)
    for name in ("demand", "service", "opens", "closes"):
        values = getattr(problem, name)
        if values.shape != (n,):
            raise BadRouting(what=f"{name} has {values.size} values for {n} customers")
        wrong = np.flatnonzero(~(values >= 0))
        if wrong.size:
            at = int(wrong[0])
            raise BadRouting(what=f"{name} of customer {problem.names[at]} is {values[at]}")
    for name in ("cost", "time"):
        matrix = getattr(problem, name)
        if matrix.ndim != 3 or matrix.shape[1:] != (n + 1, n + 1):
            raise BadRouting(what=f"{name} is {matrix.shape}; expected (G, {n + 1}, {n + 1})")
        if not (np.isfinite(matrix).all() and (matrix >= 0).all()):
            raise BadRouting(what=f"{name} holds a way that is negative or not a number")
    if problem.options.ndim != 2 or problem.options.shape[1] != slots or slots == 0:
        raise BadRouting(what=f"options are for {problem.options.shape[-1]} slots, not {slots}")
    if problem.first.shape != (n + 1,) or problem.first[-1] != len(problem.options):
        raise BadRouting(what="the options do not add up to those of the customers")
    lacking = np.flatnonzero(np.diff(problem.first) < 1)
    if lacking.size:
        raise BadRouting(what=f"customer {problem.names[int(lacking[0])]} has no option")
    for number, slot in enumerate(problem.slots, start=1):
        if not 0 <= slot.matrix < len(problem.cost) or (slot.vehicles or 0) < 0:
            raise BadRouting(what=f"slot {number} has no such matrix or fewer than no vehicles")
    return problem


class Conflict(NamedTuple):
    """A proof that no answer exists: ``needed`` is more than ``available``."""

    kind: str  # load, fleet, duration, window
    where: str
    needed: float
    available: float


def conflicts(problem: Problem) -> list[Conflict]:
    """Why the problem has no answer, customer by customer, then by slot, then in sum.

    Sound, not complete: an empty list promises nothing.
    """
    found = [c for i in range(problem.size) for c in _customer_conflicts(problem, i)]
    return found or _fleet_conflicts(problem)


def _customer_conflicts(problem: Problem, i: int) -> list[Conflict]:
    """A customer none of whose options can be served, each by a vehicle of its own.

    Ways there and back are the shortest over others where the straight one is too long: a matrix
    from a file, and even rounded ways, may be longer straight than over somebody else.
    """
    n, name = problem.size, problem.names[i]
    worst: Conflict | None = None
    for option in problem.options[problem.first[i] : problem.first[i + 1]]:
        broken = None
        for at in np.flatnonzero(option):
            slot = problem.slots[at]
            ways = problem.time[slot.matrix, n, i], problem.time[slot.matrix, i, n]
            if _too_long(problem, slot, i, *ways):
                ways = _least(problem, slot.matrix, i)
            out, back = ways
            begin = max(slot.opens + out, problem.opens[i])
            whole = out + problem.service[i] + back
            where = f"customer {name}, day {slot.day}, depot {slot.depot}"
            if problem.demand[i] > slot.capacity:
                broken = Conflict("load", where, float(problem.demand[i]), slot.capacity)
            elif slot.vehicles == 0:
                broken = Conflict("fleet", where, 1.0, 0.0)
            elif whole > slot.longest + 1e-9:
                broken = Conflict("duration", where, float(whole), slot.longest)
            elif begin > problem.closes[i] + 1e-9:
                broken = Conflict("window", where, float(begin), float(problem.closes[i]))
            elif begin + problem.service[i] + back > slot.closes + 1e-9:
                end = begin + problem.service[i] + back
                broken = Conflict("window", where, float(end), slot.closes)
            if broken:
                break
        if broken is None:
            return []
        worst = worst or broken
    return [worst] if worst else []


def _too_long(problem: Problem, slot: SlotFacts, i: int, out: float, back: float) -> bool:
    begin = max(slot.opens + out, problem.opens[i])
    home = begin + problem.service[i] + back
    return bool(
        out + problem.service[i] + back > slot.longest + 1e-9
        or begin > problem.closes[i] + 1e-9
        or home > slot.closes + 1e-9
    )


def _least(problem: Problem, matrix: int, i: int) -> tuple[float, float]:
    """The shortest times from the depot to a customer and back, over whomever."""
    time = problem.time[matrix]
    return _shortest(time, problem.size, i), _shortest(time, i, problem.size)


def _shortest(time: Floats, start: int, end: int) -> float:
    """Dijkstra's shortest way in a whole matrix."""
    reached, settled = time[start].copy(), np.zeros(len(time), bool)
    reached[start] = 0.0
    while not settled[end]:
        place = int(np.where(settled, np.inf, reached).argmin())
        settled[place] = True
        np.minimum(reached, reached[place] + time[place], out=reached)
    return float(reached[end])


def _fleet_conflicts(problem: Problem) -> list[Conflict]:
    """More to carry than the vehicles hold: in a slot, on a day, in all."""
    n = problem.size
    held = np.array(
        [FREE if s.vehicles is None else s.vehicles * min(s.capacity, FREE) for s in problem.slots]
    )
    sure = np.ones((n, len(problem.slots)), bool)  # visited in every option
    fewest = np.zeros(n)
    days = sorted({slot.day for slot in problem.slots})
    by_day = np.array([[slot.day == day for slot in problem.slots] for day in days])
    sure_day = np.ones((n, len(days)), bool)
    for i in range(n):
        options = problem.options[problem.first[i] : problem.first[i + 1]] > 0
        sure[i] = options.all(axis=0)
        fewest[i] = options.sum(axis=1).min()
        sure_day[i] = (options[:, None, :] & by_day[None]).any(axis=2).all(axis=0)
    found = []
    for at, slot in enumerate(problem.slots):
        needed = float(problem.demand @ sure[:, at])
        if needed > held[at] * (1 + 1e-12):
            where = f"day {slot.day}, depot {slot.depot}"
            found.append(Conflict("fleet", where, needed, float(held[at])))
    for k, day in enumerate(days):
        needed, there = float(problem.demand @ sure_day[:, k]), float(held @ by_day[k])
        if not found and needed > there * (1 + 1e-12):
            found.append(Conflict("fleet", f"day {day}, all depots", needed, there))
    needed, there = float(problem.demand @ fewest), float(held.sum())
    if not found and needed > there * (1 + 1e-12):
        found.append(Conflict("fleet", "all days and depots", needed, there))
    return found
