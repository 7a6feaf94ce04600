"""The loops of the p-median: Lagrangian bounds over sorted rows, and the exchange of sites.

Rows are kept as lists: demand ``i`` has its sites in ``site[start[i]:start[i + 1]]``, cheapest first,
at ``cost``; a multiplier never passes ``beyond[i]``, below which nothing is missing from the list.
States of a site: 1 must be open, -1 must not, 0 free.
"""

from typing import Any

import numpy as np

from tuyen.engines.network.siting_compiling import compiled


@compiled
def _smallest(values: Any, kept: Any, count: Any) -> float:
    """The ``count``-th smallest of values[:kept] (count >= 1); values are put in disorder."""
    low, high = 0, kept - 1
    want = count - 1
    while low < high:
        pivot = values[(low + high) >> 1]
        i, j = low, high
        while i <= j:
            while values[i] < pivot:
                i += 1
            while values[j] > pivot:
                j -= 1
            if i <= j:
                values[i], values[j] = values[j], values[i]
                i += 1
                j -= 1
        if want <= j:
            high = j
        elif want >= i:
            low = i
        else:
            break
    return values[want]


@compiled
def cheapest(worth: Any, state: Any, p: Any, room: Any, chosen: Any) -> float:
    """The least sum of ``worth`` over p sites, those with state 1 among them and none with -1; marks
    them in ``chosen``. Infinite where there are no p such sites. ``room`` is scratch, as long as it."""
    free, need, total = 0, p, 0.0
    for j in range(worth.size):
        chosen[j] = 0
        if state[j] == 1:
            chosen[j] = 1
            need -= 1
            total += worth[j]
        elif state[j] == 0:
            room[free] = worth[j]
            free += 1
    if need < 0 or need > free:
        return np.inf
    if need:
        edge = _smallest(room, free, need)
        ties = need
        for j in range(worth.size):
            if state[j] == 0 and worth[j] < edge:
                ties -= 1
        for j in range(worth.size):
            if state[j] == 0 and (worth[j] < edge or (worth[j] == edge and ties > 0)):
                ties -= worth[j] == edge
                chosen[j] = 1
                total += worth[j]
    return total


@compiled
def relax(
    start: Any, site: Any, cost: Any, lam: Any, state: Any, p: Any, rho: Any, chosen: Any, room: Any
) -> float:
    """The bound at multipliers ``lam``: their sum and the ``p`` most negative savings ``rho``.

    Fills ``rho`` and ``chosen``; returns the bound, or infinity where no ``p`` sites are left.
    """
    rho[:] = 0.0
    bound = 0.0
    for i in range(lam.size):
        limit = lam[i]
        bound += limit
        for k in range(start[i], start[i + 1]):
            c = cost[k]
            if c >= limit:
                break
            rho[site[k]] += c - limit
    return bound + cheapest(rho, state, p, room, chosen)


@compiled
def ascend(
    start: Any,
    site: Any,
    cost: Any,
    beyond: Any,
    lam: Any,
    state: Any,
    p: Any,
    goal: Any,
    aim: Any,
    theta: Any,
    rounds: Any,
    patience: Any,
    share: Any,
) -> Any:
    """Raise the bound from ``lam`` by deflected subgradients; stops above ``goal``.

    ``aim``: the value steps are measured against; ``theta`` their first length, halved after
    ``patience`` rounds without a better bound. ``share`` (m,) is moved towards how often each site
    was chosen. Returns the best bound, its multipliers, the rounds taken and the last ``theta``.
    """
    n, m = lam.size, state.size
    rho, room = np.empty(m), np.empty(m)
    chosen = np.empty(m, np.int8)
    now, best = lam.copy(), lam.copy()
    way, slope = np.zeros(n), np.empty(n)
    top = -np.inf
    idle, taken = 0, 0
    while taken < rounds:
        taken += 1
        bound = relax(start, site, cost, now, state, p, rho, chosen, room)
        if bound > top:
            if bound > top + 1e-6 * (aim - top):
                idle = 0
            top = bound
            best[:] = now
            if bound > goal:
                break
        idle += 1
        if idle > patience:
            idle = 0
            theta *= 0.6
            if theta < 1e-3:
                break
            now[:] = best
            way[:] = 0.0
            continue
        for j in range(m):
            share[j] += 0.02 * (chosen[j] - share[j])
        norm = 0.0
        for i in range(n):
            limit, count = now[i], 1
            for k in range(start[i], start[i + 1]):
                if cost[k] >= limit:
                    break
                count -= chosen[site[k]]
            slope[i] = count
        for i in range(n):
            way[i] = 0.7 * slope[i] + 0.3 * way[i]
            norm += way[i] * way[i]
        if norm < 1e-12:
            break
        step = theta * (aim - bound) / norm
        for i in range(n):
            value = now[i] + step * way[i]
            now[i] = min(max(value, cost[start[i]]), beyond[i])
    return top, best, taken, theta


