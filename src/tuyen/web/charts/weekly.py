"""Counts by week (or day, or month) with what was expected, and the alarms they raised."""

from collections.abc import Sequence
from typing import Literal, NamedTuple

from django.utils.safestring import SafeString
from django.utils.translation import gettext

from tuyen.web.charts import parts, scale, svg
from tuyen.web.charts.drawings import drawn_once
from tuyen.web.templatetags.figures import number

Mark = Literal["bars", "line"]
DETAIL = 110  # up to so many points each has its own words under the pointer


class Week(NamedTuple):
    """One period of a series.

    value: None when no report has come, which is never drawn as 0. low, high: the range expected.
    threshold: what an alarm needs. alarm: "", signal, alert, epidemic or ended. note: said with it.
    """

    label: str
    value: float | None
    low: float | None = None
    high: float | None = None
    threshold: float | None = None
    alarm: str = ""
    href: str = ""
    note: str = ""


class _Plot(NamedTuple):
    left: float
    top: float
    width: float
    height: float
    step: float
    ceiling: float

    def x(self, at: float) -> float:
        return self.left + at * self.step

    def y(self, value: float) -> float:
        return self.top + self.height * (1 - value / self.ceiling)

    @property
    def base(self) -> float:
        return self.top + self.height


@drawn_once
def render_weekly(
    points: Sequence[Week],
    *,
    title: str,
    sub: str = "",
    unit: str = "",
    mark: Mark = "bars",
    size: parts.Size = "medium",
    y_max: float | None = None,
    desc: str = "",
    show_table: bool = True,
    table_at: str = "",
    show_key: bool = True,
    ident: str = "",
) -> SafeString:
    """Return a chart of ``points`` in order.

    size: small (for small multiples; few labels), medium or wide. y_max: a common ceiling, so that
    multiples can be compared. unit: what is counted, for the table and the words under a bar.
    table_at: an address that answers with :func:`weekly_table`, for a table fetched when opened.
    """
    ident = ident or svg.ident_of("weekly", title, size, *points)
    unit = unit or gettext("Cases")
    width, height = parts.SIZES[size]
    tops = [v for p in points for v in (p.value, p.high, p.threshold) if v is not None]
    steps = scale.ticks(max([y_max or 0, *tops, 1]), wanted=2 if size == "small" else 4)
    left = 8 + 6.5 * max(len(number(t)) for t in steps)
    plot = _Plot(
        left, 14, width - left - 4, height - 34, (width - left - 4) / max(1, len(points)), steps[-1]
    )

    linked = any(p.href for p in points) and len(points) <= DETAIL and size != "small"
    inner = [
        *_grid(plot, steps, width),
        *_hatched(plot, points, ident),
        *_expected(plot, points),
        *(_bars(plot, points, unit, size) if mark == "bars" else _line(plot, points)),
        _zeros(plot, points),
        *_alarms(plot, points),
        *_labels(plot, points, size),
    ]
    image = parts.picture(
        ident,
        inner,
        title=title,
        desc=desc or describe(points, unit),
        width=width,
        height=height,
        size=size,
        linked=linked,
    )
    return parts.figure(
        image,
        title=title,
        sub=sub,
        key=_key(points, ident, unit, mark) if show_key else (),
        table=_table_of(points, title, unit, table_at) if show_table else None,
        scrolls=size != "small",
    )


def render_multiples(
    series: Sequence[tuple[str, str, Sequence[Week]]],
    *,
    unit: str = "",
    same_scale: bool = False,
    mark: Mark = "bars",
    show_table: bool = True,
) -> SafeString:
    """Return small multiples of (title, subtitle, points), with one key for them all."""
    unit = unit or gettext("Cases")
    every = [p for _, _, points in series for p in points]
    ceiling = max([p.value or 0 for p in every], default=0) if same_scale else None
    charts = [
        render_weekly(
            points,
            title=title,
            sub=sub,
            unit=unit,
            mark=mark,
            size="small",
            y_max=ceiling,
            show_key=False,
            show_table=show_table,
        )
        for title, sub, points in series
    ]
    ident = svg.ident_of("multiples", len(every), *(title for title, _, _ in series))
    key = [svg.el("li", small, words) for small, words in _key(every, ident, unit, mark)]
    pattern = svg.el(
        "svg", parts.hatch(ident), width="0", height="0", class_="defs", aria_hidden="true"
    )
    return svg.el(
        "div",
        pattern,
        svg.el("ul", *key, class_="chart-key"),
        svg.el("div", *charts, class_="multiples"),
        class_="chart",
    )


