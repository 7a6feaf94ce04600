"""Evaluation of a dose against a target dose, chapter 6, section by section."""

import datetime
from collections.abc import Iterator

from tuyen.engines.immunization.history import Finding
from tuyen.engines.immunization.pack import AgeRow, IntervalRow, VaccineRow
from tuyen.engines.immunization.patient_series import (
    Chart,
    Evaluation,
    PatientSeries,
    Record,
    Target,
)
from tuyen.engines.immunization.reference_skip import skip_set
from tuyen.engines.immunization.spans import NEVER_AFTER, NEVER_BEFORE, Span


def evaluate_record(chart: Chart, state: PatientSeries, record: Record) -> Evaluation:
    """One step of the process model of figure 4-6: judge a dose, move the series on."""
    while (target := state.target) is not None:
        if standing := _condition(record):  # 6.1
            break
        met = skip_set(
            chart, state, "evaluation", reference=record.date, anchor=record.date, record=record
        )
        if met is None:
            standing = _judge(chart, state, record, target)
            break
        state.skipped.append(
            Finding("6.2", met.row, record.date, (("dose", target.dose.number),))
        )  # 6.2: the same dose is then held against the next target
        state.skip()
    else:
        standing = Evaluation(
            record, "extraneous", ("series_already_complete",), (Finding("4.4-6", "", record.date),)
        )
    if standing.status == "valid":
        state.satisfy(record)
    state.evaluations.append(standing)
    chart.statuses.setdefault(record.index, []).append(standing.status)
    return standing


def _condition(record: Record) -> Evaluation | None:
    """6.1: a dose past its lot's date or with a condition is not evaluated (table 6-3)."""
    expires = record.given.lot_expires
    if expires is not None and record.date > expires:
        found = Finding("CALCDTLOTEXP-1", "", expires)
        return Evaluation(record, "sub_standard", ("lot_expired",), (found,))
    if record.given.substandard:
        return Evaluation(record, "sub_standard", ("dose_condition",), (Finding("6.1"),))
    return None


def _judge(chart: Chart, state: PatientSeries, record: Record, target: Target) -> Evaluation:
    """6.3 to 6.10; every failed reason is listed."""
    if record.vaccine in target.dose.inadvertent:  # 6.3, table 6-13
        found = Finding("6.3", target.dose.row, record.date, (("vaccine", record.vaccine),))
        return Evaluation(record, "not_valid", ("inadvertent_vaccine",), (found,))
    failed = [
        *_age(chart, record, target), *_intervals(chart, state, record, target),
        *_conflict(chart, state, record), *_vaccine(chart, record, target),
    ]  # fmt: skip
    reasons = tuple(dict.fromkeys(reason for reason, _ in failed))
    findings = tuple(found for _, found in failed)
    if not reasons:  # table 6-31
        found = Finding("6.10", target.dose.row, record.date, (("dose", target.dose.number),))
        return Evaluation(record, "valid", (), (found,))
    status = "extraneous" if "too_old" in reasons else "not_valid"
    return Evaluation(record, status, reasons, findings)


Failures = Iterator[tuple[str, Finding]]


def _age(chart: Chart, record: Record, target: Target) -> Failures:
    """6.4, table 6-15: minimum included, maximum excluded."""
    for row in relevant_ages(target.dose.ages, record.date):
        least = absolute_minimum_age(chart, row)
        if least is not None and record.date < least:
            yield "too_young", Finding("CALCDTAGE-5", row.row, least, _span(row.absolute_minimum))
        if row.maximum is not None:
            most = chart.pack.parameters.calendar.age(chart.person.dob, row.maximum)
            if record.date >= most:
                yield "too_old", Finding("CALCDTAGE-1", row.row, most, _span(row.maximum))


def relevant_ages(rows: tuple[AgeRow, ...], anchor: datetime.date) -> Iterator[AgeRow]:
    return (row for row in rows if row.relevant(anchor))


def absolute_minimum_age(chart: Chart, row: AgeRow) -> datetime.date | None:
    """CALCDTAGE-5, with the pack's days of grace."""
    if row.absolute_minimum is None:
        return None
    parameters = chart.pack.parameters
    day = parameters.calendar.age(chart.person.dob, row.absolute_minimum)
    return parameters.calendar.before(day, parameters.grace_days)


def _span(span: Span | None) -> tuple[tuple[str, str], ...]:
    return (("span", span.text),) if span else ()


