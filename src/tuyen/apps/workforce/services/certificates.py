"""Who was there, what they could before and after, and the certificates of a course that is over."""

from collections.abc import Collection, Iterable, Iterator
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Max, Q

from tuyen.apps.workforce import places
from tuyen.apps.workforce.classbook import ABSENT, THERE, UNSAID, Classbook
from tuyen.apps.workforce.models import Credential, Seat
from tuyen.apps.workforce.operations import CloseCourse, NoteAttendance, NoteMarks, ReopenCourse
from tuyen.apps.workforce.refusals import (
    AttendanceOpen,
    CourseNotClosed,
    DayToCome,
    NoCourseDay,
    ThereAndAbsent,
    UnknownCourse,
)
from tuyen.apps.workforce.rows import Row, Rows
from tuyen.engines.workforce import attendance
from tuyen.kernel.ids import derived_id
from tuyen.kernel.operation import Batch, applies
from tuyen.kernel.refusal import Refusal
from tuyen.rules import workforce as rules


@applies(NoteAttendance)
def note_attendance(batch: Batch[NoteAttendance]) -> None:
    """Who was there on a day of a course; of whomever nothing is said, nothing changes."""
    book = Classbook([e.payload.course for e in batch.entries])
    for entry in batch.entries:
        said = entry.payload
        try:
            course = book.course(said.course, entry.unit)
            at = _day(course, said.day, entry.happened_on)
            marks = dict.fromkeys(said.there, THERE)
            for id in said.absent:
                if id in marks:
                    raise ThereAndAbsent(name=book.name(id))
                marks[id] = ABSENT
            seats = [(book.granted(course, id), mark) for id, mark in marks.items()]
        except Refusal as refusal:
            batch.refuse(entry, refusal)
            continue
        for seat, mark in seats:
            days = seat["days"][:at] + mark + seat["days"][at + 1 :]
            book.seats.put(seat | {"days": days, "changed_at": entry.received_at})
    book.post()


def _day(course: Row, day: date, on: date) -> int:
    """Which day of the course it is, from 0."""
    days = [one for one, _ in course["days"]]
    if day.isoformat() not in days:
        raise NoCourseDay(title=course["title"], day=day)
    if day > on:
        raise DayToCome(day=day)
    return days.index(day.isoformat())


@applies(NoteMarks)
def note_marks(batch: Batch[NoteMarks]) -> None:
    """Marks before and after a course; what is not said stays as it was."""
    book = Classbook([e.payload.course for e in batch.entries])
    for entry in batch.entries:
        said = entry.payload
        try:
            course = book.course(said.course, entry.unit)
            seats = [(book.granted(course, one.member), one) for one in said.marks]
        except Refusal as refusal:
            batch.refuse(entry, refusal)
            continue
        for seat, one in seats:
            book.seats.put(seat | {
                "before": seat["before"] if one.before is None else one.before,
                "after": seat["after"] if one.after is None else one.after,
                "changed_at": entry.received_at,
            })  # fmt: skip
    book.post()


@applies(CloseCourse)
def close_courses(batch: Batch[CloseCourse]) -> None:
    """The course is over: certificates with their numbers, in the files of those who earned one.

    Numbers run on within the organiser's unit. Whoever was given one before a course was opened again
    keeps it. Hours are those of the days on which somebody was there.
    """
    book, papers = Classbook([e.payload.course for e in batch.entries]), Rows(Credential)
    numbers = _numbers({e.unit for e in batch.entries})
    for entry in batch.entries:
        said = entry.payload
        try:
            course = book.course(said.course, entry.unit)
            if entry.happened_on < course["last"]:
                raise DayToCome(day=course["last"])
            seats = sorted(
                book.seats_of(course["id"], "granted"),
                key=lambda one: (book.name(one["member_id"]), str(one["id"])),
            )
            if unsaid := sum(UNSAID in seat["days"] for seat in seats):
                raise AttendanceOpen(n=unsaid)
        except Refusal as refusal:
            batch.refuse(entry, refusal)
            continue
        done = course | {
            "state": "closed", "closed_on": entry.happened_on, "series": said.series.strip(),
            "rounds": course["rounds"] + 1, "changed_at": entry.received_at,
        }  # fmt: skip
        book.courses.put(done)
        for seat in seats:
            hours = _earned(course, seat, entry.happened_on)
            if hours is None:
                continue
            number = seat["certificate"]
            if number is None:
                number = numbers[entry.unit] = numbers.get(entry.unit, 0) + 1
            for paper in _papers(done, seat, number, hours):
                papers.put(paper | {"changed_at": entry.received_at})
            book.seats.put(seat | {
                "certificate": number, "credential_id": _paper_id(done, seat),
                "changed_at": entry.received_at,
            })  # fmt: skip
    book.post()
    papers.post()


