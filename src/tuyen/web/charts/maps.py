"""The choropleth: areas by class, places by symbol, drawn on the server without tiles."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Literal, NamedTuple

from django.utils.safestring import SafeString
from django.utils.translation import gettext

from tuyen.web.charts import ground, parts, scale, svg
from tuyen.web.palette import ramp
from tuyen.web.templatetags.figures import number

Kind = Literal[
    "station", "point", "centre", "hospital", "laboratory", "gate", "clinic", "site", "mobile"
]


class Shape(NamedTuple):
    """One area. rings: lists of (longitude, latitude); holes by the even-odd rule.

    value: None when there is no report (hatched); 0 is a class of its own. short: what is written
    in it, where the whole label would not fit.
    """

    unit_id: str
    label: str
    rings: Sequence[ground.Ring]
    value: float | None
    href: str = ""
    note: str = ""
    short: str = ""


class Marker(NamedTuple):
    """One place on the map."""

    kind: Kind
    label: str
    lon: float
    lat: float
    href: str = ""


_STEPS_OF_KINDS = (0, 2, 3, 1, 4, 5)
"""Of the palette, for kinds: neighbours in the list are far apart in colour."""


class _Classes(NamedTuple):
    cuts: Sequence[float]
    steps: Sequence[int]  # of the palette, one for each class
    ramp: str  # seq or div
    zero_apart: bool
    kinds: Sequence[str] = ()  # names, where a value is the place of its kind among them

    def name(self, value: float | None) -> str:
        """none, zero, or the CSS class of the fill."""
        if value is None:
            return "none"
        if self.kinds:
            return f"{self.ramp}-{self.steps[int(value)]}"
        if value == 0 and self.zero_apart:
            return "seq-0"
        return f"{self.ramp}-{self.steps[scale.class_of(value, self.cuts)]}"


def render_map(
    features: Sequence[Shape | tuple[str, str, Sequence[ground.Ring], float | None, str]],
    *,
    title: str,
    sub: str = "",
    unit: str = "",
    classes: int = 5,
    cuts: Sequence[float] | None = None,
    diverging: bool = False,
    kinds: Sequence[str] = (),
    write: Callable[[float], str] = number,
    markers: Sequence[Marker] = (),
    links: Sequence[tuple[ground.Place, ground.Place]] = (),
    border: Sequence[ground.Ring] = (),
    chosen: str = "",
    names: bool = False,
    symbols: float = 1.0,
    show_table: bool = True,
    missing: str = "",
    ident: str = "",
) -> SafeString:
    """Return the map, its legend with the number of areas in each class, and its data table.

    cuts: lower bounds of the second and later classes; by default quantiles of the values above 0,
    in ``classes`` classes (at most 6). diverging: values below and above 0, cuts then needed.
    kinds: names of at most 6 kinds without order; a value is then the place of its kind among them.
    links: lines between places, such as a point and its station. chosen: ``unit_id`` to outline.
    names: write the name in each area wide enough for it. symbols: their size, larger for a map that
    is shown small. missing: what a value of None says; by default that no report came.
    """
    shapes = [Shape(*feature) for feature in features]
    none = missing or gettext("No report")
    if diverging and cuts is None:
        raise ValueError("a diverging map needs its cuts, so that its middle class holds 0")
    ident = ident or svg.ident_of("map", title, *((s.unit_id, s.value) for s in shapes))
    if kinds:
        unit, write = unit or gettext("Type"), lambda at: kinds[int(at)]
        scheme = _Classes((), _STEPS_OF_KINDS[: len(kinds)], "seq", False, kinds)
    else:
        unit = unit or gettext("Cases")
        scheme = _classify(shapes, min(classes, 6), cuts, diverging)
    places = [place for shape in shapes for ring in shape.rings for place in ring]
    places += [(m.lon, m.lat) for m in markers] + [p for ring in border for p in ring]
    view = ground.fit(places)

    said = partial(_words, unit="" if kinds else unit, write=write, none=none)
    inner = _areas(view, shapes, scheme, ident, said, chosen)
    if border:
        inner.append(svg.el("path", d="".join(ground.outlines(view, [border])), class_="border"))
    if links:
        inner.append(svg.el("path", d="".join(_link(view, *link) for link in links), class_="link"))
    if names:
        inner += _names(view, shapes)
    inner += draw_markers(view, markers, symbols)
    desc = gettext("{areas} areas, {missing} without a report, {places} places.")
    if missing:
        desc = gettext("{areas} areas; of {missing}: {none}; {places} places.")
    desc = desc.format(
        areas=len(shapes), missing=sum(s.value is None for s in shapes), places=len(markers),
        none=missing,
    )  # fmt: skip
    image = svg.el(
        "svg",
        svg.el("title", title, id=f"{ident}-t"),
        svg.el("desc", desc, id=f"{ident}-d"),
        parts.hatch(ident),
        *inner,
        viewBox=f"0 0 {svg.short(view.width)} {svg.short(view.height)}",
        role="group",
        aria_labelledby=f"{ident}-t",
        aria_describedby=f"{ident}-d",
        class_="map-picture",
    )
    readout = svg.el("p", "\u00a0", class_="map-readout", aria_hidden="true")
    key = _legend(shapes, scheme, ident, write, none) + marker_key(markers)
    return parts.figure(
        svg.join([image, readout]),
        title=title,
        sub=sub,
        key=key,
        table=_table(shapes, title, unit, write, none) if show_table else None,
        class_="map",
        scrolls=False,
    )


def _classify(
    shapes: Sequence[Shape], classes: int, cuts: Sequence[float] | None, diverging: bool
) -> _Classes:
    values = [s.value for s in shapes if s.value is not None]
    cuts = scale.breaks(values, classes) if cuts is None else sorted(cuts)
    if diverging:
        return _Classes(cuts, ramp(len(cuts) + 1, diverging=True), "div", False)
    if len(cuts) > 5:
        raise ValueError(f"{len(cuts)} cuts; a map has at most 6 classes above 0, give 5 at most")
    return _Classes(cuts, ramp(len(cuts) + 2)[1:], "seq", True)


def _areas(
    view: ground.Ground,
    shapes: Sequence[Shape],
    scheme: _Classes,
    ident: str,
    said: Callable[[Shape], str],
    chosen: str,
) -> list[SafeString]:
    drawn, above = [], []
    paths = ground.outlines(view, [shape.rings for shape in shapes])
    for shape, path in zip(shapes, paths, strict=True):
        named = scheme.name(shape.value)
        missing = named == "none"
        area = svg.el(
            "path",
            d=path,
            fill_rule="evenodd",
            class_="shape" if missing else f"shape {named}",
            fill=f"url(#{ident}-h)" if missing else None,
        )
        drawn.append(_focusable(area, said(shape), shape.href))
        if shape.unit_id == chosen:
            above.append(svg.el("path", d=path, class_="chosen"))
    # The last path follows the keyboard (tuyen.js), above the borders of the neighbours.
    return [*drawn, *above, svg.el("path", d="", class_="cursor")]


def _focusable(inner: SafeString, words: str, href: str) -> SafeString:
    if href:
        return svg.el("a", svg.title(words), inner, href=href, aria_label=words)
    return svg.el("g", svg.title(words), inner, role="img", aria_label=words)


def _words(shape: Shape, unit: str, write: Callable[[float], str], none: str) -> str:
    said = none if shape.value is None else write(shape.value) + (f" ({unit})" if unit else "")
    return f"{shape.label}: {said}" + (f". {shape.note}" if shape.note else "")


def _names(view: ground.Ground, shapes: Sequence[Shape]) -> list[SafeString]:
    drawn = []
    for shape in shapes:
        x, y, wide = ground.heart(view, shape.rings)
        name = shape.short or shape.label
        if wide > 9.5 * len(name):
            drawn.append(svg.text(x, y + 5, name, "place"))
    return drawn


def _link(view: ground.Ground, start: ground.Place, end: ground.Place) -> str:
    return svg.line([view.put(start), view.put(end)])


def _by_weight(markers: Sequence[Marker]) -> list[Marker]:
    """The lesser first, so that a station is not hidden under its points."""
    order = list(_SYMBOLS)
    return sorted(markers, key=lambda marker: -order.index(marker.kind))


def draw_markers(
    view: ground.Ground, markers: Sequence[Marker], size: float = 1.0
) -> list[SafeString]:
    """The markers of a map, those of more weight above the others."""
    return [_marker(view, marker, size) for marker in _by_weight(markers)]


def _marker(view: ground.Ground, marker: Marker, size: float) -> SafeString:
    x, y = view.put((marker.lon, marker.lat))
    words = f"{_kind_word(marker.kind)}: {marker.label}"
    return _focusable(_symbol(marker.kind, x, y, size), words, marker.href)


def _symbol(kind: Kind, x: float, y: float, factor: float = 1.0) -> SafeString:
    """Each kind has a shape of its own, so that they differ in print and to every eye."""
    class_, radius, corners = _SYMBOLS[kind]
    if not corners:
        return svg.el("circle", cx=x, cy=y, r=radius * factor, class_=class_)
    put = [(x + cx * radius * factor, y + cy * radius * factor) for cx, cy in corners]
    return svg.el("path", d=svg.line(put) + "z", class_=class_)


_SQUARE = ((-1, -1), (1, -1), (1, 1), (-1, 1))
_DIAMOND = ((0, -1.3), (1.3, 0), (0, 1.3), (-1.3, 0))
_TRIANGLE = ((0, -1.2), (1.2, 0.9), (-1.2, 0.9))
_CROSS = (
    *((-0.4, -1.2), (0.4, -1.2), (0.4, -0.4), (1.2, -0.4), (1.2, 0.4), (0.4, 0.4)),
    *((0.4, 1.2), (-0.4, 1.2), (-0.4, 0.4), (-1.2, 0.4), (-1.2, -0.4), (-0.4, -0.4)),
)
_SYMBOLS: dict[Kind, tuple[str, float, tuple[tuple[float, float], ...]]] = {
    "gate": ("symbol-gate", 9, _DIAMOND),
    "hospital": ("symbol-solid", 11, _CROSS),
    "centre": ("symbol-solid", 9, _SQUARE),
    "laboratory": ("symbol", 9, _TRIANGLE),
    "station": ("symbol-solid", 7.5, ()),
    "point": ("symbol", 5.5, ()),
    "clinic": ("symbol", 5, _SQUARE),
    "site": ("symbol", 5, _SQUARE),
    "mobile": ("symbol", 5.5, _TRIANGLE),
}


def _kind_word(kind: Kind) -> str:
    return {
        "gate": gettext("Border gate"),
        "hospital": gettext("Hospital"),
        "centre": gettext("Regional health centre"),
        "laboratory": gettext("Laboratory"),
        "station": gettext("Station"),
        "point": gettext("Satellite point"),
        "clinic": gettext("Clinic"),
        "site": gettext("Site"),
        "mobile": gettext("Mobile stops"),
    }[kind]


def _legend(
    shapes: Sequence[Shape],
    scheme: _Classes,
    ident: str,
    write: Callable[[float], str],
    none: str,
) -> list[parts.KeyEntry]:
    held: dict[str, int] = {}
    for shape in shapes:
        name = scheme.name(shape.value)
        held[name] = held.get(name, 0) + 1
    if scheme.kinds:
        return [
            (parts.swatch(f"seq-{step}"), f"{name} ({number(held[f'seq-{step}'])})")
            for name, step in zip(scheme.kinds, scheme.steps, strict=False)
            if f"seq-{step}" in held
        ]
    whole = scheme.zero_apart and all(
        v == int(v) for v in (*scheme.cuts, *(s.value for s in shapes if s.value is not None))
    )
    key = []
    if scheme.zero_apart and "seq-0" in held:
        key.append((parts.swatch("seq-0"), f"{write(0)} ({number(held['seq-0'])})"))
    for at, step in enumerate(scheme.steps):
        name = f"{scheme.ramp}-{step}"
        said = _range_words(at, scheme.cuts, write, whole)
        if any(s.value for s in shapes) or scheme.cuts:
            key.append((parts.swatch(name), f"{said} ({number(held.get(name, 0))})"))
    if "none" in held:
        picture, _no_report = parts.swatch_hatch(ident)
        key.append((picture, f"{none} ({number(held['none'])})"))
    return key


def _range_words(
    at: int, cuts: Sequence[float], write: Callable[[float], str], whole: bool = False
) -> str:
    """The values of one class in words; whole numbers as 1–3, which no reader mistakes."""
    if whole and cuts:
        low = 1 if at == 0 else cuts[at - 1]
        if at == len(cuts):
            return f"≥ {write(low)}"
        high = cuts[at] - 1
        return write(low) if low == high else f"{write(low)}–{write(high)}"
    if not cuts:
        return gettext("above {low}").format(low=write(0))
    if at == 0:
        return gettext("under {high}").format(high=write(cuts[0]))
    if at == len(cuts):
        return gettext("{low} and more").format(low=write(cuts[-1]))
    return gettext("{low} to under {high}").format(low=write(cuts[at - 1]), high=write(cuts[at]))


def marker_key(markers: Sequence[Marker]) -> list[parts.KeyEntry]:
    """What each symbol is, and how many there are."""
    counts = {kind: sum(m.kind == kind for m in markers) for kind in _SYMBOLS}
    return [
        (parts.swatch_of(_symbol(kind, 9, 6, 0.55)), f"{_kind_word(kind)} ({number(count)})")
        for kind, count in counts.items()
        if count
    ]


def _table(
    shapes: Sequence[Shape], title: str, unit: str, write: Callable[[float], str], none: str
) -> SafeString:
    rows: list[list[parts.TableCell]] = [
        [
            (s.label, s.href) if s.href else s.label,
            none if s.value is None else write(s.value),
        ]
        for s in shapes
    ]
    return parts.table(title, [gettext("Unit"), unit], rows)
