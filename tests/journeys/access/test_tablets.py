"""A tablet is enrolled by the code on the holder's page, and locked from the head's."""

import subprocess
import sys

from tests.journeys.conftest import PHONE


def test_a_midwife_enrols_her_tablet_and_the_head_locks_it(visit):
    midwife = visit("hosinh", PHONE)
    page = midwife.open("/account/devices/")
    midwife.check_accessible()
    midwife.check_fits()
    with page.expect_navigation():
        page.locator("form[action$='/code/'] button").press("Enter")
    code = page.inner_text(".device-code code")
    assert page.locator(".device-picture svg").count() == 1
    midwife.check_accessible()
    midwife.check_fits()

    done = subprocess.run(
        [sys.executable, "-m", "tuyen", "device", "simulate", "--server", midwife.province.url,
         "--code", code, "--label", "máy của hộ sinh"],
        capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2000:]

    head = visit("tramtruong")
    page = head.open("/tablets/")
    head.check_accessible()
    head.click("tbody tr:has-text('máy của hộ sinh') a")
    head.check_accessible()
    head.click("a[href$='/lock/']")
    page.fill("[name=reason]", "Để quên ở điểm trạm")
    head.check_accessible()
    with page.expect_navigation():
        page.locator("main form button").first.click()

    assert page.locator("a[href$='/unlock/']").count() == 1
    assert page.locator("a[href$='/lock/']").count() == 0
    page = midwife.open("/account/devices/")
    assert page.locator(".badge", has_text="khóa").count() == 1


def test_another_session_of_ones_own_is_ended(visit):
    here, there = visit("danso"), visit("danso")
    page = here.open("/account/devices/")
    here.check_accessible()

    # The logins of the demo are shared: others may have left sessions of theirs, which end as well.
    ends = page.locator("form[action$='/sessions/end/'] button")
    for _ in range(ends.count()):
        if ends.count():
            with page.expect_navigation():
                ends.first.press("Enter")

    there.open("/account/")
    assert "/sign-in/" in there.page.url
    here.open("/account/")
    assert "/sign-in/" not in here.page.url