def _numbers(units: Collection[UUID]) -> dict[UUID, int]:
    """Unit -> the last number that it gave."""
    rows = Seat.objects.filter(host_id__in=units, certificate__isnull=False)
    return dict(rows.values_list("host_id").annotate(last=Max("certificate")))


def _earned(course: Row, seat: Row, on: date) -> int | None:
    """The hours that somebody's certificate shows; None where they earned none."""
    return attendance.earned(
        [hours for _, hours in course["days"]], [mark == THERE for mark in seat["days"]],
        rules.counting(on).attended, after=seat["after"], least=course["pass_mark"],
    )  # fmt: skip


def _paper_id(course: Row, seat: Row, *what: str) -> UUID:
    return derived_id(course["id"], "certificate", seat["member_id"], course["rounds"], *what)


def _papers(course: Row, seat: Row, number: int, hours: int) -> Iterator[Row]:
    """What a certificate is in the file: hours of training, and the competences it shows."""
    text = f"{number:04d}/{course['closed_on'].year}/{course['series']}"
    plain = {
        "member_id": seat["member_id"], "number": text, "scope": course["place"],
        "issuer": course["organiser"] or places.name(course["unit_id"], course["last"]),
        "since": course["last"], "until": None, "hours": None, "replaces_id": None,
        "state": "live", "why": "",
    }  # fmt: skip
    yield plain | {
        "id": _paper_id(course, seat), "kind": "training", "what": course["title"], "hours": hours,
    }  # fmt: skip
    for topic in course["topics"]:
        months = rules.competences()[topic].months
        yield plain | {
            "id": _paper_id(course, seat, topic), "kind": "competence", "what": topic,
            "until": rules.later(course["last"], months) if months else None,
        }  # fmt: skip


@applies(ReopenCourse)
def reopen_courses(batch: Batch[ReopenCourse]) -> None:
    """A closed course is opened again: its certificates count no more until it is closed anew."""
    book, papers = Classbook([e.payload.course for e in batch.entries]), Rows(Credential)
    seats = [seat for seat in book.seats.all() if seat["certificate"] is not None]
    papers.take(Q(pk__among=set(_issued(book, seats))))
    for entry in batch.entries:
        course = book.courses.get(entry.payload.course)
        if course is None or course["unit_id"] != entry.unit:
            batch.refuse(entry, UnknownCourse(course=entry.payload.course))
            continue
        if course["state"] != "closed":
            batch.refuse(entry, CourseNotClosed(title=course["title"]))
            continue
        why, at = entry.payload.reason.strip(), entry.received_at
        for id in _issued(book, book.seats_of(course["id"])):
            paper = papers.get(id)
            if paper is not None and paper["state"] == "live":
                papers.put(paper | {"state": "void", "why": why, "changed_at": at})
        book.courses.put(course | {
            "state": "planned", "closed_on": None, "why": why, "changed_at": at,
        })  # fmt: skip
        for seat in list(book.seats_of(course["id"])):
            if seat["credential_id"] is not None:
                book.seats.put(seat | {"credential_id": None, "changed_at": at})
    book.post()
    papers.post()


def _issued(book: Classbook, seats: Iterable[Row]) -> Iterator[Any]:
    """Ids of the papers that the last closing of a course put into files."""
    for seat in seats:
        course = book.courses.get(seat["course_id"])
        if course is not None:
            yield _paper_id(course, seat)
            for topic in course["topics"]:
                yield _paper_id(course, seat, topic)
