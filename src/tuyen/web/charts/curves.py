"""A share that grows with age, with its limits and the age by which it is wanted."""

from collections.abc import Sequence
from typing import NamedTuple

from django.utils.safestring import SafeString
from django.utils.translation import gettext

from tuyen.web.charts import parts, svg
from tuyen.web.charts.drawings import drawn_once
from tuyen.web.templatetags.figures import number, percent


class Reach(NamedTuple):
    """At an age (in ``label``, "26 weeks"): the share (0 to 1), its 95 % limits, and how many without
    it are still followed. None from where nobody is followed."""

    label: str
    share: float | None
    low: float | None
    high: float | None
    followed: int


@drawn_once
def render_curve(
    points: Sequence[Reach],
    *,
    title: str,
    sub: str = "",
    ticks: Sequence[tuple[int, str]] = (),
    wanted: int | None = None,
    size: parts.Size = "small",
    show_table: bool = True,
    ident: str = "",
) -> SafeString:
    """Return the curve through ``points`` in order, from 0 to 100 %.

    ticks: (place among the points, words) under the axis. wanted: the place among the points of the
    age by which it is wanted, a stroke from top to bottom.
    """
    ident = ident or svg.ident_of("curve", title, size, *points)
    width, height = parts.SIZES[size]
    left, base, right, top = 38.0, height - 20, width - 8.0, 8.0
    step = (right - left) / max(1, len(points) - 1)

    def put(at: float, share: float) -> tuple[float, float]:
        return left + at * step, base - share * (base - top)

    inner: list[SafeString] = []
    for share in (0, 0.5, 1):
        x, y = put(0, share)
        path = f"M{svg.short(x)} {svg.short(y)}H{svg.short(right)}"
        inner.append(svg.el("path", d=path, class_="gridline" if share else "axis"))
        inner.append(svg.text(left - 5, y + 4, percent(share, 0), "end"))
    known = [(at, p) for at, p in enumerate(points) if p.share is not None]
    band = [put(at, p.high or 0) for at, p in known]
    band += [put(at, p.low or 0) for at, p in reversed(known)]
    if len(known) > 1:
        inner.append(svg.el("path", d=svg.line(band) + "z", class_="band"))
        line = [put(at, p.share or 0) for at, p in known]
        inner.append(svg.el("path", d=svg.line(line), class_="line"))
    if wanted is not None and 0 <= wanted < len(points):
        x, _ = put(wanted, 0)
        inner.append(svg.el("path", d=f"M{svg.short(x)} {svg.short(top)}V{base}", class_="note"))
    for at, words in ticks:
        x, _ = put(at, 0)
        class_ = "end" if at == len(points) - 1 else "middle" if at else None
        inner.append(svg.text(x, base + 14, words, class_))
    desc = _described(known, wanted, points)
    rows: list[list[parts.TableCell]] = [
        [
            p.label,
            percent(p.share, 1),
            number(None) if p.low is None else f"{percent(p.low, 1)} – {percent(p.high, 1)}",
            number(p.followed),
        ]
        for p in points
    ]
    head = [gettext("Age"), gettext("With the dose"), gettext("95 of 100 lie within"),
            gettext("Followed without it")]  # fmt: skip
    return parts.figure(
        parts.picture(ident, inner, title=title, desc=desc, width=width, height=height, size=size),
        title=title, sub=sub, table=parts.table(title, head, rows) if show_table else None,
        scrolls=size != "small",
    )  # fmt: skip


def curve_key() -> SafeString:
    """One key for several curves."""
    line = svg.el("path", d="M1 6H17", class_="line")
    stroke = svg.el("path", d="M9 0V12", class_="note")
    entries = [
        (parts.swatch_of(line), gettext("Share with the dose")),
        (parts.swatch("band"), gettext("95 of 100 lie within")),
        (parts.swatch_of(stroke), gettext("Counts up to this age")),
    ]
    items = [svg.el("li", small, words) for small, words in entries]
    return svg.el("div", svg.el("ul", *items, class_="chart-key"), class_="chart")


def _described(
    known: Sequence[tuple[int, Reach]], wanted: int | None, points: Sequence[Reach]
) -> str:
    if not known:
        return gettext("Nobody is followed.")
    _, last = known[-1]
    said = gettext("{share} have it at {age}.").format(
        share=percent(last.share, 1), age=last.label
    )  # fmt: skip
    if wanted is not None and wanted < len(points) and points[wanted].share is not None:
        at = points[wanted]
        said = gettext("{share} have it at {age}, up to which it counts.").format(
            share=percent(at.share, 1), age=at.label
        ) + f" {said}"  # fmt: skip
    return said
