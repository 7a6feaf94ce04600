"""Somebody who came from another unit: taken in with the card, asked for without, let go or not."""

import pytest

from tuyen.apps.registry.models import Identifier, MoveRequest, Person

ARRIVAL = {"born_on": "05/03/1987", "place": "Chà Tở", "since": "01/10/2026", "stay": "permanent"}


@pytest.fixture
def giver(province, sign_in):
    return sign_in("station-head", province.station)


@pytest.fixture
def taker(province, sign_in):
    return sign_in("midwife", province.far_station)


@pytest.fixture
def person(province):
    _, (id,) = province.household(None, "Giàng A Pó")
    return id


def lives(person):
    return Person.objects.get(pk=person).place_id


def ask(client, province, **rest):
    form = {**ARRIVAL, "how": "name", "name": "giang a po", "commune": "Nà Hỳ",
            "commune_id": str(province.hy), "place_id": str(province.to), "reason": "lấy chồng",
            **rest}  # fmt: skip
    return client.post("/moves/arrival/", form)


def test_with_the_card_a_person_is_taken_in_at_once(province, taker, person):
    number = Identifier.objects.get(person=person).value

    answer = taker.post("/moves/arrival/", {**ARRIVAL, "how": "number", "number": number,
                                            "place_id": str(province.to)})  # fmt: skip

    assert answer.status_code == 302
    assert lives(person) == province.to
    assert taker.get(answer.url).status_code == 200


@pytest.mark.parametrize("wrong", [{"number": "011087099999"}, {"born_on": "06/03/1987"}])
def test_a_number_or_a_birth_date_that_is_not_the_records_opens_nothing(
    province, taker, person, wrong
):
    number = Identifier.objects.get(person=person).value
    form = {**ARRIVAL, "how": "number", "number": number, "place_id": str(province.to), **wrong}

    answer = taker.post("/moves/arrival/", form)

    assert answer.status_code == 422
    assert lives(person) == province.village


def test_without_the_card_the_other_unit_is_asked_and_lets_go(province, giver, taker, person):
    asked = ask(taker, province)
    request = MoveRequest.objects.get()
    own = taker.get("/moves/").context["own"]
    (given,) = giver.get("/moves/").context["to_answer"]
    noted = giver.get(f"/people/{person}/").content.decode()

    answer = giver.post(f"/moves/{request.pk}/answer/", {"answer": "yes", "reason": ""})

    assert asked.status_code == answer.status_code == 302
    assert own[0]["row"].name is None, "who asks does not read the record yet"
    assert given["row"].name == "Giàng A Pó"
    assert "asks to let this person go" in noted
    assert lives(person) == province.to
    assert taker.get(f"/people/{person}/").status_code == 200
    assert giver.get(f"/people/{person}/").status_code == 404


def test_a_no_needs_its_reason(province, giver, taker, person):
    ask(taker, province)
    request = MoveRequest.objects.get()

    bare = giver.post(f"/moves/{request.pk}/answer/", {"answer": "no", "reason": ""})
    told = giver.post(f"/moves/{request.pk}/answer/", {"answer": "no", "reason": "vẫn ở bản"})

    assert (bare.status_code, told.status_code) == (422, 302)
    assert taker.get("/moves/").context["answered"][0]["row"].answer_reason == "vẫn ở bản"
    assert lives(person) == province.village


def test_who_asked_cannot_answer_yes_but_withdraws(province, taker, person):
    ask(taker, province)
    request = MoveRequest.objects.get()

    yes = taker.post(f"/moves/{request.pk}/answer/", {"answer": "yes"})
    no = taker.post(f"/moves/{request.pk}/answer/", {"answer": "no"})

    assert (yes.status_code, no.status_code) == (422, 302)
    assert MoveRequest.objects.get().answer == "withdrawn"
    assert lives(person) == province.village


@pytest.mark.parametrize(
    "wrong",
    [{"name": "giang po"}, {"commune": "Chà Tở", "commune_id": ""}, {"reason": ""}, {"name": ""}],
)
def test_a_request_that_names_nobody_or_no_reason_is_sent_back(province, taker, person, wrong):
    assert ask(taker, province, **wrong).status_code == 422
    assert not MoveRequest.objects.exists()


def test_two_of_one_name_are_not_guessed(province, taker, person):
    province.household(None, "Giàng A Pó")

    assert ask(taker, province).status_code == 422


def test_a_station_between_neither_sees_nor_answers(province, taker, person, sign_in):
    ask(taker, province)
    request = MoveRequest.objects.get()
    third = sign_in("station-head", province.centre)

    assert sign_in("cdc-epidemiologist", province.root).get("/moves/").status_code == 404
    assert third.get("/moves/").context["to_answer"] == []
    assert third.post(f"/moves/{request.pk}/answer/", {"answer": "yes"}).status_code == 404
