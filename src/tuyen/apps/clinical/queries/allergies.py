"""What people do not bear, as their reader may see it.

An entry whose medicine would tell what stands apart is there only where ``clinical.visit.sensitive``
reaches, with its purpose; that such a medicine is not borne is still asked about when it is prescribed.
"""

from collections.abc import Collection
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

import msgspec
from django.db.models import Q

from tuyen.apps.access import policies
from tuyen.apps.access.actors import Actor
from tuyen.apps.clinical.models import Allergy, AllergyStep
from tuyen.apps.clinical.operations import Intolerance
from tuyen.apps.clinical.queries.visits import READ, SENSITIVE, reached
from tuyen.apps.journal.bulk import fetch
from tuyen.apps.registry import queries as registry

_said = msgspec.json.Decoder(Intolerance).decode


class AllergyRow(NamedTuple):
    """Something not borne, or that nothing is known (``against`` "none")."""

    id: UUID
    person: UUID
    unit: UUID
    against: str  # item, class, other, none
    code: str
    name: str
    category: str
    kind: str
    severity: str
    certainty: str
    reaction: str
    since: date | None
    noted_on: date
    note: str
    apart: bool
    state: str  # live, ended
    ended_on: date | None
    how: str
    reason: str
    version: int
    author: UUID | None
    received_at: datetime


class AllergyChange(NamedTuple):
    """What was done to an entry, and what had stood before."""

    allergy: UUID
    what: str  # amended, ended
    reason: str
    author: UUID | None
    at: datetime
    before: Intolerance


_COLUMNS = (
    "id", "person_id", "unit_id", "against", "code", "name", "category", "kind", "severity",
    "certainty", "reaction", "since", "noted_on", "note", "apart", "state", "ended_on", "how",
    "reason", "version", "author_id", "received_at",
)  # fmt: skip


def allergies_of(
    *, by: Actor, person: UUID, ended: bool = False, stands: bool = False
) -> list[AllergyRow]:  # fmt: skip
    """What a person does not bear by every record that stands for them, the gravest first; with what
    ended where that is asked for. Three queries; two where ``person`` is known to be the record that
    ``stands``."""
    root = person if stands else registry.canonical([person])[person]
    records = registry.born_as([root])[root] | {person}
    rows = _readable(Allergy, by).filter(person__id__among=records)
    if not ended:
        rows = rows.filter(state="live")
    grave = {"severe": 0, "moderate": 1, "mild": 2}
    return sorted(
        _rows(rows), key=lambda one: (one.state, grave.get(one.severity, 3), one.noted_on, one.id)
    )


def allergies_by_person(
    *, by: Actor, persons: Collection[UUID]
) -> dict[UUID, list[AllergyRow]]:  # fmt: skip
    """What each of these people does not bear by now: three queries, whatever their number."""
    roots = registry.canonical(persons) if persons else {}
    records = registry.born_as(set(roots.values())) if roots else {}
    root_of = {record: root for root, some in records.items() for record in some}
    found: dict[UUID, list[AllergyRow]] = {}
    if root_of:
        rows = _readable(Allergy, by).filter(person__id__among=set(root_of), state="live")
        for row in _rows(rows.order_by("noted_on", "pk")):
            found.setdefault(root_of[row.person], []).append(row)
    return {person: found.get(root, []) for person, root in roots.items()}


def allergies(*, by: Actor, ids: Collection[UUID]) -> list[AllergyRow]:
    """Entries by their ids, those that ended among them: one query."""
    return _rows(_readable(Allergy, by).filter(pk__among=set(ids)).order_by("noted_on", "pk"))


def allergy_changes(*, by: Actor, ids: Collection[UUID]) -> list[AllergyChange]:
    """What was done to entries after they were recorded, the latest first: one query."""
    rows = _readable(AllergyStep, by).filter(allergy_id__among=set(ids))
    told = rows.order_by("-received_at", "-version", "id").values_list(
        "allergy_id", "what", "reason", "author_id", "received_at", "content"
    )
    return [
        AllergyChange(allergy, what, reason, author, at, _said(content))
        for allergy, what, reason, author, at, content in fetch(told)
    ]


def _readable(model: Any, by: Actor) -> Any:
    apart = policies.scope(by, SENSITIVE)
    open_ = Q(apart=False) | reached(apart) if apart else Q(apart=False)
    return model.objects.filter(reached(policies.scope(by, READ)) & open_)


def _rows(query: Any) -> list[AllergyRow]:
    return [AllergyRow(*row) for row in fetch(query.values_list(*_COLUMNS))]
