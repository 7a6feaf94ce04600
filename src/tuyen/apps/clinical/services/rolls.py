"""Who is in which programme while a batch is worked through."""

from collections.abc import Collection, Iterable, Mapping
from datetime import date
from types import MappingProxyType
from typing import Any
from uuid import UUID

from tuyen.apps.access.actors import Actor
from tuyen.apps.clinical import declared, programme_standing
from tuyen.apps.clinical.declared import APART, PLAIN, Tables
from tuyen.apps.clinical.keeping import Row, columns_of
from tuyen.apps.clinical.models import Contact, Enrolment
from tuyen.apps.journal import bulk, store
from tuyen.apps.journal.bulk import fetch
from tuyen.apps.journal.prepared import Prepared, prepared
from tuyen.apps.registry import queries as registry
from tuyen.apps.registry.queries import Vital
from tuyen.kernel.ids import derived_id
from tuyen.rules.clinical.programme import Programme, programmes

ENROLMENT, CONTACT = columns_of(Enrolment), columns_of(Contact)
_STANDS_BY = tuple(name for name in CONTACT if name not in ("unit_id", "programme"))
"""What is read of contacts: they are never written again, only taken out."""
NOBODY: Mapping[UUID, Vital] = MappingProxyType({})
BY_REGISTRY = ("died", "moved", "merged", "error")


def _look_ups(tables: Tables) -> tuple[Prepared, Prepared]:
    def enrolled(people: Collection[UUID]) -> Any:
        found = tables.enrolments.objects.filter(person__id__among=people)
        return found.values_list(*ENROLMENT)

    def told(enrolments: Collection[UUID]) -> Any:
        found = tables.contacts.objects.filter(enrolment_id__among=enrolments)
        return found.order_by("at", "id").values_list(*_STANDS_BY)

    return prepared(enrolled), prepared(told)


_LOOK_UPS = {tables: _look_ups(tables) for tables in (PLAIN, APART)}


