"""Roads, rivers and villages from an extract of OpenStreetMap (``.osm`` XML, or ``.osm.pbf``).

XML is read as a stream with lxml: no document type, no entity, no network, nothing kept that is not
needed; limits on points and lines. ``.osm.pbf`` needs the package ``osmium`` (the extra ``geo``) and says
so where it is not there. What a key means here: https://wiki.openstreetmap.org/wiki/Key:highway.
"""

from array import array
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, BinaryIO, NamedTuple

import numpy as np
from numpy.typing import NDArray

from tuyen.engines.network.country import ROADS
from tuyen.kernel.refusal import N_, Refusal

MOST_POINTS, MOST_LINES = 20_000_000, 4_000_000
HIGHWAYS = {
    "motorway": "national", "trunk": "national", "primary": "national", "secondary": "provincial",
    "tertiary": "district", "unclassified": "commune", "residential": "commune",
    "living_street": "commune", "service": "commune", "road": "commune", "track": "track",
    "path": "path", "footway": "path", "bridleway": "path", "steps": "path", "pedestrian": "path",
    "cycleway": "path",
}  # fmt: skip
"""A link of a class (``trunk_link``) is of that class; what is not here is no road yet."""
WATERS = ("river", "canal")
"""Streams are stepped over, and so is a river in a pipe."""
LARGEST_ID = 2**62
PLACES = ("city", "town", "village", "hamlet", "isolated_dwelling")


class NotOsm(Refusal):
    code = "network.not-osm"
    message = N_("{name}, line {row}: {why}; expected an extract of OpenStreetMap (.osm).")


class TooMuchOsm(Refusal):
    code = "network.too-much-osm"
    message = N_(
        "{name} holds more than {most} {what}; cut it to the province first (osmium extract)."
    )


class NoOsmium(Refusal):
    code = "network.no-osmium"
    message = N_(
        "{name} is in the binary form (.osm.pbf), for which the package osmium is needed and is not"
        " installed: install `tuyen[geo]`, or turn it into .osm with `osmium cat -o FILE.osm`."
    )


class NoRoads(Refusal):
    code = "network.no-roads"
    message = N_("{name} has no road in it (highway=*); expected at least one.")


class Lines(NamedTuple):
    """``roads``: class, (n, 2) longitude and latitude, whether a bridge, whether one-way; ``rivers``;
    ``places``: name, longitude, latitude. ``broken``: lines of which points lack, left out or cut there."""

    roads: list[tuple[int, NDArray[np.float64], bool, bool]]
    rivers: list[NDArray[np.float64]]
    places: list[tuple[str, float, float]]
    broken: int


class _Way(NamedTuple):
    refs: list[int]
    tags: Mapping[str, str]


def read_osm(name: str, file: BinaryIO) -> Lines:
    """``name`` says the form. Raises :class:`NotOsm`, :class:`TooMuchOsm`, :class:`NoOsmium`,
    :class:`NoRoads`."""
    found = _of_pbf(file, name) if name.endswith(".pbf") else _of_xml(file, name)
    if not found.roads:
        raise NoRoads(name=name)
    return found


def road_kind(tags: Mapping[str, str]) -> int | None:
    """The place of a line in ``ROADS``; None for what nobody travels on."""
    kind = HIGHWAYS.get(tags.get("highway", "").removesuffix("_link"))
    if tags.get("route") == "ferry":
        kind = "ferry"
    if kind is None or tags.get("access") in ("no", "private") or tags.get("area") == "yes":
        return None
    return ROADS.index(kind)


def is_river(tags: Mapping[str, str]) -> bool:
    return tags.get("waterway") in WATERS and tags.get("tunnel", "no") == "no"


def direction(tags: Mapping[str, str]) -> int:
    """1: only as it is drawn, -1: only against that, 0: both ways. Roundabouts and motorways have one
    where nothing else is said (https://wiki.openstreetmap.org/wiki/Key:oneway)."""
    said = tags.get("oneway", "")
    if not said:
        round_ = tags.get("junction") in ("roundabout", "circular")
        fast = tags.get("highway") in ("motorway", "motorway_link")
        return int(round_ or fast)
    return 1 if said in ("yes", "1", "true") else -1 if said in ("-1", "reverse") else 0


class _Points:
    """Points by their number, in 24 bytes each."""

    def __init__(self, name: str) -> None:
        self.name, self.ids, self.lon, self.lat = name, array("q"), array("d"), array("d")

    def put(self, id: int, lon: float, lat: float) -> None:
        if len(self.ids) >= MOST_POINTS:
            raise TooMuchOsm(name=self.name, most=MOST_POINTS, what="points")
        self.ids.append(id)
        self.lon.append(lon)
        self.lat.append(lat)

    def lines(self, ways: Iterable[_Way]) -> Iterator[tuple[_Way, list[NDArray[np.float64]], bool]]:
        """Each way as pieces of (n, 2) degrees between points that are not there; whether all were."""
        ids = np.array(self.ids, np.int64)
        order = np.argsort(ids, kind="stable")
        ids, at = ids[order], np.column_stack([self.lon, self.lat])[order]
        for way in ways:
            refs = np.array(way.refs, np.int64)
            place = np.searchsorted(ids, refs).clip(0, max(len(ids) - 1, 0))
            there = ids[place] == refs if len(ids) else np.zeros(len(refs), bool)
            gaps = np.flatnonzero(~there)
            pieces = np.split(place, gaps)
            pieces[1:] = [piece[1:] for piece in pieces[1:]]
            yield way, [at[piece] for piece in pieces if len(piece) > 1], not gaps.size


