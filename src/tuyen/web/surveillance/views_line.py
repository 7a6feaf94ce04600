"""Which statistical alarms ring: the line in use, what it does now, and the decision on it."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from tuyen.apps.access import clock, policies
from tuyen.apps.registry import queries as registry
from tuyen.apps.surveillance import queries
from tuyen.apps.surveillance.operations import SetAlarmLine
from tuyen.web.access import ActorRequest, screen
from tuyen.web.registry.sending import send
from tuyen.web.surveillance.line_forms import LineForm
from tuyen.web.surveillance.views_backtest import unit_of_decision
from tuyen.web.templatetags.figures import number

READ, SET = "surveillance.alarm.read", "surveillance.threshold.set"


@screen(right=READ)
@require_GET
def line(request: ActorRequest) -> HttpResponse:
    """The lines in the reader's communes, and the form of who may decide one."""
    return _page(request, LineForm())


@screen(right=SET)
@require_POST
def set_line(request: ActorRequest) -> HttpResponse:
    """Decide the line of the reader's province or communes, or give it back."""
    form = LineForm(request.POST)
    if form.is_valid():
        asked = form.cleaned_data
        back = "give-back" in request.POST
        decision = SetAlarmLine(
            share=None if back else asked["share"], budget=None if back else asked["budget"],
            reason=asked["reason"],
        )  # fmt: skip
        unit = unit_of_decision(request, clock.today())
        if send(request, form, decision, unit=unit) is not None:
            return redirect(reverse("alarm-line"))
    return _page(request, form, status=422)


def _page(request: ActorRequest, form: LineForm, status: int = 200) -> HttpResponse:
    found = queries.alarm_lines(by=request.actor)
    may = policies.may(request.actor, SET)
    unit = unit_of_decision(request, clock.today()) if may else None
    context = {
        "form": form, "as_of": clock.now(), "may": may, "taught": found.taught,
        "unit": registry.atlas().full_name(unit, clock.today()) if unit else "",
        "decided": any(one.line.unit == unit for one in found.lines) if unit else False,
        "lines": [_line(one) for one in found.lines],
        "ringing": number(found.standing.get("", 0)),
        "by_share": number(found.standing.get("share", 0)),
        "by_budget": number(found.standing.get("budget", 0)),
        "told_share": number(round(100 * found.taught.share))
        if found.taught and found.taught.share is not None else "",
    }  # fmt: skip
    return render(request, "surveillance/line.html", context, status=status)


def _line(one: queries.DecidedLine) -> dict[str, object]:
    line = one.line
    return {
        "unit": one.unit_name, "communes": one.communes, "since": line.since,
        "reason": line.reason, "author": one.author,
        "share": f"{number(round(100 * line.share))} %" if line.share is not None else _("no limit"),
        "budget": number(line.budget) if line.budget is not None else _("no limit"),
    }  # fmt: skip
