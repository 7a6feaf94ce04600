"""Excursions with the vials that were there, and the files of loggers that tell of them."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods

from tuyen.apps.access import clock, policies
from tuyen.apps.supply import loggers, queries
from tuyen.apps.supply.operations import DecidedLine, DecideExcursion, ImportReadings
from tuyen.apps.supply.operations.cold import MOST_READINGS
from tuyen.kernel.refusal import Refusal
from tuyen.web.access import ActorRequest, screen
from tuyen.web.supply import forms, views_cold, words
from tuyen.web.supply.listing import Listing, answer
from tuyen.web.surveillance import uploads
from tuyen.web.tables import Column

COLD, LOG, DECIDE = queries.COLD, queries.LOG, queries.DECIDE
MOST_BYTES = 4 * 2**20
MOST_PROBLEMS = 50
_KEPT = "supply-logger"


@screen(right=COLD)
@require_GET
def excursions(request: ActorRequest) -> HttpResponse:
    """When something was too warm or too cold for too long, and what it set apart."""
    state = request.GET.get("state", "")
    on = clock.today()
    found = queries.excursions(
        by=request.actor, on=on, state=state if state in words.EXCURSION else ""
    )
    columns = [
        Column(key="since", label=_("Since"), kind="moment", head=True, href="_href"),
        Column(key="equipment", label=_("Equipment")),
        Column(key="place", label=_("Held at")),
        Column(key="rule", label=_("What")),
        Column(key="minutes", label=_("Minutes"), kind="number"),
        Column(key="worst", label=_("Worst °C"), kind="number"),
        Column(key="apart", label=_("Vials set apart"), kind="number"),
        Column(key="state", label=_("State")),
    ]
    rows = [
        {
            "since": row.since, "equipment": row.equipment_name, "place": row.unit_name,
            "rule": words.word(words.RULE, row.rule), "minutes": row.minutes, "worst": row.worst,
            "apart": row.set_apart,
            "state": _("goes on") if row.going_on else words.word(words.EXCURSION, row.state),
            "_href": reverse("cold-excursion", args=[row.id]),
        }
        for row in found
    ]  # fmt: skip
    choice = {
        "name": "state", "label": _("State"), "given": state, "any": _("All"),
        "options": list(words.EXCURSION.items()),
    }  # fmt: skip
    listing = Listing(
        part="excursions", title=_("Excursions"),
        lead=_("Vials that were there then are set apart wherever they lie now, until it is decided."),
        columns=columns, rows=rows, filters=[choice],
        empty=(_("No excursion is on record"), _("Readings between 2 and 8 °C leave nothing here.")),
    )  # fmt: skip
    return answer(request, listing, views_cold.tabs(request))


@screen(right=COLD)
@require_http_methods(["GET", "POST"])
def excursion(request: ActorRequest, id: UUID) -> HttpResponse:
    """One excursion: the vials that were there, and the decision about them."""
    by, on = request.actor, clock.today()
    page = queries.excursion(by=by, id=id, on=on)
    if page is None:
        raise Http404
    may = page.row.state == "open" and policies.may(by, DECIDE, page.row.unit)
    problems: list[str] = []
    if request.method == "POST" and may:
        problems = _decide(request, page)
        if not problems:
            messages.success(request, _("It is decided."))
            return redirect("cold-excursion", id=id)
    lines = [
        {
            "one": one,
            "item": words.item(one.item),
            "name": f"d-{one.lot}-{one.held_in}",
            "given": request.POST.get(f"d-{one.lot}-{one.held_in}", ""),
        }
        for one in page.exposures
    ]
    context = {
        "row": page.row, "lines": lines, "may": may, "problems": problems,
        "rule": words.word(words.RULE, page.row.rule), "readings": page.readings[-400:],
        "state": words.word(words.EXCURSION, page.row.state), "reason": request.POST.get("reason", ""),
        "as_of": clock.now(),
        "trail": [(_("Excursions"), reverse("cold-excursions")), (page.row.equipment_name, None)],
    }  # fmt: skip
    return render(request, "supply/excursion.html", context, status=422 if problems else 200)


def _decide(request: ActorRequest, page: queries.ExcursionPage) -> list[str]:
    reason = request.POST.get("reason", "").strip()[:500]
    if len(reason) < 3:
        return [_("Write the reason.")]
    lines = []
    for one in page.exposures:
        decision = request.POST.get(f"d-{one.lot}-{one.held_in}", "")
        if decision in ("release", "discard"):
            lines.append(DecidedLine(lot=one.lot, held_in=one.held_in, decision=decision))  # type: ignore[arg-type]
    payload = DecideExcursion(excursion=page.row.id, lines=tuple(lines), reason=reason)
    return forms.send(request, payload, page.row.unit)


@screen(right=LOG)
@require_http_methods(["GET", "POST"])
def importing(request: ActorRequest, id: UUID) -> HttpResponse:
    """The file of a logger: read, shown with every row that is wrong, and taken when it is right."""
    held = queries.piece(by=request.actor, id=id, on=clock.today())
    if held is None or not policies.may(request.actor, LOG, held.unit):
        raise Http404
    context: dict[str, object] = {
        "held": held, "back": reverse("cold-piece", args=[id]), "problems": [],
        "trail": [(held.name, reverse("cold-piece", args=[id])), (_("File of a logger"), None)],
    }  # fmt: skip
    if request.method != "POST":
        return render(request, "supply/import.html", context)
    data, name, problem = _file(request)
    if problem:
        context["problems"] = [problem]
        return render(request, "supply/import.html", context, status=422)
    try:
        table = loggers.opened(data, name)
        guessed = loggers.guess(table)
        chosen = [request.POST.get(n, "") for n in ("moment", "celsius", "clock")]
        mapping = loggers.Mapping(*chosen) if any(chosen) else guessed
        context |= {
            "columns": [(c.letter, f"{c.letter} · {c.header}".strip(" ·")) for c in table.columns],
            "mapping": mapping, "name": name,
        }  # fmt: skip
        found = loggers.read(table, mapping, clock.now())
    except Refusal as refusal:
        context["problems"] = [words.said(refusal)]
        return render(request, "supply/import.html", context, status=422)
    problems = [words.said(one) for one in found.problems[:MOST_PROBLEMS]]
    if found.minutes and "take" in request.POST and (not found.problems or "leave" in request.POST):
        problems = _take(request, held, found, name)
        if not problems:
            uploads.drop(request.session.pop(_KEPT, ("", ""))[0])
            return redirect("cold-piece", id=id)
    context |= {"found": found, "problems": problems, "shown": len(problems)}
    return render(request, "supply/import.html", context, status=422 if problems else 200)


def _file(request: ActorRequest) -> tuple[bytes, str, str]:
    """(bytes, name, what is wrong) of the file that was sent now, or before in this session."""
    sent = request.FILES.get("file")
    if sent is not None:
        if (sent.size or 0) > MOST_BYTES:
            return b"", "", _("The file is larger than 4 MB; export fewer days.")
        data, name = sent.read(), str(sent.name)[:120]
        request.session[_KEPT] = (uploads.keep(data), name)
        return data, name, ""
    token, name = request.session.get(_KEPT, ("", ""))
    kept = uploads.read(token)
    return (kept, name, "") if kept is not None else (b"", "", _("Choose the file of the logger."))


def _take(
    request: ActorRequest, held: queries.EquipmentRow, found: loggers.Readings, name: str
) -> list[str]:
    problems: list[str] = []
    for start in range(0, len(found.minutes), MOST_READINGS):
        part = slice(start, start + MOST_READINGS)
        payload = ImportReadings(
            equipment=held.id, minutes=found.minutes[part], celsius=found.celsius[part], file=name
        )
        problems += forms.send(request, payload, held.unit)
        if problems:
            return problems
    messages.success(request, ngettext(
        "{n} reading was taken.", "{n} readings were taken.", len(found.minutes)
    ).format(n=len(found.minutes)))  # fmt: skip
    return []
