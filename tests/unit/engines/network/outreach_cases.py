"""Small months, and the slow reference that tries every way of serving them."""

from itertools import permutations, product

import numpy as np

from tuyen.engines.network.outreach_check import check
from tuyen.engines.network.outreach_problem import Month, Round, Team, Village, patterns
from tuyen.engines.network.outreach_search import cost_of, price

WEEK = frozenset(range(5))


def village(name="v", visits=1, minutes=60.0, **changes):
    return Village(name, visits, minutes, **({"weekdays": WEEK} | changes))


def team(name="t", kind="motorbike", minutes=480.0, cold=480.0, weekdays=WEEK, home=-1, **changes):
    return Team(name, kind, minutes, cold, weekdays, home, **changes)


def month(points, villages, teams, *, sites=((0, 0),), pace=1.0, **changes):
    """A month on a plane, the sites behind the villages; a minute for a unit of way."""
    at = np.array([*points, *sites], float)
    ways = pace * np.hypot(*(at[:, None] - at[None]).transpose(2, 0, 1))
    placed = tuple(one._replace(home=len(villages)) if one.home < 0 else one for one in teams)
    return Month(
        tuple(villages),
        placed,
        np.array([ways] * len(teams)).reshape(len(teams), *ways.shape),
        **changes,
    )


def best_of_all(given):
    """The least of cost and price of what is left out, over every choice of options and orders."""
    choices = []
    for v in range(len(given.villages)):
        mine = [None]
        for t in range(len(given.teams)):
            mine += [(t, pattern) for pattern in patterns(given, v, t)]
        choices.append(mine)
    best = np.inf
    for chosen in product(*choices):
        total = sum(price(given, v) for v, one in enumerate(chosen)
                    if one is None and given.villages[v].visits)  # fmt: skip
        days = {}
        for v, one in enumerate(chosen):
            for day in one[1] if one else ():
                days.setdefault((one[0], day), []).append(v)
        for (t, day), members in days.items():
            total += _best_order(given, t, day, members)
            if total >= best:
                break
        best = min(best, total)
    return best


def _best_order(given, t, day, members):
    home = given.teams[t].home
    best = np.inf
    for order in permutations(members):
        one = Round(t, day, order, home, home)
        bad = [b for b in check(given, [one]) if b.must]
        if not bad:
            best = min(best, cost_of(given, [one]))
    return best
