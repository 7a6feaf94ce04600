"""What an import would do, row by row, before anything is written."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cache
from typing import Any
from uuid import UUID

import msgspec

from tuyen.apps.access import policies
from tuyen.apps.access.actors import Actor
from tuyen.apps.surveillance import places
from tuyen.apps.surveillance.imports.drafts import Draft, RowRefused, draft
from tuyen.apps.surveillance.imports.findings import (
    ImportedDifferently,
    NumberRepeated,
    RowRepeated,
    UnitNotYours,
    spoken,
    unusual,
)
from tuyen.apps.surveillance.imports.lookups import Places
from tuyen.apps.surveillance.judging import Circumstances, judge, warnings
from tuyen.apps.surveillance.models import Case
from tuyen.apps.surveillance.operations import ReportCase
from tuyen.apps.surveillance.refusals import UnknownUnit
from tuyen.apps.surveillance.services.known import Known
from tuyen.apps.surveillance.services.rows import row_of
from tuyen.engines.exchange.columns import ColumnMap, propose
from tuyen.engines.exchange.dates import Order
from tuyen.engines.exchange.errors_file import write_errors
from tuyen.engines.exchange.fields import Fields
from tuyen.engines.exchange.findings import Finding
from tuyen.engines.exchange.reading import Reading, parse_table
from tuyen.engines.exchange.refusals import ExchangeRefusal, Translate
from tuyen.engines.exchange.tabular import Table
from tuyen.kernel.ids import derived_id
from tuyen.kernel.operation import Operation
from tuyen.kernel.refusal import Refusal
from tuyen.rules.loader import load

REPORT = "surveillance.case.report"
IMPORT = "surveillance.case.import"
_IMPORTS = UUID("0d4ef1b2-6f0b-5b8e-8a55-92c1a7f6a310")


@dataclass(frozen=True, slots=True)
class Choices:
    """What the person decided: columns, the order of dates, the unit, and former communes.

    ``columns`` gives a column's letter or header -> a field (None leaves it out). ``unit`` reports
    the rows that name no unit. ``accept_successors`` takes a commune that was divided as the
    successor that received most of it.
    """

    columns: Mapping[str, str | None] = field(default_factory=dict)
    date_order: Order | None = None
    date_orders: Mapping[str, Order] = field(default_factory=dict)
    unit: UUID | None = None
    accept_successors: bool = False


@dataclass(slots=True)
class ImportPlan:
    """The rows of a file sorted into what would happen to them; nothing is written yet.

    ``operations`` are the good rows in the order of the file, ``rows`` their numbers. ``already``
    are rows whose case is there: a file sent again changes nothing.
    """

    table: Table
    columns: ColumnMap
    reading: Reading
    operations: list[Operation] = field(default_factory=list)
    rows: list[int] = field(default_factory=list)
    drafts: list[ReportCase] = field(default_factory=list)
    already: list[int] = field(default_factory=list)
    repeated: list[int] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    right: str = "surveillance.case.import"  # that carrying it out needs
    lines: dict[int, int] = field(init=False)  # where each row stands in the table

    def __post_init__(self) -> None:
        self.lines = {number: at for at, number in enumerate(self.table.numbers)}

    @property
    def bad_rows(self) -> set[int]:
        """Rows that cannot go in."""
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
        """Every row can go in, and nothing is left to ask."""
        return not (self.bad_rows or self.refused)

    def errors_file(self, translate: Translate = str, form: Any = "xlsx") -> bytes:
        """The rows to mend, each as it was sent with what is wrong beside it."""
        return write_errors(self.table, self.findings, translate=translate, form=form)


def note_of(
    made: ImportPlan, row: int, field_: str, refusal: ExchangeRefusal, severity: Any = "error"
) -> None:
    """Add a finding of a row to a plan, at the column of the field if there is one."""
    letter = made.columns.letter_of(field_) or ""
    column = next((c for c in made.table.columns if c.letter == letter), None)
    value = column.values[made.lines[row]] if column else ""
    header = column.header if column else ""
    made.findings.append(Finding(row, letter, header, field_, value, refusal, severity))


@cache
def fields() -> Fields:
    """The fields of a line list of cases, with the headers and words that name them."""
    return Fields.of(load("exchange/case_line_list"))


def plan(
    *, by: Actor, table: Table, on: date, at: datetime, choices: Choices | None = None
) -> ImportPlan:
    """Read a table and say what would become of each row. Writes nothing.

    Every row is judged as the service will judge it; at most six queries for any file.
    """
    chosen = choices or Choices()
    policies.check(by, IMPORT, chosen.unit)
    columns = propose(table, fields(), chosen.columns)
    reading = parse_table(
        table, columns, fields(), today=on, date_order=chosen.date_order,
        date_orders=dict(chosen.date_orders), language=by.language,
    )  # fmt: skip
    made = ImportPlan(table, columns, reading, findings=list(reading.findings))
    if reading.refused or columns.doubts:
        return made
    sorter = _Sorter(by, made, at)
    # A person who imports without saying for whom reports for the unit of their first post.
    unit = chosen.unit or (by.posts[0].unit if by.posts else None)
    lookup = Places(places.atlas(), accept_successors=chosen.accept_successors)
    drafts: list[tuple[int, Draft]] = []
    for number, row in reading.records():
        try:
            drafts.append((number, draft(row, lookup, unit)))
        except RowRefused as refused:
            sorter.note(number, refused.field, refused.refusal)
    sorter.sort(drafts)
    made.findings.sort(key=lambda f: (f.row or 0, len(f.letter), f.letter))
    return made


class _Sorter:
    """Sorts drafts into operations, rows already there and rows to mend."""

    def __init__(self, by: Actor, made: ImportPlan, at: datetime) -> None:
        self.by, self.made, self.at = by, made, at
        self.scope = policies.scope(by, REPORT)
        self.map = places.atlas()

    def note(
        self, row: int, field_: str, refusal: ExchangeRefusal, severity: Any = "error"
    ) -> None:
        """A finding of a row, at the column of the field if there is one."""
        note_of(self.made, row, field_, refusal, severity)

    def sort(self, drafts: list[tuple[int, Draft]]) -> None:
        named = [(number, made, operation_id(made)) for number, made in drafts]
        stored = _stored(id for _, _, id in named)
        known = Known((made.case for _, made, _ in named), self.by.on)
        first: dict[UUID, tuple[int, ReportCase]] = {}
        for number, made, id in named:
            if id in first:
                self._again(number, made, first[id])
            elif id in stored:
                first[id] = (number, made.case)
                content, revision = stored[id]
                # What was amended since is not what was sent, and needs no second look.
                if revision or not _contradicts(content, made.case):
                    self.made.already.append(number)
                else:
                    refusal = ImportedDifferently(number=made.case.external_id)
                    self.note(number, "source_code", refusal)
            else:
                first[id] = (number, made.case)
                self._new(number, made, id, known)

    def _again(self, number: int, made: Draft, before: tuple[int, ReportCase]) -> None:
        if before[1] == made.case:
            self.made.repeated.append(number)
            self.note(number, "", RowRepeated(first=before[0]), "warning")
        else:
            refusal = NumberRepeated(number=made.case.external_id, first=before[0])
            self.note(number, "source_code", refusal)

    def _new(self, number: int, made: Draft, id: UUID, known: Known) -> None:
        if not self.scope.covers(made.unit):
            name = self.map.full_name(made.unit)
            self.note(number, "reporting_unit", UnitNotYours(unit=name))
            return
        reported = min(made.case.reported_at or self.at, self.at)
        given = Circumstances(made.unit, made.happened_on, reported, self.at)
        try:
            if self.map.unit(made.unit) is None:
                raise UnknownUnit(unit=made.unit)
            standing = judge(made.case, given, self.map)
            row = row_of(id, made.case, given, standing, self.by.user, self.at)
            known.check(row, made.case)
        except Refusal as refusal:
            self.note(number, _FIELD_OF.get(refusal.code.partition(".")[2], ""), spoken(refusal))
            return
        known.add(row)
        for field_, remark in made.remarks:
            self.note(number, field_, remark, "warning")
        for warning in warnings(made.case, given):
            self.note(number, "", unusual(*warning), "warning")
        self.made.rows.append(number)
        self.made.drafts.append(made.case)
        self.made.operations.append(
            Operation.of(
                made.case, id=id, unit=made.unit, happened_on=made.happened_on, recorded_at=self.at
            )
        )


_FIELD_OF = {
    "unknown-disease": "disease",
    "not-on-the-list": "disease",
    "onset-in-the-future": "onset_date",
    "onset-after-report": "onset_date",
    "onset-before-birth": "onset_date",
    "age-contradicts-birth": "age",
    "age-missing": "age",
    "too-old": "birth_date",
    "no-commune": "current_commune",
    "commune-closed": "current_commune",
    "commune-not-yet": "current_commune",
    "possible-duplicate": "person_name",
    "already-reported": "source_code",
}


def operation_id(made: Draft) -> UUID:
    """The id of a row: by its own number in its unit, else by all that it says.

    The same row of the same file always has the same id, so the journal takes it once.
    """
    if made.case.external_id:
        return derived_id(_IMPORTS, made.unit, "number", made.case.external_id)
    return derived_id(_IMPORTS, made.unit, made.happened_on, _content(made.case))


def _contradicts(content: str, case: ReportCase) -> bool:
    """Whether a row says something else than the stored report where both say anything.

    When it was reported, and an age beside a birth date, are not what the case is.
    """
    stored = msgspec.json.decode(content, type=ReportCase)
    for name, blank in _BLANKS.items():
        ours, theirs = getattr(stored, name), getattr(case, name)
        if ours != theirs and blank not in (ours, theirs):
            return True
    return False


_BLANKS = {
    known.name: None if known.default is msgspec.NODEFAULT else known.default
    for known in msgspec.structs.fields(ReportCase)
    if known.name not in ("reported_at", "address")
}


def _content(case: ReportCase) -> str:
    return msgspec.json.encode(case).decode()


def _stored(ids: Iterable[UUID]) -> dict[UUID, tuple[str, int]]:
    """The reports already imported under these ids: what they say, and how often amended."""
    wanted = list(ids)
    held: dict[UUID, tuple[str, int]] = {}
    for start in range(0, len(wanted), 5000):
        rows = Case.objects.filter(pk__in=wanted[start : start + 5000])
        held |= {id: (text, n) for id, text, n in rows.values_list("pk", "content", "revision")}
    return held
