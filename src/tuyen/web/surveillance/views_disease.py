"""One disease: what was seen against what was to be expected, what is still to come, and where."""

from datetime import date, datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

import numpy as np
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET
from django.views.decorators.vary import vary_on_headers

from tuyen.apps.access import clock, policies, world
from tuyen.apps.access.actors import Actor
from tuyen.apps.registry import queries as registry
from tuyen.apps.surveillance import queries
from tuyen.engines.exchange.write import write_csv
from tuyen.rules import surveillance as rules
from tuyen.web import charts
from tuyen.web.access import ActorRequest, screen
from tuyen.web.surveillance import (
    filters,
    pictures,
    pictures_ahead,
    sheets,
    views_board,
    views_counts,
    words,
)

_WEEKS_OF_COMMUNES = 26
_WEEKS_OF_SEASON = 53


class _Asked(NamedTuple):
    """What the address asks for."""

    by: Actor
    disease: str
    area: UUID | None
    on: date
    at: datetime
    map_on: date
    map_old: date | None


@screen(right=views_board.COUNTS)
@require_GET
def disease(request: ActorRequest, id: str) -> HttpResponse:
    """The season, the outlook, its growth, the communes and the map of one disease."""
    asked, places = _asked(request, id), registry.atlas()
    outlooks = queries.outlooks(by=asked.by, disease=asked.disease, on=asked.on)
    whole = _area_of_outlook(asked, outlooks, places)
    scores = _scores(asked, whole)
    if sheets.wanted(request):
        return sheets.answer(f"forecasts-{asked.disease}", queries.Scored._fields, scores)
    season = _season(asked)
    expected = outlooks.get(whole) if whole else None
    seen = _communes(asked)
    marks = queries.alarm_marks(by=asked.by, since=season.weeks[0].start, area=asked.area)
    alarms = queries.alarms(
        by=asked.by, diseases=(asked.disease,), area=asked.area, open_only=True,
        since=asked.on - timedelta(days=27), order="gravest", size=50, tally=False,
    ).rows  # fmt: skip
    reports = queries.completeness(by=asked.by, on=asked.on, weeks=8, area=asked.area)
    href = filters.rows if policies.may(asked.by, views_board.READ) else views_counts.address
    clusters = [row for row in alarms if row.rule == "SCAN-ST"]
    context = {
        "name": words.disease(asked.disease),
        "id": asked.disease,
        "area": asked.area,
        "area_name": places.full_name(asked.area, asked.on) if asked.area else "",
        "trail": [(_("Province board"), reverse("board")), (words.disease(asked.disease), None)],
        "as_of": asked.at,
        "complete": views_board.latest(reports.share()),
        "season": pictures_ahead.season(season, marks, asked.disease, href, asked.area),
        "years": season.years,
        "outlook": pictures_ahead.outlook(expected, season, asked.on) if expected else "",
        "expected": expected,
        "rate": pictures_ahead.rate(expected) if expected else "",
        "growth": pictures_ahead.growth(expected) if expected else "",
        "scores": scores,
        "coverage": pictures_ahead.coverage(scores),
        "scores_sheet": sheets.address(request),
        "multiples": pictures_ahead.communes(seen, places, asked.on),
        "weeks_table": charts.parts.table_at(_("Commune by commune"), _weeks_address(request, id)),
        "map": pictures_ahead.risk_map(seen, places, clusters, asked.disease, href),
        "rows": _rows(seen, outlooks, places, asked.disease, href),
        "clusters": [(row, words.explained(row.sentence)) for row in clusters],
        "map_old": asked.map_old,
        "on_old": asked.map_on != asked.on,
        "csv": f"{reverse('disease-csv', args=[asked.disease])}?{request.GET.urlencode()}",
        "empty": not season.cases.any() and not seen.cases.any(),
    }
    return render(request, "surveillance/disease.html", context)


