"""A contact who fell ill, as the beginning of a case report; once it is sent, the two are tied."""

from typing import Any
from uuid import UUID

from tuyen.apps.access import clock, policies
from tuyen.apps.journal.services import commit
from tuyen.apps.surveillance import queries
from tuyen.apps.surveillance.operations import TieContact
from tuyen.kernel.operation import Operation
from tuyen.rules import surveillance as rules
from tuyen.web.access import ActorRequest
from tuyen.web.surveillance import outbreak_acts, words
from tuyen.web.surveillance.outbreak_frame import FOLLOW, note_readings

_KEPT = "case.contact"


def initial(request: ActorRequest, draft: str) -> dict[str, Any]:
    """The fields of the form that a contact fills in; nothing without one that the reader may read."""
    id = outbreak_acts.id_of(request.GET, "contact")
    one = queries.contact(by=request.actor, id=id) if id is not None else None
    if one is None or one.masked:
        return {}
    note_readings(request, "surveillance.contact", [one.id])
    request.session[_KEPT] = {"draft": draft, "contact": str(one.id)}
    filled: dict[str, Any] = {
        "name": one.name, "phone": one.phone, "sex": one.sex, "address": one.address,
        "place": ", ".join(filter(None, (one.village_name, one.commune_name))),
        "place_id": str(one.village or one.commune), "classification": "suspected",
    }  # fmt: skip
    if one.age is not None:
        filled["age"] = str(one.age)
    if one.person is not None:
        filled["person"] = str(one.person)
    if any(disease.id == one.disease for disease in rules.diseases(clock.today())):
        filled |= {"disease": words.disease(one.disease), "disease_id": one.disease}
    return {name: value for name, value in filled.items() if value}


def tie(request: ActorRequest, case: UUID) -> None:
    """Say that the contact became the case that was just reported, where it was begun from one."""
    kept = request.session.pop(_KEPT, None)
    if not kept or kept.get("draft") != str(case):
        return
    one = queries.contact(by=request.actor, id=UUID(kept["contact"]))
    if one is None:
        return
    unit = next(
        (u for u in (one.unit, one.commune) if policies.may(request.actor, FOLLOW, u)), None
    )  # fmt: skip
    if unit is None:
        return
    now = clock.now()
    payload = TieContact(outbreak=one.outbreak, contact=one.id, case=case)
    operation = Operation.of(payload, unit=unit, happened_on=now.date(), recorded_at=now)
    commit(by=request.actor, operations=[operation], at=now)
