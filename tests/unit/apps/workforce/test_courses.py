"""Courses: planned, filled, held, closed; certificates enter the files, once and with hours earned."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.unit.apps.workforce.conftest import PROGRAM, TODAY, codes, op, place
from tests.unit.apps.workforce.courses import (
    DAY1,
    DAY2,
    asked,
    closed,
    given,
    held,
    nurses,
    planned,
    programme,
    with_account,
)
from tests.unit.apps.workforce.test_people import reader
from tuyen.apps.journal.replay import replay
from tuyen.apps.workforce import queries
from tuyen.apps.workforce.models import Course, Credential, Seat
from tuyen.apps.workforce.operations import (
    AskSeats,
    CancelCourse,
    ChangeCourse,
    CourseDay,
    DeclineSeats,
    GiveSeats,
    Marked,
    NoteAttendance,
    NoteMarks,
    PlanCourse,
    ReopenCourse,
    WantSeat,
    WithdrawSeats,
)
from tuyen.kernel.ids import uuid7

pytestmark = pytest.mark.django_db
BEFORE = date(2026, 9, 5)


def states(course):
    return dict(Seat.objects.filter(course_id=course).values_list("member_id", "state"))


def training(member):
    return Credential.objects.filter(member_id=member, kind="training", state="live")


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"topics": ("flying",)}, "unknown-word"),
        ({"cadres": ("pilot",)}, "unknown-word"),
        ({"funding": "lottery"}, "unknown-word"),
        ({"days": (CourseDay(day=DAY2, hours=8), CourseDay(day=DAY1, hours=8))}, "course-days-wrong"),
        ({"days": (CourseDay(day=DAY1, hours=8), CourseDay(day=DAY1, hours=8))}, "course-days-wrong"),
    ],
)  # fmt: skip
def test_a_course_that_cannot_be_is_refused(changes, code):
    assert codes(op(PlanCourse(programme=programme(**changes)), "hc")) == [code]
    assert not Course.objects.exists()


def test_seats_are_given_as_long_as_there_are_any_and_the_rest_wait_in_their_order():
    course, (a, b, c) = planned(), nurses("stM", "stN", "stM")

    assert asked(course, a, c) == ["accepted"]
    assert given(course, b, a, c) == ["accepted"]

    assert states(course) == {b: "granted", a: "granted", c: "waiting"}
    withdrawn = op(WithdrawSeats(course=course, members=(a,), reason="Nghỉ thai sản"), "stM")
    assert codes(withdrawn) == ["accepted"]
    assert states(course) == {b: "granted", a: "withdrawn", c: "granted"}


def test_one_unit_has_no_more_seats_than_it_may():
    course, (a, b, c) = planned(seats=3, per_unit=1), nurses("stM", "stM", "stN")

    assert given(course, a, b, c) == ["accepted"]

    assert states(course) == {a: "granted", b: "waiting", c: "granted"}


def test_nobody_sits_in_two_courses_on_one_day():
    first, second = planned(), planned("Kiểm soát nhiễm khuẩn", topics=())
    (a,) = nurses("stM")
    third = planned("Lớp khác ngày", topics=(), days=(CourseDay(day=date(2026, 10, 22), hours=8),))

    assert given(first, a) == ["accepted"]
    assert given(second, a) == ["same-day"]
    assert given(third, a) == ["accepted"]
    moved = programme("Lớp khác ngày", topics=(), days=(CourseDay(day=DAY2, hours=8),))
    assert codes(op(ChangeCourse(course=third, programme=moved, reason="Đổi ngày"), "hc")) == [
        "same-day"
    ]
    assert codes(op(CancelCourse(course=first, reason="Không có giảng viên"), "hc")) == ["accepted"]
    assert given(second, a) == ["accepted"]


def test_a_course_for_one_cadre_takes_no_other():
    course, (a,) = planned(cadres=("midwife",)), nurses("stM")

    assert asked(course, a) == ["cadre-not-meant"]
    assert given(course, a) == ["cadre-not-meant"]


def test_a_unit_puts_only_its_own_people_forward():
    course, (a,) = planned(), nurses("stN")

    assert asked(course, a, unit="stM") == ["unknown-member"]
    assert asked(course, a, unit="stN") == ["accepted"]
    assert asked(course, a, unit="stN") == ["seat-there"]
    late = op(AskSeats(course=course, members=(a,)), "stN", on=date(2026, 10, 22))
    assert codes(late) == ["course-over"]


def test_somebody_wants_a_seat_and_the_head_puts_them_forward():
    course, user = planned(), uuid7()
    mine = with_account(user)
    (other,) = nurses("stM")
    me = reader("physician-assistant", user=user)

    assert codes(op(WantSeat(course=course, member=mine), on=BEFORE), by=me) == ["accepted"]
    assert codes(op(WantSeat(course=course, member=mine), on=BEFORE), by=me) == ["seat-there"]
    assert codes(op(WantSeat(course=course, member=other), on=BEFORE), by=me) == ["not-your-file"]
    assert states(course) == {mine: "wanted"}
    assert queries.my_seats(by=me, on=TODAY)[0].state == "wanted"
    assert asked(course, mine) == ["accepted"]
    assert states(course) == {mine: "asked"}


def test_a_head_asks_and_the_organiser_alone_gives():
    course, (a,) = planned(), nurses("stM")
    head = reader("station-head")

    assert codes(op(AskSeats(course=course, members=(a,)), on=BEFORE), by=head) == ["accepted"]
    give = op(GiveSeats(course=course, members=(a,)), "hc")
    (refused,) = codes(give, by=head)
    assert refused == "access.not-allowed"


def test_hours_count_for_days_on_which_somebody_was_there_and_a_short_stay_earns_nothing():
    days = tuple(CourseDay(day=date(2026, 10, day), hours=4) for day in range(12, 17))
    course, (a, b, c) = planned(seats=3, days=days), nurses("stM", "stM", "stN")
    assert given(course, a, b, c) == ["accepted"]
    for at, day in enumerate(days):
        there = tuple(one for one, misses in ((a, ()), (b, (2,)), (c, (0, 1))) if at not in misses)
        absent = tuple(one for one in (a, b, c) if one not in there)
        noted = NoteAttendance(course=course, day=day.day, there=there, absent=absent)
        assert codes(op(noted, "hc")) == ["accepted"]

    assert closed(course) == ["accepted"]

    assert [training(one).get().hours for one in (a, b)] == [20, 16]
    assert not training(c).exists()
    assert {one.certificate for one in Seat.objects.filter(member_id__in=(a, b))} == {1, 2}
    held_by = Credential.objects.get(member_id=a, kind="competence")
    assert (held_by.what, held_by.until) == ("safe-vaccination", date(2031, 10, 16))


def test_the_account_of_hours_counts_a_certificate_once():
    course, (a,) = planned(), nurses("stM")
    given(course, a)
    held(course, a)
    assert closed(course) == ["accepted"]
    assert closed(course) == ["certificate-issued"]

    file = queries.file(by=PROGRAM, id=a, on=TODAY)
    assert [(row.what, row.hours, row.number) for row in file.of("training")] == [
        ("An toàn tiêm chủng", 16, "0001/2026/ATTC")
    ]


def test_a_course_is_not_closed_before_its_end_nor_with_days_unsaid():
    course, (a,) = planned(), nurses("stM")
    given(course, a)
    early = op(NoteAttendance(course=course, day=DAY2, there=(a,)), "hc", on=DAY1)
    assert codes(early) == ["day-to-come"]
    assert codes(op(NoteAttendance(course=course, day=TODAY, there=(a,)), "hc")) == [
        "no-course-day"
    ]
    both = NoteAttendance(course=course, day=DAY1, there=(a,), absent=(a,))
    assert codes(op(both, "hc")) == ["there-and-absent"]
    assert codes(op(NoteAttendance(course=course, day=DAY1, there=(uuid7(),)), "hc")) == ["no-seat"]

    assert closed(course) == ["attendance-open"]


def test_a_mark_below_the_pass_mark_earns_no_certificate():
    course, (a, b) = planned(pass_mark=50), nurses("stM", "stN")
    given(course, a, b)
    held(course, a, b)
    marks = (Marked(member=a, before=30, after=80), Marked(member=b, before=20, after=49))
    assert codes(op(NoteMarks(course=course, marks=marks), "hc")) == ["accepted"]

    assert closed(course) == ["accepted"]

    assert training(a).exists()
    assert not training(b).exists()
    (change,) = queries.changes(by=PROGRAM, year=2026)
    assert (change.people, change.before, change.after) == (2, 25.0, 64.5)


def test_a_course_that_is_opened_again_takes_its_papers_back_and_keeps_its_numbers():
    course, (a, b) = planned(), nurses("stM", "stN")
    given(course, a, b)
    held(course, a, b)
    closed(course)
    numbers = dict(training(a).values_list("member_id", "number"))

    opened = op(ReopenCourse(course=course, reason="Ghi nhầm ngày"), "hc")
    assert codes(opened) == ["accepted"]
    assert not Credential.objects.filter(state="live", kind__in=("training", "competence")).exists()
    assert codes(op(NoteAttendance(course=course, day=DAY2, absent=(b,)), "hc")) == ["accepted"]
    assert closed(course) == ["accepted"]

    assert dict(training(a).values_list("member_id", "number")) == numbers
    assert not training(b).exists()  # 8 of 16 hours
    assert codes(op(ReopenCourse(course=uuid7(), reason="Ghi nhầm"), "hc")) == ["unknown-course"]


def test_numbers_of_a_unit_run_on():
    first, (a, b) = planned(), nurses("stM", "stN")
    second = planned("Lớp hai", days=(CourseDay(day=date(2026, 10, 22), hours=8),), topics=())
    given(first, a)
    given(second, b)
    held(first, a)
    closed(first)
    noted = NoteAttendance(course=second, day=date(2026, 10, 22), there=(b,))
    assert codes(op(noted, "hc")) == ["accepted"]
    assert closed(second) == ["accepted"]

    assert training(b).get().number == "0002/2026/ATTC"


def test_days_that_were_noted_stay_and_given_seats_too():
    course, (a, b) = planned(), nurses("stM", "stN")
    given(course, a, b)
    codes(op(NoteAttendance(course=course, day=DAY1, there=(a,)), "hc"))

    later = programme(days=(CourseDay(day=DAY2, hours=8),))
    fewer = programme(seats=1)
    more = programme(days=(*programme().days, CourseDay(day=date(2026, 10, 22), hours=4)))

    change = [
        op(ChangeCourse(course=course, programme=one, reason="Đổi lịch"), "hc")
        for one in (later, fewer, more)
    ]
    assert codes(*change) == ["course-days-kept", "fewer-seats-than-given", "accepted"]
    assert Seat.objects.get(member_id=a).days == "p--"


def test_more_seats_let_those_who_wait_move_up_and_a_cancelled_course_frees_everybody():
    course, (a, b, c) = planned(), nurses("stM", "stN", "stM")
    given(course, a, b, c)
    wider = op(ChangeCourse(course=course, programme=programme(seats=3), reason="Thêm ghế"), "hc")
    assert codes(wider) == ["accepted"]
    assert set(states(course).values()) == {"granted"}
    declined = op(DeclineSeats(course=course, members=(a,), reason="Đã học năm ngoái"), "hc")
    assert codes(declined, op(CancelCourse(course=course, reason="Dịch bệnh"), "hc")) == [
        "accepted", "accepted",
    ]  # fmt: skip
    assert set(states(course).values()) == {"declined"}
    assert given(course, a) == ["course-cancelled"]


def test_sent_twice_counts_once_and_another_units_course_is_left_alone():
    course, (a,) = planned(), nurses("stM")
    give = op(GiveSeats(course=course, members=(a,)), "hc")
    assert codes(give) + codes(give) == ["accepted", "already-had"]
    assert codes(op(CancelCourse(course=course, reason="Nhầm đơn vị"), "stM")) == ["unknown-course"]


def test_who_comes_is_known_by_name_to_the_organiser_and_to_their_own_unit():
    course, (a, b) = planned(), nurses("stM", "stN")
    given(course, a, b)

    organiser = queries.course(by=reader("health-centre-supervisor", "hc"), id=course, on=TODAY)
    head = queries.course(by=reader("station-head"), id=course, on=TODAY)
    nurse = queries.course(by=reader("physician-assistant"), id=course, on=TODAY)

    assert [one.member for one in head.seats] == [a]
    assert (head.hidden, head.row.counts["granted"], head.may_plan) == (1, 2, False)
    assert (len(organiser.seats), organiser.hidden, organiser.may_plan) == (2, 0, True)
    assert (list(nurse.seats), nurse.hidden) == ([], 2)


def test_the_month_shows_its_courses():
    inside, outside = (
        planned(),
        planned("Tháng sau", days=(CourseDay(day=date(2026, 11, 3), hours=8),)),
    )

    found = queries.courses(by=reader(), first=date(2026, 10, 1), last=date(2026, 10, 31))

    assert [one.id for one in found] == [inside]
    assert outside not in {one.id for one in found}


def test_seats_for_one_and_for_many_take_as_many_queries():
    people = nurses(*["stM"] * 12)
    courses = [
        planned(f"Lớp {n}", seats=12, days=(CourseDay(day=date(2026, 8, n + 1), hours=4),))
        for n in range(12)
    ]
    counted = []
    for some in (courses[:1], courses[1:]):
        ops = [op(GiveSeats(course=one, members=tuple(people)), "hc") for one in some]
        with CaptureQueriesContext(
            connection,
        ) as told:
            assert set(codes(*ops)) == {"accepted"}
        counted.append(len(told))
    assert counted[0] == counted[1]


def test_questions_take_a_constant_number_of_queries():
    people = nurses(*["stM", "stN"] * 6)
    course = planned(seats=20)
    given(course, *people[:2])
    counted = []
    for _ in range(2):
        with CaptureQueriesContext(connection) as told:
            queries.course(by=PROGRAM, id=course, on=TODAY)
            queries.needs(by=PROGRAM, on=TODAY)
            queries.proposal(by=PROGRAM, course=course, on=TODAY)
            queries.trained(by=PROGRAM, year=2026, on=TODAY)
        counted.append(len(told))
        given(course, *people[2:])
    assert counted[0] == counted[1]
    assert counted[0] <= 24


def test_the_journal_replays_to_the_same_courses_and_papers():
    course, (a, b) = planned(), nurses("stM", "stN")
    given(course, a, b)
    held(course, a, absent=(b,))
    closed(course)
    before = (
        sorted(map(str, Seat.objects.values_list())), sorted(map(str, Credential.objects.values_list()))
    )  # fmt: skip

    replay()

    after = (
        sorted(map(str, Seat.objects.values_list())), sorted(map(str, Credential.objects.values_list()))
    )  # fmt: skip
    assert before == after


def test_the_proposal_takes_people_by_need_and_shares_among_units():
    course = planned(seats=2)
    people = nurses("stM", "stM", "stN")

    found = queries.proposal(by=PROGRAM, course=course, on=TODAY)

    assert {one.unit for one in found.rows} == {place("stM"), place("stN")}
    assert found.others == 1
    assert found.worth <= found.bound + 1e-9
    assert all(one.reasons == ["safe-vaccination"] for one in found.rows)
    assert len(people) == 3


def test_a_need_is_what_a_post_asks_and_nobody_there_can_do():
    a, b = nurses("stM", "stM")
    (m,) = nurses("stN", cadre="midwife")
    course = planned(seats=3)
    given(course, a, b, m)
    held(course, a, b, m)

    before = {one.key: one for one in queries.needs(by=PROGRAM, on=DAY2)}
    assert {p.member for p in before["safe-vaccination"].people} == {a, b, m}
    closed(course)
    after = {one.key: one for one in queries.needs(by=PROGRAM, on=TODAY)}

    # Two of the station of M can vaccinate, which is enough; at N there is one of two.
    assert "safe-vaccination" not in after
    assert {p.member for p in after["newborn-resuscitation"].people} == {m}
    ended = {one.key: one for one in queries.needs(by=PROGRAM, on=date(2031, 10, 22))}
    assert {p.why for p in ended["safe-vaccination"].people} == {"ended"}


def test_figures_count_people_once_and_open_to_their_names():
    course, (a, b) = planned(), nurses("stM", "stN")
    given(course, a, b)
    held(course, a, b)
    closed(course)

    figures = queries.trained(by=PROGRAM, year=2026, on=TODAY)
    people = queries.trained_people(by=PROGRAM, year=2026, on=TODAY, unit=place("stM"))
    head = queries.trained(by=reader(), year=2026, on=TODAY)

    assert (figures.people, figures.hours, dict(figures.by_cadre)) == (2, 32, {"nurse": 2})
    assert [(one.member, hours) for one, hours in people] == [(a, 16)]
    assert head.people == 1
