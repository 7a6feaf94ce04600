"""A password alone is not enough: codes, passkeys, recovery codes, and who must have which."""

import html
import json
import re
from datetime import date, timedelta

import pyotp
import pytest
from cryptography.exceptions import InvalidTag
from django.test import Client

from tests.security.authenticator import Authenticator
from tests.security.conftest import BACKEND, TODAY, Province, actor, open_account
from tests.security.test_sign_in import WORDS, enter
from tuyen.apps.access import clock, services
from tuyen.apps.access.models import CodeMaker, Passkey, RecoveryCode, User
from tuyen.apps.access.operations import ResetSecondFactor
from tuyen.apps.access.services import factors
from tuyen.apps.journal.services import commit
from tuyen.kernel.ids import NODE
from tuyen.kernel.operation import Operation
from tuyen.rules.access.second_factor import second_factor
from tuyen.web.access import passkeys, proofs

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
        assert enter(login=self.login, client=client)["Location"].startswith("/sign-in/second/")
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


@pytest.fixture
def person(province):
    return lambda role="station-head", login="lo.van.ba": Person(province, role, login)


@pytest.fixture
def later(monkeypatch):
    monkeypatch.setattr(clock, "today", lambda: LATER)


# -- AU-02: who is let in with what -----------------------------------------------------------------


def table() -> dict[tuple[str, str], bool]:
    """(role, proof) -> whether it opens the console once grace is over, from the written rule."""
    asked = second_factor().roles
    return {
        (role, proof): proof == "passkey" or (demand == "any" and proof in ("code", "recovery"))
        for role, demand in asked.items()
        for proof in ("none", "code", "recovery", "passkey")
    }


@pytest.mark.check("AU-02")
def test_every_role_is_asked_for_what_the_rule_says():
    from tests.security.conftest import POLICY

    said = {
        (role, proof): factors.is_enough(proof, [role], TODAY, LATER)
        for role in POLICY["roles"]
        for proof in ("none", "code", "recovery", "passkey")
    }

    assert said == table()
    assert not any(let for (_role, proof), let in said.items() if proof == "none")


@pytest.mark.check("AU-02")
@pytest.mark.parametrize("role", ["station-head", "administrator"])
def test_a_password_alone_opens_only_ones_own_security_page(role, person, later):
    who = person(role)
    client = Client(headers={"accept-language": "en"})

    enter(login=who.login, client=client)

    assert held_back(client)
    assert client.get("/people/").status_code == 302
    assert client.get(SECURITY).status_code == 200


def code_opens(person, role) -> bool:
    who = person(role)
    who.enrol_codes()
    return inside(who.proves("code", code()))


@pytest.mark.check("AU-02")
def test_a_code_is_enough_for_a_station_and_not_for_an_administrator(person, later):
    assert code_opens(person, "station-head")

    admin = person("administrator", "quan.tri")
    admin.enrol_codes()
    assert held_back(admin.proves("code", code()))


@pytest.mark.check("AU-02")
@pytest.mark.parametrize("role", ["station-head", "administrator", "director"])
def test_a_passkey_is_enough_for_everybody(role, person, later, monkeypatch):
    monkeypatch.setattr(clock, "today", lambda: TODAY)
    who = person(role)
    who.enrol_key()
    monkeypatch.setattr(clock, "today", lambda: LATER)

    assert inside(who.by_key())


@pytest.mark.check("AU-02", mutant=True)
def test_mutant_a_session_that_is_let_in_whatever_it_proved_is_found(person, later, monkeypatch):
    monkeypatch.setattr(proofs, "is_enough", lambda mark, actor: True)

    with pytest.raises(AssertionError):
        test_a_password_alone_opens_only_ones_own_security_page("station-head", person, later)


@pytest.mark.check("AU-02")
def test_the_right_password_without_the_second_step_opens_nothing(person):
    who = person()
    who.enrol_codes()
    client = who.at_second_step()

    answers = [client.get(path) for path in ("/people/", "/account/", SECURITY)]

    assert {answer.status_code for answer in answers} == {302}
    assert all("/sign-in/" in answer["Location"] for answer in answers)


@pytest.mark.check("AU-02")
def test_a_session_that_never_proved_what_its_account_has_ends(person):
    """One opened otherwise, or before the account had a second factor and without its mark."""
    who = person()
    who.enrol_codes()
    client = Client()
    client.force_login(User.objects.get(pk=who.user), backend=BACKEND)

    assert client.get("/people/").status_code == 302
    assert "_auth_user_id" not in client.session


