"""The charts and maps of surveillance, from what its queries answer."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import numpy as np
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tuyen.apps.surveillance.queries import AlarmRow, Completeness, MapValues, Trend
from tuyen.kernel.period import Period
from tuyen.web import charts
from tuyen.web.charts import parts, svg
from tuyen.web.palette import ALARM_LEVELS
from tuyen.web.surveillance import words
from tuyen.web.templatetags.figures import number

Href = Callable[..., str]
_LEAST_SHAPES = 2  # one area alone is no map
_GRAVITY = {level: at for at, level in enumerate(("ended", "signal", "alert", "epidemic"))}


def week_name(week: Period) -> str:
    """A week as it stands under an axis: "W07/2026"."""
    year, _sep, name = week.label.partition("-")
    return f"{name}/{year}"


def marks(alarms: Sequence[AlarmRow]) -> dict[tuple[str, date], AlarmRow]:
    """The gravest alarm of each disease in each week (by the Monday in which it begins)."""
    found: dict[tuple[str, date], AlarmRow] = {}
    for row in alarms:
        # An alarm of a month stands where it was raised: its first day says nothing.
        day = row.since if "W" in row.period else min(row.raised_on, row.until)
        key = (row.disease, day - timedelta(days=day.weekday()))
        held = found.get(key)
        if held is None or _GRAVITY[words.level(row)] > _GRAVITY[words.level(held)]:
            found[key] = row
    return found


def weeks_of(
    trend: Trend, alarms: Mapping[tuple[str, date], AlarmRow], href: Href | None,
    silent: frozenset[date] = frozenset(), area: UUID | None = None,
) -> list[charts.Week]:  # fmt: skip
    """The points of a trend. silent: Mondays of weeks of which no unit has reported."""
    points = []
    for week, cases, low, high in zip(
        trend.weeks, trend.cases.tolist(), trend.low, trend.high, strict=True
    ):
        alarm = alarms.get((trend.disease, week.start))
        known = not np.isnan(high)
        points.append(
            charts.Week(
                week_name(week),
                None if week.start in silent and not cases else cases,
                float(low) if known else None,
                float(high) if known else None,
                alarm=words.level(alarm) if alarm else "",
                note=alarm.rule if alarm else "",
                href=href(
                    diseases=(trend.disease,), first=week.start, last=week.end, area=area,
                    counted=True,
                )
                if href
                else "",
            )
        )  # fmt: skip
    return points


def multiples(
    trends: Sequence[Trend], alarms: Sequence[AlarmRow], href: Href | None,
    silent: frozenset[date], area: UUID | None,
) -> list[dict[str, Any]]:  # fmt: skip
    """A small chart of each disease, with the link to its rows of the last four weeks."""
    marked = marks(alarms)
    made = []
    for trend in trends:
        points = weeks_of(trend, marked, href, silent, area)
        name = trend.name(words.language())
        total = ngettext("%(n)s case in 4 weeks", "%(n)s cases in 4 weeks", trend.total) % {
            "n": number(trend.total)
        }
        chart = charts.render_weekly(points, title=name, sub=total, size="small", show_key=False)
        recent = trend.weeks[-4:]
        link = (
            href(
                diseases=(trend.disease,), first=recent[0].start, last=recent[-1].end, area=area,
                counted=True,
            )
            if href
            else ""
        )  # fmt: skip
        made.append({"chart": chart, "href": link, "name": name, "total": trend.total})
    return made


def key(trends: Sequence[Trend], alarms: Sequence[AlarmRow]) -> SafeString:
    """One key for all the small charts: bar, earlier years, and the alarms' shapes."""
    entries = [(parts.swatch("cat-0"), _("Cases by week of onset"))]
    if any(not np.isnan(trend.high).all() for trend in trends):
        entries.append((parts.swatch("band"), _("Range of the same weeks of earlier years")))
    levels = {words.level(row) for row in alarms}
    entries += [parts.swatch_alarm(level) for level in ALARM_LEVELS if level in levels]
    items = [svg.el("li", picture, said) for picture, said in entries]
    return svg.el("div", svg.el("ul", *items, class_="chart-key"), class_="chart")


def heat(
    reports: Completeness, order: Sequence[int], href: Href | None, title: str, sub: str = ""
) -> SafeString:
    """The strip of units (those at ``order``) by week: what came, what is missing, what was late."""
    strips = []
    for n in order:
        cells = [
            charts.Due(
                float(reports.came[n, t]) if reports.expected[n, t] else
                (1.0 if reports.came[n, t] else None),
                bool(reports.late[n, t]),
            )
            for t in range(len(reports.weeks))
        ]  # fmt: skip
        link = (
            href(unit=reports.units[n], first=reports.weeks[0].start, last=reports.weeks[-1].end)
            if href
            else ""
        )
        strips.append(charts.Strip(reports.names[n], cells, link))
    return charts.render_heat(
        strips, [week_name(week) for week in reports.weeks], title=title, sub=sub
    )


def quietest(reports: Completeness) -> list[int]:
    """The units by how much they still owe: the last weeks weigh most, then their order."""
    owed = (reports.expected & ~reports.came).astype(float)
    weight = np.arange(1, len(reports.weeks) + 1) ** 2
    scores = owed @ weight + 0.001 * reports.late.sum(axis=1)
    return [int(n) for n in np.argsort(-scores, kind="stable")]


def silent_weeks(reports: Completeness) -> frozenset[date]:
    """Mondays of weeks that were due and of which nothing came at all."""
    share = reports.share()
    return frozenset(
        week.start for week, part in zip(reports.weeks, share, strict=True) if part == 0
    )


def choropleth(
    values: MapValues, places: Any, disease: str, first: date, last: date, href: Href | None,
    title: str, sub: str,
) -> SafeString:  # fmt: skip
    """Communes by their cases; hatched where no report came and no case is known."""
    column = values.diseases.index(disease) if disease in values.diseases else None
    cases = values.totals() if not disease else np.zeros(len(values.communes), np.int64)
    if column is not None:
        cases = values.cases[:, column]
    shapes = []
    for n, commune in enumerate(values.communes):
        rings = rings_of(places.boundary(commune, values.map_on))
        if not rings:
            continue
        share, count = float(values.reported[n]), int(cases[n])
        quiet = count == 0 and (np.isnan(share) or share == 0)
        chosen = {"diseases": (disease,)} if disease else {}
        link = href(area=commune, first=first, last=last, counted=True, **chosen) if href else ""
        note = "" if np.isnan(share) else _("{n} of 100 weekly reports came").format(
            n=round(100 * share)
        )  # fmt: skip
        shapes.append(
            charts.Shape(str(commune), values.names[n], rings, None if quiet else count, link, note)
        )
    if len(shapes) < _LEAST_SHAPES:
        return SafeString("")
    return charts.render_map(shapes, title=title, sub=sub)


def rings_of(geometry: Mapping[str, Any] | None) -> list[list[tuple[float, float]]]:
    """The rings of a GeoJSON geometry (Polygon or MultiPolygon) as (longitude, latitude)."""
    if not geometry:
        return []
    polygons = geometry.get("coordinates", ())
    if geometry.get("type") == "Polygon":
        polygons = [polygons]
    return [[(place[0], place[1]) for place in ring] for polygon in polygons for ring in polygon]


def before_mergers(places: Any, on: date) -> date | None:
    """The last day of the map before communes last changed, if it is not today's."""
    days = [
        heir.on for heir in places.heirs if heir.on <= on and places.level(heir.predecessor) == 3
    ]
    return max(days) - timedelta(days=1) if days else None
