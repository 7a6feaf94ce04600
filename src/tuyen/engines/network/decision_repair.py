"""Plans that keep what is shared, where people choose freely: places at main stations, money, staff."""

from typing import TYPE_CHECKING

import numpy as np

from tuyen.engines.network.decision_blocks import together
from tuyen.engines.network.decision_columns import limits, used
from tuyen.engines.network.decision_measure import Service, access, minutes_to, nearest
from tuyen.engines.network.decision_model import Model
from tuyen.engines.network.decision_problem import MAIN, Floats, Ints

if TYPE_CHECKING:
    from tuyen.engines.network.decision_ways import FreeChoice, Prices

PASSES = 12
"""Times that all villages are asked whether they would rather be elsewhere, at most."""


def packed(found: Model, kinds: Ints, dues: Floats) -> Ints | None:
    """(m,) a main station for every village within what each can serve; None where none was found.

    Villages choose in the order of what they would lose by their second choice, where places cost
    ``dues``; then they move, alone or two at a time, where all together get nearer.
    """
    from tuyen.engines.network import decision_exchange_kernel as kernel

    pairs, people = found.pairs, found.demand.people
    head = kinds[pairs.site] == MAIN
    row = pairs.row()[head]
    site, minutes = pairs.site[head], pairs.minutes[head]
    start = np.searchsorted(row, np.arange(people.size + 1))
    if (np.diff(start) == 0).any():
        return None
    loss = found.loss(minutes)
    cost = loss + dues[site] / max(found.per_person[0], 1e-12)
    room = found.sites.capacity[found.order].copy()
    chosen = np.full(people.size, -1, np.int64)
    if not kernel.pack(start, site, cost, loss, people, room, chosen):
        return None
    kernel.improve(start, site, loss, people, room, chosen, PASSES)
    answer: Ints = site[chosen]
    return answer


def value_of(
    found: Model, kinds: Ints, assign: Ints | None, service: Service | None = None
) -> float:
    """The objective of kinds when people go where ``assign`` says, else to the nearest."""
    service = nearest(found, kinds) if service is None else service
    main = service.main_minutes if assign is None else minutes_to(found, assign)
    own = found.fixed[np.arange(kinds.size), kinds].sum()
    return float(access(found, main, service.point_minutes).sum() + own)


def exceeds(found: Model, kinds: Ints) -> Floats:
    """(r,) by which share of its limit each shared thing is exceeded; <= 0 where it is kept."""
    limit = limits(found)[1]
    if not limit.size:
        return limit
    far = np.zeros(found.demand.people.size)
    if together(found):
        far = nearest(found, kinds).point_minutes
    total = used(found, kinds, far).sum(axis=0)
    share: Floats = (total - limit) / np.maximum(np.abs(limit), 1e-9)
    return share


def repaired(search: "FreeChoice", kinds: Ints, prices: "Prices") -> Ints | None:
    """Kinds that keep what is shared: prices rise until they do."""
    found = search.found
    if not limits(found)[1].size:
        return kinds
    dear = prices.copy()
    scale = max(abs(search.bound), 1e-6)
    many = len(found.resources)
    for _again in range(14):
        over = exceeds(search.short, kinds)
        if (over <= 1e-9).all():
            return kinds
        for r, one in enumerate(found.resources):
            if over[r] > 1e-9:
                least = 0.02 * scale / max(abs(one.limit), 1e-9)
                dear.resources[r] = max(dear.resources[r] * 1.25, least)
        shared = [f for f, one in enumerate(found.rules.floors) if not one.each]
        for place, f in enumerate(shared):
            if over[many + place] > 1e-9:
                least = 0.02 * scale / max(float(found.demand.people.sum()), 1e-9)
                dear.floors[f, 0] = max(dear.floors[f, 0] * 1.5, least)
        kinds = search.respond(kinds, dear, 3)
    return None
