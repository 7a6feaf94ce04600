"""The line list: cases by filters, in views that a person keeps."""

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from tuyen.apps.access import clock, policies
from tuyen.apps.access import queries as access
from tuyen.apps.access import services as accounts
from tuyen.apps.registry import queries as registry
from tuyen.apps.surveillance import queries
from tuyen.web.access import ActorRequest, screen
from tuyen.web.surveillance import filters, words

READ, EXPORT, REPORT = (
    "surveillance.case.read", "surveillance.case.export", "surveillance.case.report",
)  # fmt: skip
SCREEN, SUBJECT = "cases", "surveillance.case"
PAGE = 50


@screen(right=READ)
@require_GET
def cases(request: ActorRequest) -> HttpResponse:
    """A page of the cases that meet the filters of the address."""
    by, on, places = request.actor, clock.today(), registry.atlas()
    asked = filters.read(request.GET, on, places)
    found = queries.line_list(
        by=by, filters=asked.filters, order=asked.order, page=_number(request), size=PAGE
    )
    _note_readings(request, [row.id for row in found.rows])
    query = request.GET.copy()
    query.pop("page", None)
    dense = request.GET.get("view", request.session.get("cases.view", "")) == "dense"
    if "view" in request.GET:
        request.session["cases.view"] = "dense" if dense else ""
    context = {
        "rows": [_line(row, asked.filters) for row in found.rows],
        "total": found.total,
        "page": Paginator(range(found.total), PAGE).get_page(found.page),
        "asked": asked,
        "f": asked.filters,
        "disease": ",".join(asked.filters.diseases),
        "texts": filters.named(asked.filters, on, places),
        "told": filters.hidden(asked.filters, on, places),
        "kept": _kept_hidden(asked.filters),
        "more": _more_open(asked.filters),
        "saved": _views(request),
        "dense": dense,
        "query": query.urlencode(),
        "may_export": policies.may(by, EXPORT),
        "may_report": policies.may(by, REPORT),
        "classes": words.choices(words.CLASSIFICATION),
        "groups": words.choices(words.GROUP),
        "sexes": words.choices(words.SEX),
        "outcomes": words.choices(words.TOLD),
        "as_of": clock.now(),
    }
    return render(request, "surveillance/cases.html", context)


@screen(right=READ)
@require_POST
def save_view(request: ActorRequest) -> HttpResponse:
    """Keep the filters under a name; the same name again replaces them."""
    label = " ".join(request.POST.get("label", "").split())[:60]
    query = filters.kept(request.POST.get("query", ""))
    if not label or not query or request.actor.user is None:
        messages.error(request, _("Set a filter and give it a name, then save it."))
    else:
        accounts.save_view(user=request.actor.user, screen=SCREEN, name=label, query=query)
        messages.success(request, _("The view “{name}” is saved.").format(name=label))
    return redirect(f"{reverse('cases')}?{query}")


@screen(right=READ)
@require_POST
def forget_view(request: ActorRequest) -> HttpResponse:
    """Forget a saved view."""
    if request.actor.user is not None:
        name = request.POST.get("label", "")[:80]
        accounts.forget_view(user=request.actor.user, screen=SCREEN, name=name)
        messages.success(request, _("The view “{name}” is forgotten.").format(name=name))
    return redirect("cases")


def _note_readings(request: ActorRequest, ids: Sequence[Any]) -> None:
    """Named records were shown: say so in the log that the person concerned can see."""
    if ids:
        accounts.record_readings(by=request.actor, subject=SUBJECT, ids=ids, at=clock.now())


def _line(row: queries.CaseRow, asked: queries.CaseFilters) -> dict[str, Any]:
    now = clock.now()
    return {
        "row": row,
        "href": reverse("case", args=[row.id]),
        "disease": row.disease_name(words.language()),
        "sex": words.word(words.SEX, row.sex),
        "class": words.word(words.CLASSIFICATION, row.classification),
        "tone": {"confirmed": "bad", "probable": "warn", "discarded": "plain"}.get(
            row.classification, "calm"
        ),
        "outcome": words.word(words.OUTCOME, row.outcome),
        "new": (now - row.received_at).total_seconds() < 86400,
    }


def _views(request: ActorRequest) -> list[dict[str, Any]]:
    now = filters.kept(request.GET.urlencode())
    return [
        {"label": name, "href": f"?{query}", "current": query == now}
        for name, query in access.saved_views(by=request.actor, screen=SCREEN)
    ]


def _kept_hidden(asked: queries.CaseFilters) -> list[tuple[str, str]]:
    """Filters that no visible field holds: the form sends them along."""
    shown = QueryDict(filters.write(asked))
    names = ("age", "person", "changed", "counted", "cluster", "outbreak", "id")
    return [(name, shown[name]) for name in names if name in shown]


def _more_open(asked: queries.CaseFilters) -> bool:
    return bool(
        asked.groups or asked.sexes or asked.unit or asked.received_after or asked.outcomes
        or asked.reported_first or asked.reported_last
        or asked.late is not None or asked.died is not None or asked.status != "active"
    )  # fmt: skip


def _number(request: ActorRequest) -> int:
    text = request.GET.get("page", "")
    return int(text) if text.isdecimal() and len(text) < 9 else 1
