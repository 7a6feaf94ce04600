"""Growth and its treatment, methods of contraception, and what couples hand on."""

from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest

from tests.unit.apps.clinical.caring import child, family, pregnant, rows, seen
from tests.unit.apps.clinical.conftest import TODAY
from tuyen.apps.access.actors import Actor
from tuyen.apps.clinical.models import GrowthPoint, NutritionCare
from tuyen.apps.clinical.operations import (
    AdmitMalnourished,
    AdviseCouple,
    DischargeMalnourished,
    LinkCouple,
    PartCouple,
    RecordContraception,
    RecordThalassaemia,
    VoidContraception,
    VoidThalassaemia,
)
from tuyen.apps.clinical.queries import families, growth
from tuyen.apps.journal.replay import replay
from tuyen.kernel.ids import uuid7

BORN = date(2025, 4, 20)


@pytest.fixture
def home(world):
    world.household, world.mother, world.father = family(world)
    return world


def code(world, payload, **rest):
    return world.told(payload, **rest)[0]


def thin(home, on=TODAY, **rest):
    id = child(home, home.household, born=BORN)
    seen(home, id, on, "child_nutrition", rest.pop("answers", None),
         **{"weight": "7.0", "length": "76.0", "muac": "11.2"} | rest)  # fmt: skip
    return id


def test_a_visit_is_a_point_of_the_curve(home):
    id = thin(home, answers={"vitamin_a": "200000"})

    (point,) = growth.growth(by=home.by, person=id)
    assert (point.position, point.acute, point.wasting) == ("lying", "severe", "severe")
    assert point.vitamin_a == 200000
    assert point.score("wfh") == point.wfh < -3


def test_a_score_that_cannot_be_true_is_kept_and_not_counted(home):
    id = child(home, home.household, born=BORN)
    seen(home, id, TODAY, weight="14.0", length="62.0")

    (point,) = growth.growth(by=home.by, person=id)
    assert "wfh" in point.doubtful.split(",")
    assert point.hfa is not None
    assert point.score("wfh") is None
    assert point.over == "unknown"


def test_a_thin_child_is_found_treated_and_let_go(home):
    first = TODAY - timedelta(28)
    id = thin(home, first)
    (found,) = growth.found_malnourished(by=home.by, on=TODAY)
    assert found.person == id

    admit = AdmitMalnourished(person=id, since=first, how="outpatient")
    assert home.told(admit, admit) == ["accepted", "clinical.under-care-already"]
    care = NutritionCare.objects.get().pk
    assert growth.found_malnourished(by=home.by, on=TODAY) == []
    (row,) = growth.under_treatment(by=home.by, on=TODAY)
    assert (row.late_days(TODAY), row.defaulted(TODAY)) == (21, True)

    cured = DischargeMalnourished(care=care, on=TODAY, outcome="cured")
    assert code(home, cured) == "clinical.not-cured-yet"
    seen(home, id, TODAY - timedelta(7), weight="9.2", length="76.5", muac="12.8")
    away = DischargeMalnourished(care=care, on=TODAY, outcome="defaulted")
    assert code(home, away) == "clinical.not-defaulted-yet"
    assert code(home, cured) == "clinical.not-cured-yet"
    seen(home, id, TODAY, weight="9.3", length="76.6", muac="12.9")
    assert growth.under_treatment(by=home.by, on=TODAY)[0].may_leave
    early = DischargeMalnourished(care=care, on=first - timedelta(1), outcome="moved")
    assert code(home, early) == "clinical.discharge-before-admission"
    assert code(home, cured, unit=home.elsewhere) == "clinical.unknown-care-of-child"
    assert home.told(cured, cured) == ["accepted", "clinical.discharged-already"]
    quality = growth.treatment_quality(by=home.by, first=first, last=TODAY)
    assert (quality.cured, quality.good) == (1, True)
    held = rows()
    assert replay().same
    assert rows() == held


def test_treatment_is_that_of_the_measures(home):
    id = thin(home, answers={"appetite": "no"})
    fat = child(home, home.household, born=BORN)
    seen(home, fat, TODAY, weight="10.5", length="77.0")
    never = child(home, home.household, born=BORN)

    def admit(person, how="outpatient"):
        return code(home, AdmitMalnourished(person=person, since=TODAY, how=how))

    assert admit(id) == "clinical.wrong-care"
    assert admit(id, "inpatient") == "accepted"
    assert admit(fat) == "clinical.not-malnourished"
    assert admit(never) == "clinical.not-measured"


def test_figures_of_growth_have_their_denominators(home):
    thin(home)
    other = child(home, home.household, born=date(2024, 10, 25))
    seen(home, other, TODAY - timedelta(3), weight="12.0")
    child(home, home.household, born=TODAY - timedelta(90))

    (row,) = growth.growth_figures(by=home.by, first=TODAY - timedelta(30), last=TODAY)
    assert (row.commune, row.children, row.measured) == (home.commune, 3, 2)
    assert (row.stunted_of, row.wasted, row.wasted_of, row.severe) == (1, 1, 1, 1)
    assert row.underweight_of == 2


