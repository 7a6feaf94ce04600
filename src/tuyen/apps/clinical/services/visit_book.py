"""The people and the visits that a batch is about, as they stand while it is worked through."""

from collections.abc import Collection, Iterable, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Max

from tuyen.apps.access.actors import Actor
from tuyen.apps.clinical.keeping import Row, day_of, read
from tuyen.apps.clinical.models import Practitioner, Referral, SensitiveContent, Visit, VisitStep
from tuyen.apps.clinical.operations import Content
from tuyen.apps.clinical.refusals import UnknownPerson, UnknownUnit, UnknownVisit, VisitIsVoid
from tuyen.apps.clinical.services import visit_rows as rows
from tuyen.apps.clinical.services.after_visit import VisitChange, tell
from tuyen.apps.clinical.services.visit_checks import check
from tuyen.apps.journal import bulk, store
from tuyen.apps.journal.bulk import fetch
from tuyen.apps.journal.prepared import prepared
from tuyen.apps.registry import queries as registry
from tuyen.apps.registry.queries import Vital
from tuyen.engines.registry.identifiers import NotAnInsuranceNumber, check_insurance_card, clean
from tuyen.kernel.operation import Entry
from tuyen.rules.registry import lists


class Book:
    """A constant number of reads for any number of entries, and of statements for what they write."""

    def __init__(
        self, contents: Sequence[tuple[Entry[Any], Content]], visits: Iterable[UUID] = ()
    ) -> None:
        self.map = registry.atlas()
        ids = set(visits)
        self._held = _held(Visit, rows.VISIT, ids)
        self._referrals = _held(Referral, rows.REFERRAL, ids)
        people = {content.person for _, content in contents}
        by = Actor.program(contents[0][0].happened_on) if contents else None
        self._vitals = registry.vitals(by=by, ids=people) if by else {}
        self.stands = {person: person for person in people}
        if by and any(vital.merged_into for vital in self._vitals.values()):
            self.stands = registry.canonical(people)
            self._vitals |= registry.vitals(by=by, ids=set(self.stands.values()))
        insured = {c.person for _, c in contents if c.payer == "insurance" and not c.card}
        roots = {self.stands[person] for person in insured}
        self._covers = registry.covers(by=by, ids=roots) if by and roots else {}
        self._groups = lists.insurance_groups()
        self._licences = _licences({entry.author for entry, c in contents if not c.practitioner})
        self._numbers = _numbers({(_unit(self, e), day_of(c.began_at)) for e, c in contents})
        self._apart = _apart(self._held.values())
        self._new: dict[UUID, None] = {}
        self._changed: dict[UUID, None] = {}
        self._contents: dict[UUID, Content] = {}
        self._sent: dict[UUID, None] = {}
        self._whole: list[tuple[Any, ...]] = []
        self._steps: list[tuple[Any, ...]] = []
        self._told: list[VisitChange] = []

    def checked(self, entry: Entry[Any], content: Content) -> None:
        """Raise what is wrong with a visit."""
        if self.map.unit(entry.unit) is None:
            raise UnknownUnit(unit=entry.unit)
        today = day_of(entry.received_at)
        check(content, self._person(content.person), self.map, today, entry.version)
        odd = check_insurance_card(content.card) if content.card.strip() else []
        if odd and isinstance(odd[0], NotAnInsuranceNumber):
            raise odd[0]

    def _person(self, id: UUID) -> Vital:
        found = self._vitals.get(self.stands.get(id, id))
        if found is None or found.voided:
            raise UnknownPerson(person=id)
        return found

    def find(self, entry: Entry[Any], visit: UUID) -> Row:
        """The live visit that an entry is about, of its own unit. One of another is answered like one
        that does not exist."""
        row = self._held.get(visit)
        if row is None or not self._may(entry, row["unit_id"]):
            raise UnknownVisit(visit=visit)
        if row["state"] != "live":
            raise VisitIsVoid(visit=visit, reason=row["void_reason"])
        return row

    def _may(self, entry: Entry[Any], unit: UUID) -> bool:
        if entry.unit == unit:
            return True
        known = self.map.unit(entry.unit) is not None
        return known and unit in self.map.reach(entry.unit, "own", entry.happened_on)

    def content(self, row: Row) -> Content:
        """All that a visit says by now, with what stands apart."""
        held = self._contents.get(row["id"])
        if held is None:
            held = read(self._apart[row["id"]] if row["apart"] else row["content"])
            self._contents[row["id"]] = held
        return held

    def referral(self, visit: UUID) -> Row | None:
        return self._referrals.get(visit)

    def add(self, entry: Entry[Any], content: Content) -> None:
        """A new visit."""
        row = self._row(entry, entry.id, entry.unit, content, 1, None)
        self._new[entry.id] = None
        self._put(row, content)
        self._told.append(
            VisitChange(
                entry, None, content, entry.id, entry.unit, row["day"], self._person(content.person)
            )
        )

    def amend(self, entry: Entry[Any], held: Row, content: Content, reason: str) -> None:
        """A visit as it is from now on."""
        before = self.content(held)
        self._steps.append(rows.step_row(entry, held, "amended", reason))
        row = self._row(entry, held["id"], held["unit_id"], content, held["version"] + 1, held)
        row["author_id"], row["received_at"] = held["author_id"], held["received_at"]
        self._put(row, content)
        self._told.append(
            VisitChange(
                entry,
                before,
                content,
                row["id"],
                row["unit_id"],
                row["day"],
                self._person(content.person),
            )
        )

    def void(self, entry: Entry[Any], held: Row, reason: str) -> None:
        """A visit that did not take place."""
        before = self.content(held)
        self._steps.append(rows.step_row(entry, held, "voided", reason))
        row = held | {"state": "void", "void_reason": reason}
        self._held[row["id"]] = row
        self._changed[row["id"]] = None
        self._referrals.pop(row["id"], None)
        self._sent[row["id"]] = None
        self._told.append(VisitChange(entry, before, None, row["id"], row["unit_id"], row["day"]))

    def returned(self, entry: Entry[Any], held: Row, referral: Row) -> None:
        """A visit's referral that was answered."""
        self._steps.append(rows.step_row(entry, held, "returned", ""))
        self._referrals[held["id"]] = rows.returned_row(referral, entry)
        self._sent[held["id"]] = None
        row = held | {"referral": "returned"}
        self._held[row["id"]] = row
        self._changed[row["id"]] = None

    def _row(
        self, entry: Entry[Any], id: UUID, unit: UUID, content: Content, version: int,
        held: Row | None,
    ) -> Row:  # fmt: skip
        day = day_of(content.began_at)
        if held is not None and held["day"] == day:
            seq = held["seq"]
        else:
            seq = self._numbers[unit, day] = self._numbers.get((unit, day), 0) + 1
        card, doubt = self._card(content, day)
        licence = content.practitioner or self._licence(entry.author, day)
        return rows.visit_row(
            id, unit, content, seq=seq, version=version, card=card, practitioner=licence,
            doubts=doubt, entry=entry,
        )  # fmt: skip

    def _put(self, row: Row, content: Content) -> None:
        id = row["id"]
        sent = rows.referral_row(row, content)
        held = self._referrals.pop(id, None)
        if held is not None or sent is not None:
            self._sent[id] = None
        if sent is not None and held is not None and held["state"] == "returned":
            # What came back stays with the visit that sent, however the visit is corrected.
            kept = ("state", "returned_on", "from_name", "diagnosis", "text", "treatment")
            sent |= {name: held[name] for name in (*kept, "returned_by_id")}
            row["referral"] = "returned"
        if sent is not None:
            self._referrals[id] = sent
        if row["apart"]:
            self._whole.append(rows.apart_row(row, content))
        self._held[id], self._contents[id] = row, content
        self._changed[id] = None

    def _card(self, content: Content, day: date) -> tuple[str, str]:
        """The card of a visit that insurance pays, and what is odd about it."""
        if content.payer != "insurance":
            return clean(content.card), ""
        card = clean(content.card)
        if not card:
            root = self.stands[content.person]
            holding = [one.card for one in self._covers.get(root, ()) if one.holds(day)]
            card = holding[-1] if holding else ""
        if not card:
            return "", "clinical.no-card"
        odd = check_insurance_card(card, self._groups)
        return card, odd[0].code if odd else ""

    def _licence(self, author: UUID | None, day: date) -> str:
        """The licence of an author on a day; "" where none is on record."""
        held = [licence for since, licence in self._licences.get(author, ()) if since <= day]
        return held[-1] if held else ""

    def post(self) -> None:
        """Write what is new and what changed, and tell the room's programmes."""
        gone = [id for id in self._changed if id not in self._new]
        if gone:
            Visit.objects.filter(pk__among=gone)._raw_delete(using=store.alias())
            for model in rows.PARTS:
                model.objects.filter(visit_id__among=gone)._raw_delete(using=store.alias())
        if self._changed:
            found = [self._held[id] for id in self._changed]
            bulk.insert(Visit, rows.VISIT, [tuple(map(row.get, rows.VISIT)) for row in found])
            parts: dict[Any, list[tuple[Any, ...]]] = {model: [] for model in rows.PARTS}
            for row in found:
                if row["state"] == "live":
                    for model, made in rows.part_rows(row, self.content(row)).items():
                        parts[model] += made
            for model, made in parts.items():
                if made:
                    bulk.insert(model, rows.PARTS[model], made)
        if self._whole:
            bulk.insert(SensitiveContent, rows.APART, self._whole)
        if self._steps:
            bulk.insert(VisitStep, rows.STEP, self._steps)
        self._post_referrals()
        tell(self._told)

    def _post_referrals(self) -> None:
        old = [id for id in self._sent if id not in self._new]
        if old:
            Referral.objects.filter(pk__among=old)._raw_delete(using=store.alias())
        sent = [self._referrals[id] for id in self._sent if id in self._referrals]
        if sent:
            bulk.insert(
                Referral, rows.REFERRAL, [tuple(map(row.get, rows.REFERRAL)) for row in sent]
            )


