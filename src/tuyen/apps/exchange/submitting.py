"""What comes in, made into operations: which resource becomes which, and what the register hears.

Everything is looked up before the commit; the services look again under the lock of the journal, so
two who come at once never both win. The door commits what is planned here, all in one commit.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import sha256
from typing import Any
from uuid import UUID

import msgspec
from django.http import QueryDict

from tuyen.apps.access import policies
from tuyen.apps.access.actors import Actor
from tuyen.apps.exchange import bundles, codec, keys, queries
from tuyen.apps.exchange.filing import Care, Filing, Told
from tuyen.apps.exchange.filing_doses import Doses
from tuyen.apps.exchange.filing_sent import SentHere
from tuyen.apps.exchange.indexing import typed
from tuyen.apps.exchange.mapping import PersonFields, person_fields
from tuyen.apps.exchange.operations import Asked, Item, StoreResources
from tuyen.apps.exchange.refusals import (
    BadEntry,
    BadParameter,
    FhirRefusal,
    HasTheNumber,
    NotOurs,
    NotThere,
    NoUnit,
    OnTheRegister,
    OtherVersion,
    SeveralMatch,
    StillReferred,
    Unresolved,
)
from tuyen.apps.exchange.scopes import WRITE
from tuyen.apps.exchange.searching import RESULTS, parsed
from tuyen.apps.exchange.wishes import Wish
from tuyen.apps.registry import queries as registry
from tuyen.apps.registry.operations import AmendPerson, Number, RegisterPerson
from tuyen.kernel.ids import uuid7
from tuyen.kernel.operation import MAX_PAYLOAD_BYTES, Operation, Payload
from tuyen.kernel.refusal import Refusal
from tuyen.rules.exchange.fhir_types import FhirType

_ROOM = MAX_PAYLOAD_BYTES - 4096
_LONGEST_CONDITION = 500


@dataclass(slots=True)
class Plan:
    """What is to be committed together, and what each wish came to: registrations and amendments of
    people, the resources to keep, and what of them is filed with the rooms."""

    register: list[Operation]
    items: list[Item]
    filings: list[Filing]
    wishes: list[Wish]

    def placed(self, refusal: Refusal, operation: Operation | None = None) -> Refusal:
        """A refusal that says of which entry of the bundle it is, where that can be known: by the
        operation about a person, or by the resource that it names."""
        named = (refusal.values.get("type"), refusal.values.get("id"))
        for wish in self.wishes:
            mine = operation is not None and wish.registering == operation.id
            if wish.entry is not None and (mine or named == (wish.type.name, wish.id)):
                refusal.values.setdefault("entry", wish.entry)
        return refusal


class Submission:
    """One request of somebody that changes something, at a moment, for a unit."""

    def __init__(self, by: Actor, unit: UUID, at: datetime, base: str = "") -> None:
        self.by, self.unit, self.at, self.base = by, unit, at, base

    def plan(
        self, wishes: Sequence[Wish], *, again: bool = False, create_by_put: bool = False
    ) -> Plan:
        """Look up what is there, give ids, resolve references, and write the operations.

        ``again``: an earlier plan was refused, for an id or a number was taken meanwhile; entries get
        new ids, whatever they came with. With ``create_by_put`` an update of what is not there creates
        it: for the operator, whose ids mean nothing to others.

        Raises
        ------
        FhirRefusal
            For the first wish that cannot be; then none of them is done.
        """
        wishes = [replace(wish, remarks=[]) for wish in wishes]
        for right, wish in {w.type.write: w for w in reversed(wishes) if w.type.write}.items():
            with _located(wish):
                policies.check(self.by, right, self.unit)
        _each_once(wishes)
        self._who(wishes, again, create_by_put)
        self._standing(wishes, create_by_put)
        return self._planned(wishes, self._refer(wishes))

    # -- Which resource each wish is about ---------------------------------------------------------

    def _who(self, wishes: Sequence[Wish], again: bool, same_is_there: bool) -> None:
        """Give every create its id, or find what its condition means. Of entries with one condition
        the first creates, and the others find what it made."""
        first: dict[tuple[str, str], Wish] = {}
        same: list[tuple[Wish, Wish]] = []
        for wish in wishes:
            if wish.method != "POST":
                continue
            if wish.none_exist:
                with _located(wish):
                    found = self._condition(wish)
                if found:
                    wish.there, wish.id = True, found
                    continue
                if (one := first.setdefault((wish.type.name, wish.condition), wish)) is not wish:
                    wish.there = True
                    same.append((wish, one))
                    continue
            given = "" if again else bundles.given_id(wish.full_url)
            wish.id = given or str(uuid7())
        self._settle([w for w in wishes if w.method == "POST" and not w.there], same_is_there)
        self._people([w for w in wishes if w.type.name == "Patient" and not w.there], again)
        for wish, one in same:
            wish.id = one.id

    def _settle(self, wishes: Sequence[Wish], same_is_there: bool) -> None:
        """An id that is taken is not given twice. With ``same_is_there`` the very same resource under
        the id that it came with is there already: for the operator, who loads a file again."""
        pairs = [(wish.type.name, wish.id) for wish in wishes]
        taken = queries.taken(by=self.by, wanted=pairs) if pairs else set()
        if not taken:
            return
        names = _names(wishes)
        rows = queries.several(by=self.by, wanted=list(taken)) if same_is_there else []
        kept = {(row.type, row.id): codec.plain(row.body) for row in rows}
        for wish in wishes:
            key = (wish.type.name, wish.id)
            if key not in taken:
                continue
            body = bundles.referring(codec.with_identity(wish.body, wish.id), names, lambda _: None)
            if kept.get(key) == codec.plain(body):
                wish.there = True
            else:
                wish.id = str(uuid7())

    def _condition(self, wish: Wish) -> str:
        """The id of the one resource that a conditional create asks about; '' where there is none."""
        found, wish.condition = self.lookup(wish.type, wish.none_exist)
        return found

    def lookup(self, type: FhirType, criterion: str) -> tuple[str, str]:
        """(id or '', the criterion in one form) of a search that must mean one resource."""
        asked = QueryDict(criterion.removeprefix("?"))
        if not asked:
            raise BadParameter(
                name="If-None-Exist", value=repr(criterion[:40]), expected="a condition"
            )
        for name in asked:
            if name in RESULTS:
                raise BadParameter(
                    name=name, value=asked[name][:40], expected="only conditions here"
                )
        search = replace(parsed(type, dict(asked.lists()), self.base), count=2)
        page = queries.search(by=self.by, search=search)
        if (page.total or 0) > 1:
            raise SeveralMatch(count=page.total, criterion=criterion[:100])
        same = "&".join(sorted(f"{k}={v}" for k, values in asked.lists() for v in values))
        if len(same) > _LONGEST_CONDITION:  # what is left out is told by what it comes to
            same = same[:400] + "#" + sha256(same.encode()).hexdigest()
        return (page.rows[0].id if page.rows else ""), same

    def _people(self, wishes: Sequence[Wish], again: bool) -> None:
        """Patients with a personal number are people of the register: the ones there, or new ones."""
        said = {id(w): person_fields(w.content) for w in wishes if w.method in ("POST", "PUT")}
        numbers = {fields.number for fields in said.values() if fields.number}
        holders = registry.holders(by=self.by, values=numbers) if numbers else {}
        told: set[str] = set()
        for wish in wishes:
            fields = said.get(id(wish))
            if fields is None or not fields.number:
                continue
            if fields.number in told:
                raise BadEntry(entry=wish.entry, what="another entry is the patient of this number")
            told.add(fields.number)
            holder = holders.get(fields.number)
            if holder is None:
                if fields.complete:
                    self._register(wish, fields)
            elif wish.method == "POST":
                with _located(wish):
                    self._take_up(wish, holder, again)
            else:
                wish.person = holder

    def _take_up(self, wish: Wish, holder: UUID, again: bool) -> None:
        """The person is on the register already: another's patient, unless the registration is that
        of this very request, whose resources were refused the first time."""
        known = queries.fhir_ids(by=self.by, people=[holder])[holder]
        kept = queries.standing(by=self.by, wanted=[("Patient", known)])
        if (
            kept
            or not again
            or holder != keys.person(self.unit, person_fields(wish.content).number)
        ):
            raise HasTheNumber(id=known)
        wish.person, wish.id = holder, known

    def _register(self, wish: Wish, fields: PersonFields) -> None:
        wish.person = keys.person(self.unit, fields.number)
        place = registry.atlas().commune_of(self.unit, self.by.on)
        wish.register = RegisterPerson(
            name=fields.name[:200], sex=fields.sex or 3,  # type: ignore[arg-type]  # one of the three
 born_on=fields.born_on or self.by.on,
            birth_precision=fields.precision,  # type: ignore[arg-type]  # day, month or year
            place=place, phone=fields.phone[:20],
            numbers=tuple(Number(system=system, value=value[:40]) for system, value in fields.numbers),
        )  # fmt: skip
        if wish.method == "POST":
            wish.id = str(wish.person)
            wish.condition = wish.condition or f"identifier={fields.number}"

    # -- What stands -------------------------------------------------------------------------------

    def _standing(self, wishes: Sequence[Wish], create_by_put: bool) -> None:
        """Updates and deletions are of what is there and may be seen; views are not changed here."""
        changing = [wish for wish in wishes if wish.method in ("PUT", "DELETE")]
        pairs = {(wish.type.name, wish.id) for wish in changing}
        there = queries.standing(by=self.by, wanted=pairs) if pairs else {}
        for wish in changing:
            with _located(wish):
                now = there.get((wish.type.name, wish.id))
                if now is None and self._is_gone(wish):
                    wish.there = True
                    continue
                if now is None:
                    self._absent(wish, create_by_put)
                elif wish.expects is not None and wish.expects != now:
                    raise OtherVersion(type=wish.type.name, id=wish.id, version=now)
                if wish.type.name == "Patient":
                    self._patient(wish)

    def _is_gone(self, wish: Wish) -> bool:
        """Whether it is to be taken out of use, and is so already: nothing is left to do."""
        return wish.method == "DELETE" and bool(
            queries.taken(by=self.by, wanted=[(wish.type.name, wish.id)])
        )

    def _absent(self, wish: Wish, create_by_put: bool) -> None:
        """Not kept: a view, which a Patient may be laid over; or nothing."""
        if wish.method == "PUT" and create_by_put:
            return
        try:
            row = queries.read(by=self.by, type=wish.type, id=wish.id)
        except FhirRefusal:
            raise NotThere(type=wish.type.name, id=wish.id) from None
        if wish.type.name != "Patient" or wish.method == "DELETE":
            raise NotOurs(type=wish.type.name, id=wish.id)
        if wish.tag and wish.tag != row.version:
            raise OtherVersion(type=wish.type.name, id=wish.id, version=row.version)
        wish.person, wish.expects = row.whom, 0

    def _patient(self, wish: Wish) -> None:
        """A patient on the register is amended there too; nobody's record is taken out of use."""
        person = queries.person_of(by=self.by, id=wish.id)
        if wish.method == "DELETE":
            if person is not None:
                raise OnTheRegister(type=wish.type.name, id=wish.id)
            if count := queries.about(by=self.by, id=wish.id):
                raise StillReferred(count=count, type=wish.type.name, id=wish.id)
            return
        if person is None:
            return
        if wish.person not in (None, person):
            other = queries.fhir_ids(by=self.by, people=[wish.person])[wish.person]
            raise HasTheNumber(id=other)
        if wish.tag:
            row = queries.read(by=self.by, type=wish.type, id=wish.id)
            if row.version != wish.tag:
                raise OtherVersion(type=wish.type.name, id=wish.id, version=row.version)
        wish.person, wish.register = person, self._amended(person, wish)

    def _amended(self, person: UUID, wish: Wish) -> AmendPerson | None:
        """What a Patient says otherwise than the register does, of what it says at all."""
        known = registry.listed(by=self.by, ids=[person], limit=1)
        if not known:
            return None
        here, said = known[0], person_fields(wish.content)
        changes: dict[str, Any] = {}
        if said.name and said.name != here.name:
            changes["name"] = said.name[:200]
        if said.sex and said.sex != here.sex:
            changes["sex"] = said.sex
        if said.born_on and (said.born_on, said.precision) != (here.born_on, here.precision):
            changes |= {"born_on": said.born_on, "birth_precision": said.precision}
        return AmendPerson(person=person, **changes) if changes else None

    # -- References --------------------------------------------------------------------------------

    def _refer(self, wishes: Sequence[Wish]) -> dict[str, str]:
        """References from one entry to another, and conditional ones, become those of what is here;
        how each is called."""
        names = _names(wishes)
        for wish in wishes:
            if wish.method == "DELETE" or wish.there:
                continue

            def unresolved(said: str, entry: int | None = wish.entry) -> str | None:
                if entry is None and said.startswith("urn:uuid:"):
                    return None  # it came by itself: what another bundle means by it stays
                name = self._conditional(said, entry)
                names[said] = name
                return name

            with _located(wish):
                wish.body = codec.with_identity(wish.body, wish.id)
                if wish.type.name != "Bundle":  # whose entries refer to one another
                    wish.body = bundles.referring(wish.body, names, unresolved, self.base)
                codec.check_size(wish.type.name, wish.body)
        return names

    def _conditional(self, said: str, entry: int | None) -> str:
        kind, _, criterion = said.partition("?")
        type = typed(kind)
        if type is None or not criterion:
            raise Unresolved(entry=entry, value=said[:100])
        found, _ = self.lookup(type, criterion)
        if not found:
            raise Unresolved(entry=entry, value=said[:100])
        return f"{kind}/{found}"

    # -- Operations --------------------------------------------------------------------------------

    def _planned(self, wishes: list[Wish], names: dict[str, str]) -> Plan:
        changing = [wish for wish in wishes if not wish.there]
        first: list[Operation] = []
        for wish in changing:
            if wish.register:
                first.append(self._operation(wish.register, self._registration(wish)))
                wish.registering = first[-1].id
        items = [self._item(wish) for wish in changing]
        items.sort(key=lambda item: item.type != "Patient")
        people = {w.id: w.person for w in wishes if w.type.name == "Patient" and w.person}
        told = Told(names, people)
        filings = Care(self.by, self.unit, self.at).plan(changing, told)
        filings += Doses(self.by, self.unit, self.at).plan(changing, told)
        filings += SentHere(self.by, self.unit, self.at).plan(changing, told)
        return Plan(first, items, filings, wishes)

    def _registration(self, wish: Wish) -> UUID | None:
        """The id of a registration is that of the person; an amendment has one of its own."""
        return wish.person if isinstance(wish.register, RegisterPerson) else None

    def _item(self, wish: Wish) -> Item:
        expects = 0 if wish.method == "POST" else wish.expects
        return Item(
            type=wish.type.name, id=wish.id, body=wish.body.decode() if wish.method != "DELETE" else "",
            expects=expects, condition=wish.condition, person=wish.person,
        )  # fmt: skip

    def parts(self, items: Sequence[Item]) -> list[Operation]:
        """The operations that keep them: as few operations as the items fit into; the first asks for all the others."""
        sizes = [len(msgspec.json.encode(item)) for item in items]
        asks = [
            Asked(type=i.type, id=i.id, expects=i.expects, condition=i.condition, person=i.person)
            for i in items
        ]
        if sum(sizes) <= _ROOM:
            groups = [list(range(len(items)))] if items else []
        else:
            groups = _grouped(sizes, sum(len(msgspec.json.encode(ask)) + 1 for ask in asks))
        made: list[Operation] = []
        for number, group in enumerate(groups):
            later = tuple(asks[n] for other in groups[1:] for n in other) if number == 0 else ()
            payload = StoreResources(
                items=tuple(items[n] for n in group), asks=later,
                part_of=made[0].id if number else None,
            )  # fmt: skip
            made.append(self._operation(payload))
        return made

    def _operation(self, payload: Payload, id: UUID | None = None) -> Operation:
        return Operation.of(
            payload, unit=self.unit, happened_on=self.at.date(), recorded_at=self.at, id=id
        )


