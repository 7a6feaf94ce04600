"""The loop of one commune: its main stations and the kinds of its other sites, exactly.

For each choice of main stations the others are searched depth first; what is left can at best
open every remaining site. Infinite costs are what is not allowed.
"""

from typing import Any

import numpy as np

from tuyen.engines.network.siting_compiling import compiled


@compiled
def rest_of(
    mains: Any, worth: Any, near: Any, full: Any, fixed: Any, mobile: Any, none: Any,
    ways: Any, wait: Any, floor: Any, spare: Any, people: Any, room: Any, takes: Any, cutoff: Any,
    kinds: Any,
) -> float:  # fmt: skip
    """The least cost with the sites ``mains`` (k,) as main stations; ``kinds`` (n,) are filled.

    worth (n, 4); near (n, n); full, fixed, mobile (v, n) costs of a village at a main station, at a
    fixed point and at a mobile stop; none (v, 2) of being served by no main station, no point; ways
    (v, n) minutes; floor, spare (f,) minutes and the people who may be beyond; room (n,) what the staff
    of each as the only main station can supervise, takes (n,) what each takes of it as a satellite. Infinite unless it is
    below ``cutoff``; ``kinds`` are then left as they were.
    """
    v, n = full.shape
    base = 0.0
    is_main = np.zeros(n, np.bool_)
    for a in range(mains.size):
        is_main[mains[a]] = True
        base += worth[mains[a], 1]
    others = np.empty(n, np.int64)
    count = 0
    for j in range(n):
        if not is_main[j]:
            others[count] = j
            count += 1
    now = np.empty((count + 1, v))
    reach = np.empty((count + 1, v))
    for i in range(v):
        a, b, t = none[i, 0], none[i, 1], np.inf
        for q in range(mains.size):
            j = mains[q]
            a = min(a, full[i, j])
            b = min(b, fixed[i, j])
            t = min(t, ways[i, j])
        base += a
        now[0, i], reach[0, i] = b, t
    if not base < cutoff:
        return np.inf
    # What the sites from a level on can give at best, and the least that they cost.
    ahead = np.full((count + 1, v), np.inf)
    soon = np.full((count + 1, v), np.inf)
    least = np.zeros(count + 1)
    allowed = np.zeros(count, np.bool_)
    for level in range(count - 1, -1, -1):
        j = others[level]
        for q in range(mains.size):
            if near[mains[q], j]:
                allowed[level] = True
        low = min(worth[j, 0], worth[j, 3])
        if allowed[level]:
            low = min(low, worth[j, 2])
        least[level] = least[level + 1] + low
        can_stand = allowed[level] and worth[j, 2] < np.inf
        for i in range(v):
            c = fixed[i, j] if can_stand else mobile[i, j]
            t = ways[i, j] + (0.0 if can_stand else wait)
            if not can_stand and worth[j, 3] == np.inf:
                c, t = np.inf, np.inf
            ahead[level, i] = min(ahead[level + 1, i], c)
            soon[level, i] = min(soon[level + 1, i], t)
    best = cutoff
    found = np.inf
    option = np.zeros(count + 1, np.int64)
    spent = np.empty(count + 1)
    spent[0] = base
    taken = np.zeros(count + 1)
    most = room[mains[0]] if mains.size == 1 else np.inf
    order = np.array([2, 3, 0])
    level = 0
    while level >= 0:
        if option[level] == 0:
            low = spent[level] + least[level]
            if low < best:
                for i in range(v):
                    low += min(now[level, i], ahead[level, i])
            keeps = low < best
            if keeps:
                for f in range(floor.size):
                    beyond = 0.0
                    for i in range(v):
                        if min(reach[level, i], soon[level, i]) > floor[f]:
                            beyond += people[i]
                    if beyond > spare[f]:
                        keeps = False
            if not keeps or level == count:
                if keeps:
                    best = found = low
                    for q in range(mains.size):
                        kinds[mains[q]] = 1
                    for q in range(count):
                        kinds[others[q]] = order[option[q] - 1]
                level -= 1
                continue
        if option[level] == 3:
            option[level] = 0
            level -= 1
            continue
        kind = order[option[level]]
        option[level] += 1
        j = others[level]
        if worth[j, kind] == np.inf or (kind == 2 and not allowed[level]):
            continue
        taken[level + 1] = taken[level] + (takes[j] if kind == 2 else 0.0)
        if kind == 2 and taken[level + 1] > most:
            continue
        spent[level + 1] = spent[level] + worth[j, kind]
        for i in range(v):
            c, t = now[level, i], reach[level, i]
            if kind == 2:
                c, t = min(c, fixed[i, j]), min(t, ways[i, j])
            elif kind == 3:
                c, t = min(c, mobile[i, j]), min(t, ways[i, j] + wait)
            now[level + 1, i], reach[level + 1, i] = c, t
        level += 1
        option[level] = 0
    return found


