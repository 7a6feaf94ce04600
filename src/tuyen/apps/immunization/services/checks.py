"""What must hold of a dose, whoever records it and from whatever."""

from datetime import date, datetime
from itertools import pairwise
from typing import Any
from uuid import UUID

from tuyen.apps.immunization.refusals import (
    AfterDeath,
    BeforeBirth,
    InTheFuture,
    TimesOutOfOrder,
    UnknownFacility,
    UnknownUnit,
)
from tuyen.apps.immunization.sameness import Row
from tuyen.apps.immunization.services.rows import span
from tuyen.apps.registry.queries import Vital
from tuyen.kernel.zone import VIETNAM

_STEPS = ("arrived_at", "screened_at", "injected_at", "left_at")


def check_unit(map_: Any, unit: UUID) -> None:
    if map_.unit(unit) is None:
        raise UnknownUnit(unit=unit)


def check_facility(map_: Any, facility: UUID | None) -> None:
    if facility is not None and map_.unit(facility) is None:
        raise UnknownFacility(value=facility)


def check_day(person: Vital, on: date, precision: str, today: date) -> None:
    """Refuse a day before the birth, after the death or in the future. Of a day that is known by
    its month or year, the whole span has to be."""
    first, last = span(on, precision)
    if last < person.born_on:
        raise BeforeBirth(on=on, born=person.born_on)
    if person.died_on is not None and first > person.died_on:
        raise AfterDeath(on=on, died=person.died_on)
    if first > today:
        raise InTheFuture(on=on, today=today)


def check_times(row: Row) -> None:
    """Refuse moments that do not follow one another, or lie on another day than the dose."""
    told = [row[name] for name in _STEPS if row[name] is not None]
    for earlier, later in pairwise(told):
        if later < earlier:
            raise TimesOutOfOrder(later=_clock(later), earlier=_clock(earlier))
    for at in told:
        if at.astimezone(VIETNAM).date() != row["given_on"]:
            raise TimesOutOfOrder(later=_clock(at), earlier=row["given_on"])


def _clock(at: datetime) -> str:
    return f"{at.astimezone(VIETNAM):%Y-%m-%d %H:%M}"
