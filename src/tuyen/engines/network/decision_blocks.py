"""Communes as blocks of villages and sites, and what is best in each by itself."""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from tuyen.engines.network.decision_model import Model
from tuyen.engines.network.decision_problem import MOBILE, SATELLITE, Floats, Ints

ALL = slice(None)


@dataclass(frozen=True)
class Blocks:
    """Flat blocks, one commune after another; villages stand by commune.

    Attributes
    ----------
    villages : (g + 1,) the villages of a commune, in the order ``village`` (m,)
    block, corner : (g,) where its villages x sites, its sites x sites begin
    ways, full, fixed, mobile : flat minutes and costs; none : (m, 2)
    floor, spare : (f,) minutes, (g, f) people who may be beyond in each commune
    """

    village: Ints
    villages: Ints
    block: Ints
    corner: Ints
    people: Floats
    ways: Floats
    full: Floats
    fixed: Floats
    mobile: Floats
    none: Floats
    near: Any
    floor: Floats
    spare: Floats


def blocks(found: Model) -> Blocks:
    """The blocks of a decision in which people stay in their communes."""
    village = np.argsort(found.demand.commune, kind="stable")
    count = np.bincount(found.demand.commune, minlength=found.communes)
    return filled(found, village, np.concatenate([[0], np.cumsum(count)]).astype(np.int64))


def filled(found: Model, village: Ints, villages: Ints) -> Blocks:
    """Blocks with the given villages of every commune; a way that is missing is infinite."""
    wide, g = np.diff(found.start), found.communes
    block = np.concatenate([[0], np.cumsum(np.diff(villages) * wide)]).astype(np.int64)
    corner = np.concatenate([[0], np.cumsum(wide**2)]).astype(np.int64)
    minutes = np.full(block[-1], np.inf)
    place = np.empty(found.demand.people.size, np.int64)
    place[village] = np.arange(village.size)
    row = found.pairs.row()
    own = found.demand.commune[row]
    inside = found.commune[found.pairs.site] == own
    row, own, site = row[inside], own[inside], found.pairs.site[inside]
    at = block[own] + (place[row] - villages[own]) * wide[own] + site - found.start[own]
    minutes[at] = found.pairs.minutes[inside]
    people = found.demand.people[village]
    each = [one for one in found.rules.floors if one.each]
    spare = np.array([(1 - one.share) for one in each])[None, :] * found.people_of[:, None]
    near = np.concatenate([found.near(c).ravel() for c in range(g)] or [np.empty(0, bool)])
    empty = np.empty(0)
    built = Blocks(
        village, villages, block[:-1], corner[:-1], people, minutes, empty, empty, empty,
        np.empty((0, 2)), near, np.array([one.minutes for one in each], np.float64),
        spare.reshape(g, len(each)) * (1 + 1e-9) + 1e-9,
    )  # fmt: skip
    return priced(found, built, np.zeros(0))


def priced(found: Model, built: Blocks, floors: Floats) -> Blocks:
    """The blocks with costs, at prices ``floors`` for a person beyond each floor of all together."""
    rules = found.rules
    count = np.diff(built.villages)
    people = np.repeat(built.people, np.repeat(np.diff(found.start), count))
    a, b = found.per_person
    ways, late = built.ways, built.ways + rules.mobile_wait

    def cost(per: float, minutes: Floats) -> Floats:
        lost = found.loss(np.where(np.isfinite(minutes), minutes, 0.0))
        return np.where(np.isfinite(minutes), people * per * lost, np.inf)

    full, fixed, mobile = cost(a, ways), cost(b, ways), cost(b, late)
    none = np.column_stack([built.people * a, built.people * b]) * found.no_loss
    for price, floor in zip(floors, together(found), strict=False):
        fixed = fixed + people * price * (ways > floor.minutes)
        mobile = mobile + people * price * (late > floor.minutes)
        none[:, 1] += built.people * price
    if np.isfinite(rules.max_minutes):
        fixed[ways > rules.max_minutes] = np.inf
        mobile[late > rules.max_minutes] = np.inf
        none[:, 1] = np.inf
    return replace(built, full=full, fixed=fixed, mobile=mobile, none=none)


def together(found: Model) -> list[Any]:
    """The floors that are asked of all communes together."""
    return [one for one in found.rules.floors if not one.each]


def best(
    found: Model, built: Blocks, worth: Floats, which: Ints | None = None
) -> tuple[Floats, Ints]:
    """Values (g,) and kinds (n,) of the communes ``which`` at costs ``worth`` (n, 4); infinite
    where rules leave a commune nothing (its kinds are then all 0)."""
    from tuyen.engines.network import decision_kernel as kernel

    values = np.zeros(found.communes)
    kinds = np.zeros(found.order.size, np.int64)
    chosen = np.arange(found.communes) if which is None else which
    kernel.communes(
        chosen, found.start, built.villages, built.corner, built.block, found.mains, worth,
        built.near, built.full, built.fixed, built.mobile, built.none, built.ways,
        found.rules.mobile_wait, built.floor, built.spare, built.people, found.room, found.takes, values,
        kinds,
    )  # fmt: skip
    return values, kinds


def by_main(found: Model, built: Blocks, worth: Floats) -> tuple[Floats, Ints]:
    """(n,) the best value of its commune with each site as the only main station, and the kinds
    that go with it, flat (a square for each commune, a row for each main station)."""
    from tuyen.engines.network import decision_kernel as kernel

    values = np.empty(found.order.size)
    kinds = np.zeros(built.near.size, np.int64)
    kernel.alternatives(
        np.arange(found.communes), found.start, built.villages, built.corner, built.block, worth,
        built.near, built.full, built.fixed, built.mobile, built.none, built.ways,
        found.rules.mobile_wait, built.floor, built.spare, built.people, found.room, found.takes, values,
        kinds,
    )  # fmt: skip
    return values, kinds


def fits(found: Model, kinds: Ints) -> bool:
    """Whether the satellites are near enough to a main station of their commune."""
    if found.beside is None:
        return True
    for c in np.unique(found.commune[kinds == SATELLITE]):
        a, b = found.start[c], found.start[c + 1]
        own = kinds[a:b]
        if not found.near(int(c))[own == 1][:, own == SATELLITE].any(axis=0).all():
            return False
    return True


def has_mobile(found: Model) -> bool:
    """Whether any site may be a mobile stop."""
    return bool(np.isfinite(found.fixed[:, MOBILE]).any())
