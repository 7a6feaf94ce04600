"""How long a stock lasts, between which levels it is held, and what to order."""

import math
from collections.abc import Sequence
from typing import NamedTuple


class Lasting(NamedTuple):
    """Use of an item a day, and for how many days the stock lasts (None: nothing is used)."""

    use_a_day: float
    days: float | None


def lasting(on_hand: int, used: int, days: int, days_out: int) -> Lasting:
    """How long ``on_hand`` lasts, by the use of so many ``days`` of which ``days_out`` had no stock.

    A day on which there was nothing to use says nothing about the need.
    """
    counted = days - days_out
    rate = used / counted if counted > 0 else 0.0
    return Lasting(rate, on_hand / rate if rate > 0 else None)


def days_without(balances: Sequence[tuple[int, int]], first: int, last: int) -> int:
    """On how many days from ``first`` to ``last`` nothing lay there at the end of the day.

    ``balances`` are (day, balance from then on), in order; before the first of them is zero.
    """
    out, held, at = 0, 0, first
    for day, balance in balances:
        if day > last:
            break
        if day > at:
            out += (day - at) * (held <= 0)
            at = day
        held = balance
    return out + (last + 1 - at) * (held <= 0)


class Order(NamedTuple):
    """What is proposed: vials to order, with the levels it is reckoned from."""

    least: int
    most: int
    vials: int

    @property
    def due(self) -> bool:
        return self.vials > 0


def order(
    *, need_a_month: float, on_hand: int, on_the_way: int, least_months: float, most_months: float,
    expiring: int = 0, least: int | None = None, most: int | None = None, pack: int = 1,
) -> Order:  # fmt: skip
    """What to order so that the stock stands between its least and its most.

    ``least`` and ``most`` (vials) stand in place of the months where a unit set its own;
    ``expiring`` vials will not be used in time. An order is due when what is there and on the way
    is at or below the least, and fills up to the most, in whole packs.
    """
    low = math.ceil(need_a_month * least_months) if least is None else least
    high = max(low, math.ceil(need_a_month * most_months) if most is None else most)
    there = on_hand + on_the_way - expiring
    if there > low or high <= there or high == 0:
        return Order(low, high, 0)
    return Order(low, high, math.ceil((high - there) / pack) * pack)


def will_expire(shelves: Sequence[tuple[int, int]], use_a_day: float) -> int:
    """Vials that pass their day before they are used, first expired first out.

    ``shelves`` are (days until expiry, vials). Each lot is used until its day, after those that
    expire before it.
    """
    lost, busy = 0.0, 0.0  # busy: days of use that earlier lots take
    for days, vials in sorted(shelves):
        usable = max(0.0, (max(days, -1) + 1 - busy) * use_a_day)
        used = min(vials, usable)
        lost += vials - used
        busy += used / use_a_day if use_a_day > 0 else 0.0
    return math.floor(lost + 1e-9)


def band(usable: int, months: float | None, limits: tuple[float, float, float, float]) -> str:
    """Where a stock stands by its months: out, low, fair, target, ample, over; unknown where nothing
    is used. ``limits``: low below the first, on target between the next two, over above the last.

    >>> [band(9, months, (1, 2, 3, 6)) for months in (0.5, 1, 2, 3, 6, 7, None)]
    ['low', 'fair', 'target', 'target', 'ample', 'over', 'unknown']
    """
    if usable <= 0:
        return "out"
    if months is None:
        return "unknown"
    low, target_low, target_high, over = limits
    for limit, name in ((low, "low"), (target_low, "fair")):
        if months < limit:
            return name
    if months <= target_high:
        return "target"
    return "ample" if months <= over else "over"


def out_rate(days: Sequence[tuple[int, int]]) -> float | None:
    """Item-days without stock over item-days, from (days without, days counted) of each item; None
    where no day counts."""
    counted = sum(each for _, each in days)
    return sum(out for out, _ in days) / counted if counted else None
