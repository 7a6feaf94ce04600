"""The back-test: what last year would have been like at this threshold, and at any other."""

import csv
from datetime import date
from io import StringIO
from typing import Any, NamedTuple
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST
from django.views.decorators.vary import vary_on_headers

from tuyen.apps.access import clock, policies
from tuyen.apps.registry import queries as registry
from tuyen.apps.surveillance import queries
from tuyen.apps.surveillance.operations import SetOperatingPoint
from tuyen.rules import surveillance as rules
from tuyen.rules.surveillance.detectors import level_range
from tuyen.web.access import ActorRequest, screen
from tuyen.web.registry.sending import send
from tuyen.web.surveillance import backtest_pictures, sheets, words
from tuyen.web.surveillance.backtest_forms import PointForm
from tuyen.web.templatetags.figures import number

COUNTS, SET = "surveillance.counts.read", "surveillance.threshold.set"
SIZES: words.Words = {
    "small": gettext_lazy("Small communes"),
    "medium": gettext_lazy("Middle-sized communes"),
    "large": gettext_lazy("Large communes"),
}
CASES = (5, 10, 20)
"""Cases of an injected outbreak that can be chosen."""
_SHOWN = 60
_DEFAULT = "FAR-FLEX"


class _Asked(NamedTuple):
    """What the address asks for, every part of it valid."""

    disease: str
    rule: str
    size: str
    cases: int
    level: float | None  # the one tried; None: that in use

    def query(self, **more: Any) -> str:
        chosen = {**self._asdict(), **more}
        return urlencode({name: value for name, value in chosen.items() if value not in (None, "")})


@screen(right=COUNTS)
@require_GET
def backtest(request: ActorRequest) -> HttpResponse:
    """Rules side by side, the curve of one of them, and its alarms of last year at a level."""
    if sheets.wanted(request):
        return _levels(request)
    return _page(request, PointForm())


@screen(right=SET)
@require_POST
def set_point(request: ActorRequest) -> HttpResponse:
    """Decide the level that is tried, or (``give-back``) let the shipped one hold again."""
    form, on = PointForm(request.POST), clock.today()
    found, asked = _found(request, on)
    if form.is_valid() and asked.rule in found.methods:
        back = "give-back" in request.POST
        level = None if back else asked.level
        (measured,) = found.table(asked.rule, asked.size, [level or _level(found, asked)])
        decision = SetOperatingPoint(
            rule=asked.rule,  # type: ignore[arg-type]
            disease=asked.disease, size=asked.size,  # type: ignore[arg-type]
            level=level, reason=form.cleaned_data["reason"], figures=_figures(measured, asked),
        )  # fmt: skip
        if send(request, form, decision, unit=unit_of_decision(request, on)) is not None:
            return redirect(f"{reverse('backtest')}?{asked.query(level=None)}")
    return _page(request, form, status=422)


@screen(right=COUNTS)
@require_GET
@vary_on_headers("HX-Request")
def forecasts(request: ActorRequest) -> HttpResponse:
    """How the forecasts of a year kept their word: a part that the page asks for when it is there, and a
    page of its own for whoever follows the link."""
    on = clock.today()
    asked = _asked(request, on)
    found = queries.forecast_record(by=request.actor, disease=asked.disease, on=on)
    if found and sheets.wanted(request):
        rows = backtest_pictures.forecast_rows(found, asked.disease)
        return sheets.answer(f"forecasts-{asked.disease}", backtest_pictures.FORECASTS, rows)
    part = request.headers.get("HX-Request") == "true"
    name = "_backtest_forecasts.html" if part else "backtest_forecasts.html"
    return render(request, f"surveillance/{name}", {
        "as_of": clock.now(), "record": found, "name": _name(asked.disease),
        "transforms": backtest_pictures.calibration(found) if found else "",
        "coverage": backtest_pictures.coverage(found) if found else "",
        "sheet": f"{reverse('backtest-forecasts')}?disease={asked.disease}&form=csv",
        "trail": [(_("Back-test"), f"{reverse('backtest')}?disease={asked.disease}"), (_("Forecasts"), None)],
    })  # fmt: skip


