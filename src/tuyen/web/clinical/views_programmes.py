"""Programmes of care: how each does by station, who is in it, what became of whom, the month."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from tuyen.apps.access import clock, policies, world
from tuyen.apps.access import services as accounts
from tuyen.apps.clinical import queries
from tuyen.apps.clinical.operations import Enrol
from tuyen.apps.clinical.queries import FIGURE, READ, Control, ControlRow, NcdCell
from tuyen.apps.journal.services import commit
from tuyen.apps.registry import queries as registry
from tuyen.engines.exchange.write import write_csv
from tuyen.kernel.ids import uuid7
from tuyen.kernel.operation import Operation
from tuyen.kernel.period import Period
from tuyen.kernel.refusal import Refusal
from tuyen.rules.clinical.ncd_classes import classes, due_days
from tuyen.rules.clinical.programme import FOLLOWED, Programme
from tuyen.rules.clinical.programme import programmes as declared
from tuyen.web.access import ActorRequest, screen
from tuyen.web.clinical import programme_cards as cards
from tuyen.web.clinical import programme_words as words
from tuyen.web.clinical.views_overdue import (
    MANAGE,
    PAGE,
    SUBJECT,
    address,
    an_id,
    asked,
    line,
    noted,
    number,
)
from tuyen.web.sentences import refused
from tuyen.web.templatetags.figures import number as shown_number
from tuyen.web.templatetags.figures import percent

_SHARES = (("controlled", "counted"), ("contacted", "under_care"), ("lost", "old"))


@screen(right=FIGURE)
@require_GET
def programmes(request: ActorRequest) -> HttpResponse:
    """Every programme with its figures today."""
    by, on = request.actor, clock.today()
    rows = []
    for one in declared().values():
        if one.kind == FOLLOWED or (one.sensitive and not policies.may(by, queries.SENSITIVE)):
            continue
        total = queries.control(by=by, programme=one.key, on=on).total
        rows.append({"key": one.key, "name": words.named(one.key), "book": one.book,
                     "chronic": bool(one.control(on)), "counts": total.counts,
                     "bar": _bar(one, total, on)})  # fmt: skip
    may_call = policies.may(by, queries.READ)  # who did not come is told by name
    return render(
        request, "clinical/programmes.html", {"rows": rows, "on": on, "may_call": may_call}
    )


@screen(right=FIGURE)
@require_GET
def programme(request: ActorRequest, key: str) -> HttpResponse:
    """One programme: control by station with its aim, cohorts, and what is declared."""
    by, today = request.actor, clock.today()
    one, on = _readable(request, key), _day(request, today)
    villages = request.GET.get("by") == "village"
    found = queries.control(by=by, programme=key, on=on, villages=villages)
    if request.GET.get("form") == "csv":
        return _csv(one, found)
    context = {
        "one": one, "name": words.named(key), "on": on, "today": today, "found": found,
        "total": _figures(one, found.total, on), "villages": villages,
        "rows": [_figures(one, row, on) for row in found.rows],
        "parts": [(part, _(word)) for part, word in words.PARTS.items()],
        "cohorts": [
            (_(title), [
                (row, [(code, _(word), row.counts[code]) for code, word in words.OUTCOMES.items()])
                for row in queries.cohorts(by=by, programme=key, on=on, quarters=4, months=months)
            ])
            for months, title in ((6, _("After 6 months")), (12, _("After 12 months")))
        ] if one.control(on) else [],
        "outcomes": [_(word) for word in words.OUTCOMES.values()],
        "detection": cards.detection(by, key, on), **cards.drugs(by, key, on),
        **cards.budget(by, one, on), "groups": cards.groups(by, one, on),
        "declared": _declared(one, on), "aim": one.aim(on),
        "may_read": policies.may(by, queries.SENSITIVE if one.sensitive else READ),
        "csv": address(request, "form", "csv"),
    }  # fmt: skip
    return render(request, "clinical/programme.html", context)


@screen(right=READ)
@never_cache
@require_GET
def people(request: ActorRequest, key: str) -> HttpResponse:
    """Who is in a programme, by village and by worker; or who is behind a figure."""
    by, on = request.actor, clock.today()
    _readable(request, key)
    filters = asked(request, on, "all", key)
    part = request.GET.get("part", "")
    day = _day(request, on)
    behind = _behind(request, key, part, day, filters.unit)
    if behind is not None:
        told, page = behind
    else:
        told = ""
        page = queries.panel(by=by, filters=filters, on=on, page=number(request), size=PAGE)
    noted(request, page.rows)
    villages, workers = queries.panel_groups(by=by, programme=key, unit=filters.unit, on=on)
    counts = queries.list_lengths(by=by, filters=filters, on=on)
    map_ = registry.atlas()
    context = {
        "key": key, "name": words.named(key), "total": page.total, "on": on, "f": filters,
        "rows": [line(request, row, on) for row in page.rows],
        "page": Paginator(range(page.total), PAGE).get_page(page.number),
        "tabs": [(which, _(words.LISTS[which]), address(request, "list", which), counts[which])
                 for which in queries.WHICH],
        "part": told, "day": day,
        "villages": [(row, address(request, "village", str(row.id or ""))) for row in villages],
        "workers": [(row, address(request, "worker", str(row.id or ""))) for row in workers],
        "where": map_.full_name(filters.village or filters.unit, on),
        "query": request.GET.urlencode(), "may": policies.may(by, MANAGE),
    }  # fmt: skip
    return render(request, "clinical/programme_people.html", context)


def _behind(
    request: ActorRequest, key: str, part: str, day: date, unit: UUID | None
) -> tuple[str, queries.PatientPage] | None:
    """The words of the figure that was opened, and the people behind it; None: no figure was."""
    by = request.actor
    asked: dict[str, Any] = {"by": by, "programme": key, "on": day, "page": number(request)}
    if not policies.may(by, FIGURE):
        return None
    if part in words.PARTS:
        return _(words.PARTS[part]), queries.behind(part=part, unit=unit, **asked)
    if part in words.BUDGET:
        found = queries.budget_people(which=part.removeprefix("budget-"), **asked)
        return _(words.BUDGET[part]), found
    if part == "known":
        return _("In the programme, of the ages surveyed"), queries.detected(unit=unit, **asked)
    try:
        quarter = Period.parse(request.GET.get("quarter", ""))
    except Refusal:
        return None
    months = 12 if request.GET.get("months") == "12" else 6
    outcome = request.GET.get("outcome", "")
    if quarter.kind != "quarter" or outcome not in ("", *words.OUTCOMES):
        return None
    told = _("joined in {quarter}, after {n} months").format(quarter=quarter.label, n=months)
    if outcome:
        told = f"{_(words.OUTCOMES[outcome])}: {told}"
    page = queries.cohort_people(quarter=quarter, months=months, outcome=outcome, **asked)
    return told, page


@screen(right=MANAGE)
@never_cache
@require_http_methods(["GET", "POST"])
def enrol(request: ActorRequest, key: str) -> HttpResponse:
    """Find somebody and take them into a programme by hand."""
    by, on = request.actor, clock.today()
    one = _readable(request, key)
    problems: list[str] = []
    if request.method == "POST":
        problems = _enrolled(request, key)
        if not problems:
            return redirect("programme-people", key)
    text = request.GET.get("q", "")[:100]
    person = an_id(request, "person")
    found = registry.search_people(by=by, text=text, limit=20) if text else []
    if person is not None:
        found = list(registry.people(by=by, ids=[person]).values())
    groups = one.form.get("group")
    context = {
        "key": key, "name": words.named(key), "q": text, "found": found, "problems": problems,
        "groups": [
            (code, groups.choices[code].names.of(words.language()))
            for code in one.who(on).groups if groups and code in groups.choices
        ],
    }  # fmt: skip
    return render(
        request, "clinical/programme_enrol.html", context, status=422 if problems else 200
    )


def _enrolled(request: ActorRequest, key: str) -> list[str]:
    by = request.actor
    try:
        person = UUID(request.POST.get("person", ""))
    except ValueError:
        return [_("Choose the person.")]
    unit = next((p.unit for p in by.posts if policies.may(by, MANAGE, p.unit)), by.posts[0].unit)
    said = Enrol(person=person, programme=key, group=request.POST.get("group", "")[:40])
    operation = Operation.of(
        said, unit=unit, happened_on=clock.today(), recorded_at=clock.now(), id=uuid7()
    )
    return refused(commit(by=by, operations=[operation], at=clock.now()))


@screen(right=FIGURE)
@require_GET
def month(request: ActorRequest) -> HttpResponse:
    """The monthly report of non-communicable diseases, by commune of residence."""
    by, today = request.actor, clock.today()
    day = _month(request, today)
    report = queries.ncd_report(by=by, month=day)
    shown = {
        key: one for key, one in classes().items()
        if not one.apart or policies.may(by, queries.SENSITIVE)
    }  # fmt: skip
    if request.GET.get("form") == "csv":
        header = [_("Commune"), _("Disease"), *(_(word) for word in words.MONTH.values())]
        lines = [
            [name or _("Lives elsewhere"), shown[key].names.of(words.language()),
             *(getattr(cell, part) for part in words.MONTH)]
            for commune, name in report.communes for key in shown
            if (cell := report.cells.get((commune, key))) is not None
        ]  # fmt: skip
        return _file(header, lines, f"ncd-{day:%Y-%m}")
    before = day - timedelta(days=1)
    context = {
        "day": day, "before": before, "after": (day + timedelta(days=32)).replace(day=1),
        "running": day.replace(day=1) == today.replace(day=1), "today": today,
        "due_days": due_days(), "parts": [(part, _(word)) for part, word in words.MONTH.items()],
        "blocks": [
            {
                "key": key, "name": one.names.of(words.language()),
                "total": _cells(report.total[key]),
                "rows": [
                    (commune, name, _cells(cell))
                    for commune, name in report.communes
                    if (cell := report.cells.get((commune, key))) is not None
                ],
            }
            for key, one in shown.items()
        ],
        "nobody": [
            one.names.of(words.language()) for key, one in shown.items()
            if not report.total[key].people
        ],
        "empty": not report.cells, "csv": address(request, "form", "csv"),
        "may_read": policies.may(by, READ),
    }  # fmt: skip
    return render(request, "clinical/ncd_month.html", context)


@screen(right=READ)
@never_cache
@require_GET
def month_visits(request: ActorRequest, key: str) -> HttpResponse:
    """The visits behind a figure of the month."""
    by, day = request.actor, _month(request, clock.today())
    if key not in classes() or not policies.may(by, FIGURE):
        raise Http404
    part = request.GET.get("part", "people")
    rows = queries.ncd_visits(
        by=by, month=day, key=key, commune=an_id(request, "commune"),
        part=part if part in words.MONTH else "people",
    )  # fmt: skip
    known = registry.people(by=by, ids={row.person for row in rows})
    accounts.record_search(by=by, subject=SUBJECT, ids=list(known), at=clock.now())
    context = {
        "name": classes()[key].names.of(words.language()), "day": day,
        "part": _(words.MONTH.get(part, words.MONTH["people"])),
        "rows": [(row, known.get(row.person)) for row in rows],
    }  # fmt: skip
    return render(request, "clinical/ncd_visits.html", context)


def _readable(request: ActorRequest, key: str) -> Programme:
    """A programme by its key. One that stands apart is not there for who may not read it."""
    one = declared().get(key)
    if (
        one is None
        or one.kind == FOLLOWED
        or (one.sensitive and not policies.may(request.actor, queries.SENSITIVE))
    ):
        raise Http404
    return one


def _day(request: ActorRequest, today: date) -> date:
    try:
        return min(date.fromisoformat(request.GET.get("on", "")), today)
    except ValueError:
        return today


def _month(request: ActorRequest, today: date) -> date:
    """The first of the month that is asked for; without one, the last that is over."""
    try:
        return min(date.fromisoformat(request.GET.get("month", "") + "-01"), today.replace(day=1))
    except ValueError:
        return (today.replace(day=1) - timedelta(days=1)).replace(day=1)


def _bar(one: Programme, row: ControlRow, on: date) -> dict[str, Any] | None:
    """The share on target as a bar of a hundred, with the aim; None where nothing is counted."""
    share = row.percent("controlled", "counted")
    if share is None or not one.control(on):
        return None
    aim = one.aim(on)
    return {"share": share / 100, "width": f"{share:.1f}", "aim": aim, "at": str(aim or 0)}


def _figures(one: Programme, row: ControlRow, on: date) -> dict[str, Any]:
    shares = {
        part: (share / 100 if (share := row.percent(part, of)) is not None else None)
        for part, of in _SHARES
    }
    return {
        "unit": row.unit, "name": row.name or _("Everybody"), "bar": _bar(one, row, on),
        "cells": [(part, _(word), row.counts[part]) for part, word in words.PARTS.items()], "counts": row.counts,
        "shares": shares,
    }  # fmt: skip


def _cells(cell: NcdCell) -> list[tuple[str, str, int]]:
    return [(part, _(word), getattr(cell, part)) for part, word in words.MONTH.items()]


def _declared(one: Programme, on: date) -> list[tuple[str, str]]:
    """What is declared, with where it comes from and whether somebody compared it with the act."""
    found = []
    for part, word in (("who", _("Who qualifies")), ("contacts", _("How often they come")),
                       ("control", _("What is on target")), ("steps", _("What is to be done")),
                       ("aim", _("Aim")), ("prevalence", _("Who must be expected")),
                       ("spending", _("What counts against the budget")), ("cap", _("Budget for a person in a year"))):  # fmt: skip
        said = one.said(part, on)
        if said is not None:
            checked = "" if said.verified else " · " + _("not yet compared with the act")
            value = f"{shown_number(said.value)} · " if isinstance(said.value, int) else ""
            expected = one.prevalence(on) if part == "prevalence" else None
            if expected is not None:
                value = (
                    f"{percent(expected.share / 100)} ({expected.ages.since}–{expected.ages.to}) · "
                )
            source = _("a proposal of this project") if "proposal" in said.source else said.source
            found.append((word, f"{value}{source}, {said.since:%d/%m/%Y}{checked}"))
    return found


def _csv(one: Programme, found: Control) -> HttpResponse:
    header = [_("Unit"), *(_(word) for word in words.PARTS.values())]
    rows = [[row.name, *(row.counts[part] for part in words.PARTS)] for row in found.rows]
    return _file(header, rows, f"{one.key}-{found.on:%Y-%m-%d}")


def _file(header: list[str], rows: list[list[Any]], name: str) -> HttpResponse:
    header, marked = world.marked(header, rows)
    body = write_csv(header, marked, title=world.titled(name))
    answer = HttpResponse(body, content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return answer
