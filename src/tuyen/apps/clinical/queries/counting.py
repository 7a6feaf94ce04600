"""Visits as the books of a station take them: nothing in a book was typed for it."""

from collections.abc import Mapping, Sequence
from datetime import date
from uuid import UUID

from tuyen.apps.access import walls
from tuyen.apps.access.actors import Actor
from tuyen.apps.clinical.queries.book_sources import entered, signs_of
from tuyen.apps.clinical.queries.visits import VisitFacts, between
from tuyen.apps.registry import queries as registry
from tuyen.apps.registry.queries import Vital
from tuyen.engines.clinical import books as engine
from tuyen.kernel.period import Period
from tuyen.kernel.refusal import Refusal
from tuyen.rules.clinical import services
from tuyen.rules.clinical.books import CLOSED_BY, Book, books

Figures = dict[str, dict[str, int]]
"""Book -> figure -> number."""
Marks = dict[UUID, int]
"""Visit -> its version when it was counted."""


def month_of(label: str) -> Period | None:
    """The calendar month of a label such as 2026-10; None where it is none."""
    try:
        period = Period.parse(label)
    except Refusal:
        return None
    return period if period.kind == "month" and period.label == label else None


@walls.whole("the figures of a month are counted from every visit of the unit")
def counted(
    *, by: Actor, unit: UUID, month: Period, version: int = CLOSED_BY
) -> tuple[Figures, Marks]:
    """What is counted from a unit's live visits and other lines of a month, and from which visits: a
    constant number of queries. ``version``: of the closing, for a month that was closed before a book came
    is counted by every replay without it."""
    whole = Actor.program(by.on)
    visits = between(by=whole, units=[unit], first=month.start, last=month.end)
    facts = {"visits": list(facts_of(whole, visits).values())}
    kept = [book for book in books().values() if book.since <= version]
    for source in sorted({source for book in kept for source in book.sources} - {"visits"}):
        found = entered(by=whole, unit=unit, source=source, month=month)
        facts[source] = [one.facts for one in found]
    figures = {book.code: figures_of(book, facts) for book in kept}
    return figures, {one.row.id: one.row.version for one in visits}


def figures_of(book: Book, facts: Mapping[str, Sequence[engine.Facts]]) -> dict[str, int]:
    """The figures of one book, from its sources."""
    inside = [
        one
        for source in book.sources
        for one in facts[source]
        if engine.fits(one, book.of if source == "visits" else book.lines)
    ]
    return {
        figure.code: engine.count(inside, figure.of, people=figure.people, reached=figure.reached)
        for figure in book.figures
    }


def facts_of(by: Actor, visits: Sequence[VisitFacts]) -> dict[UUID, engine.Facts]:
    """What the books need to know of visits, by their ids: two queries."""
    people = {one.row.person for one in visits}
    roots = registry.canonical(people) if people else {}
    vitals = registry.vitals(by=by, ids=people) if people else {}
    signs = signs_of({one.row.id for one in visits if one.content.answered})
    return {one.row.id: _facts(one, roots, vitals, signs.get(one.row.id, ())) for one in visits}


def _facts(
    one: VisitFacts, roots: Mapping[UUID, UUID], vitals: Mapping[UUID, Vital],
    signs: Sequence[str],
) -> engine.Facts:  # fmt: skip
    row, content = one.row, one.content
    vital = vitals.get(row.person)
    kinds = (services.service(served.code, row.day) for served in content.served)
    return engine.Facts(
        person=roots.get(row.person, row.person),
        sex=vital.sex if vital else 3,
        years=years(vital.born_on, row.day) if vital else 0,
        payer=row.payer, care=row.care, setting=row.setting,
        codes=frozenset(found.code for found in content.diagnosed),
        served=frozenset(kind.kind for kind in kinds if kind),
        answered=frozenset(answer.programme for answer in content.answered),
        prescribed=bool(content.prescribed), dispensed=bool(content.dispensed),
        referred=content.referred is not None,
        traditional=any(found.traditional for found in content.diagnosed),
        tags=frozenset(
            f"{answer.programme}.{field}"
            for answer in content.answered
            for field, text in answer.fields.items()
            if text == "yes"
        ) | ({"danger"} if signs else frozenset()),
    )  # fmt: skip


def years(born: date, day: date) -> int:
    """Completed years of age."""
    return max(0, day.year - born.year - ((day.month, day.day) < (born.month, born.day)))
