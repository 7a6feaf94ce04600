"""Figures as they were published, in force or not."""

from datetime import date, datetime
from decimal import Decimal
from typing import NamedTuple
from uuid import UUID

from django.db.models import Q, QuerySet

from tuyen.apps.access import policies
from tuyen.apps.access import queries as access
from tuyen.apps.access.actors import Actor
from tuyen.apps.indicators.models import Figure
from tuyen.apps.registry import queries as registry
from tuyen.kernel.period import Period

READ = "indicators.figure.read"
PAGE = 50


class FigureRow(NamedTuple):
    """One version of a figure, as published. ``value`` has the decimals it was printed with."""

    id: UUID
    first: UUID
    version: int
    unit: UUID
    unit_name: str  # on the figure's map
    map_on: date
    indicator: str
    period: Period
    value: Decimal
    digits: int
    measure_unit: str
    qualifier: str
    numerator: Decimal | None
    denominator: Decimal | None
    completeness: Decimal | None
    definition: str
    document: str
    dated: date | None
    author: UUID | None
    author_name: str
    published_at: datetime
    reason: str
    ended_at: datetime | None
    replaced_by: UUID | None
    void_reason: str

    @property
    def state(self) -> str:
        """in-force, corrected or void."""
        if self.ended_at is None:
            return "in-force"
        return "corrected" if self.replaced_by else "void"


class Page(NamedTuple):
    """Some of the figures asked for, and how many there are."""

    rows: list[FigureRow]
    total: int


class FigureCard(NamedTuple):
    """A version of a figure, with all of its versions, newest first."""

    row: FigureRow
    versions: list[FigureRow]


def figures(
    *,
    by: Actor,
    indicator: str = "",
    unit: UUID | None = None,
    period: str = "",
    calendar: str = "",
    text: str = "",
    as_of: datetime | None = None,
    every_version: bool = False,
    limit: int = PAGE,
    offset: int = 0,
) -> Page:
    """Figures that the reader may read, the latest period first: three queries.

    ``period`` is a label, or a year that the period ends in. ``text`` is sought in the document
    and the definition. ``as_of`` gives what was in force at that moment; ``every_version`` also
    those that were corrected or voided.
    """
    rows = Figure.objects.filter(policies.scope(by, READ).where("unit_id"))
    if indicator:
        rows = rows.filter(indicator=indicator)
    if unit is not None:
        rows = rows.filter(unit_id=unit)
    if calendar:
        rows = rows.filter(calendar=calendar)
    if period.isdecimal() and len(period) == 4:
        rows = rows.filter(end__year=int(period))
    elif period:
        rows = rows.filter(period=Period.parse(period).label)
    if text:
        rows = rows.filter(Q(document__icontains=text) | Q(definition__icontains=text))
    if as_of is not None:
        rows = rows.filter(Q(ended_at=None) | Q(ended_at__gt=as_of), published_at__lte=as_of)
    elif not every_version:
        rows = rows.filter(ended_at=None)
    limit, offset = max(1, min(limit, 500)), max(0, offset)
    page = rows.order_by("-end", "indicator", "unit_id", "first_id", "-version")
    return Page(read(page[offset : offset + limit]), rows.count())


def figure(*, by: Actor, id: UUID) -> FigureCard | None:
    """A version of a figure; None when there is none that the reader may read."""
    scope = policies.scope(by, READ)
    found = Figure.objects.filter(scope.where("unit_id"), pk=id).first()
    if found is None:
        return None
    versions = read(Figure.objects.filter(first_id=found.first_id).order_by("-version"))
    return FigureCard(next(row for row in versions if row.id == id), versions)


def read(rows: QuerySet[Figure]) -> list[FigureRow]:
    """Rows as plain values, with the names of units and authors."""
    found = list(rows)
    atlas = registry.atlas()
    names = access.names({row.author_id for row in found})
    return [
        FigureRow(
            id=row.pk,
            first=row.first_id,
            version=row.version,
            unit=row.unit_id,
            unit_name=atlas.full_name(row.unit_id, row.map_on),
            map_on=row.map_on,
            indicator=row.indicator,
            period=Period(row.start, row.end, row.kind, row.calendar),  # type: ignore[arg-type]
            value=round(row.value, row.digits),
            digits=row.digits,
            measure_unit=row.measure_unit,
            qualifier=row.qualifier,
            numerator=_short(row.numerator),
            denominator=_short(row.denominator),
            completeness=_short(row.completeness),
            definition=row.definition,
            document=row.document,
            dated=row.dated,
            author=row.author_id,
            author_name=names.get(row.author_id, ""),
            published_at=row.published_at,
            reason=row.reason,
            ended_at=row.ended_at,
            replaced_by=row.replaced_by,
            void_reason=row.void_reason,
        )
        for row in found
    ]


def _short(value: Decimal | None) -> Decimal | None:
    """Without the zeros that the column adds."""
    if value is None:
        return None
    whole = value.to_integral_value()
    return whole if value == whole else value.normalize()
