"""From an alarm to what was sent in three steps; risks, plan and rota on a phone."""

import re

import pytest
from playwright.sync_api import expect

from tests.journeys.conftest import PHONE


def test_an_alarm_is_answered_in_three_steps_and_the_team_arrives(visit):
    visitor = visit("cdc")
    page = visitor.open("/signals/")

    # One: the alarm. Two: what can be sent to it. Three: book what is proposed.
    with page.expect_navigation():
        page.locator(".alarm-title").first.click()
    with page.expect_navigation():
        page.locator("main a[href*='/response/']").first.click()
    visitor.check_accessible()
    expect(page.locator("input[name=team]:checked").first).to_be_checked()
    with page.expect_navigation():
        page.locator(".book-bar button").click()

    expect(page.locator("#booked .choice-line").first).to_be_visible()
    expect(page.locator("#booked .takes").first).to_be_visible()
    with page.expect_navigation():
        page.locator("#booked form button").first.click()
    expect(page.locator("#booked .badge-good").first).to_be_visible()
    visitor.open("/response/")
    expect(page.locator("#bookings .choice-line").first).to_be_visible()
    visitor.check_accessible()


@pytest.mark.nightly  # the walks of test_every_screen judge them too
@pytest.mark.parametrize(
    "path",
    [
        "/response/teams/",
        "/response/goods/",
        "/preparedness/",
        "/preparedness/?part=plan",
        "/board/risk/",
    ],
)
def test_a_screen_is_accessible_and_fits_a_phone(visit, path):
    visitor = visit("cdc", PHONE)

    visitor.open(path)

    visitor.check_accessible()
    visitor.check_fits()


def test_a_gap_in_the_rota_is_filled(visit):
    visitor = visit("cdc", PHONE)
    page = visitor.open("/preparedness/?part=rota")
    gaps = page.locator(".rota .gap")
    before = gaps.count()
    assert before > 0
    day = re.search(r"\d\d/\d\d/\d{4}", page.locator("tr:has(.gap) th").first.inner_text())

    page.fill("#first", day.group())
    page.fill("#name", "Người trực thử")
    page.fill("#phone", "0000000000")
    with page.expect_navigation():
        page.locator("form:has(#first) button").click()

    expect(gaps).not_to_have_count(before)
    visitor.check_accessible()
    visitor.check_fits()
