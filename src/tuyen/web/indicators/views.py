"""Published figures: the list, one with its history and comparison, publishing and correcting."""

from datetime import date
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from tuyen.apps.access import clock, policies
from tuyen.apps.indicators import queries
from tuyen.apps.indicators.operations import VoidFigure
from tuyen.apps.journal.services import commit
from tuyen.apps.registry import queries as registry
from tuyen.kernel.operation import Operation, Payload
from tuyen.web.access import ActorRequest, screen
from tuyen.web.indicators import page, words
from tuyen.web.indicators.forms import CorrectionForm, FigureForm, FilterForm, last_period
from tuyen.web.sentences import refused
from tuyen.web.tables import Column

PUBLISH = "indicators.figure.publish"
SIZE = 50


@screen(right=queries.READ)
@require_GET
def figures(request: ActorRequest) -> HttpResponse:
    """The figures that the reader may read, the latest period first."""
    form = FilterForm(request.GET)
    form.is_valid()  # a filter that is wrong is left out
    wish = form.cleaned_data
    number = int(n) if (n := request.GET.get("page", "1")).isdecimal() and len(n) < 6 else 1
    filters = {
        "indicator": wish.get("indicator", ""),
        "period": wish.get("year", ""),
        "calendar": wish.get("calendar", ""),
        "text": wish.get("text", ""),
        "every_version": bool(wish.get("every")),
    }
    found = queries.figures(
        by=request.actor, limit=SIZE, offset=(max(1, number) - 1) * SIZE, **filters
    )
    context = {
        "form": form,
        "columns": _columns(every=filters["every_version"]),
        "rows": [_line(row) for row in found.rows],
        "page": Paginator(range(found.total), SIZE).get_page(number),
        "filtered": any(filters.values()),
        "may_publish": policies.may(request.actor, PUBLISH),
        "as_of": max((row.published_at for row in found.rows), default=None),
    }
    return render(request, "indicators/figures.html", context)


@screen(right=queries.READ)
@require_GET
def figure(request: ActorRequest, id: UUID) -> HttpResponse:
    """One version of a figure: as published, compared, and what became of it."""
    card = queries.figure(by=request.actor, id=id)
    if card is None:
        raise Http404
    row = card.row
    context = {
        **page.shown(card, request.actor),
        "row": row,
        "may_correct": row.state == "in-force" and policies.may(request.actor, PUBLISH, row.unit),
    }
    return render(request, "indicators/figure.html", context)


@screen(right=PUBLISH)
@require_http_methods(["GET", "POST"])
def figure_new(request: ActorRequest) -> HttpResponse:
    """Record a figure that a document published."""
    form = FigureForm(request.POST or None, initial=_wished(request))
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        unit = data["unit_id"] or _unit(data["unit"], data["map_on"] or clock.today())
        if unit is None:
            form.add_error(
                "unit", _("No unit is called that; type a part of its name and choose one.")
            )
        elif id := _sent(request, form, form.publication(), unit):
            messages.success(request, _("Recorded as published."))
            return redirect("figure", id=id)
    title = _("Record a published figure")
    context = {"form": form, "title": title, "back": reverse("figures"), "correcting": None}
    return render(
        request, "indicators/figure_form.html", context, status=422 if form.errors else 200
    )


@screen(right=PUBLISH)
@require_http_methods(["GET", "POST"])
def figure_correct(request: ActorRequest, id: UUID) -> HttpResponse:
    """Publish a figure anew in place of one that is wrong."""
    card = queries.figure(by=request.actor, id=id)
    if card is None or not policies.may(request.actor, PUBLISH, card.row.unit):
        raise Http404
    row = card.row
    if row.state != "in-force":
        messages.warning(request, _("This version is no longer in force; here is the latest."))
        return redirect("figure", id=card.versions[0].id)
    form = CorrectionForm.of(row, request.POST or None)
    if request.method == "POST" and form.is_valid():
        sent = _sent(request, form, form.correction(row), row.unit, corrects=row.first)
        if sent:
            messages.success(request, _("Corrected. The earlier version stays readable."))
            return redirect("figure", id=sent)
    context = {
        "form": form,
        "title": _("Correct a published figure"),
        "back": reverse("figure", kwargs={"id": id}),
        "correcting": {"row": row, "name": words.indicator_name(row.indicator)},
    }
    return render(
        request, "indicators/figure_form.html", context, status=422 if form.errors else 200
    )


