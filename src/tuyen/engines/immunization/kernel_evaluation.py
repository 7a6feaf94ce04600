"""Compiled evaluation of doses: the twin of :mod:`reference_evaluation`, chapter 6."""

from tuyen.engines.immunization.flat_pack import FIRST, LAST
from tuyen.engines.immunization.kernel_parts import (
    CONDITION,
    CONFLICT,
    EXTRANEOUS,
    INADVERTENT,
    LOT,
    NO_VACCINE,
    NOT_VALID,
    SATISFIED,
    SERIES_DONE,
    SKIPPED,
    SUB_STANDARD,
    TOO_OLD,
    TOO_SOON,
    TOO_YOUNG,
    VALID,
    after,
    age_or,
    compiled,
    skippable,
    too_soon,
)
from tuyen.engines.immunization.layout import MOST_DOSES, A, D, Ints, L, N, S, T, V, X


@compiled
def evaluate_record(t: Ints, x: Ints, s: int, r: int) -> None:
    """Judge a dose in a series and move the series on."""
    status, reasons = EXTRANEOUS, SERIES_DONE
    last = t[t[S.doses] + s + 1]
    while x[x[X.at] + s] < last:
        if x[x[X.substandard] + r]:
            status, reasons = SUB_STANDARD, LOT if x[x[X.substandard] + r] == 1 else CONDITION
            break
        if not skippable(t, x, s, 1, x[x[X.date] + r], x[x[X.date] + r], r):
            reasons = judged(t, x, s, r)
            status = NOT_VALID
            if reasons == 0:
                status = VALID
            elif reasons & TOO_OLD:
                status = EXTRANEOUS
            break
        step(t, x, s, SKIPPED, -1)
        x[x[X.at] + s] += 1
    if status == VALID:
        step(t, x, s, SATISFIED, r)
        if not t[t[D.recurring] + x[x[X.at] + s]]:
            x[x[X.at] + s] += 1
        x[x[X.any_valid] + r] = 1
    x[x[X.any_judged] + r] = 1
    x[x[X.status] + s * MOST_DOSES + r], x[x[X.reasons] + s * MOST_DOSES + r] = status, reasons
    if status <= NOT_VALID and not reasons & INADVERTENT:
        x[x[X.previous] + s] = r


@compiled
def step(t: Ints, x: Ints, s: int, status: int, record: int) -> None:
    n = x[x[X.steps] + s]
    (
        x[x[X.step_dose] + s * t[T.steps] + n],
        x[x[X.step_status] + s * t[T.steps] + n],
        x[x[X.step_record] + s * t[T.steps] + n],
    ) = x[x[X.at] + s], status, record
    x[x[X.steps] + s] = n + 1


@compiled
def judged(t: Ints, x: Ints, s: int, r: int) -> int:
    """All reasons a dose fails for against the current target, as bits; 0: it is valid."""
    dose, day = x[x[X.at] + s], x[x[X.date] + r]
    chosen = t[t[D.inadvertent] + dose]
    if chosen >= 0 and t[t[L.members] + (chosen) * t[T.width] + x[x[X.vaccine] + r]]:
        return INADVERTENT
    reasons = 0
    for row in range(t[t[D.ages] + dose], t[t[D.ages] + dose + 1]):
        if t[t[A.since] + row] <= day <= t[t[A.until] + row]:
            if t[t[A.absolute] + row] >= 0:
                least = x[x[X.age] + t[t[A.absolute] + row]]
                if t[T.grace]:
                    least = max(least - t[T.grace], 1)
                if day < least:
                    reasons |= TOO_YOUNG
            if t[t[A.maximum] + row] >= 0 and day >= x[x[X.age] + t[t[A.maximum] + row]]:
                reasons |= TOO_OLD
    if too_soon(t, x, s, r, t[t[D.intervals] + dose], t[t[D.intervals] + dose + 1]):
        first, last = t[t[D.allowable] + dose], t[t[D.allowable] + dose + 1]
        held = False
        for row in range(first, last):
            held = held or t[t[N.since] + row] <= day <= t[t[N.until] + row]
        if not held or too_soon(t, x, s, r, first, last):
            reasons |= TOO_SOON
    if t[t[L.has_conflict] + x[x[X.vaccine] + r]] and in_conflict(t, x, s, r):
        reasons |= CONFLICT
    if not accepted(t, x, dose, r):
        reasons |= NO_VACCINE
    return reasons


@compiled
def in_conflict(t: Ints, x: Ints, s: int, r: int) -> bool:
    for i in range(r):
        row = t[t[L.conflict] + (x[x[X.vaccine] + r]) * t[T.width] + x[x[X.vaccine] + i]]
        if row < 0:
            continue
        if x[x[X.status] + s * MOST_DOSES + i]:
            unharmed = x[x[X.status] + s * MOST_DOSES + i] == VALID
        else:
            unharmed = x[x[X.any_judged] + i] == 0 or x[x[X.any_valid] + i] == 1
        span = t[t[L.conflict_minimum] + row] if unharmed else t[t[L.conflict_end] + row]
        begin = after(t, x[x[X.date] + i], t[t[L.conflict_begin] + row])
        if begin <= x[x[X.date] + r] < after(t, x[x[X.date] + i], span):
            return True
    return False


@compiled
def accepted(t: Ints, x: Ints, dose: int, r: int) -> bool:
    first, last = t[t[D.prefers] + dose], t[t[D.prefers] + dose + 1]
    begin, end = t[t[D.accepts] + dose], t[t[D.accepts] + dose + 1]
    if first == last and begin == end:
        return True
    for row in range(first, last):
        product = t[t[V.product] + row]
        fits = product < 0 or (x[x[X.products] + r] >> product) & 1
        if fits and in_band(t, x, row, r):
            return True
    held = False
    for row in range(begin, end):
        held = held or in_band(t, x, row, r)
    return held


@compiled
def in_band(t: Ints, x: Ints, row: int, r: int) -> bool:
    if t[t[V.vaccine] + row] != x[x[X.vaccine] + r]:
        return False
    first = age_or(x, t[t[V.begin] + row], FIRST)
    return first <= x[x[X.date] + r] < age_or(x, t[t[V.end] + row], LAST)
