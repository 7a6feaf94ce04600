"""Steps of a reorganisation from a file: one row for each pair of an old and a new unit.

Columns: ``old_code``, ``new_code``, ``kind``, ``weight``, and, of a unit that is opened, ``new_name``
and ``new_type``. Names of columns are also read in Vietnamese and with other capitals or spaces.
"""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from tuyen.apps.access import world
from tuyen.apps.registry import vocabulary
from tuyen.apps.registry.queries import Atlas
from tuyen.apps.registry.refusals import ClosedUnit
from tuyen.engines.exchange.tabular import read_table
from tuyen.kernel.refusal import N_, Refusal
from tuyen.kernel.text import fold
from tuyen.web.registry.finding import units_called
from tuyen.web.registry.steps import KINDS, Kind, New, Part, Plan, Step, opening, relation_moved

MOST_ROWS = 1_000
_COLUMNS = {
    "kind": ("kind", "loai", "hinh thuc", "buoc"),
    "old": ("old code", "old", "ma cu", "ma don vi cu"),
    "new": ("new code", "new", "ma moi", "ma don vi moi"),
    "weight": ("weight", "share", "ty le", "ti le", "ty trong"),
    "name": ("new name", "name", "ten moi", "ten don vi moi"),
    "type": ("new type", "type", "loai don vi moi", "loai don vi"),
}
_KINDS: dict[str, Kind] = {
    "sap nhap": "merge", "nhap": "merge", "hop nhat": "merge", "chia tach": "split",
    "tach": "split", "chia": "split", "chuyen": "transfer", "dieu chuyen": "transfer",
    "dieu chinh": "transfer", "doi ten": "rename", "chuyen thanh diem tram": "convert",
    "diem tram": "convert", "giai the": "close", "dong cua": "close",
    **{kind: kind for kind in KINDS},
}  # fmt: skip


class MissingColumn(Refusal):
    code = "registry.steps-missing-column"
    message = N_("{file} has no column {column}; its first row must name {expected}.")


class NoRows(Refusal):
    code = "registry.steps-no-rows"
    message = N_("{file} has no rows under its first one.")


class TooManyRows(Refusal):
    code = "registry.steps-too-many-rows"
    message = N_("{file} has {rows} rows; at most {most} can be taken at once.")


class UnknownKind(Refusal):
    code = "registry.steps-unknown-kind"
    message = N_("{value} is no kind of step; expected one of {known}.")


class UnknownCode(Refusal):
    code = "registry.steps-unknown-code"
    message = N_("No unit has the code {value} on {on}; compare it with the list of units.")


class NoNewUnit(Refusal):
    code = "registry.steps-no-new-unit"
    message = N_("{field}: give the code of the unit that takes over.")


class NameNeeded(Refusal):
    code = "registry.steps-name-needed"
    message = N_("No unit has the code {value} on {on}; to open it, give its name in {column}.")


class BadShare(Refusal):
    code = "registry.steps-bad-share"
    message = N_("{value} is no share; give a number above 0 and up to 1, or a percentage (25%).")


class UnknownType(Refusal):
    code = "registry.steps-unknown-type"
    message = N_("{value} is no type of unit; leave it empty for the type of the old unit.")


class RowError(NamedTuple):
    """What is wrong with a row; rows are numbered as a spreadsheet does, the head being row 1."""

    row: int
    column: str
    value: str
    refusal: Refusal


class Read(NamedTuple):
    steps: tuple[Step, ...]
    errors: tuple[RowError, ...]
    rows: int


def read_steps(data: bytes, name: str, atlas: Atlas, plan: Plan, on: date) -> Read:
    """Steps of a CSV or XLSX file, and every row that is wrong. With an error, no steps.

    Raises
    ------
    Refusal
        Where the file cannot be read as a table, or lacks a column.
    """
    world.check_file(data)
    table = read_table(data, name)
    head = {role: n for n, column in enumerate(table.columns) for role, names in _COLUMNS.items()
            if fold(column.header).replace("_", " ").strip() in names}  # fmt: skip
    for role, column in (("old", "old_code"), ("kind", "kind")):
        if role not in head:
            raise MissingColumn(file=name, column=column,
                                expected="old_code, new_code, kind, weight")  # fmt: skip
    rows = [
        (n, cells)
        for at, n in enumerate(table.numbers)
        if any((cells := _cells(table.row(at), head)).values())
    ]
    if not rows:
        raise NoRows(file=name)
    if len(rows) > MOST_ROWS:
        raise TooManyRows(file=name, rows=len(rows), most=MOST_ROWS)
    reader = _Reader(atlas, plan, on)
    for n, cells in rows:
        reader.take(n, cells)
    return Read(() if reader.errors else tuple(reader.steps()), tuple(reader.errors), len(rows))


def _cells(row: Sequence[Any], head: dict[str, int]) -> dict[str, str]:
    """The cells of a row by what they are; a whole number from a spreadsheet has no decimals."""

    def text(value: Any) -> str:
        if isinstance(value, float) and value.is_integer():
            return str(int(value))
        return "" if value is None else str(value).strip()

    return {role: text(row[n]) for role, n in head.items()}


