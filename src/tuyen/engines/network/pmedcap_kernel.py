"""The loops of the capacitated p-median: knapsacks under multipliers, and the moving of demands."""

from typing import Any

import numpy as np

from tuyen.engines.network.pmedian_kernel import cheapest
from tuyen.engines.network.siting_compiling import compiled


@compiled
def pack(
    row: Any,
    allowed: Any,
    lam: Any,
    load: Any,
    room: Any,
    exact: Any,
    taken: Any,
    best: Any,
    table: Any,
) -> Any:
    """The most negative sum of ``row - lam`` over demands whose loads fit into ``room``.

    ``exact``: loads are whole, and the knapsack is solved over them; otherwise a last demand may be
    cut (which can only be more negative). ``taken`` (n,) gets the share of each demand.
    """
    n = row.size
    taken[:] = 0.0
    total, value = 0.0, 0.0
    items = np.empty(n, np.int64)
    count = 0
    for i in range(n):
        if allowed[i] and row[i] < lam[i] and load[i] <= room:
            items[count] = i
            count += 1
            total += load[i]
            value += row[i] - lam[i]
    if total <= room:
        for k in range(count):
            taken[items[k]] = 1.0
        return value
    if exact:
        width = int(room) + 1
        best[:width] = 0.0
        for k in range(count):
            i = items[k]
            gain, w = row[i] - lam[i], int(load[i])
            for q in range(width - 1, -1, -1):
                table[k, q] = 0
                if q >= w and best[q - w] + gain < best[q]:
                    best[q] = best[q - w] + gain
                    table[k, q] = 1
        q = width - 1
        for k in range(count - 1, -1, -1):
            if table[k, q]:
                taken[items[k]] = 1.0
                q -= int(load[items[k]])
        return best[width - 1]
    # The price of load at which just enough is taken; any price gives a bound.
    low, high = 0.0, 0.0
    for k in range(count):
        i = items[k]
        if load[i] > 0:
            high = max(high, (lam[i] - row[i]) / load[i])
    for _halving in range(50):
        price = 0.5 * (low + high)
        total = 0.0
        for k in range(count):
            i = items[k]
            if lam[i] - row[i] > price * load[i]:
                total += load[i]
        if total > room:
            low = price
        else:
            high = price
    value, left = -high * room, room
    for k in range(count):
        i = items[k]
        if lam[i] - row[i] > high * load[i]:
            taken[i] = 1.0
            left -= load[i]
            value += row[i] - lam[i] + high * load[i]
    for k in range(count):
        i = items[k]
        if taken[i] == 0.0 and lam[i] - row[i] > low * load[i] and left > 0.0:
            taken[i] = min(1.0, left / load[i])
            left -= taken[i] * load[i]
    return value


@compiled
def relax_packed(
    costs: Any,
    allowed: Any,
    lam: Any,
    load: Any,
    room: Any,
    exact: Any,
    state: Any,
    p: Any,
    worth: Any,
    taken: Any,
    chosen: Any,
    best: Any,
    table: Any,
) -> Any:
    """The bound at ``lam``: its sum and the ``p`` most negative knapsacks. As for the p-median."""
    bound = 0.0
    for value in lam:
        bound += value
    for j in range(state.size):
        worth[j] = 0.0
        if state[j] >= 0:
            worth[j] = pack(costs[j], allowed[j], lam, load, room[j], exact, taken[j], best, table)
    return bound + cheapest(worth, state, p, np.empty(state.size), chosen)


@compiled
def ascend_packed(
    costs: Any,
    allowed: Any,
    lam: Any,
    load: Any,
    room: Any,
    exact: Any,
    state: Any,
    p: Any,
    goal: Any,
    aim: Any,
    theta: Any,
    rounds: Any,
    patience: Any,
    share: Any,
    high: Any,
) -> Any:
    """Raise the bound by subgradients; ``share`` (m, n) is moved towards who is packed where."""
    m, n = costs.shape
    worth, taken = np.empty(m), np.zeros((m, n))
    chosen = np.empty(m, np.int8)
    width = 1
    if exact:
        for j in range(m):
            width = max(width, int(room[j]) + 1)
    best, table = np.empty(width), np.empty((n, width), np.uint8)
    now, top_lam = lam.copy(), lam.copy()
    way, slope = np.zeros(n), np.empty(n)
    top = -np.inf
    idle, done = 0, 0
    while done < rounds:
        done += 1
        bound = relax_packed(
            costs, allowed, now, load, room, exact, state, p, worth, taken, chosen, best, table
        )
        if bound > top:
            if bound > top + 1e-6 * (aim - top):
                idle = 0
            top = bound
            top_lam[:] = now
            if bound > goal:
                break
        idle += 1
        if idle > patience:
            idle = 0
            theta *= 0.6
            if theta < 2e-3:
                break
            now[:] = top_lam
            way[:] = 0.0
            continue
        slope[:] = 1.0
        for j in range(m):
            if chosen[j]:
                for i in range(n):
                    slope[i] -= taken[j, i]
                    share[j, i] += 0.05 * (taken[j, i] - share[j, i])
            else:
                for i in range(n):
                    share[j, i] *= 0.95
        norm = 0.0
        for i in range(n):
            way[i] = 0.75 * slope[i] + 0.25 * way[i]
            norm += way[i] * way[i]
        if norm < 1e-12:
            break
        step = theta * (aim - bound) / norm
        for i in range(n):
            now[i] = min(now[i] + step * way[i], high[i])
    return top, top_lam, done, theta


@compiled
def move(
    costs: Any, load: Any, room: Any, opened: Any, goes: Any, used: Any, price: Any, allowed: Any
) -> Any:
    """Shift and swap demands between open sites while cost plus ``price`` per overload falls.

    ``goes`` (n,) is a place in ``opened``; ``used`` (p,) the load there. Changed in place.
    """
    n, p = goes.size, opened.size
    better = True
    while better:
        better = False
        for i in range(n):
            a = goes[i]
            before = costs[opened[a], i]
            for b in range(p):
                if b == a or not allowed[opened[b], i]:
                    continue
                over = max(0.0, used[a] - room[opened[a]]) + max(0.0, used[b] - room[opened[b]])
                after = max(0.0, used[a] - load[i] - room[opened[a]]) + max(
                    0.0, used[b] + load[i] - room[opened[b]]
                )
                change = costs[opened[b], i] - before + price * (after - over)
                if change < -1e-9:
                    goes[i] = b
                    used[a] -= load[i]
                    used[b] += load[i]
                    better = True
                    a = b
                    before = costs[opened[a], i]
        for i in range(n):
            for k in range(i):
                a, b = goes[i], goes[k]
                if a == b or not allowed[opened[b], i] or not allowed[opened[a], k]:
                    continue
                drift = load[i] - load[k]
                over = max(0.0, used[a] - room[opened[a]]) + max(0.0, used[b] - room[opened[b]])
                after = max(0.0, used[a] - drift - room[opened[a]]) + max(
                    0.0, used[b] + drift - room[opened[b]]
                )
                change = (
                    costs[opened[b], i] + costs[opened[a], k]
                    - costs[opened[a], i] - costs[opened[b], k] + price * (after - over)
                )  # fmt: skip
                if change < -1e-9:
                    goes[i], goes[k] = b, a
                    used[a] -= drift
                    used[b] += drift
                    better = True
    return better
