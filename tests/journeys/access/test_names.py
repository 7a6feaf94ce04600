"""A list with names by two people: asked for at the list, agreed to on a phone, taken out once."""

from tests.journeys.conftest import DESK, PHONE

PURPOSE = "Rà soát tiếp xúc theo công văn của Sở Y tế"


def test_two_people_let_a_list_with_names_out(visit):
    asker = visit("tramtruong", DESK)
    page = asker.open("/cases/export/?from=01/01/2020")
    asker.check_accessible()
    page.check("input[name=names][value=yes]")
    page.fill("[name=reason]", PURPOSE)
    with page.expect_navigation():
        page.locator("[name=reason]").press("Enter")
    assert page.url.endswith("/names/")
    assert PURPOSE in page.locator("main").inner_text()
    asker.check_accessible()

    head = visit("giamdoc", PHONE)
    told = head.open("/names/answer/")
    assert PURPOSE in told.locator("main").inner_text()
    head.check_accessible()
    head.check_fits()
    with told.expect_navigation():
        told.locator("button[value=yes]").press("Enter")
    head.check_accessible()
    head.check_fits()

    page = asker.open("/names/")
    with page.expect_download() as taken:
        page.click("button[value=csv]")
    assert taken.value.suggested_filename.endswith(".csv")
    page = asker.open("/names/")
    assert page.locator("button[value=csv]").count() == 0
    page.set_viewport_size(PHONE)
    asker.check_fits()
