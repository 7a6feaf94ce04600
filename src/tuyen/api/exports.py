"""Lists with names that a second person agreed to, for programs. They are asked for and answered as
operations (``access.request_export``, ``access.answer_export``), by the journal's door."""

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from tuyen.api.door import NotFound, endpoint
from tuyen.api.surveillance import CaseOut, case_out
from tuyen.apps.access import clock, exports, services
from tuyen.apps.access.actors import Actor
from tuyen.apps.access.operations import FetchExport
from tuyen.apps.journal.services import commit
from tuyen.apps.surveillance import exports as lists
from tuyen.apps.surveillance import queries
from tuyen.kernel.operation import Operation


class ExportOut(msgspec.Struct, frozen=True):
    """A list with names that the caller asked for. ``state`` is waits, lapsed, approved, expired,
    fallen (whoever approved holds no post that may any more), refused, withdrawn or fetched."""

    id: UUID
    what: str
    query: str
    purpose: str
    rows: int
    state: str
    asked_at: datetime
    until: datetime | None
    reason: str


class ExportsOut(msgspec.Struct, frozen=True):
    exports: list[ExportOut]


class FileOut(msgspec.Struct, frozen=True):
    """The list, once: it is not given out again."""

    request: UUID
    agreed_by: str
    cases: list[CaseOut]


@endpoint("GET", right=exports.REQUEST, answer=ExportsOut)
def asked(by: Actor, query: Any) -> ExportsOut:
    """The lists with names that the caller asked for, newest first."""
    return ExportsOut([
        ExportOut(each.id, each.what, each.query, each.purpose, each.rows, each.state,
                  each.asked_at, each.until, each.reason)
        for each in exports.mine(by=by, at=clock.now())
    ])  # fmt: skip


@endpoint("POST", right=exports.REQUEST, answer=FileOut)
def file(by: Actor, query: Any, id: UUID) -> FileOut:
    """Take out a list that a second person agreed to: once, whole, in its time."""
    now = clock.now()
    each = exports.one(by=by, id=id, at=now)
    if each is None or each.author != by.user or each.what != lists.WHAT:
        raise NotFound()
    wanted = lists.read(each.query)
    rows = queries.export_count(by=by, filters=wanted)
    # It was agreed to, so only the account's hour holds, not the day of a program that reads pages.
    services.allow_bulk(by=by, rows=rows, at=now, agreed=True)
    said = FetchExport(request=id, rows=rows)
    made = Operation.of(said, unit=each.unit, happened_on=now.date(), recorded_at=now)
    (receipt,) = commit(by=by, operations=[made], at=now)
    if receipt.refusal is not None:
        raise receipt.refusal.refusal()
    found = list(queries.export_rows(by=by, filters=wanted))
    services.record_readings(
        by=by.stating(each.purpose[:40]), subject="surveillance.case",
        ids=[row.id for row in found], at=now, agreed=True,
    )  # fmt: skip
    return FileOut(id, each.answerer, [case_out(row) for row in found])
