"""A list with names leaves by two hands: asked for by one, agreed to by another, taken out once."""

import re
from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from tests.security.addresses import read
from tests.security.conftest import NOW, POLICY, TODAY, open_account
from tests.security.test_two_persons import send
from tests.security.two_hands import (
    PURPOSE,
    answers,
    asks,
    browser_of,
    director,
    fetches,
    request_of,
    with_names,
)
from tuyen.apps.access import clock, letting_out
from tuyen.apps.access.models import ExportRequest, Holding, Reading
from tuyen.apps.access.operations import AnswerExport, FetchExport, Relieve, RequestExport
from tuyen.apps.access.services import exports as services
from tuyen.apps.surveillance import exports
from tuyen.apps.surveillance.operations import ReportCase

NAME = "Nearcase"


def page(answer) -> tuple[int, str]:
    """An answer without the token of its forms and the address that it answers."""
    token = r"[A-Za-z0-9]{64}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"
    return answer.status_code, re.sub(token, "", read(answer))


def state(who) -> str:
    return ExportRequest.objects.get(pk=request_of(who)).answer


@pytest.mark.check("AC-13", "AC-14")
def test_without_a_second_person_no_name_leaves(province, holder):
    who = holder("station-head")
    alone = who.browser.post("/cases/export/", {"form": "csv", "reason": PURPOSE, "query": ""})
    asked = asks(who)

    assert alone.status_code == 200
    assert "measles" in read(alone).lower() or "sởi" in read(alone).lower()
    assert NAME not in read(alone)
    assert (asked.status_code, asked["Location"]) == (302, "/names/")
    assert NAME not in read(fetches(who, request_of(who)))


@pytest.mark.check("AC-13", "AC-14")
@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_with_a_second_person_the_list_leaves_once_under_both_names(form, province, holder):
    who = holder("station-head")
    taken = read(with_names(province, who, form))
    again = fetches(who, request_of(who), form)

    assert NAME in taken
    assert PURPOSE in taken
    assert "Agreed to by" in taken
    assert again.status_code == 302
    rows = Reading.objects.filter(user_id=who.user, subject="surveillance.case")
    assert [(row.subject_id, row.purpose) for row in rows] == [(province.near.case, PURPOSE)]


@pytest.mark.check("AC-13")
def test_ones_own_request_is_not_ones_own_to_answer(province, holder):
    who = holder("station-head")
    asks(who)
    answers(who.browser, request_of(who))
    by_program = send(
        who, AnswerExport(request=request_of(who), approved=True), province.near.units["S"]
    )

    assert state(who) == ""
    assert by_program[1:] == ("refused", "access.own-export")


@pytest.mark.check("AC-13", mutant=True)
def test_mutant_an_answer_that_does_not_ask_whose_is_found(province, holder, monkeypatch):
    honest = services._unanswerable

    def forgetful(row, entry):
        why = honest(row, entry)
        return None if isinstance(why, letting_out.OwnExport) else why

    monkeypatch.setattr(services, "_unanswerable", forgetful)

    with pytest.raises(AssertionError):
        test_ones_own_request_is_not_ones_own_to_answer(province, holder)


@pytest.mark.check("AC-02", "AC-13")
@pytest.mark.parametrize("role", sorted(POLICY["roles"]))
def test_who_may_ask_and_who_may_agree_is_what_the_policy_says(role, province, holder):
    """Every role, at the unit of the request and at the other half's, by console and by program."""
    who = holder("station-head")
    letter = {"health-centre-supervisor": "Z", "commune-committee": "C"}.get(role, "S")
    for half in ("Near", "Far"):
        other = holder(role, letter, half)
        asks(who)
        request = request_of(who)
        may_answer = other.may("access.export.approve", "Near", "S")
        answers(other.browser, request)
        assert (state(who) == "approved") is may_answer, (role, half)

        asks(who)
        said = AnswerExport(request=request_of(who), approved=True)
        accepted = send(other, said, province.near.units["S"])[1] == "accepted"
        assert accepted is may_answer, (role, half)

        wanted = RequestExport(what=exports.WHAT, query="{}", purpose=PURPOSE, rows=1)
        asked = send(other, wanted, province.near.units["S"])[1] == "accepted"
        assert asked is other.may("access.export.request", "Near", "S"), (role, half)