def _unit(book: Book, entry: Entry[Any]) -> UUID:
    """Of which unit the numbers of a day are: that of the visit, where it is there already."""
    held = book._held.get(getattr(entry.payload, "visit", entry.id))
    unit: UUID = held["unit_id"] if held else entry.unit
    return unit


def _held(model: Any, columns: tuple[str, ...], ids: Collection[UUID]) -> dict[UUID, Row]:
    if not ids:
        return {}
    found = fetch(model.objects.filter(pk__among=ids).values_list(*columns))
    return {row[0]: dict(zip(columns, row, strict=True)) for row in found}


def _apart(held: Iterable[Row]) -> dict[UUID, str]:
    """The whole of the visits of which parts stand apart, as they stand by now."""
    versions = {row["id"]: row["version"] for row in held if row["apart"]}
    if not versions:
        return {}
    found = SensitiveContent.objects.filter(visit_id__among=set(versions))
    return {
        visit: content
        for visit, version, content in fetch(found.values_list("visit_id", "version", "content"))
        if version == versions[visit]
    }


def _numbers(days: Collection[tuple[UUID, date]]) -> dict[tuple[UUID, date], int]:
    """The last number of each of these days of units: one query."""
    if not days:
        return {}
    found = _last_numbers({unit for unit, _ in days}, {day for _, day in days})
    return {(unit, day): number for unit, day, number in found}


@prepared
def _last_numbers(units: Collection[UUID], days: Collection[date]) -> Any:
    rows_ = Visit.objects.filter(unit_id__among=units, day__among=days)
    return rows_.values_list("unit_id", "day").annotate(last=Max("seq"))


def _licences(authors: Collection[UUID | None]) -> dict[UUID | None, list[tuple[date, str]]]:
    users = {author for author in authors if author}
    if not users:
        return {}
    found: dict[UUID | None, list[tuple[date, str]]] = {}
    for user, since, licence in _licences_of(users):
        found.setdefault(user, []).append((since, licence))
    return found


@prepared
def _licences_of(users: Collection[UUID]) -> Any:
    rows_ = Practitioner.objects.filter(user_id__among=users).order_by("since", "received_at", "pk")
    return rows_.values_list("user_id", "since", "licence")
