"""Programs ask of cases and alarms what people ask on the screens, and are told what is not known."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.test import Client

from tests.unit.apps.surveillance.conftest import atlas as atlas
from tests.unit.apps.surveillance.conftest import case, nth, place
from tests.unit.apps.surveillance.conftest import report as report
from tuyen.apps.access import clock, guard, services
from tuyen.apps.access.actors import Actor
from tuyen.apps.access.operations import Appoint, CreatePost, OpenAccount
from tuyen.apps.journal.services import commit
from tuyen.apps.surveillance.models import Alarm
from tuyen.apps.surveillance.operations import ReportSignal
from tuyen.kernel.ids import NODE
from tuyen.kernel.operation import Operation

NOW = datetime(2026, 10, 25, 3, 0, tzinfo=UTC)
TODAY = NOW.date()


@pytest.fixture
def ask(db, settings, monkeypatch):
    """``ask("cases", outcome="died")``: what a program of an epidemiologist is answered."""
    settings.ALLOWED_HOSTS = ["testserver"]
    monkeypatch.setattr(clock, "now", lambda: NOW)
    monkeypatch.setattr(clock, "today", lambda: TODAY)

    def sent(payload, unit):
        return Operation.of(payload, unit=unit, happened_on=TODAY, recorded_at=NOW)

    user = sent(OpenAccount(login="program", name="Máy"), NODE)
    post = sent(CreatePost(role="cdc-epidemiologist", since=date(2020, 1, 1)), place("P"))
    holding = sent(Appoint(post=post.id, user=user.id, since=date(2020, 1, 1)), place("P"))
    commit(by=Actor.program(TODAY), operations=[user, post, holding], at=NOW)
    key = services.issue_key(user=user.id, label="test", days=3650, now=datetime.now(UTC))
    client = Client(headers={"Authorization": f"Bearer {key}"})
    return lambda path, **asked: client.get(f"/api/v1/{path}", asked)


@pytest.mark.parametrize(
    ("asked", "ages"),
    [
        ({"outcome": "died"}, {5}),
        ({"outcome": ["none", "died"]}, {5, 6}),
        ({"reported_first": "2026-10-24"}, {6}),
        ({"reported_last": "2026-10-23"}, {5}),
        ({"classification": "confirmed"}, {5}),
        ({"unit": str(place("hD"))}, set()),
        ({"late": "false"}, {5, 6}),
    ],
)
def test_cases_are_asked_for_as_on_the_screen(ask, report, asked, ages):
    early = datetime(2026, 10, 23, 1, tzinfo=UTC)
    report(
        case(age=5, reported_at=early, outcome="died", outcome_on=date(2026, 10, 22),
             classification="confirmed", diagnosed_on=date(2026, 10, 22)),
        case(age=6, reported_at=NOW - timedelta(hours=1)),
    )  # fmt: skip

    answer = ask("cases", **asked)

    assert answer.status_code == 200, answer.content
    assert {row["age"] for row in answer.json()["cases"]} == ages


@pytest.fixture
def alarms(db):
    plain = {
        "rule": "AL-B1", "disease": "measles", "commune_id": place("M"), "level": "",
        "observed": 9, "expected": 2.0, "bound": 4.0, "method": "law", "revision": 0,
        "figures": '{"low":1,"high":2,"years":[2021,2022],"needed":3,"baseline":7}',
        "raised_on": TODAY, "raised_at": NOW, "changed_at": NOW, "state": "new", "reason": "",
        "closed_because": "", "due_at": NOW + timedelta(days=1),
        "since": date(2026, 10, 19), "until": date(2026, 10, 25),
    }  # fmt: skip
    given = {
        "late": {"due_at": NOW - timedelta(hours=1)},
        "mine": {"owner_id": nth("user", 1), "rule": "EP-B1"},
        "closed": {"closed_on": TODAY, "closed_because": "END-B", "until": date(2026, 10, 18)},
        "there": {"commune_id": place("D")},
    }
    with guard.opened("test"):
        for n, (name, change) in enumerate(given.items()):
            id = nth("alarm", n)
            Alarm.objects.create(**plain | {"id": id, "last_id": id, "period": name} | change)
    return given


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({"overdue": "true"}, {"late"}),
        ({"owner": str(nth("user", 1))}, {"mine"}),
        ({"closed": "true"}, {"closed"}),
        ({"closed": "false"}, {"late", "mine", "there"}),
        ({"unit": str(place("stD"))}, {"there"}),
        ({"since": "2026-10-19"}, {"late", "mine", "there"}),
        ({"state": "verified"}, set()),
    ],
)
def test_alarms_are_asked_for_as_in_the_inbox(ask, alarms, asked, found):
    answer = ask("alarms", **asked)

    assert answer.status_code == 200, answer.content
    assert {row["period"] for row in answer.json()["alarms"]} == found


def test_event_signals_are_asked_for_page_by_page_without_who_told(ask):
    told = [
        ReportSignal(sign=sign, source="village", seen_on=TODAY - timedelta(days=n),
                     commune=place("M"), affected=4, phone="0912345678", reporter="Lò Văn A")
        for n, sign in enumerate(("rash-fever", "dead-poultry", "rash-fever"))
    ]  # fmt: skip
    sent = [
        Operation.of(one, unit=place("stM"), happened_on=TODAY, recorded_at=NOW) for one in told
    ]
    commit(by=Actor.program(TODAY), operations=sent, at=NOW)

    whole, some = ask("signals", size=2).json(), ask("signals", sign="rash-fever")

    assert (whole["total"], whole["pages"], len(whole["signals"])) == (3, 2, 2)
    assert [row["seen_on"] for row in some.json()["signals"]] == ["2026-10-25", "2026-10-23"]
    assert b"0912345678" not in some.content
    assert "Lò Văn A" not in some.content.decode()
    late = ask("signals", first="2026-10-24", overdue="true").json()
    assert late["total"] == 0


def test_the_gravest_alarm_comes_first_when_asked(ask, alarms):
    assert ask("alarms", order="gravest").json()["alarms"][0]["period"] == "mine"


@pytest.mark.parametrize(
    ("path", "asked"),
    [
        ("cases", {"outcome": "eaten"}), ("cases", {"classification": "sure"}),
        ("cases", {"reported_first": "yesterday"}), ("cases", {"unit": "M"}),
        ("alarms", {"order": "oldest"}), ("alarms", {"state": "loud"}),
        ("signals", {"state": "loud"}), ("signals", {"source": "dream"}), ("signals", {"area": "x"}),
        ("alarms", {"owner": "me"}), ("alarms", {"since": "2026"}),
    ],
)  # fmt: skip
def test_what_is_not_known_is_said(ask, path, asked):
    answer = ask(path, **asked)

    (name,) = asked
    assert answer.status_code == 400
    assert name in answer.json()["detail"]
