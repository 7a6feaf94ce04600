"""The line list out as a file: without names at once, with names when a second person agreed."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from tuyen.apps.access import clock, policies, world
from tuyen.apps.access import services as accounts
from tuyen.apps.access.exports import REQUEST
from tuyen.apps.access.operations import RequestExport
from tuyen.apps.registry import queries as registry
from tuyen.apps.surveillance import exports, queries
from tuyen.apps.surveillance.imports import fields
from tuyen.engines.exchange.write import Cell, SheetOut, write_csv, write_xlsx
from tuyen.kernel.refusal import Refusal
from tuyen.rules.access.bulk_read import rows_per_hour
from tuyen.web.access import ActorRequest, screen
from tuyen.web.registry.sending import send
from tuyen.web.sentences import say
from tuyen.web.surveillance import filters, words

EXPORT, SUBJECT = "surveillance.case.export", "surveillance.case"
MOST_EXPORTED = 100_000
_SHORT = 40  # characters of a reason that the log of readings keeps
_LONG = 300
_LEAST = {"": 3, "yes": 10}  # characters of a reason, without names and with them
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@screen(right=EXPORT)
@require_http_methods(["GET", "POST"])
def export(request: ActorRequest) -> HttpResponse:
    """Take a list out without names, saying why; or ask a second person for one with names."""
    by, on, places = request.actor, clock.today(), registry.atlas()
    text = request.POST.get("query", "") if request.method == "POST" else request.GET.urlencode()
    query = QueryDict(filters.kept(text))
    asked = filters.read(query, on, places).filters
    form = "csv" if request.POST.get("form") == "csv" else "xlsx"
    names = "yes" if request.POST.get("names") == "yes" else ""
    reason = " ".join(request.POST.get("reason", "").split())[:_LONG]
    total, problem = queries.export_count(by=by, filters=asked), ""
    if request.method == "POST":
        problem = _problem(request, asked, total, names, reason)
        if not problem and names:
            answer, problem = _request(request, asked, total, reason)
        elif not problem:
            answer = file(request, asked, form, reason)
        if not problem:
            return answer
    context = {
        "total": total,
        "query": query.urlencode(),
        "told": filters.hidden(asked, on, places),
        "texts": filters.named(asked, on, places),
        "f": asked,
        "form": form,
        "names": names,
        "may_ask": policies.may(by, REQUEST),
        "reason": reason,
        "problem": problem,
        "limit": _LONG,
    }
    return render(
        request, "surveillance/case_export.html", context, status=422 if problem else 200
    )  # fmt: skip


def _problem(
    request: ActorRequest, asked: queries.CaseFilters, total: int, names: str, reason: str
) -> str:
    """What is in the way of a list, in words; nothing when nothing is."""
    most = rows_per_hour(clock.today()) if names else MOST_EXPORTED
    if len(reason) < _LEAST[names]:
        return _("Write the reason in at least {n} letters: others will read it.").format(
            n=_LEAST[names]
        )
    if total > most:
        return _("More than {n} cases: narrow the filters, for example by year.").format(n=most)
    if names and not policies.may(request.actor, REQUEST):
        return _("Your post does not let you ask for a list with names.")
    if names and exports.seeks_somebody(asked):
        return _("A list with names is not asked for by a person: take the name out of the search.")
    if names and not total:
        return _("No case meets these filters: there is nothing to ask for.")
    if not names:
        try:
            accounts.allow_bulk(by=request.actor, rows=total, at=clock.now())
        except Refusal as refusal:
            return say(refusal)
    return ""


def _request(
    request: ActorRequest, asked: queries.CaseFilters, total: int, reason: str
) -> tuple[HttpResponse, str]:
    """Put the list before a second person: (where to go on, what was in the way)."""
    form, by = forms.Form({}), request.actor
    form.is_valid()
    unit = next(post.unit for post in by.posts if policies.may(by, REQUEST, post.unit))
    said = RequestExport(
        what=exports.WHAT, query=exports.written(asked), purpose=reason, rows=total
    )
    receipt = send(request, form, said, unit=unit)
    if receipt is None:
        return HttpResponse(), " ".join(map(str, form.non_field_errors()))
    messages.info(request, _("Another person decides now. You find the answer on this page."))
    return redirect("names-asked"), ""


def file(
    request: ActorRequest, asked: queries.CaseFilters, form: str, reason: str, agreed: str = ""
) -> HttpResponse:
    """The list as a file; with names where ``agreed`` names the second person. Its codes are words,
    in the columns that an import reads again."""
    by = replace(request.actor, language=words.language())
    known = exports.header(by.language)
    found = exports.rows(by=by, filters=asked, names=bool(agreed))
    rows = [_spoken(known, row) for row in found]
    _note(request, [UUID(str(row[-1])) for row in rows], reason)
    header = [_(title) for title in known]
    name = f"{_('line-list')}-{clock.now():%Y%m%d-%H%M}"
    told = world.titled(watermark(request, len(rows), reason, agreed))
    header, marked = world.marked(header, rows)
    rows = list(marked)
    if form == "csv":
        data = write_csv(header, rows, title=told)
        answer = HttpResponse(data, content_type="text/csv; charset=utf-8")
    else:
        widths = [min(32, max(10, len(title) + 2)) for title in header]
        sheet = SheetOut(_("Line list"), header, rows, widths, told)
        answer = HttpResponse(write_xlsx([sheet]), content_type=XLSX)
    answer["Content-Disposition"] = f'attachment; filename="{name}.{form}"'
    answer["Cache-Control"] = "no-store"
    return answer


def _note(request: ActorRequest, ids: Sequence[UUID], reason: str) -> None:
    """The rows left: say so in the log that the person concerned can see."""
    by = request.actor.stating(reason[:_SHORT])
    if ids:
        accounts.record_readings(by=by, subject=SUBJECT, ids=ids, at=clock.now())


def watermark(request: ActorRequest, rows: int, reason: str, agreed: str) -> str:
    """Who took a list out, when and for what, and who agreed: it stands above the list, where an
    import passes it over and a reader does not."""
    values = {
        "rows": rows, "name": request.actor.name, "login": request.user.get_username(),
        "at": f"{clock.now():%Y-%m-%d %H:%M}", "reason": reason, "agreed": agreed,
    }  # fmt: skip
    if agreed:
        return _(
            "{rows} rows with names taken out by {name} ({login}) at {at}, for: {reason}."
            " Agreed to by {agreed}."
        ).format(**values)
    return _("{rows} rows taken out by {name} ({login}) at {at}, for: {reason}").format(**values)


def _spoken(header: Sequence[str], row: Sequence[Cell]) -> list[Cell]:
    """A row with the words of its codes in the reader's language."""
    labels, lang = fields().by_id, words.language()
    said = dict(zip(header, row, strict=True))
    for name, known in _CODES.items():
        label = labels[name].label(lang)
        if said.get(label):
            said[label] = words.word(known, str(said[label]))
    return list(said.values())


_CODES: dict[str, Any] = {
    "sex": words.SEX,
    "diagnosis_class": words.CLASSIFICATION,
    "outcome": words.OUTCOME,
}
