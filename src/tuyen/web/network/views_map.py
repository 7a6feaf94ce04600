"""The network on the map: bands of travel time on any day, and the villages behind each figure."""

from itertools import pairwise
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET

from tuyen.apps.access import clock
from tuyen.apps.network import queries
from tuyen.apps.network.queries import LIMITS, NetworkMap
from tuyen.engines.exchange.write import write_csv
from tuyen.rules import network as rules
from tuyen.web.access import ActorRequest, screen
from tuyen.web.charts.maps import Kind, Marker
from tuyen.web.charts.reachmap import Band, Dot, render_reach_map
from tuyen.web.network import words
from tuyen.web.network.tabs import tabs
from tuyen.web.templatetags.figures import day, number
from tuyen.web.typed import whole

READ = queries.READ
_PAGE = 100
_KINDS: dict[str, Kind] = {"station": "station", "satellite_point": "point", "clinic": "clinic"}


def _asked(request: ActorRequest) -> NetworkMap:
    """The map of an address: its day by its number among the days of change, the last one without."""
    given, today = request.GET, clock.today()
    known = queries.days_of_change(by=request.actor)
    at = whole(given.get("at", ""))
    on = today
    if at is not None and known and 0 <= at < len(known) - 1:
        on = known[at][0]
    mode, season = given.get("mode", ""), given.get("season", "")
    return queries.network_map(
        by=request.actor, map_on=on, mode=mode if mode in rules.MODES else "",
        season=season if season in rules.SEASONS else "",
    )  # fmt: skip


def _at(found: NetworkMap) -> int:
    """The number of the day that is shown."""
    earlier = [n for n, (on, _count) in enumerate(found.days) if on <= found.on]
    return earlier[-1] if earlier else 0


@screen(right=READ)
@require_GET
def network_map(request: ActorRequest) -> HttpResponse:
    """Bands of travel time, people and stations on a day."""
    found = _asked(request)
    at, rest = _at(found), f"mode={found.mode}&season={found.season}"
    context = {
        "found": found, "at": at, "last": len(found.days) - 1, "rest": rest,
        "days": [(n, on, count) for n, (on, count) in enumerate(found.days)],
        "modes": [(mode, words.told(rules.mode_name(mode))) for mode in rules.MODES],
        "seasons": [("dry", _("Dry season")), ("wet", _("Wet season"))],
        "figures": _figures(found, f"{rest}&at={at}"), "picture": _picture(found) if found.sites else "",
        "findings": _findings(found), "way": found.way, "tabs": tabs(request), "as_of": clock.now(),
    }  # fmt: skip
    return render(request, "network/map.html", context)


def _figures(found: NetworkMap, rest: str) -> list[dict[str, Any]]:
    total, page = found.total, reverse("network-map-villages")
    figures = [
        {"label": _("Within {limit} minutes").format(limit=limit), "people": found.people(limit),
         "share": found.people(limit) / total if total else None, "href": f"{page}?{rest}&within={limit}"}
        for limit in (30, 60)
    ]  # fmt: skip
    beyond = total - found.people(60) - found.unreached
    figures.append({"label": _("Farther than 60 minutes"), "people": beyond,
                    "share": beyond / total if total else None, "href": f"{page}?{rest}&beyond=60"})  # fmt: skip
    if found.unreached:
        figures.append({"label": _("No way known"), "people": found.unreached,
                        "share": found.unreached / total, "href": f"{page}?{rest}&lost=1"})  # fmt: skip
    return figures


def band_words() -> list[str]:
    """What each band is called, the last one being what lies beyond."""
    first = _("up to {limit} minutes").format(limit=LIMITS[0])
    between = [_("{low} to {high} minutes").format(low=low, high=high)
               for low, high in pairwise(LIMITS)]  # fmt: skip
    return [first, *between, _("farther, or no way")]


def _picture(found: NetworkMap) -> Any:
    people = [0] * (len(LIMITS) + 1)
    for village in found.villages:
        people[village.band] += village.people
    bands = [
        Band(said, found.bands.rings[n] if found.bands else (), people[n])
        for n, said in enumerate(band_words())
    ]
    markers = [
        Marker(_KINDS[site.type], site.name, *site.point, reverse("network-site", args=[site.unit]))
        for site in found.sites if site.point and site.type in _KINDS
    ]  # fmt: skip
    mode = words.told(rules.mode_name(found.mode))
    season = _("dry season") if found.season == "dry" else _("wet season")
    return render_reach_map(
        title=_("Minutes to the nearest site on {on}").format(on=day(found.on)),
        sub=f"{mode}, {season}", frame=found.bands.frame if found.bands else None, bands=bands,
        dots=[Dot(*v.point, v.people) for v in found.villages if v.point], markers=markers,
        outlines=[(name, rings) for _id, name, rings in found.outlines],
    )  # fmt: skip


