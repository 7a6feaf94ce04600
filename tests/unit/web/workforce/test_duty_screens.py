"""Duty, leave, the surge roster and allowances on screen: told in words, and nothing typed is lost."""

from datetime import date

import pytest
from django.urls import reverse

from tests.unit.apps.workforce.conftest import PROGRAM, TODAY, codes, op, place
from tests.unit.apps.workforce.test_duty import Team, day
from tuyen.apps.access.models import User
from tuyen.apps.workforce import queries
from tuyen.apps.workforce.models import Member, Roster, Shift
from tuyen.apps.workforce.operations import AmendMember, EndPost, OnDuty, PutRoster, SetSurge


def text(answer):
    return answer.content.decode().replace("&#x27;", "'")


@pytest.fixture
def team(db):
    return Team()


@pytest.fixture
def head(signed_in, team):
    return signed_in("station-head", place("stM"))


def roster(**more):
    return {"unit": str(place("stM")), "month": "2026-11"} | more


def test_a_roster_is_worked_out_read_and_put_in_force(head):
    assert "No roster yet" in text(head.get(reverse("roster"), roster()))

    to = head.post(reverse("roster"), roster(form="plan")).url

    page = text(head.get(to))
    for told in (
        "Put forward, not in force",
        "Everything is covered",
        "Người 0",
        "Everybody who must be there is there",
    ):
        assert told in page
    waiting = Roster.objects.get()
    assert (
        head.post(reverse("roster"), roster(form="enforce", roster=waiting.pk)).status_code == 302
    )
    page = text(head.get(reverse("roster"), roster()))
    assert "In force" in page
    assert "Give a shift to somebody else" in page


def test_without_a_doctor_the_page_says_who_is_missing_and_when(head, team):
    post = queries.file(by=PROGRAM, id=team.ids[0], on=TODAY).posts[0].id
    assert codes(op(EndPost(post=post, until=date(2026, 11, 1), reason="nghỉ việc"))) == [
        "accepted"
    ]

    page = text(head.get(head.post(reverse("roster"), roster(form="plan")).url))

    assert "Doctor: 1 missing on 13 days (02/11, 04/11" in page
    assert "only somebody from elsewhere can cover it" in page
    assert "no roster leaves fewer" in page


def test_a_grid_typed_by_hand_says_which_rest_is_broken(head, team):
    first, second = (f"s-{team.ids[0]}-{n:02d}" for n in (3, 4))
    typed = roster(form="hand", edit="1") | {first: "duty", second: "duty"}

    answer = head.post(reverse("roster"), typed)

    assert answer.status_code == 422
    assert "rest after a shift" in text(answer)
    assert not Roster.objects.exists()
    assert (
        head.post(reverse("roster"), typed | {"despite": "mưa lũ, không ai khác"}).status_code
        == 302
    )
    assert Shift.objects.count() == 2
    assert "rest after a shift is not kept" in text(head.get(reverse("roster"), roster()))


def test_shifts_change_hands_and_what_is_wrong_is_said(head, team):
    put = op(PutRoster(month=day(1), shifts=(team.duty(0, 3),), in_force=True))
    assert codes(put) == ["accepted"]
    shift = Shift.objects.get().pk
    wrong = [
        roster(form="change", shift=shift, member=team.ids[0], reason="chính mình"),
        roster(form="change", shift="x", reason="sai"), roster(form="change", shift=shift, reason=""),
        roster(form="add", member=team.ids[1], day="x", reason="thêm"), roster(form="fly"),
    ]  # fmt: skip
    assert [head.post(reverse("roster"), one).status_code for one in wrong] == [422] * 5
    right = roster(form="change", shift=shift, member=team.ids[1], reason="đổi người")
    assert head.post(reverse("roster"), right).status_code == 302
    assert head.get(reverse("roster"), {"unit": place("stN")}).status_code == 404


@pytest.fixture
def nurse(signed_in, team):
    """A colleague with an account of the small province."""
    client = signed_in("midwife", place("stM"))
    user = User.objects.get(pk=client.session["_auth_user_id"])
    told = AmendMember(member=team.ids[4], name="Người 4", reason="gắn tài khoản", account=user.pk)
    assert codes(op(told)) == ["accepted"]
    return client


