"""Something besides the password: a code app and a passkey, in a browser with a virtual key."""

import re
from dataclasses import replace

import pyotp
import pytest

from tests.journeys.conftest import DESK, PHONE

SECURITY = "/account/security/"


def by_name(visitor):
    """The same server under a name: browsers make passkeys for no number."""
    visitor.province = replace(
        visitor.province, url=visitor.province.url.replace("127.0.0.1", "localhost")
    )
    return visitor


def with_key(visitor):
    """Give the browser a key of its own (WebDriver's virtual authenticator)."""
    cdp = visitor.page.context.new_cdp_session(visitor.page)
    cdp.send("WebAuthn.enable")
    cdp.send("WebAuthn.addVirtualAuthenticator", {"options": {
        "protocol": "ctap2", "transport": "internal", "hasResidentKey": True,
        "hasUserVerification": True, "isUserVerified": True,
    }})  # fmt: skip
    return visitor


def looked_at(visitor, path):
    visitor.open(path)
    visitor.check_accessible()
    visitor.page.set_viewport_size(PHONE)
    visitor.check_fits()
    visitor.page.set_viewport_size(DESK)


def test_a_code_app_is_set_up_and_asked_for_at_the_next_sign_in(visit):
    visitor = visit("kehoach", DESK)
    page = visitor.open(f"{SECURITY}code/")
    page.click("main details summary")
    secret = page.locator(".one-time").inner_text().replace(" ", "")
    assert page.locator("img.qr").evaluate("image => image.naturalWidth > 100")
    visitor.check_accessible()
    page.fill("[name=code]", pyotp.TOTP(secret).at(_now(page) - 30))
    visitor.click("main button[type=submit]")
    codes = page.locator(".recovery code").all_inner_texts()
    visitor.check_accessible()
    assert len(codes) == 10
    looked_at(visitor, SECURITY)

    page.click("form[action='/sign-out/'] button >> nth=0", force=True)
    visitor.sign_in("kehoach")
    assert "/sign-in/second/" in page.url
    visitor.check_accessible()
    visitor.page.set_viewport_size(PHONE)
    visitor.check_fits()
    page.fill("[name=code]", "000000")
    visitor.click("form:has([name=code]) button[type=submit]")
    assert page.locator("[role=alert], .error-summary").count() >= 1
    page.fill("[name=code]", pyotp.TOTP(secret).at(_now(page) + 30))
    page.click("form:has([name=code]) button[type=submit]")
    page.wait_for_url(lambda url: "/sign-in/" not in url)

    assert page.locator("main h1").count() == 1

    visitor.open(SECURITY)  # the logins of the demo are shared: the next test has no phone
    visitor.click("form[action$='/code/remove/'] button")
    assert page.locator("form[action$='/code/remove/']").count() == 0


def test_a_passkey_is_added_used_by_keyboard_and_removed(visit, province):
    visitor = with_key(by_name(visit(size=DESK)))
    page = visitor.sign_in("quantri")
    visitor.open(SECURITY)
    page.fill("[name=label]", "Điện thoại của Nguyễn Thị Thanh Huyền ở trạm y tế xã Mường Hum")
    page.keyboard.press("Enter")
    page.wait_for_selector(".recovery")
    page.wait_for_load_state()
    looked_at(visitor, SECURITY)
    assert page.locator(".own-key").count() == 1

    page.context.clear_cookies()
    visitor.sign_in("quantri")
    assert "/sign-in/second/" in page.url
    visitor.check_accessible()
    page.focus("form[data-passkey] button")
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: "/sign-in/" not in url)

    visitor.open(SECURITY)
    visitor.click(".own-key button")
    assert page.locator(".own-key").count() == 0


def test_a_page_reached_by_number_says_where_passkeys_work(visit):
    page = visit("cdc").open(SECURITY)

    link = page.get_attribute("a[href*='localhost']", "href")

    assert re.fullmatch(r"http://localhost:\d+/account/security/", link)
    assert page.locator("form[data-passkey]").count() == 0


@pytest.mark.parametrize("language", ["vi", "zh-hans"])
def test_the_security_page_speaks_the_language_chosen(visit, language):
    visitor = by_name(visit(size=PHONE))
    visitor.sign_in("tramtruong")
    visitor.speaks(language)
    page = visitor.open(SECURITY)

    assert page.get_attribute("html", "lang") == language
    assert "passkey" not in page.locator("main").inner_text().lower()
    visitor.check_accessible()
    visitor.check_fits()


def _now(page) -> float:
    return page.evaluate("Date.now()") / 1000