def reference_date(
    chart: Chart, state: PatientSeries, row: IntervalRow, record: Record | None = None
) -> datetime.date | None:
    """Where an interval starts (CALCDTINT-1, 2, 8, 9); None: the interval does not apply."""
    if row.from_previous:
        previous = state.previous()
        return previous.record.date if previous else None
    if row.from_target is not None:
        for target in reversed(state.targets):
            if target.dose.number == row.from_target and target.record is not None:
                return target.record.date
        return None
    if row.from_recent:
        inadvertent = {one.record.index for one in state.evaluations if one.inadvertent}
        days = [
            one.date
            for one in chart.records
            if one.vaccine in row.from_recent
            and one.index not in inadvertent
            and (record is None or one.index < record.index)
        ]
        return max(days, default=None)
    if row.from_observation:
        return chart.observed.get(row.from_observation)
    return None


def _intervals(chart: Chart, state: PatientSeries, record: Record, target: Target) -> Failures:
    """6.5 and 6.6: every preferable interval, or else every allowable one (tables 6-18, 6-21)."""
    failed = list(_too_soon(chart, state, record, target.dose.intervals))
    allowable = [row for row in target.dose.allowable_intervals if row.relevant(record.date)]
    if failed and (not allowable or [*_too_soon(chart, state, record, tuple(allowable))]):
        yield from failed


def _too_soon(
    chart: Chart, state: PatientSeries, record: Record, rows: tuple[IntervalRow, ...]
) -> Failures:
    parameters = chart.pack.parameters
    for row in rows:
        if not row.relevant(record.date) or row.absolute_minimum is None:
            continue
        start = reference_date(chart, state, row, record)
        if start is None:
            continue
        least = parameters.calendar.after(start, row.absolute_minimum)
        least = parameters.calendar.before(least, parameters.grace_days)
        if record.date < least:
            values = (*_span(row.absolute_minimum), ("from", start.isoformat()))
            yield "interval_too_soon", Finding("CALCDTINT-3", row.row, least, values)


def _conflict(chart: Chart, state: PatientSeries, record: Record) -> Failures:
    """6.7, CONFLICT-3: an earlier dose of a conflicting vaccine too short a time before."""
    conflicts = chart.pack.conflicts_of.get(record.vaccine)
    if not conflicts:
        return
    calendar = chart.pack.parameters.calendar
    own = {one.record.index: one.status for one in state.evaluations}
    for earlier in chart.records[: record.index]:
        conflict = conflicts.get(earlier.vaccine)
        if conflict is None:
            continue
        status = own.get(earlier.index)
        statuses = [status] if status else chart.statuses.get(earlier.index, [])
        unharmed = not statuses or "valid" in statuses  # CALCDTCONFLICT-2
        end = calendar.after(earlier.date, conflict.minimum_end if unharmed else conflict.end)
        if calendar.after(earlier.date, conflict.begin) <= record.date < end:
            values = (("vaccine", earlier.vaccine), ("from", earlier.date.isoformat()))
            yield "vaccine_conflict", Finding("CONFLICT-3", "", end, values)


def _vaccine(chart: Chart, record: Record, target: Target) -> Failures:
    """6.8 and 6.9: one of the preferable vaccines, or one of the allowable ones."""
    dose = target.dose
    if not dose.preferable and not dose.allowable:
        return
    if any(preferable(chart, record, row) for row in dose.preferable):
        return
    if any(_in_band(chart, record, row) for row in dose.allowable):
        return
    found = Finding("6.9", dose.row, record.date, (("vaccine", record.vaccine),))
    yield "not_preferable_or_allowable", found


def preferable(chart: Chart, record: Record, row: VaccineRow) -> bool:
    """Table 6-26. A row bound to a product asks for its trade name, or else for its maker."""
    if not _in_band(chart, record, row):
        return False
    if not row.trade_name:
        return True
    given = record.given
    if given.trade_name:
        return given.trade_name.casefold() == row.trade_name.casefold()
    return bool(row.maker) and given.maker.casefold() == row.maker.casefold()


def _in_band(chart: Chart, record: Record, row: VaccineRow) -> bool:
    """CALCDTPREF-1 and 2, CALCDTALLOW-1 and 2: begin included, end excluded."""
    if row.vaccine != record.vaccine:
        return False
    calendar, born = chart.pack.parameters.calendar, chart.person.dob
    begin = calendar.age(born, row.begin) if row.begin else NEVER_BEFORE
    end = calendar.age(born, row.end) if row.end else NEVER_AFTER
    return begin <= record.date < end
