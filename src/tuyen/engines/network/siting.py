"""One door to the siting problems: what is asked is checked here, and then solved."""

from dataclasses import dataclass, replace

import numpy as np

from tuyen.engines.network.siting_problem import Answer, Left, Siting
from tuyen.engines.network.siting_refusals import (
    CapacityNeeded,
    HowManySites,
    RadiusNeeded,
    SitesNotGiven,
)


@dataclass(frozen=True)
class Question:
    """What is asked of a task: ``problem`` is pmedian, pmedcap, pcenter, mclp or lscp."""

    problem: str
    p: int | None = None
    radius: float | None = None
    seed: int = 1


def checked(ask: Question, task: Siting, name: str) -> Question:
    """The question with what the file adds to it.

    Raises
    ------
    Refusal
        Where the number of sites, the radius or the capacities are missing or impossible.
    """
    if ask.problem == "pmedcap" and task.capacity is None:
        raise CapacityNeeded(name=name)
    if ask.problem in ("mclp", "lscp") and (ask.radius is None or not 0 <= ask.radius < np.inf):
        raise RadiusNeeded()
    if ask.problem == "lscp":
        return ask
    p = task.p if ask.p is None else ask.p
    if p is None:
        raise SitesNotGiven(name=name)
    if not 1 <= p <= len(task.distance):
        raise HowManySites(value=p, most=len(task.distance))
    return replace(ask, p=p)


def solve(ask: Question, task: Siting, left: Left) -> Answer:
    """The best answer found while ``left`` says that seconds are left, with its bound.

    Every problem gives an answer at any time limit; assigned is -1 for who is not covered.
    """
    p, radius = ask.p or 0, ask.radius or 0.0
    if ask.problem == "pmedian":
        from tuyen.engines.network.pmedian import solve_pmedian

        return solve_pmedian(task.costs, p, left, ask.seed)
    if ask.problem == "pmedcap":
        from tuyen.engines.network.pmedcap import solve_pmedcap

        assert task.capacity is not None
        return solve_pmedcap(task.costs, task.load, task.capacity, p, left, ask.seed, task.demands)
    if ask.problem == "pcenter":
        from tuyen.engines.network.centre import solve_pcenter

        return solve_pcenter(task.distance, p, left, ask.seed)
    from tuyen.engines.network.covering import solve_lscp, solve_mclp

    if ask.problem == "mclp":
        return solve_mclp(task.distance, task.load, p, radius, left, ask.seed)
    return solve_lscp(task.distance, radius, left, task.demands)


def warm(ask: Question, task: Siting) -> None:
    """Load what is compiled, on a task of six places, so that the clock counts solving only."""
    places = np.arange(6)
    way = np.abs(places[:, None] - places).astype(task.costs.dtype)
    six = np.ones(6)
    tiny = Siting(way * way, six, six, capacity=np.full(6, 4.0))
    solve(replace(ask, p=2, radius=1.0), tiny, lambda: 5.0)
