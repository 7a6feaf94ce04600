"""The compiled engine: people in, vaccine-group forecasts out, as columns of numbers.

The twin of :mod:`reference` and :mod:`reference_groups` (chapters 4 and 9).
"""

from typing import Any, NamedTuple

from tuyen.engines.immunization.flat_pack import FIRST, LAST
from tuyen.engines.immunization.kernel_evaluation import evaluate_record
from tuyen.engines.immunization.kernel_forecast import forecast_series, satisfied
from tuyen.engines.immunization.kernel_parts import (
    AGED_OUT,
    COMPLETE,
    CONTRAINDICATED,
    IMMUNE,
    NO_DAY,
    NOT_COMPLETE,
    NOT_RECOMMENDED,
    add,
    age_or,
    compiled,
    compiled_door,
    fingerprint,
)
from tuyen.engines.immunization.kernel_selection import RISK, choose_best, relevant
from tuyen.engines.immunization.layout import MOST_DOSES, B, Ints, L, R, S, T, X


class People(NamedTuple):
    """Many histories as columns; the doses of person ``i`` are ``doses[i]`` to ``doses[i + 1]``,
    in the order of :func:`reference.in_order`. Days are ordinals (``date.toordinal``)."""

    dob: Ints
    gender: Ints
    country: Ints  # -1: none that the pack knows
    on: Ints
    doses: Ints
    date: Ints
    vaccine: Ints
    substandard: Ints  # 0, 1 past its lot's date, 2 for its condition
    products: Ints  # bits
    observations: Ints  # range of the two below
    code: Ints
    since: Ints  # -1: no date


@compiled
def take_person(t: Ints, x: Ints, people: People, i: int) -> None:
    """One person's columns into the working room."""
    first = people.doses[i]
    x[X.dob], x[X.gender], x[X.country] = people.dob[i], people.gender[i], people.country[i]
    x[X.on], x[X.held] = people.on[i], people.doses[i + 1] - first
    for r in range(x[X.held]):
        x[x[X.date] + r] = people.date[first + r]
        x[x[X.vaccine] + r] = people.vaccine[first + r]
        x[x[X.substandard] + r] = people.substandard[first + r]
        x[x[X.products] + r] = people.products[first + r]
    for code in range(t[T.observations]):
        x[x[X.observed] + code] = 0
        x[x[X.observed_on] + code] = NO_DAY
    for one in range(people.observations[i], people.observations[i + 1]):
        at = x[X.observed_on] + people.code[one]
        x[x[X.observed] + people.code[one]] = 1
        x[at] = max(x[at], people.since[one])


@compiled
def prepare(t: Ints, x: Ints) -> None:
    """Ages as days, antigens of each dose, relevant series."""
    for span in range(t[T.spans]):
        months, days = t[t[T.months] + span], t[t[T.days] + span]
        x[x[X.age] + span] = add(t, x[X.dob], months, days)
    for antigen in range(t[T.antigens]):
        x[x[X.completed] + antigen] = 0
    for r in range(x[X.held]):
        bits, vaccine = 0, x[x[X.vaccine] + r]
        for link in range(t[t[L.links] + vaccine], t[t[L.links] + vaccine + 1]):
            begin = age_or(x, t[t[L.begin] + link], FIRST)
            if begin <= x[x[X.date] + r] < age_or(x, t[t[L.end] + link], LAST):
                bits |= 1 << t[t[L.antigen] + link]
        x[x[X.antigens] + r], x[x[X.any_valid] + r], x[x[X.any_judged] + r] = bits, 0, 0
    for s in range(t[T.series]):
        x[x[X.relevant] + s] = 1 if relevant(t, x, s) else 0
        x[x[X.at] + s], x[x[X.steps] + s], x[x[X.previous] + s] = t[t[S.doses] + s], 0, -1
        for r in range(x[X.held]):
            x[x[X.status] + s * MOST_DOSES + r], x[x[X.reasons] + s * MOST_DOSES + r] = 0, 0


@compiled
def evaluate_all(t: Ints, x: Ints) -> None:
    """Series that ask whether another series group is complete come after the others."""
    for wave in range(2):
        for r in range(x[X.held]):
            for antigen in range(t[T.antigens]):
                if (x[x[X.antigens] + r] >> antigen) & 1:
                    for s in range(t[t[B.series] + antigen], t[t[B.series] + antigen + 1]):
                        if x[x[X.relevant] + s] and t[t[S.wave] + s] == wave:
                            evaluate_record(t, x, s, r)
        for s in range(t[T.series]):
            if x[x[X.relevant] + s] and t[t[S.wave] + s] == wave:
                forecast_series(t, x, s)
                if x[x[X.forecast] + s] == COMPLETE:
                    x[x[X.completed] + t[t[S.antigen] + s]] |= 1 << t[t[S.group] + s]


