"""What the insurer asks of a patient, for who mends it at a claim."""

from datetime import date
from typing import NamedTuple
from uuid import UUID

from tuyen.apps.access import policies
from tuyen.apps.access.actors import Actor
from tuyen.apps.claims.models import Claim, PatientFacts
from tuyen.apps.registry import queries as registry

READ = "claims.claim.read"


class Card(NamedTuple):
    """A card on record, and whether it holds on the day that the visit ended."""

    card: str
    since: date | None
    until: date | None
    facility: UUID | None
    holds: bool


class PatientPage(NamedTuple):
    """A patient as claims name one: facts that were told, and the cards on record."""

    person: UUID
    name: str
    born_on: date
    unit: UUID
    day: date
    nationality: str
    occupation: str
    area: str
    five_years_on: date | None
    exempt_from: date | None
    cards: tuple[Card, ...]


def patient(*, by: Actor, claim: UUID) -> PatientPage | None:
    """The patient of a claim; None where the reader may read one of them not."""
    held = Claim.objects.filter(policies.scope(by, READ).where("unit_id"), pk=claim).first()
    if held is None:
        return None
    id = registry.canonical([held.person_id])[held.person_id]
    person = registry.people(by=by, ids=[id]).get(id)
    if person is None:
        return None
    told = PatientFacts.objects.filter(pk=id).first() or PatientFacts()
    covers = registry.covers(by=by, ids=[id]).get(id, [])
    return PatientPage(
        id, person.name, person.born_on, held.unit_id, held.day, told.nationality, told.occupation,
        told.area, told.five_years_on, told.exempt_from,
        tuple(Card(c.card, c.since, c.until, c.facility, c.holds(held.day)) for c in reversed(covers)),
    )  # fmt: skip
