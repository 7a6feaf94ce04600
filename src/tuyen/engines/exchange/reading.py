"""A table and a map of its columns become records, and a list of what is wrong with which."""

from collections.abc import Iterator
from datetime import date
from typing import Any, NamedTuple

from tuyen.engines.exchange.cell_refusals import ColumnMissing, DuplicateRow, ValueMissing
from tuyen.engines.exchange.columns import ColumnMap
from tuyen.engines.exchange.dates import Order, infer_order, parse_dates
from tuyen.engines.exchange.fields import Field, Fields
from tuyen.engines.exchange.findings import Finding, Parsed, errors_by_row
from tuyen.engines.exchange.tabular import Column, Table
from tuyen.engines.exchange.values import (
    parse_age,
    parse_choice,
    parse_code,
    parse_icd10,
    parse_integer,
    parse_personal_id,
    parse_phone,
    parse_text,
)

_COMMUNE_DIGITS = 5
_TELLING = 4  # equal values from which on two rows are one record sent twice
_FIRST_EVENT = date(1950, 1, 1)


class Reading(NamedTuple):
    """Typed columns by field (each as long as ``numbers``), and all findings.

    Values by kind: text, code, phone, icd10 -> str; integer -> int; date -> ``datetime.date``;
    birth-date -> ``dates.PartialDate``; age -> ``values.Age``; choice -> its code. None: blank.
    """

    numbers: list[int]
    columns: dict[str, list[Any]]
    findings: list[Finding]

    @property
    def bad_rows(self) -> set[int]:
        """The numbers of the rows that have an error."""
        return set(errors_by_row(self.findings))

    @property
    def refused(self) -> list[Finding]:
        """What keeps the whole table out: errors that belong to no row."""
        return [f for f in self.findings if f.row is None and f.severity == "error"]

    @property
    def questions(self) -> list[Finding]:
        """What the person has to confirm about whole columns."""
        return [f for f in self.findings if f.severity == "question"]

    def records(self, *, good_only: bool = True) -> Iterator[tuple[int, dict[str, Any]]]:
        """Each row's number and its values that are not blank; only rows without an error."""
        bad = self.bad_rows if good_only else set()
        fields = list(self.columns)
        for number, *values in zip(self.numbers, *self.columns.values(), strict=True):
            if number not in bad:
                yield (
                    number,
                    {f: v for f, v in zip(fields, values, strict=True) if v is not None},
                )


def parse_table(
    table: Table,
    columns: ColumnMap,
    fields: Fields,
    *,
    today: date,
    date_order: Order | None = None,
    date_orders: dict[str, Order] | None = None,
    language: str = "en",
) -> Reading:
    """Read every matched column of ``table``.

    Parameters
    ----------
    today
        The day after which no event can lie.
    date_order, date_orders
        The order of day and month that the person chose: for all columns, or by field.
    language
        The language of the fields' names in messages.
    """
    by_letter = {column.letter: column for column in table.columns}
    pairs = [
        (fields.by_id[match.field], by_letter[match.letter])
        for match in columns.matches
        if match.letter in by_letter
    ]
    dated = [column for field, column in pairs if field.kind in ("date", "birth-date")]
    hint = infer_order(dated, today=today, from_1904=table.from_1904)
    chosen = date_orders or {}
    values: dict[str, list[Any]] = {}
    findings: list[Finding] = [
        Finding(number, "", "", "", "", refusal) for number, refusal in table.faults.items()
    ]
    for field, column in pairs:
        order = chosen.get(field.id, date_order)
        parsed = _parse(field, column, table, today, order, hint)
        values[field.id] = parsed.values
        findings.extend(parsed.findings)
    findings.extend(_missing_columns(columns, fields, language))
    findings.extend(_missing_values(table, pairs, values, fields, language))
    _join_age_columns(values, table)
    findings.extend(_duplicates(table, values))
    findings.sort(key=lambda found: (found.row or 0, len(found.letter), found.letter))
    return Reading(table.numbers, values, findings)