class _Reader:
    """Rows on their way to steps: those of one kind and one taker (or giver) make one step."""

    def __init__(self, atlas: Atlas, plan: Plan, on: date) -> None:
        self.atlas, self.on, self.day = atlas, on, on - timedelta(days=1)
        self.errors: list[RowError] = []
        self._opened: dict[str, New] = {new.code: new for new in plan.opened.values() if new.code}
        self._groups: dict[tuple[Any, ...], list[Part]] = {}
        self._news: dict[tuple[Any, ...], list[New]] = {}
        self._names: dict[tuple[Any, ...], str] = {}

    def take(self, n: int, cells: dict[str, str]) -> None:
        column = "kind"
        try:
            kind = self._kind(cells["kind"])
            column = "old_code"
            old = self._unit(cells["old"], self.day)
            column = "weight"
            share = self._share(cells.get("weight", ""))
            column = "new_code"
            self._place(kind, old, share, cells)
        except Refusal as refusal:
            column = str(refusal.values.get("field", column))
            key = {"old_code": "old", "new_code": "new", "new_name": "name", "new_type": "type"}
            self.errors.append(RowError(n, column, cells.get(key.get(column, column), ""), refusal))

    def _place(self, kind: Kind, old: UUID, share: float | None, cells: dict[str, str]) -> None:
        wanted = cells.get("new", "")
        if kind == "close":
            self._add((kind, old), Part(old, None))
            return
        if kind == "rename" and (not wanted or self._code_of(old) == wanted):
            if not cells.get("name"):
                raise NameNeeded(field="new_name", value=wanted or cells["old"],
                                 on=f"{self.on:%d/%m/%Y}", column="new_name")  # fmt: skip
            self._names[kind, old] = cells["name"]
            self._add((kind, old), Part(old, None))
            return
        if not wanted:
            raise NoNewUnit(field="new_code")
        new, opened = self._taker(old, wanted, cells)
        relation = ""
        if kind == "transfer" and not opened:
            relation = relation_moved(self.atlas, old, new, self.day)
        key: tuple[Any, ...] = (kind, old) if kind in ("split", "rename") else (kind, new, relation)
        if opened is not None and opened not in self._news.setdefault(key, []):
            self._news[key].append(opened)
        self._add(key, Part(old, new, share))

    def steps(self) -> Iterator[Step]:
        told: set[UUID] = set()
        for key, parts in self._groups.items():
            opens = tuple(new for new in self._news.get(key, ()) if new.id not in told)
            told |= {new.id for new in opens}
            name = self._names.get(key, "")
            listed = opening(self.atlas.type(parts[0].old, self.day) or "", name) if name else None
            yield Step(
                kind=key[0], parts=tuple(parts), opens=opens,
                name=listed.name if listed else "", full_name=listed.full_name if listed else "",
                relation=key[2] if len(key) > 2 else "", posts_follow=key[0] == "convert",
            )  # fmt: skip

    def _add(self, key: tuple[Any, ...], part: Part) -> None:
        self._groups.setdefault(key, []).append(part)

    def _kind(self, value: str) -> Kind:
        kind = _KINDS.get(fold(value).replace("_", " ").strip())
        if kind is None:
            raise UnknownKind(value=value or "–", known=", ".join(KINDS))
        return kind

    def _unit(self, code: str, on: date) -> UUID:
        """The unit with a code, or, as facilities often have none, with exactly that name. A
        spreadsheet may have eaten the noughts in front of a code."""
        if not code:
            raise UnknownCode(value="–", on=f"{on:%d/%m/%Y}")
        for text in dict.fromkeys((code, code.zfill(5))):
            for system in vocabulary.code_systems():
                found = self.atlas.by_code(system, text, on)
                if found is not None:
                    return self._there(found, on)
        called = [
            id
            for id in units_called(self.atlas, code, on, limit=12)
            if self.atlas.full_name(id, on).casefold() == code.casefold()
        ]
        called = [id for id in called if self.atlas.valid(id, on)] or called
        if len(called) != 1:
            raise UnknownCode(value=code, on=f"{on:%d/%m/%Y}")
        return self._there(called[0], on)

    def _there(self, unit: UUID, on: date) -> UUID:
        facts = self.atlas.unit(unit)
        if facts is not None and facts.until is not None and facts.until <= on:
            heirs = [self.atlas.full_name(id, on) for id, _ in self.atlas.current(unit, on)]
            raise ClosedUnit(
                field="old_code", name=self.atlas.full_name(unit), until=facts.until, on=on,
                successors=", ".join(heirs) or "–",
            )  # fmt: skip
        return unit

    def _taker(self, old: UUID, code: str, cells: dict[str, str]) -> tuple[UUID, New | None]:
        """The unit that takes over, and what is opened when it is new. A code of the old map is
        free for a new unit when a name is given with it."""
        if code in self._opened:
            return self._opened[code].id, self._opened[code]
        name = cells.get("name", "")
        if not name:
            try:
                return self._unit(code, self.day), None
            except UnknownCode:
                raise NameNeeded(
                    field="new_code", value=code, on=f"{self.day:%d/%m/%Y}", column="new_name"
                ) from None
        type = self._type(cells.get("type", "")) or self.atlas.type(old, self.day) or ""
        self._opened[code] = new = opening(type, name, code)
        return new.id, new

    def _type(self, value: str) -> str:
        if not value:
            return ""
        for code, listed in vocabulary.unit_types().items():
            names = (code, listed.names.vi, listed.names.en, listed.names.zh)
            if fold(value) in map(fold, names):
                return code
        raise UnknownType(field="new_type", value=value)

    def _share(self, value: str) -> float | None:
        if not value:
            return None
        text = value.replace(",", ".").strip()
        try:
            share = float(text.rstrip("% ")) / (100 if text.endswith("%") else 1)
        except ValueError:
            share = -1.0
        if not 0 < share <= 1:
            raise BadShare(field="weight", value=value)
        return None if share == 1 else share

    def _code_of(self, unit: UUID) -> str | None:
        codes = (self.atlas.code(unit, s, self.day) for s in vocabulary.code_systems())
        return next((code for code in codes if code), None)
