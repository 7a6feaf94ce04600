"""The allowances of a unit and month, with how each figure came about; who stays, and who gets an incentive."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_GET, require_http_methods

from tuyen.apps.access import clock, policies, world
from tuyen.apps.workforce import queries
from tuyen.apps.workforce.operations import ConfirmSheet, PrepareSheet, ReopenSheet
from tuyen.engines.exchange.write import SheetOut, write_csv, write_xlsx
from tuyen.kernel.operation import Payload
from tuyen.rules import workforce as rules
from tuyen.web.access import ActorRequest, screen
from tuyen.web.workforce import forms, words, words_roster
from tuyen.web.workforce.views_roster import beside, chosen, month_of
from tuyen.web.workforce.views_staff import tabs

PLAN, EDIT, FIGURE = queries.PLAN, queries.EDIT, queries.FIGURE
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@screen(right=PLAN)
@require_http_methods(["GET", "POST"])
def allowances(request: ActorRequest) -> HttpResponse:
    """The sheet of a month: by person, open to its days; prepared by one hand, closed by another."""
    by, on = request.actor, clock.today()
    given = request.POST if request.method == "POST" else request.GET
    units = [one for one in queries.units_to_plan(by=by, on=on) if policies.may(by, PLAN, one[0])]
    month, unit = (
        month_of(given.get("month", ""), beside(on.replace(day=1))[0]),
        chosen(request, units),
    )
    found = queries.sheet(by=by, unit=unit, month=month, on=on) if unit else None
    if units and found is None:
        raise Http404
    problems: list[str] = []
    if request.method == "POST":
        if found is None:
            raise Http404
        problems = _act(request, found)
        if not problems:
            return redirect(f"{reverse('allowances')}?unit={unit}&month={month:%Y-%m}")
    if found is not None and given.get("form") in ("csv", "xlsx"):
        return _file(found, given["form"])
    context = {
        "units": units, "unit": unit, "month": month, "found": found, "problems": problems, "as_of": clock.now(),
        "before": beside(month)[0], "after": beside(month)[1], "tabs": tabs(request),
        "rows": [_person(one) for one in found.people] if found else [],
        "state": words_roster.SHEET_STATE[found.state] if found else "",
        "may_close": found is not None and policies.may(by, EDIT, found.unit),
        "moved": found is not None and found.state != "" and found.now != found.total,
        "source": rules.duty_source("allowances", "daily", month), "known": rules.pay(month) is not None or rules.pay(on) is not None,
    }  # fmt: skip
    return render(request, "workforce/allowances.html", context, status=422 if problems else 200)


def _person(one: queries.PersonDue) -> dict[str, Any]:
    return {"one": one, "rows": [_due(row) for row in one.rows]}


def _due(row: queries.DueRow) -> dict[str, Any]:
    return {
        "row": row, "work": words_roster.work(row.work), "because": words_roster.BECAUSE.get(row.because, row.because),
        "beside": ", ".join(words_roster.work(one) for one in row.beside), "village": row.what == "village",
    }  # fmt: skip


def _act(request: ActorRequest, found: queries.SheetPage) -> list[str]:
    given, form = request.POST, request.POST.get("form")
    payload: Payload
    if form == "prepare":
        seen = given.get("total", "")
        if not seen.isdecimal() or len(seen) > 13:
            return [_("Load the page again.")]
        payload, said = (
            PrepareSheet(month=found.month, total=int(seen)),
            _("The sheet is prepared; another hand closes it."),
        )
    elif form in ("confirm", "reopen") and found.id is not None:
        if form == "confirm":
            payload, said = ConfirmSheet(sheet=found.id), _("The month is closed.")
        else:
            try:
                payload, said = (
                    ReopenSheet(sheet=found.id, reason=forms.reason(given)),
                    _("The month is open again."),
                )
            except forms.Wrong as wrong:
                return [str(wrong)]
    else:
        return [_("This form is not known here; load the page again.")]
    problems = forms.send(request, (payload, found.unit))
    if not problems:
        messages.success(request, said)
    return problems


def _file(found: queries.SheetPage, form: str) -> HttpResponse:
    """The sheet as a file: a line for each person and day, amounts in whole dong."""
    header = [
        _("Name"),
        _("Day"),
        pgettext("duty", "Work"),
        pgettext("duty", "Rate"),
        _("Times"),
        _("Because"),
        _("Meal"),
        _("Amount"),
    ]
    lines: list[list[Any]] = [
        [one.name, due.day.isoformat(), words_roster.work(due.work), int(due.rate), float(due.times),
         str(words_roster.BECAUSE.get(due.because, "")), int(due.meal), int(due.amount)]
        for one in found.people for due in one.rows
    ]  # fmt: skip
    head, body = world.marked(header, lines)
    name = f"phu-cap-{found.month:%Y-%m}"
    if form == "csv":
        answer = HttpResponse(write_csv(head, body), content_type="text/csv; charset=utf-8")
    else:
        answer = HttpResponse(
            write_xlsx([SheetOut(f"{found.month:%m-%Y}", head, body)]), content_type=XLSX
        )
    answer["Content-Disposition"] = f'attachment; filename="{name}.{form}"'
    return answer


@screen(right=FIGURE)
@require_GET
def retention(request: ActorRequest) -> HttpResponse:
    """Who is still at their unit after some years, and how many get an incentive, by commune."""
    by, on = request.actor, clock.today()
    rows = queries.retention(by=by, on=on)
    told = queries.uptake(by=by, on=on)
    may_read = policies.may(by, queries.READ)
    context = {
        "rows": [{"row": row, "dimension": words_roster.DIMENSION[row.dimension], "key": _key(row)} for row in rows],
        "years": rules.retention(on).years, "least": rules.retention(on).least, "complete": rules.retention(on).complete,
        "uptake": told, "with_incentive": sum(row.with_incentive for row in told), "people": sum(row.people for row in told),
        "without": sum(not row.with_incentive for row in told), "may_read": may_read, "as_of": clock.now(),
        "left": queries.leavers(by=by, on=on) if may_read else [], "tabs": tabs(request),
    }  # fmt: skip
    return render(request, "workforce/retention.html", context)


def _key(row: queries.Kept) -> str:
    if row.dimension == "cadre":
        return words.named("cadre", row.key)
    if row.dimension == "zone":
        return _("Zone {zone}").format(zone=row.key)
    return str(words_roster.YES_NO.get(row.key, ""))
