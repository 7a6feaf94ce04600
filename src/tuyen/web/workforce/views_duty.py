"""One's own duty and leave, and the leave that waits for whoever plans."""

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from tuyen.apps.access import clock, policies
from tuyen.apps.workforce import queries
from tuyen.apps.workforce.operations import (
    AnswerLeave,
    AnswerSwap,
    AskLeave,
    AskSwap,
    NoteLeave,
    OfferSurge,
    WithdrawLeave,
)
from tuyen.kernel.operation import Payload
from tuyen.rules import workforce as rules
from tuyen.web.access import ActorRequest, screen
from tuyen.web.workforce import forms, point_duty, words, words_roster
from tuyen.web.workforce.views_staff import tabs

PLAN, CORRECT = queries.PLAN, queries.CORRECT


@screen(right=CORRECT)
@require_http_methods(["GET", "POST"])
def mine(request: ActorRequest) -> HttpResponse:
    """One's duty of the next weeks, swaps, leave and days left, and whether one can be drawn."""
    by, on = request.actor, clock.today()
    found = queries.mine(by=by, on=on)
    problems: list[str] = []
    if request.method == "POST" and found is not None:
        problems = _mine(request, found)
        if not problems:
            messages.success(request, _("It is kept."))
            _warn(request, found)
            return redirect("my-duty")
    context: dict[str, Any] = {
        "found": found,
        "problems": problems,
        "as_of": clock.now(),
        "given": request.POST,
        "today": on,
    }
    if found is not None:
        at_points = point_duty.served(
            request, {found.member}, on, on + timedelta(days=queries.AHEAD)
        )
        points = {one.day: one.point_name for one in at_points}
        context |= {
            "duties": [(row, words_roster.shift(row.kind, row.day)) for row in found.duties], "at_points": at_points,
            "theirs": [(row.id, f"{row.day:%d/%m} · {row.name} · {words_roster.shift(row.kind, row.day)}") for row in found.theirs if row.day >= on],
            "leaves": _leaves(request, found.leaves, on),
            "swaps": [
                {"row": row, "point": points.get(row.day, "") if row.to_me else "", "kind": words_roster.shift(row.kind, row.day), "state": words_roster.LEAVE_STATE[row.state],
                 "tone": words_roster.LEAVE_TONE[row.state]} for row in found.swaps
            ],
            "kinds": [(key, words_roster.leave(key, on)) for key in rules.leave_kinds(on)],
            "skills": [(key, words_roster.skill(key, on), key in found.skills) for key in rules.surge_skills(on)],
        }  # fmt: skip
    return render(request, "workforce/my_duty.html", context, status=422 if problems else 200)


def _leaves(
    request: ActorRequest, rows: Sequence[queries.LeaveRow], on: date
) -> list[dict[str, Any]]:
    """Leave with the days at satellite points that lie in it, of what still keeps somebody away."""
    lasting = [row for row in rows if row.state in ("waiting", "agreed") and row.until > on]
    points = point_duty.of_leaves(request, lasting, on)
    return [_leave(row, on, points.get(row.id, ())) for row in rows]


def _leave(
    row: queries.LeaveRow, on: date, points: Sequence[point_duty.AtPoint] = ()
) -> dict[str, Any]:
    return {
        "row": row, "points": points, "kind": words_roster.leave(row.kind, on), "state": words_roster.LEAVE_STATE[row.state],
        "tone": words_roster.LEAVE_TONE[row.state],
        "may_withdraw": row.state in ("waiting", "agreed", "noted") and row.until > on,
    }  # fmt: skip


def _mine(request: ActorRequest, found: queries.Mine) -> list[str]:
    make = _MINE.get(request.POST.get("form", ""))
    if make is None:
        return [_("This form is not known here; load the page again.")]
    try:
        return forms.send(request, make(request.POST, found))
    except forms.Wrong as wrong:
        return [str(wrong)]


def _warn(request: ActorRequest, found: queries.Mine) -> None:
    """What was just asked leaves a satellite point without anybody: said at once."""
    given, form = request.POST, request.POST.get("form")
    if form == "leave":
        since, until = _span(given)
        kind = forms.said(given, "kind", 40) or "yearly"
        point_duty.warn_leave(request, found.member, kind, since, until, counts=False)
    elif form == "swap":
        shifts = {str(row.id): row for row in (*found.duties, *found.theirs)}
        names = {str(id): (id, name) for id, name in found.colleagues}
        mine, theirs = shifts.get(given.get("shift", "")), shifts.get(given.get("for_shift", ""))
        told = []
        if mine is not None and given.get("member", "") in names:
            told.append((*names[given["member"]], mine.day))
        if theirs is not None:
            told.append((found.member, found.name, theirs.day))
        point_duty.warn_swap(request, told)


def _named(given: Any, name: str, said: str) -> UUID:
    found = words.as_uuid(given.get(name, ""))
    if found is None:
        raise forms.Wrong(said)
    return found


