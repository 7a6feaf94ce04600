"""A session ends: when it is left alone, when the account closes, and at once when a post ends."""

from datetime import timedelta

import pytest
from django.test import Client

from tuyen.apps.access import clock
from tuyen.apps.access.actors import Actor
from tuyen.apps.access.models import Holding, User
from tuyen.apps.access.operations import Appoint, CloseAccount, CreatePost, OpenAccount, Relieve
from tuyen.apps.journal.services import commit
from tuyen.kernel.ids import NODE
from tuyen.kernel.operation import Operation


def do(*payloads):
    now = clock.now()
    made = [
        Operation.of(payload, unit=NODE, happened_on=now.date(), recorded_at=now)
        for payload in payloads
    ]
    receipts = commit(by=Actor.program(now.date()), operations=made, at=now)
    assert all(receipt.ok for receipt in receipts)
    return [operation.id for operation in made]


@pytest.fixture
def signed_in(db):
    yesterday = clock.today() - timedelta(days=1)
    user, post = do(OpenAccount(login="sung.thi.vang", name="Sùng Thị Vàng"),
                    CreatePost(role="administrator", since=yesterday))  # fmt: skip
    do(Appoint(post=post, user=user, since=yesterday))
    client = Client()
    client.force_login(User.objects.get(), backend="django.contrib.auth.backends.ModelBackend")
    assert client.get("/doctor/").status_code == 200
    return client


def test_a_session_left_alone_ends(signed_in, settings, monkeypatch):
    later = clock.real_now() + timedelta(minutes=settings.IDLE_MINUTES)
    monkeypatch.setattr(clock, "real_now", lambda: later)

    answer = signed_in.get("/doctor/")

    assert answer.status_code == 302
    assert "/sign-in/" in answer["Location"]


def test_a_session_in_use_goes_on(signed_in, settings, monkeypatch):
    start = clock.real_now()
    for minutes in range(0, 3 * settings.IDLE_MINUTES, settings.IDLE_MINUTES - 1):
        monkeypatch.setattr(clock, "real_now", lambda m=minutes: start + timedelta(minutes=m))
        assert signed_in.get("/doctor/").status_code == 200


def test_a_closed_account_is_out_at_its_next_request(signed_in):
    do(CloseAccount(user=User.objects.get().pk, on=clock.today()))

    assert signed_in.get("/doctor/").status_code == 302


def test_a_post_that_ends_takes_its_rights_along_at_the_next_request(signed_in):
    do(Relieve(holding=Holding.objects.get().pk, until=clock.today()))

    assert signed_in.get("/doctor/").status_code == 404
