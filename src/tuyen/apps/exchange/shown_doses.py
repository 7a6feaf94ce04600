"""Doses and what is due, as FHIR shows them."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from tuyen.apps.access.actors import Actor
from tuyen.apps.exchange.patients import as_uuid
from tuyen.apps.exchange.subjects import coded, named, patient
from tuyen.apps.exchange.views import VIEWS, Seen, Subject, View
from tuyen.apps.immunization import queries as immunization
from tuyen.apps.immunization.queries import Card, DoseRow
from tuyen.apps.registry import queries as registry
from tuyen.rules.immunization import lists

_DUE = {"earliest": "30981-5", "recommended": "30980-7", "past_due": "59778-1"}
_VACCINE, _GROUP, _STATUS = "urn:tuyen:vaccine", "urn:tuyen:vaccine-group", "urn:tuyen:dose-status"


def doses_of(by: Actor, subject: Subject) -> list[Seen]:
    """The doses of a person, void ones among them."""
    held = immunization.doses(by=by, people=[subject.person], void=True)
    rows = [row for rows in held.values() for row in rows]
    return [_dose(row, subject.fhir_id, subject.person) for row in rows]


def doses_by_ids(by: Actor, ids: Sequence[str]) -> list[Seen]:
    wanted = [id for text in ids if (id := as_uuid(text))]
    rows = immunization.doses_by_ids(by=by, ids=wanted) if wanted else []
    known = named(by, {row.person for row in rows}) if rows else {}
    return [_dose(row, known[row.person], row.person) for row in rows]


def due_of(by: Actor, subject: Subject) -> list[Seen]:
    """What a person is due, as it is kept."""
    card = immunization.card(by=by, person=subject.person)
    return [_due(card, subject.fhir_id)] if card is not None and card.groups else []


def due_by_ids(by: Actor, ids: Sequence[str]) -> list[Seen]:
    wanted = [id for text in ids[:20] if (id := as_uuid(text))]
    known = named(by, wanted) if wanted else {}
    return [seen for id in wanted for seen in due_of(by, Subject(id, known[id]))]


VIEWS["Immunization"] = View(doses_of, doses_by_ids)
VIEWS["ImmunizationRecommendation"] = View(due_of, due_by_ids)


def _dose(row: DoseRow, subject: str, person: UUID) -> Seen:
    known = lists.vaccines().get(row.vaccine)
    vaccine = coded(_VACCINE, row.vaccine)
    if known is not None and known.cvx:
        vaccine["coding"].append({"system": "http://hl7.org/fhir/sid/cvx", "code": known.cvx})
    length = {"year": 4, "month": 7}.get(row.precision, 10)
    found: dict[str, Any] = {
        "resourceType": "Immunization",
        "id": str(row.id),
        "status": "entered-in-error" if row.voided_at else "completed",
        "vaccineCode": vaccine,
        "patient": patient(subject),
        "occurrenceDateTime": row.given_on.isoformat()[:length],
        "recorded": row.received_at.isoformat(),
        "primarySource": row.source == "given",
    }
    where = registry.atlas().full_name(row.facility, row.given_on) if row.facility else row.place
    if where:
        found["location"] = {"display": where}
    if row.lot:
        found["lotNumber"] = row.lot
    if row.site:
        found["site"] = {"text": row.site}
    if row.route:
        found["route"] = {"text": row.route}
    if row.vaccinator:
        found["performer"] = [{"actor": {"display": row.vaccinator}}]
    if row.note:
        found["note"] = [{"text": row.note}]
    if row.number:
        found["protocolApplied"] = [{"doseNumberPositiveInt": row.number}]
    return Seen(found, row.received_at, person)


def _due(card: Card, subject: str) -> Seen:
    groups = []
    for group in card.groups:
        dates = [
            {"code": coded("http://loinc.org", code), "value": day.isoformat()}
            for name, code in _DUE.items()
            if (day := getattr(group, name)) is not None
        ]
        said: dict[str, Any] = {
            "vaccineCode": [coded(_GROUP, group.group)],
            "forecastStatus": coded(_STATUS, group.status),
        }
        if dates:
            said["dateCriterion"] = dates
        if group.number:
            said["doseNumberPositiveInt"] = group.number
        groups.append(said)
    found = {
        "resourceType": "ImmunizationRecommendation",
        "id": str(card.person),
        "patient": patient(subject),
        "date": max(group.evaluated_on for group in card.groups).isoformat(),
        "recommendation": groups,
    }
    return Seen(found, None, card.person)
