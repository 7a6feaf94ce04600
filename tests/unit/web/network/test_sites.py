"""The review on screen: weights are moved, nothing typed is lost, kept once, in reach of who reviews."""

import io

import pytest
from django.urls import reverse
from PIL import Image

from tests.unit.apps.network.conftest import PROGRAM, TODAY, place
from tuyen.apps.network import queries
from tuyen.kernel.ids import uuid7

STATION = place("stM")


@pytest.fixture
def planner(signed_in):
    return signed_in("planner", place("P"))


def text(answer):
    return answer.content.decode()


def typed(**changes):
    return {
        "id": uuid7(), "on": "20/10/2026", "transport": "paved", "terrain": "mountain",
        "c-water": "good", "s-doctor": "1", "n-care": "10", "e-staff": "Bảng phân công", "p-staff": "55",
        "refurbish": "1.200", "note": "Đất hẹp",
    } | changes  # fmt: skip


def test_a_review_is_typed_kept_once_read_and_amended(planner):
    address, form = reverse("network-review", args=[STATION]), typed()
    assert "Road to the site" in text(planner.get(address))

    first, again = planner.post(address, form), planner.post(address, form)
    page = queries.site(by=PROGRAM, unit=STATION, on=TODAY)
    read = text(planner.get(first.url))
    (review,) = page.reviews

    assert first.status_code == again.status_code == 302
    assert (review.refurbish, review.staff, review.note) == (1200, {"doctor": 1}, "Đất hẹp")
    for told in ("Đất hẹp", "55/100", "Bảng phân công", "1,200 million VND", "10 of 100 points",
                 "a zone passes with 80 % of all points and 50 % of each"):  # fmt: skip
        assert told in read
    amend = f"{address}?amend={review.id}"
    assert 'value="1200"' in text(planner.get(amend))
    assert planner.post(amend, typed(id=uuid7(), note="Đất rộng")).status_code == 422
    assert (
        planner.post(amend, typed(id=uuid7(), reason="Đo lại", transport="dirt")).status_code == 302
    )
    assert "amended" in text(planner.get(first.url))


def test_what_is_wrong_comes_back_beside_what_was_typed(planner):
    wrong = {"s-doctor": "viele", "n-care": "13", "on": "hôm qua"}

    answer = planner.post(reverse("network-review", args=[STATION]), typed(**wrong))

    assert answer.status_code == 422
    for kept in ('value="viele"', 'value="13"', 'value="hôm qua"', "Đất hẹp", "Write the day as"):
        assert kept in text(answer)
    assert queries.network(by=PROGRAM, on=TODAY).reviewed == 0


def test_moved_weights_move_the_ranking_and_the_file_has_the_same_rows(planner):
    planner.post(reverse("network-review", args=[place("pM")]), typed())
    address = reverse("network-sites")
    only = {f"w-{key}": "0" for key in ("central", "density", "infrastructure", "staff")}

    usual = text(planner.get(address))
    moved = text(planner.get(address, only | {"w-transport": "100"}))
    file = planner.get(address, only | {"w-transport": "100", "form": "csv"})

    assert "Reviewed: 1 of 5 sites" in usual
    assert f'1. <a href="{reverse("network-site", args=[place("pM")])}"' in moved
    assert file["Content-Type"].startswith("text/csv")
    assert "80.0" in text(file)


def test_a_station_head_sees_the_own_site_alone(planner, signed_in):
    head = signed_in("station-head", place("stN"))

    assert "station stM" not in text(head.get(reverse("network-sites")))
    assert head.get(reverse("network-site", args=[STATION])).status_code == 404
    assert head.get(reverse("network-review", args=[STATION])).status_code in (403, 404)
    assert head.post(reverse("network-review", args=[place("stN")]), typed()).status_code == 302


def test_a_photograph_is_made_small_and_shown_and_a_review_is_voided(planner):
    planner.post(reverse("network-review", args=[STATION]), typed())
    written = io.BytesIO()
    Image.new("RGB", (1600, 1200), "navy").save(written, format="JPEG")
    written.seek(0)
    written.name = "tram.jpg"
    page = reverse("network-site", args=[STATION])

    planner.post(reverse("network-attach", args=[STATION]),
                 {"photographs": written, "criterion": "infrastructure", "caption": "Mái dột"})  # fmt: skip
    review = queries.site(by=PROGRAM, unit=STATION, on=TODAY).reviews[0]
    shown = planner.get(reverse("network-photograph", args=[review.photographs[0][0]]))

    assert shown["Content-Type"] == "image/jpeg"
    assert "Mái dột" in text(planner.get(page))
    assert planner.post(page, {"review": review.id, "reason": ""}).status_code == 422
    assert planner.post(page, {"review": review.id, "reason": "Nhầm trạm"}).status_code == 302
    assert "never reviewed" in text(planner.get(page))
