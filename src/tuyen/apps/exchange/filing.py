"""What comes in is filed with the rooms where it is complete enough: visits, and doses.

Nothing is written down about it. The n-th operation that would file a resource has an id which follows
from that of the resource, so whoever looks knows which record is whose, and nothing is filed twice. A
record that was changed at the desk since is left as it is.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

from tuyen.apps.access.actors import Actor
from tuyen.apps.clinical import queries as clinical
from tuyen.apps.clinical.operations import AmendVisit, Content, RecordVisit, VoidVisit
from tuyen.apps.clinical.queries import VisitFacts
from tuyen.apps.exchange import care_in, codec, keys, queries
from tuyen.apps.exchange.care_in import PARTS, Assembled, Place
from tuyen.apps.exchange.indexing import LOCAL, facts, target
from tuyen.apps.exchange.refusals import (
    ChangedHere,
    Filed,
    NobodyHere,
    NoVisit,
    OnRecordAlready,
    StandsApart,
)
from tuyen.apps.exchange.wishes import Wish
from tuyen.apps.journal import store
from tuyen.apps.registry import queries as registry
from tuyen.kernel.operation import Operation, Payload
from tuyen.kernel.refusal import Refusal
from tuyen.rules.exchange.fhir_types import FhirType, fhir_types


class Filing(NamedTuple):
    """One operation of a room, the changes for which it is, and the record that it makes or changes."""

    operation: Operation
    wishes: tuple[Wish, ...]
    record: str


class Told(NamedTuple):
    """What planning knows already: how the entries of a bundle are called here, and whom its patients
    are on the register."""

    names: Mapping[str, str]
    people: Mapping[str, UUID]

    def subject(self, type: FhirType, content: dict[str, Any]) -> str:
        """The id of the patient whom a resource as it came is about."""
        return target(content, type.subject, "Patient", self.names)

    def encounter(self, type: FhirType, content: dict[str, Any]) -> str:
        """The id of the encounter that a resource as it came is of."""
        return target(content, type.encounter, "Encounter", self.names)


@dataclass(slots=True)
class Bundled:
    """An Encounter with its parts as they were kept, and as they are to be, by (type, id)."""

    before: dict[tuple[str, str], dict[str, Any]] = field(default_factory=dict)
    after: dict[tuple[str, str], dict[str, Any]] = field(default_factory=dict)
    wishes: list[Wish] = field(default_factory=list)
    coming: dict[tuple[str, str], Wish] = field(default_factory=dict)
    subject: str = ""

    def read(self) -> None:
        """Look into what is coming, as it will be kept; only where it may be filed."""
        self.after |= {key: codec.exact(wish.body) for key, wish in self.coming.items()}


class Care:
    """The visits that some changes are of."""

    def __init__(self, by: Actor, unit: UUID, at: datetime) -> None:
        self.by, self.unit, self.at = by, unit, at

    def plan(self, wishes: Sequence[Wish], told: Told) -> list[Filing]:
        """The operations that file them. A constant number of queries."""
        mine = [w for w in wishes if w.type.name == "Encounter" or w.type.name in PARTS]
        bundled = self._bundled(mine, told)
        if not bundled:
            return []
        place, old = (
            place_of(self.by, self.unit, wishes),
            [id for id, each in bundled.items() if each.before],
        )
        visits, used = self._standing(old)
        whose = self._people(bundled, told)
        for id in whose:
            bundled[id].read()
        insured = registry.covers(by=self.by, ids=set(whose.values())) if whose else {}
        seen = self._seen(bundled, whose)
        filings: list[Filing] = []
        for id, each in bundled.items():
            person = whose.get(id)
            if person is None:
                _remark(each.wishes, NobodyHere())
                continue
            covers = insured.get(person, ())
            now, was = (
                _assembled(id, form, person, place, covers) for form in (each.after, each.before)
            )
            visit = next((visits[t] for t in keys.tries("Encounter", id) if t in visits), None)
            try:
                if visit is None:
                    payload: Payload | None = self._new(now, each.wishes, seen)
                    free = [t for t in keys.tries("Encounter", id) if t not in used]
                    number = free[0] if free else None
                else:
                    payload, number = self._changed(id, visit, was, now, each), None
            except Refusal as refusal:
                _remark(each.wishes, refusal)
                continue
            record = visit.row.id if visit is not None else number
            if payload is not None and record is not None:
                made = Operation.of(
                    payload,
                    unit=self.unit,
                    happened_on=self.at.date(),
                    recorded_at=self.at,
                    id=number,
                )
                filings.append(Filing(made, tuple(each.wishes), f"Encounter/{record}"))
        return filings

    def _bundled(self, wishes: Sequence[Wish], told: Told) -> dict[str, Bundled]:
        """The Encounters that changes are of, by id, with what is kept of them. Three queries where
        any of them may be kept already."""
        changed = [(w.type.name, w.id) for w in wishes if w.method != "POST"]
        held = {
            (f.type, f.fhir_id): f.encounter for f in queries.kept_parts(by=self.by, wanted=changed)
        }
        found: dict[str, Bundled] = {}
        for wish in wishes:
            content = wish.content if wish.method != "DELETE" else None
            key = (wish.type.name, wish.id)
            of = ""
            if content is not None:
                own = wish.type.name == "Encounter"
                of = wish.id if own else told.encounter(wish.type, content)
            for encounter in dict.fromkeys(filter(None, (of, held.get(key, "")))):
                found.setdefault(encounter, Bundled()).wishes.append(wish)
            if not of and wish.method != "DELETE":
                wish.remarks.append(NoVisit())
            elif content is not None:
                found[of].coming[key] = wish
                if of == wish.id and wish.type.name == "Encounter":
                    found[of].subject = told.subject(wish.type, content)
        created = {w.id for w in wishes if w.type.name == "Encounter" and w.method == "POST"}
        old = found.keys() - created
        touched = {(w.type.name, w.id) for w in wishes}
        for row, content in queries.kept_of_encounters(
            by=self.by, encounters=old, types=("Encounter", *PARTS)
        ):
            each, key = found[row.encounter], (row.type, row.fhir_id)
            each.before[key] = content
            if key not in touched:
                each.after[key] = content
            if key[0] == "Encounter" and not each.subject:
                each.subject = facts(fhir_types()["Encounter"], content).subject
        for id in [i for i, e in found.items() if ("Encounter", i) not in e.before | e.coming]:
            _remark(found.pop(id).wishes, NoVisit())
        return found

    def _standing(self, old: Sequence[str]) -> tuple[dict[UUID, VisitFacts], set[UUID]]:
        """What was filed of some Encounters before, and which operations were tried."""
        ids = {each for id in old for each in keys.tries("Encounter", id)}
        if not ids:
            return {}, set()
        held = clinical.visit_facts(by=self.by, ids=ids)
        return {visit.row.id: visit for visit in held}, store.known(ids)

    def _people(self, bundled: Mapping[str, Bundled], told: Told) -> dict[str, UUID]:
        """Whom each Encounter is about, of people on the register. Two queries at most."""
        asked = {each.subject for each in bundled.values()} - told.people.keys() - {""}
        here = {**queries.people_of(by=self.by, subjects=asked), **told.people}
        return {id: here[each.subject] for id, each in bundled.items() if each.subject in here}

    def _seen(
        self, bundled: Mapping[str, Bundled], whose: Mapping[str, UUID]
    ) -> dict[tuple[UUID, date], UUID]:
        """The visits of this unit that are on record on the days in question."""
        days = {
            at.astimezone(LOCAL).date()
            for id, each in bundled.items()
            if (at := _began(each.after.get(("Encounter", id), {}))) is not None
        }
        if not days or not whose:
            return {}
        rows = clinical.attended(by=self.by, people=set(whose.values()), days=days)
        return {(row.person, row.day): row.id for row in rows if row.unit == self.unit}

    def _new(
        self, told: Assembled, wishes: Sequence[Wish], seen: dict[tuple[UUID, date], UUID]
    ) -> Payload | None:
        _tell(told, wishes)
        if told.content is None:
            return None
        key = (told.content.person, told.content.began_at.astimezone(LOCAL).date())
        if key in seen:
            raise OnRecordAlready(record=f"Encounter/{seen[key]}")
        seen[key] = UUID(int=0)  # of two of one bundle the second is not filed either
        return RecordVisit(**_fields(told.content))

    def _changed(
        self, id: str, visit: VisitFacts, was: Assembled, told: Assembled, each: Bundled
    ) -> Payload | None:
        """What becomes of a visit that was filed before."""
        row, record = visit.row, f"Encounter/{visit.row.id}"
        encounter = each.after.get(("Encounter", id))
        if row.state != "live":
            raise ChangedHere(record=record)
        if encounter is None or encounter.get("status") == "entered-in-error":
            return VoidVisit(visit=row.id, reason=f"FHIR: Encounter/{id} entered in error")
        if row.apart and not visit.opened:
            raise StandsApart(record=record)
        if was.content is None or not _same(was.content, visit.content):
            raise ChangedHere(record=record)
        _tell(told, each.wishes)
        if told.content is None or _same(told.content, visit.content):
            return None
        return AmendVisit(visit=row.id, reason=f"FHIR: Encounter/{id}", content=told.content)


def place_of(by: Actor, unit: UUID, wishes: Sequence[Wish]) -> Place:
    """The unit that keeps what comes in, with its codes and the Organizations that come along and are it."""
    map = registry.atlas()
    named = {
        n: map.code(unit, n, by.on) or "" for n in ("facility5", "facility13", "administrative")
    }
    codes = care_in.unit_codes(named.items())
    organizations = {
        wish.id
        for wish in wishes
        if wish.type.name == "Organization" and wish.method != "DELETE"
        for held in wish.content.get("identifier") or ()
        if isinstance(held, dict) and (held.get("system"), held.get("value")) in codes
    }
    return Place(unit, codes, frozenset(organizations))


_COMPARED = (
    "began_at",
    "ended_at",
    "setting",
    "measured",
    "diagnosed",
    "prescribed",
    "dispensed",
    "served",
    "reason",
)


def _same(one: Content, other: Any) -> bool:
    return all(_plain(one, name) == _plain(other, name) for name in _COMPARED)


def _plain(content: Any, name: str) -> Any:
    value = getattr(content, name)
    return content.began_at if name == "ended_at" and value is None else value


def _fields(content: Content) -> dict[str, Any]:
    return {name: getattr(content, name) for name in content.__struct_fields__}


def _assembled(
    id: str, form: Mapping[tuple[str, str], dict[str, Any]], person: UUID, place: Place,
    covers: Sequence[Any],
) -> Assembled:  # fmt: skip
    encounter = form.get(("Encounter", id))
    if encounter is None:
        return Assembled()
    began = _began(encounter)
    insured = began is not None and any(
        cover.holds(began.astimezone(LOCAL).date()) for cover in covers
    )
    parts = [content for key, content in form.items() if key[0] != "Encounter"]
    return care_in.visit(encounter, parts, person, place, insured)


def _began(encounter: Mapping[str, Any]) -> datetime | None:
    period = encounter.get("period")
    return care_in.moment(period.get("start")) if isinstance(period, dict) else None


def _remark(wishes: Iterable[Wish], why: Refusal) -> None:
    for wish in wishes:
        wish.remarks.append(why)


def _tell(told: Assembled, wishes: Collection[Wish]) -> None:
    """What of a visit stays kept only; where the Encounter does, all of it does."""
    reasons = {(type, id): why for type, id, why in told.kept}
    whole = next((why for type, _id, why in told.kept if type == "Encounter"), None)
    for wish in wishes:
        why = reasons.get((wish.type.name, wish.id)) or whole
        if why is not None:
            wish.remarks.append(why)


def filed(filing: Filing) -> None:
    """Tell those whose change was filed as which record."""
    for wish in filing.wishes:
        if not wish.remarks:
            wish.remarks.append(Filed(type=wish.type.name, id=wish.id, record=filing.record))
