"""Courses are planned, filled, held and closed; exchanges and drills are filed with who took part."""

from datetime import date
from typing import Annotated, Literal
from uuid import UUID

from msgspec import Meta, Struct

from tuyen.apps.workforce.operations.people import CORRECT
from tuyen.apps.workforce.operations.words import Code, Issuer, Note, Reason
from tuyen.kernel.operation import Payload, operation

TRAIN, ASK = "workforce.training.plan", "workforce.training.ask"

Title = Annotated[str, Meta(min_length=3, max_length=120)]
Place = Annotated[str, Meta(min_length=2, max_length=200)]
Codes = Annotated[tuple[Code, ...], Meta(max_length=20)]
People = Annotated[tuple[UUID, ...], Meta(min_length=1, max_length=300)]
Mark = Annotated[int, Meta(ge=0, le=100)]
Series = Annotated[str, Meta(min_length=1, max_length=30)]


class CourseDay(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A day of a course and the hours of it that count."""

    day: date
    hours: Annotated[int, Meta(ge=1, le=12)]


class Programme(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a course is. ``topics`` are competences of the list that its certificate shows; no
    cadre: for all; ``per_unit`` 0: no limit; ``pass_mark``: the least mark after it, of 100."""

    title: Title
    place: Place
    days: Annotated[tuple[CourseDay, ...], Meta(min_length=1, max_length=60)]
    seats: Annotated[int, Meta(ge=1, le=500)]
    topics: Codes = ()
    organiser: Issuer = ""
    per_unit: Annotated[int, Meta(ge=0, le=500)] = 0
    cadres: Codes = ()
    funding: Code = "state"
    pass_mark: Mark | None = None


@operation("workforce.plan_course", version=1, right=TRAIN)
class PlanCourse(Payload, frozen=True, kw_only=True):
    """A course is to be held by the operation's unit."""

    programme: Programme


@operation("workforce.change_course", version=1, right=TRAIN)
class ChangeCourse(Payload, frozen=True, kw_only=True):
    """What a course is, said anew, with the reason; seats stay as they are."""

    course: UUID
    programme: Programme
    reason: Reason


@operation("workforce.cancel_course", version=1, right=TRAIN)
class CancelCourse(Payload, frozen=True, kw_only=True):
    course: UUID
    reason: Reason


@operation("workforce.want_seat", version=1, right=CORRECT)
class WantSeat(Payload, frozen=True, kw_only=True):
    """The author wants to go, and asks the head of their unit to put them forward."""

    course: UUID
    member: UUID
    note: Note = ""


@operation("workforce.ask_seats", version=1, right=ASK)
class AskSeats(Payload, frozen=True, kw_only=True):
    """The operation's unit puts its own people forward."""

    course: UUID
    members: People
    note: Note = ""


@operation("workforce.withdraw_seats", version=1, right=ASK)
class WithdrawSeats(Payload, frozen=True, kw_only=True):
    """People of the operation's unit do not go after all, or are not put forward."""

    course: UUID
    members: People
    reason: Reason


@operation("workforce.give_seats", version=1, right=TRAIN)
class GiveSeats(Payload, frozen=True, kw_only=True):
    """The organiser gives seats, asked for or not; whoever finds none is on the waiting list."""

    course: UUID
    members: People


@operation("workforce.decline_seats", version=1, right=TRAIN)
class DeclineSeats(Payload, frozen=True, kw_only=True):
    """The organiser gives no seat, or takes one back, with the reason."""

    course: UUID
    members: People
    reason: Reason


@operation("workforce.note_attendance", version=1, right=TRAIN)
class NoteAttendance(Payload, frozen=True, kw_only=True):
    """Who of those with a seat was there on a day, and who was not; said again, the last counts."""

    course: UUID
    day: date
    there: Annotated[tuple[UUID, ...], Meta(max_length=500)] = ()
    absent: Annotated[tuple[UUID, ...], Meta(max_length=500)] = ()


class Marked(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Somebody's marks of 100, before and after a course; None: not said, and what was said stays."""

    member: UUID
    before: Mark | None = None
    after: Mark | None = None


@operation("workforce.note_marks", version=1, right=TRAIN)
class NoteMarks(Payload, frozen=True, kw_only=True):
    course: UUID
    marks: Annotated[tuple[Marked, ...], Meta(min_length=1, max_length=500)]


@operation("workforce.close_course", version=1, right=TRAIN)
class CloseCourse(Payload, frozen=True, kw_only=True):
    """The course is over: whoever earned it is given a numbered certificate, in their file."""

    course: UUID
    series: Series


@operation("workforce.reopen_course", version=1, right=TRAIN)
class ReopenCourse(Payload, frozen=True, kw_only=True):
    """Something of it was wrong: its certificates count no more until it is closed again."""

    course: UUID
    reason: Reason


@operation("workforce.file_outing", version=2, right=TRAIN, upcasts={1: lambda said: said})
class FileOuting(Payload, frozen=True, kw_only=True):
    """People took part in an exchange with a partner, or in a drill; it enters their files.

    ``drill``: the record of a drill that was played with this program, where it is one; nobody has the same
    drill in their file twice.
    """

    kind: Literal["exchange", "drill"]
    title: Title
    first: date
    last: date
    people: People
    partner: Issuer = ""
    place: Issuer = ""
    score: Mark | None = None
    report: Annotated[str, Meta(max_length=1000)] = ""
    drill: UUID | None = None


@operation("workforce.void_outing", version=1, right=TRAIN)
class VoidOuting(Payload, frozen=True, kw_only=True):
    """It was filed wrongly: it leaves the files of those who were said to have taken part."""

    outing: UUID
    reason: Reason
