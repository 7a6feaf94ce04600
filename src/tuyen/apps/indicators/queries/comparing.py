"""A figure against the same period of the year before, on one map."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import Q

from tuyen.apps.access import policies
from tuyen.apps.access.actors import Actor
from tuyen.apps.indicators import refusals
from tuyen.apps.indicators.models import Figure
from tuyen.apps.indicators.queries.published import READ, FigureRow, figure, read
from tuyen.apps.registry import queries as registry
from tuyen.engines.indicators.comparison import Change, Qualifier, compare
from tuyen.engines.indicators.comparison import Figure as Value
from tuyen.engines.indicators.projection import YearEnd, year_end
from tuyen.engines.indicators.rates import rate
from tuyen.kernel.period import Period
from tuyen.kernel.refusal import Refusal
from tuyen.rules.indicators import Indicator, completeness_gap, indicator

_LARGEST = 2**40  # what the crosswalk takes; above it, a sum of whole units is still exact


class Base(NamedTuple):
    """What a figure is held against: one figure, or several led to one map."""

    value: Decimal
    low: Decimal
    high: Decimal
    digits: int
    rows: tuple[FigureRow, ...]  # what it is made of, as published
    rebased: bool  # from units of an older map


class Compared(NamedTuple):
    """A comparison, or the reason why there is none."""

    row: FigureRow
    period: Period  # of the base
    base: Base | None
    change: Change | None
    refusal: Refusal | None


def comparison(*, by: Actor, id: UUID, years: int = 1) -> Compared | None:
    """A figure against the same period ``years`` earlier; None when the reader may not read it.

    The base is the same unit's figure; where the unit arose from others in between, the sum of
    theirs on the figure's own map. Counts are added, rates only by their parts. What was split is
    bounded. Where a base cannot be had, ``refusal`` says why.
    """
    card = figure(by=by, id=id)
    known = indicator(card.row.indicator) if card else None
    if card is None or known is None:
        return None
    row = card.row
    then = row.period.year_before(years)
    try:
        base = _base(by, row, then, known)
        change = compare(
            _value(row, known), _base_value(base, then, known), known.measure,
            completeness_gap(row.period.end),
        )  # fmt: skip
    except Refusal as refusal:
        return Compared(row, then, None, None, refusal)
    return Compared(row, then, base, change, None)


def projection(*, by: Actor, id: UUID) -> YearEnd | None:
    """Where the year of a figure will end, if it counts what grows from the year's beginning.

    The season is that of the unit's own figures of the year before, where both are published.
    """
    card = figure(by=by, id=id)
    known = indicator(card.row.indicator) if card else None
    if card is None or known is None or not known.accumulates:
        return None
    period = card.row.period
    if period.kind in ("day", "week", "epiweek", "year"):
        return None
    year = Period.of("year", period.end, period.calendar)
    if period.start != year.start:
        return None
    part = _published(by, card.row, [card.row.unit], period.year_before())
    whole = _published(by, card.row, [card.row.unit], year.year_before())
    season = (part[0].value, whole[0].value) if part and whole else (None, None)
    if season[0] is not None and season[1] is not None and season[0] > season[1]:
        season = (None, None)  # two documents that contradict each other give no season
    return year_end(card.row.value, year.start, period.end, year.end, *season)


def _base(by: Actor, row: FigureRow, then: Period, known: Indicator) -> Base:
    former = _former_units(row, then)
    if not former:
        found = _published(by, row, [row.unit], then)
        if not found:
            raise refusals.NoBase(period=then.label)
        one = found[0]
        return Base(one.value, one.value, one.value, one.digits, (one,), False)
    # Somebody may have published the base on the new map already.
    ready = [one for one in _published(by, row, [row.unit], then) if one.map_on >= row.map_on]
    if ready:
        one = ready[0]
        return Base(one.value, one.value, one.value, one.digits, (one,), False)
    rows = _published(by, row, list(former), then)
    have = {one.unit for one in rows}
    if not have:
        raise refusals.NoBase(period=then.label)
    missing = [unit for unit in former if unit not in have]
    if missing:
        atlas = registry.atlas()
        names = [atlas.full_name(unit, then.end) or str(unit) for unit in missing]
        raise refusals.BaseIncomplete(period=then.label, missing=", ".join(names))
    if known.measure == "count":
        return _added(row, rows)
    return _of_parts(row, rows, then, former, known)


def _former_units(row: FigureRow, then: Period) -> dict[UUID, Decimal]:
    """Units of the base's day that gave the figure's unit a share of themselves, with it; empty
    where the unit is what it was."""
    atlas = registry.atlas()
    day = then.end
    if not any(h.on > day for h in _ancestry(row.unit, row.map_on)):
        return {}
    units = {row.unit} if atlas.valid(row.unit, day) else set()
    units |= {h.predecessor for h in _ancestry(row.unit, row.map_on)}
    shares = {}
    for unit in units:
        if atlas.valid(unit, day):
            share = dict(atlas.current(unit, row.map_on)).get(row.unit)
            if share:
                shares[unit] = Decimal(str(round(share, 9)))
    order = sorted(shares, key=lambda u: (atlas.full_name(u, day), str(u)))
    return {unit: shares[unit] for unit in order}


def _ancestry(unit: UUID, until: date) -> list[Any]:
    """Every succession fact up to a day that leads to the unit, however many steps back."""
    atlas = registry.atlas()
    found, waiting, seen = [], [unit], {unit}
    while waiting:
        for heir in atlas.predecessors(waiting.pop()):
            if heir.on > until:
                continue
            found.append(heir)
            if heir.predecessor not in seen:
                seen.add(heir.predecessor)
                waiting.append(heir.predecessor)
    return found


def _published(by: Actor, row: FigureRow, units: Sequence[UUID], period: Period) -> list[FigureRow]:
    """The figure in force of each unit for a period: of the same definition if there is one, then
    of the same document, then the latest."""
    rows = Figure.objects.filter(
        policies.scope(by, READ).where("unit_id"),
        Q(unit_id__in=units, indicator=row.indicator, period=period.label, ended_at=None),
    )
    best: dict[UUID, FigureRow] = {}
    for one in read(rows.order_by("published_at", "id")):
        if one.unit not in best or _nearness(one, row) >= _nearness(best[one.unit], row):
            best[one.unit] = one
    return [best[unit] for unit in units if unit in best]


def _nearness(one: FigureRow, row: FigureRow) -> tuple[bool, bool]:
    return one.definition == row.definition, one.document == row.document


def _added(row: FigureRow, rows: list[FigureRow]) -> Base:
    """Counts of former units on the figure's map, in whole steps of their last printed digit."""
    digits = max(one.digits for one in rows)
    scaled = [int(one.value.scaleb(digits)) for one in rows]
    if max(scaled) > _LARGEST or min(scaled) < 0:
        raise refusals.MapsApart(period=rows[0].period.label, map_on=row.map_on)
    walk = registry.atlas().rebase(row.map_on)
    done = walk.rebase([one.unit for one in rows], [[n] for n in scaled], days=[rows[0].period.end])
    if row.unit not in done.unit_ids:
        raise refusals.MapsApart(period=rows[0].period.label, map_on=row.map_on)
    at = done.unit_ids.index(row.unit)
    value, low, high = (
        Decimal(int(column[at, 0])).scaleb(-digits)
        for column in (done.counts, done.lower, done.upper)
    )
    return Base(value, low, high, digits, tuple(rows), True)


