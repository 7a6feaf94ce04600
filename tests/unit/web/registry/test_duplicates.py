"""Records that may be one person's at the console: suggested with reasons, decided, taken back."""

from datetime import date
from uuid import uuid4

import pytest

from tuyen.apps.access.models import Reading
from tuyen.apps.registry.models import Apart, Merge, MergeProposal, Person
from tuyen.apps.registry.operations import Relate


@pytest.fixture
def nurse(province, sign_in):
    """The head of the station of Nà Hỳ."""
    return sign_in("station-head", province.station)


@pytest.fixture
def two(province):
    """One name and birth date in two households of one village."""
    _, (one,) = province.household(None, "Giàng A Pó")
    _, (other,) = province.household(None, "Giàng A Pó")
    return one, other


@pytest.fixture
def apart_communes(world, province):
    """The same in two communes, whose stations one centre guides."""
    for station in (province.station, province.far_station):
        world.send(Relate(subject=station, relation="guided_by", object=province.centre,
                          since=date(2025, 7, 1)), unit=station)  # fmt: skip
    _, (one,) = province.household(None, "Giàng A Pó")
    _, (other,) = province.household(province.far_village, "Giàng A Pó")
    return one, other


class TestSuggesting:
    def test_the_work_list_tells_why(self, two, nurse):
        (pair,) = nurse.get("/duplicates/").context["pairs"]

        assert {pair["one"]["id"], pair["other"]["id"]} == set(two)
        told = {text.removesuffix(" (common here)") for text in pair["judged"]["for"]}
        assert {"Same name", "Same birth date", "Same village"} <= told
        assert "Different households" in pair["judged"]["against"]

    def test_the_work_list_is_paged(self, province, nurse):
        for n in range(24):
            for _ in range(2):
                province.household(
                    None, f"{['Sùng', 'Vàng', 'Thào', 'Hờ', 'Lầu', 'Cứ'][n % 6]} Thị {chr(65 + n)}"
                )

        first, second = (nurse.get(f"/duplicates/?page={n}").context for n in (1, 2))

        assert first["total"] >= 24
        assert len(first["pairs"]) == 20
        assert len(second["pairs"]) == first["total"] - 20

    def test_candidates_of_one_person_are_never_more_than_three(self, province, nurse):
        people = [province.household(None, "Giàng A Pó")[1][0] for _ in range(6)]

        answer = nurse.get(f"/duplicates/of/{people[0]}/")

        assert len(answer.context["pairs"]) == 3

    def test_an_empty_list_says_so(self, province, nurse):
        assert b"No two records of this unit" in nurse.get("/duplicates/").content

    def test_records_out_of_reach_are_answered_like_none(self, province, nurse, two):
        _, (far,) = province.household(province.far_village, "Giàng A Pó")

        assert nurse.get(f"/duplicates/{two[0]}/{far}/").status_code == 404
        assert nurse.get(f"/duplicates/{two[0]}/{uuid4()}/").status_code == 404
        assert nurse.get(f"/duplicates/of/{far}/").status_code == 404


class TestComparing:
    def test_what_differs_is_marked_and_the_reading_noted(self, province, two, nurse):
        answer = nurse.get(f"/duplicates/{two[0]}/{two[1]}/")

        marked = {field: differs for field, _a, _b, differs in answer.context["rows"]}
        assert not marked["Full name"]
        assert marked["Numbers"]
        assert Reading.objects.filter(subject_id__in=two).count() >= 2

    def test_records_of_one_commune_are_merged_and_parted(self, two, nurse):
        one, other = two
        merged = nurse.post(f"/duplicates/{one}/{other}/", {"kept": str(one)})
        merge = Merge.objects.get()
        listed = nurse.get("/duplicates/?tab=merged").context["merged"]

        bare = nurse.post(f"/duplicates/merges/{merge.pk}/part/", {"reason": ""})
        parted = nurse.post(f"/duplicates/merges/{merge.pk}/part/", {"reason": "hai anh em"})

        assert merged.status_code == parted.status_code == 302
        assert [each["row"].duplicate for each in listed] == [other]
        assert bare.status_code == 422
        assert Person.objects.get(pk=other).merged_into_id is None

    def test_two_people_are_told_apart_and_suggested_again(self, two, nurse):
        one, other = two
        bare = nurse.post(f"/duplicates/{one}/{other}/", {"apart": "1", "reason": ""})
        nurse.post(f"/duplicates/{one}/{other}/", {"apart": "1", "reason": "hai anh em họ"})
        row = Apart.objects.get()
        page = nurse.get(f"/duplicates/{one}/{other}/")

        assert bare.status_code == 422
        assert nurse.get("/duplicates/").context["pairs"] == []
        assert "hai anh em họ" in page.content.decode()
        assert not page.context["may_merge"]
        assert len(nurse.get("/duplicates/?tab=apart").context["apart"]) == 1
        nurse.post(f"/duplicates/apart/{row.pk}/take-back/", {"reason": "nhầm"})
        assert len(nurse.get("/duplicates/").context["pairs"]) == 1


