"""A schedule pack: everything a programme's rules say, as data that the engine reads.

The shape is that of the CDSi logic specification v4.6 ("supporting data"). A pack names vaccines,
antigens and groups; the engine names none. Rows carry a ``row`` label, the place in the pack from
which a date or a verdict came, for the trace.
"""

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

from tuyen.engines.immunization.spans import CalendarRules, Span

Counting = Literal["in-season", "all-seasons"]
Context = Literal["evaluation", "forecast", "both"]
SeriesKind = Literal["standard", "risk", "evaluation"]
ConditionKind = Literal["age", "completed", "interval", "count"]
Comparison = Literal["greater", "equal", "less"]


@dataclass(frozen=True, slots=True)
class Parameters:
    """What a pack decides beside its tables.

    ``grace_days`` are given on every absolute minimum, beside those the tables hold already.
    ``counting`` says which satisfied doses of a seasonal series count in the dose number:
    those of the season (FORECASTDN-1 of v4.6) or those of all seasons (as until release 4.61).
    """

    calendar: CalendarRules = field(default_factory=CalendarRules)
    grace_days: int = 0
    counting: Counting = "in-season"


@dataclass(frozen=True, slots=True)
class Dated:
    """A row that is in force for some dates only; both ends are included (RELEVANT-1 and 2)."""

    row: str
    since: datetime.date | None = field(default=None, kw_only=True)
    until: datetime.date | None = field(default=None, kw_only=True)

    def relevant(self, anchor: datetime.date) -> bool:
        return (self.since is None or self.since <= anchor) and (
            self.until is None or anchor <= self.until
        )


@dataclass(frozen=True, slots=True)
class AgeRow(Dated):
    """The ages of one dose."""

    absolute_minimum: Span | None = None
    minimum: Span | None = None
    earliest: Span | None = None
    latest: Span | None = None
    maximum: Span | None = None


@dataclass(frozen=True, slots=True)
class IntervalRow(Dated):
    """An interval and what it is measured from: exactly one of the four ``from_…``."""

    from_previous: bool = True
    from_target: int | None = None
    from_recent: frozenset[str] = frozenset()
    from_observation: str | None = None
    absolute_minimum: Span | None = None
    minimum: Span | None = None
    earliest: Span | None = None
    latest: Span | None = None
    priority: bool = False


@dataclass(frozen=True, slots=True)
class VaccineRow:
    """A vaccine that satisfies a dose within an age band; a trade name binds it to a product."""

    row: str
    vaccine: str
    begin: Span | None = None
    end: Span | None = None
    trade_name: str = ""
    maker: str = ""
    volume: float | None = None
    forecast: bool = False


@dataclass(frozen=True, slots=True)
class Condition:
    """One condition of a conditional skip (tables 6-6 to 6-9)."""

    row: str
    kind: ConditionKind
    begin: Span | None = None
    end: Span | None = None
    start_date: datetime.date | None = None
    end_date: datetime.date | None = None
    interval: Span | None = None
    dose_count: int = 0
    valid_only: bool = False
    comparison: Comparison = "greater"
    vaccines: frozenset[str] = frozenset()
    series_groups: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SkipSet(Dated):
    """Conditions of which all, or any, must be met."""

    conditions: tuple[Condition, ...] = ()
    every: bool = True
    description: str = ""


@dataclass(frozen=True, slots=True)
class Skip:
    """When a dose need not be given: sets of which all, or any, must be met."""

    context: Context
    sets: tuple[SkipSet, ...]
    every: bool = False


@dataclass(frozen=True, slots=True)
class SeriesDose:
    """One dose of a series, with everything it asks for."""

    number: int
    row: str
    ages: tuple[AgeRow, ...] = ()
    intervals: tuple[IntervalRow, ...] = ()
    allowable_intervals: tuple[IntervalRow, ...] = ()
    preferable: tuple[VaccineRow, ...] = ()
    allowable: tuple[VaccineRow, ...] = ()
    inadvertent: frozenset[str] = frozenset()
    skips: tuple[Skip, ...] = ()
    recurring: bool = False
    season_start: datetime.date | None = None
    season_end: datetime.date | None = None


