"""What can be done to a published figure: publish it, correct it, void it. Never change it.

A table for the public is published likewise, with the cells as they are printed.
"""

from datetime import date
from decimal import Decimal
from typing import Annotated, Literal
from uuid import UUID

from msgspec import Meta

from tuyen.kernel.operation import Payload, operation

Code = Annotated[str, Meta(min_length=1, max_length=40, pattern=r"^[a-z0-9-]+$")]
Label = Annotated[str, Meta(min_length=4, max_length=16)]
Document = Annotated[str, Meta(min_length=3, max_length=300)]
Line = Annotated[str, Meta(max_length=300)]
Reason = Annotated[str, Meta(min_length=3, max_length=300)]
Qualifier = Literal["exact", "at-least", "about"]


class Content(Payload, frozen=True, kw_only=True):
    """A figure as a document gives it. The operation's unit is the unit it speaks of.

    ``period`` carries its calendar ("2025-H1", "2025-H1+A"). ``value`` keeps the decimals it was
    printed with. The parts are given both or not at all, and are never made up. ``map_on`` is the
    day on whose map the unit stands, by default the last day of the period. ``definition`` says
    how this document defines the figure, where that is not the indicator's own definition.
    ``completeness`` is the share of 1 of the reports due that it stands on.
    """

    indicator: Code
    period: Label
    value: Decimal
    measure_unit: Code
    document: Document
    dated: date | None = None
    qualifier: Qualifier = "exact"
    numerator: Decimal | None = None
    denominator: Decimal | None = None
    completeness: Decimal | None = None
    definition: Line = ""
    map_on: date | None = None


@operation("indicators.publish_figure", version=1, right="indicators.figure.publish")
class PublishFigure(Content, frozen=True):
    """Record a figure that a document published; the figure's id is the operation's id."""


@operation("indicators.correct_figure", version=1, right="indicators.figure.publish")
class CorrectFigure(Content, frozen=True, kw_only=True):
    """Publish a figure anew in place of ``figure``, which stays readable as it was.

    The whole content is given again. ``figure`` is the version that the author had before them:
    when another has taken its place since, this is refused. The operation ``corrects`` the first.
    """

    figure: UUID
    reason: Reason


@operation("indicators.void_figure", version=1, right="indicators.figure.publish")
class VoidFigure(Payload, frozen=True):
    """Say that a figure was never published so. It leaves all comparisons and stays readable."""

    figure: UUID
    reason: Reason


Shown = Annotated[int, Meta(ge=-1, le=2**31)]


@operation(
    "indicators.publish_table", version=2, right="indicators.figure.publish",
    upcasts={1: lambda said: said},
)  # fmt: skip
class PublishTable(Payload, frozen=True, kw_only=True):
    """Publish cases by disease, commune and period; the release's id is the operation's id.

    The operation's unit is the area that holds all ``communes``, which stand on the map of
    ``map_on``. ``first`` and ``last`` are labels of periods of one kind ("2026-W07"). ``cells`` is
    what is printed, -1 where a mark stands, in the order diseases, rows, periods, each with its
    total last if there are several. Numbers must be those of the records, and the marks enough that
    nothing published so far and this release together give a small number away. With a ``base``
    there are no marks: every number is a multiple of it, they add up, and agree with every rounded
    release of the same cases. ``replaces`` is the release that this one corrects: it stays as it was
    published.
    """

    title: Annotated[str, Meta(min_length=3, max_length=200)]
    audience: Literal["public", "foreign"]
    diseases: Annotated[
        tuple[Annotated[str, Meta(max_length=60)], ...], Meta(min_length=1, max_length=20)
    ]
    communes: Annotated[tuple[UUID, ...], Meta(min_length=1, max_length=600)]
    map_on: date
    first: Label
    last: Label
    k: Annotated[int, Meta(ge=1, le=1000)]
    width: Annotated[int, Meta(ge=1, le=1000)]
    cells: Annotated[tuple[Shown, ...], Meta(min_length=1, max_length=2000)]
    replaces: UUID | None = None
    reason: Line = ""
    base: Annotated[int, Meta(ge=2, le=100)] | None = None
