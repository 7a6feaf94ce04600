"""Who was at a course, from a file of any layout: one row a person and day, of courses that the reader holds.

A person sits in one course a day, so name and day say which course it is; a column with its title is
compared where there is one. A plan says row by row what would happen before anything is written. What
stands already is told as had, what stands otherwise as a change; a file sent again changes nothing.
"""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cache
from typing import Any, NamedTuple
from uuid import UUID

from tuyen.apps.access import policies
from tuyen.apps.access.actors import Actor
from tuyen.apps.journal import importing
from tuyen.apps.journal.importing import Choices, ImportResult, Plan
from tuyen.apps.workforce import attendance_findings, places
from tuyen.apps.workforce.attendance_findings import (
    CourseShut,
    CourseUnknown,
    MarkedOtherwise,
    MarkedTwice,
    NotMarked,
    NotThatDay,
    SeatUnclear,
    SeatUnknown,
)
from tuyen.apps.workforce.classbook import ABSENT, THERE, UNSAID
from tuyen.apps.workforce.models import Course, Member, Seat
from tuyen.apps.workforce.operations import NoteAttendance
from tuyen.apps.workforce.operations.training import TRAIN
from tuyen.engines.exchange.fields import Fields
from tuyen.engines.exchange.tabular import Table
from tuyen.kernel.ids import derived_id
from tuyen.kernel.operation import Operation
from tuyen.kernel.text import fold
from tuyen.rules.loader import load

_IMPORTS = UUID("0d6b1f3a-5b52-5c86-9a0e-6f1f5a7f2c41")
__all__ = ["TRAIN", "Choices"]


class Sitting(NamedTuple):
    """A seat that was given: whose it is, the course and its days, and what was noted of each (p, a, -)."""

    seat: UUID
    member: UUID
    born_on: date | None
    unit: UUID
    course: UUID
    title: str
    host: UUID
    shut: bool
    days: Sequence[date]
    noted: str
    changed_at: datetime


class Line(NamedTuple):
    """What a row tells: ``there`` on a day of the course in which somebody sits."""

    row: int
    name: str
    sitting: Sitting
    day: date
    there: bool

    @property
    def mark(self) -> str:
        return THERE if self.there else ABSENT

    @property
    def noted(self) -> str:
        return self.sitting.noted[self.sitting.days.index(self.day)]


@dataclass(slots=True)
class AttendancePlan(Plan):
    """The rows of a list of attendance; ``lines`` are those whose seat is found."""

    lines: list[Line] = field(default_factory=list)


@cache
def fields() -> Fields:
    """The fields of a list of attendance, with the headers that name them."""
    return Fields.of(load("exchange/attendance_list"))


def plan(
    *, by: Actor, table: Table, on: date, at: datetime, choices: Choices | None = None
) -> AttendancePlan:
    """Read a table and say what would become of each row. Writes nothing; three queries for any file."""
    made = importing.read(
        AttendancePlan, by=by, table=table, fields=fields(), on=on, choices=choices or Choices()
    )
    if not made.readable:
        return made
    policies.check(by, TRAIN)
    seats = _seats(by, {row["day"] for _, row in made.reading.records() if "day" in row})
    asked = "there" in made.reading.columns
    made.lines = importing.gather(
        made, lambda number, row: _line(made, number, row, seats, asked, on),
        key=lambda line: (line.sitting.seat, line.day), field="name",
        twice=lambda line, first: MarkedTwice(name=line.name, row=first),
    )  # fmt: skip
    for line in made.lines:
        _sort(made, line, at, on)
    made.in_order()
    return made


def _seats(by: Actor, days: set[date]) -> Mapping[str, list[Sitting]]:
    """Folded name -> seats in courses that the reader holds, of which some day may be among ``days``."""
    if not days:
        return {}
    courses = Course.objects.filter(
        policies.scope(by, TRAIN).where("unit_id"), first__lte=max(days), last__gte=min(days)
    ).in_bulk()
    seats = list(Seat.objects.filter(course_id__among=set(courses), state="granted").order_by("id"))
    people = {
        id: (name, born)
        for id, name, born in Member.objects.filter(
            pk__among={seat.member_id for seat in seats}
        ).values_list("id", "name_folded", "born_on")
    }
    found: dict[str, list[Sitting]] = defaultdict(list)
    for seat in seats:
        course, (name, born) = courses[seat.course_id], people.get(seat.member_id, ("", None))
        found[name].append(Sitting(
            seat.pk, seat.member_id, born, seat.unit_id, course.pk, course.title, course.unit_id,
            course.state == "closed", [date.fromisoformat(day) for day, _hours in course.days],
            seat.days, seat.changed_at,
        ))  # fmt: skip
    return found


