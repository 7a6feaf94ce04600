"""Contacts and the days on which somebody looked after them."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from tuyen.apps.journal.bulk import fetch
from tuyen.apps.surveillance import bulk, places
from tuyen.apps.surveillance.models import Contact, FollowUp, Transmission
from tuyen.apps.surveillance.operations.contacts import (
    AddContacts,
    ContactDraft,
    FollowUpContacts,
    TieContact,
)
from tuyen.apps.surveillance.refusals.cases import UnknownPerson, UnknownPlace
from tuyen.apps.surveillance.refusals.outbreaks import (
    CaseOfAnother,
    ContactTwice,
    ExposedInTheFuture,
    NotWatchedThatDay,
    OutbreakChangedMeanwhile,
    UnknownContact,
)
from tuyen.apps.surveillance.sameness import folded
from tuyen.apps.surveillance.services.outbreak_book import OutbreakBook, today
from tuyen.apps.surveillance.services.outbreak_chains import link_row
from tuyen.apps.surveillance.services.outbreaks import Known, LineLists
from tuyen.kernel.ids import derived_id
from tuyen.kernel.operation import Batch, Entry, applies
from tuyen.kernel.refusal import Refusal
from tuyen.rules.surveillance import outbreaks as law

_CONTACT = (
    "id", "outbreak_id", "case_id", "disease", "unit_id", "commune_id", "village_id", "person_id",
    "name", "name_folded", "phone", "sex", "age", "address", "relation", "exposed_on", "until",
    "state", "last_on", "became_id", "note", "added_at", "changed_at",
)  # fmt: skip
_FOLLOW = ("id", "contact_id", "outbreak_id", "day", "state", "note", "seen_at", "author_id")
_LINK = ("id", "outbreak_id", "case_id", "infector_id", "evidence", "note", "linked_at")
_EVIDENCE = {
    "household": "same-house", "class": "same-class", "work": "work", "care": "care",
    "travel": "travel", "funeral": "event",
}  # fmt: skip


@applies(AddContacts)
def add_contacts(batch: Batch[AddContacts]) -> None:
    """Keep contacts and until when each is watched; one that is wrong refuses its whole operation."""
    map_ = places.atlas()
    outbreaks = [entry.payload.outbreak for entry in batch.entries]
    drafts = [draft for entry in batch.entries for draft in entry.payload.contacts]
    book, lists = OutbreakBook(outbreaks), LineLists(outbreaks)
    there = set(fetch_ids(draft.id for draft in drafts))
    named = {draft.person for draft in drafts if draft.person}
    people = places.people_known(named, batch.entries[0].happened_on)
    rows = []
    for entry in batch.entries:
        try:
            held = book.find(entry)
            if entry.payload.disease != held["disease"]:
                raise OutbreakChangedMeanwhile(title=held["title"])
            made, mine = [], set[UUID]()
            for draft in entry.payload.contacts:
                if draft.id in there or draft.id in mine:
                    raise ContactTwice(contact=draft.id)
                if draft.person is not None and draft.person not in people:
                    raise UnknownPerson(person=draft.person)
                if draft.case is not None:
                    lists.check(held["id"], [draft.case])
                mine.add(draft.id)
                made.append(_added(map_, entry, held, draft))
        except Refusal as refusal:
            batch.refuse(entry, refusal)
            continue
        there |= mine
        rows += made
    bulk.insert(Contact, _CONTACT, rows)


@applies(FollowUpContacts)
def follow_up_contacts(batch: Batch[FollowUpContacts]) -> None:
    """Keep a day's round, and how each contact stands by the last day of all."""
    book = OutbreakBook(entry.payload.outbreak for entry in batch.entries)
    contacts = _Contacts(mark.contact for entry in batch.entries for mark in entry.payload.marks)
    rows: dict[UUID, tuple[Any, ...]] = {}
    for entry in batch.entries:
        said = entry.payload
        try:
            held = book.find(entry, closed=None)
            for mark in said.marks:
                _check_day(contacts.find(held["id"], mark.contact), said.day, today(entry))
        except Refusal as refusal:
            batch.refuse(entry, refusal)
            continue
        for mark in said.marks:
            id = derived_id(mark.contact, "day", said.day.isoformat())
            rows[id] = (id, mark.contact, held["id"], said.day, mark.state, mark.note.strip(),
                        entry.received_at, entry.author)  # fmt: skip
            contacts.mark(mark.contact, said.day, mark.state, entry.received_at)
    # A mark of the same contact and day has the same id: what was said before is replaced.
    bulk.replace(FollowUp, list(rows), _FOLLOW, list(rows.values()))
    contacts.post()


