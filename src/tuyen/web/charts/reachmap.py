"""The map of travel time: bands, people, stations, drawn on the server without tiles."""

import math
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from django.utils.safestring import SafeString
from django.utils.translation import gettext

from tuyen.engines.network.projection import METRES, Frame
from tuyen.web.charts import ground, parts, svg
from tuyen.web.charts.maps import Marker, draw_markers, marker_key
from tuyen.web.palette import ramp
from tuyen.web.templatetags.figures import number

Rings = Sequence[Sequence[tuple[int, int]]]
SIZES = (50, 200, 500)
"""People of a village above which its dot is larger."""


class Band(NamedTuple):
    """A band: its words, its rings in cells of the frame, the people in it (None: not counted)."""

    words: str
    rings: Rings
    people: int | None


class Dot(NamedTuple):
    """A village."""

    lon: float
    lat: float
    people: int


def render_reach_map(
    *,
    title: str,
    sub: str,
    frame: Frame | None,
    bands: Sequence[Band],
    dots: Sequence[Dot],
    markers: Sequence[Marker],
    outlines: Sequence[tuple[str, Sequence[ground.Ring]]],
    table: SafeString | None = None,
) -> SafeString:
    """Return the map and its key. The last band is what lies beyond: hatched, never a colour alone."""
    ident = svg.ident_of("reach", title, sub, *((b.words, b.people) for b in bands))
    places = [(p[0], p[1]) for _, rings in outlines for ring in rings for p in ring]
    places += [(dot.lon, dot.lat) for dot in dots] + [(m.lon, m.lat) for m in markers]
    view = ground.fit(places)
    steps = ramp(max(len(bands), 2))
    inner: list[SafeString] = []
    key: list[parts.KeyEntry] = []
    for n, band in enumerate(bands):
        beyond = n == len(bands) - 1
        class_ = f"reach-band seq-{steps[n]}"
        said = band.words if band.people is None else f"{band.words} ({number(band.people)})"
        if frame is not None:
            inner.append(_band(view, frame, band.rings, class_, said, ident if beyond else ""))
        key.append((parts.swatch_hatch(ident)[0], said) if beyond else (parts.swatch(class_), said))
    for _name, path in zip(
        outlines, ground.outlines(view, [rings for _, rings in outlines]), strict=True
    ):
        inner.append(svg.el("path", d=path, class_="commune-line"))
    inner += list(_dots(view, dots))
    inner += draw_markers(view, markers)
    desc = gettext("{bands} bands of travel time, {villages} villages, {places} places.").format(
        bands=len(bands), villages=number(len(dots)), places=number(len(markers))
    )
    image = svg.el(
        "svg", svg.el("title", title, id=f"{ident}-t"), svg.el("desc", desc, id=f"{ident}-d"),
        parts.hatch(ident), *inner,
        viewBox=f"0 0 {svg.short(view.width)} {svg.short(view.height)}", role="group",
        aria_labelledby=f"{ident}-t", aria_describedby=f"{ident}-d", class_="map-picture",
    )  # fmt: skip
    readout = svg.el("p", "\u00a0", class_="map-readout", aria_hidden="true")
    key += _dot_key(dots) + marker_key(markers)
    return parts.figure(svg.join([image, readout]), title=title, sub=sub, key=key, table=table,
                        class_="map reach", scrolls=False)  # fmt: skip


def _band(
    view: ground.Ground, frame: Frame, rings: Rings, class_: str, said: str, hatched: str
) -> SafeString:
    """A band in whole cells, put on the paper by one transform: its numbers stay short."""
    across = frame.cell / METRES / frame.narrow * view.narrow * view.scale
    down = frame.cell / METRES * view.scale
    x, y = view.put((frame.west, frame.north))
    place = f"translate({x:.2f} {y:.2f}) scale({across:.5f} {down:.5f})"
    words = svg.title(said)
    path = "".join(_ring(ring) for ring in rings)
    if not hatched:
        return svg.el("path", words, d=path, transform=place, fill_rule="evenodd", class_=class_)
    # A pattern would be stretched with the cells: the corners are put on the paper one by one.
    put = "".join(
        svg.line([(x + c * across, y + r * down) for c, r in ring]) + "z" for ring in rings
    )
    return svg.el(
        "path", words, d=put, fill_rule="evenodd", class_="reach-band", fill=f"url(#{hatched}-h)"
    )


def _ring(ring: Sequence[tuple[int, int]]) -> str:
    """Edges of a raster run across or down by turns."""
    (x, y), drawn = ring[0], []
    for nx, ny in ring[1:]:
        drawn.append(f"h{nx - x}" if ny == y else f"v{ny - y}")
        x, y = nx, ny
    return f"M{ring[0][0]} {ring[0][1]}{''.join(drawn)}z"


def _size(people: int) -> int:
    return sum(people > bound for bound in SIZES)


def _dots(view: ground.Ground, dots: Sequence[Dot]) -> Iterable[SafeString]:
    """One path for each size: points are round ends of lines without length."""
    for size in range(len(SIZES) + 1):
        put = [
            view.put((dot.lon, dot.lat)) for dot in dots if _size(dot.people) == size and dot.people
        ]
        if put:
            path = "".join(f"M{svg.short(x)} {svg.short(y)}h0" for x, y in put)
            yield svg.el("path", d=path, class_=f"people-dot people-{size}")


def _dot_key(dots: Sequence[Dot]) -> list[parts.KeyEntry]:
    bounds = (1, *(bound + 1 for bound in SIZES), math.inf)
    found = []
    for size in range(len(SIZES) + 1):
        count = sum(1 for dot in dots if dot.people and _size(dot.people) == size)
        if count:
            low, high = bounds[size], bounds[size + 1]
            words = (
                gettext("village of {low} people and more").format(low=number(low))
                if math.isinf(high)
                else gettext("village of {low}–{high} people").format(
                    low=number(low), high=number(high - 1)
                )
            )
            dot = svg.el("path", d="M9 6h0", class_=f"people-dot people-{size}")
            found.append((parts.swatch_of(dot), f"{words} ({number(count)})"))
    return found
