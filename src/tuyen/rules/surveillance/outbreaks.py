"""Outbreaks by the law of the day: levels, early actions, following of contacts, closing, isolation."""

import datetime
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any, NamedTuple

from tuyen.rules.loader import dated, load, value
from tuyen.rules.surveillance.diseases import group


class Level(NamedTuple):
    """What may be declared on a day: by whom, for what groups, and what must be stated."""

    code: str
    names: Mapping[str, str]
    rank: int
    groups: tuple[str, ...]
    scope: str
    by: str
    needs: tuple[str, ...]
    form: str
    hours: int
    source: str
    verified: bool

    def name(self, language: str = "en") -> str:
        return self.names.get(language[:2].lower(), self.names["en"])


class Item(NamedTuple):
    """An entry of a list: a code with its names, and what else the list says of it."""

    code: str
    names: Mapping[str, str]
    more: Mapping[str, Any]

    def name(self, language: str = "en") -> str:
        return str(self.names.get(language[:2].lower(), self.names["en"]))


class Closing(NamedTuple):
    """When an outbreak of a disease may close: so many days after its last case, on whose word."""

    days: int
    incubations: int  # 0 where a guide of the disease names the days
    source: str
    verified: bool


class Least(NamedTuple):
    """How many confirmed cases make an epidemic of a disease of group A."""

    confirmed: int
    source: str
    verified: bool


class Step(NamedTuple):
    """A step of isolation: due so many hours after another one."""

    step: str
    after: str
    hours: int


class Targets(NamedTuple):
    """The bounds of 7-1-7, in days."""

    detect: int
    notify: int
    respond: int


STAGES = Targets._fields


@lru_cache(maxsize=512)
def levels(on: datetime.date) -> tuple[Level, ...]:
    """The levels that the law of ``on`` knows, the lowest first; "end" is the notice of the end."""
    found = []
    for code, entry in load("surveillance/declaring").items():
        said = dated(entry["values"], on)
        if said is None or said["value"] is None:
            continue
        rule = said["value"]
        found.append(
            Level(
                code, entry["name"], entry["rank"], tuple(rule["groups"]), rule["scope"], rule["by"],
                tuple(rule["needs"]), str(rule["form"]), rule["hours"], said["source"],
                said["verified"],
            )
        )  # fmt: skip
    return tuple(sorted(found, key=lambda level: level.rank))


def level(code: str, on: datetime.date) -> Level | None:
    """One level by its code; None where the law of that day does not know it."""
    return next((each for each in levels(on) if each.code == code), None)


@lru_cache(maxsize=512)
def targets(on: datetime.date) -> Targets:
    """The bounds of the three stages on ``on``."""
    said = _value("early_actions", "target", on)
    return Targets(*(said[name] for name in STAGES))


@lru_cache(maxsize=512)
def early_actions(on: datetime.date) -> tuple[Item, ...]:
    """The seven early actions in their order; ``more["days"]`` is when each is due."""
    return tuple(_items(_value("early_actions", "actions", on)))


@lru_cache(maxsize=512)
def bottlenecks(on: datetime.date) -> tuple[Item, ...]:
    """Why a stage may take long; ``more["stages"]`` says of which stages each is a reason."""
    return tuple(_items(_value("early_actions", "bottlenecks", on)))


@lru_cache(maxsize=512)
def contact_kinds(on: datetime.date) -> tuple[Item, ...]:
    """The kinds of contact with a case."""
    return tuple(_items(_value("following", "kinds", on)))


@lru_cache(maxsize=4096)
def follow_days(disease: str, on: datetime.date) -> int:
    """Days that a contact is watched after the last exposure; a syndrome ("") has the general."""
    days = _value("following", "follow_days", on)
    return int(days.get(disease, days["otherwise"]))


@lru_cache(maxsize=4096)
def closing(disease: str, on: datetime.date) -> Closing:
    """How many days without a case close an outbreak: those of the disease's guide, or twice (as
    the rule says) the longest incubation."""
    rules = load("surveillance/closing")
    named = _entry(rules["quiet_days"]["values"], on)
    if disease in named["value"]:
        return Closing(named["value"][disease], 0, named["source"], named["verified"])
    longest = _entry(rules["most_incubation"]["values"], on)
    times = int(_value("closing", "incubations", on))
    days = longest["value"].get(disease, longest["value"]["otherwise"])
    return Closing(times * days, times, longest["source"], longest["verified"])


@lru_cache(maxsize=4096)
def epidemic_a(disease: str, on: datetime.date) -> Least | None:
    """EP-A for a disease that the law of ``on`` counts in group A; None for any other."""
    if not disease or group(disease, on) != "A":
        return None
    said = _entry(load("surveillance/epidemic_a")["confirmed"]["values"], on)
    least = said["value"].get(disease, said["value"]["otherwise"])
    return Least(int(least), said["source"], said["verified"])


def may_close_on(
    disease: str, since: datetime.date, last: datetime.date | None, on: datetime.date
) -> datetime.date:
    """The first day on which the closing rule lets an outbreak close: ``last`` is its last onset."""
    return (last or since) + datetime.timedelta(days=closing(disease, on).days)


def report_hour(on: datetime.date) -> int:
    """The hour of the day, in Vietnam, by which the day's report of an outbreak is due."""
    return int(_value("closing", "report_hour", on))


def isolated(disease: str, on: datetime.date) -> bool:
    """Whether the law of ``on`` isolates people ill with the disease."""
    rules = load("surveillance/isolating")
    groups = value(rules["groups"]["values"], on) or ()
    named = value(rules["diseases"]["values"], on) or ()
    return bool(disease) and (disease in named or group(disease, on) in groups)


@lru_cache(maxsize=512)
def isolation_steps(on: datetime.date) -> Mapping[str, tuple[Step, ...]]:
    """Setting (home, facility, gate, other) -> its steps with their hours; empty before the decree."""
    said = value(load("surveillance/isolating")["settings"]["values"], on) or {}
    return {
        setting: tuple(Step(each["step"], each["after"], each["hours"]) for each in steps)
        for setting, steps in said.items()
    }


def source(key: str) -> str:
    """The act that a rule names by key, as it is written."""
    said = load("surveillance/sources").get(key)
    return str(said["act"]) if said else key


def _items(found: Any) -> Iterator[Item]:
    languages = ("en", "vi", "zh")
    for entry in found:
        more = {k: v for k, v in entry.items() if k != "code" and k not in languages}
        yield Item(entry["code"], {name: entry[name] for name in languages}, more)


def _value(file: str, name: str, on: datetime.date) -> Any:
    return _entry(load(f"surveillance/{file}")[name]["values"], on)["value"]


def _entry(values: Any, on: datetime.date) -> Mapping[str, Any]:
    """The entry of ``on``; days before the first are looked at as its first day was."""
    found = dated(values, max(on, values[0]["from"]))
    assert found is not None
    return found
