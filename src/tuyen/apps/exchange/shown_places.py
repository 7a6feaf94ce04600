"""Units, insurance and people at work, as FHIR shows them."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from tuyen.apps.access import policies
from tuyen.apps.access import queries as access
from tuyen.apps.access.actors import Actor
from tuyen.apps.exchange.mapping import human_name
from tuyen.apps.exchange.patients import as_uuid
from tuyen.apps.exchange.subjects import named, patient
from tuyen.apps.exchange.veil import SUBSETTED, masked
from tuyen.apps.exchange.views import VIEWS, Seen, Subject, View
from tuyen.apps.registry import queries as registry
from tuyen.apps.registry.queries import Held
from tuyen.rules.exchange.fhir_types import facility_codes, identifier_systems

_RECORD = "clinical.visit.record"


def _nothing(by: Actor, subject: Subject) -> list[Seen]:
    """What is about nobody is no part of a person's record by itself."""
    return []


def organizations(by: Actor) -> list[Seen]:
    """Facilities valid on the reader's day."""
    return [
        _unit(by, id, "Organization") for id in registry.atlas().units(on=by.on, kind="facility")
    ]


def organizations_by_ids(by: Actor, ids: Sequence[str]) -> list[Seen]:
    return _units(by, ids, "Organization")


def locations(by: Actor) -> list[Seen]:
    """Areas and facilities valid on the reader's day."""
    return [_unit(by, id, "Location") for id in registry.atlas().units(on=by.on)]


def locations_by_ids(by: Actor, ids: Sequence[str]) -> list[Seen]:
    return _units(by, ids, "Location")


def practitioners_by_ids(by: Actor, ids: Sequence[str]) -> list[Seen]:
    """People at work by the ids that records carry: their name, and nothing else."""
    wanted: set[UUID | None] = {id for text in ids if (id := as_uuid(text))}
    known = access.names(wanted) if wanted else {}
    return [_practitioner(id, name) for id, name in known.items() if id is not None]


def practitioners(by: Actor) -> list[Seen]:
    """Those who may record visits at the units where the reader has a post."""
    scope = policies.scope(by, _RECORD)
    units = {post.unit for post in by.posts if scope.covers(post.unit)}
    held = [access.holders(by=by, right=_RECORD, unit=unit) for unit in sorted(units)]
    people = {holder.user: holder.name for holders in held for holder in holders}
    return [_practitioner(id, name) for id, name in people.items()]


def coverage_of(by: Actor, subject: Subject) -> list[Seen]:
    """The insurance of a person, past and present."""
    held = registry.cards_of(by=by, ids=[subject.person])
    return [_coverage(by, each, subject.fhir_id) for each in held]


def coverage_by_ids(by: Actor, ids: Sequence[str]) -> list[Seen]:
    wanted = [id for text in ids if (id := as_uuid(text))]
    whose = registry.carded(by=by, ids=wanted) if wanted else {}
    if not whose:
        return []
    known = named(by, set(whose.values()))
    held = registry.cards_of(by=by, ids=set(whose.values()))
    return [_coverage(by, each, known[each.person]) for each in held if each.key in whose]


VIEWS["Organization"] = View(_nothing, organizations_by_ids, organizations)
VIEWS["Location"] = View(_nothing, locations_by_ids, locations)
VIEWS["Practitioner"] = View(_nothing, practitioners_by_ids, practitioners)
VIEWS["Coverage"] = View(coverage_of, coverage_by_ids)


def _practitioner(id: UUID, name: str) -> Seen:
    said = {"resourceType": "Practitioner", "id": str(id), "name": [human_name(name)]}
    return Seen(said, None, None)


def _units(by: Actor, ids: Sequence[str], type: str) -> list[Seen]:
    map, found = registry.atlas(), []
    for text in ids:
        id = as_uuid(text)
        facts = map.unit(id) if id else None
        if id and facts is not None and (type == "Location" or facts.kind == "facility"):
            found.append(_unit(by, id, type))
    return found


def _unit(by: Actor, id: UUID, type: str) -> Seen:
    map, on = registry.atlas(), by.on
    found: dict[str, Any] = {"resourceType": type, "id": str(id)}
    codes = [
        {"system": system, "value": code}
        for name, system in facility_codes().items()
        if (code := map.code(id, name, on))
    ]
    if codes:
        found["identifier"] = codes
    valid = map.valid(id, on)
    if type == "Organization":
        found["active"] = valid
    else:
        found["status"] = "active" if valid else "inactive"
    found["name"] = map.full_name(id, on) or str(id)
    found["type" if type == "Organization" else "physicalType"] = (
        [{"text": map.type(id, on) or ""}] if type == "Organization" else {"text": map.type(id, on) or ""}
    )  # fmt: skip
    point = map.point(id, on)
    if type == "Location" and point:
        found["position"] = {"longitude": point[0], "latitude": point[1]}
    return Seen(found, None, None)


def _coverage(by: Actor, held: Held, subject: str) -> Seen:
    here = (held.since is None or held.since <= by.on) and (
        held.until is None or held.until > by.on
    )
    system = identifier_systems()["insurance_card"].system
    card: dict[str, Any] = {"system": system, "value": held.value}
    found: dict[str, Any] = {"resourceType": "Coverage", "id": str(held.key)}
    if not held.value:
        found["meta"] = {"tag": [dict(SUBSETTED)]}
        card = masked(card)
    found["identifier"] = [card]
    found["status"] = "active" if here else "cancelled"
    found["beneficiary"] = patient(subject)
    period = {
        name: day.isoformat()
        for name, day in (("start", held.since), ("end", held.until))
        if day is not None
    }
    if period:
        found["period"] = period
    found["payor"] = [{"display": "Bảo hiểm xã hội Việt Nam"}]
    if held.system:  # the group of those who are insured alike
        found["class"] = [{"type": {"text": "group"}, "value": held.system}]
    return Seen(found, None, held.person)
