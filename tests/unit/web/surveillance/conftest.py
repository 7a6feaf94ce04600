"""A small province behind Django's test client, and people who hold posts in it."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from uuid import UUID

import pytest
from django.test import Client

from tests.unit.apps.surveillance.conftest import place, small_province
from tuyen.apps.access import clock, policies
from tuyen.apps.access.actors import Actor
from tuyen.apps.access.models import User
from tuyen.apps.access.operations import Appoint, CreatePost, OpenAccount
from tuyen.apps.journal.services import commit
from tuyen.apps.registry import queries as registry
from tuyen.apps.surveillance.operations import ReportCase
from tuyen.kernel.ids import NODE, uuid7
from tuyen.kernel.operation import Operation, Receipt

NOW = datetime(2026, 10, 25, 3, 0, tzinfo=UTC)
TODAY = date(2026, 10, 25)
_ATLAS = small_province()


@pytest.fixture(autouse=True)
def stage(monkeypatch: pytest.MonkeyPatch, settings, tmp_path) -> None:
    """The small province is the map, and the day is fixed."""
    monkeypatch.setattr(registry, "atlas", lambda: _ATLAS)
    monkeypatch.setattr(policies, "_reach", _ATLAS.reach)
    monkeypatch.setattr(clock, "now", lambda: NOW.astimezone())
    monkeypatch.setattr(clock, "today", lambda: TODAY)
    settings.UPLOADS = tmp_path / "uploads"
    settings.LANGUAGE_CODE = "en"


@pytest.fixture
def signed_in(db: None) -> Callable[..., Client]:
    """``signed_in("station-head", place("stM"))``: the browser of somebody with that post."""

    def make(role: str, unit: UUID) -> Client:
        login = f"u{uuid7().hex[-10:]}"
        made = [(OpenAccount(login=login, name="Người thử"), NODE)]
        made += [(CreatePost(role=role, since=date(2020, 1, 1)), unit)]
        account, post = [_operation(*each) for each in made]
        holding = _operation(Appoint(post=post.id, user=account.id, since=date(2020, 1, 1)), unit)
        program = Actor.program(TODAY)
        for receipt in commit(by=program, operations=[account, post, holding], at=NOW):
            assert receipt.ok, receipt.refusal
        client = Client(headers={"accept-language": "en"})
        client.force_login(
            User.objects.get(login=login), backend="django.contrib.auth.backends.ModelBackend"
        )
        return client

    return make


@pytest.fixture
def report(db: None) -> Callable[..., list[Receipt]]:
    """Reports committed by the program; nothing reacts to them."""

    def give(*cases: ReportCase, unit: str = "stM") -> list[Receipt]:
        operations = [_operation(case, place(unit)) for case in cases]
        receipts = commit(by=Actor.program(TODAY), operations=operations, at=NOW, react=False)
        assert all(receipt.ok for receipt in receipts), receipts
        return receipts

    return give


def _operation(payload, unit: UUID) -> Operation:
    return Operation.of(payload, unit=unit, happened_on=TODAY, recorded_at=NOW, id=uuid7())
