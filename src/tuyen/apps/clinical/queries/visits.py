"""What is asked of the record: visits as their reader may see them.

Everything is of the units that the reader's right reaches, and of the people who live there. What
stands apart is opened only where ``clinical.visit.sensitive`` reaches too, with its purpose.
"""

from collections.abc import Collection, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import Q

from tuyen.apps.access import policies
from tuyen.apps.access.actors import Actor
from tuyen.apps.clinical.keeping import read
from tuyen.apps.clinical.models import Measurement, Referral, SensitiveContent, Visit
from tuyen.apps.clinical.operations import Content, Prescribed
from tuyen.apps.journal.bulk import fetch
from tuyen.apps.registry import queries as registry
from tuyen.rules.clinical import sensitive

READ = "clinical.visit.read"
RECORD = "clinical.visit.record"
SENSITIVE = sensitive.right()
MOST = 500


class VisitRow(NamedTuple):
    """A line of a list: what everybody sees who reads visits. ``apart``: something stands apart, and
    ``main`` is empty where that is the main diagnosis."""

    id: UUID
    seq: int
    unit: UUID
    person: UUID  # the record it was made for
    began_at: datetime
    ended_at: datetime
    day: date
    setting: str
    care: str
    attendance: str
    payer: str
    card: str
    main: str
    practitioner: str
    author: UUID | None
    state: str  # live, void
    version: int
    next_on: date | None
    referral: str  # sent, returned, or ""
    apart: bool
    doubts: str
    void_reason: str


class VisitFacts(NamedTuple):
    """A visit with its content: with what stands apart where the reader may open it (``opened``)."""

    row: VisitRow
    content: Content
    opened: bool
    returned: "ReturnedNote | None"


class ReturnedNote(NamedTuple):
    """What the facility wrote back to which somebody was sent."""

    on: date
    from_name: str
    diagnosis: str
    text: str
    treatment: str


class Point(NamedTuple):
    """One measured value."""

    what: str
    value: Decimal
    at: datetime
    visit: UUID
    unit: UUID


_COLUMNS = (
    "id", "seq", "unit_id", "person_id", "began_at", "ended_at", "day", "setting", "care",
    "attendance", "payer", "card", "main", "practitioner", "author_id", "state", "version",
    "next_on", "referral", "apart", "doubts", "void_reason",
)  # fmt: skip


def visit(*, by: Actor, id: UUID) -> VisitFacts | None:
    """One visit, void ones among them; None where there is none that the reader may read. The door
    that shows it notes the reading. Three statements at most."""
    return next(iter(visit_facts(by=by, ids=[id])), None)


def visits(*, by: Actor, ids: Collection[UUID]) -> dict[UUID, VisitRow]:
    """Visits by their ids: one query."""
    return {row.id: row for row in _rows(_readable(by).filter(pk__among=set(ids)))}


def visits_of(*, by: Actor, person: UUID, limit: int = 50, void: bool = False) -> list[VisitFacts]:
    """The visits of a person by every record that stands for them, the latest first: five queries at
    most."""
    people = _records(person)
    rows = _readable(by).filter(person__id__among=people)
    if not void:
        rows = rows.filter(state="live")
    return _facts(by, rows.order_by("-began_at", "-id")[: _few(limit)])


def day(*, by: Actor, unit: UUID, on: date, void: bool = False) -> list[VisitRow]:
    """The visits of a unit's day in the order of their numbers: one query."""
    rows = _readable(by).filter(unit_id=unit, day=on)
    if not void:
        rows = rows.filter(state="live")
    return _rows(rows.order_by("seq"))


def between(
    *, by: Actor, units: Collection[UUID] | None, first: date, last: date
) -> list[VisitFacts]:
    """The live visits of days from ``first`` to ``last``, both among them, of these units (None: of
    all that the reader may read), in the order of unit, day and number: four statements."""
    rows = _readable(by).filter(state="live", day__range=(first, last))
    if units is not None:
        rows = rows.filter(unit_id__in=set(units))
    return _facts(by, rows.order_by("unit_id", "day", "seq"))


def visit_facts(*, by: Actor, ids: Collection[UUID]) -> list[VisitFacts]:
    """Everything that a claim needs of these visits, in the order of their beginning: three
    statements at most."""
    rows = _readable(by).filter(pk__among=set(ids))
    return _facts(by, rows.order_by("began_at", "id"))


