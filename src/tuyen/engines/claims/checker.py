"""Judging visits: every rule of the day a visit ended, over many visits at once."""

from bisect import bisect_right
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from decimal import localcontext
from typing import Any, NamedTuple

from tuyen.engines.claims import values
from tuyen.engines.claims.columns import Columns
from tuyen.engines.claims.reader import HEADER, Fault, Visit
from tuyen.engines.claims.rulebook import AMONG_VISITS, Book, Check, Field, changes, compile_book

SEVERITIES = ("error", "warning")
LONGEST_VALUE = 200

UNREAD = frozenset({"base64", "size", "encoding", "xml", "root"})
"""Faults of a part of which no row is known: nothing is said of what it should have held."""

Pair = tuple[tuple[int, "Finding"], tuple[int, "Finding"]]


class Finding(NamedTuple):
    """What is wrong and where. ``row`` counts from 1 within the table; 0 is the table itself.
    ``expected`` is what the rule computed, "" where it computes nothing."""

    code: str
    severity: str
    table: str
    row: int
    field: str
    value: str
    expected: str = ""


class Checker:
    """The rules of every day, made ready when a visit of that day first comes.

    ``material`` is described at `rulebook.compile_book`; ``scope_of`` gives the words of the language
    for a day.
    """

    def __init__(
        self,
        material: Mapping[str, Any],
        scope_of: Callable[[date], Mapping[str, Callable[..., Any]]],
    ) -> None:
        self._material, self._scope_of = material, scope_of
        self._days = changes(material)
        self._books: dict[date, Book] = {}

    def book(self, on: date) -> Book:
        """The rules in force on a day; before the first there are the first."""
        since = self._days[max(bisect_right(self._days, on) - 1, 0)]
        if since not in self._books:
            self._books[since] = compile_book(self._material, since, self._scope_of(since))
        return self._books[since]

    def check(self, visits: Sequence[Visit]) -> list[list[Finding]]:
        """Findings of each visit, by table as the decision orders them, then row, then field."""
        by_book: dict[date, list[int]] = {}
        for number, visit in enumerate(visits):
            by_book.setdefault(self.book(day_of(visit)).since, []).append(number)
        found: list[list[Finding]] = [[] for _ in visits]
        with localcontext(values.EXACT):
            for since, numbers in by_book.items():
                group = [visits[number] for number in numbers]
                for place, finding in _judge(self._books[since], group):
                    found[numbers[place]].append(finding)
        for findings in found:
            if len(findings) > 1:
                findings.sort(key=self._order)
        return found

    def say(self, finding: Finding, language: str, on: date | None = None) -> str:
        """A finding as a sentence in ``vi``, ``en`` or ``zh``, with what was expected."""
        book = self.book(on or self._days[-1])
        rule = book.rules.get(finding.code)
        words = rule.words if rule else {}
        said = words.get(language) or words.get("en") or finding.code
        beside = finding.code in set(map(".".join, AMONG_VISITS))
        wanted = self._material["words"]["beside" if beside else "expected"][language]
        return f"{said} {wanted.format(expected=finding.expected)}" if finding.expected else said

    def _order(self, finding: Finding) -> tuple[int, int, float, int, str]:
        fields = self.book(self._days[-1]).fields.get(finding.table, {})
        field = fields.get(finding.field)
        number = finding.table.removeprefix("XML")
        return (
            int(number) if number.isdigit() else -1, finding.row,
            field.order if field else 0, SEVERITIES.index(finding.severity), finding.code,
        )  # fmt: skip


def day_of(visit: Visit) -> date:
    """The day whose rules a visit is judged by: its end, else its arrival, else the file's day."""
    header = visit.header()
    check_in = visit.tables.get("XML0") or [{}]
    texts = (
        header.get("NGAY_RA", ""), header.get("NGAY_VAO", ""),
        visit.envelope.get("NGAYLAP", ""), check_in[0].get("NGAY_VAO", ""),
    )  # fmt: skip
    for text in texts:
        if values.is_date(text[:8]):
            return values.as_date(text)
    return date.max


