"""The state of one series for one person: target doses, evaluations and the forecast (chapter 3)."""

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from tuyen.engines.immunization.history import DoseGiven, Finding, Person
from tuyen.engines.immunization.pack import Pack, Series, SeriesDose

TargetStatus = Literal["not_satisfied", "satisfied", "skipped"]


@dataclass(frozen=True, slots=True)
class Record:
    """A dose that can be evaluated: its place in date order, and the antigens it counts for."""

    index: int
    n: int
    given: DoseGiven
    vaccine: str
    antigens: tuple[str, ...]

    @property
    def date(self) -> datetime.date:
        return self.given.date


@dataclass(frozen=True, slots=True)
class Evaluation:
    """How a dose was judged against a target dose of one series."""

    record: Record
    status: str
    reasons: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()

    @property
    def inadvertent(self) -> bool:
        return "inadvertent_vaccine" in self.reasons


@dataclass(slots=True)
class Target:
    """A target dose; ``record`` satisfied it."""

    dose: SeriesDose
    status: TargetStatus = "not_satisfied"
    record: Record | None = None


@dataclass(frozen=True, slots=True)
class SeriesForecast:
    """The forecast of one patient series (chapter 7)."""

    status: str
    target: Target | None = None
    dose_number: int | None = None
    earliest: datetime.date | None = None
    recommended: datetime.date | None = None
    past_due: datetime.date | None = None
    latest: datetime.date | None = None
    unadjusted_recommended: datetime.date | None = None
    priority: bool = False
    vaccines: tuple[str, ...] = ()
    reason: str = ""
    findings: tuple[Finding, ...] = ()


@dataclass(slots=True)
class PatientSeries:
    """A relevant series as this person stands in it."""

    series: Series
    targets: list[Target]
    at: int = 0
    evaluations: list[Evaluation] = field(default_factory=list)
    forecast: SeriesForecast | None = None
    skipped: list[Finding] = field(default_factory=list)

    @classmethod
    def of(cls, series: Series) -> "PatientSeries":
        return cls(series, [Target(dose) for dose in series.doses])

    @property
    def target(self) -> Target | None:
        """The current target dose; None when the series has no more."""
        return self.targets[self.at] if self.at < len(self.targets) else None

    def skip(self) -> None:
        self.targets[self.at].status = "skipped"
        self.at += 1

    def satisfy(self, record: Record) -> None:
        """Move on; a recurring dose leaves a copy of itself behind it (section 4.4, step 5)."""
        target = self.targets[self.at]
        target.status, target.record = "satisfied", record
        self.at += 1
        if target.dose.recurring:
            self.targets.insert(self.at, Target(target.dose))

    def previous(self) -> Evaluation | None:
        """The dose an interval "from the previous dose" starts at (CALCDTINT-1)."""
        for evaluation in reversed(self.evaluations):
            if evaluation.status in ("valid", "not_valid") and not evaluation.inadvertent:
                return evaluation
        return None

    @property
    def satisfied(self) -> int:
        """The number of valid doses (SELECTB-21)."""
        return sum(target.status == "satisfied" for target in self.targets)

    @property
    def unsatisfied(self) -> int:
        return sum(target.status == "not_satisfied" for target in self.targets)

    @property
    def status(self) -> str:
        return self.forecast.status if self.forecast else "not_complete"

    @property
    def complete(self) -> bool:
        return self.status == "complete"

    @property
    def in_process(self) -> bool:
        """SELECTB-16."""
        return self.status == "not_complete" and self.satisfied > 0


@dataclass(slots=True)
class Chart:
    """Everything known about a person on a day, and what has been found so far."""

    pack: Pack
    person: Person
    on: datetime.date
    records: Sequence[Record]
    statuses: dict[int, list[str]] = field(default_factory=dict)
    completed: dict[tuple[str, str], bool] = field(default_factory=dict)

    @property
    def observed(self) -> Mapping[str, datetime.date | None]:
        """Active observations by code with their latest date (CALCDTINT-9)."""
        answer: dict[str, datetime.date | None] = {}
        for one in self.person.observations:
            dates = [day for day in (answer.get(one.code), one.since) if day is not None]
            answer[one.code] = max(dates, default=None)
        return answer
