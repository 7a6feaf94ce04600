"""Who is related to a patient, as FHIR shows it: the household by its book, and the mother by the birth.

The id is that of the patient and of the other, one behind the other. The other's name is shown to whom
may read both, and nothing else of them.
"""

from collections.abc import Collection, Sequence
from typing import Any, NamedTuple
from uuid import UUID

from tuyen.apps.access import policies
from tuyen.apps.access.actors import Actor
from tuyen.apps.clinical.queries import mothers
from tuyen.apps.exchange.mapping import human_name
from tuyen.apps.exchange.scopes import READ
from tuyen.apps.exchange.subjects import named, patient
from tuyen.apps.exchange.views import VIEWS, Seen, Subject, View
from tuyen.apps.registry import queries as registry

_ROLES, _HOUSEHOLD = (
    "http://terminology.hl7.org/CodeSystem/v3-RoleCode",
    "urn:tuyen:household-role",
)
_MOST = 20
_PARENT, _CHILD = {1: "FTH", 2: "MTH", 3: "PRN"}, {1: "SONC", 2: "DAUC", 3: "CHILD"}
_OF_HEAD = {
    "spouse": "SPS", "child": "CHILD", "parent": "PRN", "grandchild": "GRNDCHILD", "sibling": "SIB",
}  # fmt: skip
_HEAD_OF = {
    "spouse": "SPS", "child": "PRN", "parent": "CHILD", "grandchild": "GRPRN", "sibling": "SIB",
}  # fmt: skip


class _Pair(NamedTuple):
    """What the other is to the person: a code of v3-RoleCode, and the role in the household's book."""

    person: UUID
    other: UUID
    code: str
    role: str


def of_person(by: Actor, subject: Subject) -> list[Seen]:
    """Those of the household of today, and the mother."""
    return _shown(by, _pairs(by, [subject.person]), {subject.person: subject.fhir_id})


def by_ids(by: Actor, ids: Sequence[str]) -> list[Seen]:
    people = {pair[0] for text in ids[:_MOST] if (pair := _taken_apart(text))}
    if not people:
        return []
    seen = _shown(by, _pairs(by, people), named(by, people))
    return [each for each in seen if each.content["id"] in ids]


VIEWS["RelatedPerson"] = View(of_person, by_ids)


def _pairs(by: Actor, people: Collection[UUID]) -> list[_Pair]:
    found = [
        _Pair(each.person, each.other, _code(each.role, each.other_role), each.other_role)
        for each in registry.kin(by=by, ids=people)
    ]
    if policies.scope(by, "clinical.visit.read"):
        for person in people:
            birth = mothers.birth_of(by=by, person=person)
            if birth is not None:
                found = [p for p in found if (p.person, p.other) != (person, birth.mother)]
                found.append(_Pair(person, birth.mother, "MTH", ""))
    return found


def _code(role: str, other: str) -> str:
    """What somebody is to a person, by the roles of both towards the head; '' where these do not
    tell: the book says how each is related to the head, not to one another."""
    if role == "head":
        return _OF_HEAD.get(other, "FAMMEMB" if other == "relative" else "")
    if other == "head":
        return _HEAD_OF.get(role, "FAMMEMB" if role == "relative" else "")
    return "" if "other" in (role, other) else "FAMMEMB"


def _shown(by: Actor, pairs: Sequence[_Pair], subjects: dict[UUID, str]) -> list[Seen]:
    others = {pair.other for pair in pairs}
    if not others:
        return []
    reach = policies.scope(by, READ)
    listed = registry.listed(by=by, ids=others, limit=len(others))
    known = {p.id: p for p in listed if p.place is None or reach.covers(p.place)}
    found = []
    for pair in pairs:
        other = known.get(pair.other)
        if other is None:
            continue
        code = {"PRN": _PARENT, "CHILD": _CHILD}.get(pair.code, {}).get(other.sex, pair.code)
        coding = [{"system": _ROLES, "code": code}] if code else []
        if pair.role:
            coding.append({"system": _HOUSEHOLD, "code": pair.role})
        content: dict[str, Any] = {
            "resourceType": "RelatedPerson",
            "id": pair.person.hex + pair.other.hex,
            "active": other.died_on is None,
            "patient": patient(subjects[pair.person]),
            "relationship": [{"coding": coding}],
            "name": [human_name(other.name)],
        }
        found.append(Seen(content, None, pair.person))
    return found


def _taken_apart(text: str) -> tuple[UUID, UUID] | None:
    try:
        return (UUID(text[:32]), UUID(text[32:])) if len(text) == 64 else None
    except ValueError:
        return None
