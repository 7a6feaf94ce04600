"""Compiled forecast of one series: the twin of :mod:`reference_forecast`, chapter 7."""

from tuyen.engines.immunization.flat_pack import FIRST, LAST
from tuyen.engines.immunization.kernel_evaluation import step
from tuyen.engines.immunization.kernel_parts import (
    AGED_OUT,
    COMPLETE,
    CONTRAINDICATED,
    IMMUNE,
    NO_DAY,
    NOT_COMPLETE,
    NOT_RECOMMENDED,
    SATISFIED,
    SKIPPED,
    after,
    age_or,
    compiled,
    reference_day,
    skippable,
)
from tuyen.engines.immunization.layout import MOST_DOSES, A, B, D, Ints, L, N, S, T, V, X

REASON_NAMES = (
    "", "complete", "history", "immune", "contraindicated", "past_season", "too_old",
    "cannot_finish", "due",
)  # fmt: skip


@compiled
def forecast_series(t: Ints, x: Ints, s: int) -> None:
    last = t[t[S.doses] + s + 1]
    while True:
        while x[x[X.at] + s] < last and skippable(t, x, s, 2, x[X.on], x[X.on], -1):
            step(t, x, s, SKIPPED, -1)
            x[x[X.at] + s] += 1
        forecast(t, x, s)
        if x[x[X.forecast] + s] != NOT_COMPLETE or x[x[X.earliest] + s] == NO_DAY:
            return
        if not skippable(t, x, s, 2, x[x[X.earliest] + s], x[X.on], -1):
            return
        step(t, x, s, SKIPPED, -1)
        x[x[X.at] + s] += 1


@compiled
def satisfied(t: Ints, x: Ints, s: int) -> int:
    count = 0
    for one in range(x[x[X.steps] + s]):
        count += x[x[X.step_status] + s * t[T.steps] + one] == SATISFIED
    return count


@compiled
def settle(x: Ints, s: int, status: int, reason: int) -> None:
    x[x[X.forecast] + s], x[x[X.reason] + s] = status, reason


@compiled
def forecast(t: Ints, x: Ints, s: int) -> None:
    """Table 7-10."""
    x[x[X.earliest] + s] = x[x[X.recommended] + s] = x[x[X.past_due] + s] = x[x[X.latest] + s] = (
        NO_DAY
    )
    x[x[X.number] + s], x[x[X.priority] + s], x[x[X.vaccines] + s] = 0, 0, 0
    if x[x[X.at] + s] >= t[t[S.doses] + s + 1]:
        if satisfied(t, x, s):
            return settle(x, s, COMPLETE, 1)
        return settle(x, s, NOT_RECOMMENDED, 2)
    dose, antigen = x[x[X.at] + s], t[t[S.antigen] + s]
    if immune(t, x, antigen):
        return settle(x, s, IMMUNE, 3)
    if contraindicated(t, x, antigen, dose):
        return settle(x, s, CONTRAINDICATED, 4)
    season_end = t[t[D.season_end] + dose]
    if season_end >= 0 and x[X.on] > season_end:
        return settle(x, s, NOT_RECOMMENDED, 5)
    oldest, least = NO_DAY, NO_DAY
    for row in range(t[t[D.ages] + dose], t[t[D.ages] + dose + 1]):
        if t[t[A.since] + row] <= x[X.on] <= t[t[A.until] + row]:
            oldest = max(oldest, age_or(x, t[t[A.maximum] + row], NO_DAY))
            least = max(least, age_or(x, t[t[A.minimum] + row], NO_DAY))
    if oldest >= 0 and x[X.on] >= oldest:
        return settle(x, s, AGED_OUT, 6)
    earliest = candidate(t, x, s, dose, least)
    if oldest >= 0 and earliest >= oldest:
        return settle(x, s, AGED_OUT, 7)
    dates(t, x, s, dose, earliest)
    if oldest >= 0:
        x[x[X.latest] + s] = max(oldest - 1, 1)
    return settle(x, s, NOT_COMPLETE, 8)


@compiled
def immune(t: Ints, x: Ints, antigen: int) -> bool:
    for one in range(t[t[B.immune] + antigen], t[t[B.immune] + antigen + 1]):
        if x[x[X.observed] + t[t[B.immune_code] + one]]:
            return True
    for one in range(t[t[B.births] + antigen], t[t[B.births] + antigen + 1]):
        country = t[t[B.country] + one]
        holds = x[X.dob] < t[t[B.before] + one] and (country < 0 or country == x[X.country])
        for each in range(t[t[B.exclusions] + one], t[t[B.exclusions] + one + 1]):
            holds = holds and not x[x[X.observed] + t[t[B.exclusion_code] + each]]
        if holds:
            return True
    return False


