"""Real boundaries from a GeoJSON file (RFC 7946), read as hostile input; and GeoJSON written.

Everything wrong is collected, not only the first: each finding names the feature by its number
(from 1), the property or ring, what is wrong and what to do.
"""

import json
import math
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry import MultiPolygon, Polygon
from shapely.geometry.base import BaseGeometry

from tuyen.engines.registry.boundary_findings import (
    Closed,
    InMetres,
    Mended,
    NoArea,
    NoFeatures,
    NotAPolygon,
    NotAPosition,
    NotFeatures,
    NotJson,
    NotUtf8,
    NoUnit,
    OutsideCountry,
    Overlapping,
    RingTooShort,
    SameUnitTwice,
    Swapped,
    TooLarge,
    WrongCrs,
    ZerosRestored,
)
from tuyen.kernel.refusal import Refusal

CODE_NAMES = ("code", "ma", "maxa", "ma_xa", "madvhc", "ma_dvhc", "commune_code", "ward_code")
NAME_NAMES = ("name", "ten", "tenxa", "ten_xa", "tendvhc", "ten_dvhc", "commune", "ward", "name_vi")
VIET_NAM = (101.0, 5.5, 118.5, 24.5)  # west, south, east, north; with the islands

_DEGREES = re.compile(r"(CRS84|EPSG:+[^:]*:*(4326|4756|4979|6318))$", re.IGNORECASE)
_MAX_BYTES = 200 * 2**20


class Boundary(NamedTuple):
    """One feature, mended: a valid Polygon or MultiPolygon in longitude and latitude."""

    number: int  # in the file, from 1
    code: str | None
    name: str | None
    geometry: BaseGeometry


class Boundaries(NamedTuple):
    """What could be read, what was mended on the way, and what could not be used."""

    features: tuple[Boundary, ...]
    notes: tuple[Refusal, ...]  # mended: usable, but the user should see it
    errors: tuple[Refusal, ...]  # these features are left out


def read_boundaries(
    content: bytes,
    code_property: str | None = None,
    name_property: str | None = None,
    digits: int = 5,
    extent: tuple[float, float, float, float] = VIET_NAM,
) -> Boundaries:
    """Boundaries of units from the bytes of a GeoJSON file.

    Parameters
    ----------
    content
        UTF-8, with or without a byte-order mark; up to 200 MB.
    code_property, name_property
        Which properties say which unit it is. By default the first that is called like one of
        ``CODE_NAMES`` and ``NAME_NAMES``, whatever its case.
    digits
        Length of a code; a shorter number has lost leading zeros (a spreadsheet did it), which
        are put back and noted.
    extent
        West, south, east, north of where a boundary may be, in degrees. It tells swapped axes
        (mended) and metres (refused) from degrees.

    Raises
    ------
    Unusable
        When nothing in the file can be used.
    """
    features = _features(content)
    pairs = [_positions(feature) for feature in features]
    swap = _axes(pairs, extent)
    notes: list[Refusal] = [Swapped()] if swap else []
    errors: list[Refusal] = []
    seen: dict[str, int] = {}
    done: list[Boundary] = []
    for number, feature in enumerate(features, start=1):
        before = len(errors)
        unit = _unit(feature, number, (code_property, name_property), digits, notes, errors)
        shape = _shape(feature, number, unit, swap, notes, errors)
        if len(errors) == before and shape is not None:
            errors += _outside(shape, number, extent)
        key = unit[0] or unit[1] or ""
        if len(errors) == before and key in seen:
            errors.append(SameUnitTwice(feature=number, unit=key, first=seen[key]))
        if len(errors) == before and shape is not None:
            seen[key] = number
            done.append(Boundary(number, *unit, shape))
    notes += _overlaps(done)
    return Boundaries(tuple(done), tuple(notes), tuple(errors))


