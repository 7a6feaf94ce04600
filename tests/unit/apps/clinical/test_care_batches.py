"""Every operation of mothers, growth, contraception and couples: one by one as all at once, replayed as
both, and with as many statements for many families as for one."""

from decimal import Decimal
from types import SimpleNamespace
from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.unit.apps.clinical.caring import LMP, child, family, rows, seen
from tests.unit.apps.clinical.conftest import NOW, TODAY, World
from tuyen.apps.clinical import operations as care
from tuyen.apps.clinical.operations import Born, PregnancyChanges
from tuyen.apps.journal.replay import replay
from tuyen.apps.journal.services import commit
from tuyen.apps.registry.operations import RecordDeath
from tuyen.kernel.ids import uuid7
from tuyen.kernel.operation import Operation, Payload

WHY = "ghi nhầm"
NAMES = ("pregnancy", "birth", "step", "hers", "his", "couple", "care")


def household(world: World, name: str) -> SimpleNamespace:
    """A mother, a father, a thin child and a newborn, with ids for what is told of them."""
    home, mother, father = family(world, f"Giàng Thị {name}")
    thin = child(world, home, born=TODAY.replace(year=2025, month=4), name=f"Vàng A {name}")
    seen(world, thin, TODAY, "child_nutrition", weight="7.0", length="76.0", muac="11.2")
    newborn = child(world, home, born=TODAY, name=f"Vàng A Bé {name}")
    ids = {one: uuid7() for one in NAMES}
    return SimpleNamespace(mother=mother, father=father, thin=thin, newborn=newborn, **ids)


def story(of: SimpleNamespace) -> list[tuple[Payload, UUID]]:
    """Each kind of operation once, in an order in which each is taken."""
    told: list[tuple[Payload, UUID | None]] = [
        (care.RegisterPregnancy(person=of.mother, lmp=LMP), of.pregnancy),
        (care.AmendPregnancy(
            pregnancy=of.pregnancy, changes=PregnancyChanges(gravida=2), reason=WHY
        ), None),
        (care.RecordBirth(
            mother=of.mother, on=TODAY, children=(Born(sex=1, person=of.newborn, weight=3100),)
        ), of.birth),
        (care.VoidBirth(delivery=of.birth, reason=WHY), None),
        (care.EndPregnancy(pregnancy=of.pregnancy, on=TODAY, how="loss", loss="miscarriage"), None),
        (care.RecordContraception(
            person=of.mother, on=TODAY, what="start", method="pill", quantity=3
        ), of.step),
        (care.VoidContraception(step=of.step, reason=WHY), None),
        (care.RecordThalassaemia(
            person=of.mother, on=TODAY, mcv=Decimal(66), hba2=Decimal("5.2")
        ), of.hers),
        (care.RecordThalassaemia(person=of.father, on=TODAY, beta=("N", "b0")), of.his),
        (care.LinkCouple(woman=of.mother, man=of.father, since=TODAY), of.couple),
        (care.AdviseCouple(couple=of.couple, on=TODAY, what="counselled"), None),
        (care.VoidThalassaemia(test=of.his, reason=WHY), None),
        (care.PartCouple(couple=of.couple, until=TODAY), None),
        (care.AdmitMalnourished(person=of.thin, since=TODAY, how="outpatient"), of.care),
        (care.DischargeMalnourished(care=of.care, on=TODAY, outcome="moved"), None),
    ]  # fmt: skip
    return [(payload, id or uuid7()) for payload, id in told]


def died(world: World, of: SimpleNamespace) -> care.ReviewMaternalDeath:
    world.good(RecordDeath(person=of.mother, on=TODAY, cause="O72.1"), unit=world.village)
    return care.ReviewMaternalDeath(
        person=of.mother, kind="direct", findings="Băng huyết, chuyển muộn 3 giờ."
    )


def kinds() -> set[str]:
    """The kinds of these subjects, as they are declared."""
    modules = ("mothers", "families")
    return {
        one.KIND.name
        for one in vars(care).values()
        if isinstance(one, type) and issubclass(one, Payload) and hasattr(one, "KIND")
        and one.__module__.rpartition(".")[2] in modules
    }  # fmt: skip


@pytest.mark.parametrize("size", [pytest.param(1, marks=pytest.mark.nightly), 40])
def test_every_operation_one_by_one_is_as_all_at_once_and_replay_as_both(
    world: World, size: int
) -> None:
    homes = [household(world, name) for name in ("Mỷ", "Dua")]
    told = [line for of in homes for line in story(of)]
    wrong = [(payload, uuid7()) for payload, _ in story(homes[0])]  # all of it a second time

    codes = world.told(*(p for p, _ in told), ids=[id for _, id in told], size=size)
    again = world.told(*(p for p, _ in wrong), ids=[id for _, id in wrong], size=size)
    review = died(world, homes[0])
    codes += world.told(review)
    held = rows()

    assert codes == ["accepted"] * len(codes)
    assert {"clinical.delivery-is-void", "clinical.step-is-void", "clinical.discharged-already",
            "clinical.parted-already"} <= set(again)  # fmt: skip
    assert {type(payload).KIND.name for payload, _ in told} | {review.KIND.name} == kinds()
    assert replay().same
    assert rows() == held


def test_a_batch_of_many_families_takes_as_many_statements_as_one(world: World) -> None:
    def sent(*lines: tuple[Payload, UUID]) -> int:
        operations = [
            Operation.of(payload, unit=world.station, happened_on=TODAY, recorded_at=NOW, id=id)
            for payload, id in lines
        ]
        with CaptureQueriesContext(connection) as caught:
            receipts = commit(by=world.by, operations=operations, at=NOW)
        assert [one.status for one in receipts] == ["accepted"] * len(receipts)
        return len(caught)

    one, two = household(world, "Mỷ"), household(world, "Dua")
    three, four = household(world, "Say"), household(world, "Chở")
    for step in story(one):
        sent(step)  # what is asked once of a process is asked
    counts = {}
    for alone, *many in zip(*map(story, (two, three, four)), strict=True):
        name = type(alone[0]).KIND.name
        counts[name] = sent(alone), sent(*many)
    reviews = [died(world, of) for of in (two, three, four)]
    alone, *others = [(review, uuid7()) for review in reviews]
    counts["clinical.review_maternal_death"] = sent(alone), sent(*others)

    assert {name: pair for name, pair in counts.items() if pair[0] != pair[1]} == {}
    assert max(few for few, _ in counts.values()) <= 30
