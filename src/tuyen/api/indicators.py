"""Tables as they were published, for programs: a page of the ministry, a bulletin, a neighbour."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

import msgspec

from tuyen.api.door import NotFound, endpoint, number, takes
from tuyen.apps.access.actors import Actor
from tuyen.apps.indicators import queries
from tuyen.engines.disclosure.ledger import MARK


class TableRowOut(msgspec.Struct, frozen=True):
    """A row: one commune of the map, or several that the cases cannot be told between."""

    name: str
    communes: list[UUID]


class TableOut(msgspec.Struct, frozen=True):
    """A published table. ``cells`` stand in the order diseases, rows, periods, each with its total
    last if there are several; null where a number is hidden. ``k``: numbers below it are hidden.
    With a ``base`` nothing is hidden: every number is rounded to a multiple of it, and is at most
    ``error`` from the records."""

    id: UUID
    unit: UUID
    title: str
    audience: str
    map_on: date
    diseases: list[str]
    rows: list[TableRowOut]
    periods: list[str]
    cells: list[int | None]
    k: int
    published_at: datetime
    replaces: UUID | None
    replaced_by: UUID | None
    reason: str
    base: int | None
    error: int | None


class TablesOut(msgspec.Struct, frozen=True):
    total: int
    tables: list[TableOut]


@endpoint("GET", right=queries.READ, answer=TablesOut)
@takes(limit="integer", offset="integer")
def tables(by: Actor, query: Any) -> TablesOut:
    """Published tables of the caller's units, the latest first."""
    found = queries.releases(
        by=by, limit=number(query, "limit", default=50, least=1, most=500),
        offset=number(query, "offset", default=0, least=0, most=10**6),
    )  # fmt: skip
    return TablesOut(found.total, [_table(row) for row in found.rows])


@endpoint("GET", right=queries.READ, answer=TableOut)
def table(by: Actor, query: Any, id: UUID) -> TableOut:
    """One table as it was published, whatever was corrected since."""
    row = queries.release(by=by, id=id)
    if row is None:
        raise NotFound()
    return _table(row)


def _table(row: queries.ReleaseRow) -> TableOut:
    return TableOut(
        id=row.id, unit=row.unit, title=row.title, audience=row.audience, map_on=row.map_on,
        diseases=[names[0] for names in row.shape.diseases],
        rows=[TableRowOut(one.name, list(one.communes)) for one in row.shape.rows],
        periods=[period.label for period in row.shape.periods],
        cells=[None if value == MARK else value for value in row.printed], k=row.k,
        published_at=row.published_at, replaces=row.replaces, replaced_by=row.replaced_by,
        reason=row.reason, base=row.base, error=row.error,
    )  # fmt: skip
