"""The counts behind a figure, by commune and period: for all who may read counts, not names."""

from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from tuyen.apps.access import clock, policies
from tuyen.apps.registry import queries as registry
from tuyen.apps.surveillance import queries
from tuyen.kernel.period import Period
from tuyen.web.access import ActorRequest, screen
from tuyen.web.surveillance import filters, pictures
from tuyen.web.templatetags.figures import number

COUNTS, CASES = "surveillance.counts.read", "surveillance.case.read"
PUBLISH = "indicators.figure.publish"
_WEEKS = timedelta(days=27)  # shown when no days are asked for
_BY_WEEK = timedelta(days=120)  # a longer time is shown by month
_LONGEST = timedelta(days=5 * 366)


def address(**chosen: Any) -> str:
    """The counts of the cases that meet ``chosen``: what a figure opens to."""
    return f"{reverse('counts')}?{filters.write(queries.CaseFilters(**chosen))}"


@screen(right=COUNTS)
@require_GET
def counts(request: ActorRequest) -> HttpResponse:
    """Cases by commune and period on the map of today or of before the mergers."""
    by, on, places = request.actor, clock.today(), registry.atlas()
    asked = filters.read(request.GET, on, places)
    last = min(asked.filters.last or on, on)
    first = max(min(asked.filters.first or last - _WEEKS, last), last - _LONGEST)
    kind = "week" if last - first <= _BY_WEEK else "month"
    old = pictures.before_mergers(places, on)
    on_old = request.GET.get("map") == "old" and old is not None
    table = queries.counts(
        by=by, kind=kind, first=first, last=last, map_on=old if on_old else on, split=(),  # type: ignore[arg-type]
        diseases=asked.filters.diseases, area=asked.filters.area,
    )  # fmt: skip
    linked = policies.may(by, CASES)
    context = {
        "rows": [_row(table, n, places, linked, asked.filters) for n in _order(table)],
        "heads": [_head(period) for period in table.periods],
        "totals": [number(int(total)) for total in table.cases.sum(axis=(0, 1))]
        if table.cases.size
        else [],
        "total": int(table.cases.sum()),
        "deaths": int(table.deaths.sum()),
        "as_of": table.as_of,
        "faults": asked.faults,
        "f": asked.filters,
        "first": first,
        "last": last,
        "disease": ",".join(asked.filters.diseases),
        "texts": filters.named(asked.filters, on, places),
        "map_old": old,
        "on_old": on_old,
        "for_publication": _for_publication(
            by, asked.filters, table, kind, old if on_old else None
        ),
        "uncertain": bool((table.lower != table.upper).any()),
    }
    return render(request, "surveillance/counts.html", context)


def _for_publication(
    by: Any, asked: queries.CaseFilters, table: queries.CountTable, kind: str, old: date | None
) -> str:
    """Where these counts are drawn up as a table for the public; empty for who may not publish."""
    if not policies.may(by, PUBLISH):
        return ""
    first, last = table.periods[0].start, table.periods[-1].end
    chosen = [("disease", one) for one in asked.diseases]
    if asked.area is not None and asked.area in table.communes:
        chosen.append(("communes", str(asked.area)))
    days = [("kind", kind), ("first", f"{first:%d/%m/%Y}"), ("last", f"{last:%d/%m/%Y}")]
    return f"{reverse('release-new')}?{urlencode([*chosen, *days, ('map', 'old' if old else '')])}"


def _order(table: queries.CountTable) -> list[int]:
    """The communes with the most cases first; those without any after them, by code."""
    totals = table.cases.sum(axis=(1, 2)).tolist()
    return sorted(range(len(table.communes)), key=lambda n: -totals[n])


def _row(
    table: queries.CountTable, n: int, places: Any, linked: bool, asked: queries.CaseFilters
) -> dict[str, Any]:
    commune = table.communes[n]
    cells = [_cell(table, n, t) for t in range(len(table.periods))]
    total = int(table.cases[n].sum())
    href = ""
    if linked and total:
        href = filters.rows(
            area=commune, first=table.periods[0].start, last=table.periods[-1].end,
            diseases=asked.diseases, counted=True,
        )  # fmt: skip
    return {
        "name": places.full_name(commune, table.map_on),
        "cells": cells,
        "total": number(total),
        "href": href,
    }


def _cell(table: queries.CountTable, n: int, t: int) -> dict[str, Any]:
    """A number; a range where a split leaves it open; nothing where nothing was reported."""
    cases = int(table.cases[n, :, t].sum())
    lower, upper = int(table.lower[n, :, t].sum()), int(table.upper[n, :, t].sum())
    share = float(table.complete[n, t])
    if not upper and share == 0:
        return {"text": _("no report"), "quiet": True}
    text = number(cases)
    if lower != upper:
        text += f" ({number(lower)}–{number(upper)})"
    return {"text": text, "quiet": False}


def _head(period: Period) -> str:
    if period.kind == "week":
        return pictures.week_name(period)
    day: date = period.start
    return f"{day:%m/%Y}"
