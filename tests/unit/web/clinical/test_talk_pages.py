"""Health education on the screen: written down, everything wrong said at once, corrected, taken back."""

from collections.abc import Callable

from django.test import Client

from tests.unit.apps.clinical.conftest import World
from tuyen.apps.clinical.models import Talk

SignedIn = Callable[..., Client]
TYPED = {
    "act": "talk",
    "on": "14/09/2026",
    "form": "group",
    "topic": "nutrition",
    "reached": "25",
    "speaker": "Lò Thị Hoa",
}


def test_a_talk_is_written_down_seen_in_the_book_corrected_and_taken_back(
    world: World, signed_in: SignedIn
) -> None:
    head = signed_in("station-head", world.station)
    address = "/care/talks/?month=2026-09"

    empty = head.get(address).content.decode()
    done = head.post(address, TYPED | {"place": str(world.village)})
    (row,) = Talk.objects.all()
    month = head.get(done.url).content.decode()
    book = head.get(f"/care/books/book/?book=A11&unit={world.station}&month=2026-09")
    file = head.get(f"/care/books/book/?book=A11&unit={world.station}&month=2026-09&form=csv")

    assert "No talk stands in the book this month" in empty
    assert done.status_code == 302
    assert "Huổi Hoi" in month
    assert "Huổi Hoi" in book.content.decode()
    assert "Nutrition" in file.content.decode()
    assert "Lò Thị Hoa" in book.content.decode()
    assert "Lò Thị Hoa" not in file.content.decode()

    page = f"/care/talks/{row.pk}/"
    assert "Huổi Hoi" in head.get(page).content.decode()
    assert head.post(page, TYPED | {"reached": "30"}).status_code == 422  # no reason
    assert head.post(page, TYPED | {"reached": "30", "reason": "đếm lại"}).status_code == 302
    assert Talk.objects.get().reached == 30
    assert head.post(page, {"act": "void", "reason": "nhầm"}).status_code == 302
    assert Talk.objects.get().state == "void"
    assert "taken back: nhầm" in head.get(page).content.decode()


def test_everything_that_is_wrong_is_said_at_once_beside_its_field(
    world: World, signed_in: SignedIn
) -> None:
    head = signed_in("station-head", world.station)
    bad = TYPED | {"on": "hôm qua", "topic": "other", "reached": "", "speaker": ""}

    answer = head.post("/care/talks/", bad)
    page = answer.content.decode()

    assert answer.status_code == 422
    for name in ("on", "topic_words", "reached", "speaker"):
        assert f'href="#talk-{name}"' in page
        assert f'id="talk-{name}-e"' in page
    assert "hôm qua" in page  # as it was typed
    assert not Talk.objects.exists()


def test_who_may_not_record_is_shown_no_form_and_another_station_finds_nothing(
    world: World, signed_in: SignedIn
) -> None:
    signed_in("station-head", world.station).post("/care/talks/", TYPED)
    (row,) = Talk.objects.all()
    stranger = signed_in("station-head", world.elsewhere)

    assert stranger.get(f"/care/talks/{row.pk}/").status_code == 404
    assert stranger.post(f"/care/talks/{row.pk}/", {"act": "void", "reason": "x" * 5}).status_code == 404  # fmt: skip
    assert "Lò Thị Hoa" not in stranger.get("/care/talks/?month=2026-09").content.decode()
    assert Talk.objects.get().state == "live"
