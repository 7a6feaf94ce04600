"""How honest a forecast was: Levey-style plots of the probability integral transform and of coverage.

A calibrated forecast has equal bars and points on the diagonal. What chance alone would do is drawn
as a band, so that nobody reads noise as a fault.
"""

import math
from collections.abc import Sequence
from typing import NamedTuple

from django.utils.safestring import SafeString
from django.utils.translation import gettext

from tuyen.web.charts import parts, svg
from tuyen.web.templatetags.figures import number, percent

_Z = 1.959964  # of 95 %
LEFT, TOP, FOOT = 40, 10, 34


class Covered(NamedTuple):
    """nominal: what the interval promised, a share of 1. inside: how many of ``of`` observations
    lay within."""

    nominal: float
    inside: int
    of: int


def expected_range(share: float, of: int) -> tuple[float, float]:
    """Shares between which chance alone keeps a calibrated forecast, 19 times of 20.

    The normal approximation, cut at 0 and 1; with no observation everything is possible.
    """
    if of <= 0:
        return 0.0, 1.0
    spread = _Z * math.sqrt(share * (1 - share) / of)
    return max(0.0, share - spread), min(1.0, share + spread)


def render_pit(
    counts: Sequence[float],
    *,
    title: str,
    sub: str = "",
    size: parts.Size = "medium",
    show_table: bool = True,
    ident: str = "",
) -> SafeString:
    """Return the histogram of PIT values.

    counts: (bins,) how many observations fell into each equal part from 0 to 1; a randomised or
    non-randomised PIT of counts gives fractions.
    """
    ident = ident or svg.ident_of("pit", title, *counts)
    width, height = parts.SIZES[size]
    total, bins = sum(counts), len(counts)
    level = total / bins if bins else 0.0
    low, high = expected_range(1 / bins if bins else 0.0, round(total))
    top = max([*counts, high * total, 1]) * 1.08
    base, rise = height - FOOT, (height - FOOT - TOP) / top
    step = (width - LEFT - 10) / max(1, bins)

    def y(value: float) -> float:
        return base - value * rise

    inner = [
        svg.el(
            "path", d=svg.box(LEFT, y(high * total), step * bins, (high - low) * total * rise),
            class_="band",
        ),
        *(_pit_bar(at, count, bins, LEFT + at * step, step, base, y(count)) for at, count in
          enumerate(counts)),
        svg.el("path", d=f"M{LEFT} {svg.short(y(level))}H{svg.short(LEFT + step * bins)}",
               class_="threshold"),
        svg.el("path", d=f"M{LEFT} {base}H{svg.short(LEFT + step * bins)}", class_="axis"),
        *(svg.text(LEFT + share * step * bins, base + 14, number(share, 1), "middle")
          for share in (0, 0.5, 1)),
        svg.text(LEFT - 6, y(level) + 4, number(level), "end"),
    ]  # fmt: skip
    desc = gettext("{n} observations in {bins} parts; {level} in each if calibrated.").format(
        n=number(total), bins=bins, level=number(level)
    )
    image = parts.picture(
        ident, inner, title=title, desc=desc, width=width, height=height, size=size
    )
    key = [
        (parts.swatch("cat-0"), gettext("Observed")),
        (_line("threshold"), gettext("If calibrated")),
        (parts.swatch("band"), gettext("What chance alone would do, 19 times of 20")),
    ]
    rows = [
        [f"{number(at / bins, 2)}–{number((at + 1) / bins, 2)}", number(count), number(level)]
        for at, count in enumerate(counts)
    ]
    head = [gettext("Part of the forecast"), gettext("Observed"), gettext("If calibrated")]
    table = parts.table(title, head, rows) if show_table else None
    return parts.figure(image, title=title, sub=sub, key=key, table=table)


def _pit_bar(
    at: int, count: float, bins: int, x: float, step: float, base: float, top: float
) -> SafeString:
    words = f"{number(at / bins, 2)}–{number((at + 1) / bins, 2)}: {number(count)}"
    path = svg.box(x + 1, top, step - 2, base - top)
    return svg.el("path", svg.title(words), d=path, class_="cell cat-0")


