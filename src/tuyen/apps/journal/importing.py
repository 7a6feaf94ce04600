"""Lists that come as files: a plan says row by row what would happen, and nothing is written before.

What rooms share of it: what the person decided, the plan with its findings, how it begins and how it
is committed. A room adds its fields, reads a row, and says in its own words what keeps a file out.
"""

from bisect import bisect_left
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, NamedTuple, Protocol, TypeVar
from uuid import UUID

from tuyen.apps.access import policies
from tuyen.apps.access.actors import Actor
from tuyen.apps.journal.services import commit
from tuyen.engines.exchange.columns import ColumnMap, propose
from tuyen.engines.exchange.dates import Order
from tuyen.engines.exchange.errors_file import write_errors
from tuyen.engines.exchange.fields import Fields
from tuyen.engines.exchange.findings import Finding, Severity
from tuyen.engines.exchange.reading import Reading, parse_table
from tuyen.engines.exchange.refusals import ExchangeRefusal, Translate
from tuyen.engines.exchange.tabular import Table
from tuyen.kernel.operation import Operation, Receipt
from tuyen.kernel.refusal import Refusal

BATCH = 500
"""Operations that are committed together."""


@dataclass(frozen=True, slots=True)
class Choices:
    """What the person decided: columns, the order of dates, and the unit in whose name it goes in."""

    columns: Mapping[str, str | None] = field(default_factory=dict)
    date_order: Order | None = None
    unit: UUID | None = None


@dataclass(slots=True)
class Plan:
    """The rows of a file sorted into what would happen to them; nothing is written yet.

    ``rows`` are those of ``operations``, in their order; ``already`` those that are on record, and
    ``repeated`` those that an earlier row of the file tells too.
    """

    table: Table
    columns: ColumnMap
    reading: Reading
    operations: list[Operation] = field(default_factory=list)
    rows: list[int] = field(default_factory=list)
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

    @property
    def readable(self) -> bool:
        """Whether the rows can be looked at: the file was read, and no column is in doubt."""
        return not (self.reading.refused or self.columns.doubts)

    def note(
        self, row: int, field_: str, refusal: ExchangeRefusal, severity: Severity = "error"
    ) -> None:
        """Write down what is wrong with a field of a row, with its cell."""
        letter = self.columns.letter_of(field_) or ""
        column = next((one for one in self.table.columns if one.letter == letter), None)
        value = column.values[bisect_left(self.table.numbers, row)] if column else ""
        header = column.header if column else ""
        self.findings.append(Finding(row, letter, header, field_, value, refusal, severity))

    def in_order(self) -> None:
        """Put the findings into the order of the file."""
        self.findings.sort(key=lambda f: (f.row or 0, len(f.letter), f.letter))

    def errors_file(self, translate: Translate = str, form: Any = "xlsx") -> bytes:
        """The rows to mend, each as it was sent with what is wrong beside it."""
        return write_errors(self.table, self.findings, translate=translate, form=form)


class ImportResult(NamedTuple):
    """What became of a file: counts of what its rows tell, and of the rows left out."""

    accepted: int
    already: int
    refused: int
    left_out: int
    receipts: Sequence[Receipt] = ()


P = TypeVar("P", bound=Plan)
L = TypeVar("L")


class Words(Protocol):
    """What a room says of its files: modules of findings have these names."""

    @property
    def FileToMend(self) -> type[Refusal]: ...
    @property
    def RowsToMend(self) -> type[Refusal]: ...
    @property
    def NoUnit(self) -> type[Refusal]: ...
    @property
    def spoken(self) -> Callable[[Refusal], ExchangeRefusal]: ...


def read(
    made: type[P], *, by: Actor, table: Table, fields: Fields, on: date, choices: Choices
) -> P:
    """Read a table by the columns that were chosen or proposed: a plan without operations. Asks
    nothing of the store."""
    columns = propose(table, fields, choices.columns)
    reading = parse_table(
        table, columns, fields, today=on, date_order=choices.date_order, language=by.language
    )
    return made(table, columns, reading, findings=list(reading.findings))


def begin(
    made: type[P], *, by: Actor, table: Table, fields: Fields, on: date, choices: Choices,
    right: str, words: Words,
) -> tuple[P, UUID]:  # fmt: skip
    """:func:`read` for a list that goes in in the name of one unit; and that unit."""
    unit = choices.unit or (by.posts[0].unit if by.posts else None)
    if unit is None:
        raise words.NoUnit()
    policies.check(by, right, unit)
    return read(made, by=by, table=table, fields=fields, on=on, choices=choices), unit


def gather(
    made: Plan, line: Callable[[int, Mapping[str, Any]], L | None], *, key: Callable[[L], Hashable],
    field: str, twice: Callable[[L, int], ExchangeRefusal],
) -> list[L]:  # fmt: skip
    """The lines of the rows that can be read, each thing once.

    ``line`` reads a row; it notes what is wrong with it and is None then. A row whose ``key`` an
    earlier one has is noted at ``field`` by ``twice``, which is given the line and the earlier row.
    """
    lines: list[L] = []
    seen: dict[Hashable, int] = {}
    for number, row in made.reading.records():
        told = line(number, row)
        if told is None:
            continue
        first = seen.setdefault(key(told), number)
        if first == number:
            lines.append(told)
        else:
            made.note(number, field, twice(told, first))
    return lines


def run(
    *, by: Actor, plan: Plan, at: datetime, right: str, words: Words,
    accept_good_rows: bool = False, progress: Callable[[int], None] | None = None,
) -> ImportResult:  # fmt: skip
    """Commit the operations of a plan, 500 at a time; each batch is whole and durable.

    Raises
    ------
    Refusal
        The room's FileToMend or RowsToMend, if the file cannot be read, or rows have to be mended and
        ``accept_good_rows`` is False. Nothing is written then.
    """
    policies.check(by, right)
    if plan.refused or plan.columns.doubts:
        what = "; ".join(str(finding.refusal) for finding in plan.refused[:3]) or "–"
        raise words.FileToMend(what=what)
    if plan.bad_rows and not accept_good_rows:
        raise words.RowsToMend(bad=len(plan.bad_rows), rows=len(plan.table))
    receipts: list[Receipt] = []
    for start in range(0, len(plan.operations), BATCH):
        receipts += commit(by=by, operations=plan.operations[start : start + BATCH], at=at)
        if progress is not None:
            progress(len(receipts))
    for number, receipt in zip(plan.rows, receipts, strict=True):
        if receipt.refusal is not None:
            said = words.spoken(receipt.refusal.refusal())
            plan.findings.append(Finding(number, "", "", "", "", said))
    status = [receipt.status for receipt in receipts]
    return ImportResult(
        status.count("accepted"),
        len(plan.already) + len(plan.repeated) + status.count("already-had"),
        status.count("refused"), len(plan.bad_rows), receipts,
    )  # fmt: skip
