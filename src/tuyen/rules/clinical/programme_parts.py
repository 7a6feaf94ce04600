"""The parts of which a programme of care is declared, in the shapes in which they are read."""

import re
from dataclasses import dataclass, field
from datetime import date
from typing import Any, ClassVar, Literal

from tuyen.rules.loader import BadRule
from tuyen.rules.registry.lists import Names

_SPAN = re.compile(r"(\d{1,4}) (day|week|month|year)s?")


@dataclass(frozen=True, slots=True)
class Span:
    """A time by the calendar: so many months and days."""

    months: int
    days: int


@dataclass(frozen=True, slots=True)
class Words:
    """A name in the three languages of the screens."""

    vi: str
    en: str
    zh: str

    def of(self, language: str) -> str:
        """The name in ``language`` ("vi", "en", "zh-hans"...); English where there is none."""
        return Names(self.vi, self.en, self.zh).of(language)


@dataclass(frozen=True, slots=True)
class Ages:
    """Completed years, both inside."""

    WRITTEN: ClassVar = {"from": "since"}

    since: int = 0
    to: int = 200


@dataclass(frozen=True, slots=True)
class Limit:
    """What a value must be: ``from`` and ``to`` are inside, ``above`` and ``below`` are not."""

    WRITTEN: ClassVar = {"from": "since"}

    what: str
    since: float | None = None
    above: float | None = None
    to: float | None = None
    below: float | None = None

    def holds(self, number: float) -> bool:
        return (
            (self.since is None or number >= self.since)
            and (self.above is None or number > self.above)
            and (self.to is None or number <= self.to)
            and (self.below is None or number < self.below)
        )


Groups = tuple[tuple[Limit, ...], ...]


@dataclass(frozen=True, slots=True)
class Who:
    """Who qualifies. A confirmed diagnosis enrols by itself; all else proposes.

    ``diagnoses`` are the beginnings of codes, ``paired`` those of the code of traditional medicine
    beside a diagnosis; ``unless`` are those that do not; ``findings`` propose when one of them holds;
    ``programmes`` propose whoever is in one of those, ``without`` nobody who is in one of those.
    """

    diagnoses: tuple[str, ...] = ()
    paired: tuple[str, ...] = ()
    unless: tuple[str, ...] = ()
    ages: Ages = Ages()
    sex: Literal["male", "female"] | None = None
    findings: tuple[Limit, ...] = ()
    programmes: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Instead:
    """Another time between contacts, for who was found so at the last one or is of such an age."""

    every: str
    any: tuple[Limit, ...] = ()
    ages: Ages = Ages()


@dataclass(frozen=True, slots=True)
class Contacts:
    """How often somebody comes, how late is late, and what is looked at how often.

    The first of ``instead`` that fits stands for ``every``; an appointment stands before both.
    """

    every: str
    grace: str = "0 days"
    instead: tuple[Instead, ...] = ()
    checks: dict[str, str] = field(default_factory=dict)
    most_days: int = 0  # the longest prescription, where the law says one

    @property
    def span(self) -> Span:
        return read_span(self.every)

    @property
    def grace_days(self) -> int:
        return read_span(self.grace).days


@dataclass(frozen=True, slots=True)
class Goal:
    """What is aimed at with somebody; the first goal that fits the person is taken."""

    groups: Groups
    ages: Ages = Ages()
    programmes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Step:
    """What is to be done, and when: all conditions that are written must hold.

    ``any`` and ``all`` look at the last visit; ``missed_goal`` is how many visits running were not on
    the goal; ``drugs`` the fewest drugs on the last prescription.
    """

    WRITTEN: ClassVar = {"all": "every"}

    do: Literal["refer", "step-up", "step-down", "look"]
    key: str
    names: Words
    any: tuple[Limit, ...] = ()
    every: tuple[Limit, ...] = ()
    missed_goal: int = 0
    drugs: int = 0
    ages: Ages = Ages()


@dataclass(frozen=True, slots=True)
class Prevalence:
    """The share (%) of people of these ages who must be expected to have the disease."""

    share: float
    ages: Ages = Ages()


@dataclass(frozen=True, slots=True)
class Spending:
    """What of the form counts against the cap: the number ``what`` where all of ``when`` was
    answered so. ``beyond`` says what becomes of a visit above the cap: it is refused, or it is taken
    and held in a list. From ``warn_from`` (% of the cap) on, the form says so."""

    what: str
    when: dict[str, tuple[str, ...]] = field(default_factory=dict)
    beyond: Literal["refuse", "hold"] = "refuse"
    warn_from: int = 80


@dataclass(frozen=True, slots=True)
class Choice:
    names: Words
    score: int | None = None


@dataclass(frozen=True, slots=True)
class Question:
    """A question of a form. ``score`` makes a choice comparable; yes is 1, no is 0, and a text is 1
    where something is written.

    ``served`` (services) and ``given`` (what was handed out) answer it with yes by themselves where the
    visit holds one of them; ``record``: a pregnancy on record does. ``asked`` false: nobody is asked any more; it reads what was answered before.
    """

    kind: Literal["number", "yes_no", "choice", "text", "day"]
    names: Words
    unit: str = ""
    low: float | None = None
    high: float | None = None
    choices: dict[str, Choice] = field(default_factory=dict)
    needed: bool = False
    asked: bool = True
    served: tuple[str, ...] = ()
    given: tuple[str, ...] = ()
    record: Literal["", "pregnancy"] = ""


@dataclass(frozen=True, slots=True)
class Said:
    """A value in force with where it comes from: what screens show beside it."""

    value: Any
    since: date
    source: str
    confidence: str
    verified: bool


def read_span(text: str) -> Span:
    """A time as it is written: "1 month", "6 months", "28 days", "1 year".

    >>> read_span("6 months"), read_span("2 weeks")
    (Span(months=6, days=0), Span(months=0, days=14))
    """
    found = _SPAN.fullmatch(text)
    if found is None:
        raise BadRule(f"{text!r} is not a time; write 28 days, 2 weeks, 1 month or 1 year")
    number, unit = int(found[1]), found[2]
    if unit in ("month", "year"):
        return Span(number * (12 if unit == "year" else 1), 0)
    return Span(0, number * (7 if unit == "week" else 1))
