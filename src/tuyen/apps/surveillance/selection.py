"""Which cases a list is about."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Literal
from uuid import UUID

from django.db.models import Q

from tuyen.apps.access import policies
from tuyen.apps.access.actors import Actor
from tuyen.apps.surveillance import places
from tuyen.apps.surveillance.models import OutbreakCase
from tuyen.kernel.text import fold
from tuyen.kernel.zone import VIETNAM

READ = "surveillance.case.read"
EXPORT = "surveillance.case.export"
COUNTS = "surveillance.counts.read"
NO_OUTCOME = "none"
Status = Literal["active", "void", "all"]
Order = Literal["-onset", "onset", "-reported", "reported", "disease", "commune", "due"]


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseFilters:
    """What a line list shows. Empty means any; ``first`` and ``last`` are days of onset,
    ``reported_first`` and ``reported_last`` days of the report in Vietnam. The outcome "none" is
    that of cases whose outcome nobody has told yet.

    ``person`` is whoever the record stands for today: with the cases of records merged into it.
    ``area`` is a commune of either map, a province or any other area: the list holds the rows
    born in it, in the communes inside it, and in those that they succeeded.
    """

    diseases: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    classifications: tuple[str, ...] = ()
    sexes: tuple[str, ...] = ()
    age_bands: tuple[int, ...] = ()
    area: UUID | None = None
    communes: tuple[UUID, ...] = ()
    unit: UUID | None = None
    person: UUID | None = None
    first: date | None = None
    last: date | None = None
    reported_first: date | None = None
    reported_last: date | None = None
    received_after: datetime | None = None
    changed_after: datetime | None = None
    status: Status = "active"
    late: bool | None = None
    died: bool | None = None
    outcomes: tuple[str, ...] = ()
    counted: bool = False
    cluster: str = ""
    outbreak: UUID | None = None
    text: str = ""
    ids: tuple[UUID, ...] = ()


def visible(by: Actor, right: str = READ) -> Q:
    """Cases that ``by`` may see: those living in, or reported by, a unit of the scope."""
    scope = policies.scope(by, right)
    return scope.where("commune_id") | scope.where("unit_id")


def matching(filters: CaseFilters, map_: Any, on: date) -> Q:
    """The filters as a condition on cases."""
    where = Q()
    if filters.diseases:
        where &= Q(disease__in=filters.diseases)
    if filters.groups:
        where &= Q(group__in=filters.groups)
    if filters.classifications:
        where &= Q(classification__in=filters.classifications)
    if filters.counted:
        where &= ~Q(classification="discarded")
    if filters.sexes:
        where &= Q(sex__in=filters.sexes)
    if filters.age_bands:
        where &= Q(age_band__in=filters.age_bands)
    if filters.area is not None:
        where &= Q(commune_id__in=places.communes_of(map_, filters.area, on))
    if filters.communes:
        where &= Q(commune_id__in=filters.communes)
    return where & _about(filters) & _dated(filters) & _worded(filters)


def _about(filters: CaseFilters) -> Q:
    where = Q()
    if filters.unit is not None:
        where &= Q(unit_id=filters.unit)
    if filters.person is not None:
        # In the words of the partial index, which SQLite takes only for them.
        where &= ~Q(person_id=None) & Q(person_id__in=places.records_of(filters.person))
    if filters.ids:
        where &= Q(pk__in=filters.ids)
    if filters.status != "all":
        where &= Q(voided_at__isnull=filters.status == "active")
    if filters.late is not None:
        where &= Q(late=filters.late)
    if filters.died is not None:
        where &= Q(died=filters.died)
    if filters.outcomes:
        where &= Q(outcome__in=["" if told == NO_OUTCOME else told for told in filters.outcomes])
    if filters.cluster:
        where &= Q(cluster=filters.cluster)
    if filters.outbreak is not None:
        listed = OutbreakCase.objects.filter(outbreak_id=filters.outbreak)
        where &= Q(pk__in=listed.values("case_id"))
    return where


def _dated(filters: CaseFilters) -> Q:
    where = Q()
    if filters.first is not None:
        where &= Q(onset_on__gte=filters.first)
    if filters.last is not None:
        where &= Q(onset_on__lt=filters.last + timedelta(days=1))
    if filters.reported_first is not None:
        where &= Q(reported_at__gte=midnight(filters.reported_first))
    if filters.reported_last is not None:
        where &= Q(reported_at__lt=midnight(filters.reported_last + timedelta(days=1)))
    if filters.received_after is not None:
        where &= Q(received_at__gt=filters.received_after)
    if filters.changed_after is not None:
        where &= Q(changed_at__gt=filters.changed_after)
    return where


def midnight(day: date) -> datetime:
    """When a day begins in Vietnam."""
    return datetime(day.year, day.month, day.day, tzinfo=VIETNAM)


def _worded(filters: CaseFilters) -> Q:
    """Every word must occur in the name (without marks, in any order), or the whole is a number."""
    words = fold(filters.text).split()
    if not words:
        return Q()
    named = Q()
    for word in words:
        named &= Q(name_folded__contains=word)
    whole = filters.text.strip()
    return named | Q(external_id=whole) | Q(identity=whole) | Q(cluster=whole)
