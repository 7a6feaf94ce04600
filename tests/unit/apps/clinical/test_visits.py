"""Visits: taken whole or refused with a reason, amended, taken back, and answered by a referral."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import transaction
from msgspec.structs import replace

from tests.unit.apps.clinical.conftest import AT, NOW, TODAY, World, found, tables, values, visit
from tuyen.apps.access.actors import Actor
from tuyen.apps.clinical import queries
from tuyen.apps.clinical.keeping import plain
from tuyen.apps.clinical.operations import (
    AmendAllergy,
    AmendVisit,
    Answered,
    CloseMonth,
    Diagnosed,
    Dispensed,
    EndAllergy,
    Intolerance,
    Measured,
    NextVisit,
    RecordAllergy,
    RecordVisit,
    Referred,
    ReturnReferral,
    Served,
    VoidVisit,
)
from tuyen.apps.clinical.services import after_visit
from tuyen.apps.journal.replay import replay
from tuyen.apps.journal.services import commit
from tuyen.apps.registry.operations import RecordDeath
from tuyen.kernel.ids import uuid7
from tuyen.kernel.operation import Operation

AGAIN = NextVisit(on=date(2026, 11, 24))


def number(what: str, value: str, **rest: Any) -> tuple[Measured, ...]:
    return (Measured(what=what, value=Decimal(value), **rest),)


def answered(programme: str, **fields: str) -> tuple[Answered, ...]:
    return (Answered(programme=programme, fields=fields),)


REFUSED: dict[str, dict[str, Any]] = {
    "unknown-person": {"person": uuid7()},
    "before-birth": {"began_at": datetime(1960, 1, 5, 3, tzinfo=UTC)},
    "in-the-future": {"began_at": AT + timedelta(days=2)},
    "ends-before-it-begins": {"ended_at": AT - timedelta(minutes=5)},
    "unknown-measure": {"measured": number("sistolic", "120")},
    "not-a-number": {"measured": number("pulse", "NaN")},
    "not-possible": {"measured": number("weight", "6500", confirmed=True)},
    "not-believable": {"measured": number("weight", "5.2")},
    "pressures-swapped": {"measured": values(systolic=85, diastolic=135)},
    "code-misshapen": {"diagnosed": found("100")},
    "unknown-code": {"diagnosed": found("E48")},
    "code-of-another-time": {"diagnosed": found("A91")},
    "main-diagnosis": {"diagnosed": (Diagnosed(code="I10"), Diagnosed(code="E11.9"))},
    "never-main": {"diagnosed": found("W54")},
    "code-twice": {"diagnosed": found("I10", "I10")},
    "unknown-traditional-code": {"diagnosed": found("M54.5", traditional="lưng")},
    "next-not-after": {"next": NextVisit(on=TODAY)},
    "next-too-far": {"next": NextVisit(on=date(2062, 11, 24))},
    "unknown-service": {"served": (Served(code="23.0075.9999"),)},
    "unknown-care": {"care": "99"},
    "quantity-not-positive": {"served": (Served(code="23.0075.1494", quantity=Decimal(0)),)},
    "unknown-medicine": {"dispensed": (Dispensed(item="amlodipin-5", quantity=Decimal(30)),)},
    "referred-nowhere": {"referred": Referred(reason="đau ngực")},
    "unknown-facility": {"referred": Referred(reason="đau ngực", to=uuid7())},
    "unknown-programme": {"answered": answered("hypertensio", tobacco="yes")},
    "unknown-answer": {"answered": answered("hypertension", smokes="yes")},
    "answer-not-a-number": {"answered": answered("hypertension", missed_drugs="a few")},
    "answer-out-of-range": {"answered": answered("hypertension", missed_drugs="32")},
    "answer-not-a-choice": {"answered": answered("hypertension", tobacco="1")},
    "answer-needed": {"answered": answered("checkup", cost="120000")},
    "answered-twice": {"answered": answered("hypertension", tobacco="no") * 2},
}


def test_a_visit_is_saved_whole_by_one_operation(world: World) -> None:
    person = world.person()
    id = world.visit(
        person, next=AGAIN, advice="ăn nhạt",
        measured=(*values(systolic=142, diastolic=88), *number("glucose_fasting", "6.4")),
    )  # fmt: skip

    facts = queries.visit(by=world.by, id=id)

    assert facts is not None
    assert (facts.row.seq, facts.row.main, facts.row.next_on) == (1, "I10", AGAIN.on)
    assert facts.content.advice == "ăn nhạt"
    assert queries.last_values(by=world.by, persons=[person])[person]["glucose_fasting"] == (
        Decimal("6.4"), AT,
    )  # fmt: skip


def test_work_is_counted_from_the_live_visits_of_a_span(world: World) -> None:
    person, day = world.person(), timedelta(days=1)
    world.visit(person)
    world.visit(person, began_at=AT - 20 * day)
    world.visit(person, began_at=AT - 40 * day)
    gone = world.visit(person, began_at=AT - 10 * day)
    world.good(VoidVisit(visit=gone, reason="nhầm người"), unit=world.station)

    done = queries.work_done(by=Actor.program(TODAY), first=TODAY - 30 * day, last=TODAY)

    assert done == {world.station: {"visit": 2}}
    yesterday = queries.work_done(by=Actor.program(TODAY), first=TODAY - 30 * day, last=TODAY - day)
    assert yesterday == {world.station: {"visit": 1}}


def test_every_mistake_is_refused_with_its_own_code(world: World) -> None:
    person = world.person()
    told = world.told(*(visit(**{"person": person} | changes) for changes in REFUSED.values()))

    assert told == [f"clinical.{code}" for code in REFUSED]
    assert queries.day(by=world.by, unit=world.station, on=TODAY) == []


def test_a_wrong_answer_names_its_question_its_value_and_what_was_expected(world: World) -> None:
    wrong = visit(world.person(), answered=answered("hypertension", missed_drugs="ba ngày"))

    (receipt,) = world.send(wrong, unit=world.station)

    assert receipt.refusal is not None
    assert str(receipt.refusal.refusal()) == (
        "hypertension, missed_drugs: ba ngày is no number; expected 0 - 31 days."
    )


def test_an_answer_that_was_taken_before_answers_were_judged_is_taken_by_every_replay(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    person = world.person()
    wrong = visit(person, answered=answered("hypertension", missed_drugs="ba ngày"))
    unknown = visit(person, answered=answered("hypertensio", tobacco="yes"))
    with monkeypatch.context() as before:  # as the version before this one kept them
        for kind in (RecordVisit.KIND, AmendVisit.KIND):
            before.setattr(kind, "version", 3)
        first, second = world.good(wrong, unknown, unit=world.station)
        amended = AmendVisit(visit=second, reason="bổ sung", content=plain(wrong))
        world.good(amended, unit=world.station)
    kept = tables()
    assert world.told(wrong, unknown) == [
        "clinical.answer-not-a-number",
        "clinical.unknown-programme",
    ]

    rebuilt = replay()

    assert rebuilt.failed == []
    assert [one.table for one in rebuilt.tables if not one.same] == []
    assert tables() == kept
    read = {one.row.id: one for one in queries.visit_facts(by=world.by, ids=[first, second])}
    assert read[first].content.answered == read[second].content.answered == wrong.answered


def test_an_old_program_that_sends_a_wrong_answer_today_is_told(world: World) -> None:
    wrong = visit(world.person(), answered=answered("hypertension", missed_drugs="ba ngày"))
    sent = Operation.of(wrong, unit=world.station, happened_on=TODAY, recorded_at=NOW)

    (receipt,) = commit(by=world.by, operations=[replace(sent, version=3)], at=NOW)

    assert receipt.refusal is not None
    assert receipt.refusal.code == "clinical.answer-not-a-number"


def test_a_visit_after_the_death_and_of_somebody_born_the_century_before_last_is_refused(
    world: World,
) -> None:
    dead, old = world.person("Lò Thị Ơn"), world.person("Lò Văn Cổ", date(1902, 5, 1))
    world.good(RecordDeath(person=dead, on=date(2026, 10, 20)), unit=world.village)

    told = world.told(visit(dead), visit(old))

    assert told == ["clinical.after-death", "clinical.too-old"]


def test_swapped_pressures_say_so_even_when_they_were_confirmed(world: World) -> None:
    swapped = (
        Measured(what="systolic", value=Decimal(80), confirmed=True),
        Measured(what="diastolic", value=Decimal(130), confirmed=True),
    )
    (receipt,) = world.send(visit(world.person(), measured=swapped), unit=world.station)

    assert receipt.refusal is not None
    assert "80" in str(receipt.refusal.refusal())
    assert receipt.refusal.code == "clinical.pressures-swapped"


def test_an_unlikely_value_is_taken_when_it_was_confirmed(world: World) -> None:
    heavy = number("weight", "180", confirmed=True)

    assert world.told(visit(world.person(), measured=heavy)) == ["accepted"]


def test_a_code_is_judged_by_the_list_of_the_day_on_which_the_visit_ended(world: World) -> None:
    person = world.person()
    before = datetime(2026, 6, 29, 2, tzinfo=UTC)
    over = datetime(2026, 7, 1, 2, tzinfo=UTC)

    told = world.told(
        visit(person, diagnosed=found("A90"), began_at=before),
        visit(person, diagnosed=found("A90"), began_at=before, ended_at=over),
    )

    assert told == ["accepted", "clinical.code-of-another-time"]


def test_a_card_is_checked_as_the_registry_does(world: World) -> None:
    person = world.person()
    told = world.told(visit(person, payer="insurance", card="DN4"))
    odd = world.visit(person, payer="insurance", card="XX 4 11 1234567890")
    none = world.visit(person, payer="insurance")

    rows = queries.visits(by=world.by, ids=[odd, none])

    assert told == ["registry.insurance-number-form"]
    assert (rows[odd].card, rows[odd].doubts) == ("XX4111234567890", "registry.card-group")
    assert (rows[none].card, rows[none].doubts) == ("", "clinical.no-card")


def test_an_amendment_stands_in_the_place_of_what_was_said_and_what_was_said_stays(
    world: World,
) -> None:
    person = world.person()
    id = world.visit(person)
    told = plain(visit(person, measured=values(systolic=152, diastolic=88)))

    assert world.told(AmendVisit(visit=id, reason="đọc nhầm", content=told)) == ["accepted"]
    again = world.told(AmendVisit(visit=id, reason="đọc nhầm", content=told))

    facts = queries.visit(by=world.by, id=id)
    assert facts is not None
    assert (facts.row.version, facts.row.seq) == (2, 1)
    assert queries.last_values(by=world.by, persons=[person])[person]["systolic"][0] == 152
    steps = queries.history(by=world.by, id=id)
    assert [(step.what, step.reason) for step in steps] == [("amended", "đọc nhầm")]
    assert steps[0].content.measured[0].value == 142
    assert again == ["clinical.nothing-changes"]


def test_a_visit_that_did_not_take_place_leaves_no_value_behind(world: World) -> None:
    person = world.person()
    id = world.visit(person)

    assert world.told(VoidVisit(visit=id, reason="nhầm người")) == ["accepted"]

    assert queries.day(by=world.by, unit=world.station, on=TODAY) == []
    assert queries.last_values(by=world.by, persons=[person]) == {person: {}}
    told = world.told(
        VoidVisit(visit=id, reason="nhầm người"),
        AmendVisit(visit=id, reason="sửa lại", content=plain(visit(person))),
    )
    assert told == ["clinical.visit-is-void"] * 2


def test_another_unit_changes_no_visit(world: World) -> None:
    id = world.visit(world.person())

    told = world.told(VoidVisit(visit=id, reason="nhầm người"), unit=world.elsewhere)

    assert told == ["clinical.unknown-visit"]


def test_a_referral_comes_back_once(world: World) -> None:
    person = world.person()
    id = world.visit(person, referred=Referred(reason="đau ngực", to_name="Bệnh viện tỉnh"))
    other = world.visit(person)
    back = ReturnReferral(visit=id, on=TODAY, from_name="BV tỉnh", text="Đã đặt stent")

    told = world.told(back, back, ReturnReferral(visit=other, on=TODAY, from_name="B", text="x"))

    assert told == ["accepted", "clinical.returned-already", "clinical.nobody-sent"]
    facts = queries.visit(by=world.by, id=id)
    assert facts is not None
    assert facts.returned is not None
    assert (facts.row.referral, facts.returned.text) == ("returned", "Đã đặt stent")


def test_an_amendment_keeps_what_came_back(world: World) -> None:
    person = world.person()
    sent = Referred(reason="đau ngực", to_name="Bệnh viện tỉnh")
    id = world.visit(person, referred=sent)
    world.told(ReturnReferral(visit=id, on=TODAY, from_name="BV tỉnh", text="Đã đặt stent"))

    content = plain(visit(person, referred=sent, advice="nghỉ ngơi"))
    assert world.told(AmendVisit(visit=id, reason="bổ sung", content=content)) == ["accepted"]

    facts = queries.visit(by=world.by, id=id)
    assert facts is not None
    assert facts.returned is not None


def test_the_parts_of_the_room_are_told_of_every_change_in_its_order(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[Any] = []
    monkeypatch.setattr(after_visit, "AFTER", [told.extend])
    person = world.person()
    id = world.visit(person)
    content = plain(visit(person, advice="ăn nhạt"))
    world.good(AmendVisit(visit=id, reason="bổ sung", content=content), unit=world.station)
    world.good(VoidVisit(visit=id, reason="nhầm người"), unit=world.station)

    assert [(c.before is None, c.after is None, c.visit_id) for c in told] == [
        (True, False, id), (False, False, id), (False, True, id),
    ]  # fmt: skip


def test_a_batch_is_its_entries_one_by_one_and_a_replay_makes_the_same_rows(world: World) -> None:
    person, other = world.person(), world.person("Lò Thị Ơn")
    first, second, third = uuid7(), uuid7(), uuid7()
    sad = found("F32.1", "I10")
    sent = Referred(reason="đau ngực", to_name="Bệnh viện tỉnh")
    known, statins = uuid7(), Intolerance(against="class", code="statins", severity="severe")
    story = [
        visit(person, diagnosed=sad, next=AGAIN), visit(other, referred=sent), visit(other),
        AmendVisit(visit=first, reason="bổ sung", content=plain(visit(person, next=AGAIN))),
        AmendVisit(visit=second, reason="bổ sung", content=plain(visit(other, diagnosed=sad))),
        visit(person, began_at=datetime(2026, 9, 2, 2, tzinfo=UTC)), CloseMonth(month="2026-09"),
        RecordAllergy(person=person, noted_on=TODAY, what=Intolerance(against="none")),
        RecordAllergy(person=person, noted_on=TODAY, what=statins),
        AmendAllergy(allergy=known, reason="nhẹ hơn", what=replace(statins, severity="mild")),
        EndAllergy(allergy=known, on=TODAY, how="error", reason="nhầm người"),
        VoidVisit(visit=third, reason="ghi trùng"), VoidVisit(visit=third, reason="ghi trùng"),
    ]  # fmt: skip
    ids = [
        first,
        second,
        third,
        *(uuid7() for _ in story[3:8]),
        known,
        *(uuid7() for _ in story[9:]),
    ]
    seen = []
    for cut in (None, 1):
        before = transaction.savepoint()  # not a block: a commit insists on being the outermost
        statuses = [r.status for r in world.send(*story, unit=world.station, ids=ids, size=cut)]
        seen.append((statuses, tables()))
        if cut is None:
            transaction.savepoint_rollback(before)
    assert seen[0] == seen[1]
    assert seen[0][0].count("refused") == 1

    rebuilt = replay()

    assert rebuilt.failed == []
    assert [one.table for one in rebuilt.tables if not one.same] == []
    assert tables() == seen[0][1]
