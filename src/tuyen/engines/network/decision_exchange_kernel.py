"""The loops that put plans together: what every arrangement of a commune costs while the others stay, and
whole villages fitted into the places of main stations.
"""

from typing import Any

import numpy as np

from tuyen.engines.network.decision_ways_kernel import fee_of
from tuyen.engines.network.siting_compiling import compiled


@compiled
def elsewhere(
    c: Any, i: Any, start: Any, site: Any, minutes: Any, wait: Any, cf: Any, cb: Any, cv: Any,
    none: Any, commune: Any, kinds: Any,
) -> Any:  # fmt: skip
    """Of village ``i``: what it pays at a main station and at a point outside commune ``c``, the minutes to
    that point, and whether a site of the commune might be cheaper."""
    a, b, t, own = none[i, 0], none[i, 1], np.inf, False
    for k in range(start[i], start[i + 1]):
        if cf[k] >= a and cb[k] >= b:
            break
        j = site[k]
        if commune[j] == c:
            own = True
            continue
        kind = kinds[j]
        if kind == 0:
            continue
        if kind == 1:
            a = min(a, cf[k])
        at, late = (cv[k], minutes[k] + wait) if kind == 3 else (cb[k], minutes[k])
        if at < b:
            b, t = at, late
    return a, b, t, own


@compiled
def valued(
    c: Any, first: Any, start: Any, site: Any, minutes: Any, wait: Any, cf: Any, cb: Any, cv: Any,
    none: Any, floors: Any, fees: Any, commune: Any, back_start: Any, back: Any, row: Any, people: Any,
    kinds: Any, options: Any, cost: Any, far: Any,
) -> None:  # fmt: skip
    """Fills ``cost`` (k,) and ``far`` (k, f), the people beyond each floor, of the villages that commune ``c``
    might serve, for each of its ``options`` (k, n) while all other communes stay as in ``kinds``.

    first: its first site; back_start, back: the pairs of every site; row: the village of a pair; cf may hold
    what places are worth beside the way. Rows of pairs ascend by minutes.
    """
    n, m = options.shape[1], none.shape[0]
    where = np.full(m, -1)
    most = back_start[first + n] - back_start[first]
    who, rest = np.empty(most, np.int64), np.empty((most, 3))
    many = 0
    for q in range(back_start[first], back_start[first + n]):
        i = row[back[q]]
        if where[i] == -1:
            a, b, t, own = elsewhere(
                c, i, start, site, minutes, wait, cf, cb, cv, none, commune, kinds
            )
            where[i] = -2
            if own:
                where[i], who[many] = many, i
                rest[many, 0], rest[many, 1], rest[many, 2] = a, b, t
                many += 1
    head, point = np.full((many, n), np.inf), np.full((many, n, 2), np.inf)
    late = np.full((many, n, 2), np.inf)
    for j in range(n):
        for q in range(back_start[first + j], back_start[first + j + 1]):
            k = back[q]
            v = where[row[k]]
            if v >= 0:
                head[v, j] = cf[k]
                point[v, j, 0], point[v, j, 1] = cb[k], cv[k]
                late[v, j, 0], late[v, j, 1] = minutes[k], minutes[k] + wait
    far[:] = 0.0
    for o in range(options.shape[0]):
        total = 0.0
        for v in range(many):
            a, b, t = rest[v, 0], rest[v, 1], rest[v, 2]
            for j in range(n):
                kind = options[o, j]
                if kind == 1:
                    a = min(a, head[v, j])
                if kind > 0:
                    w = 1 if kind == 3 else 0
                    if point[v, j, w] < b:
                        b, t = point[v, j, w], late[v, j, w]
            total += a + b + fee_of(floors, fees, who[v], t)
            for f in range(floors.size):
                if t > floors[f]:
                    far[o, f] += people[who[v]]
        cost[o] = total


@compiled
def pack(start: Any, site: Any, cost: Any, loss: Any, people: Any, room: Any, chosen: Any) -> bool:
    """Fills ``chosen`` (m,) with the pair by which each village goes to a main station with room for it.

    start (m + 1,), site, cost, loss: pairs with main stations, ``cost`` with what their places are worth;
    room (n,) people, is used up. The villages that would lose the most by their second choice choose first.
    False where one found no room.
    """
    m = people.size
    regret = np.empty(m)
    for i in range(m):
        low, second = np.inf, np.inf
        for k in range(start[i], start[i + 1]):
            if cost[k] < low:
                low, second = cost[k], low
            elif cost[k] < second:
                second = cost[k]
        regret[i] = -people[i] * (second - low if second < np.inf else 1e6)
    for i in np.argsort(regret, kind="mergesort"):
        best = -1
        for k in range(start[i], start[i + 1]):
            if room[site[k]] >= people[i] * (1 - 1e-12) and (best < 0 or cost[k] < cost[best]):
                best = k
        if best < 0:
            return False
        chosen[i] = best
        room[site[best]] -= people[i]
    return True


@compiled
def _way_out(v: Any, at: Any, from_: Any, freed: Any, start: Any, site: Any, loss: Any, people: Any,
             room: Any, chosen: Any) -> Any:  # fmt: skip
    """The nearest pair by which village ``v`` may leave station ``at``, where ``from_`` has ``freed`` more
    places than ``room`` says; -1 where there is none."""
    best = -1
    for k in range(start[v], start[v + 1]):
        j = site[k]
        fits = j != at and room[j] + (freed if j == from_ else 0.0) >= people[v]
        if fits and (best < 0 or loss[k] < loss[best]):
            best = k
    return best


@compiled
def improve(
    start: Any, site: Any, loss: Any, people: Any, room: Any, chosen: Any, passes: Any
) -> None:
    """Villages move to a nearer main station where there is room, or where one village that is there makes
    room and all together lose less; until none does, at most ``passes`` times through all."""
    m = people.size
    first, after = np.full(room.size, -1), np.full(m, -1)
    for i in range(m):
        j = site[chosen[i]]
        after[i], first[j] = first[j], i
    for _pass in range(passes):
        moved = False
        for i in range(m):
            a = site[chosen[i]]
            gain, to, other, out = 1e-12 * people[i], -1, -1, -1
            for k in range(start[i], start[i + 1]):
                nearer = people[i] * (loss[chosen[i]] - loss[k])
                if nearer <= gain:
                    continue
                b = site[k]
                if room[b] >= people[i]:
                    gain, to, other = nearer, k, -1
                    continue
                v = first[b]
                while v >= 0:
                    if room[b] + people[v] >= people[i]:
                        q = _way_out(v, b, a, people[i], start, site, loss, people, room, chosen)
                        if q >= 0:
                            net = nearer - people[v] * (loss[q] - loss[chosen[v]])
                            if net > gain:
                                gain, to, other, out = net, k, v, q
                    v = after[v]
            if to < 0:
                continue
            moved = True
            if other >= 0:
                _moved(other, out, site, people, room, chosen, first, after)
            _moved(i, to, site, people, room, chosen, first, after)
        if not moved:
            return


@compiled
def _moved(i: Any, k: Any, site: Any, people: Any, room: Any, chosen: Any, first: Any,
           after: Any) -> None:  # fmt: skip
    """Village ``i`` goes by pair ``k`` from now on; ``first``, ``after`` list who is at a station."""
    a, b = site[chosen[i]], site[k]
    if first[a] == i:
        first[a] = after[i]
    else:
        v = first[a]
        while after[v] != i:
            v = after[v]
        after[v] = after[i]
    after[i], first[b] = first[b], i
    room[a] += people[i]
    room[b] -= people[i]
    chosen[i] = k
