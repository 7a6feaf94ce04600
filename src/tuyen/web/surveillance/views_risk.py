"""The risk map: how many times the expected cases each commune had, on the map of either day."""

import csv
import io
from datetime import date, timedelta
from typing import Any

import numpy as np
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from tuyen.apps.access import clock, policies
from tuyen.apps.registry import queries as registry
from tuyen.apps.surveillance import queries
from tuyen.web import charts
from tuyen.web.access import ActorRequest, screen
from tuyen.web.surveillance import filters, pictures, words

COUNTS = "surveillance.counts.read"
SPAN = timedelta(days=364)
LONGEST = timedelta(days=5 * 366)
NAME = "risk.csv"


@screen(right=COUNTS)
@require_GET
def risk(request: ActorRequest) -> HttpResponse:
    """Cases against what the province's own rate would give each commune's people."""
    by, on, places = request.actor, clock.today(), registry.atlas()
    asked = filters.read(request.GET, on, places)
    last = min(asked.filters.last or on, on)
    first = max(min(asked.filters.first or last - SPAN, last), last - LONGEST)
    old = pictures.before_mergers(places, on)
    on_old = request.GET.get("map") == "old" and old is not None
    map_on = old if on_old and old is not None else on
    table = queries.counts(
        by=by, kind="month", first=first, last=last, map_on=map_on, split=(),
        diseases=asked.filters.diseases,
    )  # fmt: skip
    people = registry.population(by=by, on=last, map_on=map_on).totals
    scope = policies.scope(by, COUNTS)
    communes = [unit for unit in places.communes(map_on) if scope.covers(unit)]
    areas = _areas(places, communes, table, people, map_on)
    if request.GET.get("form") == "csv":
        return _csv(areas)
    named = ", ".join(words.disease(d) for d in asked.filters.diseases) or _("All diseases")
    sure = [area for area in areas if area.expected is not None]
    found = charts.ratios([a.cases for a in sure], [float(a.expected or 0) for a in sure])
    above = sum(ratio.low > 1 for ratio in found)
    context: dict[str, Any] = {
        "picture": charts.render_risk_map(
            areas, title=_("{disease}: {n} communes surely above the province's rate").format(
                disease=named, n=above),
            sub=f"{first:%d/%m/%Y} – {last:%d/%m/%Y}",
        ) if areas else "",
        "first": first, "last": last, "has_old": old is not None, "on_old": on_old,
        "texts": filters.named(asked.filters, on, places), "faults": asked.faults,
        "disease": ",".join(asked.filters.diseases), "as_of": table.as_of,
        "complete": _mean(table.complete), "query": request.GET.urlencode(),
    }  # fmt: skip
    return render(request, "surveillance/risk.html", context)


def _areas(
    places: Any,
    communes: list[Any],
    table: queries.CountTable,
    people: dict[Any, int],
    map_on: date,
) -> list[charts.Risk]:
    """Each commune with its cases, and what the rate of all of them would give its people. One
    whose weekly reports none came is not known."""
    at = {unit: n for n, unit in enumerate(table.communes)}
    cases = {unit: int(table.cases[n].sum()) for unit, n in at.items()}
    known = [unit for unit in communes if not _silent(table, at.get(unit))]
    total = sum(people.get(unit, 0) for unit in known)
    rate = sum(cases.get(unit, 0) for unit in known) / total if total else 0.0
    return [
        charts.Risk(
            str(unit), places.full_name(unit, map_on),
            pictures.rings_of(places.boundary(unit, map_on)), cases.get(unit, 0),
            people.get(unit, 0) * rate if unit in set(known) else None,
        )
        for unit in communes
    ]  # fmt: skip


def _silent(table: queries.CountTable, n: int | None) -> bool:
    """Whether reports were due of a commune, and not one came."""
    if n is None:
        return False
    share = table.complete[n]
    due = share[~np.isnan(share)]
    return bool(len(due)) and not due.any() and not table.cases[n].any()


def _csv(areas: list[charts.Risk]) -> HttpResponse:
    known = [area for area in areas if area.expected is not None]
    found = charts.ratios([a.cases for a in known], [float(a.expected or 0) for a in known])
    by_id = {area.unit_id: ratio for area, ratio in zip(known, found, strict=True)}
    text = io.StringIO()
    lines = csv.writer(text)
    lines.writerow(["unit_id", "unit", "cases", "expected", "ratio", "low", "high"])
    for area in areas:
        ratio = by_id.get(area.unit_id)
        numbers = [f"{n:.4f}" for n in ratio] if ratio else ["", "", ""]
        expected = "" if area.expected is None else f"{area.expected:.4f}"
        lines.writerow([area.unit_id, area.label, area.cases, expected, *numbers])
    answer = HttpResponse("\ufeff" + text.getvalue(), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{NAME}"'
    return answer


def _mean(shares: Any) -> float | None:
    known = shares[~np.isnan(shares)]
    return float(known.mean()) if len(known) else None
