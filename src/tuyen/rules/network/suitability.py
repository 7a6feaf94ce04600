"""The five criteria of a main station, what a reviewer can answer, and the national criteria of commune health."""

import datetime
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any, NamedTuple

from tuyen.rules.loader import dated, load, value

Words = Mapping[str, str]


class Criterion(NamedTuple):
    """``best`` and ``worst`` are the measures that are worth 100 and 0, where it is a measure."""

    key: str
    name: Words
    measure: Words
    weight: float
    best: float | None
    worst: float | None


class Answer(NamedTuple):
    """An answer of the review's form, or one of its lines (worth nothing by itself)."""

    key: str
    points: int
    name: Words


class National(NamedTuple):
    """A national criterion and the most points that it gives in each of the three zones."""

    key: str
    zones: tuple[int, int, int]
    name: Words

    @property
    def most(self) -> int:
        """The most that it gives in any zone."""
        return max(self.zones)


class Post(NamedTuple):
    """``cadres``: the words of the room of people at work that fill it."""

    key: str
    least: int
    name: Words
    cadres: tuple[str, ...]


class Photographs(NamedTuple):
    side: int
    most: int
    bytes: int


@cache
def criteria() -> tuple[Criterion, ...]:
    """The criteria in their order."""
    return tuple(
        Criterion(
            one["key"], one["name"], one["measure"], float(one["weight"]), one.get("best"),
            one.get("worst"),
        )
        for one in load("network/criteria")["criteria"]
    )  # fmt: skip


def verified(name: str) -> bool:
    """Whether somebody compared a rule file with the gazette; else it is shown as open to change."""
    return bool(load(f"network/{name}").get("verified"))


@cache
def answers(of: str) -> Mapping[str, Answer]:
    """``transport``, ``terrain``, ``levels``, ``readiness``, ``destinations`` or ``grounds`` (of a pin)."""
    return {
        one["key"]: Answer(one["key"], int(one.get("points", 0)), _words(one))
        for one in load("network/answers")[of]
    }


def photographs() -> Photographs:
    """How large and how many the photographs of a review may be."""
    told = load("network/answers")["photograph"]
    return Photographs(int(told["side"]), int(told["most"]), int(told["bytes"]))


def national(on: datetime.date) -> Mapping[str, National]:
    """The criteria of commune health of a day, by their keys."""
    return {
        one["key"]: National(one["key"], _by_zone(one["most"]), _words(one))
        for one in _version("criteria", on)["list"]
    }


def national_names() -> Mapping[str, Words]:
    """What the criteria of every act are called, by their keys; the last act wins."""
    return {one["key"]: _words(one) for each in versions("criteria") for one in each["list"]}


def versions(of: str) -> Sequence[Mapping[str, Any]]:
    """``criteria`` or ``zones`` of the national act: one list, or one of each act that there was."""
    node = load("network/national")[of]
    return [node] if hasattr(node, "keys") else node


def _version(of: str, on: datetime.date) -> Mapping[str, Any]:
    """The list in force on a day; the first one that there is on a day before it."""
    return dated(versions(of), on) or versions(of)[0]


def _by_zone(told: Any) -> tuple[int, int, int]:
    """One figure for every zone, or one for each."""
    one, two, three = (told[zone] if hasattr(told, "keys") else told for zone in (1, 2, 3))
    return int(one), int(two), int(three)


def pass_lines(on: datetime.date, zone: int) -> tuple[float, float]:
    """Per cent of all points, and of each criterion's, from which on a commune of a zone passes."""
    rules = load("network/national")
    total, each = (
        _by_zone(value(rules[key]["values"], on) or usual)[zone - 1]
        for key, usual in (("pass_total", 80), ("pass_each", 50))
    )
    return float(total), float(each)


def zone(terrain: str, km: float, on: datetime.date) -> int:
    """The zone (1 to 3) of a site so far from the nearest hospital, centre or polyclinic on a day."""
    told = _version("zones", on)
    if km >= told["third"][terrain]:
        return 3
    return 2 if km >= told["second"][terrain] else 1


@cache
def posts() -> Mapping[str, Post]:
    """The professions of a station and how many there are to be, by their keys."""
    return {
        one["key"]: Post(one["key"], int(one["least"]), _words(one), tuple(one["cadres"]))
        for one in load("network/posts")["posts"]
    }


def _words(node: Mapping[str, Any]) -> Words:
    return {language: node[language] for language in ("vi", "en", "zh")}


class CutoverItem(NamedTuple):
    """A line of the cut-over checklist; ``must`` holds up the switch, ``when`` is before, day or after."""

    key: str
    when: str
    must: bool
    name: Words


@cache
def cutover() -> tuple[CutoverItem, ...]:
    """The lines of the cut-over checklist in their order."""
    return tuple(
        CutoverItem(one["key"], one["when"], bool(one["must"]), _words(one))
        for one in load("network/cutover")["items"]
    )
