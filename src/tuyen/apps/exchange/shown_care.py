"""Visits as FHIR shows them: the encounter, and each thing that was found and done at it.

The id of a part follows from that of the visit: what it is, and its place in it. What stands apart is
in the content only where the reader may open it, so nothing here judges that again.
"""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from tuyen.apps.access.actors import Actor
from tuyen.apps.clinical import queries as clinical
from tuyen.apps.clinical.queries import VisitFacts
from tuyen.apps.exchange.patients import as_uuid
from tuyen.apps.exchange.subjects import coded, named, patient
from tuyen.apps.exchange.views import VIEWS, Seen, Subject, View
from tuyen.rules.exchange.fhir_types import measure_codes

MOST_VISITS = 500
_ICD10, _ACT = "http://hl7.org/fhir/sid/icd-10", "http://terminology.hl7.org/CodeSystem/v3-ActCode"
_CLASSES = {"station": "AMB", "home": "HH"}
_LABELS = {"AMB": "ambulatory", "HH": "home health", "FLD": "field"}
_MEDICINE, _SERVICE = "urn:tuyen:medicine", "urn:tuyen:service"
_CATEGORY = "http://terminology.hl7.org/CodeSystem/observation-category"
_PANEL = ("systolic", "diastolic")


class _At(NamedTuple):
    """A visit with the id by which FHIR knows its patient."""

    visit: VisitFacts
    subject: str

    def head(self, type: str, part: str, number: int | None = None) -> dict[str, Any]:
        """The beginning of a part."""
        place = "" if number is None else str(number)
        return {"resourceType": type, "id": f"{self.visit.row.id}-{part}{place}"}

    @property
    def context(self) -> dict[str, Any]:
        encounter = {"reference": f"Encounter/{self.visit.row.id}"}
        return {"subject": patient(self.subject), "encounter": encounter}

    @property
    def author(self) -> dict[str, Any] | None:
        author = self.visit.row.author
        return {"reference": f"Practitioner/{author}"} if author else None

    @property
    def began(self) -> str:
        return _moment(self.visit.row.began_at)


Parts = Callable[[_At], Iterator[dict[str, Any]]]


def _view(parts: Parts) -> View:
    def of_person(by: Actor, subject: Subject) -> list[Seen]:
        visits = clinical.visits_of(by=by, person=subject.person, limit=MOST_VISITS)
        return [seen for visit in visits for seen in _seen(parts, _At(visit, subject.fhir_id))]

    def by_ids(by: Actor, ids: Sequence[str]) -> list[Seen]:
        wanted = {id for text in ids if (id := as_uuid(text[:36]))}
        visits = clinical.visit_facts(by=by, ids=wanted) if wanted else []
        known = named(by, {visit.row.person for visit in visits}) if visits else {}
        every = [s for v in visits for s in _seen(parts, _At(v, known[v.row.person]))]
        return [seen for seen in every if seen.content["id"] in ids]

    return View(of_person, by_ids)


def _seen(parts: Parts, at: _At) -> list[Seen]:
    row = at.visit.row
    if row.state != "live" and parts is not encounters:
        return []  # a visit that was entered in error shows as such, and nothing of it
    return [Seen(content, row.began_at, row.person) for content in parts(at)]


def encounters(at: _At) -> Iterator[dict[str, Any]]:
    row, content = at.visit.row, at.visit.content
    code = _CLASSES.get(row.setting, "FLD")
    found: dict[str, Any] = {
        "resourceType": "Encounter",
        "id": str(row.id),
        "status": "finished" if row.state == "live" else "entered-in-error",
        "class": {"system": _ACT, "code": code, "display": _LABELS[code]},
        "type": [coded("urn:tuyen:care-type", row.care)],
        "subject": patient(at.subject),
        "period": {"start": at.began, "end": _moment(row.ended_at)},
        "serviceProvider": {"reference": f"Organization/{row.unit}"},
    }
    if at.author:
        found["participant"] = [{"individual": at.author}]
    if content.reason:
        found["reasonCode"] = [{"text": content.reason}]
    told = [
        {"condition": {"reference": f"Condition/{row.id}-d{n}"}, "rank": n + 1}
        for n in range(len(content.diagnosed))
    ]
    if told and row.state == "live":
        found["diagnosis"] = told
    yield found


def conditions(at: _At) -> Iterator[dict[str, Any]]:
    for number, each in enumerate(at.visit.content.diagnosed):
        certain = "confirmed" if each.certainty == "confirmed" else "provisional"
        found = at.head("Condition", "d", number) | {
            "clinicalStatus": coded(
                "http://terminology.hl7.org/CodeSystem/condition-clinical", "active"
            ),
            "verificationStatus": coded(
                "http://terminology.hl7.org/CodeSystem/condition-ver-status", certain
            ),
            "category": [
                coded(
                    "http://terminology.hl7.org/CodeSystem/condition-category",
                    "encounter-diagnosis",
                )
            ],
            "code": coded(_ICD10, each.code),
            **at.context,
            "recordedDate": at.began,
        }
        if each.traditional:
            found["code"]["coding"].append({"system": "urn:tuyen:yhct", "code": each.traditional})
        if each.note:
            found["note"] = [{"text": each.note}]
        yield found


