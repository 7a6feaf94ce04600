"""What lies on the shelf, from a file of any layout: one row a lot, each a receipt.

A plan says row by row what would happen before anything is written. The id of each receipt follows
from the place, the lot, the document and the day, so a file sent again on its day changes nothing.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cache
from typing import Any, NamedTuple
from uuid import UUID

from tuyen.apps.access import policies
from tuyen.apps.access.actors import Actor
from tuyen.apps.journal.services import commit
from tuyen.apps.supply.import_findings import (
    ExpiredOnArrival,
    ExpiryDiffers,
    FileToMend,
    NoSuchItem,
    NothingCame,
    NoUnit,
    RowsToMend,
    SaidTwice,
    spoken,
)
from tuyen.apps.supply.models import Lot, Movement
from tuyen.apps.supply.operations import ReceiveLot
from tuyen.apps.supply.sorting import lot_id, lot_key
from tuyen.engines.exchange.columns import ColumnMap, propose
from tuyen.engines.exchange.dates import Order
from tuyen.engines.exchange.errors_file import write_errors
from tuyen.engines.exchange.fields import Fields
from tuyen.engines.exchange.findings import Finding
from tuyen.engines.exchange.reading import Reading, parse_table
from tuyen.engines.exchange.refusals import ExchangeRefusal, Translate
from tuyen.engines.exchange.tabular import Table
from tuyen.kernel.ids import derived_id
from tuyen.kernel.operation import Operation, Receipt
from tuyen.kernel.text import fold
from tuyen.rules import supply as rules
from tuyen.rules.loader import load

MOVE = "supply.stock.move"
BATCH = 500
_IMPORTS = UUID("5f0c1e1e-6d0b-5c39-8b5b-7d9a4e0f2c11")


@dataclass(frozen=True, slots=True)
class Choices:
    """What the person decided: columns, the order of dates, and the place that receives."""

    columns: Mapping[str, str | None] = field(default_factory=dict)
    date_order: Order | None = None
    unit: UUID | None = None


class Line(NamedTuple):
    """A lot that a row tells."""

    row: int
    received: ReceiveLot


@dataclass(slots=True)
class StockPlan:
    """The rows of a file sorted into what would happen to them; nothing is written yet. ``already``
    are rows that this file, or the same one sent before, has received."""

    table: Table
    columns: ColumnMap
    reading: Reading
    operations: list[Operation] = field(default_factory=list)
    rows: list[int] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)
    already: list[int] = field(default_factory=list)
    repeated: list[int] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)

    @property
    def bad_rows(self) -> set[int]:
        return {f.row for f in self.findings if f.severity == "error" and f.row is not None}

    @property
    def refused(self) -> list[Finding]:
        """What keeps the whole file out."""
        return [f for f in self.findings if f.severity == "error" and f.row is None]

    @property
    def questions(self) -> list[Finding]:
        """What the person is asked about whole columns."""
        return [f for f in self.findings if f.severity == "question"]

    @property
    def clean(self) -> bool:
        return not (self.bad_rows or self.refused or self.columns.doubts)

    def errors_file(self, translate: Translate = str, form: Any = "xlsx") -> bytes:
        """The rows to mend, each as it was sent with what is wrong beside it."""
        return write_errors(self.table, self.findings, translate=translate, form=form)


@cache
def fields() -> Fields:
    """The fields of a list of stock, with the headers that name them."""
    return Fields.of(load("exchange/stock_list"))


@cache
def _by_name() -> dict[str, str]:
    """Names of items, and active substances with their strength, folded -> code."""
    found: dict[str, str] = {}
    for code, item in rules.items().items():
        for name in (code, *item.names.values()):
            found.setdefault(fold(name), code)
        medicine = rules.medicine(code)
        if medicine is not None and medicine.substance:
            found.setdefault(fold(f"{medicine.substance} {medicine.strength}"), code)
    return found


def plan(
    *, by: Actor, table: Table, on: date, at: datetime, choices: Choices | None = None
) -> StockPlan:
    """Read a table and say what would become of each row. Writes nothing; two queries for any file."""
    chosen = choices or Choices()
    unit = chosen.unit or (by.posts[0].unit if by.posts else None)
    if unit is None:
        raise NoUnit()
    policies.check(by, MOVE, unit)
    columns = propose(table, fields(), chosen.columns)
    reading = parse_table(
        table, columns, fields(), today=on, date_order=chosen.date_order, language=by.language
    )
    made = StockPlan(table, columns, reading, findings=list(reading.findings))
    if reading.refused or columns.doubts:
        return made
    seen: dict[tuple[str, str], int] = {}
    for number, row in reading.records():
        line = _line(made, number, row, on, seen)
        if line is not None and number not in made.bad_rows:
            made.lines.append(line)
    _sort(made, unit, on, at)
    made.findings.sort(key=lambda f: (f.row or 0, len(f.letter), f.letter))
    return made


def _line(
    made: StockPlan, number: int, row: Mapping[str, Any], on: date, seen: dict[tuple[str, str], int]
) -> Line | None:
    """The receipt of a row; what is wrong becomes a finding."""
    said, lot, expires = (
        str(row.get("item") or ""),
        str(row.get("number") or ""),
        row.get("expires_on"),
    )
    quantity = row.get("quantity")
    if not said or not lot or expires is None or quantity is None:
        return None  # the reading has told what is missing
    item = _by_name().get(fold(said))
    if item is None:
        known = ", ".join(rules.items()[code].name("vi") for code in rules.nearest(said)[:3])
        _note(made, number, "item", NoSuchItem(value=said[:80], known=known))
        return None
    if int(quantity) < 1:
        _note(made, number, "quantity", NothingCame(lot=lot, quantity=quantity))
        return None
    if expires < on:
        _note(made, number, "expires_on", ExpiredOnArrival(lot=lot, on=expires))
        return None
    key = (item, lot_key(lot))
    if key in seen:
        _note(made, number, "number", SaidTwice(lot=lot, row=seen[key]))
        return None
    seen[key] = number
    return Line(number, ReceiveLot(
        item=item, number=lot[:40], expires_on=expires, vials=int(quantity),
        maker=str(row.get("maker") or "")[:120], document=str(row.get("document") or "")[:120],
    ))  # fmt: skip


def _sort(made: StockPlan, unit: UUID, on: date, at: datetime) -> None:
    """Each line an operation, unless the same was received already or contradicts what is known."""
    ids = {line.row: lot_id(line.received.item, line.received.number) for line in made.lines}
    known = dict(Lot.objects.filter(pk__among=set(ids.values())).values_list("id", "expires_on"))
    named = {
        line.row: derived_id(_IMPORTS, unit, ids[line.row], line.received.document, on.isoformat(),
                             line.received.vials)
        for line in made.lines
    }  # fmt: skip
    there = set(
        Movement.objects.filter(operation_id__among=set(named.values()))
        .values_list("operation_id", flat=True)
    )  # fmt: skip
    for line in made.lines:
        expires = known.get(ids[line.row])
        if expires is not None and expires != line.received.expires_on:
            _note(made, line.row, "expires_on", ExpiryDiffers(
                lot=line.received.number, known=expires, given=line.received.expires_on
            ))  # fmt: skip
        elif named[line.row] in there:
            made.already.append(line.row)
        else:
            made.rows.append(line.row)
            made.operations.append(Operation.of(
                line.received, id=named[line.row], unit=unit, happened_on=on, recorded_at=at
            ))  # fmt: skip


def _note(made: StockPlan, row: int, field_: str, refusal: ExchangeRefusal) -> None:
    letter = made.columns.letter_of(field_) or ""
    column = next((one for one in made.table.columns if one.letter == letter), None)
    value = column.values[made.table.numbers.index(row)] if column else ""
    header = column.header if column else ""
    made.findings.append(Finding(row, letter, header, field_, value, refusal))


class ImportResult(NamedTuple):
    """What became of a file: counts of lots, and of the rows left out."""

    accepted: int
    already: int
    refused: int
    left_out: int
    receipts: Sequence[Receipt] = ()


def run(
    *, by: Actor, plan: StockPlan, at: datetime, accept_good_rows: bool = False,
    progress: Callable[[int], None] | None = None,
) -> ImportResult:  # fmt: skip
    """Commit the receipts of a plan, 500 at a time; each batch is whole and durable.

    Raises
    ------
    FileToMend, RowsToMend
        If the file cannot be read, or rows have to be mended and ``accept_good_rows`` is False.
        Nothing is written then.
    """
    policies.check(by, MOVE)
    if plan.refused or plan.columns.doubts:
        what = "; ".join(str(finding.refusal) for finding in plan.refused[:3]) or "–"
        raise FileToMend(what=what)
    if plan.bad_rows and not accept_good_rows:
        raise RowsToMend(bad=len(plan.bad_rows), rows=len(plan.table))
    receipts: list[Receipt] = []
    for start in range(0, len(plan.operations), BATCH):
        receipts += commit(by=by, operations=plan.operations[start : start + BATCH], at=at)
        if progress is not None:
            progress(len(receipts))
    for number, receipt in zip(plan.rows, receipts, strict=True):
        if receipt.refusal is not None:
            said = spoken(receipt.refusal.refusal())
            plan.findings.append(Finding(number, "", "", "", "", said))
    status = [receipt.status for receipt in receipts]
    return ImportResult(
        status.count("accepted"), len(plan.already) + status.count("already-had"),
        status.count("refused"), len(plan.bad_rows), receipts,
    )  # fmt: skip
