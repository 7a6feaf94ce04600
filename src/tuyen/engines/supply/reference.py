"""Slow, obvious answers that judge the fast ones."""

import math
from collections.abc import Hashable, Sequence
from datetime import date

from tuyen.engines.supply.excursions import Stretch
from tuyen.engines.supply.exposure import Moved
from tuyen.engines.supply.first_out import Shelf


def recount(moved: Sequence[Moved]) -> dict[tuple[Hashable, Hashable], int]:
    """What each account holds of each lot: every movement gone through, one vial at a time."""
    held: dict[tuple[Hashable, Hashable], int] = {}
    for one in moved:
        for _ in range(one.vials):
            held[one.source, one.lot] = held.get((one.source, one.lot), 0) - 1
            held[one.target, one.lot] = held.get((one.target, one.lot), 0) + 1
    return {key: vials for key, vials in held.items() if vials}


def traced_one_by_one(
    moved: Sequence[Moved], accounts: frozenset[Hashable], since: float, until: float
) -> dict[tuple[Hashable, Hashable], int]:
    """Every vial as a thing of its own with a mark; the marked ones leave first."""
    places: dict[tuple[Hashable, Hashable], list[bool]] = {}
    begun = False

    def mark() -> None:
        for (account, lot), vials in places.items():
            if account in accounts:
                places[account, lot] = [True] * len(vials)

    for one in moved:
        if one.at > since and not begun:
            begun = True
            mark()
        source = places.setdefault((one.source, one.lot), [])
        target = places.setdefault((one.target, one.lot), [])
        for _ in range(one.vials):
            source.sort()
            vial = source.pop() if source else False  # from outside: a new one
            target.append(vial)
        if begun and one.at <= until and one.target in accounts:
            places[one.target, one.lot] = [True] * len(target)
    if not begun:
        mark()
    return {key: sum(vials) for key, vials in places.items() if sum(vials)}


def minutes_beyond(
    minutes: Sequence[int], celsius: Sequence[float], *, limit: float, above: bool, bridges: int
) -> set[int]:
    """Every minute whose temperature, on the line between its two readings, is beyond the limit."""
    found = set()
    for n in range(len(minutes)):
        if n + 1 < len(minutes) and minutes[n + 1] - minutes[n] <= bridges:
            for minute in range(minutes[n], minutes[n + 1] + 1):
                share = (minute - minutes[n]) / (minutes[n + 1] - minutes[n])
                value = celsius[n] + share * (celsius[n + 1] - celsius[n])
                if (value > limit + 1e-9) if above else (value < limit - 1e-9):
                    found.add(minute)
        elif (celsius[n] > limit) if above else (celsius[n] < limit):
            found.add(minutes[n])
    return found


def covered(stretches: Sequence[Stretch]) -> set[int]:
    """The whole minutes inside of stretches."""
    found: set[float] = set()
    for one in stretches:
        found.update(range(math.floor(one.since) + 1, math.ceil(one.until)))
        found.update(m for m in (one.since, one.until) if m == int(m) and one.since == one.until)
    return {int(minute) for minute in found}


def mean_vials_by_cases(doses: float, size: int) -> float:
    """The mean of ceil(N / size), case by case over N."""
    total, term = 0.0, math.exp(-doses)
    for n in range(1, int(doses + 40 * math.sqrt(doses + 1)) + 60):
        term *= doses / n
        total += term * math.ceil(n / size)
    return total


def vials_in_order(
    shelves: Sequence[Shelf], vials: int, on: date
) -> list[tuple[Hashable, Hashable]]:
    """The vials that go, one by one: of all that may, the first by (opened, stage, expiry)."""
    left = [
        (not s.opened, -s.stage, s.expires_on, str(s.lot), str(s.held_in), s.lot, s.held_in)
        for s in shelves
        if s.expires_on >= on and s.stage < 3
        for _ in range(s.vials)
    ]
    left.sort(key=lambda one: one[:5])
    return [(one[5], one[6]) for one in left[:vials]]


def lost_day_by_day(shelves: Sequence[tuple[int, int]], use_a_day: float) -> float:
    """Vials lost to expiry: each day so much is used of what expires first, and then its last day ends."""
    left = {n: float(vials) for n, (_, vials) in enumerate(shelves)}
    lost = 0.0
    for day in range(max((days for days, _ in shelves), default=-1) + 1):
        need = use_a_day
        for n in sorted(left, key=lambda n: shelves[n][0]):
            if shelves[n][0] >= day:
                used = min(need, left[n])
                left[n] -= used
                need -= used
    for n in left:
        lost += left[n]
    return lost
