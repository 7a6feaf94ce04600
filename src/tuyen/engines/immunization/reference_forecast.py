"""Forecast of one patient series, chapter 7, section by section."""

import datetime
from collections.abc import Iterator

from tuyen.engines.immunization.history import Finding
from tuyen.engines.immunization.pack import AgeRow, Contraindication, IntervalRow, VaccineRow
from tuyen.engines.immunization.patient_series import Chart, PatientSeries, SeriesForecast, Target
from tuyen.engines.immunization.reference_evaluation import reference_date
from tuyen.engines.immunization.reference_skip import skip_set
from tuyen.engines.immunization.spans import NEVER_AFTER, NEVER_BEFORE, Span

Dates = list[Finding]


def forecast_series(chart: Chart, state: PatientSeries) -> SeriesForecast:
    """The forecast; 7.6 skips targets that would be skipped on their own earliest date."""
    while True:
        while met := skip_set(chart, state, "forecast", reference=chart.on, anchor=chart.on):  # 7.1
            _skip(state, met.row, chart.on)
        made = _forecast(chart, state)
        if made.status != "not_complete" or made.earliest is None:
            break
        met = skip_set(chart, state, "forecast", reference=made.earliest, anchor=chart.on)  # 7.6
        if met is None:
            break
        _skip(state, met.row, made.earliest)
    state.forecast = made
    return made


def _skip(state: PatientSeries, row: str, day: datetime.date) -> None:
    number = state.targets[state.at].dose.number
    state.skipped.append(Finding("7.1", row, day, (("dose", number),)))
    state.skip()


def _forecast(chart: Chart, state: PatientSeries) -> SeriesForecast:
    """7.4, table 7-10, in the order of its columns; then 7.5."""
    target = state.target
    if target is None:
        if state.satisfied:
            found = Finding("7.4-complete", state.series.name)
            return SeriesForecast("complete", reason="complete", findings=(found,))
        found = Finding("7.4-history", state.series.name)
        return SeriesForecast("not_recommended", reason="history", findings=(found,))
    if immunity := evidence_of_immunity(chart, state.series.antigen):
        return SeriesForecast("immune", target, reason="immune", findings=(immunity,))
    if contraindication := contraindicated(chart, state, target):
        return SeriesForecast(
            "contraindicated", target, reason="contraindicated", findings=(contraindication,)
        )
    season_end = target.dose.season_end
    if season_end is not None and chart.on > season_end:
        found = Finding("7.4-season", target.dose.row, season_end)
        return SeriesForecast("not_recommended", target, reason="past_season", findings=(found,))
    ages = [row for row in target.dose.ages if row.relevant(chart.on)]
    oldest = _latest(_age_dates(chart, ages, "maximum", "CALCDTAGE-1"))
    if oldest and oldest.date is not None and chart.on >= oldest.date:
        found = _named("aged_out", oldest)
        return SeriesForecast("aged_out", target, reason="too_old", findings=(found,))
    earliest = _latest(_candidates(chart, state, target, ages))
    if oldest and oldest.date and earliest and earliest.date and earliest.date >= oldest.date:
        both = (_named("aged_out", oldest), _named("earliest", earliest))
        return SeriesForecast("aged_out", target, reason="cannot_finish", findings=both)
    return _dates(chart, state, target, ages, earliest, oldest)


def evidence_of_immunity(chart: Chart, antigen: str) -> Finding | None:
    """7.2, table 7-3."""
    known = chart.pack.antigens[antigen]
    observed = chart.observed
    for code in known.immune_codes:
        if code in observed:
            return Finding("7.2", antigen, None, (("observation", code),))
    for birth in known.immune_births:
        at_home = not birth.country or birth.country == chart.person.birth_country
        if chart.person.dob < birth.before and at_home and not birth.exclusions & observed.keys():
            return Finding("7.2", antigen, birth.before)
    return None


def contraindicated(chart: Chart, state: PatientSeries, target: Target) -> Finding | None:
    """7.3, tables 7-5 to 7-7: the antigen, or every preferable vaccine of the target dose."""
    antigen = chart.pack.antigens[state.series.antigen]
    for one in antigen.forbidding:
        if _applies(chart, one.code, one.begin, one.end):
            return Finding("7.3-antigen", antigen.name, None, (("observation", one.code),))
    preferable = target.dose.preferable
    if not preferable:
        return None
    reasons = [forbidden_vaccine(chart, antigen.name, row) for row in preferable]
    if all(reasons) and reasons[0]:
        values = (("observation", reasons[0].code),)
        return Finding("7.3-vaccine", target.dose.row, None, values)
    return None


def forbidden_vaccine(chart: Chart, antigen: str, row: VaccineRow) -> Contraindication | None:
    """The contraindication that applies to a preferable vaccine (table 7-6)."""
    for one in chart.pack.antigens[antigen].forbidding_vaccines:
        for vaccine in one.vaccines:
            if vaccine.vaccine == row.vaccine and _applies(
                chart, one.code, vaccine.begin, vaccine.end
            ):
                return one
    return None


def _applies(chart: Chart, code: str, begin: Span | None, end: Span | None) -> bool:
    """CALCDTCI-1 and 2."""
    return code in chart.observed and within(chart, begin, end, chart.on)


