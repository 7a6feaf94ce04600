"""Better routes within a slot by small moves, each weighed in constant time.

Moves of Vidal, Crainic, Gendreau, Lahrichi and Rei, Operations Research 2012; 60: 611-624: a run of
one or two customers goes behind another customer or changes places with a run there, two routes
exchange their ends (2-opt*), a stretch is reversed (2-opt); only pairs of near customers are tried.
A move whose distance grows by more than its routes pay for excess cannot gain and is passed over.
"""

from typing import Any

import numpy as np

from tuyen.engines.network.routing_state import (
    BACK_COST,
    BACK_TIME,
    CHANGED,
    COUNT,
    DEMAND,
    EPSILON,
    LOAD,
    NEXT,
    POS,
    PREV,
    RCOST,
    RLOAD,
    ROUTE,
    RPRICE,
    RTIME,
    SAME,
    SERVICE,
    TESTED,
    TIME,
    VEHICLES,
    WINDOWS,
    allocating,
    compiled,
    draw,
    inlined,
    link,
    price,
    refresh,
    shuffle,
    trip,
)
from tuyen.engines.network.routing_swap import swap_routes


@inlined
def _arc(s: Any, a: int, b: int) -> float:
    n = s.customer.shape[1]
    return s.cost[min(a, n), min(b, n)]


@compiled
def _reverse(s: Any, before: int, after: int) -> None:
    """Turn the stretch strictly between two nodes of a route."""
    u = s.links[NEXT, before]
    last = s.links[PREV, after]
    link(s, u, after)
    stop = u
    previous = before
    v = last
    while True:
        following = s.links[PREV, v]
        link(s, previous, v)
        if v == stop:
            break
        previous, v = v, following
    s.links[NEXT, stop] = after
    s.links[PREV, after] = stop


@compiled
def _kept(s: Any, route: int, before: float) -> bool:
    """Count a route after a move inside it: is it cheaper than before?"""
    refresh(s, route)
    return s.totals[RCOST, route] + s.totals[RPRICE, route] < before - EPSILON


@inlined
def _worth(
    s: Any, ru: int, rv: int, add_u: float, add_v: float, load: float, service: float
) -> bool:
    """May a move win that adds these costs to its routes, and load and service to rv from ru?

    Exact where time is the cost of a way and there are no windows; else a bound.
    """
    gain = add_u + add_v
    paid = s.totals[RPRICE, ru]
    exact = s.limits[WINDOWS] == 0.0 and s.limits[SAME] > 0.0
    if ru == rv:
        if exact and gain < paid:
            gain += price(s, s.totals[RLOAD, ru], s.totals[RTIME, ru] + gain, 0.0)
        return gain - paid < -EPSILON
    paid += s.totals[RPRICE, rv]
    if gain - paid > -EPSILON:
        return False
    time_u = time_v = 0.0
    if exact:
        time_u = s.totals[RTIME, ru] + add_u - service
        time_v = s.totals[RTIME, rv] + add_v + service
    gain += price(s, s.totals[RLOAD, ru] - load, time_u, 0.0)
    gain += price(s, s.totals[RLOAD, rv] + load, time_v, 0.0)
    return gain - paid < -EPSILON


@compiled
def _relink(s: Any, u: int, a: int, v: int, b: int, turned: bool) -> None:
    """Let the run of a from u and the run of b from v change places; b = 0 moves u behind v."""
    ul = u if a == 1 else s.links[NEXT, u]
    pu, nu = s.links[PREV, u], s.links[NEXT, ul]
    first, last = (ul, u) if turned else (u, ul)
    if b == 0:
        nv = s.links[NEXT, v]
        link(s, pu, nu)
        if turned:
            link(s, ul, u)
        link(s, v, first)
        link(s, last, nv)
        return
    vl = v if b == 1 else s.links[NEXT, v]
    pv, nv = s.links[PREV, v], s.links[NEXT, vl]
    link(s, pu, v)
    link(s, vl, nu)
    link(s, pv, u)
    link(s, ul, nv)


