"""The loops of a decision with free choice: bounds at prices of being served, and best responses.

A village pays ``head[i]`` to be served by a main station and ``point[i]`` by a point of service; sites
take what they can at less. Rows of pairs ascend, so each is read only as far as somebody pays.
"""

from typing import Any

import numpy as np

from tuyen.engines.network.decision_kernel import best_of
from tuyen.engines.network.siting_compiling import compiled


@compiled
def fee_of(floors: Any, fees: Any, i: Any, minutes: Any) -> float:
    """What way of ``minutes`` costs village ``i`` for being beyond floors; fees (f, m)."""
    total = 0.0
    for f in range(floors.size):
        if minutes > floors[f]:
            total += fees[f, i]
    return total


@compiled
def gains(
    start: Any, site: Any, minutes: Any, wait: Any, cf: Any, cb: Any, cv: Any, people: Any,
    head: Any, point: Any, floors: Any, fees: Any, dues: Any, out: Any,
) -> float:  # fmt: skip
    """Fills ``out`` (n, 4) with what each kind of each site gains (<= 0); the sum of the payments."""
    out[:] = 0.0
    total = 0.0
    for i in range(head.size):
        a, b = head[i], point[i]
        total += a + b
        for k in range(start[i], start[i + 1]):
            if cf[k] >= a and cb[k] >= b:
                break
            j = site[k]
            if cf[k] < a:
                out[j, 1] += min(0.0, cf[k] + people[i] * dues[j] - a)
            if cb[k] < b:
                c = min(0.0, cb[k] + fee_of(floors, fees, i, minutes[k]) - b)
                out[j, 2] += c
                out[j, 1] += c
            if cv[k] < b:
                out[j, 3] += min(0.0, cv[k] + fee_of(floors, fees, i, minutes[k] + wait) - b)
    return total


@compiled
def pick(start: Any, mains: Any, corner: Any, near: Any, worth: Any, kinds: Any) -> float:
    """The least sum of ``worth`` (n, 4) with the main stations of every commune and satellites near
    to one; fills ``kinds``."""
    total = 0.0
    for c in range(mains.size):
        a, n = start[c], start[c + 1] - start[c]
        k = mains[c]
        if k > n:
            return np.inf
        heads = np.arange(k)
        best = np.inf
        while True:
            value = 0.0
            for j in range(n):
                value += _least_kind(worth, near, corner[c], a, n, j, heads)[0]
            if value < best:
                best = value
                for j in range(n):
                    kinds[a + j] = _least_kind(worth, near, corner[c], a, n, j, heads)[1]
            place = k - 1
            while place >= 0 and heads[place] == n - k + place:
                place -= 1
            if place < 0:
                break
            heads[place] += 1
            for q in range(place + 1, k):
                heads[q] = heads[q - 1] + 1
        total += best
    return total


@compiled
def _least_kind(worth: Any, near: Any, p: Any, a: Any, n: Any, j: Any, heads: Any) -> Any:
    close = False
    for h in heads:
        if h == j:
            return worth[a + j, 1], 1
        if near[p + h * n + j]:
            close = True
    value, kind = worth[a + j, 0], 0
    if worth[a + j, 3] < value:
        value, kind = worth[a + j, 3], 3
    if close and worth[a + j, 2] <= value:
        value, kind = worth[a + j, 2], 2
    return value, kind


@compiled
def slopes(
    start: Any, site: Any, minutes: Any, wait: Any, cf: Any, cb: Any, cv: Any, people: Any,
    head: Any, point: Any, floors: Any, fees: Any, dues: Any, kinds: Any, up: Any, beyond: Any,
    load: Any,
) -> None:  # fmt: skip
    """Fills ``up`` (2, m) with 1 less how often each village is served, ``beyond`` (f, m) with its
    people served from beyond each floor, ``load`` (n,) with the people at main stations."""
    load[:] = 0.0
    beyond[:] = 0.0
    for i in range(head.size):
        a, b = head[i], point[i]
        up[0, i], up[1, i] = 1.0, 1.0
        for k in range(start[i], start[i + 1]):
            if cf[k] >= a and cb[k] >= b:
                break
            j = site[k]
            kind = kinds[j]
            if kind == 0:
                continue
            if kind == 1 and cf[k] + people[i] * dues[j] < a:
                up[0, i] -= 1.0
                load[j] += people[i]
            t = minutes[k] + (wait if kind == 3 else 0.0)
            c = cv[k] if kind == 3 else cb[k]
            if c + fee_of(floors, fees, i, t) < b:
                up[1, i] -= 1.0
                for f in range(floors.size):
                    if t > floors[f]:
                        beyond[f, i] += people[i]


