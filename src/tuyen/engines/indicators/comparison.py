"""A figure against the same period of an earlier year.

The rules are a proposal of the project (domain rules 9.3): counts change by a difference and a
percentage, a base of zero is "new" and has no percentage, percentages change by *points*, and
only periods of equal length are compared. What makes a comparison doubtful is flagged, not
hidden: reports that came in less completely, and a definition that changed in between.

Figures are decimals, so that 635,950 against 597,001 is +38,949 and nothing near it.
"""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Literal, NamedTuple

from tuyen.kernel.refusal import N_, BadInput, Refusal

Qualifier = Literal["exact", "at-least", "about"]
Measure = Literal["count", "percent", "rate"]
Direction = Literal["up", "down", "same", "new"]
Certainty = Literal["exact", "at-least", "at-most", "between", "about", "unknown"]

GAP = Decimal("0.05")
"""Completeness may differ by 5 points before it is flagged; callers pass the rule in force."""


class UnequalPeriods(Refusal):
    code = "indicators.unequal-periods"
    message = N_(
        "{current} has {days} days and {base} has {base_days}: compare equal lengths,"
        " or cut the base at the same day of its year."
    )


class Figure(NamedTuple):
    """A value over the days from ``start`` to ``end``, both included.

    ``low`` and ``high`` bound a value that was led over from another map; None means the value
    itself. ``completeness`` is the share of 1 of the reports due that it stands on, None when
    nobody said. ``definition`` is any name of the definition it was made by.
    """

    value: Decimal
    start: date
    end: date
    qualifier: Qualifier = "exact"
    low: Decimal | None = None
    high: Decimal | None = None
    completeness: Decimal | None = None
    definition: str = ""


class Change(NamedTuple):
    """What became of the base. Nothing is rounded.

    ``change`` is in the unit of the figures. ``percent`` belongs to counts only, ``points`` to
    percentages only. The true change lies in [low, high]; None is no bound. ``certainty`` says
    which of it holds, and ``flags`` what to know before believing it: ``completeness-gap``,
    ``definition-changed``.
    """

    change: Decimal
    percent: Decimal | None
    points: Decimal | None
    direction: Direction
    certainty: Certainty
    low: Decimal | None
    high: Decimal | None
    flags: tuple[str, ...]


class Part(NamedTuple):
    """A value over some days, one of several that follow one another."""

    start: date
    end: date
    value: Decimal


def compare(
    current: Figure, base: Figure, measure: Measure = "count", gap: Decimal = GAP
) -> Change:
    """The change from ``base`` to ``current``.

    ``measure``: a ``count`` of things, a ``percent`` (95.23 is 95.23 %), or another ``rate`` or
    average ("per 10,000", years), whose change is said in its own unit alone.

    Raises
    ------
    UnequalPeriods
        If the periods differ in length, unless they are the same days of two years of which one
        has a 29 February.
    BadInput
        If the base does not begin before the current period.

    Examples
    --------
    >>> half = Figure(Decimal(635950), date(2025, 1, 1), date(2025, 6, 30))
    >>> before = Figure(Decimal(597001), date(2024, 1, 1), date(2024, 6, 30))
    >>> done = compare(half, before)
    >>> done.change, round(done.percent, 4), done.direction
    (Decimal('38949'), Decimal('6.5241'), 'up')
    """
    _check_periods(current, base)
    change = current.value - base.value
    low, high = _bounds(current, base)
    return Change(
        change=change,
        percent=change / base.value * 100 if measure == "count" and base.value > 0 else None,
        points=change if measure == "percent" else None,
        direction=_direction(change, base, measure),
        certainty=_certainty(change, low, high, {current.qualifier, base.qualifier}),
        low=low,
        high=high,
        flags=_flags(current, base, gap),
    )


def equal_lengths(start: date, end: date, base_start: date, base_end: date) -> bool:
    """Whether two periods may be compared: as many days, or the same days of two years."""
    if end - start == base_end - base_start:
        return True
    return _same_day(start, base_start) and _same_day(end, base_end)


def cut(parts: Sequence[Part], start: date, until: date) -> Decimal:
    """The total of the parts from ``start`` to ``until``: a base cut at the same day.

    Raises
    ------
    BadInput
        If the parts leave out or repeat a day, or one of them reaches over an end: a month's
        total cannot be cut in its middle.
    """
    total, expected = Decimal(0), start
    for part in sorted(parts):
        if part.end < start or part.start > until:
            continue
        if part.start < start or part.end > until:
            raise BadInput(what=f"{part.start} to {part.end} cannot be cut at {start} to {until}.")
        if part.start != expected:
            raise BadInput(what=f"Expected a part that begins on {expected}, not {part.start}.")
        total += part.value
        expected = date.fromordinal(part.end.toordinal() + 1)
    if expected.toordinal() != until.toordinal() + 1:
        raise BadInput(what=f"There is no part from {expected} up to {until}.")
    return total


def _check_periods(current: Figure, base: Figure) -> None:
    for one in (current, base):
        if one.end < one.start:
            raise BadInput(what=f"A period cannot end on {one.end}, before it begins, {one.start}.")
    if base.start >= current.start:
        raise BadInput(what=f"The base begins on {base.start}, not before {current.start}.")
    if not equal_lengths(current.start, current.end, base.start, base.end):
        raise UnequalPeriods(
            current=f"{current.start} – {current.end}",
            days=(current.end - current.start).days + 1,
            base=f"{base.start} – {base.end}",
            base_days=(base.end - base.start).days + 1,
        )


def _same_day(one: date, other: date) -> bool:
    return _in_year(one) == _in_year(other)


def _in_year(day: date) -> tuple[int, int]:
    """Month and day; the end of February is one day whichever the year."""
    return (2, 28) if (day.month, day.day) == (2, 29) else (day.month, day.day)


def _bounds(current: Figure, base: Figure) -> tuple[Decimal | None, Decimal | None]:
    """The change is at least the lowest current less the highest base, and the other way."""
    (low, high), (base_low, base_high) = _range(current), _range(base)
    return (
        None if low is None or base_high is None else low - base_high,
        None if high is None or base_low is None else high - base_low,
    )


def _range(figure: Figure) -> tuple[Decimal | None, Decimal | None]:
    if figure.qualifier == "about":
        return None, None
    low = figure.value if figure.low is None else figure.low
    high = figure.value if figure.high is None else figure.high
    return low, None if figure.qualifier == "at-least" else high


def _certainty(
    change: Decimal, low: Decimal | None, high: Decimal | None, said: set[Qualifier]
) -> Certainty:
    if low is not None and high is not None:
        return "exact" if low == high == change else "between"
    if low is None and high is None:
        return "about" if said <= {"about", "exact"} else "unknown"
    return "at-most" if low is None else "at-least"


def _direction(change: Decimal, base: Figure, measure: Measure) -> Direction:
    if change == 0:
        return "same"
    if base.value == 0 and measure == "count":
        return "new"
    return "up" if change > 0 else "down"


def _flags(current: Figure, base: Figure, gap: Decimal) -> tuple[str, ...]:
    flags = []
    known = [c for c in (current.completeness, base.completeness) if c is not None]
    if len(known) == 2 and abs(known[0] - known[1]) > gap:
        flags.append("completeness-gap")
    if current.definition != base.definition:
        flags.append("definition-changed")
    return tuple(flags)
