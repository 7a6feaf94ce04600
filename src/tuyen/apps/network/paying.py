"""Who pays for the upgrades of a plan: each source for what it may pay, and what nobody pays for."""

from collections.abc import Sequence
from typing import NamedTuple
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from tuyen.apps.network import places
from tuyen.apps.network.operations import Wishes
from tuyen.apps.network.planned import Broken, Drawn
from tuyen.apps.network.refusals import BudgetShort, FundsShort
from tuyen.apps.network.weighing import Problem
from tuyen.engines.network import decision_funds as engine
from tuyen.engines.network.decision_problem import MAIN

Ints = NDArray[np.int64]


class Paid(NamedTuple):
    """What a source pays for in a plan, in million VND, and for which sites."""

    fund: str
    money: int
    paid: float
    sites: tuple[tuple[UUID, float], ...]


class Paying(NamedTuple):
    """All sources of a plan's wishes; ``cost`` of all upgrades, ``open`` of it paid by nobody."""

    cost: float
    rows: tuple[Paid, ...]
    open: float


def paying(asked: Problem, kinds: Ints, wishes: Wishes | None) -> Paying:
    """The upgrades of a plan shared out among its sources."""
    cost = np.where(kinds == MAIN, asked.after.refurbish, 0.0)
    total = float(cost.sum())
    may = asked.after.eligible
    if wishes is None or not wishes.funds or may is None:
        return Paying(total, (), total)
    held = np.array([one.money for one in wishes.funds], float)
    shares = engine.shares(cost, may, held)
    rows = tuple(
        Paid(one.fund, one.money, float(shares[:, k].sum()),
             tuple((asked.units[n], float(shares[n, k])) for n in np.flatnonzero(shares[:, k])))
        for k, one in enumerate(wishes.funds)
    )  # fmt: skip
    return Paying(total, rows, max(total - float(shares.sum()), 0.0))


def unpaid(asked: Problem, kinds: Ints, plan: Drawn, wishes: Wishes | None) -> Sequence[Broken]:
    """Where the money of the wishes does not reach."""
    found: list[Broken] = []
    if wishes is None:
        return found
    cost = np.where(kinds == MAIN, asked.after.refurbish, 0.0)
    if wishes.budget is not None and cost.sum() > wishes.budget + 1e-6:
        refusal = BudgetShort(cost=round(float(cost.sum())), money=wishes.budget)
        found.append(Broken(refusal, False, None))
    if not wishes.funds or asked.after.eligible is None:
        return found
    held = np.array([one.money for one in wishes.funds], float)
    short = [
        (alone, limit, key) for key, alone, limit in engine.cuts(asked.after.eligible, held)
        if cost[alone].sum() > limit + 1e-6
    ]  # fmt: skip
    if short:
        alone, limit, key = max(short, key=lambda one: float(cost[one[0]].sum()) - one[1])
        sites = [asked.units[n] for n in np.flatnonzero(alone & (cost > 0))]
        shown = ", ".join(places.name(id, plan.day) for id in sites[:5])
        funds = ", ".join(wishes.funds[k].fund for k in engine.members(key)) or "–"
        refusal_of_funds = FundsShort(
            names=shown + (" …" if len(sites) > 5 else ""), number=len(sites),
            cost=round(float(cost[alone].sum())), funds=funds, money=round(limit),
        )  # fmt: skip
        found.append(Broken(refusal_of_funds, False, None))
    return found