_SHOWN = 8


def _findings(found: NetworkMap) -> list[str]:
    """What is to be looked at, a sentence for each kind with the first names."""
    said = []
    for kind in ("swapped", "elsewhere", "unplaced", "cut", "empty"):
        own = [one for one in found.findings if one.kind == kind]
        if own:
            names = ", ".join(f"{f.name} ({f.other})" if f.other else f.name for f in own[:_SHOWN])
            more = len(own) - _SHOWN
            said.append(_sentence(kind, len(own)).format(count=number(len(own)), names=names
                        + (" " + _("and {more} more").format(more=number(more)) if more > 0 else "")))  # fmt: skip
    return said


def _sentence(kind: str, n: int) -> str:
    if kind == "swapped":
        return ngettext("Longitude and latitude look swapped: {names}. Exchange the two figures.",
                        "Longitude and latitude look swapped in {count} places: {names}. Exchange the two figures.", n)  # fmt: skip
    if kind == "elsewhere":
        return ngettext("A site lies outside the outline of its commune: {names}. Look whether the point or the commune is wrong.",
                        "{count} sites lie outside the outline of their commune: {names}. Look whether the point or the commune is wrong.", n)  # fmt: skip
    if kind == "unplaced":
        return ngettext("A place has no coordinates and is in no band: {names}.",
                        "{count} places have no coordinates and are in no band: {names}.", n)  # fmt: skip
    if kind == "cut":
        return ngettext("A village has no way to any site: {names}.",
                        "{count} villages have no way to any site: {names}.", n)  # fmt: skip
    return ngettext("A village has nobody on the register: {names}. It stands in the list and counts for nobody.",
                    "{count} villages have nobody on the register: {names}. They stand in the list and count for nobody.", n)  # fmt: skip


@screen(right=READ)
@require_GET
def villages(request: ActorRequest) -> HttpResponse:
    """The villages behind a figure of the map, the farthest first."""
    found, given = _asked(request), request.GET
    within, beyond, lost = (
        whole(given.get("within", "")),
        whole(given.get("beyond", "")),
        given.get("lost"),
    )
    rows = [
        v for v in found.villages
        if (v.minutes is None if lost else v.minutes is not None
            and (within is None or v.minutes <= within) and (beyond is None or v.minutes > beyond))
    ]  # fmt: skip
    rows.sort(key=lambda v: (-(v.minutes or 0), v.name))
    if given.get("form") == "csv":
        return _csv(rows, found)
    title = _("All villages")
    if lost:
        title = _("Villages without a known way")
    elif within is not None:
        title = _("Villages within {limit} minutes").format(limit=number(within))
    elif beyond is not None:
        title = _("Villages farther than {limit} minutes").format(limit=number(beyond))
    pages = max(1, -(-len(rows) // _PAGE))
    page = min(max(1, whole(given.get("page", "1")) or 1), pages)
    query = given.copy()
    query.pop("page", None)
    rest = query.urlencode()
    query["form"] = "csv"
    context = {
        "title": title, "rows": rows[(page - 1) * _PAGE : page * _PAGE], "count": len(rows),
        "people": sum(v.people for v in rows), "found": found, "way": found.way, "page": page,
        "pages": pages, "rest": rest, "csv": f"?{query.urlencode()}", "as_of": clock.now(),
        "trail": [(_("Network map"), reverse("network-map")), (title, None)],
    }  # fmt: skip
    return render(request, "network/map_villages.html", context)


def _csv(rows: list[Any], found: NetworkMap) -> HttpResponse:
    from tuyen.apps.access import world

    heads = [_("Village"), _("Commune"), _("People"), _("Minutes"), _("Nearest site")]
    body = write_csv(
        heads, [[v.name, v.commune, v.people, None if v.minutes is None else round(v.minutes, 1), v.site_name]
                for v in rows], title=f"{world.WORDS}" if world.played() else "",
    )  # fmt: skip
    return HttpResponse(
        body, content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="villages-{found.on:%Y-%m-%d}.csv"'},
    )  # fmt: skip
