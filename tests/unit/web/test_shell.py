"""The frame of every page: what it shows, and what it costs."""

import pytest
from django.test import RequestFactory

from tuyen.apps.access.actors import Actor
from tuyen.rules.access import role_table
from tuyen.web import shell


@pytest.fixture
def asked(monkeypatch):
    """The addresses that are resolved while a frame is put together."""
    forget()
    seen = []
    honest = shell.resolve
    monkeypatch.setattr(shell, "resolve", lambda path: seen.append(path) or honest(path))
    yield seen
    forget()


def forget():
    shell._place.cache_clear()
    shell._menu.cache_clear()


@pytest.mark.django_db
def test_where_the_stops_lead_is_found_once_and_not_for_every_page(asked):
    request = RequestFactory().get("/cases/")
    request.actor = Actor.program(shell.clock.today())

    first, found = shell.frame(request), len(asked)
    second = shell.frame(request)

    assert found > 20
    assert len(asked) == found
    assert [group.label for group in first.nav] == [group.label for group in second.nav]


@pytest.mark.django_db
def test_a_menu_is_shared_and_marks_one_page_only():
    frames = []
    for path in ("/cases/", "/board/"):
        request = RequestFactory().get(path)
        request.actor = Actor.program(shell.clock.today())
        frames.append(shell.frame(request))

    marked = [[s.href for g in frame.nav for s in g.items if s.current] for frame in frames]

    assert marked == [["/cases/"], ["/board/"]]
    assert [[s.href for g in f.nav for s in g.items] for f in frames].count(
        [s.href for g in frames[0].nav for s in g.items]
    ) == 2


@pytest.mark.parametrize(
    ("role", "first", "dock"),
    [
        ("station-head", "care", ["care", "overdue", "case-new", "signals"]),
        ("midwife", "care", ["care", "overdue", "case-new", "signals"]),
        ("cdc-epidemiologist", "board", ["board", "signals", "case-new", "cases"]),
    ],
)
@pytest.mark.django_db
def test_whoever_examines_patients_has_them_first(role, first, dock):
    grants = role_table().roles[role].grants.values()
    opened = frozenset().union(*grants)

    nav = shell._menu(opened, "vi", None)

    assert nav[0].items[0].key == first
    assert [stop.key for stop in shell._dock(nav, opened)] == dock
