"""Who is overdue, by risk; who is in a programme, by village and by worker.

Rows of programmes that stand apart are there only where ``clinical.visit.sensitive`` reaches, with
its purpose. What depends on the day is asked of columns that are kept, so a list is one statement.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Literal, NamedTuple
from uuid import UUID

from django.db.models import Count, Q

from tuyen.apps.access import policies
from tuyen.apps.access.actors import Actor
from tuyen.apps.access.queries import names
from tuyen.apps.clinical.declared import APART, PLAIN, Tables
from tuyen.apps.clinical.models import Call
from tuyen.apps.clinical.programme_standing import Values, told
from tuyen.apps.clinical.queries.visits import READ, SENSITIVE
from tuyen.apps.journal.bulk import fetch
from tuyen.apps.registry import queries as registry
from tuyen.rules.clinical.programme import Programme, programmes

Which = Literal["all", "late", "waiting", "uncontrolled", "not-measured", "refer", "due"]
WHICH: tuple[Which, ...] = ("all", "late", "waiting", "uncontrolled", "not-measured", "refer")
PAGE, MOST = 50, 500


@dataclass(frozen=True, slots=True, kw_only=True)
class PanelFilters:
    """Whom a list is about. ``unit``: a station with what it serves, or an area; None: everybody whom
    the reader may see. ``village`` and ``worker`` narrow it; ``ids``: these enrolments only. ``programmes``
    and ``villages`` are several; ``which="due"``: whose day has come, the day of grace not counted."""

    which: Which = "all"
    programme: str = ""
    unit: UUID | None = None
    village: UUID | None = None
    worker: UUID | None = None
    ids: Collection[UUID] | None = None
    programmes: Collection[str] = ()
    villages: Collection[UUID] | None = None


class PatientRow(NamedTuple):
    """A line of a list. ``name`` and ``phone`` are empty for who may not read them."""

    enrolment: UUID
    person: UUID
    programme: str
    name: str
    sex: int
    age: int
    village: str
    commune: str
    phone: str
    group: str
    unit: UUID
    worker: str
    since: date
    until: date | None
    why: str
    contacts: int
    last_on: date | None
    due_on: date
    late_days: int
    reading: int
    reading_on: date | None
    values: Values
    step: str
    step_do: str
    risk: int
    call: str
    called_on: date | None
    next_try: date | None
    home_on: date | None
    place: UUID | None = None


class PatientPage(NamedTuple):
    rows: list[PatientRow]
    total: int
    number: int
    size: int


class CallRow(NamedTuple):
    on: date
    result: str
    next_try: date | None
    note: str
    author: str


_COLUMNS = (
    "id", "person_id", "programme", "sex", "born_on", "place_id", "group", "unit_id", "worker_id",
    "since", "until", "why", "contacts", "last_on", "due_on", "reading", "reading_on", "values",
    "step", "step_do", "risk", "call", "called_on", "next_try", "home_on",
)  # fmt: skip


def open_programmes(*, by: Actor) -> list[Programme]:
    """The programmes whose people the reader may see."""
    plain, apart = policies.may(by, READ), policies.may(by, SENSITIVE)
    return [one for one in programmes().values() if (apart if one.sensitive else plain)]


def overdue(
    *, by: Actor, on: date, unit: UUID | None = None, programme: str = "",
    village: UUID | None = None, worker: UUID | None = None, page: int = 1, size: int = PAGE,
) -> PatientPage:  # fmt: skip
    """Who should have come and did not, the greatest risk first, then the longest overdue. Who was
    called and is to be tried again later waits in another list (``which="waiting"``)."""
    filters = PanelFilters(
        which="late", programme=programme, unit=unit, village=village, worker=worker
    )
    return panel(by=by, filters=filters, on=on, page=page, size=size)


def panel(
    *, by: Actor, filters: PanelFilters, on: date, page: int = 1, size: int = PAGE
) -> PatientPage:
    """A page of a list as of today. The door that shows it notes the reading of the names.

    For each of the two tables that the reader may see one statement counts and one finds the page;
    one reads its rows, and at most nine the names, telephones and workers, whatever the length.
    """
    size, parts = max(1, min(size, MOST)), _parts(by, filters, on)
    total = sum(rows.count() for _, rows in parts)
    page = max(1, min(page, -(-total // size) or 1))
    found: list[tuple[Any, ...]] = []
    # Of one table the store itself skips the pages before; of two they are merged here.
    skipped = (page - 1) * size if len(parts) == 1 else 0
    for tables, rows in parts:
        ordered = rows.order_by("-risk", "due_on", "id")[skipped : page * size]
        found += [(-risk, due, id, tables) for risk, due, id in
                  fetch(ordered.values_list("risk", "due_on", "id"))]  # fmt: skip
    first = (page - 1) * size - skipped
    chosen = sorted(found, key=lambda one: one[:3])[first : first + size]
    lines = _lines(chosen)
    return PatientPage(_rows(by, lines, on), total, page, size)


def list_lengths(*, by: Actor, filters: PanelFilters, on: date) -> dict[str, int]:
    """How long each list is, for the tabs above it: one statement for each table."""
    everybody = PanelFilters(
        programme=filters.programme, unit=filters.unit, village=filters.village,
        worker=filters.worker,
    )  # fmt: skip
    keys = [filters.programme] if filters.programme else list(programmes())

    def counted(which: Which) -> Count:
        return Count("pk", filter=_which(which, on, keys) or None)

    lengths = [
        rows.aggregate(
            all=counted("all"), late=counted("late"), waiting=counted("waiting"),
            uncontrolled=counted("uncontrolled"), not_measured=counted("not-measured"),
            refer=counted("refer"),
        )
        for _, rows in _parts(by, everybody, on)
    ]  # fmt: skip
    return {which: sum(length[which.replace("-", "_")] for length in lengths) for which in WHICH}


class GroupRow(NamedTuple):
    """The people of a village, or of a worker. ``id`` is None where none is on record."""

    id: UUID | None
    name: str
    people: int
    late: int
    uncontrolled: int
    refer: int


def panel_groups(
    *, by: Actor, programme: str, unit: UUID | None, on: date
) -> tuple[list[GroupRow], list[GroupRow]]:
    """A programme's panel by village and by worker: two statements, and one for the workers' names."""
    filters = PanelFilters(programme=programme, unit=unit)
    parts = _parts(by, filters, on)
    late, map_ = _late(on, [programme]), registry.atlas()
    tables = []
    for column in ("place_id", "worker_id"):
        found = {}
        for _, rows in parts:
            told_of = rows.values(column).annotate(
                people=Count("id"), late=Count("id", filter=late),
                out=Count("id", filter=Q(reading=0)), refer=Count("id", filter=Q(step_do="refer")),
            )  # fmt: skip
            for id, *figures in fetch(
                told_of.order_by().values_list(column, "people", "late", "out", "refer")
            ):
                found[id] = figures
        tables.append(found)
    villages = [GroupRow(id, map_.full_name(id, on) if id else "", *figures)
                for id, figures in tables[0].items()]  # fmt: skip
    called = names(set(tables[1]) - {None}) if tables[1] else {}
    workers = [GroupRow(id, called.get(id, ""), *figures) for id, figures in tables[1].items()]
    key = lambda row: (-row.late, row.name, str(row.id))  # noqa: E731
    return sorted(villages, key=key), sorted(workers, key=key)


def enrolments_of(*, by: Actor, person: UUID, on: date) -> list[PatientRow]:
    """Every programme that a person is or was in, those the reader may see: the open ones first."""
    root = registry.canonical([person])[person]
    records = registry.born_as([root])[root] | {person}
    lines = []
    for tables, right in _readable(by, list(programmes())):
        rows = tables.enrolments.objects.filter(_reached(by, right), person__id__among=set(records))
        lines += fetch(rows.exclude(why="error").values_list(*_COLUMNS))
    rows_ = _rows(by, lines, on)
    return sorted(rows_, key=lambda row: (row.until is not None, row.since, row.programme))


def enrolment(*, by: Actor, id: UUID, on: date) -> PatientRow | None:
    """One enrolment; None where there is none that the reader may see."""
    lines: list[Any] = []
    for tables, right in _readable(by, list(programmes())):
        rows = tables.enrolments.objects.filter(_reached(by, right), pk=id)
        lines += fetch(rows.values_list(*_COLUMNS))
    return next(iter(_rows(by, lines, on)), None)


def calls_of(*, by: Actor, enrolment_id: UUID, on: date, limit: int = 20) -> list[CallRow]:
    """The calls about an enrolment that the reader may see, the latest first."""
    if enrolment(by=by, id=enrolment_id, on=on) is None:
        return []
    rows = Call.objects.filter(enrolment_id=enrolment_id).order_by("-received_at", "-id")[:limit]
    lines = fetch(rows.values_list("on", "result", "next_try", "note", "author_id"))
    called = names({line[-1] for line in lines})
    return [
        CallRow(on, result, again, note, called.get(author, ""))
        for on, result, again, note, author in lines
    ]


def _readable(by: Actor, keys: Sequence[str]) -> list[tuple[Tables, str]]:
    """The tables in which these programmes are, with the right by which the reader sees them."""
    wanted = {programmes()[key].sensitive for key in keys if key in programmes()}
    found = [(PLAIN, READ)] if False in wanted and policies.may(by, READ) else []
    return found + ([(APART, SENSITIVE)] if True in wanted and policies.may(by, SENSITIVE) else [])


def _reached(by: Actor, right: str) -> Q:
    """Followed by a unit in reach, or living in a place in reach."""
    scope = policies.scope(by, right)
    return Q() if scope.everything else _among(scope.units)


def _among(units: Collection[UUID]) -> Q:
    return Q(unit_id__among=units) | Q(place_id__among=units)


def _parts(by: Actor, filters: PanelFilters, on: date) -> list[tuple[Tables, Any]]:
    """The rows of a list, of each table. Whom a reader reaches is looked up by both indexes, of the
    units that follow and of the places: of a condition on either SQLite would read the province."""
    keys = [filters.programme] if filters.programme else [*(filters.programmes or programmes())]
    where = Q(until=None, since__lte=on) & _which(filters.which, on, keys)
    if filters.ids is not None:
        where = Q(id__among=set(filters.ids))
    if filters.programme:
        where &= Q(programme=filters.programme)
    elif filters.programmes:
        where &= Q(programme__in=keys)
    if filters.villages is not None:
        where &= Q(place_id__among=set(filters.villages))
    wanted = None
    if filters.unit is not None:
        map_ = registry.atlas()
        if map_.unit(filters.unit) is None:
            return []
        wanted = map_.reach(filters.unit, "own", on) | {filters.unit}
    if filters.village is not None:
        where &= Q(place_id=filters.village)
    if filters.worker is not None:
        where &= Q(worker_id=filters.worker)
    found = []
    for tables, right in _readable(by, keys):
        scope, rows = policies.scope(by, right), tables.enrolments.objects.filter(where)
        sets = [] if scope.everything else [scope.units]
        if wanted is not None:
            # What lies within the reach is not asked for the reach as well.
            sets = [wanted] if not sets or wanted <= scope.units else [*sets, wanted]
        for units in sets:
            rows = rows.filter(
                _among(units) if filters.ids is not None else Q(pk__in=_there(tables, units))
            )  # fmt: skip
        found.append((tables, rows))
    return found


def _there(tables: Tables, units: Collection[UUID]) -> Any:
    """The enrolments that are open and followed by these units, or of people who live there."""
    rows = tables.enrolments.objects.filter(until=None).values("pk")
    return rows.filter(unit_id__among=units).union(rows.filter(place_id__among=units))


def _which(which: Which, on: date, keys: Sequence[str]) -> Q:
    waits = Q(next_try__gt=on)
    if which == "late":
        return _late(on, keys) & ~waits
    if which == "waiting":
        return _late(on, keys) & waits
    if which == "due":
        return Q(due_on__lte=on)
    plain: dict[str, Q] = {
        "uncontrolled": Q(reading=0), "not-measured": Q(reading=2), "refer": Q(step_do="refer"),
    }  # fmt: skip
    return plain.get(which, Q())


def _late(on: date, keys: Sequence[str]) -> Q:
    """Past the due day and the grace of the programme."""
    graces: dict[int, list[str]] = {}
    for key in keys:
        if key in programmes():
            graces.setdefault(programmes()[key].contacts(on).grace_days, []).append(key)
    found = Q(pk__in=())
    for days, of in graces.items():
        found |= Q(due_on__lt=on - timedelta(days=days), programme__in=of)
    return found


def _lines(chosen: Sequence[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    """The whole rows of a page, in its order."""
    found: dict[UUID, tuple[Any, ...]] = {}
    for tables in (PLAIN, APART):
        ids = {one[2] for one in chosen if one[3] is tables}
        if ids:
            rows = tables.enrolments.objects.filter(pk__among=ids)
            found |= {line[0]: line for line in fetch(rows.values_list(*_COLUMNS))}
    return [found[one[2]] for one in chosen if one[2] in found]


def _rows(by: Actor, lines: Sequence[Any], on: date) -> list[PatientRow]:
    if not lines:
        return []
    told_of = [dict(zip(_COLUMNS, line, strict=True)) for line in lines]
    stands = registry.canonical({one["person_id"] for one in told_of})
    roots = set(stands.values())
    people = registry.people(by=by, ids=roots)
    phones = registry.identities(by=by, ids=roots)
    workers = names({one["worker_id"] for one in told_of} - {None})
    map_ = registry.atlas()
    rows = []
    for one in told_of:
        root, born = stands[one["person_id"]], one["born_on"]
        place = one["place_id"]
        commune = map_.commune_of(place, on) if place else None
        rows.append(
            PatientRow(
                one["id"], root, one["programme"],
                people[root].name if root in people else "", one["sex"],
                on.year - born.year - ((on.month, on.day) < (born.month, born.day)),
                map_.full_name(place, on) if place and place != commune else "",
                map_.full_name(commune, on), phones[root].phone if root in phones else "",
                one["group"], one["unit_id"], workers.get(one["worker_id"], ""), one["since"],
                one["until"], one["why"], one["contacts"], one["last_on"], one["due_on"],
                max((on - one["due_on"]).days, 0), one["reading"], one["reading_on"],
                told(one["values"]), one["step"], one["step_do"], one["risk"], one["call"],
                one["called_on"], one["next_try"], one["home_on"], place,
            )
        )  # fmt: skip
    return rows
