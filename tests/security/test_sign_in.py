"""Coming in and staying in: throttle, one-time codes, sessions, cookies."""

from datetime import timedelta
from http import HTTPStatus

import pytest
from django.conf import settings as django_settings
from django.contrib.auth.hashers import make_password
from django.test import Client

from tests.security.conftest import BACKEND, TODAY, Province, open_account
from tuyen.apps.access import clock, services
from tuyen.apps.access.actors import Actor
from tuyen.apps.access.models import AccessKey, Invitation, User
from tuyen.apps.access.operations import CloseAccount, OpenAccount
from tuyen.apps.journal.services import commit
from tuyen.kernel.ids import NODE
from tuyen.kernel.operation import Operation

WORDS = "ba ngọn núi xanh"


@pytest.fixture
def account(province: Province):
    user = open_account(province, "station-head", province.near.units["S"], "lo.van.ba")
    services.set_password(user=user, password=WORDS)
    return user


def enter(password=WORDS, login="lo.van.ba", client=None, source="10.0.0.1", **more):
    client = client or Client(headers={"accept-language": "en"})
    return client.post(
        "/sign-in/", {"login": login, "password": password, **more}, REMOTE_ADDR=source
    )


@pytest.mark.check("AU-01")
def test_a_fresh_installation_has_nobody_in_it(db):
    assert not User.objects.exists()
    assert not AccessKey.objects.exists()
    assert enter(login="admin", password="admin").status_code == HTTPStatus.UNPROCESSABLE_ENTITY


@pytest.mark.check("AU-01")
def test_one_token_makes_one_administrator_and_no_second(db):
    token = services.invite(user=None, now=clock.real_now())
    said = {"token": token, "name": "A", "password": WORDS, "again": WORDS}

    first = Client().post("/welcome/", {**said, "login": "first"})
    second = Client().post("/welcome/", {**said, "login": "second"})

    assert (first.status_code, second.status_code) == (302, 422)
    assert [user.login for user in User.objects.all()] == ["first"]


@pytest.mark.check("AU-01")
def test_a_password_that_fails_makes_no_account_and_leaves_the_token_good(db):
    token = services.invite(user=None, now=clock.real_now())
    said = {"token": token, "login": "first", "name": "Trần Quốc Huy"}
    like_the_name = {"password": "trần quốc huy", "again": "trần quốc huy"}

    refused = Client().post("/welcome/", {**said, **like_the_name})
    assert (refused.status_code, User.objects.count()) == (422, 0)

    assert (
        Client().post("/welcome/", {**said, "password": WORDS, "again": WORDS}).status_code == 302
    )


@pytest.mark.check("AU-01")
def test_another_first_token_ends_the_one_before(db):
    older, newer = (services.invite(user=None, now=clock.real_now()) for _ in range(2))

    with pytest.raises(services.TokenRefused):
        services.invitation(older, clock.real_now())
    assert services.invitation(newer, clock.real_now()).user_id is None


@pytest.mark.check("AU-01", mutant=True)
def test_mutant_an_installation_that_comes_with_an_account_is_found(db):
    account = OpenAccount(login="admin", name="Quản trị")
    made = Operation.of(account, unit=NODE, happened_on=TODAY, recorded_at=clock.now())
    commit(by=Actor.program(TODAY), operations=[made], at=clock.now())
    services.set_hashes({made.id: make_password("admin")})

    with pytest.raises(AssertionError):
        test_a_fresh_installation_has_nobody_in_it(db)


@pytest.mark.check("AU-01", mutant=True)
def test_mutant_a_token_that_is_good_for_two_is_found(db, monkeypatch):
    from tuyen.apps.access.services import accounts
    from tuyen.web.access import views

    monkeypatch.setattr(views.queries, "has_accounts", lambda: False)
    monkeypatch.setattr(accounts, "anybody", lambda: False)
    monkeypatch.setattr(Invitation.objects, "filter", lambda **asked: Kept(asked))

    with pytest.raises(AssertionError):
        test_one_token_makes_one_administrator_and_no_second(db)


class Kept:
    """Invitations that never note their use."""

    def __init__(self, asked):
        self.rows = Invitation.objects.all()

    def first(self):
        return self.rows.first()

    def update(self, **changes):
        return 1


@pytest.mark.check("AU-03")
@pytest.mark.parametrize(
    ("password", "taken"),
    [
        ("short-11-ch", False), ("password1234", False), ("lo.van.ba.2026", False),
        ("ba ngọn núi xanh", True), ("  spaces kept  ", True), ("x7" * 64, True), ("🌊" * 12, True),
    ],
)  # fmt: skip
def test_a_password_is_judged_by_length_and_by_what_everybody_uses(password, taken, account):
    try:
        services.set_password(user=account, password=password)
    except services.WeakPassword:
        assert not taken
    else:
        assert taken
        assert User.objects.get(pk=account).check_password(password)


