"""What was spent on a person in a year, by what the forms of a programme say of it."""

from collections.abc import Collection, Mapping
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

from tuyen.apps.clinical.declared import tables
from tuyen.apps.clinical.operations import Content
from tuyen.apps.clinical.programme_standing import told
from tuyen.apps.journal.bulk import fetch
from tuyen.rules.clinical.answers import read_form
from tuyen.rules.clinical.programme import Programme, programmes
from tuyen.rules.clinical.programme_parts import Spending


class Spent(NamedTuple):
    """Money (VND) of a visit for a person."""

    person: UUID
    visit: UUID
    amount: int


def capped(on: date) -> dict[str, tuple[Programme, Spending, int]]:
    """The programmes whose spending has a cap on a day, by key."""
    found = {}
    for key, one in programmes().items():
        spending, cap = one.spending(on), one.cap(on)
        if spending is not None and cap is not None:
            found[key] = one, spending, cap
    return found


def asked(content: Content, on: date) -> dict[str, int]:
    """What a visit spends of each programme with a cap; nothing of what counts for none."""
    found = {}
    held = capped(on) if content.answered else {}
    for answer in content.answered:
        if answer.programme in held:
            one, spending, _ = held[answer.programme]
            fields, _wrong = read_form(one, answer.fields)
            amount = counted(spending, {f"answer.{name}": value for name, value in fields.items()})
            if amount:
                found[answer.programme] = amount
    return found


def counted(spending: Spending, values: Mapping[str, Any]) -> int:
    """What of a contact's values counts against the cap."""
    amount = values.get(f"answer.{spending.what}")
    counts = all(values.get(f"answer.{name}") in told for name, told in spending.when.items())
    return round(amount) if counts and isinstance(amount, (int, float)) else 0


def spent_on(key: str, people: Collection[UUID], first: date, last: date) -> list[Spent]:
    """What the visits of a span of days spent on people, by the records named: two queries."""
    one = programmes()[key]
    held = tables(one)
    rows = held.enrolments.objects.filter(programme=key, person__id__among=set(people))
    whose = dict(fetch(rows.values_list("id", "person_id")))
    if not whose:
        return []
    lines = held.contacts.objects.filter(
        enrolment_id__among=set(whose), day__gte=first, day__lte=last
    )
    return [
        Spent(whose[enrolment], visit, amount)
        for enrolment, visit, day, values in fetch(
            lines.values_list("enrolment_id", "visit_id", "day", "values")
        )
        if (spending := one.spending(day)) is not None
        and (amount := counted(spending, told(values)))
    ]