def last_values(
    *, by: Actor, persons: Collection[UUID]
) -> dict[UUID, dict[str, tuple[Decimal, datetime]]]:
    """The latest value of every measure of these people by the record asked for: four queries."""
    home = _home(persons)
    found: dict[UUID, dict[str, tuple[Decimal, datetime]]] = {person: {} for person in persons}
    rows = _points(by).filter(person__id__among=set(home)).order_by("at", "id")
    for person, what, value, at in fetch(rows.values_list("person_id", "what", "value", "at")):
        for asked in home[person]:
            found[asked][what] = (value, at)
    return found


def series(*, by: Actor, person: UUID, whats: Collection[str]) -> list[Point]:
    """The values of some measures of a person, oldest first: three queries."""
    rows = _points(by).filter(person__id__among=_records(person), what__in=list(whats))
    told = rows.order_by("at", "id").values_list("what", "value", "at", "visit_id", "unit_id")
    return [Point(*row) for row in fetch(told)]


def values_until(
    *, by: Actor, persons: Collection[UUID], what: str, until: datetime
) -> dict[UUID, list[tuple[datetime, Decimal]]]:
    """The values of one measure of these records up to a moment, oldest first: one query."""
    found: dict[UUID, list[tuple[datetime, Decimal]]] = {}
    rows = _points(by).filter(person__id__among=set(persons), what=what, at__lte=until)
    for person, at, value in fetch(
        rows.order_by("at", "id").values_list("person_id", "at", "value")
    ):
        found.setdefault(person, []).append((at, value))
    return found


def last_prescription(*, by: Actor, person: UUID) -> tuple[VisitRow, tuple[Prescribed, ...]] | None:
    """The latest visit of a person at which medicines were prescribed, and which: those that the
    reader may see. Five queries at most."""
    for facts in visits_of(by=by, person=person, limit=12):
        if facts.content.prescribed:
            return facts.row, facts.content.prescribed
    return None


def _readable(by: Actor) -> Any:
    scope = policies.scope(by, READ)
    return Visit.objects.filter(reached(scope))


def _points(by: Actor) -> Any:
    return Measurement.objects.filter(reached(policies.scope(by, READ)))


def reached(scope: policies.Scope) -> Q:
    """Of the units in reach, and of the people who live there."""
    return scope.where("unit_id") | scope.where("person__place_id")


def _rows(query: Any) -> list[VisitRow]:
    return [VisitRow(*row) for row in fetch(query.values_list(*_COLUMNS))]


def _facts(by: Actor, query: Any) -> list[VisitFacts]:
    told = fetch(query.values_list(*_COLUMNS, "content"))
    rows = [(VisitRow(*line[:-1]), line[-1]) for line in told]
    whole = _opened(by, [row for row, _ in rows if row.apart])
    notes = _notes(by, [row for row, _ in rows if row.referral == "returned"], whole)
    return [
        VisitFacts(row, read(whole.get(row.id, content)), row.id in whole, notes.get(row.id))
        for row, content in rows
    ]


def _opened(by: Actor, rows: Sequence[VisitRow]) -> dict[UUID, str]:
    """The whole of the visits that the reader may open: one query, if any stands apart."""
    scope = policies.scope(by, SENSITIVE)
    if not rows or not scope:
        return {}
    versions = {row.id: row.version for row in rows}
    found = SensitiveContent.objects.filter(reached(scope), visit_id__among=set(versions))
    return {
        id: content
        for id, version, content in fetch(found.values_list("visit_id", "version", "content"))
        if version == versions[id]
    }


def _notes(by: Actor, rows: Sequence[VisitRow], whole: dict[UUID, str]) -> dict[UUID, ReturnedNote]:
    """What came back: of visits that stand apart only where they are open. One query."""
    ids = {row.id for row in rows if not row.apart or row.id in whole}
    if not ids:
        return {}
    found = Referral.objects.filter(pk__among=ids, state="returned").values_list(
        "id", "returned_on", "from_name", "diagnosis", "text", "treatment"
    )
    return {row[0]: ReturnedNote(*row[1:]) for row in fetch(found)}


def _records(person: UUID) -> frozenset[UUID]:
    root = registry.canonical([person])[person]
    return registry.born_as([root])[root] | {person}


def _home(persons: Collection[UUID]) -> dict[UUID, set[UUID]]:
    """Record -> those who were asked for and whom it stands for."""
    roots = registry.canonical(persons) if persons else {}
    records = registry.born_as(set(roots.values())) if roots else {}
    home: dict[UUID, set[UUID]] = {}
    for asked, root in roots.items():
        for record in records[root]:
            home.setdefault(record, set()).add(asked)
    return home


def _few(limit: int) -> int:
    return max(1, min(limit, MOST))
