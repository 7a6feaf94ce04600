"""The funnel plot: each place by its size and its share, and how far chance may carry it."""

from collections.abc import Callable, Sequence
from typing import Literal, NamedTuple

from django.utils.safestring import SafeString
from django.utils.translation import gettext

from tuyen.web.charts import parts, scale, svg
from tuyen.web.templatetags.figures import number, percent

Verdict = Literal["short", "watch", "within", "above"]
Put = Callable[[float, float], tuple[float, float]]
NAMED = 8  # places whose name stands beside their mark


class Spot(NamedTuple):
    """A place. share, low, high: 0 to 1; low and high hold 998 of 1,000 places of its size."""

    label: str
    size: int
    share: float
    low: float
    high: float
    verdict: Verdict
    note: str = ""
    href: str = ""


class Lines(NamedTuple):
    """A pair of limits at some sizes."""

    size: Sequence[int]
    low: Sequence[float]
    high: Sequence[float]


def render_funnel_plot(
    spots: Sequence[Spot],
    *,
    title: str,
    middle: float,
    near: Lines,
    wide: Lines,
    across: str,
    sub: str = "",
    target: float | None = None,
    size: parts.Size = "wide",
    show_table: bool = True,
    ident: str = "",
) -> SafeString:
    """Return the plot. middle: the share of all. near, wide: the limits within which 95 of 100 and 998
    of 1,000 places lie by chance. Places beyond have a shape of their own; the furthest are named."""
    ident = ident or svg.ident_of("funnelplot", title, *spots)
    width, height = parts.SIZES[size][0], 330
    most = scale.ticks(max([s.size for s in spots] or [1]))
    floor = min([s.share for s in spots] + [middle, target or 1.0])
    floor = max(0.0, (int(floor * 10 - 1e-9)) / 10)
    left, right, top, base = 46.0, width - 16.0, 16.0, height - 38.0
    run, rise = (right - left) / most[-1], (base - top) / (1 - floor)

    def put(children: float, share: float) -> tuple[float, float]:
        return left + children * run, base - (max(share, floor) - floor) * rise

    inner: list[SafeString] = []
    for n in range(round(floor * 10), 11):
        _, y = put(0, n / 10)
        path = f"M{svg.short(left)} {svg.short(y)}H{svg.short(right)}"
        inner.append(svg.el("path", d=path, class_="gridline"))
        inner.append(svg.text(left - 5, y + 4, percent(n / 10, 0), "end"))
    for value in most:
        inner.append(svg.text(left + value * run, base + 15, number(value), "middle"))
    inner.append(svg.text(right, base + 31, across, "end"))
    axis = f"M{svg.short(left)} {svg.short(base)}H{svg.short(right)}"
    inner.append(svg.el("path", d=axis, class_="axis"))
    for pair, class_ in ((wide, "limit-wide"), (near, "limit-near")):
        for side in (pair.low, pair.high):
            through = [
                put(n, share) if share >= floor else None
                for n, share in zip(pair.size, side, strict=True)
            ]
            inner.append(svg.el("path", d=svg.line(through), class_=class_))
    for share, class_ in ((middle, "fan-middle"), (target, "target-line")):
        if share is not None:
            _, y = put(0, share)
            path = f"M{svg.short(left)} {svg.short(y)}H{svg.short(right)}"
            inner.append(svg.el("path", d=path, class_=class_))
    inner += _spots(spots, put, (left + right) * 0.7)
    desc = gettext(
        "{count} places; {short} fall short by more than chance, {watch} are to be watched."
    )
    image = parts.picture(
        ident, inner, title=title,
        desc=desc.format(
            count=len(spots), short=sum(s.verdict == "short" for s in spots),
            watch=sum(s.verdict == "watch" for s in spots),
        ),
        width=width, height=height, size=size, linked=any(s.href for s in spots),
    )  # fmt: skip
    return parts.figure(
        image, title=title, sub=sub, key=_key(spots, target is not None),
        table=_table(spots, title, across) if show_table else None,
    )  # fmt: skip


