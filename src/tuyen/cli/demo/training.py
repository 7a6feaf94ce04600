"""The demo's courses, techniques, exchanges and drills: what people at work learn, and from whom."""

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import NamedTuple
from uuid import UUID

from tuyen.apps.workforce.operations import (
    AskSeats,
    Case,
    CloseCourse,
    CourseDay,
    FileOuting,
    GiveSeats,
    LogCases,
    Marked,
    NoteAttendance,
    NoteMarks,
    PlanCourse,
    PlanHandover,
    Programme,
    RegisterMember,
    SignHandover,
    Teacher,
)
from tuyen.cli.demo.names import Names
from tuyen.engines.synthetic.province import Province
from tuyen.kernel.operation import KINDS, Operation


class _Person(NamedTuple):
    id: UUID
    unit: UUID
    cadre: str


class _Course(NamedTuple):
    """``ago``: days before the last day on which it began; below 0, it is still to come. ``open``: it is over,
    and nobody has noted who was there."""

    title: str
    topic: str
    cadres: tuple[str, ...]
    ago: int
    days: int
    seats: int
    place: str
    open: bool = False


_COURSES = (
    _Course("An toàn tiêm chủng cho trạm y tế", "safe-vaccination", ("nurse", "midwife", "physician-assistant"), 200, 3, 30, "Trung tâm Kiểm soát bệnh tật tỉnh"),
    _Course("Quản lý tăng huyết áp, đái tháo đường tại trạm", "chronic-care", ("doctor", "preventive-doctor", "physician-assistant"), 120, 4, 30, "Bệnh viện Đa khoa tỉnh"),
    _Course("Giám sát và báo cáo bệnh truyền nhiễm", "disease-surveillance", ("doctor", "preventive-doctor", "physician-assistant"), 60, 2, 25, "Trung tâm Kiểm soát bệnh tật tỉnh"),
    _Course("Hồi sức sơ sinh", "newborn-resuscitation", ("midwife",), 20, 2, 20, "Bệnh viện Đa khoa tỉnh"),
    _Course("Phòng và xử trí phản vệ", "anaphylaxis", ("doctor", "physician-assistant", "nurse", "midwife"), -9, 2, 30, "Trung tâm Kiểm soát bệnh tật tỉnh"),
    _Course("Lấy, bảo quản và gửi mẫu bệnh phẩm", "sample-taking", ("technician", "nurse"), -16, 1, 20, "Trung tâm Kiểm soát bệnh tật tỉnh"),
    _Course("Nhắc lại an toàn tiêm chủng", "safe-vaccination", ("nurse", "midwife"), 3, 2, 20, "Trung tâm Kiểm soát bệnh tật tỉnh", open=True),
)  # fmt: skip
_EACH = 3
_TECHNIQUES = (("ecg", 240, 21, True), ("fracture-splinting", 150, 6, True), ("via", 40, 9, False))
"""Technique, how many days ago it began, how many supervised cases there were, whether it is signed."""


def told(
    made: Province, names: Names, staff: Sequence[Operation], until: date
) -> Iterator[Operation]:
    """Courses of the last year with their certificates, two to come, one whose attendance nobody has noted,
    techniques of three stations, an exchange across the border and a drill."""
    people = list(_people(staff))
    posts = {tenure.post: tenure for tenure in reversed(made.staff.tenures)}
    cdc, centre = (
        names.unit(posts[post].unit) for post in ("cdc-epidemiologist", "health-centre-supervisor")
    )
    stations = {names.unit(t.unit) for t in made.staff.tenures if t.post == "station-head"}
    at_stations = [one for one in people if one.unit in stations]
    courses = [
        (number, course, names.of("workforce.plan_course", "course", number),
         _some(at_stations, course, number))
        for number, course in enumerate(_COURSES)
    ]  # fmt: skip
    for number, course, _id, _members in courses:
        planned = until - timedelta(days=max(1, course.ago + 20))
        yield names.operation(_plan(course, until), "course", number, unit=cdc, on=planned)
    for number, course, id, members in courses:
        if course.ago > 0:
            begins = until - timedelta(days=course.ago)
            seats = GiveSeats(course=id, members=tuple(one.id for one in members))
            yield names.operation(seats, "seats", number, unit=cdc, on=begins - timedelta(days=7))
        else:
            for unit in dict.fromkeys(one.unit for one in members):
                ask = AskSeats(course=id, members=tuple(o.id for o in members if o.unit == unit))
                yield names.operation(ask, "ask", number, unit, unit=unit, on=until)
    past = [one for one in courses if one[1].ago > 0 and not one[1].open]
    for number, course, id, members in past:
        yield from _held(names, number, course, id, members, cdc, until)
    for number, course, id, members in past:
        yield names.operation(
            _marks(id, members), "marks", number, unit=cdc, on=_last(course, until)
        )
    for number, course, id, _members in past:
        closed = CloseCourse(course=id, series="GCN-CDC")
        yield names.operation(closed, "close", number, unit=cdc, on=_last(course, until))
    yield from _techniques(names, at_stations, centre, until)
    yield from _outings(names, [one.id for one in people if one.unit == cdc], cdc, until)


