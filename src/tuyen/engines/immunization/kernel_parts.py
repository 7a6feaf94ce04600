"""What the compiled engine is made of: calendar sums, room to work in, reading of tables.

Compiled twins of :mod:`spans`, :mod:`reference_skip` and parts of :mod:`reference_evaluation`; the
section and rule of the specification is named there. Days are proleptic Gregorian ordinals.
"""

from collections.abc import Callable
from typing import Any
from zlib import crc32

from numba import njit

from tuyen.engines.immunization.flat_pack import FIRST, LAST
from tuyen.engines.immunization.layout import MOST_DOSES, A, B, D, Ints, K, L, N, R, S, T, V, X

VALID, NOT_VALID, SUB_STANDARD, EXTRANEOUS = 1, 2, 3, 4
NOT_COMPLETE, COMPLETE, IMMUNE, CONTRAINDICATED, AGED_OUT, NOT_RECOMMENDED = 1, 2, 3, 4, 5, 6
TOO_YOUNG, TOO_OLD, TOO_SOON, CONFLICT, INADVERTENT, NO_VACCINE, SERIES_DONE, LOT, CONDITION = (
    1, 2, 4, 8, 16, 32, 64, 128, 256,
)  # fmt: skip
SKIPPED, SATISFIED = 1, 2
NO_DAY = -1
_LAST_ORDINAL = 3652059


_INNER: list[Any] = []


def compiled(function: Callable[..., Any]) -> Any:
    """Compiled for use by other compiled functions only: without the wrappers that Python calls."""
    options: dict[str, Any] = {"no_cpython_wrapper": True, "no_cfunc_wrapper": True}
    made: Any = njit(nogil=True, **options)(function)
    _INNER.append(function.__code__)
    return made


def compiled_door(function: Callable[..., Any]) -> Any:
    """Compiled with all it calls, and kept on disk where there is a place for it."""
    try:
        return njit(cache=True, nogil=True)(function)
    except RuntimeError:  # no folder may be written: compiled in every process
        return njit(nogil=True)(function)


def fingerprint() -> int:
    """Of all that has been compiled so far: what is kept on disk knows only its own file, so the
    door encloses this number and is compiled anew whenever something behind it has changed."""
    told = [(code.co_name, code.co_code, code.co_consts, code.co_names) for code in _INNER]
    return crc32(repr((told, T, X, R, S, D, A, N, V, K, B, L)).encode())