@compiled
def _exchange(s: Any, u: int, a: int, v: int, b: int, turned: bool, gain: float) -> bool:
    """Make a move of which `_worth` says yes, if it is cheaper with all it pays for.

    ``gain`` is its change of cost.
    """
    ru, rv = s.links[ROUTE, u], s.links[ROUTE, v]
    ul = u if a == 1 else s.links[NEXT, u]
    pu, nu = s.links[PREV, u], s.links[NEXT, ul]
    if ru == rv:
        before, stamp = s.totals[RCOST, ru] + s.totals[RPRICE, ru], s.counts[CHANGED, ru]
        vl = v if b < 2 else s.links[NEXT, v]
        pv, nv = s.links[PREV, v], s.links[NEXT, vl]
        _relink(s, u, a, v, b, turned)
        if _kept(s, ru, before):
            return True
        link(s, pu, u)  # as it was
        if a == 2:
            link(s, u, ul)
        link(s, ul, nu)
        link(s, vl, nv)
        if b > 0:
            link(s, pv, v)
        refresh(s, ru)
        s.counts[CHANGED, ru] = stamp
        return False
    moved = s.customer[DEMAND, u] + (s.customer[DEMAND, ul] if a == 2 else 0.0)
    left, vl = v, v
    if b > 0:
        left = s.links[PREV, v]
        vl = v if b == 1 else s.links[NEXT, v]
        moved -= s.customer[DEMAND, v] + (s.customer[DEMAND, vl] if b == 2 else 0.0)
    if s.limits[WINDOWS] > 0.0 or s.limits[SAME] == 0.0:
        time_u, warp_u = trip(s, pu, v, b, False, nu)
        time_v, warp_v = trip(s, left, u, a, turned, s.links[NEXT, vl])
        change = (
            gain - s.totals[RPRICE, ru] - s.totals[RPRICE, rv]
            + price(s, s.totals[RLOAD, ru] - moved, time_u, warp_u)
            + price(s, s.totals[RLOAD, rv] + moved, time_v, warp_v)
        )  # fmt: skip
        if change > -EPSILON:
            return False
    _relink(s, u, a, v, b, turned)
    refresh(s, ru)
    refresh(s, rv)
    return True


@compiled
def _cross(s: Any, u: int, v: int, gain: float) -> bool:
    """u goes on with what followed v, and v with what followed u (2-opt*)."""
    n, routes = s.customer.shape[1], s.totals.shape[1]
    ru, rv = s.links[ROUTE, u], s.links[ROUTE, v]
    nu, nv = s.links[NEXT, u], s.links[NEXT, v]
    load = s.sums[LOAD, u] + s.totals[RLOAD, rv] - s.sums[LOAD, v]
    time_u, warp_u = trip(s, u, u, 0, False, nv)
    time_v, warp_v = trip(s, v, v, 0, False, nu)
    change = (
        gain - s.totals[RPRICE, ru] - s.totals[RPRICE, rv]
        + price(s, load, time_u, warp_u)
        + price(s, s.totals[RLOAD, ru] + s.totals[RLOAD, rv] - load, time_v, warp_v)
    )  # fmt: skip
    if change > -EPSILON:
        return False
    end_u, end_v = n + routes + ru, n + routes + rv
    last_u, last_v = s.links[PREV, end_u], s.links[PREV, end_v]
    link(s, u, end_u if nv == end_v else nv)
    if nv != end_v:
        link(s, last_v, end_u)
    link(s, v, end_v if nu == end_u else nu)
    if nu != end_u:
        link(s, last_u, end_v)
    refresh(s, ru)
    refresh(s, rv)
    return True


@compiled
def _cross_turned(s: Any, u: int, v: int, gain: float) -> bool:
    """u goes on with what led to v, backward, and what followed u leads to what followed v."""
    n, routes = s.customer.shape[1], s.totals.shape[1]
    ru, rv = s.links[ROUTE, u], s.links[ROUTE, v]
    nu, nv = s.links[NEXT, u], s.links[NEXT, v]
    end_u, start_v = n + routes + ru, n + rv
    load = s.sums[LOAD, u] + s.sums[LOAD, v]
    a, b, c, d = min(u, n), min(v, n), min(nu, n), min(nv, n)
    time_u = s.sums[TIME, u] + s.time[a, b] + s.sums[TIME, v] + s.sums[BACK_TIME, v]
    rest_u = s.totals[RTIME, ru] - s.sums[TIME, nu] + s.sums[BACK_TIME, end_u]
    rest_u += (s.customer[SERVICE, nu] if nu < n else 0.0) - s.sums[BACK_TIME, nu]
    rest_v = s.totals[RTIME, rv] - s.sums[TIME, nv] + (s.customer[SERVICE, nv] if nv < n else 0.0)
    change = (
        gain - s.totals[RPRICE, ru] - s.totals[RPRICE, rv] + price(s, load, time_u, 0.0)
        + price(s, s.totals[RLOAD, ru] + s.totals[RLOAD, rv] - load,
                rest_u + s.time[c, d] + rest_v, 0.0)
    )  # fmt: skip
    if change > -EPSILON:
        return False
    last = s.links[PREV, end_u]
    at, x = u, v
    while x != start_v:
        following = s.links[PREV, x]
        link(s, at, x)
        at, x = x, following
    link(s, at, end_u)
    at, x = start_v, last
    while nu != end_u:
        following = s.links[PREV, x]
        link(s, at, x)
        at = x
        if x == nu:
            break
        x = following
    link(s, at, nv)
    refresh(s, ru)
    refresh(s, rv)
    return True


