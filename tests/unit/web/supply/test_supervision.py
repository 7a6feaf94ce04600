"""The checklist on screen: nothing typed is lost, kept once, in reach of whoever supervises."""

import io

import pytest
from django.urls import reverse
from PIL import Image

from tests.unit.apps.supply.conftest import PROGRAM, TODAY, codes, op, place
from tests.unit.apps.supply.test_supervision import visit
from tuyen.apps.supply import queries
from tuyen.kernel.ids import uuid7
from tuyen.kernel.photographs import reduced

STATION = place("stM")


@pytest.fixture
def supervisor(signed_in, db):
    return signed_in("health-centre-supervisor", place("hc"))


def text(answer):
    return answer.content.decode()


def typed(**changes):
    plain = {
        "id": uuid7(), "on": "25/10/2026", "team": "Nguyễn Thị Hoa, Vàng A Páo", "met": "Lò Văn Pó",
        "p-med-amlodipine": "2", "c-med-amlodipine": "1.200", "b-med-amlodipine": "1200",
        "p-ipc-sharps": "0", "f-ipc-sharps": "Hộp đầy", "o-ipc-sharps": "Lò Văn Pó",
        "signature": "M10 20L30 40",
    }  # fmt: skip
    return plain | changes


def test_a_visit_is_typed_kept_once_and_read(supervisor):
    address, form = reverse("supervise", args=[STATION]), typed()
    assert "Amlodipin" in text(supervisor.get(address))

    first, again = supervisor.post(address, form), supervisor.post(address, form)

    assert first.status_code == again.status_code == 302
    (row,) = queries.supervisions(by=PROGRAM, on=TODAY, unit=STATION)
    page = text(supervisor.get(first.url))
    assert (row.percent, row.red, list(row.team)) == (50.0, 1, ["Nguyễn Thị Hoa", "Vàng A Páo"])
    assert "Hộp đầy" in page
    assert 'd="M10 20L30 40"' in page
    assert reverse("supervision-visit", args=[row.id]) in text(
        supervisor.get(reverse("supervision-site", args=[STATION]))
    )


def test_what_is_wrong_comes_back_beside_what_was_typed(supervisor):
    wrong = typed(**{"c-med-amlodipine": "viele", "o-ipc-sharps": "", "met": "", "next": "soon"})

    answer = supervisor.post(reverse("supervise", args=[STATION]), wrong)

    assert answer.status_code == 422
    for kept in (
        'value="viele"',
        'value="Hộp đầy"',
        'value="soon"',
        'value="Nguyễn Thị Hoa, Vàng A Páo"',
    ):
        assert kept in text(answer)
    assert queries.supervisions(by=PROGRAM, on=TODAY, unit=STATION) == []


def test_the_station_answers_and_whoever_supervises_settles(supervisor, signed_in):
    assert codes(op(visit(), "stM")) == ["accepted"]
    (finding,) = queries.findings(by=PROGRAM, on=TODAY)
    head = signed_in("station-head", STATION)
    address = reverse("supervision-findings")

    home = text(head.get(reverse("care")))
    assert "To be mended after supervision" in home
    assert "Hộp sắc nhọn đầy quá vạch" in home
    said = head.post(address, {"form": "answer", "finding": finding.id, "note": "Đã thay hộp"})
    settles = head.post(address, {"form": "settle", "finding": finding.id, "mended": "yes"})
    seen = supervisor.post(
        address, {"form": "settle", "finding": finding.id, "mended": "yes", "note": "Tốt"}
    )

    assert (said.status_code, settles.status_code, seen.status_code) == (302, 422, 302)
    assert queries.findings(by=PROGRAM, on=TODAY) == []
    assert "To be mended after supervision" not in text(head.get(reverse("care")))


def test_every_screen_opens_empty_and_full_and_stays_in_reach(supervisor, signed_in):
    empty = text(supervisor.get(reverse("supervision")))
    assert codes(op(visit(), "stM")) == ["accepted"]
    (row,) = queries.supervisions(by=PROGRAM, on=TODAY, unit=STATION)
    stranger = signed_in("station-head", place("stD"))

    assert "50 %" not in empty
    assert "50 %" in text(supervisor.get(reverse("supervision")))
    for address in (reverse("supervision"), reverse("supervision-findings"), reverse("supervision-site", args=[STATION]),
                    reverse("supervision-visit", args=[row.id])):  # fmt: skip
        assert supervisor.get(address).status_code == 200
    assert stranger.get(reverse("supervision-visit", args=[row.id])).status_code == 404
    assert stranger.get(reverse("supervise", args=[STATION])).status_code in (403, 404)
    assert supervisor.get(reverse("supervision"), {"form": "csv"})["Content-Type"].startswith(
        "text/csv"
    )


def photograph(size=(2400, 1600)):
    picture = Image.effect_noise(size, 90).convert("RGB")
    exif = Image.Exif()
    exif[0x010F] = "Máy của tôi"
    written = io.BytesIO()
    picture.save(written, format="JPEG", quality=95, exif=exif)
    return written.getvalue()


def test_a_photograph_is_made_small_and_forgets_its_camera(supervisor):
    seen = op(visit(), "stM")
    assert codes(seen) == ["accepted"]
    large = photograph()
    small = reduced(large, 1280, 180_000)

    assert len(large) > 180_000 >= len(small)
    with Image.open(io.BytesIO(small)) as kept:
        assert not kept.getexif()
    assert reduced(b"GIF89a" + b"." * 400, 1280, 180_000) is None
    sent = [io.BytesIO(large), io.BytesIO(b"no picture at all")]
    for n, file in enumerate(sent):
        file.name = f"anh-{n}.jpg"
    answer = supervisor.post(
        reverse("supervision-attach", args=[seen.id]),
        {"photographs": sent, "caption": "Kệ thuốc"},
        follow=True,
    )
    ((id, _item, caption),) = queries.supervision(by=PROGRAM, id=seen.id, on=TODAY).photographs
    assert caption == "Kệ thuốc"
    assert "anh-1.jpg" in text(answer)
    assert (
        supervisor.get(reverse("supervision-photograph", args=[id]))["Content-Type"] == "image/jpeg"
    )