@compiled
def contraindicated(t: Ints, x: Ints, antigen: int, dose: int) -> bool:
    for one in range(t[t[B.bars] + antigen], t[t[B.bars] + antigen + 1]):
        if x[x[X.observed] + t[t[B.bar_code] + one]]:
            first = age_or(x, t[t[B.bar_begin] + one], FIRST)
            if first <= x[X.on] < age_or(x, t[t[B.bar_end] + one], LAST):
                return True
    first, last = t[t[D.prefers] + dose], t[t[D.prefers] + dose + 1]
    for row in range(first, last):
        if not forbidden(t, x, antigen, row):
            return False
    return first < last


@compiled
def forbidden(t: Ints, x: Ints, antigen: int, row: int) -> bool:
    for one in range(t[t[B.vaccine_bars] + antigen], t[t[B.vaccine_bars] + antigen + 1]):
        same = t[t[B.vb_vaccine] + one] == t[t[V.vaccine] + row]
        if same and x[x[X.observed] + t[t[B.vb_code] + one]]:
            first = age_or(x, t[t[B.vb_begin] + one], FIRST)
            if first <= x[X.on] < age_or(x, t[t[B.vb_end] + one], LAST):
                return True
    return False


@compiled
def candidate(t: Ints, x: Ints, s: int, dose: int, earliest: int) -> int:
    """FORECASTDTCAN-1."""
    for row in range(t[t[D.intervals] + dose], t[t[D.intervals] + dose + 1]):
        if t[t[N.since] + row] <= x[X.on] <= t[t[N.until] + row] and t[t[N.minimum] + row] >= 0:
            start = reference_day(t, x, s, row, -1)
            if start >= 0:
                earliest = max(earliest, after(t, start, t[t[N.minimum] + row]))
    for row in range(t[t[D.prefers] + dose], t[t[D.prefers] + dose + 1]):
        vaccine = t[t[V.vaccine] + row]
        if t[t[L.has_conflict] + vaccine]:
            for i in range(x[X.held]):
                one = t[t[L.conflict] + (vaccine) * t[T.width] + x[x[X.vaccine] + i]]
                if one >= 0:
                    earliest = max(earliest, after(t, x[x[X.date] + i], t[t[L.conflict_end] + one]))
    earliest = max(earliest, t[t[D.season_start] + dose])
    for i in range(x[X.held] - 1, -1, -1):
        if x[x[X.status] + s * MOST_DOSES + i]:
            return max(earliest, x[x[X.date] + i])
    return earliest


@compiled
def dates(t: Ints, x: Ints, s: int, dose: int, earliest: int) -> None:
    """FORECASTDT-1 to 6."""
    wanted, late = NO_DAY, NO_DAY
    for row in range(t[t[D.ages] + dose], t[t[D.ages] + dose + 1]):
        if t[t[A.since] + row] <= x[X.on] <= t[t[A.until] + row]:
            wanted = max(wanted, age_or(x, t[t[A.earliest] + row], NO_DAY))
            late = max(late, age_or(x, t[t[A.latest] + row], NO_DAY))
    by_age, late_by_age = wanted >= 0, late >= 0
    held, prior = 0, 0
    for row in range(t[t[D.intervals] + dose], t[t[D.intervals] + dose + 1]):
        if not t[t[N.since] + row] <= x[X.on] <= t[t[N.until] + row]:
            continue
        held, prior = held + 1, prior + t[t[N.priority] + row]
        start = reference_day(t, x, s, row, -1)
        if start >= 0 and not by_age and t[t[N.earliest] + row] >= 0:
            wanted = max(wanted, after(t, start, t[t[N.earliest] + row]))
        if start >= 0 and not late_by_age and t[t[N.latest] + row] >= 0:
            late = max(late, after(t, start, t[t[N.latest] + row]))
    x[x[X.earliest] + s], x[x[X.recommended] + s] = earliest, max(earliest, wanted)
    if late >= 0:
        x[x[X.past_due] + s] = max(earliest, max(late - 1, 1))
    x[x[X.priority] + s] = 1 if held and held == prior else 0
    x[x[X.number] + s] = number(t, x, s)
    first = t[t[D.prefers] + dose]
    for row in range(first, t[t[D.prefers] + dose + 1]):
        begin = age_or(x, t[t[V.begin] + row], FIRST)
        end = age_or(x, t[t[V.end] + row], LAST)
        suits = begin <= x[x[X.earliest] + s] < end or begin <= x[x[X.recommended] + s] < end
        if t[t[V.forecast] + row] and suits and not forbidden(t, x, t[t[S.antigen] + s], row):
            x[x[X.vaccines] + s] |= 1 << (row - first)


@compiled
def number(t: Ints, x: Ints, s: int) -> int:
    """FORECASTDN-1."""
    count = 1
    for one in range(x[x[X.steps] + s]):
        if x[x[X.step_status] + s * t[T.steps] + one] == SATISFIED:
            start = t[t[D.season_start] + x[x[X.step_dose] + s * t[T.steps] + one]]
            counts = (
                start < 0
                or t[T.all_seasons]
                or x[x[X.date] + x[x[X.step_record] + s * t[T.steps] + one]] >= start
            )
            count += 1 if counts else 0
    return count
