"""Payments from a file of any layout: one row a voucher. The id of a payment follows from its project and
voucher, so a file sent again changes nothing."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from typing import Any, NamedTuple
from uuid import UUID

from tuyen.apps.access.actors import Actor
from tuyen.apps.governance import import_findings
from tuyen.apps.governance.import_findings import (
    AmountUnreadable,
    ProjectUnknown,
    SourceUnknown,
    VoucherTwice,
)
from tuyen.apps.governance.operations import Disburse
from tuyen.apps.governance.queries import RECORD, ProjectRow, projects, vouchers_known
from tuyen.apps.journal import importing
from tuyen.apps.journal.importing import Choices, ImportResult, Plan
from tuyen.engines.exchange.fields import Fields
from tuyen.engines.exchange.tabular import Table
from tuyen.kernel.ids import derived_id
from tuyen.kernel.operation import Operation
from tuyen.kernel.text import fold
from tuyen.rules import governance as rules
from tuyen.rules.loader import load

_IMPORTS = UUID("5d0a7f2e-6a4c-5b0f-8a83-90f3c1c4e7d1")
_WHOLE = re.compile(r"\d{1,3}(?:[.,  ]\d{3})+|\d{1,15}")
RIGHT = RECORD


class Line(NamedTuple):
    """A payment that a row tells."""

    row: int
    project: ProjectRow
    on: date
    told: Disburse


@dataclass(slots=True)
class PaymentPlan(Plan):
    """The rows of a list of payments; ``lines`` are those that can be read."""

    lines: list[Line] = field(default_factory=list)


@cache
def fields() -> Fields:
    """The fields of a list of payments, with the headers that name them."""
    return Fields.of(load("exchange/disbursements"))


def plan(
    *, by: Actor, table: Table, on: date, at: datetime, choices: Choices | None = None
) -> PaymentPlan:
    """Read a table and say what would become of each row. Writes nothing; four queries for any file."""
    made, _unit = importing.begin(
        PaymentPlan, by=by, table=table, fields=fields(), on=on, choices=choices or Choices(),
        right=RIGHT, words=import_findings,
    )  # fmt: skip
    if not made.readable:
        return made
    running = {fold(row.plan.name): row for row in projects(by=by, on=on) if row.state == "running"}
    made.lines = importing.gather(
        made, lambda number, row: _line(made, number, row, running),
        key=lambda line: (line.project.id, line.told.voucher), field="voucher",
        twice=lambda line, first: VoucherTwice(voucher=line.told.voucher, row=first),
    )  # fmt: skip
    _sort(made, by, at)
    made.in_order()
    return made


def _line(
    made: PaymentPlan, number: int, row: Mapping[str, Any], running: Mapping[str, ProjectRow]
) -> Line | None:
    """What a row tells; what is wrong becomes a finding."""
    name, voucher = str(row.get("project") or ""), str(row.get("voucher") or "").strip()[:60]
    day, text = row.get("paid_on"), str(row.get("amount") or "").strip()
    if not name or not voucher or day is None or not text:
        return None  # the reading has told what is missing
    project = running.get(fold(name))
    if project is None:
        known = "; ".join(one.plan.name for one in running.values())[:300] or "–"
        made.note(number, "project", ProjectUnknown(value=name[:80], known=known))
        return None
    source = _sources().get(fold(str(row.get("source") or "")))
    if source is None:
        known = ", ".join(one.name["vi"] for one in rules.sources().values())
        made.note(number, "source", SourceUnknown(value=str(row.get("source"))[:60], known=known))
        return None
    if _WHOLE.fullmatch(text) is None:
        made.note(number, "amount", AmountUnreadable(value=text[:40]))
        return None
    amount = Decimal(re.sub(r"\D", "", text))
    told = Disburse(
        project=project.id, source=source, amount=amount, voucher=voucher,
        year=int(row.get("year") or day.year), note=str(row.get("note") or "")[:2000],
    )  # fmt: skip
    return Line(number, project, day, told)


@cache
def _sources() -> Mapping[str, str]:
    """Keys and names of the sources in every language, folded -> key."""
    return {
        fold(word): key
        for key, one in rules.sources().items()
        for word in (key, *one.name.values())
    }


def _sort(made: PaymentPlan, by: Actor, at: datetime) -> None:
    """Each line an operation, unless its voucher stands for its project already."""
    there = vouchers_known(
        by=by, vouchers=[line.told.voucher for line in made.lines],
        projects={line.project.id for line in made.lines},
    )  # fmt: skip
    for line in made.lines:
        if (line.project.id, line.told.voucher) in there:
            made.already.append(line.row)
            continue
        made.rows.append(line.row)
        made.operations.append(Operation.of(
            line.told, id=derived_id(_IMPORTS, str(line.project.id), line.told.voucher),
            unit=line.project.unit, happened_on=line.on, recorded_at=at,
        ))  # fmt: skip


def run(
    *, by: Actor, plan: PaymentPlan, at: datetime, accept_good_rows: bool = False,
    progress: Callable[[int], None] | None = None,
) -> ImportResult:  # fmt: skip
    """Commit the payments of a plan, 500 at a time; each batch is whole and durable.

    Raises
    ------
    FileToMend, RowsToMend
        If the file cannot be read, or rows have to be mended and ``accept_good_rows`` is False.
        Nothing is written then.
    """
    return importing.run(
        by=by, plan=plan, at=at, right=RIGHT, words=import_findings,
        accept_good_rows=accept_good_rows, progress=progress,
    )  # fmt: skip