def describe(points: Sequence[Week], unit: str) -> str:
    """The chart in one sentence, for those who do not see it."""
    told = [p for p in points if p.value is not None]
    if not told:
        return gettext("No report in any of the periods.")
    most = max(told, key=lambda p: p.value or 0)
    words = gettext(
        "{unit}, {first} to {last}: {latest} in the last period reported, {most} at most"
        " ({when}); {missing} periods without a report; {alarms} alarms."
    )
    return words.format(
        unit=unit,
        first=points[0].label,
        last=points[-1].label,
        latest=number(told[-1].value),
        most=number(most.value),
        when=most.label,
        missing=len(points) - len(told),
        alarms=sum(bool(p.alarm) for p in points),
    )


def _grid(plot: _Plot, steps: Sequence[float], width: float) -> list[SafeString]:
    drawn = []
    for value in steps:
        y = plot.y(value)
        path = f"M{svg.short(plot.left)} {svg.short(y)}H{svg.short(width - 4)}"
        drawn.append(svg.el("path", d=path, class_="axis" if value == 0 else "gridline"))
        drawn.append(svg.text(plot.left - 5, y + 4, number(value), "end"))
    return drawn


def _hatched(plot: _Plot, points: Sequence[Week], ident: str) -> list[SafeString]:
    gaps = [
        svg.box(plot.x(at), plot.top, plot.step, plot.height)
        for at, point in enumerate(points)
        if point.value is None
    ]
    if not gaps:
        return []
    return [svg.el("path", d="".join(gaps), fill=f"url(#{ident}-h)", class_="gap")]


def _expected(plot: _Plot, points: Sequence[Week]) -> list[SafeString]:
    band = [
        svg.box(plot.x(at), plot.y(p.high), plot.step, plot.y(p.low or 0) - plot.y(p.high))
        for at, p in enumerate(points)
        if p.high is not None and p.value is not None
    ]
    edges: list[tuple[float, float] | None] = []
    for at, point in enumerate(points):
        if point.threshold is None:
            edges.append(None)
        else:
            y = plot.y(point.threshold)
            edges += [(plot.x(at), y), (plot.x(at + 1), y)]
    drawn = [svg.el("path", d="".join(band), class_="band")] if band else []
    if any(edges):
        drawn.append(svg.el("path", d=svg.line(edges), class_="threshold"))
    return drawn


def _bars(plot: _Plot, points: Sequence[Week], unit: str, size: parts.Size) -> list[SafeString]:
    gap = min(2.0, plot.step * 0.2)
    shapes = [
        (point, svg.box(plot.x(at) + gap / 2, plot.y(v), plot.step - gap, plot.base - plot.y(v)))
        for at, point in enumerate(points)
        if (v := point.value)
    ]
    if len(points) > DETAIL or size == "small":
        return [svg.el("path", d="".join(path for _, path in shapes), class_="bar")]
    drawn = []
    for point, path in shapes:
        words = f"{point.label}: {number(point.value)} ({unit})"
        bar = svg.el("path", svg.title(words), d=path, class_="bar")
        drawn.append(svg.el("a", bar, href=point.href, tabindex="-1") if point.href else bar)
    return drawn


def _line(plot: _Plot, points: Sequence[Week]) -> list[SafeString]:
    through = [
        None if p.value is None else (plot.x(at + 0.5), plot.y(p.value))
        for at, p in enumerate(points)
    ]
    return [svg.el("path", d=svg.line(through), class_="line")]