def render_coverage(
    points: Sequence[Covered],
    *,
    title: str,
    sub: str = "",
    size: parts.Size = "medium",
    show_table: bool = True,
    ident: str = "",
) -> SafeString:
    """Return observed against promised coverage: a ring within what chance allows, a filled square
    outside it, so that print and every eye tell them apart."""
    ident = ident or svg.ident_of("coverage", title, *points)
    width, height = parts.SIZES[size]
    side = height - FOOT - TOP
    right, base = LEFT + (width - LEFT - 14), TOP + side

    def place(nominal: float, observed: float) -> tuple[float, float]:
        return LEFT + nominal * (right - LEFT), base - observed * side

    held = sorted(points)
    ranges = [expected_range(point.nominal, point.of) for point in held]
    edge = [place(p.nominal, high) for p, (_, high) in zip(held, ranges, strict=True)]
    under = [place(p.nominal, low) for p, (low, _) in zip(held, ranges, strict=True)]
    inner: list[SafeString] = []
    if edge:
        inner.append(svg.el("path", d=svg.line([*edge, *reversed(under)]) + "z", class_="band"))
    corner, end = place(0, 0), place(1, 1)
    inner += [
        svg.el("path", d=svg.line([corner, end]), class_="threshold"),
        svg.el("path", d=f"M{LEFT} {TOP}V{svg.short(base)}H{svg.short(right)}", class_="axis"),
        *(svg.text(place(share, 0)[0], base + 14, percent(share), "middle") for share in _TICKS),
        *(svg.text(LEFT - 6, place(0, share)[1] + 4, percent(share), "end") for share in _TICKS),
    ]
    outside = 0
    for point, (low, high) in zip(held, ranges, strict=True):
        observed = point.inside / point.of if point.of else None
        if observed is None:
            continue
        off = not low <= observed <= high
        outside += off
        inner.append(_coverage_mark(*place(point.nominal, observed), point, observed, off))
    desc = gettext("{n} intervals; {off} of them further off than chance allows.").format(
        n=len(held), off=outside
    )
    image = parts.picture(
        ident, inner, title=title, desc=desc, width=width, height=height, size=size
    )
    key = [
        (parts.swatch_of(_mark(9, 6, off=False)), gettext("Within what chance allows")),
        (parts.swatch_of(_mark(9, 6, off=True)), gettext("Further off than chance allows")),
        (_line("threshold"), gettext("If calibrated")),
    ]
    rows = [_row(point, span) for point, span in zip(held, ranges, strict=True)]
    head = [gettext("Promised"), gettext("Observed"), gettext("Observations"),
            gettext("Chance allows")]  # fmt: skip
    table = parts.table(title, head, rows) if show_table else None
    return parts.figure(image, title=title, sub=sub, key=key, table=table)


_TICKS = (0, 0.5, 1)


def _row(point: Covered, span: tuple[float, float]) -> list[parts.TableCell]:
    observed = percent(point.inside / point.of) if point.of else gettext("No report")
    chance = f"{percent(span[0])}–{percent(span[1])}"
    return [percent(point.nominal), observed, number(point.of), chance]


def _coverage_mark(x: float, y: float, point: Covered, observed: float, off: bool) -> SafeString:
    words = f"{percent(point.nominal)}: {percent(observed)} ({number(point.of)})"
    return _mark(x, y, off=off, words=words)


def _mark(x: float, y: float, *, off: bool, words: str = "") -> SafeString:
    inner = [svg.title(words)] if words else []
    if off:
        return svg.el("path", *inner, d=svg.box(x - 4, y - 4, 8, 8), class_="cell cat-1")
    return svg.el("circle", *inner, cx=x, cy=y, r=4, class_="symbol")


def _line(class_: str) -> SafeString:
    return parts.swatch_of(svg.el("path", d="M1 6H17", class_=class_))
