"""Courses by month, one course with whoever is in it, and the seats of one's own.

That a course is held is known to everybody at work; who goes, to whoever reads the files of the
unit, and to the organiser.
"""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import NamedTuple
from uuid import UUID

from django.db.models import Count, Q

from tuyen.apps.access import policies, walls
from tuyen.apps.access.actors import Actor
from tuyen.apps.workforce import places
from tuyen.apps.workforce.models import Course, Member, Seat, Tenure
from tuyen.apps.workforce.operations.techniques import SIGN
from tuyen.apps.workforce.operations.training import ASK, TRAIN
from tuyen.apps.workforce.queries.people import CORRECT, READ

__all__ = ["ASK", "SIGN", "TRAIN"]


class CourseRow(NamedTuple):
    """A course; ``days`` (day, hours); ``counts`` state of a seat -> how many, of all units."""

    id: UUID
    unit: UUID
    unit_name: str
    title: str
    topics: Sequence[str]
    organiser: str
    place: str
    days: Sequence[tuple[date, int]]
    hours: int
    seats: int
    per_unit: int
    cadres: Sequence[str]
    funding: str
    pass_mark: int | None
    state: str
    why: str
    closed_on: date | None
    series: str
    counts: Mapping[str, int]

    @property
    def first(self) -> date:
        return self.days[0][0]

    @property
    def last(self) -> date:
        return self.days[-1][0]

    @property
    def free(self) -> int:
        return max(0, self.seats - self.counts.get("granted", 0))


class SeatRow(NamedTuple):
    """Somebody in a course; ``days`` a letter for each day: p there, a absent, - not said."""

    member: UUID
    name: str
    unit: UUID
    unit_name: str
    cadre: str
    state: str
    why: str
    days: str
    before: int | None
    after: int | None
    number: str
    own: bool  # the reader may put this person forward or take them back

    @property
    def passed(self) -> bool:
        return bool(self.number)


class CoursePage(NamedTuple):
    """A course, and of its people those whom the reader may know by name; ``hidden`` are others."""

    row: CourseRow
    seats: Sequence[SeatRow]
    hidden: int
    may_plan: bool


class OwnSeat(NamedTuple):
    course: CourseRow
    state: str
    why: str
    number: str


def courses(*, by: Actor, first: date, last: date) -> list[CourseRow]:
    """Courses of which some day may lie in [first, last], by their first day. Two queries."""
    policies.check(by, CORRECT)
    found = list(Course.objects.filter(first__lte=last, last__gte=first).order_by("first", "id"))
    return _rows(found)


def course(*, by: Actor, id: UUID, on: date) -> CoursePage | None:
    """A course with its people: those of units in reach, and all for its organiser. Five queries."""
    policies.check(by, CORRECT)
    found = Course.objects.filter(pk=id).first()
    if found is None:
        return None
    (row,) = _rows([found])
    may_plan = policies.may(by, TRAIN, found.unit_id)
    seats = Seat.objects.filter(course_id=id)
    if not may_plan:
        seats = seats.filter(policies.scope(by, READ).where("unit_id"))
    shown = _seats(by, list(seats), {id: found}, on)
    order = ("granted", "waiting", "asked", "wanted", "declined", "withdrawn")
    shown.sort(key=lambda one: (order.index(one.state), one.unit_name, one.name, str(one.member)))
    return CoursePage(row, shown, sum(row.counts.values()) - len(shown), may_plan)


def _seats(
    by: Actor, found: Sequence[Seat], courses: Mapping[UUID, Course], on: date
) -> list[SeatRow]:
    people = {row.member_id for row in found}
    names = dict(Member.objects.filter(pk__among=people).values_list("id", "name"))
    held = Q(void=False, main=True, since__lte=on) & (Q(until=None) | Q(until__gt=on))
    cadres = dict(
        Tenure.objects.filter(held, member_id__among=people).values_list("member_id", "cadre")
    )
    asking = policies.scope(by, ASK)
    return [
        SeatRow(
            row.member_id, names.get(row.member_id, ""), row.unit_id,
            places.name(places.now_at(row.unit_id, on), on), cadres.get(row.member_id, ""),
            row.state, row.why, row.days, row.before, row.after,
            _number(courses[row.course_id], row), asking.covers(row.unit_id),
        )
        for row in found
    ]  # fmt: skip


def _number(course: Course, seat: Seat) -> str:
    """The number of a certificate that stands; "" where there is none."""
    if seat.credential_id is None or seat.certificate is None or course.closed_on is None:
        return ""
    return f"{seat.certificate:04d}/{course.closed_on.year}/{course.series}"


@walls.whole("how many seats of a course are given is counted from all and names nobody")
def _counts(courses: Collection[UUID]) -> dict[UUID, Counter[str]]:
    found: dict[UUID, Counter[str]] = {}
    rows = Seat.objects.filter(course_id__among=set(courses)).values_list("course_id", "state")
    for id, state, n in rows.annotate(n=Count("id")):
        found.setdefault(id, Counter())[state] = n
    return found


def _rows(found: Sequence[Course]) -> list[CourseRow]:
    counts = _counts([row.pk for row in found])
    return [
        CourseRow(
            row.pk, row.unit_id, places.name(row.unit_id, row.first), row.title, row.topics,
            row.organiser or places.name(row.unit_id, row.first), row.place,
            [(date.fromisoformat(day), hours) for day, hours in row.days], row.hours, row.seats,
            row.per_unit, row.cadres, row.funding, row.pass_mark, row.state, row.why,
            row.closed_on, row.series, counts.get(row.pk, {}),
        )
        for row in found
    ]  # fmt: skip


def myself(*, by: Actor) -> tuple[UUID, UUID] | None:
    """(the file linked to one's account, its unit); None where there is none. One query."""
    if by.user is None or not policies.may(by, CORRECT):
        return None
    rows = Member.objects.filter(user_id=by.user).order_by("id").values_list("id", "unit_id")
    return rows.first()


def my_seats(*, by: Actor, on: date) -> list[OwnSeat]:
    """The courses that one is in, was in or asked for, the latest first. Four queries."""
    if by.user is None or not policies.may(by, CORRECT):
        return []
    mine = Member.objects.filter(user_id=by.user).order_by("id").values_list("id", flat=True)[:1]
    seats = {row.course_id: row for row in Seat.objects.filter(member_id__in=list(mine))}
    found = list(Course.objects.filter(pk__among=set(seats)).order_by("-first", "id"))
    return [
        OwnSeat(told, seats[row.pk].state, seats[row.pk].why, _number(row, seats[row.pk]))
        for row, told in zip(found, _rows(found), strict=True)
    ]  # fmt: skip
