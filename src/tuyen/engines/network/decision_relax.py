"""What would do, where rules cannot be kept together: of each rule in conflict, the least by which it
gives way while all the others stay.

Money and staff are minimised under the other rules, which gives the least found and a bound below it.
What is asked of every station, places and minutes are looked for by halves, and each answer *no* counts
only where prices prove it. So every figure stands with what is proven: it is the smallest, or a bound.
Pins are taken away one by one. Source: the program of Dantzig and Wolfe in :mod:`decision_columns`.
"""

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from tuyen.engines.network.decision_blocks import best, blocks
from tuyen.engines.network.decision_columns import Columns
from tuyen.engines.network.decision_conflicts import BARRED, CAPACITY, PINNED, SATELLITE_WITHIN
from tuyen.engines.network.decision_funds import PREFIX, members
from tuyen.engines.network.decision_model import Model, model
from tuyen.engines.network.decision_problem import (
    FREE,
    MAIN,
    Conflict,
    Demand,
    Ints,
    Rules,
    Sites,
    ways,
)

NEED, RECRUITS, FUND, OVER = "need", "recruits", "fund", "capacity-over"
DROP = "drop"
_MOST_OVER = 1000
"""Per cent over their places beyond which stations are not asked."""


@dataclass(frozen=True)
class Relaxation:
    """One rule gives way. ``what``: a resource's key, "fund", "need", "recruits", "capacity-over",
    "satellite-within" or "drop"; ``place`` the fund, the cadre or the site (-1: none).

    ``value`` is the new limit and ``more`` how far it is from the old one; nothing less than
    ``at_least`` will do, so that it is the smallest where both are equal (``exact``). ``enough``:
    then all rules can be kept; otherwise another conflict is left.
    """

    what: str
    place: int
    value: float
    more: float
    at_least: float | None
    enough: bool = True

    @property
    def exact(self) -> bool:
        return self.at_least is not None and self.more - self.at_least <= 1e-6 * max(
            abs(self.value), 1.0
        )


@dataclass(frozen=True)
class _Task:
    sites: Sites
    demand: Demand
    given: Any
    rules: Rules

    def model(self, sites: Sites | None = None, **rules: Any) -> Model:
        return model(sites or self.sites, self.demand, self.given, replace(self.rules, **rules))


def relaxations(
    sites: Sites, demand: Demand, minutes: Any, rules: Rules, found: Sequence[Conflict]
) -> list[Relaxation]:
    """What each rule of the conflicts would have to give, alone, while all other rules stay.

    People stay in their communes. Where none of them is enough alone, they are given for the conflict
    by itself, with ``enough`` False.
    """
    task = _Task(sites, demand, ways(minutes), rules)
    answer: list[Relaxation] = []
    for one in found:
        for key in one.rules:
            answer += [new for new in _of_rule(task, one, key) if new not in answer]
    if len(found) > 1 and not any(new.enough for new in answer):
        answer += _of_several(task, found)
    return answer


def settled(found: Model) -> bool | None:
    """Whether the rules can be kept together: True with a plan, False with a proof, None unknown."""
    if not _apart(found):
        return False
    search = Columns(found, lambda: 1e9, aim=0.0)
    search.climb(0.0)
    if not np.isfinite(search.bound):
        return None
    if search.bound > 1e-7 * (1 + float(np.abs(search.prices @ search.limit))):
        return False  # at these prices every plan costs more than nothing
    return True if search.choose(0.0) is not None else None


def _apart(found: Model) -> bool:
    """Whether every commune can be arranged by itself."""
    values, _kinds = best(found, blocks(found), found.fixed)
    return bool(np.isfinite(values).all())


def _of_rule(task: _Task, conflict: Conflict, key: str) -> Iterator[Relaxation]:
    if key in (PINNED, BARRED):
        yield from _dropped(task, conflict, key)
    elif key == CAPACITY:
        yield from _over(task)
    elif key == SATELLITE_WITHIN:
        yield from _farther(task)
    elif key.startswith(PREFIX):
        for fund in members(key):
            yield from _raised(task, fund)
    elif key.startswith("staff:"):
        cadre = int(key.partition(":")[2])
        yield from _fewer(task, cadre)
        for one in _minimised(task, key):
            more, least = math.ceil(one.more - 1e-9), one.at_least
            now = (
                0.0
                if task.rules.recruits is None
                else float(np.asarray(task.rules.recruits)[cadre])
            )
            proven = None if least is None else float(math.ceil(least - 1e-9))
            yield Relaxation(RECRUITS, cadre, now + more, float(more), proven)
    else:
        yield from _minimised(task, key)


