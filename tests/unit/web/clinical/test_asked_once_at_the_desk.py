"""What is known is not asked: of several programmes, of what was done, of who was taken in; and who fits one."""

import msgspec
import pytest

from tests.unit.apps.clinical.caring import family, pregnant
from tests.unit.apps.clinical.conftest import TODAY, assistant, found, values
from tests.unit.web.clinical.sending import fields
from tests.unit.web.clinical.test_desk import SEPTEMBER, followed, form, send
from tuyen.apps.clinical import queries
from tuyen.apps.clinical.models import Enrolment, Visit
from tuyen.apps.clinical.operations import Content, Enrol


@pytest.fixture
def desk(world, signed_in):
    return signed_in("physician-assistant", world.station)


def test_what_two_programmes_ask_is_asked_once_and_answers_both(world, desk):
    person = followed(world)
    both = found("I10", "E11.9")
    world.visit(person, began_at=SEPTEMBER, diagnosed=both, measured=())
    page = form(
        desk, person, pressure="135/85", do="none", **{"answer.hypertension.tobacco": "yes"}
    )
    asked = [name for name in page if name.endswith(".tobacco")]
    page |= {"dx_text": ["I10", "E11.9"], "dx_chosen": ["I10", "E11.9"]}

    told = send(desk, person, page)
    visit = Visit.objects.get(day=TODAY)
    shown = desk.get(told.url).content.decode()
    mended = fields(desk.get(f"/care/visit/{visit.pk}/correct/").content.decode())
    mended |= {"answer.hypertension.tobacco": ["no"], "why": ["hỏi lại"], "do": ["drugs"]}
    assert desk.post(f"/care/visit/{visit.pk}/correct/", mended).status_code == 302

    assert asked == ["answer.hypertension.tobacco"]
    assert {one.programme: one.fields for one in msgspec.json.decode(visit.content, type=Content).answered} == {
        "hypertension": {"tobacco": "yes"}, "diabetes": {"tobacco": "yes"},
    }  # fmt: skip
    assert shown.count("Smokes: Yes") == 1
    visit.refresh_from_db()
    assert [one.fields for one in msgspec.json.decode(visit.content, type=Content).answered] == [
        {"tobacco": "no"}, {"tobacco": "no"},
    ]  # fmt: skip


def test_what_was_done_answers_the_question_whether_it_was(world, desk):
    _household, mother, _father = family(world)
    pregnant(world, mother)
    page = form(desk, mother, pressure="11070", do="none", **{"answer.antenatal.fits": "no"})
    page |= {
        "sv_text": ["hiv-rapid"],
        "sv_chosen": ["hiv-rapid"],
        "sv_quantity": ["1"],
        "sv_result": ["âm tính"],
    }
    page |= {"dx_text": ["Z34"], "dx_chosen": ["Z34"]}

    assert send(desk, mother, page).status_code == 302

    facts = queries.visit(by=assistant(world.station, "care"), id=Visit.objects.get(day=TODAY).pk)
    assert facts is not None
    assert [one.fields for one in facts.content.answered] == [{"fits": "no", "hiv_test": "yes"}]


def test_the_group_in_which_somebody_was_taken_in_is_not_asked_again(world, desk):
    person = world.person()
    world.good(Enrol(person=person, programme="checkup", group="poor"), unit=world.station)
    page = form(desk, person, pressure="12070", do="none", **{"answer.checkup.class": "II"})
    page |= {"dx_text": ["Z00.0"], "dx_chosen": ["Z00.0"]}
    begun = desk.get(f"/care/person/{person}/visit/").content.decode()

    assert send(desk, person, page).status_code == 302

    content = Visit.objects.get(day=TODAY).content
    (told,) = msgspec.json.decode(content, type=Content).answered
    assert "as on record: Poor" in begun
    assert told.fields == {"class": "II", "group": "poor"}


def test_a_visit_proposes_the_programmes_that_fit_and_takes_nobody_in(world, desk):
    high = world.visit(
        world.person(), diagnosed=found("J00"), measured=values(systolic=134, diastolic=80)
    )
    low = world.visit(
        world.person("Lò Văn Xa"),
        diagnosed=found("J00"),
        measured=values(systolic=118, diastolic=70),
    )
    known = world.visit(world.person("Lò Văn Cao"), measured=values(systolic=150, diastolic=95))

    pages = [desk.get(f"/care/visit/{id}/").content.decode() for id in (high, low, known)]

    assert ["/care/programmes/ncd_risk/enrol/?person=" in page for page in pages] == [
        True,
        False,
        False,
    ]
    assert (
        "/care/programmes/checkup/enrol/?person=" in pages[2]
    )  # a chronic patient's yearly check-up
    assert Enrolment.objects.filter(programme="ncd_risk").count() == 0
