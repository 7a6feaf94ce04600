"""What happened, what was refused and mended, and the proof: as the console shows them."""

from datetime import date
from uuid import uuid4

import pytest

from tests.unit.web.registry.conftest import Province, province, sign_in, stage, world
from tuyen.apps.journal.models import Entry
from tuyen.apps.registry.models import Person
from tuyen.apps.registry.operations import RegisterPerson
from tuyen.kernel.operation import KINDS
from tuyen.web.journal.words import KIND_NAMES

__all__ = ["Province", "province", "sign_in", "stage", "world"]


@pytest.fixture
def nurse(province, sign_in):
    return sign_in("station-head", province.station)


@pytest.fixture
def refused(province, world):
    """The id of a registration that was refused: born after it was recorded."""
    child = RegisterPerson(
        name="Lò Thị Hoà", sex=2, born_on=date(2027, 1, 1), place=province.village
    )
    (receipt,) = world.send(child, unit=province.village)
    assert receipt.refusal is not None
    return receipt.id


def test_every_kind_of_operation_has_words():
    assert {kind.name for kind in KINDS} <= {*KIND_NAMES, "demo.note"}


def test_operations_of_ones_units_are_told_in_words(province, nurse):
    province.household()

    answer = nurse.get("/operations/")

    assert answer.context["rows"][0]["kind"] == "Register a household"
    assert answer.context["rows"][0]["unit"] == "Huổi Hoi"


def test_operations_are_narrowed_to_a_kind(province, nurse, refused):
    province.household()

    answer = nurse.get("/operations/?kind=registry.register_household")

    assert {row["kept"].kind for row in answer.context["rows"]} == {"registry.register_household"}


def test_an_operation_opens_to_its_content_and_the_units_in_it(province, nurse):
    home, _ = province.household()

    answer = nurse.get(f"/operations/{home}/")

    place = next(pair for pair in answer.context["payload"] if pair[0] == "place")
    assert place == ("place", "Huổi Hoi", f"/units/{province.village}/")


def test_an_operation_of_another_unit_is_answered_like_none(province, nurse):
    far, _ = province.household(province.far_village)

    assert nurse.get(f"/operations/{far}/").status_code == 404
    assert nurse.get(f"/operations/{uuid4()}/").status_code == 404


def test_a_refusal_waits_with_its_reason(nurse, refused):
    (row,) = nurse.get("/operations/refused/").context["rows"]

    assert row["kept"].id == refused
    assert "is after" in row["refusal"]
    assert nurse.get("/operations/").context["refused_count"] == 1


def test_a_repaired_operation_is_accepted_and_leaves_the_queue(nurse, refused):
    form = nurse.get(f"/operations/refused/{refused}/repair/").context["form"]
    typed = {name: field.initial for name, field in form.fields.items()}

    answer = nurse.post(
        f"/operations/refused/{refused}/repair/", {**typed, "born_on": "2026-10-01"}
    )

    assert answer.status_code == 302
    assert Person.objects.get().born_on == date(2026, 10, 1)
    assert nurse.get("/operations/refused/").context["rows"] == []


def test_a_repair_that_is_refused_again_says_why(nurse, refused):
    form = nurse.get(f"/operations/refused/{refused}/repair/").context["form"]
    typed = {name: field.initial for name, field in form.fields.items()}

    again = nurse.post(f"/operations/refused/{refused}/repair/", {**typed, "born_on": "2028-01-01"})
    broken = nurse.post(f"/operations/refused/{refused}/repair/", {**typed, "born_on": "hôm qua"})

    assert again.status_code == broken.status_code == 422
    assert "is after" in again.content.decode()
    assert not Person.objects.exists()


def test_a_refused_operation_is_withdrawn_with_a_reason(nurse, refused):
    without = nurse.post(f"/operations/refused/{refused}/withdraw/", {"reason": " "})
    nurse.post(f"/operations/refused/{refused}/withdraw/", {"reason": "nhập nhầm"})

    assert without.status_code == 302
    assert nurse.get("/operations/refused/").context["rows"] == []
    assert Entry.objects.filter(kind="journal.withdraw_refused", accepted=True).count() == 1


def test_an_accepted_operation_cannot_be_repaired(province, nurse):
    home, _ = province.household()

    assert nurse.get(f"/operations/refused/{home}/repair/").status_code == 404


def test_the_chain_is_walked_on_demand(province, sign_in):
    director = sign_in("director", province.root)

    idle, walked = director.get("/proof/"), director.post("/proof/")

    assert idle.context["proof"] is None
    assert walked.context["proof"].sound
    assert b"each is as it was sealed" in walked.content


def test_the_doctor_names_what_it_looked_at(province, sign_in):
    answer = sign_in("administrator").get("/doctor/")

    assert {"schema", "journal", "accounts"} <= {row["name"] for row in answer.context["rows"]}


@pytest.mark.parametrize("path", ["/proof/", "/doctor/"])
def test_a_station_finds_neither_proof_nor_doctor(nurse, path):
    assert nurse.get(path).status_code == 404
