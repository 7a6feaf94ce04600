"""A campaign over all its stations: what the centre and the province send on at 17:00."""

from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from tuyen.apps.access import clock, world
from tuyen.apps.immunization.queries import campaigns as queries
from tuyen.apps.immunization.queries.campaigns import Campaign, Line
from tuyen.apps.immunization.queries.sessions import READ
from tuyen.engines.exchange.write import write_csv
from tuyen.rules.immunization import programme
from tuyen.web.access import ActorRequest, screen
from tuyen.web.charts.bars import Bar, render_bars
from tuyen.web.immunization import session_forms as forms
from tuyen.web.immunization import session_words as words
from tuyen.web.templatetags.figures import day as written
from tuyen.web.templatetags.figures import number


@screen(right=READ)
@require_GET
def campaign(request: ActorRequest) -> HttpResponse:
    """A campaign, or one day of it, by centre, station and day; by age, vaccine and event."""
    found, day = _found(request)
    on = found.last
    days = [(one, f"{_address(found.name)}&day={one:%d/%m/%Y}") for one in _days(found, day)]
    context = {
        "found": found, "total": found.total, "day": day, "days": days,
        "whole": _address(found.name),
        "ages": _ages(found.total, on),
        "vaccines": [(words.vaccine(code), n) for code, n in found.total.figures["doses"].items()],
        "units": [_line(one) for one in found.by_unit],
        "centres": [_line(one) for one in found.by_centre] if len(found.by_centre) > 1 else [],
        "by_day": [
            _line(one, written(date.fromisoformat(one.key))) for one in found.by_day
        ] if len(found.by_day) > 1 else [],
        "everybody": _line(found.total, _("Total")),
        "bars": _bars(found.total, on),
        "file": _address(found.name, "campaign-export") + (f"&day={day:%d/%m/%Y}" if day else ""),
        "trail": [(_("Campaign days"), reverse("campaign-days")), (found.name, None)],
        "as_of": clock.now(),
    }  # fmt: skip
    return render(request, "immunization/campaign.html", context)


@screen(right=READ)
@require_GET
def export(request: ActorRequest) -> HttpResponse:
    """The stations of a campaign as a file, every figure in a column of its own."""
    found, day = _found(request)
    bands = [str(band) for band in programme.campaign_ages(found.last)]
    codes = list(found.total.figures["doses"])
    head = [
        _("Station"), _("Sessions"), _("People expected"), _("Arrived"), _("Deferred"),
        _("Vaccinated"), *(_age(band, bands) for band in bands), _("Age not known"),
        *(words.vaccine(code) for code in codes), _("Doses lost, opened"), _("Doses lost, closed"),
        _("Events"), _("Serious"), _("Days"), _("Days reported"), _("Reported late"),
    ]  # fmt: skip
    rows = [_cells(one, bands, codes) for one in (*found.by_unit, found.total)]
    rows[-1][0] = _("Total")
    header, marked = world.marked(head, rows)
    title = found.name + (f" · {day:%d/%m/%Y}" if day else "")
    answer = HttpResponse(
        write_csv(header, marked, title=world.titled(title)),
        content_type="text/csv; charset=utf-8",
    )
    name = f"{_('campaign')}-{found.last:%Y%m%d}"
    answer["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return answer


def _address(name: str, route: str = "campaign") -> str:
    return f"{reverse(route)}?{urlencode({'name': name})}"


def _found(request: ActorRequest) -> tuple[Campaign, date | None]:
    name, text = request.GET.get("name", "").strip()[:200], request.GET.get("day", "")
    day = forms.day_of(text) if text else None
    if text and day is None:
        raise Http404
    found = queries.campaign(by=request.actor, name=name, now=clock.now(), day=day)
    if found is None:
        raise Http404
    return found, day


def _days(found: Campaign, chosen: date | None) -> list[date]:
    return [] if chosen else [date.fromisoformat(one.key) for one in found.by_day]


def _line(one: Line, name: str = "") -> dict[str, Any]:
    return {
        "name": name or one.name or _("No regional health centre"), "f": one.figures, "line": one,
        "given": sum(one.figures["doses"].values()),
        "lost": one.figures["wasted_open"] + one.figures["wasted_closed"],
    }  # fmt: skip


def _ages(line: Line, on: date) -> list[tuple[str, int]]:
    bands = [str(band) for band in programme.campaign_ages(on)]
    counts = line.figures["ages"]
    found = [(_age(band, bands), counts.get(band, 0)) for band in bands]
    return found + ([(_("Age not known"), counts[""])] if counts.get("") else [])


def _bars(line: Line, on: date) -> Any:
    if not line.figures["vaccinated"]:
        return ""
    bars = [Bar(name, count, written=number(count)) for name, count in _ages(line, on)]
    return render_bars(bars, title=_("Vaccinated, by age"), unit=_("People"), show_table=True)


def _age(band: str, bands: list[str]) -> str:
    """A band of ages in words: in months up to two years, then in years."""
    at, first = bands.index(band), int(band)
    if at + 1 == len(bands):
        return _("{n} years and older").format(n=first // 12)
    last = int(bands[at + 1]) - 1
    if last < 24:
        return _("{a}–{b} months").format(a=first, b=last)
    return _("{a}–{b} years").format(a=first // 12, b=last // 12)


def _cells(one: Line, bands: list[str], codes: list[str]) -> list[Any]:
    f = one.figures
    return [
        one.name, f["sessions"], f["expected"], f["arrived"], f["deferred"], f["vaccinated"],
        *(f["ages"].get(band, 0) for band in bands), f["ages"].get("", 0),
        *(f["doses"].get(code, 0) for code in codes), f["wasted_open"], f["wasted_closed"],
        f["aefi"], f["serious"], one.days, one.reported, one.late,
    ]  # fmt: skip