@pytest.mark.check("AU-03")
def test_a_password_may_be_128_long_and_pasted(client, db):
    page = client.get("/welcome/").content.decode()

    assert 'maxlength="128"' in page
    assert "onpaste" not in page


@pytest.mark.check("AU-04")
def test_guessing_is_slowed_and_the_real_person_still_enters_from_elsewhere(account, settings):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    User.objects.get(pk=account)
    statuses = [enter("sai hoàn toàn nhé", source="10.6.6.6").status_code for _ in range(40)]

    assert statuses[0] == 422
    assert set(statuses[10:]) == {429}
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
    assert enter(WORDS, source="10.0.0.9").status_code == 302


@pytest.mark.check("AU-04", mutant=True)
def test_mutant_a_throttle_by_account_alone_would_lock_its_owner_out(account, settings):
    settings.AXES_LOCKOUT_PARAMETERS = ["username"]
    for _ in range(11):
        enter("sai hoàn toàn nhé", source="10.6.6.6")

    assert enter(WORDS, source="10.0.0.9").status_code == 429


@pytest.mark.check("AU-05")
def test_a_login_that_is_not_there_is_answered_as_a_wrong_password(account):
    nobody, wrong = enter("sai hoàn toàn nhé", "khong.co.ai"), enter("sai hoàn toàn nhé")

    said = [told(answer).replace("khong.co.ai", "lo.van.ba") for answer in (nobody, wrong)]
    assert said[0] == said[1]


@pytest.mark.check("AU-05")
def test_a_password_is_hashed_for_a_login_that_is_not_there(account, monkeypatch):
    """So that both answers take as long: counted, not timed."""
    from django.contrib.auth.hashers import Argon2PasswordHasher

    hashed = []
    encode, verify = Argon2PasswordHasher.encode, Argon2PasswordHasher.verify
    monkeypatch.setattr(
        Argon2PasswordHasher, "encode", lambda *a, **k: hashed.append(1) or encode(*a, **k)
    )
    monkeypatch.setattr(
        Argon2PasswordHasher, "verify", lambda *a, **k: hashed.append(1) or verify(*a, **k)
    )

    enter("sai hoàn toàn nhé", "khong.co.ai")

    assert hashed


def told(answer) -> str:
    import re

    page = re.sub(r"X-CSRFToken[^}]*}", "", answer.content.decode())
    return re.sub(r'name="csrfmiddlewaretoken" value="[^"]*"', "", page) + str(answer.status_code)


@pytest.mark.check("AU-05", mutant=True)
def test_mutant_an_answer_that_says_who_exists_is_found(account, monkeypatch):
    from tuyen.web.access import views

    honest = views.authenticate
    monkeypatch.setattr(
        views,
        "_",
        lambda text: (
            text if User.objects.filter(login=seen[-1]).exists() else "Nobody is called that."
        ),
    )
    seen: list[str] = []
    monkeypatch.setattr(
        views, "authenticate", lambda r, **k: seen.append(k["login"]) or honest(r, **k)
    )

    with pytest.raises(AssertionError):
        test_a_login_that_is_not_there_is_answered_as_a_wrong_password(account)


@pytest.mark.check("AU-06")
def test_a_one_time_link_works_once_for_its_person_and_not_late(account):
    now = clock.real_now()
    token = services.invite(user=account, now=now)

    services.accept_invitation(token=token, user=account, password=WORDS, now=now)
    with pytest.raises(services.TokenRefused):
        services.accept_invitation(token=token, user=account, password=WORDS, now=now)
    late = services.invite(user=account, now=now)
    with pytest.raises(services.TokenRefused):
        services.invitation(late, now + services.lifetime(account))
    assert token.encode() not in b"".join(bytes(i.digest) for i in Invitation.objects.all())


@pytest.mark.check("AU-06")
def test_a_new_link_ends_the_one_before(account):
    now = clock.real_now()
    first = services.invite(user=account, now=now)
    services.invite(user=account, now=now)

    with pytest.raises(services.TokenRefused):
        services.invitation(first, now)


@pytest.mark.check("AU-06", mutant=True)
def test_mutant_a_link_that_works_twice_is_found(account, monkeypatch):
    monkeypatch.setattr(Invitation.objects, "filter", lambda **asked: Kept(asked))

    with pytest.raises(pytest.fail.Exception):
        test_a_one_time_link_works_once_for_its_person_and_not_late(account)


