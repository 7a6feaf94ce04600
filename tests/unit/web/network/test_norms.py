"""Norms of the network on screen, and a plan as a file."""

import json

import pytest
from django.urls import reverse

from tests.unit.apps.network.conftest import place
from tests.unit.apps.network.test_plans import choice, drafted
from tuyen.rules import network as rules
from tuyen.rules.loader import load


@pytest.fixture
def planner(signed_in):
    return signed_in("planner", place("P"))


def test_every_norm_stands_with_its_act_and_what_is_not_compared_is_marked(planner, signed_in):
    page = planner.get(reverse("network-norms")).content.decode()

    dated = len(load("network/norms")) + len(load("network/funds"))
    assert page.count('<th scope="row">') == dated + len(rules.sources())
    assert "Thông tư 03/2023/TT-BYT" in page
    assert page.count("not compared with the gazette") >= dated
    folded = page.split('<ul class="list-narrow">')[1].split("</ul>")[0]
    assert folded.count("<summary>") == dated + len(rules.sources())
    assert folded.count("not compared with the gazette") >= dated
    assert signed_in("station-head", place("stM")).get(reverse("network-norms")).status_code == 200


def test_units_and_what_no_act_says_are_told_in_the_language_of_the_reader(planner):
    page = planner.get(reverse("network-norms"), headers={"accept-language": "vi"}).content.decode()

    for untold in ("million VND", "the project", "minutes", "very-hard", ">people<", "per cent"):
        assert untold not in page, untold
    assert "triệu đồng" in page
    assert "đề xuất riêng của phần mềm" in page


def test_a_plan_is_a_table_and_a_map_of_its_sites(planner, signed_in):
    id = drafted(choice("pN", "repurposed", "school"))

    table = planner.get(reverse("network-plan-csv", args=[id])).content.decode("utf-8-sig")
    told = json.loads(planner.get(reverse("network-plan-geojson", args=[id])).content)

    assert "satellite_point pN" in table
    sites = {one["properties"]["name"]: one for one in told["features"]}
    assert len(sites) == 4
    closed = sites["satellite_point pN"]
    assert closed["geometry"]["coordinates"] == [103.3, 21.05]
    assert closed["properties"]["before"] == "satellite"
    assert (closed["properties"]["after"], closed["properties"]["destination"]) == (
        "repurposed",
        "school",
    )
    head = signed_in("station-head", place("stM"))
    for name in ("network-plan-csv", "network-plan-geojson"):
        assert head.get(reverse(name, args=[id])).status_code in (403, 404)


def test_a_norm_without_its_source_is_answered_in_words_and_named_by_the_doctor(
    planner, signed_in, tmp_path, monkeypatch
):
    (tmp_path / "network").mkdir()
    (tmp_path / "network" / "norms.yaml").write_text(
        "doctors:\n  unit: doctors\n  values:\n    - {from: 2026-01-01, value: 9, confidence: H}\n"
    )
    monkeypatch.setenv("TUYEN_RULES", str(tmp_path))

    answer = planner.get(reverse("network-norms"))
    doctor = signed_in("administrator", place("P")).get(reverse("doctor")).content.decode()

    assert answer.status_code == 503
    assert (
        "refuses: network/norms.yaml, /doctors/values/1: source is missing"
        in answer.content.decode()
    )
    assert str(tmp_path) not in answer.content.decode()
    assert "norms.yaml, /doctors/values/1: source is missing" in doctor
    (tmp_path / "network" / "norms.yaml").unlink()
    assert planner.get(reverse("network-norms")).status_code == 200
