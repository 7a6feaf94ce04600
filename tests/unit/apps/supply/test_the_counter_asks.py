"""The counter hands out what a visit prescribed; what its person does not bear is asked about by the
operation itself, whichever door it came by."""

import json
from datetime import timedelta
from decimal import Decimal

import msgspec
import pytest

from tests.unit.api.test_door import caller, push  # noqa: F401  # a fixture
from tests.unit.apps.clinical.conftest import NOW, TODAY, World, visit, world  # noqa: F401
from tuyen.apps.clinical.operations import (
    EndAllergy,
    Intolerance,
    Prescribed,
    RecordAllergy,
)
from tuyen.apps.journal.replay import replay
from tuyen.apps.registry.operations import MergePersons
from tuyen.apps.supply.models import Dispensing
from tuyen.apps.supply.operations import Dispense, HandedLine, ReceiveLot
from tuyen.kernel.operation import Operation

ASKED = "clinical.allergy-unanswered"
ITEM = "amoxicillin-500"


def prescribed(item: str = ITEM, despite: str = "") -> Prescribed:
    return Prescribed(
        item=item, dose=Decimal(1), times=2, days=5, quantity=Decimal(10), despite=despite
    )


def handed(seen, quantity: int = 2, item: str = ITEM, **rest) -> Dispense:
    return Dispense(
        visit=seen, lines=(HandedLine(item=item, quantity=Decimal(quantity), **rest),),
        note="hết thuốc đã kê",
    )  # fmt: skip


def not_borne(world: World, person, **rest):  # noqa: F811
    what = Intolerance(against="class", code="penicillins", severity="severe")
    told = RecordAllergy(person=person, noted_on=TODAY, what=what)
    (id,) = world.good(told, unit=world.station, **rest)
    return id


@pytest.fixture
def counter(world: World) -> World:  # noqa: F811
    for item in (ITEM, "azithromycin-250"):
        world.good(
            ReceiveLot(item=item, number="A1", expires_on=TODAY + timedelta(300), vials=500),
            unit=world.station, on=TODAY - timedelta(10),
        )  # fmt: skip
    return world


def test_what_is_not_borne_is_handed_out_with_a_reason_only(counter):
    person = counter.person()
    seen = counter.visit(person, prescribed=(prescribed(),))
    not_borne(counter, person)

    told = counter.told(
        handed(seen), handed(seen, despite="  a "), handed(seen, despite="đã hỏi bác sĩ"),
        handed(seen, item="azithromycin-250", instead_of=ITEM),
    )  # fmt: skip

    assert told == [ASKED, ASKED, "accepted", "accepted"]
    assert set(Dispensing.objects.values_list("item", flat=True)) == {ITEM, "azithromycin-250"}


def test_a_visit_that_says_why_and_an_allergy_that_ended_are_not_asked_about(counter):
    answered, freed = counter.person(), counter.person(name="Lò Thị Dín")
    one = counter.visit(answered, prescribed=(prescribed(despite="đã thử, có theo dõi"),))
    two = counter.visit(freed, prescribed=(prescribed(),))
    not_borne(counter, answered)
    ended = EndAllergy(allergy=not_borne(counter, freed), on=TODAY, how="refuted", reason="đã thử")
    assert counter.told(ended) == ["accepted"]

    assert counter.told(handed(one), handed(two)) == ["accepted"] * 2


def test_it_is_asked_by_whichever_record_the_person_goes(counter):
    kept, other = counter.person(), counter.person(name="Lò Văn Panh")
    not_borne(counter, other)
    seen = counter.visit(kept, prescribed=(prescribed(),))
    counter.good(MergePersons(kept=kept, duplicate=other), unit=counter.village)

    assert counter.told(handed(seen)) == [ASKED]


def test_another_unit_is_not_told_what_somebody_does_not_bear(counter):
    person = counter.person()
    seen = counter.visit(person, prescribed=(prescribed(),))
    not_borne(counter, person)

    (code,) = counter.told(handed(seen), unit=counter.elsewhere)

    assert code == "supply.nothing-prescribed"


def test_a_run_is_asked_about_line_by_line_and_at_the_same_cost(
    counter, django_assert_max_num_queries
):
    people = [counter.person(name=f"Lò Văn Pánh {n}") for n in range(12)]
    seen = [counter.visit(person, prescribed=(prescribed(),)) for person in people]
    for person in people[::2]:
        not_borne(counter, person)

    with django_assert_max_num_queries(45):
        told = counter.told(*map(handed, seen))

    assert told == [ASKED, "accepted"] * 6


def test_the_api_is_asked_the_same_and_bad_input_is_answered(counter, caller):  # noqa: F811
    person = counter.person()
    seen = counter.visit(person, prescribed=(prescribed(),))
    not_borne(counter, person)
    client = caller("station-head", counter.station)

    def operation(payload, version=2):
        made = Operation.of(payload, unit=counter.station, happened_on=TODAY, recorded_at=NOW)
        told = json.loads(msgspec.json.encode(made)) | {"version": version}
        if version == 1:
            for line in told["payload"]["lines"]:
                del line["despite"]
        return told

    long = operation(handed(seen))
    long["payload"]["lines"][0]["despite"] = "x" * 501
    number = operation(handed(seen))
    number["payload"]["lines"][0]["despite"] = 7

    sent = [
        operation(handed(seen)), operation(handed(seen), version=1), long, number,
        operation(handed(seen, despite="đã hỏi bác sĩ")),
    ]  # fmt: skip
    receipts = push(client, *sent).json()["receipts"]

    assert [r["refusal"]["code"] if r.get("refusal") else r["status"] for r in receipts] == [
        ASKED, ASKED, "kernel.payload-invalid", "kernel.payload-invalid", "accepted",
    ]  # fmt: skip


def test_what_was_handed_out_before_it_was_asked_is_rebuilt(counter, monkeypatch):
    person = counter.person()
    seen = counter.visit(person, prescribed=(prescribed(),))
    not_borne(counter, person)
    with monkeypatch.context() as before:  # as the version before this one kept it
        before.setattr(Dispense.KIND, "version", 1)
        assert counter.told(handed(seen)) == ["accepted"]
    assert counter.told(handed(seen)) == [ASKED]

    again = replay()

    assert again.failed == []
    assert [table for table in again.tables if not table.same] == []
