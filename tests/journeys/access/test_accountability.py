"""An emergency, from the reason to the judgement, and what the resident is shown of it."""

import sqlite3

import pytest

from tests.journeys.conftest import DESK, PHONE

REASON = "Bệnh nhân hôn mê tại khoa cấp cứu, cần biết tiền sử bệnh và thẻ bảo hiểm ngay"


@pytest.fixture(scope="module")
def residents(province):
    """(id, name, born) of some residents, the newest households first."""
    store = sqlite3.connect(f"file:{province.home}/tuyen.sqlite3?mode=ro", uri=True)
    rows = store.execute(
        "SELECT id, name, born_on FROM registry_person WHERE voided_on IS NULL AND died_on IS NULL"
        " AND birth_precision = 'day' ORDER BY number DESC LIMIT 200"
    ).fetchall()
    store.close()
    return rows


def breaks_the_glass(visitor, residents) -> str:
    """Open the record of the first resident who is of another place; returns the name."""
    for _id, name, born in residents:
        page = visitor.open("/emergencies/new/")
        page.fill("[name=who]", name)
        page.fill("[name=born_on]", "/".join(reversed(born.split("-"))))
        page.fill("[name=reason]", REASON)
        visitor.click("main form button[type=submit]")
        if "/emergencies/" in page.url and not page.url.endswith("/new/"):
            return name
    raise AssertionError("every resident tried is of the reader's own places")


def looked_at(visitor):
    visitor.check_accessible()
    visitor.page.set_viewport_size(PHONE)
    visitor.check_fits()
    visitor.page.set_viewport_size(DESK)


def test_an_emergency_is_opened_told_and_judged(visit, residents):
    visitor = visit("ysi", DESK)
    visitor.open("/emergencies/new/")
    looked_at(visitor)
    name = breaks_the_glass(visitor, residents)
    page = visitor.page
    assert page.locator("main h1").inner_text() == name
    assert page.locator("main a[href^='/people/']").count() == 0
    looked_at(visitor)

    head = visit("giamdoc", DESK)
    head.open("/emergencies/")
    assert REASON in head.page.locator("main").inner_text()
    assert head.page.locator(".rail a[href='/emergencies/'] .rail-count").inner_text() == "1"
    looked_at(head)
    head.page.fill("[name=note]", "Đã gọi xác minh với khoa cấp cứu")
    head.click("button[value=justified]")
    looked_at(head)
    assert head.page.locator(".rail a[href='/emergencies/'] .rail-count").count() == 0

    visitor.open("/emergencies/new/")
    assert "Đã gọi xác minh" in page.locator("main").inner_text()


def test_what_means_nobody_says_so_at_the_field(visit):
    visitor = visit("hosinh", DESK)
    page = visitor.open("/emergencies/new/")
    page.fill("[name=who]", "Không Có Ai")
    page.fill("[name=born_on]", "01/01/2001")
    page.fill("[name=reason]", REASON)
    page.keyboard.press("Tab")
    with page.expect_navigation():
        page.keyboard.press("Enter")

    assert page.locator("[name=who]").get_attribute("aria-invalid") == "true"
    looked_at(visitor)


@pytest.mark.parametrize("language", ["vi", "zh-hans"])
def test_a_resident_is_shown_who_read_the_record(visit, language):
    reader = visit("danso", DESK)
    reader.open("/people/?q=thi")
    href = reader.page.get_attribute(
        "#found a[href^='/people/'], main a[href^='/people/0']", "href"
    )
    reader.open(href)

    visitor = visit("tramtruong", DESK)
    visitor.speaks(language)
    page = visitor.open(f"{href}readings/")

    words = page.locator("main").inner_text()
    assert ("đã mở hồ sơ" if language == "vi" else "打开了您的档案") in words
    assert page.locator("main tbody tr").count() >= 2
    looked_at(visitor)
