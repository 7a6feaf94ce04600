"""Suggestions for the fields of a visit."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from tuyen.apps.access import clock
from tuyen.apps.clinical import queries
from tuyen.web.access import ActorRequest, screen
from tuyen.web.clinical import lookups, visit_words


@screen(right=queries.RECORD)
@require_GET
def diagnoses(request: ActorRequest) -> HttpResponse:
    """Diagnoses by code or by words."""
    found = lookups.diagnoses(_text(request), clock.today())
    return _answer(request, [
        {"label": f"{code} {name}", "value": code} for code, name in found
    ])  # fmt: skip


@screen(right=queries.RECORD)
@require_GET
def items(request: ActorRequest) -> HttpResponse:
    """Medicines by name or substance."""
    found = lookups.items(_text(request))
    return _answer(request, [
        {"label": name, "value": code, "note": visit_words.item_unit(code)} for code, name in found
    ])  # fmt: skip


@screen(right=queries.RECORD)
@require_GET
def served(request: ActorRequest) -> HttpResponse:
    """Services by name or code."""
    found = lookups.served(_text(request), clock.today())
    return _answer(request, [
        {"label": name, "value": code, "note": code} for code, name in found
    ])  # fmt: skip


def _text(request: ActorRequest) -> str:
    return request.GET.get("q", "").strip()[:100]


def _answer(request: ActorRequest, items: list[dict[str, str]]) -> HttpResponse:
    return render(request, "surveillance/_options.html", {"items": items, "prefix": "care"})