@dataclass(frozen=True, slots=True)
class Indication:
    """An observation that makes a risk series relevant, within an age band."""

    code: str
    text: str = ""
    begin: Span | None = None
    end: Span | None = None
    guidance: str = ""


@dataclass(frozen=True, slots=True)
class Series:
    """One path to immunity against one antigen."""

    name: str
    antigen: str
    vaccine_group: str
    kind: SeriesKind
    doses: tuple[SeriesDose, ...]
    group: str = "1"
    group_name: str = ""
    equivalent: tuple[str, ...] = ()
    genders: tuple[str, ...] = ()
    default: bool = False
    product_path: bool = False
    priority: str = "A"
    preference: int = 999
    minimum_start: Span | None = None
    maximum_start: Span | None = None
    indications: tuple[Indication, ...] = ()
    guidance: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Contraindication:
    """An observation that forbids an antigen (no ``vaccines``) or some of its vaccines."""

    code: str
    text: str = ""
    guidance: str = ""
    begin: Span | None = None
    end: Span | None = None
    vaccines: tuple[VaccineRow, ...] = ()


@dataclass(frozen=True, slots=True)
class BirthImmunity:
    """Born before a date, where a country is named in that country, and none of the exclusions."""

    before: datetime.date
    country: str = ""
    exclusions: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Antigen:
    """An antigen, its series, and what makes a person immune to it or unable to receive it."""

    name: str
    series: tuple[Series, ...]
    immune_codes: tuple[str, ...] = ()
    immune_births: tuple[BirthImmunity, ...] = ()
    forbidding: tuple[Contraindication, ...] = ()
    forbidding_vaccines: tuple[Contraindication, ...] = ()


@dataclass(frozen=True, slots=True)
class VaccineGroup:
    """Antigens that are forecast together."""

    name: str
    antigens: tuple[str, ...]
    give_full_group: bool = False


@dataclass(frozen=True, slots=True)
class Association:
    """An antigen a vaccine counts for when given within an age band."""

    antigen: str
    begin: Span | None = None
    end: Span | None = None


@dataclass(frozen=True, slots=True)
class Vaccine:
    """A vaccine type: its code in this pack, and what it counts for."""

    code: str
    name: str
    associations: tuple[Association, ...]


@dataclass(frozen=True, slots=True)
class Conflict:
    """A vaccine that weakens another when given from ``begin`` until ``end`` before it."""

    previous: str
    current: str
    begin: Span
    minimum_end: Span
    end: Span


@dataclass(frozen=True)
class Pack:
    """A whole schedule. ``vaccines`` and ``antigens`` are keyed by code and name."""

    name: str
    version: str
    parameters: Parameters
    antigens: Mapping[str, Antigen]
    groups: tuple[VaccineGroup, ...]
    vaccines: Mapping[str, Vaccine]
    conflicts: tuple[Conflict, ...] = ()
    observations: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def conflicts_of(self) -> Mapping[str, Mapping[str, Conflict]]:
        """Conflicts by impacted vaccine, then by conflicting vaccine."""
        answer: dict[str, dict[str, Conflict]] = {}
        for conflict in self.conflicts:
            answer.setdefault(conflict.current, {})[conflict.previous] = conflict
        return answer

    @cached_property
    def group_of(self) -> Mapping[str, VaccineGroup]:
        """The vaccine group of each antigen."""
        return {antigen: group for group in self.groups for antigen in group.antigens}

    def vaccine_code(self, written: object) -> str | None:
        """A code as this pack writes it (``8`` and ``"08"`` are one); None where it has no such."""
        code = str(written if written is not None else "").strip()
        for spelled in (code, code.zfill(2), code.lstrip("0")):
            if spelled and spelled in self.vaccines:
                return spelled
        return None
