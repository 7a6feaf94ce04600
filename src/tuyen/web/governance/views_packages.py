"""Upgrade packages: what each station lacks and what lifts it, and the most readiness for a budget."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.http import HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from tuyen.apps.access import clock
from tuyen.apps.governance import queries
from tuyen.apps.governance.queries import Offer, Programme
from tuyen.rules import governance as rules
from tuyen.web.access import ActorRequest, screen
from tuyen.web.governance import words
from tuyen.web.governance.forms import amount_of
from tuyen.web.governance.tabs import tabs

_SHOWN = 60


def asked(given: QueryDict) -> tuple[dict[str, float], frozenset[UUID]]:
    """Budgets by source (million VND) and the sites on a loan's list, as an address carries them."""
    budget = {key: float(amount_of(given.get(f"b-{key}", "")) or 0) for key in rules.sources()}
    listed = (words.as_uuid(text) for text in given.getlist("listed"))
    return budget, frozenset(id for id in listed if id is not None)


@screen(right=queries.PROPOSE)
@require_GET
def packages(request: ActorRequest) -> HttpResponse:
    """The works that lift most for their money; with budgets, a draft programme."""
    by, on = request.actor, clock.today()
    budget, listed = asked(request.GET)
    made = (
        queries.programme(by=by, on=on, budget=budget, listed=listed)
        if any(budget.values())
        else None
    )
    offers = [] if made else queries.offers(by=by, on=on, listed=listed)
    sites = queries.readiness(by=by, on=on)
    context = {
        "made": made and _made(made), "offers": [_offer(one) for one in offers[:_SHOWN]],
        "all": len(offers), "tabs": tabs(request), "as_of": on, "complete": sites.complete,
        "sources": [
            {"key": f"b-{key}", "name": words.told(one.name), "value": request.GET.get(f"b-{key}", ""),
             "listed": one.listed, "pays": ", ".join(words.package(p) for p in rules.packages()
                                                     if p in one.pays)}
            for key, one in rules.sources().items()
        ],
        "stations": [(row.unit, row.name, row.unit in listed, f"{row.ready}/{len(row.cells)}")
                     for row in sites.rows],
        "chosen": len(listed), "query": request.GET.urlencode(),
        "project": f"{reverse('project-new')}?{request.GET.urlencode()}",
    }  # fmt: skip
    return render(request, "governance/packages.html", context)


def _made(made: Programme) -> Mapping[str, Any]:
    by_site: dict[UUID, dict[str, Any]] = {}
    for one in made.chosen:
        here = by_site.setdefault(one.site, {"name": one.site_name, "works": [], "cost": 0.0, "worth": 0.0,
                                             "href": reverse("readiness-site", args=[one.site])})  # fmt: skip
        here["works"].append(_offer(one))
        here["cost"] += one.cost
        here["worth"] += one.worth
    rows = sorted(by_site.values(), key=lambda here: -here["worth"] / here["cost"])
    for here in rows:
        here["money"] = words.millions(here["cost"])
    return {
        "told": made, "rows": rows, "left": [_offer(one) for one in made.left[:_SHOWN]],
        "left_all": len(made.left),
        "sources": [
            {"name": words.source(key), "budget": words.millions(budget), "price": made.price[key],
             "spent": words.millions(made.spent[key]), "share": made.spent[key] / budget}
            for key, budget in made.budget.items() if budget
        ],
    }  # fmt: skip


def _offer(one: Offer) -> Mapping[str, Any]:
    return {
        "site": one.site_name, "href": reverse("readiness-site", args=[one.site]),
        "package": words.package(one.package), "lines": ", ".join(words.line(key) for key in one.lines),
        "cost": words.millions(one.cost), "worth": one.worth, "rate": one.per_billion,
        "source": words.source(one.source) if one.source else "", "why": words.WHY.get(one.why, ""),
    }  # fmt: skip
