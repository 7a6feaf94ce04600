"""Visits side by side as columns, so that one rule runs once down all of them.

A column is made when a rule first asks for it and kept for the next. Rows of a table keep the number
of the visit they belong to; what is gathered from another table is one value a visit, laid out again
along the rows of the rule's own table.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from tuyen.engines.claims.language import Column, Compiled
from tuyen.engines.claims.reader import ENVELOPE, HEADER, Row, Visit
from tuyen.engines.claims.rulebook import Field
from tuyen.engines.claims.values import meanings


class Columns:
    """Columns of a run of visits under one set of rules."""

    def __init__(
        self,
        visits: Sequence[Visit],
        fields: Mapping[str, Mapping[str, Field]],
        lets: Mapping[str, Mapping[str, Compiled]],
    ) -> None:
        self.visits, self.fields, self.lets = visits, fields, lets
        self.rows: dict[str, list[Row]] = {}
        self.owners: dict[str, list[int]] = {}
        self._kept: dict[Any, list[Any]] = {}
        tables: dict[str, None] = {}
        for visit in visits:
            tables.update(dict.fromkeys(visit.tables))
        for table in tables:
            rows: list[Row] = []
            owners: list[int] = []
            for number, visit in enumerate(visits):
                held = visit.tables.get(table)
                if held:
                    rows += held
                    owners += [number] * len(held)
            self.rows[table], self.owners[table] = rows, owners
        self.rows[ENVELOPE] = [visit.envelope for visit in visits if visit.envelope]
        self.owners[ENVELOPE] = [n for n, visit in enumerate(visits) if visit.envelope]

    def raw(self, table: str, name: str) -> list[str]:
        """Texts of a field by row, "" where the row has none."""
        key = (table, name, "raw")
        if key not in self._kept:
            self._lay_out(table)
        if key not in self._kept:
            self._kept[key] = [row.get(name, "") for row in self.rows.get(table, ())]
        return self._kept[key]

    def _lay_out(self, table: str) -> None:
        """All fields of a table at once, where every row has them in the same order, as most do."""
        rows = self.rows.get(table)
        if not rows or (table, "", "laid") in self._kept:
            return
        self._kept[table, "", "laid"] = []
        names = list(rows[0])
        if all(list(row) == names for row in rows):
            for name, texts in zip(
                names, zip(*[row.values() for row in rows], strict=True), strict=True
            ):
                self._kept[table, name, "raw"] = list(texts)

    def own(self, table: str, name: str) -> list[Any]:
        """Meanings of a field, or a derived column, by row; None where there is none."""
        key = (table, name)
        if key not in self._kept:
            field = self.fields.get(table, {}).get(name)
            if field is not None:
                self._kept[key] = meanings(field.kind, self.raw(table, name))
            elif name in self.lets.get(table, {}):
                self._kept[key] = self.values(table, self.lets[table][name])
            else:
                raise KeyError(f"{table} has neither a field nor a derived column {name}")
        return self._kept[key]

    def values(self, table: str, compiled: Compiled) -> list[Any]:
        """An expression's value, or the rows that break it, over all rows of a table."""
        return compiled.run(*[self.column(table, wanted) for wanted in compiled.columns])

    def column(self, table: str, wanted: Column) -> list[Any]:
        key = (table, wanted)
        if key not in self._kept:
            self._kept[key] = _MAKERS[wanted.how](self, table, wanted)
        return self._kept[key]

    def along(self, table: str, by_visit: Sequence[Any]) -> list[Any]:
        """One value a visit, laid along the rows of a table."""
        return [by_visit[owner] for owner in self.owners.get(table, ())]

    def by_visit(self, table: str, name: str) -> list[list[Any]]:
        """Meanings of a column, grouped by visit."""
        key = (table, name, "grouped")
        if key not in self._kept:
            groups: list[list[Any]] = [[] for _ in self.visits]
            if self.rows.get(table):
                for owner, value in zip(self.owners[table], self.own(table, name), strict=True):
                    groups[owner].append(value)
            self._kept[key] = groups
        return self._kept[key]

    def common_keys(self) -> list[str | None]:
        """The link key that most tables of each visit carry."""
        key = ("", "", "common")
        if key not in self._kept:
            heads: list[Any] = [visit.header().get("MA_LK", "") for visit in self.visits]
            split: set[int] = {n for n, head in enumerate(heads) if not head}
            for table, rows in self.rows.items():
                if rows and table != ENVELOPE:
                    owners = self.owners[table]
                    split.update(
                        owner
                        for owner, text in zip(owners, self.raw(table, "MA_LK"), strict=True)
                        if text != heads[owner]
                    )
            for number in split:
                heads[number] = _common_key(self.visits[number])
            self._kept[key] = heads
        return self._kept[key]

    def first_row(self, table: str) -> list[int]:
        """For each row the place of the first row of its visit."""
        key = (table, "", "first")
        if key not in self._kept:
            first: dict[int, int] = {}
            self._kept[key] = [
                first.setdefault(owner, place) for place, owner in enumerate(self.owners[table])
            ]
        return self._kept[key]


