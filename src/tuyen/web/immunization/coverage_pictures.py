"""The maps, small multiples, funnels and curves of coverage, from what its queries answer."""

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any
from uuid import UUID

import numpy as np
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tuyen.apps.immunization.queries import AgeCurve, Coverage, Place, Series, Spread, Way
from tuyen.engines.immunization.coverage import ACTION, WARNING, limits
from tuyen.engines.immunization.spans import CalendarRules, parse_span
from tuyen.kernel.period import Period
from tuyen.web import charts
from tuyen.web.charts import parts, svg
from tuyen.web.immunization.words import span_name
from tuyen.web.surveillance.pictures import outline
from tuyen.web.templatetags.figures import number, percent

Href = Callable[[UUID], str]
Name = Callable[[str], str]
CUTS = (50.0, 80.0, 90.0, 95.0)
"""Lower bounds of the classes of the map, in percent; the target is put in their place nearest to it."""
_LEAST_SHAPES = 2  # one area alone is no map
_SIZES = 60  # places at which the lines of limits are bent
_DOZEN = 12


def map_of(
    found: Coverage, code: str, places: Any, href: Href, *, title: str, sub: str,
    target: float | None, around: Sequence[UUID] = (),
) -> SafeString:  # fmt: skip
    """Communes of a map by their coverage; hatched where nobody is old enough. around: communes that
    are drawn too where no child of the cohort lives in them."""
    rows = {row.unit: row for row in found.rows}
    shapes = []
    for unit in dict.fromkeys([*rows, *around]):
        rings = outline(places, unit, found.map_on)
        if not rings:
            continue
        row = rows.get(unit)
        name = row.name if row else places.full_name(unit, found.map_on)
        share = row.percent(code) if row else None
        note = _of(row.reached[code], row.eligible[code]) if row and row.eligible[code] else ""
        shapes.append(charts.Shape(str(unit), name, rings, share, href(unit), note))
    if len(shapes) < _LEAST_SHAPES:
        return SafeString("")
    return _drawn(shapes, title, sub, classes(target), _("Nobody old enough"))


@charts.drawn_once
def _drawn(
    shapes: Sequence[charts.Shape], title: str, sub: str, cuts: Sequence[float], missing: str
) -> SafeString:  # fmt: skip
    return charts.render_map(
        shapes, title=title, sub=sub, unit=_("% in time"), cuts=cuts,
        write=lambda value: number(value, 0 if value == int(value) else 1), missing=missing,
    )  # fmt: skip


def classes(target: float | None) -> tuple[float, ...]:
    """The bounds of the classes of a map: rounds, with the target among them."""
    if target is None or target in CUTS:
        return CUTS
    nearest = min(CUTS, key=lambda cut: abs(cut - target))
    return tuple(sorted({target, *(cut for cut in CUTS if cut != nearest)}))


def quarter_name(period: Period) -> str:
    """A quarter as it stands under an axis: "Q1/2025"."""
    year, _sep, body = period.label.partition("-")
    return f"{body.split('+')[0]}/{year}"


def multiples(found: Series, href: Href, target: float | None) -> list[dict[str, Any]]:
    """A small chart of each area, the lowest in its last quarters first, and all of them as the first."""
    everybody = _multiple(_("All together"), found.totals(), found.periods, target)
    order = sorted(range(len(found.units)), key=lambda n: (_lately(found, n), found.names[n]))
    drawn = [{"chart": everybody, "href": ""}]
    drawn += [
        {
            "chart": _multiple(found.names[n], found.shares(n), found.periods, target),
            "href": href(found.units[n]),
        }
        for n in order
    ]
    return drawn


def _lately(found: Series, at: int) -> float:
    """The share of the last four quarters: single ones swing in a small place."""
    eligible = int(found.eligible[at, -4:].sum())
    return int(found.reached[at, -4:].sum()) / eligible if eligible else 2.0


def _multiple(
    name: str, shares: Sequence[float | None], periods: Sequence[Period], target: float | None
) -> SafeString:
    points = [
        charts.Week(
            quarter_name(period), None if share is None else round(100 * share, 1), threshold=target
        )
        for share, period in zip(shares, periods, strict=True)
    ]
    told = [share for share in shares if share is not None]
    sub = _("last quarter {share}").format(share=percent(told[-1], 0)) if told else _("nobody born")
    return charts.render_weekly(
        points, title=name, sub=sub, unit=_("% in time"), size="small", y_max=100,
        show_key=False, show_table=False, desc=_spoken(points),
    )  # fmt: skip


