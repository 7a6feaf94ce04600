"""Codes work once and for minutes; guessing ends; what cannot be judged opens nothing."""

import re
from datetime import timedelta

import pyotp
import pytest
from cryptography.exceptions import InvalidTag
from django.test import Client

from tests.security.conftest import TODAY, actor
from tests.security.entering import SECRET, SECURITY, code, inside
from tests.security.test_sign_in import enter
from tuyen.apps.access import clock, services
from tuyen.apps.access.models import CodeMaker, RecoveryCode
from tuyen.apps.access.operations import ResetSecondFactor
from tuyen.apps.access.services import factors
from tuyen.apps.journal.services import commit
from tuyen.kernel.ids import NODE
from tuyen.kernel.operation import Operation
from tuyen.rules.access.second_factor import second_factor

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