def _of_parts(
    row: FigureRow,
    rows: list[FigureRow],
    then: Period,
    shares: dict[UUID, Decimal],
    known: Indicator,
) -> Base:
    """A rate of former units from the sums of their parts; only where every unit came whole."""
    tops = [one.numerator for one in rows if one.numerator is not None]
    bottoms = [one.denominator for one in rows if one.denominator is not None]
    whole = all(share == 1 for share in shares.values())
    if known.per is None or len(tops) != len(rows) or len(bottoms) != len(rows) or not whole:
        raise refusals.NoPartsToAdd(period=then.label)
    value = rate(sum(tops, Decimal(0)), sum(bottoms, Decimal(0)), known.per)
    if value is None:
        raise refusals.NoPartsToAdd(period=then.label)
    digits = max(one.digits for one in rows)
    return Base(value, value, value, digits, tuple(rows), True)


def _value(row: FigureRow, known: Indicator) -> Value:
    return Value(
        value=row.value,
        start=row.period.start,
        end=row.period.end,
        qualifier=_qualifier([row]),
        completeness=row.completeness,
        definition=_definition([row], row.period, known),
    )


def _base_value(base: Base, then: Period, known: Indicator) -> Value:
    said = [one.completeness for one in base.rows]
    return Value(
        value=base.value,
        start=then.start,
        end=then.end,
        qualifier=_qualifier(base.rows),
        low=base.low,
        high=base.high,
        completeness=min((c for c in said if c is not None), default=None)
        if None not in said
        else None,
        definition=_definition(base.rows, then, known),
    )


def _qualifier(rows: Sequence[FigureRow]) -> Qualifier:
    """Of a sum: about when any part is about, at least when any part is at least."""
    said = {row.qualifier for row in rows}
    return "about" if "about" in said else "at-least" if "at-least" in said else "exact"


def _definition(rows: Sequence[FigureRow], period: Period, known: Indicator) -> str:
    """The definition in force for the period, and how the documents differ from it."""
    general = known.definition(period.end)
    return "|".join([str(general.since) if general else "", *sorted({r.definition for r in rows})])
