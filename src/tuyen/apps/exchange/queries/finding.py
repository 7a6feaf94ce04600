"""Searches: one rule for what is found, counted and paged, over kept resources and views."""

from collections.abc import Collection, Sequence
from datetime import UTC, datetime
from uuid import UUID

from django.db.models import F, Q, QuerySet

from tuyen.apps.access.actors import Actor
from tuyen.apps.exchange import codec, patients
from tuyen.apps.exchange.cursors import moment_of, number_of, part_of
from tuyen.apps.exchange.indexing import facts
from tuyen.apps.exchange.models import Resource
from tuyen.apps.exchange.queries import rows as r
from tuyen.apps.exchange.queries.reading import MOST_OF_A_PERSON, person_of
from tuyen.apps.exchange.queries.rows import Found, Page, Row
from tuyen.apps.exchange.refusals import SayWhose
from tuyen.apps.exchange.scopes import scope, within
from tuyen.apps.exchange.searching import Search, matches, wanted
from tuyen.apps.exchange.twins import once
from tuyen.apps.exchange.views import VIEWS, Seen, Subject
from tuyen.apps.registry import queries as registry
from tuyen.rules.exchange.fhir_types import fhir_types

_LONG_AGO = datetime.min.replace(tzinfo=UTC)


def search(*, by: Actor, search: Search) -> Page:
    """A page of what matches. A constant number of queries.

    Types of which this system has records of its own are searched for patients, or by ids.
    """
    if search.type.name == "Patient":
        page = _patients(by, search)
    elif search.type.name in VIEWS:
        page = _of_people(by, search)
    else:
        page = _kept(by, search)
    return page._replace(beside=_beside(by, search, page.rows))


def _kept(by: Actor, search: Search) -> Page:
    rows = r.kept(by, [search.type]).filter(wanted(search))
    total = rows.count()
    if search.only_count:
        return Page([], [], total, "")
    page, cursor = _slice(rows, search)
    return Page(r.contents(by, page), [], total, cursor)


def _dated(search: Search) -> bool:
    return search.sort.removeprefix("-") == search.type.date_as


def _up(search: Search) -> bool:
    return search.sort != "" and not search.sort.startswith("-")


def _slice(rows: "QuerySet[Resource]", search: Search) -> tuple[list[Found], str]:
    """One page in the order asked for, and the cursor of the next: the key of the last row."""
    limit, up = search.count, _up(search)
    if _dated(search):
        at, seq = moment_of(search.cursor)
        if search.cursor:
            rows = rows.filter(_beyond(at, seq, up))
        column = F("begins").asc(nulls_last=True) if up else F("begins").desc(nulls_last=True)
        rows = rows.order_by(column, "-seq")
    else:
        last = number_of(search.cursor)
        if last:
            rows = rows.filter(seq__gt=last) if up else rows.filter(seq__lt=last)
        rows = rows.order_by("seq" if up else "-seq")
    page = r.founds(rows[: limit + 1])
    if len(page) <= limit:
        return page, ""
    end = page[limit - 1]
    if not _dated(search):
        return page[:limit], str(end.seq)
    return page[:limit], f"{end.begins.isoformat() if end.begins else ''}~{end.seq}"


def _beyond(at: datetime | None, seq: int, up: bool) -> Q:
    """What comes after a row in the order of dates, those without one last."""
    if at is None:
        return Q(begins=None, seq__lt=seq)
    later = Q(begins__gt=at) if up else Q(begins__lt=at)
    return later | Q(begins=at, seq__lt=seq) | Q(begins=None)


# -- Types with views ------------------------------------------------------------------------------


def _of_people(by: Actor, search: Search) -> Page:
    """A search in a type that has views: of some patients, or by ids; in memory, for it is bounded."""
    every = VIEWS[search.type.name].every
    if search.subject is None and search.ids is None and every is None:
        raise SayWhose(type=search.type.name)
    mine = r.kept(by, [search.type]).filter(wanted(search))
    ordered: list[tuple[datetime | None, Found | Row]] = [
        (row.begins if _dated(search) else row.updated_at, row)
        for row in r.founds(mine.order_by("-seq")[:MOST_OF_A_PERSON])
    ]
    for view in within(by, search.type, _views(by, search)):
        found = facts(search.type, view.content)
        if matches(search, view.content["id"], found, view.at):
            at = found.begins if _dated(search) else view.at
            ordered.append((at, r.seen(search.type, view)))
    if search.only_count:
        return Page([], [], len(ordered), "")
    dated = [pair for pair in ordered if pair[0] is not None]
    dated.sort(key=lambda pair: pair[0] or _LONG_AGO, reverse=not _up(search))
    ordered, total = dated + [pair for pair in ordered if pair[0] is None], len(ordered)
    start = number_of(search.cursor)
    end = start + search.count
    page = [row for _, row in ordered[start:end]]
    bodies = iter(r.contents(by, [row for row in page if isinstance(row, Found)]))
    rows = [next(bodies) if isinstance(row, Found) else row for row in page]
    return Page(rows, [], total, str(end) if end < total else "")


