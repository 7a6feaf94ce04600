"""A course: who is in it, who was there, what they could before and after, and its certificates."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from tuyen.apps.access import clock, policies
from tuyen.apps.workforce import queries
from tuyen.apps.workforce.operations import (
    AskSeats,
    CancelCourse,
    CloseCourse,
    DeclineSeats,
    GiveSeats,
    Marked,
    NoteAttendance,
    NoteMarks,
    ReopenCourse,
    WantSeat,
    WithdrawSeats,
)
from tuyen.kernel.operation import Payload
from tuyen.web.access import ActorRequest, screen
from tuyen.web.typed import whole
from tuyen.web.workforce import forms, training_forms, words

OPEN = ("wanted", "asked", "waiting", "granted")
Sent = list[tuple[Payload, UUID]]


@screen(right=queries.CORRECT)
@require_http_methods(["GET", "POST"])
def course(request: ActorRequest, id: UUID) -> HttpResponse:
    """A course with its people, and what the reader's post may do about it."""
    found = queries.course(by=request.actor, id=id, on=clock.today())
    if found is None:
        raise Http404
    problems: list[str] = []
    if request.method == "POST":
        problems = _change(request, found)
        if not problems:
            messages.success(request, _("It is kept."))
            return redirect("training-course", id=id)
    context = _shown(request, found) | {"problems": problems}
    return render(
        request, "workforce/training_course.html", context, status=422 if problems else 200
    )


def _shown(request: ActorRequest, found: queries.CoursePage) -> dict[str, Any]:
    by, row, on = request.actor, found.row, clock.today()
    planned, may_ask = row.state == "planned", policies.may(by, queries.ASK)
    here = {one.member for one in found.seats if one.state in ("asked", "waiting", "granted")}
    unit, offered = training_forms.unit_of(request, queries.ASK, request.GET.get("unit", ""))
    people = []
    if planned and may_ask and unit is not None and on <= row.last:
        people = [
            one for one in queries.people_at(by=by, on=on, unit=unit) if one.member not in here
        ]
    mine = queries.myself(by=by) if planned and on <= row.last else None
    own = [one for one in queries.my_seats(by=by, on=on) if one.course.id == row.id] if mine else []
    return {
        "row": row, "seats": [_line(one) for one in found.seats], "hidden": found.hidden,
        "may_plan": found.may_plan, "planned": planned, "own_units": offered, "own_unit": unit,
        "people": [(one, words.named("cadre", one.cadre)) for one in people],
        "may_want": mine is not None and not any(one.state in OPEN for one in own),
        "own": own[0] if own else None, "own_state": words.SEAT[own[0].state] if own else "",
        "state": words.COURSE[row.state], "tone": words.TONES[row.state],
        "topics": [words.named("competence", key) for key in row.topics],
        "cadres": [words.named("cadre", key) for key in row.cadres],
        "funding": words.named("funding", row.funding), "as_of": clock.now(),
        "past": [day for day, _hours in row.days if day <= on], "over": row.last <= on,
        "proposal": _proposed(request, found) if found.may_plan and planned and row.free else None,
        "granted": [_line(one) for one in found.seats if one.state == "granted"],
        "may_withdraw": any(one.own and one.state in OPEN for one in found.seats) and planned,
        "given": request.POST,
        "trail": [(_("Training"), reverse("training")), (row.title, None)],
    }  # fmt: skip


def _line(one: queries.SeatRow) -> dict[str, Any]:
    return {
        "row": one, "cadre": words.named("cadre", one.cadre), "state": words.SEAT[one.state],
        "tone": words.TONES[one.state], "open": one.state in OPEN,
        "there": one.days.count("p"), "absent": one.days.count("a"), "of": len(one.days),
    }  # fmt: skip


def _proposed(request: ActorRequest, found: queries.CoursePage) -> dict[str, Any] | None:
    made = queries.proposal(by=request.actor, course=found.row.id, on=clock.today())
    if made is None or not made.rows:
        return None
    return {
        "made": made,
        "rows": [
            {"row": one, "cadre": words.named("cadre", one.cadre),
             "reasons": ", ".join(_reason(key) for key in one.reasons)}
            for one in made.rows
        ],
    }  # fmt: skip


def _reason(key: str) -> str:
    if key == "hours":
        return str(words.LACK["behind"])
    return str(words.SEAT["asked"]) if key == "asked" else words.named("competence", key)


# -- what its forms send ---------------------------------------------------------------------------


def _change(request: ActorRequest, found: queries.CoursePage) -> list[str]:
    make = _FORMS.get(request.POST.get("form", ""))
    if make is None:
        return [_("This form is not known here; load the page again.")]
    try:
        sent = make(request, found)
    except forms.Wrong as wrong:
        return [str(wrong)]
    return forms.send(request, *sent)


def _give(request: ActorRequest, found: queries.CoursePage) -> Sent:
    row = found.row
    return [(GiveSeats(course=row.id, members=training_forms.people(request.POST)), row.unit)]


def _decline(request: ActorRequest, found: queries.CoursePage) -> Sent:
    people, reason = training_forms.people(request.POST), forms.reason(request.POST)
    return [(DeclineSeats(course=found.row.id, members=people, reason=reason), found.row.unit)]