def step(home, what="start", method="pill", on=TODAY, person=None, **rest):
    return RecordContraception(
        person=person or home.mother, on=on, what=what, method=method, **rest
    )


def test_steps_that_cannot_be(home):
    assert code(home, step(home, method="beads")) == "clinical.unknown-method"
    assert code(home, step(home, method="vasectomy")) == "clinical.method-of-the-other-sex"
    assert code(home, step(home, side_effects=("luck",))) == "clinical.unknown-method"
    assert code(home, step(home, "stop")) == "clinical.stop-without-reason"
    assert code(home, step(home, "follow-up")) == "clinical.not-in-use"
    assert code(home, step(home, on=TODAY + timedelta(1))) == "clinical.in-the-future"
    pregnant(home, home.mother)
    assert code(home, step(home)) == "clinical.pregnant-now"
    assert code(home, step(home, method="condom")) == "accepted"


def test_users_follow_from_the_steps_that_stand(home):
    began = TODAY - timedelta(50)
    (id,) = home.good(step(home, on=began), unit=home.station, on=began)
    home.good(step(home, person=home.father, method="vasectomy"), unit=home.station)

    (first, second) = families.users(by=home.by, on=TODAY)
    assert (first.person, first.late_days, second.use.until) == (home.mother, 22, None)
    figures = families.method_figures(by=home.by, on=TODAY)
    assert (figures.modern, figures.modern_women, figures.women) == (2, 1, 1)
    stop = step(home, "stop", reason="side-effect", side_effects=("headache",))
    assert code(home, stop) == "accepted"
    assert len(families.users(by=home.by, on=TODAY)) == 1
    void = VoidContraception(step=id, reason="nhầm người")
    assert code(home, void, unit=home.elsewhere) == "clinical.unknown-step"
    assert home.told(void, void) == ["accepted", "clinical.step-is-void"]
    assert replay().same


def results_of(person, **rest):
    return RecordThalassaemia(person=person, on=TODAY, **rest)


def test_results_that_cannot_be(home):
    assert code(home, results_of(home.mother)) == "clinical.nothing-measured"
    assert code(home, results_of(home.mother, mcv=Decimal(680))) == "clinical.blood-not-possible"
    assert code(home, results_of(home.mother, beta=("N", "b9"))) == "clinical.no-genotype"
    assert code(home, results_of(home.mother, beta=("N",))) == "clinical.no-genotype"


def test_a_couple_at_risk(home):
    home.good(results_of(home.mother, mcv=Decimal(66), hba2=Decimal("5.2")), unit=home.station)
    (gene,) = home.good(results_of(home.father, beta=("N", "b0")), unit=home.station)
    pair = LinkCouple(woman=home.mother, man=home.father, since=TODAY)
    assert (
        code(home, LinkCouple(woman=home.father, man=home.mother, since=TODAY))
        == "clinical.not-a-pair"
    )
    assert home.told(pair, pair) == ["accepted", "clinical.couple-already"]

    (row,) = families.couples(by=home.by)
    assert (row.woman.test.seen, row.man.test.seen) == ("beta-carrier", "carrier")
    assert (row.risk.least, row.risk.most) == (Fraction(1, 4), Fraction(1, 4))

    told = AdviseCouple(couple=row.id, on=TODAY, what="counselled")
    assert (
        code(home, AdviseCouple(couple=row.id, on=TODAY, what="prenatal"))
        == "clinical.result-unsaid"
    )
    assert (
        code(home, AdviseCouple(couple=uuid7(), on=TODAY, what="counselled"))
        == "clinical.unknown-couple"
    )
    past = AdviseCouple(couple=row.id, on=TODAY - timedelta(1), what="counselled")
    assert code(home, past) == "clinical.before-the-couple"
    home.good(told, unit=home.station)
    assert families.couple(by=home.by, id=row.id).counselled_on == TODAY

    void = VoidThalassaemia(test=gene, reason="của người khác")
    assert home.told(void, void) == ["accepted", "clinical.step-is-void"]
    assert families.couple(by=home.by, id=row.id).risk.most == 1
    part = PartCouple(couple=row.id, until=TODAY)
    assert home.told(part, part) == ["accepted", "clinical.parted-already"]
    assert families.couples(by=home.by) == []
    assert replay().same


def test_genes_are_read_for_care_only(home):
    home.good(results_of(home.mother, beta=("N", "b0")), unit=home.station)
    nobody = Actor(user=uuid7(), name="", posts=(), on=TODAY, channel="web")

    assert families.tests(by=nobody, person=home.mother) == []
    assert families.couples(by=nobody) == []
    assert GrowthPoint.objects.count() == 0
