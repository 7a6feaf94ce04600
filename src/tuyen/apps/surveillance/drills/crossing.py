"""Cases that crossed the border: told on one side, infected on the other, a signal there.

A drill's people are nobody, so a case is told with its age and days; that is what a real
counterpart would be told too, without a name.
"""

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

import msgspec
import numpy as np
from msgspec import Meta

from tuyen.apps.surveillance.drills.course import Course, begun
from tuyen.apps.surveillance.drills.story import SIDES, case_id
from tuyen.apps.surveillance.models import Case, Drill
from tuyen.apps.surveillance.operations.events import ReportSignal
from tuyen.kernel.ids import derived_id
from tuyen.kernel.operation import Operation
from tuyen.kernel.zone import VIETNAM


class Crossing(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One case of this side whose infection lies on the other."""

    case: UUID
    disease: Annotated[str, Meta(max_length=60)]
    onset_on: date
    sex: Literal["male", "female", "unknown"]
    age: Annotated[int, Meta(ge=0, le=130)] | None


def crossings() -> tuple[Crossing, ...]:
    """The cases that were told here so far and were infected across the border."""
    row = Drill.objects.get()
    if not Case.objects.filter(received_at__gte=row.begins).exists():
        return ()
    rows = Case.objects.filter(id__in=_crossed(begun(Course)), voided_at=None)
    return tuple(
        Crossing(case=id, disease=disease, onset_on=onset, sex=sex, age=age)  # type: ignore[arg-type]
        for id, disease, onset, sex, age in rows.order_by("onset_on", "id").values_list(
            "id", "disease", "onset_on", "sex", "age"
        )
    )


def signals(told: tuple[Crossing, ...], at: datetime) -> list[Operation]:
    """What side it was infected on is told of it: an event signal at the gate, each case once."""
    if not told:
        return []
    course = begun(Course)
    today = at.astimezone(VIETNAM).date()
    unit = course.cast.posts.get("border-officer", course.cast.station)
    said = course.scenario.signals[0] if course.scenario.signals else None
    return [
        Operation.of(
            ReportSignal(
                sign=said.sign if said else "similar-illness", source="gate",
                seen_on=min(each.onset_on, today), village=course.cast.village, affected=1,
                disease=each.disease, reporter="Diễn tập – phía bên kia", note=_sentence(each),
            ),
            id=derived_id(course.drill, "crossing", each.case), unit=unit, happened_on=today,
            recorded_at=at,
        )
        for each in told
    ]  # fmt: skip


def _sentence(each: Crossing) -> str:
    sex = {"male": "nam", "female": "nữ"}.get(each.sex, "không rõ giới")
    age = f"{each.age} tuổi" if each.age is not None else "không rõ tuổi"
    return (
        f"Phía bên kia biên giới báo một ca {each.disease}, {sex}, {age}, khởi phát"
        f" {each.onset_on:%d/%m/%Y}, nghi nhiễm ở phía ta."
    )


def _crossed(course: Course) -> list[UUID]:
    """The cases of this side whose infector is on the other: known from the seed."""
    hidden, here = course.story.hidden, SIDES[course.side]
    across = (hidden.source >= 0) & (hidden.side == here) & (hidden.side[hidden.source] != here)
    return [case_id(course.drill, n) for n in np.flatnonzero(across).tolist()]
