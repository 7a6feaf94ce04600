"""The rows that did not go in, as a file: each as it was sent, with what is wrong and the fix.

The person mends the rows in this very file and sends it again; the columns added here are known
to the reader and ignored.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Literal

from tuyen.engines.exchange.findings import Finding, errors_by_row
from tuyen.engines.exchange.refusals import Translate
from tuyen.engines.exchange.tabular import Table
from tuyen.engines.exchange.write import Cell, SheetOut, write_csv, write_xlsx
from tuyen.kernel.refusal import N_

ROW = N_("Row in the file")
CODE = N_("Error code")
ERROR = N_("Error")
ADVICE = N_("What to do")
COLUMN = N_("Column")
PLACE = N_("{letter} ({header})")
SHEET = N_("Rows to mend")
ABOUT = N_("About whole columns")

Format = Literal["csv", "xlsx"]


def write_errors(
    table: Table,
    findings: Iterable[Finding],
    *,
    translate: Translate = str,
    form: Format = "xlsx",
    mark: bool = True,
) -> bytes:
    """Return the error file of ``table``: one line for each row that has an error.

    Parameters
    ----------
    findings
        Those of the reading, and any more that the caller found (an unknown commune, a double):
        a :class:`Finding` with its row, letter and refusal. Only errors of rows are listed;
        what concerns whole columns stands on a second sheet (XLSX).
    translate
        Message id -> sentence template in the language of the reader.
    form, mark
        "csv" or "xlsx"; for CSV whether to put the mark of UTF-8 in front.
    """
    found = list(findings)
    header = [
        *(column.header or column.letter for column in table.columns),
        *map(translate, (ROW, CODE, ERROR, ADVICE)),
    ]
    rows = _rows(table, found, translate)
    if form == "csv":
        return write_csv(header, rows, mark=mark)
    sheets = [SheetOut(translate(SHEET), header, rows, _widths(table))]
    general = [finding for finding in found if finding.row is None]
    if general:
        titles = [translate(title) for title in (COLUMN, CODE, ERROR, ADVICE)]
        lines = [
            (_place(finding, translate), finding.code, *finding.parts(translate))
            for finding in general
        ]
        sheets.append(SheetOut(translate(ABOUT), titles, lines, (24, 28, 60, 60)))
    return write_xlsx(sheets)


def _rows(table: Table, findings: Sequence[Finding], translate: Translate) -> Iterator[list[Cell]]:
    errors = errors_by_row(findings)
    for at, number in enumerate(table.numbers):
        if number in errors:
            yield [*table.row(at), number, *_joined(errors[number], translate)]


def _joined(findings: Sequence[Finding], translate: Translate) -> tuple[str, str, str]:
    """All codes, messages and advice of one row; each message begins with its column."""
    codes = " ".join(dict.fromkeys(finding.code for finding in findings))
    messages: list[str] = []
    advice: dict[str, None] = {}
    for finding in findings:
        message, fix = finding.parts(translate)
        place = _place(finding, translate)
        messages.append(f"{place}: {message}" if place else message)
        advice[fix] = None
    return codes, "\n".join(messages), "\n".join(advice)


def _place(finding: Finding, translate: Translate) -> str:
    if not finding.letter:
        return finding.header
    if not finding.header:
        return finding.letter
    return translate(PLACE).format(letter=finding.letter, header=finding.header)


def _widths(table: Table) -> list[int]:
    return [min(40, max(10, len(column.header) + 2)) for column in table.columns] + [10, 28, 60, 60]