def within(chart: Chart, begin: Span | None, end: Span | None, day: datetime.date) -> bool:
    """Is a day inside an age band: begin included, end excluded."""
    calendar, born = chart.pack.parameters.calendar, chart.person.dob
    first = calendar.age(born, begin) if begin else NEVER_BEFORE
    last = calendar.age(born, end) if end else NEVER_AFTER
    return first <= day < last


def _age_dates(chart: Chart, rows: list[AgeRow], which: str, rule: str) -> Iterator[Finding]:
    for row in rows:
        span: Span | None = getattr(row, which)
        if span is not None:
            day = chart.pack.parameters.calendar.age(chart.person.dob, span)
            yield Finding(rule, row.row, day, (("span", span.text),))


def _interval_dates(
    chart: Chart, state: PatientSeries, rows: list[IntervalRow], which: str, rule: str
) -> Iterator[Finding]:
    for row in rows:
        span: Span | None = getattr(row, which)
        start = reference_date(chart, state, row) if span is not None else None
        if span is not None and start is not None:
            day = chart.pack.parameters.calendar.after(start, span)
            values = (("span", span.text), ("from", start.isoformat()))
            yield Finding(rule, row.row, day, values)


def _latest(found: Iterator[Finding]) -> Finding | None:
    """The latest; of equals the first."""
    answer = None
    for one in found:
        if one.date is not None and (
            answer is None or answer.date is None or one.date > answer.date
        ):
            answer = one
    return answer


def _candidates(
    chart: Chart, state: PatientSeries, target: Target, ages: list[AgeRow]
) -> Iterator[Finding]:
    """The dates of FORECASTDTCAN-1; the latest of them is the earliest date."""
    yield from _age_dates(chart, ages, "minimum", "CALCDTAGE-4")
    intervals = [row for row in target.dose.intervals if row.relevant(chart.on)]
    yield from _interval_dates(chart, state, intervals, "minimum", "CALCDTINT-4")
    calendar = chart.pack.parameters.calendar
    for vaccine in dict.fromkeys(row.vaccine for row in target.dose.preferable):
        conflicts = chart.pack.conflicts_of.get(vaccine, {})
        for record in chart.records:
            if conflict := conflicts.get(record.vaccine):  # CALCDTCONFLICT-3
                values = (("vaccine", record.vaccine), ("from", record.date.isoformat()))
                day = calendar.after(record.date, conflict.end)
                yield Finding("CALCDTCONFLICT-3", target.dose.row, day, values)
    if target.dose.season_start is not None:
        yield Finding("FORECASTDTCAN-1-season", target.dose.row, target.dose.season_start)
    for evaluation in state.evaluations:
        yield Finding("FORECASTDTCAN-1-dose", "", evaluation.record.date)


def _dates(
    chart: Chart, state: PatientSeries, target: Target, ages: list[AgeRow],
    earliest: Finding | None, oldest: Finding | None,
) -> SeriesForecast:  # fmt: skip
    """7.5: FORECASTDT-1 to 6."""
    intervals = [row for row in target.dose.intervals if row.relevant(chart.on)]
    first = earliest.date if earliest else None
    wanted = _latest(_age_dates(chart, ages, "earliest", "CALCDTAGE-3")) or _latest(
        _interval_dates(chart, state, intervals, "earliest", "CALCDTINT-5")
    )
    late = _latest(_age_dates(chart, ages, "latest", "CALCDTAGE-2")) or _latest(
        _interval_dates(chart, state, intervals, "latest", "CALCDTINT-6")
    )
    calendar = chart.pack.parameters.calendar
    unadjusted = wanted.date if wanted else first
    past_due = calendar.before(late.date, 1) if late and late.date else None
    recommended = _later(first, unadjusted)
    return SeriesForecast(
        "not_complete", target, dose_number(chart, state), first, recommended,
        _later(first, past_due) if past_due else None,
        calendar.before(oldest.date, 1) if oldest and oldest.date else None, unadjusted,
        priority=bool(intervals) and all(row.priority for row in intervals),
        vaccines=tuple(_recommended(chart, state, target, first, recommended)),
        reason="due",
        findings=tuple(
            _named(name, one)
            for name, one in (("earliest", earliest), ("recommended", wanted), ("past_due", late))
            if one
        ),
    )  # fmt: skip


def _named(name: str, found: Finding) -> Finding:
    """A step as that which decided a date of the forecast."""
    return Finding(f"{name}:{found.rule}", found.row, found.date, found.values)


def _later(first: datetime.date | None, second: datetime.date | None) -> datetime.date | None:
    if first is None or second is None:
        return second if first is None else first
    return max(first, second)


def _recommended(
    chart: Chart, state: PatientSeries, target: Target, *days: datetime.date | None
) -> Iterator[str]:
    """FORECASTRECVAC-1."""
    for row in target.dose.preferable:
        suits = any(day and within(chart, row.begin, row.end, day) for day in days)
        if row.forecast and suits and not forbidden_vaccine(chart, state.series.antigen, row):
            yield row.vaccine


def dose_number(chart: Chart, state: PatientSeries) -> int:
    """FORECASTDN-1; releases until 4.61 counted the doses of all seasons."""
    counted = 0
    for target in state.targets:
        if target.status == "satisfied" and target.record is not None:
            start = target.dose.season_start
            counted += (
                start is None
                or chart.pack.parameters.counting == "all-seasons"
                or target.record.date >= start
            )
    return counted + 1
