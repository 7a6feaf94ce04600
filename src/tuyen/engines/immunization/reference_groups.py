"""Vaccine groups: series forecasts merged into what a person is told, chapter 9."""

import datetime
from collections.abc import Iterable, Sequence

from tuyen.engines.immunization.history import REASONS, DoseAnswer, Finding, GroupAnswer, Person
from tuyen.engines.immunization.pack import Series, VaccineGroup
from tuyen.engines.immunization.patient_series import (
    Chart,
    Evaluation,
    PatientSeries,
    Record,
    SeriesForecast,
)
from tuyen.engines.immunization.spans import Span

_PRECEDENCE = ("contraindicated", "aged_out", "not_recommended", "not_complete")
_STANDING = ("valid", "not_valid", "sub_standard", "extraneous")


def group_answers(
    chart: Chart,
    group: VaccineGroup,
    best: Sequence[PatientSeries],
    states: Sequence[PatientSeries],
) -> list[GroupAnswer]:
    """The forecasts of one group (FORECASTVG-1), that which fits the person's age first.

    A group without forecast but with doses is answered with status None.
    """
    shares: dict[tuple[bool, str], list[PatientSeries]] = {}
    for state in best:
        shares.setdefault((state.series.kind == "risk", state.series.group), []).append(state)
    records = [one for one in chart.records if set(one.antigens) & set(group.antigens)]
    judged = best or [state for state in states if state.series.antigen in group.antigens]
    doses = tuple(
        _dose(one, [state for state in judged if state.series.antigen in one.antigens])
        for one in records
    )
    if not shares:
        return [GroupAnswer(group.name, None, doses=doses)] if doses else []
    return [
        _answer(chart, group, share, records, doses) for share in _ordered(chart, group, shares)
    ]


def _ordered(
    chart: Chart, group: VaccineGroup, shares: dict[tuple[bool, str], list[PatientSeries]]
) -> list[list[PatientSeries]]:
    """The forecast that fits the person's age now first, where a group has several.

    An age band is reached by age, or by a dose that counted in it. Bands that are reached come
    first, of these those not aged out, of these those that still need a dose, of these the band
    reached last. A forecast that is done with only some of the group's antigens comes last.
    """
    calendar = chart.pack.parameters.calendar

    def fit(name: tuple[bool, str]) -> tuple[bool, bool, bool, bool, int, tuple[bool, str]]:
        share = shares[name]
        start = min(calendar.age(chart.person.dob, _start(one) or Span()) for one in share)
        reached = start <= chart.on or any(one.satisfied for one in share)
        aged_out = all(one.status == "aged_out" for one in share)
        done = all(one.status != "not_complete" for one in share)
        partly = done and len(share) < len(group.antigens)
        day = start.toordinal()
        return partly, not reached, aged_out, done, -day if reached else day, name

    return [shares[name] for name in sorted(shares, key=fit)]


def _start(state: PatientSeries) -> Span | None:
    """The age from which a series is meant."""
    if state.series.minimum_start:
        return state.series.minimum_start
    return next((row.minimum for row in state.series.doses[0].ages if row.minimum), None)


def _answer(
    chart: Chart, group: VaccineGroup, share: Sequence[PatientSeries], records: Sequence[Record],
    doses: tuple[DoseAnswer, ...],
) -> GroupAnswer:  # fmt: skip
    made = [state.forecast for state in share if state.forecast]
    status = _status(group, made)
    names = tuple(state.series.name for state in share)
    reasons = tuple(dict.fromkeys(one.reason for one in made))  # FORECASTVG-7
    trace = _trace(share)
    if status != "not_complete":
        return GroupAnswer(
            group.name, status, doses=doses, series=names, reasons=reasons, trace=trace
        )
    due = [one for one in made if one.status == "not_complete"]
    earliest = _earliest(group, due, records)
    recommended = min((one.recommended for one in due if one.recommended), default=None)
    past_due = min((one.past_due for one in due if one.past_due), default=None)
    numbers = [one.dose_number for one in due if one.dose_number]
    return GroupAnswer(
        group.name, status, _number(group, numbers), earliest,
        _floored(recommended, earliest), _floored(past_due, earliest),  # FORECASTVG-2 and 3
        min((one.latest for one in due if one.latest), default=None),  # FORECASTVG-4
        doses, names, tuple(dict.fromkeys(code for one in due for code in one.vaccines)),
        reasons, guidance_of(chart.person, [state.series for state in share]), trace,
    )  # fmt: skip


def _status(group: VaccineGroup, made: Sequence[SeriesForecast]) -> str:
    """SINGLEANTVG-1; table 9-4 for several antigens."""
    statuses = [one.status for one in made]
    if len(group.antigens) == 1:
        return statuses[0]
    for status in _PRECEDENCE:
        if status in statuses:
            return status
    return "immune" if all(one == "immune" for one in statuses) else "complete"


def _number(group: VaccineGroup, numbers: Sequence[int]) -> int | None:
    """FORECASTDN-2."""
    choose = min if group.give_full_group else max
    return choose(numbers) if numbers else None


def _earliest(
    group: VaccineGroup, due: Sequence[SeriesForecast], records: Sequence[Record]
) -> datetime.date | None:
    """SINGLEANTVG-2 and MULTIANTVG-1."""
    days = [one.earliest for one in due if one.earliest]
    if not days:
        return None
    if len(group.antigens) == 1:
        return min(days)
    if any(one.priority for one in due):
        return max(min(days), *(one.date for one in records), min(days))
    return max(days)


def _floored(day: datetime.date | None, earliest: datetime.date | None) -> datetime.date | None:
    return max(day, earliest) if day and earliest else day


def guidance_of(person: Person, series: Iterable[Series]) -> tuple[str, ...]:
    """FORECASTGUIDANCE-1: of the series, and of the indications that apply."""
    observed = {one.code for one in person.observations}
    said: dict[str, None] = {}
    for one in series:
        said |= dict.fromkeys(one.guidance)
        said |= {each.guidance: None for each in one.indications if each.code in observed}
    said.pop("", None)
    return tuple(said)


def _trace(share: Iterable[PatientSeries]) -> tuple[Finding, ...]:
    return tuple(
        found
        for state in share
        for found in (*state.skipped, *(state.forecast.findings if state.forecast else ()))
    )


def _dose(record: Record, states: Sequence[PatientSeries]) -> DoseAnswer:
    """A dose as its antigens' series judged it: valid if it counts for any of them."""
    found: list[Evaluation] = [
        one for state in states for one in state.evaluations if one.record.index == record.index
    ]
    if not found:
        return DoseAnswer(record.n, record.date, record.vaccine, None)
    found.sort(key=lambda one: _STANDING.index(one.status))
    status = found[0].status
    told = [one for one in found if status != "valid" or one.status == status]
    reasons = tuple(sorted({reason for one in told for reason in one.reasons}, key=REASONS.index))
    trace = tuple(dict.fromkeys(step for one in told for step in one.findings))
    return DoseAnswer(record.n, record.date, record.vaccine, status, reasons, trace)
