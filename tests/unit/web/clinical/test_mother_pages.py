"""The screens of mothers and children: a pregnancy to a child whose doses are due, a thin child, a
method, a couple; what is wrong comes back as it was typed."""

from datetime import date, timedelta

import pytest
from django.test import Client
from django.urls import reverse

from tests.unit.apps.clinical.caring import LMP, child, family, pregnant
from tests.unit.apps.clinical.conftest import NOW, TODAY, World
from tuyen.apps.access import clock
from tuyen.apps.access.models import User
from tuyen.apps.access.operations import Appoint, CreatePost, OpenAccount
from tuyen.apps.clinical.models import (
    Birth,
    ContraceptionStep,
    Couple,
    CoupleAdvice,
    Delivery,
    GrowthPoint,
    MotherContact,
    NutritionCare,
    Pregnancy,
    Supplement,
    ThalassaemiaTest,
)
from tuyen.apps.journal.models import Entry
from tuyen.apps.registry.models import Person
from tuyen.apps.supply.models import Dispensing
from tuyen.kernel.ids import NODE, uuid7


@pytest.fixture
def home(db, monkeypatch, settings):
    monkeypatch.setattr(clock, "now", lambda: NOW.astimezone())
    monkeypatch.setattr(clock, "today", lambda: TODAY)
    settings.LANGUAGE_CODE = "en"
    world = World()
    world.household, world.mother, world.father = family(world)
    world.client = holder(world, "midwife")
    return world


def holder(world, role):
    login = f"u{uuid7().hex[-10:]}"
    (user,) = world.good(OpenAccount(login=login, name="Người thử"), unit=NODE)
    (post,) = world.good(CreatePost(role=role, since=date(2020, 1, 1)), unit=world.station)
    world.good(Appoint(post=post, user=user, since=date(2020, 1, 1)), unit=world.station)
    client = Client(headers={"accept-language": "en"})
    client.force_login(
        User.objects.get(login=login), backend="django.contrib.auth.backends.ModelBackend"
    )
    return client


def seen(home, name, *args, **query):
    answer = home.client.get(reverse(name, args=args), query)
    assert answer.status_code == 200, name
    return answer.content.decode()


def sent(home, name, *args, status=302, query="", **given):
    answer = home.client.post(reverse(name, args=args) + query, given)
    said = answer.content.decode()
    assert answer.status_code == status, said[said.find("notice-bad") :][:600]
    return said


def test_every_list_is_open_and_says_that_it_is_empty(home):
    words = {
        "pregnancies": "Nobody is under antenatal care",
        "mothers": "Nobody gave birth in the last 42 days",
        "maternal-deaths": "No mother died in three years",
        "births": "No birth this year",
        "growth": "No malnourished child waits",
        "family-planning": "Nobody uses a method here",
        "thalassaemia": "No couple is on record",
    }
    for name, said in words.items():
        assert said in seen(home, name), name
    assert "Giàng Thị Mỷ" in seen(home, "pregnancies", q="giang thi my")


def test_from_a_pregnancy_to_a_child(home):
    lmp = f"{LMP:%d/%m/%Y}"
    again = sent(home, "pregnancy-new", home.mother, status=422, lmp="31/31/2026", note="khó")
    assert "31/31/2026 is no day" in again
    sent(home, "pregnancy-new", home.mother, lmp=lmp, dated_by="lmp", gravida="2", para="1")
    id = Pregnancy.objects.get().pk
    sent(home, "pregnancy", id, act="contact", systolic="165", diastolic="112", headache="yes")
    page = seen(home, "pregnancy", id)
    assert "Very high blood pressure. Refer at once" in page
    assert MotherContact.objects.get().signs == "pressure-severe,headache"
    assert "Very high blood pressure" in seen(home, "pregnancies")

    wrong = sent(
        home, "birth-new", home.mother, status=422, on="25/10/2026", sex1="2", weight1="9500"
    )
    assert "weight" in wrong
    assert Birth.objects.count() == 0
    assert not Person.objects.filter(born_on=TODAY).exists()
    assert "journal.not-as-one" not in wrong
    assert set(Entry.objects.filter(accepted=False).values_list("kind", flat=True)) == {
        "registry.register_person", "clinical.record_birth",
    }  # fmt: skip
    sent(home, "birth-new", home.mother, on="25/10/2026", sex1="2", weight1="3100", vitamin_k1="yes",
         place="station", attendant="midwife", mode="normal")  # fmt: skip
    birth = Birth.objects.get()
    assert birth.vitamin_k
    page = seen(home, "birth", birth.delivery_id)
    assert "Child of Giàng Thị Mỷ" in page
    assert reverse("child", args=[birth.person_id]) in page
    assert "BCG" in seen(home, "child", birth.person_id)
    sent(home, "birth", birth.delivery_id, act="contact", temperature="36.8", breastfed="yes")
    assert "1/3" in seen(home, "mothers")
    sent(home, "birth", birth.delivery_id, act="void", reason="nhầm mẹ")
    assert Delivery.objects.get().state == "void"


