"""Supervision of stations: which are due, a visit with its checklist, findings to mend."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from tuyen.apps.access import clock, policies
from tuyen.apps.journal.services import commit
from tuyen.apps.registry import queries as registry
from tuyen.apps.supply import queries
from tuyen.apps.supply.operations import (
    AnswerFinding,
    AttachPhotograph,
    SettleFinding,
    VoidSupervision,
)
from tuyen.kernel.ids import uuid7
from tuyen.kernel.operation import Operation
from tuyen.kernel.photographs import reduced
from tuyen.rules import supply as rules
from tuyen.web.access import ActorRequest, screen
from tuyen.web.supply import forms, supervision_forms, words
from tuyen.web.supply import supervision_words as named
from tuyen.web.supply.listing import Listing, answer
from tuyen.web.tables import Column

READ, RECORD, ANSWER = queries.SUPERVISION, queries.SUPERVISE, queries.ANSWER


def _tabs() -> list[tuple[str, str, str]]:
    return [
        ("sites", _("Stations"), reverse("supervision")),
        ("findings", _("To be mended"), reverse("supervision-findings")),
    ]


@screen(right=READ)
@require_GET
def supervision(request: ActorRequest) -> HttpResponse:
    """Every station in reach: its last score, when the next visit is due, what waits there."""
    on = clock.today()
    rows = []
    found = queries.sites(by=request.actor, on=on)
    for site in found:
        rows.append({
            "name": site.name, "on": site.on, "percent": named.percent(site.percent),
            "change": named.change(site.percent, site.before), "next": site.next_on,
            "due": named.due(site.next_on, on), "open": site.open, "red": site.red, "late": site.late,
            "_href": reverse("supervision-site", args=[site.unit]),
        })  # fmt: skip
    due = sum(site.next_on is None or site.next_on <= on for site in found)
    late = sum(site.late for site in found)
    notes = []
    if due:
        notes.append(
            (
                "warn",
                ngettext(
                    "{n} station waits for its visit.", "{n} stations wait for their visit.", due
                ).format(n=due),
            )
        )
    if late:
        notes.append(
            (
                "bad",
                ngettext(
                    "{n} finding is beyond its day.", "{n} findings are beyond their day.", late
                ).format(n=late),
            )
        )
    listing = Listing(
        part="sites", title=_("Supervision of stations"),
        lead=_("Medicines, equipment, cold chain, care, records: what was seen, what is to be mended, and when to come again."),
        columns=[
            Column(key="name", label=_("Station"), head=True, href="_href"),
            Column(key="on", label=_("Last visit"), kind="day"),
            Column(key="percent", label=_("Score")),
            Column(key="change", label=_("Change")),
            Column(key="next", label=_("Next visit"), kind="day"),
            Column(key="due", label=_("Visit due")),
            Column(key="open", label=_("To be mended"), kind="number"),
            Column(key="red", label=_("Red"), kind="number"),
            Column(key="late", label=_("Late"), kind="number"),
        ],
        rows=rows, notes=notes, file="supervision",
        empty=(_("No station is in your reach"), _("Who supervises which stations follows from the lines of guidance on the dated map.")),
    )  # fmt: skip
    return answer(request, listing, _tabs())


@screen(right=READ)
@require_GET
def site(request: ActorRequest, unit: UUID) -> HttpResponse:
    """A station: its visits, their scores by section, what waits to be mended."""
    by, on = request.actor, clock.today()
    if not policies.scope(by, READ).covers(unit) or registry.atlas().unit(unit) is None:
        raise Http404
    visits = queries.supervisions(by=by, on=on, unit=unit)
    context = {
        "unit": unit, "name": registry.atlas().full_name(unit, on),
        "visits": [(row, named.percent(row.percent), named.due(row.next_on, on)) for row in visits],
        "findings": _shown(queries.findings(by=by, on=on, unit=unit)),
        "may_record": policies.may(by, RECORD, unit), "may_answer": policies.may(by, ANSWER, unit),
        "as_of": clock.now(), "trail": [(_("Supervision of stations"), reverse("supervision")),
                                        (registry.atlas().full_name(unit, on), None)],
    }  # fmt: skip
    return render(request, "supply/supervision_site.html", context)


def _shown(found: list[queries.FindingRow]) -> list[dict[str, Any]]:
    return [
        {
            "one": row,
            "item": named.item_name(row.item),
            "state": words.word(named.FINDING, row.state),
        }
        for row in found
    ]


@screen(right=READ)
@require_http_methods(["GET", "POST"])
def findings(request: ActorRequest) -> HttpResponse:
    """What is to be mended in reach: the station answers, whoever supervises settles."""
    by, on = request.actor, clock.today()
    problems = _settle(request) if request.method == "POST" else []
    if request.method == "POST" and not problems:
        messages.success(request, _("It is kept."))
        return redirect(request.get_full_path())
    context = {
        "findings": _shown(queries.findings(by=by, on=on)), "tabs": _tabs(), "problems": problems,
        "may_record": policies.may(by, RECORD), "may_answer": policies.may(by, ANSWER),
        "as_of": clock.now(), "given": request.POST,
    }  # fmt: skip
    status = 422 if problems else 200
    return render(request, "supply/supervision_findings.html", context, status=status)


def _settle(request: ActorRequest) -> list[str]:
    given = request.POST
    wanted = words.as_uuid(given.get("finding", ""))
    held = queries.findings(by=request.actor, on=clock.today())
    row = next((one for one in held if one.id == wanted), None)
    if row is None:
        return [_("There is no such finding that is still open.")]
    note = given.get("note", "").strip()[:500]
    if given.get("form") == "answer" and policies.may(request.actor, ANSWER, row.unit):
        if len(note) < 3:
            return [_("Say what was done.")]
        return forms.send(request, AnswerFinding(finding=row.id, note=note), row.unit)
    if given.get("form") == "settle" and policies.may(request.actor, RECORD, row.unit):
        mended = given.get("mended") == "yes"
        payload = SettleFinding(
            finding=row.id, mended=mended, note=note,
            due=None if mended else forms.day(given.get("due", "")),
        )  # fmt: skip
        return forms.send(request, payload, row.unit)
    return [_("Your post does not write here.")]


@screen(right=RECORD)
@require_http_methods(["GET", "POST"])
def supervise(request: ActorRequest, unit: UUID) -> HttpResponse:
    """The checklist of a visit: one page, one request, nothing typed is lost."""
    by, on = request.actor, clock.today()
    if not policies.may(by, RECORD, unit) or registry.atlas().unit(unit) is None:
        raise Http404
    given, typed, problems = request.POST, None, []
    earlier = queries.findings(by=by, on=on, unit=unit)
    if request.method == "POST":
        typed = supervision_forms.parsed(given, earlier, on)
        problems = list(typed.problems)
        if typed.payload is not None and typed.on is not None:
            id = supervision_forms.operation_id(given) or uuid7()
            now = clock.now()
            sent = Operation.of(
                typed.payload, unit=unit, happened_on=typed.on, recorded_at=now, id=id
            )
            (receipt,) = commit(by=by, operations=[sent], at=now)
            if receipt.refusal is None:
                messages.success(request, _("The visit is kept."))
                return redirect("supervision-visit", id=receipt.id)
            problems = [named.said(receipt.refusal)]
    facts = queries.supervision_facts(by=by, unit=unit, on=on)
    name = registry.atlas().full_name(unit, on)
    context = {
        "unit": unit, "name": name, "today": on, "given": given, "problems": problems,
        "sections": supervision_forms.sections(given, typed, facts), "wrong": typed.at if typed else {},
        "earlier": _shown(earlier), "id": given.get("id") or uuid7(), "posted": request.method == "POST",
        "rule": rules.next_visit(on), "days": (rules.finding_days(True, on), rules.finding_days(False, on)),
        "trail": [(_("Supervision of stations"), reverse("supervision")),
                  (name, reverse("supervision-site", args=[unit])), (_("New visit"), None)],
    }  # fmt: skip
    return render(request, "supply/supervise.html", context, status=422 if problems else 200)


@screen(right=READ)
@require_http_methods(["GET", "POST"])
def visit(request: ActorRequest, id: UUID) -> HttpResponse:
    """A visit as it was written down, to read and to print."""
    by, on = request.actor, clock.today()
    page = queries.supervision(by=by, id=id, on=on)
    if page is None:
        raise Http404
    may_record = policies.may(by, RECORD, page.row.unit)
    problems: list[str] = []
    if request.method == "POST":
        reason = request.POST.get("reason", "").strip()[:500]
        if not may_record:
            problems = [_("Your post does not write here.")]
        elif len(reason) < 3:
            problems = [_("Say why the visit does not count.")]
        else:
            problems = forms.send(
                request, VoidSupervision(supervision=id, reason=reason), page.row.unit
            )
        if not problems:
            messages.success(request, _("The visit counts no more."))
            return redirect("supervision-site", unit=page.row.unit)
    context = {
        "page": page, "percent": named.percent(page.row.percent), "problems": problems,
        "sections": _read(page), "findings": _shown(list(page.findings)), "may_record": may_record,
        "photographs": [(one, named.item_name(item), caption) for one, item, caption in page.photographs],
        "room": rules.photographs(on).most - len(page.photographs), "as_of": clock.now(),
        "team": ", ".join(page.row.team), "items": [(k, named.item_name(k)) for k in rules.check_items()],
        "trail": [(_("Supervision of stations"), reverse("supervision")),
                  (page.row.unit_name, reverse("supervision-site", args=[page.row.unit])), (_("Supervision visit"), None)],
    }  # fmt: skip
    return render(
        request, "supply/supervision_visit.html", context, status=422 if problems else 200
    )


def _read(page: queries.VisitPage) -> list[dict[str, Any]]:
    """Sections with their score and the items that were looked at."""
    scores = {key: (points, of) for key, points, of in page.sections}
    seen = {row.item: row for row in page.items}
    shown = []
    for section in rules.checklist():
        points, of = scores.get(section.key, (0, 0))
        lines = [(named.told(item.name), seen[item.key], item.red and seen[item.key].points == 0)
                 for item in section.items if item.key in seen]  # fmt: skip
        score = named.percent(100 * points / of if of else None)
        shown.append({"name": named.told(section.name), "score": score, "lines": lines,
                      "points": points, "of": of})  # fmt: skip
    return [section for section in shown if section["lines"]]


@screen(right=RECORD)
@require_POST
def attach(request: ActorRequest, id: UUID) -> HttpResponse:
    """Photographs of a visit, reduced, without the place and the camera."""
    page = queries.supervision(by=request.actor, id=id, on=clock.today())
    if page is None or not policies.may(request.actor, RECORD, page.row.unit):
        raise Http404
    item = request.POST.get("item", "")
    kept, rule = 0, rules.photographs(clock.today())
    for sent in request.FILES.getlist("photographs")[: rule.most]:
        jpeg = reduced(sent.read(), rule.side, rule.bytes)
        if jpeg is None:
            messages.error(
                request,
                _("{name} is no photograph that can be read; take it again.").format(
                    name=(sent.name or "")[:60]
                ),
            )
            continue
        payload = AttachPhotograph(
            supervision=id, item=item if item in rules.check_items() else None,
            caption=request.POST.get("caption", "").strip()[:120], jpeg=jpeg,
        )  # fmt: skip
        refused = forms.send(request, payload, page.row.unit)
        for sentence in refused:
            messages.error(request, sentence)
        kept += not refused
    if kept:
        messages.success(
            request,
            ngettext("{n} photograph is kept.", "{n} photographs are kept.", kept).format(n=kept),
        )
    return redirect("supervision-visit", id=id)


@screen(right=READ)
@require_GET
def photograph(request: ActorRequest, id: UUID) -> HttpResponse:
    """A photograph of a visit in reach."""
    jpeg = queries.photograph(by=request.actor, id=id)
    if jpeg is None:
        raise Http404
    age = int(timedelta(hours=1).total_seconds())
    return HttpResponse(
        jpeg, content_type="image/jpeg", headers={"Cache-Control": f"private, max-age={age}"}
    )
