"""Doses out in the fields of the national system: without whose they are at once, with names when a
second person agreed; and what each dose lacks."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from tuyen.apps.access import clock, policies, world
from tuyen.apps.access import services as accounts
from tuyen.apps.access.exports import REQUEST
from tuyen.apps.access.operations import RequestExport
from tuyen.apps.immunization import national
from tuyen.apps.immunization.national import Span
from tuyen.engines.exchange.write import SheetOut, write_csv, write_xlsx
from tuyen.kernel.refusal import Refusal
from tuyen.rules.immunization import fields
from tuyen.web.access import ActorRequest, screen
from tuyen.web.immunization import asking, words
from tuyen.web.importing import XLSX
from tuyen.web.registry.sending import send
from tuyen.web.sentences import say
from tuyen.web.surveillance.views_export import watermark

READ = "immunization.dose.read"
SUBJECT = "immunization.child"
MOST = 50_000
_CHECKED = 2000  # doses of which the page says what they lack
_SHOWN = 50
_SHORT, _LONG = 40, 300
_LEAST = {"": 3, "yes": 10}  # letters of a reason, without names and with them


@screen(right=READ)
@never_cache
@require_http_methods(["GET", "POST"])
def export(request: ActorRequest) -> HttpResponse:
    """See what the doses of a span lack, take them out without names, or ask for them with names."""
    by, said = request.actor, request.POST if request.method == "POST" else request.GET
    faults: list[str] = []
    on = clock.today()
    span = Span(
        first=asking.a_day(said, "from", _("Given from"), faults) or on.replace(day=1),
        last=asking.a_day(said, "to", _("Given to"), faults) or on,
    )
    form = "csv" if said.get("form") == "csv" else "xlsx"
    names = "yes" if said.get("names") == "yes" else ""
    reason = " ".join(said.get("reason", "").split())[:_LONG]
    doses, people = national.count(by=by, span=span)
    problem = ""
    if request.method == "POST" and not faults:
        problem = _problem(request, doses, people, names, reason)
        if not problem and names:
            answer, problem = _asked(request, span, doses, reason)
        elif not problem:
            answer = file(request, span, form, reason)
        if not problem:
            return answer
    found = list(national.records(by=by, span=span, most=_CHECKED))
    context = {
        **_checked(found), "span": span, "doses": doses, "people": people, "form": form,
        "names": names, "reason": reason, "problem": problem, "faults": faults, "limit": _LONG,
        "may_ask": policies.may(by, REQUEST), "checked": len(found),
        "trail": [(_("Children to immunise"), reverse("children"))], "on": on,
    }  # fmt: skip
    status = 422 if problem else 200
    return render(request, "immunization/dose_export.html", context, status=status)


def _checked(found: list[national.Record]) -> dict[str, Any]:
    """Which mandatory fields are lacking: how many doses each, and the rows one by one. What the
    registry does not keep is lacking everywhere, and is said once."""
    names = {one.code: one.names.of(words.language().split("-")[0]) for one in fields.fields()}
    counts = national.lacking(found)
    rows = [(one, [c for c in one.lacks if c not in national.UNKEPT]) for one in found]
    rows = [(one, lacks) for one, lacks in rows if lacks]
    return {
        "lacking": [
            (names[code], count) for code, count in counts.most_common()
            if code not in national.UNKEPT
        ],
        "unkept": [names[one.code] for one in fields.fields() if one.code in national.UNKEPT],
        "rows": [
            {
                "href": reverse("child", args=[one.person]),
                "vaccine": words.vaccine_name(str(one.told["vaccine"])),
                "on": one.told["dose_date"], "facility": one.told["facility"],
                "lacks": ", ".join(names[code] for code in lacks),
            }
            for one, lacks in rows[:_SHOWN]
        ],
        "more": max(0, len(rows) - _SHOWN),
        "rows_lacking": len(rows),
    }  # fmt: skip


def _problem(request: ActorRequest, doses: int, people: int, names: str, reason: str) -> str:
    """What is in the way of a list, in words; nothing when nothing is."""
    if len(reason) < _LEAST[names]:
        least = _LEAST[names]
        return _("Write the reason in at least {n} letters: others will read it.").format(n=least)
    if not doses:
        return _("No dose was given in these days: there is nothing to take out.")
    if doses > MOST:
        return _("More than {n} doses: take out a shorter span.").format(n=MOST)
    if names and not policies.may(request.actor, REQUEST):
        return _("Your post does not let you ask for a list with names.")
    try:
        accounts.allow_bulk(by=request.actor, rows=people, at=clock.now())
    except Refusal as refusal:
        return say(refusal)
    return ""


def _asked(request: ActorRequest, span: Span, doses: int, reason: str) -> tuple[HttpResponse, str]:
    """Put the list before a second person: (where to go on, what was in the way)."""
    form, by = forms.Form({}), request.actor
    form.is_valid()
    unit = next(post.unit for post in by.posts if policies.may(by, REQUEST, post.unit))
    said = RequestExport(what=national.WHAT, query=span.written(), purpose=reason, rows=doses)
    if send(request, form, said, unit=unit) is None:
        return HttpResponse(), " ".join(map(str, form.non_field_errors()))
    messages.info(request, _("Another person decides now. You find the answer on this page."))
    return redirect("names-asked"), ""


def file(
    request: ActorRequest, span: Span, form: str, reason: str, agreed: str = ""
) -> HttpResponse:
    """The doses as a file, a row each; with names where ``agreed`` names the second person."""
    by, language = request.actor, words.language().split("-")[0]
    found = list(national.records(by=by, span=span, names=bool(agreed)))
    _note(request, (one.person for one in found), reason, agreed)
    header = [*national.header(language)[:-1], _("Lacks")]
    header, marked = world.marked(header, [national.cells(one, language) for one in found])
    told = world.titled(watermark(request, len(found), reason, agreed))
    rows = list(marked)
    if form == "csv":
        data = write_csv(header, rows, title=told)
        answer = HttpResponse(data, content_type="text/csv; charset=utf-8")
    else:
        widths = [min(32, max(10, len(title) + 2)) for title in header]
        sheet = SheetOut(_("Doses"), header, rows, widths, told)
        answer = HttpResponse(write_xlsx([sheet]), content_type=XLSX)
    name = f"{_('doses')}-{_days(span)}"
    answer["Content-Disposition"] = f'attachment; filename="{name}.{form}"'
    answer["Cache-Control"] = "no-store"
    return answer


def _note(request: ActorRequest, people: Iterable[Any], reason: str, agreed: str) -> None:
    """The doses left: say so in the log that the person concerned can see."""
    by = request.actor.stating(reason[:_SHORT])
    accounts.record_readings(
        by=by, subject=SUBJECT, ids=dict.fromkeys(people), at=clock.now(), agreed=bool(agreed)
    )


def _days(span: Span) -> str:
    return "-".join(f"{day:%Y%m%d}" for day in (span.first, span.last))