@pytest.mark.check("AC-13", mutant=True)
def test_mutant_a_right_to_agree_given_to_all_is_found(province, holder, monkeypatch):
    from tuyen.apps.access import policies

    honest = policies.scope
    monkeypatch.setattr(
        policies,
        "scope",
        lambda by, asked: (
            policies.EVERYTHING if asked == "access.export.approve" else honest(by, asked)
        ),
    )

    with pytest.raises(AssertionError):
        test_who_may_ask_and_who_may_agree_is_what_the_policy_says("midwife", province, holder)


@pytest.mark.check("AC-13")
def test_a_no_has_its_reason_and_ends_it(province, holder):
    who, head = holder("station-head"), director(province)
    asks(who)
    answers(head, request_of(who), "no")
    assert state(who) == ""

    answers(head, request_of(who), "no", "Hỏi lại sau khi có công văn")
    answers(head, request_of(who), "yes")

    assert state(who) == "refused"
    assert "Hỏi lại sau khi có công văn" in read(who.browser.get("/names/"))
    assert NAME not in read(fetches(who, request_of(who)))


@pytest.mark.check("AC-07", "AC-13")
def test_an_approval_falls_with_the_post_that_gave_it(province, holder):
    who = holder("station-head")
    user = open_account(province, "health-centre-supervisor", province.near.units["Z"])
    asks(who)
    answers(browser_of(user), request_of(who))
    assert state(who) == "approved"

    holding = Holding.objects.get(user=user).pk
    province.good(Relieve(holding=holding, until=TODAY), province.near.units["Z"])

    assert NAME not in read(fetches(who, request_of(who)))
    assert "fell with the post" in read(who.browser.get("/names/"))
    said = FetchExport(request=request_of(who), rows=1)
    assert send(who, said, province.near.units["S"])[2] == "access.export-approver-gone"


@pytest.mark.check("AC-13", mutant=True)
def test_mutant_an_approval_that_outlives_its_post_is_found(province, holder, monkeypatch):
    monkeypatch.setattr(services, "holders", lambda users: lambda user, unit, on: True)
    monkeypatch.setattr(letting_out, "holders", lambda users: lambda user, unit, on: True)

    with pytest.raises(AssertionError):
        test_an_approval_falls_with_the_post_that_gave_it(province, holder)


@pytest.mark.check("AC-07", "AC-13")
def test_whoever_lost_the_post_takes_nothing_out_any_more(province, holder):
    who = holder("station-head")
    asks(who)
    answers(director(province), request_of(who))
    holding = Holding.objects.get(user=who.user).pk
    province.good(Relieve(holding=holding, until=TODAY), province.near.units["S"])

    assert fetches(who, request_of(who)).status_code == 404


@pytest.mark.check("AC-13")
def test_a_request_and_an_approval_have_their_time(province, holder, monkeypatch):
    who, head = holder("station-head"), director(province)
    asks(who)
    late = (NOW + timedelta(hours=72)).astimezone()
    monkeypatch.setattr(clock, "now", lambda: late)
    answers(head, request_of(who))
    assert state(who) == ""

    asks(who)
    answers(head, request_of(who))
    monkeypatch.setattr(clock, "now", lambda: late + timedelta(hours=24))
    assert NAME not in read(fetches(who, request_of(who)))
    monkeypatch.setattr(clock, "now", lambda: late + timedelta(hours=23))
    assert NAME in read(fetches(who, request_of(who)))