def _ask_leave(given: Any, found: queries.Mine) -> tuple[Payload, UUID]:
    since, until = _span(given)
    return AskLeave(
        member=found.member, kind=forms.said(given, "kind", 40) or "yearly", since=since, until=until,
        reason=forms.said(given, "reason"),
    ), found.unit  # fmt: skip


def _span(given: Any) -> tuple[date, date]:
    since = forms.day(given.get("since", ""), _("From"))
    until = forms.day(given.get("until", ""), _("Until before"))
    assert since is not None  # both are needed
    assert until is not None
    return since, until


def _withdraw(given: Any, found: queries.Mine) -> tuple[Payload, UUID]:
    leave = _named(given, "leave", _("There is no such leave here."))
    row = next((one for one in found.leaves if one.id == leave), None)
    return WithdrawLeave(
        leave=leave, reason=forms.said(given, "reason")
    ), row.unit if row else found.unit


def _ask_swap(given: Any, found: queries.Mine) -> tuple[Payload, UUID]:
    shift = _named(given, "shift", _("Choose the shift."))
    row = next((one for one in found.duties if one.id == shift), None)
    return AskSwap(
        shift=shift, member=_named(given, "member", _("Choose a colleague.")),
        for_shift=words.as_uuid(given.get("for_shift", "")), reason=forms.reason(given),
    ), row.unit if row else found.unit  # fmt: skip


def _answer_swap(given: Any, found: queries.Mine) -> tuple[Payload, UUID]:
    swap = _named(given, "swap", _("There is no such swap here."))
    row = next((one for one in found.swaps if one.id == swap), None)
    payload = AnswerSwap(
        swap=swap, accepted=given.get("answer") == "yes", note=forms.said(given, "note")
    )
    return payload, row.unit if row else found.unit


def _offer(given: Any, found: queries.Mine) -> tuple[Payload, UUID]:
    return OfferSurge(
        member=found.member, skills=tuple(given.getlist("skill"))[:12], contact=forms.phone({"phone": given.get("contact", "")}),
        ready=given.get("ready") == "yes",
    ), found.unit  # fmt: skip


_MINE: dict[str, Callable[[Any, queries.Mine], tuple[Payload, UUID]]] = {
    "leave": _ask_leave, "withdraw": _withdraw, "swap": _ask_swap, "answer": _answer_swap, "offer": _offer,
}  # fmt: skip


@screen(right=PLAN)
@require_http_methods(["GET", "POST"])
def leaves(request: ActorRequest) -> HttpResponse:
    """Leave that waits for an answer, and leave written down for somebody who does not ask here."""
    by, on = request.actor, clock.today()
    rows = queries.leaves(by=by, on=on)
    problems: list[str] = []
    if request.method == "POST":
        problems = _answer(request, rows)
        if not problems:
            messages.success(request, _("It is kept."))
            return redirect("leaves")
    people = []
    if policies.may(by, queries.READ):
        found = queries.staff(by=by, on=on, size=2000)
        people = [
            (row.id, f"{row.name} · {row.unit_name}")
            for row in found.rows
            if row.position != "village"
        ]
    context = {
        "rows": _leaves(request, rows, on), "problems": problems, "as_of": clock.now(), "tabs": tabs(request),
        "lasting": _leaves(request, [row for row in queries.leaves(by=by, on=on, waiting=False) if row.state in ("agreed", "noted")], on),
        "kinds": [(key, words_roster.leave(key, on)) for key in rules.leave_kinds(on)], "people": people[:500],
        "given": request.POST, "today": on,
    }  # fmt: skip
    return render(request, "workforce/leaves.html", context, status=422 if problems else 200)


def _answer(request: ActorRequest, rows: list[queries.LeaveRow]) -> list[str]:
    given = request.POST
    try:
        if given.get("form") == "note":
            payload, unit = _note(request)
            problems = forms.send(request, (payload, unit))
            if not problems:
                told = payload.member, payload.kind, payload.since, payload.until
                point_duty.warn_leave(request, *told, counts=True)
            return problems
    except forms.Wrong as wrong:
        return [str(wrong)]
    wanted = words.as_uuid(given.get("leave", ""))
    row = next((one for one in rows if one.id == wanted), None)
    if row is None:
        return [_("There is no such leave that waits.")]
    answer = AnswerLeave(
        leave=row.id, accepted=given.get("answer") == "yes", note=forms.said(given, "note")
    )
    problems = forms.send(request, (answer, row.unit))
    if answer.accepted and not problems:
        point_duty.warn_leave(request, row.member, row.kind, row.since, row.until, counts=True)
    return problems


def _note(request: ActorRequest) -> tuple[NoteLeave, UUID]:
    given = request.POST
    member = _named(given, "member", _("Choose who."))
    file = queries.file(by=request.actor, id=member, on=clock.today())
    if file is None:
        raise Http404
    since, until = _span(given)
    return NoteLeave(
        member=member, kind=forms.said(given, "kind", 40), since=since, until=until, reason=forms.reason(given)
    ), file.unit  # fmt: skip