@compiled
def best_of(
    mains: Any, worth: Any, near: Any, full: Any, fixed: Any, mobile: Any, none: Any,
    ways: Any, wait: Any, floor: Any, spare: Any, people: Any, room: Any, takes: Any, kinds: Any,
) -> float:  # fmt: skip
    """The least cost of a commune with ``mains`` main stations, and its ``kinds``."""
    n = worth.shape[0]
    best = np.inf
    if mains > n:
        return best
    pick = np.arange(mains)
    while True:
        value = rest_of(
            pick, worth, near, full, fixed, mobile, none, ways, wait, floor, spare, people, room,
            takes, best, kinds,
        )  # fmt: skip
        best = min(best, value)
        place = mains - 1
        while place >= 0 and pick[place] == n - mains + place:
            place -= 1
        if place < 0:
            return best
        pick[place] += 1
        for q in range(place + 1, mains):
            pick[q] = pick[q - 1] + 1


@compiled
def communes(
    which: Any, start: Any, villages: Any, corner: Any, block: Any, mains: Any, worth: Any, near: Any,
    full: Any, fixed: Any, mobile: Any, none: Any, ways: Any, wait: Any, floor: Any, spare: Any,
    people: Any, room: Any, takes: Any, values: Any, kinds: Any,
) -> None:  # fmt: skip
    """``best_of`` for the communes ``which``, whose blocks stand one after another in flat arrays."""
    for c in which:
        a, b, s, e = start[c], start[c + 1], villages[c], villages[c + 1]
        n, v = b - a, e - s
        o, p = block[c], corner[c]
        values[c] = best_of(
            mains[c], worth[a:b], near[p : p + n * n].reshape(n, n),
            full[o : o + v * n].reshape(v, n), fixed[o : o + v * n].reshape(v, n),
            mobile[o : o + v * n].reshape(v, n), none[s:e], ways[o : o + v * n].reshape(v, n), wait,
            floor, spare[c], people[s:e], room[a:b], takes[a:b], kinds[a:b],
        )  # fmt: skip


@compiled
def alternatives(
    which: Any, start: Any, villages: Any, corner: Any, block: Any, worth: Any, near: Any,
    full: Any, fixed: Any, mobile: Any, none: Any, ways: Any, wait: Any, floor: Any, spare: Any,
    people: Any, room: Any, takes: Any, values: Any, kinds: Any,
) -> None:  # fmt: skip
    """For each site of the communes ``which``: the least cost with it as the only main station,
    and (flat, n x n a commune) the kinds that go with it."""
    for c in which:
        a, b, s, e = start[c], start[c + 1], villages[c], villages[c + 1]
        n, v = b - a, e - s
        o, p = block[c], corner[c]
        for j in range(n):
            values[a + j] = rest_of(
                np.array([j]), worth[a:b], near[p : p + n * n].reshape(n, n),
                full[o : o + v * n].reshape(v, n), fixed[o : o + v * n].reshape(v, n),
                mobile[o : o + v * n].reshape(v, n), none[s:e],
                ways[o : o + v * n].reshape(v, n), wait, floor, spare[c], people[s:e],
                room[a:b], takes[a:b], np.inf, kinds[p + j * n : p + j * n + n],
            )  # fmt: skip
