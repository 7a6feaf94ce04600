"""Conditional skip, section 6.2, as used in evaluation (6.2), forecast (7.1) and validation (7.6)."""

import datetime

from tuyen.engines.immunization.pack import Condition, Context, SkipSet
from tuyen.engines.immunization.patient_series import Chart, PatientSeries, Record
from tuyen.engines.immunization.spans import NEVER_AFTER, NEVER_BEFORE


def skip_set(
    chart: Chart, state: PatientSeries, context: Context, *, reference: datetime.date,
    anchor: datetime.date, record: Record | None = None,
) -> SkipSet | None:  # fmt: skip
    """The set that lets the current target dose be skipped, or None (table 6-11).

    ``reference`` is the date of CONDSKIP-2: the dose's, the assessment's or the earliest date;
    ``anchor`` chooses the sets in force; ``record`` is the dose being evaluated.
    """
    target = state.target
    if target is None:
        return None
    for skip in target.dose.skips:
        if skip.context not in (context, "both"):
            continue
        sets = [one for one in skip.sets if one.relevant(anchor)]
        met = [one for one in sets if _set_met(chart, state, one, reference, record)]
        if met and (len(met) == len(sets) or not skip.every):
            return met[0]
    return None


def _set_met(
    chart: Chart,
    state: PatientSeries,
    one: SkipSet,
    reference: datetime.date,
    record: Record | None,
) -> bool:
    """Table 6-10."""
    met = (_met(chart, state, condition, reference, record) for condition in one.conditions)
    return bool(one.conditions) and (all(met) if one.every else any(met))


def _met(
    chart: Chart, state: PatientSeries, condition: Condition, reference: datetime.date,
    record: Record | None,
) -> bool:  # fmt: skip
    if condition.kind == "age":
        begin, end = age_band(chart, condition)
        return begin <= reference < end  # table 6-6
    if condition.kind == "completed":  # table 6-7
        antigen = state.series.antigen
        return any(chart.completed.get((antigen, group)) for group in condition.series_groups)
    if condition.kind == "interval":  # table 6-8, CALCDTSKIP-5
        previous = state.previous()
        if previous is None or condition.interval is None:
            return False
        calendar = chart.pack.parameters.calendar
        return reference >= calendar.after(previous.record.date, condition.interval)
    count = _count(chart, state, condition, record)  # table 6-9
    if condition.comparison == "greater":
        return count > condition.dose_count
    if condition.comparison == "equal":
        return count == condition.dose_count
    return count < condition.dose_count


def age_band(chart: Chart, condition: Condition) -> tuple[datetime.date, datetime.date]:
    """CALCDTSKIP-3 and 4."""
    calendar, born = chart.pack.parameters.calendar, chart.person.dob
    begin = calendar.age(born, condition.begin) if condition.begin else NEVER_BEFORE
    end = calendar.age(born, condition.end) if condition.end else NEVER_AFTER
    return begin, end


def _count(chart: Chart, state: PatientSeries, condition: Condition, record: Record | None) -> int:
    """CONDSKIP-1: the doses before the one being evaluated; all doses in a forecast."""
    begin, end = age_band(chart, condition)
    begin = max(begin, condition.start_date or NEVER_BEFORE)
    end = min(end, condition.end_date or NEVER_AFTER)
    statuses = {one.record.index: one.status for one in state.evaluations}
    counted = 0
    for one in chart.records:
        if record is not None and one.index >= record.index:
            break
        named = one.vaccine in condition.vaccines if condition.vaccines else (
            state.series.antigen in one.antigens
        )  # fmt: skip
        valid = not condition.valid_only or statuses.get(one.index) == "valid"
        counted += named and valid and begin <= one.date < end
    return counted
