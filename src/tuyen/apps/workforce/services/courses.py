"""Courses as they are planned, changed and cancelled, and who has a seat in them."""

from itertools import pairwise
from typing import Any
from uuid import UUID

from tuyen.apps.workforce import places
from tuyen.apps.workforce.classbook import Classbook
from tuyen.apps.workforce.models import Course
from tuyen.apps.workforce.operations import (
    AskSeats,
    CancelCourse,
    ChangeCourse,
    DeclineSeats,
    GiveSeats,
    PlanCourse,
    Programme,
    WantSeat,
    WithdrawSeats,
)
from tuyen.apps.workforce.refusals import (
    CourseDaysKept,
    CourseDaysWrong,
    CourseOver,
    FewerSeatsThanGiven,
    NoSeat,
    NotYourFile,
    NoWorkplace,
    SeatThere,
    UnknownWord,
)
from tuyen.apps.workforce.rows import Row, Rows
from tuyen.kernel.operation import Batch, Entry, applies
from tuyen.kernel.refusal import Refusal
from tuyen.rules import workforce as rules

OPEN = ("wanted", "asked", "waiting", "granted")
"""States of a seat that somebody still counts on."""


@applies(PlanCourse)
def plan_courses(batch: Batch[PlanCourse]) -> None:
    """A course of the operation's unit."""
    courses = Rows(Course)
    for entry in batch.entries:
        try:
            told = _told(entry, entry.payload.programme)
        except Refusal as refusal:
            batch.refuse(entry, refusal)
            continue
        courses.put({
            "id": entry.id, "unit_id": entry.unit, "state": "planned", "why": "",
            "closed_on": None, "series": "", "rounds": 0, **told,
        })  # fmt: skip
    courses.post()


def _told(entry: Entry[Any], said: Programme) -> Row:
    """The columns that say what a course is, after all that can be wrong with it."""
    for keys, names, what in (
        (said.topics, rules.competence_names(), "competence"),
        (said.cadres, rules.cadres(), "cadre"), ((said.funding,), rules.funding(), "funding"),
    ):  # fmt: skip
        for key in keys:
            if key not in names:
                raise UnknownWord(value=key, what=what, known=", ".join(names))
    days = [one.day for one in said.days]
    for before, day in pairwise(days):
        if day <= before:
            raise CourseDaysWrong(day=day)
    if not places.works(entry.unit, days[0]):
        raise NoWorkplace(unit=places.name(entry.unit, days[0]), on=days[0])
    return {
        "title": said.title.strip(), "topics": list(said.topics),
        "organiser": said.organiser.strip(), "place": said.place.strip(),
        "days": [[one.day.isoformat(), one.hours] for one in said.days], "first": days[0],
        "last": days[-1], "hours": sum(one.hours for one in said.days), "seats": said.seats,
        "per_unit": said.per_unit, "cadres": list(said.cadres), "funding": said.funding,
        "pass_mark": said.pass_mark, "changed_at": entry.received_at,
    }  # fmt: skip


@applies(ChangeCourse)
def change_courses(batch: Batch[ChangeCourse]) -> None:
    """What a course is, said anew; days on which somebody was noted stay, and so do the seats given."""
    book = Classbook([e.payload.course for e in batch.entries])
    for entry in batch.entries:
        said = entry.payload
        try:
            row = book.course(said.course, entry.unit)
            new = row | _told(entry, said.programme) | {"why": said.reason.strip()}
            seats = list(book.seats_of(row["id"], "granted"))
            if len(seats) > new["seats"]:
                raise FewerSeatsThanGiven(given=len(seats))
            days = {seat["id"]: _moved(row, new, seat["days"]) for seat in seats}
            for seat in seats:
                book.elsewhere(new, seat["member_id"])
        except Refusal as refusal:
            batch.refuse(entry, refusal)
            continue
        book.courses.put(new)
        for seat in seats:
            book.seats.put(seat | {"days": days[seat["id"]], "changed_at": entry.received_at})
        book.move_up(new, entry)
    book.post()


def _moved(old: Row, new: Row, days: str) -> str:
    """What was noted, on the days of the course as it is now."""
    noted = {day: mark for (day, _), mark in zip(old["days"], days, strict=True) if mark != "-"}
    for day in noted:
        if day not in {new_day for new_day, _ in new["days"]}:
            raise CourseDaysKept(day=day)
    return "".join(noted.get(day, "-") for day, _ in new["days"])


