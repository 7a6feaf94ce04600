"""The desk of care: begun with what is known, saved once, corrected with its reason."""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from uuid import UUID

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.unit.apps.clinical.caring import family, pregnant
from tests.unit.apps.clinical.conftest import TODAY, World, found, values
from tests.unit.web.clinical.sending import fields
from tuyen.apps.access.models import Reading
from tuyen.apps.clinical import queries
from tuyen.apps.clinical.models import Measurement, Referral, Visit
from tuyen.apps.clinical.operations import (
    Intolerance,
    NextVisit,
    Prescribed,
    RecordAllergy,
    Referred,
)
from tuyen.apps.registry.models import Person
from tuyen.apps.registry.operations import Insurance, Number
from tuyen.apps.supply.operations import ReceiveLot

SEPTEMBER = datetime(2026, 9, 27, 2, tzinfo=UTC)
AMLODIPINE = Prescribed(
    item="amlodipine-5", dose=Decimal(1), times=1, days=28, quantity=Decimal(28)
)
CARD = Insurance(card="HN2111234567890", since=date(2026, 1, 1))
SignedIn = Callable[..., Client]


@pytest.fixture
def desk(world: World, signed_in: SignedIn) -> Client:
    return signed_in("physician-assistant", world.station)


def followed(world: World, **rest: object) -> UUID:
    """Somebody who came four weeks ago, and is expected today."""
    person = world.person(insurance=CARD, **rest)
    world.visit(person, began_at=SEPTEMBER, prescribed=(AMLODIPINE,), next=NextVisit(on=TODAY))
    return person


def shelf(world: World, pieces: int = 100) -> None:
    lot = ReceiveLot(item="amlodipine-5", number="AML-1", expires_on=date(2027, 5, 1), vials=pieces)
    world.good(lot, unit=world.station)


def form(desk: Client, person: UUID, **typed: str) -> dict[str, list[str]]:
    page = desk.get(f"/care/person/{person}/visit/").content.decode()
    return fields(page) | {name: [text] for name, text in typed.items()}


def send(desk: Client, person: UUID, given: dict[str, list[str]]):
    return desk.post(f"/care/person/{person}/visit/", given)


def test_a_repeat_visit_is_two_numbers_and_the_same_drugs(world, desk):
    person = followed(world)
    shelf(world)

    told = send(desk, person, form(desk, person, pressure="13585", do="drugs"))

    row = Visit.objects.get(day=TODAY)
    assert told.url == f"/care/visit/{row.pk}/?saved=1"
    assert (row.payer, row.care, row.main, row.card) == ("insurance", "05", "I10", CARD.card)
    assert row.next_on == date(2026, 11, 20)  # 28 days of drugs end on a Sunday
    kept = Measurement.objects.filter(visit_id=row.pk).values_list("what", "value")
    assert dict(kept) == {"systolic": 135, "diastolic": 85}
    assert '"item":"amlodipine-5"' in row.content
    assert "dispensed" in row.content


def test_a_medicine_that_is_not_borne_is_said_first_and_takes_its_reason(world, desk):
    person = followed(world)
    told = {"what": "Amlodipine 5 mg", "chosen": "item:amlodipine-5", "reaction": "phù chân",
            "severity": "moderate"}  # fmt: skip
    assert desk.post(f"/care/person/{person}/allergies/", told).status_code == 302

    begun = desk.get(f"/care/person/{person}/visit/").content.decode()
    given = fields(begun) | {"pressure": ["135/85"], "do": ["drugs"]}
    asked = send(desk, person, given)
    done = send(desk, person, given | {"rx_despite": ["đã giảm liều, theo dõi phù", "", ""]})

    assert "this person does not bear it" in begun
    assert asked.status_code == 422
    assert "write why it is given all the same" in asked.content.decode()
    assert done.status_code == 302
    assert "theo dõi phù" in desk.get(done.url).content.decode()
    assert "phù chân" in desk.get(f"/care/person/{person}/").content.decode()