@compiled
def _outside(
    i: Any, c: Any, start: Any, site: Any, minutes: Any, wait: Any, cf: Any, cb: Any, cv: Any,
    none: Any, floors: Any, fees: Any, commune: Any, kinds: Any,
) -> Any:  # fmt: skip
    """Least costs of village ``i`` at a main station and at a point outside commune ``c``."""
    a, b = none[i, 0], none[i, 1]
    for k in range(start[i], start[i + 1]):
        if cf[k] >= a and cb[k] >= b:
            break
        j = site[k]
        kind = kinds[j]
        if kind == 0 or commune[j] == c:
            continue
        if kind == 1:
            a = min(a, cf[k])
        if kind == 3:
            b = min(b, cv[k] + fee_of(floors, fees, i, minutes[k] + wait))
        else:
            b = min(b, cb[k] + fee_of(floors, fees, i, minutes[k]))
    return a, b


@compiled
def respond(
    which: Any, bounds: Any, mains: Any, corner: Any, near: Any, commune: Any, start: Any, site: Any,
    minutes: Any, wait: Any, cf: Any, cb: Any, cv: Any, none: Any, floors: Any, fees: Any,
    back_start: Any, back: Any, row: Any, worth: Any, people: Any, kinds: Any, changed: Any,
) -> float:  # fmt: skip
    """Each of the communes ``which`` in turn takes the kinds that are best while all others stay.

    bounds (g + 1,) its sites; back_start, back: the pairs of every site, nearest first; row: the
    village of a pair; changed (g,) is set where a commune moved. Returns what was saved.
    """
    m = none.shape[0]
    mark, where = np.full(m, -1), np.zeros(m, np.int64)
    out = np.empty((m, 2))
    empty, spare = np.empty(0), np.empty(0)
    saved = 0.0
    for c in which:
        a, n = bounds[c], bounds[c + 1] - bounds[c]
        many = 0
        for j in range(a, a + n):
            for q in range(back_start[j], back_start[j + 1]):
                k = back[q]
                i = row[k]
                if mark[i] != c:
                    mark[i] = c
                    out[i] = _outside(
                        i,
                        c,
                        start,
                        site,
                        minutes,
                        wait,
                        cf,
                        cb,
                        cv,
                        none,
                        floors,
                        fees,
                        commune,
                        kinds,
                    )
                    where[i] = -1
                if where[i] < 0 and (cf[k] < out[i, 0] or cb[k] < out[i, 1]):
                    where[i] = many
                    many += 1
        full, fixed = np.full((many, n), np.inf), np.full((many, n), np.inf)
        mobile, ways = np.full((many, n), np.inf), np.full((many, n), np.inf)
        rest, folk = np.empty((many, 2)), np.empty(many)
        for j in range(n):
            for q in range(back_start[a + j], back_start[a + j + 1]):
                k = back[q]
                i = row[k]
                v = where[i]
                if v < 0:
                    continue
                full[v, j] = cf[k]
                fixed[v, j] = cb[k] + fee_of(floors, fees, i, minutes[k])
                mobile[v, j] = cv[k] + fee_of(floors, fees, i, minutes[k] + wait)
                ways[v, j] = minutes[k]
                rest[v] = out[i]
                folk[v] = people[i]
        now = 0.0
        for j in range(n):
            now += worth[a + j, kinds[a + j]]
        for v in range(many):
            x, y = rest[v, 0], rest[v, 1]
            for j in range(n):
                kind = kinds[a + j]
                if kind == 1:
                    x = min(x, full[v, j])
                if kind == 1 or kind == 2:
                    y = min(y, fixed[v, j])
                elif kind == 3:
                    y = min(y, mobile[v, j])
            now += x + y
        fresh = np.zeros(n, np.int64)
        p = corner[c]
        value = best_of(
            mains[c], worth[a : a + n], near[p : p + n * n].reshape(n, n), full, fixed, mobile, rest,
            ways, wait, empty, spare, folk, np.full(n, np.inf), np.zeros(n), fresh,
        )  # fmt: skip
        if value < now - 1e-9 * abs(now) - 1e-12:
            saved += now - value
            kinds[a : a + n] = fresh
            changed[c] = True
    return saved