@screen(right=COUNTS)
@require_GET
def rings(request: ActorRequest) -> HttpResponse:
    """The alarms of last year at the level tried, as CSV."""
    on, places = clock.today(), registry.atlas()
    found, asked = _found(request, on)
    text = StringIO()
    writer = csv.writer(text)
    writer.writerow(["week", "commune_code", "commune", "disease", "rule", "cases", "p", "said"])
    level = asked.level or _level(found, asked)
    for ring in found.rings(asked.rule, asked.size, level) if found.methods else ():
        code = places.code(ring.commune, "administrative.commune", on) or ""
        said = "outbreak" if ring.said > 0 else "dismissed" if ring.said else ""
        writer.writerow([ring.week.label, code, places.name(ring.commune, on), asked.disease,
                         asked.rule, ring.cases, f"{ring.level:.3g}", said])  # fmt: skip
    answer = HttpResponse(text.getvalue(), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="backtest-{asked.disease}.csv"'
    return answer


def _page(request: ActorRequest, form: PointForm, status: int = 200) -> HttpResponse:
    on, places = clock.today(), registry.atlas()
    found, asked = _found(request, on)
    context: dict[str, Any] = {
        "asked": asked, "form": form, "as_of": clock.now(), "disease_name": _name(asked.disease),
        "diseases": [(one.id, _name(one.id)) for one in rules.diseases(on)],
        "rules": [(one, _rule(one)) for one in found.methods],
        "sizes": [(one, SIZES[one]) for one in found.sizes()], "case_choices": CASES,
        "overview": [_line(one) for one in found.overview()] if found.methods else [],
        "first": found.recalled.weeks[0].start, "last": found.recalled.weeks[-1].end,
        "communes": len(found.recalled.communes), "may_set": policies.may(request.actor, SET),
    }  # fmt: skip
    if found.methods:
        context |= _tried(found, asked, on, places)
    return render(request, "surveillance/backtest.html", context, status=status)


def _levels(request: ActorRequest) -> HttpResponse:
    """The curve of the rule asked for, as a file."""
    found, asked = _found(request, clock.today())
    rows: list[list[Any]] = []
    if found.methods:
        table, _level_tried, in_use = _curve_of(found, asked)
        rows = backtest_pictures.level_rows(table, asked.disease, asked.size, in_use)
    return sheets.answer(f"levels-{asked.disease}", backtest_pictures.LEVELS, rows)


def _curve_of(found: Any, asked: _Asked) -> tuple[Any, float | None, float | None]:
    """What each level would have done, the level that is tried, and the one in use."""
    in_use, _point = found.in_use(asked.rule, asked.size)
    level = (asked.level or in_use) if in_use is not None else None
    grid = sorted({*queries.LEVELS, *filter(None, (level, in_use))}, reverse=True)
    return found.table(asked.rule, asked.size, grid if in_use is not None else [0.5]), level, in_use


def _tried(found: Any, asked: _Asked, on: date, places: Any) -> dict[str, Any]:
    """The curve of the rule, the level in use and the one tried, and what the latter would ring."""
    _used, point = found.in_use(asked.rule, asked.size)
    table, level, in_use = _curve_of(found, asked)
    movable = in_use is not None
    rings = found.rings(asked.rule, asked.size, level or 0.5)
    here = next(one for one in table if one.level == level)
    return {
        "movable": movable, "level": level, "in_use": in_use, "point": point,
        "decided_at_unit": places.full_name(point.unit, on) if point else "",
        "same": level == in_use, "here": _line(here),
        "levels": [{**_line(one), "href": f"?{asked.query(level=one.level)}",
                    "current": one.level == level, "used": one.level == in_use} for one in table],
        "picture": backtest_pictures.curve(table, level, in_use) if movable else "",
        "rings": [_ring(ring, places, on, asked.disease) for ring in rings[:_SHOWN]],
        "more": max(len(rings) - _SHOWN, 0), "csv": asked.query(level=level),
        "sheet": f"?{asked.query(level=level)}&form=csv",
        "range": level_range(on),
    }  # fmt: skip


def _found(request: ActorRequest, on: date) -> tuple[Any, _Asked]:
    """Last year of what is asked for; a rule that is not in use gives way to the first that is."""
    asked = _asked(request, on)
    found = queries.backtest(by=request.actor, disease=asked.disease, on=on, cases=asked.cases)
    usual = _DEFAULT if _DEFAULT in found.methods else (found.methods or [_DEFAULT])[0]
    return found, asked._replace(rule=asked.rule if asked.rule in found.methods else usual)


def _asked(request: ActorRequest, on: date) -> _Asked:
    given = request.GET if request.method == "GET" else request.POST
    listed = [one.id for one in rules.diseases(on)]
    disease, rule, size = (given.get(name, "") for name in ("disease", "rule", "size"))
    cases = given.get("cases", "")
    return _Asked(
        disease if disease in listed else queries.busiest(by=request.actor, on=on) or listed[0],
        rule or _DEFAULT, size if size in SIZES else "",
        int(cases) if cases.isdigit() and int(cases) in CASES else CASES[1],
        _number(given.get("level", ""), on),
    )  # fmt: skip


def _number(text: str, on: date) -> float | None:
    """A level within its range, however a person writes it ("0,01"); None for anything else."""
    try:
        value = float(text.strip().replace(",", "."))
    except ValueError:
        return None
    least, most = level_range(on)
    return value if least <= value <= most else None


def _level(found: Any, asked: _Asked) -> float:
    in_use, _point = found.in_use(asked.rule, asked.size)
    return in_use if in_use is not None else 0.5


def unit_of_decision(request: ActorRequest, on: date) -> UUID:
    """Where a decision holds: the province for who may set it everywhere, else the own unit."""
    scope = policies.scope(request.actor, SET)
    provinces = registry.atlas().provinces(on)
    province = next((one for one in provinces if scope.covers(one)), None)
    if province is not None:
        return province
    return next(iter(sorted(policies.own_units(request.actor))))


def _figures(one: Any, asked: _Asked) -> dict[str, float | int | str]:
    known = {
        "per_week": one.per_week, "sensitivity": one.sensitivity, "days": one.days,
        "alarms": one.alarms, "right": one.right, "wrong": one.wrong, "cases": asked.cases,
    }  # fmt: skip
    return {name: round(value, 4) for name, value in known.items() if value is not None}


def _line(one: Any) -> dict[str, Any]:
    ppv = one.ppv
    return {
        "rule": _rule(one.rule), "size": SIZES.get(one.size, ""), "communes": one.communes,
        "level": backtest_pictures.short(one.level), "per_week": number(one.per_week, 2),
        "sensitivity": _share(one.sensitivity), "at_once": _share(one.at_once),
        "days": number(round(one.days)) if one.days is not None else "–",
        "alarms": number(one.alarms), "right": number(one.right), "wrong": number(one.wrong),
        "ppv": "–" if ppv is None else _share(ppv[0]) if ppv[0] == ppv[1]
        else f"{_share(ppv[0])} – {_share(ppv[1])}",
    }  # fmt: skip


def _ring(ring: Any, places: Any, on: date, disease: str) -> dict[str, Any]:
    said = _("in an outbreak") if ring.said > 0 else _("dismissed") if ring.said else ""
    return {
        "commune": places.full_name(ring.commune, on), "since": ring.week.start,
        "cases": number(ring.cases), "level": backtest_pictures.short(ring.level), "said": said,
        "href": f"{reverse('counts')}?" + urlencode({
            "area": str(ring.commune), "disease": disease, "from": f"{ring.week.start:%d/%m/%Y}",
            "to": f"{ring.week.end:%d/%m/%Y}",
        }),
    }  # fmt: skip


def _rule(rule: str) -> str:
    return str(words.RULE.get(rule, rule))


def _name(disease: str) -> str:
    return rules.disease(disease).name(words.language())


def _share(value: float | None) -> str:
    return "–" if value is None else f"{number(round(value * 100))} %"
