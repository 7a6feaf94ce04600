"""The day that is proposed for the next visit, and why: what a programme declares, or the end of the
drugs, whichever comes first; on a working day."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import NamedTuple

import numpy as np
from django.utils.translation import gettext as _

from tuyen.apps.clinical.queries.mothers import PregnancyRow
from tuyen.engines.clinical import pregnancy as engine
from tuyen.engines.clinical.spans import after
from tuyen.rules.calendar.working_days import UnknownYear, is_working_day
from tuyen.rules.clinical import pregnancy as rules
from tuyen.rules.clinical.programme import CHRONIC, Programme, read_span
from tuyen.web.surveillance.words import language

LONG = 14
"""From so many days of drugs on a prescription is one that goes on."""
SOONEST = 7
"""Days after a contact of a pregnancy before which the next is not proposed."""
ANTENATAL = "antenatal"


class Proposed(NamedTuple):
    """A day (None: none is proposed), the programme that asks for it, and the reason in words."""

    on: date | None = None
    programme: str = ""
    said: str = ""


def proposed(
    on: date, *, age: int, drugs: Iterable[int], programmes: Sequence[Programme],
    values: Mapping[str, Decimal], pregnancy: PregnancyRow | None = None,
) -> Proposed:  # fmt: skip
    """The earliest of the days that are asked for, with all of them in words.

    Parameters
    ----------
    age
        Completed years.
    drugs
        Days for which each drug lasts.
    values
        The latest value of each measure, by which some programmes ask to come sooner.
    """
    asked = [
        (working(day, on), one.key, one.names.of(language()), day)
        for one in programmes
        if (day := _due(one, on, age, values)) is not None
    ]
    if pregnancy is not None:
        day = _antenatal(pregnancy, on)
        if day is not None:
            asked.append((working(day, on), ANTENATAL, _("antenatal care"), day))
    longest = max(drugs, default=0)
    if longest >= LONG:
        day = on + timedelta(days=longest)
        words = _("{n} days of drugs").format(n=longest)
        asked.append((working(day, on), "", words, day))
    if not asked:
        return Proposed(said=_("Leave it empty where no visit is agreed."))
    asked.sort(key=lambda one: (one[0], one[1] == ""))
    told = "; ".join(f"{words}: {day:%d/%m/%Y}" for _w, _key, words, day in asked)
    said = told + "."
    if len(asked) > 1:
        said += " " + _("The earlier one is proposed.")
    if asked[0][0] != asked[0][3]:
        said += " " + _("Moved to the working day before.")
    key = next((one[1] for one in asked if one[1]), "")
    return Proposed(asked[0][0], key, said)


def working(day: date, on: date) -> date:
    """The day, or the working day before it; never as early as the visit."""
    found = day
    try:
        while not is_working_day(found) and found > on + timedelta(days=1):
            found -= timedelta(days=1)
    except UnknownYear:  # holidays of a year to come are not published yet
        return day
    return found


def _due(one: Programme, on: date, age: int, values: Mapping[str, Decimal]) -> date | None:
    """When a programme whose people come again and again asks for them."""
    if one.kind != CHRONIC:
        return None
    contacts = one.contacts(on)
    every = contacts.every
    for other in contacts.instead:
        fits = not other.any or any(
            limit.what in values and limit.holds(float(values[limit.what])) for limit in other.any
        )
        if other.ages.since <= age <= other.ages.to and fits:
            every = other.every
            break
    span = read_span(every)
    found: date = after(np.datetime64(on), span.months, span.days).item()
    return found


def _antenatal(row: PregnancyRow, on: date) -> date | None:
    """The contact of the schedule after the one of today; None where none is left."""
    slots = [engine.Slot(*one) for one in rules.schedule("national", on)]
    days = [one.on for one in row.contacts if not one.after_birth] + [on]
    place = engine.standing(slots, row.begun_on, days, on).next
    return max(place.due, on + timedelta(days=SOONEST)) if place is not None else None
