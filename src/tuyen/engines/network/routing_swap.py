"""Two customers of two routes change places, each put where it is cheapest (SWAP*).

Vidal, Computers & Operations Research 2022; 140: 105643. A place is one of the three cheapest of
the other route, or the one the other customer leaves. Only slots without time windows use it.
"""

from typing import Any

import numpy as np

from tuyen.engines.network.routing_state import (
    CAPACITY,
    CHANGED,
    COUNT,
    DEMAND,
    EPSILON,
    LONGEST,
    NEXT,
    PREV,
    RLOAD,
    ROUTE,
    RPRICE,
    RTIME,
    SERVICE,
    SWAPPED,
    WINDOWS,
    allocating,
    compiled,
    inlined,
    link,
    price,
    refresh,
)

_CLOSE = 6  # nearest customers that make two routes neighbours


@compiled
def _best_places(s: Any, u: int, r: int, places: Any, costs: Any) -> None:
    """The three cheapest places of u in route r: nodes to stand behind, and the added cost."""
    n = s.customer.shape[1]
    costs[:] = np.inf
    places[:] = -1
    at = n + r
    while True:
        following = s.links[NEXT, at]
        a, b = min(at, n), min(following, n)
        added = s.cost[a, u] + s.cost[u, b] - s.cost[a, b]
        if added < costs[2]:
            k = 2
            while k > 0 and added < costs[k - 1]:
                costs[k], places[k] = costs[k - 1], places[k - 1]
                k -= 1
            costs[k], places[k] = added, at
        if following >= n:
            return
        at = following


@inlined
def _place(s: Any, u: int, v: int, places: Any, costs: Any) -> tuple[float, int]:
    """The cheapest place of u in the route that v leaves."""
    n = s.customer.shape[1]
    pv, nv = s.links[PREV, v], s.links[NEXT, v]
    a, b = min(pv, n), min(nv, n)
    best, at = s.cost[a, u] + s.cost[u, b] - s.cost[a, b], pv
    for k in range(3):
        if places[k] >= 0 and places[k] != v and places[k] != pv:
            if costs[k] < best:
                return costs[k], places[k]
            break
    return best, at


@inlined
def _out(s: Any, u: int) -> float:
    n = s.customer.shape[1]
    a, b = min(s.links[PREV, u], n), min(s.links[NEXT, u], n)
    return s.cost[a, b] - s.cost[a, u] - s.cost[u, b]


@allocating
def _members(s: Any, r: int) -> Any:
    members = np.empty(s.counts[COUNT, r], np.int64)
    u = s.links[NEXT, s.customer.shape[1] + r]
    for k in range(members.size):
        members[k] = u
        u = s.links[NEXT, u]
    return members


@compiled
def _move(s: Any, u: int, behind: int) -> None:
    link(s, s.links[PREV, u], s.links[NEXT, u])
    following = s.links[NEXT, behind]
    link(s, behind, u)
    link(s, u, following)


@inlined
def _overload(s: Any, load: float) -> float:
    return s.prices[0] * max(0.0, load - s.limits[CAPACITY])