@contextmanager
def _located(wish: Wish) -> Iterator[None]:
    """What is refused within says of which entry of the bundle it is."""
    try:
        yield
    except Refusal as refusal:
        if wish.entry is not None:
            refusal.values.setdefault("entry", wish.entry)
        raise


def _names(wishes: Sequence[Wish]) -> dict[str, str]:
    """What entries of a bundle are called by one another, and here. A name that may mean two is none."""
    found: dict[str, str] = {}
    unclear: set[str] = set()
    for wish in wishes:
        here = f"{wish.type.name}/{wish.id}"
        for name in bundles.spoken_of(wish.full_url):
            if found.setdefault(name, here) != here:
                unclear.add(name)
    return {name: here for name, here in found.items() if name not in unclear}


def _each_once(wishes: Sequence[Wish]) -> None:
    seen: set[tuple[str, str]] = set()
    for wish in wishes:
        if wish.id and (wish.type.name, wish.id) in seen:
            what = f"{wish.type.name}/{wish.id} is changed by another entry too"
            raise BadEntry(entry=wish.entry, what=what)
        seen.add((wish.type.name, wish.id))


def _grouped(sizes: Sequence[int], beside: int) -> list[list[int]]:
    """Items by their places, in groups that fit; the first has less room by ``beside`` bytes."""
    groups: list[list[int]] = [[]]
    left = _ROOM - beside
    for number, size in enumerate(sizes):
        if size + 1 > left and (groups[-1] or len(groups) == 1):
            groups.append([])
            left = _ROOM
        groups[-1].append(number)
        left -= size + 1
    if not groups[0]:  # what is asked leaves no room: the first part keeps the first item alone
        groups[0] = [groups[1].pop(0)]
    return [group for group in groups if group]


def unit_for(by: Actor, asked: str) -> UUID:
    """The unit that somebody writes for: the one named, or that of the first post which may."""
    scope = policies.scope(by, WRITE)
    if asked:
        try:
            unit = UUID(asked)
        except ValueError:
            raise NoUnit() from None
        if not scope.covers(unit):
            raise NoUnit()
        return unit
    for post in by.posts:
        if scope.covers(post.unit):
            return post.unit
    raise NoUnit()


def refusal_of(error: Refusal) -> FhirRefusal:
    """A refusal of a receipt as one that FHIR can tell: the same code, sentence and values."""
    if isinstance(error, FhirRefusal):
        return error
    for kind in _kinds():
        if kind.code == error.code:
            return kind(**error.values)
    found = FhirRefusal(**error.values)
    found.code, found.message = error.code, error.message  # type: ignore[misc]
    return found


def _kinds() -> list[type[FhirRefusal]]:
    return FhirRefusal.__subclasses__()
