"""The pictures of one disease: its season, its outlook, its growth, its communes and its map."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import numpy as np
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tuyen.apps.surveillance import queries
from tuyen.kernel.period import Period
from tuyen.web import charts
from tuyen.web.charts import parts
from tuyen.web.surveillance import pictures, words
from tuyen.web.templatetags.figures import number

_PAST = 18  # weeks before the forecast
_RECENT = 4  # weeks that the map counts
_LEVELS = (0.05, 0.25, 0.5, 0.75, 0.95)


def season(
    told: queries.Season, alarms: Sequence[queries.AlarmMark], disease: str,
    href: pictures.Href, area: UUID | None,
) -> SafeString:  # fmt: skip
    """A year of weeks against the range that earlier years lead to expect, with its alarms."""
    marked = pictures.marks([row for row in alarms if row.disease == disease])
    points = []
    for week, cases, middle, high in zip(
        told.weeks, told.cases.tolist(), told.expected.tolist(), told.bound.tolist(), strict=True
    ):
        alarm = marked.get((disease, week.start))
        known = np.isfinite(high)
        points.append(
            charts.Week(
                pictures.week_name(week), cases,
                max(0.0, 2 * middle - high) if known else None, high if known else None,
                alarm=words.level(alarm) if alarm else "", note=alarm.rule if alarm else "",
                href=href(diseases=(disease,), first=week.start, last=week.end, area=area,
                          counted=True),
            )
        )  # fmt: skip
    return charts.render_weekly(
        points, title=_("Seen and expected"), sub=_("Cases by week of onset"), size="wide"
    )


def outlook(told: queries.Expected, past: queries.Season, on: date) -> SafeString:
    """What was reported, what is still to be reported, and the weeks to come."""
    now = {week.start: row for week, row in zip(told.weeks, told.nowcast, strict=False)}
    running = Period.of("week", on).start
    steps = []
    for week, cases in list(zip(past.weeks, past.cases.tolist(), strict=True))[-_PAST:]:
        # The week that runs is shown by its forecast, where there is one.
        if week.start == running and told.forecast:
            continue
        spread = _spread(told, now[week.start]) if week.start in now else None
        steps.append(charts.Step(pictures.week_name(week), cases, spread))
    for week, row in zip(told.ahead, told.forecast, strict=True):
        if week.start >= running:
            steps.append(charts.Step(pictures.week_name(week), None, _spread(told, row)))
    return charts.render_fan(
        steps, title=_("What is still to come"),
        sub=_("Cases by week of onset: reported, expected to be reported, forecast"),
    )  # fmt: skip


def _spread(told: queries.Expected, row: Sequence[float]) -> charts.Spread:
    return charts.Spread(*(float(row[told.column(level)]) for level in _LEVELS))


def rate(told: queries.Expected) -> SafeString:
    """The reproduction number by day; nothing where no serial interval or too few cases are known."""
    if not any(told.reproduction):
        return SafeString("")
    first = told.made_on - timedelta(days=len(told.reproduction))
    points = [
        charts.Rate(f"{first + timedelta(days=n):%d/%m}", *(row or (None,)))
        for n, row in enumerate(told.reproduction)
    ]
    sub = ""
    if told.interval is not None:
        sub = _("One case follows another after {mean} days (deviation {sd})").format(
            mean=number(told.interval[0], 1), sd=number(told.interval[1], 1)
        )
    return charts.render_rate(
        points, title=_("How many one case infects"), sub=sub, unit=_("Reproduction number"),
        even_words=_("Neither grows nor shrinks"),
    )  # fmt: skip


def growth(told: queries.Expected) -> str:
    """How fast cases grow or shrink, in one sentence; empty where that cannot be said."""
    if not told.growth:
        return ""
    value, low, high = told.growth
    if low > 0:
        return _(
            "Over the last two weeks cases doubled in about {days} days ({low} to {high})."
        ).format(days=_days(value), low=_days(high), high=_days(low))
    if high < 0:
        return _(
            "Over the last two weeks cases halved in about {days} days ({low} to {high})."
        ).format(days=_days(value), low=_days(low), high=_days(high))
    return _("Over the last two weeks cases neither clearly grew nor clearly shrank.")


def _days(rate_a_day: float) -> str:
    return number(round(np.log(2) / abs(rate_a_day)))


def communes(seen: queries.AsOf, places: Any, on: date) -> SafeString:
    """A small chart of each commune with a case, all on one scale; the most cases first."""
    totals = seen.cases.sum(axis=(1, 2))
    series = []
    for n in np.argsort(-totals, kind="stable").tolist():
        if not totals[n]:
            break
        points = [
            charts.Week(pictures.week_name(week), int(cases))
            for week, cases in zip(seen.periods, seen.cases[n].sum(axis=0).tolist(), strict=True)
        ]
        total = int(totals[n])
        sub = ngettext("%(n)s case in 26 weeks", "%(n)s cases in 26 weeks", total) % {
            "n": number(total)
        }
        series.append((places.full_name(seen.communes[n], seen.map_on), sub, points))
    if not series:
        return SafeString("")
    return charts.render_multiples(series, same_scale=True, show_table=False)


def weeks_table(
    seen: queries.AsOf, places: Any, title: str, disease: str, href: pictures.Href
) -> SafeString:
    """The weeks of each commune with a case, as numbers; its name opens to the rows."""
    totals = seen.cases.sum(axis=(1, 2))
    first, last = seen.periods[0].start, seen.periods[-1].end
    rows: list[list[parts.TableCell]] = []
    for n in np.argsort(-totals, kind="stable").tolist():
        if not totals[n]:
            break
        commune = seen.communes[n]
        link = href(area=commune, diseases=(disease,), first=first, last=last, counted=True)
        weeks = seen.cases[n].sum(axis=0).tolist()
        rows.append([(places.full_name(commune, seen.map_on), link), *map(number, weeks)])
    head = [_("Commune"), *(pictures.week_name(week) for week in seen.periods)]
    return parts.table_region(title, head, rows)


def coverage(scores: Sequence[queries.Scored]) -> SafeString:
    """How often the kept forecasts' intervals held, all weeks ahead together; nothing without one."""
    of = sum(one.forecasts for one in scores)
    if not of:
        return SafeString("")
    half, most = (
        round(sum(getattr(one, name) * one.forecasts for one in scores))
        for name in ("covered_50", "covered_90")
    )
    return charts.render_coverage(
        [charts.Covered(0.5, half, of), charts.Covered(0.9, most, of)],
        title=_("How often the intervals held"), size="small",
        sub=_("Whole counts: an interval holds somewhat more than it promises"),
    )  # fmt: skip


