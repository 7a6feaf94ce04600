"""The allowances of a unit and month: as they would be now, or as they were kept."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import NamedTuple
from uuid import UUID

from tuyen.apps.access import policies
from tuyen.apps.access import queries as access
from tuyen.apps.access.actors import Actor
from tuyen.apps.workforce import paying, places, rostering
from tuyen.apps.workforce.models import Due, Sheet
from tuyen.apps.workforce.operations import PLAN
from tuyen.apps.workforce.queries.people import READ


class DueRow(NamedTuple):
    """What is due for a day (or a month of the village network): rate × times + meal = amount."""

    day: date
    what: str
    work: str
    rate: Decimal
    times: Decimal
    because: str
    meal: Decimal
    amount: Decimal
    beside: tuple[str, ...]


class PersonDue(NamedTuple):
    member: UUID
    name: str
    rows: Sequence[DueRow]

    @property
    def amount(self) -> Decimal:
        return sum((row.amount for row in self.rows), Decimal(0))


class SheetPage(NamedTuple):
    """``state``: "" while nobody prepared it, prepared, closed. ``now``: what it would come to today, where
    that differs from what is kept; ``own``: the reader prepared it, and does not close it."""

    unit: UUID
    unit_name: str
    month: date
    id: UUID | None
    state: str
    people: Sequence[PersonDue]
    total: Decimal
    now: Decimal
    elsewhere: int
    unpaid: int
    ended: bool
    prepared_by: str
    prepared_on: date | None
    closed_by: str
    closed_on: date | None
    own: bool


def sheet(*, by: Actor, unit: UUID, month: date, on: date) -> SheetPage | None:
    """The sheet of a unit and month, of the days before ``on``; None out of reach. Thirteen queries."""
    first = month.replace(day=1)
    if not (policies.may(by, PLAN, unit) or policies.may(by, READ, unit)) or not places.works(
        unit, first
    ):
        return None
    row = Sheet.objects.filter(unit_id=unit, month=first).exclude(state="void").first()
    found = paying.worth([(unit, first)], on)[unit, first]
    if row is not None:
        dues = Due.objects.filter(sheet_id=row.pk).order_by("member_id", "day", "what")
        told = [
            (
                d.member_id,
                DueRow(d.day, d.what, d.work, d.rate, d.times, d.because, d.meal, d.amount, ()),
            )
            for d in dues
        ]
    else:
        told = [
            (line.person, DueRow(line.day, what, line.work, line.rate, line.times, line.because, line.meal,
                                 line.amount, line.beside))
            for what, lines in (("day", found.lines), ("village", found.village)) for line in lines
        ]  # fmt: skip
    people: dict[UUID, list[DueRow]] = {}
    for member, due in told:
        people.setdefault(member, []).append(due)
    names = paying.names(people)
    hands = access.names({row.prepared_by_id, row.closed_by_id} if row else set())
    rows = [PersonDue(member, names.get(member, ""), each) for member, each in people.items()]
    return SheetPage(
        unit, places.name(unit, first), first, row.pk if row else None, row.state if row else "",
        sorted(rows, key=lambda one: (one.name, str(one.member))),
        row.total if row else found.total, found.total, found.elsewhere, found.unpaid,
        rostering.last_day(first) < on, hands.get(row.prepared_by_id, "") if row else "",
        row.prepared_on if row else None,
        hands.get(row.closed_by_id, "") if row and row.closed_on else "", row.closed_on if row else None,
        bool(row and by.user is not None and row.prepared_by_id == by.user),
    )  # fmt: skip
