"""What is known, what is still to be reported, and what is forecast: bars, hatched bars and a fan."""

from collections.abc import Sequence
from typing import NamedTuple

from django.utils.safestring import SafeString
from django.utils.translation import gettext

from tuyen.web.charts import parts, scale, svg
from tuyen.web.charts.drawings import drawn_once
from tuyen.web.templatetags.figures import number


class Spread(NamedTuple):
    """What a count may be: the middle, half of the chance, nine tenths of it."""

    low: float  # 5 of 100 lie below
    low_half: float
    middle: float
    high_half: float
    high: float  # 5 of 100 lie above


class Step(NamedTuple):
    """One period. value: cases reported; None for a period to come. spread: what it may come to."""

    label: str
    value: float | None
    spread: Spread | None = None
    href: str = ""


class _Plot(NamedTuple):
    left: float
    base: float
    step: float
    rise: float

    def x(self, at: float) -> float:
        return self.left + at * self.step

    def y(self, value: float) -> float:
        return self.base - value * self.rise


@drawn_once
def render_fan(
    steps: Sequence[Step],
    *,
    title: str,
    sub: str = "",
    size: parts.Size = "wide",
    show_table: bool = True,
    show_key: bool = True,
    y_max: float | None = None,
    ident: str = "",
) -> SafeString:
    """Return the chart of ``steps`` in order: those reported first, those to come after them.

    Of a period that is still being reported the part expected is hatched above its bar, with a
    stroke from 5 to 95 of 100. Periods to come are a fan: nine tenths light and edged with dots,
    half of the chance dark, the middle a line. Nothing is told by colour alone.
    """
    ident = ident or svg.ident_of("fan", title, size, *steps)
    width, height = parts.SIZES[size]
    tops = [v for s in steps for v in (s.value, s.spread.high if s.spread else None) if v]
    ticks = scale.ticks(max([y_max or 0, *tops, 1]), wanted=2 if size == "small" else 4)
    left = 8 + 6.5 * max(len(number(t)) for t in ticks)
    base, wide = height - 20, width - left - 4
    plot = _Plot(left, base, wide / max(1, len(steps)), (base - 14) / ticks[-1])

    inner: list[SafeString] = []
    for value in ticks:
        path = f"M{svg.short(left)} {svg.short(plot.y(value))}H{svg.short(width - 4)}"
        inner.append(svg.el("path", d=path, class_="gridline" if value else "axis"))
        inner.append(svg.text(left - 5, plot.y(value) + 4, number(value), "end"))
    inner += _fan(plot, steps)
    for at, each in enumerate(steps):
        if each.value is not None:
            inner += _told(plot, at, each, ident)
    inner += _labels(plot, steps, size, wide)
    image = parts.picture(
        ident, inner, title=title, desc=describe(steps), width=width, height=height, size=size
    )
    return parts.figure(
        image, title=title, sub=sub, key=_key(steps, ident) if show_key else (),
        table=parts.table(title, *_rows(steps)) if show_table else None,
        scrolls=size != "small",
    )  # fmt: skip


def describe(steps: Sequence[Step]) -> str:
    """The chart in one sentence, for those who do not see it."""
    told = [s for s in steps if s.value is not None]
    ahead = [s.spread.middle for s in steps if s.value is None and s.spread]
    words = gettext("{first} to {last}: {latest} cases reported in the last period.").format(
        first=told[0].label, last=told[-1].label, latest=number(told[-1].value)
    ) if told else gettext("Nothing is reported yet.")  # fmt: skip
    if ahead:
        words += " " + gettext("The next {n} periods: about {cases} cases.").format(
            n=len(ahead), cases=", ".join(number(value) for value in ahead)
        )
    return words