@compiled
def answer_group(t: Ints, x: Ints, i: int, group: int, rows: Ints, doses: Ints, used: Ints) -> None:
    """The rows of one vaccine group, that which fits the person's age first."""
    begin, end = t[t[L.groups] + group], t[t[L.groups] + group + 1]
    known = t[T.antigens]
    bits, any_best = 0, False
    for one in range(begin, end):
        antigen = t[t[L.group_antigen] + one]
        bits |= 1 << antigen
        if antigen < known:
            for s in range(t[t[B.series] + antigen], t[t[B.series] + antigen + 1]):
                any_best = any_best or x[x[X.best] + s] == 1
    first = used[1]
    answer_doses(t, x, group, bits, any_best, doses, used)
    last = used[1]
    if not any_best:
        if last > first:
            row = new_row(t, rows, used, i, group, first, last)
            rows[row, R.status] = 0
        return
    start = used[0]
    for one in range(begin, end):
        antigen = t[t[L.group_antigen] + one]
        if antigen >= known:
            continue
        for s in range(t[t[B.series] + antigen], t[t[B.series] + antigen + 1]):
            if x[x[X.best] + s] == 1:
                share = (t[t[S.kind] + s] == RISK) * 64 + t[t[S.group] + s]
                row = start
                while row < used[0] and rows[row, R.latest] != share:
                    row += 1
                if row == used[0]:
                    new_row(t, rows, used, i, group, first, last)
                    rows[row, R.latest] = share  # the share's name until the row is filled
                column = 0
                while rows[row, R.series + column] >= 0:
                    column += 1
                rows[row, R.series + column], rows[row, R.series + t[T.widest] + column] = (
                    s,
                    x[x[X.at] + s],
                )
                (
                    rows[row, R.series + 2 * t[T.widest] + column],
                    rows[row, R.series + 3 * t[T.widest] + column],
                ) = x[x[X.reason] + s], x[x[X.vaccines] + s]
    sort_rows(t, x, start, used[0], end - begin, rows)
    for row in range(start, used[0]):
        fill_row(t, x, row, end - begin, bits, rows)


@compiled
def new_row(t: Ints, rows: Ints, used: Ints, i: int, group: int, first: int, last: int) -> int:
    row = used[0]
    used[0] = row + 1
    rows[row, R.person], rows[row, R.group], rows[row, R.first], rows[row, R.last] = (
        i,
        group,
        first,
        last,
    )
    rows[row, R.number], rows[row, R.earliest], rows[row, R.recommended] = 0, NO_DAY, NO_DAY
    rows[row, R.past_due], rows[row, R.latest] = NO_DAY, NO_DAY
    for column in range(R.series, rows.shape[1]):
        rows[row, column] = -1
    return row


@compiled
def answer_doses(
    t: Ints, x: Ints, group: int, bits: int, any_best: bool, doses: Ints, used: Ints
) -> None:
    """Each dose as the best series of its antigens judged it (all series, where none is best)."""
    begin, end = t[t[L.groups] + group], t[t[L.groups] + group + 1]
    known = t[T.antigens]
    for r in range(x[X.held]):
        if not x[x[X.antigens] + r] & bits:
            continue
        status, failed = 99, 0
        for one in range(begin, end):
            antigen = t[t[L.group_antigen] + one]
            if antigen < known and (x[x[X.antigens] + r] >> antigen) & 1:
                for s in range(t[t[B.series] + antigen], t[t[B.series] + antigen + 1]):
                    counts = x[x[X.best] + s] == 1 if any_best else x[x[X.relevant] + s] == 1
                    if counts and x[x[X.status] + s * MOST_DOSES + r]:
                        status = min(status, x[x[X.status] + s * MOST_DOSES + r])
                        failed |= x[x[X.reasons] + s * MOST_DOSES + r]
        n = used[1]
        used[1] = n + 1
        doses[n, 0] = r
        doses[n, 1] = 0 if status == 99 else status
        doses[n, 2] = 0 if status == 1 else failed


@compiled
def sort_rows(t: Ints, x: Ints, start: int, end: int, antigens: int, rows: Ints) -> None:
    """Twin of ``reference_groups._ordered``: few rows, so by insertion."""
    for row in range(start + 1, end):
        at = row
        while at > start and fits_before(t, x, at, at - 1, antigens, rows):
            for column in range(rows.shape[1]):
                kept = rows[at, column]
                rows[at, column] = rows[at - 1, column]
                rows[at - 1, column] = kept
            at -= 1


@compiled
def fits_before(t: Ints, x: Ints, one: int, two: int, antigens: int, rows: Ints) -> bool:
    a, b = fit(t, x, one, antigens, rows), fit(t, x, two, antigens, rows)
    for place in range(5):
        if a[place] != b[place]:
            return a[place] < b[place]
    return rows[one, R.latest] < rows[two, R.latest]