def verdict_word(verdict: str) -> str:
    return {
        "short": gettext("Short beyond chance"),
        "watch": gettext("To be watched"),
        "within": gettext("Within chance"),
        "above": gettext("Better than chance"),
    }[verdict]


def _spots(spots: Sequence[Spot], put: Put, middle: float) -> list[SafeString]:
    drawn: list[SafeString] = []
    for one in sorted(spots, key=lambda s: _ORDER.index(s.verdict)):
        x, y = put(one.size, one.share)
        mark = _mark(one.verdict, x, y)
        words = svg.title(f"{one.label}: {percent(one.share, 1)} ({number(one.size)}). {one.note}")
        held = svg.el("g", words, mark)
        drawn.append(svg.el("a", held, href=one.href, tabindex="-1") if one.href else held)
    return drawn + _names([one for one in spots if one.verdict == "short"], put, middle)


def _names(short: Sequence[Spot], put: Put, middle: float) -> list[SafeString]:
    """The names of the furthest, beside their marks: where one would hide a mark it is left to the table."""
    drawn: list[SafeString] = []
    marks = [put(one.size, one.share) for one in short]
    taken: list[tuple[float, float, float]] = []  # height, left, right
    for one in sorted(short, key=lambda s: s.share - s.low)[:NAMED]:
        x, y = put(one.size, one.share)
        wide = 6.5 * len(one.label)
        left, right = (x - 9 - wide, x - 9) if x > middle else (x + 9, x + 9 + wide)
        over = any(
            left - 6 < u < right + 6 and abs(v - y) < 12 for u, v in marks if (u, v) != (x, y)
        )
        if over or any(abs(v - y) < 13 and a < right and left < b for v, a, b in taken):
            continue
        taken.append((y, left, right))
        end = x > middle
        drawn.append(
            svg.text(right if end else left, y + 4, one.label, "end halo" if end else "halo")
        )
    return drawn


_ORDER = ("within", "above", "watch", "short")  # the gravest last, above the others


def _mark(verdict: Verdict, x: float, y: float) -> SafeString:
    """A shape for each verdict, so that they differ in print and to every eye."""
    if verdict == "short":
        return parts.alarm_mark("alert", x, y, r=6)
    if verdict == "watch":
        return parts.alarm_mark("signal", x, y, r=5)
    if verdict == "above":
        return svg.el("path", d=svg.box(x - 3.5, y - 3.5, 7, 7), class_="zero")
    return svg.el("circle", cx=svg.short(x), cy=svg.short(y), r="3", class_="spot")


def _key(spots: Sequence[Spot], target: bool) -> list[parts.KeyEntry]:
    there = {s.verdict for s in spots}
    key = [
        (parts.swatch_of(_mark(verdict, 9, 6)), verdict_word(verdict))
        for verdict in reversed(_ORDER)
        if verdict in there
    ]
    lines = [("fan-middle", gettext("All of them together")), ("limit-near", gettext("95 of 100 lie within")),
             ("limit-wide", gettext("998 of 1,000 lie within"))]  # fmt: skip
    lines += [("target-line", gettext("Target"))] if target else []
    return key + [
        (parts.swatch_of(svg.el("path", d="M1 6H17", class_=class_)), words)
        for class_, words in lines
    ]


def _table(spots: Sequence[Spot], title: str, across: str) -> SafeString:
    head = [
        gettext("Area"),
        across,
        gettext("Share"),
        gettext("998 of 1,000 lie within"),
        gettext("Verdict"),
    ]
    rows: list[list[parts.TableCell]] = [
        [
            (one.label, one.href) if one.href else one.label, number(one.size), percent(one.share, 1),
            f"{percent(one.low, 0)} – {percent(one.high, 0)}", verdict_word(one.verdict),
        ]
        for one in sorted(spots, key=lambda s: (s.share, s.label))
    ]  # fmt: skip
    return parts.table(title, head, rows)
