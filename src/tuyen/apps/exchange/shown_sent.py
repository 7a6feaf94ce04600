"""Referrals that others sent, as tasks: whether we have them, and our return note when it is written."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from tuyen.apps.access.actors import Actor
from tuyen.apps.clinical import queries as clinical
from tuyen.apps.clinical.queries import ComingRow
from tuyen.apps.exchange.patients import as_uuid
from tuyen.apps.exchange.subjects import named, patient
from tuyen.apps.exchange.views import VIEWS, Seen, Subject, View

_STATUS = {
    "waiting": "received", "kept": "completed", "answered": "completed", "withdrawn": "cancelled",
}  # fmt: skip
_OUTPUT = (("diagnosis", "diagnosis"), ("text", "findings"), ("treatment", "treatment"))


def of_person(by: Actor, subject: Subject) -> list[Seen]:
    """What others asked of us about a person, and our answers."""
    rows = clinical.coming_of(by=by, person=subject.person)
    return [_task(row, subject.fhir_id, subject.person) for row in rows if _shows(row)]


def by_ids(by: Actor, ids: Sequence[str]) -> list[Seen]:
    wanted = [id for text in ids if (id := as_uuid(text))]
    rows = clinical.coming_by_ids(by=by, ids=wanted) if wanted else []
    known = named(by, {row.person for row in rows}) if rows else {}
    return [_task(row, known[row.person], row.person) for row in rows if _shows(row)]


VIEWS["Task"] = View(of_person, by_ids)


def _shows(row: ComingRow) -> bool:
    """What came in by this door, and of which the reader may know why."""
    return bool(row.source) and not row.shut


def _task(row: ComingRow, subject: str, person: UUID) -> Seen:
    found: dict[str, Any] = {
        "resourceType": "Task",
        "id": str(row.id),
        "status": _STATUS[row.state],
        "intent": "order",
        "priority": "urgent" if row.urgent else "routine",
        "focus": {"reference": row.source},
        "for": patient(subject),
        "authoredOn": row.received_at.isoformat(timespec="seconds"),
        "owner": {"reference": f"Organization/{row.unit}"},
    }
    if row.why:
        found["statusReason"] = {"text": row.why}
    if row.answered_on is not None:
        found["executionPeriod"] = {"end": row.answered_on.isoformat()}
        output = [
            {"type": {"text": words}, "valueString": told}
            for name, words in _OUTPUT
            if (told := getattr(row, name))
        ]
        if output:
            found["output"] = output
    return Seen(found, row.received_at, person, row.apart)