def _minimised(task: _Task, key: str) -> Iterator[Relaxation]:
    """The least of a shared thing with which the other rules can be kept."""
    found = task.model()
    resource = next((one for one in found.resources if one.key == key), None)
    if resource is None or not _apart(found):
        return
    bare = replace(
        found, resources=tuple(one for one in found.resources if one.key != key),
        scales=np.concatenate([[0.0], found.scales[1:]]),
        fixed=np.where(np.isfinite(found.fixed), resource.use, np.inf),
    )  # fmt: skip
    search = Columns(bare, lambda: 1e9)
    search.climb(1e-6)
    if not np.isfinite(search.bound) or search.torn:
        return
    search.widen()
    kinds = search.choose(1e-9)
    if kinds is None:
        return
    least = float(resource.use[np.arange(kinds.size), kinds].sum())
    more, proven = least - resource.limit, max(search.bound - resource.limit, 0.0)
    yield Relaxation(key, -1, least, more, min(proven, more))


def _looked(possible: Callable[[int], bool | None], most: int) -> tuple[int, float | None] | None:
    """The least step of 1 to ``most`` that is possible, and the least that is not proven impossible."""
    if possible(most) is not True:
        return None
    low, high = 0, most  # low is not known to be possible
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if possible(middle) is True else (middle, high)
    if low == 0 or possible(low) is False:
        return high, float(high)
    no, rest = 0, low
    while rest - no > 1:
        middle = (no + rest) // 2
        no, rest = (middle, rest) if possible(middle) is False else (no, middle)
    return high, float(no + 1)


def _raised(task: _Task, fund: int) -> Iterator[Relaxation]:
    """A fund holds more, in whole millions."""
    money = np.asarray(task.rules.funds, np.float64)
    if not np.isfinite(money[fund]):
        return

    def possible(more: int) -> bool | None:
        return settled(task.model(funds=money + more * (np.arange(money.size) == fund)))

    step = _looked(possible, math.ceil(float(task.sites.refurbish.sum())) + 1)
    if step:
        yield Relaxation(FUND, fund, float(money[fund] + step[0]), float(step[0]), step[1])


def _fewer(task: _Task, cadre: int) -> Iterator[Relaxation]:
    """Every main station has fewer of a cadre."""
    need = np.asarray(task.rules.need, np.float64)
    now = int(need[MAIN, cadre])

    def possible(less: int) -> bool | None:
        then = need.copy()
        then[MAIN, cadre] = now - less
        return settled(task.model(need=then))

    step = _looked(possible, now) if now else None
    if step:
        yield Relaxation(NEED, cadre, float(now - step[0]), float(step[0]), step[1])


def _over(task: _Task) -> Iterator[Relaxation]:
    """Main stations serve more people than their places, in whole per cent."""
    if not task.rules.capacity:
        return

    def possible(percent: int) -> bool | None:
        sites, more = task.sites, 1 + percent / 100
        staffed = None if sites.staffed is None else sites.staffed * more
        return settled(task.model(replace(sites, capacity=sites.capacity * more, staffed=staffed)))

    step = _looked(possible, _MOST_OVER)
    if step:
        yield Relaxation(OVER, -1, float(step[0]), float(step[0]), step[1])


def _farther(task: _Task) -> Iterator[Relaxation]:
    """Satellites are farther from their main station, in whole minutes."""
    now = task.rules.satellite_within
    if task.sites.between is None or not np.isfinite(now):
        return
    farthest = float(ways(task.sites.between).minutes.max(initial=now))

    def possible(more: int) -> bool | None:
        return settled(task.model(satellite_within=now + more))

    step = _looked(possible, max(math.ceil(farthest - now), 1))
    if step:
        yield Relaxation(SATELLITE_WITHIN, -1, now + step[0], float(step[0]), step[1])


def _dropped(task: _Task, conflict: Conflict, key: str) -> Iterator[Relaxation]:
    """A pin less; where that alone leaves another conflict, it is told."""
    for site in conflict.sites:
        if key == PINNED and task.sites.pinned[site] == FREE:
            continue
        if key == BARRED and (task.sites.barred is None or not task.sites.barred[site].any()):
            continue
        enough = settled(task.model(without(task.sites, [site]))) is True
        yield Relaxation(DROP, int(site), 1.0, 1.0, 1.0, enough)


def without(sites: Sites, pins: Sequence[int]) -> Sites:
    """The sites without some of their pins and bars."""
    pinned: Ints = sites.pinned.copy()
    pinned[list(pins)] = FREE
    barred = None if sites.barred is None else sites.barred.copy()
    if barred is not None:
        barred[list(pins)] = False
    return replace(sites, pinned=pinned, barred=barred)


def _of_several(task: _Task, found: Sequence[Conflict]) -> Iterator[Relaxation]:
    """Where no rule is enough alone: each conflict's own amounts, of what is shared."""
    for one in found:
        for key, more, value in zip(one.rules, one.by_how_much, one.relaxation, strict=True):
            simple = ":" not in key and key not in (CAPACITY, SATELLITE_WITHIN)
            if more is not None and value is not None and simple:
                yield Relaxation(key, -1, value, more, None, False)
