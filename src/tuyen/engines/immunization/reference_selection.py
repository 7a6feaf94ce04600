"""Relevant series (chapter 5) and the best series of every series group (chapter 8)."""

import datetime
from collections.abc import Callable, Iterator, Sequence

from tuyen.engines.immunization.history import Person
from tuyen.engines.immunization.pack import Antigen, Series
from tuyen.engines.immunization.patient_series import Chart, PatientSeries
from tuyen.engines.immunization.reference_forecast import within
from tuyen.engines.immunization.spans import NEVER_AFTER

_GENDERS = {"F": "female", "M": "male", "U": "unknown", "": "unknown", "X": "unknown"}
Scored = Sequence[PatientSeries]


def gender_of(person: Person) -> str:
    """A gender as packs spell it."""
    return _GENDERS.get(person.gender.upper(), person.gender.lower())


def relevant(chart: Chart, series: Series) -> bool:
    """Table 5-5: the gender, and for a risk series an indication that applies."""
    if series.genders and gender_of(chart.person) not in {one.lower() for one in series.genders}:
        return False
    return series.kind != "risk" or any(
        one.code in chart.observed and within(chart, one.begin, one.end, chart.on)
        for one in series.indications  # table 5-4
    )


def best_series(chart: Chart, antigen: Antigen, states: Scored) -> list[PatientSeries]:
    """The best patient series of each series group of an antigen (table 8-14)."""
    groups: dict[str, list[PatientSeries]] = {}
    for state in states:
        groups.setdefault(state.series.group, []).append(state)
    first: dict[str, PatientSeries] = {}
    for name in sorted(groups):
        if chosen := prioritized(chart, groups[name]):
            first[name] = chosen
    return [state for state in first.values() if _best(state, first)]


def _best(state: PatientSeries, first: dict[str, PatientSeries]) -> bool:
    if state.complete:
        return True
    rivals = [
        first[name] for name in state.series.equivalent
        if name in first and first[name] is not state
    ]  # fmt: skip
    if any(rival.complete for rival in rivals) or state.series.kind == "evaluation":
        return False
    return state.series.kind == "risk" or all(rival.series.kind != "risk" for rival in rivals)


def prioritized(chart: Chart, group: Scored) -> PatientSeries | None:
    """Sections 8.1 to 8.7 for one series group."""
    scorable = _scorable(chart, group)
    defaults = [state for state in group if state.series.default]
    complete = [state for state in scorable if state.complete]
    in_process = [state for state in scorable if state.in_process]
    if not scorable:  # table 8-3
        return min(defaults, key=lambda state: state.series.preference, default=None)
    if len(scorable) == 1:
        return scorable[0]
    if len(complete) == 1:
        return complete[0]
    if not complete and len(in_process) == 1:
        return in_process[0]
    if not complete and not in_process and defaults:
        return min(defaults, key=lambda state: state.series.preference)
    if len(complete) > 1:  # table 8-5
        return _highest(complete, _complete_points(complete))
    if len(in_process) > 1:
        return _highest(in_process, _in_process_points(chart, in_process))
    if all(state.satisfied == 0 for state in scorable):
        return _highest(scorable, _no_valid_points(chart, scorable))
    return _highest(scorable, [0] * len(scorable))  # none is scored: SELECTBEST-2 has a tie of 0


def _scorable(chart: Chart, group: Scored) -> list[PatientSeries]:
    """SELECTB-24 and SELECTSCORE-2."""
    all_forbidden = all(state.status == "contraindicated" for state in group)
    candidates = [
        state for state in group if state.status != "contraindicated" or all_forbidden
    ]  # fmt: skip
    highest = min((state.series.priority for state in group), default="A")
    untouched = all(state.satisfied == 0 for state in group)
    no_default = not any(state.series.default for state in group)
    answer = []
    for state in candidates:
        kind = state.series.kind
        if (
            (kind == "risk" and state.series.priority <= highest)
            or (
                kind == "standard"
                and (_started_in_time(chart, state) or (untouched and no_default))
            )
            or (kind == "evaluation" and state.complete)
        ):
            answer.append(state)
    return answer


def _started_in_time(chart: Chart, state: PatientSeries) -> bool:
    valid = [one.record.date for one in state.evaluations if one.status == "valid"]
    span = state.series.maximum_start
    calendar = chart.pack.parameters.calendar
    limit = calendar.age(chart.person.dob, span) if span else NEVER_AFTER
    return bool(valid) and min(valid) < limit


def _highest(states: Scored, points: Sequence[int]) -> PatientSeries:
    """SELECTBEST-1 and 2: the highest score, then the best ranked preference."""
    ranked = [
        (-score, state.series.preference) for score, state in zip(points, states, strict=True)
    ]
    return states[ranked.index(min(ranked))]


def _shared(holds: Sequence[bool], alone: int, tied: int) -> Iterator[int]:
    """Points for a condition: true for one, true for several, not true."""
    gained = alone if sum(holds) == 1 else tied
    return (gained if one else -alone for one in holds)


def _added(*columns: Iterator[int]) -> list[int]:
    return [sum(row) for row in zip(*columns, strict=True)]


def _extreme(values: Sequence[int], choose: Callable[[Sequence[int]], int]) -> list[bool]:
    best = choose(values)
    return [value == best for value in values]


def _complete_points(states: Scored) -> list[int]:
    """Table 8-7."""
    return _added(_shared(_extreme([state.satisfied for state in states], max), 1, 0))


def _in_process_points(chart: Chart, states: Scored) -> list[int]:
    """Table 8-9."""
    product = [
        state.series.product_path and all(one.status == "valid" for one in state.evaluations)
        for state in states
    ]
    completable = [_completable(chart, state) for state in states]
    finishes = [_finish(chart, state) for state in states]
    soonest = min(
        (day for day, can in zip(finishes, completable, strict=True) if can), default=None
    )
    return _added(
        _shared(product, 2, 2),
        _shared(completable, 3, 3),
        _shared(_extreme([state.satisfied for state in states], max), 2, 0),
        _shared(_extreme([state.unsatisfied for state in states], min), 2, 0),
        _shared(
            [can and day == soonest for day, can in zip(finishes, completable, strict=True)], 1, 0
        ),
    )


def _no_valid_points(chart: Chart, states: Scored) -> list[int]:
    """Table 8-11."""
    starts = [state.forecast.earliest if state.forecast else None for state in states]
    first = min((day for day in starts if day), default=None)
    return _added(
        _shared([day is not None and day == first for day in starts], 1, 0),
        _shared([_completable(chart, state) for state in states], 1, 1),
        _shared([not state.series.product_path for state in states], 1, 1),
    )


def _finish(chart: Chart, state: PatientSeries) -> datetime.date:
    """SELECTB-12: the earliest date plus the latest minimum interval of the remaining doses."""
    earliest = state.forecast.earliest if state.forecast else None
    if earliest is None:
        return NEVER_AFTER
    calendar = chart.pack.parameters.calendar
    ends = [earliest]
    for target in state.targets[state.at + 1 :]:
        for row in target.dose.intervals:
            if row.relevant(chart.on) and row.minimum is not None:
                ends.append(calendar.after(earliest, row.minimum))
    return max(ends)


def _completable(chart: Chart, state: PatientSeries) -> bool:
    """SELECTB-3."""
    spans = [row.maximum for row in state.targets[-1].dose.ages if row.relevant(chart.on)]
    calendar = chart.pack.parameters.calendar
    ends = [calendar.age(chart.person.dob, span) for span in spans if span]
    return _finish(chart, state) < min(ends, default=NEVER_AFTER)
