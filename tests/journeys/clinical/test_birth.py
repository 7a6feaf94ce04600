"""A pregnancy to a vaccinated child: registered, seen in danger, delivered, and the birth dose given."""

import re
from datetime import timedelta

from tests.journeys.conftest import PHONE
from tuyen.cli.demo import DAY


def a_woman(page):
    """(name, address) of the first woman found who is of an age to bear."""
    for row in page.locator("main table").first.locator("tbody tr").all():
        year = re.search(r"\d{4}", row.locator("td").first.inner_text())
        if year and 1988 <= int(year[0]) <= 2004:
            return row.locator("th").inner_text(), row.locator("a").get_attribute("href")
    raise AssertionError("the demo has no woman of that age")


def test_from_a_pregnancy_to_a_vaccinated_child(visit):
    midwife = visit("tramtruong", PHONE)
    page = midwife.open("/care/pregnancies/?q=thi")
    name, href = a_woman(page)
    midwife.check_accessible()
    midwife.check_fits()

    page = midwife.open(href)
    page.fill("#register-lmp", f"{DAY - timedelta(days=273):%d/%m/%Y}")
    page = midwife.click("#register button")
    assert "39+0" in page.inner_text("main")

    page.fill("#contact-systolic", "150")
    page.fill("#contact-diastolic", "95")
    page = midwife.click("#contact button")
    assert "Huyết áp cao" in page.inner_text(".notice-bad >> nth=0")
    midwife.check_accessible()
    midwife.check_fits()

    page = midwife.click("main a[href*='/care/births/new/'], header a[href*='/care/births/new/']")
    midwife.check_fits()
    page.fill("#birth-weight1", "3200")
    page.check("[name=vitamin_k1]")
    page = midwife.click("#birth button")
    assert "3200" in page.inner_text("main table >> nth=0")
    assert name in page.inner_text("h1")
    midwife.check_accessible()
    midwife.check_fits()

    page = midwife.click("main a[href*='/immunization/children/']")
    assert "BCG" in page.inner_text("main")
    page = midwife.click("main a[href$='/record/'], header a[href$='/record/']")
    page.check("[name=screened]")
    page = midwife.click("main form .button-primary")
    assert page.locator(".dose-valid").count() > 0

    page = midwife.open("/care/growth/")
    midwife.check_accessible()
    midwife.check_fits()
