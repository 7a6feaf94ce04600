"""GeoJSON boundaries: what is mended is said, what cannot be used is named."""

import json

import pytest
import shapely

from tuyen.engines.registry.boundaries import read_boundaries, to_geojson
from tuyen.engines.registry.boundary_findings import Unusable

SQUARE = [[103.0, 21.0], [103.1, 21.0], [103.1, 21.1], [103.0, 21.1], [103.0, 21.0]]
NEXT = [[103.1, 21.0], [103.2, 21.0], [103.2, 21.1], [103.1, 21.1], [103.1, 21.0]]
BOW_TIE = [[103.0, 21.0], [103.1, 21.1], [103.1, 21.0], [103.0, 21.1], [103.0, 21.0]]


def feature(ring, kind="Polygon", **properties):
    return {
        "type": "Feature",
        "properties": properties or {"code": "03127"},
        "geometry": {"type": kind, "coordinates": [ring] if kind == "Polygon" else ring},
    }


def file_of(*features, **more):
    return json.dumps({"type": "FeatureCollection", "features": list(features), **more}).encode()


def codes(findings):
    return [finding.code.removeprefix("registry.boundary-") for finding in findings]


def test_a_good_file_is_read_without_a_word():
    read = read_boundaries(
        file_of(feature(SQUARE, code="03127", name="Điện Biên Phủ"), feature(NEXT, code="03334"))
    )

    assert [(b.number, b.code, b.name) for b in read.features] == [
        (1, "03127", "Điện Biên Phủ"),
        (2, "03334", None),
    ]
    assert (read.notes, read.errors) == ((), ())


@pytest.mark.parametrize(
    ("why", "given", "unit"),
    [
        ("Vietnamese property", {"MA_XA": "03127"}, ("03127", None)),
        ("a number", {"code": 13127}, ("13127", None)),
        ("a number from a table", {"code": 13127.0}, ("13127", None)),
        ("a name only", {"TenXa": " Mường Pồn "}, (None, "Mường Pồn")),
    ],
)  # fmt: skip
def test_the_unit_is_found_among_the_properties(why, given, unit):
    (found,) = read_boundaries(file_of(feature(SQUARE, **given))).features

    assert (found.code, found.name) == unit, why


def test_the_user_may_say_which_property_it_is():
    (found,) = read_boundaries(file_of(feature(SQUARE, GID_3="03127", code="x")), "GID_3").features

    assert found.code == "03127"


@pytest.mark.parametrize(
    ("why", "content", "note", "sentence"),
    [
        ("leading zeros", file_of(feature(SQUARE, code=3127)), "zeros-restored",
         "Feature 1: the code 3127 had lost its leading zeros; read as 03127."),
        ("swapped", file_of(feature([p[::-1] for p in SQUARE])), "swapped",
         "The file gives latitude before longitude; all coordinates were swapped."),
        ("open ring", file_of(feature(SQUARE[:-1])), "ring-closed",
         "Feature 1 (03127), ring 1 was open and was closed."),
        ("bow tie", file_of(feature(BOW_TIE)), "mended", "crossed itself and was mended"),
        ("overlap", file_of(feature(SQUARE), feature([[x - 0.05, y] for x, y in NEXT], code="2")), "overlap",
         "Features 1 and 2 overlap by 50.0 % of the smaller one."),
    ],
)  # fmt: skip
def test_what_is_mended_is_said(why, content, note, sentence):
    read = read_boundaries(content)

    assert note in codes(read.notes), why
    assert any(sentence in str(finding) for finding in read.notes), why
    assert read.errors == ()
    assert all(shape.geometry.is_valid and shape.geometry.area > 0 for shape in read.features)
    assert all(shapely.box(102, 20, 104, 22).contains(shape.geometry) for shape in read.features)