@pytest.mark.check("AU-02")
def test_names_leave_the_house_only_by_a_passkey(person, later, monkeypatch):
    who = person()
    monkeypatch.setattr(clock, "today", lambda: TODAY)
    who.enrol_key()
    monkeypatch.setattr(clock, "today", lambda: LATER)
    who.enrol_codes()
    wanted = {"form": "csv", "reason": "báo cáo tuần", "query": ""}

    by_code = who.proves("code", code()).post("/cases/export/", wanted)
    by_key = who.by_key().post("/cases/export/", wanted)

    assert (by_code.status_code, by_code.headers.get("Location", "").partition("?")[0]) == (
        302,
        "/sign-in/second/",
    )
    assert by_key.status_code == 200
    assert by_key["Content-Disposition"].startswith("attachment")


@pytest.mark.check("AU-02", mutant=True)
def test_mutant_an_export_that_takes_a_code_is_found(person, later, monkeypatch):
    monkeypatch.setattr(proofs, "is_strong", lambda request, right: True)

    with pytest.raises(AssertionError):
        test_names_leave_the_house_only_by_a_passkey(person, later, monkeypatch)


# -- AU-02: passkeys --------------------------------------------------------------------------------


@pytest.mark.check("AU-02")
def test_a_page_of_another_address_gets_no_use_of_a_passkey(person):
    who = person()
    who.enrol_key()
    who.key.origin = "http://testserver.example.vn"

    assert not inside(who.by_key())
    assert who.answered.status_code == 422


@pytest.mark.check("AU-02", mutant=True)
def test_mutant_a_server_that_believes_any_origin_is_found(person, monkeypatch):
    monkeypatch.setattr(passkeys, "_origin", lambda request: "http://testserver.example.vn")
    who = person()
    who.key = Authenticator("http://testserver.example.vn")
    monkeypatch.setattr("tests.security.test_second_factor.Authenticator", lambda: who.key)
    who.enrol_key()

    with pytest.raises(AssertionError):
        assert not inside(who.by_key())


@pytest.mark.check("AU-02")
@pytest.mark.parametrize("wrong", ["the same answer again", "another's key", "a count gone back"])
def test_a_passkeys_answer_is_of_its_owner_and_counts_once(wrong, person):
    who = person()
    who.enrol_key()
    assert inside(who.by_key())
    client = who.at_second_step()
    asked = question(client.get("/sign-in/second/"))
    if wrong == "the same answer again":
        said = who.key.prove(asked)
        assert inside(who.proves("passkey", said, client))
        client = who.at_second_step()
        client.get("/sign-in/second/")
    elif wrong == "another's key":
        other = person("midwife", "cu.thi.do")
        other.enrol_key()
        said = other.key.prove(asked)
    else:
        said = who.key.prove(asked, count=1)

    assert not inside(who.proves("passkey", said, client))


@pytest.mark.check("AU-02")
@pytest.mark.parametrize("junk", ["", "{", "[]", "{}", '{"id": "AA"}', '{"id": 5}', "{" * 9000])
def test_what_is_no_answer_is_refused_without_a_fault(junk, person):
    who = person()
    who.enrol_key()

    who.proves("passkey", junk)

    assert who.answered.status_code == 422


# -- AU-06: codes work once, for minutes ------------------------------------------------------------


@pytest.mark.check("AU-06")
def test_a_code_is_taken_once(person):
    who = person()
    who.enrol_codes()
    now = code()

    assert inside(who.proves("code", now))
    assert not inside(who.proves("code", now))


@pytest.mark.check("AU-06", mutant=True)
def test_mutant_a_code_that_is_taken_again_is_found(person, monkeypatch):
    def forgetful(*, user, code, now):
        if factors._step(SECRET, code, now) is None:
            raise factors.CodeWrong()

    monkeypatch.setattr(factors, "check_code", forgetful)

    with pytest.raises(AssertionError):
        test_a_code_is_taken_once(person)


@pytest.mark.check("AU-06")
@pytest.mark.parametrize(
    ("steps", "taken"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)]
)
def test_a_clock_may_be_one_step_off(steps, taken, person, monkeypatch):
    who = person()
    who.enrol_codes()
    middle = clock.real_now().replace(second=15, microsecond=0)
    monkeypatch.setattr(clock, "real_now", lambda: middle)

    assert inside(who.proves("code", code(30 * steps))) is taken


