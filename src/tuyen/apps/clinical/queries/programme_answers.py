"""What was answered to a programme that stands apart, visit by visit."""

from collections.abc import Collection
from datetime import date
from typing import NamedTuple
from uuid import UUID

from tuyen.apps.access import policies
from tuyen.apps.access.actors import Actor
from tuyen.apps.clinical.models import SensitiveContact, SensitiveEnrolment
from tuyen.apps.clinical.programme_standing import told
from tuyen.apps.clinical.queries.visits import SENSITIVE
from tuyen.apps.journal.bulk import fetch
from tuyen.apps.registry import queries as registry


class Answers(NamedTuple):
    """The answers of one visit to the form of a programme, as text."""

    visit: UUID
    on: date
    fields: dict[str, str]


def answers_of(
    *, by: Actor, persons: Collection[UUID], programmes: Collection[str]
) -> dict[tuple[UUID, str], list[Answers]]:
    """By person (as asked) and programme, the oldest first; empty without the right to what stands
    apart, with its purpose. Four queries at most."""
    scope = policies.scope(by, SENSITIVE)
    if not persons or not scope:
        return {}
    roots = registry.canonical(persons)
    records = registry.born_as(set(roots.values()))
    home: dict[UUID, set[UUID]] = {}
    for asked, root in roots.items():
        for record in records[root]:
            home.setdefault(record, set()).add(asked)
    rows = SensitiveEnrolment.objects.filter(
        scope.where("unit_id") | scope.where("place_id"),
        person__id__among=set(home), programme__in=list(programmes),
    )  # fmt: skip
    held = {
        id: (person, key)
        for id, person, key in fetch(rows.values_list("pk", "person_id", "programme"))
    }
    if not held:
        return {}
    contacts = SensitiveContact.objects.filter(enrolment_id__among=set(held)).order_by(
        "at", "visit_id"
    )
    found: dict[tuple[UUID, str], list[Answers]] = {}
    for enrolment, visit, on, values in fetch(
        contacts.values_list("enrolment_id", "visit_id", "day", "values")
    ):
        person, key = held[enrolment]
        said = {
            name.removeprefix("answer."): _text(value)
            for name, value in told(values).items()
            if name.startswith("answer.")
        }
        for asked in home[person] if said else ():
            found.setdefault((asked, key), []).append(Answers(visit, on, said))
    return found


def _text(value: float | str) -> str:
    return value if isinstance(value, str) else f"{value:g}"
