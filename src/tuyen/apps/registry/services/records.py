"""The records of the people of a batch, in memory: read once, moved along entry by entry, written
together.

An entry sees what the ones before it did, so a batch gives what its entries would give one by
one, in a number of statements that does not grow with it.
"""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Model

from tuyen.apps.journal import bulk
from tuyen.apps.registry import search
from tuyen.apps.registry.bulk import rewrite
from tuyen.apps.registry.models import (
    Entitlement,
    Identifier,
    Membership,
    Person,
    PersonEthnicity,
    PersonName,
    Residence,
)
from tuyen.apps.registry.refusals import AlreadyDead, AlreadyVoid, MergedAway, UnknownPerson
from tuyen.apps.registry.services.people import touch_places, words_of
from tuyen.kernel.ids import derived_id


class Sheet:
    """The rows of one table that belong to the people of a batch."""

    def __init__(self, model: type[Model], people: Iterable[UUID]) -> None:
        self.model = model
        self._columns = [field.attname for field in model._meta.concrete_fields]
        self._rows: dict[UUID, list[Any]] = defaultdict(list)
        self._new: dict[UUID, Any] = {}
        self._changed: dict[UUID, Any] = {}
        self._fields: dict[str, None] = {}
        self._dropped: list[UUID] = []
        found: Iterable[Any] = model._default_manager.filter(person__in=list(people))
        for row in found:
            self._rows[row.person_id].append(row)

    def of(self, person: UUID) -> list[Any]:
        """The rows of a person, oldest first."""
        return sorted(self._rows[person], key=_age)

    def open(self, person: UUID) -> list[Any]:
        """Those that have no end yet, oldest first."""
        return [row for row in self.of(person) if row.until is None]

    def add(self, row: Any) -> None:
        self._rows[row.person_id].append(row)
        self._new[row.pk] = row

    def change(self, row: Any, **values: Any) -> None:
        for name, value in values.items():
            setattr(row, name, value)
        if row.pk not in self._new:
            self._changed[row.pk] = row
            self._fields.update(dict.fromkeys(values))

    def drop_all(self, person: UUID) -> None:
        """Take all rows of a person off the table."""
        for row in self._rows.pop(person, ()):
            if self._new.pop(row.pk, None) is None:
                self._changed.pop(row.pk, None)
                self._dropped.append(row.pk)

    def end(self) -> None:
        """Write what goes and what changes."""
        if self._dropped:
            self.model._default_manager.filter(pk__in=self._dropped).delete()
        rewrite(self.model, list(self._fields), list(self._changed.values()))

    def begin(self) -> None:
        """Write what is new."""
        if self._new:
            rows = [[getattr(r, name) for name in self._columns] for r in self._new.values()]
            bulk.insert(self.model, self._columns, rows)


class Records:
    """The people a batch speaks of, with their rows of the tables it needs."""

    def __init__(self, people: Iterable[Person], *models: type[Model]) -> None:
        self.people: dict[UUID, Person] = {person.pk: person for person in people}
        self._indexed = {person.pk: person.search for person in self.people.values()}
        self._sheets = {model: Sheet(model, self.people) for model in models}
        self._changed: dict[UUID, Person] = {}
        self._fields: dict[str, None] = {}
        self._groups: dict[UUID, str] = {}
        self.touched: dict[UUID, UUID] = {}  # place: the last entry that changed it

    @classmethod
    def load(cls, ids: Iterable[UUID], *models: type[Model]) -> "Records":
        """One query, and one for each of ``models``."""
        return cls(Person.objects.filter(pk__in=set(ids)), *models)

    def __getitem__(self, model: type[Model]) -> Sheet:
        return self._sheets[model]

    def usable(self, id: UUID) -> Person:
        """A record that may still be amended: the dead have one too."""
        person = self.people.get(id)
        if person is None:
            raise UnknownPerson(person=id)
        if person.voided_on is not None:
            raise AlreadyVoid(on=person.voided_on, reason=person.void_reason)
        if person.merged_into_id is not None:
            raise MergedAway(into=person.merged_into_id)
        return person

    def alive(self, id: UUID) -> Person:
        """The living person behind an id, or the refusal."""
        person = self.usable(id)
        if person.died_on is not None:
            raise AlreadyDead(name=person.name, died_on=person.died_on)
        return person

    def change(self, person: Person, **values: Any) -> None:
        for name, value in values.items():
            setattr(person, name, value)
        self._changed[person.pk] = person
        self._fields.update(dict.fromkeys(values))

    def set_group(self, person: UUID, group: str) -> None:
        """The ethnic group; an empty one takes it off the record."""
        self._groups[person] = group

    def touch(self, entry: UUID, places: Iterable[UUID | None]) -> None:
        self.touched.update(dict.fromkeys((place for place in places if place), entry))

    def find_anew(self, person: Person) -> None:
        """Let the person be found by what is now on record."""
        names = sorted(self[PersonName].of(person.pk), key=lambda row: (row.until, row.pk))
        self.change(person, search=words_of(person, [row.name for row in names]))

    def settle(
        self, entry: UUID, person: Person, place: UUID | None, since: date,
        kind: str = Residence.PERMANENT,
    ) -> None:  # fmt: skip
        """End where the person lives, and begin where they now do (None: not on this node)."""
        stays = self[Residence]
        for stay in stays.open(person.pk):
            stays.change(stay, until=since)
            self.touch(entry, [stay.place_id])
        if place is not None:
            stays.add(
                Residence(
                    id=derived_id(person.pk, "residence", entry), person_id=person.pk, place_id=place,
                    kind=kind, sex=person.sex, born_on=person.born_on, since=since,
                )
            )  # fmt: skip
            self.touch(entry, [place])
        self.change(person, place_id=place)
        self.find_anew(person)

    def save(self) -> None:
        """Write everything: what ends before what begins, so that nothing stands twice."""
        for sheet in self._sheets.values():
            sheet.end()
        rewrite(Person, list(self._fields), list(self._changed.values()))
        for sheet in self._sheets.values():
            sheet.begin()
        if self._groups:
            PersonEthnicity.objects.filter(person__in=list(self._groups)).delete()
            rows = [(person, group) for person, group in self._groups.items() if group]
            bulk.insert(PersonEthnicity, ("person_id", "group"), rows)
        words = [
            (person.number, old, person.search)
            for id, person in self._changed.items()
            if (old := self._indexed[id]) != person.search
        ]
        if words:
            search.replace(words)
        if self.touched:
            touch_places(self.touched)


DATED = (Residence, Membership, Entitlement)
EVERYTHING = (Residence, Membership, Identifier, Entitlement)


def _age(row: Any) -> tuple[date, UUID]:
    return getattr(row, "since", None) or date.min, row.pk
