"""Where records came from that were filed from a kept resource, as a Provenance shows it."""

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from tuyen.apps.access.actors import Actor
from tuyen.apps.clinical import queries as clinical
from tuyen.apps.exchange import keys
from tuyen.apps.exchange.patients import as_uuid
from tuyen.apps.exchange.subjects import named, patient
from tuyen.apps.exchange.twins import Source, sources
from tuyen.apps.exchange.views import VIEWS, Seen, Subject, View
from tuyen.apps.immunization import queries as immunization

_SOURCES = ("Encounter", "Immunization")
_TERMS = "http://terminology.hl7.org/CodeSystem"


def of_person(by: Actor, subject: Subject) -> list[Seen]:
    """Where the records of a person came from that were filed."""
    return _provenance(by, {subject.person: subject.fhir_id})


def by_ids(by: Actor, ids: Sequence[str]) -> list[Seen]:
    """By the id of the record that was filed."""
    wanted = {id for text in ids if (id := as_uuid(text))}
    if not wanted:
        return []
    people = {row.person for row in clinical.visits(by=by, ids=wanted).values()}
    people |= {row.person for row in immunization.doses_by_ids(by=by, ids=sorted(wanted))}
    seen = _provenance(by, named(by, people)) if people else []
    return [each for each in seen if each.content["id"] in ids]


VIEWS["Provenance"] = View(of_person, by_ids)


def _provenance(by: Actor, subjects: dict[UUID, str]) -> list[Seen]:
    kept = [each for type in _SOURCES for each in sources(by, type, subjects)]
    records = {id: each for each in kept for id in _records(each)}
    if not records:
        return []
    visits = clinical.visits(by=by, ids=records)
    doses = immunization.doses_by_ids(by=by, ids=sorted(records))
    there: Iterable[tuple[UUID, UUID | None, Any]] = [
        *((row.id, row.author, row.began_at) for row in visits.values()),
        *((row.id, row.author, row.received_at) for row in doses),
    ]
    return [_told(records[id], id, author, subjects) for id, author, _at in there]


def _records(source: Source) -> list[UUID]:
    if source.type == "Encounter":
        return keys.tries("Encounter", source.fhir_id)
    return keys.doses(source.fhir_id)


def _told(source: Source, record: UUID, author: UUID | None, subjects: dict[UUID, str]) -> Seen:
    who = {"reference": f"Practitioner/{author}"} if author else {"display": "Tuyến"}
    content = {
        "resourceType": "Provenance",
        "id": str(record),
        "target": [{"reference": f"{source.type}/{record}"}, patient(subjects[source.person])],
        "recorded": source.updated_at.isoformat(timespec="seconds"),
        "activity": {"coding": [{"system": f"{_TERMS}/v3-DataOperation", "code": "CREATE"}]},
        "agent": [{"who": who}],
        "entity": [
            {
                "role": "source",
                "what": {"reference": f"{source.type}/{source.fhir_id}/_history/{source.version}"},
            }
        ],
    }
    return Seen(content, source.updated_at, source.person)
