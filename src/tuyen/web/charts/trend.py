"""Measurements of one person over time, against the band that is aimed at."""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from django.utils.safestring import SafeString
from django.utils.translation import gettext

from tuyen.web.charts import parts, svg
from tuyen.web.charts.drawings import drawn_once
from tuyen.web.templatetags.figures import day, number


class Measure(NamedTuple):
    """Values of one day, one for each line, in the order of ``lines``; None where not measured."""

    on: date
    values: tuple[float | None, ...]
    href: str = ""
    outside: bool = False  # not as aimed at


class Band(NamedTuple):
    """What is aimed at: from ``low`` to below ``high``, in words; None is open."""

    low: float | None
    high: float | None
    words: str


_CLASSES = ("line", "threshold", "expected")


@drawn_once
def render_trend(
    points: Sequence[Measure], *, title: str, lines: Sequence[str], unit: str,
    bands: Sequence[Band] = (), sub: str = "", digits: int = 0, size: parts.Size = "medium",
    ident: str = "",
) -> SafeString:  # fmt: skip
    """Return the values in the order of their days, a line for each name of ``lines`` (at most
    three), with the bands that are aimed at behind them and every value in a table.

    A value outside its band is a filled mark, one inside is hollow, so that it is not told by
    colour alone.
    """
    if not 1 <= len(lines) <= len(_CLASSES):
        raise ValueError(f"{len(lines)} lines; expected 1 to {len(_CLASSES)}")
    points = sorted(points, key=lambda point: point.on)
    ident = ident or svg.ident_of("trend", title, size, *points, *bands)
    plot = _Plot.over(points, bands, size)
    inner = _ground(plot, bands)
    for at in range(len(lines)):
        known = [(p, p.values[at]) for p in points]
        path = [plot.put(p.on, v) for p, v in known if v is not None]
        if len(path) > 1:
            inner.append(svg.el("path", d=svg.line(path), class_=_CLASSES[at]))
        for point, value in known:
            if value is not None:
                x, y = plot.put(point.on, value)
                words = f"{day(point.on)}: {lines[at]} {number(value, digits)} {unit}"
                mark = "trend-out" if point.outside else "spot"
                inner.append(svg.el("circle", svg.title(words), cx=x, cy=y, r=3.5, class_=mark))
    inner += _days(plot, points)
    head = [gettext("Day"), *(f"{name} ({unit})" for name in lines)]
    rows: list[list[parts.TableCell]] = [
        [(day(p.on), p.href) if p.href else day(p.on),
         *(number(v, digits) if v is not None else "–" for v in p.values)]
        for p in reversed(points)
    ]  # fmt: skip
    return parts.figure(
        parts.picture(ident, inner, title=title, desc=_told(points, lines, unit, bands, digits),
                      width=plot.width, height=plot.height, size=size),
        title=title, sub=sub, key=_key(lines, bands), table=parts.table(title, head, rows),
        scrolls=size != "small",
    )  # fmt: skip


class _Plot(NamedTuple):
    width: int
    height: int
    left: float
    right: float
    base: float
    top: float
    first: int
    span: int
    low: float
    high: float

    @classmethod
    def over(
        cls, points: Sequence[Measure], bands: Sequence[Band], size: parts.Size
    ) -> "_Plot":  # fmt: skip
        width, height = parts.SIZES[size]
        told = [v for p in points for v in p.values if v is not None]
        told += [edge for b in bands for edge in (b.low, b.high) if edge is not None]
        low, high = min(told, default=0.0), max(told, default=1.0)
        room = max((high - low) * 0.12, abs(high) * 0.02, 0.5)
        days = [p.on.toordinal() for p in points]
        first = min(days, default=0)
        span = max(days, default=1) - first
        return cls(width, height, 44.0, width - 12.0, height - 20.0, 10.0, first, span,
                   max(0.0, low - room), high + room)  # fmt: skip

    def x(self, on: date) -> float:
        if not self.span:
            return (self.left + self.right) / 2
        return self.left + (on.toordinal() - self.first) / self.span * (self.right - self.left)

    def y(self, value: float) -> float:
        value = min(self.high, max(self.low, value))
        return self.base - (value - self.low) / (self.high - self.low) * (self.base - self.top)

    def put(self, on: date, value: float) -> tuple[float, float]:
        return self.x(on), self.y(value)


def _ground(plot: _Plot, bands: Sequence[Band]) -> list[SafeString]:
    """The bands, their edges with their values, and the axis."""
    drawn: list[SafeString] = []
    for band in bands:
        top = plot.y(band.high) if band.high is not None else plot.top
        bottom = plot.y(band.low) if band.low is not None else plot.base
        area = svg.box(plot.left, top, plot.right - plot.left, bottom - top)
        drawn.append(svg.el("path", svg.title(band.words), d=area, class_="band"))
    edges = sorted({edge for b in bands for edge in (b.low, b.high) if edge is not None})
    for edge in edges or [plot.low, plot.high]:
        y = plot.y(edge)
        path = f"M{svg.short(plot.left)} {svg.short(y)}H{svg.short(plot.right)}"
        drawn.append(svg.el("path", d=path, class_="gridline"))
        drawn.append(svg.text(plot.left - 5, y + 4, number(edge), "end"))
    axis = f"M{svg.short(plot.left)} {svg.short(plot.base)}H{svg.short(plot.right)}"
    drawn.append(svg.el("path", d=axis, class_="axis"))
    return drawn


def _days(plot: _Plot, points: Sequence[Measure]) -> list[SafeString]:
    if not points:
        return []
    if not plot.span:
        return [svg.text(plot.x(points[0].on), plot.base + 14, day(points[0].on), "middle")]
    ends = (points[0].on, None), (points[-1].on, "end")
    return [svg.text(plot.x(on), plot.base + 14, day(on), class_) for on, class_ in ends]


def _key(lines: Sequence[str], bands: Sequence[Band]) -> list[parts.KeyEntry]:
    entries = [
        (parts.swatch_of(svg.el("path", d="M1 6H17", class_=_CLASSES[at])), name)
        for at, name in enumerate(lines)
        if len(lines) > 1
    ]
    entries += [(parts.swatch("band"), band.words) for band in bands]
    spot = svg.el("circle", cx=9, cy=6, r=3.5, class_="trend-out")
    return [*entries, (parts.swatch_of(spot), gettext("Not as aimed at"))] if bands else entries


def _told(
    points: Sequence[Measure], lines: Sequence[str], unit: str, bands: Sequence[Band], digits: int
) -> str:  # fmt: skip
    if not points:
        return gettext("Nothing is measured yet.")
    last = points[-1]
    values = ", ".join(
        f"{name} {number(value, digits)} {unit}"
        for name, value in zip(lines, last.values, strict=True)
        if value is not None
    )
    said = gettext("{n} measurements; the last on {day}: {values}.").format(
        n=len(points), day=day(last.on), values=values
    )
    aim = "; ".join(band.words for band in bands)
    return f"{said} {aim}" if aim else said
