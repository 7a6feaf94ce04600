"""Where a vaccine has begun: by province and year, on the map before and after the mergers of 2025.

The texts name provinces of the map of their day, so a row names a unit of the gazetteer: ``p06.old`` is
Bắc Kạn, which is now a part of Thái Nguyên (``p19``). Asked for a province of today, the answer may
therefore be "part"; asked with the commune, it is plain.

Source: the plan of immunisation 2026-2028 and what it says of 2025. The provinces of rotavirus (32 of
before the mergers in 2024, 9 more in 2025) were not read, so rotavirus has no rows and counts as begun
wherever the schedule in force lists it.
"""

from datetime import date
from functools import lru_cache
from typing import Literal, NamedTuple

from tuyen.rules.immunization.lists import rows
from tuyen.rules.loader import load
from tuyen.rules.loader import value as in_force
from tuyen.rules.registry import gazetteer

Reach = Literal["all", "part", "none"]


class Rollout(NamedTuple):
    """A vaccine group that began in a province."""

    group: str
    province: str  # the gazetteer's key, "p08" or "p06.old"
    name: str  # as the text prints it
    since: date
    source: str
    confidence: str
    verified: bool


@lru_cache(maxsize=64)
def rollouts(on: date | None = None) -> tuple[Rollout, ...]:
    """All that are planned, or those that have begun by a day."""
    return tuple(
        Rollout(
            row["group"],
            row["province"],
            row["name"],
            row["from"],
            row["source"],
            row["confidence"],
            row["verified"],
        )
        for row in rows("rollouts", on)
    )


@lru_cache(maxsize=1)
def groups() -> frozenset[str]:
    """The groups that begin by province."""
    return frozenset(row.group for row in rollouts())


@lru_cache(maxsize=4096)
def begun(group: str, province: str, on: date, commune: str | None = None) -> date | None:
    """Since when a group is given in a province or commune; None where it has not begun by ``on``.

    ``province`` is the two-digit code of the map of ``on``, ``commune`` the five-digit one. A
    province of which only a part has begun counts as begun unless the commune says otherwise.
    """
    keys = keys_of(province, on)
    if commune is not None:
        keys &= _provinces_of_commune(commune) or keys
    days = [row.since for row in rollouts(on) if row.group == group and row.province in keys]
    return min(days, default=None)


def reach(group: str, province: str, on: date) -> Reach:
    """Whether a group that begins by province has begun in all, in part or in none of one."""
    current = _current(province, on)
    named = {row.province for row in rollouts(on) if row.group == group}
    if current in named:
        return "all"
    parts = _parts(current)
    if not parts & named:
        return "none"
    return "all" if parts <= named else "part"


def cohort_age(group: str, on: date) -> str | None:
    """The age that people had not reached when a group began with them; None: everybody."""
    rule = load("immunization/cohorts").get(group)
    if rule is None:
        return None
    values = rule["values"]
    found = in_force(values, max(on, values[0]["from"]))
    return None if found is None else str(found)


@lru_cache(maxsize=256)
def keys_of(province: str, on: date) -> frozenset[str]:
    """The gazetteer's keys that a province's code of the map of ``on`` stands for, and its parts'."""
    current = _current(province, on)
    return frozenset({current}) | _parts(current)


def _current(province: str, on: date) -> str:
    """A code was given again in 2025, so the day decides which province it is."""
    country = gazetteer.load()
    former = {one.key for one in country.former_provinces}
    old = f"p{province}.old"
    return old if on < gazetteer.CHANGE and old in former else f"p{province}"


def _parts(key: str) -> frozenset[str]:
    links = gazetteer.load().province_links
    return frozenset(link.predecessor for link in links if link.successor == key)


@lru_cache(maxsize=1)
def _origins() -> dict[str, frozenset[str]]:
    """Current commune code -> the keys of its own province and of the former ones it came from."""
    country = gazetteer.load()
    province_of = {one.key: one.province for one in country.former_communes}
    found = {one.key: {one.province} for one in country.communes}
    for link in country.links:
        found[link.successor].add(province_of[link.predecessor])
    return {key.removeprefix("c"): frozenset(provinces) for key, provinces in found.items()}


def _provinces_of_commune(code: str) -> frozenset[str]:
    return _origins().get(code, frozenset())
