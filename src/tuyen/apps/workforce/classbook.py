"""Courses and seats as a batch looks them up: who sits where, who waits, who is elsewhere that day."""

from collections import defaultdict
from collections.abc import Collection, Iterator
from typing import Any
from uuid import UUID

from django.db.models import Q

from tuyen.apps.workforce.desk import Desk
from tuyen.apps.workforce.models import Course, Seat
from tuyen.apps.workforce.refusals import (
    CadreNotMeant,
    CertificateIssued,
    CourseCancelled,
    NoSeat,
    SameDay,
    UnknownCourse,
)
from tuyen.apps.workforce.rows import Row, Rows
from tuyen.kernel.ids import derived_id
from tuyen.kernel.operation import Entry

THERE, ABSENT, UNSAID = "p", "a", "-"


class Classbook:
    """The courses of a batch with their seats; four queries, and those of the desk for people."""

    def __init__(self, courses: Collection[UUID], members: Collection[UUID] = ()) -> None:
        self.courses, self.seats = Rows(Course), Rows(Seat)
        self.courses.take(Q(pk__among=set(courses)))
        self.seats.take(Q(course_id__among=set(courses)))
        people = {row["member_id"] for row in self.seats.all()} | set(members)
        elsewhere = self.seats.take(Q(member_id__among=people, state="granted"))
        self.courses.take(Q(pk__among={row["course_id"] for row in elsewhere} | set(courses)))
        self._of: dict[UUID, dict[UUID, None]] = defaultdict(dict)  # course -> its seats
        self._by: dict[UUID, dict[UUID, None]] = defaultdict(dict)  # member -> their seats
        for row in self.seats.all():
            self._enter(row)
        self.desk = Desk(members=people)

    def course(self, id: UUID, unit: UUID | None = None) -> Row:
        """A course that goes on; of a unit, where its organiser speaks."""
        row = self.courses.get(id)
        if row is None or (unit is not None and row["unit_id"] != unit):
            raise UnknownCourse(course=id)
        if row["state"] == "closed":
            raise CertificateIssued(title=row["title"])
        if row["state"] != "planned":
            raise CourseCancelled(title=row["title"])
        return row

    def seats_of(self, course: UUID, *states: str) -> Iterator[Row]:
        for id in self._of[course]:
            row = self.seats.get(id)
            if row is not None and (not states or row["state"] in states):
                yield row

    def seat(self, course: UUID, member: UUID) -> Row | None:
        return self.seats.get(derived_id(course, "seat", member))

    def granted(self, course: Row, member: UUID) -> Row:
        """The seat that somebody has; refused where they have none."""
        row = self.seat(course["id"], member)
        if row is None or row["state"] != "granted":
            raise NoSeat(name=self.name(member), title=course["title"])
        return row

    def name(self, member: UUID) -> str:
        row = self.desk.members.get(member)
        return str(row["name"]) if row else str(member)

    def put(self, course: Row, member: Row, state: str, entry: Entry[Any], why: str = "") -> Row:
        """The seat of somebody, new or as it becomes."""
        before = self.seat(course["id"], member["id"])
        stays = before is not None and before["state"] in ("asked", "waiting")
        row = {
            "id": derived_id(course["id"], "seat", member["id"]), "course_id": course["id"],
            "member_id": member["id"], "unit_id": member["unit_id"], "host_id": course["unit_id"],
            "state": state, "asked_at": before["asked_at"] if before and stays else entry.received_at,
            "why": why.strip(), "days": UNSAID * len(course["days"]),
            "before": before["before"] if before else None,
            "after": before["after"] if before else None,
            "certificate": before["certificate"] if before else None,
            "credential_id": before["credential_id"] if before else None,
            "changed_at": entry.received_at,
        }  # fmt: skip
        self._enter(self.seats.put(row))
        return row

    def fits(self, course: Row, unit: UUID) -> bool:
        """Whether there is a seat left, for somebody of a unit."""
        taken = [row["unit_id"] for row in self.seats_of(course["id"], "granted")]
        if len(taken) >= course["seats"]:
            return False
        return not course["per_unit"] or taken.count(unit) < course["per_unit"]

    def give(self, course: Row, member: Row, entry: Entry[Any]) -> None:
        """A seat, or a place on the waiting list where none is left."""
        self.meant(course, member)
        self.elsewhere(course, member["id"])
        state = "granted" if self.fits(course, member["unit_id"]) else "waiting"
        self.put(course, member, state, entry)

    def move_up(self, course: Row, entry: Entry[Any]) -> None:
        """Whoever waits and now fits has a seat, in the order in which they were asked for."""
        waiting = sorted(
            self.seats_of(course["id"], "waiting"), key=lambda r: (r["asked_at"], str(r["id"]))
        )
        for row in waiting:
            member = self.desk.members.get(row["member_id"])
            if member is None or not self.fits(course, row["unit_id"]):
                continue
            try:
                self.elsewhere(course, member["id"])
            except SameDay:
                continue
            self.put(course, member, "granted", entry)

    def elsewhere(self, course: Row, member: UUID) -> None:
        """Raise where somebody sits in another course on one of its days."""
        days = {day for day, _ in course["days"]}
        for id in self._by[member]:
            seat = self.seats.get(id)
            if seat is None or seat["state"] != "granted" or seat["course_id"] == course["id"]:
                continue
            other = self.courses.get(seat["course_id"])
            if other is None or other["state"] == "cancelled":
                continue
            if both := sorted(days & {day for day, _ in other["days"]}):
                raise SameDay(name=self.name(member), title=other["title"], day=both[0])

    def meant(self, course: Row, member: Row) -> None:
        """Raise where a course is not for the cadre of somebody."""
        if not course["cadres"]:
            return
        held = {
            row["cadre"] for row in self.desk.posts(member["id"])
            if row["until"] is None or row["until"] > course["first"]
        }  # fmt: skip
        if not held & set(course["cadres"]):
            raise CadreNotMeant(name=member["name"], title=course["title"])

    def post(self) -> None:
        self.courses.post()
        self.seats.post()

    def _enter(self, row: Row) -> None:
        self._of[row["course_id"]][row["id"]] = None
        self._by[row["member_id"]][row["id"]] = None
