"""Visits to the stations of a synthetic province: people followed every month for their blood
pressure or sugar, most of whom come on their day and some of whom stay away, and people who fell ill."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from tuyen.engines.synthetic.people import People
from tuyen.engines.synthetic.streams import Choice, Ints

DIAGNOSES = {"hypertension": ("I10",), "both": ("I10", "E11.9"), "diabetes": ("E11.9",)}
_REGIMENS = {
    "hypertension": ("amlodipine", "amlodipine", "losartan", "two"),
    "both": ("both",), "diabetes": ("metformin",),
}  # fmt: skip
_OPENS, _SHUTS = 7 * 60 + 30, 16 * 60  # minutes of the day


class Came(NamedTuple):
    """One visit. ``person`` is a position, ``minute`` one of its day; values of what was not measured
    are None; ``next`` is the day that was set, None where there is none. ``glucose`` is fasting."""

    person: int
    day: np.datetime64
    minute: int
    followed: bool
    diagnoses: tuple[str, ...]
    regimen: str
    systolic: int | None
    diastolic: int | None
    glucose: float | None
    weight: float | None  # kg
    next: np.datetime64 | None
    referred: bool


def visits(
    people: People, commune: Ints, rule: Mapping[str, Any], until: np.datetime64,
    rng: np.random.Generator, favoured: int = -1,
) -> list[Came]:  # fmt: skip
    """Every visit up to ``until``, in the order of day and minute.

    Parameters
    ----------
    commune : (p,) of each person, a position
    rule : content of rules/synthetic/care
    favoured : the commune that has as many visits as a real one, however small the province is;
        there some are expected on ``until`` and some came on it
    """
    here = people.resident(until)
    age = (until - people.born).astype(np.int64) / 365.25
    found: list[Came] = []
    followed = rule["followed"]
    for place in np.unique(commune[here]).tolist():
        mine = here & (commune == place)
        shown = place == favoured
        old = np.flatnonzero(mine & (age >= followed["shown_from_age" if shown else "from_age"]))
        old = old[age[old] < 90]
        least = followed["favoured"] if shown else followed["least"]
        many = min(old.size, max(least, round(followed["share"] * int(mine.sum()))))
        order = np.argsort(-age[old], kind="stable") if shown else rng.permutation(old.size)
        chosen = old[order][:many]
        for n, person in enumerate(chosen.tolist()):
            found += _followed(person, n if shown else -1, rule, until, rng)
        others = np.setdiff1d(np.flatnonzero(mine), chosen)
        if others.size:
            acute = rule["acute"]["favoured" if shown else "a_day"]
            found += _ill(others, age, acute, rule, until, rng)
    found.sort(key=lambda came: (came.day, came.minute, came.person))
    return found


def _followed(
    person: int, line: int, rule: Mapping[str, Any], until: np.datetime64, rng: np.random.Generator
) -> list[Came]:
    """The months of one person, from the last visit back. ``line`` is a place in the favoured
    commune, where every sixth is expected today and the next one came."""
    given = rule["followed"]
    condition = _drawn(given["conditions"], rng)
    every = int(given["every"])
    lost = rng.random() < given["lost"]
    back = int(rng.integers(every + 8, 3 * every)) if lost else int(rng.integers(1, every))
    if line >= 0 and line % 6 == 0:
        back = every
    elif line >= 0 and line % 6 == 1:
        back = 0
    controlled = rng.random() < given["controlled"]
    regimen = str(rng.choice(_REGIMENS[condition]))
    weight = round(float(rng.normal(54, 8)), 1)
    found = []
    for month in range(int(rule["months"]) - (3 if lost else 0)):
        day = until - np.timedelta64(back, "D")
        upper, lower = _pressure(rule, controlled, given["crisis"], rng)
        sugar = None if condition == "hypertension" else _glucose(rule, controlled, rng)
        weekly = (day.astype(np.int64) + 3) % 7  # Monday is 0
        if weekly >= 5 and month:  # the station is open, but not for those who have a day
            day -= np.timedelta64(int(weekly) - 4, "D")
        found.append(Came(
            person, day, _minute(rng, day == until), True, DIAGNOSES[condition], regimen, upper, lower, sugar,
            weight, day + np.timedelta64(every, "D"), False,
        ))  # fmt: skip
        back += every + min(9, int(rng.exponential(given["delay"])))
        # Most were worse before they were followed for some months.
        controlled = controlled and rng.random() < 0.85
    return found


def _ill(
    people: Ints, age: np.ndarray[Any, Any], a_day: float, rule: Mapping[str, Any],
    until: np.datetime64, rng: np.random.Generator,
) -> list[Came]:  # fmt: skip
    given = rule["acute"]
    found = []
    for back in range(int(given["days"])):
        day = until - np.timedelta64(back, "D")
        for _ in range(int(rng.poisson(a_day))):
            person = int(people[int(rng.integers(people.size))])
            child = age[person] < 15
            cause = given["children" if child else "adults"]
            code, regimen, _weight = cause[
                int(Choice([one[2] for one in cause]).draw(rng, 1)[0])
            ]  # fmt: skip
            upper = None if child else int(rng.normal(122, 10))
            found.append(Came(
                person, day, _minute(rng, day == until), False, (code,), regimen, upper,
                None if upper is None else int(upper * 0.62), None,
                _scales(float(age[person]), float(given["weighed"]), rng), None,
                bool(rng.random() < given["referred"]),
            ))  # fmt: skip
    return found


def _scales(years: float, weighed: float, rng: np.random.Generator) -> float | None:
    """What the scales showed, in kg; None of those who were not weighed."""
    told = rng.normal(54, 8) if years >= 15 else (8 + 2.4 * years) * rng.normal(1, 0.1)
    return round(float(np.clip(told, 3, 110)), 1) if rng.random() < weighed else None


def _pressure(
    rule: Mapping[str, Any], controlled: bool, crisis: float, rng: np.random.Generator
) -> tuple[int, int]:
    if rng.random() < crisis:
        return int(rng.integers(182, 205)), int(rng.integers(108, 122))
    mean, spread, low, low_spread = rule["pressure"]["controlled" if controlled else "not"]
    upper = int(np.clip(rng.normal(mean, spread), 100, 179))
    return upper, min(upper - 25, int(np.clip(rng.normal(low, low_spread), 58, 109)))


def _glucose(rule: Mapping[str, Any], controlled: bool, rng: np.random.Generator) -> float:
    mean, spread = rule["glucose"]["controlled" if controlled else "not"]
    return round(float(np.clip(rng.normal(mean, spread), 4.2, 16.0)), 1)


def _drawn(shares: Sequence[tuple[str, float]], rng: np.random.Generator) -> str:
    return str(shares[int(Choice([share for _, share in shares]).draw(rng, 1)[0])][0])


def _minute(rng: np.random.Generator, today: bool) -> int:
    """When somebody came; of the last day only the first hours have passed."""
    return int(rng.integers(_OPENS, _OPENS + 90 if today else _SHUTS))