def test_the_counter_asks_about_what_came_to_be_known_since(world, signed_in):
    person = world.person()
    visit = world.visit(person, prescribed=(AMLODIPINE,))
    shelf(world)
    against = Intolerance(against="item", code="amlodipine-5", reaction="phù chân")
    known = RecordAllergy(person=person, noted_on=TODAY, what=against)
    world.good(known, unit=world.station)
    counter = signed_in("station-head", world.station)
    given = {"unit": str(world.station), "visit": str(visit), f"q-{visit}-amlodipine-5": "28"}

    page = counter.get("/supply/dispensing/").content.decode()
    asked = counter.post("/supply/dispensing/", given)
    done = counter.post("/supply/dispensing/", given | {"note": "đã hỏi bác sĩ, vẫn dùng"})

    assert "this person does not bear it" in page
    assert (asked.status_code, done.status_code) == (422, 302)


def test_an_allergy_is_corrected_and_ended_with_its_reason(world, desk):
    person = world.person()
    here = f"/care/person/{person}/allergies/"
    assert desk.post(here, {"do": "none"}).status_code == 302
    assert "No allergy known" in desk.get(here).content.decode()
    desk.post(here, {"what": "tôm cua", "category": "food", "kind": "allergy"})
    (one,) = queries.allergies_of(by=world.by, person=person)
    there = f"/care/allergies/{one.id}/"

    assert desk.post(there, {"do": "amend", "what": "tôm"}).status_code == 422
    assert desk.post(there, {"do": "amend", "what": "tôm", "why": "hỏi lại"}).status_code == 302
    assert "Before the correction" in desk.get(here).content.decode()
    ended = desk.post(there, {"do": "end", "how": "error", "why": "nhầm người", "ended_on": ""})
    assert ended.status_code == 302
    assert desk.get(there).status_code == 404
    assert desk.post(here, {"what": ""}).status_code == 422


def test_a_pregnancy_is_heeded(world, desk):
    _household, mother, _father = family(world)
    pregnant(world, mother)
    begun = desk.get(f"/care/person/{mother}/visit/").content.decode()
    given = fields(begun) | {"pressure": ["142/92"], "answer.antenatal.fits": ["yes"]}

    asked = send(desk, mother, given).content.decode()

    assert "pregnant, 36 weeks" in begun
    assert "at or above 140/90 in pregnancy" in asked
    assert "magnesium sulfate" in asked
    seen = {"seen_systolic": ["142"], "seen_diastolic": ["92"], "seen_sign-fits": ["yes"]}
    assert send(desk, mother, given | seen).status_code == 302


def test_the_same_form_sent_twice_is_one_visit(world, desk):
    person = followed(world)
    given = form(desk, person, pressure="150/90", do="drugs")

    first, again = send(desk, person, given), send(desk, person, given)
    changed = send(desk, person, given | {"pressure": ["160/90"]})

    assert first.url == again.url
    assert changed.status_code == 422
    assert "was saved already" in changed.content.decode()
    assert Visit.objects.filter(day=TODAY).count() == 1


def test_nothing_is_given_of_what_is_not_on_the_shelf_and_that_is_said(world, desk):
    person = followed(world)

    page = desk.get(f"/care/person/{person}/visit/").content.decode()
    send(desk, person, fields(page) | {"pressure": ["135/85"], "do": ["drugs"]})

    assert "Not in stock" in page
    assert "dispensed" not in Visit.objects.get(day=TODAY).content


def test_a_visit_is_saved_without_drugs_by_the_other_button(world, desk):
    person = followed(world)

    send(desk, person, form(desk, person, pressure="135/85", do="none"))

    assert "prescribed" not in Visit.objects.get(day=TODAY).content


