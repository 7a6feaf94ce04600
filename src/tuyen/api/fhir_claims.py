"""Claims as FHIR shows them. The exchange and the claims stand side by side, so the door joins them."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from tuyen.apps.access.actors import Actor
from tuyen.apps.claims import queries as claims
from tuyen.apps.claims.queries import ClaimLine, ShownClaim
from tuyen.apps.exchange.patients import as_uuid
from tuyen.apps.exchange.subjects import coded, named, patient
from tuyen.apps.exchange.veil import SUBSETTED
from tuyen.apps.exchange.views import VIEWS, Seen, Subject, View
from tuyen.apps.registry import queries as registry

_ICD10, _TERMS = "http://hl7.org/fhir/sid/icd-10", "http://terminology.hl7.org/CodeSystem"
_CODES = {"XML2": "urn:tuyen:insurer-medicine", "XML3": "urn:tuyen:insurer-service"}
_DRAFT = ("open", "faulty", "ready")


def of_person(by: Actor, subject: Subject) -> list[Seen]:
    """The claims of a person by every record that stood for them."""
    found = claims.shown(by=by, people=registry.born_as([subject.person])[subject.person])
    return _shown(by, found, {each.row.person_id: subject.fhir_id for each in found})


def by_ids(by: Actor, ids: Sequence[str]) -> list[Seen]:
    wanted = [id for text in ids if (id := as_uuid(text))]
    found = claims.shown(by=by, ids=wanted) if wanted else []
    return _shown(by, found, named(by, {each.row.person_id for each in found}) if found else {})


VIEWS["Claim"] = View(of_person, by_ids)


def _shown(by: Actor, found: Sequence[ShownClaim], subjects: dict[Any, str]) -> list[Seen]:
    people = {each.row.person_id for each in found}
    cards: dict[Any, list[Any]] = {}
    for held in registry.cards_of(by=by, ids=people) if people else ():
        cards.setdefault(held.person, []).append(held)
    return [
        Seen(_claim(each, subjects[each.row.person_id], cards), None, each.row.person_id)
        for each in found
    ]


def _claim(claim: ShownClaim, subject: str, cards: dict[Any, list[Any]]) -> dict[str, Any]:
    row = claim.row
    found: dict[str, Any] = {"resourceType": "Claim", "id": str(row.id)}
    if not claim.whole:
        found["meta"] = {"tag": [dict(SUBSETTED)]}
    state = "cancelled" if row.state == "void" else "draft" if row.state in _DRAFT else "active"
    found |= {
        "status": state,
        "type": coded(f"{_TERMS}/claim-type", "professional"),
        "use": "claim",
        "patient": patient(subject),
        "created": row.day.isoformat(),
        "provider": {"reference": f"Organization/{row.unit}"},
        "priority": coded(f"{_TERMS}/processpriority", "normal"),
    }
    if claim.diagnoses:
        found["diagnosis"] = [
            {"sequence": n, "diagnosisCodeableConcept": coded(_ICD10, code)}
            for n, code in enumerate(claim.diagnoses, start=1)
        ]
    found["insurance"] = [{"sequence": 1, "focal": True, "coverage": _coverage(claim, cards)}]
    if claim.lines:
        found["item"] = [_item(n, line, row) for n, line in enumerate(claim.lines, start=1)]
    if row.state != "open" and claim.whole:
        found["total"] = _money(row.total)
    return found


def _coverage(claim: ShownClaim, cards: dict[Any, list[Any]]) -> dict[str, Any]:
    """The card that held on the day, or in words who pays."""
    row = claim.row
    if row.payer != "insurance":
        return {"display": row.payer}
    for held in cards.get(row.person_id, ()):
        if (not held.since or held.since <= row.day) and (not held.until or row.day < held.until):
            return {"reference": f"Coverage/{held.key}"}
    return {"display": "Bảo hiểm xã hội Việt Nam"}


def _item(number: int, line: ClaimLine, row: claims.ClaimRow) -> dict[str, Any]:
    code = coded(_CODES[line.table], line.code, line.name) if line.code else {"text": line.name}
    found: dict[str, Any] = {
        "sequence": number,
        "productOrService": code if line.code or line.name else {"text": "-"},
        "servicedDate": row.day.isoformat(),
    }
    if line.quantity is not None:
        found["quantity"] = {"value": line.quantity}
    if line.price is not None:
        found["unitPrice"] = _money(line.price)
    if line.amount is not None:
        found["net"] = _money(line.amount)
    return found | {"encounter": [{"reference": f"Encounter/{row.id}"}]}


def _money(value: Decimal) -> dict[str, Any]:
    return {"value": value, "currency": "VND"}