@inlined
def _shift(s: Any, u: int, a: int, v: int) -> bool:
    """Put the run of a from u behind v, as it is or turned. True if it was done."""
    ru, rv = s.links[ROUTE, u], s.links[ROUTE, v]
    pu, nv = s.links[PREV, u], s.links[NEXT, v]
    ul = u if a == 1 else s.links[NEXT, u]
    an = s.links[NEXT, ul]
    inner = load = service = 0.0
    if a == 2:
        inner = s.cost[u, ul]
        load, service = s.customer[DEMAND, ul], s.customer[SERVICE, ul]
    load += s.customer[DEMAND, u]
    service += s.customer[SERVICE, u]
    out = _arc(s, pu, an) - _arc(s, pu, u) - _arc(s, ul, an) - inner
    add = _arc(s, v, u) + _arc(s, ul, nv) - _arc(s, v, nv) + inner
    if _worth(s, ru, rv, out, add, load, service) and _exchange(s, u, a, v, 0, False, out + add):
        return True
    if a == 1:
        return False
    add = _arc(s, v, ul) + _arc(s, u, nv) - _arc(s, v, nv) + s.cost[ul, u]
    return _worth(s, ru, rv, out, add, load, service) and _exchange(s, u, a, v, 0, True, out + add)


@inlined
def _trade(s: Any, u: int, a: int, v: int, b: int) -> bool:
    """Let the runs of a from u and of b from v, which do not touch, change places."""
    ru, rv = s.links[ROUTE, u], s.links[ROUTE, v]
    pu, pv = s.links[PREV, u], s.links[PREV, v]
    ul = u if a == 1 else s.links[NEXT, u]
    vl = v if b == 1 else s.links[NEXT, v]
    an, bn = s.links[NEXT, ul], s.links[NEXT, vl]
    inner = 0.0
    load = s.customer[DEMAND, u] - s.customer[DEMAND, v]
    service = s.customer[SERVICE, u] - s.customer[SERVICE, v]
    if a == 2:
        inner += s.cost[u, ul]
        load += s.customer[DEMAND, ul]
        service += s.customer[SERVICE, ul]
    if b == 2:
        inner -= s.cost[v, vl]
        load -= s.customer[DEMAND, vl]
        service -= s.customer[SERVICE, vl]
    add_u = _arc(s, pu, v) + _arc(s, vl, an) - _arc(s, pu, u) - _arc(s, ul, an) - inner
    add_v = _arc(s, pv, u) + _arc(s, ul, bn) - _arc(s, pv, v) - _arc(s, vl, bn) + inner
    return _worth(s, ru, rv, add_u, add_v, load, service) and _exchange(
        s, u, a, v, b, False, add_u + add_v
    )


@inlined
def _runs(s: Any, u: int, v: int) -> bool:
    """Moves of a run from u behind v, or against a run from v. True if one was made."""
    n = s.customer.shape[1]
    pu, nu, nv = s.links[PREV, u], s.links[NEXT, u], s.links[NEXT, v]
    for a in range(1, 3):
        ul = u if a == 1 else nu
        if ul >= n or (a == 2 and v == nu):
            break
        an = s.links[NEXT, ul]
        if v != pu and _shift(s, u, a, v):
            return True
        if v >= n or v == an or nv == u:
            continue
        for b in range(1, a + 1):
            vl = v if b == 1 else nv
            if vl >= n or s.links[NEXT, vl] == u:
                break
            if _trade(s, u, a, v, b):
                return True
    return False


