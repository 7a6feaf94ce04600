"""Line lists, one case with all that happened to it, and the cases that another may repeat."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import islice
from typing import Any, NamedTuple
from uuid import UUID

import msgspec
from django.db.models import Q, QuerySet

from tuyen.apps.access import policies
from tuyen.apps.access.actors import Actor
from tuyen.apps.journal import queries as journal
from tuyen.apps.surveillance import ages, discreet, places
from tuyen.apps.surveillance.judging import Circumstances, Standing, Warning, judge, warnings
from tuyen.apps.surveillance.models import Case
from tuyen.apps.surveillance.operations import ReportCase
from tuyen.apps.surveillance.sameness import likeness, person_keys
from tuyen.apps.surveillance.selection import (
    EXPORT,
    CaseFilters,
    Order,
    matching,
    visible,
)
from tuyen.kernel.refusal import Refusal
from tuyen.rules import surveillance as rules
from tuyen.rules.surveillance.detectors import case_checks

SENSITIVE = "registry.person.sensitive"
_ORDERS: dict[str, tuple[str, ...]] = {
    "-onset": ("-onset_on", "-id"),
    "onset": ("onset_on", "id"),
    "-reported": ("-reported_at", "-id"),
    "reported": ("reported_at", "id"),
    "disease": ("disease", "-onset_on", "-id"),
    "commune": ("commune_id", "-onset_on", "-id"),
    "due": ("due_at", "id"),
}
_COLUMNS = (
    "id", "disease", "group", "window", "classification", "sex", "age", "age_band", "birth_date",
    "onset_on", "diagnosed_on", "reported_at", "received_at", "due_at", "late", "outcome",
    "outcome_on", "died", "name", "identity", "person_id", "commune_id", "village_id", "unit_id",
    "facility_id", "cluster", "external_id", "revision", "voided_at", "void_reason",
)  # fmt: skip
_PERSON = _COLUMNS.index("person_id")
_CHUNK = 2000  # rows of an export
_ALIKE = 0.75


class CaseRow(NamedTuple):
    """A line of a list: the case's columns, and its places by the names of its day.

    ``person`` is the record that stands for the person today; the report keeps the one it named.
    """

    id: UUID
    disease: str
    group: str
    window: str
    classification: str
    sex: str
    age: int | None
    age_band: int
    birth_date: date | None
    onset_on: date
    diagnosed_on: date
    reported_at: datetime
    received_at: datetime
    due_at: datetime
    late: bool
    outcome: str
    outcome_on: date | None
    died: bool
    name: str
    identity: str
    person: UUID | None
    commune: UUID
    village: UUID | None
    unit: UUID
    facility: UUID | None
    cluster: str
    external_id: str
    revision: int
    voided_at: datetime | None
    void_reason: str
    commune_name: str
    commune_today: str  # what the commune is on the reader's day, if that is another
    village_name: str
    unit_name: str
    masked: bool = False  # whose case it is is told only for a purpose

    def disease_name(self, language: str = "vi") -> str:
        return rules.disease(self.disease).name(language)


class Page(NamedTuple):
    """One page of a list; pages count from 1."""

    rows: list[CaseRow]
    total: int
    page: int
    pages: int


@dataclass(frozen=True, slots=True)
class CaseDetail:
    """Everything about one case that its reader may see."""

    row: CaseRow
    content: ReportCase
    history: list[journal.Kept]
    warnings: list[Warning]
    linked: list[CaseRow]


class Likely(NamedTuple):
    """A case that a draft may repeat, how sure that is (0 to 1), and why: person, identity, name."""

    row: CaseRow
    likeness: float
    why: str


def line_list(
    *, by: Actor, filters: CaseFilters | None = None, order: Order = "-onset", page: int = 1,
    size: int = 50,
) -> Page:  # fmt: skip
    """A page of the cases that ``by`` may read: at most five queries, whatever the page; one more
    for each time that a record to which one was merged was merged in its turn."""
    map_ = places.atlas()
    scope, filters = visible(by), filters or CaseFilters()
    found = Case.objects.filter(scope, _asked(by, filters, map_))
    # All that are not void: counted from two indexes, where the one count would read every report.
    whole = not scope and filters == CaseFilters()
    total = Case.objects.count() - _void().count() if whole else found.count()
    size = max(1, min(size, 500))
    pages = max(1, -(-total // size))
    page = max(1, min(page, pages))
    first = (page - 1) * size
    rows = found.order_by(*_ORDERS[order])[first : first + size].values_list(*_COLUMNS)
    return Page(_rows(rows, map_, by), total, page, pages)


def export_rows(*, by: Actor, filters: CaseFilters | None = None) -> Iterator[CaseRow]:
    """All rows of a list, oldest first, for those who may take them out; two queries, and one for
    each 2,000 rows."""
    policies.check(by, EXPORT)
    map_ = places.atlas()
    where = _asked(by, filters or CaseFilters(), map_)
    found = Case.objects.filter(visible(by, EXPORT), where).order_by("onset_on", "id")
    rows = found.values_list(*_COLUMNS).iterator(chunk_size=_CHUNK)
    while chunk := list(islice(rows, _CHUNK)):
        yield from _rows(chunk, map_, by)


def export_count(*, by: Actor, filters: CaseFilters | None = None) -> int:
    """How many rows :func:`export_rows` would give."""
    policies.check(by, EXPORT)
    where = _asked(by, filters or CaseFilters(), places.atlas())
    return Case.objects.filter(visible(by, EXPORT), where).count()


def case(*, by: Actor, id: UUID) -> CaseDetail | None:
    """One case, or None when there is none that ``by`` may read: the two look alike.

    The ethnic group is in it only for who states a purpose that the right to it accepts.
    """
    map_ = places.atlas()
    found = Case.objects.filter(visible(by), pk=id).values_list(*_COLUMNS, "content").first()
    if found is None:
        return None
    (row,) = _rows([found[:-1]], map_, by)
    content = msgspec.json.decode(found[-1], type=ReportCase)
    if row.masked:
        content = discreet.veiled(content)
    sensitive = policies.scope(by, SENSITIVE)
    if not (sensitive.covers(row.unit) or sensitive.covers(row.commune)):
        content = msgspec.structs.replace(content, ethnicity="")  # asked for with a purpose, or not
    given = Circumstances(row.unit, row.diagnosed_on, row.reported_at, row.received_at)
    return CaseDetail(
        row=row,
        content=content,
        history=journal.history(by=by, of=id),
        warnings=list(warnings(content, given)),
        linked=_linked(by, row, content, map_),
    )


def cases_of_person(*, by: Actor, person: UUID) -> list[CaseRow]:
    """At most a hundred cases of one person, of all records that were merged into theirs, that
    ``by`` may read, newest first: four queries."""
    map_ = places.atlas()
    where = _asked(by, CaseFilters(person=person), map_)
    found = Case.objects.filter(visible(by), where).order_by(*_ORDERS["-onset"])
    return _rows(found.values_list(*_COLUMNS)[:100], map_, by)


def duplicates_of(*, by: Actor, draft: ReportCase, limit: int = 5) -> list[Likely]:
    """Cases that a draft may repeat, most likely first; only those that ``by`` may read.

    The same disease within the disease's window, and either the same person or number, or a
    name that is nearly the same with the same sex and about the same age. A person whose records
    were merged is one person. Five queries.
    """
    map_ = places.atlas()
    window = timedelta(days=case_checks(by.on).window(draft.disease))
    near = Q(
        disease=draft.disease,
        voided_at=None,
        onset_on__gte=_shifted(draft.onset_on, -window),
        onset_on__lte=_shifted(draft.onset_on, window),
    )
    alike = Q(sex=draft.sex)
    if (age := _age(draft)) is not None:
        alike &= Q(age__gte=age - 2, age__lte=age + 2)
    records = places.records_of(draft.person) if draft.person else frozenset()
    if draft.person:
        draft = msgspec.structs.replace(
            draft, person=places.standing_for([draft.person])[draft.person]
        )
    keys = list(person_keys(draft.person, draft.identity, draft.name, draft.birth_date))
    same = Q(pk__in=())
    for column, value, *_ in keys:
        same |= {
            "person_id": Q(person_id__in=records),
            "identity": Q(identity=value),
            "name_folded": Q(name_folded=value),
        }[column]
    near &= discreet.told(by)  # nobody finds out by a draft who has which disease
    rows = Case.objects.filter(visible(by), near).filter(same | alike).order_by("-onset_on", "id")
    alike_rows = _rows(rows.values_list(*_COLUMNS)[:500], map_, by)
    likely = [_likely(row, draft) for row in alike_rows]
    found = [item for item in likely if item.likeness >= _ALIKE]
    return sorted(found, key=lambda item: -item.likeness)[:limit]


def preview(
    *, by: Actor, draft: ReportCase, unit: UUID, at: datetime
) -> tuple[Standing | None, Refusal | None, list[Warning]]:
    """What a report would become: its group, window and deadline, or why it would be refused."""
    given = Circumstances(unit, by.on, min(draft.reported_at or at, at), at)
    try:
        standing = judge(draft, given, places.atlas())
    except Refusal as refusal:
        return None, refusal, []
    return standing, None, list(warnings(draft, given))


def _linked(by: Actor, row: CaseRow, content: ReportCase, map_: Any) -> list[CaseRow]:
    """Cases of the same cluster, and those that this one names."""
    same = Q(pk__in=content.linked_to)
    if row.cluster:
        same |= Q(cluster=row.cluster, disease=row.disease)
    found = Case.objects.filter(visible(by), same).exclude(pk=row.id).order_by("onset_on", "id")
    return _rows(found.values_list(*_COLUMNS)[:50], map_, by)


def _likely(row: CaseRow, draft: ReportCase) -> Likely:
    mine = set(person_keys(draft.person, draft.identity, draft.name, draft.birth_date))
    for key in person_keys(row.person, row.identity, row.name, row.birth_date):
        if key in mine:
            return Likely(row, 1.0, {"name_folded": "name"}.get(key[0], key[0].removesuffix("_id")))
    return Likely(row, likeness(draft.name, row.name), "name")


def _age(draft: ReportCase) -> int | None:
    if draft.birth_date is None:
        return draft.age
    return ages.age_on(draft.birth_date, draft.onset_on)


def _shifted(day: date, by: timedelta) -> date:
    try:
        return day + by
    except OverflowError:
        return date.min if by < timedelta() else date.max


def _asked(by: Actor, filters: CaseFilters, map_: Any) -> Q:
    """The filters; where they begin with a person, only cases of which ``by`` may know whose."""
    where = matching(filters, map_, by.on)
    return where & discreet.told(by) if filters.text.strip() or filters.person else where


def _void() -> "QuerySet[Case]":
    return Case.objects.filter(~Q(voided_at=None))


def _rows(found: Iterable[Sequence[Any]], map_: Any, by: Actor) -> list[CaseRow]:
    """Rows with the names of their places, and with who stands today for their persons: a query.
    Whose case it is is left out where ``by`` is not told."""
    rows = list(found)
    stands = places.standing_for({row[_PERSON] for row in rows} - {None})
    withheld, said = discreet.withheld(by), (_row(row, stands, map_, by.on) for row in rows)
    return [discreet.veil(row) if withheld(row) else row for row in said]


def _row(values: Sequence[Any], stands: Mapping[UUID, UUID], map_: Any, on: date) -> CaseRow:
    row = dict(zip(_COLUMNS, values, strict=True))
    row["person_id"] = stands.get(row["person_id"], row["person_id"])
    commune, onset = row["commune_id"], row["onset_on"]
    today = map_.standing_for(commune, on)
    names = (
        map_.full_name(commune, onset),
        map_.full_name(today, on) if today != commune else "",
        map_.name(row["village_id"], onset),
        map_.full_name(row["unit_id"], on),
    )
    return CaseRow._make((*row.values(), *names, False))
