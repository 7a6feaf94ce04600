"""What is asked of the engine, and what it answers: plain values without any store."""

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

Value = str | int | None


@dataclass(frozen=True, slots=True)
class Observation:
    """A fact about a person that the pack knows by its code; active from ``since`` (None: always)."""

    code: str
    since: datetime.date | None = None


@dataclass(frozen=True, slots=True)
class Person:
    """Who is asked about. ``gender``: F, M or U. ``birth_country`` as the pack spells countries."""

    dob: datetime.date
    gender: str = "U"
    observations: tuple[Observation, ...] = ()
    birth_country: str = ""


@dataclass(frozen=True, slots=True)
class DoseGiven:
    """A dose as recorded. ``n`` names it in the answer (None: its place in the list, from 1).

    ``substandard``: cold-chain break, recall or any other condition for which it cannot count.
    """

    date: datetime.date
    vaccine: str
    maker: str = ""
    trade_name: str = ""
    volume: float | None = None
    lot_expires: datetime.date | None = None
    substandard: bool = False
    n: int | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """One step of the trace: a rule of the specification, a row of the pack, and the values."""

    rule: str
    row: str = ""
    date: datetime.date | None = None
    values: tuple[tuple[str, Value], ...] = ()

    @property
    def named(self) -> Mapping[str, Value]:
        return dict(self.values)


@dataclass(frozen=True, slots=True)
class DoseAnswer:
    """How one dose stands in a vaccine group: valid, not_valid, extraneous, sub_standard or None.

    None: no series of the group concerns this person, so nothing was judged. ``reasons`` are all
    that failed, as codes (:data:`REASONS`).
    """

    n: int
    date: datetime.date
    vaccine: str
    status: str | None
    reasons: tuple[str, ...] = ()
    trace: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True)
class GroupAnswer:
    """The forecast of one vaccine group, with its doses.

    ``status``: not_complete, complete, immune, contraindicated, aged_out, not_recommended, or None
    where no series concerns this person. ``vaccines`` are those recommended for the next dose.
    """

    vaccine_group: str
    status: str | None
    dose_number: int | None = None
    earliest: datetime.date | None = None
    recommended: datetime.date | None = None
    past_due: datetime.date | None = None
    latest: datetime.date | None = None
    doses: tuple[DoseAnswer, ...] = ()
    series: tuple[str, ...] = ()
    vaccines: tuple[str, ...] = ()
    reasons: tuple[str, ...] = ()
    guidance: tuple[str, ...] = ()
    trace: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with a dose. ``unknown-vaccine`` and ``before-birth`` are left out of the
    judgement; ``after-day``, later than the day asked about, is judged all the same."""

    n: int
    code: str
    value: str


REASONS = (
    "too_young", "too_old", "interval_too_soon", "vaccine_conflict", "inadvertent_vaccine",
    "not_preferable_or_allowable", "series_already_complete", "lot_expired", "dose_condition",
)  # fmt: skip
"""Every reason a dose can fail for."""

Batch = Sequence[tuple[Person, Sequence[DoseGiven]]]
"""Many people with their doses."""