def _told(plot: _Plot, at: int, each: Step, ident: str) -> list[SafeString]:
    """The bar of what was reported; above it, hatched, what is expected to come."""
    gap, value = min(2.0, plot.step * 0.2), each.value or 0
    x, wide = plot.x(at) + gap / 2, plot.step - gap
    words = f"{each.label}: {number(value)}"
    drawn: list[SafeString] = []
    if value:
        bar = svg.box(x, plot.y(value), wide, value * plot.rise)
        drawn.append(svg.el("path", svg.title(words), d=bar, class_="bar"))
    else:
        mark = min(plot.step * 0.6, 5)
        zero = svg.box(plot.x(at + 0.5) - mark / 2, plot.base - 1.5, mark, 3)
        drawn.append(svg.el("path", d=zero, class_="zero"))
    spread = each.spread
    if spread is not None and spread.high > value:
        said = gettext("{label}: {middle} expected when all is reported, {low} to {high}").format(
            label=each.label, middle=number(spread.middle), low=number(spread.low),
            high=number(spread.high),
        )  # fmt: skip
        more = svg.box(x, plot.y(spread.middle), wide, (spread.middle - value) * plot.rise)
        fill = f"url(#{ident}-h)"
        if spread.middle > value:
            drawn.append(svg.el("path", svg.title(said), d=more, fill=fill, class_="to-come"))
        middle = svg.short(plot.x(at + 0.5))
        stroke = f"M{middle} {svg.short(plot.y(spread.low))}V{svg.short(plot.y(spread.high))}"
        drawn.append(svg.el("path", d=stroke, class_="whisker"))
    return drawn


def _fan(plot: _Plot, steps: Sequence[Step]) -> list[SafeString]:
    ahead = [(at, s.spread) for at, s in enumerate(steps) if s.value is None and s.spread]
    if not ahead:
        return []

    def band(low: str, high: str) -> str:
        upper = [(plot.x(at + 0.5), plot.y(getattr(s, high))) for at, s in ahead]
        lower = [(plot.x(at + 0.5), plot.y(getattr(s, low))) for at, s in reversed(ahead)]
        if len(ahead) == 1:  # one period alone is a column, not a line
            (x, top), (_, foot) = upper[0], lower[0]
            half = plot.step * 0.4
            upper, lower = [(x - half, top), (x + half, top)], [(x + half, foot), (x - half, foot)]
        return svg.line([*upper, *lower]) + "z"

    middle = svg.line([(plot.x(at + 0.5), plot.y(s.middle)) for at, s in ahead])
    start = plot.x(ahead[0][0])
    return [
        svg.el("path", d=f"M{svg.short(start)} 8V{svg.short(plot.base)}", class_="note"),
        svg.el("path", d=band("low", "high"), class_="fan-wide"),
        svg.el("path", d=band("low_half", "high_half"), class_="fan-half"),
        svg.el("path", d=middle, class_="fan-middle"),
    ]


def _labels(plot: _Plot, steps: Sequence[Step], size: parts.Size, wide: float) -> list[SafeString]:
    if not steps:
        return []
    if size == "small":
        end = svg.text(plot.x(len(steps)), plot.base + 14, steps[-1].label, "end")
        return [svg.text(plot.left, plot.base + 14, steps[0].label), end]
    longest = max(len(s.label) for s in steps) * 6.5 + 12
    shown = scale.spread(len(steps), int(wide // longest) or 1)
    return [svg.text(plot.x(at + 0.5), plot.base + 14, steps[at].label, "middle") for at in shown]


def _key(steps: Sequence[Step], ident: str) -> list[parts.KeyEntry]:
    key = [(parts.swatch("cat-0"), gettext("Reported"))]
    if any(s.value is not None and s.spread for s in steps):
        small = svg.el(
            "rect", x=1, y=1, width=16, height=10, class_="to-come", fill=f"url(#{ident}-h)"
        )
        key.append((parts.swatch_of(small), gettext("Expected still to be reported")))
        stroke = svg.el("path", d="M9 1V11", class_="whisker")
        key.append((parts.swatch_of(stroke), gettext("90 of 100 lie within")))
    if any(s.value is None and s.spread for s in steps):
        line = svg.el("path", d="M1 6H17", class_="fan-middle")
        key.append((parts.swatch_of(line), gettext("Forecast, middle")))
        key.append((parts.swatch("fan-half"), gettext("Half of the chance")))
        key.append((parts.swatch("fan-wide"), gettext("90 of 100")))
    return key


def _rows(steps: Sequence[Step]) -> tuple[list[str], list[list[parts.TableCell]]]:
    head = [
        gettext("Period"), gettext("Reported"), gettext("Expected in all"),
        gettext("Half of the chance"), gettext("90 of 100"),
    ]  # fmt: skip
    rows: list[list[parts.TableCell]] = []
    for each in steps:
        name: parts.TableCell = (each.label, each.href) if each.href else each.label
        told = gettext("to come") if each.value is None else number(each.value)
        s = each.spread
        ranges = [number(None)] * 3 if s is None else [
            number(s.middle), f"{number(s.low_half)}–{number(s.high_half)}",
            f"{number(s.low)}–{number(s.high)}",
        ]  # fmt: skip
        rows.append([name, told, *ranges])
    return head, rows