def test_twins_and_a_pregnancy_that_is_corrected_or_over(home):
    id = pregnant(home, home.mother)
    sent(home, "pregnancy", id, act="amend", edd=f"{LMP + timedelta(287):%d/%m/%Y}",
         dated_by="ultrasound", reason="siêu âm")  # fmt: skip
    sent(home, "birth-new", home.mother, query="?children=2", on="25/10/2026", sex1="1", sex2="2")
    assert Birth.objects.count() == 2
    household, other, _ = family(home, "Sùng Thị Dua")
    second = pregnant(home, other)
    sent(home, "pregnancy", second, act="end", how="loss", loss="miscarriage", on="25/10/2026")
    assert Pregnancy.objects.get(pk=second).state == "over"
    assert "miscarriage" not in seen(home, "pregnancy", second)
    assert household != home.household


def test_a_thin_child(home):
    id = child(home, home.household, born=date(2025, 4, 20))
    wrong = sent(home, "growth-child", id, act="measure", weight="bảy", status=422)
    assert "is no number" in wrong
    sent(home, "growth-child", id, act="measure", weight="7,0", length="76", muac="11.2",
         vitamin_a="200000")  # fmt: skip
    assert GrowthPoint.objects.get().vitamin_a == 200000
    page = seen(home, "growth-child", id)
    assert "Treat weekly at the station" in page
    assert page.count("<svg") >= 3
    assert "Vàng A Tủa" in seen(home, "growth")
    sent(home, "growth-child", id, act="admit", how="outpatient")
    assert "Under treatment since" in seen(home, "growth-child", id)
    refused = sent(home, "growth-child", id, act="discharge", outcome="cured", status=422)
    assert "Cured takes 2 good visits" in refused
    sent(home, "growth-child", id, act="discharge", outcome="moved")
    assert NutritionCare.objects.get().outcome == "moved"


def test_a_round_is_one_tap_for_each_child(home):
    one = child(home, home.household, born=date(2025, 4, 20), name="Vàng A Tỉnh")
    two = child(home, home.household, born=date(2023, 4, 20), name="Vàng A Phìn")
    address = reverse("growth-rounds") + f"?what=vitamin_a&place={home.village}"
    page = home.client.get(address).content.decode()
    assert "Given to <b>0</b> of 2 children on record." in page
    op = str(uuid7())

    for _ in range(2):  # the second is the same form again
        home.client.post(address, {"op": op, "one": str(one)})
    nobody = home.client.post(address, {"op": op})
    home.client.post(address, {"op": str(uuid7()), "child": [str(one), str(two), "x"]})

    assert nobody.status_code == 422
    assert "Tick the children who were given it." in nobody.content.decode()
    assert sorted(Supplement.objects.values_list("person_id", "units")) == sorted(
        [(one, 200_000), (two, 200_000)]
    )
    assert "Given to <b>2</b> of 2 children on record." in seen(home, "growth-rounds")
    assert Dispensing.objects.count() == 2


def test_therapeutic_food_is_a_line_of_the_store(home):
    id = child(home, home.household, born=date(2025, 4, 20))
    refused = sent(home, "growth-child", id, act="measure", weight="7,0", food="hai", status=422)
    assert "hai is no number" in refused
    sent(home, "growth-child", id, act="measure", weight="7,0", food="14")

    assert [(line.item, line.quantity) for line in Dispensing.objects.all()] == [("rutf-92", 14)]


def test_a_method(home):
    sent(
        home,
        "family-planning-person",
        home.mother,
        act="step",
        what="start",
        method="pill",
        quantity="3",
    )
    assert "Pill" in seen(home, "family-planning")
    refused = sent(home, "family-planning-person", home.mother, act="step", what="stop",
                   method="pill", status=422)  # fmt: skip
    assert "Say why the method was stopped" in refused
    sent(home, "family-planning-person", home.mother, act="void", reason="nhầm người")
    assert ContraceptionStep.objects.get().state == "void"


def test_a_couple(home):
    sent(home, "thalassaemia-person", home.mother, act="test", mcv="66", hba2="5,2")
    sent(home, "thalassaemia-person", home.father, act="test", beta1="N", beta2="b0")
    assert ThalassaemiaTest.objects.count() == 2
    assert "Vàng A Páo" in seen(home, "thalassaemia-person", home.mother, q="vang a pao")
    sent(home, "thalassaemia-person", home.mother, act="link", partner=str(home.father))
    pair = Couple.objects.get().pk
    assert "1 in 4" in seen(home, "thalassaemia")
    assert "Beta major" in seen(home, "couple", pair)
    sent(home, "couple", pair, act="advise", note="đã tư vấn")
    assert CoupleAdvice.objects.get().what == "counselled"


def test_others_see_nothing_of_it(home):
    id = pregnant(home, home.mother)
    other = holder(home, "population-officer")

    assert other.get(reverse("pregnancy", args=[id])).status_code == 404
    assert other.get(reverse("thalassaemia")).status_code == 404
