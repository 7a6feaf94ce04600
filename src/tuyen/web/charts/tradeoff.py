"""What is gained against what it costs: one mark for each setting, joined in their order."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from django.utils.safestring import SafeString
from django.utils.translation import gettext

from tuyen.web.charts import parts, scale, svg
from tuyen.web.templatetags.figures import number


class Mark(NamedTuple):
    """across: the cost. up: the gain. kind: empty, or one of ``names`` of the picture."""

    across: float
    up: float
    label: str
    kind: str = ""


def render_tradeoff(
    marks: Sequence[Mark],
    *,
    title: str,
    across: str,
    up: str,
    top: float,
    names: Mapping[str, str],
    sub: str = "",
    size: parts.Size = "medium",
    show_table: bool = True,
    ident: str = "",
) -> SafeString:
    """Return the picture. names: what each kind of mark is called; a square and a ring tell the
    first two apart without colour. top: the full height."""
    ident = ident or svg.ident_of("tradeoff", title, *marks)
    width, height = parts.SIZES[size]
    steps = scale.ticks(top)
    most = scale.ticks(max([m.across for m in marks] or [1.0]) or 1.0, whole=False)
    left, base, right = 14 + 6.5 * len(number(steps[-1])), height - 34, width - 14
    rise, run = (base - 22) / steps[-1], (right - left) / most[-1]
    inner = [svg.text(left, 12, up, "start")]
    for value in steps:
        y = base - value * rise
        path = f"M{svg.short(left)} {svg.short(y)}H{svg.short(right)}"
        inner.append(svg.el("path", d=path, class_="gridline" if value else "axis"))
        inner.append(svg.text(left - 5, y + 4, number(value), "end"))
    for value in most:
        inner.append(
            svg.text(
                left + value * run,
                base + 14,
                number(value, 0 if most[1] >= 1 else 1 if most[1] >= 0.1 else 2),
                "middle",
            )
        )
    inner.append(svg.text(right, base + 29, across, "end"))
    ordered = sorted(marks, key=lambda m: (m.across, m.up))
    places = [(left + m.across * run, base - m.up * rise) for m in ordered]
    inner.append(svg.el("path", d=svg.line(places), class_="band-line"))
    kinds = list(names)
    inner += [_drawn(m, x, y, kinds) for m, (x, y) in zip(ordered, places, strict=True)]
    desc = gettext("{count} settings, from {low} to {high} of {unit}.").format(
        count=len(marks), low=number(min([m.up for m in marks], default=0)),
        high=number(max([m.up for m in marks], default=0)), unit=up,
    )  # fmt: skip
    head = [gettext("Level"), across, up, ""]
    rows = [
        [m.label, number(m.across, 2), number(round(m.up)), names.get(m.kind, "")] for m in ordered
    ]
    return parts.figure(
        parts.picture(ident, inner, title=title, desc=desc, width=width, height=height, size=size),
        title=title, sub=sub,
        key=[(parts.swatch_of(_shape(9, 6, kinds.index(kind))), name)
             for kind, name in names.items() if any(m.kind == kind for m in marks)],
        table=parts.table(title, head, rows) if show_table else None,
    )  # fmt: skip


def _drawn(mark: Mark, x: float, y: float, kinds: Sequence[str]) -> SafeString:
    words = svg.title(f"{mark.label}: {number(mark.across, 2)}, {number(round(mark.up))}")
    if mark.kind in kinds:
        return svg.el("g", words, _shape(x, y, kinds.index(mark.kind)))
    return svg.el("circle", words, cx=svg.short(x), cy=svg.short(y), r="2.5", class_="cat-0")


def _shape(x: float, y: float, place: int) -> SafeString:
    if place == 0:
        return svg.el("path", d=svg.box(x - 5, y - 5, 10, 10), class_="cat-1")
    return svg.el(
        "circle", cx=svg.short(x), cy=svg.short(y), r="6", fill="none", stroke="currentColor",
        stroke_width="2",
    )  # fmt: skip
