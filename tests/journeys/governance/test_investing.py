"""From what stations lack to what the money bought: a draft, a project through two hands, a payment."""

import pytest

from tests.journeys.conftest import PHONE


@pytest.mark.nightly  # half a minute and more in a browser: the checks have thirty
def test_gaps_become_a_project_that_another_approves_and_its_payment_tells_what_it_bought(visit):
    planner = visit("kehoach")
    page = planner.open("/governance/readiness/")
    page.set_default_timeout(60_000)
    assert page.locator("td.cell-unknown").count() > 0, "what nobody knows is hatched"
    planner.check_accessible()

    told = planner.open("/governance/projects/").locator("main tbody").first.inner_text()
    for figure in ("22 cơ sở", "hơn 136 tỷ đồng", "1.100 tỷ đồng"):  # F08
        assert figure in told

    page = planner.open("/governance/packages/")
    page.fill("[name=b-state-budget]", "5000")
    with page.expect_navigation():
        page.press("[name=b-state-budget]", "Enter")
    planner.check_accessible()
    with page.expect_navigation():
        page.locator("a[href^='/governance/projects/new/']").press("Enter")
    assert page.locator("[name=work]").count() > 0, "the works of the draft are in the form"
    page.fill("[name=name]", "Nâng cấp trạm bằng ngân sách tỉnh 2026")
    page.fill("[name=starts]", "01/10/2026")
    page.fill("[name=ends]", "31/12/2027")
    planner.check_accessible()
    with page.expect_navigation():
        page.press("[name=ends]", "Enter")
    project = page.url.removeprefix(planner.province.url)
    assert page.locator("button[value=approve]").count() == 0, "nobody approves the own proposal"

    director = visit("giamdoc", PHONE)
    page = director.open(project)
    director.check_fits()
    with page.expect_navigation():
        page.click("button[value=approve]")
    director.check_accessible()

    page = planner.open(project)
    page.fill("#pay-amount", "1.250")
    page.fill("#pay-voucher", "GRV-15")
    with page.expect_navigation():
        page.press("#pay-voucher", "Enter")
    assert page.locator("tbody th", has_text="GRV-15").count() == 1
    with page.expect_navigation():
        page.locator(f"a[href='{project}bought/']").press("Enter")
    assert page.locator(".stat", has_text="1,25 tỷ đồng").count() == 1
    planner.check_accessible()
    page = director.open(f"{project}bought/")
    director.check_fits()
    page = director.open("/governance/readiness/")
    assert page.locator(".matrix-narrow").is_visible(), "on a telephone a list by station"
    director.check_fits()
    director.check_accessible()
