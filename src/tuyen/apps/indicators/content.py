"""What may stand in a figure: one judgement for publishing and for correcting."""

import unicodedata
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from difflib import get_close_matches
from typing import Any
from uuid import UUID

from tuyen.apps.indicators import refusals
from tuyen.apps.indicators.operations import Content
from tuyen.engines.indicators.rates import agrees, rate
from tuyen.kernel.operation import Entry
from tuyen.kernel.period import Period
from tuyen.rules.indicators import Indicator, indicator, indicators

MOST_DIGITS, MOST_DECIMALS = 15, 6


@dataclass(frozen=True, slots=True)
class Facts:
    """The content of a figure, checked, as the columns of its row."""

    unit_id: UUID
    map_on: date
    indicator: str
    period: str
    kind: str
    calendar: str
    start: date
    end: date
    value: Decimal
    digits: int
    measure_unit: str
    qualifier: str
    numerator: Decimal | None
    denominator: Decimal | None
    completeness: Decimal | None
    definition: str
    document: str
    dated: date | None

    @property
    def key(self) -> tuple[UUID, str, str, str, str]:
        """What one document says once."""
        return self.unit_id, self.indicator, self.period, self.document, self.definition


def facts(entry: Entry[Any], atlas: Any) -> Facts:
    """The facts of a publication or correction, its unit judged by the dated map ``atlas``.

    Raises the refusal of the first fault.
    """
    said: Content = entry.payload
    known = _known(said.indicator)
    period = Period.parse(said.period)
    _check_period(known, period, said, entry.happened_on)
    if said.measure_unit != known.unit:
        raise refusals.OtherUnit(indicator=known.code, expected=known.unit, value=said.measure_unit)
    digits = _check_number(said.value)
    if known.whole and digits:
        raise refusals.NotWhole(indicator=known.code, value=said.value)
    _check_range(known, said)
    _check_parts(known, said)
    map_on = said.map_on or period.end
    if not atlas.valid(entry.unit, map_on):
        raise refusals.NotOnMap(unit=atlas.full_name(entry.unit) or entry.unit, map_on=map_on)
    return Facts(
        unit_id=entry.unit,
        map_on=map_on,
        indicator=known.code,
        period=period.label,
        kind=period.kind,
        calendar=period.calendar,
        start=period.start,
        end=period.end,
        value=said.value,
        digits=digits,
        measure_unit=said.measure_unit,
        qualifier=said.qualifier,
        numerator=said.numerator,
        denominator=said.denominator,
        completeness=said.completeness,
        definition=_plain(said.definition),
        document=_plain(said.document),
        dated=said.dated,
    )


def _known(code: str) -> Indicator:
    found = indicator(code)
    if found is None:
        near = get_close_matches(code, indicators(), n=3, cutoff=0) or sorted(indicators())[:3]
        raise refusals.UnknownIndicator(value=code, suggestions=", ".join(near))
    return found


def _check_period(known: Indicator, period: Period, said: Content, on: date) -> None:
    if known.definition(period.end) is None:
        since = known.definitions[0].since
        raise refusals.NotDefinedThen(indicator=known.code, period=period.label, since=since)
    if period.start > on:
        raise refusals.NotBegun(period=period.label, start=period.start, on=on)
    if said.dated is not None and said.dated > on:
        raise refusals.DatedLater(dated=said.dated, on=on)


def _check_number(value: Decimal) -> int:
    """The decimals of a number that the store can keep without losing a digit."""
    if not value.is_finite():
        raise refusals.NumberTooLong(value=value)
    _, digits, exponent = value.as_tuple()
    assert isinstance(exponent, int)
    if -exponent > MOST_DECIMALS or len(digits) + max(exponent, 0) > MOST_DIGITS:
        raise refusals.NumberTooLong(value=_shown(value))
    return max(0, -exponent)


def _check_range(known: Indicator, said: Content) -> None:
    low = None if known.signed else 0
    high = None if known.may_exceed else known.per  # all of them, and no more
    if (low is not None and said.value < low) or (high is not None and said.value > high):
        raise refusals.OutOfRange(
            field="value",
            value=said.value,
            low="…" if low is None else low,
            high="…" if high is None else high,
        )
    if said.completeness is not None:
        _check_number(said.completeness)
        if not 0 <= said.completeness <= 1:
            raise refusals.OutOfRange(field="completeness", value=said.completeness, low=0, high=1)


def _check_parts(known: Indicator, said: Content) -> None:
    top, bottom = said.numerator, said.denominator
    if top is None and bottom is None:
        return
    if known.per is None:
        raise refusals.NoPartsExpected(indicator=known.code)
    if top is None or bottom is None:
        raise refusals.OnePartOnly()
    for name, part, least in (("numerator", top, 0), ("denominator", bottom, 1)):
        _check_number(part)
        if part < least:
            raise refusals.OutOfRange(field=name, value=part, low=least, high="…")
    computed = rate(top, bottom, known.per)
    assert computed is not None
    agreed = {
        "exact": agrees(said.value, top, bottom, known.per),
        "at-least": computed >= said.value,
        "about": True,
    }
    if not agreed[said.qualifier]:
        raise refusals.PartsDisagree(
            numerator=top, denominator=bottom, computed=round(computed, 4), value=said.value
        )


def _plain(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).split())


def _shown(value: Decimal) -> str:
    text = str(value)
    return text if len(text) <= 40 else text[:40] + "…"
