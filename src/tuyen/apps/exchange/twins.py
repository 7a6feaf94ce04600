"""Records of this system that were filed from a kept resource: shown once, as what came in."""

from collections.abc import Collection
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from tuyen.apps.access.actors import Actor
from tuyen.apps.exchange import keys
from tuyen.apps.exchange.care_in import PARTS
from tuyen.apps.exchange.models import Resource, Token
from tuyen.apps.exchange.scopes import visible
from tuyen.apps.exchange.views import Seen
from tuyen.apps.journal.bulk import fetch
from tuyen.rules.exchange.fhir_types import fhir_types

_PANELS = {"85354-9", "55284-4"}
"""Two codes of LOINC for one thing: a blood pressure of both its values."""


class Source(NamedTuple):
    """A kept resource that may be filed."""

    id: UUID
    type: str
    fhir_id: str
    version: int
    updated_at: datetime
    person: UUID


def once(by: Actor, type: str, views: list[Seen]) -> list[Seen]:
    """Views of a type without those that say again what a kept resource says which the reader may
    read. What was added at the desk is said nowhere else, and stays. Three queries at most."""
    if type not in ("Encounter", "Immunization", *PARTS) or not views:
        return views
    people = {view.person for view in views if view.person is not None}
    if type == "Immunization":
        kept = sources(by, "Immunization", people)
        doses = {str(dose) for source in kept for dose in keys.doses(source.fhir_id)}
        return [view for view in views if view.content["id"] not in doses]
    kept = sources(by, "Encounter", people)
    of = {
        str(visit): source.fhir_id
        for source in kept
        for visit in keys.tries("Encounter", source.fhir_id)
    }
    mine = {of[visit] for view in views if (visit := view.content["id"][:36]) in of}
    if not mine:
        return views
    if type == "Encounter":
        return [view for view in views if view.content["id"] not in of]
    told = _codes(by, type, mine)
    return [
        view
        for view in views
        if not _said(view.content) & told.get(of.get(view.content["id"][:36], ""), set())
    ]


def sources(by: Actor, type: str, people: Collection[UUID]) -> list[Source]:
    """The kept resources of a type that are about some people: one query."""
    rows = Resource.objects.filter(
        visible(by, [fhir_types()[type]]), person__id__among=set(people), deleted=False, type=type
    )
    columns = ("id", "type", "fhir_id", "version", "updated_at", "person_id")
    return [Source(*row) for row in fetch(rows.values_list(*columns))]


def _codes(by: Actor, type: str, encounters: Collection[str]) -> dict[str, set[str]]:
    """The codes of the kept resources of a type, by their encounter."""
    kept = Resource.objects.filter(
        visible(by, [fhir_types()[type]]), type=type, encounter__in=set(encounters), deleted=False
    )
    rows = Token.objects.filter(resource__in=kept.values("pk"), param="code")
    found: dict[str, set[str]] = {}
    for encounter, code in rows.values_list("resource__encounter", "code"):
        found.setdefault(encounter, set()).add(code)
        if code in _PANELS:
            found[encounter] |= _PANELS
    return found


def _said(content: dict[str, Any]) -> set[str]:
    concepts = [content.get("code"), content.get("medicationCodeableConcept")]
    concepts += [part.get("code") for part in content.get("component", ())]
    return {
        coding["code"]
        for concept in concepts
        if isinstance(concept, dict)
        for coding in concept.get("coding", ())
    }
