"""Signals of every programme in one shape, so that one inbox can group, rank and answer them.

A room that watches something (cases, water, food, workplaces, chronic disease) registers a
*source*: a function that says what it sees for a reader and a day, and, if its signals are to be
answered from the inbox, a function that turns an answer into the room's own operation. A room that
knows something about places registers a *teller*: what stands near a signal. The inbox asks all of
them; it knows none of them by name.

>>> @signals_from("demo")
... def nothing(by, asked):
...     return ()
>>> SOURCES.pop("demo").find is nothing
True
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal, NamedTuple
from uuid import UUID

from tuyen.kernel.operation import Payload

Level = Literal["signal", "alert", "epidemic"]
State = Literal["new", "verified", "outbreak", "dismissed", "closed", "note"]
Decision = Literal["take", "verify", "dismiss", "open-outbreak"]


class Point(NamedTuple):
    """One period of a series: what was measured, and the range that was expected."""

    label: str
    value: float | None
    low: float | None = None
    high: float | None = None


class Signal(NamedTuple):
    """Something that somebody should look at, in one commune.

    ``subject`` is what it is about, with its kind before it ("disease:measles",
    "water:e-coli"): signals of one subject and commune stand together. ``hazard`` and ``evidence``
    are shares of 1; ``observed`` and ``expected`` are counts, or values on one scale. ``due_at`` is
    None when nobody has to answer (any more). A ``note`` is evidence beside other signals: it is
    answered with them. ``message`` is a msgid, with ``values`` for its braces. ``false_share`` is the
    chance that it is false, where that was learnt; ``below`` says what keeps it from ringing: it is
    kept, and stands in the inbox only for those who ask for it.
    """

    id: UUID
    programme: str
    kind: str
    commune: UUID
    subject: str
    names: Mapping[str, str]
    level: Level
    state: State
    hazard: float
    evidence: float
    observed: float
    expected: float | None
    since: date
    until: date
    raised_at: datetime
    due_at: datetime | None
    message: str
    values: Mapping[str, Any] = {}
    p_value: float | None = None
    owner: UUID | None = None
    href: str = ""
    series: tuple[Point, ...] = ()
    false_share: float | None = None
    below: str = ""

    def name(self, language: str) -> str:
        """What it is about, in a language (vi, en, zh)."""
        return self.names.get(language) or self.names.get("vi") or self.subject


class Asked(NamedTuple):
    """What an inbox asks of a source: signals whose period had not ended before ``since``; those
    that were dismissed or closed only when ``ended``."""

    on: date
    since: date
    ended: bool = False


class Answer(NamedTuple):
    """What somebody answers to a signal."""

    decision: Decision
    reason: str = ""
    owner: UUID | None = None


class Answering(NamedTuple):
    """The operation that an answer becomes: its payload, its unit, and what it corrects."""

    payload: Payload
    unit: UUID
    corrects: UUID | None = None


Find = Callable[[Any, Asked], Iterable[Signal]]
Reply = Callable[[Signal, Answer], Iterable[Answering]]


@dataclass(frozen=True, slots=True)
class Source:
    """Where signals come from, and how they are answered; without a reply they only inform."""

    name: str
    find: Find
    reply: Reply | None = None


class Near(NamedTuple):
    """Where and when something is looked for: a place, and what counts as near it."""

    commune: UUID
    on: date
    km: float
    days: int


class Fact(NamedTuple):
    """One thing that stands near a signal: water, food, animals, or what a room adds."""

    topic: str
    name: str
    distance_km: float | None
    message: str = ""
    values: Mapping[str, Any] = {}
    href: str = ""


Tell = Callable[[Any, Near], Iterable[Fact]]

SOURCES: dict[str, Source] = {}
TELLERS: dict[str, Tell] = {}


def signals_from(name: str, reply: Reply | None = None) -> Callable[[Find], Find]:
    """Register a source of signals under the name of its programme or kind."""

    def declare(find: Find) -> Find:
        SOURCES[name] = Source(name, find, reply)
        return find

    return declare


def tells_of(topic: str) -> Callable[[Tell], Tell]:
    """Register who knows what of a topic (water, food, animals) stands near a place."""

    def declare(tell: Tell) -> Tell:
        TELLERS[topic] = tell
        return tell

    return declare


def found(by: Any, asked: Asked) -> list[tuple[str, Signal]]:
    """Every signal of every source that ``by`` may see, each with the name of its source."""
    return [(name, s) for name in sorted(SOURCES) for s in SOURCES[name].find(by, asked)]


def nearby(by: Any, near: Near) -> list[Fact]:
    """What all tellers know, topic by topic, the nearest first."""
    facts = []
    for topic in sorted(TELLERS):
        told = sorted(TELLERS[topic](by, near), key=_distance)
        facts += told
    return facts


def _distance(fact: Fact) -> float:
    return float("inf") if fact.distance_km is None else fact.distance_km
