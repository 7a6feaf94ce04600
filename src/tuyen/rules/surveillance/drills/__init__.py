"""The scenarios of drills, as data: one file each, all of one form.

A scenario says what happens behind the scenes, how much of it comes to be known and how late, who
is played by rules, what is put before the players, and what they are expected to do by when. A
province adds its own by a file of this form in ``surveillance/drills`` under ``TUYEN_RULES``.
"""

from collections.abc import Mapping
from functools import cache
from typing import Any, Literal, NamedTuple

from tuyen.kernel.refusal import N_, Refusal
from tuyen.rules.loader import folders, load

Words = Mapping[str, str]
Where = Literal["village", "school", "border", "gate"]
_ROOM = "surveillance/drills"


class UnknownScenario(Refusal):
    code = "surveillance.unknown-drill-scenario"
    message = N_("{value} is not a scenario of drills; choose one of: {known}.")


class Span(NamedTuple):
    """A median, and the standard deviation of the logarithm."""

    median: float
    spread: float


class Outbreak(NamedTuple):
    """The hidden outbreak; see engines.surveillance.drill_outbreak.Model."""

    least: int
    seeds: int
    seed_days: float
    incubation: Span
    serial: Span
    r: float
    dispersion: float
    susceptible: int
    spread: float
    across: float
    ages: tuple[int, ...]
    shares: tuple[float, ...]
    male: float
    vaccinated: float
    admitted: float
    fatal: float


class Report(NamedTuple):
    """What comes to be known of it; see engines.surveillance.drill_outbreak.Reporting."""

    known: float
    seek: Span
    late: Span
    sampled: float
    turnaround: Span
    positive: float


class Response(NamedTuple):
    """What the players' response does: from ``after_hours`` after it began it prevents a share."""

    after_hours: float
    effect: float


class Inject(NamedTuple):
    """A message or a document put before players; answered where hours are given."""

    id: str
    day: float
    to: str
    sender: Words
    title: Words
    text: Words
    answer_hours: float | None


class Signal(NamedTuple):
    """An event signal told by somebody at the place."""

    day: float
    sign: str
    source: str
    affected: int
    text: Words


class Call(NamedTuple):
    """A question that players may put to a person played by rules, who answers in time."""

    id: str
    to: str
    title: Words
    answer: Words
    answer_hours: float


class Expected(NamedTuple):
    """A decision that is expected: any operation that fits one of ``any``, within hours after."""

    id: str
    title: Words
    after: str  # emergence, report, alarm, notified, or message:ID
    hours: float
    any: tuple[Mapping[str, Any], ...]
    weight: int
    advice: Words


class Scenario(NamedTuple):
    """A scenario as its file says it."""

    id: str
    name: Words
    about: Words
    days: int
    disease: str
    test: str
    where: Where
    players: tuple[str, ...]
    outbreak: Outbreak
    reporting: Report
    response: Response
    late_stations: float
    signals: tuple[Signal, ...]
    injects: tuple[Inject, ...]
    calls: tuple[Call, ...]
    expected: tuple[Expected, ...]

    @property
    def joint(self) -> bool:
        """Whether it is played on both sides of a border."""
        return self.outbreak.across > 0


def scenarios() -> list[Scenario]:
    """Every scenario that ships or that the province added, by id."""
    names = {path.stem for folder in folders() for path in (folder / _ROOM).glob("*.yaml")}
    return [scenario(name) for name in sorted(names)]


def scenario(name: str) -> Scenario:
    """The scenario of that id, or :class:`UnknownScenario`."""
    known = {path.stem for folder in folders() for path in (folder / _ROOM).glob("*.yaml")}
    if name not in known:
        raise UnknownScenario(value=name[:60], known=", ".join(sorted(known)))
    return _read(name)


@cache
def _read(name: str) -> Scenario:
    raw = load(f"{_ROOM}/{name}")
    return Scenario(
        id=name, name=raw["name"], about=raw["about"], days=int(raw["days"]),
        disease=raw["disease"], test=raw["test"], where=raw["where"],
        players=tuple(raw["players"]),
        outbreak=Outbreak(**_spans(raw["outbreak"], Outbreak)),
        reporting=Report(**_spans(raw["reporting"], Report)),
        response=Response(**raw["response"]),
        late_stations=float(raw["late_stations"]),
        signals=tuple(Signal(**each) for each in raw["signals"]),
        injects=tuple(Inject(**{"answer_hours": None, **each}) for each in raw["injects"]),
        calls=tuple(Call(**each) for each in raw["calls"]),
        expected=tuple(
            Expected(**{"weight": 1, **each, "any": tuple(each["any"])}) for each in raw["expected"]
        ),
    )  # fmt: skip


def _spans(raw: Mapping[str, Any], kind: Any) -> dict[str, Any]:
    """The fields of a block, its spans as spans."""
    hints = kind.__annotations__
    return {name: Span(*value) if hints.get(name) is Span else value for name, value in raw.items()}