def _views(by: Actor, search: Search) -> list[Seen]:
    view = VIEWS[search.type.name]
    if not scope(by, search.type):
        return []
    if search.ids is not None:
        return view.by_ids(by, search.ids)
    if search.subject is None and view.every is not None:
        return view.every(by)
    seen: list[Seen] = []
    for subject in search.subject or ():
        person = person_of(by=by, id=subject)
        if person is not None:
            seen += view.of_person(by, Subject(person, subject))
    return once(by, search.type.name, seen)


# -- Patients --------------------------------------------------------------------------------------


def _patients(by: Actor, search: Search) -> Page:
    """Patients that came in and are nobody on the register, then the people of the register, each
    as the patient who came in where there is one."""
    part, last = part_of(search.cursor)
    elsewhere = r.kept(by, [search.type]).filter(wanted(search), person=None)
    people = patients.Wanted.of(by, search, _people_of(by, search))
    total = elsewhere.count() + patients.count(by, people)
    if search.only_count:
        return Page([], [], total, "")
    rows: list[Row] = []
    if part != "p":
        page = r.founds(
            (elsewhere.filter(seq__lt=last) if last else elsewhere).order_by("-seq")[
                : search.count + 1
            ]
        )
        rows = r.contents(by, page[: search.count])
        if len(page) > search.count:
            return Page(rows, [], total, f"k{page[search.count - 1].seq}")
        last = 0
    left = search.count - len(rows)
    if left == 0:
        return Page(rows, [], total, "p0" if total > len(rows) else "")
    found, more = patients.found(by, people, after=last, limit=left)
    came = _came_in(by, [person.id for person in found])
    views = {row.whom: row for row in _registered(by, [p for p in found if p.id not in came])}
    rows += [came.get(p.id) or views[p.id] for p in found if p.id in came or p.id in views]
    return Page(rows, [], total, f"p{found[-1].number}" if more else "")


def _registered(by: Actor, people: Sequence[registry.Listed]) -> list[Row]:
    type = fhir_types()["Patient"]
    return [r.seen(type, each) for each in within(by, type, patients.seen(by, people))]


def _came_in(by: Actor, people: Collection[UUID]) -> dict[UUID, Row]:
    """The patients who came in, of people of the register: the latest of each."""
    rows = r.kept(by, [fhir_types()["Patient"]]).filter(person__in=people, deleted=False)
    latest = {row.person: row for row in r.founds(rows.order_by("seq"))}
    return {row.whom: row for row in r.contents(by, list(latest.values())) if row.whom}


def _people_of(by: Actor, search: Search) -> "patients.People":
    """People whose patient came in, by conditions that only such a one carries."""

    def people(condition: Q) -> set[UUID]:
        rows = r.kept(by, [search.type]).filter(condition, deleted=False).exclude(person=None)
        return set(rows.values_list("person_id", flat=True)[:MOST_OF_A_PERSON])

    return people


# -- What stands beside a page ---------------------------------------------------------------------


def _beside(by: Actor, search: Search, rows: Sequence[Row]) -> list[Row]:
    """What `_include` and `_revinclude` ask for, each once."""
    if not rows:
        return []
    back = _about(by, search, rows)
    if not search.include:
        return back
    asked: dict[tuple[str, str], None] = {}
    for row in rows:
        found = facts(search.type, codec.plain(row.body))
        for name in search.include:
            id = found.encounter if name == "encounter" else found.subject
            if id:
                asked[("Encounter" if name == "encounter" else "Patient", id)] = None
    return [*back, *r.gathered(by, fhir_types(), list(asked))]


def _about(by: Actor, search: Search, rows: Sequence[Row]) -> list[Row]:
    """The resources of some types that are about the patients of a page, as a search in them finds
    them: a few queries a type and patient, of at most ten patients."""
    if not search.revinclude:
        return []
    ids = tuple(codec.plain(row.body)["id"] for row in rows)
    found: list[Row] = []
    for name in dict.fromkeys(search.revinclude):
        type = fhir_types()[name]
        wished = Search(type=type, subject=ids, count=MOST_OF_A_PERSON)
        found += (_of_people if name in VIEWS else _kept)(by, wished).rows
    return found
