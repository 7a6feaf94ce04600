"""A change of schedule: seen before it is made, put in force, read by a station, and taken back."""

import pytest
from playwright.sync_api import expect

from tests.journeys.conftest import PHONE

GRACE = "/immunization/packs/vn-tt13-2026-grace/"


@pytest.mark.nightly
def test_a_schedule_is_put_in_force_after_its_effect_was_seen(visit):
    cdc = visit("cdc")
    page = cdc.open("/immunization/packs/")
    assert page.locator("#course tr[aria-current]").count() == 1
    cdc.check_accessible()

    page = cdc.click(f"main a[href='{GRACE}']")
    assert page.locator("#reason").count() == 0  # nobody decides what was not seen
    page.focus("#on")
    page.keyboard.press("Enter")  # the whole province is judged twice: on a busy machine that takes
    expect(page.locator("#reason")).to_be_visible(timeout=60_000)
    cdc.check_accessible()
    page.fill("#reason", "Hội đồng chuyên môn đồng ý")
    page.keyboard.press("Enter")
    expect(page.locator("#decisions")).to_be_visible(timeout=60_000)
    page.wait_for_load_state()
    assert page.locator("#decisions tbody tr").count() == 1

    nurse = visit("tramtruong", PHONE)
    page = nurse.open("/immunization/packs/")
    assert page.locator(f"#course tr[aria-current] a[href='{GRACE}']").count() == 1
    assert page.locator("[name=reason]").count() == 0
    nurse.check_fits()
    nurse.check_accessible()

    page = cdc.open("/immunization/packs/")
    page.fill("#decisions [name=reason]", "Quá nhiều trẻ bị gọi lại")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert page.locator(f"#course tr[aria-current] a[href='{GRACE}']").count() == 0
