"""The epidemic curve: cases by day of onset, stacked by how sure they are, with what was done."""

from collections.abc import Sequence
from typing import NamedTuple

from django.utils.safestring import SafeString
from django.utils.translation import gettext

from tuyen.web.charts import parts, scale, svg
from tuyen.web.templatetags.figures import number


class Bin(NamedTuple):
    """One day (or week): counts in the order of ``series``; None when it is not yet complete to say.

    coming: cases that fell ill then and are expected to be reported still; ``low`` and ``high`` of all
    cases of that day.
    """

    label: str
    counts: Sequence[float] | None
    href: str = ""
    coming: float = 0
    low: float | None = None
    high: float | None = None


class Note(NamedTuple):
    """Something done or found, at the bin of index ``at``."""

    at: int
    words: str


def render_epicurve(
    bins: Sequence[Bin],
    series: Sequence[str],
    *,
    title: str,
    sub: str = "",
    notes: Sequence[Note] = (),
    size: parts.Size = "wide",
    show_table: bool = True,
    ident: str = "",
) -> SafeString:
    """Return the curve. series: at most 6 names ("Confirmed", "Probable"), from the axis up."""
    if len(series) > 6:
        raise ValueError(f"{len(series)} series; the palette tells 6 apart, join some of them")
    ident = ident or svg.ident_of("epicurve", title, *bins)
    width, height = parts.SIZES[size]
    totals = [sum(b.counts) if b.counts is not None else 0 for b in bins]
    steps = scale.ticks(max([1, *(t + b.coming for t, b in zip(totals, bins, strict=True))]))
    left, top = 8 + 6.5 * len(number(steps[-1])), 14 + 13 * min(3, len(notes))
    base, right = height - 20, width - 4
    step = (right - left) / max(1, len(bins))
    rise = (base - top) / steps[-1]

    inner = []
    for value in steps:
        y = base - value * rise
        path = f"M{svg.short(left)} {svg.short(y)}H{svg.short(right)}"
        inner.append(svg.el("path", d=path, class_="gridline" if value else "axis"))
        inner.append(svg.text(left - 5, y + 4, number(value), "end"))
    for at, each in enumerate(bins):
        inner += _column(each, series, left + at * step, step, base, rise, top, ident)
    for at, note in enumerate(sorted(notes)):
        inner += _note(note, left + (note.at + 0.5) * step, 10 + 13 * (at % 3), base, right)
    longest = max([len(b.label) for b in bins], default=1) * 6.5 + 12
    for at in scale.spread(len(bins), int((right - left) // longest) or 1):
        x = left + (at + 0.5) * step
        inner.append(svg.text(x, base + 14, bins[at].label, "middle"))

    key = [(parts.swatch(f"cat-{at}"), name) for at, name in enumerate(series)]
    if any(b.counts is None for b in bins):
        key.append(parts.swatch_hatch(ident))
    if any(b.coming for b in bins):
        hatched = parts.swatch_hatch(ident)[0]
        key.append((hatched, gettext("Expected to be reported still")))
    desc = gettext("{total} cases in {bins} periods, {most} at most.").format(
        total=number(sum(totals)), bins=len(bins), most=number(max(totals, default=0))
    )
    image = parts.picture(
        ident, inner, title=title, desc=desc, width=width, height=height, size=size
    )
    return parts.figure(
        image,
        title=title,
        sub=sub,
        key=key,
        table=_table(bins, series, title) if show_table else None,
    )


def _column(
    each: Bin,
    series: Sequence[str],
    x: float,
    step: float,
    base: float,
    rise: float,
    top: float,
    ident: str,
) -> list[SafeString]:
    if each.counts is None:
        words = svg.title(f"{each.label}: {gettext('No report')}")
        path = svg.box(x, top, step, base - top)
        return [svg.el("path", words, d=path, fill=f"url(#{ident}-h)", class_="gap")]
    drawn, y = [], base
    for at, (name, count) in enumerate(zip(series, each.counts, strict=True)):
        if count:
            y -= count * rise
            words = svg.title(f"{each.label}: {number(count)} ({name})")
            path = svg.box(x + 0.4, y, step - 0.8, count * rise)
            drawn.append(svg.el("path", words, d=path, class_=f"cell cat-{at}"))
    if each.coming:
        words = svg.title(f"{each.label}: {_expected(each)}")
        path = svg.box(x + 0.4, y - each.coming * rise, step - 0.8, each.coming * rise)
        drawn.append(svg.el("path", words, d=path, fill=f"url(#{ident}-h)", class_="coming"))
    return drawn


def _expected(each: Bin) -> str:
    """What is still to come of a day, with the range of all its cases where that is known."""
    still = gettext("{n} more expected").format(n=number(each.coming, 1))
    if each.low is None or each.high is None:
        return still
    span = gettext("{low} to {high} in all").format(low=number(each.low), high=number(each.high))
    return f"{still} ({span})"


def _note(note: Note, x: float, y: float, base: float, right: float) -> list[SafeString]:
    stem = svg.el("path", d=f"M{svg.short(x)} {svg.short(y + 3)}V{svg.short(base)}", class_="note")
    near_end = x + 6.2 * len(note.words) > right
    words = svg.text(x - 4 if near_end else x + 4, y + 1, note.words, "end" if near_end else None)
    return [stem, words]


def _table(bins: Sequence[Bin], series: Sequence[str], title: str) -> SafeString:
    rows: list[list[parts.TableCell]] = []
    more = any(each.coming for each in bins)
    for each in bins:
        name: parts.TableCell = (each.label, each.href) if each.href else each.label
        counts = each.counts
        if counts is None:
            rows.append([name, *(gettext("No report") for _ in series), *(("–",) if more else ())])
        else:
            still = (_expected(each) if each.coming else "–",) if more else ()
            rows.append([name, *(number(count) for count in counts), *still])
    head = [gettext("Period"), *series, *((gettext("Still to come"),) if more else ())]
    return parts.table(title, head, rows)
