"""Every address of the server asks who comes: nothing is open by accident."""

from collections.abc import Iterable, Iterator
from importlib import import_module
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, URLResolver, include, path

# Addresses that are Django's own and carry no data of ours.
NOT_OURS = {"django.views.i18n", "django.conf.urls.i18n", "django.contrib.staticfiles.views"}


def views(patterns: Iterable[Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Every address below ``patterns`` with the view that answers it."""
    for pattern in patterns:
        where = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from views(pattern.url_patterns, where)
        elif isinstance(pattern, URLPattern):
            yield where, pattern.callback


def unguarded(patterns: Iterable[Any], rights: frozenset[str]) -> list[str]:
    """Addresses whose view states no right, or one that no role can hold."""
    findings = []
    for where, view in views(patterns):
        if view.__module__ in NOT_OURS:
            continue
        right = getattr(view, "right", None)
        if right is None:
            findings.append(f"/{where}: {view.__module__}.{view.__name__} states no right")
        elif right not in rights | {"public", "signed-in"}:
            findings.append(f"/{where}: no role can hold {right}")
    return findings


def test_every_address_states_a_right():
    from tuyen.rules.access import role_table

    patterns = import_module(settings.ROOT_URLCONF).urlpatterns

    assert unguarded(patterns, role_table().rights) == []


def test_an_open_address_is_found():
    def stated(right: str) -> Any:
        def view(request: HttpRequest) -> HttpResponse:
            return HttpResponse()

        view.right = right
        return view

    def forgotten(request: HttpRequest) -> HttpResponse:
        return HttpResponse()

    patterns = [
        path("sign-in/", stated("public")),
        path("cases/", include([path("list/", forgotten), path("<int:pk>/", stated("case.read"))])),
        path("odd/", stated("nobody.has-this")),
    ]

    findings = unguarded(patterns, frozenset({"case.read"}))

    assert [finding.split(":")[0] for finding in findings] == ["/cases/list/", "/odd/"]