@pytest.mark.parametrize(
    ("why", "bad", "error"),
    [
        ("no unit", feature(SQUARE, colour="red"), "no-unit"),
        ("a point", feature([103.0, 21.0], "Point"), "not-a-polygon"),
        ("no geometry", {"type": "Feature", "properties": {"code": "03127"}, "geometry": None}, "no-area"),
        ("no coordinates", {"properties": {"code": "1"}, "geometry": {"type": "Polygon"}}, "no-area"),
        ("not even a feature", "x", "no-unit"),
        ("two positions", feature(SQUARE[:2]), "no-area"),
        ("text", feature([["103", "21"], *SQUARE[1:]]), "not-a-position"),
        ("a hole in the numbers", feature([[103.0, None], *SQUARE[1:]]), "not-a-position"),
        ("flat", feature([[103.0, 21.0], [103.1, 21.0], [103.2, 21.0]]), "no-area"),
        ("in the ocean", feature([[0.0, 0.0], [1.0, 0.0], [1.0, 1.0]]), "outside"),
    ],
)  # fmt: skip
def test_a_bad_feature_is_named_and_the_others_are_read(why, bad, error):
    read = read_boundaries(file_of(feature(NEXT, code="03334"), bad, feature(SQUARE, code="03000")))

    assert error in codes(read.errors), why
    assert all(finding.values["feature"] == 2 for finding in read.errors), why
    assert [found.number for found in read.features] == [1, 3]


def test_a_collapsed_part_is_left_out_and_said():
    speck = [[103.05, 21.05], [103.06, 21.05], [103.05, 21.05]]
    parts = [[SQUARE, speck], [speck]]

    read = read_boundaries(file_of(feature(parts, "MultiPolygon")))

    assert codes(read.notes) == ["ring-too-short", "ring-too-short"]
    assert read.errors == ()
    assert read.features[0].geometry.equals(shapely.Polygon(SQUARE))


def test_the_same_code_twice_is_refused_once():
    read = read_boundaries(file_of(feature(SQUARE), feature(NEXT)))

    assert [str(finding) for finding in read.errors] == [
        "Feature 2 has the code 03127 of feature 1; keep one of them."
    ]


@pytest.mark.parametrize(
    ("why", "content", "sentence"),
    [
        ("not JSON", b"<kml>", "The file is not JSON (line 1, column 1"),
        ("not UTF-8", '{"tên": 1}'.encode("utf-16"), "Byte 1 of the file is not UTF-8"),
        ("too deep", b"[" * 200_000, "nested too deeply"),
        ("a list", b"[]", "where a FeatureCollection was expected"),
        ("TopoJSON", b'{"type": "Topology"}', "The file holds Topology"),
        ("empty", b'{"type": "FeatureCollection", "features": []}', "The file has no features"),
        ("UTM by its name", file_of(feature(SQUARE), crs={"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::32648"}}), "EPSG::32648"),
        ("UTM by its size", file_of(feature([[300_000, 2_350_000], [300_100, 2_350_000], [300_100, 2_350_100]])), "are metres"),
    ],
)  # fmt: skip
def test_a_file_that_cannot_be_used_is_refused(why, content, sentence):
    with pytest.raises(Unusable) as refusal:
        read_boundaries(content)

    assert sentence in str(refusal.value), why


@pytest.mark.parametrize(
    "name", ["urn:ogc:def:crs:OGC:1.3:CRS84", "EPSG:4326", "urn:ogc:def:crs:EPSG::4756"]
)
def test_a_crs_in_degrees_is_accepted(name):
    crs = {"type": "name", "properties": {"name": name}}

    assert len(read_boundaries(file_of(feature(SQUARE), crs=crs)).features) == 1


def test_a_byte_order_mark_and_a_single_feature_are_accepted():
    content = b"\xef\xbb\xbf" + json.dumps(feature(SQUARE)).encode()

    assert len(read_boundaries(content).features) == 1


def test_what_is_written_is_read_back():
    shapes = [shapely.Polygon(SQUARE), shapely.MultiPolygon([shapely.Polygon(NEXT)])]
    written = to_geojson(shapes, [{"code": "00001"}, {"code": "00002"}])

    read = read_boundaries(json.dumps(written).encode())

    assert [a.geometry.equals(b) for a, b in zip(read.features, shapes, strict=True)] == [
        True,
        True,
    ]