class TestTwoPersons:
    @pytest.fixture
    def centre(self, province, sign_in):
        return sign_in("health-centre-supervisor", province.centre)

    def test_a_centre_proposes_across_communes_and_a_station_confirms(
        self, apart_communes, centre, nurse
    ):
        one, other = apart_communes
        answer = centre.post(f"/duplicates/{one}/{other}/", {"kept": str(one)})
        proposal = MergeProposal.objects.get()
        (waiting,) = nurse.get("/duplicates/?tab=waiting").context["waiting"]

        confirmed = nurse.post(f"/duplicates/proposals/{proposal.pk}/confirm/")

        assert answer.status_code == confirmed.status_code == 302
        assert waiting["kept"]["name"] == "Giàng A Pó"
        assert waiting["duplicate"] is None, "the other commune's record is not shown"
        assert Person.objects.get(pk=other).merged_into_id == one

    def test_who_proposed_cannot_confirm(self, world, province, apart_communes, sign_in):
        world.send(Relate(subject=province.station, relation="serves", object=province.to,
                          since=date(2025, 7, 1)), unit=province.station)  # fmt: skip
        both = sign_in("station-head", province.station)
        one, other = apart_communes
        both.post(f"/duplicates/{one}/{other}/", {"kept": str(one)})
        proposal = MergeProposal.objects.get()

        answer = both.post(f"/duplicates/proposals/{proposal.pk}/confirm/")

        assert answer.status_code == 422
        assert "You proposed this yourself" in answer.content.decode()
        assert Person.objects.get(pk=other).merged_into_id is None


class TestRegistering:
    FORM = {"name": "Giàng A Pó", "sex": "1", "born_on": "05/03/1987", "birth_precision": "day",
            "place": "Huổi Hoi", "stay": "permanent"}  # fmt: skip

    def test_likely_records_are_shown_before_one_is_made(self, province, two, nurse):
        answer = nurse.post("/people/new/", {**self.FORM, "place_id": str(province.village)})

        assert answer.status_code == 422
        assert {each["row"]["id"] for each in answer.context["like"]} == set(two)
        assert Person.objects.count() == 2

    def test_somebody_else_is_registered_all_the_same(self, province, two, nurse):
        form = {**self.FORM, "place_id": str(province.village), "anyway": "1"}

        assert nurse.post("/people/new/", form).status_code == 302
        assert Person.objects.count() == 3

    def test_who_looks_like_nobody_is_registered_at_once(self, province, two, nurse):
        form = {**self.FORM, "name": "Lò Thị Ún", "sex": "2", "born_on": "09/11/2001",
                "place_id": str(province.village)}  # fmt: skip

        assert nurse.post("/people/new/", form).status_code == 302

    def test_they_are_shown_while_one_types(self, province, two, nurse):
        answer = nurse.post("/duplicates/like/", {**self.FORM, "place_id": str(province.village)})

        assert b"<html" not in answer.content
        assert answer.content.decode().count("Giàng A Pó") == 2
        assert nurse.post("/duplicates/like/", {"name": "Giàng"}).content.strip() == b""

    def test_records_out_of_reach_are_not_shown(self, province, two, sign_in):
        far = sign_in("station-head", province.far_station)
        form = {**self.FORM, "place": "Nậm Khăn", "place_id": str(province.far_village)}

        assert far.post("/duplicates/like/", form).content.strip() == b""