def _own(columns: Columns, _table: str, wanted: Column) -> list[Any]:
    return columns.own(*wanted.of[0])


def _header(columns: Columns, table: str, wanted: Column) -> list[Any]:
    other, name = wanted.of[0]
    by_visit: list[Any] = [None] * len(columns.visits)
    if columns.rows.get(other):
        held = zip(columns.owners[other], columns.own(other, name), strict=True)
        for owner, value in reversed(list(held)):
            by_visit[owner] = value
    return columns.along(table, by_visit)


def _of_visit(columns: Columns, table: str, wanted: Column) -> list[Any]:
    name = wanted.of[0][1]
    if name == "row":
        first = columns.first_row(table)
        return [Decimal(place - start + 1) for place, start in enumerate(first)]
    if name == "visits":
        return columns.along(table, [Decimal(visit.visits) for visit in columns.visits])
    return columns.along(table, columns.common_keys())


def _common_key(visit: Visit) -> str | None:
    """The link key that most tables of a visit carry; table 1 decides between equals."""
    by_table = Counter(
        key
        for rows in visit.tables.values()
        for key in {row.get("MA_LK", "") for row in rows}
        if key
    )
    header = visit.header().get("MA_LK", "")
    return max(by_table, key=lambda key: (by_table[key], key == header), default=None)


def _count(columns: Columns, table: str, wanted: Column) -> list[Any]:
    counts = Counter(columns.owners.get(wanted.of[0][0], ()))
    return columns.along(table, [Decimal(counts[n]) for n in range(len(columns.visits))])


def _gathered(fold: Callable[[list[Any]], Any]) -> Callable[[Columns, str, Column], list[Any]]:
    def gather(columns: Columns, table: str, wanted: Column) -> list[Any]:
        return columns.along(table, [fold(held) for held in columns.by_visit(*wanted.of[0])])

    return gather


def _total(held: list[Any]) -> Decimal | None:
    try:
        return sum(held, Decimal(0))
    except TypeError:  # one of them is None: the sum is not known
        return None


def _known(held: list[Any]) -> list[Any]:
    return [value for value in held if value is not None]


def _find(columns: Columns, table: str, wanted: Column) -> list[Any]:
    """For each visit the least value by key, as a mapping."""
    keys, found = (columns.by_visit(*pair) for pair in wanted.of)
    maps = []
    for names, held in zip(keys, found, strict=True):
        least: dict[Any, Any] = {}
        for name, value in zip(names, held, strict=True):
            if value is not None and (name not in least or value < least[name]):
                least[name] = value
        maps.append(least)
    return columns.along(table, maps)


def _before(columns: Columns, table: str, wanted: Column) -> list[Any]:
    held, first = columns.own(*wanted.of[0]), columns.first_row(table)
    return [held[n - 1] if n > start else None for n, start in enumerate(first)]


def _copy_of(columns: Columns, table: str, wanted: Column) -> list[Any]:
    seen: Counter[Any] = Counter()
    copies = []
    keys = zip(*[columns.own(*pair) for pair in wanted.of], strict=True)
    for owner, key in zip(columns.owners[table], keys, strict=True):
        seen[owner, key] += 1
        copies.append(seen[owner, key])
    return copies


def _same_within(columns: Columns, table: str, wanted: Column) -> list[Any]:
    """Whether the first column is what it was in the visit's first row with the same further columns."""
    held = columns.own(*wanted.of[0])
    keys = list(zip(*[columns.own(*pair) for pair in wanted.of[1:]], strict=True))
    first: dict[Any, Any] = {}
    return [
        None if value is None else first.setdefault((owner, key), value) == value
        for owner, key, value in zip(columns.owners[table], keys, held, strict=True)
    ]


_MAKERS: dict[str, Callable[[Columns, str, Column], list[Any]]] = {
    "own": _own, "header": _header, "visit": _of_visit, "count": _count,
    "total": _gathered(_total),
    "set_of": _gathered(lambda held: frozenset(_known(held))),
    "kinds": _gathered(lambda held: len(set(_known(held)))),
    "smallest": _gathered(lambda held: min(_known(held), default=None)),
    "largest": _gathered(lambda held: max(_known(held), default=None)),
    "find": _find, "before": _before, "copy_of": _copy_of, "same_within": _same_within,
}  # fmt: skip

HEADERS = frozenset({HEADER, ENVELOPE})