def _parse(
    field: Field,
    column: Column,
    table: Table,
    today: date,
    order: Order | None,
    hint: Order | None,
) -> Parsed:
    numbers = table.numbers
    match field.kind:
        case "date" | "birth-date":
            birth = field.kind == "birth-date"
            return parse_dates(
                column,
                numbers,
                field.id,
                today=today,
                order=order,
                hint=hint,
                partial=birth,
                may_be_future=field.may_be_future,
                earliest=date(1900, 1, 1) if birth else _FIRST_EVENT,
                from_1904=table.from_1904,
            )
        case "choice":
            return parse_choice(
                column, numbers, field.id, choices=field.choices, examples=field.examples
            )
        case "integer":
            return parse_integer(column, numbers, field.id, highest=field.most)
        case "age":
            return parse_age(column, numbers, field.id)
        case "phone":
            return parse_phone(column, numbers, field.id)
        case "personal-id":
            return parse_personal_id(column, numbers, field.id)
        case "icd10":
            return parse_icd10(column, numbers, field.id)
        case "commune-code":
            return parse_code(column, numbers, field.id, width=_COMMUNE_DIGITS)
        case "code":
            return parse_code(column, numbers, field.id)
        case "text":
            return parse_text(column, numbers, field.id)


def _missing_columns(columns: ColumnMap, fields: Fields, language: str) -> list[Finding]:
    found = []
    for ids in columns.missing:
        label = " / ".join(fields.by_id[name].label(language) for name in ids.split("|"))
        found.append(Finding(None, "", "", ids, "", ColumnMissing(field=label)))
    return found


def _missing_values(
    table: Table,
    pairs: list[tuple[Field, Column]],
    values: dict[str, list[Any]],
    fields: Fields,
    language: str,
) -> list[Finding]:
    """Rows that leave a needed field blank. (An unreadable cell has its own finding.)"""
    groups: dict[str, list[tuple[Field, Column]]] = {}
    for field, column in pairs:
        if field.needs:
            group = field.id if field.needs == "always" else field.needs
            groups.setdefault(group, []).append((field, column))
    found = []
    for members in groups.values():
        label = " / ".join(field.label(language) for field, _ in members)
        refusal = ValueMissing(field=label)
        field, column = members[0]
        cells = zip(*(c.values for _, c in members), strict=True)
        read = zip(*(values[f.id] for f, _ in members), strict=True)
        for number, raw, known in zip(table.numbers, cells, read, strict=True):
            if all(v is None for v in known) and all(str(cell).strip(" -–.") == "" for cell in raw):
                found.append(Finding(number, column.letter, column.header, field.id, "", refusal))
    return found


def _duplicates(table: Table, values: dict[str, list[Any]]) -> list[Finding]:
    """Rows that repeat an earlier one in everything that is read, if that is more than a name."""
    found: list[Finding] = []
    first: dict[tuple[Any, ...], int] = {}
    for number, *known in zip(table.numbers, *values.values(), strict=True):
        if sum(value is not None for value in known) < _TELLING:
            continue
        earlier = first.setdefault(tuple(known), number)
        if earlier != number:
            found.append(Finding(number, "", "", "", "", DuplicateRow(first=earlier)))
    return found


def _join_age_columns(values: dict[str, list[Any]], table: Table) -> None:
    """Turn the two columns "age of men" and "age of women" of older forms into age and sex."""
    men, women = values.pop("age_if_male", None), values.pop("age_if_female", None)
    if men is None and women is None:
        return
    blank = [None] * len(table)
    sex = values.setdefault("sex", list(blank))
    age = values.setdefault("age", list(blank))
    for code, ages in (("male", men or blank), ("female", women or blank)):
        for at, given in enumerate(ages):
            if given is not None:
                age[at] = age[at] or given
                sex[at] = sex[at] or code