@applies(CancelCourse)
def cancel_courses(batch: Batch[CancelCourse]) -> None:
    """A course is not held; whoever sat in it is free on its days."""
    book = Classbook([e.payload.course for e in batch.entries])
    for entry in batch.entries:
        try:
            row = book.course(entry.payload.course, entry.unit)
        except Refusal as refusal:
            batch.refuse(entry, refusal)
            continue
        why, at = entry.payload.reason.strip(), entry.received_at
        book.courses.put(row | {"state": "cancelled", "why": why, "changed_at": at})
        for seat in list(book.seats_of(row["id"], *OPEN)):
            book.seats.put(seat | {"state": "declined", "why": why, "changed_at": at})
    book.post()


@applies(WantSeat)
def want_seats(batch: Batch[WantSeat]) -> None:
    """The author asks the head of their unit to be put forward."""
    said = [e.payload for e in batch.entries]
    book = Classbook([one.course for one in said], [one.member for one in said])
    for entry in batch.entries:
        try:
            course = _to_come(book, entry)
            member = book.desk.member(entry.payload.member, entry.unit)
            if entry.author is None or member["user_id"] != entry.author:
                raise NotYourFile()
            book.meant(course, member)
            _no_seat_yet(book, course, member, OPEN)
        except Refusal as refusal:
            batch.refuse(entry, refusal)
            continue
        book.put(course, member, "wanted", entry, entry.payload.note)
    book.post()


@applies(AskSeats)
def ask_seats(batch: Batch[AskSeats]) -> None:
    """A unit puts its own people forward: all of those whom it names, or nobody."""
    book = _book(batch)
    for entry in batch.entries:
        try:
            course = _to_come(book, entry)
            people = [book.desk.member(id, entry.unit) for id in entry.payload.members]
            for member in people:
                book.meant(course, member)
                _no_seat_yet(book, course, member, ("asked", "waiting", "granted"))
        except Refusal as refusal:
            batch.refuse(entry, refusal)
            continue
        for member in people:
            book.put(course, member, "asked", entry, entry.payload.note)
    book.post()


@applies(GiveSeats)
def give_seats(batch: Batch[GiveSeats]) -> None:
    """The organiser gives seats as long as there are any; the rest wait in the order named."""
    book = _book(batch)
    for entry in batch.entries:
        try:
            course = book.course(entry.payload.course, entry.unit)
            people = [book.desk.member(id) for id in entry.payload.members]
            for member in people:
                book.meant(course, member)
                book.elsewhere(course, member["id"])
                _no_seat_yet(book, course, member, ("granted",))
        except Refusal as refusal:
            batch.refuse(entry, refusal)
            continue
        for member in people:
            book.give(course, member, entry)
    book.post()


@applies(WithdrawSeats)
def withdraw_seats(batch: Batch[WithdrawSeats]) -> None:
    """A unit takes its own people back."""
    _take_back(batch, "withdrawn", own=True)


@applies(DeclineSeats)
def decline_seats(batch: Batch[DeclineSeats]) -> None:
    """The organiser gives somebody no seat, or takes it back."""
    _take_back(batch, "declined", own=False)


def _take_back(batch: Batch[Any], state: str, *, own: bool) -> None:
    book = _book(batch)
    for entry in batch.entries:
        said = entry.payload
        try:
            course = book.course(said.course, None if own else entry.unit)
            seats = [_open_seat(book, course, id) for id in said.members]
            if own:
                for id in said.members:
                    book.desk.member(id, entry.unit)
        except Refusal as refusal:
            batch.refuse(entry, refusal)
            continue
        for seat in seats:
            book.seats.put(seat | {
                "state": state, "why": said.reason.strip(), "changed_at": entry.received_at,
            })  # fmt: skip
        book.move_up(course, entry)
    book.post()


def _book(batch: Batch[Any]) -> Classbook:
    return Classbook(
        [e.payload.course for e in batch.entries],
        [id for e in batch.entries for id in e.payload.members],
    )


def _open_seat(book: Classbook, course: Row, member: UUID) -> Row:
    row = book.seat(course["id"], member)
    if row is None or row["state"] not in OPEN:
        raise NoSeat(name=book.name(member), title=course["title"])
    return row


def _to_come(book: Classbook, entry: Entry[Any]) -> Row:
    """A course for which somebody may still be put forward."""
    course = book.course(entry.payload.course)
    if entry.happened_on > course["last"]:
        raise CourseOver(title=course["title"], last=course["last"])
    return course


def _no_seat_yet(book: Classbook, course: Row, member: Row, states: tuple[str, ...]) -> None:
    seat = book.seat(course["id"], member["id"])
    if seat is not None and seat["state"] in states:
        raise SeatThere(name=member["name"], title=course["title"])
