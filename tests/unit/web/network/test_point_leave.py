"""Leave and swaps of somebody who serves a satellite point: who asks and who answers is told, and the gap shows."""

from datetime import date

import pytest
from django.urls import reverse

from tests.unit.apps.network.conftest import TODAY, op, place, send
from tests.unit.apps.workforce.conftest import plain, post
from tuyen.apps.access.actors import Actor, HeldPost
from tuyen.apps.access.models import User
from tuyen.apps.network import queries
from tuyen.apps.network.operations import PlanPointDays, PointDay, PointSaid, StatePoint
from tuyen.apps.surveillance.operations import OpenOutbreak
from tuyen.apps.workforce import places as workforce_places
from tuyen.apps.workforce.models import Draw, Leave, Shift
from tuyen.apps.workforce.operations import OnDuty, PutRoster, RegisterMember, SetSurge
from tuyen.kernel.ids import uuid7

MONDAY, TUESDAY = date(2026, 11, 2), date(2026, 11, 3)


def text(answer):
    return answer.content.decode().replace("&#x27;", "'")


def good(*operations):
    assert all(receipt.ok for receipt in send(*operations))
    return [one.id for one in operations]


@pytest.fixture(autouse=True)
def one_map(atlas, monkeypatch):
    monkeypatch.setattr(workforce_places, "atlas", lambda: atlas)


@pytest.fixture
def nurse(signed_in):
    return signed_in("midwife", place("stM"))


@pytest.fixture
def head(signed_in):
    return signed_in("station-head", place("stM"))


@pytest.fixture
def people(nurse):
    """Two nurses of the station; the first has the account and serves the point on a Monday."""
    user = User.objects.get(pk=nurse.session["_auth_user_id"]).pk
    first, other = good(
        op(RegisterMember(name="Người 0", post=post("nurse"), account=user)), op(plain("Người 1"))
    )
    good(op(StatePoint(said=PointSaid(functions=("chronic",), weekdays=(0,))), "pM"))
    days = tuple(
        PointDay(point=place("pM"), day=date(2026, 11, n), member=first if n == 2 else other)
        for n in (2, 9, 16, 23, 30)
    )
    good(op(PlanPointDays(month=date(2026, 11, 1), days=days)))
    return first, other


ASKED = {"form": "leave", "kind": "yearly", "since": "02/11/2026", "until": "04/11/2026"}


def test_who_asks_for_leave_is_told_and_the_point_is_shown_as_nobodys(people, nurse, head):
    page = text(nurse.get(reverse("my-duty")))
    assert "At satellite points" in page
    assert "02/11/2026" in page

    told = text(nurse.post(reverse("my-duty"), ASKED, follow=True))

    assert "02/11/2026: you serve satellite_point pM" in told
    assert "1 day at a satellite point would be nobody's" in told
    waiting = text(head.get(reverse("leaves")))
    assert "1 day at a satellite point would be nobody's" in waiting
    before = text(head.get(reverse("roster"), {"unit": place("stM"), "month": "2026-11"}))
    assert "has nobody" not in before
    assert "have nobody" not in before

    answer = {"leave": Leave.objects.get().pk, "answer": "yes"}
    agreed = text(head.post(reverse("leaves"), answer, follow=True))

    assert "02/11/2026: nobody serves satellite_point pM now" in agreed
    assert "Nobody serves the satellite point" in agreed
    roster = text(head.get(reverse("roster"), {"unit": place("stM"), "month": "2026-11"}))
    assert "1 day has nobody" in roster
    assert "is away that day" in roster
    points = text(head.get(reverse("outreach-points"), {"unit": place("stM"), "month": "2026-11"}))
    assert "nobody comes (1 is away" in points


def test_leave_on_other_days_and_a_wish_warn_of_nothing(people, nurse):
    elsewhere = ASKED | {"since": "03/11/2026"}
    wish = ASKED | {"kind": "no-nights"}

    for form in (elsewhere, wish):
        told = text(nurse.post(reverse("my-duty"), form, follow=True))
        assert "you serve" not in told
        assert "would be nobody" not in told
    assert Leave.objects.count() == 2


def test_a_swap_that_takes_somebody_from_a_point_is_told(people, nurse, signed_in):
    first, other = people
    duty = [OnDuty(member=other, day=MONDAY, kind="duty"), OnDuty(member=first, day=TUESDAY, kind="duty"),
            OnDuty(member=first, day=MONDAY, kind="day")]  # fmt: skip
    good(op(PutRoster(month=date(2026, 11, 1), shifts=tuple(duty), in_force=True)))
    theirs, mine = (
        Shift.objects.get(member_id=who, kind="duty").pk for who in (other, first)
    )  # fmt: skip

    told = text(nurse.post(reverse("my-duty"), {
        "form": "swap", "shift": mine, "member": other, "for_shift": theirs, "reason": "Việc nhà",
    }, follow=True))  # fmt: skip

    assert "02/11/2026: Người 0 serves satellite_point pM" in told


def test_who_is_drawn_for_an_outbreak_leaves_a_point_and_that_is_told_and_kept(people, head):
    first, _other = people
    opened = OpenOutbreak(
        disease="measles", title="Sởi tại xã M", since=date(2026, 10, 20), communes=(place("M"),)
    )
    (outbreak,) = good(op(opened, "M"))
    good(*(op(SetSurge(member=who, skills=("sampling",), contact="0912345678")) for who in people))
    address, days = reverse("draw", args=[outbreak]), {"since": "01/11/2026", "until": "15/11/2026"}

    page = text(head.get(address, days))

    assert "satellite_point pM on 02/11: nobody serves it" in page
    assert "satellite_point pM on 09/11: nobody serves it" in page
    later = text(head.get(address, {"since": "03/11/2026", "until": "15/11/2026"}))
    assert "02/11: nobody" not in later
    assert later.index("Người 0") < later.index("Người 1"), "who leaves nothing comes first"
    earlier = text(head.get(address, {"since": "01/11/2026", "until": "05/11/2026"}))
    assert earlier.index("Người 1") < earlier.index("Người 0")

    sent = days | {"take": str(first), "group": "b", "work": "direct"}
    assert head.post(address, sent).status_code == 302

    assert Draw.objects.get().left == "satellite_point pM on 02/11: nobody serves it"
    points = text(head.get(reverse("outreach-points"), {"unit": place("stM"), "month": "2026-11"}))
    assert "nobody comes (1 is away" in points


def test_only_who_may_see_the_roster_is_told_who_serves(people):
    first, _other = people

    def asked(by, **more):
        span = {"first": MONDAY, "until": TUESDAY} | more
        return queries.at_points(by=by, members={first}, **span)

    def held(role, unit):
        return Actor(user=uuid7(), name="A", posts=(HeldPost(uuid7(), role, place(unit)),), on=TODAY, channel="web")  # fmt: skip

    assert [one.point for one in asked(held("midwife", "stM"))] == [place("pM")]
    assert asked(held("midwife", "stN")) == []
    assert asked(held("midwife", "stM"), first=TUESDAY, until=date(2026, 12, 1)) == []
    good(op(StatePoint(said=PointSaid(functions=("chronic",), weekdays=(2,))), "pM"))
    assert asked(held("midwife", "stM")) == [], "the point is not open that day any more"
