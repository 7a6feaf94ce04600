"""Persons: found by a few letters, read only within reach and on record, changed by operations."""

from datetime import date
from urllib.parse import quote
from uuid import uuid4

import pytest

from tuyen.apps.access.models import Reading
from tuyen.apps.registry.models import Entitlement, Identifier, Person, PersonEthnicity


@pytest.fixture
def nurse(province, sign_in):
    """The head of the station of Nà Hỳ."""
    return sign_in("station-head", province.station)


@pytest.mark.parametrize("text", ["giang a po", "po giang", "gia", "Giàng A Pó", "giang 1987"])
def test_a_person_is_found_however_the_name_is_typed(province, nurse, text):
    province.household()

    answer = nurse.get("/people/", {"q": text})

    assert [row["name"] for row in answer.context["rows"]] == ["Giàng A Pó"]


def test_numbers_in_a_list_are_masked(province, nurse):
    _, (person,) = province.household()
    value = Identifier.objects.get(person=person).value

    answer = nurse.get("/people/?q=giang")

    assert value.encode() not in answer.content
    assert f"•••{value[-3:]}".encode() in answer.content


def test_results_as_one_types_are_a_part_of_the_page(province, nurse):
    province.household()

    answer = nurse.get("/people/?q=giang", headers={"HX-Request": "true", "HX-Target": "found"})

    assert b"<html" not in answer.content
    assert "Giàng A Pó" in answer.content.decode()


def test_a_person_out_of_reach_is_answered_like_one_who_is_not(province, nurse):
    _, (far,) = province.household(province.far_village, "Lò Văn Xa")

    there, nowhere = nurse.get(f"/people/{far}/"), nurse.get(f"/people/{uuid4()}/")

    assert there.status_code == nowhere.status_code == 404
    assert nurse.get("/people/?q=lo+xa").context["rows"] == []
    assert nurse.get(f"/people/{far}/edit/amend/").status_code == 404


def test_opening_a_record_is_written_down(province, nurse):
    _, (person,) = province.household()

    assert nurse.get(f"/people/{person}/").status_code == 200

    reading = Reading.objects.get(subject_id=person)
    assert (reading.subject, reading.channel, reading.purpose) == (
        "registry.person", "web", "duty",
    )  # fmt: skip


def test_numbers_and_ethnic_group_are_shown_for_a_purpose_and_noted(province, nurse):
    _, (person,) = province.household()
    value = Identifier.objects.get(person=person).value
    assert PersonEthnicity.objects.get(person=person).group == "08"

    plain = nurse.get(f"/people/{person}/")
    shown = nurse.post(f"/people/{person}/reveal/", {"purpose": "care"})

    assert value.encode() not in plain.content
    assert b"Hmong" not in plain.content
    assert value.encode() in shown.content
    assert b"Hmong" in shown.content
    noted = Reading.objects.get(subject="registry.person.sensitive")
    assert (noted.subject_id, noted.purpose) == (person, "care")


def test_a_purpose_that_is_none_reveals_nothing(province, nurse):
    _, (person,) = province.household()

    answer = nurse.post(f"/people/{person}/reveal/", {"purpose": "curiosity"})

    assert answer.status_code == 422
    assert Identifier.objects.get(person=person).value.encode() not in answer.content


def test_who_may_not_see_what_is_sensitive_cannot_reveal(province, sign_in):
    _, (person,) = province.household()
    client = sign_in("cdc-epidemiologist", province.root)

    assert client.get(f"/people/{person}/").status_code == 200
    assert client.post(f"/people/{person}/reveal/", {"purpose": "care"}).status_code == 404


def test_a_record_shows_places_as_they_were_called(province, nurse):
    _, (person,) = province.household()

    (stay,) = nurse.get(f"/people/{person}/").context["stays"]

    assert stay["place"] == "Huổi Hoi, Xã Nà Khoa"
    assert stay["today"] == "Xã Nà Hỳ"


def test_a_correction_states_only_what_differs(province, nurse):
    _, (person,) = province.household()

    answer = nurse.post(
        f"/people/{person}/edit/amend/",
        {"name": "Giàng A Phó", "sex": "1", "born_on": "05/03/1987", "birth_precision": "day",
         "phone": ""},
    )  # fmt: skip

    assert answer.status_code == 302
    assert Person.objects.get(pk=person).name == "Giàng A Phó"
    assert nurse.get("/people/?q=giang+po").context["rows"], "the former name still finds"


def test_a_correction_of_nothing_is_said(province, nurse):
    _, (person,) = province.household()

    answer = nurse.post(
        f"/people/{person}/edit/amend/",
        {"name": "Giàng A Pó", "sex": "1", "born_on": "05/03/1987", "birth_precision": "day"},
    )

    assert answer.status_code == 422
    assert b"The change states nothing" in answer.content


