"""The room of one outbreak: contacts, tasks, reports and 7-1-7."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from tuyen.apps.access import clock
from tuyen.apps.surveillance import queries
from tuyen.rules.surveillance import outbreaks as law
from tuyen.web.access import ActorRequest, screen
from tuyen.web.surveillance import (
    filters,
    outbreak_people,
    outbreak_words,
    sheets,
    sheets_outbreak,
    words,
    words_response,
)
from tuyen.web.surveillance.outbreak_frame import (
    CONTACTS,
    READ,
    called,
    find,
    framed,
    note_readings,
    owners,
    spoken,
)
from tuyen.web.surveillance.seven import told
from tuyen.web.surveillance.views_outbreak import CONTACT, Typed

PAGE = 50
FILE = 200  # contacts of a file; the rest stand on its next pages


@screen(right=CONTACTS)
@require_GET
def contacts(request: ActorRequest, id: UUID) -> HttpResponse:
    """The grid: contacts by days, the ones to be seen today first."""
    return grid(request, find(request, id))


@screen(right=READ)
@require_GET
def tasks(request: ActorRequest, id: UUID) -> HttpResponse:
    """The seven early actions and what else is to do; teams and stock; the review."""
    return task_list(request, find(request, id))


@screen(right=READ)
@require_GET
def reports(request: ActorRequest, id: UUID) -> HttpResponse:
    """The situation reports as they were issued, the days that lack one, and the next."""
    return report_list(request, find(request, id))


@screen(right=READ)
@require_GET
def report(request: ActorRequest, id: UUID, report: int) -> HttpResponse:
    """One report as it was issued, beside the one before it: a page to print."""
    found = find(request, id)
    told_ = queries.reports(by=request.actor, row=found.row, at=clock.now())
    by_number = {one.number: one for one in told_.reports}
    one = by_number.get(report)
    if one is None:
        raise Http404
    before = by_number.get(report - 1)
    context = framed(request, found, "outbreak-reports") | {
        "report": one,
        "before": before,
        "figures": _compared(one, before),
        "trail": [
            (_("Outbreaks"), reverse("outbreaks")),
            (found.row.title, reverse("outbreak", args=[id])),
            (_("Report {n}").format(n=report), None),
        ],
    }
    return render(request, "surveillance/outbreak_report.html", context)


@screen(right=READ)
@require_GET
def form(request: ActorRequest, id: UUID, form: str) -> HttpResponse:
    """Form 01 (epidemic) or 02 (end of it), filled from the record; blanks stay to be written on."""
    if form not in ("01", "02"):
        raise Http404
    found = find(request, id)
    ends = form == "02"
    fitting = [one for one in found.declarations if (one.level == "end") == ends]
    one = fitting[-1] if fitting else None
    figures = queries.outbreak_figures(by=request.actor, id=id) or {}
    # The form is a Vietnamese document, whatever its reader reads.
    with translation.override("vi"):
        said = {
            "disease_vi": found.row.disease_name("vi"),
            "level_vi": outbreak_words.level(one.level, one.declared_on) if one else "",
            "criterion_vi": words.word(outbreak_words.CRITERION, one.said.criterion) if one else "",
            "authority_vi": words.word(outbreak_words.AUTHORITY, one.authority) if one else "",
        }
    context = framed(request, found, "outbreak") | said | {
        "form": form,
        "declared": one,
        "totals": figures,
        "trail": [
            (_("Outbreaks"), reverse("outbreaks")),
            (found.row.title, reverse("outbreak", args=[id])),
            (_("Form {n}").format(n=form), None),
        ],
    }  # fmt: skip
    return render(request, "surveillance/outbreak_form.html", context)


@screen(right=READ)
@require_GET
def times(request: ActorRequest, id: UUID) -> HttpResponse:
    """7-1-7 of this outbreak, and why its stages took long."""
    return stages(request, find(request, id))


def grid(
    request: ActorRequest, found: queries.OutbreakDetail, problem: str = "", typed: Typed = None
) -> HttpResponse:
    row, by, today = found.row, request.actor, clock.today()
    day = filters.day(request.GET.get("day", "") or str((typed or {}).get("day", ""))) or today
    day = min(day, today)
    state = request.GET.get("state", "")
    as_file = sheets.wanted(request)
    shown = queries.contact_grid(
        by=by, outbreak=row.id, on=day, state=state, text=request.GET.get("q", "")[:100],
        page=_number(request), size=FILE if as_file else PAGE,
    )  # fmt: skip
    note_readings(request, CONTACT, [one.id for one in shown.rows])
    if as_file:
        return sheets.answer("contacts", *sheets_outbreak.contacts(shown))
    page = queries.line_list(by=by, filters=queries.CaseFilters(outbreak=row.id), order="onset", size=200)  # fmt: skip
    names = {case.id: f"{called(case)} · {case.onset_on:%d/%m}" for case in page.rows}
    context = framed(request, found, "outbreak-contacts", problem, typed) | {
        "grid": shown,
        "lines": [_contact(one, shown, day, names) for one in shown.rows],
        "days": [(one, f"{one:%d/%m}", one == today) for one in shown.days],
        "day": day,
        "state": state,
        "states": outbreak_words.GRID_STATE.items(),
        "q": request.GET.get("q", "")[:100],
        "page": Paginator(range(shown.total), PAGE).get_page(shown.page),
        "marks": outbreak_words.FOLLOW.items(),
        "relations": [(kind.code, kind.name(words.language()))
                      for kind in law.contact_kinds(today)],
        "choices": list(names.items()),
        "watch_days": law.follow_days(row.disease, today),
        "previous": day - timedelta(days=1),
        "next": day + timedelta(days=1) if day < today else None,
        "full_path": request.get_full_path(),
        "sheet": sheets.address(request) if shown.rows else "",
        "people": outbreak_people.offer(request, row.id)
        if outbreak_people.may_search(request) else None,
        "may_search": outbreak_people.may_search(request),
    }  # fmt: skip
    return render(
        request, "surveillance/outbreak_contacts.html", context, status=422 if problem else 200
    )  # fmt: skip


def task_list(
    request: ActorRequest, found: queries.OutbreakDetail, problem: str = "", typed: Typed = None
) -> HttpResponse:
    row, on = found.row, clock.today()
    rows = queries.tasks(by=request.actor, id=row.id)
    context = framed(request, found, "outbreak-tasks", problem, typed) | {
        "lines": [_task(one, on) for one in rows],
        "booked": [_booked(one) for one in queries.bookings_for(by=request.actor, subject=row.id)],
        "owners": owners(request, row),
        "reviews": queries.reviews(by=request.actor, id=row.id),
        "blanks": range(3),
    }
    return render(
        request, "surveillance/outbreak_tasks.html", context, status=422 if problem else 200
    )  # fmt: skip


def report_list(
    request: ActorRequest, found: queries.OutbreakDetail, problem: str = "", typed: Typed = None
) -> HttpResponse:
    row, now = found.row, clock.now()
    shown = queries.reports(by=request.actor, row=row, at=now)
    figures = queries.outbreak_figures(by=request.actor, id=row.id) or {}
    last = shown.reports[0] if shown.reports else None
    context = framed(request, found, "outbreak-reports", problem, typed) | {
        "shown": shown,
        "late": shown.due_at is not None and now > shown.due_at,
        "draft": _compared_figures(figures | {"level": row.level}, last, clock.today()),
        "last": last,
        "told_today": bool(last and last.day == clock.today()),
    }
    return render(
        request, "surveillance/outbreak_reports.html", context, status=422 if problem else 200
    )  # fmt: skip


def stages(
    request: ActorRequest, found: queries.OutbreakDetail, problem: str = "", typed: Typed = None
) -> HttpResponse:
    row, on = found.row, clock.today()
    events = queries.seven_one_seven(by=request.actor, ids=[row.id])
    event = events.events[0] if events.events else None
    language = words.language()
    context = framed(request, found, "outbreak-times", problem, typed) | {
        "event": told(event, events.targets, on) if event else None,
        "actions": [
            (outbreak_words.action(code, on), done, applies)
            for code, done, applies in (event.actions if event else ())
        ],
        "why": [
            (words.word(outbreak_words.STAGE, one.stage), outbreak_words.hindrance(one.code, on),
             one.note, f"{one.stage}:{one.code}")
            for one in queries.hindrances(by=request.actor, id=row.id)
        ],
        "reasons": [
            (words.word(outbreak_words.STAGE, stage),
             [(f"{stage}:{item.code}", item.name(language)) for item in law.bottlenecks(on)
              if stage in item.more["stages"]])
            for stage in law.STAGES
        ],
    }  # fmt: skip
    return render(
        request, "surveillance/outbreak_times.html", context, status=422 if problem else 200
    )  # fmt: skip


def _contact(
    one: queries.ContactRow, shown: queries.Grid, day: date, names: Mapping[UUID, str]
) -> dict[str, Any]:
    cells = []
    for each in shown.days:
        mark = shown.marks.get((one.id, each), "")
        watched = one.exposed_on <= each <= one.until
        kind = mark or ("missed" if watched and each < day and one.became is None else
                        "" if watched else "off")  # fmt: skip
        said = words.word(outbreak_words.FOLLOW, mark) if mark else (
            _("Not seen") if kind == "missed" else ""
        )  # fmt: skip
        cells.append((kind, outbreak_words.FOLLOW_MARK.get(mark, ""), said, f"{each:%d/%m}"))
    return {
        "one": one,
        "name": _("Name withheld") if one.masked else one.name,
        "relation": outbreak_words.relation(one.relation, one.exposed_on),
        "case": names.get(one.case, "") if one.case else "",
        "state": words.word(outbreak_words.CONTACT_STATE, one.state),
        "cells": cells,
        "now": shown.marks.get((one.id, day), ""),
        "watched": one.watched(day),
        "left": (one.until - day).days,
        "report": f"{reverse('case-new')}?contact={one.id}"
        if one.state == "ill" and one.became is None else "",
    }  # fmt: skip


def _task(one: queries.TaskRow, on: date) -> dict[str, Any]:
    return {
        "one": one,
        "title": outbreak_words.action(one.action, on) if one.action else one.title,
        "origin": words.word(outbreak_words.ORIGIN, one.origin),
        "late": one.done_on is None and one.due_on < on,
        "was_late": one.done_on is not None and one.done_on > one.due_on,
    }


def _booked(one: queries.BookingRow) -> dict[str, Any]:
    return {
        "one": one,
        "what": one.team_name or words_response.item(one.item),
        "unit": words_response.unit_of(one.item) if one.item else "",
        "state": words.word(words_response.STATE, one.state),
        "tone": words_response.TONE.get(one.state, "plain"),
    }


def _compared(one: queries.Report, before: queries.Report | None) -> list[dict[str, Any]]:
    return _compared_figures(one.figures, before, one.day)


def _compared_figures(
    figures: Mapping[str, Any], before: queries.Report | None, on: date
) -> list[dict[str, Any]]:
    """Each figure with that of the report before, and by how much it changed."""
    earlier = {code: value for code, _word, value in spoken(before.figures, on)} if before else {}
    lines = []
    for code, label, value in spoken(figures, on):
        was = earlier.get(code)
        change = value - was if isinstance(value, int) and isinstance(was, int) else None
        lines.append({
            "label": label, "value": value, "was": was, "change": change,
            "changed": before is not None and was != value,
        })  # fmt: skip
    return lines


def _number(request: ActorRequest) -> int:
    text = request.GET.get("page", "")
    return int(text) if text.isdecimal() and len(text) < 7 else 1
