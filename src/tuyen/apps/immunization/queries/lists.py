"""Who is due, who is late, who never came: each list is one statement over statuses that are kept."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Literal, NamedTuple
from uuid import UUID

from django.db.models import F, Q, QuerySet

from tuyen.apps.access import policies
from tuyen.apps.access.actors import Actor
from tuyen.apps.immunization.areas import places_of, within
from tuyen.apps.immunization.expecting import grown_since
from tuyen.apps.immunization.milestones import doses_of_names, group_of
from tuyen.apps.immunization.models import Child, Status
from tuyen.apps.immunization.queries.cohort import FULL
from tuyen.apps.immunization.queries.coverage_shapes import not_reached
from tuyen.apps.journal.bulk import fetch
from tuyen.apps.registry import queries as registry
from tuyen.engines.immunization.spans import CalendarRules, parse_span
from tuyen.rules.immunization import programme, school

READ = "immunization.dose.read"
Kind = Literal["due", "overdue", "defaulters", "zero-dose", "drop-outs", "everybody", "missed"]
KINDS: tuple[Kind, ...] = ("due", "overdue", "defaulters", "zero-dose", "drop-outs", "everybody")
"""The lists that stand above a page; "missed" opens from a figure of coverage."""
PAGE, MOST = 50, 500
_CHUNK = 2000

_ORDERS = {
    "late": (F("past_due_on").asc(nulls_last=True), "born_on", "person_id"),
    "due": (F("due").asc(nulls_last=True), "born_on", "person_id"),
    "born": ("born_on", "person_id"),
    "-born": ("-born_on", "person_id"),
    "place": ("place_id", "born_on", "person_id"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ListFilters:
    """What a list is about. ``group``: only what concerns a vaccine group; ``area``: a village, a
    commune, or a facility with what it serves; ``drop``: which drop-out (``dtp1-dtp3``); ``code``: of
    whom coverage says that they did not reach it in time (kind "missed", with both days of birth)."""

    kind: Kind = "due"
    group: str = ""
    area: UUID | None = None
    born_first: date | None = None
    born_last: date | None = None
    drop: str = "dtp1-dtp3"
    code: str = FULL


class Open(NamedTuple):
    """A dose that somebody is to get."""

    group: str
    number: int | None
    earliest: date | None
    recommended: date | None
    past_due: date | None

    def state(self, on: date) -> str:
        """``late``, ``due``, ``soon`` (may be given, is not due yet) or ``later``."""
        if self.past_due is not None and self.past_due < on:
            return "late"
        if self.recommended is not None and self.recommended <= on:
            return "due"
        return "soon" if self.earliest is not None and self.earliest <= on else "later"


class ChildRow(NamedTuple):
    """A line of a list. ``name`` is empty for who may not read it; ``open`` are the doses to come,
    those first that are due first."""

    person: UUID
    name: str
    sex: int
    born_on: date
    place: UUID | None
    village: str
    commune: str
    doses: int
    last_on: date | None
    due_on: date | None
    past_due_on: date | None
    open: tuple[Open, ...]


class Page(NamedTuple):
    """One page of a list, how long the list is, and how old the oldest status on it is."""

    rows: list[ChildRow]
    total: int
    number: int
    evaluated_on: date | None


def children(
    *, by: Actor, filters: ListFilters, on: date, order: str = "late", page: int = 1,
    size: int = PAGE,
) -> Page:  # fmt: skip
    """A page of a list as of a day. The door that shows it notes the reading of the names.

    One statement counts, one finds the page, one reads what these children are to get, and four the
    names, whatever the length of the list.
    """
    rows = _matching(by, filters, on)
    total = rows.count()
    size = max(1, min(size, MOST))
    page = max(1, min(page, -(-total // size) or 1))
    start = (page - 1) * size
    ids = [
        id for (id,) in fetch(_ordered(rows, order).values_list("person_id")[start : start + size])
    ]
    found = _rows(by, ids, on)
    oldest = min((row for _, row in found), default=None)
    return Page([row for row, _ in found], total, page, oldest)


def counted(*, by: Actor, on: date, area: UUID | None = None) -> dict[str, int]:
    """How long each list is, for the tabs above it: one statement for each."""
    return {
        kind: _matching(by, ListFilters(kind=kind, area=area), on).count()
        for kind in KINDS
        if kind != "drop-outs"
    }


def export(*, by: Actor, filters: ListFilters, on: date) -> Iterator[ChildRow]:
    """Every row of a list, without names, in the order of lateness."""
    rows = _ordered(_matching(by, filters, on), "late")
    ids = [id for (id,) in fetch(rows.values_list("person_id"))]
    for start in range(0, len(ids), _CHUNK):
        for row, _ in _rows(by, ids[start : start + _CHUNK], on, names=False):
            yield row


class Missing(NamedTuple):
    """A child of a class and what it lacks; ``row`` is None for who is not in the register."""

    person: UUID
    row: ChildRow | None
    lacks: tuple[Open, ...]


def school_check(*, by: Actor, people: Sequence[UUID], on: date) -> list[Missing]:
    """What each child of a class lacks of the doses that are looked for at school entry: those of
    them that are due or late on a day. In the order given; those who may not be read are left out."""
    stands = registry.canonical(people) if people else {}
    looked_for = set(school.checked(on))
    rows = {row.person: row for row, _ in _rows(by, list(dict.fromkeys(stands.values())), on)}
    readable = registry.people(by=by, ids=list(stands.values()))
    found = []
    for person in people:
        row = rows.get(stands[person])
        if row is None and stands[person] not in readable:
            continue
        lacks = [
            one for one in (row.open if row else ())
            if one.group in looked_for and one.state(on) in ("late", "due")
        ]  # fmt: skip
        found.append(Missing(person, row, tuple(lacks)))
    return found


def open_doses(*, by: Actor, people: Collection[UUID], on: date) -> dict[UUID, tuple[Open, ...]]:
    """The doses that people are to get, by the record that stands for each: one statement."""
    return {row.person: row.open for row, _ in _rows(by, list(people), on, names=False)}


def _matching(by: Actor, filters: ListFilters, on: date) -> "QuerySet[Any, Any]":
    """The rows of a list, of one table: children, or their statuses in one vaccine group. Who is grown stands
    among everybody and behind a figure, never where a dose of children is looked for."""
    map_ = registry.atlas()
    places = None if filters.area is None else places_of(map_, filters.area, on)
    where = Q(active=True) & within(policies.scope(by, READ), places)
    if filters.born_first:
        where &= Q(born_on__gte=filters.born_first)
    if filters.born_last:
        where &= Q(born_on__lte=filters.born_last)
    if filters.kind == "missed":
        where &= Q(person__id__among=_missed(by, filters, on))
    elif filters.kind != "everybody":
        where &= Q(born_on__gt=grown_since(on))
    if filters.kind == "drop-outs":
        return _dropped_out(where, filters.drop, on)
    if filters.group and filters.kind in ("due", "overdue", "defaulters"):
        rows = Status.objects.filter(where, group=filters.group, status="not_complete")
        return rows.filter(_late(filters.kind, "recommended_on", on)).annotate(
            due=F("recommended_on")
        )
    if filters.kind == "zero-dose":
        where &= Q(dtp1_on=None, born_on__lte=_born_by(programme.zero_dose(on).by, on))
    elif filters.kind not in ("everybody", "missed"):
        where &= _late(filters.kind, "due_on", on)
    return Child.objects.filter(where).annotate(due=F("due_on"))


def _missed(by: Actor, filters: ListFilters, on: date) -> Collection[UUID]:
    """The children behind a figure of coverage; nobody without the span of births it is counted of."""
    if filters.born_first is None or filters.born_last is None:
        return ()
    return not_reached(
        by=by, code=filters.code, first=filters.born_first, last=filters.born_last, on=on,
        area=filters.area,
    )  # fmt: skip


def _late(kind: str, due: str, on: date) -> Q:
    if kind == "due":
        return Q((f"{due}__lte", on))
    if kind == "overdue":
        return Q(past_due_on__lt=on)
    return Q(past_due_on__lt=on - timedelta(days=programme.defaulter_days(on)))


def _dropped_out(where: Q, drop: str, on: date) -> "QuerySet[Any, Any]":
    """Those who got the first dose of a pair and are late for the second."""
    pairs = programme.drop_outs(on)
    pair = pairs.get(drop) or next(iter(pairs.values()))
    group, number = group_of(pair.second[0]), pair.second[1]
    rows = Status.objects.filter(
        where, group=group, status="not_complete", past_due_on__lt=on, valid__lt=number
    )
    if pair.first[0] == pair.second[0]:
        rows = rows.filter(valid__gte=pair.first[1])
    else:
        column = next(name for name, dose in doses_of_names().items() if dose == pair.first)
        rows = rows.filter(
            person__in=Child.objects.filter(Q((f"{column}__isnull", False))).values("person")
        )
    return rows.annotate(due=F("recommended_on"))


def _born_by(age: str, on: date) -> date:
    """Who was born on this day or earlier has reached an age on a day."""
    span = parse_span(age)
    assert span is not None
    born = on
    while CalendarRules().age(born, span) > on:
        born -= timedelta(days=max(1, (CalendarRules().age(born, span) - on).days // 2))
    while CalendarRules().age(born + timedelta(days=1), span) <= on:
        born += timedelta(days=1)
    return born


def _ordered(rows: "QuerySet[Any, Any]", order: str) -> "QuerySet[Any, Any]":
    return rows.order_by(*_ORDERS.get(order, _ORDERS["late"]))


_CHILD = (
    "person_id", "sex", "born_on", "place_id", "doses", "last_on", "due_on", "past_due_on",
    "evaluated_on",
)  # fmt: skip
_OPEN = ("person_id", "group", "dose_number", "earliest_on", "recommended_on", "past_due_on")


def _rows(
    by: Actor, ids: Sequence[UUID], on: date, *, names: bool = True
) -> list[tuple[ChildRow, date]]:
    """The lines of these children in the order given, those that the reader may read, each with the
    day its status was looked at."""
    if not ids:
        return []
    map_, scope = registry.atlas(), policies.scope(by, READ)
    kept = Child.objects.filter(within(scope, None), person__id__among=ids)
    rows = {row[0]: row for row in fetch(kept.values_list(*_CHILD))}
    known = registry.people(by=by, ids=list(rows)) if names else {}
    open_ = _open_of(rows)
    found = []
    for id in ids:
        if id not in rows:
            continue
        _, sex, born, place, doses, last_on, due_on, past_due_on, looked = rows[id]
        commune = map_.commune_of(place, on) if place else None
        village = map_.full_name(place, on) if place and place != commune else ""
        name = known[id].name if id in known else ""
        line = ChildRow(
            id, name, sex, born, place, village, map_.full_name(commune, on), doses, last_on,
            due_on, past_due_on, open_.get(id, ()),
        )  # fmt: skip
        found.append((line, looked))
    return found


def _open_of(people: Iterable[UUID]) -> dict[UUID, tuple[Open, ...]]:
    rows = Status.objects.filter(person__id__among=list(people), status="not_complete")
    found: dict[UUID, list[Open]] = {}
    for person, *said in fetch(rows.values_list(*_OPEN)):
        found.setdefault(person, []).append(Open(*said))
    return {
        person: tuple(sorted(each, key=lambda one: (one.recommended or date.max, one.group)))
        for person, each in found.items()
    }
