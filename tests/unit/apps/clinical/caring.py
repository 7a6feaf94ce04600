"""Families for the tests of mothers and children: a woman with her household, and her children."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from tests.unit.apps.clinical.conftest import TODAY, World, values
from tuyen.apps.clinical.models import (
    Birth,
    ContraceptionStep,
    Couple,
    CoupleAdvice,
    Delivery,
    GrowthPoint,
    MaternalReview,
    MotherContact,
    NutritionCare,
    Pregnancy,
    PregnancyEnd,
    Supplement,
    ThalassaemiaTest,
)
from tuyen.apps.clinical.operations import (
    Answered,
    Born,
    RecordBirth,
    RecordVisit,
    RegisterPregnancy,
)
from tuyen.apps.registry.operations import Member, RegisterHousehold, RegisterPerson
from tuyen.kernel.ids import uuid7
from tuyen.kernel.operation import Operation

MOTHER_BORN = date(1998, 4, 2)
LMP = TODAY - timedelta(days=36 * 7)
TABLES = (
    Pregnancy, PregnancyEnd, MotherContact, Delivery, Birth, MaternalReview, GrowthPoint,
    Supplement,    NutritionCare, ContraceptionStep, ThalassaemiaTest, Couple, CoupleAdvice,
)  # fmt: skip


def rows() -> dict[str, list[Any]]:
    """All rows of mothers and children, for comparing."""
    return {
        model.__name__: sorted(model._default_manager.values_list(), key=str) for model in TABLES
    }


def family(world: World, name: str = "Giàng Thị Mỷ") -> tuple[UUID, UUID, UUID]:
    """(household, mother, father) in the village of the station."""
    mother, father, household = uuid7(), uuid7(), uuid7()
    payload = RegisterHousehold(
        place=world.village,
        members=(
            Member(id=mother, name=name, sex=2, born_on=MOTHER_BORN, role="spouse"),
            Member(id=father, name="Vàng A Páo", sex=1, born_on=date(1996, 1, 9), role="head"),
        ),
    )
    world.good(payload, unit=world.village, on=date(2024, 1, 1), ids=[household])
    return household, mother, father


def child(
    world: World, household: UUID, born: date = TODAY, sex: int = 1, name: str = "Vàng A Tủa"
) -> UUID:
    payload = RegisterPerson(name=name, sex=sex, born_on=born, household=household, role="child")  # type: ignore[arg-type]
    (id,) = world.good(payload, unit=world.station, on=born)
    return id


def pregnant(world: World, mother: UUID, lmp: date = LMP, on: date = TODAY, **rest: Any) -> UUID:
    payload = RegisterPregnancy(person=mother, lmp=lmp, **rest)
    (id,) = world.good(payload, unit=world.station, on=on)
    return id


def seen(
    world: World, person: UUID, on: date, programme: str = "", answers: dict[str, str] | None = None,
    **measured: Any,
) -> UUID:  # fmt: skip
    """A visit with measures and answers."""
    answered = (Answered(programme=programme, fields=answers or {}),) if programme else ()
    payload = RecordVisit(
        person=person, began_at=datetime.combine(on, time(2, 0), UTC), payer="programme",
        measured=values(**measured), answered=answered,
    )  # fmt: skip
    (id,) = world.good(payload, unit=world.station, on=on)
    return id


def birth(mother: UUID, *children: UUID, on: date = TODAY, **rest: Any) -> RecordBirth:
    born = rest.pop("born", None) or tuple(Born(sex=1, person=one) for one in children)
    return RecordBirth(mother=mother, on=on, children=born, **rest)


def operations(world: World, *payloads: Any, on: date = TODAY, ids: Any = ()) -> list[Operation]:
    given = [*ids, *(uuid7() for _ in payloads[len(ids) :])]
    return [
        Operation.of(one, unit=world.station, happened_on=on, id=id,
                     recorded_at=datetime.combine(on, time(3), UTC))
        for one, id in zip(payloads, given, strict=True)
    ]  # fmt: skip