@pytest.mark.parametrize(
    ("typed", "said"),
    [({"pressure": "90/150"}, "Did you mean 150/90"), ({"pressure": "abc"}, "is not understood"),
     ({"line": "M 80; M 90"}, ""), ({"pressure": "400/90"}, "cannot be"),
     ({"next_on": "31/02/2026"}, "is no day"), ({"next_on": "25/10/2026"}, "later day"),
     ({"dx_text": "zzz", "dx_chosen": ""}, "on no list"), ({"rx_days": "0"}, "no whole number"),
     ({"rx_dose": ""}, "is missing"), ({"began": "25:61"}, "is no time"),
     ({"refer_reason": "đau ngực"}, "is missing")],
)  # fmt: skip
def test_what_is_wrong_is_said_at_its_field_and_nothing_typed_is_lost(world, desk, typed, said):
    person = followed(world)
    given = form(desk, person, course="tim đều, phổi trong", pressure="135/85", do="drugs") | {
        name: [text] for name, text in typed.items()
    }

    told = send(desk, person, given)

    page = told.content.decode()
    if not said:  # the later of two values on one line is taken: nothing is wrong
        assert told.status_code == 302
        return
    assert told.status_code == 422
    assert said in page
    assert "tim đều, phổi trong" in page
    assert not Visit.objects.filter(day=TODAY).exists()


def test_an_unlikely_value_is_asked_about_once(world, desk):
    person = followed(world)
    given = form(desk, person, pressure="245/100", do="drugs")

    asked = send(desk, person, given)
    again = fields(asked.content.decode()) | {"do": ["drugs"]}
    other = send(desk, person, again | {"confirm_systolic": ["240"]})  # another value was meant
    saved = send(desk, person, again | {"confirm_systolic": ["245"]})

    assert (asked.status_code, other.status_code) == (422, 422)
    assert "It is really so: 245 mmHg" in asked.content.decode()
    assert saved.status_code == 302


def test_a_medicine_for_longer_than_the_programme_allows_is_asked_about_once(world, desk):
    person = followed(world)
    given = form(desk, person, pressure="130/80", do="drugs")
    lines = len(given["rx_days"])
    longer = given | {"rx_days": ["91", *["30"] * (lines - 1)]}

    asked = send(desk, person, longer)
    again = fields(asked.content.decode()) | {"do": ["drugs"]}
    other = send(desk, person, again | {"confirm_days_0": ["120"]})  # of another number of days
    saved = send(desk, person, again | {"confirm_days_0": ["91"]})

    assert (asked.status_code, other.status_code, saved.status_code) == (422, 422, 302)
    assert "lasts at most 90 days (Thông tư 26/2025/TT-BYT, not verified)" in asked.content.decode()


def test_a_dangerous_value_says_what_to_do_before_it_is_saved_and_stays_there(world, desk):
    person = followed(world)

    first = send(desk, person, form(desk, person, pressure="190/115", do="drugs"))
    page = first.content.decode()
    second = send(desk, person, fields(page) | {"do": ["drugs"]})
    shown = desk.get(second.url).content.decode()

    assert (first.status_code, second.status_code) == (422, 302)
    assert "first do this" in page
    assert "Rest 5 minutes and measure again" in shown


def test_who_is_not_insured_pays_and_that_is_said(world, desk):
    person = world.person()

    page = desk.get(f"/care/person/{person}/visit/").content.decode()
    send(desk, person, fields(page) | {"pressure": ["120/70"], "dx_text": ["J06"], "do": ["drugs"]})

    assert "the patient pays" in page
    assert Visit.objects.get(day=TODAY).payer == "self"


