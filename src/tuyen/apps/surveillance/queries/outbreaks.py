"""Outbreaks: the list, and one with its places, sources, declarations and clocks."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

import msgspec
from django.db.models import Case, Count, Max, Q, QuerySet, Value, When

from tuyen.apps.access import policies, walls
from tuyen.apps.access import queries as access
from tuyen.apps.access.actors import Actor
from tuyen.apps.journal.bulk import fetch
from tuyen.apps.surveillance import places
from tuyen.apps.surveillance.models import (
    Declaration,
    Outbreak,
    OutbreakCase,
    OutbreakPlace,
    OutbreakSource,
    OutbreakTask,
    SituationReport,
)
from tuyen.apps.surveillance.operations.outbreaks import CaseDefinition, DeclareOutbreak
from tuyen.rules import surveillance as rules

READ = "surveillance.outbreak.read"


class OutbreakRow(NamedTuple):
    """An outbreak as it stands, with the figures of its line list."""

    id: UUID
    title: str
    disease: str
    syndrome: str
    group: str
    level: str
    since: date
    opened_on: date
    opened_at: datetime
    changed_at: datetime
    closed_on: date | None
    closed_because: str
    conclusion: str
    revision: int
    unit: UUID
    unit_name: str
    lead: UUID | None
    lead_name: str
    assignee: UUID | None
    assignee_name: str
    post: UUID | None
    communes: tuple[UUID, ...]
    commune_names: tuple[str, ...]
    cases: int
    confirmed: int
    deaths: int
    last_onset: date | None
    actions: int
    actions_done: int
    overdue: int  # tasks that are open past their day
    reported_on: date | None  # the day of the last situation report
    definition: CaseDefinition

    @property
    def open(self) -> bool:
        return self.closed_on is None

    def disease_name(self, language: str = "vi") -> str:
        """The disease, or the syndrome while it is not known."""
        return rules.disease(self.disease).name(language) if self.disease else self.syndrome


class OutbreakPage(NamedTuple):
    rows: list[OutbreakRow]
    total: int
    page: int
    pages: int
    open: int  # of all that the reader sees, before the page's own filters
    closed: int


class Declared(NamedTuple):
    """A declaration as it was made."""

    id: UUID
    level: str
    authority: str
    document: str
    declared_on: date
    met_at: datetime | None
    received_at: datetime
    said: DeclareOutbreak


class SourceRow(NamedTuple):
    kind: str
    id: UUID
    since_at: datetime | None


@dataclass(frozen=True, slots=True)
class OutbreakDetail:
    row: OutbreakRow
    declarations: list[Declared]  # oldest first
    sources: list[SourceRow]


def seen(by: Actor, right: str = READ) -> Q:
    """Outbreaks that ``by`` may see: those of a unit, a lead or a commune of the scope."""
    scope = policies.scope(by, right)
    if scope.everything:
        return Q()
    inside = OutbreakPlace.objects.filter(scope.where("commune_id")).values("outbreak_id")
    return scope.where("unit_id") | scope.where("lead_id") | Q(pk__in=inside)


def outbreaks(
    *, by: Actor, open_only: bool = False, closed: bool | None = None,
    diseases: Sequence[str] = (), area: UUID | None = None, source: UUID | None = None,
    since: date | None = None, page: int = 1, size: int = 50,
) -> OutbreakPage:  # fmt: skip
    """The outbreaks that ``by`` may see, open ones first, the newest first: nine queries.

    ``source`` asks for those that were opened from an alarm or a signal; ``since`` for those that
    were open on that day or later.
    """
    map_ = places.atlas()
    mine = Outbreak.objects.filter(seen(by))
    where = Q()
    if open_only or closed is not None:
        where &= Q(closed_on__isnull=open_only or not closed)
    if diseases:
        where &= Q(disease__in=list(diseases))
    if since is not None:
        where &= Q(closed_on=None) | Q(closed_on__gte=since)
    if area is not None:
        communes = places.communes_of(map_, area, by.on, "guided")
        inside = OutbreakPlace.objects.filter(commune_id__in=communes).values("outbreak_id")
        where &= Q(pk__in=inside)
    if source is not None:
        where &= Q(pk__in=OutbreakSource.objects.filter(source_id=source).values("outbreak_id"))
    found = mine.filter(where)
    total = found.count()
    size = max(1, min(size, 500))
    pages = max(1, -(-total // size))
    page = max(1, min(page, pages))
    tally = mine.aggregate(
        open=Count("id", filter=Q(closed_on=None)), closed=Count("id", filter=~Q(closed_on=None))
    )
    ended = Case(When(closed_on=None, then=Value(0)), default=Value(1))
    ordered = found.alias(ended=ended).order_by("ended", "-opened_at", "id")
    rows = rows_of(ordered[(page - 1) * size : page * size], map_, by)
    return OutbreakPage(rows, total, page, pages, tally["open"], tally["closed"])


def outbreak(*, by: Actor, id: UUID) -> OutbreakDetail | None:
    """One outbreak, or None when there is none that ``by`` may see: eight queries."""
    rows = rows_of(Outbreak.objects.filter(seen(by), pk=id), places.atlas(), by)
    if not rows:
        return None
    names = [field for field in Declared._fields if field != "said"]
    told = Declaration.objects.filter(outbreak_id=id).order_by("received_at", "id")
    declared = [
        Declared._make((*row, msgspec.json.decode(content, type=DeclareOutbreak)))
        for *row, content in told.values_list(*names, "content")
    ]
    sources = OutbreakSource.objects.filter(outbreak_id=id).order_by("since_at", "id")
    return OutbreakDetail(
        rows[0],
        declared,
        [SourceRow(*row) for row in sources.values_list("kind", "source_id", "since_at")],
    )


def outbreaks_of_case(*, by: Actor, case: UUID) -> list[tuple[UUID, str]]:
    """The outbreaks on whose line list a case is, as far as ``by`` may see them: id and title."""
    lists = OutbreakCase.objects.filter(case_id=case).values("outbreak_id")
    found = Outbreak.objects.filter(seen(by), pk__in=lists).order_by("-opened_at", "id")
    return list(found.values_list("id", "title"))


def rows_of(found: "QuerySet[Outbreak]", map_: Any, by: Actor) -> list[OutbreakRow]:
    """Rows with their places and figures: six queries whatever their number."""
    held = list(found.values())
    ids = [row["id"] for row in held]
    lie = _lie(ids)
    figures = _figures(ids, by.on)
    who = access.names({row["assignee_id"] for row in held if row["assignee_id"]})
    return [_row(row, lie.get(row["id"], []), figures[row["id"]], who, map_) for row in held]


def _row(
    row: Mapping[str, Any], communes: Sequence[UUID], figures: Mapping[str, Any],
    who: Mapping[UUID | None, str], map_: Any,
) -> OutbreakRow:  # fmt: skip
    on = row["opened_on"]
    named = sorted((map_.full_name(c, on), c) for c in communes)
    plain = {name: row[name] for name in OutbreakRow._fields if name in row}
    plain |= {
        "unit": row["unit_id"],
        "unit_name": map_.full_name(row["unit_id"], on),
        "lead": row["lead_id"],
        "lead_name": map_.full_name(row["lead_id"], on) if row["lead_id"] else "",
        "assignee": row["assignee_id"],
        "assignee_name": who.get(row["assignee_id"], "") if row["assignee_id"] else "",
        "post": row["post_id"],
        "communes": tuple(c for _, c in named),
        "commune_names": tuple(name for name, _ in named),
        "definition": msgspec.json.decode(row["definition"], type=CaseDefinition),
    }
    return OutbreakRow(**plain, **figures)


def _lie(ids: Iterable[UUID]) -> dict[UUID, list[UUID]]:
    with walls.whole("the communes of outbreaks that the reader sees"):
        rows = fetch(
            OutbreakPlace.objects.filter(outbreak_id__among=set(ids)).values_list(
                "outbreak_id", "commune_id"
            )
        )
    found: dict[UUID, list[UUID]] = {}
    for outbreak, commune in rows:
        found.setdefault(outbreak, []).append(commune)
    return found


def _figures(ids: Sequence[UUID], on: date) -> dict[UUID, dict[str, Any]]:
    """Counts of each line list and of its tasks: three queries."""
    blank = {
        "cases": 0, "confirmed": 0, "deaths": 0, "last_onset": None, "actions": 0,
        "actions_done": 0, "overdue": 0, "reported_on": None,
    }  # fmt: skip
    found: dict[UUID, dict[str, Any]] = {id: dict(blank) for id in ids}
    counted = Q(case__voided_at=None) & ~Q(case__classification="discarded")
    with walls.whole("counts of the line lists of outbreaks that the reader sees"):
        cases = list(
            OutbreakCase.objects.filter(counted, outbreak_id__in=ids)
            .values_list("outbreak_id")
            .annotate(
                n=Count("id"),
                sure=Count("id", filter=Q(case__classification="confirmed")),
                died=Count("id", filter=Q(case__died=True)),
                last=Max("case__onset_on"),
            )
            .order_by()
        )
    for outbreak, *numbers in cases:
        found[outbreak] |= dict(
            zip(("cases", "confirmed", "deaths", "last_onset"), numbers, strict=True)
        )
    action, done = Q(origin="action"), ~Q(done_at=None)
    tasks = OutbreakTask.objects.filter(outbreak_id__in=ids).values_list("outbreak_id")
    tasks = tasks.annotate(
        n=Count("id", filter=action),
        finished=Count("id", filter=action & done),
        past=Count("id", filter=~done & Q(due_on__lt=on)),
    )
    for outbreak, *numbers in tasks.order_by():
        found[outbreak] |= dict(zip(("actions", "actions_done", "overdue"), numbers, strict=True))
    last = SituationReport.objects.filter(outbreak_id__in=ids).values_list("outbreak_id")
    for outbreak, day in last.annotate(Max("day")).order_by():
        found[outbreak]["reported_on"] = day
    return found