@compiled
def civil(ordinal: int) -> tuple[int, int, int]:
    """Year, month and day of an ordinal."""
    shifted = ordinal + 305
    era = shifted // 146097
    of_era = shifted - era * 146097
    year = (of_era - of_era // 1460 + of_era // 36524 - of_era // 146096) // 365
    of_year = of_era - (365 * year + year // 4 - year // 100)
    month = (5 * of_year + 2) // 153
    day = of_year - (153 * month + 2) // 5 + 1
    month = month + 3 if month < 10 else month - 9
    return year + era * 400 + (1 if month <= 2 else 0), month, day


@compiled
def ordinal_of(year: int, month: int, day: int) -> int:
    if month <= 2:
        year -= 1
    era = year // 400
    of_era = year - era * 400
    of_year = (153 * (month - 3 if month > 2 else month + 9) + 2) // 5 + day - 1
    return era * 146097 + of_era * 365 + of_era // 4 - of_era // 100 + of_year - 305


@compiled
def month_length(year: int, month: int) -> int:
    if month == 2:
        return 29 if year % 4 == 0 and (year % 100 != 0 or year % 400 == 0) else 28
    return 30 if month in (4, 6, 9, 11) else 31


@compiled
def add(t: Ints, day: int, months: int, days: int) -> int:
    """Months, then days, by the calendar rules of the pack (twin of CalendarRules._sum)."""
    if months != 0:
        year, month, wanted = civil(day)
        length = month_length(year, month)
        index = year * 12 + month - 1 + months
        year, month = index // 12, index % 12 + 1
        if year < 1:
            return 1
        if year > 9998:
            return _LAST_ORDINAL
        there = month_length(year, month)
        if t[T.stay_last] and wanted == length:
            wanted = there
        if wanted <= there:
            day = ordinal_of(year, month, wanted)
        elif t[T.month_end_invalid]:
            day = ordinal_of(year, month, there)
        else:
            day = ordinal_of(year, month, there) + 1
    return min(max(day + days, 1), _LAST_ORDINAL)


@compiled
def after(t: Ints, day: int, span: int) -> int:
    """An interval after a day."""
    months, days = t[t[T.months] + span], t[t[T.days] + span]
    if t[t[T.single] + span] and t[T.month_days] >= 0:
        return add(t, day, 0, t[T.month_days] + days)
    return add(t, day, months, days)


@compiled
def age_or(x: Ints, span: int, default: int) -> int:
    return x[x[X.age] + span] if span >= 0 else default


@compiled
def skippable(t: Ints, x: Ints, s: int, context: int, reference: int, anchor: int, r: int) -> bool:
    """Section 6.2; ``r`` is the dose being evaluated, or -1 in a forecast."""
    dose = x[x[X.at] + s]
    for skip in range(t[t[D.skips] + dose], t[t[D.skips] + dose + 1]):
        if not t[t[K.context] + skip] & context:
            continue
        held, met = 0, 0
        for one in range(t[t[K.sets] + skip], t[t[K.sets] + skip + 1]):
            if t[t[K.set_since] + one] <= anchor <= t[t[K.set_until] + one]:
                held += 1
                met += 1 if set_met(t, x, s, one, reference, r) else 0
        if met and (met == held or not t[t[K.every] + skip]):
            return True
    return False


@compiled
def set_met(t: Ints, x: Ints, s: int, one: int, reference: int, r: int) -> bool:
    first, last = t[t[K.conditions] + one], t[t[K.conditions] + one + 1]
    if first == last:
        return False
    every = t[t[K.set_every] + one] == 1
    for condition in range(first, last):
        if condition_met(t, x, s, condition, reference, r) != every:
            return not every
    return every


@compiled
def condition_met(t: Ints, x: Ints, s: int, c: int, reference: int, r: int) -> bool:
    kind = t[t[K.kind] + c]
    if kind == 1:
        return (x[x[X.completed] + t[t[S.antigen] + s]] & t[t[K.groups] + c]) != 0
    if kind == 2:
        if x[x[X.previous] + s] < 0 or t[t[K.interval] + c] < 0:
            return False
        return reference >= after(t, x[x[X.date] + x[x[X.previous] + s]], t[t[K.interval] + c])
    begin, end = age_or(x, t[t[K.begin] + c], FIRST), age_or(x, t[t[K.end] + c], LAST)
    if kind == 0:
        return begin <= reference < end
    begin, end = max(begin, t[t[K.start_date] + c]), min(end, t[t[K.end_date] + c])
    chosen, bit = t[t[K.vaccines] + c], 1 << t[t[S.antigen] + s]
    count = 0
    for i in range(x[X.held] if r < 0 else r):
        if begin <= x[x[X.date] + i] < end:
            named = (
                t[t[L.members] + (chosen) * t[T.width] + x[x[X.vaccine] + i]]
                if chosen >= 0
                else x[x[X.antigens] + i] & bit != 0
            )
            if named and (
                not t[t[K.valid_only] + c] or x[x[X.status] + s * MOST_DOSES + i] == VALID
            ):
                count += 1
    comparison = t[t[K.comparison] + c]
    if comparison == 0:
        return count > t[t[K.wanted] + c]
    return count == t[t[K.wanted] + c] if comparison == 1 else count < t[t[K.wanted] + c]


@compiled
def reference_day(t: Ints, x: Ints, s: int, row: int, r: int) -> int:
    """Where an interval starts; -1: it does not apply."""
    source, what = t[t[N.source] + row], t[t[N.what] + row]
    if source == 0:
        return x[x[X.date] + x[x[X.previous] + s]] if x[x[X.previous] + s] >= 0 else NO_DAY
    if source == 1:
        for step in range(x[x[X.steps] + s] - 1, -1, -1):
            if (
                x[x[X.step_status] + s * t[T.steps] + step] == SATISFIED
                and t[t[D.number] + x[x[X.step_dose] + s * t[T.steps] + step]] == what
            ):
                return x[x[X.date] + x[x[X.step_record] + s * t[T.steps] + step]]
        return NO_DAY
    if source == 2:
        for i in range((x[X.held] if r < 0 else r) - 1, -1, -1):
            if (
                t[t[L.members] + (what) * t[T.width] + x[x[X.vaccine] + i]]
                and not x[x[X.reasons] + s * MOST_DOSES + i] & INADVERTENT
            ):
                return x[x[X.date] + i]
        return NO_DAY
    return x[x[X.observed_on] + what] if source == 3 else NO_DAY


@compiled
def too_soon(t: Ints, x: Ints, s: int, r: int, first: int, last: int) -> bool:
    day = x[x[X.date] + r]
    for row in range(first, last):
        if not t[t[N.since] + row] <= day <= t[t[N.until] + row] or t[t[N.absolute] + row] < 0:
            continue
        start = reference_day(t, x, s, row, r)
        if start >= 0:
            least = after(t, start, t[t[N.absolute] + row])
            if t[T.grace]:
                least = max(least - t[T.grace], 1)
            if day < least:
                return True
    return False