@screen(right=views_board.COUNTS)
@require_GET
def disease_csv(request: ActorRequest, id: str) -> HttpResponse:
    """The figures behind the pictures: a row for each week of the whole and of each commune."""
    asked, places = _asked(request, id), registry.atlas()
    season, seen = _season(asked), _communes(asked)
    outlooks = queries.outlooks(by=asked.by, disease=asked.disease, on=asked.on)
    whole = _area_of_outlook(asked, outlooks, places)
    name = places.full_name(whole, asked.on) if whole else _("All units of yours")
    header = [
        "disease", "area", "week", "cases", "expected", "bound", "made_on", "kind", "q05", "q25", "q50",
        "q75", "q95",
    ]  # fmt: skip
    rows: list[list[Any]] = []
    for n, week in enumerate(season.weeks):
        about = [asked.disease, name, week.label, int(season.cases[n])]
        rows.append([*about, _plain(season.expected[n]), _plain(season.bound[n]), *[None] * 7])
    areas = [(whole, name)] if whole else []
    areas += [(c, places.full_name(c, asked.map_on)) for c in seen.communes]
    for area, shown in areas:
        if area in outlooks:
            rows += _csv_of(asked.disease, shown, outlooks[area])
    for n, commune in enumerate(seen.communes):
        shown = places.full_name(commune, asked.map_on)
        for t, week in enumerate(seen.periods):
            cases = int(seen.cases[n, :, t].sum())
            rows.append([asked.disease, shown, week.label, cases, *[None] * 9])
    head, body = world.marked(header, rows)
    answer = HttpResponse(write_csv(head, body), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{asked.disease}.csv"'
    return answer


@screen(right=views_board.COUNTS)
@require_GET
@vary_on_headers("HX-Request")
def disease_weeks(request: ActorRequest, id: str) -> HttpResponse:
    """The table of the small charts of communes: fetched when it is opened, a page for who has no
    script. Each commune opens to its cases of these weeks."""
    asked, places = _asked(request, id), registry.atlas()
    seen, title = _communes(asked), _("Commune by commune")
    href = filters.rows if policies.may(asked.by, views_board.READ) else views_counts.address
    table = pictures_ahead.weeks_table(seen, places, title, asked.disease, href)
    if request.headers.get("HX-Request") == "true":
        return HttpResponse(table)
    name = words.disease(asked.disease)
    context = {
        "found": {"title": title}, "table": table, "as_of": asked.at,
        "chart": pictures_ahead.communes(seen, places, asked.on), "area_name": name,
        "trail": [(name, f"{reverse('disease', args=[id])}?{request.GET.urlencode()}"), (title, None)],
        "sheet": f"{reverse('disease-csv', args=[id])}?{request.GET.urlencode()}",
    }  # fmt: skip
    return render(request, "surveillance/figures.html", context)


def _weeks_address(request: ActorRequest, id: str) -> str:
    return f"{reverse('disease-weeks', args=[id])}?{request.GET.urlencode()}"


def _csv_of(id: str, name: str, told: queries.Expected) -> list[list[Any]]:
    columns = [told.column(level) for level in (0.05, 0.25, 0.5, 0.75, 0.95)]
    rows = []
    kinds = (
        ("nowcast", told.made_on, told.weeks, told.nowcast),
        ("forecast", told.forecast_on, told.ahead, told.forecast),
    )
    for kind, made_on, weeks, table in kinds:
        for week, row in zip(weeks, table, strict=False):
            about: list[Any] = [id, name, week.label, None, None, None]
            rows.append([*about, made_on, kind, *(row[c] for c in columns)])
    return rows


def _asked(request: ActorRequest, id: str) -> _Asked:
    try:
        rules.disease(id)
    except rules.UnknownDisease:
        raise Http404 from None
    places, on = registry.atlas(), clock.today()
    old = pictures.before_mergers(places, on)
    on_old = request.GET.get("map") == "old" and old is not None
    return _Asked(
        request.actor, id, views_board.asked_area(request, places), on, clock.now(),
        old if on_old and old else on, old,
    )  # fmt: skip


def _season(asked: _Asked) -> queries.Season:
    return queries.season(
        by=asked.by, disease=asked.disease, at=asked.at, area=asked.area, weeks=_WEEKS_OF_SEASON
    )


def _communes(asked: _Asked) -> queries.AsOf:
    """The weeks of each commune on the map that was asked for."""
    return queries.as_of(
        by=asked.by, at=asked.at, first=asked.on - timedelta(weeks=_WEEKS_OF_COMMUNES - 1),
        last=asked.on, diseases=(asked.disease,), area=asked.area, map_on=asked.map_on,
    )  # fmt: skip


def _area_of_outlook(
    asked: _Asked, outlooks: dict[UUID, queries.Expected], places: Any
) -> UUID | None:
    """The area whose outlook is shown: the one asked for, the province, or the only one there is."""
    if asked.area is not None:
        return asked.area
    province = next((p for p in places.provinces(asked.on) if p in outlooks), None)
    return province or (next(iter(outlooks)) if len(outlooks) == 1 else None)


def _scores(asked: _Asked, area: UUID | None) -> list[queries.Scored]:
    if area is None:
        return []
    return queries.forecast_scores(
        by=asked.by, disease=asked.disease, area=area, at=asked.at, on=asked.on
    )


def _rows(
    seen: queries.AsOf, outlooks: dict[UUID, queries.Expected], places: Any, id: str,
    href: pictures.Href,
) -> list[dict[str, Any]]:  # fmt: skip
    """The communes with cases or expectations, the most cases first."""
    rows = []
    first, last = seen.periods[-4].start, seen.periods[-1].end
    for n, commune in enumerate(seen.communes):
        cases = seen.cases[n].sum(axis=0)
        now, before = int(cases[-4:].sum()), int(cases[-8:-4].sum())
        told = outlooks.get(commune)
        ahead = _next_week(told)
        if not (now or before or ahead):
            continue
        rows.append({
            "name": places.full_name(commune, seen.map_on),
            "now": now,
            "before": before,
            "ahead": ahead,
            "href": href(area=commune, diseases=(id,), first=first, last=last, counted=True)
            if now
            else "",
        })  # fmt: skip
    return sorted(rows, key=lambda row: (-row["now"], -row["before"], row["name"]))


def _next_week(told: queries.Expected | None) -> tuple[int, int, int] | None:
    """(middle, low, high) of the next finished week that was forecast."""
    if told is None or not told.forecast:
        return None
    row = told.forecast[0]
    middle, low, high = (int(row[told.column(level)]) for level in (0.5, 0.05, 0.95))
    return middle, low, high


def _plain(value: float) -> float | None:
    return round(float(value), 3) if np.isfinite(value) else None
