"""Exchanges with partners and emergency drills with who took part; drills of this program taken over."""

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from tuyen.apps.access import clock, policies
from tuyen.apps.surveillance import queries as surveillance
from tuyen.apps.workforce import queries
from tuyen.apps.workforce.operations import FileOuting, VoidOuting
from tuyen.kernel.operation import Payload
from tuyen.web.access import ActorRequest, screen
from tuyen.web.surveillance import drill_words
from tuyen.web.typed import whole
from tuyen.web.workforce import forms, training_forms, words
from tuyen.web.workforce.views_training import tabs

Sent = list[tuple[Payload, UUID]]
DRILLS = "surveillance.drill.read"


@screen(right=queries.TRAIN)
@require_http_methods(["GET", "POST"])
def outings(request: ActorRequest) -> HttpResponse:
    """Exchanges with partners and emergency drills, filed for all who took part at once."""
    by, on, problems = request.actor, clock.today(), []
    unit, offered = training_forms.unit_of(
        request, queries.TRAIN, request.POST.get("unit") or request.GET.get("at", "")
    )
    source = words.as_uuid(request.GET.get("of", "")) or unit
    played = _played(request)
    drill = next((one for one in played if str(one.id) == request.GET.get("drill")), None)
    if request.method == "POST":
        try:
            problems = forms.send(request, *_outing(request, unit, drill))
        except forms.Wrong as wrong:
            problems = [str(wrong)]
        if not problems:
            messages.success(request, _("It is kept."))
            return redirect(reverse("training-outings") + _again(drill, source))
    rows = queries.outings(by=by, on=on)
    people = queries.people_at(by=by, on=on, unit=source) if source in dict(offered) else []
    filed = _filed(drill, rows)
    context = {
        "rows": rows, "units": offered, "unit": unit, "source": source, "problems": problems,
        "drill": drill, "played": [_told(one, rows) for one in played],
        "people": [
            (one, words.named("cadre", one.cadre), one.member in filed) for one in people
        ],
        "given": request.POST or _prefilled(drill), "as_of": clock.now(), "tabs": tabs(request),
    }  # fmt: skip
    return render(
        request, "workforce/training_outings.html", context, status=422 if problems else 200
    )


def _played(request: ActorRequest) -> list[surveillance.RecordRow]:
    """Drills that were played with this program and are on record, as far as the reader's post opens them."""
    if clock.is_drill() or not policies.may(request.actor, DRILLS):
        return []
    return surveillance.drill_records(by=request.actor, limit=20)


def _filed(drill: surveillance.RecordRow | None, rows: list[queries.OutingRow]) -> set[UUID]:
    """Who has a drill in their file already."""
    if drill is None:
        return set()
    return {
        id
        for row in rows
        if row.drill == drill.id and row.state == "filed"
        for id, _n in row.people
    }


def _told(one: surveillance.RecordRow, rows: list[queries.OutingRow]) -> dict[str, Any]:
    return {"row": one, "name": drill_words.name(one.scenario), "people": len(_filed(one, rows))}


def _prefilled(drill: surveillance.RecordRow | None) -> dict[str, Any]:
    """What is known of a drill: its score, and the day on which its result was kept. Its own clock ran faster
    than the world, so its days are no days on which anybody was there."""
    if drill is None:
        return {}
    day = timezone.localdate(drill.recorded_at)
    return {
        "kind": "drill", "title": drill_words.name(drill.scenario)[:120], "score": drill.score.points,
        "first": f"{day:%d/%m/%Y}", "last": f"{day:%d/%m/%Y}",
    }  # fmt: skip


def _again(drill: surveillance.RecordRow | None, source: UUID | None) -> str:
    """The same drill once more, for the people of another unit."""
    return f"?{urlencode({'drill': drill.id, 'of': source or ''})}" if drill else ""


def _outing(request: ActorRequest, unit: UUID | None, drill: surveillance.RecordRow | None) -> Sent:
    given = request.POST
    if "void" in given:
        rows = queries.outings(by=request.actor, on=clock.today())
        row = next((one for one in rows if one.id == words.as_uuid(given["void"])), None)
        if row is None:
            raise forms.Wrong(_("There is no such exchange or drill."))
        return [(VoidOuting(outing=row.id, reason=forms.reason(given)), row.unit)]
    title, score = forms.said(given, "title", 120), forms.said(given, "score", 4)
    first, last = (forms.day(given.get(name, ""), label) for name, label in (
        ("first", _("First day")), ("last", _("Last day")),
    ))  # fmt: skip
    points = whole(score) if score else None
    if unit is None or len(title) < 3 or first is None or last is None:
        raise forms.Wrong(_("Write the title, and choose who files it."))
    if score and (points is None or not 0 <= points <= 100):
        raise forms.Wrong(_("A score is a whole number from 0 to 100."))
    told = FileOuting(
        kind="drill" if given.get("kind") == "drill" else "exchange", title=title, first=first,
        last=last, people=training_forms.people(given), partner=forms.said(given, "partner", 200),
        place=forms.said(given, "place", 200), score=points, report=forms.said(given, "report", 1000),
        drill=drill.id if drill else None,
    )  # fmt: skip
    return [(told, unit)]