@allocating
def _swap_pair(s: Any, r: int, q: int) -> bool:
    """The best exchange between two routes, made if it gains."""
    ours, theirs = _members(s, r), _members(s, q)
    places_r, costs_r = np.empty((ours.size, 3), np.int64), np.empty((ours.size, 3))
    places_q, costs_q = np.empty((theirs.size, 3), np.int64), np.empty((theirs.size, 3))
    out_r, out_q = np.empty(ours.size), np.empty(theirs.size)
    for i in range(ours.size):
        _best_places(s, ours[i], q, places_r[i], costs_r[i])
        out_r[i] = _out(s, ours[i])
    for j in range(theirs.size):
        _best_places(s, theirs[j], r, places_q[j], costs_q[j])
        out_q[j] = _out(s, theirs[j])
    best, mine, other, to_u, to_v = -EPSILON, -1, -1, -1, -1
    now = _overload(s, s.totals[RLOAD, r]) + _overload(s, s.totals[RLOAD, q])
    excess = s.totals[RPRICE, r] + s.totals[RPRICE, q] - now  # of time: at most this is won
    for i in range(ours.size):
        u = ours[i]
        for j in range(theirs.size):
            v = theirs[j]
            given = s.customer[DEMAND, u] - s.customer[DEMAND, v]
            load = _overload(s, s.totals[RLOAD, r] - given) - now
            load += _overload(s, s.totals[RLOAD, q] + given)
            base = load + out_r[i] + out_q[j]
            if base - excess >= best:
                continue
            cost_u, at_u = _place(s, u, v, places_r[i], costs_r[i])
            cost_v, at_v = _place(s, v, u, places_q[j], costs_q[j])
            change = base + cost_u + cost_v
            if change - excess < best:
                if excess > 0.0 or s.limits[LONGEST] < 1e300:
                    change += _time_priced(s, u, v, at_u, at_v) - excess
                if change < best:
                    best, mine, other, to_u, to_v = change, u, v, at_u, at_v
    if mine < 0:
        return False
    _move(s, mine, to_u)
    _move(s, other, to_v)
    refresh(s, r)
    refresh(s, q)
    return True


@inlined
def _added(s: Any, left: int, u: int, right: int) -> float:
    n = s.customer.shape[1]
    a, b = min(left, n), min(right, n)
    return s.time[a, u] + s.time[u, b] - s.time[a, b] + s.customer[SERVICE, u]


@compiled
def _time_priced(s: Any, u: int, v: int, at_u: int, at_v: int) -> float:
    """What both routes would pay for their duration."""
    n = s.customer.shape[1]
    r, q = s.links[ROUTE, u], s.links[ROUTE, v]
    pu, nu, pv, nv = s.links[PREV, u], s.links[NEXT, u], s.links[PREV, v], s.links[NEXT, v]
    if at_v == pu:
        a, b = min(pu, n), min(nu, n)
        into_r = s.time[a, v] + s.time[v, b] - s.time[a, b] + s.customer[SERVICE, v]
    else:
        into_r = _added(s, at_v, v, s.links[NEXT, at_v])
    if at_u == pv:
        a, b = min(pv, n), min(nv, n)
        into_q = s.time[a, u] + s.time[u, b] - s.time[a, b] + s.customer[SERVICE, u]
    else:
        into_q = _added(s, at_u, u, s.links[NEXT, at_u])
    time_r = s.totals[RTIME, r] - _added(s, pu, u, nu) + into_r
    time_q = s.totals[RTIME, q] - _added(s, pv, v, nv) + into_q
    return price(s, 0.0, time_r, 0.0) + price(s, 0.0, time_q, 0.0)


@allocating
def swap_routes(s: Any, near: Any) -> bool:
    """Try SWAP* on pairs of neighbouring routes of which one changed since the last time."""
    if s.limits[WINDOWS] > 0.0:
        return False
    n, routes = s.customer.shape[1], s.totals.shape[1]
    close = np.zeros((routes, routes), np.bool_)
    for u in range(n):
        r = s.links[ROUTE, u]
        if r < 0:
            continue
        seen = 0
        for k in range(near.shape[1]):
            q = s.links[ROUTE, near[u, k]]
            if q < 0:
                continue
            seen += 1
            if seen > _CLOSE:
                break
            close[min(r, q), max(r, q)] = True
    made = False
    started = s.tick[0]
    for r in range(routes):
        for q in range(r + 1, routes):
            if not close[r, q]:
                continue
            since = min(s.counts[SWAPPED, r], s.counts[SWAPPED, q])
            if s.counts[CHANGED, r] > since or s.counts[CHANGED, q] > since:
                made = _swap_pair(s, r, q) or made
    for r in range(routes):
        s.counts[SWAPPED, r] = started
    return made
