"""A reorganisation at the console: composed, looked at, proposed, confirmed by another, undone."""

from datetime import date
from io import BytesIO

import pytest

from tests.unit.web.registry.conftest import MERGER
from tuyen.apps.access.models import Post
from tuyen.apps.registry import queries
from tuyen.apps.registry.models import Proposal, Reorganisation

DAY = date(2027, 1, 1)
HEAD = {"on": "01/01/2027", "basis": "NQ 77/NQ-HĐND"}


@pytest.fixture
def planner(province, sign_in):
    return sign_in("planner", province.root)


@pytest.fixture
def director(province, sign_in):
    return sign_in("director", province.root)


def rows(*units, prefix="row", field="old"):
    data = {f"{prefix}-TOTAL_FORMS": str(len(units)), f"{prefix}-INITIAL_FORMS": "0"}
    for n, unit in enumerate(units):
        data[f"{prefix}-{n}-{field}"] = "x"
        data[f"{prefix}-{n}-{field}_id"] = str(unit)
    return data


def merge(client, province, name="Xã Nậm Pồ"):
    client.post("/reorganise/new/head/", HEAD)
    return client.post(
        "/reorganise/new/?kind=merge",
        {**rows(province.hy, province.to), "new": name, "opens": "on", "code": ""},
    )


def proposed(client, province):
    merge(client, province)
    answer = client.post("/reorganise/new/propose/")
    assert answer.status_code == 302, answer
    return Proposal.objects.get().pk


