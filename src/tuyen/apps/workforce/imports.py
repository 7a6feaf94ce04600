"""People at work from a file of any layout: one row a person, each a file with its first post.

A plan says row by row what would happen before anything is written. The id of each file follows
from the name and the day of birth, so a file sent again changes nothing.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cache
from typing import Any, NamedTuple
from uuid import UUID

from tuyen.apps.access import policies
from tuyen.apps.access.actors import Actor
from tuyen.apps.journal import importing
from tuyen.apps.journal.importing import Choices, ImportResult, Plan
from tuyen.apps.workforce import import_findings, places
from tuyen.apps.workforce.import_findings import (
    KnownAlready,
    LicenceUndated,
    NoUnit,
    PlaceUnclear,
    PlaceUnknown,
    SaidTwice,
    WordUnknown,
)
from tuyen.apps.workforce.models import Member
from tuyen.apps.workforce.operations import Post, RegisterMember, Shown
from tuyen.engines.exchange.fields import Fields
from tuyen.engines.exchange.tabular import Table
from tuyen.kernel.ids import derived_id
from tuyen.kernel.operation import Operation
from tuyen.kernel.text import fold
from tuyen.rules import workforce as rules
from tuyen.rules.loader import load

EDIT = "workforce.staff.edit"
_IMPORTS = UUID("c1f5f9b6-08a2-5d7e-9a55-3f4b1de20c77")
_FEMALE = {"nu", "n", "female", "f", "女", "0"}
_MALE = {"nam", "male", "m", "男", "1"}


class Line(NamedTuple):
    """Somebody whom a row tells."""

    row: int
    unit: UUID
    told: RegisterMember


@dataclass(slots=True)
class StaffPlan(Plan):
    """The rows of a list of staff; ``lines`` are the people whom they tell."""

    lines: list[Line] = field(default_factory=list)


@cache
def fields() -> Fields:
    """The fields of a list of staff, with the headers that name them."""
    return Fields.of(load("exchange/staff_list"))


def plan(
    *, by: Actor, table: Table, on: date, at: datetime, choices: Choices | None = None
) -> StaffPlan:
    """Read a table and say what would become of each row. Writes nothing; one query for any file."""
    chosen = choices or Choices()
    made = importing.read(StaffPlan, by=by, table=table, fields=fields(), on=on, choices=chosen)
    if not made.readable:
        return made
    unit = chosen.unit or (by.posts[0].unit if by.posts else None)
    if unit is None and made.columns.letter_of("unit") is None:
        raise NoUnit()
    scope = policies.scope(by, EDIT)
    made.lines = importing.gather(
        made, lambda number, row: _line(made, number, row, unit, scope, on),
        key=lambda line: file_id(line.told), field="name",
        twice=lambda line, first: SaidTwice(name=line.told.name, row=first),
    )  # fmt: skip
    _sort(made, at, on)
    made.in_order()
    return made


def file_id(told: RegisterMember) -> UUID:
    """The id of an imported file: of the name and the day of birth (else the first day at the post)."""
    born = told.born_on or told.post.since
    return derived_id(_IMPORTS, fold(told.name), born.isoformat())


def _line(
    made: StaffPlan, number: int, row: Mapping[str, Any], unit: UUID | None, scope: policies.Scope,
    on: date,
) -> Line | None:  # fmt: skip
    """What a row tells; what is wrong becomes a finding."""
    name, since = str(row.get("name") or "").strip(), row.get("since")
    cadre = _word(made, number, row, "cadre", rules.cadres())
    if not name or since is None or cadre is None:
        return None  # the reading, or the word, has told what is missing
    where = _place(made, number, str(row.get("unit") or ""), unit, scope, on)
    position = _word(made, number, row, "position", rules.positions(), "staff")
    contract = _word(made, number, row, "contract", rules.contracts(), "permanent")
    shown = _shown(made, number, row, since)
    if where is None or position is None or contract is None or shown is None:
        return None
    sex = fold(str(row.get("sex") or ""))
    told = RegisterMember(
        name=name[:120], born_on=row.get("born_on"),
        sex="female" if sex in _FEMALE else "male" if sex in _MALE else "unknown",
        phone="".join(c for c in str(row.get("phone") or "") if c in "0123456789+")[:20],
        post=Post(cadre=cadre, since=since, position=position, contract=contract), shown=shown,
    )  # fmt: skip
    return Line(number, where, told)


def _shown(
    made: StaffPlan, number: int, row: Mapping[str, Any], since: date
) -> tuple[Shown, ...] | None:
    """Degree, licence and languages of a row; None where one cannot be read."""
    shown: list[Shown] = []
    degree = _word(made, number, row, "degree", rules.degrees(), "")
    if degree is None:
        return None
    if degree:
        shown.append(Shown(kind="qualification", what=degree, since=since))
    if licence := str(row.get("licence") or "").strip():
        issued = row.get("licensed_on")
        if issued is None:
            made.note(number, "licence", LicenceUndated(number=licence))
            return None
        shown.append(Shown(
            kind="licence", what="", number=licence[:60], since=issued,
            until=row.get("licensed_until"),
        ))  # fmt: skip
    for said in str(row.get("languages") or "").replace(";", ",").split(","):
        if said.strip():
            key = _keys("languages").get(fold(said))
            if key is None:
                known = ", ".join(one["vi"] for one in rules.languages().values())
                made.note(number, "languages", WordUnknown(
                    value=said.strip()[:60], what="ngôn ngữ", known=known
                ))  # fmt: skip
                return None
            shown.append(Shown(kind="language", what=key, since=since))
    return tuple(shown)


def _word(
    made: StaffPlan, number: int, row: Mapping[str, Any], name: str, names: rules.Names,
    otherwise: str | None = None,
) -> str | None:  # fmt: skip
    """The key of a cell's word; None, with a finding, where the list has no such word."""
    text = str(row.get(name) or "").strip()
    if not text:
        return otherwise
    key = _keys(name).get(fold(text))
    if key is None:
        known = ", ".join(one["vi"] for one in names.values())
        label = fields().by_id[name].label("vi").lower()
        made.note(number, name, WordUnknown(value=text[:60], what=label, known=known))
    return key