def _of_xml(file: BinaryIO, name: str) -> Lines:
    from lxml import etree  # type: ignore[import-untyped]

    points = _Points(name)
    ways: list[_Way] = []
    places: list[tuple[str, float, float]] = []
    try:
        stream = etree.iterparse(
            file, events=("start", "end"), resolve_entities=False, no_network=True, load_dtd=False,
            huge_tree=False, remove_comments=True, remove_pis=True,
        )  # fmt: skip
        depth = 0
        for event, element in stream:
            if event == "start":
                depth += 1
                if depth == 1:
                    _begins(element, name)
                continue
            depth -= 1
            if depth != 1:
                continue
            if element.tag == "node":
                _node(element, points, places, name)
            elif element.tag == "way" and (way := _way(element, name)):
                if len(ways) >= MOST_LINES:
                    raise TooMuchOsm(name=name, most=MOST_LINES, what="lines")
                ways.append(way)
            element.clear()
            parent = element.getparent()
            while parent is not None and element.getprevious() is not None:
                del parent[0]
    except etree.XMLSyntaxError as error:
        row = error.position[0] if error.position else 0
        raise NotOsm(name=name, row=row, why=str(error.msg)[:120]) from None
    return _told(points, ways, places)


def _begins(root: Any, name: str) -> None:
    if root.tag != "osm":
        raise NotOsm(name=name, row=root.sourceline or 1, why=f"<{str(root.tag)[:40]}>")
    if root.getroottree().docinfo.doctype:
        raise NotOsm(name=name, row=1, why="<!DOCTYPE>")


def _tags(element: Any) -> dict[str, str]:
    return {tag.get("k", ""): tag.get("v", "") for tag in element.iterfind("tag")}


def _node(element: Any, points: _Points, places: list[tuple[str, float, float]], name: str) -> None:
    try:
        id, lon, lat = int(element.get("id")), float(element.get("lon")), float(element.get("lat"))
        if not (-180 <= lon <= 180 and -90 <= lat <= 90 and abs(id) < LARGEST_ID):
            raise ValueError
    except (TypeError, ValueError):
        row = element.sourceline or 0
        why = f"node {element.get('id')} lon={element.get('lon')} lat={element.get('lat')}"
        raise NotOsm(name=name, row=row, why=why) from None
    points.put(id, lon, lat)
    if len(element):
        tags = _tags(element)
        if tags.get("place") in PLACES:
            places.append((tags.get("name", "")[:200], lon, lat))


def _way(element: Any, name: str) -> _Way | None:
    tags = _tags(element)
    if road_kind(tags) is None and not is_river(tags):
        return None
    refs: list[int] = []
    for node in element.iterfind("nd"):
        try:
            refs.append(int(node.get("ref")))
            if abs(refs[-1]) >= LARGEST_ID:
                raise ValueError
        except (TypeError, ValueError):
            why = f"way {element.get('id')} nd ref={node.get('ref')}"
            raise NotOsm(name=name, row=node.sourceline or 0, why=why[:120]) from None
    return _Way(refs, tags)


def _told(points: _Points, ways: Iterable[_Way], places: list[tuple[str, float, float]]) -> Lines:
    found = Lines([], [], places, 0)
    broken = 0
    for way, pieces, whole in points.lines(ways):
        broken += not whole
        kind = road_kind(way.tags)
        if kind is None:
            found.rivers.extend(pieces)
            continue
        bridge = way.tags.get("bridge", "no") != "no"
        one_way = direction(way.tags)
        found.roads.extend(
            (kind, line[::-1] if one_way < 0 else line, bridge, one_way != 0) for line in pieces
        )
    return found._replace(broken=broken)


def _of_pbf(file: BinaryIO, name: str) -> Lines:
    try:
        import osmium
    except ImportError:
        raise NoOsmium(name=name) from None
    points = _Points(name)
    ways: list[_Way] = []
    places: list[tuple[str, float, float]] = []
    try:
        for one in osmium.FileProcessor(osmium.io.FileBuffer(file.read(), "pbf")):
            if one.is_node():
                if not one.location.valid():
                    continue
                points.put(one.id, one.location.lon, one.location.lat)
                if one.tags.get("place") in PLACES:
                    places.append(
                        (one.tags.get("name", "")[:200], one.location.lon, one.location.lat)
                    )
            elif one.is_way():
                tags = {tag.k: tag.v for tag in one.tags}
                if road_kind(tags) is not None or is_river(tags):
                    if len(ways) >= MOST_LINES:
                        raise TooMuchOsm(name=name, most=MOST_LINES, what="lines")
                    ways.append(_Way([node.ref for node in one.nodes], tags))
    except RuntimeError as error:
        raise NotOsm(name=name, row=0, why=str(error)[:120]) from None
    return _told(points, ways, places)