@pytest.mark.check("AC-13")
def test_a_list_that_became_another_one_does_not_leave(province, holder):
    who = holder("station-head")
    asks(who)
    answers(director(province), request_of(who))
    report = ReportCase(
        disease="measles", sex="male", age=9, commune=province.near.units["C"],
        onset_on=TODAY, classification="suspected", name="Newcomer",
    )  # fmt: skip
    province.good(report, province.near.units["S"])

    assert "Newcomer" not in read(fetches(who, request_of(who)))
    said = FetchExport(request=request_of(who), rows=2)
    assert send(who, said, province.near.units["S"])[2] == "access.export-grown"


@pytest.mark.check("AC-13")
def test_what_was_agreed_to_is_taken_back_and_withdrawn(province, holder):
    who, head = holder("station-head"), director(province)
    asks(who)
    answers(head, request_of(who))
    answers(head, request_of(who), "no", "Nhầm danh sách")
    assert state(who) == "refused"

    asks(who)
    who.browser.post(f"/names/{request_of(who)}/withdraw/")
    assert state(who) == "withdrawn"
    answers(head, request_of(who))
    assert state(who) == "withdrawn"


@pytest.mark.check("AC-13", "AC-03")
def test_anothers_request_is_as_one_that_is_not_there(province, holder):
    who, other = holder("station-head"), holder("station-head")
    asks(who)
    answers(director(province), request_of(who))

    assert page(fetches(other, request_of(who))) == page(fetches(other, uuid4()))
    assert other.program.post(f"/api/v1/exports/{request_of(who)}/file").status_code == 404
    said = FetchExport(request=request_of(who), rows=1)
    assert send(other, said, province.near.units["S"])[2] == "access.another-asked"


@pytest.mark.check("AC-13")
def test_a_program_takes_out_what_two_persons_decided_once(province, holder):
    who = holder("station-head")
    wanted = RequestExport(what=exports.WHAT, query="{}", purpose=PURPOSE, rows=1)
    request, status, _ = send(who, wanted, province.near.units["S"])
    path = f"/api/v1/exports/{request}/file"

    assert status == "accepted"
    assert "access.export-not-approved" in read(who.program.post(path))
    answers(director(province), UUID(request))
    first, second = who.program.post(path), who.program.post(path)
    assert NAME in read(first)
    assert "access.export-fetched" in read(second)
    assert NAME not in read(second)
    assert who.program.get("/api/v1/exports").json()["exports"][0]["state"] == "fetched"


@pytest.mark.check("AC-13")
def test_a_person_is_not_looked_for_by_an_export(province, holder):
    who = holder("station-head")

    assert asks(who, query=f"q={NAME}").status_code == 422
    assert asks(who, query="disease=cholera").status_code == 422  # nothing to ask for
    assert asks(who, purpose="ngắn").status_code == 422
    assert not ExportRequest.objects.exists()


@pytest.mark.check("AC-13")
def test_the_operators_command_gives_names_to_two_persons_only(
    province, holder, tmp_path, monkeypatch
):
    from tuyen.apps.access.models import User
    from tuyen.cli.main import main

    monkeypatch.setenv("TUYEN_DEMO_DAY", TODAY.isoformat())
    who, out = holder("station-head"), tmp_path / "out.csv"
    login = User.objects.get(pk=who.user).login
    assert main(["export", "cases", str(out)]) == 0
    assert NAME not in out.read_text(encoding="utf-8-sig")
    asks(who)
    agreed = ["export", "cases", str(out), "--request", str(request_of(who)), "--as"]

    assert main([*agreed, login]) != 0
    answers(director(province), request_of(who))
    other = User.objects.get(pk=holder("station-head").user).login
    assert main([*agreed, other]) != 0
    assert main(["export", "cases", str(out), "--request", str(request_of(who))]) != 0
    assert NAME not in out.read_text(encoding="utf-8-sig")
    assert main([*agreed, login]) == 0
    assert NAME in out.read_text(encoding="utf-8-sig")
    assert main([*agreed, login]) != 0


def test_a_program_without_a_person_asks_for_nothing(province):
    wanted = RequestExport(what=exports.WHAT, query="{}", purpose=PURPOSE, rows=1)

    refused = province.send(wanted, province.near.units["S"]).refusal
    assert refused.code == "access.export-needs-person"