@pytest.mark.check("AU-06")
def test_the_second_step_waits_ten_minutes_and_no_longer(person, monkeypatch):
    who = person()
    who.enrol_codes()
    client = who.at_second_step()
    assert second_factor().step_minutes <= 10
    later = clock.real_now() + timedelta(minutes=second_factor().step_minutes)
    monkeypatch.setattr(clock, "real_now", lambda: later)

    assert not inside(who.proves("code", code(), client))


@pytest.mark.check("AU-06")
def test_a_recovery_code_works_once_and_only_its_hash_is_kept(person):
    who = person()
    who.enrol_codes()
    codes = factors.make_recovery_codes(user=who.user, now=clock.real_now())

    assert inside(who.proves("recovery", codes[3].lower().replace("-", " ")))
    assert not inside(who.proves("recovery", codes[3]))
    kept = b"".join(bytes(row.digest) for row in RecoveryCode.objects.all())
    assert not [one for one in codes if one.encode() in kept]
    assert len(codes) == second_factor().recovery_codes


@pytest.mark.check("AU-06")
def test_a_link_that_sets_a_password_anew_holds_ten_minutes(person):
    who, now = person(), clock.real_now()
    token = services.invite(user=who.user, now=now)

    assert services.invitation(token, now + timedelta(minutes=9)).user_id == who.user
    with pytest.raises(services.TokenRefused):
        services.invitation(token, now + timedelta(minutes=10))


@pytest.mark.check("AU-06", mutant=True)
def test_mutant_a_reset_that_holds_for_days_is_found(person, monkeypatch):
    from tuyen.apps.access.services import credentials

    monkeypatch.setattr(credentials, "lifetime", lambda user: timedelta(days=7))

    with pytest.raises(pytest.fail.Exception):
        test_a_link_that_sets_a_password_anew_holds_ten_minutes(person)


# -- AU-06: somebody else's second factor -----------------------------------------------------------


def reset(province, by, user):
    made = Operation.of(ResetSecondFactor(user=user, reason="mất điện thoại"), unit=NODE,
                        happened_on=TODAY, recorded_at=clock.now())  # fmt: skip
    return commit(by=by, operations=[made], at=clock.now())[0]


@pytest.mark.check("AU-06", "AU-07")
def test_an_administrator_starts_a_reset_and_learns_nothing(person, province, holder):
    who, admin = person(), holder("administrator", "H")
    who.enrol_codes()
    factors.make_recovery_codes(user=who.user, now=clock.real_now())
    open_session = who.proves("code", code())
    assert inside(open_session)

    answer = admin.browser.post(f"/accounts/{who.user}/second-factor/", {"reason": "mất máy"})

    assert answer.status_code == 302
    assert not inside(open_session)
    assert not factors.enrolled(user=who.user)
    assert not RecoveryCode.objects.filter(user=who.user).exists()
    assert enter(login=who.login)["Location"] == "/"  # within grace; past it, the security page


@pytest.mark.check("AU-06")
def test_nobody_resets_their_own(person, province):
    from dataclasses import replace

    who = person("administrator")
    by = replace(actor("administrator", province.root), user=who.user)

    receipt = reset(province, by, who.user)

    assert receipt.refusal.code == "access.own-factor"


@pytest.mark.check("AU-06")
def test_the_post_decides_who_resets(person, province):
    who = person()

    assert reset(province, actor("station-head", province.near.units["S"]), who.user).refusal


# -- AU-04: guessing --------------------------------------------------------------------------------


@pytest.mark.check("AU-04")
def test_guessing_codes_ends_after_some_and_a_recovery_code_still_opens(person):
    """Wherever they come from: whoever guesses here knows the password already."""
    who = person()
    who.enrol_codes()
    codes = factors.make_recovery_codes(user=who.user, now=clock.real_now())
    right = code()
    wrong = f"{(int(right) + 1) % 10**6:06d}"
    for _ in range(second_factor().tries):
        who.proves("code", wrong)

    assert not inside(who.proves("code", right))
    assert "15 minutes" in who.answered.content.decode()
    assert inside(who.proves("recovery", codes[0]))


@pytest.mark.check("AU-04")
def test_codes_are_taken_again_after_a_rest(person, monkeypatch):
    who = person()
    who.enrol_codes()
    for _ in range(second_factor().tries + 1):
        with pytest.raises((factors.CodeWrong, factors.CodesRest)):
            factors.check_code(user=who.user, code="not one", now=clock.real_now())
    later = clock.real_now() + timedelta(minutes=second_factor().wait_minutes)

    factors.check_code(user=who.user, code=pyotp.TOTP(SECRET).at(later), now=later)

    assert CodeMaker.objects.get(user=who.user).failures == 0


