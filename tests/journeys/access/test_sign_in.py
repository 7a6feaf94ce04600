"""At the door: signing in, one language or another, on a phone, by keyboard alone."""

import pytest

from tests.journeys.conftest import PHONE

ANSWER = "performance.getEntriesByType('navigation')[0].responseStatus"


def test_a_wrong_password_is_answered_without_saying_what_was_wrong(visit):
    visitor = visit()
    page = visitor.open("/sign-in/")
    page.fill("[name=login]", "cdc")
    page.fill("[name=password]", "not this one")
    visitor.click("main button[type=submit]")

    assert page.locator("[role=alert], .error-summary").count() >= 1
    visitor.check_accessible()


def test_the_keyboard_alone_leads_in(visit, province):
    page = visit().open("/sign-in/")
    page.focus("[name=login]")
    page.keyboard.type("cdc")
    page.keyboard.press("Tab")
    page.keyboard.type(province.password)
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: "/sign-in/" not in url)

    assert page.locator("main h1").count() == 1


@pytest.mark.parametrize("language", ["vi", "en", "zh-hans"])
def test_the_door_speaks_three_languages_and_fits_a_phone(visit, language):
    visitor = visit(size=PHONE)
    page = visitor.open("/sign-in/")
    visitor.speaks(language)

    assert page.get_attribute("html", "lang") == language
    visitor.check_fits()
    visitor.check_accessible()


@pytest.mark.nightly  # the other journeys sign in as most of them
def test_every_login_of_the_demo_opens_its_first_screen(visit, province):
    for login in province.logins:
        page = visit().sign_in(login)
        assert "/sign-in/" not in page.url, login
        assert page.evaluate(ANSWER) == 200, login


def test_every_screen_says_that_this_is_a_demonstration(visit):
    page = visit("cdc").page

    assert page.locator(".demo").count() == 1