@screen(right=PUBLISH)
@require_http_methods(["GET", "POST"])
def figure_void(request: ActorRequest, id: UUID) -> HttpResponse:
    """Say that a figure was never published so; the form is a page where no dialog opens."""
    card = queries.figure(by=request.actor, id=id)
    if card is None or not policies.may(request.actor, PUBLISH, card.row.unit):
        raise Http404
    row = card.row
    if request.method == "GET":
        context = {"row": row, "name": words.indicator_name(row.indicator)}
        context["value"] = words.value(row)
        return render(request, "indicators/figure_void.html", context)
    reason = request.POST.get("reason", "").strip()[:300]
    if len(reason) < 3:
        messages.error(request, _("Say in a few words why it is void."))
        return redirect("figure", id=id)
    operation = _operation(VoidFigure(figure=id, reason=reason), row.unit, row.first)
    problems = refused(commit(by=request.actor, operations=[operation], at=clock.now()))
    for problem in problems:
        messages.error(request, problem)
    if not problems:
        messages.success(request, _("Void. It stays readable, and leaves every comparison."))
    return redirect("figure", id=id)


def _sent(
    request: ActorRequest, form: Any, payload: Payload, unit: UUID, corrects: UUID | None = None
) -> UUID | None:
    """Commit; the operation's id when it is accepted, else its refusals stand on the form."""
    operation = _operation(payload, unit, corrects)
    problems = refused(commit(by=request.actor, operations=[operation], at=clock.now()))
    for problem in problems:
        form.add_error(None, problem)
    return None if problems else operation.id


def _operation(payload: Payload, unit: UUID, corrects: UUID | None) -> Operation:
    return Operation.of(
        payload,
        unit=unit,
        happened_on=clock.today(),
        recorded_at=clock.now(),
        corrects=corrects,
    )


def _wished(request: ActorRequest) -> dict[str, Any]:
    """What a new figure most likely is: of the last half-year, of the province of one's post.

    Only the name of the unit is filled in, never its hidden id: without JavaScript that would stay
    when the name is typed over.
    """
    today, atlas = clock.today(), registry.atlas()
    initial = {**last_period(today), "indicator": request.GET.get("indicator", "")}
    posts = [post.unit for post in request.actor.posts]
    areas = [atlas.province_of(unit, today) for unit in posts] + atlas.provinces(today)[:1]
    names = (atlas.full_name(unit, today) for unit in [*areas, *posts] if unit)
    return {**initial, "unit": next((name for name in names if name), "")}


def _unit(text: str, on: date) -> UUID | None:
    """The one unit that a typed name means on a day; None when several could be meant."""
    found = registry.atlas().find(text, on, limit=2)
    return found[0].unit if len(found) == 1 or (found and found[0].score >= 1) else None


def _columns(*, every: bool) -> list[Column]:
    columns = [
        Column(key="name", label=_("Indicator"), head=True, href="href"),
        Column(key="unit", label=_("Unit")),
        Column(key="period", label=_("Period")),
        Column(key="value", label=_("Value"), kind="text"),
        Column(key="document", label=_("Document")),
    ]
    return [*columns, Column(key="state", label=_("State"))] if every else columns


def _line(row: queries.FigureRow) -> dict[str, Any]:
    period = f"{words.period_name(row.period)} · {words.calendar_name(row.period.calendar)}"
    return {
        "name": words.indicator_name(row.indicator),
        "href": reverse("figure", kwargs={"id": row.id}),
        "unit": row.unit_name,
        "period": period,
        "value": words.value(row),
        "document": row.document,
        "state": words.state(row)[0],
    }
