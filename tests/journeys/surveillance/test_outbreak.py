"""An outbreak worked in a real browser: a round of contacts by keys on a phone, and a report issued."""

import re

from playwright.sync_api import expect

from tests.journeys.conftest import DESK, PHONE


def test_a_round_of_contacts_is_made_by_keys_on_a_phone(visit):
    visitor = visit("cdc", PHONE)
    page = visitor.open("/outbreaks/")
    visitor.check_accessible()
    visitor.check_fits()
    # The measles outbreak of the demo has contacts who are to be seen on its last day.
    href = page.locator("tbody th a", has_text=re.compile("Sởi")).first.get_attribute("href")

    page = visitor.open(f"{href}contacts/?state=due")
    visitor.check_accessible()
    visitor.check_fits()
    first = page.locator(".contact-grid fieldset").first
    first.locator("input").first.focus()
    page.keyboard.press("Space")
    expect(first.locator("input").first).to_be_checked()
    waiting = page.locator(".contact-grid tbody tr").count()
    with page.expect_navigation():
        page.locator(".stick button").press("Enter")

    expect(page.locator(".contact-grid tbody tr, .empty")).not_to_have_count(waiting)
    expect(page.locator(".toasts")).to_contain_text(re.compile(r"\d"))


def test_the_report_of_the_day_is_issued_and_printed(visit):
    visitor = visit("cdc", DESK)
    page = visitor.open("/outbreaks/")
    href = page.locator("tbody th a", has_text=re.compile("Sởi")).first.get_attribute("href")
    for part in ("", "chains/"):
        page = visitor.open(href + part)
        expect(page.locator(".chart svg").first).to_be_visible()
        visitor.check_accessible()

    page = visitor.open(f"{href}reports/")
    page.fill("#s-situation", "Không ghi nhận ca mới trong ngày.")
    with page.expect_navigation():
        page.locator("form[action*=sitrep] button[type=submit]").click()
    newest = page.locator("tbody th a").first
    expect(newest).to_be_visible()
    with page.expect_navigation():
        newest.click()

    expect(page.locator("article.paper")).to_contain_text("Không ghi nhận ca mới trong ngày.")
    visitor.check_accessible()
