"""The frame of every page: what it shows, and what it costs."""

import pytest
from django.test import RequestFactory

from tuyen.apps.access.actors import Actor
from tuyen.web import shell


@pytest.fixture
def asked(monkeypatch):
    """The addresses that are resolved while a frame is put together."""
    shell._place.cache_clear()
    seen = []
    honest = shell.resolve
    monkeypatch.setattr(shell, "resolve", lambda path: seen.append(path) or honest(path))
    yield seen
    shell._place.cache_clear()


@pytest.mark.django_db
def test_where_the_stops_lead_is_found_once_and_not_for_every_page(asked):
    request = RequestFactory().get("/cases/")
    request.actor = Actor.program(shell.clock.today())

    first, found = shell.frame(request), len(asked)
    second = shell.frame(request)

    assert found > 20
    assert len(asked) == found
    assert [group.label for group in first.nav] == [group.label for group in second.nav]
