"""Whom a course should take: the people who need it most, shared fairly among their units.

Each further person of one unit counts for less than the one before, so that a unit with many people
does not take all seats. With each unit's people in the order of their need this worth falls from
seat to seat, and taking the greatest worth again and again is then exact (Edmonds 1971, matroids and
the greedy algorithm; here a laminar matroid of seats within units). The answer carries a bound that
holds for every choice by Lagrangian duality (Fisher 1981), so that it can be checked without trust.
"""

from collections.abc import Sequence
from heapq import heapify, heappop, heappush
from typing import NamedTuple

from tuyen.kernel.refusal import BadInput


class Seated(NamedTuple):
    """``chosen``: people in the order of worth, each with it and their turn within the unit (from 1).

    ``price`` is what a seat more would be worth; ``bound`` what no choice can exceed.
    """

    chosen: list[tuple[int, float, int]]
    worth: float
    price: float
    bound: float
    full: frozenset[int]  # units that have as many seats as they may


def seat(
    need: Sequence[float], unit: Sequence[int], seats: int, fair: float, most: int = 0
) -> Seated:
    """Choose whom to give seats.

    Parameters
    ----------
    need : how much each person needs it, not negative; nobody without need is chosen
    unit : the unit of each person
    seats : seats that are left
    fair : what a further seat of one unit keeps of its worth, 0 to 1 (1: need alone decides)
    most : the most seats of one unit; 0: no limit

    Raises
    ------
    BadInput
        If a need is negative, a number of seats is, or ``fair`` is not between 0 and 1.

    Examples
    --------
    >>> found = seat([4, 4, 4, 3], [0, 0, 0, 1], 2, 0.5)
    >>> [person for person, _, _ in found.chosen], found.worth
    ([0, 3], 7.0)
    """
    if len(need) != len(unit) or seats < 0 or most < 0:
        raise BadInput(what=f"{len(need)} needs, {len(unit)} units and {seats} seats")
    if not 0 <= fair <= 1 or any(not n >= 0 for n in need):
        raise BadInput(what=f"a share of {fair}, or a need below 0")
    queues = _queues(need, unit)
    heads = [(-queue[0][0], at) for at, queue in queues.items()]
    heapify(heads)
    taken: dict[int, int] = {}
    chosen: list[tuple[int, float, int]] = []
    while heads and len(chosen) < seats:
        minus, at = heappop(heads)
        turn = taken.get(at, 0)
        chosen.append((queues[at][turn][1], -minus, turn + 1))
        taken[at] = turn + 1
        if turn + 1 < len(queues[at]) and not (most and turn + 1 >= most):
            heappush(heads, (-queues[at][turn + 1][0] * fair ** (turn + 1), at))
    price = -heads[0][0] if heads else 0.0
    full = frozenset(at for at, n in taken.items() if most and n >= most and n < len(queues[at]))
    worth = sum(one[1] for one in chosen)
    return Seated(chosen, worth, price, bound(need, unit, seats, fair, most, price), full)


def bound(
    need: Sequence[float], unit: Sequence[int], seats: int, fair: float, most: int, price: float
) -> float:
    """What no choice of at most ``seats`` people can exceed, at any price of a seat from 0 up."""
    total = price * seats
    for queue in _queues(need, unit).values():
        kept = queue[:most] if most else queue
        total += sum(max(0.0, n * fair**turn - price) for turn, (n, _) in enumerate(kept))
    return total


def _queues(need: Sequence[float], unit: Sequence[int]) -> dict[int, list[tuple[float, int]]]:
    """Unit -> its people with a need, the greatest first, then in the order given."""
    found: dict[int, list[tuple[float, int]]] = {}
    for person in sorted(range(len(need)), key=lambda one: (-need[one], one)):
        if need[person] > 0:
            found.setdefault(unit[person], []).append((float(need[person]), person))
    return found
