"""One's own file, what one asks to have corrected, and the requests that wait for their editor."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from tuyen.apps.access import clock, policies
from tuyen.apps.clinical.operations import SetPractitioner
from tuyen.apps.workforce import queries
from tuyen.apps.workforce.operations import AnswerCorrection, AskCorrection
from tuyen.web.access import ActorRequest, screen
from tuyen.web.workforce import filing, forms, training_forms, words
from tuyen.web.workforce.views_staff import tabs

SIGNS = "clinical.visit.record"


@screen(right=queries.CORRECT)
@require_http_methods(["GET", "POST"])
def me(request: ActorRequest) -> HttpResponse:
    """One's own file: read it, ask for a correction, use one's licence where one signs visits."""
    by, on = request.actor, clock.today()
    found = queries.my_file(by=by, on=on)
    problems: list[str] = []
    if request.method == "POST" and found is not None:
        problems = _sign(request, found) if "sign" in request.POST else _ask(request, found)
        if not problems:
            messages.success(request, _("It is kept."))
            return redirect("my-file")
    context: dict[str, Any] = {
        "problems": problems, "given": request.POST, "lists": filing.lists(), "as_of": clock.now(),
        "mine": True, "may_sign": policies.may(by, SIGNS), "today": on,
    }  # fmt: skip
    if found is not None:
        context |= filing.page(found, on) | {"courses": training_forms.mine(request)}
    return render(request, "workforce/me.html", context, status=422 if problems else 200)


def _ask(request: ActorRequest, found: queries.File) -> list[str]:
    given = request.POST
    field, value = forms.said(given, "field", 40), forms.said(given, "value")
    try:
        if field == "born_on":
            day = forms.day(value, _("Date of birth"))
            value = day.isoformat() if day else ""
        elif field == "sex":
            value = next((key for key, name in words.SEX.items() if str(name) == value), value)
        if len(value) < 3:
            raise forms.Wrong(_("Write what is right."))
    except forms.Wrong as wrong:
        return [str(wrong)]
    payload = AskCorrection(member=found.id, field=field, value=value)
    return forms.send(request, (payload, found.unit))


def _sign(request: ActorRequest, found: queries.File) -> list[str]:
    """The licence of the file becomes the one under which its owner signs visits: typed once."""
    licences = found.of("licence")
    unit = next(
        (p.unit for p in request.actor.posts if policies.may(request.actor, SIGNS, p.unit)), None
    )
    if not licences or unit is None:
        return [_("There is no licence in your file, or your post signs no visits.")]
    payload = SetPractitioner(licence=licences[0].number, since=licences[0].since)
    return forms.send(request, (payload, unit))


@screen(right=queries.EDIT)
@require_http_methods(["GET", "POST"])
def wishes(request: ActorRequest) -> HttpResponse:
    """What people ask to have corrected in their files: agreed to, or declined with the reason."""
    by, on = request.actor, clock.today()
    problems: list[str] = []
    rows = queries.wishes(by=by, on=on)
    if request.method == "POST":
        wanted = words.as_uuid(request.POST.get("wish", ""))
        row = next((one for one in rows if one.id == wanted), None)
        if row is None:
            problems = [_("There is no such request that waits.")]
        else:
            payload = AnswerCorrection(
                wish=row.id, accepted=request.POST.get("answer") == "yes",
                note=forms.said(request.POST, "note"),
            )  # fmt: skip
            problems = forms.send(request, (payload, row.unit))
        if not problems:
            messages.success(request, _("The answer is kept."))
            return redirect("staff-wishes")
    context = {
        "rows": [
            {"row": row, "field": words.named("field", row.field), "before": _told(row, row.before),
             "value": _told(row, row.value)}
            for row in rows
        ],
        "problems": problems, "as_of": clock.now(), "tabs": tabs(request),
    }  # fmt: skip
    return render(request, "workforce/wishes.html", context, status=422 if problems else 200)


def _told(row: queries.WishRow, value: str) -> str:
    """A value as people write it."""
    if row.field == "born_on" and len(value) == 10:
        return f"{value[8:10]}/{value[5:7]}/{value[:4]}"
    return str(words.SEX.get(value, value)) if row.field == "sex" else value
