"""The charts and maps of surveillance, from what its queries answer."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode
from uuid import UUID
from weakref import WeakKeyDictionary

import numpy as np
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tuyen.apps.surveillance.queries import (
    AlarmMark,
    AlarmRow,
    Completeness,
    MapValues,
    Trend,
)
from tuyen.kernel.period import Period
from tuyen.web import charts
from tuyen.web.charts import parts, svg
from tuyen.web.palette import ALARM_LEVELS
from tuyen.web.surveillance import words
from tuyen.web.templatetags.figures import number

Href = Callable[..., str]
Marked = AlarmRow | AlarmMark
_LEAST_SHAPES = 2  # one area alone is no map
_GRAVITY = {level: at for at, level in enumerate(("ended", "signal", "alert", "epidemic"))}


def week_name(week: Period) -> str:
    """A week as it stands under an axis: "W07/2026"."""
    year, _sep, name = week.label.partition("-")
    return f"{name}/{year}"


def marks(alarms: Sequence[Marked]) -> dict[tuple[str, date], Marked]:
    """The gravest alarm of each disease in each week (by the Monday in which it begins)."""
    found: dict[tuple[str, date], Marked] = {}
    for row in alarms:
        # An alarm of a month stands where it was raised: its first day says nothing.
        day = row.since if "W" in row.period else min(row.raised_on, row.until)
        key = (row.disease, day - timedelta(days=day.weekday()))
        held = found.get(key)
        if held is None or _GRAVITY[words.level(row)] > _GRAVITY[words.level(held)]:
            found[key] = row
    return found


def weeks_of(
    trend: Trend, alarms: Mapping[tuple[str, date], Marked], href: Href | None,
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
    trends: Sequence[Trend], alarms: Sequence[Marked], href: Href | None,
    silent: frozenset[date], area: UUID | None,
) -> list[dict[str, Any]]:  # fmt: skip
    """A small chart of each disease, with the link to its rows of the last four weeks.

    Its table, in which each week opens to its rows, is fetched when somebody opens it.
    """
    marked = marks(alarms)
    made = []
    for trend in trends:
        name, recent = trend.name(words.language()), trend.weeks[-4:]
        chart = charts.render_weekly(
            weeks_of(trend, marked, None, silent, area), title=name, sub=in_four_weeks(trend),
            size="small", show_key=False, table_at=table_of(trend.disease, area),
        )  # fmt: skip
        link = (
            href(
                diseases=(trend.disease,), first=recent[0].start, last=recent[-1].end, area=area,
                counted=True,
            )
            if href
            else ""
        )  # fmt: skip
        page = reverse("disease", args=[trend.disease])
        page += f"?area={area}" if area else ""
        made.append(
            {"chart": chart, "href": link, "page": page, "name": name, "total": trend.total}
        )
    return made


def in_four_weeks(trend: Trend) -> str:
    """What is written under the name of a disease."""
    return ngettext("%(n)s case in 4 weeks", "%(n)s cases in 4 weeks", trend.total) % {
        "n": number(trend.total)
    }


def table_of(of: str, area: UUID | None) -> str:
    """Where the table of a chart of the board is fetched: of a disease, or of who reported."""
    asked = {"of": of} | ({"area": str(area)} if area else {})
    return f"{reverse('board-figures')}?{urlencode(asked)}"


def key(trends: Sequence[Trend], alarms: Sequence[Marked]) -> SafeString:
    """One key for all the small charts: bar, earlier years, and the alarms' shapes."""
    entries = [(parts.swatch("cat-0"), _("Cases by week of onset"))]
    if any(not np.isnan(trend.high).all() for trend in trends):
        entries.append((parts.swatch("band"), _("Range of the same weeks of earlier years")))
    levels = {words.level(row) for row in alarms}
    entries += [parts.swatch_alarm(level) for level in ALARM_LEVELS if level in levels]
    items = [svg.el("li", picture, said) for picture, said in entries]
    return svg.el("div", svg.el("ul", *items, class_="chart-key"), class_="chart")


def heat(
    reports: Completeness, order: Sequence[int], href: Href | None, title: str, sub: str = "",
    table_at: str = "", show_table: bool = True,
) -> SafeString:  # fmt: skip
    """The strip of units (those at ``order``) by week: what came, what is missing, what was late."""
    weeks = [week_name(week) for week in reports.weeks]
    return charts.render_heat(
        strips_of(reports, order, href), weeks, title=title, sub=sub, table_at=table_at,
        show_table=show_table,
    )  # fmt: skip


def strips_of(reports: Completeness, order: Sequence[int], href: Href | None) -> list[charts.Strip]:
    """The rows of :func:`heat`, and of its table."""
    expected, came, late = reports.expected.tolist(), reports.came.tolist(), reports.late.tolist()
    first, last = reports.weeks[0].start, reports.weeks[-1].end
    strips = []
    for n in order:
        cells = [
            charts.Due(1.0 if here else 0.0 if due else None, bool(behind))
            for here, due, behind in zip(came[n], expected[n], late[n], strict=True)
        ]
        link = href(unit=reports.units[n], first=first, last=last) if href else ""
        strips.append(charts.Strip(reports.names[n], cells, link))
    return strips


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
    title: str, sub: str, chosen: str = "", silent: bool = True,
) -> SafeString:  # fmt: skip
    """Communes by their cases; hatched where no report came and no case is known.

    chosen: the commune to outline. silent False: what is counted is not reported week by week, so
    no count is none.
    """
    column = values.diseases.index(disease) if disease in values.diseases else None
    cases = values.totals() if not disease else np.zeros(len(values.communes), np.int64)
    if column is not None:
        cases = values.cases[:, column]
    shapes = []
    for n, commune in enumerate(values.communes):
        rings = outline(places, commune, values.map_on)
        if not rings:
            continue
        share, count = float(values.reported[n]), int(cases[n])
        quiet = silent and count == 0 and (np.isnan(share) or share == 0)
        only = {"diseases": (disease,)} if disease else {}
        link = href(area=commune, first=first, last=last, counted=True, **only) if href else ""
        note = "" if np.isnan(share) or not silent else _("{n} of 100 weekly reports came").format(
            n=round(100 * share)
        )  # fmt: skip
        shapes.append(
            charts.Shape(str(commune), values.names[n], rings, None if quiet else count, link, note)
        )
    if len(shapes) < _LEAST_SHAPES:
        return SafeString("")
    return _drawn(shapes, title, sub, chosen)


@charts.drawn_once
def _drawn(shapes: Sequence[charts.Shape], title: str, sub: str, chosen: str) -> SafeString:
    return charts.render_map(shapes, title=title, sub=sub, chosen=chosen)


def outline(places: Any, commune: UUID, on: date) -> charts.Outline:
    """The rings of a commune, made once for as long as the map stays as it is."""
    geometry = places.boundary(commune, on)
    if not geometry:
        return charts.Outline()
    made = _outlines.setdefault(places, {})
    key = id(geometry)  # kept by the map, which outlives its entry here
    if key not in made:
        made[key] = charts.Outline(rings_of(geometry))
    return made[key]


_outlines: WeakKeyDictionary[Any, dict[int, charts.Outline]] = WeakKeyDictionary()


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
