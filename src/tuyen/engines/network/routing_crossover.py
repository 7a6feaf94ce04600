"""Children of two solutions: order crossover for one slot, PIX for several; then education.

PIX (periodic crossover with insertions) is that of Vidal, Crainic, Gendreau, Lahrichi and Rei,
Operations Research 2012; 60: 611-624: some slots come whole from one parent, some from the other,
some are mixed, and visits that are missing are inserted where they cost least. A solution is an
order per slot, (L, n) padded with -1.
"""

from typing import Any

import numpy as np

from tuyen.engines.network.periodic_patterns import complete, improve_patterns
from tuyen.engines.network.routing_moves import improve
from tuyen.engines.network.routing_split import split
from tuyen.engines.network.routing_state import (
    COUNT,
    NEXT,
    RLOAD,
    RPRICE,
    RTIME,
    RWARP,
    TESTED,
    compiled,
    draw,
    kernel,
    price,
    shuffle,
    slot_of,
)


@compiled
def _size(order: Any) -> int:
    size = 0
    while size < order.size and order[size] >= 0:
        size += 1
    return size


@kernel
def order_crossover(one: Any, other: Any, child: Any, rng: Any) -> None:
    """OX: a stretch of one parent at its place, the rest in the order of the other."""
    size = _size(one)
    start, stop = draw(rng, size), draw(rng, size)
    while size > 1 and stop == start:
        stop = draw(rng, size)
    kept = np.zeros(one.size, np.bool_)
    at = start
    while True:
        child[at] = one[at]
        kept[one[at]] = True
        if at == stop:
            break
        at = (at + 1) % size
    place = (stop + 1) % size
    for k in range(size):
        u = other[(stop + 1 + k) % size]
        if not kept[u]:
            child[place] = u
            place = (place + 1) % size


@compiled
def _fits(options: Any, first: Any, visited: Any, u: int, at: int) -> bool:
    """Does an option of u hold its visits so far and slot ``at``?"""
    for o in range(first[u], first[u + 1]):
        if options[o, at] == 0:
            continue
        fits = True
        for k in range(options.shape[1]):
            if visited[k, u] and options[o, k] == 0:
                fits = False
                break
        if fits:
            return True
    return False


@kernel
def periodic_crossover(
    one: Any, other: Any, child: Any, options: Any, first: Any, rng: Any
) -> None:
    """PIX; the child may lack visits, and never has one that no option allows."""
    slots, n = one.shape
    visited = np.zeros((slots, n), np.bool_)
    sizes = np.zeros(slots, np.int64)
    resume = np.zeros(slots, np.int64)
    deck = np.arange(slots)
    shuffle(rng, deck)
    a, b = draw(rng, slots + 1), draw(rng, slots + 1)
    whole, mixed = min(a, b), max(a, b)  # then deck[whole:mixed] is the other's, the rest mixed
    child[:] = -1
    for k in range(slots):
        at = deck[k]
        size = _size(one[at])
        if size == 0 or whole <= k < mixed:
            continue
        start, count = 0, size
        if k >= mixed:
            start, count = draw(rng, size), draw(rng, size) + 1
        for j in range(count):
            u = one[at, (start + j) % size]
            child[at, sizes[at]] = u
            sizes[at] += 1
            visited[at, u] = True
        resume[at] = (start + count) % size
    rest = deck[whole:].copy()
    shuffle(rng, rest)
    for at in rest:
        size = _size(other[at])
        for j in range(size):
            u = other[at, (resume[at] + j) % size]
            if not visited[at, u] and _fits(options, first, visited, u, at):
                child[at, sizes[at]] = u
                sizes[at] += 1
                visited[at, u] = True


@kernel
def reprice(slots: Any) -> None:
    """Count what routes pay again after prices changed, and forget what was tried."""
    for at in range(slots.links.shape[0]):
        s = slot_of(slots, at)
        s.links[TESTED, :] = -1
        for r in range(s.totals.shape[1]):
            s.totals[RPRICE, r] = price(
                s, s.totals[RLOAD, r], s.totals[RTIME, r], s.totals[RWARP, r]
            )


@kernel
def educate(slots: Any, near: Any, options: Any, first: Any, width: int, rng: Any) -> None:
    """Routes, then patterns, then the routes that patterns changed, until nothing gains."""
    count = options.shape[1]
    touched = np.ones(count, np.int64)
    periodic = options.shape[0] > slots.customer.shape[1]
    while True:
        for at in range(count):
            if touched[at]:
                improve(slot_of(slots, at), near, width, rng)
        touched[:] = 0
        if not periodic or not improve_patterns(slots, options, first, rng, touched):
            return


@kernel
def build(slots: Any, orders: Any, options: Any, first: Any, rng: Any) -> None:
    """The routes of a solution's orders, with missing visits inserted."""
    for at in range(orders.shape[0]):
        split(slot_of(slots, at), orders[at, : _size(orders[at])])
    if options.shape[1] > 1:
        complete(slots, options, first, rng)


@kernel
def export(slots: Any, angle: Any, orders: Any, starts: Any, after: Any, ahead: Any) -> None:
    """Write the routes as orders; routes follow one another by the angle of their middle.

    starts (L, n) is 1 where a route begins; after and ahead (L, n) hold who follows and who
    precedes a customer, -1 the depot and -2 no visit. angle is (L, n, 2) around the slot's depot.
    """
    count, n = orders.shape
    routes = slots.totals.shape[2]
    orders[:] = -1
    starts[:] = 0
    after[:] = -2
    ahead[:] = -2
    middle = np.empty(routes)
    for at in range(count):
        for r in range(routes):
            x = y = 0.0
            u = slots.links[at, NEXT, n + r]
            while u < n:
                x += angle[at, u, 0]
                y += angle[at, u, 1]
                u = slots.links[at, NEXT, u]
            middle[r] = np.arctan2(y, x) if slots.counts[at, COUNT, r] else 9.0
        place = 0
        for r in np.argsort(middle):
            u, previous = slots.links[at, NEXT, n + r], -1
            if u < n:
                starts[at, place] = 1
            while u < n:
                following = slots.links[at, NEXT, u]
                orders[at, place] = u
                place += 1
                ahead[at, u] = previous
                after[at, u] = following if following < n else -1
                previous, u = u, following


@kernel
def different(after: Any, ahead: Any, mine: int, others: Any, out: Any) -> None:
    """Share of visits of solution ``mine`` that follow otherwise in each of ``others``."""
    for k in range(others.size):
        two = others[k]
        visits = broken = 0
        for at in range(after.shape[1]):
            for u in range(after.shape[2]):
                follower = after[mine, at, u]
                if follower == -2:
                    continue
                visits += 1
                if after[two, at, u] != follower and ahead[two, at, u] != follower:
                    broken += 1
                if ahead[mine, at, u] == -1 and after[two, at, u] != -1 and ahead[two, at, u] != -1:
                    broken += 1
        out[k] = broken / max(1, visits)


@kernel
def excess(slots: Any, out: Any) -> None:
    """Write cost, load, time and warp too much of all routes to out (4,)."""
    out[:] = 0.0
    for at in range(slots.links.shape[0]):
        s = slot_of(slots, at)
        for r in range(s.totals.shape[1]):
            out[0] += s.totals[1, r]
            out[1] += max(0.0, s.totals[RLOAD, r] - s.limits[0])
            out[2] += max(0.0, s.totals[RTIME, r] - s.limits[1])
            out[3] += s.totals[RWARP, r]
