"""One large solution bettered by many small steps: some visits are taken out and put back.

Strings of neighbouring routes are taken out as in Christiaens and Vanden Berghe, Transportation
Science 2020; 54: 417-433, here with all visits of a customer on all days. Every second time the
neighbouring routes may be of other days and depots: what one day has no room for can change places
with what another has. The customers come back one by one in their cheapest pattern, the changed
routes are improved, and the result stays by the rule of simulated annealing.
"""

from typing import Any

import numpy as np

from tuyen.engines.network.periodic_patterns import best_option, improve_patterns, put, take
from tuyen.engines.network.routing_moves import improve
from tuyen.engines.network.routing_state import (
    COUNT,
    DEMAND,
    EPSILON,
    NEXT,
    PREV,
    RCOST,
    RLOAD,
    ROUTE,
    RPRICE,
    RTIME,
    RWARP,
    allocating,
    compiled,
    draw,
    kernel,
    shuffle,
    slot_of,
)

LONGEST_STRING, MEAN_REMOVED = 10, 10


@compiled
def _serving(slots: Any, u: int, at: int) -> int:
    """The first slot from ``at`` on, and round again, in which u is visited."""
    while slots.links[at, ROUTE, u] < 0:
        at = (at + 1) % slots.links.shape[0]
    return at


@compiled
def _held(removed: Any, size: int, u: int) -> bool:
    """Whether u is noted already."""
    found = False
    for k in range(size):
        found = found or removed[k] == u
    return found


@compiled
def _string(s: Any, u: int, rng: Any, removed: Any, size: int) -> int:
    """Note a string of u's route that holds u; returns how many are noted now."""
    n = s.customer.shape[1]
    length = 1 + draw(rng, min(s.counts[COUNT, s.links[ROUTE, u]], LONGEST_STRING))
    at = u
    for _ in range(draw(rng, length)):
        if s.links[PREV, at] >= n:
            break
        at = s.links[PREV, at]
    for _ in range(length):
        if at >= n or size == removed.size:
            break
        if not _held(removed, size, at):  # a customer may be met on two days
            removed[size] = at
            size += 1
        at = s.links[NEXT, at]
    return size


@allocating
def _ruin(slots: Any, near: Any, rng: Any, removed: Any, touched: Any) -> int:
    """Take out strings around a customer; returns how many customers are in ``removed``."""
    count, n = slots.links.shape[0], slots.customer.shape[1]
    seed = draw(rng, n)
    at = _serving(slots, seed, draw(rng, count))
    s = slot_of(slots, at)
    done = np.zeros((count, s.totals.shape[1]), np.bool_)
    strings = 1 + draw(rng, max(1, 4 * MEAN_REMOVED // (1 + LONGEST_STRING)))
    size, beyond = 0, count > 1 and draw(rng, 2) == 1
    for k in range(-1, near.shape[1]):
        u = seed if k < 0 else near[seed, k]
        if beyond:
            at = _serving(slots, u, draw(rng, count))
        r = slots.links[at, ROUTE, u]
        if r < 0 or done[at, r] or _held(removed, size, u):
            continue
        done[at, r] = True
        size = _string(slot_of(slots, at), u, rng, removed, size)
        strings -= 1
        if strings == 0:
            break
    for k in range(size):
        for other in range(count):
            if slots.links[other, ROUTE, removed[k]] >= 0:
                take(slot_of(slots, other), removed[k])
                touched[other] = 1
    return size


@allocating
def _recreate(slots: Any, options: Any, first: Any, rng: Any, gone: Any, touched: Any) -> None:
    """Put customers back, in random order, the heaviest first or the farthest first."""
    count, n = options.shape[1], slots.customer.shape[1]
    shuffle(rng, gone)
    rule = draw(rng, 4)
    if rule > 1:
        key = np.empty(gone.size)
        for k in range(gone.size):
            key[k] = -slots.customer[DEMAND, gone[k]] if rule == 2 else -slots.cost[0, n, gone[k]]
        gone = gone[np.argsort(key)]
    fixed, behind, added = np.zeros(count, np.int64), np.empty(count, np.int64), np.empty(count)
    for u in gone:
        behind[:] = -1
        chosen, _ = best_option(slots, options, first, u, fixed, behind, added)
        for at in range(count):
            if options[chosen, at] > 0:
                put(slot_of(slots, at), u, behind[at])
                touched[at] = 1


@compiled
def _worth(slots: Any, out: Any) -> float:
    """What all routes cost with all they pay; out (4,) gets cost and load, time, warp too much."""
    out[:] = 0.0
    whole = 0.0
    for at in range(slots.links.shape[0]):
        for r in range(slots.totals.shape[2]):
            whole += slots.totals[at, RCOST, r] + slots.totals[at, RPRICE, r]
            out[0] += slots.totals[at, RCOST, r]
            out[1] += max(0.0, slots.totals[at, RLOAD, r] - slots.limits[at, 0])
            out[2] += max(0.0, slots.totals[at, RTIME, r] - slots.limits[at, 1])
            out[3] += slots.totals[at, RWARP, r]
    return whole


@compiled
def _copy(one: Any, other: Any, touched: Any) -> None:
    """Make the touched slots of ``other`` those of ``one``."""
    for at in range(touched.size):
        if not touched[at]:
            continue
        for row in range(one.links.shape[1]):
            for u in range(one.links.shape[2]):
                other.links[at, row, u] = one.links[at, row, u]
        for row in range(one.sums.shape[1]):
            for u in range(one.sums.shape[2]):
                other.sums[at, row, u] = one.sums[at, row, u]
        for row in range(one.totals.shape[1]):
            for r in range(one.totals.shape[2]):
                other.totals[at, row, r] = one.totals[at, row, r]
        for row in range(one.counts.shape[1]):
            for r in range(one.counts.shape[2]):
                other.counts[at, row, r] = one.counts[at, row, r]


@kernel
def anneal(
    slots: Any, kept: Any, options: Any, first: Any, near: Any, width: int, rng: Any, heat: float,
    steps: int, best: float, told: Any,
) -> bool:  # fmt: skip
    """Make steps from the solution in ``slots``, of which ``kept`` is a copy.

    Stops early, and says True, at an allowed solution that costs less than ``best``. ``told`` (3,)
    adds up the steps, and those after which loads and times were kept.
    """
    count = options.shape[1]
    removed = np.empty(3 * MEAN_REMOVED, np.int64)
    feats, touched = np.empty(4), np.zeros(count, np.int64)
    now = _worth(slots, feats)
    periodic = options.shape[0] > slots.customer.shape[1]
    for _ in range(steps):
        touched[:] = 0
        size = _ruin(slots, near, rng, removed, touched)
        _recreate(slots, options, first, rng, removed[:size], touched)
        for at in range(count):
            if touched[at]:
                improve(slot_of(slots, at), near, width, rng)
        if (
            periodic
            and draw(rng, 50) == 0
            and improve_patterns(slots, options, first, rng, touched)
        ):
            for at in range(count):
                if touched[at]:
                    improve(slot_of(slots, at), near, width, rng)
        after = _worth(slots, feats)
        luck = (draw(rng, 1 << 30) + 1.0) / (1 << 30)
        if after - now < -heat * np.log(luck):
            now = after
            _copy(slots, kept, touched)
        else:
            _copy(kept, slots, touched)
        told[0] += 1.0
        told[1] += 1.0 if feats[1] < 1e-6 else 0.0
        told[2] += 1.0 if feats[2] + feats[3] < 1e-6 else 0.0
        if feats[1] + feats[2] + feats[3] < 1e-6 and feats[0] < best - EPSILON and now == after:
            return True
    return False
