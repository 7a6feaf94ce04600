"""The households of a commune's villages: read, and said anew from a day on."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from tuyen.apps.access import clock, policies
from tuyen.apps.registry import queries as registry
from tuyen.apps.workforce import queries
from tuyen.apps.workforce.operations import SetVillage
from tuyen.rules import workforce as rules
from tuyen.web.access import ActorRequest, screen
from tuyen.web.workforce import forms, words

FIGURE = queries.FIGURE


@screen(right=FIGURE)
@require_http_methods(["GET", "POST"])
def villages(request: ActorRequest, unit: UUID) -> HttpResponse:
    """The villages of a station's commune with their households; a form that says those of one."""
    by, on = request.actor, clock.today()
    if registry.atlas().type(unit, on) != "station" or not policies.may(by, FIGURE, unit):
        raise Http404
    rows = queries.villages(by=by, unit=unit, on=on)
    problems: list[str] = []
    if request.method == "POST":
        problems = _said(request, rows)
        if not problems:
            messages.success(request, _("The households are kept."))
            return redirect("workforce-villages", unit=unit)
    name = registry.atlas().full_name(unit, on)
    context = {
        "rows": rows, "name": name, "problems": problems, "as_of": clock.now(), "given": request.POST,
        "may": [(str(row.village), row.name) for row in rows if row.may], "rule": rules.village(on),
        "unsaid": sum(row.households is None for row in rows),
        "trail": [(_("Posts and gaps"), reverse("workforce")),
                  (name, reverse("workforce-station", args=[unit])), (_("Households"), None)],
    }  # fmt: skip
    return render(request, "workforce/villages.html", context, status=422 if problems else 200)


def _said(request: ActorRequest, rows: list[queries.VillageRow]) -> list[str]:
    given = request.POST
    village = words.as_uuid(given.get("village", ""))
    if not any(row.village == village and row.may for row in rows) or village is None:
        raise Http404
    number = given.get("households", "").strip().replace(".", "")
    try:
        since = forms.day(given.get("since", ""), _("Holds from"))
        if not number.isdecimal() or len(number) > 5 or since is None:
            raise forms.Wrong(_("Households are a whole number, such as 120."))
        payload = SetVillage(
            households=int(number), since=since, source=forms.reason(given, "source"),
            urban="urban" in given,
        )  # fmt: skip
    except forms.Wrong as wrong:
        return [str(wrong)]
    return forms.send(request, (payload, village))
