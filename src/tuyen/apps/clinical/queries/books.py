"""The books of a station, the figures of a month, and what was changed after it was closed."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

import msgspec

from tuyen.apps.access import policies
from tuyen.apps.access.actors import Actor
from tuyen.apps.clinical.models import MonthClosing
from tuyen.apps.clinical.queries.book_sources import Gestation, entered, gestations
from tuyen.apps.clinical.queries.counting import Figures, counted, facts_of
from tuyen.apps.clinical.queries.visits import READ, SENSITIVE, VisitFacts, between
from tuyen.apps.journal.bulk import fetch
from tuyen.apps.registry import queries as registry
from tuyen.apps.registry.queries import PersonRow
from tuyen.engines.clinical import books as engine
from tuyen.kernel.period import Period
from tuyen.rules.clinical.books import Book, books


class BookLine(NamedTuple):
    """A line of a book, with whose it was (None: it names nobody); ``years`` and ``sex`` as on its day.
    ``facts`` are those of a visit; a line of another source has them in ``told``. ``gestation``: of an
    antenatal contact."""

    number: int
    day: date
    facts: VisitFacts | None
    person: PersonRow | None
    who: UUID | None
    years: int
    sex: int
    told: Mapping[str, Any] | None = None
    source: str = "visits"
    gestation: Gestation | None = None


class Closed(NamedTuple):
    """A month that was closed: the figures as they were counted then."""

    id: UUID
    month: str
    figures: Figures
    visits: Mapping[UUID, int]
    note: str
    author: UUID | None
    at: datetime


class Difference(NamedTuple):
    """A figure that would be counted otherwise now."""

    book: str
    figure: str
    closed: int
    now: int


class Changed(NamedTuple):
    """A visit that was told, corrected or taken back after its month was closed."""

    visit: UUID
    what: str  # added, amended, gone


def book(*, by: Actor, unit: UUID, book: Book, month: Period) -> list[BookLine]:
    """The lines of a unit's month in a book, in their order. Of what stands apart only what the reader
    may open is known. The door that shows it notes the reading. A constant number of queries."""
    lines = _visits(by, unit, book, month) if "visits" in book.sources else []
    for source in book.sources:
        if source != "visits":
            lines += _entered(by, unit, book, source, month)
    named = {one.who for one in lines if one.who}
    people = registry.people(by=by, ids=named) if named else {}
    lines.sort(key=lambda one: one.day)
    return [
        one._replace(number=n, person=people.get(one.who) if one.who else None)
        for n, one in enumerate(lines, 1)
    ]


def _visits(by: Actor, unit: UUID, book: Book, month: Period) -> list[BookLine]:
    visits = between(by=by, units=[unit], first=month.start, last=month.end)
    facts = facts_of(by, visits)
    inside = [one for one in visits if engine.fits(facts[one.row.id], book.of)]
    far = "weeks" in {column.code for column in book.columns}
    pregnant = gestations(
        [(one.row.id, one.row.person, one.row.day) for one in inside] if far else []
    )
    return [
        BookLine(0, one.row.day, one, None, one.row.person, facts[one.row.id].years,
                 facts[one.row.id].sex, gestation=pregnant.get(one.row.id))
        for one in inside
    ]  # fmt: skip


def _entered(by: Actor, unit: UUID, book: Book, source: str, month: Period) -> list[BookLine]:
    return [
        BookLine(0, one.day, None, None, one.person, one.facts.years, one.facts.sex, one.told,
                 source)
        for one in entered(by=by, unit=unit, source=source, month=month)
        if engine.fits(one.facts, book.lines)
    ]  # fmt: skip


def figures(*, by: Actor, unit: UUID, month: Period) -> Figures:
    """What is counted from a unit's month by now, from every visit; of books about what stands apart
    only where the reader may open it."""
    policies.check(by, READ, unit)
    found, _ = counted(by=by, unit=unit, month=month)
    return _shown(by, unit, found)


def closing(*, by: Actor, unit: UUID, month: Period) -> Closed | None:
    """How a month was closed; None while it is open. One query."""
    return next(iter(closings(by=by, unit=unit, months=[month.label])), None)


def closings(*, by: Actor, unit: UUID, months: Sequence[str] | None = None) -> list[Closed]:
    """The closed months of a unit, the latest first: one query."""
    rows = MonthClosing.objects.filter(policies.scope(by, READ).where("unit_id"), unit_id=unit)
    if months is not None:
        rows = rows.filter(month__in=list(months))
    told = rows.order_by("-month").values_list(
        "id", "month", "figures", "visits", "note", "author_id", "closed_at"
    )
    return [
        Closed(
            id, month, _shown(by, unit, msgspec.json.decode(figures, type=Figures)),
            msgspec.json.decode(visits, type=dict[UUID, int]), note, author, at,
        )
        for id, month, figures, visits, note, author, at in fetch(told)
    ]  # fmt: skip


def differences(*, by: Actor, unit: UUID, month: Period) -> tuple[list[Difference], list[Changed]]:
    """What was changed after a month was closed: the figures that would be others now, and the visits
    that make the difference. Nothing of a month that is open."""
    held = closing(by=by, unit=unit, month=month)
    if held is None:
        return [], []
    found, marks = counted(by=by, unit=unit, month=month)
    now = _shown(by, unit, found)
    figures = [
        Difference(name, figure, was, now.get(name, {}).get(figure, 0))
        for name, counts in held.figures.items()
        for figure, was in counts.items()
        if now.get(name, {}).get(figure, 0) != was
    ]
    changed = [
        Changed(id, "added" if id not in held.visits else "amended")
        for id, version in marks.items()
        if held.visits.get(id) != version
    ]
    changed += [Changed(id, "gone") for id in held.visits if id not in marks]
    return figures, changed


def _shown(by: Actor, unit: UUID, found: Figures) -> Figures:
    if policies.may(by, SENSITIVE, unit):
        return found
    apart = {one.code for one in books().values() if one.apart}
    return {name: counts for name, counts in found.items() if name not in apart}
