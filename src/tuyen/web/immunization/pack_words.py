"""The words of schedules: rows, fields, kinds of change and states, in the reader's language."""

import re

from django.utils.translation import get_language, gettext, npgettext
from django.utils.translation import gettext_lazy as _

from tuyen.engines.immunization.differences import EVERY, Difference
from tuyen.rules.immunization import lists, schedules
from tuyen.web.surveillance.words import Words

FIELD: Words = {
    "minimum_age": _("Least age"),
    "recommended_age": _("Recommended age"),
    "late_age": _("Late from the age of"),
    "maximum_age": _("Not any more from the age of"),
    "minimum_interval": _("Least interval"),
    "recommended_interval": _("Recommended interval"),
    "late_interval": _("Late after an interval of"),
    "grace": _("Grace, days"),
    "one_month": _("“One month” between two doses, days"),
    "invalid_date": _("A day that the month does not have becomes"),
    "month_end": _("From the last day of a month"),
    "apart": _("Least time between two live vaccines"),
    "listed": _("Listed by the act"),
}
CHOICE: Words = {
    "next-month": _("the 1st of the next month"),
    "month-end": _("the last day of the month"),
    "same-day": _("the same day of the month"),
    "stay-last": _("the last day again"),
    "listed": _("yes"),
    "": _("not stated"),
}
CELL: Words = {
    "kind": _("Who is called"),
    "genders": _("For which sex"),
    "grace_days": FIELD["grace"],
    "ages.minimum": FIELD["minimum_age"],
    "ages.absolute_minimum": _("Least age that counts"),
    "ages.earliest": FIELD["recommended_age"],
    "ages.latest": FIELD["late_age"],
    "ages.maximum": FIELD["maximum_age"],
    "intervals.minimum": FIELD["minimum_interval"],
    "intervals.absolute_minimum": _("Least interval that counts"),
    "intervals.earliest": FIELD["recommended_interval"],
    "intervals.latest": FIELD["late_interval"],
    "preferable": _("Vaccine that is given"),
    "allowable": _("Vaccines that count"),
    "calendar.invalid_date": FIELD["invalid_date"],
    "calendar.month_end": FIELD["month_end"],
    "ends": FIELD["apart"],
}
KIND: Words = {
    "called": _("Now called"),
    "released": _("Not called any more"),
    "reopened": _("Complete before, now a dose to come"),
    "completed": _("Now complete"),
    "earlier": _("Next dose earlier"),
    "later": _("Next dose later"),
    "doses": _("Other doses count"),
    "other": _("Other dates or status"),
}
STATUS: Words = {
    "not_complete": _("dose to come"),
    "complete": _("complete"),
    "aged_out": _("too old"),
    "not_recommended": _("not recommended"),
    "contraindicated": _("contraindicated"),
    "immune": _("immune"),
    "": _("nobody calls"),
}
CALLED: Words = {
    "standard": _("everybody whom it is meant for"),
    "evaluation": _("nobody; doses are judged"),
    "risk": _("those at risk"),
}
CONFIDENCE: Words = {
    "H": _("read in the act"),
    "M": _("read about it"),
    "L": _("inferred, or a proposal"),
}
STATE: Words = {
    "in-force": _("In force"),
    "earlier": _("Earlier"),
    "to-come": _("To come"),
    "waits": _("Waits to be activated"),
}
TONE = {"in-force": "good", "earlier": "plain", "to-come": "calm", "waits": "warn"}
CONFIDENCE_TONE = {"H": "good", "M": "calm", "L": "warn"}
_SPAN = re.compile(r"(-?\s?\d+) (day|week|month|year)s?")


def language() -> str:
    """The reader's language as names are asked for: vi, en or zh."""
    return (get_language() or "vi").split("-")[0]


def pack(code: str) -> str:
    """The name of a schedule; its code if it is gone."""
    try:
        return schedules.regime(code).names.of(language())
    except KeyError:
        return code


def group(name: str) -> str:
    """The name of a vaccine group."""
    known = schedules.group_names().get(name)
    return known.of(language()) if known else name


def row(name: str) -> str:
    """The row of a figure: a vaccine and the dose of the row, or what kind of row it is."""
    vaccine = schedules.vaccine_of(name)
    if vaccine is not None:
        known = lists.vaccines()[vaccine].names.of(language())
        number = name.rsplit(" ", 1)[1]
        return gettext("{vaccine}, dose {n}").format(vaccine=known, n=number)
    if name.startswith("group "):
        return group(name.removeprefix("group "))
    return {
        "parameters": gettext("How days are counted"),
        "conflict live": gettext("Live vaccines"),
    }.get(name, name)


def value(said: str) -> str:
    """A figure as words: an age or an interval in the reader's units, or a choice."""
    if said in CHOICE:
        return str(CHOICE[said])
    return _SPAN.sub(_in_words, said)


def cell(one: Difference) -> tuple[str, str, str, str, str]:
    """A difference as (group, row, field, before, after)."""
    where = gettext("every group") if one.group == EVERY else group(one.group)
    place = row(one.row)
    if match := re.fullmatch(r"(.+) · dose (\d+)", one.row):
        place = gettext("dose {n}").format(n=match[2])
    elif one.field in ("kind", "genders"):
        place = "–"
    field = str(CELL.get(one.field, one.field))
    return where, place, field, _side(one.field, one.before), _side(one.field, one.after)


def _side(field: str, said: str) -> str:
    if field == "kind" and said in CALLED:
        return str(CALLED[said])
    if field in ("preferable", "allowable"):
        known = lists.by_cvx()
        codes = [code.strip() for code in said.split(",") if code.strip()]
        return (
            ", ".join(known[code].names.of(language()) if code in known else code for code in codes)
            or "–"
        )
    return value(said) if said else "–"


def _in_words(match: re.Match[str]) -> str:
    n = int(match[1].replace(" ", ""))
    return {
        "day": npgettext("span", "{n} day", "{n} days", n),
        "week": npgettext("span", "{n} week", "{n} weeks", n),
        "month": npgettext("span", "{n} month", "{n} months", n),
        "year": npgettext("span", "{n} year", "{n} years", n),
    }[match[2]].format(n=n)
