"""Which doses the children of a synthetic province got, and when: visits with their delays, families
that never come or stop coming, and villages that a team reaches seldom."""

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from tuyen.engines.synthetic.people import People
from tuyen.engines.synthetic.streams import DAY, NAT, Days, Ints


class Doses(NamedTuple):
    """d doses in the order of person and day."""

    person: Ints  # (d,) int32, position of a person
    vaccine: tuple[str, ...]  # codes
    given: Ints  # (d,) int8, position in ``vaccine``
    day: Days  # (d,)
    seldom: Ints  # positions of the villages that a team reaches seldom


def immunise(
    people: People, rule: Mapping[str, Any], until: np.datetime64, rng: np.random.Generator
) -> Doses:
    """The doses up to ``until`` of everybody born in the years that the rule follows.

    Parameters
    ----------
    rule : content of rules/synthetic/immunization
    """
    oldest = until - np.timedelta64(int(rule["followed_years"] * 365.25), "D")
    who = np.flatnonzero((people.born > oldest) & (people.born <= until))
    seldom = _seldom(people.village[who].astype(np.int64), rule, rng)
    rare = np.isin(people.village[who], seldom)
    served = rng.random(who.size) < np.where(rare, rule["seldom"]["served"], rule["served"])
    slow = np.where(rare, rule["seldom"]["lateness"], 1.0)
    codes = tuple(dict.fromkeys(code for visit in rule["visits"] for code in visit["gives"]))
    found: list[tuple[Ints, int, Days]] = []
    made: dict[str, Days] = {}
    for visit in rule["visits"]:
        day = _came(people.born[who], made.get(visit.get("since", "")), visit, slow, rng)
        came = served & (rng.random(who.size) < visit.get("share", 1.0))
        for code in visit["gives"]:
            got = came & (day <= until) & (rng.random(who.size) >= rule["missed"])
            got &= day >= np.datetime64(str(rule["begins"].get(code, "1900-01-01")))
            got &= ~((people.died[who] <= day) | (people.left[who] <= day))
            found.append((who[got].astype(np.int32), codes.index(code), day[got]))
        made[visit["name"]] = np.where(came, day, NAT)
        served &= rng.random(who.size) >= rule["lost"] * slow
    person = np.concatenate([part[0] for part in found])
    given = np.concatenate([np.full(part[0].size, part[1], np.int8) for part in found])
    day = np.concatenate([part[2] for part in found])
    order = np.lexsort((given, day, person))
    return Doses(person[order], codes, given[order], day[order], seldom)


def _seldom(village: Ints, rule: Mapping[str, Any], rng: np.random.Generator) -> Ints:
    """Villages of the larger half, by their children (``village``: where each lives), as many as
    hold the share of the rule; at least one."""
    children = np.bincount(village)
    large = np.flatnonzero(children >= np.median(children[children > 0]))
    chosen = rng.permutation(large)
    held = np.cumsum(children[chosen])
    count = max(1, int(np.searchsorted(held, rule["seldom"]["children"] * village.size)))
    return np.sort(chosen[:count])


def _came(
    born: Days,
    since: Days | None,
    visit: Mapping[str, Any],
    slow: NDArray[np.float64],
    rng: np.random.Generator,
) -> Days:
    """The day of a visit: not before the age, nor sooner after an earlier visit than allowed."""
    if "months" in visit:
        month = born.astype("datetime64[M]")
        first = (month + visit["months"]).astype(DAY) + (born - month.astype(DAY))
    else:
        first = born + np.timedelta64(visit["days"], "D")
    if since is not None:
        again = since + np.timedelta64(visit["after"], "D")
        first = np.where(np.isnat(again), first, np.maximum(first, again))
    delay = np.floor(rng.exponential(visit["delay"], born.size) * slow)
    return np.asarray(first + delay.astype("timedelta64[D]"))