def test_a_correction_shows_before_and_after_with_its_reason(world, desk):
    visit = world.visit(
        world.person(), measured=values(systolic=142, diastolic=88, cholesterol=5.5)
    )
    page = desk.get(f"/care/visit/{visit}/correct/").content.decode()
    given = fields(page) | {"pressure": ["152/88"], "do": ["drugs"]}

    without = desk.post(f"/care/visit/{visit}/correct/", given)
    told = desk.post(f"/care/visit/{visit}/correct/", given | {"why": ["gõ nhầm số"]})
    shown = desk.get(f"/care/visit/{visit}/").content.decode()

    assert (without.status_code, told.status_code) == (422, 302)
    assert "gõ nhầm số" in shown
    assert "142/88" in shown
    assert "152/88" in shown
    assert Measurement.objects.filter(visit_id=visit, what="cholesterol").exists()


def test_a_visit_is_void_with_its_reason(world, desk):
    visit = world.visit(world.person())

    short = desk.post(f"/care/visit/{visit}/void/", {"why": "x"})
    desk.post(f"/care/visit/{visit}/void/", {"why": "nhập nhầm người"})

    assert short.status_code == 422
    assert Visit.objects.get(pk=visit).state == "void"
    assert "nhập nhầm người" in desk.get(f"/care/visit/{visit}/").content.decode()
    assert desk.get(f"/care/visit/{visit}/correct/").status_code == 404


def test_a_referral_waits_for_its_note_until_it_is_entered(world, desk):
    sent = Referred(to_name="Trung tâm Y tế Nậm Pồ", reason="đau ngực", urgent=True)
    visit = world.visit(world.person(), referred=sent)

    waiting = desk.get("/care/referrals/").content.decode()
    wrong = desk.post(f"/care/visit/{visit}/return/", {"on": "mai", "text": "ổn"})
    desk.post(f"/care/visit/{visit}/return/", {
        "on": "25/10/2026", "from_name": "TTYT Nậm Pồ", "text": "ổn định, về trạm theo dõi"})  # fmt: skip
    after = desk.get("/care/referrals/").content.decode()

    assert "Lò Văn Pánh" in waiting
    assert wrong.status_code == 422
    assert "Lò Văn Pánh" not in after
    assert Referral.objects.get().state == "returned"
    assert "ổn định, về trạm theo dõi" in desk.get(f"/care/visit/{visit}/").content.decode()


def test_three_letters_or_a_card_open_the_visit_of_whom_they_mean(world, desk):
    number = Number(system="personal_number", value="011068001234")
    person = followed(world, numbers=(number,))
    world.person("Lò Văn Phanh")

    by_letters = desk.post("/care/find/", {"q": "lvp"})
    by_number = desk.post("/care/find/", {"q": "011068001234"})
    by_card = desk.post("/care/find/", {"q": "011068001234||Lò Văn Pánh|02031968|Nam|Huổi Hoi|"})
    several = desk.post("/care/find/", {"q": "lò văn"})

    expected = f"/care/person/{person}/visit/"
    assert (by_letters.url, by_number.url, by_card.url) == (expected,) * 3
    assert several.url == expected  # of those who are expected these days there is one


def test_somebody_new_is_registered_from_the_card(world, desk):
    card = "011099001234|012345678|Lò Văn Páo|05061999|Nam|Huổi Hoi, Nà Hỳ, Điện Biên|01072021"

    offered = desk.post("/care/find/", {"q": card}).content.decode()
    page = desk.post("/care/new/", {"scanned": card}).content.decode()
    given = {name: found[0] for name, found in fields(page, "Register and open").items()} | {
        "sex": "1"
    }
    told = desk.post("/care/new/", given)

    person = Person.objects.get(name="Lò Văn Páo")
    assert "Register this person" in offered
    assert (person.born_on, person.place_id) == (date(1999, 6, 5), world.village)
    assert told.url == f"/care/person/{person.pk}/visit/"


@pytest.mark.parametrize("text", ["", "a", "không có ai", "011099001234|x|y|z|t|u"])
def test_who_is_nobody_is_answered_on_the_page(world, desk, text):
    told = desk.post("/care/find/", {"q": text})

    assert told.status_code == 422
    assert "data-chooser" in told.content.decode()