@pytest.mark.check("AU-04", mutant=True)
def test_mutant_a_door_that_counts_no_wrong_codes_is_found(person, monkeypatch):
    def patient(*, user, code, now):
        if factors._step(SECRET, code, now) is None:
            raise factors.CodeWrong()

    monkeypatch.setattr(factors, "check_code", patient)

    with pytest.raises(AssertionError):
        test_guessing_codes_ends_after_some_and_a_recovery_code_still_opens(person)


# -- CF-09: what cannot be judged opens nothing -----------------------------------------------------


def broken(*args, **kwargs):
    raise RuntimeError("the store of second factors is down")


BREAKS = {
    "the store": lambda patch, settings: patch.setattr(factors, "enrolled", broken),
    "the codes": lambda patch, settings: patch.setattr(CodeMaker.objects, "filter", broken),
    "the key": lambda patch, settings: setattr(settings, "SECRET_KEY", "another, after a restore"),
    "the rule": lambda patch, settings: patch.setattr(factors, "second_factor", broken),
}


@pytest.mark.check("CF-09")
@pytest.mark.parametrize("what", BREAKS)
def test_nobody_signs_in_while_the_second_factor_cannot_be_read(
    what, person, monkeypatch, settings
):
    who = person()
    who.enrol_codes()
    monkeypatch.setattr(clock, "is_demo", lambda: True)  # nor where a password would be enough
    right = code()
    BREAKS[what](monkeypatch, settings)
    client = Client(raise_request_exception=False)

    first = enter(login=who.login, client=client)
    second = client.post("/sign-in/second/", {"by": "code", "code": right})

    assert 500 in (first.status_code, second.status_code)
    assert "_auth_user_id" not in client.session


@pytest.mark.check("CF-09", mutant=True)
def test_mutant_a_door_that_opens_when_it_cannot_tell_is_found(person, monkeypatch, settings):
    monkeypatch.setitem(
        BREAKS, "a shrug", lambda patch, settings: patch.setattr(
            factors, "enrolled", lambda *, user: factors.Enrolled(None, [], 0)
        )
    )  # fmt: skip

    with pytest.raises(AssertionError):
        test_nobody_signs_in_while_the_second_factor_cannot_be_read(
            "a shrug", person, monkeypatch, settings
        )


# -- Kept and shown ---------------------------------------------------------------------------------


@pytest.mark.check("AU-06")
def test_the_shared_secret_is_sealed_for_its_person(person):
    who, other = person(), person("midwife", "cu.thi.do")
    who.enrol_codes()
    sealed = bytes(CodeMaker.objects.get(user=who.user).secret)

    assert SECRET.encode() not in sealed
    assert factors.unseal(sealed, who.user) == SECRET
    with pytest.raises(InvalidTag):
        factors.unseal(sealed, other.user)


@pytest.mark.check("AU-02")
def test_the_last_second_factor_stays_once_grace_is_over(person, later):
    who = person()
    who.enrol_codes()
    client = who.proves("code", code())

    client.post(f"{SECURITY}code/remove/")

    assert factors.enrolled(user=who.user)


@pytest.mark.check("AU-02")
def test_what_there_is_is_changed_only_by_who_proved_it_just_now(person, monkeypatch):
    who = person()
    who.enrol_codes()
    client = who.proves("code", code())
    later = clock.real_now() + timedelta(minutes=second_factor().fresh_minutes)
    monkeypatch.setattr(clock, "real_now", lambda: later)

    answer = client.post(f"{SECURITY}code/remove/")

    assert answer["Location"].startswith("/sign-in/second/")
    assert factors.enrolled(user=who.user)


@pytest.mark.check("AU-02")
def test_an_app_is_enrolled_by_its_picture_and_a_right_code(person):
    who = person()
    client = Client(headers={"accept-language": "en"})
    enter(login=who.login, client=client)
    page = client.get(f"{SECURITY}code/").content.decode()
    secret = re.search(r'class="one-time"[^>]*>([A-Z2-7 ]+)<', page)[1].replace(" ", "")

    wrong = client.post(f"{SECURITY}code/", {"code": "000000"})
    right = client.post(f"{SECURITY}code/", {"code": pyotp.TOTP(secret).at(clock.real_now())})

    assert wrong.status_code == 422
    assert right.content.decode().count("<li><code>") == second_factor().recovery_codes
    assert factors.enrolled(user=who.user).code_since is not None
    assert secret not in client.get(SECURITY).content.decode()
