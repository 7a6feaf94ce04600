"""What lies on the shelf, from a file of any layout: one row a lot, each a receipt.

A plan says row by row what would happen before anything is written. The id of each receipt follows
from the place, the lot, the document and the day, so a file sent again on its day changes nothing.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cache
from typing import Any, NamedTuple
from uuid import UUID

from tuyen.apps.access.actors import Actor
from tuyen.apps.journal import importing
from tuyen.apps.journal.importing import Choices, ImportResult, Plan, begin, gather
from tuyen.apps.supply import import_findings
from tuyen.apps.supply.import_findings import (
    ExpiredOnArrival,
    ExpiryDiffers,
    NoSuchItem,
    NothingCame,
    SaidTwice,
)
from tuyen.apps.supply.models import Lot, Movement
from tuyen.apps.supply.operations import ReceiveLot
from tuyen.apps.supply.sorting import lot_id, lot_key
from tuyen.engines.exchange.fields import Fields
from tuyen.engines.exchange.tabular import Table
from tuyen.kernel.ids import derived_id
from tuyen.kernel.operation import Operation
from tuyen.kernel.text import fold
from tuyen.rules import supply as rules
from tuyen.rules.loader import load

MOVE = "supply.stock.move"
_IMPORTS = UUID("5f0c1e1e-6d0b-5c39-8b5b-7d9a4e0f2c11")


class Line(NamedTuple):
    """A lot that a row tells."""

    row: int
    received: ReceiveLot


@dataclass(slots=True)
class StockPlan(Plan):
    """The rows of a list of stock; ``lines`` are the lots that they tell. ``already`` are rows that
    this file, or the same one sent before, has received."""

    lines: list[Line] = field(default_factory=list)


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
    made, unit = begin(
        StockPlan, by=by, table=table, fields=fields(), on=on, choices=choices or Choices(),
        right=MOVE, words=import_findings,
    )  # fmt: skip
    if not made.readable:
        return made
    made.lines = gather(
        made, lambda number, row: _line(made, number, row, on),
        key=lambda line: (line.received.item, lot_key(line.received.number)), field="number",
        twice=lambda line, first: SaidTwice(lot=line.received.number, row=first),
    )  # fmt: skip
    _sort(made, unit, on, at)
    made.in_order()
    return made


def _line(made: StockPlan, number: int, row: Mapping[str, Any], on: date) -> Line | None:
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
        made.note(number, "item", NoSuchItem(value=said[:80], known=known))
        return None
    if int(quantity) < 1:
        made.note(number, "quantity", NothingCame(lot=lot, quantity=quantity))
        return None
    if expires < on:
        made.note(number, "expires_on", ExpiredOnArrival(lot=lot, on=expires))
        return None
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
            made.note(line.row, "expires_on", ExpiryDiffers(
                lot=line.received.number, known=expires, given=line.received.expires_on
            ))  # fmt: skip
        elif named[line.row] in there:
            made.already.append(line.row)
        else:
            made.rows.append(line.row)
            made.operations.append(Operation.of(
                line.received, id=named[line.row], unit=unit, happened_on=on, recorded_at=at
            ))  # fmt: skip


def run(
    *, by: Actor, plan: StockPlan, at: datetime, accept_good_rows: bool = False,
    progress: Callable[[int], None] | None = None,
) -> ImportResult:  # fmt: skip
    """Commit the receipts of a plan: :func:`tuyen.apps.journal.importing.run`."""
    return importing.run(
        by=by, plan=plan, at=at, right=MOVE, words=import_findings,
        accept_good_rows=accept_good_rows, progress=progress,
    )  # fmt: skip
