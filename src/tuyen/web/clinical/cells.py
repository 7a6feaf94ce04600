"""A form as it was typed: every text kept as it came, beside what is wrong with it.

The form of a visit is one page of short fields and of rows that repeat, of which most stay empty.
A cell is one field; a table is rows of cells, and its empty rows are not there.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from django.http import QueryDict

MOST_ROWS = 40
LONGEST = 4000


@dataclass(slots=True)
class Cell:
    """One field: its name, its id on the page, what stands in it, and what is wrong with it."""

    name: str
    ident: str
    value: str = ""
    error: str = ""
    ask: str = ""  # a question that "yes" answers: is it really so?
    asked: list[tuple[str, str, str]] = field(default_factory=list)  # (what, value, words of yes)
    notes: list[tuple[str, bool]] = field(default_factory=list)  # (what the claim lacks, an error)

    @property
    def described(self) -> str:
        return f"{self.ident}_error" if self.error or self.ask else ""


@dataclass(slots=True)
class Row:
    """One row of a table, by the names of its columns."""

    number: int
    cells: dict[str, Cell]

    def __getitem__(self, key: str) -> Cell:
        return self.cells[key]

    def text(self, key: str) -> str:
        return self.cells[key].value.strip()

    @property
    def wrong(self) -> bool:
        return any(cell.error for cell in self.cells.values())


class Typed:
    """All cells of one form. ``general`` are sentences that belong to no field."""

    def __init__(
        self, names: Iterable[str], tables: Mapping[str, tuple[str, ...]],
        initial: Mapping[str, str] | None = None,
        rows: Mapping[str, Iterable[Mapping[str, str]]] | None = None,
    ) -> None:  # fmt: skip
        known = initial or {}
        self.cells = {n: Cell(n, f"id_{n}", known.get(n, "")) for n in names}
        self.tables = {
            key: [
                _row(key, columns, at, each)
                for at, each in enumerate((rows or {}).get(key, ()))
            ]
            for key, columns in tables.items()
        }  # fmt: skip
        self.columns = dict(tables)
        self.general: list[str] = []

    @classmethod
    def posted(
        cls, given: QueryDict, names: Iterable[str], tables: Mapping[str, tuple[str, ...]]
    ) -> "Typed":
        names = list(names)
        form = cls(names, tables, {n: (given.get(n, "") or "")[:LONGEST] for n in names})
        for key, columns in tables.items():
            lists = {c: given.getlist(f"{key}_{c}")[:MOST_ROWS] for c in columns}
            longest = max((len(one) for one in lists.values()), default=0)
            found = [
                {c: (lists[c][at] if at < len(lists[c]) else "")[:LONGEST] for c in columns}
                for at in range(longest)
            ]
            form.tables[key] = [
                _row(key, columns, at, each)
                for at, each in enumerate(one for one in found if one[columns[0]].strip())
            ]
        return form

    def __getitem__(self, name: str) -> Cell:
        return self.cells[name]

    def text(self, name: str) -> str:
        return self.cells[name].value.strip()

    def wrong(self, name: str, said: str) -> None:
        self.cells[name].error = said

    @property
    def faulty(self) -> list[tuple[str, str]]:
        """(id, sentence) of each field that is wrong, in the order of the page."""
        return [(cell.ident, cell.error or cell.ask) for cell in self.every() if cell.described]

    @property
    def valid(self) -> bool:
        return not self.general and not self.faulty

    def blank(self, key: str, many: int) -> None:
        """Add empty rows to type in."""
        rows = self.tables[key]
        for _ in range(many):
            rows.append(_row(key, self.columns[key], len(rows), {}))

    def every(self) -> Iterator[Cell]:
        yield from self.cells.values()
        for rows in self.tables.values():
            for row in rows:
                yield from row.cells.values()


def _row(key: str, columns: tuple[str, ...], at: int, given: Mapping[str, str]) -> Row:
    return Row(at, {c: Cell(f"{key}_{c}", f"id_{key}_{c}_{at}", given.get(c, "")) for c in columns})
