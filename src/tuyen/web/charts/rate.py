"""A rate day by day with its uncertainty, against the value at which nothing changes."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from django.utils.safestring import SafeString
from django.utils.translation import gettext

from tuyen.web.charts import parts, scale, svg
from tuyen.web.charts.drawings import drawn_once
from tuyen.web.templatetags.figures import number


class Rate(NamedTuple):
    """One point; None where too little is known to say."""

    label: str
    value: float | None
    low: float | None = None
    high: float | None = None


@drawn_once
def render_rate(
    points: Sequence[Rate],
    *,
    title: str,
    sub: str = "",
    unit: str = "",
    even: float = 1.0,
    even_words: str = "",
    size: parts.Size = "medium",
    show_table: bool = True,
    ident: str = "",
) -> SafeString:
    """Return the line of ``points`` with its band. even: the value at which nothing changes, drawn
    as a dashed line and named by ``even_words``."""
    ident = ident or svg.ident_of("rate", title, *points)
    unit = unit or gettext("Estimate")
    width, height = parts.SIZES[size]
    tops = [v for p in points for v in (p.value, p.high) if v is not None]
    ticks = scale.ticks(max([2 * even, *tops]))
    left = 8 + 6.5 * max(len(number(t, 1)) for t in ticks)
    base, right = height - 20, width - 4
    step, rise = (right - left) / max(1, len(points)), (base - 10) / ticks[-1]

    def at(n: int, value: float) -> tuple[float, float]:
        return left + (n + 0.5) * step, base - value * rise

    inner: list[SafeString] = []
    for value in ticks:
        path = f"M{svg.short(left)} {svg.short(base - value * rise)}H{svg.short(right)}"
        inner.append(svg.el("path", d=path, class_="gridline" if value else "axis"))
        inner.append(svg.text(left - 5, base - value * rise + 4, number(value, 1), "end"))
    inner += [svg.el("path", d=path, class_="band") for path in _bands(points, at)]
    level = f"M{svg.short(left)} {svg.short(base - even * rise)}H{svg.short(right)}"
    inner.append(svg.el("path", d=level, class_="expected"))
    line = svg.line(None if p.value is None else at(n, p.value) for n, p in enumerate(points))
    inner.append(svg.el("path", d=line, class_="line"))
    longest = max([len(p.label) for p in points], default=1) * 6.5 + 12
    for n in scale.spread(len(points), int((right - left) // longest) or 1):
        inner.append(svg.text(left + (n + 0.5) * step, base + 14, points[n].label, "middle"))

    key = [
        (parts.swatch_of(svg.el("path", d="M1 6H17", class_="line")), unit),
        (parts.swatch("band"), gettext("95 of 100 lie within")),
    ]
    if even_words:
        key.append((parts.swatch_of(svg.el("path", d="M1 6H17", class_="expected")), even_words))
    image = parts.picture(
        ident, inner, title=title, desc=_describe(points, unit), width=width, height=height,
        size=size,
    )  # fmt: skip
    return parts.figure(
        image, title=title, sub=sub, key=key,
        table=parts.table(title, *_rows(points, unit)) if show_table else None,
    )  # fmt: skip


def _bands(points: Sequence[Rate], at: Callable[[int, float], tuple[float, float]]) -> list[str]:
    """A band for each run of points that have one."""
    runs: list[list[tuple[int, float, float]]] = [[]]
    for n, p in enumerate(points):
        if p.low is None or p.high is None:
            runs.append([])
        else:
            runs[-1].append((n, p.low, p.high))
    return [
        svg.line([*(at(n, high) for n, _, high in run),
                  *(at(n, low) for n, low, _ in reversed(run))]) + "z"
        for run in runs if len(run) > 1
    ]  # fmt: skip


def _describe(points: Sequence[Rate], unit: str) -> str:
    told = [p for p in points if p.value is not None]
    if not told:
        return gettext("Too few cases to say.")
    return gettext("{unit}: {value} ({low} to {high}) at {label}.").format(
        unit=unit, value=number(told[-1].value, 2), low=number(told[-1].low, 2),
        high=number(told[-1].high, 2), label=told[-1].label,
    )  # fmt: skip


def _rows(points: Sequence[Rate], unit: str) -> tuple[list[str], list[list[parts.TableCell]]]:
    head = [gettext("Day"), unit, gettext("95 of 100 lie within")]
    rows: list[list[parts.TableCell]] = []
    for p in points:
        none = p.value is None
        span = number(None) if none else f"{number(p.low, 2)}–{number(p.high, 2)}"
        rows.append([p.label, number(None) if none else number(p.value, 2), span])
    return head, rows
