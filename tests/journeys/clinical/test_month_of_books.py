"""A month of the books is closed: counted, not typed; a visit told later is shown beside; printed."""

from playwright.sync_api import expect

from tests.journeys.conftest import PHONE

MONTH = "2026-09"
LATE = "20/09/2026"


def visits(page):
    """The figure of visits of the book of examinations."""
    row = page.locator("section").first.locator("tbody tr").first
    return [int(text.replace(".", "")) for text in row.locator("td").all_inner_texts()]


def test_a_month_is_closed_and_what_is_told_later_stands_beside_it(visit):
    head = visit("tramtruong", PHONE)
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
