"""A giant tour of a slot is cut into routes at least cost (Split).

Prins, Computers & Operations Research 2004; 31: 1985-2002, with excess priced as in Vidal and
others 2012: Bellman's equation over the customers in order, and over the vehicles too if the
first answer needs more of them than there are.
"""

from typing import Any

import numpy as np

from tuyen.engines.network.routing_state import (
    CAPACITY,
    DEMAND,
    LONGEST,
    SERVICE,
    VEHICLES,
    WINDOWS,
    allocating,
    alone,
    compiled,
    empty,
    joined,
    link,
    price,
    refresh,
)


@compiled
def _relax(
    s: Any, order: Any, i: int, slack: float, best: Any, onward: Any, before: Any, only: bool
) -> None:
    """Routes that begin with order[i]: offer their cost to the customer after their last one."""
    n = s.customer.shape[1]
    load = way = time = 0.0
    a0, a1, a2, a3 = alone(s, n)
    e0, e1, e2, e3 = a0, a1, a2, a3
    last = n
    for j in range(i, order.size):
        u = order[j]
        load += s.customer[DEMAND, u]
        if load > slack * s.limits[CAPACITY] and j > i:
            return
        way += s.cost[last, u]
        time += s.time[last, u] + s.customer[SERVICE, u]
        whole, warp = time + s.time[u, n], 0.0
        if s.limits[WINDOWS] > 0.0:
            b0, b1, b2, b3 = alone(s, u)
            a0, a1, a2, a3 = joined(a0, a1, a2, a3, s.time[last, u], b0, b1, b2, b3)
            whole, warp, _, _ = joined(a0, a1, a2, a3, s.time[u, n], e0, e1, e2, e3)
        if not only and time > slack * s.limits[LONGEST] and j > i:
            return
        cost = best[i] + way + s.cost[u, n] + price(s, load, whole, warp)
        if cost < onward[j + 1]:
            onward[j + 1] = cost
            before[j + 1] = i
        last = u


@allocating
def _cuts(s: Any, order: Any) -> Any:
    """Where routes begin in the order, last first, with as many routes as there are vehicles."""
    size, vehicles = order.size, int(s.limits[VEHICLES])
    best = np.full(size + 1, np.inf)
    before = np.full(size + 1, -1, np.int64)
    best[0] = 0.0
    for i in range(size):
        _relax(s, order, i, 1.5, best, best, before, False)
    cuts = np.empty(size, np.int64)
    used, at = 0, size
    while at > 0:
        at = before[at]
        cuts[used] = at
        used += 1
    if used <= vehicles:
        return cuts[:used]
    slack = 1.5
    while True:
        layers = np.full((vehicles + 1, size + 1), np.inf)
        origin = np.full((vehicles + 1, size + 1), -1, np.int64)
        layers[0, 0] = 0.0
        for k in range(vehicles):
            for i in range(k, size):
                if layers[k, i] < np.inf:
                    _relax(s, order, i, slack, layers[k], layers[k + 1], origin[k + 1], slack > 2.0)
        if np.min(layers[:, size]) < np.inf:
            break
        slack = slack * 4.0
    used = int(np.argmin(layers[:, size]))
    at = size
    for k in range(used):
        at = origin[used - k, at]
        cuts[k] = at
    return cuts[:used]


@allocating
def split(s: Any, order: Any) -> None:
    """Fill the slot with the routes into which the order is cut."""
    n, routes = s.customer.shape[1], s.totals.shape[1]
    empty(s)
    if order.size == 0:
        return
    cuts = _cuts(s, order)
    stop = order.size
    for k in range(cuts.size):
        r = cuts.size - 1 - k
        at = n + r
        for j in range(cuts[k], stop):
            link(s, at, order[j])
            at = order[j]
        link(s, at, n + routes + r)
        refresh(s, r)
        stop = cuts[k]
