"""Numbers, dates and ages as each language writes them: ``{% load figures %}``.

A missing value is shown as an en dash, never as zero. Formats come from `tuyen.project.formats`.
"""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django import template
from django.utils import formats, timezone
from django.utils.translation import gettext, ngettext

from tuyen.apps.access import clock

register = template.Library()

Number = int | float | Decimal
MISSING = "–"


@register.filter
def number(value: Number | None, digits: int | None = None) -> str:
    """``1234567.5|number:1`` is 1.234.567,5 in Vietnamese. ``digits`` defaults to 0 for whole
    numbers and 1 for others."""
    if value is None or value == "":
        return MISSING
    if digits is None:
        digits = 0 if float(value) == int(value) else 1
    shown = round(value, digits) if isinstance(value, Decimal) else round(float(value), digits)
    return formats.number_format(shown, digits, use_l10n=True, force_grouping=True)


@register.filter
def percent(share: Number | None, digits: int = 1) -> str:
    """A share of 1 as a percentage: ``0.934|percent`` is 93,4%. 100% is said only when all of it
    is there, and 0% only when none is."""
    if share is None or share == "":
        return MISSING
    shown = round(float(share) * 100, digits)
    step = 10**-digits
    if shown >= 100 > float(share) * 100:
        shown = 100 - step
    if shown <= 0 < float(share):
        shown = step
    if shown == int(shown):
        digits = 0
    return formats.number_format(shown, digits, use_l10n=True, force_grouping=True) + "%"


@register.filter
def change(value: Number | None, digits: int | None = None) -> str:
    """A difference with its sign: ``-38949|change`` is −38.949."""
    if value is None:
        return MISSING
    sign = "+" if value > 0 else "−" if value < 0 else "±"
    return sign + number(-value if value < 0 else value + 0, digits)


@register.filter
def day(value: date | datetime | None) -> str:
    """A date in digits: 07/03/2026."""
    return _dated(value, "SHORT_DATE_FORMAT")


@register.filter
def long_day(value: date | datetime | None) -> str:
    """A date with its month in words, as on a letter."""
    return _dated(value, "DATE_FORMAT")


@register.filter
def month(value: date | str | None) -> str:
    """A month in the reader's words: ``"2026-10"|month`` is October 2026, tháng 10 năm 2026, 2026年10月."""
    if isinstance(value, str) and value:
        try:
            value = date.fromisoformat(f"{value}-01")
        except ValueError:
            return str(value)
    return _dated(value or None, "YEAR_MONTH_FORMAT")


@register.filter
def moment(value: datetime | None) -> str:
    """A date and time in the province's own time: 14:05 07/03/2026."""
    return _dated(value, "SHORT_DATETIME_FORMAT")


@register.filter
def iso(value: Any) -> str:
    """The machine form, for a ``datetime`` attribute."""
    return value.isoformat() if value is not None else ""


@register.filter
def ago(value: date | datetime | None, now: date | datetime | None = None) -> str:
    """How long ago: "today" or "3 days ago" for a date, down to minutes for a datetime."""
    if value is None:
        return MISSING
    if not isinstance(value, datetime):
        today = _day_of(now) if now else clock.today()
        return days_ago((today - value).days)
    until = now if isinstance(now, datetime) else clock.now()
    minutes = int((until - value).total_seconds() // 60)
    if minutes < 1:
        return gettext("just now")
    if minutes < 60:
        return ngettext("%(n)s minute ago", "%(n)s minutes ago", minutes) % {"n": number(minutes)}
    if minutes < 24 * 60:
        hours = minutes // 60
        return ngettext("%(n)s hour ago", "%(n)s hours ago", hours) % {"n": number(hours)}
    return days_ago(minutes // (24 * 60))


@register.filter
def days_ago(days: int) -> str:
    """``0`` is today, ``1`` yesterday, ``-2`` in 2 days."""
    if days == 0:
        return gettext("today")
    if days == 1:
        return gettext("yesterday")
    if days < 0:
        return ngettext("in %(n)s day", "in %(n)s days", -days) % {"n": number(-days)}
    return ngettext("%(n)s day ago", "%(n)s days ago", days) % {"n": number(days)}


def _dated(value: date | datetime | None, name: str) -> str:
    if value is None or value == "":
        return MISSING
    if isinstance(value, datetime) and timezone.is_aware(value):
        value = timezone.localtime(value)
    return formats.date_format(value, name, use_l10n=True)


def _day_of(value: date | datetime) -> date:
    return timezone.localtime(value).date() if isinstance(value, datetime) else value
