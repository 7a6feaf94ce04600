"""The risk map: how many times as many cases as expected, and how sure that is."""

import math
from collections.abc import Sequence
from typing import NamedTuple

from django.utils.safestring import SafeString
from django.utils.translation import gettext

from tuyen.web.charts import parts
from tuyen.web.charts.ground import Ring
from tuyen.web.charts.maps import Marker, Shape, render_map
from tuyen.web.templatetags.figures import number

CUTS = (0.5, 0.8, 1.25, 2.0)
"""Bounds of the classes: from half as many cases as expected to twice as many and more."""


class Risk(NamedTuple):
    """An area with its cases and what would be expected there; ``expected`` None: no report."""

    unit_id: str
    label: str
    rings: Sequence[Ring]
    cases: int
    expected: float | None
    href: str = ""


class Ratio(NamedTuple):
    """The ratio of an area: drawn to the mean where little is expected, and its interval."""

    smoothed: float
    low: float
    high: float

    @property
    def sure(self) -> bool:
        return self.low > 1 or self.high < 1


def ratios(cases: Sequence[int], expected: Sequence[float]) -> list[Ratio]:
    """Standardised ratios, smoothed by the moments of Marshall (1991), with Byar's 95 % interval.

    A small commune with one case is not the reddest of the map: its ratio is drawn to the mean of
    all, the more the less is expected there.
    """
    total = sum(expected)
    if total <= 0:
        return [Ratio(1.0, 0.0, math.inf) for _ in cases]
    mean = sum(cases) / total
    spread = sum(
        e * (c / e - mean) ** 2 for c, e in zip(cases, expected, strict=True) if e > 0
    ) / total  # fmt: skip
    between = max(0.0, spread - mean / (total / len(cases)))
    found = []
    for count, e in zip(cases, expected, strict=True):
        if e <= 0:
            found.append(Ratio(mean, 0.0, math.inf))
            continue
        held = between / (between + mean / e) if between + mean / e > 0 else 0.0
        low, high = byar(count)
        found.append(Ratio(mean + held * (count / e - mean), low / e, high / e))
    return found


def byar(count: int) -> tuple[float, float]:
    """The 95 % interval of a Poisson count (Byar's approximation, Breslow and Day 1987)."""
    z = 1.959964
    low = count * (1 - 1 / (9 * count) - z / (3 * math.sqrt(count))) ** 3 if count else 0.0
    more = count + 1
    return low, more * (1 - 1 / (9 * more) + z / (3 * math.sqrt(more))) ** 3


def render_risk_map(
    areas: Sequence[Risk],
    *,
    title: str,
    sub: str = "",
    markers: Sequence[Marker] = (),
    border: Sequence[Ring] = (),
    chosen: str = "",
    names: bool = False,
    ident: str = "",
) -> SafeString:
    """Return the map of smoothed ratios on whatever map the areas are of, below and above 1 in two
    directions of the palette; what is not surely off 1 says so, and the table has the intervals."""
    known = [area for area in areas if area.expected is not None]
    found = ratios([a.cases for a in known], [float(a.expected or 0) for a in known])
    by_id = {area.unit_id: ratio for area, ratio in zip(known, found, strict=True)}
    shapes = [_shape(area, by_id.get(area.unit_id)) for area in areas]
    picture = render_map(
        shapes, title=title, sub=sub, unit=gettext("times the expected"), cuts=CUTS,
        diverging=True, markers=markers, border=border, chosen=chosen, names=names,
        write=lambda value: number(value, 2), show_table=False, ident=ident,
    )  # fmt: skip
    return SafeString(
        picture.replace("</figure>", f"{_table(areas, by_id, title)}</figure>")
        if picture.endswith("</figure>") else picture
    )  # fmt: skip


def _shape(area: Risk, ratio: Ratio | None) -> Shape:
    if ratio is None:
        return Shape(area.unit_id, area.label, area.rings, None, area.href)
    note = gettext("{cases} cases, {expected} expected; {sure}").format(
        cases=number(area.cases), expected=number(area.expected, 1), sure=_sure(ratio)
    )
    return Shape(area.unit_id, area.label, area.rings, ratio.smoothed, area.href, note)


def _sure(ratio: Ratio) -> str:
    if ratio.low > 1:
        return gettext("surely more")
    return gettext("surely fewer") if ratio.high < 1 else gettext("not surely different")


def _table(areas: Sequence[Risk], by_id: dict[str, Ratio], title: str) -> SafeString:
    rows: list[list[parts.TableCell]] = []
    for area in areas:
        name: parts.TableCell = (area.label, area.href) if area.href else area.label
        ratio = by_id.get(area.unit_id)
        if ratio is None:
            rows.append([name, *[gettext("No report")] * 5])
            continue
        high = "–" if math.isinf(ratio.high) else number(ratio.high, 2)
        rows.append([
            name, number(area.cases), number(area.expected, 1), number(ratio.smoothed, 2),
            f"{number(ratio.low, 2)}–{high}", _sure(ratio),
        ])  # fmt: skip
    head = [gettext("Unit"), gettext("Cases"), gettext("Expected"), gettext("Times the expected"),
            gettext("95 % interval, unsmoothed"), gettext("How sure")]  # fmt: skip
    return parts.table(title, head, rows)
