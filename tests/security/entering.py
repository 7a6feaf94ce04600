"""Somebody who signs in with more than a password, and what a browser of theirs may then do."""

import html
import json
import re
from datetime import date, timedelta

import pyotp
from django.test import Client

from tests.security.authenticator import Authenticator
from tests.security.conftest import BACKEND, Province, open_account
from tuyen.apps.access import clock, services
from tuyen.apps.access.models import Passkey, User
from tuyen.apps.access.services import factors

WORDS = "ba ngọn núi xanh"
LATER = date(2027, 3, 1)  # every account's days of grace are over
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
SECURITY = "/account/security/"


class Person:
    """Somebody with a post, a password, and whatever they enrol."""

    def __init__(self, province: Province, role: str, login: str) -> None:
        self.login = login
        self.user = open_account(province, role, province.near.units["S"], login)
        services.set_password(user=self.user, password=WORDS)
        self.key: Authenticator | None = None

    def enrol_codes(self) -> None:
        """The app is enrolled an hour ago, so that the codes of now are new."""
        before = clock.real_now() - timedelta(hours=1)
        factors.enrol_codes(user=self.user, secret=SECRET, code=code(-3600), now=before)

    def enrol_key(self) -> None:
        self.key = Authenticator()
        client = Client(headers={"accept-language": "en"})
        client.force_login(User.objects.get(pk=self.user), backend=BACKEND)
        asked = question(client.get(SECURITY))
        answer = self.key.make(asked)
        done = client.post(f"{SECURITY}passkeys/add/", {"label": "Khoá", "answer": answer})
        assert done.status_code == 200, done.content[:300]
        assert Passkey.objects.filter(user=self.user).count() == 1

    def at_second_step(self) -> Client:
        client = Client(headers={"accept-language": "en"}, raise_request_exception=False)
        said = {"login": self.login, "password": WORDS}
        answer = client.post("/sign-in/", said, REMOTE_ADDR="10.0.0.1")
        assert answer["Location"].startswith("/sign-in/second/")
        return client

    def proves(self, by: str, said: str, client: Client | None = None) -> Client:
        client = client or self.at_second_step()
        field = {"code": "code", "recovery": "recovery", "passkey": "answer"}[by]
        self.answered = client.post("/sign-in/second/", {"by": by, field: said})
        return client

    def by_key(self, client: Client | None = None, **more) -> Client:
        client = client or self.at_second_step()
        asked = question(client.get("/sign-in/second/"))
        return self.proves("passkey", self.key.prove(asked, **more), client)


def code(seconds: int = 0) -> str:
    return pyotp.TOTP(SECRET).at(clock.real_now() + timedelta(seconds=seconds))


def question(answer) -> dict:
    found = re.search(r'<script id="question"[^>]*>(.*?)</script>', answer.content.decode())
    assert found, answer.status_code
    return json.loads(html.unescape(found[1]))


def inside(client: Client) -> bool:
    """Whether this browser is let past its own security page."""
    return client.get("/account/").status_code == 200


def held_back(client: Client) -> bool:
    answer = client.get("/account/")
    return answer.status_code == 302 and answer["Location"] == SECURITY
