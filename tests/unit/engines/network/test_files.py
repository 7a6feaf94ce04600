"""Files of heights, cover and roads: read as they are meant, or refused with the reason."""

import io
import struct
import sys
import zlib

import numpy as np
import pytest
from PIL import Image
from PIL.TiffImagePlugin import ImageFileDirectory_v2

from tuyen.engines.network.building import OWN, UnknownCover, built
from tuyen.engines.network.country import ROADS
from tuyen.engines.network.geotiff import NotAGeoTiff, RasterElsewhere, laid, read_raster
from tuyen.engines.network.openstreetmap import NoOsmium, NoRoads, NotOsm, read_osm
from tuyen.engines.network.projection import Frame, UnknownProjection, from_degrees

FRAME = Frame(103.0, 21.5, 200.0, 30, 30)


def tiff(values, west, north, side, epsg, *, tile=0, deflate=False, none=None, point=False):
    """A GeoTIFF by hand: int16 or float32, one strip or tiles, plain or deflate."""
    rows, columns = values.shape
    flat = epsg not in (4326, 4756)
    keys = (1, 1, 0, 3, 1024, 0, 1, 1 if flat else 2, 1025, 0, 1, 2 if point else 1,
            3072 if flat else 2048, 0, 1, epsg)  # fmt: skip
    parts = [values.tobytes()]
    if tile:
        wide = np.zeros((-(-rows // tile) * tile, -(-columns // tile) * tile), values.dtype)
        wide[:rows, :columns] = values
        parts = [wide[r : r + tile, c : c + tile].tobytes()
                 for r in range(0, wide.shape[0], tile) for c in range(0, wide.shape[1], tile)]  # fmt: skip
    if deflate:
        parts = [zlib.compress(part) for part in parts]
    sample = {"i": 2, "f": 3, "u": 1}[values.dtype.kind]
    tags = [(256, "H", [columns]), (257, "H", [rows]), (258, "H", [8 * values.itemsize]),
            (259, "H", [8 if deflate else 1]), (262, "H", [1]), (277, "H", [1]), (339, "H", [sample]),
            (33550, "d", [side, side, 0.0]), (33922, "d", [0.0, 0, 0, west, north, 0]),
            (34735, "H", list(keys))]  # fmt: skip
    if none is not None:
        tags.append((42113, "s", [none.encode() + b"\0"]))
    sizes = [len(part) for part in parts]
    tags += [(322, "H", [tile]), (323, "H", [tile]), (324, "I", [0] * len(parts)), (325, "I", sizes)] if tile else [
        (273, "I", [0]), (278, "H", [rows]), (279, "I", sizes)]  # fmt: skip
    tags.sort()
    size = {"H": 2, "I": 4, "d": 8, "s": 1}
    kind = {"H": 3, "I": 4, "d": 12, "s": 2}
    at = 8 + 2 + 12 * len(tags) + 4
    more, offsets, begin = b"", {}, 0
    for tag, form, held in tags:
        long = len(held[0]) if form == "s" else len(held)
        if long * size[form] > 4:
            offsets[tag] = at + len(more)
            more += b"\0" * (long * size[form])
    begin = at + len(more)
    starts = [begin + sum(sizes[:n]) for n in range(len(sizes))]
    out, body = b"II*\0" + struct.pack("<IH", 8, len(tags)), bytearray(more)
    for tag, form, held in tags:
        given = starts if tag in (273, 324) else held
        packed = given[0] if form == "s" else struct.pack(f"<{len(given)}{form}", *given)
        long = len(packed) // size[form]
        if tag in offsets:
            body[offsets[tag] - at : offsets[tag] - at + len(packed)] = packed
            packed = struct.pack("<I", offsets[tag])
        out += struct.pack("<HHI", tag, kind[form], long) + packed.ljust(4, b"\0")
    return io.BytesIO(out + struct.pack("<I", 0) + bytes(body) + b"".join(parts))


def slope(kind=np.int16):
    """Heights that rise by one for each hundredth of a degree to the east, and fall to -3 in a corner."""
    held = np.tile(np.arange(40), (40, 1)).astype(kind)
    held[0, 0] = -3
    return held


@pytest.mark.parametrize(
    "options", [{}, {"tile": 16}, {"tile": 16, "deflate": True}, {"deflate": True}]
)
@pytest.mark.parametrize("kind", [np.int16, np.float32, np.int8, np.int32])
def test_heights_are_read_whatever_their_form(kind, options):
    raster = read_raster(tiff(slope(kind), 102.9, 21.6, 0.01, 4326, **options), "cao-do.tif")

    assert np.array_equal(raster.values, slope(np.float32))
    assert (raster.west, raster.north, raster.crs) == (102.9, 21.6, 4326)
    found = laid(raster, FRAME, smooth=True)
    expected = (FRAME.centres().reshape(30, 30, 2)[..., 0] - 102.9) / 0.01 - 0.5
    assert np.abs(found - expected).max() < 1e-3


def test_the_same_land_in_metres_and_with_points_in_the_middle():
    corner = from_degrees(np.array([[102.99, 21.51]]), 32648)[0]
    held = np.tile(np.arange(60, dtype=np.float32), (60, 1))
    plain = read_raster(tiff(held, *corner, 200.0, 32648), "utm.tif")
    moved = read_raster(
        tiff(held, corner[0] + 100, corner[1] - 100, 200.0, 32648, point=True), "p.tif"
    )

    assert (moved.west, moved.north) == pytest.approx((plain.west, plain.north))
    at = (from_degrees(FRAME.centres(), 32648)[:, 0] - corner[0]) / 200 - 0.5
    found = laid(plain, FRAME, smooth=True).ravel()
    assert np.abs(found - at).max() < 1e-2


def test_the_largest_whole_number_may_stand_for_what_is_not_known():
    held = np.array([[7, 2**32 - 1], [2**31, 5]], np.uint32)

    found = read_raster(tiff(held, 102.9, 21.6, 0.01, 4326, none=str(2**32 - 1)), "cao-do.tif")

    assert np.array_equal(found.values, np.array([[7, np.nan], [2**31, 5]]), equal_nan=True)


def test_what_is_not_known_is_filled_from_beside_it():
    held = slope()
    held[:, 14:] = -9999
    raster = read_raster(tiff(held, 102.9, 21.6, 0.01, 4326, none="-9999"), "cao-do.tif")
    land = built(FRAME, Lines, elevation=raster)

    assert np.isfinite(land.elevation).all()
    assert land.elevation.max() == 13


class Lines:
    roads, rivers = (), ()


def test_land_cover_by_its_codes_and_a_code_that_is_none():
    held = np.full((40, 40), 10, np.uint8)
    land = built(FRAME, Lines, cover=read_raster(tiff(held, 102.9, 21.6, 0.01, 4326), "phu.tif"))
    assert set(land.cover.ravel().tolist()) == {3}  # forest
    held[15, 15] = 99
    with pytest.raises(UnknownCover, match="99 is no class of land cover"):
        built(FRAME, Lines, cover=read_raster(tiff(held, 102.9, 21.6, 0.01, 4326), "phu.tif"))
    own = read_raster(tiff(np.full((40, 40), 4, np.uint8), 102.9, 21.6, 0.01, 4326), "phu.tif")
    assert built(FRAME, Lines, cover=own, classes=OWN).cover.max() == 4


def test_a_raster_of_elsewhere_or_turned_round_is_said():
    raster = read_raster(tiff(slope(), 21.4, 103.2, 0.01, 4326), "nguoc.tif")
    with pytest.raises(RasterElsewhere, match="swapped"):
        laid(raster, FRAME, smooth=True)


def test_files_that_are_no_use_are_refused_with_the_reason():
    with pytest.raises(UnknownProjection, match="EPSG:27700"):
        read_raster(tiff(slope(), 0, 0, 10.0, 27700), "anh.tif")
    with pytest.raises(
        NotAGeoTiff, match=r"anh\.tif cannot be read as a GeoTIFF: it does not begin"
    ):
        read_raster(io.BytesIO(b"GIF89a nothing"), "anh.tif")
    whole = tiff(slope(), 102.9, 21.6, 0.01, 4326).getvalue()
    with pytest.raises(NotAGeoTiff):
        read_raster(io.BytesIO(whole[: len(whole) // 2]), "nua.tif")
    bare = whole.replace(struct.pack("<H", 33550), struct.pack("<H", 33551), 1)
    with pytest.raises(NotAGeoTiff, match="33550"):
        read_raster(io.BytesIO(bare), "khong-toa-do.tif")


def test_classes_with_a_table_of_colours_and_a_matrix_that_only_stretches():
    held = np.tile(np.array([10, 50], np.uint8), (40, 20))
    picture = Image.fromarray(held).convert("P", palette=Image.Palette.ADAPTIVE)
    picture.putdata(held.ravel().tolist())
    tags = ImageFileDirectory_v2()
    tags[34264] = (0.01, 0.0, 0, 102.9, 0.0, -0.01, 0, 21.6, 0, 0, 0, 0, 0, 0, 0, 1.0)
    tags[34735] = (1, 1, 0, 2, 1024, 0, 1, 2, 2048, 0, 1, 4326)
    tags.tagtype[34264], tags.tagtype[34735] = 12, 3
    file = io.BytesIO()
    picture.save(file, "TIFF", tiffinfo=tags)

    raster = read_raster(io.BytesIO(file.getvalue()), "phu.tif")

    assert np.array_equal(raster.values, held)
    assert (raster.west, raster.north, raster.across, raster.down) == (102.9, 21.6, 0.01, 0.01)
    tags[34264] = (0.01, 0.001, *tags[34264][2:])
    turned = io.BytesIO()
    picture.save(turned, "TIFF", tiffinfo=tags)
    with pytest.raises(NotAGeoTiff, match="rotated"):
        read_raster(io.BytesIO(turned.getvalue()), "phu.tif")


def test_numbers_that_are_not_read_and_rows_from_the_south_are_said():
    double = tiff(slope(np.float64), 102.9, 21.6, 0.01, 4326)
    with pytest.raises(NotAGeoTiff, match="its numbers are of a kind that is not read"):
        read_raster(double, "kep.tif")
    south = tiff(slope(), 102.9, 21.6, 0.01, 4326).getvalue()
    scale = struct.pack("<2d", 0.01, 0.01)
    with pytest.raises(NotAGeoTiff, match="its first row lies in the south"):
        read_raster(io.BytesIO(south.replace(scale, struct.pack("<2d", 0.01, -0.01))), "nam.tif")


OSM = """<?xml version="1.0"?><osm version="0.6">
<node id="1" lon="103.0" lat="21.4"/><node id="2" lon="103.1" lat="21.4"/>
<node id="3" lon="103.1" lat="21.5"><tag k="place" v="village"/><tag k="name" v="Bản Nà Sang"/></node>
<way id="9"><nd ref="1"/><nd ref="2"/><tag k="highway" v="secondary"/><tag k="oneway" v="-1"/></way>
<way id="10"><nd ref="2"/><nd ref="3"/><nd ref="77"/><tag k="highway" v="trunk_link"/><tag k="bridge" v="yes"/></way>
<way id="11"><nd ref="1"/><nd ref="3"/><tag k="waterway" v="river"/></way>
<way id="12"><nd ref="1"/><nd ref="3"/><tag k="highway" v="proposed"/></way>
<way id="13"><nd ref="1"/><nd ref="3"/><tag k="route" v="ferry"/></way></osm>"""


def osm(text, name="tinh.osm"):
    return read_osm(name, io.BytesIO(text.encode() if isinstance(text, str) else text))


def test_roads_rivers_and_villages_of_an_extract():
    found = osm(OSM)

    assert [(ROADS[kind], line.tolist(), bridge, one_way) for kind, line, bridge, one_way in found.roads] == [
        ("provincial", [[103.1, 21.4], [103.0, 21.4]], False, True),
        ("national", [[103.1, 21.4], [103.1, 21.5]], True, False),
        ("ferry", [[103.0, 21.4], [103.1, 21.5]], False, False),
    ]  # fmt: skip
    assert len(found.rivers) == 1
    assert found.places == [("Bản Nà Sang", 103.1, 21.5)]
    assert found.broken == 1


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("<!DOCTYPE osm [<!ENTITY a SYSTEM 'file:///etc/passwd'>]><osm><node id='1' lon='1' lat='2'/></osm>",
         "DOCTYPE"),
        ("<gpx><wpt/></gpx>", "gpx"),
        (OSM.replace('lat="21.5"', 'lat="121.5"'), "line 3: node 3 lon=103.1 lat=121.5"),
        (OSM.replace('ref="77"', 'ref="²"'), "line 5: way 10 nd ref=²"),
        (OSM.replace('ref="77"', f'ref="{2**70}"'), "way 10 nd ref="),
        (OSM.replace('node id="1"', f'node id="{2**70}"'), "line 2: node"),
        (OSM[:400], "line"),
        ("", "line"),
    ],
)  # fmt: skip
def test_an_extract_that_is_none_or_means_harm_is_refused(text, why):
    with pytest.raises(NotOsm, match=why):
        osm(text)


@pytest.mark.parametrize(
    ("tags", "expected"),
    [
        ({"highway": "track", "oneway": "reverse"}, ("track", 1, True)),
        ({"highway": "track", "oneway": "no", "junction": "roundabout"}, ("track", 0, False)),
        ({"highway": "tertiary", "junction": "roundabout"}, ("district", 0, True)),
        ({"highway": "motorway_link"}, ("national", 0, True)),
        ({"route": "ferry", "highway": "residential"}, ("ferry", 0, False)),
        ({"route": "ferry", "access": "private"}, None),
    ],
)
def test_the_way_that_a_road_is_driven_and_by_whom(tags, expected):
    said = "".join(f"<tag k='{key}' v='{value}'/>" for key, value in tags.items())
    first = OSM.index('<way id="9">')
    way = f"<way id='8'><nd ref='3'/><nd ref='1'/>{said}</way>"

    road = osm(OSM[:first] + way + OSM[first:]).roads[0]

    if expected is None:
        assert road[0] == ROADS.index("provincial")
    else:
        begins = ([103.1, 21.5], [103.0, 21.4])[expected[1]]
        assert (ROADS[road[0]], road[1][0].tolist(), road[3]) == (expected[0], begins, expected[2])


def test_a_road_does_not_leap_over_points_that_are_not_there():
    """In an extract cut along a border a road leaves and comes back elsewhere."""
    gap = OSM.replace(
        '<nd ref="1"/><nd ref="2"/>',
        '<nd ref="1"/><nd ref="2"/><nd ref="70"/><nd ref="3"/><nd ref="1"/>',
    )

    lines = [line.tolist() for kind, line, *_rest in osm(gap).roads if ROADS[kind] == "provincial"]

    assert lines == [[[103.1, 21.4], [103.0, 21.4]], [[103.0, 21.4], [103.1, 21.5]]]
    assert osm(gap).broken == 2


def test_an_extract_without_a_road_says_so():
    with pytest.raises(NoRoads, match=r"tinh\.osm has no road"):
        osm("<osm><node id='1' lon='103' lat='21'/></osm>")


def test_the_binary_form_says_what_it_needs(monkeypatch):
    monkeypatch.setitem(sys.modules, "osmium", None)
    with pytest.raises(NoOsmium, match="osmium cat"):
        osm("", "tinh.osm.pbf")


def test_the_binary_form_holds_what_the_text_does(tmp_path):
    osmium = pytest.importorskip("osmium", reason="the extra `geo` is not installed")
    text, binary = tmp_path / "a.osm", tmp_path / "a.osm.pbf"
    text.write_text(OSM, encoding="utf-8")
    with osmium.SimpleWriter(str(binary)) as writer:
        for one in osmium.FileProcessor(str(text)):
            writer.add(one)
    with binary.open("rb") as file:
        found = read_osm(binary.name, file)
    assert [road[0] for road in found.roads] == [road[0] for road in osm(OSM).roads]
    assert (len(found.rivers), found.places, found.broken) == (1, osm(OSM).places, 1)
