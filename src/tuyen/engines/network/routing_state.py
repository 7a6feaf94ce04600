"""The routes of one slot as the compiled search holds them: links, running sums, prices.

A *slot* is a day of one depot (and of one kind of team): its routes start and end at that depot and
share one capacity, one longest duration and one matrix. The customers of a problem are 0…n-1; route
r of a slot runs from node ``n + r`` to node ``n + R + r``, so that a matrix needs one row more for
the depot, and ``min(node, n)`` is the row of any node.

Time windows are kept as segments (duration, time warp, earliest and latest start), which join in
constant time: Vidal, Crainic, Gendreau and Prins, Computers & Operations Research 2013; 40:
475-489. Excess is priced, not forbidden, so that the search may pass through what is not allowed.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

NEXT, PREV, ROUTE, POS, TESTED = range(5)
LOAD, TIME, BACK_COST, BACK_TIME = range(4)  # rows of `sums`, up to and with a node
FORE, AFT = 4, 8  # then four rows each: segment from the depot to a node, and from it to the depot
RLOAD, RCOST, RTIME, RWARP, RPRICE = range(5)  # rows of `totals`
COUNT, CHANGED, SWAPPED = range(3)  # rows of `counts`
DEMAND, SERVICE, OPEN, CLOSE = range(4)  # rows of `customer`
CAPACITY, LONGEST, OPENS, CLOSES, WINDOWS, VEHICLES, SAME = range(7)  # of `limits`
EPSILON = 1e-7


def _kept(function: Callable[..., Any], **options: Any) -> Any:
    """``njit`` that keeps its result on disk where there is a place for it, and in memory else."""
    options = {"nogil": True, "error_model": "numpy", "no_cfunc_wrapper": True, **options}
    try:
        return njit(cache=True, **options)(function)
    except RuntimeError:  # no folder may be written: compile in every process
        return njit(**options)(function)


def compiled(function: Callable[..., Any]) -> Any:
    """Compile a part of a kernel that makes no array and is called by kernels only.

    It counts no references: a slot is ten arrays, and counting them at every call of a move took
    most of the time. Nothing is made for Python to call.
    """
    return _kept(function, no_cpython_wrapper=True, _nrt=False)


def inlined(function: Callable[..., Any]) -> Any:
    """The same, copied into its callers."""
    return _kept(function, no_cpython_wrapper=True, _nrt=False, forceinline=True)


def allocating(function: Callable[..., Any]) -> Any:
    """Compile a part of a kernel that makes or returns arrays."""
    return _kept(function, no_cpython_wrapper=True)


def kernel(function: Callable[..., Any]) -> Any:
    """Compile a function that Python calls."""
    return _kept(function)


class Slot(NamedTuple):
    """One slot, or with a first axis more all slots of a problem; W = n + 2 R nodes."""

    links: NDArray[np.int64]  # (5, W); ROUTE is -1 where a customer is not in the slot
    sums: NDArray[np.float64]  # (12, W)
    totals: NDArray[np.float64]  # (5, R)
    counts: NDArray[np.int64]  # (3, R)
    cost: NDArray[np.float64]  # (n + 1, n + 1)
    time: NDArray[np.float64]  # (n + 1, n + 1)
    customer: NDArray[np.float64]  # (4, n)
    limits: NDArray[np.float64]  # (7,); SAME is 1 where time is the cost of a way
    prices: NDArray[np.float64]  # (3,) of a unit of load, of time, of warp too much
    tick: NDArray[np.int64]  # (1,) moves made


class Slots(NamedTuple):
    """All slots; ``matrix`` says which of the matrices a slot uses."""

    links: NDArray[np.int64]
    sums: NDArray[np.float64]
    totals: NDArray[np.float64]
    counts: NDArray[np.int64]
    cost: NDArray[np.float64]  # (G, n + 1, n + 1)
    time: NDArray[np.float64]
    customer: NDArray[np.float64]
    limits: NDArray[np.float64]  # (L, 7)
    prices: NDArray[np.float64]
    tick: NDArray[np.int64]
    matrix: NDArray[np.int64]  # (L,)


@allocating
def slot_of(slots: Any, at: int) -> Any:
    """One slot as views."""
    which = slots.matrix[at]
    return Slot(
        slots.links[at], slots.sums[at], slots.totals[at], slots.counts[at], slots.cost[which],
        slots.time[which], slots.customer, slots.limits[at], slots.prices, slots.tick,
    )  # fmt: skip


@compiled
def draw(rng: Any, below: int) -> int:
    """A number in 0…below-1 from a seeded linear congruential generator (Knuth's MMIX)."""
    rng[0] = rng[0] * 6364136223846793005 + 1442695040888963407
    return int(((rng[0] >> 33) & 0x7FFFFFFF) % below)


@compiled
def shuffle(rng: Any, items: Any) -> None:
    """Fisher and Yates."""
    for i in range(items.size - 1, 0, -1):
        j = draw(rng, i + 1)
        items[i], items[j] = items[j], items[i]


@inlined
def price(s: Any, load: float, time: float, warp: float) -> float:
    """What a route pays for being over its capacity, its duration or its windows."""
    return (
        s.prices[0] * max(0.0, load - s.limits[CAPACITY])
        + s.prices[1] * max(0.0, time - s.limits[LONGEST])
        + s.prices[2] * warp
    )


@inlined
def joined(
    a0: float, a1: float, a2: float, a3: float, way: float, b0: float, b1: float, b2: float,
    b3: float,
) -> tuple[float, float, float, float]:  # fmt: skip
    """Two segments (duration, warp, earliest, latest) one after the other."""
    delta = a0 - a1 + way
    wait = max(b2 - delta - a3, 0.0)
    warp = max(a2 + delta - b3, 0.0)
    return (
        a0 + b0 + way + wait,
        a1 + b1 + warp,
        max(b2 - delta, a2) - wait,
        min(b3 - delta, a3) + warp,
    )


@inlined
def alone(s: Any, u: int) -> tuple[float, float, float, float]:
    """The segment of one node."""
    if u < s.customer.shape[1]:
        return s.customer[SERVICE, u], 0.0, s.customer[OPEN, u], s.customer[CLOSE, u]
    return 0.0, 0.0, s.limits[OPENS], s.limits[CLOSES]


@inlined
def link(s: Any, a: int, b: int) -> None:
    """b follows a."""
    s.links[NEXT, a] = b
    s.links[PREV, b] = a


@compiled
def empty(s: Any) -> None:
    """No customer in any route of the slot."""
    n, routes = s.customer.shape[1], s.totals.shape[1]
    s.links[ROUTE, :] = -1
    s.links[TESTED, :] = -1
    for r in range(routes):
        link(s, n + r, n + routes + r)
        s.counts[SWAPPED, r] = -1
        refresh(s, r)


@compiled
def refresh(s: Any, r: int) -> None:
    """Count a route again after its links changed, and mark it as changed."""
    n, routes = s.customer.shape[1], s.totals.shape[1]
    start, end = n + r, n + routes + r
    s.links[ROUTE, start] = r
    s.links[POS, start] = 0
    s.sums[:4, start] = 0.0
    u, position, load, cost, time, back_cost, back_time = start, 0, 0.0, 0.0, 0.0, 0.0, 0.0
    while u != end:
        v = s.links[NEXT, u]
        a, b = min(u, n), min(v, n)
        cost += s.cost[a, b]
        time += s.time[a, b]
        back_cost += s.cost[b, a] - s.cost[a, b]
        back_time += s.time[b, a] - s.time[a, b]
        position += 1
        if v < n:
            load += s.customer[DEMAND, v]
            time += s.customer[SERVICE, v]
        s.links[ROUTE, v] = r
        s.links[POS, v] = position
        s.sums[LOAD, v] = load
        s.sums[TIME, v] = time
        s.sums[BACK_COST, v] = back_cost
        s.sums[BACK_TIME, v] = back_time
        u = v
    warp = 0.0
    if s.limits[WINDOWS] > 0.0:
        _segments(s, start, end)
        time, warp = s.sums[FORE, end], s.sums[FORE + 1, end]
    s.totals[RLOAD, r] = load
    s.totals[RCOST, r] = cost
    s.totals[RTIME, r] = time
    s.totals[RWARP, r] = warp
    s.totals[RPRICE, r] = price(s, load, time, warp)
    s.counts[COUNT, r] = position - 1
    s.tick[0] += 1
    s.counts[CHANGED, r] = s.tick[0]


@compiled
def _segments(s: Any, start: int, end: int) -> None:
    """The segments from the depot to each node, and from each node to the depot."""
    n = s.customer.shape[1]
    a0, a1, a2, a3 = alone(s, start)
    u = start
    while True:
        s.sums[FORE, u], s.sums[FORE + 1, u], s.sums[FORE + 2, u], s.sums[FORE + 3, u] = (
            a0, a1, a2, a3,
        )  # fmt: skip
        if u == end:
            break
        v = s.links[NEXT, u]
        b0, b1, b2, b3 = alone(s, v)
        a0, a1, a2, a3 = joined(a0, a1, a2, a3, s.time[min(u, n), min(v, n)], b0, b1, b2, b3)
        u = v
    a0, a1, a2, a3 = alone(s, end)
    while True:
        s.sums[AFT, u], s.sums[AFT + 1, u], s.sums[AFT + 2, u], s.sums[AFT + 3, u] = a0, a1, a2, a3
        if u == start:
            break
        v = s.links[PREV, u]
        b0, b1, b2, b3 = alone(s, v)
        a0, a1, a2, a3 = joined(b0, b1, b2, b3, s.time[min(v, n), min(u, n)], a0, a1, a2, a3)
        u = v


@compiled
def trip(
    s: Any, left: int, first: int, count: int, backward: bool, right: int
) -> tuple[float, float]:
    """Time and warp of: depot … left, a run of ``count`` nodes from ``first``, right … depot.

    left, right and the run may stand in different routes. ``first`` is where the run begins in
    its own route; ``backward`` reads the run from its other end.
    """
    n = s.customer.shape[1]
    step = NEXT
    if backward:
        step = PREV
        for _ in range(count - 1):
            first = s.links[NEXT, first]
    if s.limits[WINDOWS] == 0.0:
        time = s.sums[TIME, left]
        u, v = left, first
        for _ in range(count):
            time += s.time[min(u, n), min(v, n)] + s.customer[SERVICE, v]
            u, v = v, s.links[step, v]
        service = s.customer[SERVICE, right] if right < n else 0.0
        rest = s.totals[RTIME, s.links[ROUTE, right]] - s.sums[TIME, right] + service
        return time + s.time[min(u, n), min(right, n)] + rest, 0.0
    a0, a1, a2, a3 = (
        s.sums[FORE, left], s.sums[FORE + 1, left], s.sums[FORE + 2, left], s.sums[FORE + 3, left],
    )  # fmt: skip
    u, v = left, first
    for _ in range(count):
        b0, b1, b2, b3 = alone(s, v)
        a0, a1, a2, a3 = joined(a0, a1, a2, a3, s.time[min(u, n), min(v, n)], b0, b1, b2, b3)
        u, v = v, s.links[step, v]
    a0, a1, a2, a3 = joined(
        a0, a1, a2, a3, s.time[min(u, n), min(right, n)], s.sums[AFT, right],
        s.sums[AFT + 1, right], s.sums[AFT + 2, right], s.sums[AFT + 3, right],
    )  # fmt: skip
    return a0, a1