def test_what_stands_apart_is_shown_for_a_purpose_and_written_down(world, desk):
    person = world.person()
    visit = world.visit(person, diagnosed=found("F32.1"), reason="mất ngủ kéo dài")

    shut = desk.get(f"/care/visit/{visit}/").content.decode()
    desk.post("/care/purpose/", {"next": f"/care/visit/{visit}/"})
    opened = desk.get(f"/care/visit/{visit}/").content.decode()
    away = desk.post("/care/purpose/", {"next": "//evil.example/care/"})

    assert "F32.1" not in shut
    assert "mất ngủ kéo dài" not in shut
    assert "F32.1" in opened
    assert away.url == "/care/"
    assert set(Reading.objects.values_list("subject", flat=True)) >= {
        "clinical.visit", "clinical.visit.sensitive",
    }  # fmt: skip


def test_the_home_and_the_summary_name_who_came_and_what_is_aimed_at(world, desk):
    person = followed(world)
    came = world.person("Quàng Thị Ín")
    world.visit(came, measured=values(systolic=190, diastolic=112))

    home = desk.get("/care/").content.decode()
    summary = desk.get(f"/care/person/{person}/").content.decode()

    assert re.search(r"Quàng Thị Ín.*Systolic blood pressure 190", home, re.S)
    assert "Lò Văn Pánh" in home
    assert "Aim: below 140/90 mmHg" in summary
    assert "Amlodipine 5 mg" in summary
    assert Reading.objects.filter(subject="clinical.person", subject_id=person).exists()


def test_pages_take_as_many_queries_however_many_come(world, desk):
    counts = []
    for n in range(3):
        person = followed(world, name=f"Lò Văn {n}")
        world.visit(world.person(f"Quàng Thị {n}"))
        desk.get("/care/")  # caches are warm
        with CaptureQueriesContext(connection) as home:
            desk.get("/care/")
        with CaptureQueriesContext(connection) as begun:
            desk.get(f"/care/person/{person}/visit/")
        # A request asks for the map's revision once, but inside a test's transaction each time.
        counts.append([
            sum("registry_maprevision" not in q["sql"] for q in some) for some in (home, begun)
        ])  # fmt: skip

    assert counts[1] == counts[2]
    assert counts[2][1] <= 34


@pytest.mark.parametrize("role", ["cdc-epidemiologist", "commune-committee"])
def test_who_may_not_read_visits_finds_no_page(world, signed_in, role):
    other = signed_in(role, world.province)
    visit = world.visit(world.person())

    assert {other.get(path).status_code for path in (
        "/care/", "/care/referrals/", f"/care/visit/{visit}/", "/care/new/")} <= {403, 404}  # fmt: skip


def test_a_neighbouring_station_neither_reads_nor_corrects(world, signed_in):
    visit = world.visit(person := world.person())
    other = signed_in("physician-assistant", world.elsewhere)

    assert [other.get(path).status_code for path in (
        f"/care/visit/{visit}/", f"/care/visit/{visit}/correct/", f"/care/person/{person}/",
        f"/care/person/{person}/visit/")] == [404] * 4  # fmt: skip


def test_a_wrong_answer_stands_beside_its_question_and_nothing_typed_is_lost(world, desk):
    person = followed(world)
    asked = "answer.hypertension."
    given = {asked + "missed_drugs": "ba ngày", asked + "tobacco": "perhaps", "advice": "ăn nhạt"}

    again = send(desk, person, form(desk, person, pressure="135/85", do="drugs", **given))

    page = again.content.decode()
    assert again.status_code == 422
    assert "ba ngày is no number; expected 0 - 31 days." in page
    assert "perhaps is none of the answers; expected one of: yes; no." in page
    kept = fields(page)
    assert {name: kept[name] for name in given if name != "advice"} == {
        asked + "missed_drugs": ["ba ngày"], asked + "tobacco": ["perhaps"],
    }  # fmt: skip
    assert not Visit.objects.filter(day=TODAY).exists()
