"""A record outside one's own places, in an emergency: found by what a person carries, shown in part."""

from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

from tuyen.apps.access import policies, walls
from tuyen.apps.access import queries as access
from tuyen.apps.access.actors import Actor
from tuyen.apps.registry import queries
from tuyen.kernel.text import fold
from tuyen.rules.access.break_glass import break_glass

OPEN = "access.emergency.open"
FEWEST_DIGITS = 9


class Whose(NamedTuple):
    """Which record, and where its person lives: nothing else is known before the glass is broken."""

    person: UUID
    place: UUID
    own: bool  # of the reader's own places: there is no glass to break


class EmergencyCard(NamedTuple):
    """What an emergency shows of a record; what the rule leaves out is empty."""

    person: UUID
    name: str
    sex: int
    born_on: date
    birth_precision: str
    died_on: date | None
    place: str
    phone: str
    household: str
    insurance: tuple[queries.Insured, ...]
    fields: frozenset[str]


def find_in_emergency(*, by: Actor, text: str, born_on: date | None) -> Whose | None:
    """The one record that a whole number (identity, card) means, or a whole name with a birth date.

    Nothing that is nearly right finds anybody, so nobody is found by trying; None alike when
    nobody or several are meant.
    """
    policies.check(by, OPEN)
    whole = sum(letter.isdigit() for letter in text) >= FEWEST_DIGITS
    if not whole and (born_on is None or len(fold(text).split()) < 2):
        return None
    with walls.whole("whom an exact number or name and birth date mean, in an emergency"):
        asked = text if whole or born_on is None else f"{text} {born_on.year}"
        rows = queries.search_people(by=Actor.program(by.on), text=asked)
    if not whole:
        rows = [row for row in rows if fold(row.name) == fold(text) and row.born_on == born_on]
    if len(rows) != 1 or rows[0].place is None:
        return None
    own = policies.may(by, queries.READ, rows[0].place)
    return Whose(rows[0].id, rows[0].place, own)


def emergency_card(*, by: Actor, person: UUID, at: datetime) -> EmergencyCard | None:
    """A record in the part that an emergency shows, while ``by`` holds it open; else None. The
    door that shows it records the reading."""
    if access.open_emergency(by=by, person=person, at=at) is None:
        return None
    with walls.whole("a record whose glass its reader broke"):
        card = queries.person(by=Actor.program(by.on), id=person)
    if card is None:
        return None
    shown, row = break_glass(at.date()).fields, card.row
    place = ", ".join(filter(None, (row.village, row.commune)))
    return EmergencyCard(
        person, row.name, row.sex, row.born_on, row.birth_precision, row.died_on,
        place if "place" in shown else "", card.phone if "phone" in shown else "",
        row.head if "household" in shown else "",
        card.insurance if "insurance" in shown else (), shown,
    )  # fmt: skip
