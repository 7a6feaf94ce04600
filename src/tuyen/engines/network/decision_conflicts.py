"""Why there is no plan: smallest sets of rules that cannot be kept together, and what would do.

Each set is minimal: without any one of its rules the others can be kept. Rules are taken out by
halves, so that few questions find them; each question is answered by the solver of the decision.
Source: Junker, QuickXplain: preferred explanations and relaxations, AAAI 2004: 167-172.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeVar

import numpy as np

from tuyen.engines.network.decision_blocks import best, blocks, together
from tuyen.engines.network.decision_columns import Columns, limits, used
from tuyen.engines.network.decision_measure import nearest
from tuyen.engines.network.decision_model import Model, model
from tuyen.engines.network.decision_problem import (
    FREE,
    MAIN,
    MOBILE,
    REPURPOSED,
    SATELLITE,
    Conflict,
    Demand,
    Floor,
    Ints,
    Rules,
    Sites,
    ways,
)

Item = TypeVar("Item")
MAINS, PINNED, BARRED, CAPACITY = "mains-per-commune", "pinned", "barred", "capacity"
MOST = 5
"""Conflicts of what is shared that are looked for, one without the rules of the other."""
SATELLITE_WITHIN, MAX_MINUTES, SHARE_EACH = "satellite-within", "max-minutes", "share-within-each"


def smallest(
    items: Sequence[Item], possible: Callable[[list[Item]], bool], base: list[Item] | None = None
) -> list[Item]:
    """A minimal part of ``items`` that is not ``possible`` together with ``base``."""
    ground = list(base or [])
    if not items or not possible(ground):
        return []

    def inner(held: list[Item], fresh: bool, rest: list[Item]) -> list[Item]:
        if fresh and not possible(held):
            return []
        if len(rest) == 1:
            return rest
        half = len(rest) // 2
        one, two = rest[:half], rest[half:]
        later = inner(held + one, True, two)
        return inner(held + later, bool(later), one) + later

    return inner(ground, False, list(items))


def conflicts(sites: Sites, demand: Demand, minutes: Any, rules: Rules) -> list[Conflict]:
    """The conflicts of a question without a plan; [] where none was found.

    First of communes by themselves, one for each; where all of them can be arranged, of what they
    share.
    """
    given = ways(minutes)
    whole = _People(sites, demand, given, rules)
    alone = [_of_commune(whole, int(c)) for c in whole.broken()]
    found = [one for one in alone if one is not None]
    if found:
        return found
    if rules.free_choice:
        return whole.places() + _of_shared(whole)
    return _of_shared(whole)


@dataclass(frozen=True)
class _People:
    sites: Sites
    demand: Demand
    given: Any
    rules: Rules

    def broken(self) -> Ints:
        """Communes that cannot be arranged by themselves."""
        found = model(self.sites, self.demand, self.given, self._apart())
        values, _kinds = best(found, blocks(found), found.fixed)
        return np.flatnonzero(~np.isfinite(values))

    def _apart(self) -> Rules:
        from tuyen.engines.network.decision import uncoupled

        rules = uncoupled(self.rules)
        if self.rules.free_choice:  # who may go elsewhere asks nothing of this commune
            rules = replace(rules, capacity=False, floors=(), max_minutes=np.inf)
        return rules

    def part(self, commune: int) -> "_People":
        """One commune as a question of its own."""
        own = np.flatnonzero(self.sites.commune == commune)
        folk = np.flatnonzero(self.demand.commune == commune)
        table = np.full((folk.size, own.size), np.inf)
        seat = np.full(self.sites.commune.size, -1)
        seat[own] = np.arange(own.size)
        for place, i in enumerate(folk):
            pairs = slice(self.given.start[i], self.given.start[i + 1])
            to = seat[self.given.site[pairs]]
            table[place, to[to >= 0]] = self.given.minutes[pairs][to >= 0]
        between = None
        if self.sites.between is not None:
            there = ways(self.sites.between)
            between = np.full((own.size, own.size), np.inf)
            for place, j in enumerate(own):
                pairs = slice(there.start[j], there.start[j + 1])
                to = seat[there.site[pairs]]
                between[place, to[to >= 0]] = there.minutes[pairs][to >= 0]
        fields: dict[str, Any] = {
            name: None if getattr(self.sites, name) is None else getattr(self.sites, name)[own]
            for name in ("criteria", "refurbish", "run_main", "run_satellite", "capacity", "staff",
                         "pinned", "run_mobile", "barred", "source", "eligible", "value", "staffed", "supervised")
        }  # fmt: skip
        under = None
        if self.sites.under is not None:
            held = self.sites.under[own]
            under = np.where(held >= 0, seat[np.maximum(held, 0)], -1)
        mains = np.broadcast_to(np.asarray(self.rules.mains_per_commune), commune + 1)[commune]
        return _People(
            Sites(np.zeros(own.size, np.int64), between=between, under=under, **fields),
            Demand(np.zeros(folk.size, np.int64), self.demand.people[folk]), ways(table),
            replace(self._apart(), mains_per_commune=int(mains)),
        )  # fmt: skip

    def possible(self, rules: Rules, sites: Sites | None = None) -> bool:
        """Whether the communes can be arranged by themselves under ``rules``."""
        found = model(sites or self.sites, self.demand, self.given, rules)
        values, _kinds = best(found, blocks(found), found.fixed)
        return bool(np.isfinite(values).all())

    def places(self) -> list[Conflict]:
        """Main stations that hold fewer than there are people, however they are chosen."""
        if not self.rules.capacity:
            return []
        found = model(self.sites, self.demand, self.given, self.rules)
        held = 0.0
        for c in range(found.communes):
            own = slice(found.start[c], found.start[c + 1])
            caps = found.sites.capacity[found.order][own][np.isfinite(found.fixed[own, MAIN])]
            held += float(np.sort(caps)[::-1][: found.mains[c]].sum())
        short = float(self.demand.people.sum()) - held
        if not short > 1e-9:
            return []
        return [Conflict((MAINS, CAPACITY), (), (None, short), (None, held + short))]


def _of_commune(whole: _People, commune: int) -> Conflict | None:
    part = whole.part(commune)
    sites, rules = part.sites, part.rules
    own = np.flatnonzero(whole.sites.commune == commune)
    n, wanted = own.size, int(rules.mains_per_commune)
    if n < wanted:
        return Conflict((MAINS,), (commune,), (float(wanted - n),), (float(n),))
    items: list[tuple[str, int]] = [(PINNED, int(j)) for j in np.flatnonzero(sites.pinned != FREE)]
    if sites.barred is not None:
        items += [(BARRED, int(j)) for j in np.flatnonzero(sites.barred.any(axis=1))]
    items += [(key, -1) for key in (CAPACITY, SATELLITE_WITHIN, MAX_MINUTES)]
    items += [(SHARE_EACH, k) for k, one in enumerate(rules.floors) if one.each]

    def asked(active: list[tuple[str, int]]) -> tuple[Sites, Rules]:
        keep = {(key, place) for key, place in active}
        pins = np.array([p if (PINNED, j) in keep else FREE for j, p in enumerate(sites.pinned)])
        barred = None
        if sites.barred is not None:
            barred = np.array(
                [
                    row if (BARRED, j) in keep else np.zeros(4, bool)
                    for j, row in enumerate(sites.barred)
                ]
            )
        has = {key for key, _place in active}
        return replace(sites, pinned=pins.astype(np.int64), barred=barred), replace(
            rules, capacity=rules.capacity and CAPACITY in has,
            satellite_within=rules.satellite_within if SATELLITE_WITHIN in has else np.inf,
            max_minutes=rules.max_minutes if MAX_MINUTES in has else np.inf,
            floors=tuple(
                one for k, one in enumerate(rules.floors) if not one.each or (SHARE_EACH, k) in keep
            ),
        )  # fmt: skip

    def possible(active: list[tuple[str, int]]) -> bool:
        there, then = asked(active)
        return part.possible(then, there)

    core = smallest(items, possible)
    if not core:
        return None
    amounts = [_relaxed(part, asked, core, item) for item in core]
    found = sorted(zip(core, amounts, strict=True), key=lambda one: one[0][0])
    keys = [key for (key, _place), _amount in found]
    numbers = [amount for _item, amount in found]
    if any(_free_count(part, asked, core)):
        keys, numbers = [*keys, MAINS], [*numbers, (None, None)]
    named = tuple(int(own[place]) for key, place in core if key in (PINNED, BARRED))
    return Conflict(
        tuple(keys), (commune,), tuple(a for a, _b in numbers), tuple(b for _a, b in numbers), named
    )


def _free_count(part: _People, asked: Any, core: list[Any]) -> list[bool]:
    """Whether another number of main stations would do."""
    there, rules = asked(core)
    n, wanted = there.commune.size, int(rules.mains_per_commune)
    return [
        part.possible(replace(rules, mains_per_commune=k), there)
        for k in range(1, n + 1)
        if k != wanted
    ]


def _relaxed(
    part: _People, asked: Any, core: list[Any], item: tuple[str, int]
) -> tuple[float | None, float | None]:
    """By how much one rule of a conflict has to give way alone, and to which value."""
    there, rules = asked(core)
    key, place = item
    if key == CAPACITY:
        bare, without = asked([one for one in core if one != item])
        people = float(part.demand.people.sum())
        heads = [
            j for j in range(there.commune.size)
            if bare.pinned[j] in (FREE, MAIN)
            and part.possible(without, replace(bare, pinned=_with(bare.pinned, j)))
        ]  # fmt: skip
        short = min((_lacking(bare, j, people) for j in heads), default=people)
        return short, people
    if key == SATELLITE_WITHIN:
        between = there.between if there.between is not None else np.zeros((0, 0))
        values = np.unique(ways(between).minutes)
        return _least(
            values, rules.satellite_within,
            lambda v: part.possible(replace(rules, satellite_within=v), there),
        )  # fmt: skip
    if key == MAX_MINUTES:
        late = part.given.minutes + rules.mobile_wait
        return _least(
            np.unique(np.concatenate([part.given.minutes, late])), rules.max_minutes,
            lambda v: part.possible(replace(rules, max_minutes=v), there),
        )  # fmt: skip
    if key == SHARE_EACH:
        floor = part.rules.floors[place]
        others = tuple(one for one in rules.floors if one != floor)
        share = _most_share(
            floor, lambda one: part.possible(replace(rules, floors=(*others, one)), there)
        )
        return floor.share - share, share
    return None, None


def _lacking(sites: Sites, head: int, people: float) -> float:
    """By how many people the main station ``head`` of a commune serves too few: its places, or what its
    staff is left with once the sites that can be nothing but satellites are supervised."""
    short = people - float(sites.capacity[head])
    if sites.staffed is None:
        return short
    only = (sites.pinned == SATELLITE) | (
        (sites.pinned == FREE)
        & (sites.barred[:, [REPURPOSED, MOBILE]].all(axis=1) if sites.barred is not None else False)
    )
    only[head] = False
    takes = 0.0 if sites.supervised is None else float(sites.supervised[only].sum())
    return max(short, people + takes - float(sites.staffed[head]))


def _with(pinned: Ints, site: int) -> Ints:
    found = pinned.copy()
    found[site] = MAIN
    return found


def _least(
    values: Any, now: float, possible: Callable[[float], bool]
) -> tuple[float | None, float | None]:
    """The smallest of ascending ``values`` above ``now`` that is possible."""
    above = [float(v) for v in values if v > now]
    low, high = 0, len(above)
    while low < high:
        middle = (low + high) // 2
        if possible(above[middle]):
            high = middle
        else:
            low = middle + 1
    return (above[low] - now, above[low]) if low < len(above) else (None, None)


def _most_share(floor: Floor, possible: Callable[[Floor], bool]) -> float:
    low, high = 0.0, floor.share
    for _again in range(24):
        middle = (low + high) / 2
        if possible(replace(floor, share=middle)):
            low = middle
        else:
            high = middle
    return low


# ------------------------------------------------------------------ what communes share


def _of_shared(whole: _People) -> list[Conflict]:
    rules = (
        replace(whole.rules, free_choice=False, capacity=False)
        if whole.rules.free_choice
        else whole.rules
    )
    if whole.rules.free_choice:
        rules = replace(rules, floors=(), max_minutes=np.inf)
    found = model(whole.sites, whole.demand, whole.given, rules)
    keys = list(limits(found)[0])

    def possible(active: list[str]) -> bool:
        return feasible(only(found, active))

    answer: list[Conflict] = []
    rest = keys
    while rest and len(answer) < MOST and not possible(rest):
        core = sorted(smallest(rest, possible))
        if not core:  # not even nothing shared is possible: a matter of single communes
            break
        answer.append(_shared_conflict(whole, rules, found, core))
        rest = [key for key in rest if key not in core]
    return answer


def _shared_conflict(whole: _People, rules: Rules, found: Model, core: list[str]) -> Conflict:
    """The conflict of what is shared, with the pins without which it would not be one."""
    sites = whole.sites
    bars = np.zeros((sites.pinned.size, 4), bool) if sites.barred is None else sites.barred
    said = [(PINNED, int(j)) for j in np.flatnonzero(sites.pinned != FREE)]
    said += [(BARRED, int(j)) for j in np.flatnonzero(bars.any(axis=1))]

    def possible(active: list[tuple[str, int]]) -> bool:
        pinned, barred = np.full(sites.pinned.size, FREE), np.zeros_like(bars)
        for key, j in active:
            if key == PINNED:
                pinned[j] = sites.pinned[j]
            else:
                barred[j] = bars[j]
        less = replace(sites, pinned=pinned, barred=barred)
        return feasible(only(model(less, whole.demand, whole.given, rules), core))

    named = smallest(said, possible)
    keys = sorted({key for key, _site in named}, reverse=True)
    places = sorted({site for _key, site in named})
    numbers = [_short(found, core, key) for key in core] + [(None, None)] * len(keys)
    return Conflict(
        (*core, *keys), tuple(sorted({int(sites.commune[j]) for j in places})),
        tuple(a for a, _b in numbers), tuple(b for _a, b in numbers), tuple(places),
    )  # fmt: skip


def only(found: Model, keys: list[str]) -> Model:
    """The question with only these of what is shared."""
    floors = tuple(
        one for one in found.rules.floors if one.each or f"share-within:{one.minutes:g}" in keys
    )
    kept = tuple(one for one in found.resources if one.key in keys)
    return replace(found, resources=kept, rules=replace(found.rules, floors=floors))


def feasible(found: Model) -> bool:
    """Whether there is a plan: a program over proposals that count nothing but what is shared."""
    search = Columns(found, lambda: 1e9, aim=0.0)
    search.climb(0.0)
    if not np.isfinite(search.bound):
        return False
    if search.limit.size and search.torn:
        return False
    return search.choose(0.0) is not None


def _short(found: Model, core: list[str], key: str) -> tuple[float | None, float | None]:
    """By how much ``key`` is short if the others of the conflict hold, and the limit that would do."""
    others = only(found, [one for one in core if one != key])
    if key.startswith("share-within:"):
        floor = next(one for one in together(found) if f"share-within:{one.minutes:g}" == key)
        whole = only(found, core)

        def possible(one: Floor) -> bool:
            rest = tuple(f for f in whole.rules.floors if f != floor)
            return feasible(replace(whole, rules=replace(whole.rules, floors=(*rest, one))))

        share = _most_share(floor, possible)
        return floor.share - share, share
    resource = next(one for one in found.resources if one.key == key)
    bare = replace(
        others, scales=np.concatenate([[0.0], found.scales[1:]]),
        fixed=np.where(np.isfinite(found.fixed), resource.use, np.inf),
    )  # fmt: skip
    search = Columns(bare, lambda: 1e9)
    search.climb(1e-4)
    search.widen()
    kinds = search.choose(1e-6)
    if kinds is None:
        return None, None
    least = float(resource.use[np.arange(kinds.size), kinds].sum())
    return least - resource.limit, least


def exceeded(found: Model, kinds: Ints) -> dict[str, float]:
    """Of each limited thing, by how much kinds in the model's order exceed it."""
    keys, limit = limits(found)
    total = used(found, kinds, nearest(found, kinds).point_minutes).sum(axis=0)
    return {k: float(t - m) for k, t, m in zip(keys, total, limit, strict=True) if t > m + 1e-9}