class TestComposing:
    def test_a_merger_of_two_is_previewed_and_nothing_is_written(self, province, planner):
        province.household()
        answer = merge(planner, province)

        page = planner.get("/reorganise/new/preview/")

        assert answer.status_code == 302
        shown = page.context["shown"]
        assert shown["refusal"] == ""
        assert shown["figures"][0][1:] == (2, 1)
        assert ("Xã Nậm Pồ", "Opens") in [(u["name"], u["what"]) for u in shown["units"]]
        assert not Proposal.objects.exists()
        assert queries.atlas().valid(province.hy, DAY)

    def test_people_and_totals_are_the_same_on_both_maps(self, province, planner):
        province.household()
        province.household(province.far_village, "Lò Văn Xa", "Lò Thị Gần")
        merge(planner, province)

        people = planner.get("/reorganise/new/preview/").context["shown"]["people"]

        assert people["old_total"] == people["new_total"] == 3
        assert people["new"] == [("Xã Nậm Pồ", 3, 3, 3)]

    def test_a_split_says_between_which_bounds_the_figures_lie(self, province, planner):
        province.household(province.to, "Giàng A Một", "Giàng A Hai", "Giàng A Ba", "Giàng A Tư")
        planner.post("/reorganise/new/head/", HEAD)
        data = {"old": "x", "old_id": str(province.to), "row-TOTAL_FORMS": "2",
                "row-INITIAL_FORMS": "0"}  # fmt: skip
        for n, (name, share) in enumerate((("Xã Chà Tở Một", "75"), ("Xã Chà Tở Hai", "25"))):
            data |= {f"row-{n}-new": name, f"row-{n}-share": share, f"row-{n}-opens": "on"}

        answer = planner.post("/reorganise/new/?kind=split", data)

        assert answer.status_code == 302
        people = planner.get("/reorganise/new/preview/").context["shown"]["people"]
        assert people["widest"] == 4
        assert [row[1] for row in people["new"]] == [1, 3]

    def test_shares_that_do_not_make_a_whole_are_refused_in_the_form(self, province, planner):
        data = {"old": "x", "old_id": str(province.hy), "row-TOTAL_FORMS": "2",
                "row-INITIAL_FORMS": "0"}  # fmt: skip
        for n in range(2):
            data |= {f"row-{n}-new": f"Xã {n}", f"row-{n}-share": "40", f"row-{n}-opens": "on"}

        answer = planner.post("/reorganise/new/?kind=split", data)

        assert answer.status_code == 422
        assert "now 80 %" in answer.content.decode()

    def test_a_part_of_a_commune_passes_and_the_rest_stays(self, province, planner):
        planner.post("/reorganise/new/head/", HEAD)
        planner.post("/reorganise/new/?kind=transfer",
                     {"old": "x", "old_id": str(province.hy), "new": "x",
                      "new_id": str(province.to), "share": "12.5"})  # fmt: skip

        units = planner.get("/reorganise/new/preview/").context["shown"]["units"]

        assert units[0]["what"] == "Gives a part"
        assert units[0]["parts"] == ["Xã Nà Hỳ (87.50%)", "Xã Chà Tở (12.50%)"]

    def test_a_village_passes_with_its_people(self, province, planner):
        province.household(province.far_village, "Lò Văn Xa", "Lò Thị Gần")
        planner.post("/reorganise/new/head/", HEAD)
        planner.post("/reorganise/new/?kind=transfer",
                     {"old": "x", "old_id": str(province.far_village), "new": "x",
                      "new_id": str(province.hy)})  # fmt: skip

        shown = planner.get("/reorganise/new/preview/").context["shown"]

        assert dict(shown["moved"])["People who live in another commune afterwards"] == 2
        assert ("Xã Nà Hỳ", 2, 2, 2) in shown["people"]["new"]

    def test_a_renaming_keeps_the_unit(self, province, planner):
        planner.post("/reorganise/new/head/", HEAD)
        planner.post("/reorganise/new/?kind=rename",
                     {"old": "x", "old_id": str(province.hy), "name": "Phường Nà Hỳ Mới"})  # fmt: skip

        (unit,) = planner.get("/reorganise/new/preview/").context["shown"]["units"]

        assert (unit["name"], unit["what"]) == ("Phường Nà Hỳ Mới", "Is renamed")

    def test_a_step_can_be_taken_out_and_all_discarded(self, province, planner):
        merge(planner, province)
        planner.post("/reorganise/new/?kind=close",
                     {"old": "x", "old_id": str(province.far_station)})  # fmt: skip
        planner.post("/reorganise/new/steps/0/drop/")

        left = planner.get("/reorganise/new/").context["told"]
        planner.post("/reorganise/new/discard/")

        assert [step["from"] for step in left] == [["Chà Tở"]]
        assert planner.get("/reorganise/new/").context["told"] == []

    def test_more_rows_keep_what_was_typed(self, province, planner):
        answer = planner.post(
            "/reorganise/new/?kind=merge",
            {**rows(province.hy), "new": "Xã Mới", "code": "", "more": "1"},
        )

        form = answer.context["form"]
        assert answer.status_code == 200
        assert (len(form.rows.forms), form["new"].value()) == (6, "Xã Mới")
        assert str(province.hy) in answer.content.decode()

    def test_what_would_be_refused_is_said_before_it_is_proposed(self, province, planner):
        merge(planner, province)
        planner.post("/reorganise/new/?kind=close",
                     {"old": "x", "old_id": str(province.hy)})  # fmt: skip

        page = planner.get("/reorganise/new/preview/")

        assert "would be refused" in page.content.decode()
        assert planner.post("/reorganise/new/propose/").status_code == 302
        assert not Proposal.objects.exists()


class TestTwoStations:
    def test_one_tap_leaves_one_station_and_takes_the_posts_along(
        self, province, planner, director, sign_in
    ):
        sign_in("station-head", province.far_station)
        merge(planner, province)
        (offer,) = planner.get("/reorganise/new/preview/").context["offers"]["stations"]
        assert {name for _id, name in offer["stations"]} == {"Trạm Y tế xã Nà Hỳ", "Chà Tở"}

        planner.post("/reorganise/new/settle/",
                     {"commune": str(offer["commune"]), "station": str(province.station)})  # fmt: skip
        page = planner.get("/reorganise/new/preview/")

        assert page.context["offers"] == {"stations": [], "posts": 0}
        assert not any("reaches no area" in text for text in page.context["shown"]["warnings"])
        planner.post("/reorganise/new/propose/")
        id = Proposal.objects.get().pk
        assert director.post(f"/reorganise/proposals/{id}/confirm/", HEAD).status_code == 302
        heads = Post.objects.filter(role="station-head", until=None)
        assert [post.unit_id for post in heads] == [province.station]

    def test_posts_that_would_reach_nobody_are_offered_a_place(self, province, planner, sign_in):
        sign_in("station-head", province.far_station)
        merge(planner, province)
        planner.post("/reorganise/new/?kind=convert",
                     {**rows(province.far_station), "new": "x",
                      "new_id": str(province.station)})  # fmt: skip
        before = planner.get("/reorganise/new/preview/").context

        planner.post("/reorganise/new/settle/", {"posts": "1"})
        after = planner.get("/reorganise/new/preview/").context

        assert (before["offers"]["posts"], after["offers"]["posts"]) == (1, 0)
        assert any("reaches no area" in text for text in before["shown"]["warnings"])
        assert not any("reaches no area" in text for text in after["shown"]["warnings"])