@pytest.mark.check("AU-07")
def test_a_session_has_a_new_id_after_signing_in_and_none_after_signing_out(account):
    client = Client()
    client.get("/sign-in/")
    session = client.session
    session["planted"] = "x"
    session.save()
    client.cookies[django_settings.SESSION_COOKIE_NAME] = session.session_key
    enter(client=client)
    inside = client.cookies[django_settings.SESSION_COOKIE_NAME].value

    assert inside != session.session_key
    client.post("/sign-out/")
    thief = Client()
    thief.cookies[django_settings.SESSION_COOKIE_NAME] = inside
    assert thief.get("/account/").status_code == 302


@pytest.mark.check("AU-07")
def test_a_closed_account_is_out_of_every_door_at_once(province, holder):
    who = holder("station-head")
    assert who.browser.get("/people/").status_code == 200

    province.good(CloseAccount(user=who.user, on=TODAY), NODE)

    assert who.browser.get("/people/").status_code == 302
    assert who.program.get("/api/v1/feed").status_code == 401
    assert enter(WORDS, User.objects.get(pk=who.user).login).status_code == 422


@pytest.mark.check("AU-07")
def test_a_new_password_ends_the_other_sessions(account):
    here, there = Client(), Client()
    for client in (here, there):
        client.force_login(User.objects.get(pk=account), backend=BACKEND)
    new = "bốn con suối trong"

    here.post("/account/", {"password": new, "again": new})

    assert here.get("/account/").status_code == 200
    assert there.get("/account/").status_code == 302


@pytest.mark.check("AU-08")
def test_a_session_ends_when_left_alone_and_after_its_day(holder, monkeypatch):
    who = holder("station-head")
    assert who.browser.get("/people/").status_code == 200
    later = clock.real_now() + timedelta(minutes=django_settings.IDLE_MINUTES)
    monkeypatch.setattr(clock, "real_now", lambda: later)

    assert who.browser.get("/people/").status_code == 302
    assert django_settings.IDLE_MINUTES <= 15
    assert django_settings.SESSION_COOKIE_AGE <= 12 * 3600


@pytest.mark.check("AU-08", mutant=True)
def test_mutant_a_session_that_never_idles_is_found(holder, monkeypatch):
    from tuyen.web import access

    monkeypatch.setattr(access, "_left_alone", lambda request: False)

    with pytest.raises(AssertionError):
        test_a_session_ends_when_left_alone_and_after_its_day(holder, monkeypatch)


@pytest.mark.check("AU-11")
def test_cookies_are_for_the_server_alone(account):
    client = Client()
    client.get("/sign-in/")
    enter(client=client)

    assert loose(client) == []


def loose(client: Client) -> list[str]:
    wrong = []
    for name in (django_settings.SESSION_COOKIE_NAME, django_settings.CSRF_COOKIE_NAME):
        cookie = client.cookies[name]
        if (
            not cookie["httponly"]
            or cookie["samesite"] not in ("Lax", "Strict")
            or cookie["domain"]
        ):
            wrong.append(name)
    return wrong


@pytest.mark.check("AU-11")
def test_outside_a_demo_cookies_are_bound_to_the_host_and_to_tls(tmp_path):
    import os
    import subprocess
    import sys

    from tests.conftest import ROOT

    kept = {k: v for k, v in os.environ.items() if not k.startswith("TUYEN_")}
    show = (
        "from tuyen.project import settings as s; print(s.SESSION_COOKIE_NAME, s.CSRF_COOKIE_NAME,"
        " s.SESSION_COOKIE_SECURE, s.CSRF_COOKIE_SECURE, s.SECURE_SSL_REDIRECT, s.SECURE_HSTS_SECONDS)"
    )
    done = subprocess.run([sys.executable, "-c", show], capture_output=True, text=True, check=True,
                          env={**kept, "PYTHONPATH": str(ROOT / "src"), "TUYEN_HOME": str(tmp_path)})  # fmt: skip

    assert done.stdout.split() == [
        "__Host-session",
        "__Host-csrf",
        "True",
        "True",
        "True",
        "31536000",
    ]


@pytest.mark.check("AU-11", mutant=True)
def test_mutant_a_cookie_that_scripts_can_read_is_found(account, settings):
    settings.SESSION_COOKIE_HTTPONLY = False
    client = Client()
    client.get("/sign-in/")
    enter(client=client)

    assert loose(client) == [django_settings.SESSION_COOKIE_NAME]
