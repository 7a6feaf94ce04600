"""What came in of a referral or of an appointment, in the words of the record of care; no store is asked."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from tuyen.apps.clinical.operations import Sent
from tuyen.apps.exchange.care_in import Place, moment
from tuyen.apps.exchange.indexing import LOCAL, is_sensitive, local_id
from tuyen.apps.exchange.refusals import (
    NotAgreed,
    NoTimeOfDay,
    NotOfAReferral,
    NotSentHere,
)

SNOMED = "http://snomed.info/sct"
_ORDERS = {"order", "original-order", "directive"}
_LABORATORY = {"108252007", "363679005", "387713003", "409063005", "409073007", "410606002"}
"""Categories of SNOMED CT that are a test, imaging, surgery, counselling, education or a service in
general: nobody is sent anywhere by them."""
_URGENT = {"urgent", "asap", "stat"}
_STATES = {
    "ServiceRequest": {
        "active": "waiting", "completed": "kept", "revoked": "withdrawn",
        "entered-in-error": "withdrawn",
    },
    "Appointment": {
        "booked": "waiting", "pending": "waiting", "arrived": "waiting", "checked-in": "waiting",
        "fulfilled": "kept", "cancelled": "withdrawn", "noshow": "withdrawn",
        "entered-in-error": "withdrawn",
    },
}  # fmt: skip


class SentIn(NamedTuple):
    """What was told, and how it stands with those who told it."""

    sent: Sent
    state: str  # waiting, kept, withdrawn


def read(resource: dict[str, Any], person: UUID, place: Place, names: dict[str, str]) -> SentIn:
    """A ServiceRequest or an Appointment as this record says it. ``names``: what organisations that
    came along are called, by their id. Raises why it is none that is filed here."""
    type = str(resource.get("resourceType"))
    state = _STATES[type].get(str(resource.get("status")))
    if state is None:
        raise NotAgreed(status=str(resource.get("status")))
    sent = (_referral if type == "ServiceRequest" else _appointment)(resource, person, place, names)
    return SentIn(sent, state)


def state_of(resource: dict[str, Any]) -> str:
    """How it stands by its status alone; "" where that means nothing here."""
    known = _STATES[str(resource.get("resourceType"))]
    return known.get(str(resource.get("status")), "")


def _referral(resource: dict[str, Any], person: UUID, place: Place, names: dict[str, str]) -> Sent:
    categories = {
        c.get("code") for each in _dicts(resource.get("category")) for c in _codings(each)
    }
    if resource.get("intent") not in _ORDERS or categories & _LABORATORY:
        raise NotOfAReferral()
    if not any(_meant(place, each) for each in _dicts(resource.get("performer"))):
        raise NotSentHere(element="ServiceRequest.performer")
    on = _day(resource.get("authoredOn")) or _day(resource.get("occurrenceDateTime"))
    if on is None:
        raise NoTimeOfDay(element="ServiceRequest.authoredOn")
    told = [*_texts(resource.get("reasonCode")), *_texts([resource.get("code")])]
    told += [str(note["text"]) for note in _dicts(resource.get("note")) if note.get("text")]
    return Sent(
        kind="referral", person=person, on=on.date(), from_name=_called(resource.get("requester"), names),
        reason=_joined(told), urgent=resource.get("priority") in _URGENT,
        source=f"ServiceRequest/{resource.get('id')}"[:200], apart=is_sensitive(resource),
    )  # fmt: skip


def _appointment(
    resource: dict[str, Any], person: UUID, place: Place, names: dict[str, str]
) -> Sent:
    actors = [
        actor for each in _dicts(resource.get("participant"))
        if isinstance(actor := each.get("actor"), dict)
    ]  # fmt: skip
    if not any(_meant(place, actor) for actor in actors):
        raise NotSentHere(element="Appointment.participant.actor")
    at = moment(resource.get("start"))
    on = at.astimezone(LOCAL) if at else _requested(resource)
    if on is None:
        raise NoTimeOfDay(element="Appointment.start")
    others = [
        actor for actor in actors
        if not _meant(place, actor) and "Patient/" not in str(actor.get("reference"))
    ]  # fmt: skip
    told = [*_texts(resource.get("reasonCode")), *_texts(resource.get("serviceType"))]
    told += [str(resource[name]) for name in ("description", "comment") if resource.get(name)]
    return Sent(
        kind="appointment", person=person, on=on.date(), at=at,
        from_name=next(filter(None, (_called(other, names) for other in others)), ""),
        reason=_joined(told), source=f"Appointment/{resource.get('id')}"[:200],
        apart=is_sensitive(resource),
    )  # fmt: skip


def _meant(place: Place, actor: dict[str, Any]) -> bool:
    here = local_id(str(actor.get("reference", "")), "Location") == str(place.unit)
    return here or place.is_meant(actor)


def _called(actor: Any, names: dict[str, str]) -> str:
    """What those are called who sent: by the reference itself, or by what came along."""
    if not isinstance(actor, dict):
        return ""
    if isinstance(said := actor.get("display"), str) and said.strip():
        return said.strip()[:200]
    known = names.get(local_id(str(actor.get("reference", "")), "Organization"), "")
    named = actor.get("identifier")
    value = named.get("value") if isinstance(named, dict) else ""
    return (known or str(value or ""))[:200]


def _requested(resource: dict[str, Any]) -> datetime | None:
    periods = _dicts(resource.get("requestedPeriod"))
    return _day(periods[0].get("start")) if periods else None


def _day(text: Any) -> datetime | None:
    """The local day of a dateTime that says at least the day."""
    at = moment(text)
    if at is not None:
        return at.astimezone(LOCAL)
    try:
        return datetime.fromisoformat(str(text)) if len(str(text)) == 10 else None
    except ValueError:
        return None


def _joined(texts: Sequence[str]) -> str:
    return "; ".join(dict.fromkeys(text.strip() for text in texts if text.strip()))[:1000]


def _texts(concepts: Any) -> Iterator[str]:
    for concept in _dicts(concepts):
        said = concept.get("text") or next(
            (c.get("display") or c.get("code") for c in _codings(concept)), ""
        )
        if isinstance(said, str) and said:
            yield said


def _codings(concept: Any) -> list[dict[str, Any]]:
    return _dicts(concept.get("coding")) if isinstance(concept, dict) else []


def _dicts(value: Any) -> list[dict[str, Any]]:
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []
