"""Coverage: how many of those who should have had a dose had it in time, on either map."""

from datetime import date
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from tuyen.apps.access import clock, world
from tuyen.apps.immunization import queries
from tuyen.apps.immunization.queries import FULL, Coverage, CoverageRow
from tuyen.apps.registry import queries as registry
from tuyen.engines.exchange.write import write_csv
from tuyen.rules.immunization import programme
from tuyen.web.access import ActorRequest, screen
from tuyen.web.charts.bars import Bar, render_bars
from tuyen.web.charts.weekly import Week, render_multiples
from tuyen.web.immunization import asking, words
from tuyen.web.surveillance.pictures import before_mergers
from tuyen.web.templatetags.figures import number, percent

READ = "immunization.coverage.read"
CURVES = ("bcg-1", "hepb-birth-24h", "dtp-1", "dtp-3", "opv-3", "mr-1")
YEARS = 4
_COMMUNE = 3


@screen(right=READ)
@require_GET
def coverage(request: ActorRequest) -> HttpResponse:
    """Coverage of a birth year by commune, or by the villages of one."""
    by, on = request.actor, clock.today()
    asked = _asked(request)
    found = _found(by, asked, on)
    known = queries.indicators(by=by, on=on)
    codes = [FULL, *known]
    targets = programme.targets(on)
    span = {"first": found.first, "last": found.last, "on": on, "area": asked["area"]}
    years = queries.yearly(
        by=by, years=range(on.year - YEARS, on.year + 1), on=on, area=asked["area"]
    )
    curves = queries.timeliness(by=by, codes=CURVES, **span)
    context = {
        **asked,
        "heads": [_name(code, known) for code in codes],
        "rows": [_row(row, codes, targets, asked) for row in found.rows],
        "total": _row(found.total, codes, targets, asked) if found.rows else None,
        "full_reached": number(found.total.reached[FULL]),
        "full_eligible": number(found.total.eligible[FULL]),
        "share": _share(found.total, FULL),
        "target": targets.get(FULL),
        "bars": _bars(found, targets),
        "years": [_year(one) for one in years],
        "multiples": _multiples(curves, known),
        "drops": [_drop(one, known) for one in found.total.drop_outs],
        "unsure": found.unsure,
        "inexact": not found.total.exact,
        "offered": [str(year) for year in range(on.year, on.year - 7, -1)],
        "born_in": str(asked["year"]),
        "query": request.GET.urlencode(),
        "on": on,
    }
    return render(request, "immunization/coverage.html", context)


@screen(right=READ)
@require_GET
def table(request: ActorRequest) -> HttpResponse:
    """The same table as a file: counts, not percentages alone."""
    by, on = request.actor, clock.today()
    asked = _asked(request)
    found = _found(by, asked, on)
    known = queries.indicators(by=by, on=on)
    codes = [FULL, *known]
    header = [_("Area"), _("Children born")]
    for code in codes:
        name = _name(code, known)
        header += [
            _("{name}: old enough").format(name=name),
            _("{name}: in time").format(name=name),
        ]
    rows: list[list[Any]] = []
    for row in (*found.rows, found.total._replace(name=_("Total"))):
        cells: list[Any] = [row.name, row.children]
        for code in codes:
            cells += [row.eligible[code], row.reached[code]]
        rows.append(cells)
    head, body = world.marked(header, rows)
    title = _("Born {first} to {last}, as of {on}; living here on that day").format(
        first=found.first, last=found.last, on=on
    )
    answer = HttpResponse(
        write_csv(head, body, title=world.titled(title)), content_type="text/csv; charset=utf-8"
    )
    answer["Content-Disposition"] = f'attachment; filename="{_("coverage")}-{asked["year"]}.csv"'
    return answer


