"""Courses for tests: a programme in one word, and people of two units."""

from datetime import date
from typing import Any

from tests.unit.apps.workforce.conftest import SINCE, codes, op, plain, post
from tuyen.apps.workforce.operations import (
    AskSeats,
    CloseCourse,
    CourseDay,
    GiveSeats,
    NoteAttendance,
    PlanCourse,
    Programme,
    RegisterMember,
)

DAY1, DAY2 = date(2026, 10, 20), date(2026, 10, 21)


def programme(title: str = "An toàn tiêm chủng", **rest: Any) -> Programme:
    told: dict[str, Any] = {
        "place": "Hội trường trung tâm", "seats": 2,
        "days": (CourseDay(day=DAY1, hours=8), CourseDay(day=DAY2, hours=8)),
        "topics": ("safe-vaccination",),
    }  # fmt: skip
    return Programme(title=title, **told | rest)


def planned(title: str = "An toàn tiêm chủng", unit: str = "hc", **rest: Any) -> Any:
    """A course; gives its id."""
    made = op(PlanCourse(programme=programme(title, **rest)), unit, on=date(2026, 9, 1))
    assert codes(made) == ["accepted"]
    return made.id


def nurses(*units: str, cadre: str = "nurse") -> list[Any]:
    """One person for each unit named; gives their ids in order."""
    made = [op(plain(f"Người Số {n}", cadre), unit) for n, unit in enumerate(units)]
    assert codes(*made) == ["accepted"] * len(made)
    return [one.id for one in made]


def with_account(user: Any, unit: str = "stM", name: str = "Cà Thị Mai") -> Any:
    made = op(RegisterMember(name=name, post=post("nurse", SINCE), account=user), unit)
    assert codes(made) == ["accepted"]
    return made.id


def given(course: Any, *members: Any) -> list[str]:
    return codes(op(GiveSeats(course=course, members=members), "hc"))


def asked(course: Any, *members: Any, unit: str = "stM") -> list[str]:
    return codes(op(AskSeats(course=course, members=members), unit, on=date(2026, 9, 5)))


def held(course: Any, *members: Any, absent: tuple[Any, ...] = ()) -> None:
    """Everybody is there on both days; ``absent`` miss the second."""
    assert (
        codes(
            op(NoteAttendance(course=course, day=DAY1, there=(*members, *absent)), "hc"),
            op(NoteAttendance(course=course, day=DAY2, there=members, absent=absent), "hc"),
        )
        == ["accepted"] * 2
    )


def closed(course: Any, series: str = "ATTC") -> list[str]:
    return codes(op(CloseCourse(course=course, series=series), "hc"))
