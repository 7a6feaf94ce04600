"""From a pregnancy to a child: what is taken, what is answered, and what follows from a visit."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.unit.apps.clinical.caring import (
    LMP,
    TABLES,
    birth,
    child,
    family,
    operations,
    pregnant,
    rows,
    seen,
)
from tests.unit.apps.clinical.conftest import NOW, TODAY, visit
from tuyen.apps.clinical.models import Birth, Delivery, GrowthPoint, MotherContact, Pregnancy
from tuyen.apps.clinical.operations import (
    AmendPregnancy,
    Born,
    EndPregnancy,
    PregnancyChanges,
    RecordBirth,
    RegisterPregnancy,
    ReviewMaternalDeath,
    VoidBirth,
    VoidVisit,
)
from tuyen.apps.clinical.queries import mother_figures, mothers
from tuyen.apps.immunization import queries as immunization
from tuyen.apps.journal.replay import replay
from tuyen.apps.journal.services import commit
from tuyen.apps.registry.operations import AmendPerson, RecordDeath, RegisterPerson
from tuyen.kernel.ids import uuid7


@pytest.fixture
def home(world):
    household, mother, father = family(world)
    world.household, world.mother, world.father = household, mother, father
    return world


def code(world, payload, **rest):
    return world.told(payload, **rest)[0]


def registered(world, **rest):
    return RegisterPregnancy(**{"person": world.mother, "lmp": LMP} | rest)


@pytest.mark.parametrize(
    ("said", "refusal"),
    [
        ({"lmp": None}, "dating-missing"),
        ({"lmp": TODAY + timedelta(2)}, "in-the-future"),
        ({"lmp": LMP, "edd": LMP + timedelta(280 + 29)}, "dates-apart"),
        ({"lmp": date(2025, 10, 25)}, "pregnancy-too-long"),
        ({"lmp": None, "edd": TODAY + timedelta(300)}, "in-the-future"),
        ({"gravida": 1, "para": 1}, "para-over-gravida"),
        ({"person": uuid7()}, "unknown-person"),
    ],
)
def test_a_pregnancy_that_cannot_be(home, said, refusal):
    assert code(home, registered(home, **said)) == f"clinical.{refusal}"


def test_who_can_be_pregnant(home):
    girl = child(home, home.household, born=date(2019, 5, 5), sex=2)

    assert code(home, registered(home, person=home.father)) == "clinical.not-a-woman"
    assert code(home, registered(home, person=girl)) == "clinical.age-of-a-mother"


def test_one_pregnancy_at_a_time_also_within_a_commit(home):
    told = home.told(registered(home), registered(home))

    assert told == ["accepted", "clinical.pregnant-already"]


def test_a_pregnancy_is_redated_and_ended(home):
    id = pregnant(home, home.mother)
    later = PregnancyChanges(edd=LMP + timedelta(290), dated_by="ultrasound")

    home.good(AmendPregnancy(pregnancy=id, changes=later, reason="siêu âm"), unit=home.station)
    row = Pregnancy.objects.get()
    assert (row.begun_on, row.revision) == (LMP + timedelta(10), 1)
    same = AmendPregnancy(pregnancy=id, changes=later, reason="siêu âm")
    assert code(home, same) == "clinical.nothing-of-pregnancy-changes"
    assert code(home, same, unit=home.elsewhere) == "clinical.unknown-pregnancy"
    lost = EndPregnancy(pregnancy=id, on=TODAY, how="loss")
    assert code(home, lost) == "clinical.loss-unsaid"
    early = EndPregnancy(pregnancy=id, on=LMP, how="moved")
    assert code(home, early) == "clinical.end-before-beginning"
    end = EndPregnancy(pregnancy=id, on=TODAY, how="loss", loss="miscarriage")
    assert home.told(end, end) == ["accepted", "clinical.pregnancy-over"]
    assert Pregnancy.objects.get().state == "over"
    assert mothers.ending(by=home.by, pregnancy=id) == ("loss", "miscarriage", "")


def test_contacts_follow_from_visits_whenever_they_are_told(home):
    early = seen(home, home.mother, LMP + timedelta(70), "antenatal", systolic=118, diastolic=75)
    seen(home, home.mother, TODAY - timedelta(20), "antenatal", {"bleeding": "yes"},
         systolic=150, diastolic=92, haemoglobin="10.2")  # fmt: skip
    home.good(visit(home.mother), unit=home.station)  # for something else
    pregnant(home, home.mother)

    (row,) = mothers.pregnancies(by=home.by, on=TODAY)
    assert row.contacts[0].visit == early
    assert row.signs == ("bleeding", "pressure-high", "anaemia")
    assert row.standing.done == 2
    assert (row.name, row.gestation) == ("Giàng Thị Mỷ", (36, 0))

    home.good(VoidVisit(visit=early, reason="nhầm người"), unit=home.station)
    assert MotherContact.objects.count() == 1


def test_a_birth_makes_a_child_whose_first_doses_are_due(home):
    id = pregnant(home, home.mother)
    newborn = uuid7()
    payloads = (
        RegisterPerson(
            name="Vàng A Tủa", sex=1, born_on=TODAY, household=home.household, role="child"
        ),
        birth(home.mother, born=(Born(sex=1, person=newborn, weight=3100, vitamin_k=True),)),
    )
    receipts = commit(by=home.by, operations=operations(home, *payloads, ids=[newborn]), at=NOW)

    assert [receipt.status for receipt in receipts] == ["accepted", "accepted"]
    (row,) = mothers.births(by=home.by, first=TODAY, last=TODAY)
    assert (row.person, row.mother, row.weight, row.weeks) == (newborn, home.mother, 3100, 36)
    assert row.pregnancy == id
    assert mothers.pregnancies(by=home.by, on=TODAY) == []
    card = immunization.card(by=home.by, person=newborn)
    due = (
        {
            row.group
            for row in card.groups
            if row.status == "not_complete" and row.recommended == TODAY
        }
        if card
        else set()
    )
    assert {"BCG", "HepB birth dose"} <= due


BORN = [
    ("child-not-registered", lambda w, c: {"born": (Born(sex=1),)}),
    ("stillborn-registered", lambda w, c: {"born": (Born(sex=1, person=c, alive=False),)}),
    ("child-differs", lambda w, c: {"born": (Born(sex=2, person=c),)}),
    ("newborn-measure", lambda w, c: {"born": (Born(sex=1, person=c, weight=31000 // 2),)}),
    ("newborn-measure", lambda w, c: {"born": (Born(sex=1, person=c, length=Decimal("NaN")),)}),
    ("same-child-twice", lambda w, c: {"born": (Born(sex=1, person=c),) * 2}),
    ("unknown-person", lambda w, c: {"born": (Born(sex=1, person=uuid7()),)}),
    ("not-a-woman", lambda w, c: {"mother": w.father, "born": (Born(sex=1, person=c),)}),
]  # fmt: skip


def test_births_that_cannot_be(home):
    newborn = child(home, home.household)

    for refusal, said in BORN:
        told = said(home, newborn)
        mother = told.pop("mother", home.mother)
        assert code(home, birth(mother, **told)) == f"clinical.{refusal}", refusal
    yesterday = birth(home.mother, newborn, on=TODAY - timedelta(1))
    assert code(home, yesterday) == "clinical.child-differs"
    tomorrow = birth(home.mother, born=(Born(sex=1, alive=False),), on=TODAY + timedelta(1))
    assert code(home, tomorrow) == "clinical.in-the-future"


def test_a_birth_fits_the_pregnancy_and_the_household(home):
    household, other, _ = family(home, "Sùng Thị Dua")
    strange = child(home, household)
    pregnant(home, home.mother, lmp=TODAY - timedelta(60))

    assert code(home, birth(home.mother, strange)) == "clinical.birth-too-early"
    assert code(home, birth(other, child(home, home.household))) == "clinical.child-elsewhere"


def test_twins_are_one_delivery_and_a_child_is_born_once(home):
    pregnant(home, home.mother)
    twins = child(home, home.household), child(home, home.household, sex=2, name="Vàng Thị Súa")
    both = tuple(Born(sex=sex, person=one) for sex, one in zip((1, 2), twins, strict=True))

    assert code(home, birth(home.mother, born=both)) == "accepted"
    assert code(home, birth(home.mother, twins[0])) == "clinical.delivered-already"
    assert [row.number for row in Birth.objects.order_by("number")] == [1, 2]
    id = Delivery.objects.get().pk
    assert (
        code(home, VoidBirth(delivery=id, reason="nhầm"), unit=home.elsewhere)
        == "clinical.unknown-delivery"
    )
    assert home.told(*[VoidBirth(delivery=id, reason="nhầm mẹ")] * 2) == [
        "accepted", "clinical.delivery-is-void",
    ]  # fmt: skip
    assert Pregnancy.objects.get().state == "open"
    assert code(home, birth(home.mother, born=both)) == "accepted"


def test_a_stillbirth_has_no_record(home):
    pregnant(home, home.mother)
    home.good(birth(home.mother, born=(Born(sex=3, alive=False, weight=1200),)), unit=home.station)

    figures = mother_figures.mother_figures(by=home.by, first=TODAY, last=TODAY)
    assert (figures.deliveries, figures.live, figures.stillborn) == (1, 0, 1)


def test_a_mothers_death_waits_for_its_audit(home):
    born = TODAY - timedelta(30)
    home.good(
        birth(home.mother, child(home, home.household, born=born), on=born), unit=home.station
    )
    review = ReviewMaternalDeath(person=home.mother, kind="direct", cause="O72.1",
                                 findings="Băng huyết, chuyển muộn 3 giờ.")  # fmt: skip
    assert code(home, review) == "clinical.not-a-maternal-death"
    home.good(
        RecordDeath(person=home.mother, on=TODAY - timedelta(2), cause="O72.1"), unit=home.station
    )

    span = {"first": TODAY - timedelta(60), "last": TODAY}
    (death,) = mother_figures.maternal_deaths(by=home.by, **span)
    assert (death.days_after, death.reviewed_on) == (28, None)
    home.good(review, unit=home.station)
    (death,) = mother_figures.maternal_deaths(by=home.by, **span)
    assert (death.reviewed_on, death.kind) == (TODAY, "direct")


def test_mothers_are_seen_after_the_birth(home):
    born = TODAY - timedelta(5)
    home.good(
        birth(home.mother, child(home, home.household, born=born), on=born), unit=home.station
    )
    seen(home, home.mother, born, "postnatal", temperature="38.2")

    (row,) = mothers.mothers(by=home.by, on=TODAY)
    assert [place.state for place in row.standing.places] == ["done", "due", "ahead"]
    assert row.standing.late_days == 2
    assert row.contacts[0].signs == ("fever",)


def test_figures_name_their_denominators(home):
    begun = TODAY - timedelta(39 * 7)
    for weeks in (10, 20, 30, 36):
        seen(
            home, home.mother, begun + timedelta(weeks * 7), "antenatal", systolic=110, diastolic=70
        )
    pregnant(home, home.mother, lmp=begun)
    home.good(birth(home.mother, born=(Born(sex=1, person=child(home, home.household), weight=2400,
                                            breastfed=True),)), unit=home.station)  # fmt: skip

    told = mother_figures.mother_figures(by=home.by, first=TODAY, last=TODAY)
    assert (told.followed, told.four_in_three, told.eight, told.skilled) == (1, 1, 0, 1)
    assert (told.weighed, told.low_weight, told.vitamin_k_known, told.breastfed) == (1, 1, 0, 1)
    assert told.sex_ratio is None


def everything(world):
    """Operations of every kind of mothers, some of which are refused."""
    household, other, _ = family(world, "Sùng Thị Dua")
    newborn = child(world, household)
    return [
        registered(world), registered(world), registered(world, person=other),
        registered(world, person=world.father), birth(other, newborn), birth(other, newborn),
        birth(world.mother, born=(Born(sex=2, alive=False),)), registered(world),
    ]  # fmt: skip


@pytest.mark.parametrize("size", [1, 3])
def test_one_by_one_is_as_all_at_once_and_replay_as_both(home, size):
    payloads = everything(home)
    ids = [uuid7() for _ in payloads]
    told = home.told(*payloads, ids=ids, size=size)
    held = rows()

    assert told == [
        "accepted", "clinical.pregnant-already", "accepted", "clinical.not-a-woman", "accepted",
        "clinical.delivered-already", "accepted", "clinical.too-soon-after-birth",
    ]  # fmt: skip
    assert sum(map(len, held.values())) == 6
    assert replay().same
    assert rows() == held
    assert len(TABLES) == len(held)


def test_lists_take_as_many_queries_for_many(home):
    def ask():
        with CaptureQueriesContext(
            connection,
        ) as caught:
            mothers.pregnancies(by=home.by, on=TODAY)
            mothers.births(by=home.by, first=TODAY - timedelta(50), last=TODAY)
            mothers.mothers(by=home.by, on=TODAY)
            mother_figures.mother_figures(by=home.by, first=LMP, last=TODAY)
        return len(caught)

    def add(n):
        _, mother, _ = family(home, f"Hờ Thị {n}")
        seen(home, mother, LMP + timedelta(80), "antenatal", systolic=110, diastolic=70)
        pregnant(home, mother)
        other, woman, _ = family(home, f"Mùa Thị {n}")
        home.good(birth(woman, child(home, other)), unit=home.station)

    add("Mai")
    ask()
    one = ask()
    for n in ("Dở", "Say", "Chở"):
        add(n)
    assert ask() == one


def test_a_corrected_birth_corrects_the_curve(home):
    id = child(home, home.household, born=date(2025, 10, 25))
    seen(home, id, TODAY, weight="9.6", length="75.7")
    before = GrowthPoint.objects.get()

    home.good(AmendPerson(person=id, born_on=date(2025, 4, 25)), unit=home.station)

    after = GrowthPoint.objects.get()
    assert (before.stunting, after.stunting) == ("none", "moderate")
    assert after.age_days == before.age_days + 183
    assert replay().same


def test_told_at_the_moment_of_the_birth(home):
    newborn = child(home, home.household)
    wrong = birth(home.mother, newborn, at=datetime(2026, 10, 24, 3, tzinfo=UTC))

    assert isinstance(wrong, RecordBirth)
    assert code(home, wrong) == "clinical.in-the-future"
