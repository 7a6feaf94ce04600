"""By which id FHIR knows a person of the register."""

from collections.abc import Collection
from typing import Any
from uuid import UUID

from tuyen.apps.access.actors import Actor
from tuyen.apps.exchange.models import Resource
from tuyen.apps.exchange.scopes import visible
from tuyen.rules.exchange.fhir_types import fhir_types


def named(by: Actor, people: Collection[UUID]) -> dict[UUID, str]:
    """The id of the patient who came in, the latest where there are several, or else the person's
    own. One query."""
    held = Resource.objects.filter(
        visible(by, [fhir_types()["Patient"]]), person__in=people, deleted=False
    ).order_by("seq")
    own = {person: str(person) for person in people}
    return own | dict(held.values_list("person_id", "fhir_id"))


def coded(system: str, code: str, display: str = "") -> dict[str, Any]:
    """A CodeableConcept of one coding."""
    coding = {"system": system, "code": code} | ({"display": display} if display else {})
    return {"coding": [coding]} | ({"text": display} if display else {})


def patient(id: str) -> dict[str, str]:
    return {"reference": f"Patient/{id}"}