def _judge(book: Book, visits: Sequence[Visit]) -> list[tuple[int, Finding]]:
    columns = Columns(visits, book.fields, book.lets)
    found: list[tuple[int, Finding]] = []
    unlike: list[Pair] = []
    for number, visit in enumerate(visits):
        found += [(number, _of_part(fault)) for fault in visit.faults]
    for table, fields in book.fields.items():
        if columns.rows.get(table):
            found += _fields(columns, table, fields)
            if table != HEADER:
                unlike += _unlike(columns, table, fields)
    unread = {
        number: tables
        for number, visit in enumerate(visits)
        if (tables := {fault.table for fault in visit.faults if fault.what in UNREAD})
    }
    for check in book.checks:
        if columns.rows.get(check.table):
            found += _broken(columns, check, unread)
    named = {(number, *finding[2:5]) for number, finding in found}
    told: set[Any] = set()
    for pair in unlike:
        # A cell that is wrong itself differs from its copies too; once told is enough.
        if not any((number, *finding[2:5]) in named for number, finding in pair):
            found += [item for item in pair if item not in told]
            told.update(pair)
    return found


def _of_part(fault: Fault) -> Finding:
    return Finding(
        f"{fault.table}.{fault.what}", "error", fault.table, fault.row, fault.field,
        fault.value[:LONGEST_VALUE],
    )  # fmt: skip


def _fields(columns: Columns, table: str, fields: Mapping[str, Field]) -> list[tuple[int, Finding]]:
    found = []
    unknown = set().union(*columns.rows[table]) - fields.keys()
    if unknown:
        for place, row in enumerate(columns.rows[table]):
            found += [
                _located(columns, table, place, f"{table}.unknown-field", "error", name[:60])
                for name in sorted(unknown & row.keys())
            ]
    for name, field in fields.items():
        texts = columns.raw(table, name)
        rest = set(texts) - field.good
        if not rest:
            continue
        wrong = {text: what for text in rest if (what := field.judge(text))}
        if wrong:
            for place, text in enumerate(texts):
                if text in wrong:
                    code = f"{table}.{name}.{wrong[text]}"
                    found.append(_located(columns, table, place, code, "error", name))
    return found


def _unlike(columns: Columns, table: str, fields: Mapping[str, Field]) -> list[Pair]:
    """Cells that repeat what table 1 says and say something else, or what it does not say, each with the
    cell of table 1."""
    found = []
    header: list[Mapping[str, str]] = [visit.header() for visit in columns.visits]
    for name, field in fields.items():
        if not field.same:
            continue
        for place, text in enumerate(columns.raw(table, name)):
            if text:
                owner = columns.owners[table][place]
                told = header[owner].get(name, "")
                if header[owner] and told != text and not _alike(field.kind, told, text):
                    code = f"{table}.{name}.same"
                    value = told[:LONGEST_VALUE]
                    found.append(
                        (
                            _located(columns, table, place, code, "error", name, told),
                            (owner, Finding(code, "error", HEADER, 1, name, value, text)),
                        )
                    )
    return found


def _alike(kind: str, told: str, text: str) -> bool:
    """Whether two texts that differ say the same: letter case, spaces, one of several cards."""
    if not told:
        return False
    if kind in ("cards", "dates"):
        return set(values.parts(text)) <= set(values.parts(told))
    if kind in values.NUMBERS:
        return values.number(told) == values.number(text)
    return " ".join(told.split()).casefold() == " ".join(text.split()).casefold()


def _broken(
    columns: Columns, check: Check, unread: Mapping[int, set[str]]
) -> list[tuple[int, Finding]]:
    places = columns.values(check.table, check.test)
    if places and unread:
        read = {table for column in check.test.columns for table, _name in column.of}
        owners = columns.owners[check.table]
        places = [place for place in places if not unread.get(owners[place], set()) & read]
    if not places:
        return []
    found = []
    expected = columns.values(check.table, check.expect) if check.expect else None
    rule = check.rule
    for place in places:
        said = "" if expected is None or expected[place] is None else str(expected[place])
        for table, name in check.cells:
            if table == check.table:
                finding = _located(columns, table, place, rule.code, rule.severity, name, said)
            else:
                finding = _elsewhere(columns, check, place, table, name)
            found.append(finding)
    return found


def _located(
    columns: Columns, table: str, place: int, code: str, severity: str, name: str, said: str = ""
) -> tuple[int, Finding]:
    value = columns.rows[table][place].get(name, "")[:LONGEST_VALUE]
    number = place - columns.first_row(table)[place] + 1
    return columns.owners[table][place], Finding(code, severity, table, number, name, value, said)


def _elsewhere(
    columns: Columns, check: Check, place: int, table: str, name: str
) -> tuple[int, Finding]:
    """A cell of the header, or a whole table that is missing, named by a check of another table."""
    owner = columns.owners[check.table][place]
    rows = columns.visits[owner].tables.get(table) or [{}]
    row = 1 if name else 0
    value = rows[0].get(name, "")[:LONGEST_VALUE]
    return owner, Finding(check.rule.code, check.rule.severity, table, row, name, value)
