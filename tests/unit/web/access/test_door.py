"""Coming in: the first administrator by a one-time link, wrong tries, and a purpose that is noted."""

import pytest
from django.test import Client

from tuyen.apps.access import clock, services
from tuyen.apps.access.actors import Actor
from tuyen.apps.access.models import User
from tuyen.apps.access.operations import OpenAccount
from tuyen.apps.journal.services import commit
from tuyen.kernel.ids import NODE
from tuyen.kernel.operation import Operation

WORDS = "ba ngọn núi xanh"


@pytest.fixture(autouse=True)
def english(settings):
    settings.LANGUAGE_CODE = "en"


@pytest.fixture
def browser(db):
    return Client(headers={"accept-language": "en"})


@pytest.fixture
def account(db):
    """An account with a password and no post."""
    now = clock.now()
    opened = Operation.of(OpenAccount(login="lo.van.ba", name="Lò Văn Ba"), unit=NODE,
                          happened_on=now.date(), recorded_at=now)  # fmt: skip
    (receipt,) = commit(by=Actor.program(now.date()), operations=[opened], at=now)
    assert receipt.ok
    services.set_password(user=opened.id, password=WORDS)
    return User.objects.get()


def enter(browser, password, login="lo.van.ba", **more):
    return browser.post("/sign-in/", {"login": login, "password": password, **more})


def test_a_fresh_installation_says_how_to_begin(browser):
    assert b"tuyen invite" in browser.get("/sign-in/").content


def test_the_one_time_link_makes_exactly_one_administrator(browser):
    token = services.invite(user=None, now=clock.real_now())
    wanted = {"token": token, "login": "quan.tri", "name": "Tòng Thị Nga",
              "password": WORDS, "again": WORDS}  # fmt: skip

    first = browser.post("/welcome/", wanted)
    second = browser.post("/welcome/", {**wanted, "login": "thu.hai"})

    assert first["Location"] == "/sign-in/"
    assert second.status_code == 422
    assert list(User.objects.values_list("login", flat=True)) == ["quan.tri"]
    assert enter(browser, WORDS, "quan.tri").status_code == 302
    assert browser.get("/doctor/").status_code == 200


def test_a_wrong_code_makes_nobody(browser):
    answer = browser.post(
        "/welcome/",
        {"token": "AAAA", "login": "quan.tri", "name": "N", "password": WORDS, "again": WORDS},
    )

    assert answer.status_code == 422
    assert b"wrong, used or expired" in answer.content
    assert not User.objects.exists()


@pytest.mark.parametrize(
    ("password", "again", "said"),
    [
        ("ngắn", "ngắn", "too short"),
        ("ba ngọn núi xanh", "ba ngọn núi đỏ", "The two passwords differ"),
        ("quan.tri.quan.tri", "quan.tri.quan.tri", ""),
    ],
)
def test_a_password_that_is_weak_or_mistyped_is_sent_back(browser, password, again, said):
    token = services.invite(user=None, now=clock.real_now())

    answer = browser.post(
        "/welcome/",
        {"token": token, "login": "ab", "name": "N", "password": password, "again": again},
    )

    if said:
        assert answer.status_code == 422
        assert said in answer.content.decode()
        assert not User.objects.exists()
    else:
        assert answer.status_code == 302


def test_wrong_tries_are_answered_alike_whatever_was_wrong(browser, account):
    nobody = enter(browser, WORDS, "khong.co.ai")
    wrong = enter(browser, "sai hoàn toàn nhé")

    assert nobody.status_code == wrong.status_code == 422
    said = "The login or the password is wrong"
    assert said in nobody.content.decode()
    assert said in wrong.content.decode()


def test_the_right_password_leads_on_to_where_one_was_going(browser, account):
    assert enter(browser, WORDS, next="/account/")["Location"] == "/account/"


def test_nobody_is_led_to_another_host(browser, account):
    assert enter(browser, WORDS, next="https://example.org/")["Location"] == "/"


def test_many_wrong_tries_make_the_pair_wait(browser, account):
    answers = [enter(browser, "sai hoàn toàn nhé").status_code for _ in range(11)]

    assert answers[0] == 422
    assert answers[-1] == 429
    locked = enter(browser, WORDS)
    assert locked.status_code == 429
    assert b"Try again in fifteen minutes" in locked.content


def test_who_holds_no_post_is_told_so(browser, account):
    enter(browser, WORDS)

    answer = browser.get("/account/")

    assert b"You hold no post today" in answer.content


def test_a_purpose_is_kept_for_the_session(browser, account):
    enter(browser, WORDS)

    answer = browser.post("/account/", {"purpose": "care"})

    assert answer.status_code == 302
    assert browser.session["purpose"] == "care"


def test_changing_the_password_keeps_the_session(browser, account):
    enter(browser, WORDS)

    answer = browser.post(
        "/account/", {"password": "bốn con suối trong", "again": "bốn con suối trong"}
    )

    assert answer.status_code == 302
    assert browser.get("/account/").status_code == 200
    account.refresh_from_db()
    assert account.check_password("bốn con suối trong")


def test_signing_out_takes_a_post_and_ends_the_session(browser, account):
    enter(browser, WORDS)

    assert browser.get("/sign-out/").status_code == 405
    browser.post("/sign-out/")
    assert browser.get("/account/").status_code == 302


def test_wrong_tries_at_one_account_lock_out_no_other(browser, account):
    for _ in range(11):
        enter(browser, "sai hoàn toàn nhé", "khong.co.ai")

    assert enter(browser, WORDS).status_code == 302