class TestFile:
    def send(self, client, text, name="buoc.csv"):
        client.post("/reorganise/new/head/", HEAD)
        file = BytesIO(text.encode())
        file.name = name
        return client.post("/reorganise/new/file/", {"file": file})

    def test_rows_of_one_taker_make_one_step(self, province, planner):
        text = ("kind,old_code,new_code,weight,new_name\n"
                "sáp nhập,Xã Nà Hỳ,03999,,Xã Nậm Pồ\n"
                "merge,Xã Chà Tở,03999,,\n")  # fmt: skip

        assert self.send(planner, text).status_code == 302

        (step,) = planner.get("/reorganise/new/").context["told"]
        assert step["from"] == ["Xã Nà Hỳ", "Xã Chà Tở"]
        assert step["new"] == ["Xã Nậm Pồ (03999)"]
        assert planner.get("/reorganise/new/preview/").context["shown"]["refusal"] == ""

    def test_every_wrong_row_is_named_and_none_is_taken(self, province, planner):
        text = ("old_code;new_code;kind;weight\n"
                "99999;Xã Chà Tở;merge;\n"
                "Xã Nà Hỳ;Xã Chà Tở;marry;\n"
                "Xã Nà Hỳ;Xã Chà Tở;transfer;-3\n"
                "Xã Nà Hỳ;04000;merge;\n")  # fmt: skip

        answer = self.send(planner, text)

        assert answer.status_code == 422
        assert [(row, column) for row, column, _v, _t in answer.context["row_errors"]] == [
            (2, "old_code"), (3, "kind"), (4, "weight"), (5, "new_code"),
        ]  # fmt: skip
        assert planner.get("/reorganise/new/").context["told"] == []

    def test_a_unit_that_has_ended_is_named_with_its_successors(self, province, planner):
        answer = self.send(planner, "old_code,new_code,kind\nXã Nà Khoa,Xã Chà Tở,merge\n")

        ((row, _column, _value, text),) = answer.context["row_errors"]
        assert row == 2
        assert "Xã Nà Hỳ" in text

    @pytest.mark.parametrize(
        ("text", "said"),
        [("a,b\n1,2\n", "has no column"), ("old_code,kind\n", "row"), ("", "holds no table")],
    )
    def test_a_file_that_is_no_table_of_steps_is_refused_whole(self, province, planner, text, said):
        answer = self.send(planner, text)

        assert answer.status_code == 422
        assert said in answer.context["problem"]


