"""Prices and facts that claims are made of: what stands, what lacks, and the files they come in."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from tuyen.apps.access import clock, policies
from tuyen.apps.claims import imports, queries
from tuyen.apps.claims.operations import Line, SetCatalogue
from tuyen.apps.journal.services import commit
from tuyen.apps.registry import queries as registry
from tuyen.engines.exchange.refusals import ExchangeRefusal
from tuyen.kernel.operation import Operation, Payload
from tuyen.kernel.refusal import Refusal
from tuyen.rules.claims.catalogues import KINDS, catalogues
from tuyen.rules.clinical.services import service
from tuyen.rules.supply.medicines import medicine, unit_name
from tuyen.web.access import ActorRequest, screen
from tuyen.web.claims import words
from tuyen.web.claims.views_desk import tabs

SENDING = ("hospital", "health_centre", "station", "clinic", "satellite_point")
MOST_BYTES = 10_000_000


def units(request: ActorRequest, right: str) -> list[tuple[UUID, str]]:
    """Facilities over which the reader has a right; those of one's own posts first."""
    on, map_ = clock.today(), registry.atlas()
    scope = policies.scope(request.actor, right)
    own = {post.unit for post in request.actor.posts}
    found = [(id, map_.full_name(id, on)) for id in map_.units(SENDING, on) if scope.covers(id)]
    return sorted(found, key=lambda one: (one[0] not in own, one[1]))


@screen(right=queries.READ)
@require_GET
def show(request: ActorRequest) -> HttpResponse:
    """One catalogue of a facility."""
    return _show(request)


@screen(right=queries.PREPARE)
@require_POST
def change(request: ActorRequest) -> HttpResponse:
    """A line that is typed, or a whole file of them, from a day on."""
    kind, unit = _kind(request.POST), words.as_uuid(request.POST.get("unit", ""))
    since, upload = words.day(request.POST.get("since", "")), request.FILES.get("file")
    if unit is None or not policies.may(request.actor, queries.PREPARE, unit) or since is None:
        return _show(request, [_("Choose the facility and the day from which it holds.")])
    payloads: list[Any]
    if upload is not None:
        if (upload.size or 0) > MOST_BYTES:
            return _show(request, [_("The file is too large; at most 10 MB are taken.")])
        try:
            payloads = imports.read_catalogue(upload.read(), upload.name or "", kind, since)
        except (ExchangeRefusal, Refusal) as refusal:
            return _show(request, [words.said(refusal)])
    else:
        values = {
            name: text
            for name in catalogues()[kind].fields
            if (text := request.POST.get(f"v-{name}", "").strip()[:1024])
        }
        line = Line(key=request.POST.get("key", "").strip()[:60], values=values)
        payloads = [SetCatalogue(kind=kind, since=since, lines=(line,))]  # type: ignore[arg-type]
    if not payloads:
        return _show(request, [_("The file has no line.")])
    problems = _sent(request, payloads, unit)
    if problems:
        return _show(request, problems)
    n = sum(len(payload.lines) for payload in payloads)
    messages.success(request, ngettext("{n} line is kept.", "{n} lines are kept.", n).format(n=n))
    return redirect(f"{reverse('claim-catalogues')}?kind={kind}&unit={unit}")


def suggested(kind: str, key: str, on: date) -> dict[str, str]:
    """What the program's own lists say of a drug or service, to begin a line with; no price."""
    if kind == "drug" and (drug := medicine(key)) is not None:
        return {
            "code": drug.insurer_code, "name": drug.names["vi"], "strength": drug.strength,
            "unit": unit_name(drug.unit, "vi").capitalize(),
        }  # fmt: skip
    if kind == "service" and (done := service(key, on)) is not None:
        return {"code": done.code, "name": done.name("vi")}
    return {}


def _sent(request: ActorRequest, payloads: Sequence[Payload], unit: UUID) -> list[str]:
    now = clock.now()
    receipts = commit(
        by=request.actor, at=now,
        operations=[Operation.of(p, unit=unit, happened_on=now.date(), recorded_at=now)
                    for p in payloads],
    )  # fmt: skip
    return [words.said(r.refusal) for r in receipts if r.refusal is not None]


def _kind(asked: Any) -> str:
    kind = asked.get("kind", "")
    return kind if kind in KINDS else "facility"


def _show(request: ActorRequest, problems: list[str] | None = None) -> HttpResponse:
    by, on = request.actor, clock.today()
    asked = request.POST if request.method == "POST" else request.GET
    kind, choices = _kind(asked), units(request, queries.READ)
    given = words.as_uuid(asked.get("unit", ""))
    unit = given if given in dict(choices) else (choices[0][0] if choices else None)
    rows = queries.catalogue(by=by, unit=unit, kind=kind, on=on) if unit else []
    held = catalogues()[kind]
    chosen = request.GET.get("key", "")
    line = next((r for r in rows if r.in_force and r.key == chosen), None)
    values = line.values if line else suggested(kind, chosen, on)
    labels = {name: field.words[words.spoken()] for name, field in held.fields.items()}
    fields = [
        {"name": field.name, "label": field.words[words.spoken()], "fills": field.fills,
         "needed": field.needed, "value": request.POST.get(f"v-{field.name}", values.get(field.name, "")),
         "default": field.default}
        for field in held.fields.values()
    ]  # fmt: skip
    lacks = [one for one in queries.lacking(by=by, on=on) if one.where == kind and one.unit == unit]
    context = {
        "rows": [(row, [(labels.get(k, k), v) for k, v in row.values.items()]) for row in rows],
        "tabs": tabs(request), "kind": kind, "kinds": [(one, words.catalogue(one)) for one in KINDS],
        "unit": unit, "units": choices, "fields": fields, "lacks": lacks,
        "key": request.POST.get("key", chosen), "keyed": held.key, "problems": problems or [],
        "title": words.catalogue(kind), "today": on, "as_of": clock.now(),
        "may": unit is not None and policies.may(by, queries.PREPARE, unit),
        "code": registry.atlas().code(unit, "insurer", on) if unit else "",
        "columns": ", ".join(["key", *held.fields] if held.key else held.fields),
    }  # fmt: skip
    return render(request, "claims/catalogues.html", context, status=422 if problems else 200)