def test_a_move_and_its_place_are_recorded(province, nurse):
    _, (person,) = province.household()

    answer = nurse.post(
        f"/people/{person}/edit/move/",
        {"where": "here", "place": "Nà Hỳ", "since": "01/10/2026", "stay": "permanent"},
    )

    assert answer.status_code == 302
    assert Person.objects.get(pk=person).place_id == province.hy


def test_a_move_needs_its_place(province, nurse):
    _, (person,) = province.household()

    answer = nurse.post(
        f"/people/{person}/edit/move/",
        {"where": "here", "since": "01/10/2026", "stay": "permanent"},
    )

    assert answer.status_code == 422
    assert b"Say where the person lives now" in answer.content


def test_a_death_closes_the_record(province, nurse):
    _, (person,) = province.household()

    answer = nurse.post(f"/people/{person}/edit/death/", {"on": "20/10/2026", "cause": "i64"})

    assert answer.status_code == 302
    row = Person.objects.get(pk=person)
    assert (row.died_on, row.death_cause) == (date(2026, 10, 20), "I64")
    assert not nurse.get(f"/people/{person}/").context["may_edit"]


def test_a_death_in_the_future_is_refused_at_its_field(province, nurse):
    _, (person,) = province.household()

    answer = nurse.post(f"/people/{person}/edit/death/", {"on": "20/12/2026"})

    assert answer.status_code == 422
    assert "on" in answer.context["form"].errors


def test_insurance_is_recorded_for_a_time(province, nurse):
    _, (person,) = province.household()

    answer = nurse.post(
        f"/people/{person}/edit/insurance/",
        {"card_number": "DT2 11 4012 345678", "since": "01/10/2026", "until": "01/10/2027"},
    )

    assert answer.status_code == 302
    latest = Entitlement.objects.filter(person=person).latest("since")
    assert (latest.card, latest.until) == ("DT2114012345678", date(2027, 10, 1))


def test_a_number_is_recorded(province, nurse):
    _, (person,) = province.household()

    answer = nurse.post(
        f"/people/{person}/edit/number/",
        {"system": "station_number", "value": "HS 17", "since": "01/10/2026"},
    )

    assert answer.status_code == 302
    assert Identifier.objects.filter(person=person, value="HS17").exists()


def test_a_person_is_registered_and_found(province, nurse):
    answer = nurse.post(
        "/people/new/",
        {"name": "Lò Thị Hoà", "sex": "2", "born_on": "01/10/2026", "birth_precision": "day",
         "place": "Huổi Hoi", "stay": "permanent"},
    )  # fmt: skip

    assert answer.status_code == 302
    (row,) = nurse.get("/people/?q=lo+hoa").context["rows"]
    assert answer["Location"] == f"/people/{row['id']}/"


def test_a_place_out_of_reach_takes_no_person(province, nurse):
    answer = nurse.post(
        "/people/new/",
        {"name": "Lò Thị Hoà", "sex": "2", "born_on": "01/10/2026", "birth_precision": "day",
         "place": "Nậm Khăn", "stay": "permanent"},
    )  # fmt: skip

    assert answer.status_code == 422
    assert b"not one of those your unit answers for" in answer.content


def test_a_household_shows_the_likely_records_of_each_of_its_members(province, nurse):
    _, (known,) = province.household()
    form = rows(("Vàng A Chá", "01/02/1980"), ("Giàng A Pó", "05/03/1987"))
    before = Person.objects.count()

    shown = nurse.post("/households/new/", form)
    members = shown.context["members"].forms
    live = nurse.post("/duplicates/like/?of=member-1", form)
    made = nurse.post("/households/new/", {**form, "anyway": "1"})

    assert shown.status_code == 422
    assert [[each["row"]["id"] for each in row.like] for row in members] == [[], [known], []]
    assert "anyway" in shown.content.decode()
    assert [each["row"]["id"] for each in live.context["like"]] == [known]
    assert made.status_code == 302
    assert Person.objects.count() == before + 2


def test_a_birth_joins_the_household_it_was_opened_from(province, nurse):
    home, _ = province.household()

    blank = nurse.get(f"/people/new/?household={home}")
    answer = nurse.post(
        "/people/new/",
        {"name": "Giàng A Mới", "sex": "1", "born_on": "20/10/2026", "birth_precision": "day",
         "place": "Huổi Hoi", "household": str(home), "role": "child", "stay": "permanent"},
    )  # fmt: skip

    assert str(blank.context["form"]["place_id"].value()) == str(province.village)
    assert answer.status_code == 302
    assert Person.objects.get(name="Giàng A Mới").household_id == home


def test_households_are_found_by_anybody_in_them(province, nurse):
    home, _ = province.household(None, "Giàng A Pó", "Giàng A Tủa")

    (found,) = nurse.get("/households/?q=tua").context["homes"]

    assert (found["id"], found["head"]) == (home, "Giàng A Pó")


def test_opening_a_household_is_written_down_for_everybody_in_it(province, nurse):
    home, people = province.household(None, "Giàng A Pó", "Giàng A Tủa")

    assert nurse.get(f"/households/{home}/").status_code == 200

    noted = Reading.objects.filter(subject="registry.household")
    assert set(noted.values_list("subject_id", flat=True)) == {home, *people}


