"""The desk of a session at the human door: from arrival to the balance of the stock, and what is
answered to a form that cannot be."""

from datetime import date, timedelta

import pytest
from django.test import Client
from django.urls import reverse

from tests.unit.apps.immunization.conftest import World
from tests.unit.apps.immunization.holding import AT, LOT, TODAY, dosed, opened
from tuyen.apps.access import clock
from tuyen.apps.access.models import User
from tuyen.apps.access.operations import Appoint, CreatePost, OpenAccount
from tuyen.apps.immunization.models import AdverseEvent, DoseConcern, LotHold, Session, Visit
from tuyen.apps.immunization.operations import SuspendLot
from tuyen.apps.journal.services import commit
from tuyen.apps.supply.models import Lot, SessionUse
from tuyen.apps.supply.operations import IssuedLine, IssueToSession, ReceiveLot
from tuyen.kernel.ids import NODE, uuid7
from tuyen.kernel.operation import Operation


@pytest.fixture(autouse=True)
def hour(monkeypatch, settings):
    now = [AT]
    monkeypatch.setattr(clock, "now", lambda: now[0].astimezone())
    monkeypatch.setattr(clock, "today", lambda: TODAY)
    settings.LANGUAGE_CODE = "en"
    return now


@pytest.fixture
def world(db):
    return World()


@pytest.fixture
def nurse(world) -> Client:
    login = f"u{uuid7().hex[-10:]}"
    (user,) = world.good(OpenAccount(login=login, name="Người thử"), unit=NODE)
    (post,) = world.good(
        CreatePost(role="station-head", since=date(2020, 1, 1)), unit=world.station
    )
    world.good(Appoint(post=post, user=user, since=date(2020, 1, 1)), unit=world.station)
    client = Client(headers={"accept-language": "en"})
    client.force_login(
        User.objects.get(login=login), backend="django.contrib.auth.backends.ModelBackend"
    )
    return client


def send(client, session, what, **fields):
    return client.post(reverse("session-run", args=[session, what]), fields)


def test_from_arrival_to_the_balance_of_the_stock(world, nurse, hour):
    child = world.child()
    world.good(ReceiveLot(item="mr-10", number=LOT, expires_on=date(2027, 6, 30), vials=5),
               unit=world.station)  # fmt: skip
    session = opened(world)
    issued = IssuedLine(lot=Lot.objects.get().pk, vials=2)
    world.good(IssueToSession(session=session, lines=(issued,)), unit=world.station)

    send(nurse, session, "arrive", person=child)
    visit = Visit.objects.get()
    page = nurse.get(reverse("session", args=[session])).content.decode()
    assert "Vàng A Tủa" in page
    hot = send(nurse, session, "screen", visit=visit.pk, vaccine="MR", temperature="368")
    assert (hot.status_code, "cannot be right" in hot.content.decode()) == (422, True)
    send(nurse, session, "screen", visit=visit.pk, vaccine="MR", temperature="36,8")
    send(nurse, session, "give", visit=visit.pk, **{"give-MR": "yes", "lot-MR": LOT})
    early = send(nurse, session, "leave", visit=visit.pk)
    assert "who leaves before needs a reason" in early.content.decode()
    hour[0] = AT + timedelta(minutes=30)
    send(nurse, session, "leave", visit=visit.pk)
    closing = nurse.get(reverse("session-closing", args=[session])).content.decode()
    assert 'name="taken" value="2"' in closing
    send(nurse, session, "close", vaccine="MR", lot=LOT, size="10", taken="2", opened="1",
         kept_open="0", discarded="0", returned="1")  # fmt: skip

    assert Session.objects.get().state == "closed"
    use = SessionUse.objects.get()
    assert (use.closed, use.opened, use.returned, use.given) == (True, 1, 1, 1)
    assert "9" in nurse.get(reverse("session-closing", args=[session])).content.decode()


def test_an_event_reported_at_the_desk_stops_it(world, nurse):
    child, session = world.child(), opened(world)
    form = nurse.get(reverse("aefi-new"), {"person": child, "session": session})
    assert "Vàng A Tủa" in form.content.decode()
    said = {
        "person": child, "session": session, "kinds": "anaphylaxis", "severity": "life-threatening",
        "onset_day": "25/10/2026", "onset_time": "07:40", "noticed_day": "25/10/2026",
        "noticed_time": "07:45", "vaccine": "MR", "lot": LOT, "outcome": "unknown",
    }  # fmt: skip

    wrong = nurse.post(reverse("aefi-new"), said | {"onset_time": "quarter past"})
    assert wrong.status_code == 422
    nurse.post(reverse("aefi-new"), said)

    event = AdverseEvent.objects.get()
    assert (event.serious, Session.objects.get().state) == (True, "stopped")
    assert LotHold.objects.get().lot == LOT
    for name in ("aefi", "aefi-form"):
        assert nurse.get(reverse(name, args=[event.pk])).status_code == 200
    assert LOT in nurse.get(reverse("lot-holds")).content.decode()
    assert nurse.get(reverse("aefi", args=[uuid7()])).status_code == 404


def test_a_dose_told_later_of_a_stopped_lot_is_listed_and_followed_up(world, nurse, hour):
    child = world.child()
    world.good(SuspendLot(vaccine="MR", lot=LOT, reason="nghi ngờ"), unit=world.elsewhere, at=AT)
    hour[0] = AT + timedelta(hours=5)
    given = dosed(None, child)
    operation = Operation.of(given, unit=world.station, happened_on=TODAY,
                             recorded_at=AT + timedelta(hours=1))  # fmt: skip
    commit(by=world.by, operations=[operation], at=hour[0])
    page = nurse.get(reverse("lot-holds")).content.decode()
    (waiting,) = DoseConcern.objects.all()
    href = reverse("lot-dose-answer", args=[waiting.id])

    assert "Vàng A Tủa" in page
    assert href in page
    assert "was suspended since" in nurse.get(reverse("child", args=[child])).content.decode()
    assert nurse.post(href, {"done": " "}).status_code == 422
    assert nurse.post(href, {"done": "theo dõi tại nhà, khoẻ"}).status_code == 302
    assert "Vàng A Tủa" not in nurse.get(reverse("lot-holds")).content.decode()
    assert nurse.post(href, {"done": "lần nữa"}).status_code == 422
    assert nurse.post(reverse("lot-dose-answer", args=[child]), {"done": "ai"}).status_code == 404