def to_geojson(
    shapes: Iterable[BaseGeometry],
    properties: Iterable[Mapping[str, Any]],
    decimals: int = 5,
) -> dict[str, Any]:
    """A FeatureCollection of plain values; ``decimals`` of a degree (5 is about a metre).

    Coordinates are rounded vertex by vertex, so edges that two shapes share stay shared.
    """

    def rounded(xy: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.round(xy, decimals)

    return {
        "type": "FeatureCollection",
        "features": [
            {
                "type": "Feature",
                "properties": dict(about),
                "geometry": _plain(shapely.transform(shape, rounded)),
            }
            for shape, about in zip(shapes, properties, strict=True)
        ],
    }


def _plain(shape: BaseGeometry) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(shapely.to_geojson(shape))
    return found


def _features(content: bytes) -> list[Mapping[str, Any]]:
    if len(content) > _MAX_BYTES:
        size = round(len(content) / 2**20)
        raise TooLarge(megabytes=size, limit=_MAX_BYTES // 2**20)
    try:
        data = json.loads(content.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise NotUtf8(byte=error.start + 1) from error
    except json.JSONDecodeError as error:
        raise NotJson(line=error.lineno, column=error.colno, what=error.msg) from error
    except RecursionError as error:
        raise NotJson(line="?", column="?", what="nested too deeply") from error
    kind = data.get("type") if isinstance(data, dict) else None
    if kind == "Feature":
        data = {"features": [data]}
    elif kind != "FeatureCollection":
        raise NotFeatures(kind=kind if isinstance(kind, str) else "—")
    _check_crs(data.get("crs"))
    features = data.get("features")
    if not isinstance(features, list) or not features:
        raise NoFeatures()
    return [feature if isinstance(feature, dict) else {} for feature in features]


def _check_crs(crs: Any) -> None:
    """The ``crs`` member is obsolete, but every common tool writes it."""
    about = crs.get("properties") if isinstance(crs, dict) else None
    name = about.get("name") if isinstance(about, dict) else None
    if isinstance(name, str) and not _DEGREES.search(name):
        raise WrongCrs(crs=name)


def _positions(feature: Mapping[str, Any]) -> NDArray[np.float64]:
    """(k, 2) the first ring's positions that are numbers, to judge the axes by."""
    geometry = feature.get("geometry")
    node = geometry.get("coordinates") if isinstance(geometry, dict) else None
    while isinstance(node, list) and node and isinstance(node[0], list):
        if node[0] and _number(node[0][0]):
            found = [p[:2] for p in node if _is_position(p)]
            return np.array(found, np.float64).reshape(-1, 2)
        node = node[0]
    return np.empty((0, 2))


def _axes(pairs: Sequence[NDArray[np.float64]], extent: tuple[float, float, float, float]) -> bool:
    """True when latitude comes first; refuses what cannot be degrees."""
    known = [pair for pair in pairs if len(pair)]
    if not known:
        return False
    x, y = np.median(np.vstack(known), axis=0)
    west, south, east, north = extent
    if abs(x) > 360 or abs(y) > 360:
        raise InMetres(x=f"{x:.7g}", y=f"{y:.7g}")
    straight = west <= x <= east and south <= y <= north
    turned = west <= y <= east and south <= x <= north
    return bool(turned and not straight)


def _unit(
    feature: Mapping[str, Any],
    number: int,
    chosen: tuple[str | None, str | None],
    digits: int,
    notes: list[Refusal],
    errors: list[Refusal],
) -> tuple[str | None, str | None]:
    given = feature.get("properties")
    given = given if isinstance(given, dict) else {}
    code = _text(_property(given, chosen[0], CODE_NAMES))
    name = _text(_property(given, chosen[1], NAME_NAMES))
    if code is None and name is None:
        shown = ", ".join(list(map(str, given))[:8]) or "—"
        errors.append(NoUnit(feature=number, properties=shown))
    if code is not None and code.isdecimal() and len(code) < digits:
        notes.append(ZerosRestored(feature=number, given=code, unit=code.zfill(digits)))
        code = code.zfill(digits)
    return code, name


def _property(given: Mapping[str, Any], chosen: str | None, names: Sequence[str]) -> Any:
    if chosen is not None:
        return given.get(chosen)
    folded = {key.casefold(): value for key, value in given.items()}
    return next((folded[name] for name in names if folded.get(name) not in (None, "")), None)


def _text(value: Any) -> str | None:
    if isinstance(value, bool) or value is None:
        return None
    if isinstance(value, float) and value.is_integer():  # 3127.0, from a table of numbers
        value = int(value)
    text = str(value).strip() if isinstance(value, (str, int)) else ""
    return text or None


def _shape(
    feature: Mapping[str, Any],
    number: int,
    unit: tuple[str | None, str | None],
    swap: bool,
    notes: list[Refusal],
    errors: list[Refusal],
) -> BaseGeometry | None:
    label = unit[0] or unit[1] or "—"
    geometry = feature.get("geometry")
    kind = geometry.get("type") if isinstance(geometry, dict) else None
    if kind is not None and kind not in ("Polygon", "MultiPolygon"):
        errors.append(NotAPolygon(feature=number, unit=label, kind=kind))
        return None
    coordinates = geometry.get("coordinates") if isinstance(geometry, dict) else None
    polygons = [coordinates] if kind == "Polygon" else coordinates
    if not isinstance(polygons, list) or not any(polygons):
        errors.append(NoArea(feature=number, unit=label))
        return None
    parts: list[Polygon] = []
    ring = 0
    for polygon in polygons:
        rings: list[NDArray[np.float64]] = []
        for order, raw in enumerate(polygon if isinstance(polygon, list) else [None]):
            ring += 1
            place = {"feature": number, "unit": label, "ring": ring}
            good = _ring(raw, place, swap, notes, errors)
            if good is None:
                return None
            if len(good) or order == 0:
                rings.append(good)
        if rings and len(rings[0]):  # without its outer ring a part is nothing
            parts.append(Polygon(rings[0], rings[1:]))
    if not parts:
        errors.append(NoArea(feature=number, unit=label))
        return None
    return _valid(parts, number, label, notes, errors)


def _ring(
    raw: Any,
    place: Mapping[str, Any],
    swap: bool,
    notes: list[Refusal],
    errors: list[Refusal],
) -> NDArray[np.float64] | None:
    """(k, 2) a closed ring; of no length when it is no area; None when it is an error."""
    positions = raw if isinstance(raw, list) else [raw]
    wrong = next((k for k, p in enumerate(positions, start=1) if not _is_position(p)), None)
    if wrong is not None:
        errors.append(NotAPosition(**place, position=wrong))
        return None
    different = len({tuple(position[:2]) for position in positions})
    if different < 3:
        notes.append(RingTooShort(**place, count=different))
        return np.empty((0, 2))
    ring = np.array([position[:2] for position in positions], np.float64)
    if swap:
        ring = ring[:, ::-1]
    if (ring[0] != ring[-1]).any():
        notes.append(Closed(**place))
        ring = np.vstack([ring, ring[:1]])
    return ring


def _valid(
    parts: list[Polygon],
    number: int,
    label: str,
    notes: list[Refusal],
    errors: list[Refusal],
) -> BaseGeometry | None:
    shape: BaseGeometry = parts[0] if len(parts) == 1 else MultiPolygon(parts)
    before = sum(part.area for part in parts)
    valid = bool(shape.is_valid)
    if not valid:
        shape = _only_areas(shapely.make_valid(shape, method="structure", keep_collapsed=False))
    if shape.is_empty or shape.area == 0:
        errors.append(NoArea(feature=number, unit=label))
        return None
    if not valid:
        change = 100 * abs(shape.area - before) / before if before else 100.0
        notes.append(Mended(feature=number, unit=label, percent=round(change, 2)))
    return shape


def _only_areas(shape: BaseGeometry) -> BaseGeometry:
    areas = [part for part in shapely.get_parts(shape) if part.geom_type == "Polygon"]
    return areas[0] if len(areas) == 1 else MultiPolygon(areas)


def _outside(
    shape: BaseGeometry, number: int, extent: tuple[float, float, float, float]
) -> list[Refusal]:
    west, south, east, north = extent
    at = shapely.get_coordinates(shape)
    out = (at[:, 0] < west) | (at[:, 0] > east) | (at[:, 1] < south) | (at[:, 1] > north)
    if not out.any():
        return []
    lon, lat = at[int(np.argmax(out))].tolist()
    return [
        OutsideCountry(
            feature=number,
            lon=round(lon, 5),
            lat=round(lat, 5),
            west=west,
            east=east,
            south=south,
            north=north,
        )
    ]


def _overlaps(done: Sequence[Boundary], least: float = 1.0) -> list[Refusal]:
    """Pairs that overlap by more than ``least`` % of the smaller one."""
    if len(done) < 2:
        return []
    shapes = np.array([boundary.geometry for boundary in done], object)
    left, right = shapely.STRtree(shapes).query(shapes, predicate="overlaps")
    once = left < right
    left, right = left[once], right[once]
    shared = shapely.area(shapely.intersection(shapes[left], shapes[right]))
    smaller = np.minimum(shapely.area(shapes[left]), shapely.area(shapes[right]))
    percent = 100 * shared / smaller
    return [
        Overlapping(first=done[i].number, second=done[j].number, percent=round(p, 1))
        for i, j, p in sorted(zip(left.tolist(), right.tolist(), percent.tolist(), strict=True))
        if p > least
    ]


def _is_position(position: Any) -> bool:
    return isinstance(position, list) and len(position) >= 2 and all(map(_number, position[:2]))


def _number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value)
