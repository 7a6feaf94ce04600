"""Keeping resources: versions, and what finds them, in bulk."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import Max
from django.http import QueryDict

from tuyen.apps.access.actors import Actor
from tuyen.apps.exchange import codec, keys
from tuyen.apps.exchange.indexing import Facts, facts, typed
from tuyen.apps.exchange.models import Condition, Part, Resource, Token, Version
from tuyen.apps.exchange.operations import Asked, Item, StoreResources
from tuyen.apps.exchange.refusals import (
    AlreadyThere,
    FirstPartMissing,
    NoSuchPerson,
    NotThere,
    OtherVersion,
    UnknownType,
    WrongId,
    WrongType,
)
from tuyen.apps.exchange.searching import matches, parsed
from tuyen.apps.journal import bulk
from tuyen.apps.journal.bulk import fetch
from tuyen.apps.registry import queries as registry
from tuyen.kernel.operation import Batch, Entry, applies
from tuyen.kernel.refusal import Refusal
from tuyen.rules.exchange.fhir_types import FhirType

_RESOURCE = (
    "id", "seq", "type", "fhir_id", "version", "unit_id", "person_id", "subject", "encounter",
    "status", "gender", "words", "begins", "ends", "sensitive", "deleted", "updated_at",
)  # fmt: skip
_VERSION = (
    "id", "resource_id", "seq", "type", "version", "entry_id", "unit_id", "author_id", "at",
    "sensitive", "body",
)  # fmt: skip
_TOKEN = ("id", "resource_id", "param", "system", "code")
_TOKENS_A_VERSION = 1024


class _Now(NamedTuple):
    """Where a resource stands, as the batch goes on."""

    version: int
    deleted: bool
    unit: UUID
    person: UUID | None
    fhir_id: str


@dataclass(slots=True)
class _Read:
    """An item with what its content says."""

    item: Item
    key: UUID
    facts: Facts


@applies(StoreResources)
def store_resources(batch: Batch[StoreResources]) -> None:
    """Keep each entry's resources, all of them or none of them. A constant number of statements."""
    read: dict[UUID, list[_Read]] = {}
    for entry in batch.entries:
        try:
            read[entry.id] = [_read(item) for item in entry.payload.items]
        except Refusal as refusal:
            batch.refuse(entry, refusal)
    work = _Work([entry for entry in batch.entries if entry.id in read], read)
    for entry in list(batch.accepted()):
        try:
            work.take(entry, read[entry.id])
        except Refusal as refusal:
            batch.refuse(entry, refusal)
    work.write()


def _read(item: Item) -> _Read:
    """Look into one item. What its content means was judged by the door; here, only what finds it."""
    key, type = keys.resource(item.type, item.id), _typed(item.type)
    if not item.body:
        return _Read(item, key, Facts())
    content = codec.plain(item.body.encode())
    if content.get("resourceType") != item.type:
        raise WrongType(found=content.get("resourceType"), expected=item.type)
    if content.get("id") != item.id:
        raise WrongId(found=content.get("id"), expected=item.id)
    return _Read(item, key, facts(type, content))


def _typed(name: str) -> FhirType:
    type = typed(name)
    if type is None:
        raise UnknownType(value=name)
    return type


def _asked(payload: StoreResources) -> list[Item | Asked]:
    return [*payload.items, *payload.asks]