@compiled
def fit(t: Ints, x: Ints, row: int, antigens: int, rows: Ints) -> tuple[int, int, int, int, int]:
    begin, count, begun, aged_out, done = 10**9, 0, False, True, True
    while count < t[T.widest] and rows[row, R.series + count] >= 0:
        s = rows[row, R.series + count]
        count += 1
        begin = min(begin, x[x[X.age] + t[t[S.start] + s]])
        begun = begun or satisfied(t, x, s) > 0
        aged_out = aged_out and x[x[X.forecast] + s] == AGED_OUT
        done = done and x[x[X.forecast] + s] != NOT_COMPLETE
    reached = begun or begin <= x[X.on]
    partly = done and count < antigens
    day = -begin if reached else begin
    return int(partly), int(not reached), int(aged_out), int(done), day


@compiled
def fill_row(t: Ints, x: Ints, row: int, antigens: int, bits: int, rows: Ints) -> None:
    """Status and dates of a share (FORECASTVG-2 to 4, FORECASTDN-2, table 9-4, MULTIANTVG-1)."""
    rows[row, R.latest] = NO_DAY
    rows[row, R.status] = status_of(t, x, row, antigens, rows)
    if rows[row, R.status] != NOT_COMPLETE:
        return
    none = 10**9
    earliest, last_earliest, recommended, past_due, latest = none, NO_DAY, none, none, none
    number, prior = 0, False
    full = t[t[L.give_full] + rows[row, R.group]]
    column = 0
    while column < t[T.widest] and rows[row, R.series + column] >= 0:
        s = rows[row, R.series + column]
        column += 1
        if x[x[X.forecast] + s] != NOT_COMPLETE:
            continue
        prior = prior or x[x[X.priority] + s] == 1
        if number == 0 or (x[x[X.number] + s] < number if full else x[x[X.number] + s] > number):
            number = x[x[X.number] + s]
        if x[x[X.earliest] + s] != NO_DAY:
            earliest = min(earliest, x[x[X.earliest] + s])
            last_earliest = max(last_earliest, x[x[X.earliest] + s])
        recommended = min(
            recommended, x[x[X.recommended] + s] if x[x[X.recommended] + s] >= 0 else none
        )
        past_due = min(past_due, x[x[X.past_due] + s] if x[x[X.past_due] + s] >= 0 else none)
        latest = min(latest, x[x[X.latest] + s] if x[x[X.latest] + s] >= 0 else none)
    day = NO_DAY if earliest == none else earliest
    if day >= 0 and antigens > 1:
        if prior:
            for r in range(x[X.held]):
                if x[x[X.antigens] + r] & bits:
                    day = max(day, x[x[X.date] + r])
        else:
            day = last_earliest
    rows[row, R.number], rows[row, R.earliest] = number, day
    rows[row, R.recommended] = max(recommended, day) if recommended < none else NO_DAY
    rows[row, R.past_due] = max(past_due, day) if past_due < none else NO_DAY
    rows[row, R.latest] = latest if latest < none else NO_DAY


@compiled
def status_of(t: Ints, x: Ints, row: int, antigens: int, rows: Ints) -> int:
    if antigens == 1:
        return x[x[X.forecast] + rows[row, R.series + 0]]
    seen, column, all_immune = 0, 0, True
    while column < t[T.widest] and rows[row, R.series + column] >= 0:
        status = x[x[X.forecast] + rows[row, R.series + column]]
        seen |= 1 << status
        all_immune = all_immune and status == IMMUNE
        column += 1
    for status in (CONTRAINDICATED, AGED_OUT, NOT_RECOMMENDED, NOT_COMPLETE):
        if seen & (1 << status):
            return status
    return IMMUNE if all_immune else COMPLETE


def _door(behind: int) -> Any:
    """The function that Python calls; ``behind`` makes it another one when the rest changes."""

    @compiled_door
    def judge_people(
        t: Ints, x: Ints, people: People, begin: int, end: int, rows: Ints, doses: Ints, used: Ints
    ) -> int:
        for i in range(begin, end):
            take_person(t, x, people, i)
            prepare(t, x)
            evaluate_all(t, x)
            for antigen in range(t[T.antigens]):
                choose_best(t, x, antigen)
            for group in range(t[T.groups]):
                answer_group(t, x, i, group, rows, doses, used)
        return behind

    return judge_people


judge_people = _door(fingerprint())
"""Answer people ``begin`` to ``end``.

``rows``: a row per forecast of a vaccine group (columns ``layout.R``, then series, dose, reason and
vaccines, each of the width of the widest group). ``doses``: place among the person's doses, verdict,
bits of REASONS; rows ``first`` to ``last`` of it are those of a forecast. ``used``: how many rows of
both are used.
"""