@compiled
def _two_cheapest(by_site: Any, opened: Any, i: Any) -> Any:
    a = b = np.inf
    ja = jb = -1
    for j in opened:
        c = by_site[j, i]
        if c < a:
            b, jb, a, ja = a, ja, c, j
        elif c < b:
            b, jb = c, j
    return ja, jb, a, b


@compiled
def nearest(by_site: Any, opened: Any, first: Any, second: Any, d1: Any, d2: Any) -> float:
    """For every demand its two cheapest open sites and their costs; the sum of the cheapest."""
    total = 0.0
    for i in range(d1.size):
        ja, jb, a, b = _two_cheapest(by_site, opened, i)
        first[i], second[i], d1[i], d2[i] = ja, jb, a, b
        total += a
    return total


@compiled
def nearest_listed(
    start: Any, site: Any, cost: Any, by_site: Any, opened: Any, position: Any, first: Any,
    second: Any, d1: Any, d2: Any,
) -> float:  # fmt: skip
    """As ``nearest``, by walking down each sorted row until two open sites are met."""
    total = 0.0
    for i in range(d1.size):
        a = b = np.inf
        ja = jb = -1
        for k in range(start[i], start[i + 1]):
            j = site[k]
            if position[j] >= 0:
                if ja < 0:
                    ja, a = j, cost[k]
                else:
                    jb, b = j, cost[k]
                    break
        if jb < 0:  # the row is cut off before
            ja, jb, a, b = _two_cheapest(by_site, opened, i)
        first[i], second[i], d1[i], d2[i] = ja, jb, a, b
        total += a
    return total


@compiled
def exchange(
    by_site: Any,
    opened: Any,
    position: Any,
    candidates: Any,
    first: Any,
    second: Any,
    d1: Any,
    d2: Any,
    swaps: Any,
) -> float:
    """Swap one open site for one closed as long as that helps (Whitaker; Resende and Werneck).

    ``position`` (m,): where a site stands in ``opened``, -1 if it does not. Everything is changed
    in place; returns what was saved. At most ``swaps`` swaps.
    """
    n, p = d1.size, opened.size
    loss, extra = np.empty(p), np.empty(p)
    saved = 0.0
    loss[:] = 0.0
    for i in range(n):
        loss[position[first[i]]] += d2[i] - d1[i]
    quiet, at, done = 0, 0, 0
    while quiet < candidates.size and done < swaps:
        j = candidates[at]
        at = (at + 1) % candidates.size
        quiet += 1
        if position[j] >= 0:
            continue
        extra[:] = 0.0
        gain = 0.0
        row = by_site[j]
        for i in range(n):
            c = row[i]
            if c < d2[i]:
                if c < d1[i]:
                    gain += d1[i] - c
                    extra[position[first[i]]] += d2[i] - d1[i]
                else:
                    extra[position[first[i]]] += d2[i] - c
        leaving, net = -1, -np.inf
        for q in range(p):
            value = extra[q] - loss[q]
            if value > net:
                leaving, net = q, value
        if gain + net <= 1e-9 * (1.0 + gain):
            continue
        saved += gain + net
        quiet = 0
        done += 1
        gone = opened[leaving]
        opened[leaving] = j
        position[gone], position[j] = -1, leaving
        loss[:] = 0.0
        for i in range(n):
            c = row[i]
            if first[i] == gone or second[i] == gone:
                a = b = np.inf
                ja = jb = -1
                for o in opened:
                    v = by_site[o, i]
                    if v < a:
                        b, jb, a, ja = a, ja, v, o
                    elif v < b:
                        b, jb = v, o
                first[i], second[i], d1[i], d2[i] = ja, jb, a, b
            elif c < d1[i]:
                d2[i], second[i] = d1[i], first[i]
                d1[i], first[i] = c, j
            elif c < d2[i]:
                d2[i], second[i] = c, j
            loss[position[first[i]]] += d2[i] - d1[i]
    return saved
