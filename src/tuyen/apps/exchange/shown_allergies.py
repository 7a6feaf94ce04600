"""What people do not bear, as FHIR shows it: of the patient summary a part that always stands there."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from tuyen.apps.access.actors import Actor
from tuyen.apps.clinical import queries as clinical
from tuyen.apps.clinical.queries import AllergyRow
from tuyen.apps.exchange.patients import as_uuid
from tuyen.apps.exchange.subjects import coded, named, patient
from tuyen.apps.exchange.views import VIEWS, Seen, Subject, View
from tuyen.rules.clinical import allergies as rules

_STATUS = "http://terminology.hl7.org/CodeSystem/allergyintolerance-clinical"
_VERIFIED = "http://terminology.hl7.org/CodeSystem/allergyintolerance-verification"
_ATC = "http://www.whocc.no/atc"
_NONE = ("716186003", "No known allergy")  # SNOMED CT
_CATEGORIES = {"medicine": "medication", "food": "food", "environment": "environment"}


def of_person(by: Actor, subject: Subject) -> list[Seen]:
    """What stands of a person, and what ended."""
    rows = clinical.allergies_of(by=by, person=subject.person, ended=True)
    return [_seen(row, subject.fhir_id, subject.person) for row in rows]


def by_ids(by: Actor, ids: Sequence[str]) -> list[Seen]:
    wanted = [id for text in ids if (id := as_uuid(text))]
    rows = clinical.allergies(by=by, ids=wanted) if wanted else []
    known = named(by, {row.person for row in rows}) if rows else {}
    return [_seen(row, known[row.person], row.person) for row in rows]


VIEWS["AllergyIntolerance"] = View(of_person, by_ids)


def _seen(row: AllergyRow, subject: str, person: UUID) -> Seen:
    found: dict[str, Any] = {"resourceType": "AllergyIntolerance", "id": str(row.id)}
    wrong = row.how == "error"
    if not wrong:
        ended = "resolved" if row.how == "resolved" else "inactive"
        found["clinicalStatus"] = coded(_STATUS, "active" if row.state == "live" else ended)
    standing = "unconfirmed" if row.certainty == "suspected" else "confirmed"
    standing = "entered-in-error" if wrong else "refuted" if row.how == "refuted" else standing
    found["verificationStatus"] = coded(_VERIFIED, standing)
    if row.against != "none":
        found["type"] = "allergy" if row.kind == "allergy" else "intolerance"
    if row.category in _CATEGORIES and row.against != "none":
        found["category"] = [_CATEGORIES[row.category]]
    if row.severity:
        found["criticality"] = "high" if row.severity == "severe" else "low"
    found["code"] = _code(row)
    found["patient"] = patient(subject)
    if row.since:
        found["onsetDateTime"] = row.since.isoformat()
    found["recordedDate"] = row.noted_on.isoformat()
    if row.note:
        found["note"] = [{"text": row.note}]
    if row.reaction:
        severity = {"severity": row.severity} if row.severity else {}
        found["reaction"] = [{"manifestation": [{"text": row.reaction}]} | severity]
    return Seen(found, row.received_at, person, row.apart)


def _code(row: AllergyRow) -> dict[str, Any]:
    if row.against == "none":
        return coded("http://snomed.info/sct", *_NONE)
    words = rules.named(row.against, row.code, row.name)
    if row.against == "class":
        held = rules.classes(row.noted_on).get(row.code)
        codes = sorted(held.atc) if held else []
    else:
        codes = sorted(rules.atc(row.code)) if row.against == "item" else []
    coding = [{"system": _ATC, "code": code} for code in codes]
    return ({"coding": coding} if coding else {}) | {"text": words}
