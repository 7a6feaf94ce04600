"""From the room's first page to the children behind a figure of coverage."""

import pytest
from playwright.sync_api import expect

from tests.journeys.conftest import PHONE


@pytest.mark.nightly
def test_a_figure_of_coverage_opens_to_its_children(visit):
    cdc = visit("cdc", PHONE)
    page = cdc.open("/immunization/")
    expect(page.locator("#coverage")).to_be_visible()
    cdc.check_fits()
    page = cdc.click("#coverage .card-more")
    expect(page.locator(".map-picture")).to_have_count(2)
    cdc.check_fits()
    cdc.check_accessible()

    page = cdc.open("/immunization/coverage/?show=chance&level=village&code=hepb-birth-24h")
    expect(page.locator(".limit-wide")).to_have_count(3)  # two lines and their key
    cdc.check_accessible()
    page = cdc.open("/immunization/coverage/?code=hepb-birth-24h&year=2024")
    behind = page.locator(".coverage-lead a")
    missed = int(behind.inner_text().split()[0].replace(".", ""))
    with page.expect_navigation():
        behind.click()
    expect(page.locator(".list-bar b")).to_have_text(str(missed))
