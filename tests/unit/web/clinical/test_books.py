"""The station's books on the screen, as files, and closed; the slips of a visit."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal

from django.test import Client

from tests.unit.apps.clinical.caring import birth, child, family, pregnant, seen
from tests.unit.apps.clinical.conftest import World, found
from tuyen.apps.access.models import Reading
from tuyen.apps.clinical.models import MonthClosing
from tuyen.apps.clinical.operations import (
    Born,
    NextVisit,
    Prescribed,
    RecordContraception,
    Referred,
)

SEPTEMBER = datetime(2026, 9, 14, 2, tzinfo=UTC)
AMLODIPINE = Prescribed(
    item="amlodipine-5", dose=Decimal(1), times=1, days=30, quantity=Decimal(30)
)
SignedIn = Callable[..., Client]


def test_a_month_is_read_closed_and_read_again(world: World, signed_in: SignedIn) -> None:
    world.visit(world.person(), began_at=SEPTEMBER)
    browser = signed_in("physician-assistant", world.station)
    address = f"/care/books/?unit={world.station}&month=2026-09"

    before = browser.get(address).content.decode()
    told = browser.post("/care/books/close/", {"unit": world.station, "month": "2026-09"})
    again = browser.post("/care/books/close/", {"unit": world.station, "month": "2026-09"})
    after = browser.get(told.url).content.decode()

    assert "The month is over and not closed." in before
    # One line for each book, its figures folded; "show=all" opens them, to read or to print.
    assert "<details open>" not in before
    assert "Visits: <b>1</b>" in before
    opened = browser.get(f"{address}&show=all").content.decode()
    assert opened.count("<details open>") == before.count('class="book-of"') == 15
    assert "Close the month" in before
    assert "Closed on" in after
    assert "was closed on" in after  # the second was refused with its sentence
    assert again.status_code == 302
    assert MonthClosing.objects.count() == 1


def test_a_book_names_people_on_the_page_and_in_no_file(world: World, signed_in: SignedIn) -> None:
    world.visit(world.person(), began_at=SEPTEMBER, prescribed=(AMLODIPINE,))
    browser = signed_in("physician-assistant", world.station)
    address = f"/care/books/book/?book=A12&unit={world.station}&month=2026-09"

    page = browser.get(address).content.decode()
    file = browser.get(f"{address}&form=csv").content.decode()
    sheet = browser.get(f"{address}&form=xlsx")

    assert "Lò Văn Pánh" in page
    assert "142/88" in page
    assert "“Name” stays in sight." in page
    assert '<td class="stays stays-3">Lò Văn Pánh</td>' in page
    assert "Lò Văn Pánh" not in file
    assert "Amlodipine 5 mg 1 × 1 × 30" in file
    assert sheet.content[:2] == b"PK"
    assert Reading.objects.filter(subject="clinical.visit").count() == 3


def test_a_book_about_what_stands_apart_is_shut_without_its_purpose(
    world: World, signed_in: SignedIn
) -> None:
    world.visit(world.person(), began_at=SEPTEMBER, diagnosed=found("O04.9"))
    browser = signed_in("physician-assistant", world.station)
    address = f"/care/books/book/?book=A5.2&unit={world.station}&month=2026-09"

    shut = browser.get(address).content.decode()
    stated = browser.post("/care/purpose/", {"next": address})
    opened = browser.get(stated.url).content.decode()

    assert "O04.9" not in shut
    assert "stands apart" in shut
    assert 'action="/care/purpose/"' in shut
    assert "book=A5.2" in shut  # and back to the book
    assert "O04.9" in opened


def test_the_slips_of_a_visit_are_printed_in_the_language_asked_for(
    world: World, signed_in: SignedIn
) -> None:
    id = world.visit(
        world.person(), prescribed=(AMLODIPINE,), next=NextVisit(on=date(2026, 11, 24)),
        referred=Referred(reason="đau ngực", to_name="Bệnh viện tỉnh", urgent=True),
    )  # fmt: skip
    browser = signed_in("physician-assistant", world.station)

    papers = {
        what: browser.get(f"/care/print/{id}/{what}/?lang=en").content.decode()
        for what in ("prescription", "referral", "appointment", "summary")
    }
    vietnamese = browser.get(f"/care/print/{id}/prescription/").content.decode()

    assert "1 at a time, 1 times a day, 30 days" in papers["prescription"]
    assert "Bệnh viện tỉnh" in papers["referral"]
    assert "24/11/2026" in papers["appointment"] or "24 Nov 2026" in papers["appointment"]
    assert "Blood pressure" in papers["summary"] or "blood pressure" in papers["summary"]
    assert "ngày 1 lần, trong 30 ngày" in vietnamese
    assert browser.get(f"/care/print/{id}/nothing/").status_code == 404


def test_another_stations_books_and_slips_are_not_there(world: World, signed_in: SignedIn) -> None:
    id = world.visit(world.person(), began_at=SEPTEMBER)
    stranger = signed_in("physician-assistant", world.elsewhere)

    book = stranger.get(f"/care/books/book/?book=A1&unit={world.station}&month=2026-09")
    slip = stranger.get(f"/care/print/{id}/summary/")
    told = stranger.post("/care/books/close/", {"unit": world.station, "month": "2026-09"})

    assert "Lò Văn Pánh" not in book.content.decode()
    assert (slip.status_code, told.status_code) == (404, 404)


def test_the_books_of_mothers_are_whole_on_the_page_and_in_the_file(
    world: World, signed_in: SignedIn
) -> None:
    household, mother, _ = family(world)
    pregnant(world, mother, lmp=date(2025, 12, 20), on=date(2026, 3, 1), gravida=2, para=1)
    seen(
        world,
        mother,
        date(2026, 9, 2),
        "antenatal",
        {"hiv_test": "yes"},
        systolic=150,
        diastolic=95,
    )
    born = date(2026, 9, 14)
    newborn = Born(
        sex=1, person=child(world, household, born=born), weight=2300, apgar1=8, apgar5=9
    )
    world.good(
        birth(mother, on=born, born=(newborn, Born(sex=2, alive=False)), mode="caesarean"),
        RecordContraception(person=mother, on=date(2026, 9, 28), what="start", method="iud"),
        unit=world.station,
    )  # fmt: skip
    browser = signed_in("physician-assistant", world.station)

    def page(code: str, form: str = "") -> str:
        address = f"/care/books/book/?book={code}&unit={world.station}&month=2026-09&form={form}"
        return browser.get(address).content.decode()

    for code, words in {
        "A3": ("Giàng Thị Mỷ", "<td>36</td>", "150/95", "High blood pressure"),
        "A4": ("Giàng Thị Mỷ", "Caesarean", "2300", "alive, Apgar 8/9", "born dead"),
        "A5.1": ("Giàng Thị Mỷ", "IUD", "start"),
    }.items():
        text = page(code)
        assert [word for word in words if word not in text] == [], code
        assert "Giàng Thị Mỷ" not in page(code, "csv")


def test_a_month_is_written_as_the_reader_writes_it(world: World, signed_in: SignedIn) -> None:
    browser = signed_in("physician-assistant", world.station)
    address = f"/care/books/?unit={world.station}&month=2026-09"
    shown = {"vi": "tháng 9 năm 2026", "en": "September 2026", "zh-hans": "2026年9月"}

    for language, month in shown.items():
        page = browser.get(address, headers={"accept-language": language}).content.decode()
        assert month.casefold() in page.casefold(), language

    early = browser.post("/care/books/close/", {"unit": world.station, "month": "2026-10"})
    assert "October 2026 is not over" in browser.get(early.url).content.decode()


def test_a_month_of_the_books_with_a_death_and_a_talk_is_closed(
    world: World, signed_in: SignedIn
) -> None:
    """The pages of the journey, at every change."""
    person = world.person()
    head = signed_in("station-head", world.station)
    month = f"unit={world.station}&month=2026-09"
    death = {
        "act": "death",
        "on": "20/09/2026",
        "place": "home",
        "certified_by": "family",
        "cause": "I64",
    }
    talk = {
        "act": "talk",
        "on": "15/09/2026",
        "form": "group",
        "topic": "food",
        "reached": "25",
        "speaker": "Lò Thị Hoa",
    }

    assert head.post(f"/care/deaths/{person}/", death).status_code == 302
    assert head.post("/care/talks/", talk).status_code == 302
    assert "Lò Văn Pánh" in head.get(f"/care/books/book/?book=A6&{month}").content.decode()
    assert "Food safety" in head.get(f"/care/books/book/?book=A11&{month}").content.decode()
    head.post("/care/books/close/", {"unit": world.station, "month": "2026-09"})
    assert "Closed on" in head.get(f"/care/books/?{month}").content.decode()