class Rolls:
    """The enrolments and contacts of people, by the record that stands for each. A constant number
    of reads for any number of people, and of statements for what is written."""

    def __init__(
        self, people: Collection[UUID], on: date, *, among: Collection[Tables],
        known: Mapping[UUID, Vital] = NOBODY,
    ) -> None:  # fmt: skip
        """``known``: the records that stand for some of them, where they were read already."""
        by = Actor.program(on)
        self.stands: dict[UUID, UUID] = {person: vital.id for person, vital in known.items()}
        self.vitals: dict[UUID, Vital] = {vital.id: vital for vital in known.values()}
        asked = set(people) - set(self.stands)
        self.stands |= registry.canonical(asked) if asked else {}
        roots = set(self.stands.values())
        records = registry.born_as(roots) if roots else {}
        for root, each in records.items():
            self.stands |= dict.fromkeys(each, root)
        every = set(self.stands)
        unread = roots - set(self.vitals)
        self.vitals |= registry.vitals(by=by, ids=unread) if unread else {}
        self.rows: dict[UUID, Row] = {}
        self.contacts: dict[UUID, dict[UUID, Row]] = {}
        for tables in among:
            self._load(tables, every)
        self._of: dict[UUID, list[UUID]] = {}
        for id, row in sorted(self.rows.items()):
            self._of.setdefault(self.stands[row["person_id"]], []).append(id)
        self._changed: dict[UUID, None] = {}
        self._gone: set[UUID] = set()  # contacts that stood in the tables and changed

    @classmethod
    def of_enrolments(cls, ids: Collection[UUID], on: date) -> "Rolls":
        """The rolls of everybody whom these enrolments are about."""
        people = {
            person
            for tables in (PLAIN, APART)
            for (person,) in fetch(
                tables.enrolments.objects.filter(pk__among=set(ids)).values_list("person_id")
            )
        }
        return cls(people, on, among=(PLAIN, APART))

    def _load(self, tables: Tables, people: set[UUID]) -> None:
        enrolled, told = _LOOK_UPS[tables]
        rows = [dict(zip(ENROLMENT, row, strict=True)) for row in enrolled(people)]
        self.rows |= {row["id"]: row for row in rows}
        if rows:
            for line in told({row["id"] for row in rows}):
                row = dict(zip(_STANDS_BY, line, strict=True))
                self.contacts.setdefault(row["enrolment_id"], {})[row["id"]] = row

    def of(self, person: UUID, programme: str) -> list[Row]:
        """Every enrolment of a person in a programme, the earliest first."""
        root = self.stands.get(person, person)
        rows = [self.rows[id] for id in self._of.get(root, ()) if id in self.rows]
        found = [row for row in rows if row["programme"] == programme]
        return sorted(found, key=lambda row: (row["since"], row["id"]))

    def everything(self, person: UUID) -> list[Row]:
        root = self.stands.get(person, person)
        return [self.rows[id] for id in self._of.get(root, ())]

    def vital(self, person: UUID) -> Vital | None:
        found = self.vitals.get(self.stands.get(person, person))
        return None if found is None or found.voided else found

    def open(self, person: UUID, programme: str) -> Row | None:
        return next((row for row in self.of(person, programme) if row["until"] is None), None)

    def add(self, row: Row) -> Row:
        """A new enrolment; how the person stands is said when all is known."""
        self.rows[row["id"]] = row
        person: UUID = row["person_id"]
        ids = self._of.setdefault(self.stands.get(person, person), [])
        if row["id"] not in ids:
            ids.append(row["id"])
        self._changed[row["id"]] = None
        return row

    def change(self, id: UUID, **what: Any) -> Row:
        self.rows[id] = self.rows[id] | what
        self._changed[id] = None
        return self.rows[id]

    def drop_contacts(self, visit: UUID) -> list[UUID]:
        """Take a visit's contacts out; the enrolments that had one."""
        had = []
        for id, held in self.contacts.items():
            found = [key for key, row in held.items() if row["visit_id"] == visit]
            for key in found:
                del held[key]
                self._gone.add(key)
                self._changed[id] = None
            had += [id] if found else []
        return had

    def put_contact(self, row: Row) -> None:
        self.contacts.setdefault(row["enrolment_id"], {})[row["id"]] = row
        self._changed[row["enrolment_id"]] = None

    def follow(self, root: UUID, on: date) -> None:
        """Bring a person's enrolments in step with the registry: where they live, whether they are
        there at all, and that a programme has them once."""
        vital = self.vitals.get(root)
        if vital is None:
            return
        first: dict[str, Row] = {}
        kept_first = sorted(
            self.everything(root),
            key=lambda row: (row["person_id"] != root, row["since"], row["id"]),
        )
        for row in kept_first:
            if row["until"] is not None and not row["by_registry"]:
                continue
            end = _end(vital, row, on)
            if end is None and row["programme"] in first:
                end = (max(on, row["since"]), "merged")
            if end is None:
                first[row["programme"]] = row
            until, why = end or (None, "")
            if row["by_registry"] and why and why == row["why"] and why != "died":
                until = row["until"]  # the day on which it became so
            facts = {
                "place_id": vital.place, "sex": vital.sex, "born_on": vital.born_on,
                "until": until, "why": why, "by_registry": end is not None,
            }  # fmt: skip
            if any(row[name] != value for name, value in facts.items()):
                self.change(row["id"], **facts)

    def post(self) -> None:
        """Say how everybody stands now, and write what changed."""
        for tables in (PLAIN, APART):
            sensitive = tables is APART
            ids = [
                id for id in self._changed
                if id in self.rows and _programme(self.rows[id]).sensitive == sensitive
            ]  # fmt: skip
            if not ids:
                continue
            for id in ids:
                held = sorted(self.contacts.get(id, {}).values(), key=lambda c: (c["at"], c["id"]))
                also = self._also(self.rows[id])
                self.rows[id] = programme_standing.stand(self.rows[id], held, also)
            rows = [tuple(map(self.rows[id].get, ENROLMENT)) for id in ids]
            bulk.put(tables.enrolments, ENROLMENT, rows)
            fresh = [
                row for id in ids for row in self.contacts.get(id, {}).values() if row.get("new")
            ]
            gone = self._gone | {row["id"] for row in fresh}
            if self._gone:
                tables.contacts.objects.filter(pk__among=gone)._raw_delete(using=store.alias())
            bulk.insert(tables.contacts, CONTACT, [tuple(map(row.get, CONTACT)) for row in fresh])

    def _also(self, row: Row) -> int:
        bits = declared.bits()
        others = self.everything(row["person_id"])
        return sum({bits.get(one["programme"], 0) for one in others if one["until"] is None})


def new_row(
    id: UUID, entry: Any, person: UUID, programme: str, since: date, vital: Vital, unit: UUID,
    source: str,
) -> Row:  # fmt: skip
    row: Row = dict.fromkeys(ENROLMENT, "")
    row |= dict.fromkeys(
        (
            "until",
            "last_on",
            "last_visit_id",
            "reading_on",
            "called_on",
            "next_try",
            "home_on",
            "planned_on",
        )
    )
    return row | {
        "id": id, "entry_id": entry.id, "person_id": person, "programme": programme,
        "unit_id": unit, "place_id": vital.place, "sex": vital.sex, "born_on": vital.born_on,
        "worker_id": entry.author, "author_id": entry.author, "source": source, "since": since,
        "by_registry": False, "contacts": 0, "due_on": since, "reading": 2, "risk": 0,
    }  # fmt: skip


def contact_id(visit: UUID, enrolment: UUID) -> UUID:
    return derived_id(visit, "contact", enrolment)


def roots_of(rolls: Rolls, people: Iterable[UUID]) -> list[UUID]:
    return sorted({rolls.stands.get(person, person) for person in people})


def _end(vital: Vital, row: Row, on: date) -> tuple[date, str] | None:
    """The day and the reason by which the registry ends an enrolment; None: it does not."""
    if vital.voided:
        return max(on, row["since"]), "error"
    if vital.died_on is not None:
        return max(vital.died_on, row["since"]), "died"
    if vital.place is None:
        return max(on, row["since"]), "moved"
    return None


def _programme(row: Row) -> Programme:
    return programmes()[row["programme"]]