@cache
def _keys(name: str) -> Mapping[str, str]:
    """Words of a list in every language, folded, and common short forms -> key."""
    lists = {
        "cadre": rules.cadres, "position": rules.positions, "contract": rules.contracts,
        "degree": rules.degrees, "languages": rules.languages,
    }  # fmt: skip
    found: dict[str, str] = {}
    for key, one in lists[name]().items():
        for word in (key, one["vi"], one["en"], one["zh"]):
            found.setdefault(fold(word), key)
        if name == "languages":
            found.setdefault(fold(one["vi"].removeprefix("Tiếng ")), key)
    for word, key in load("workforce/words")["short"].get(name, {}).items():
        found.setdefault(fold(word), key)
    return found


def _place(
    made: StaffPlan, number: int, text: str, unit: UUID | None, scope: policies.Scope, on: date
) -> UUID | None:
    """The unit that a row names, within the reach of whoever imports."""
    if not text.strip():
        if unit is not None and scope.covers(unit):
            return unit
        made.note(number, "unit", PlaceUnknown(value="–", known="–"))
        return None
    found = [
        one for one in places.atlas().find(text, on, places.WORKPLACES, 6)
        if scope.covers(one.unit) and one.current
    ]  # fmt: skip
    sure = [one for one in found if one.score >= 0.95]
    known = ", ".join(places.name(one.unit, on) for one in found[:3]) or "–"
    if len(sure) == 1:
        return UUID(str(sure[0].unit))
    wrong = PlaceUnclear if sure else PlaceUnknown
    made.note(number, "unit", wrong(value=text[:80], known=known))
    return None


def _sort(made: StaffPlan, at: datetime, on: date) -> None:
    """Each line an operation, unless the person has a file already."""
    ids = {line.row: file_id(line.told) for line in made.lines}
    names = {fold(line.told.name)[:120] for line in made.lines}
    rows = Member.objects.filter(name_folded__in=names).values_list("id", "name_folded", "born_on")
    there = {id for id, _, _ in rows}
    alike = {(name, born) for _, name, born in rows if born is not None}
    for line in made.lines:
        told = line.told
        if ids[line.row] in there:
            made.already.append(line.row)
        elif (fold(told.name)[:120], told.born_on) in alike:
            made.note(line.row, "name", KnownAlready(name=told.name, born=told.born_on))
        else:
            made.rows.append(line.row)
            made.operations.append(Operation.of(
                told, id=ids[line.row], unit=line.unit, happened_on=on, recorded_at=at
            ))  # fmt: skip


def run(
    *, by: Actor, plan: StaffPlan, at: datetime, accept_good_rows: bool = False,
    progress: Callable[[int], None] | None = None,
) -> ImportResult:  # fmt: skip
    """Commit the files of a plan, 500 at a time; each batch is whole and durable.

    Raises
    ------
    FileToMend, RowsToMend
        If the file cannot be read, or rows have to be mended and ``accept_good_rows`` is False.
        Nothing is written then.
    """
    return importing.run(
        by=by, plan=plan, at=at, right=EDIT, words=import_findings,
        accept_good_rows=accept_good_rows, progress=progress,
    )  # fmt: skip
