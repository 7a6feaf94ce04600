"""On which days is a customer visited, and from which depot? One customer at a time, exactly.

The pattern improvement of Vidal, Crainic, Gendreau, Lahrichi and Rei, Operations Research 2012; 60:
611-624: a customer is taken out of all its routes, and put into the cheapest places of the cheapest
of its options, the price of excess included.
"""

from typing import Any

import numpy as np

from tuyen.engines.network.routing_state import (
    CHANGED,
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
    SERVICE,
    VEHICLES,
    WINDOWS,
    allocating,
    compiled,
    link,
    price,
    refresh,
    shuffle,
    slot_of,
    trip,
)


@compiled
def cheapest_place(s: Any, u: int) -> tuple[float, int]:
    """The added cost of u in the slot at its cheapest place, and the node it would stand behind."""
    n, best, behind, unused = s.customer.shape[1], np.inf, -1, False
    for r in range(int(s.limits[VEHICLES])):
        if s.counts[COUNT, r] == 0:
            if unused:
                continue
            unused = True
        load = s.totals[RLOAD, r] + s.customer[DEMAND, u]
        loaded = price(s, load, 0.0, 0.0) - s.totals[RPRICE, r]
        at = n + r
        while True:
            following = s.links[NEXT, at]
            a, b = min(at, n), min(following, n)
            added = s.cost[a, u] + s.cost[u, b] - s.cost[a, b] + loaded
            if added < best:
                if s.limits[WINDOWS] > 0.0:
                    time, warp = trip(s, at, u, 1, False, following)
                else:
                    time, warp = s.totals[RTIME, r] + s.customer[SERVICE, u], 0.0
                    time += s.time[a, u] + s.time[u, b] - s.time[a, b]
                added += price(s, 0.0, time, warp)
                if added < best:
                    best, behind = added, at
            if following >= n:
                break
            at = following
    return best, behind


@compiled
def put(s: Any, u: int, behind: int) -> None:
    """Insert u and count its route again."""
    following = s.links[NEXT, behind]
    link(s, behind, u)
    link(s, u, following)
    refresh(s, s.links[ROUTE, behind])


@compiled
def take(s: Any, u: int) -> float:
    """Remove u from the slot; returns what that saves."""
    r = s.links[ROUTE, u]
    before = s.totals[RCOST, r] + s.totals[RPRICE, r]
    link(s, s.links[PREV, u], s.links[NEXT, u])
    s.links[ROUTE, u] = -1
    refresh(s, r)
    return before - s.totals[RCOST, r] - s.totals[RPRICE, r]


@allocating
def best_option(
    slots: Any, options: Any, first: Any, u: int, fixed: Any, behind: Any, added: Any
) -> tuple[int, float]:
    """The cheapest option of u that keeps its visits in ``fixed`` slots.

    options is (O, L) of 0 and 1; those of u are first[u]…first[u + 1]-1. ``behind`` and ``added``
    (L,) receive the cheapest place in each slot. Returns -1 if no option keeps the visits.
    """
    count = fixed.size
    for at in range(count):
        added[at] = -1.0
    best, chosen = np.inf, -1
    for o in range(first[u], first[u + 1]):
        total, fits = 0.0, True
        for at in range(count):
            if fixed[at] > 0 and options[o, at] == 0:
                fits = False
                break
        for at in range(count):
            if not fits or total >= best:
                break
            if options[o, at] > 0 and fixed[at] == 0:
                if behind[at] < 0:
                    added[at], behind[at] = cheapest_place(slot_of(slots, at), u)
                total += added[at]
        if fits and total < best:
            best, chosen = total, o
    return chosen, best


@allocating
def complete(slots: Any, options: Any, first: Any, rng: Any) -> None:
    """Give every customer the visits it still lacks, in random order."""
    count, n = options.shape[1], slots.customer.shape[1]
    fixed, behind, added = np.zeros(count, np.int64), np.empty(count, np.int64), np.empty(count)
    order = np.arange(n)
    shuffle(rng, order)
    for u in order:
        visits = 0
        for at in range(count):
            fixed[at] = 1 if slots.links[at, ROUTE, u] >= 0 else 0
            visits += fixed[at]
        behind[:] = -1
        chosen, _ = best_option(slots, options, first, u, fixed, behind, added)
        if chosen < 0:
            continue
        for at in range(count):
            if options[chosen, at] > 0 and fixed[at] == 0:
                put(slot_of(slots, at), u, behind[at])


@allocating
def improve_patterns(slots: Any, options: Any, first: Any, rng: Any, touched: Any) -> bool:
    """Once over the customers; ``touched`` (L,) is set where a slot changed. True if one gained."""
    count, n = options.shape[1], slots.customer.shape[1]
    fixed, behind, added = np.zeros(count, np.int64), np.empty(count, np.int64), np.empty(count)
    old, stamps = np.empty(count, np.int64), np.empty(count, np.int64)
    order = np.arange(n)
    shuffle(rng, order)
    made = False
    for u in order:
        if first[u + 1] - first[u] < 2:
            continue
        saved = 0.0
        for at in range(count):
            old[at] = -1
            r = slots.links[at, ROUTE, u]
            if r >= 0:
                stamps[at] = slots.counts[at, CHANGED, r]
                old[at] = slots.links[at, PREV, u]
                saved += take(slot_of(slots, at), u)
        behind[:] = -1
        chosen, total = best_option(slots, options, first, u, fixed, behind, added)
        better = total < saved - EPSILON
        made = made or better
        for at in range(count):
            s = slot_of(slots, at)
            if better:
                if old[at] >= 0 or options[chosen, at] > 0:
                    touched[at] = 1
                if options[chosen, at] > 0:
                    put(s, u, behind[at])
            elif old[at] >= 0:
                put(s, u, old[at])
                s.counts[CHANGED, s.links[ROUTE, u]] = stamps[at]
    return made
