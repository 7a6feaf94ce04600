"""Figures in the reader's language: periods, values with their bounds and units, changes."""

from typing import Any

from django.utils.translation import get_language, gettext

from tuyen.apps.indicators.queries import Compared, FigureRow
from tuyen.kernel.period import Period
from tuyen.rules.indicators import Words, indicator, said, unit_words
from tuyen.web.indicators.numbers import written
from tuyen.web.templatetags import figures


def of(words: Words) -> str:
    """Words of a rule, in the language in use."""
    return said(words, get_language() or "vi")


def indicator_name(code: str) -> str:
    known = indicator(code)
    return of(known.name) if known else code


def period_name(period: Period) -> str:
    """ "First half of 2025"; the calendar is said beside it."""
    year, month = period.end.year, period.end.month
    if period.kind == "year":
        return str(year)
    if period.kind == "half":
        first = gettext("First half of %(year)s") % {"year": year}
        return first if month < 7 else gettext("Second half of %(year)s") % {"year": year}
    if period.kind == "nine-months":
        return gettext("First nine months of %(year)s") % {"year": year}
    if period.kind == "quarter":
        return gettext("Quarter %(n)s of %(year)s") % {"n": (month + 2) // 3, "year": year}
    if period.kind == "month":
        return gettext("Month %(n)s of %(year)s") % {"n": month, "year": year}
    return period.label


def calendar_name(calendar: str) -> str:
    return {
        "statistics": gettext("Statistics calendar"),
        "administrative": gettext("Administrative calendar"),
    }[calendar]


def days(period: Period) -> str:
    return f"{figures.day(period.start)} – {figures.day(period.end)}"


def measured(text: str, unit: str) -> str:
    """A written number with its unit."""
    words = of(unit_words(unit))
    return f"{text}{words}" if words == "%" else f"{text} {words}"


def bounded(text: str, qualifier: str) -> str:
    """ "at least 96%", "about 70%": a bound is never shown as a plain number."""
    if qualifier == "at-least":
        return gettext("at least %(value)s") % {"value": text}
    if qualifier == "about":
        return gettext("about %(value)s") % {"value": text}
    return text


def value(row: FigureRow) -> str:
    """A figure as it was printed, with its bound and unit."""
    return bounded(measured(written(row.value, row.digits), row.measure_unit), row.qualifier)


def state(row: FigureRow) -> tuple[str, str]:
    """The state of a version and its tone."""
    return {
        "in-force": (gettext("In force"), "good"),
        "corrected": (gettext("Corrected"), "warn"),
        "void": (gettext("Void"), "bad"),
    }[row.state]


def change(compared: Compared) -> dict[str, Any]:
    """What changed, in words; the certainty goes before the number."""
    found = compared.change
    assert found is not None
    digits = max(compared.row.digits, compared.base.digits if compared.base else 0)
    unit = of(unit_words(compared.row.measure_unit))
    return {
        "amount": figures.change(found.change, digits),
        "unit": gettext("percentage points") if found.points is not None else unit,
        "percent": figures.change(found.percent, 2) + "%" if found.percent is not None else "",
        "direction": {"up": "up", "new": "up", "down": "down", "same": "same"}[found.direction],
        "new": found.direction == "new",
        "certainty": _certainty(compared, digits),
        "flags": [_flag(name) for name in found.flags],
    }


def _certainty(compared: Compared, digits: int) -> str:
    found = compared.change
    assert found is not None
    low, high = figures.change(found.low, digits), figures.change(found.high, digits)
    return {
        "exact": "",
        "at-least": gettext("The change is at least %(low)s: the figure is a lower bound.")
        % {"low": low},
        "at-most": gettext("The change is at most %(high)s: the base is a lower bound.")
        % {"high": high},
        "between": gettext(
            "The change lies between %(low)s and %(high)s: a former unit was split, and nobody"
            " counted its parts."
        )
        % {"low": low, "high": high},
        "about": gettext("The change is approximate, as the figures are."),
        "unknown": gettext("Both figures are bounds, so the change itself is not known."),
    }[found.certainty]


def _flag(name: str) -> str:
    return {
        "completeness-gap": gettext(
            "Reporting was not equally complete in the two periods, so part of the change may be"
            " reporting."
        ),
        "definition-changed": gettext(
            "The two figures are defined differently, so part of the change may be the definition."
        ),
    }[name]