def _line(
    made: AttendancePlan, number: int, row: Mapping[str, Any],
    seats: Mapping[str, list[Sitting]], asked: bool, on: date,
) -> Line | None:  # fmt: skip
    """What a row tells; what is wrong becomes a finding."""
    name, day = str(row.get("name") or "").strip(), row.get("day")
    if not name or day is None:
        return None  # the reading has told what is missing
    if asked and "there" not in row:
        made.note(number, "there", NotMarked(name=name))
        return None
    sitting = _sitting(made, number, name, row, seats.get(fold(name)[:120], []), on)
    if sitting is None:
        return None
    return Line(number, name, sitting, day, row.get("there", "there") == "there")


def _sitting(
    made: AttendancePlan, number: int, name: str, row: Mapping[str, Any], found: list[Sitting],
    on: date,
) -> Sitting | None:  # fmt: skip
    """The seat that a row means: by name and day; by birth, unit and course where they are told."""
    day, born, title = row["day"], row.get("born_on"), str(row.get("course") or "").strip()
    if born is not None:
        found = [one for one in found if one.born_on in (None, born)]
    if not found:
        made.note(number, "name", SeatUnknown(name=name))
        return None
    if title:
        called = [one for one in found if fold(one.title) == fold(title)]
        if not called:
            known = "; ".join(sorted({one.title for one in found}))
            made.note(number, "course", CourseUnknown(name=name, course=title[:120], known=known))
            return None
        found = called
    held = [one for one in found if day in one.days]
    if not held:
        known = "; ".join(f"{one:%d/%m/%Y}" for one in found[0].days)
        made.note(number, "day", NotThatDay(course=found[0].title, day=day, known=known))
        return None
    held = _of_unit(held, fold(str(row.get("unit") or "")), on)
    if len(held) > 1:
        made.note(number, "name", SeatUnclear(n=len(held), name=name, day=day))
        return None
    if held[0].shut:
        made.note(number, "day", CourseShut(course=held[0].title))
        return None
    return held[0]


def _of_unit(found: list[Sitting], unit: str, on: date) -> list[Sitting]:
    """Of several people of one name those of a unit; all of them where that tells nobody apart."""
    if not unit or len(found) < 2:
        return found
    return [
        one for one in found
        if unit in fold(places.name(places.now_at(one.unit, on), on))
        or unit in fold(places.name(one.unit, on))
    ] or found  # fmt: skip


def _sort(made: AttendancePlan, line: Line, at: datetime, on: date) -> None:
    """A line is an operation, unless it stands so already; what stands otherwise is told."""
    if line.noted == line.mark:
        made.already.append(line.row)
        return
    if line.noted != UNSAID:
        said = MarkedOtherwise(name=line.name, day=line.day)
        made.note(line.row, "there", said, severity="warning")
    one = line.sitting
    payload = NoteAttendance(
        course=one.course, day=line.day, there=(one.member,) if line.there else (),
        absent=() if line.there else (one.member,),
    )  # fmt: skip
    # Of what it changes too, so that a mark may come back after it was corrected.
    id = derived_id(
        _IMPORTS, one.seat, line.day.isoformat(), line.noted, line.mark, one.changed_at.isoformat()
    )
    made.rows.append(line.row)
    made.operations.append(
        Operation.of(payload, id=id, unit=one.host, happened_on=on, recorded_at=at)
    )


def run(
    *, by: Actor, plan: AttendancePlan, at: datetime, accept_good_rows: bool = False,
    progress: Callable[[int], None] | None = None,
) -> ImportResult:  # fmt: skip
    """Commit the attendance of a plan, 500 rows at a time; each batch is whole and durable.

    Raises
    ------
    FileToMend, RowsToMend
        If the file cannot be read, or rows have to be mended and ``accept_good_rows`` is False.
        Nothing is written then.
    """
    return importing.run(
        by=by, plan=plan, at=at, right=TRAIN, words=attendance_findings,
        accept_good_rows=accept_good_rows, progress=progress,
    )  # fmt: skip