@applies(TieContact)
def tie_contacts(batch: Batch[TieContact]) -> None:
    """A contact that fell ill is a case: it joins the line list, and the chain of whom they met."""
    outbreaks = [entry.payload.outbreak for entry in batch.entries]
    book, lists = OutbreakBook(outbreaks), LineLists(outbreaks)
    known = Known(entry.payload.case for entry in batch.entries)
    contacts = _Contacts(entry.payload.contact for entry in batch.entries)
    told = Transmission.objects.filter(outbreak_id__among=set(outbreaks))
    infector = {(o, c): i for o, c, i in
                fetch(told.values_list("outbreak_id", "case_id", "infector_id"))}  # fmt: skip
    links = []
    for entry in batch.entries:
        said = entry.payload
        try:
            held = book.find(entry)
            contact = contacts.find(held["id"], said.contact)
            known.check([said.case], held["disease"])
            if contact["case_id"] == said.case:
                raise CaseOfAnother(count=1)
        except Refusal as refusal:
            batch.refuse(entry, refusal)
            continue
        lists.add(held["id"], [said.case], "contact", entry.received_at)
        contacts.write(contact | {
            "state": "case", "became_id": said.case, "changed_at": entry.received_at,
        })  # fmt: skip
        source = contact["case_id"]
        free = (held["id"], said.case) not in infector
        if source and free and not _leads_to(infector, held["id"], source, said.case):
            evidence = _EVIDENCE.get(contact["relation"], "other")
            links.append(link_row(held["id"], said.case, source, evidence, "", entry.received_at))
            infector[held["id"], said.case] = source
    lists.post()
    contacts.post()
    bulk.insert(Transmission, _LINK, links)


def fetch_ids(ids: Iterable[UUID]) -> list[UUID]:
    """Which of these contacts are there already."""
    return list(Contact.objects.filter(pk__among=set(ids)).values_list("id", flat=True))


class _Contacts:
    """The contacts that a batch is about, as they stand while it is worked through."""

    def __init__(self, ids: Iterable[UUID]) -> None:
        found = Contact.objects.filter(pk__among=set(ids)).values_list(*_CONTACT)
        self._rows = {row[0]: dict(zip(_CONTACT, row, strict=True)) for row in fetch(found)}
        self._changed: dict[UUID, None] = {}

    def find(self, outbreak: UUID, id: UUID) -> dict[str, Any]:
        row = self._rows.get(id)
        if row is None or row["outbreak_id"] != outbreak:
            raise UnknownContact(contact=id)
        return row

    def mark(self, id: UUID, day: date, state: str, at: Any) -> None:
        """How a contact stands is what the last day says; one who became a case stays one."""
        row = self._rows[id]
        if row["last_on"] is None or day >= row["last_on"]:
            now = "ill" if state == "ill" else "watched" if state == "well" else row["state"]
            row = row | {"last_on": day, "state": "case" if row["became_id"] else now}
        self.write(row | {"changed_at": at})

    def write(self, row: dict[str, Any]) -> None:
        self._rows[row["id"]] = row
        self._changed[row["id"]] = None

    def post(self) -> None:
        rows = [tuple(self._rows[id].values()) for id in self._changed]
        bulk.replace(Contact, list(self._changed), _CONTACT, rows)


def _added(
    map_: Any, entry: Entry[AddContacts], held: dict[str, Any], draft: ContactDraft
) -> tuple[Any, ...]:
    if draft.exposed_on > today(entry):
        raise ExposedInTheFuture(on=draft.exposed_on, today=today(entry))
    commune, village = _where(map_, entry, draft)
    days = law.follow_days(held["disease"], entry.happened_on)
    return (
        draft.id, held["id"], draft.case, held["disease"], entry.unit, commune, village,
        draft.person, draft.name.strip(), folded(draft.name), draft.phone, draft.sex, draft.age,
        draft.address, draft.relation, draft.exposed_on, draft.exposed_on + timedelta(days=days),
        "watched", None, None, draft.note, entry.received_at, entry.received_at,
    )  # fmt: skip


def _where(map_: Any, entry: Entry[AddContacts], draft: ContactDraft) -> tuple[UUID, UUID | None]:
    """Where a contact is watched: as said, else at the unit that writes them down."""
    on = entry.happened_on
    for place in (draft.village, draft.commune):
        if place is not None and map_.unit(place) is None:
            raise UnknownPlace(value=place)
    if draft.village is not None and (found := map_.commune_of(draft.village, on)) is not None:
        return found, draft.village
    return draft.commune or map_.commune_of(entry.unit, on) or entry.unit, draft.village


def _check_day(contact: dict[str, Any], day: date, now: date) -> None:
    last = min(contact["until"], now)
    if not contact["exposed_on"] <= day <= last:
        raise NotWatchedThatDay(day=day, first=contact["exposed_on"], last=last)


def _leads_to(
    infector: dict[tuple[UUID, UUID], UUID], outbreak: UUID, here: UUID, case: UUID
) -> bool:
    """Whether a case stands somewhere behind ``here`` in the chain."""
    at: UUID | None = here
    while at is not None:
        if at == case:
            return True
        at = infector.get((outbreak, at))
    return False