def test_ones_own_page_asks_for_leave_and_the_head_answers(nurse, head):
    address = reverse("my-duty")
    assert "12 days of yearly leave" in text(nurse.get(address)) or "days of yearly leave" in text(
        nurse.get(address)
    )
    asked = {"form": "leave", "kind": "yearly", "since": "02/11/2026", "until": "04/11/2026"}
    assert nurse.post(address, asked | {"since": "mai"}).status_code == 422
    assert nurse.post(address, asked | {"until": "01/11/2026"}).status_code == 422
    assert nurse.post(address, asked).status_code == 302
    assert nurse.get(reverse("leaves")).status_code == 404

    page = text(head.get(reverse("leaves")))
    assert "Người 4" in page
    (row,) = queries.leaves(by=PROGRAM, on=TODAY)
    assert head.post(reverse("leaves"), {"leave": row.id, "answer": "no"}).status_code == 422
    assert head.post(reverse("leaves"), {"leave": row.id, "answer": "yes"}).status_code == 302
    assert "agreed" in text(nurse.get(address))
    assert nurse.post(address, {"form": "withdraw", "leave": row.id}).status_code == 302
    offered = {"form": "offer", "skill": ["sampling"], "contact": "0912 345 678", "ready": "yes"}
    assert nurse.post(address, offered).status_code == 302
    assert "You can be drawn" in text(nurse.get(address))
    noted = {"form": "note", "member": str(Member.objects.get(name="Người 1").pk), "kind": "sick",
             "since": "02/11/2026", "until": "03/11/2026", "reason": "ốm sốt"}  # fmt: skip
    assert head.post(reverse("leaves"), noted).status_code == 302


def test_the_surge_roster_is_kept_and_the_sheet_is_shown_prepared_and_sent(head, signed_in, team):
    kept = {"member": str(team.ids[0]), "skill": ["sampling"], "contact": "0912345678"}
    assert head.post(reverse("surge"), kept | {"skill": []}).status_code == 422
    assert head.post(reverse("surge"), kept).status_code == 302
    assert "Sampling" in text(head.get(reverse("surge")))
    shifts = tuple(OnDuty(member=team.ids[0], day=date(2026, 9, n), kind="standby") for n in (2, 5))
    assert codes(op(PutRoster(month=date(2026, 9, 1), shifts=shifts, in_force=True))) == [
        "accepted"
    ]
    asked = {"unit": str(place("stM")), "month": "2026-09"}

    page = text(head.get(reverse("allowances"), asked))

    for told in ("948,000 VND", "544,000", "holiday", "weekly rest day", "192/2026"):
        assert told in page
    assert (
        head.post(reverse("allowances"), asked | {"form": "prepare", "total": "1"}).status_code
        == 422
    )
    assert (
        head.post(reverse("allowances"), asked | {"form": "prepare", "total": "948000"}).status_code
        == 302
    )
    assert "Confirm it" not in text(head.get(reverse("allowances"), asked))
    centre = signed_in("health-centre-supervisor", place("hc"))
    assert "Confirm it" in text(centre.get(reverse("allowances"), asked))
    assert centre.post(reverse("allowances"), asked | {"form": "confirm"}).status_code == 302
    assert "closed by" in text(centre.get(reverse("allowances"), asked))
    sent = text(centre.get(reverse("allowances"), asked | {"form": "csv"}))
    assert "2026-09-02" in sent
    assert centre.get(reverse("allowances"), asked | {"form": "xlsx"}).status_code == 200
    assert (
        centre.post(
            reverse("allowances"), asked | {"form": "reopen", "reason": "sai ngày"}
        ).status_code
        == 302
    )


def test_a_month_that_no_calendar_has_a_month_beside_is_none(head):
    for name in ("roster", "allowances"):
        for month in ("0001-01", "01/0001", "9999-12"):
            assert head.get(reverse(name), {"month": month}).status_code == 200
    typed = text(head.get(reverse("allowances"), {"month": "09/2026"}))
    assert 'value="09/2026"' in typed


def test_who_stays_and_the_outlook_of_another_cadre(head, signed_in):
    page = text(head.get(reverse("retention")))
    assert "Kaplan" in page
    assert "too few" in page
    assert "Nurse until 2030" in text(head.get(reverse("workforce-structure"), {"cadre": "nurse"}))
    assert "Doctors until 2030" in text(head.get(reverse("workforce-structure"), {"cadre": "x"}))
    committee = signed_in("commune-committee", place("M"))
    assert "Người 0" not in text(committee.get(reverse("retention")))


def test_an_outbreak_of_nobody_is_no_page(head, team):
    assert codes(op(SetSurge(member=team.ids[0], skills=("sampling",)))) == ["accepted"]
    assert head.get(reverse("draw", args=[team.ids[0]])).status_code == 404