def observations(at: _At) -> Iterator[dict[str, Any]]:
    """Each measured value; the two of a blood pressure as one, as the profile of vital signs asks."""
    content = at.visit.content
    values = {each.what: each for each in content.measured}
    panel = all(name in values for name in _PANEL)
    if panel:
        first = values[_PANEL[0]]
        yield _observation(at, "m-bp", "85354-9", "vital-signs", first.at) | {
            "component": [
                {"code": _loinc(name), "valueQuantity": _quantity(name, values[name].value)}
                for name in _PANEL
            ]
        }
    for number, each in enumerate(content.measured):
        if panel and each.what in _PANEL:
            continue
        known = measure_codes().get(each.what)
        category = known.category if known else "exam"
        found = _observation(at, f"m{number}", "", category, each.at)
        found["code"] = _loinc(each.what)
        found["valueQuantity"] = _quantity(each.what, each.value)
        yield found


def _observation(
    at: _At, part: str, loinc: str, category: str, moment: datetime | None
) -> dict[str, Any]:
    return at.head("Observation", part) | {
        "status": "final",
        "category": [coded(_CATEGORY, category)],
        "code": coded("http://loinc.org", loinc),
        **at.context,
        "effectiveDateTime": _moment(moment) if moment else at.began,
    }


def _loinc(what: str) -> dict[str, Any]:
    known = measure_codes().get(what)
    own = {"system": "urn:tuyen:measure", "code": what}
    if known is None or not known.loinc:
        return {"coding": [own]}
    return {"coding": [{"system": "http://loinc.org", "code": known.loinc}, own]}


def _quantity(what: str, value: Any) -> dict[str, Any]:
    known = measure_codes().get(what)
    if known is None:
        return {"value": value}
    return {
        "value": value, "unit": known.unit, "system": "http://unitsofmeasure.org", "code": known.unit,
    }  # fmt: skip


def requests(at: _At) -> Iterator[dict[str, Any]]:
    for number, each in enumerate(at.visit.content.prescribed):
        dose = {"value": each.dose}
        timing = {"repeat": {"frequency": each.times, "period": 1, "periodUnit": "d"}}
        said: dict[str, Any] = {"timing": timing, "doseAndRate": [{"doseQuantity": dose}]}
        if each.route:
            said["route"] = {"text": each.route}
        if each.note:
            said["text"] = each.note
        found = at.head("MedicationRequest", "p", number) | {
            "status": "active",
            "intent": "order",
            "medicationCodeableConcept": coded(_MEDICINE, each.item),
            **at.context,
            "authoredOn": at.began,
            "dosageInstruction": [said],
            "dispenseRequest": {
                "quantity": {"value": each.quantity},
                "expectedSupplyDuration": {
                    "value": each.days, "unit": "d", "system": "http://unitsofmeasure.org", "code": "d",
                },
            },
        }  # fmt: skip
        if at.author:
            found["requester"] = at.author
        yield found


def dispenses(at: _At) -> Iterator[dict[str, Any]]:
    for number, each in enumerate(at.visit.content.dispensed):
        found = at.head("MedicationDispense", "x", number) | {
            "status": "completed",
            "medicationCodeableConcept": coded(_MEDICINE, each.item),
            "subject": patient(at.subject),
            "context": {"reference": f"Encounter/{at.visit.row.id}"},
            "quantity": {"value": each.quantity},
            "whenHandedOver": at.began,
        }
        if each.days:
            found["daysSupply"] = {"value": each.days, "unit": "d"}
        yield found


def referrals(at: _At) -> Iterator[dict[str, Any]]:
    sent = at.visit.content.referred
    if sent is None:
        return
    whom = {"reference": f"Organization/{sent.to}"} if sent.to else {"display": sent.to_name}
    found = at.head("ServiceRequest", "r") | {
        "status": "completed" if at.visit.returned else "active",
        "intent": "order",
        "category": [coded("http://snomed.info/sct", "3457005", "Patient referral")],
        "priority": "urgent" if sent.urgent else "routine",
        **at.context,
        "authoredOn": at.began,
        "reasonCode": [{"text": sent.reason}],
    }
    if sent.to or sent.to_name:
        found["performer"] = [whom]
    if at.author:
        found["requester"] = at.author
    notes = [text for text in (sent.findings, sent.treatment) if text]
    if notes:
        found["note"] = [{"text": text} for text in notes]
    yield found


def appointments(at: _At) -> Iterator[dict[str, Any]]:
    following = at.visit.content.next
    if following is None:
        return
    who = {"actor": patient(at.subject), "status": "accepted"}
    found = at.head("Appointment", "n") | {
        "status": "proposed",
        "participant": [who],
        "requestedPeriod": [{"start": following.on.isoformat(), "end": following.on.isoformat()}],
    }
    if following.why:
        found["description"] = following.why
    yield found


def reports(at: _At) -> Iterator[dict[str, Any]]:
    """Services that showed something; those that did not are procedures."""
    for number, each in enumerate(at.visit.content.served):
        if each.result:
            yield at.head("DiagnosticReport", "s", number) | {
                "status": "final",
                "code": coded(_SERVICE, each.code),
                **at.context,
                "effectiveDateTime": _moment(each.at) if each.at else at.began,
                "conclusion": each.result,
            }


def procedures(at: _At) -> Iterator[dict[str, Any]]:
    for number, each in enumerate(at.visit.content.served):
        if not each.result:
            yield at.head("Procedure", "s", number) | {
                "status": "completed",
                "code": coded(_SERVICE, each.code),
                **at.context,
                "performedDateTime": _moment(each.at) if each.at else at.began,
            }


PARTS: dict[str, Parts] = {
    "Encounter": encounters, "Condition": conditions, "Observation": observations,
    "MedicationRequest": requests, "MedicationDispense": dispenses, "ServiceRequest": referrals,
    "Appointment": appointments, "DiagnosticReport": reports, "Procedure": procedures,
}  # fmt: skip
for _name, _parts in PARTS.items():
    VIEWS[_name] = _view(_parts)


def _moment(at: datetime) -> str:
    return at.isoformat(timespec="seconds")
