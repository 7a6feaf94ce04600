"""The norms of the network with their acts, and a plan as a file: CSV, and GeoJSON of its sites."""

import json
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from tuyen.apps.access import clock, world
from tuyen.apps.network import planned, queries
from tuyen.apps.registry import queries as registry
from tuyen.engines.exchange.write import write_csv
from tuyen.rules import network as rules
from tuyen.web.access import ActorRequest, screen
from tuyen.web.network import words
from tuyen.web.network.tabs import tabs
from tuyen.web.network.views_decide import page_of
from tuyen.web.network.views_plans import READ
from tuyen.web.registry.words import function_name
from tuyen.web.templatetags.figures import number


@screen(right=queries.READ)
@require_GET
def norms(request: ActorRequest) -> HttpResponse:
    """Every rule that the network is held against: value, act, day, how sure, whether compared."""
    on = clock.today()
    rows: list[dict[str, Any]] = [
        {"name": words.told(one.name), "told": _told(one.value), "unit": words.unit(one.unit), "act": words.act(one.act),
         "article": one.article, "since": one.since, "sure": words.SURE[one.confidence],
         "verified": one.verified}
        for one in rules.norms(on)
    ]  # fmt: skip
    for fund in rules.funds(on).values():
        told = "–" if fund.money is None else number(fund.money)
        pays = ", ".join(str(words.PAYS[kind]) for kind in fund.pays)
        rows.append({
            "name": words.told(fund.name), "told": f"{told} · {pays}", "unit": words.unit("million VND"),
            "act": words.act(fund.act), "article": "", "since": fund.since, "sure": words.SURE[fund.confidence],
            "verified": fund.verified,
        })  # fmt: skip
    rows += [_of_file(one) for one in rules.sources()]
    context = {"rows": rows, "tabs": tabs(request), "as_of": clock.now(),
               "open": sum(not row["verified"] for row in rows)}  # fmt: skip
    return render(request, "network/norms.html", context)


def _of_file(one: rules.Source) -> dict[str, Any]:
    names = {
        "criteria": _("The five criteria and their measures"), "answers": _("Answers of the review"),
        "posts": _("Positions of a station"), "cutover": _("Cut-over checklist"),
        "national": _("National criteria of commune health"), "zones": _("Zones by access"),
        "pass_total": _("Pass line in all"), "pass_each": _("Pass line of each criterion"),
    }  # fmt: skip
    return {
        "name": names[one.key], "told": one.told, "unit": words.unit(one.unit), "act": words.act(one.act), "article": one.article,
        "since": one.since, "sure": words.SURE[one.confidence], "verified": one.verified,
    }  # fmt: skip


def _told(value: Any) -> str:
    if hasattr(value, "items"):
        return "; ".join(f"{words.value(str(key))}: {_told(one)}" for key, one in value.items())
    return (
        number(value, 1 if isinstance(value, float) else 0)
        if isinstance(value, int | float)
        else words.value(str(value))
    )


@screen(right=READ)
@require_GET
def plan_csv(request: ActorRequest, id: UUID) -> HttpResponse:
    """A plan as a table: a row for each site."""
    page = page_of(request, id)
    heads = [_("Commune"), _("Site"), _("Before"), _("After"), _("If repurposed: what it serves then"),
             _("If a satellite point: what it does then"), _("Longitude"), _("Latitude")]  # fmt: skip
    rows = [
        [one["commune"], one["name"], one["before"], one["after"], one["destination"],
         ", ".join(map(function_name, one["functions"])), *(one["point"] or (None, None))]
        for one in _sites(page)
    ]  # fmt: skip
    body = write_csv(heads, rows, title=f"{world.WORDS}" if world.played() else "")
    return HttpResponse(
        body, content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="plan-{page.row.on:%Y-%m-%d}.csv"'},
    )  # fmt: skip


@screen(right=READ)
@require_GET
def plan_geojson(request: ActorRequest, id: UUID) -> HttpResponse:
    """A plan as GeoJSON (RFC 7946): a feature for each site, without a place where none is known."""
    page = page_of(request, id)
    features = [
        {
            "type": "Feature", "id": str(one["id"]),
            "geometry": {"type": "Point", "coordinates": list(one["point"])} if one["point"] else None,
            "properties": {"name": one["name"], "commune": one["commune"], "before": one["was"],
                           "after": one["kind"], "destination": one["key"],
                           "functions": one["functions"], "on": f"{page.row.on:%Y-%m-%d}"},
        }
        for one in _sites(page)
    ]  # fmt: skip
    told: dict[str, Any] = {
        "type": "FeatureCollection",
        "name": page.row.title,
        "features": features,
    }
    if world.played():
        told["note"] = f"{world.WORDS}"
    return HttpResponse(
        json.dumps(told, ensure_ascii=False), content_type="application/geo+json",
        headers={"Content-Disposition": f'attachment; filename="plan-{page.row.on:%Y-%m-%d}.geojson"'},
    )  # fmt: skip


def _sites(page: queries.PlanPage) -> list[dict[str, Any]]:
    """The sites of a plan by commune and name."""
    atlas, day = registry.atlas(), page.plan.day
    now, homes = planned.present(page.plan.on), planned.communes_after(page.plan)
    destinations = rules.answers("destinations")
    found = []
    for id, choice in page.plan.sites.items():
        was = now[id].kind if id in now else ""
        place = atlas.point(id, day)
        found.append({
            "id": id, "name": atlas.full_name(id, day), "was": was, "kind": choice.kind,
            "commune": planned.commune_name(page.plan, homes[id]) if id in homes else "",
            "before": str(words.KIND[was]) if was else "", "after": str(words.KIND[choice.kind]),
            "functions": list(choice.functions or ()), "key": choice.destination, "point": place[:2] if place else None,
            "destination": words.told(destinations[choice.destination].name)
            if choice.destination in destinations else "",
        })  # fmt: skip
    return sorted(found, key=lambda one: (one["commune"], one["kind"] != "main", one["name"]))