def _people(staff: Sequence[Operation]) -> Iterator[_Person]:
    for operation in staff:
        said = KINDS.get(operation.kind).decode(operation.version, bytes(operation.payload))
        if isinstance(said, RegisterMember):
            yield _Person(operation.id, operation.unit, said.post.cadre)


def _some(people: Sequence[_Person], course: _Course, number: int) -> list[_Person]:
    """As many as there are seats, each course beginning with others; of one unit as many as may."""
    meant = [one for one in people if one.cadre in course.cadres]
    start = number * 7 % len(meant) if meant else 0
    found: list[_Person] = []
    of: Counter[UUID] = Counter()
    for one in meant[start:] + meant[:start]:
        if of[one.unit] < _EACH and len(found) < course.seats - 4:
            of[one.unit] += 1
            found.append(one)
    return found


def _plan(course: _Course, until: date) -> PlanCourse:
    begins = until - timedelta(days=course.ago)
    return PlanCourse(programme=Programme(
        title=course.title, place=course.place, topics=(course.topic,), cadres=course.cadres,
        days=tuple(CourseDay(day=begins + timedelta(days=n), hours=8) for n in range(course.days)),
        seats=course.seats, per_unit=_EACH, funding="programme", organiser="CDC tỉnh Điện Biên",
    ))  # fmt: skip


def _last(course: _Course, until: date) -> date:
    return until - timedelta(days=course.ago - course.days + 1)


def _held(
    names: Names, number: int, course: _Course, id: UUID, members: Sequence[_Person], cdc: UUID,
    until: date,
) -> Iterator[Operation]:  # fmt: skip
    """Everybody was there but for every ninth on the last day."""
    for n in range(course.days):
        day = until - timedelta(days=course.ago - n)
        away = {one.id for one in members[::9]} if n == course.days - 1 else set()
        noted = NoteAttendance(
            course=id, day=day, there=tuple(one.id for one in members if one.id not in away),
            absent=tuple(one.id for one in members if one.id in away),
        )  # fmt: skip
        yield names.operation(noted, "attend", number, n, unit=cdc, on=day)


def _marks(id: UUID, members: Sequence[_Person]) -> NoteMarks:
    marks = tuple(
        Marked(member=one.id, before=35 + at * 7 % 30, after=60 + at * 11 % 38)
        for at, one in enumerate(members)
    )
    return NoteMarks(course=id, marks=marks)


def _techniques(
    names: Names, people: Sequence[_Person], centre: UUID, until: date
) -> Iterator[Operation]:
    doctors = list({one.unit: one for one in people if one.cadre == "doctor"}.values())
    for (technique, ago, done, signed), learner in zip(_TECHNIQUES, doctors, strict=False):
        begun, asked = until - timedelta(days=ago), done if signed else done * 2
        teacher = Teacher(name="BS CKI Trần Văn Hòa", licence="000215/ĐB-CCHN")
        plan = PlanHandover(
            technique=technique, begins=begun, learners=(learner.id,), teachers=(teacher,),
            cases=asked, giver=centre,
        )  # fmt: skip
        yield names.operation(plan, "handover", technique, unit=learner.unit, on=begun)
        id = names.of(plan.KIND.name, "handover", technique)
        cases = tuple(
            Case(member=learner.id, done_on=begun + timedelta(days=1 + n), supervised=True)
            for n in range(done)
        )
        logged = LogCases(handover=id, cases=cases)
        yield names.operation(
            logged, "cases", technique, unit=learner.unit, on=until - timedelta(days=5)
        )
        if signed:
            sign = SignHandover(handover=id, paper="Biên bản chuyển giao kỹ thuật")
            yield names.operation(
                sign, "sign", technique, unit=centre, on=until - timedelta(days=4)
            )


def _outings(names: Names, people: Sequence[UUID], cdc: UUID, until: date) -> Iterator[Operation]:
    day = until - timedelta(days=75)
    exchange = FileOuting(
        kind="exchange", title="Trao đổi về giám sát bệnh truyền nhiễm qua biên giới", first=day,
        last=day + timedelta(days=2), people=tuple(people[:3]), partner="CDC Bách Sắc, Quảng Tây",
        place="Bách Sắc", report="Hai bên thống nhất đầu mối và mẫu trao đổi thông tin hằng tháng.",
    )  # fmt: skip
    drill = FileOuting(
        kind="drill", title="Diễn tập đáp ứng ổ dịch bạch hầu", first=until - timedelta(days=33),
        last=until - timedelta(days=33), people=tuple(people[:8]), score=82,
    )  # fmt: skip
    if people:
        for told_, name in ((exchange, "exchange"), (drill, "drill")):
            yield names.operation(told_, "outing", name, unit=cdc, on=until - timedelta(days=30))
