"""Rounds of vitamin A and deworming: which children are due, who was given, by village and commune."""

from datetime import date, timedelta
from typing import NamedTuple
from uuid import UUID

from tuyen.apps.access import policies, walls
from tuyen.apps.access.actors import Actor
from tuyen.apps.clinical.models import Supplement
from tuyen.apps.clinical.queries.mothers import READ
from tuyen.apps.journal.bulk import fetch
from tuyen.apps.registry import queries as registry
from tuyen.engines.clinical.growth import months
from tuyen.rules.clinical import nutrition

BEFORE = timedelta(days=30)
"""A dose so long before a round counts for it: nobody is given it twice within a month."""


class DueRow(NamedTuple):
    """A child of a round: ``dose`` what its age gets on the day, ``given_on`` when it was given."""

    person: UUID
    name: str
    born_on: date
    months: int
    dose: nutrition.Dose
    given_on: date | None


class RoundRow(NamedTuple):
    """A village, or a commune for those who live in none of its villages."""

    place: UUID
    name: str
    due: int
    given: int


def round_places(*, by: Actor, what: nutrition.Supplement, on: date) -> list[RoundRow]:
    """The places within the reader's reach with children of the round, by name; a constant number of
    queries."""
    policies.check(by, READ)
    found = _children(by, what, on)
    given = _given(what, on, set(found))
    map_ = registry.atlas()
    rows: dict[UUID, list[int]] = {}
    for person, (place, _born) in found.items():
        row = rows.setdefault(place, [0, 0])
        row[0] += 1
        row[1] += person in given
    named = [RoundRow(place, map_.full_name(place, on), *row) for place, row in rows.items()]
    return sorted(named, key=lambda row: (row.name, str(row.place)))


def round_children(*, by: Actor, what: nutrition.Supplement, on: date, place: UUID) -> list[DueRow]:
    """The children of a round who live in a place: those who still wait first. A constant number of
    queries."""
    policies.check(by, READ)
    found = {id: born for id, (at, born) in _children(by, what, on).items() if at == place}
    given = _given(what, on, set(found))
    people = registry.people(by=by, ids=set(found)) if found else {}
    rows = []
    for id, born in found.items():
        age = months(born, on)
        dose = nutrition.dose(what, age, on)
        if id in people and dose is not None:
            rows.append(DueRow(id, people[id].name, born, age, dose, given.get(id)))
    return sorted(rows, key=lambda row: (row.given_on is not None, row.name, str(row.person)))


def _children(by: Actor, what: nutrition.Supplement, on: date) -> dict[UUID, tuple[UUID, date]]:
    """Children alive whose age on the day gets anything: (place, birth)."""
    low, high = nutrition.span(what, on)
    oldest = on.year * 12 + on.month - 2 - high  # the month in which the oldest may be born
    found = registry.born_since(by=by, day=date(oldest // 12, oldest % 12 + 1, 1))
    return {
        id: (vital.place, vital.born_on)
        for id, vital in found.items()
        if vital.here and vital.place is not None and vital.born_on <= on
        and low <= months(vital.born_on, on) <= high
    }  # fmt: skip


@walls.whole("whoever gave it, a child is not given it twice in a round")
def _given(what: nutrition.Supplement, on: date, people: set[UUID]) -> dict[UUID, date]:
    """When each of these people was given it for the round of a day, by whichever record."""
    if not people:
        return {}
    begin = nutrition.round_of(what, on).first - BEFORE
    rows = Supplement.objects.filter(what=what, on__gte=begin, on__lte=on)
    told = list(fetch(rows.order_by("on", "id").values_list("person_id", "on")))
    stands = registry.canonical({person for person, _ in told}) if told else {}
    return {stands[person]: day for person, day in told if stands[person] in people}
