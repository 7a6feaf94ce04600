"""Somebody registered twice: seen while typing, compared, merged, and parted again."""

import pytest

from tests.journeys.conftest import PHONE


def register(nurse, name, *, anyway=False):
    """Register somebody at the first village that is suggested; returns the page of the record."""
    page = nurse.open("/people/new/")
    page.fill("[name=name]", name)
    page.check("[name=sex][value='2']")
    page.fill("[name=born_on]", "07/03/1991")
    page.focus("[name=place]")
    page.keyboard.type("pom hoc")
    page.wait_for_selector("#id_place_list:not([hidden]) [role=option]")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    if anyway:
        page.wait_for_selector("#like .alike")
        nurse.check_accessible()
        page.keyboard.press("Enter")
        page.wait_for_selector("[name=anyway]")
        with page.expect_navigation():
            page.click("[name=anyway]")
    else:
        with page.expect_navigation():
            page.keyboard.press("Enter")
    return page


def test_a_person_registered_twice_is_merged_and_parted_again(visit):
    nurse = visit("tramtruong")
    name = "Quàng Thị Xương Pỏm Dính"
    first = register(nurse, name).url
    page = register(nurse, name, anyway=True)
    assert page.url != first

    nurse.click("a[href*='/duplicates/of/']")
    assert page.locator(".judged").count() <= 3
    nurse.check_accessible()
    with page.expect_navigation():
        page.locator("main a[href*='/duplicates/']").last.click()
    nurse.check_accessible()
    with page.expect_navigation():
        page.locator("form:has([name=kept]) button").first.press("Enter")
    page = nurse.open("/duplicates/?tab=merged")
    nurse.check_accessible()
    page.locator("a[href$='/part/']").first.click()
    page.fill("[name=reason]", "Hai chị em họ, đã hỏi trưởng bản")
    with page.expect_navigation():
        page.locator("main form button").first.click()

    assert "tab=merged" in page.url
    assert page.locator("a[href$='/part/']").count() == 0
    nurse.check_accessible()


@pytest.mark.nightly  # the walks of test_every_screen judge them too
@pytest.mark.parametrize("size", [None, PHONE], ids=["desk", "phone"])
def test_the_pages_of_look_alikes_and_moves_fit(visit, size):
    nurse = visit("tramtruong", size)
    for path in ("/duplicates/", "/duplicates/?tab=waiting", "/duplicates/?tab=merged",
                 "/duplicates/?tab=apart", "/moves/", "/moves/arrival/"):  # fmt: skip
        nurse.open(path)
        nurse.check_accessible()
        nurse.check_fits()
