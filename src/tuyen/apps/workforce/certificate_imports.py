"""Training certificates from a file of any layout: one row a certificate, into the files of people in reach.

A plan says row by row what would happen before anything is written. The id of each follows from the
person, the course and the day, so a file sent again changes nothing.
"""

from collections import defaultdict
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
from tuyen.apps.workforce import certificate_findings, places
from tuyen.apps.workforce.certificate_findings import (
    HoursUnreadable,
    PersonUnclear,
    PersonUnknown,
    SaidTwice,
    ShownAlready,
)
from tuyen.apps.workforce.models import Credential, Member
from tuyen.apps.workforce.operations import AddCredential, Shown
from tuyen.engines.exchange.fields import Fields
from tuyen.engines.exchange.tabular import Table
from tuyen.kernel.ids import derived_id
from tuyen.kernel.operation import Operation
from tuyen.kernel.text import fold
from tuyen.rules.loader import load

EDIT = "workforce.staff.edit"
_IMPORTS = UUID("5b0c6a1e-7d37-5c0f-8f2b-9e6a4d1c2b30")
__all__ = ["Choices"]


class Line(NamedTuple):
    """A certificate that a row tells, and whose it is."""

    row: int
    member: UUID
    unit: UUID
    name: str
    shown: Shown


class _Known(NamedTuple):
    id: UUID
    unit: UUID
    born_on: date | None


@dataclass(slots=True)
class CertificatePlan(Plan):
    """The rows of a list of certificates; ``lines`` are those whose person is found."""

    lines: list[Line] = field(default_factory=list)


@cache
def fields() -> Fields:
    """The fields of a list of certificates, with the headers that name them."""
    return Fields.of(load("exchange/certificate_list"))


def plan(
    *, by: Actor, table: Table, on: date, at: datetime, choices: Choices | None = None
) -> CertificatePlan:
    """Read a table and say what would become of each row. Writes nothing; two queries for any file."""
    made = importing.read(
        CertificatePlan, by=by, table=table, fields=fields(), on=on, choices=choices or Choices()
    )
    if not made.readable:
        return made
    policies.check(by, EDIT)
    known = _known(by, {fold(str(row.get("name") or "")) for _, row in made.reading.records()})
    made.lines = importing.gather(
        made, lambda number, row: _line(made, number, row, known, on),
        key=certificate_id, field="course",
        twice=lambda line, first: SaidTwice(name=line.name, row=first),
    )  # fmt: skip
    _sort(made, at, on)
    made.in_order()
    return made


def certificate_id(line: Line) -> UUID:
    """The id of an imported certificate: of the person, the course and its day."""
    return derived_id(_IMPORTS, line.member, fold(line.shown.what), line.shown.since.isoformat())


def _known(by: Actor, names: set[str]) -> Mapping[str, list[_Known]]:
    """Folded name -> the people in reach who are called so."""
    found: dict[str, list[_Known]] = defaultdict(list)
    rows = Member.objects.filter(
        policies.scope(by, EDIT).where("unit_id"), name_folded__in={name[:120] for name in names}
    ).order_by("id")
    for id, name, unit, born in rows.values_list("id", "name_folded", "unit_id", "born_on"):
        found[name].append(_Known(id, unit, born))
    return found


def _line(
    made: CertificatePlan, number: int, row: Mapping[str, Any],
    known: Mapping[str, list[_Known]], on: date,
) -> Line | None:  # fmt: skip
    """What a row tells; what is wrong becomes a finding."""
    name, course = str(row.get("name") or "").strip(), str(row.get("course") or "").strip()
    ended = row.get("ended_on")
    if not name or not course or ended is None:
        return None  # the reading has told what is missing
    hours = _hours(str(row.get("hours") or ""))
    if hours is None:
        made.note(number, "hours", HoursUnreadable(value=str(row.get("hours") or "")[:20]))
        return None
    who = _who(made, number, name, row, known.get(fold(name)[:120], []), on)
    if who is None:
        return None
    shown = Shown(
        kind="training", what=course[:120], since=ended, hours=hours,
        number=str(row.get("number") or "").strip()[:60],
        issuer=str(row.get("issuer") or "").strip()[:200],
    )  # fmt: skip
    return Line(number, who.id, who.unit, name, shown)


def _hours(text: str) -> int | None:
    """Whole hours, with or without the word behind them."""
    digits = text.strip().split(" ")[0].removesuffix("h")
    return int(digits) if digits.isdecimal() and 1 <= int(digits) <= 2000 else None


def _who(
    made: CertificatePlan, number: int, name: str, row: Mapping[str, Any], found: list[_Known],
    on: date,
) -> _Known | None:  # fmt: skip
    """The person whom a row names: by name, and by birth or unit where several are called so."""
    born, unit = row.get("born_on"), fold(str(row.get("unit") or ""))
    if born is not None:
        found = [one for one in found if one.born_on in (None, born)]
    if unit and len(found) > 1:
        found = [
            one for one in found
            if unit in fold(places.name(places.now_at(one.unit, on), on))
            or unit in fold(places.name(one.unit, on))
        ]  # fmt: skip
    if len(found) == 1:
        return found[0]
    made.note(
        number,
        "name",
        PersonUnclear(name=name, n=len(found)) if found else PersonUnknown(name=name),
    )
    return None


def _sort(made: CertificatePlan, at: datetime, on: date) -> None:
    """Each line an operation, unless the certificate is in the file already."""
    ids = {line.row: certificate_id(line) for line in made.lines}
    members = {line.member for line in made.lines}
    rows = Credential.objects.filter(member_id__among=members, kind="training")
    there, same = set(), set()
    for id, member, what, since, state in rows.values_list(
        "id", "member_id", "what", "since", "state"
    ):
        there.add(id)
        if state == "live":
            same.add((member, fold(what), since))
    for line in made.lines:
        if ids[line.row] in there:
            made.already.append(line.row)
        elif (line.member, fold(line.shown.what), line.shown.since) in same:
            made.note(line.row, "course", ShownAlready(name=line.name, course=line.shown.what))
        else:
            made.rows.append(line.row)
            made.operations.append(Operation.of(
                AddCredential(member=line.member, shown=line.shown), id=ids[line.row],
                unit=line.unit, happened_on=on, recorded_at=at,
            ))  # fmt: skip


def run(
    *, by: Actor, plan: CertificatePlan, at: datetime, accept_good_rows: bool = False,
    progress: Callable[[int], None] | None = None,
) -> ImportResult:  # fmt: skip
    """Commit the certificates of a plan, 500 at a time; each batch is whole and durable.

    Raises
    ------
    FileToMend, RowsToMend
        If the file cannot be read, or rows have to be mended and ``accept_good_rows`` is False.
        Nothing is written then.
    """
    return importing.run(
        by=by, plan=plan, at=at, right=EDIT, words=certificate_findings,
        accept_good_rows=accept_good_rows, progress=progress,
    )  # fmt: skip
