"""Wishes that cannot be kept together, in plain values: which rules, where, by how much; and what would
do, each as a change of the wishes."""

from collections.abc import Sequence
from typing import NamedTuple
from uuid import UUID

import numpy as np
from msgspec import structs

from tuyen.apps.network.operations import Wishes
from tuyen.apps.network.planned import Drawn
from tuyen.apps.network.weighing import Problem
from tuyen.engines.network import decision_conflicts as engine
from tuyen.engines.network.decision_funds import PREFIX, members
from tuyen.engines.network.decision_price import Price
from tuyen.engines.network.decision_problem import Conflict
from tuyen.engines.network.decision_relax import Relaxation, relaxations

DOCTORS = "staff:0"
"""The only cadre that a wish asks for."""


class Held(NamedTuple):
    """A rule of a conflict: "budget", "funds", "doctors", "capacity", "satellite-within", "pinned",
    "mains"... ``limit`` is what it allows; ``short`` by how much it alone would have to give way."""

    key: str
    limit: float | None
    short: float | None
    funds: tuple[str, ...] = ()


class Clash(NamedTuple):
    """A smallest set of rules in conflict. ``communes`` and ``sites`` are those it is about; ``people``
    live in the communes, of whom the largest main station serves ``places`` (None: not asked)."""

    rules: tuple[Held, ...]
    communes: tuple[UUID, ...]
    sites: tuple[UUID, ...]
    people: int
    places: int | None


class Ease(NamedTuple):
    """What would do: ``what`` a wish ("budget", "fund", "doctors", "recruits", "capacity_over",
    "satellite_within", "pin"), ``of`` the fund or site, ``value`` its new amount, ``more`` the change.
    ``exact``: nothing less will do; ``enough``: then the wishes can all be kept."""

    what: str
    of: str
    value: int
    more: int
    exact: bool
    enough: bool


def shared(wishes: Wishes) -> bool:
    """Whether communes share something under these wishes."""
    limited = wishes.budget is not None or bool(wishes.funds) or wishes.doctors is not None
    return limited or wishes.capacity


def clashing(
    asked: Problem, plan: Drawn, wishes: Wishes
) -> tuple[tuple[Clash, ...], tuple[Ease, ...]]:
    """The conflicts of wishes that no plan keeps, and what would do."""
    task = (asked.after, asked.demand, asked.minutes, asked.rules)
    found = engine.conflicts(*task)
    eases = [one for raw in relaxations(*task, found) if (one := _ease(asked, wishes, raw))]
    order = sorted(dict.fromkeys(eases), key=lambda one: (not one.enough, one.what == "pin"))
    return tuple(_clash(asked, wishes, one) for one in found), tuple(order)


def _clash(asked: Problem, wishes: Wishes, conflict: Conflict) -> Clash:
    held = []
    for key, short in zip(conflict.rules, conflict.by_how_much, strict=True):
        funds = members(key) if key.startswith(PREFIX) else ()
        names = tuple(wishes.funds[k].fund for k in funds)
        held.append(Held(_name(key), _limit(asked, wishes, key), short, names))
    if {rule.key for rule in held} == {engine.PINNED}:
        held.append(Held("mains", None, None))  # what the pins leave nobody to be
    lives = np.isin(asked.demand.commune, conflict.communes)
    own = np.isin(asked.after.commune, conflict.communes)
    people, places = int(asked.demand.people[lives].sum()), None
    short = next((one.short for one in held if one.key == engine.CAPACITY), None)
    if short is not None and own.any():
        places = max(int(np.floor(people - short + 1e-6)), 0)
    return Clash(
        tuple(held), tuple(asked.communes[c] for c in conflict.communes),
        tuple(asked.units[n] for n in conflict.sites), people, places,
    )  # fmt: skip


def passed(asked: Problem, wishes: Wishes, price: Price) -> tuple[Held, ...]:
    """The limits of the wishes that a plan passes, each with what it allows and by how much it is passed;
    of places, the people beyond those of their nearest main station."""
    found = []
    for key, over in price.breaks.items():
        funds = tuple(wishes.funds[k].fund for k in members(key)) if key.startswith(PREFIX) else ()
        found.append(Held(_name(key), _limit(asked, wishes, key), over, funds))
    if wishes.capacity and price.issued.over_capacity > 1e-6:
        found.append(Held("capacity", None, price.issued.over_capacity))
    return tuple(found)


def _name(key: str) -> str:
    if key.startswith(PREFIX):
        return "funds"
    plain = {DOCTORS: "doctors", engine.BARRED: engine.PINNED, engine.MAINS: "mains"}
    return plain.get(key, key)


def _limit(asked: Problem, wishes: Wishes, key: str) -> float | None:
    if key == "budget" and wishes.budget is not None:
        return float(wishes.budget)
    if key.startswith(PREFIX):
        return float(sum(wishes.funds[k].money for k in members(key)))
    if key == DOCTORS:
        return float(asked.after.staff[:, 0].sum() + wishes.recruits)
    if key == engine.SATELLITE_WITHIN:
        return asked.rules.satellite_within
    return None


def _ease(asked: Problem, wishes: Wishes, raw: Relaxation) -> Ease | None:
    names = {"budget": "budget", "fund": "fund", "need": "doctors", "recruits": "recruits",
             "capacity-over": "capacity_over", "satellite-within": "satellite_within", "drop": "pin"}  # fmt: skip
    what = names.get(raw.what)
    if what is None:
        return None
    of, value, more = "", int(np.ceil(raw.value - 1e-6)), int(np.ceil(raw.more - 1e-6))
    if what == "fund":
        of = wishes.funds[raw.place].fund
    elif what == "pin":
        of = str(asked.units[raw.place])
    elif what == "capacity_over":  # per cent of what the wishes allow already
        value = int(np.ceil((100 + wishes.capacity_over) * (1 + raw.value / 100) - 100 - 1e-6))
        more = value - wishes.capacity_over
    return Ease(what, of, value, more, raw.exact, raw.enough)


def eased(wishes: Wishes, what: str, of: str, value: int) -> Wishes | None:
    """The wishes with one of them eased; None where there is no such wish."""
    if what == "pin":
        kept = tuple(one for one in wishes.pins if str(one.unit) != of)
        return structs.replace(wishes, pins=kept)
    if what == "fund":
        funds = tuple(
            structs.replace(one, money=value) if one.fund == of else one for one in wishes.funds
        )
        return structs.replace(wishes, funds=funds)
    if what in ("budget", "doctors", "recruits", "capacity_over", "satellite_within"):
        return structs.replace(wishes, **{what: value})
    return None


def keys(clashes: Sequence[Clash]) -> list[str]:
    """The rules in conflict, each once."""
    return list(dict.fromkeys(rule.key for clash in clashes for rule in clash.rules))
