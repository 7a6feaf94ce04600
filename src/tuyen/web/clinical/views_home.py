"""The station's day."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from tuyen.apps.access import clock, policies
from tuyen.apps.clinical import queries
from tuyen.apps.registry import queries as registry
from tuyen.web.access import ActorRequest, screen


@screen(right=queries.READ)
@require_GET
def home(request: ActorRequest) -> HttpResponse:
    """How many visits each of the reader's own units had today."""
    today, map_ = clock.today(), registry.atlas()
    units = sorted(policies.own_units(request.actor), key=str)
    rows = [
        (map_.full_name(unit, today), len(queries.day(by=request.actor, unit=unit, on=today)))
        for unit in dict.fromkeys(post.unit for post in request.actor.posts)
        if unit in units
    ]
    return render(request, "clinical/home.html", {"rows": rows, "as_of": clock.now()})
