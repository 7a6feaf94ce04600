"""What was found in a table: where, what, how grave."""

from collections.abc import Callable, Iterable
from typing import Any, Literal, NamedTuple

from tuyen.engines.exchange.grid import Value
from tuyen.engines.exchange.refusals import ExchangeRefusal, Translate
from tuyen.engines.exchange.tabular import Column

Severity = Literal["error", "warning", "question"]
"""An error keeps the row (without a row: the table) out; a warning does not; a question asks the
person to confirm how a whole column was read."""


class Finding(NamedTuple):
    """One thing to tell the person who sent the file. ``row`` is None for a whole column."""

    row: int | None
    letter: str
    header: str
    field: str
    value: Value
    refusal: ExchangeRefusal
    severity: Severity = "error"

    @property
    def code(self) -> str:
        return self.refusal.code

    def parts(self, translate: Translate = str) -> tuple[str, str]:
        """The message and the advice."""
        return self.refusal.parts(translate)


class Outcome(NamedTuple):
    """What one cell means: a value, or a reason why not; or both, with a warning."""

    value: Any
    refusal: ExchangeRefusal | None = None
    severity: Severity = "error"


class Parsed(NamedTuple):
    """The values of a column, one per row (None where blank or unreadable), and findings."""

    values: list[Any]
    findings: list[Finding]


NOTHING = Outcome(None)


def read_each(
    column: Column, numbers: list[int], field: str, read: Callable[[Value], Outcome]
) -> Parsed:
    """Read every cell of a column, each different value once."""
    known: dict[Any, Outcome] = {}
    values: list[Any] = []
    findings: list[Finding] = []
    for row, cell in zip(numbers, column.values, strict=True):
        # 1, 1.0 and True are equal and hash alike, so what is not text is known by its type too.
        key = cell if cell.__class__ is str else (cell.__class__, cell)
        outcome = known.get(key)
        if outcome is None:
            outcome = known[key] = NOTHING if cell == "" else read(cell)
        values.append(outcome.value)
        if outcome.refusal is not None:
            findings.append(
                Finding(
                    row,
                    column.letter,
                    column.header,
                    field,
                    cell,
                    outcome.refusal,
                    outcome.severity,
                )
            )
    return Parsed(values, findings)


def errors_by_row(findings: Iterable[Finding]) -> dict[int, list[Finding]]:
    """Row -> its errors, in the order found."""
    rows: dict[int, list[Finding]] = {}
    for finding in findings:
        if finding.severity == "error" and finding.row is not None:
            rows.setdefault(finding.row, []).append(finding)
    return rows
