"""The calendar of courses, a new course, and what it is said anew."""

import calendar
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from tuyen.apps.access import clock, policies
from tuyen.apps.workforce import queries
from tuyen.apps.workforce.operations import ChangeCourse, GiveSeats, PlanCourse
from tuyen.kernel.ids import uuid7
from tuyen.web.access import ActorRequest, screen
from tuyen.web.workforce import forms, training_forms, words

TRAIN = queries.TRAIN


def tabs(request: ActorRequest) -> list[tuple[str, str, str, int | None]]:
    """The parts of training that the reader's post opens."""
    by = request.actor
    found: list[tuple[str, str, str, int | None]] = [
        ("calendar", _("Calendar"), reverse("training"), None)
    ]
    if policies.may(by, queries.READ):
        found.append(("needs", _("Training need"), reverse("training-needs"), None))
        found.append(("techniques", _("Techniques"), reverse("training-techniques"), None))
    if policies.may(by, TRAIN):
        found.append(("outings", _("Exchanges and drills"), reverse("training-outings"), None))
    if policies.may(by, queries.FIGURE):
        found.append(("figures", _("Who was trained"), reverse("training-figures"), None))
    return found


@screen(right=queries.CORRECT)
@require_GET
def month(request: ActorRequest) -> HttpResponse:
    """The courses of a month, day by day."""
    first = _month(request.GET.get("month", ""))
    last = first.replace(day=calendar.monthrange(first.year, first.month)[1])
    found = queries.courses(by=request.actor, first=first, last=last)
    days = [
        {"day": day, "courses": [
            {"row": row, "hours": dict(row.days)[day], "state": words.COURSE[row.state],
             "tone": words.TONES[row.state]}
            for row in found if day in dict(row.days)
        ]}
        for day in (first + timedelta(days=n) for n in range(last.day))
    ]  # fmt: skip
    context = {
        "days": days, "found": found, "start": first.isoweekday(), "today": clock.today(),
        "month": first, "before": _key(first - timedelta(days=1)),
        "after": _key(last + timedelta(days=1)), "as_of": clock.now(), "tabs": tabs(request),
        "weekdays": [date_format(date(2026, 6, n), "D") for n in range(1, 8)],
        "mine": training_forms.mine(request),
        "may_plan": policies.may(request.actor, TRAIN),
        "may_import": policies.may(request.actor, queries.EDIT),
    }  # fmt: skip
    return render(request, "workforce/training.html", context)


def _month(text: str) -> date:
    try:
        year, month_ = (int(part) for part in text.split("-"))
        return date(year, month_, 1) if 1990 <= year <= 2100 else clock.today().replace(day=1)
    except ValueError:
        return clock.today().replace(day=1)


def _key(day: date) -> str:
    return f"{day.year}-{day.month:02d}"


@screen(right=TRAIN)
@require_http_methods(["GET", "POST"])
def new(request: ActorRequest) -> HttpResponse:
    """A course is planned; from a need its topic, its cadres and the people concerned stand there."""
    given, problems = request.POST, []
    need = _need(request)
    id = words.as_uuid(given.get("id", "")) or uuid7()
    unit, offered = training_forms.unit_of(request, TRAIN, given.get("unit", ""))
    if request.method == "POST":
        try:
            if unit is None:
                raise forms.Wrong(_("Choose who organises it."))
            payload = PlanCourse(programme=training_forms.programme(given))
            problems = forms.send(request, (payload, unit), id=id)
            if not problems and given.getlist("member"):
                told = GiveSeats(course=id, members=training_forms.people(given))
                problems = forms.send(request, (told, unit))
                if problems:  # the course stands; who comes is chosen on its page
                    messages.warning(request, " ".join(problems))
                    return redirect("training-course", id=id)
        except forms.Wrong as wrong:
            problems = [str(wrong)]
        if not problems:
            messages.success(request, _("The course is planned."))
            return redirect("training-course", id=id)
    topics = (
        given.getlist("topics")
        if given
        else [need.key]
        if need and need.kind == "competence"
        else []
    )
    cadres = given.getlist("cadres") if given else []
    typed: Any = given or {"title": _title(need), "seats": _seats(need), "funding": "state"}
    context = {
        **training_forms.choices(request, topics, cadres), "given": typed, "problems": problems,
        "id": id, "unit": unit, "units": offered, "need": queries.fairly(by=request.actor, need=need, seats=_seats(need), on=clock.today()) if need else [],
        "needed": words.shown(need.kind, need.key) if need else "",
        "trail": [(_("Training"), reverse("training")), (_("New course"), None)],
    }  # fmt: skip
    return render(
        request, "workforce/training_course_form.html", context, status=422 if problems else 200
    )


def _need(request: ActorRequest) -> queries.Need | None:
    """The need that a course is to be made of, as the address names it."""
    wanted = request.GET.get("need", "")
    if not wanted:
        return None
    found = queries.needs(
        by=request.actor, on=clock.today(), unit=words.as_uuid(request.GET.get("unit", ""))
    )
    return next((one for one in found if wanted in (one.key, one.kind)), None)


def _title(need: queries.Need | None) -> str:
    return words.named("competence", need.key) if need and need.kind == "competence" else ""


def _seats(need: queries.Need | None) -> int:
    return min(40, len(need.people)) if need else 30


@screen(right=TRAIN)
@require_http_methods(["GET", "POST"])
def change(request: ActorRequest, id: UUID) -> HttpResponse:
    """What a course is, said anew, with the reason."""
    found = queries.course(by=request.actor, id=id, on=clock.today())
    if found is None or not found.may_plan or found.row.state != "planned":
        raise Http404
    given, problems, row = request.POST, [], found.row
    if request.method == "POST":
        try:
            payload = ChangeCourse(
                course=id, programme=training_forms.programme(given), reason=forms.reason(given)
            )
            problems = forms.send(request, (payload, row.unit))
        except forms.Wrong as wrong:
            problems = [str(wrong)]
        if not problems:
            messages.success(request, _("The course is changed."))
            return redirect("training-course", id=id)
    typed: Any = given or training_forms.typed(row)
    topics = given.getlist("topics") if given else row.topics
    cadres = given.getlist("cadres") if given else row.cadres
    context = {
        **training_forms.choices(request, topics, cadres), "given": typed, "problems": problems,
        "id": id, "changes": True, "need": [],
        "trail": [(_("Training"), reverse("training")), (row.title, reverse("training-course", args=[id])),
                  (_("Change"), None)],
    }  # fmt: skip
    return render(
        request, "workforce/training_course_form.html", context, status=422 if problems else 200
    )
