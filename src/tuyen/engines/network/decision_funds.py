"""Earmarked funds: what each may pay for, whether they suffice together, and who pays what.

A site's upgrade may be shared by the funds that may pay for it. By the theorem of maximal flow and
minimal cut, the chosen upgrades can be paid exactly where, of every set of funds, those sites that no
other fund may pay for cost no more than the set holds. Each such set is one limited thing.
Source: Gale, A theorem on flows in networks, Pacific J Math 1957; 7: 1073-1082.
"""

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linprog
from scipy.sparse import coo_array

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
PREFIX = "funds:"


def key_of(funds: Any) -> str:
    """The key of a set of funds: "funds:0+2"."""
    return PREFIX + "+".join(str(int(k)) for k in funds)


def members(key: str) -> tuple[int, ...]:
    """The funds of a key.

    >>> members("funds:0+2"), members("funds:")
    ((0, 2), ())
    """
    return tuple(int(k) for k in key.removeprefix(PREFIX).split("+") if k)


def cuts(eligible: Bools, money: Floats) -> Iterator[tuple[str, Bools, float]]:
    """(key, sites that only these funds may pay for, what they hold) of every set that can bind.

    Parameters
    ----------
    eligible : (n, s) bool, the funds that may pay for the upgrade of a site
    money : (s,) million VND, infinite where nothing limits a fund
    """
    unions = {tuple(row) for row in np.unique(eligible, axis=0).tolist()}
    fresh = set(unions)
    while fresh:  # sets that are no union of what sites may use bind no more than a smaller one
        fresh = {
            tuple(a or b for a, b in zip(one, other, strict=True))
            for one in fresh for other in unions
        } - unions  # fmt: skip
        unions |= fresh
    for union in sorted(unions):
        chosen = np.array(union, np.bool_)
        limit = float(money[chosen].sum())
        if np.isfinite(limit):
            alone: Bools = np.asarray(~eligible[:, ~chosen].any(axis=1))
            yield key_of(np.flatnonzero(chosen)), alone, limit


def shares(cost: Floats, eligible: Bools, money: Floats) -> Floats:
    """(n, s) million VND that each fund pays for each site, the narrowest funds first.

    ``cost`` (n,) is 0 where nothing is to be paid. Where the funds do not suffice, as much as they
    hold is paid.
    """
    site, fund = np.nonzero(eligible & (cost > 0)[:, None])
    found = np.zeros(eligible.shape)
    if not site.size:
        return found
    narrow = eligible.sum(axis=0)[fund] / max(eligible.shape[0], 1)
    places = np.arange(site.size)
    one = np.ones(site.size)
    held = np.where(np.isfinite(money), money, cost.sum() + 1.0)
    rows = coo_array(
        (np.concatenate([one, one]), (np.concatenate([site, cost.size + fund]), np.tile(places, 2))),
        (cost.size + money.size, site.size),
    )  # fmt: skip
    answer = linprog(
        narrow - 10.0, A_ub=rows.tocsr(), b_ub=np.concatenate([cost, held]), bounds=(0, None),
        method="highs",
    )  # fmt: skip
    if answer.x is not None:
        found[site, fund] = np.where(answer.x > 1e-9, answer.x, 0.0)
    return found
