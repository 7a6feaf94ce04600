"""Units: found as they are typed, told with their days, changed by dated operations."""

from datetime import date
from uuid import uuid4

import pytest

from tuyen.apps.registry import queries


def suggested(answer):
    return [(item["label"], item["note"]) for item in answer.context["items"]]


def test_the_list_shows_the_units_of_the_day(province, sign_in):
    client = sign_in("director", province.root)

    today = client.get("/units/?type=commune")
    before = client.get("/units/?type=commune&on=30/06/2025")
    former = client.get("/units/?type=commune&state=former")

    assert today.context["page"].paginator.count == 2
    assert before.context["page"].paginator.count == 4
    assert former.context["page"].paginator.count == 3
    assert b"Became" in former.content


@pytest.mark.parametrize("text", ["na hy", "NA HY", "hy na", "Nà Hỳ", "xa na hy"])
def test_a_unit_is_found_however_it_is_typed(province, sign_in, text):
    answer = sign_in("director", province.root).get("/units/", {"q": text, "type": "commune"})

    assert [row["name"] for row in answer.context["rows"]] == ["Xã Nà Hỳ"]


def test_a_unit_shows_both_its_lines_of_authority(province, sign_in):
    answer = sign_in("director", province.root).get(f"/units/{province.station}/")

    lines = {(tie.words, tie.name) for tie in answer.context["lines"]}
    assert lines == {("Owned by", "Xã Nà Hỳ"),
                     ("Technically guided by", "Trung tâm Y tế khu vực Nậm Pồ")}  # fmt: skip
    assert {tie.since for tie in answer.context["lines"]} == {date(2025, 7, 1)}


def test_a_former_unit_says_what_it_became(province, sign_in):
    answer = sign_in("director", province.root).get(f"/units/{province.chua}/")

    shares = {part.name: part.weight for part in answer.context["became"]}
    assert shares == {"Xã Nà Hỳ": 0.75, "Xã Chà Tở": 0.25}
    assert b"This unit ended on 01/07/2025" in answer.content
    assert answer.context["on"] == date(2025, 6, 30)


def test_the_story_tells_each_day_once(province, sign_in):
    days = sign_in("director", province.root).get(f"/units/{province.hy}/").context["events"]

    assert [(day.on, day.title) for day in days] == [(date(2025, 7, 1), "Came into being")]


def test_an_unknown_unit_is_not_found(province, sign_in):
    assert sign_in("director", province.root).get(f"/units/{uuid4()}/").status_code == 404


def test_every_type_of_unit_has_its_page(province, sign_in):
    client = sign_in("planner", province.root)
    province.draw()

    for unit in (province.root, province.khoa, province.village, province.centre, province.station):
        assert client.get(f"/units/{unit}/").status_code == 200


def test_a_unit_is_renamed_from_a_day_on(province, sign_in):
    client = sign_in("planner", province.root)

    answer = client.post(
        f"/units/{province.station}/edit/name/",
        {"name": "Nà Hỳ 1", "full_name": "Trạm Y tế Nà Hỳ 1", "since": "01/10/2026", "basis": "x"},
    )

    assert answer.status_code == 302
    atlas = queries.atlas()
    assert atlas.name(province.station, date(2026, 10, 1)) == "Nà Hỳ 1"
    assert atlas.name(province.station, date(2026, 9, 30)) == "Nà Hỳ"


def test_a_relation_may_be_typed_without_choosing(province, sign_in):
    client = sign_in("planner", province.root)

    answer = client.post(
        f"/units/{province.far_station}/edit/relate/",
        {"kind": "guided_by", "other": "Trung tâm Y tế khu vực Nậm Pồ", "since": "01/10/2026"},
    )

    assert answer.status_code == 302
    guides = queries.atlas().related(province.far_station, "guided_by", date(2026, 10, 1))
    assert guides == [province.centre]


def test_a_relation_ends_on_its_day(province, sign_in):
    client = sign_in("planner", province.root)

    answer = client.post(
        f"/units/{province.station}/edit/unrelate/",
        {"relation": f"guided_by|{province.centre}", "since": "01/10/2026"},
    )

    assert answer.status_code == 302
    assert queries.atlas().related(province.station, "guided_by", date(2026, 10, 1)) == []


def test_a_unit_that_two_names_fit_is_asked_for_again(province, sign_in):
    answer = sign_in("planner", province.root).post(
        f"/units/{province.far_station}/edit/relate/",
        {"kind": "lies_in", "other": "Nà", "since": "01/10/2026"},
    )

    assert answer.status_code == 422
    assert b"type more of the name and choose one" in answer.content


def test_a_refusal_stands_in_the_form(province, sign_in):
    answer = sign_in("planner", province.root).post(
        f"/units/{province.station}/edit/code/",
        {"system": "insurer", "code": "wrong", "since": "01/10/2026"},
    )

    assert answer.status_code == 422
    assert b"has not the form of a code" in answer.content


def test_a_unit_without_successor_is_closed(province, sign_in):
    answer = sign_in("planner", province.root).post(
        f"/units/{province.far_station}/edit/close/", {"since": "01/10/2026"}
    )

    assert answer.status_code == 302
    assert not queries.atlas().valid(province.far_station, date(2026, 10, 1))


def test_a_post_without_the_right_finds_no_form(province, sign_in):
    client = sign_in("station-head", province.station)

    assert client.get(f"/units/{province.station}/edit/name/").status_code == 404
    assert client.get(f"/units/{province.station}/edit/nonsense/").status_code == 404


def test_people_of_a_unit_are_counted_apart(province, sign_in):
    province.household(None, "Giàng A Pó", "Giàng A Tủa")
    client = sign_in("director", province.root)

    whole = client.get(f"/units/{province.station}/people/")
    part = client.get(f"/units/{province.station}/people/", headers={"HX-Request": "true"})

    assert whole.context["total"] == part.context["total"] == 2
    assert b"<html" not in part.content


def test_suggestions_are_of_today_and_of_the_types_asked(province, sign_in):
    client = sign_in("director", province.root)

    assert suggested(client.get("/units/suggest/?q=na+khoa")) == []
    assert suggested(client.get("/units/suggest/?q=na+khoa&former=1")) == [
        ("Xã Nà Khoa", "Commune until 01/07/2025 → Xã Nà Hỳ")
    ]
    assert [name for name, _ in suggested(client.get("/units/suggest/?q=na&types=station"))] == [
        "Trạm Y tế xã Nà Hỳ"
    ]


def test_a_name_with_a_slip_is_still_found(province, sign_in):
    answer = sign_in("director", province.root).get("/units/suggest/?q=cha+tor")

    assert "Xã Chà Tở" in [name for name, _ in suggested(answer)]


@pytest.mark.parametrize("path", ["/units/", "/units/{}/", "/units/suggest/?q=na"])
def test_pages_of_units_ask_only_who_reads_and_whether_the_map_changed(
    province, sign_in, django_assert_num_queries, path
):
    province.draw()
    client = sign_in("director", province.root)
    client.get(path.format(province.hy))

    for unit in (province.station, province.root):
        with django_assert_num_queries(4):
            client.get(path.format(unit))