class TestTwoPersons:
    def test_the_same_person_is_refused_clearly(self, province, planner):
        id = proposed(planner, province)

        answer = planner.post(f"/reorganise/proposals/{id}/confirm/", {"basis": "NQ 77"})

        assert answer.status_code == 422
        assert "You proposed this yourself" in answer.content.decode()
        assert not Reorganisation.objects.filter(author_id__isnull=False).exists()

    def test_another_person_confirms_and_the_list_says_where_it_stands(
        self, province, planner, director
    ):
        id = proposed(planner, province)
        waits = planner.get("/reorganise/").context["rows"][0]

        answer = director.post(f"/reorganise/proposals/{id}/confirm/", {"basis": "NQ 77, số 12"})

        assert waits["state"] == "Waits for a second person"
        assert waits["own"]
        assert answer.status_code == 302
        page = director.get(answer.url)
        assert [each["what"] for each in page.context["operations"]] == ["Proposed", "Confirmed"]
        assert page.context["line"]["state"] == "Decided, not yet in force"
        assert not queries.atlas().valid(province.to, DAY)
        assert planner.get(f"/reorganise/proposals/{id}/").url == answer.url

    def test_a_proposal_is_turned_down_with_a_reason(self, province, planner, director):
        id = proposed(planner, province)
        bare = director.post(f"/reorganise/proposals/{id}/withdraw/", {"reason": ""})

        answer = director.post(f"/reorganise/proposals/{id}/withdraw/", {"reason": "chưa đủ hồ sơ"})

        assert bare.status_code == 422
        assert answer.status_code == 302
        assert planner.get("/reorganise/").context["rows"][0]["state"] == "Withdrawn"
        assert (
            planner.post(f"/reorganise/proposals/{id}/confirm/", {"basis": "x"}).status_code == 200
        )
        assert queries.atlas().valid(province.to, DAY)

    def test_who_may_not_decide_finds_no_page(self, province, sign_in):
        nurse = sign_in("station-head", province.station)

        assert nurse.get("/reorganise/").status_code == 404
        assert nurse.get("/reorganise/new/").status_code == 404


class TestUndoing:
    @pytest.fixture
    def decision(self, province, planner, director):
        id = proposed(planner, province)
        answer = director.post(f"/reorganise/proposals/{id}/confirm/", {"basis": "NQ 77"})
        return answer.url

    def test_two_persons_undo_it_with_a_reason(self, province, planner, director, decision):
        assert planner.post(f"{decision}undo/", {"reason": ""}).status_code == 422

        answer = planner.post(f"{decision}undo/", {"reason": "hội đồng bãi bỏ"})
        waits = planner.get(decision).context["line"]["state"]
        own = planner.get(f"{decision}undo/")
        alone = planner.post(f"{decision}undo/", {"step": "confirm"})

        assert answer.url == f"{decision}undo/"
        assert waits == "To be undone, waits for a second person"
        assert 'value="confirm"' not in own.content.decode()
        assert alone.url == f"{decision}undo/"
        assert not queries.atlas().valid(province.to, DAY)
        assert director.post(f"{decision}undo/", {"step": "confirm"}).url == decision
        page = planner.get(decision)
        assert page.context["line"]["state"] == "Undone"
        assert [each["what"] for each in page.context["operations"]] == [
            "Proposed", "Confirmed", "Undo proposed", "Undone",
        ]  # fmt: skip
        assert page.context["passed"][0]["taker"] == "Xã Nậm Pồ", "its name outlives it"
        assert queries.atlas().valid(province.to, DAY)

    def test_an_undo_is_turned_down_with_a_reason(self, province, planner, director, decision):
        planner.post(f"{decision}undo/", {"reason": "hội đồng bãi bỏ"})

        assert director.post(f"{decision}undo/", {"reason": ""}).status_code == 422
        assert director.post(f"{decision}undo/", {"reason": "giữ nguyên"}).url == decision
        assert planner.get(decision).context["line"]["state"] == "Decided, not yet in force"
        assert not queries.atlas().valid(province.to, DAY)

    def test_what_was_built_on_it_is_said_before_and_when_it_is_tried(
        self, world, province, planner, decision
    ):
        new = queries.atlas().successors(province.to)[-1].successor
        world.open("village", "Bản Mới", ("lies_in", new), since=DAY)

        page = planner.get(f"{decision}undo/")
        answer = planner.post(f"{decision}undo/", {"reason": "hội đồng bãi bỏ"})

        assert "Xã Nậm Pồ" in page.context["why"]
        assert answer.status_code == 422
        assert planner.get(decision).context["line"]["state"] == "Decided, not yet in force"


def test_what_the_program_loaded_is_on_the_list(province, planner):
    (row,) = planner.get("/reorganise/").context["rows"]

    assert (row["row"].on, row["row"].by_program, row["state"]) == (MERGER, True, "In force")
    page = planner.get(row["href"])
    assert len(page.context["passed"]) == 5
