"""The doses of the people that a batch is about, as they stand while it is worked through."""

from collections.abc import Collection, Iterable, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from tuyen.apps.access.actors import Actor
from tuyen.apps.immunization import catalogue
from tuyen.apps.immunization.models import Dose, DoseStep
from tuyen.apps.immunization.refusals import UnknownPerson
from tuyen.apps.immunization.sameness import Row, flag
from tuyen.apps.immunization.services import standing, steps
from tuyen.apps.immunization.services.rows import COLUMNS, in_order
from tuyen.apps.journal import bulk, store
from tuyen.apps.journal.bulk import fetch
from tuyen.apps.registry import queries as registry
from tuyen.apps.registry.queries import Vital
from tuyen.kernel.operation import Entry
from tuyen.kernel.zone import VIETNAM


def day_of(at: datetime) -> date:
    """The local day of a moment: statuses are looked at for the day the program got an operation."""
    return at.astimezone(VIETNAM).date()


class Book:
    """The people of a batch by the record that stands for each today, with all their doses.

    A constant number of reads for any number of people.
    """

    def __init__(self, people: Collection[UUID], on: date) -> None:
        by = Actor.program(on)
        self.map = registry.atlas()
        self.stands: dict[UUID, UUID] = registry.canonical(people) if people else {}
        roots = set(self.stands.values())
        self.records = registry.born_as(roots) if roots else {}
        every = set().union(*self.records.values()) | set(people)
        self.vitals: dict[UUID, Vital] = registry.vitals(by=by, ids=every) if every else {}
        for root, records in self.records.items():
            for record in records:
                self.stands[record] = root
        self.doses: dict[UUID, dict[UUID, Row]] = {root: {} for root in roots}
        if every:
            rows = Dose.objects.filter(person__id__among=every).values_list(*COLUMNS)
            for row in fetch(rows):
                held = dict(zip(COLUMNS, row, strict=True))
                self.doses[self.stands[held["person_id"]]][held["id"]] = held
        self._new: dict[UUID, None] = {}
        self._changed: dict[UUID, None] = {}
        self._looked: dict[UUID, date] = {}
        self._steps: list[tuple[Any, ...]] = []

    @classmethod
    def of_doses(cls, doses: Collection[UUID], on: date) -> "Book":
        """The book of everybody whom these doses belong to."""
        found = fetch(Dose.objects.filter(pk__among=set(doses)).values_list("person_id"))
        return cls({person for (person,) in found}, on)

    def person(self, id: UUID) -> Vital:
        """The record that stands for a person, or a refusal when there is none in use."""
        root = self.stands.get(id, id)
        found = self.vitals.get(root)
        if found is None or found.voided:
            raise UnknownPerson(person=id)
        return found

    def find(self, dose: UUID) -> Row | None:
        return next((held[dose] for held in self.doses.values() if dose in held), None)

    def add(self, entry: Entry[Any], rows: Sequence[Row]) -> None:
        """Doses that were taken; which of the person's entries are counted follows from all."""
        for row in rows:
            root = self.stands[row["person_id"]]
            self.doses[root][row["id"]] = row
            self._new[row["id"]] = None
        self.settle({self.stands[row["person_id"]] for row in rows}, day_of(entry.received_at))

    def change(self, entry: Entry[Any], *rows: Row) -> None:
        """Doses that changed; what was done to each is kept beside it."""
        for row in rows:
            root = self.stands[row["person_id"]]
            self._steps.append(steps.of(entry, self.doses[root][row["id"]], row))
            self.doses[root][row["id"]] = row
            self._changed[row["id"]] = None
        self.settle({self.stands[row["person_id"]] for row in rows}, day_of(entry.received_at))

    def settle(self, people: Iterable[UUID], on: date) -> None:
        """Say anew which entries of these people are counted, and look at their status for a day."""
        for root in people:
            if root not in self.doses:
                continue
            for row in flag(self.doses[root].values(), catalogue.antigens):
                self.doses[root][row["id"]] = row
                self._changed[row["id"]] = None
            self._looked[root] = on

    def post(self) -> None:
        """Write what is new and what changed, and bring the people's statuses up to date."""
        held = {id: row for rows in self.doses.values() for id, row in rows.items()}
        gone = [id for id in self._changed if id not in self._new]
        if gone:
            Dose.objects.filter(pk__among=gone)._raw_delete(using=store.alias())
        rows = [in_order(held[id]) for id in [*self._new, *gone]]
        if rows:
            bulk.insert(Dose, COLUMNS, rows)
        if self._steps:
            bulk.insert(DoseStep, steps.COLUMNS, self._steps)
        standing.keep(
            [
                standing.Looked(
                    self.vitals[root], self.records[root],
                    [row for row in self.doses[root].values() if row["counted"]], on,
                )
                for root, on in self._looked.items()
                if root in self.vitals
            ],
            self.map,
        )  # fmt: skip
