"""A password alone is not enough: codes, passkeys, recovery codes, and who must have which."""

import pytest
from django.test import Client

from tests.security.authenticator import Authenticator
from tests.security.conftest import BACKEND, TODAY
from tests.security.entering import LATER, SECURITY, code, held_back, inside, question
from tests.security.test_sign_in import enter
from tuyen.apps.access import clock
from tuyen.apps.access.models import User
from tuyen.apps.access.services import factors
from tuyen.rules.access.second_factor import second_factor
from tuyen.web.access import passkeys, proofs

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
    monkeypatch.setattr("tests.security.entering.Authenticator", lambda: who.key)
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
