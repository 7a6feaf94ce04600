"""The people that a batch of care tells of, and rows of one table as they stand while it is worked
through. A constant number of reads, whatever the number of entries."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any
from uuid import UUID

from tuyen.apps.access.actors import Actor
from tuyen.apps.clinical.refusals import (
    AfterDeath,
    BeforeBirth,
    InTheFuture,
    UnknownPerson,
    UnknownUnit,
)
from tuyen.apps.journal import bulk, store
from tuyen.apps.journal.bulk import fetch
from tuyen.apps.registry import queries as registry
from tuyen.apps.registry.queries import Vital
from tuyen.kernel.operation import Entry
from tuyen.kernel.zone import VIETNAM

Row = dict[str, Any]


def day_of(at: datetime) -> date:
    """The local day of a moment."""
    return at.astimezone(VIETNAM).date()


class People:
    """People by the record that stands for each today."""

    def __init__(self, ids: Iterable[UUID | None], on: date) -> None:
        asked = {id for id in ids if id}
        self.by = Actor.program(on)
        self.map = registry.atlas()
        self.stands: dict[UUID, UUID] = registry.canonical(asked) if asked else {}
        roots = set(self.stands.values())
        self.records = registry.born_as(roots) if roots else {}
        for root, records in self.records.items():
            self.stands.update(dict.fromkeys(records, root))
        self.every = set(self.stands)
        self.vitals: dict[UUID, Vital] = (
            registry.vitals(by=self.by, ids=self.every) if self.every else {}
        )

    def root(self, id: UUID) -> UUID:
        return self.stands.get(id, id)

    def person(self, id: UUID) -> Vital:
        """The record that stands for a person, or a refusal where none is in use."""
        found = self.vitals.get(self.root(id))
        if found is None or found.voided:
            raise UnknownPerson(person=id)
        return found

    def unit(self, entry: Entry[Any]) -> None:
        if self.map.unit(entry.unit) is None:
            raise UnknownUnit(unit=entry.unit)

    def alive(self, id: UUID, on: date, entry: Entry[Any], field: str = "on") -> Vital:
        """A person in whose lifetime a day lies, and which is not to come."""
        person = self.person(id)
        today = day_of(entry.received_at)
        if on > today:
            raise InTheFuture(field=field, on=on, today=today)
        if on < person.born_on:
            raise BeforeBirth(on=on, born=person.born_on)
        if person.died_on is not None and on > person.died_on:
            raise AfterDeath(on=on, died=person.died_on)
        return person

    def may(self, entry: Entry[Any], unit: UUID) -> bool:
        """Whether the entry's unit wrote a row, or has the unit that did."""
        if entry.unit == unit:
            return True
        known = self.map.unit(entry.unit) is not None
        return known and unit in self.map.reach(entry.unit, "own", entry.happened_on)


def columns_of(model: Any) -> tuple[str, ...]:
    """Every column of a table, the key first."""
    names = [field.attname for field in model._meta.concrete_fields]
    key = model._meta.pk.attname
    return (key, *(name for name in names if name != key))


class Held:
    """Rows by id; what is written is posted at once, whatever its number."""

    def __init__(self, model: Any, found: Any = None) -> None:
        self.model, self.columns = model, columns_of(model)
        self._rows: dict[UUID, Row] = {}
        if found is not None:
            for row in fetch(found.values_list(*self.columns)):
                self._rows[row[0]] = dict(zip(self.columns, row, strict=True))
        self._kept = set(self._rows)
        self._changed: dict[UUID, None] = {}

    def get(self, id: UUID | None) -> Row | None:
        return None if id is None else self._rows.get(id)

    def rows(self) -> list[Row]:
        return list(self._rows.values())

    def write(self, row: Row) -> None:
        self._rows[row["id"]] = row
        self._changed[row["id"]] = None

    def drop(self, id: UUID) -> None:
        """Take a row out, if it is there."""
        if self._rows.pop(id, None) is not None:
            self._changed[id] = None

    def post(self) -> None:
        gone = [id for id in self._changed if id in self._kept]
        if gone:
            self.model.objects.filter(pk__among=gone)._raw_delete(using=store.alias())
        rows = [self._rows[id] for id in self._changed if id in self._rows]
        if rows:
            bulk.insert(
                self.model, self.columns, [tuple(map(r.__getitem__, self.columns)) for r in rows]
            )
