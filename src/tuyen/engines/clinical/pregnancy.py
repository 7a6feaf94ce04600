"""A pregnancy by the day: how far it is, which contacts it asks for, and who is late.

Naegele's rule: the day of birth is expected 280 days after the first day of the last period.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import NamedTuple

TERM_DAYS = 280
FIRST_TRIMESTER_DAYS = 14 * 7  # the first three months: up to 13 weeks and 6 days
SECOND_TRIMESTER_DAYS = 28 * 7
POSTPARTUM_DAYS = 42


def expected(lmp: date) -> date:
    """The day on which the birth is expected.

    >>> expected(date(2026, 1, 1))
    datetime.date(2026, 10, 8)
    """
    return lmp + timedelta(days=TERM_DAYS)


def begun(edd: date) -> date:
    """The first day of the last period that an expected day of birth stands for."""
    return edd - timedelta(days=TERM_DAYS)


class Gestation(NamedTuple):
    weeks: int
    days: int


def gestation(begun_on: date, on: date) -> Gestation:
    """Completed weeks and days; negative weeks before it began."""
    return Gestation(*divmod((on - begun_on).days, 7))


def trimester(begun_on: date, on: date) -> int:
    """1, 2 or 3."""
    days = (on - begun_on).days
    return 1 if days < FIRST_TRIMESTER_DAYS else 2 if days < SECOND_TRIMESTER_DAYS else 3


class Slot(NamedTuple):
    """A contact of a schedule, in days since the beginning: wanted on ``due``, counted within
    ``first`` to ``last``."""

    key: str
    first: int
    due: int
    last: int


class Place(NamedTuple):
    """A slot as it stands. ``on`` is the day of the contact that filled it."""

    key: str
    due: date
    until: date
    on: date | None
    state: str  # done, missed, due (its time is now), ahead


class Standing(NamedTuple):
    """A schedule as it stands: ``next`` is what is wanted next (None: nothing any more), and
    ``late_days`` how long that has been waited for."""

    places: tuple[Place, ...]
    next: Place | None
    late_days: int

    @property
    def done(self) -> int:
        return sum(place.on is not None for place in self.places)


def standing(
    slots: Sequence[Slot], begun_on: date, contacts: Collection[date], on: date
) -> Standing:
    """Put contacts into the slots of a schedule and say what is wanted next.

    A contact fills the first empty slot whose time it falls into, so two contacts of one month are
    one where the schedule asks for one. Slots before the last filled one are over. Next is the first
    slot after it whose time has not passed; where all of a late woman's slots so far have passed, she
    has been late since the first of them.
    """
    filled: dict[int, date] = {}
    for day in sorted(set(contacts)):
        if day > on:
            continue
        since = (day - begun_on).days
        for n, slot in enumerate(slots):
            if n not in filled and slot.first <= since <= slot.last:
                filled[n] = day
                break
    after = max(filled, default=-1) + 1
    age = (on - begun_on).days
    places = []
    for n, slot in enumerate(slots):
        due, until = begun_on + timedelta(days=slot.due), begun_on + timedelta(days=slot.last)
        if n in filled:
            state = "done"
        elif n < after or slot.last < age:
            state = "missed"
        else:
            state = "due" if slot.first <= age else "ahead"
        places.append(Place(slot.key, due, until, filled.get(n), state))
    left = [place for place in places[after:] if place.state in ("due", "ahead")]
    waited = min((place.due for place in places[after:] if place.on is None), default=None)
    late = max(0, (on - waited).days) if waited is not None and left else 0
    return Standing(tuple(places), left[0] if left else None, late)


def four_in_three(begun_on: date, contacts: Collection[date], ended_on: date) -> bool:
    """Whether a woman was seen at least four times in the three periods: once in the first three
    months, once in the middle, twice in the last (QĐ 4128/QĐ-BYT 2016)."""
    seen = [
        trimester(begun_on, day) for day in set(contacts) if begun_on <= day <= ended_on
    ]  # fmt: skip
    return seen.count(1) >= 1 and seen.count(2) >= 1 and seen.count(3) >= 2


class Sign(NamedTuple):
    """A danger sign: an answer that was given, or a measure beyond a limit."""

    key: str
    urgent: bool
    measure: str = ""  # "": an answer of the same key
    at_least: Decimal | None = None
    below: Decimal | None = None
    covers: str = ""  # the lesser sign that need not be told beside it


def danger(
    signs: Sequence[Sign], measured: Mapping[str, Decimal], answered: Collection[str]
) -> tuple[str, ...]:
    """Keys of the signs that are there, the urgent ones first.

    >>> danger([Sign("pressure", True, "systolic", Decimal(140))], {"systolic": Decimal(150)}, ())
    ('pressure',)
    """
    there = [sign for sign in signs if _is_there(sign, measured, answered)]
    covered = {sign.covers for sign in there}
    found = dict.fromkeys(
        sign.key
        for sign in sorted(there, key=lambda one: not one.urgent)
        if sign.key not in covered
    )
    return tuple(found)


def _is_there(sign: Sign, measured: Mapping[str, Decimal], answered: Collection[str]) -> bool:
    if not sign.measure:
        return sign.key in answered
    value = measured.get(sign.measure)
    if value is None:
        return False
    high = sign.at_least is not None and value >= sign.at_least
    low = sign.below is not None and value < sign.below
    return high or low
