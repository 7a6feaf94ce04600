"""Packages of work: what each station lacks, what would lift it, and what a budget buys the most of."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import NamedTuple
from uuid import UUID

import numpy as np

from tuyen.apps.access import policies
from tuyen.apps.access.actors import Actor
from tuyen.apps.governance.queries.readiness import ReadyRow, readiness
from tuyen.engines.governance import packages as engine
from tuyen.engines.governance.packages_check import faults
from tuyen.rules import governance as rules

PROPOSE = "governance.project.propose"
MILLION = Decimal(1_000_000)


class Offer(NamedTuple):
    """A work that a site could have. ``cost`` in million VND, ``worth`` the points of its gaps that it
    lifts; ``source`` "" and ``why`` as the engine says where it is left out."""

    site: UUID
    site_name: str
    package: str
    lines: tuple[str, ...]
    cost: float
    worth: float
    source: str
    why: str

    @property
    def per_billion(self) -> float | None:
        return 1000 * self.worth / self.cost if self.cost else None


class Programme(NamedTuple):
    """A draft: what is chosen and what is left out, with the bound that an independent check found.
    ``points`` of ``possible``; ``spent`` and ``budget`` by source, million VND; ``price``: points that
    one more billion would bring, by source."""

    chosen: Sequence[Offer]
    left: Sequence[Offer]
    points: float
    possible: float
    bound: float
    gap: float
    optimal: bool
    checked: bool
    budget: Mapping[str, float]
    spent: Mapping[str, float]
    price: Mapping[str, float]
    sites: int
    unknown: int


def offers(*, by: Actor, on: date, listed: frozenset[UUID] = frozenset()) -> list[Offer]:
    """Every work that would lift a gap of a station, the most readiness for its money first."""
    rows = readiness(by=by, on=on).rows
    made, told = _offers(rows, dict.fromkeys(rules.sources(), 0.0), listed)
    order = engine.cheapest(told)
    return [_offer(rows, made[o], told, o, "", "") for o in order]


def programme(
    *, by: Actor, on: date, budget: Mapping[str, float], listed: frozenset[UUID] = frozenset()
) -> Programme:
    """What to pay for with ``budget`` (source -> million VND). ``listed`` are the sites for which a source
    with a list may pay. What is not known of a site is no gap: it is looked at first."""
    policies.check(by, PROPOSE)
    rows = readiness(by=by, on=on).rows
    made, told = _offers(rows, budget, listed)
    found = engine.choose(told)
    names = list(rules.sources())
    all_ = [
        _offer(rows, made[o], told, o, names[s] if s >= 0 else "", found.why[o])
        for o, s in enumerate(found.source.tolist())
    ]
    chosen = [one for one in all_ if one.source]
    return Programme(
        sorted(chosen, key=lambda one: (one.source, one.site_name, one.package)),
        sorted((one for one in all_ if not one.source and one.why != "covered"),
               key=lambda one: -(one.per_billion or 0)),
        found.value, float(told.gain.sum()), found.bound, found.gap, found.status == "optimal",
        not faults(told, found.source), {key: float(budget.get(key, 0)) for key in names},
        dict(zip(names, found.spent.tolist(), strict=True)),
        {key: 1000 * price for key, price in zip(names, found.prices.tolist(), strict=True)},
        len({one.site for one in chosen}), sum(len(row.cells) - row.known for row in rows),
    )  # fmt: skip


def _cost_of(row: ReadyRow, package: rules.Package) -> float:
    """What a work costs at a site, million VND: its usual cost, or the pieces that are missing."""
    if not package.floor:
        return package.cost
    return sum(rules.price(kind) for kind in row.floor.lacking) if row.floor else 0.0


def _offers(
    rows: Sequence[ReadyRow], budget: Mapping[str, float], listed: frozenset[UUID]
) -> tuple[list[tuple[int, rules.Package]], engine.Offers]:
    lines, sources = list(rules.lines().values()), list(rules.sources().values())
    worth = {"none": 1.0, "part": 0.5}
    gain = np.array(
        [[one.weight * worth.get(row.cell(one.key).level, 0.0) for one in lines] for row in rows]
    ).reshape(len(rows), len(lines))
    made, cost, lifts, pays = [], [], [], []
    for n, row in enumerate(rows):
        gaps = set(row.gaps)
        for package in rules.packages().values():
            price = _cost_of(row, package)
            if not gaps & set(package.lifts) or price <= 0:
                continue
            made.append((n, package))
            cost.append(price)
            lifts.append([one.key in package.lifts for one in lines])
            pays.append([
                package.key in one.pays and (not one.listed or row.unit in listed) for one in sources
            ])  # fmt: skip
    count = len(made)
    return made, engine.Offers(
        np.array([n for n, _ in made], np.int64), np.array(cost, float),
        np.array(lifts, bool).reshape(count, len(lines)),
        np.array(pays, bool).reshape(count, len(sources)), gain,
        np.array([max(float(budget.get(one.key, 0)), 0.0) for one in sources]),
    )  # fmt: skip


def _offer(
    rows: Sequence[ReadyRow], made: tuple[int, rules.Package], told: engine.Offers, o: int,
    source: str, why: str,
) -> Offer:  # fmt: skip
    row, package = rows[made[0]], made[1]
    gained = told.gain[made[0]] * told.lifts[o]
    keys = list(rules.lines())
    return Offer(
        row.unit, row.name, package.key, tuple(keys[int(n)] for n in np.flatnonzero(gained > 0)),
        float(told.cost[o]), float(gained.sum()), source, why,
    )  # fmt: skip
