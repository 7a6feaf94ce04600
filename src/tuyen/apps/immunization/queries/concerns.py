"""Doses that were given against the rules, and what became of them."""

from collections.abc import Collection
from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

import msgspec

from tuyen.apps.access import policies
from tuyen.apps.access.actors import Actor
from tuyen.apps.immunization.models import Dose, DoseConcern
from tuyen.apps.immunization.refusals.concerns import TOLD
from tuyen.apps.registry import queries as registry
from tuyen.apps.registry.queries import PersonRow
from tuyen.kernel.operation import Outcome

READ = "immunization.dose.read"


class ConcernRow(NamedTuple):
    """Something that speaks against a dose; ``person`` is None where the reader may not read who."""

    id: UUID
    dose: UUID
    person_id: UUID
    person: PersonRow | None
    unit: UUID
    unit_name: str
    vaccine: str
    lot: str
    given_on: date
    said: Outcome
    found_at: datetime
    answer: str
    answered_at: datetime | None


def against(*, by: Actor, doses: Collection[UUID]) -> dict[UUID, list[Outcome]]:
    """What speaks against these doses, which the reader has read already, answered or not: one
    query."""
    policies.check(by, READ)
    found: dict[UUID, list[Outcome]] = {}
    for row in DoseConcern.objects.filter(dose_id__among=set(doses)).order_by("id"):
        found.setdefault(row.dose_id, []).append(_said(row))
    return found


def concerns(*, by: Actor, answered: bool = False, limit: int = 200) -> list[ConcernRow]:
    """What waits to be followed up of the doses that the reader's units recorded, the latest first;
    with ``answered`` what was followed up too. Void doses are left out. Six queries at most; the
    door that shows the names notes the reading."""
    rows = DoseConcern.objects.filter(policies.scope(by, READ).where("unit_id"))
    rows = rows.filter(dose_id__in=Dose.objects.filter(voided_at=None).values("pk"))
    if not answered:
        rows = rows.filter(answered_at=None)
    found = list(rows.order_by("-found_at", "id")[: max(1, min(limit, 1000))])
    people = registry.people(by=by, ids={row.person_id for row in found}) if found else {}
    map_ = registry.atlas()
    return [
        ConcernRow(
            row.pk, row.dose_id, row.person_id, people.get(row.person_id), row.unit_id,
            map_.full_name(row.unit_id, row.given_on), row.vaccine, row.lot, row.given_on,
            _said(row), row.found_at, row.answer, row.answered_at,
        )
        for row in found
    ]  # fmt: skip


def _said(row: DoseConcern) -> Outcome:
    values = msgspec.json.decode(row.values)
    return Outcome(row.code, TOLD.get(row.code, row.code), values)
