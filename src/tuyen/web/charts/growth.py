"""A child's measures on the lines of the WHO standard, from three below the median to three above."""

from collections.abc import Sequence
from typing import NamedTuple

from django.utils.safestring import SafeString
from django.utils.translation import gettext

from tuyen.web.charts import parts, svg
from tuyen.web.charts.drawings import drawn_once
from tuyen.web.templatetags.figures import number


class Lines(NamedTuple):
    """The standard at a place of the axis: values at scores -3, -2, 0, 2, 3."""

    at: float
    values: tuple[float, ...]


class Measured(NamedTuple):
    """A measure of the child; ``z`` is its score ("" where it cannot be true)."""

    at: float
    value: float
    label: str
    z: str


@drawn_once
def render_growth(
    lines: Sequence[Lines], measured: Sequence[Measured], *, title: str, unit: str,
    ticks: Sequence[tuple[float, str]] = (), size: parts.Size = "small",
) -> SafeString:  # fmt: skip
    """The child's curve over the shaded range from -2 to +2, the outer lines dashed.

    ticks: (place on the axis, words). Measures off the picture are in its table.
    """
    ident = svg.ident_of("growth", title, size, *measured, *lines[:1])
    width, height = parts.SIZES[size]
    left, base, right, top = 34.0, height - 20.0, width - 24.0, 8.0
    first, last = lines[0].at, lines[-1].at
    low = min(min(one.values) for one in lines)
    high = max(max(one.values) for one in lines)

    def put(at: float, value: float) -> tuple[float, float]:
        x = left + (at - first) / (last - first or 1) * (right - left)
        return x, base - (value - low) / (high - low or 1) * (base - top)

    band = [put(one.at, one.values[3]) for one in lines]
    band += [put(one.at, one.values[1]) for one in reversed(lines)]
    inner = [svg.el("path", d=svg.line(band) + "z", class_="band")]
    for n, words in ((0, "−3"), (1, "−2"), (2, "0"), (3, "+2"), (4, "+3")):
        path = [put(one.at, one.values[n]) for one in lines]
        inner.append(svg.el("path", d=svg.line(path), class_="expected" if n != 2 else "gridline"))
        inner.append(svg.text(right + 3, path[-1][1] + 4, words))
    for value in (low, (low + high) / 2, high):
        inner.append(svg.text(left - 4, put(first, value)[1] + 4, number(round(value)), "end"))
    for at, words in ticks:
        inner.append(svg.text(put(at, low)[0], base + 14, words, "middle"))
    inside = [one for one in measured if first <= one.at <= last and low <= one.value <= high]
    if len(inside) > 1:
        inner.append(
            svg.el("path", d=svg.line([put(m.at, m.value) for m in inside]), class_="line")
        )
    for one in inside:
        x, y = put(one.at, one.value)
        inner.append(svg.el("circle", cx=svg.short(x), cy=svg.short(y), r=3.5, class_="bar"))
    rows: list[list[parts.TableCell]] = [
        [one.label, f"{number(one.value, 1)} {unit}", one.z or "–"] for one in measured
    ]
    head = [gettext("Day"), gettext("Measured"), gettext("z-score")]
    desc = gettext("{n} measures over the lines of the WHO standard; the shaded range is −2 to +2.")
    return parts.figure(
        parts.picture(ident, inner, title=title, desc=desc.format(n=len(measured)), width=width,
                      height=height, size=size),
        title=title, sub=unit, table=parts.table(title, head, rows),
    )  # fmt: skip