def _ask(request: ActorRequest, found: queries.CoursePage) -> Sent:
    unit = words.as_uuid(request.POST.get("unit", ""))
    if unit is None:
        raise forms.Wrong(_("Choose the unit."))
    there = queries.people_at(by=request.actor, on=clock.today(), unit=unit)
    home = {one.member: one.home for one in there}
    chosen = training_forms.by_unit(training_forms.people(request.POST), home)
    note = forms.said(request.POST, "note")
    return [
        (AskSeats(course=found.row.id, members=ids, note=note), at) for at, ids in chosen.items()
    ]


def _withdraw(request: ActorRequest, found: queries.CoursePage) -> Sent:
    home = {one.member: one.unit for one in found.seats if one.own}
    chosen = training_forms.by_unit(training_forms.people(request.POST), home)
    reason = forms.reason(request.POST)
    return [
        (WithdrawSeats(course=found.row.id, members=ids, reason=reason), at)
        for at, ids in chosen.items()
    ]  # fmt: skip


def _want(request: ActorRequest, found: queries.CoursePage) -> Sent:
    mine = queries.myself(by=request.actor)
    if mine is None:
        raise forms.Wrong(_("No file is linked to your account; ask the head of your unit."))
    told = WantSeat(course=found.row.id, member=mine[0], note=forms.said(request.POST, "note"))
    return [(told, mine[1])]


def _attend(request: ActorRequest, found: queries.CoursePage) -> Sent:
    day = forms.day(request.POST.get("day", ""), _("Day"))
    there = {id for text in request.POST.getlist("there") if (id := words.as_uuid(text))}
    granted = [one.member for one in found.seats if one.state == "granted"]
    assert day is not None
    told = NoteAttendance(
        course=found.row.id, day=day, there=tuple(id for id in granted if id in there),
        absent=tuple(id for id in granted if id not in there),
    )  # fmt: skip
    return [(told, found.row.unit)]


def _mark(request: ActorRequest, found: queries.CoursePage) -> Sent:
    marks = []
    for one in found.seats:
        before, after = (_points(request, f"{name}-{one.member}") for name in ("before", "after"))
        if one.state == "granted" and (before is not None or after is not None):
            marks.append(Marked(member=one.member, before=before, after=after))
    if not marks:
        raise forms.Wrong(_("Write at least one mark."))
    return [(NoteMarks(course=found.row.id, marks=tuple(marks)), found.row.unit)]


def _points(request: ActorRequest, name: str) -> int | None:
    text = forms.said(request.POST, name, 6)
    value = whole(text) if text else None
    if text and (value is None or not 0 <= value <= 100):
        raise forms.Wrong(
            _("A mark is a whole number from 0 to 100; “{text}” is not.").format(text=text)
        )
    return value


def _close(request: ActorRequest, found: queries.CoursePage) -> Sent:
    series = forms.said(request.POST, "series", 30)
    if not series:
        raise forms.Wrong(_("Write what stands after the number of the certificates."))
    return [(CloseCourse(course=found.row.id, series=series), found.row.unit)]


def _cancel(request: ActorRequest, found: queries.CoursePage) -> Sent:
    return [(CancelCourse(course=found.row.id, reason=forms.reason(request.POST)), found.row.unit)]


def _reopen(request: ActorRequest, found: queries.CoursePage) -> Sent:
    return [(ReopenCourse(course=found.row.id, reason=forms.reason(request.POST)), found.row.unit)]


_FORMS: dict[str, Callable[[ActorRequest, queries.CoursePage], Sent]] = {
    "give": _give, "decline": _decline, "ask": _ask, "withdraw": _withdraw, "want": _want,
    "attend": _attend, "marks": _mark, "close": _close, "cancel": _cancel, "reopen": _reopen,
}  # fmt: skip


# -- on paper --------------------------------------------------------------------------------------


@screen(right=queries.TRAIN)
@require_GET
def attendance_list(request: ActorRequest, id: UUID) -> HttpResponse:
    """The list to sign: everybody with a seat, a column for each day."""
    return _printed(request, id, "workforce/training_list.html")


@screen(right=queries.TRAIN)
@require_GET
def certificates(request: ActorRequest, id: UUID) -> HttpResponse:
    """The certificates of a closed course, one a page."""
    return _printed(request, id, "workforce/training_certificates.html")


def _printed(request: ActorRequest, id: UUID, template: str) -> HttpResponse:
    found = queries.course(by=request.actor, id=id, on=clock.today())
    if found is None or not found.may_plan:
        raise Http404
    granted = [_line(one) for one in found.seats if one.state == "granted"]
    for one in granted:
        days = zip(found.row.days, one["row"].days, strict=True)
        one["marks"] = list(one["row"].days)
        one["hours"] = sum(hours for (_day, hours), mark in days if mark == "p")
    context = {
        "row": found.row, "people": granted, "as_of": clock.now(),
        "passed": [one for one in granted if one["row"].number],
        "topics": [words.named("competence", key) for key in found.row.topics],
        "trail": [(_("Training"), reverse("training")),
                  (found.row.title, reverse("training-course", args=[id])), (_("To print"), None)],
    }  # fmt: skip
    return render(request, template, context)
