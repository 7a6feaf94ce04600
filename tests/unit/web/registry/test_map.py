"""The dated map: the right communes on the right day, and nothing that is not known drawn as zero."""

from datetime import date

from tuyen.apps.surveillance.operations import ReportZero


def names(answer):
    return [row["name"] for row in answer.context["rows"]]


def test_the_map_of_today_has_the_communes_of_today(province, sign_in):
    answer = sign_in("planner", province.root).get("/map/?show=units")

    assert sorted(names(answer)) == ["Xã Chà Tở", "Xã Nà Hỳ"]
    assert answer.context["maps"][1]["current"]


def test_the_old_map_has_the_former_communes(province, sign_in):
    answer = sign_in("planner", province.root).get("/map/?show=units&on=2025-06-30")

    assert sorted(names(answer)) == ["Xã Chà Tở", "Xã Nà Hỳ", "Xã Nà Khoa", "Xã Nậm Chua"]
    assert answer.context["maps"][0]["current"]


def test_the_slider_stops_where_the_map_changed(province, sign_in):
    answer = sign_in("planner", province.root).get("/map/")

    labels = [stop["label"] for stop in answer.context["stops"]]
    assert labels == ["30/06/2025", "01/07/2025", "25/10/2026"]


def test_without_outlines_the_table_stands_alone(province, sign_in):
    answer = sign_in("planner", province.root).get("/map/?show=units")

    assert answer.context["picture"] is None
    assert b"No outline is stored for this map" in answer.content


def test_with_outlines_each_commune_opens_its_page(province, sign_in):
    province.draw()

    answer = sign_in("planner", province.root).get("/map/?show=units&layer=station")

    assert f"/units/{province.hy}/?on=2026-10-25" in answer.context["picture"]
    assert f"/units/{province.station}/" in answer.context["picture"]


def test_an_empty_node_says_so(sign_in):
    answer = sign_in("planner").get("/map/")

    assert answer.status_code == 200
    assert b"No commune is on record for this day" in answer.content


def test_nobody_registered_is_not_a_population_of_zero(province, sign_in):
    answer = sign_in("planner", province.root).get("/map/?show=people")

    assert {row["value"] for row in answer.context["rows"]} == {"No report"}


def test_people_are_shown_on_the_map_of_their_day(province, sign_in):
    province.household(None, "Giàng A Pó", "Giàng A Tủa")

    client = sign_in("planner", province.root)
    new = client.get("/map/?show=people").context["rows"]
    old = client.get("/map/?show=people&on=2025-06-30").context["rows"]

    assert {r["name"]: r["value"] for r in new} == {"Xã Nà Hỳ": "2", "Xã Chà Tở": "0"}
    assert {r["name"]: r["value"] for r in old}["Xã Nà Khoa"] == "2"


def test_silence_is_no_report_and_a_zero_report_is_zero(province, sign_in):
    province.draw()
    province.world.good(ReportZero(week="2026-W42"), unit=province.station)

    answer = sign_in("cdc-epidemiologist", province.root).get("/map/?show=cases&weeks=4")

    values = {row["name"]: row["value"] for row in answer.context["rows"]}
    assert values == {"Xã Nà Hỳ": "0", "Xã Chà Tở": "No report"}
    assert "No report" in answer.context["picture"]


def test_a_reader_sees_the_counts_of_its_own_communes(province, sign_in):
    province.draw()

    answer = sign_in("station-head", province.station).get("/map/?show=cases")

    assert names(answer) == ["Xã Nà Hỳ"]
    assert b"outside the units of your post" in answer.content


def test_a_day_out_of_all_reason_is_answered_with_a_sentence(province, sign_in):
    answer = sign_in("planner", province.root).get("/map/?on=0001-01-01")

    assert answer.status_code == 422
    assert b"Give a day from 1945" in answer.content


def test_the_number_of_queries_is_that_of_one_commune(
    province, sign_in, django_assert_max_num_queries
):
    client = sign_in("cdc-epidemiologist", province.root)
    client.get("/map/?show=cases")

    for on in ("2026-10-25", "2025-06-30"):
        with django_assert_max_num_queries(14):
            client.get(f"/map/?show=cases&on={on}")


def test_rows_are_sorted_as_asked(province, sign_in):
    client = sign_in("planner", province.root)

    assert names(client.get("/map/?show=units&sort=-name")) == ["Xã Nà Hỳ", "Xã Chà Tở"]


def test_the_table_says_what_a_commune_was_made_of(province, sign_in):
    rows = sign_in("planner", province.root).get("/map/?show=units").context["rows"]

    origin = next(row["origin"] for row in rows if row["name"] == "Xã Chà Tở")
    assert "Xã Nậm Chua" in origin
    assert "25%" in origin


def test_the_day_is_today_when_none_is_asked(province, sign_in):
    assert sign_in("planner", province.root).get("/map/").context["wish"].on == date(2026, 10, 25)
