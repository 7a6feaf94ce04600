"""Horizontal bars: one value for each name, with a target to reach; and the sparkline."""

from collections.abc import Sequence
from typing import NamedTuple

from django.utils.safestring import SafeString
from django.utils.translation import gettext

from tuyen.web.charts import parts, svg
from tuyen.web.templatetags.figures import number

ROW = 22
WIDTHS: dict[parts.Size, tuple[int, int, int]] = {  # all, label, letters of the label
    "small": (340, 132, 21),
    "medium": (560, 190, 31),
    "wide": (920, 260, 42),
}


class _Frame(NamedTuple):
    width: int
    label: int
    letters: int
    ident: str


class Bar(NamedTuple):
    """value: None when there is no report. target: a tick across the bar. written: the value as it
    is to be read ("93,4%"), when a plain number will not do."""

    label: str
    value: float | None
    href: str = ""
    target: float | None = None
    written: str = ""
    alarm: str = ""


def render_bars(
    bars: Sequence[Bar],
    *,
    title: str,
    sub: str = "",
    unit: str = "",
    top: float | None = None,
    size: parts.Size = "medium",
    show_table: bool = True,
    ident: str = "",
) -> SafeString:
    """Return the bars in the order given. top: the value of the full width (1 for shares)."""
    ident = ident or svg.ident_of("bars", title, *bars)
    frame = _Frame(*WIDTHS[size], ident)
    known = [v for b in bars for v in (b.value, b.target) if v is not None]
    full = top or max([*known, 0]) or 1
    reach = frame.width - frame.label - 62
    inner = [
        part
        for at, bar in enumerate(bars)
        for part in _row(bar, at * ROW, reach / full, reach, frame)
    ]
    axis = f"M{frame.label} 0V{ROW * len(bars)}"
    inner.append(svg.el("path", d=axis, class_="axis"))
    key = []
    if any(b.target is not None for b in bars):
        key.append(
            (parts.swatch_of(svg.el("path", d="M9 1V11", class_="target")), gettext("Target"))
        )
    if any(b.value is None for b in bars):
        key.append(parts.swatch_hatch(ident))
    desc = gettext("{count} bars, {missing} without a report.").format(
        count=len(bars), missing=sum(b.value is None for b in bars)
    )
    image = parts.picture(
        ident,
        inner,
        title=title,
        desc=desc,
        width=frame.width,
        height=ROW * max(1, len(bars)),
        size=size,
        linked=any(b.href for b in bars),
    )
    rows = [[(b.label, b.href) if b.href else b.label, _written(b)] for b in bars]
    table = parts.table(title, [gettext("Name"), unit or gettext("Value")], rows)
    return parts.figure(
        image,
        title=title,
        sub=sub,
        key=key,
        table=table if show_table else None,
        scrolls=size != "small",
    )


def _row(bar: Bar, y: float, scale: float, reach: float, frame: _Frame) -> list[SafeString]:
    left = frame.label
    name = _cut(bar.label, frame.letters)
    words = svg.title(f"{bar.label}: {_written(bar)}")
    label = svg.el("text", words, name, x=left - 8, y=y + 15, class_="end label-row")
    end = left
    drawn: list[SafeString] = []
    if bar.value is None:
        path = svg.box(left, y + 4, reach, ROW - 8)
        drawn.append(svg.el("path", words, d=path, fill=f"url(#{frame.ident}-h)", class_="gap"))
        drawn.append(svg.text(left + 6, y + 15, _written(bar), "halo"))
    elif bar.value == 0:
        drawn.append(svg.el("path", words, d=svg.box(left - 1.5, y + 7, 3, 8), class_="zero"))
    else:
        long = min(reach, bar.value * scale)
        drawn.append(svg.el("path", words, d=svg.box(left, y + 4, long, ROW - 8), class_="bar"))
        end = left + round(long)
    if bar.target is not None:
        x = left + min(reach, bar.target * scale)
        path = f"M{svg.short(x)} {svg.short(y + 2)}v{ROW - 4}"
        drawn.append(svg.el("path", d=path, class_="target"))
        end = max(end, round(x))
    if bar.value is not None:
        drawn.append(svg.text(end + 6, y + 15, _written(bar), "label-strong"))
    if bar.alarm:
        drawn.append(parts.alarm_mark(bar.alarm, left - 2, y + 11, parts.alarm_word(bar.alarm)))
    if bar.href:
        return [svg.el("a", label, *drawn[:1], href=bar.href, tabindex="-1"), *drawn[1:]]
    return [label, *drawn]


def _cut(words: str, letters: int) -> str:
    return words if len(words) <= letters else words[: letters - 1].rstrip() + "…"


def _written(bar: Bar) -> str:
    if bar.value is None:
        return gettext("No report")
    return bar.written or number(bar.value)


def render_sparkline(
    values: Sequence[float | None], *, title: str, alarm: str = "", threshold: float | None = None
) -> SafeString:
    """Return a line as high as a word. Gaps are gaps; the last value is a dot, or the alarm's mark."""
    known = [v for v in values if v is not None]
    full = max([*known, threshold or 0, 1])
    step = 88 / max(1, len(values) - 1)

    def at(index: int, value: float) -> tuple[float, float]:
        return 3 + index * step, 20 - 16 * value / full

    inner = [svg.el("title", title)]
    if threshold is not None:
        y = svg.short(at(0, threshold)[1])
        inner.append(svg.el("path", d=f"M3 {y}H91", class_="threshold"))
    through = [None if v is None else at(n, v) for n, v in enumerate(values)]
    inner.append(svg.el("path", d=svg.line(through), class_="line"))
    if known:
        last = max(n for n, v in enumerate(values) if v is not None)
        x, y_last = at(last, known[-1])
        dot = svg.el("circle", cx=x, cy=y_last, r=2.4, class_="bar")
        inner.append(parts.alarm_mark(alarm, x, y_last, r=4) if alarm else dot)
    image = svg.el("svg", *inner, viewBox="0 0 96 24", role="img", aria_label=title)
    return svg.el("span", image, class_="chart spark")