def _zeros(plot: _Plot, points: Sequence[Week]) -> SafeString:
    """A reported zero: a hollow tick on the axis, so that it is seen to have been reported."""
    wide = min(plot.step * 0.6, 5)
    ticks = [
        svg.box(plot.x(at + 0.5) - wide / 2, plot.base - 1.5, wide, 3)
        for at, point in enumerate(points)
        if point.value == 0
    ]
    return svg.el("path", d="".join(ticks), class_="zero") if ticks else svg.join([])


def _alarms(plot: _Plot, points: Sequence[Week]) -> list[SafeString]:
    drawn = []
    for at, point in enumerate(points):
        if point.alarm:
            words = f"{point.label}: {parts.alarm_word(point.alarm)}"
            words += f". {point.note}" if point.note else ""
            y = max(plot.top - 6, plot.y(point.value or 0) - 8)
            drawn.append(parts.alarm_mark(point.alarm, plot.x(at + 0.5), y, words))
    return drawn


def _labels(plot: _Plot, points: Sequence[Week], size: parts.Size) -> list[SafeString]:
    if not points:
        return []
    y = plot.base + 14
    if size == "small":
        last = svg.text(plot.x(len(points)), y, points[-1].label, "end")
        return [svg.text(plot.left, y, points[0].label), last]
    longest = max(len(p.label) for p in points) * 6.5 + 12
    shown = scale.spread(len(points), int(plot.width // longest) or 1)
    return [svg.text(plot.x(at + 0.5), y, points[at].label, "middle") for at in shown]


def _key(points: Sequence[Week], ident: str, unit: str, mark: Mark) -> list[parts.KeyEntry]:
    stroke = svg.el("path", d="M1 6H17", class_="line")
    key = [(parts.swatch("cat-0") if mark == "bars" else parts.swatch_of(stroke), unit)]
    if any(p.high is not None for p in points):
        key.append((parts.swatch("band"), gettext("Expected range")))
    if any(p.threshold is not None for p in points):
        path = svg.el("path", d="M1 6H17", class_="threshold")
        key.append((parts.swatch_of(path), gettext("Threshold")))
    if any(p.value == 0 for p in points):
        zero = svg.el("path", d=svg.box(6, 4.5, 6, 3), class_="zero")
        key.append((parts.swatch_of(zero), gettext("Reported: none")))
    if any(p.value is None for p in points):
        key.append(parts.swatch_hatch(ident))
    levels = {p.alarm for p in points}
    return key + [parts.swatch_alarm(level) for level in parts.ALARM_LEVELS if level in levels]


def _table_of(points: Sequence[Week], title: str, unit: str, at: str) -> SafeString:
    return parts.table_at(title, at) if at else parts.table(title, *_rows(points, unit))


def weekly_table(points: Sequence[Week], *, title: str, unit: str = "") -> SafeString:
    """The table of a chart whose ``table_at`` leads here."""
    return parts.table_region(title, *_rows(points, unit or gettext("Cases")))


def _rows(points: Sequence[Week], unit: str) -> tuple[list[str], list[list[parts.TableCell]]]:
    """The head and the rows of the table of a chart."""
    banded = any(p.high is not None for p in points)
    bound = any(p.threshold is not None for p in points)
    head = [gettext("Period"), unit]
    head += [gettext("Expected range")] if banded else []
    head += [gettext("Threshold")] if bound else []
    head += [gettext("Alarm")]
    rows = []
    for point in points:
        shown = number(point.value) if point.value is not None else gettext("No report")
        row: list[parts.TableCell] = [(point.label, point.href) if point.href else point.label]
        row.append(shown)
        if banded:
            none = point.high is None
            row.append(number(None) if none else f"{number(point.low or 0)}–{number(point.high)}")
        if bound:
            row.append(number(point.threshold))
        row.append(parts.alarm_word(point.alarm) if point.alarm else number(None))
        rows.append(row)
    return head, rows
