"""What somebody does not bear: kept, amended, ended, and asked about where a visit gives it."""

from datetime import date, timedelta
from decimal import Decimal

from tests.unit.apps.clinical.conftest import TODAY, assistant, visit
from tuyen.apps.clinical import queries
from tuyen.apps.clinical.models import Allergy
from tuyen.apps.clinical.operations import (
    AmendAllergy,
    AmendVisit,
    Content,
    Dispensed,
    EndAllergy,
    Intolerance,
    Prescribed,
    RecordAllergy,
)

BEFORE = TODAY - timedelta(days=200)
PENICILLIN = Intolerance(
    against="class", code="penicillins", severity="severe", reaction="sốc phản vệ"
)


def took(item: str, despite: str = "") -> Prescribed:
    return Prescribed(
        item=item, dose=Decimal(1), times=2, days=5, quantity=Decimal(10), despite=despite
    )


def told(world, person, what=PENICILLIN, on=BEFORE, **rest):
    return world.told(RecordAllergy(person=person, noted_on=on, what=what), **rest)[0]


ASKED, TAKEN = "clinical.allergy-unanswered", "accepted"
CASES = [
    (PENICILLIN, "amoxiclav-625", ASKED),
    (PENICILLIN, "cephalexin-500", ASKED),  # it may cross
    (PENICILLIN, "azithromycin-250", TAKEN),
    (Intolerance(against="item", code="ibuprofen-400"), "diclofenac-50", ASKED),
    (Intolerance(against="other", name="Bactrim (sulfamethoxazole)"), "cotrimoxazole-480", ASKED),
    (Intolerance(against="other", name="tôm", category="food"), "amoxicillin-500", TAKEN),
    (Intolerance(against="none"), "amoxicillin-500", TAKEN),
]  # fmt: skip


def test_a_medicine_that_is_not_borne_takes_a_reason(world):
    people = [world.person(name=f"Lò Văn Pánh {n}") for n in range(len(CASES))]
    world.told(*[RecordAllergy(person=person, noted_on=BEFORE, what=case[0])
                 for person, case in zip(people, CASES, strict=True)])  # fmt: skip

    def answers(why):
        return world.told(*[visit(person, prescribed=(took(case[1], why),))
                            for person, case in zip(people, CASES, strict=True)])  # fmt: skip

    assert answers("") == [case[2] for case in CASES]
    assert set(answers("đã thử, có theo dõi")) == {TAKEN}


def test_what_is_handed_out_without_a_prescription_is_asked_about_too(world):
    person = world.person()
    told(world, person)
    given = Dispensed(item="amoxicillin-500", quantity=Decimal(10))

    assert world.told(visit(person, dispensed=(given,))) == ["clinical.allergy-unanswered"]


def test_a_visit_is_not_blamed_for_what_was_known_later_and_a_correction_answers_for_what_it_adds(
    world,
):
    person = world.person()
    id = world.visit(person, prescribed=(took("amoxicillin-500"),))
    told(world, person, on=TODAY)
    same = visit(person, prescribed=(took("amoxicillin-500"),), course="nổi mày đay")
    more = visit(person, prescribed=(took("amoxicillin-500"), took("ceftriaxone-1g")))

    def amend(payload):
        content = Content(**{n: getattr(payload, n) for n in Content.__struct_fields__})
        return world.told(AmendVisit(visit=id, reason="ghi thêm", content=content))

    assert amend(same) == ["accepted"]
    assert amend(more) == ["clinical.allergy-unanswered"]


def test_amending_and_ending_keep_what_had_stood(world):
    person = world.person()
    told(world, person)
    (row,) = queries.allergies_of(by=world.by, person=person)
    milder = Intolerance(against="class", code="penicillins", severity="mild", reaction="ban")
    amend = AmendAllergy(allergy=row.id, reason="xem lại hồ sơ", what=milder)

    assert world.told(amend, amend) == ["accepted", "clinical.allergy-unchanged"]
    end = EndAllergy(allergy=row.id, on=TODAY, how="refuted", reason="test da âm tính")
    assert world.told(end) == ["accepted"]
    assert world.told(visit(person, prescribed=(took("amoxicillin-500"),))) == ["accepted"]
    assert queries.allergies_of(by=world.by, person=person) == []
    changes = queries.allergy_changes(by=world.by, ids=[row.id])
    assert {(one.what, one.before.severity) for one in changes} == {
        ("amended", "severe"),
        ("ended", "mild"),
    }


WRONG = [
    (Intolerance(against="item", code="penicilin-999"), BEFORE, "clinical.unknown-against"),
    (Intolerance(against="class", code="penicilin"), BEFORE, "clinical.unknown-against"),
    (Intolerance(against="other", name=" "), BEFORE, "clinical.against-unnamed"),
    (PENICILLIN, TODAY + timedelta(days=1), "clinical.in-the-future"),
    (PENICILLIN, date(1960, 1, 1), "clinical.before-birth"),
    (Intolerance(against="class", code="statins", since=TODAY), BEFORE, "clinical.in-the-future"),
]  # fmt: skip


def test_what_cannot_be_is_refused(world):
    person = world.person()

    assert world.told(
        *[RecordAllergy(person=person, noted_on=on, what=what) for what, on, _code in WRONG]
    ) == [code for *_case, code in WRONG]


def test_the_same_is_not_kept_twice_and_none_known_ends_where_one_is(world):
    person = world.person()
    none = Intolerance(against="none")

    assert [told(world, person, what) for what in (none, PENICILLIN, PENICILLIN, none)] == [
        "accepted", "accepted", "clinical.allergy-already", "clinical.allergy-known",
    ]  # fmt: skip
    assert Allergy.objects.get(against="none").how == "superseded"


def test_another_station_cannot_change_it(world):
    person = world.person()
    told(world, person)
    (row,) = queries.allergies_of(by=world.by, person=person)
    end = EndAllergy(allergy=row.id, on=TODAY, how="error", reason="nhầm người")

    assert world.told(end, unit=world.elsewhere) == ["clinical.unknown-allergy"]
    assert world.told(EndAllergy(allergy=row.id, on=BEFORE - timedelta(days=1), how="error",
                                 reason="nhầm")) == ["clinical.ends-before-it-was-noted"]  # fmt: skip


def test_a_medicine_that_tells_its_taker_is_named_for_care_only_and_asked_about_always(world):
    person = world.person()
    told(world, person, Intolerance(against="item", code="arv-tld", reaction="phát ban"))

    assert queries.allergies_of(by=assistant(world.station), person=person) == []
    (row,) = queries.allergies_of(by=assistant(world.station, "care"), person=person)
    assert row.apart
    (refused,) = world.send(visit(person, prescribed=(took("arv-tld"),)), unit=world.station)
    assert refused.refusal.values["what"] == "-"