def _spoken(points: Sequence[charts.Week]) -> str:
    """The chart in one sentence."""
    told = [point for point in points if point.value is not None]
    if not told:
        return _("Nobody was born here in these quarters.")
    return _("{first} to {last}: from {low} to {high} %.").format(
        first=points[0].label, last=points[-1].label, low=number(min(p.value or 0 for p in told)),
        high=number(max(p.value or 0 for p in told)),
    )  # fmt: skip


def multiples_key(target: float | None) -> SafeString:
    """One key for the small charts."""
    ident = "quarters"
    hatched, _words = parts.swatch_hatch(ident)
    entries = [(parts.swatch("cat-0"), _("% in time, by quarter of birth"))]
    if target is not None:
        line = svg.el("path", d="M1 6H17", class_="threshold")
        entries.append((parts.swatch_of(line), _("Target {n} %").format(n=number(target))))
    entries.append((hatched, _("Nobody born")))
    items = [svg.el("li", picture, said) for picture, said in entries]
    pattern = svg.el(
        "svg", parts.hatch(ident), width="0", height="0", class_="defs", aria_hidden="true"
    )
    return svg.el("div", pattern, svg.el("ul", *items, class_="chart-key"), class_="chart")


def funnel(found: Way, name: Name) -> SafeString:
    """The way from the first dose to the whole, each step of the same children."""
    bars = [
        charts.Bar(
            name(step.code), step.through / found.children,
            written=f"{percent(step.through / found.children, 1)} ({number(step.through)})",
        )
        for step in found.steps
    ]  # fmt: skip
    return charts.render_bars(
        bars, title=_("Reached in time, with every step before it"), top=1.0, unit=_("Share"),
        sub=_("{n} children who are old enough for every step shown").format(
            n=number(found.children)
        ), show_table=False,
    )  # fmt: skip


def curves(found: Sequence[AgeCurve], name: Name) -> list[SafeString]:
    """A small curve for each antigen, with its limits and the age up to which the dose counts."""
    drawn = []
    for curve in found:
        last = len(curve.weeks) - 1
        wanted = min(weeks_of(curve.wanted_by) // 2, last)
        share = curve.in_time
        said = _("not known yet by {age}") if share is None else _("{share} by {age}")
        said = said.format(share=percent(share, 1), age=span_name(curve.wanted_by))
        columns = zip(curve.weeks, curve.share, curve.low, curve.high, curve.followed, strict=True)
        points = [
            charts.Reach(_weeks(week), some, low, high, followed)
            for week, some, low, high, followed in columns
        ]
        half, end = _months(curve.weeks[last // 2]), _months(curve.weeks[last])
        ticks = [(0, "0"), (last // 2, half), (last, end)]
        drawn.append(
            charts.render_curve(
                points, title=name(curve.code), sub=said, wanted=wanted, ticks=ticks
            )
        )
    return drawn


def weeks_of(age: str) -> int:
    """An age of the rules ("12 months") in full weeks."""
    span, born = parse_span(age), date(2001, 1, 1)
    return (CalendarRules().age(born, span) - born).days // 7 if span else 0


def _weeks(weeks: int) -> str:
    return ngettext("%(n)s week", "%(n)s weeks", weeks) % {"n": number(weeks)}


def _months(weeks: int) -> str:
    months = round(weeks * 7 / 30.4375)
    return ngettext("%(n)s month", "%(n)s months", months) % {"n": number(months)}


def plot(found: Spread, href: Href, *, title: str, target: float | None) -> SafeString:
    """Each place by its size and its share, within the limits of chance."""
    if found.share is None or len(found.places) < _LEAST_SHAPES:
        return SafeString("")
    most = max(place.eligible for place in found.places)
    sizes = np.unique(np.geomspace(1, max(2, most), _SIZES).round().astype(np.int64))
    near, wide = (limits(found.share, sizes, chance) for chance in (WARNING, ACTION))
    spots = [
        charts.Spot(
            place.name, place.eligible, place.share, place.low, place.high, place.verdict,  # type: ignore[arg-type]
            place.commune, href(place.unit),
        )
        for place in found.places
    ]  # fmt: skip
    return charts.render_funnel_plot(
        spots, title=title, middle=found.share, near=_lines(near), wide=_lines(wide),
        across=_("Children old enough"), target=target / 100 if target else None,
        show_table=len(spots) <= 20 * _DOZEN,
    )  # fmt: skip


def _lines(found: Any) -> charts.Lines:
    return charts.Lines(*(tuple(column.tolist()) for column in found))


def verdict(place: Place) -> tuple[str, str]:
    """(words, tone) of a place."""
    tone = {"short": "bad", "watch": "warn", "above": "good"}.get(place.verdict, "plain")
    return charts.verdict_word(place.verdict), tone


def _of(some: int, every: int) -> str:
    return _("{a} of {b} children").format(a=number(some), b=number(every))