def test_a_household_out_of_reach_is_not_found(province, nurse):
    home, _ = province.household(province.far_village)

    assert nurse.get(f"/households/{home}/").status_code == 404


def rows(*people, **more):
    """The form of a new household with these (name, birth) rows."""
    data = {"place": "Huổi Hoi", "stay": "permanent", "member-TOTAL_FORMS": str(len(people) + 1),
            "member-INITIAL_FORMS": "0", **more}  # fmt: skip
    for at, (name, born_on) in enumerate([*people, ("", "")]):
        data |= {f"member-{at}-name": name, f"member-{at}-born_on": born_on,
                 f"member-{at}-role": "head" if at == 0 else "child",
                 f"member-{at}-birth_precision": "day"}  # fmt: skip
        if name:
            data[f"member-{at}-sex"] = "1"
    return data


def test_a_household_is_registered_with_its_people(province, nurse):
    answer = nurse.post(
        "/households/new/", rows(("Vàng A Chá", "01/02/1980"), ("Vàng A Sò", "03/04/2010"))
    )

    assert answer.status_code == 302
    assert Person.objects.filter(name__startswith="Vàng A").count() == 2


def test_the_rows_offered_need_not_be_filled(province, nurse):
    blank = nurse.get("/households/new/").context["members"]
    typed = {f"member-{key}": value for key, value in
             (("TOTAL_FORMS", blank.management_form["TOTAL_FORMS"].value()),
              ("INITIAL_FORMS", blank.management_form["INITIAL_FORMS"].value()))}  # fmt: skip
    for row in blank.forms:
        typed |= {row.add_prefix(name): row[name].value() or "" for name in row.fields}
    typed |= {"member-0-name": "Vàng A Chá", "member-0-sex": "1", "member-0-born_on": "01/02/1980"}

    answer = nurse.post("/households/new/", {**typed, "place": "Huổi Hoi", "stay": "permanent"})

    assert answer.status_code == 302
    assert Person.objects.count() == 1


def test_more_rows_keep_what_was_typed(province, nurse):
    answer = nurse.post("/households/new/", rows(("Vàng A Chá", "01/02/1980"), more="1"))

    assert answer.status_code == 200
    assert "Vàng A Chá" in answer.content.decode()
    assert len(answer.context["members"].forms) == 5
    assert not Person.objects.exists()


def test_a_household_of_nobody_is_sent_back(province, nurse):
    answer = nurse.post("/households/new/", rows())

    assert answer.status_code == 422


def test_the_number_of_queries_does_not_grow_with_the_people(
    province, nurse, django_assert_num_queries
):
    def count(path):
        with django_assert_num_queries(60, exact=False) as captured:
            nurse.get(path)
        # A request asks for the map's revision once; within a test's transaction, each time.
        asked = [query["sql"] for query in captured.captured_queries]
        return sum("registry_maprevision" not in sql for sql in asked)

    nurse.get("/people/")  # the session notes once that it is in use
    home, (person,) = province.household()
    one = [count(p) for p in ("/people/?q=giang", f"/people/{person}/", f"/households/{home}/")]
    more, people = province.household(None, *(f"Giàng Văn {name}" for name in "ABCDEFGH"))
    many = [count(p) for p in ("/people/?q=giang", f"/people/{people[0]}/", f"/households/{more}/")]

    assert many == one
    assert max(one) <= 18


def items(answer):
    return [(item["label"], item["href"]) for item in answer.context["items"]]


def test_the_palette_finds_people_places_and_screens(province, nurse):
    _, (person,) = province.household(None, "Nà Hỳ Văn")

    found = items(nurse.get("/palette/?q=na+hy", headers={"HX-Request": "true"}))

    assert ("Nà Hỳ Văn", f"/people/{person}/") in found
    assert ("Xã Nà Hỳ", f"/units/{province.hy}/") in found


def test_the_palette_without_script_is_a_page_of_links(province, nurse):
    answer = nurse.get("/palette/?q=" + quote("chà tở"))

    assert b"<html" in answer.content
    assert f'href="/units/{province.to}/"'.encode() in answer.content


def test_the_palette_opens_screens_by_their_names(province, nurse):
    found = items(nurse.get("/palette/?q=register"))

    assert [href for _, href in found] == ["/people/new/", "/households/new/"]


def test_the_palette_keeps_to_the_readers_reach(province, sign_in, nurse):
    province.household(province.far_village, "Lò Văn Xa")

    director = sign_in("director", province.root)

    assert items(nurse.get("/palette/?q=lo+van+xa")) == []
    assert items(director.get("/palette/?q=lo+van+xa")) == []


def test_nobody_enters_unsigned(client, db):
    for path in ("/map/", "/units/", "/people/", "/households/", "/palette/", "/units/suggest/"):
        assert client.get(path)["Location"].startswith("/sign-in/")
