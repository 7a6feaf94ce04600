"""The literal reference: the processing model of chapter 4, in its own order and words.

It is slow and plain on purpose: the fast engine is held against it.
"""

import datetime
from collections.abc import Iterable, Sequence
from dataclasses import replace

from tuyen.engines.immunization.history import DoseGiven, GroupAnswer, Person, Problem
from tuyen.engines.immunization.pack import Pack
from tuyen.engines.immunization.patient_series import Chart, PatientSeries, Record
from tuyen.engines.immunization.reference_evaluation import evaluate_record
from tuyen.engines.immunization.reference_forecast import forecast_series
from tuyen.engines.immunization.reference_groups import group_answers
from tuyen.engines.immunization.reference_selection import best_series, relevant
from tuyen.engines.immunization.spans import NEVER_AFTER, NEVER_BEFORE


def evaluate(
    pack: Pack, person: Person, doses: Sequence[DoseGiven], on: datetime.date
) -> list[GroupAnswer]:
    """Every vaccine group with a history or a forecast, in the pack's order."""
    chart = Chart(pack, person, on, organize(pack, person, doses))
    states = evaluate_all(chart)
    best: dict[str, list[PatientSeries]] = {}
    for antigen in pack.antigens.values():
        own = [state for state in states if state.series.antigen == antigen.name]
        best[antigen.name] = best_series(chart, antigen, own)
    answers: list[GroupAnswer] = []
    for group in pack.groups:
        chosen = [state for name in group.antigens for state in best.get(name, ())]
        answers += group_answers(chart, group, chosen, states)
    return answers


def problems(
    pack: Pack, person: Person, doses: Iterable[DoseGiven], on: datetime.date
) -> list[Problem]:
    """The doses that cannot be, and why: only those of an unknown vaccine and those before birth
    are left out by :func:`evaluate`."""
    found = []
    for place, dose in enumerate(doses, start=1):
        n = dose.n if dose.n is not None else place
        if pack.vaccine_code(dose.vaccine) is None:
            found.append(Problem(n, "unknown-vaccine", str(dose.vaccine)))
        elif dose.date < person.dob:
            found.append(Problem(n, "before-birth", dose.date.isoformat()))
        elif dose.date > on:
            found.append(Problem(n, "after-day", dose.date.isoformat()))
    return sorted(found, key=lambda one: (one.n, one.code))


def organize(pack: Pack, person: Person, doses: Sequence[DoseGiven]) -> list[Record]:
    """Section 4.2: doses in date order with the antigens they count for at that age."""
    return [
        Record(index, n, dose, code, _antigens(pack, person, code, dose.date))
        for index, (n, dose, code) in enumerate(in_order(pack, person, doses))
    ]


def in_order(
    pack: Pack, person: Person, doses: Sequence[DoseGiven]
) -> list[tuple[int, DoseGiven, str]]:
    """The doses that can be judged, with their number and code, by date.

    Doses of one day are ordered by what they are, never by how they were entered.
    """
    usable = []
    for place, dose in enumerate(doses, start=1):
        code = pack.vaccine_code(dose.vaccine)
        if code is not None and person.dob <= dose.date:
            n = dose.n if dose.n is not None else place
            key = (
                dose.date, code, dose.substandard, dose.maker, dose.trade_name,
                dose.lot_expires or NEVER_AFTER, n,
            )  # fmt: skip
            usable.append((key, (n, dose, code)))
    usable.sort(key=lambda one: one[0])
    return [one for _, one in usable]


def without_trace(answer: GroupAnswer) -> GroupAnswer:
    """An answer as the fast engine gives it."""
    doses = tuple(replace(one, trace=()) for one in answer.doses)
    return replace(answer, doses=doses, trace=())


def _antigens(pack: Pack, person: Person, code: str, day: datetime.date) -> tuple[str, ...]:
    """The antigens of a vaccine within their association ages."""
    calendar = pack.parameters.calendar
    names = []
    for link in pack.vaccines[code].associations:
        begin = calendar.age(person.dob, link.begin) if link.begin else NEVER_BEFORE
        end = calendar.age(person.dob, link.end) if link.end else NEVER_AFTER
        if begin <= day < end:
            names.append(link.antigen)
    return tuple(names)


def evaluate_all(chart: Chart) -> list[PatientSeries]:
    """Sections 4.3 and 4.4: relevant series, evaluated in date order together, then forecast.

    Series that ask whether another series group is complete come after the others.
    """
    states = [
        PatientSeries.of(series)
        for antigen in chart.pack.antigens.values()
        for series in antigen.series
        if relevant(chart, series)
    ]
    later = [state for state in states if _asks_for_completion(state)]
    for wave in ([state for state in states if state not in later], later):
        for record in chart.records:
            for state in wave:
                if state.series.antigen in record.antigens:
                    evaluate_record(chart, state, record)
        for state in wave:
            forecast_series(chart, state)
            key = (state.series.antigen, state.series.group)
            chart.completed[key] = chart.completed.get(key, False) or state.complete
    return states


def _asks_for_completion(state: PatientSeries) -> bool:
    return any(
        condition.kind == "completed"
        for dose in state.series.doses
        for skip in dose.skips
        for one in skip.sets
        for condition in one.conditions
    )