def _asked(request: ActorRequest) -> dict[str, Any]:
    on, map_ = clock.today(), registry.atlas()
    faults: list[str] = []
    area = asking.place(request.GET, "area", on, map_, faults)
    old = before_mergers(map_, on)
    on_old = request.GET.get("map") == "old" and old is not None
    return {
        "year": asking.a_number(request.GET, "year", on.year - 20, on.year, on.year - 1),
        "area": area,
        "area_text": map_.full_name(area, on) if area else "",
        "villages": area is not None and map_.level(area, on) == _COMMUNE and not on_old,
        "map_old": old,
        "on_old": on_old,
        "faults": faults,
    }


def _found(by: Any, asked: dict[str, Any], on: date) -> Coverage:
    return queries.coverage(
        by=by, first=date(asked["year"], 1, 1), last=date(asked["year"], 12, 31), on=on,
        map_on=asked["map_old"] if asked["on_old"] else on, area=asked["area"],
        villages=asked["villages"],
    )  # fmt: skip


def _name(code: str, known: Any) -> str:
    if code == FULL:
        return _("Fully immunised under one")
    name: str = known[code].names.of(words.language())
    return name


def _share(row: CoverageRow, code: str) -> float | None:
    return row.reached[code] / row.eligible[code] if row.eligible[code] else None


def _row(row: CoverageRow, codes: list[str], targets: Any, asked: dict[str, Any]) -> dict[str, Any]:
    href = ""
    if not asked["villages"] and not asked["on_old"]:
        href = f"{reverse('immunization-coverage')}?year={asked['year']}&area={row.unit}"
    return {
        "name": row.name,
        "href": href,
        "children": row.children,
        "cells": [_cell(row, code, targets.get(code)) for code in codes],
    }


def _cell(row: CoverageRow, code: str, target: float | None) -> dict[str, Any]:
    """A share with the two counts it is made of, and whether it falls short of its target."""
    share = _share(row, code)
    if share is None:
        return {"text": "–", "of": "", "short": False}
    return {
        "text": percent(share, 0),
        "of": f"{number(row.reached[code])}/{number(row.eligible[code])}",
        "short": target is not None and 100 * share < target,
    }


def _bars(found: Coverage, targets: Any) -> Any:
    target = targets.get(FULL)
    rows = sorted(
        (row for row in found.rows if row.eligible[FULL]), key=lambda row: _share(row, FULL) or 0
    )
    bars = [
        Bar(
            row.name, _share(row, FULL), target=target / 100 if target else None,
            written=f"{percent(_share(row, FULL), 0)} ({row.reached[FULL]}/{row.eligible[FULL]})",
            alarm="alert" if target and 100 * (_share(row, FULL) or 0) < target else "",
        )
        for row in rows[:30]
    ]  # fmt: skip
    return (
        render_bars(bars, title=_("Fully immunised under one"), top=1.0, unit=_("Share"))
        if bars
        else ""
    )


def _year(one: Any) -> dict[str, Any]:
    return {
        "year": str(one.year),
        "cohort": one.cohort,
        "cohort_full": one.cohort_full,
        "cohort_share": one.cohort_full / one.cohort if one.cohort else None,
        "born": one.born,
        "became_full": one.became_full,
        "year_share": one.became_full / one.born if one.born else None,
    }


def _multiples(curves: Any, known: Any) -> Any:
    series = []
    for curve in curves:
        points = [
            Week(str(week), None if share is None else round(100 * share, 1))
            for week, share in zip(curve.weeks, curve.share, strict=True)
        ]
        of = _("of {n} children").format(n=number(curve.children[0]))
        series.append((_name(curve.code, known), of, points))
    if not any(curve.children[0] for curve in curves):
        return ""
    return render_multiples(
        series, unit=_("% with the dose, by age in weeks"), same_scale=True, mark="line"
    )


def _drop(one: Any, known: Any) -> dict[str, Any]:
    return {
        "name": f"{_name(one.first, known)} → {_name(one.second, known)}",
        "with_first": one.with_first,
        "without_second": one.without_second,
        "share": one.without_second / one.with_first if one.with_first else None,
    }
