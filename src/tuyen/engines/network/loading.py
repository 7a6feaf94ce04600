"""Each compiled part of the room, run once on next to nothing: loads what the disk keeps, or compiles it.

Values are of the types that real questions have, so that what is compiled here is what they need.
"""

from dataclasses import replace
from itertools import count

import numpy as np


def ways() -> None:
    """Spreading over a surface: fields, sites that come and go, ways between places."""
    from tuyen.engines.network.travel import Ground, Reach, Surface, between

    pace = np.full((4, 4), 0.01, np.float32)
    for height in (None, np.zeros((4, 4), np.float32)):
        ground = Ground(Surface(pace, 90.0, height))
        held = Reach(ground, [(0, 0)])
        held.remove(held.add((3, 3)))
        between(ground, [(1, 1)], [(2, 2)], 30.0)


def decisions() -> None:
    """Plans of communes apart, under common limits, and with free choice; their proofs and reasons."""
    from tuyen.engines.network.decision import decide, separable
    from tuyen.engines.network.decision_exchange import offers
    from tuyen.engines.network.decision_model import model
    from tuyen.engines.network.decision_problem import Demand, Floor, Rules, Sites
    from tuyen.engines.network.decision_ways import FreeChoice

    sites = replace(
        Sites.of([0, 0, 1, 1]), refurbish=np.full(4, 10.0), run_main=np.full(4, 5.0),
        run_satellite=np.full(4, 2.0), run_mobile=np.full(4, 1.0),
    )  # fmt: skip
    demand = Demand(np.array([0, 0, 1, 1]), np.full(4, 100.0))
    minutes = np.array([[5.0, 20, 40, 50], [20, 5, 50, 40], [40, 50, 5, 20], [50, 40, 20, 5]])
    separable(sites, demand, minutes, Rules(), why=True)
    floors = (Floor(30.0, 0.5), Floor(45.0, 0.5, each=True))
    decide(sites, demand, minutes, Rules(budget=15.0, floors=floors))
    placed = replace(sites, capacity=np.full(4, 300.0))
    together = Rules(budget=100.0, free_choice=True, floors=floors)
    decide(placed, demand, minutes, together)
    # A plan this small is proven before its communes exchange anything.
    search = FreeChoice(model(placed, demand, minutes, together), count().__next__)
    offers(search, np.array([1, 0, 1, 0]), search.prices, 1.0)


def rounds() -> None:
    """The search of rounds for many days, its small steps where there is no time for many children included."""
    from tuyen.engines.network.outreach_problem import Month, Team, Village
    from tuyen.engines.network.outreach_search import plan

    at = np.arange(5.0)
    away = 10 * np.abs(at[:, None] - at[None])
    week = frozenset(range(5))
    villages = tuple(Village(str(n), 1 + n % 2, 30.0, week, cold=n > 1) for n in range(4))
    team = Team("1", "motorbike", 480.0, 300.0, week, 4)
    month = Month(villages, (team, team._replace(name="2")), np.array([away, away]))
    asked = count()
    plan(month, seed=1, spent=lambda: next(asked) / 400, children=None)
