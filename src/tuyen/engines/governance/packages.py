"""Which work to pay for, where, and from which source, so that the most readiness is bought.

A choice of 0 or 1 for every (site, kind of work) and source that may pay for it, under one budget for
each source: a budgeted maximum coverage problem (Khuller, Moss and Naor 1999), solved by HiGHS through
``scipy.optimize.milp``. What it says of its own answer is not taken on trust: the bound that is told is
found again by :mod:`packages_check`, from prices of money, site by site.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import Bounds, LinearConstraint, linprog, milp
from scipy.sparse import coo_array, csr_array

from tuyen.engines.governance.packages_check import bound_of, lifted, value_of

Numbers = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]
NODES = 20_000
_CLOSE = 1e-6


class Offers(NamedTuple):
    """What could be paid for. ``site`` (o,) numbers 0..s-1; ``cost`` (o,) and ``budget`` (k,) in one unit
    of money; ``lifts`` (o, l) the lines that a work would make good; ``pays`` (o, k) which source may pay
    for it; ``gain`` (s, l) what each line is worth where it is a gap, 0 where it is none."""

    site: Ints
    cost: Numbers
    lifts: Bools
    pays: Bools
    gain: Numbers
    budget: Numbers


class Choice(NamedTuple):
    """``source`` (o,) the source that pays, -1 where a work is left out, and ``why`` (o,): chosen,
    covered (its lines are lifted already), source (none may pay for it), money. ``bound`` holds by the
    checker; ``gap`` is its distance from ``value`` as a share; ``prices`` (k,) what one more unit of
    money of each source would bring."""

    source: Ints
    value: float
    spent: Numbers
    bound: float
    gap: float
    status: str  # optimal, feasible
    prices: Numbers
    why: tuple[str, ...]


class _Model(NamedTuple):
    """Variables: payments x (option, source) first, then lines y (site, line) that are gaps."""

    option: Ints
    payer: Ints
    place: Ints
    line: Ints
    matrix: csr_array
    upper: Numbers
    worth: Numbers


def choose(offers: Offers, *, gap: float = 1e-3, nodes: int = NODES) -> Choice:
    """The most readiness for the money; of two answers that bring as much, the cheaper.

    ``gap`` is how close to its bound the search may stop, ``nodes`` how long it may search.
    """
    n, sources = len(offers.cost), len(offers.budget)
    model = _model(offers)
    if not model.option.size or not model.place.size:
        return _told(offers, np.full(n, -1), np.zeros(sources))
    found = milp(
        -model.worth, constraints=LinearConstraint(model.matrix, -np.inf, model.upper),
        integrality=np.r_[np.ones(model.option.size), np.zeros(model.place.size)],
        bounds=Bounds(0, 1), options={"mip_rel_gap": gap, "node_limit": nodes, "disp": False},
    )  # fmt: skip
    source = np.full(n, -1)
    if found.x is not None:
        taken = np.flatnonzero(found.x[: model.option.size] > 0.5)
        source[model.option[taken]] = model.payer[taken]
    relaxed = linprog(-model.worth, A_ub=model.matrix, b_ub=model.upper, bounds=(0, 1))
    prices = np.maximum(-relaxed.ineqlin.marginals[-sources:], 0)
    return _told(offers, _filled(offers, _thinned(offers, source)), prices)


def _model(offers: Offers) -> _Model:
    option, payer = np.nonzero(offers.pays & (offers.cost[:, None] <= offers.budget[None, :]))
    place, line = np.nonzero(offers.gain > 0)
    xs, ys, sources = option.size, place.size, len(offers.budget)
    number = np.full(offers.gain.shape, -1)
    number[place, line] = np.arange(ys)
    rows, columns, values = [np.arange(ys)], [xs + np.arange(ys)], [np.ones(ys)]
    at, lift = np.nonzero(offers.lifts[option])  # y <= the sum of what lifts it
    wanted = number[offers.site[option[at]], lift]
    at, wanted = at[wanted >= 0], wanted[wanted >= 0]
    rows += [wanted, ys + option, ys + len(offers.cost) + payer]
    columns += [at, np.arange(xs), np.arange(xs)]
    values += [-np.ones(at.size), np.ones(xs), offers.cost[option]]
    shape = (ys + len(offers.cost) + sources, xs + ys)
    matrix = coo_array(
        (np.concatenate(values), (np.concatenate(rows), np.concatenate(columns))), shape=shape
    )
    upper = np.r_[np.zeros(ys), np.ones(len(offers.cost)), offers.budget]
    gains = offers.gain[place, line]
    # Of equal gains the cheaper: all the money there is weighs less than half the smallest gain.
    most = min(float(offers.cost.sum()), float(offers.budget.sum())) + 1
    tie = float(gains.min()) / (2 * most) if ys else 0.0
    worth = np.r_[-tie * offers.cost[option], gains]
    return _Model(option, payer, place, line, csr_array(matrix), upper, worth)


def _thinned(offers: Offers, source: Ints) -> Ints:
    """Take out works whose every line another work lifts, the dearest first."""
    kept = source.copy()
    for o in sorted(np.flatnonzero(kept >= 0), key=lambda o: (-offers.cost[o], o)):
        if _adds(offers, kept, int(o)) <= _CLOSE:
            kept[o] = -1
    return kept


def _filled(offers: Offers, source: Ints) -> Ints:
    """Put in what still brings something and can be paid, the most for its money first."""
    kept, left = source.copy(), offers.budget - spent_of(offers, source)
    while True:
        best: tuple[float, int, int] | None = None
        for o in np.flatnonzero(kept < 0):
            able = np.flatnonzero(offers.pays[o] & (left >= offers.cost[o] - _CLOSE))
            more = _adds(offers, kept, int(o)) if able.size else 0.0
            if more > _CLOSE:
                rate = more / max(float(offers.cost[o]), _CLOSE)
                payer = int(able[np.argmax(left[able])])
                best = max(best or (0.0, -1, -1), (rate, int(o), payer))
        if best is None:
            return kept
        kept[best[1]] = best[2]
        left[best[2]] -= offers.cost[best[1]]


def _adds(offers: Offers, source: Ints, o: int) -> float:
    """What a work brings beside the others of its site."""
    mine = (offers.site == offers.site[o]) & (source >= 0)
    mine[o] = False
    others = offers.lifts[mine].any(axis=0)
    return float(offers.gain[offers.site[o]][offers.lifts[o] & ~others].sum())


def spent_of(offers: Offers, source: Ints) -> Numbers:
    """(k,) what each source pays."""
    paid = source >= 0
    return np.bincount(source[paid], offers.cost[paid], len(offers.budget)).astype(float)


def _told(offers: Offers, source: Ints, prices: Numbers) -> Choice:
    value, bound = value_of(offers, source), bound_of(offers, prices)
    bound = max(min(bound, float(offers.gain.sum())), value)
    gap = (bound - value) / bound if bound > 0 else 0.0
    status = "optimal" if bound - value <= _CLOSE * max(bound, 1) else "feasible"
    return Choice(
        source, value, spent_of(offers, source), bound, gap, status, prices, _why(offers, source)
    )


def _why(offers: Offers, source: Ints) -> tuple[str, ...]:
    told: list[str] = []
    for o in range(len(source)):
        if source[o] >= 0:
            told.append("chosen")
        elif _adds(offers, source, o) <= _CLOSE:
            told.append("covered")
        elif not (offers.pays[o] & (offers.budget > 0)).any():
            told.append("source")
        else:
            told.append("money")
    return tuple(told)


def worth_of(offers: Offers, source: Ints) -> Numbers:
    """(s,) what each site gains."""
    return np.array([
        float(offers.gain[s][lifted(offers, source, s)].sum()) for s in range(len(offers.gain))
    ])  # fmt: skip


def cheapest(offers: Offers) -> Sequence[int]:
    """Works by readiness for money, each by itself, the best first."""
    alone = (offers.lifts * offers.gain[offers.site]).sum(axis=1)
    rate = alone / np.maximum(offers.cost, _CLOSE)
    return [int(o) for o in np.argsort(-rate, kind="stable") if alone[o] > 0]