@compiled
def _pair(s: Any, u: int, v: int) -> bool:
    """Every move of customer u with v, a customer or the start of a route. True if one was made."""
    if _runs(s, u, v):
        return True
    ru, rv = s.links[ROUTE, u], s.links[ROUTE, v]
    nu, nv = s.links[NEXT, u], s.links[NEXT, v]
    cut = -_arc(s, u, nu) - _arc(s, v, nv)
    if ru == rv:
        return s.links[POS, v] > s.links[POS, u] + 1 and _turn(s, u, v, cut)
    room = s.totals[RPRICE, ru] + s.totals[RPRICE, rv] - EPSILON
    gain = cut + _arc(s, u, nv) + _arc(s, v, nu)
    if gain < room:
        load = s.sums[LOAD, u] + s.totals[RLOAD, rv] - s.sums[LOAD, v]
        least = price(s, load, 0.0, 0.0)
        least += price(s, s.totals[RLOAD, ru] + s.totals[RLOAD, rv] - load, 0.0, 0.0)
        if gain + least < room and _cross(s, u, v, gain):
            return True
    if s.limits[WINDOWS] > 0.0:
        return False
    gain = cut + _arc(s, u, v) + _arc(s, nu, nv) + s.sums[BACK_COST, v]
    end = s.customer.shape[1] + s.totals.shape[1] + ru
    gain += s.sums[BACK_COST, end] - s.sums[BACK_COST, nu]
    if gain >= room:
        return False
    load = s.sums[LOAD, u] + s.sums[LOAD, v]
    least = price(s, load, 0.0, 0.0)
    least += price(s, s.totals[RLOAD, ru] + s.totals[RLOAD, rv] - load, 0.0, 0.0)
    return gain + least < room and _cross_turned(s, u, v, gain)


@compiled
def _turn(s: Any, u: int, v: int, cut: float) -> bool:
    """Reverse what follows u up to v, in one route (2-opt)."""
    r, nu, nv = s.links[ROUTE, u], s.links[NEXT, u], s.links[NEXT, v]
    gain = cut + _arc(s, u, v) + _arc(s, nu, nv)
    gain += s.sums[BACK_COST, v] - s.sums[BACK_COST, nu]
    if not _worth(s, r, r, gain, 0.0, 0.0, 0.0):
        return False
    before, stamp = s.totals[RCOST, r] + s.totals[RPRICE, r], s.counts[CHANGED, r]
    _reverse(s, u, nv)
    if _kept(s, r, before):
        return True
    _reverse(s, u, nv)
    refresh(s, r)
    s.counts[CHANGED, r] = stamp
    return False


@compiled
def _around(s: Any, near: Any, u: int, width: int, first: bool) -> bool:
    """The moves of u with its nearest customers of the slot, and with an unused vehicle."""
    n, tested, seen, made = s.customer.shape[1], s.links[TESTED, u], 0, False
    s.links[TESTED, u] = s.tick[0]
    for k in range(near.shape[1]):
        v = near[u, k]
        if s.links[ROUTE, v] < 0:
            continue
        seen += 1
        if seen > width:
            break
        ru, rv = s.links[ROUTE, u], s.links[ROUTE, v]
        if max(s.counts[CHANGED, ru], s.counts[CHANGED, rv]) <= tested:
            continue
        if _pair(s, u, v) or (s.links[PREV, v] >= n and _pair(s, u, s.links[PREV, v])):
            made = True
    if not first and s.counts[CHANGED, s.links[ROUTE, u]] > tested:
        for r in range(int(s.limits[VEHICLES])):
            if s.counts[COUNT, r] == 0:
                made = _pair(s, u, n + r) or made
                break
    return made


@allocating
def improve(s: Any, near: Any, width: int, rng: Any) -> bool:
    """Make moves until none gains; true if any was made.

    near is (n, k) customers by closeness; at most ``width`` of those in the slot are tried.
    """
    n = s.customer.shape[1]
    order = np.empty(n, np.int64)
    size = 0
    for u in range(n):
        if s.links[ROUTE, u] >= 0:
            order[size] = u
            size += 1
    order = order[:size]
    shuffle(rng, order)
    first, any_made = True, False
    while True:
        made = False
        for k in range(size):
            made = _around(s, near, order[k], width, first) or made
        if not made and not first:
            made = swap_routes(s, near)
        any_made = any_made or made
        if not made and not first:
            return any_made
        first = False
        if size > 1:
            i, j = draw(rng, size), draw(rng, size)
            order[i], order[j] = order[j], order[i]