def risk_map(
    seen: queries.AsOf, places: Any, clusters: Sequence[queries.AlarmRow], disease: str,
    href: pictures.Href,
) -> SafeString:  # fmt: skip
    """Communes by their cases of the last weeks; those of a cluster stand inside a dark outline."""
    first, last = seen.periods[-_RECENT].start, seen.periods[-1].end
    cases = seen.cases[:, :, -_RECENT:].sum(axis=(1, 2)).tolist()
    inside = {UUID(id) for row in clusters for id in str(row.figures["members"]).split()}
    shapes, border = [], []
    for commune, count in zip(seen.communes, cases, strict=True):
        rings = pictures.rings_of(places.boundary(commune, seen.map_on))
        if not rings:
            continue
        note = _("in a cluster") if commune in inside else ""
        link = href(area=commune, diseases=(disease,), first=first, last=last, counted=True)
        name = places.full_name(commune, seen.map_on)
        shapes.append(charts.Shape(str(commune), name, rings, count, link, note))
        if commune in inside:
            border += rings
    if len(shapes) < 2:
        return SafeString("")
    sub = f"{first:%d/%m/%Y} – {last:%d/%m/%Y}"
    if border:
        sub += ". " + _("Dark outline: communes of a cluster")
    return charts.render_map(
        shapes, title=_("Cases of the last 4 weeks by commune"), sub=sub, border=border
    )
