"""Bands of 30 and 60 minutes of a plan, before and after, as two maps."""

from itertools import pairwise
from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from tuyen.apps.access import clock
from tuyen.apps.network import queries
from tuyen.apps.network.queries import NEAR, Banded, Side
from tuyen.apps.registry import queries as registry
from tuyen.rules import network as rules
from tuyen.web.access import ActorRequest, screen
from tuyen.web.charts.maps import Marker
from tuyen.web.charts.reachmap import Band, Dot, render_reach_map
from tuyen.web.network import words
from tuyen.web.network.studio import MARKS
from tuyen.web.network.views_plans import READ
from tuyen.web.templatetags.figures import day


@screen(right=READ)
@require_GET
def bands(request: ActorRequest, id: UUID) -> HttpResponse:
    """The two maps; the page of the plan fetches them once they come into sight."""
    held = queries.drawn(by=request.actor, id=id)
    if held is None:
        raise Http404
    row, plan = held
    found = queries.plan_bands(by=request.actor, plan=plan)
    context = {
        "row": row, "maps": [_map(found, side) for side in (found.before, found.after)] if found else [],
        "unplaced": found.unplaced if found else 0, "way": found.way if found else None,
        "as_of": clock.now(),
        "trail": [(_("Plans"), reverse("network-plans")),
                  (row.title, reverse("network-plan", args=[id])), (_("Bands"), None)],
    }  # fmt: skip
    return render(request, "network/bands.html", context)


def _map(found: Banded, side: Side) -> SafeString:
    said = [
        _("up to {limit} minutes").format(limit=NEAR[0]),
        *(_("{low} to {high} minutes").format(low=low, high=high) for low, high in pairwise(NEAR)),
        _("farther, or no way"),
    ]
    shown = [
        Band(name, rings, people)
        for name, rings, people in zip(said, side.bands.rings, side.people, strict=True)
    ]
    atlas, on = registry.atlas(), found.before.on
    markers = [
        Marker(MARKS[kind], atlas.name(id, on), lon, lat, reverse("network-site", args=[id]))
        for kind, id, lon, lat in side.points
    ]
    mode: Any = words.told(rules.mode_name(found.way.mode))
    season = _("dry season") if found.way.season == "dry" else _("wet season")
    return render_reach_map(
        title=_("Minutes to the nearest place of service on {on}").format(on=day(side.on)),
        sub=f"{mode}, {season}; " + _("mobile stops not counted"), frame=side.bands.frame,
        bands=shown, dots=[Dot(*one) for one in found.homes], markers=markers,
        outlines=[(name, rings) for _id, name, rings in found.outlines],
    )  # fmt: skip
