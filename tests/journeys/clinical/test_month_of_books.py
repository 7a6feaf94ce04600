"""A month of the books: a death and a talk are written down and stand in theirs, the month is closed,
counted and not typed; a visit told later is shown beside; printed."""

import pytest
from playwright.sync_api import expect

from tests.journeys.conftest import PHONE

MONTH = "2026-09"
LATE = "20/09/2026"


def visits(page):
    """The figure of visits of the book of examinations."""
    row = page.locator("section").first.locator("tbody tr").first
    return [int(text.replace(".", "")) for text in row.locator("td").all_text_contents()]


def book(head, code):
    """A book of the month, opened from the books."""
    page = head.open(f"/care/books/?month={MONTH}")
    return head.open(page.locator(f'h2 a[href*="book={code}&"]').get_attribute("href"))


def die(head):
    """Record the death of somebody who is found by a name; returns the name."""
    page = head.open(f"/care/deaths/?month={MONTH}&q=Lò")
    found = page.locator("main table").first.locator("tbody th a").first
    name = found.inner_text()
    page = head.open(found.get_attribute("href"))
    page.fill("#death-on", "tháng trước")
    page = head.click("#death button")
    # Everything that is wrong is said at once, beside its field and above the form.
    expect(page.locator("#death-on-e")).to_be_visible()
    expect(page.locator("#death-cause-e")).to_be_visible()
    head.check_accessible()
    head.check_fits()
    page.fill("#death-on", LATE)
    page.fill("#death-cause", "I64")
    head.click("#death button")
    return name


def talk(head):
    """Write down a talk of the month; returns who spoke."""
    page = head.open(f"/care/talks/?month={MONTH}")
    head.check_accessible()
    head.check_fits()
    page.fill("#talk-on", "15/09/2026")
    page.select_option("#talk-form", "group")
    page.fill("#talk-reached", "23")
    page.fill("#talk-speaker", "Vàng Thị Chở")
    head.click("#talk button")
    return "Vàng Thị Chở"


@pytest.mark.nightly  # half a minute and more in a browser: the checks have thirty
def test_a_month_is_written_closed_and_what_is_told_later_stands_beside_it(visit):
    head = visit("tramtruong", PHONE)
    name, speaker = die(head), talk(head)
    expect(book(head, "A6").locator(".book-page")).to_contain_text(name)
    expect(book(head, "A11").locator(".book-page")).to_contain_text(speaker)

    page = head.open(f"/care/books/?month={MONTH}")
    (counted,) = visits(page)
    assert counted > 0
    head.check_fits()

    page = head.click("main button:has-text('Khoá sổ tháng')")
    expect(page.locator("main")).to_contain_text("Đã khoá sổ lúc")
    assert visits(page) == [counted, counted]
    assert page.locator("form[action$='/close/']").count() == 0

    # A child's weight of last month is told today: a visit of the closed month.
    page = head.open("/care/growth/rounds/")
    head.check_fits()
    page = head.open(page.locator("main table a").first.get_attribute("href"))
    head.check_accessible()
    head.check_fits()
    page = head.open(page.locator("main form table a").first.get_attribute("href"))
    page.fill("#measure-on", LATE)
    page.fill("#measure-weight", "12,5")
    page.check("#measure [name=confirmed]")
    page = head.click("#measure button")

    page = head.open(f"/care/books/?month={MONTH}")
    assert visits(page) == [counted, counted + 1]
    late = page.locator("main ul a").last
    expect(late).to_contain_text(LATE)
    head.check_accessible()
    head.check_fits()

    page = head.open(page.locator("h2 a").first.get_attribute("href"))
    expect(page.locator(".book-page tbody tr")).to_have_count(counted + 1)
    page.emulate_media(media="print")
    expect(page.locator(".book-page")).to_be_visible()
    expect(page.locator("main .no-print").first).to_be_hidden()