class _Work:
    """One batch, while it lasts: what stood before, and what is to be written."""

    def __init__(
        self, entries: Sequence[Entry[StoreResources]], read: dict[UUID, list[_Read]]
    ) -> None:
        asked: list[tuple[Entry[StoreResources], Item | Asked]] = [
            (entry, ask) for entry in entries for ask in _asked(entry.payload)
        ]
        conditions = {
            keys.condition(entry.unit, ask.type, ask.condition)
            for entry, ask in asked
            if ask.condition
        }
        held = Condition.objects.filter(id__among=conditions).values_list("id", "resource_id")
        self.conditions: dict[UUID, UUID] = dict(fetch(held)) if conditions else {}
        subjects = {each.facts.subject for every in read.values() for each in every} - {""}
        ids = {keys.resource(ask.type, ask.id) for _, ask in asked}
        ids |= {keys.resource("Patient", subject) for subject in subjects}
        columns = ("id", "version", "deleted", "unit_id", "person_id", "fhir_id")
        rows = Resource.objects.filter(id__among=ids | set(self.conditions.values()))
        self.now = {row[0]: _Now(*row[1:]) for row in fetch(rows.values_list(*columns))}
        self.places = _places(subjects, [ask for _, ask in asked], self.now, entries)
        firsts = {e.payload.part_of for e in entries if e.payload.part_of}
        parts = Part.objects.filter(id__in=firsts).values_list("id", "unit_id") if firsts else ()
        self.parts: dict[UUID, UUID] = dict(parts)
        self.seq = Version.objects.aggregate(last=Max("seq"))["last"] or 0
        self.versions: list[tuple[Any, ...]] = []
        self.resources: dict[UUID, tuple[Any, ...]] = {}
        self.tokens: dict[UUID, list[tuple[Any, ...]]] = {}
        self.claimed: dict[UUID, tuple[Any, ...]] = {}
        self.claimed_parts: list[tuple[UUID, UUID]] = []
        self.stood = set(self.now)
        self.newly: dict[str, UUID] = {}
        self._reach: dict[tuple[UUID, Any], frozenset[UUID]] = {}

    def take(self, entry: Entry[StoreResources], items: list[_Read]) -> None:
        """Check one entry as a whole, then note what is to be written of it."""
        payload = entry.payload
        if payload.part_of is not None and self.parts.get(payload.part_of) != entry.unit:
            raise FirstPartMissing()
        for ask in _asked(payload):
            self._check(entry, ask)
        if payload.asks:
            self.parts[entry.id] = entry.unit
            self.claimed_parts.append((entry.id, entry.unit))
        # A bundle is taken as a whole, so its patients are known before what is about them.
        for each in sorted(items, key=lambda each: each.item.type != "Patient"):
            self._keep(entry, each)

    def _check(self, entry: Entry[StoreResources], ask: Item | Asked) -> None:
        now = self.now.get(keys.resource(ask.type, ask.id))
        stands = now is not None and not now.deleted
        if now is not None and not self._may(entry, now):
            raise NotThere(type=ask.type, id=ask.id)
        if ask.expects == 0 and stands:
            raise AlreadyThere(type=ask.type, id=ask.id)
        if ask.expects and not stands:
            raise NotThere(type=ask.type, id=ask.id)
        if ask.expects and now is not None and now.version != ask.expects:
            raise OtherVersion(type=ask.type, id=ask.id, version=now.version)
        if ask.condition:
            holder = self.conditions.get(keys.condition(entry.unit, ask.type, ask.condition))
            held = self.now.get(holder) if holder else None
            another = holder != keys.resource(ask.type, ask.id)
            if holder and held and another and self._fulfils(ask, holder, held):
                raise AlreadyThere(type=ask.type, id=held.fhir_id)
        if ask.person is not None and not self._lives_near(entry, ask.person):
            raise NoSuchPerson(value=ask.person)

    def _fulfils(self, ask: Item | Asked, holder: UUID, held: _Now) -> bool:
        """Whether what was created under a condition still is what it asks for: an update may have made
        it another, and then it stands in nobody's way."""
        if held.deleted:
            return False
        key = keys.version(holder, held.version)
        bodies = [row[-1] for row in self.versions if row[0] == key]
        bodies = bodies or list(Version.objects.filter(pk=key).values_list("body", flat=True))
        try:
            asked = parsed(_typed(ask.type), dict(QueryDict(ask.condition).lists()))
        except Refusal:
            return True  # told in short, or not as a search
        said = facts(asked.type, codec.plain(bodies[0].encode()))
        return bool(asked.updated) or matches(asked, held.fhir_id, said, None)

    def _may(self, entry: Entry[StoreResources], now: _Now) -> bool:
        """A resource is changed by the unit that keeps it, or by the one where its person lives."""
        if entry.author is None or now.unit == entry.unit:
            return True
        return now.person is not None and self._lives_near(entry, now.person)

    def _lives_near(self, entry: Entry[StoreResources], person: UUID) -> bool:
        if person not in self.places:
            return False
        place = self.places[person]
        return entry.author is None or (place is not None and place in self._own(entry))

    def _own(self, entry: Entry[StoreResources]) -> frozenset[UUID]:
        key = (entry.unit, entry.received_at.date())
        if key not in self._reach:
            self._reach[key] = registry.atlas().reach(entry.unit, "own", key[1])
        return self._reach[key]

    def _whose(self, entry: Entry[StoreResources], each: _Read) -> UUID | None:
        """The person on the register whom a resource is about, where the unit may know them."""
        if not each.facts.subject:
            return None
        patient = self.now.get(keys.resource("Patient", each.facts.subject))
        person = patient.person if patient is not None else _uuid(each.facts.subject)
        if person is None:
            return None
        known = patient is not None and patient.unit == entry.unit
        return person if known or self._lives_near(entry, person) else None

    def _keep(self, entry: Entry[StoreResources], each: _Read) -> None:
        item, key, found = each.item, each.key, each.facts
        before = self.now.get(key)
        version = (before.version if before else 0) + 1
        unit = before.unit if before else entry.unit
        if item.type == "Patient":
            person = item.person or (before.person if before else None)
            if person is not None and (before is None or before.person != person):
                self.newly[item.id] = person
        else:
            person = self._whose(entry, each) or (before.person if before else None)
        gone = not item.body
        self.now[key] = _Now(version, gone, unit, person, item.id)
        self.seq += 1
        self.versions.append(
            (keys.version(key, version), key, self.seq, item.type, version, entry.id, unit, entry.author,
             entry.received_at, found.sensitive, item.body)
        )  # fmt: skip
        self.resources[key] = (
            key, self.seq, item.type, item.id, version, unit, person, found.subject, found.encounter,
            found.status, found.gender, found.words, found.begins, found.ends, found.sensitive, gone,
            entry.received_at,
        )  # fmt: skip
        at = self.seq * _TOKENS_A_VERSION
        self.tokens[key] = [(at + n, key, *token) for n, token in enumerate(found.tokens)]
        if item.condition and not gone:
            claim = keys.condition(entry.unit, item.type, item.condition)
            self.conditions[claim] = key
            self.claimed[claim] = (claim, key, entry.unit)

    def write(self) -> None:
        """Everything that was noted, each table in one statement."""
        if not self.resources:
            return
        again = self.stood & self.resources.keys()
        if again:
            Token.objects.filter(resource__id__among=again).delete()
        bulk.put(Resource, _RESOURCE, self.resources.values())
        bulk.insert(Version, _VERSION, self.versions)
        bulk.insert(Token, _TOKEN, [row for rows in self.tokens.values() for row in rows])
        if self.claimed:
            bulk.put(Condition, ("id", "resource_id", "unit_id"), self.claimed.values())
        if self.claimed_parts:
            bulk.insert(Part, ("id", "unit_id"), self.claimed_parts)
        if self.newly:
            _tell_dependents(self.newly)


def _tell_dependents(newly: dict[str, UUID]) -> None:
    """What was kept about a patient before it was known who that is, is about the person now."""
    waiting = Resource.objects.filter(subject__in=list(newly), person=None)
    for subject in set(waiting.values_list("subject", flat=True)):
        Resource.objects.filter(subject=subject, person=None).update(person=newly[subject])


def _places(
    subjects: set[str],
    asked: Sequence[Item | Asked],
    now: dict[UUID, _Now],
    entries: Sequence[Entry[StoreResources]],
) -> dict[UUID, UUID | None]:
    """Where each person lives who may be meant; those who are on the register only."""
    people = {person for subject in subjects if (person := _uuid(subject))}
    people |= {ask.person for ask in asked if ask.person}
    people |= {here.person for here in now.values() if here.person}
    if not people or not entries:
        return {}
    by = Actor.program(entries[0].received_at.date())
    return {id: vital.place for id, vital in registry.vitals(by=by, ids=people).items()}


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text) if len(text) == 36 else None
    except ValueError:
        return None
