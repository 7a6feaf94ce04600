"""The figures behind one chart of the board: its table when it is opened there, or a page."""

from collections.abc import Callable
from datetime import date
from typing import NamedTuple
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.html import escape
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET
from django.views.decorators.vary import vary_on_headers

from tuyen.apps.access import clock, policies
from tuyen.apps.access.actors import Actor
from tuyen.apps.registry import queries as registry
from tuyen.apps.surveillance import queries
from tuyen.web import charts
from tuyen.web.access import ActorRequest, screen
from tuyen.web.surveillance import filters, pictures, sheets, views_board, views_counts, words


class _Figures(NamedTuple):
    """One chart's figures: its table, and the picture of it."""

    title: str
    sub: str
    table: Callable[[], SafeString]
    chart: Callable[[], SafeString]
    sheet: Callable[[], HttpResponse]  # the same as a file


@screen(right=views_board.COUNTS)
@require_GET
@vary_on_headers("HX-Request")
def figures(request: ActorRequest) -> HttpResponse:
    """The table of a chart of the board: ``of`` a disease, else of the strip of who reported."""
    by, on, places = request.actor, clock.today(), registry.atlas()
    area, of = views_board.asked_area(request, places), request.GET.get("of", "")
    found = _of_disease(by, of, on, area) or _of_reporting(by, on, area)
    if found and sheets.wanted(request):
        return found.sheet()
    if request.headers.get("HX-Request") == "true":
        none = _("There are no figures here any more.")
        return HttpResponse(found.table() if found else escape(none))
    context = {
        "found": found,
        "chart": found.chart() if found else "",
        "sheet": sheets.address(request) if found else "",
        "table": found.table() if found else "",
        "area_name": places.full_name(area, on) if area else "",
        "trail": [(_("Province board"), reverse("board")), (_("Figures of a chart"), None)],
        "as_of": clock.now(),
    }
    return render(request, "surveillance/figures.html", context)


def _of_disease(by: Actor, of: str, on: date, area: UUID | None) -> _Figures | None:
    """The weeks of one disease, each with the way to its rows; None where no case is known."""
    trends = queries.weekly(by=by, on=on, weeks=views_board.WEEKS, area=area)
    trend = next((trend for trend in trends if trend.disease == of), None)
    if trend is None:
        return None
    reports = queries.completeness(by=by, on=on, weeks=views_board.WEEKS, area=area)
    marks = queries.alarm_marks(by=by, since=trend.weeks[0].start, area=area)
    href = filters.rows if policies.may(by, views_board.READ) else views_counts.address
    points = pictures.weeks_of(
        trend, pictures.marks(marks), href, pictures.silent_weeks(reports), area
    )
    title, sub = trend.name(words.language()), pictures.in_four_weeks(trend)
    return _Figures(
        title, sub,
        lambda: charts.weekly_table(points, title=title),
        lambda: charts.render_weekly(points, title=title, sub=sub, size="wide", show_table=False),
        lambda: _weeks_sheet(trend, points),
    )  # fmt: skip


def _of_reporting(by: Actor, on: date, area: UUID | None) -> _Figures | None:
    """The units that owe the most reports, as the board shows them."""
    reports = queries.completeness(by=by, on=on, weeks=views_board.WEEKS, area=area)
    if not reports.units:
        return None
    title = views_board.strip_title(reports)
    order = pictures.quietest(reports)[: views_board.SHOWN_UNITS]
    href = filters.rows if policies.may(by, views_board.READ) else None
    weeks = [pictures.week_name(week) for week in reports.weeks]
    return _Figures(
        title, "",
        lambda: charts.heat_table(pictures.strips_of(reports, order, href), weeks, title=title),
        lambda: pictures.heat(reports, order, href, title, show_table=False),
        lambda: _reporting_sheet(reports, order),
    )  # fmt: skip


def _weeks_sheet(trend: queries.Trend, points: list[charts.Week]) -> HttpResponse:
    header = ["disease", "week", "cases", "expected_low", "expected_high", "alarm", "rule"]
    rows = [
        [trend.disease, week.label, one.value, one.low, one.high, one.alarm, one.note]
        for week, one in zip(trend.weeks, points, strict=True)
    ]
    return sheets.answer(trend.disease, header, rows)


def _reporting_sheet(reports: queries.Completeness, order: list[int]) -> HttpResponse:
    """A row for each unit and week: due, come, late."""
    header = ["unit", "name", "week", "due", "came", "late_cases", "cases"]
    came = reports.came
    rows = [
        [str(reports.units[n]), reports.names[n], week.label, bool(reports.expected[n, t]),
         bool(came[n, t]), int(reports.late[n, t]), int(reports.cases[n, t])]
        for n in order
        for t, week in enumerate(reports.weeks)
    ]  # fmt: skip
    return sheets.answer("reporting", header, rows)
