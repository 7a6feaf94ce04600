"""A country on a grid: projections, lines laid on it, speeds, its file, a made-up one, places asked for."""

import io
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tuyen.engines.network import landscape
from tuyen.engines.network.coordinates import OffTheEarth, Swapped, checked, suspects
from tuyen.engines.network.country import (
    COVERS,
    ROADS,
    NotASurface,
    Speeds,
    blank,
    burn,
    cells_of,
    read,
    surface,
    written,
)
from tuyen.engines.network.placing import Placed
from tuyen.engines.network.projection import (
    KNOWN,
    Frame,
    NoProjection,
    UnknownProjection,
    check,
    frame_around,
    from_degrees,
    to_degrees,
)

FOOT = Speeds((4.0,) * 7 + (0.0,), (0.0,) * 6 + (4.0,), 5.0, 1.0, 0.0)
RIDER = Speeds((4.0,) * 7 + (0.0,), (40.0, 35.0, 30.0, 25.0, 12.0, 0.0, 6.0), 5.0, 0.0, 0.0)
FRAME = Frame(103.0, 21.5, 100.0, 40, 60)


@pytest.mark.parametrize(
    ("code", "place", "metres"),
    [  # as PROJ 9 gives them
        (32648, (102.5, 22.1), (242070.12, 2446013.62)),
        (3405, (103.0, 21.4), (292475.24, 2367846.40)),
        (3406, (108.9, 12.2), (271325.20, 1349670.21)),
        (9205, (103.2, 21.6), (520511.52, 2389389.07)),
    ],
)
def test_coordinates_are_those_of_proj(code, place, metres):
    assert from_degrees(np.array([place]), code)[0] == pytest.approx(metres, abs=0.01)


@settings(max_examples=30, deadline=None)
@given(code=st.sampled_from(KNOWN), lon=st.floats(102, 110), lat=st.floats(8, 23.5))
def test_there_and_back_is_within_a_few_millimetres(code, lon, lat):
    back = to_degrees(from_degrees(np.array([[lon, lat]]), code), code)[0]

    assert back == pytest.approx((lon, lat), abs=3e-8)


def test_an_unknown_projection_is_refused_by_its_number():
    with pytest.raises(UnknownProjection) as told:
        check(27700, "cao-do.tif")
    assert "cao-do.tif is in EPSG:27700" in str(told.value)
    with pytest.raises(NoProjection):
        check(None, "cao-do.tif")


def test_a_frame_holds_its_points_and_cells_lead_back_to_them():
    points = np.array([[102.2, 21.0], [103.6, 22.5], [np.nan, np.nan]])
    frame = frame_around(points, 500.0, margin=2_000.0)
    at = frame.cells(points)

    assert ((at[:2] >= 0) & (at[:2] < frame.shape)).all()
    assert at[2].tolist() == [-1, -1]
    middle = frame.centres().reshape(*frame.shape, 2)[tuple(at[0])]
    assert np.abs(frame.metres(middle[None]) - frame.metres(points[:1])).max() <= 250


@settings(max_examples=40, deadline=None)
@given(
    ends=st.lists(
        st.tuples(st.floats(103.001, 103.05), st.floats(21.47, 21.499)), min_size=2, max_size=5
    )
)
def test_a_river_leaves_no_gap_across_a_corner(ends):
    """Every step of a line touches a cell by a side: no diagonal slips through."""
    at = {tuple(cell) for cell in cells_of(FRAME, np.array(ends), gapless=True).tolist()}
    first = next(iter(at))
    seen, waiting = {first}, [first]
    while waiting:
        r, c = waiting.pop()
        for near in ((r + 1, c), (r - 1, c), (r, c + 1), (r, c - 1)):
            if near in at and near not in seen:
                seen.add(near)
                waiting.append(near)
    assert seen == at


def river_and(road, *, bridge=False):
    """A river from north to south, and a road of a class across it."""
    down = np.array([[103.02, 21.4999], [103.02, 21.4645]])
    across = np.array([[103.001, 21.48], [103.05, 21.48]])
    return burn(blank(FRAME), [(ROADS.index(road), across, bridge)], [down])


@pytest.mark.parametrize(
    ("road", "bridge", "passed"),
    [("commune", False, True), ("track", False, False), ("path", True, True)],
)
def test_a_river_in_the_rain_is_passed_on_bridges_only(road, bridge, passed):
    placed = Placed(FRAME, surface(river_and(road, bridge=bridge), RIDER))
    at = placed.cells(np.array([[103.01, 21.48]]))
    to = placed.cells(np.array([[103.04, 21.48]]))

    assert np.isfinite(placed.nearest(at, to)[0][0]) == passed
    dry = Placed(FRAME, surface(river_and(road, bridge=bridge), FOOT))
    assert np.isfinite(dry.nearest(at, to)[0][0])


def test_a_boat_goes_wherever_there_is_water_and_under_bridges():
    """The line of a river is one cell wide; the water beside it lies in the land cover."""
    land = river_and("path", bridge=True)
    cover = land.cover.copy()
    cover[:, 12:] = COVERS.index("water")
    river = np.argwhere(land.river & (land.road == 0))[0]
    bridge = np.argwhere(land.river & (land.road > 0))[0]

    found = surface(replace(land, cover=cover), FOOT._replace(boat=8.0))

    assert found.pace[0, 25] == found.pace[tuple(river)] == found.pace[tuple(bridge)]
    assert found.pace[0, 25] == pytest.approx(0.06 / 8)
    assert not found.on_foot[tuple(bridge)]
    assert np.isinf(surface(replace(land, cover=cover), FOOT).pace[0, 25])


def test_a_rider_walks_to_the_road_and_a_better_road_is_quicker():
    ways = []
    for kind in ("national", "track", "path"):
        line = np.array([[103.001, 21.48], [103.05, 21.48]])
        placed = Placed(
            FRAME, surface(burn(blank(FRAME), [(ROADS.index(kind), line, False)]), RIDER)
        )
        at = placed.cells(np.array([[103.003, 21.49]]))
        ways.append(placed.nearest(at, placed.cells(np.array([[103.045, 21.48]])))[0][0])

    assert ways == sorted(ways)
    assert ways[0] < ways[1] < ways[2]


def test_a_village_on_a_river_is_moved_beside_it_and_one_in_a_lake_is_nowhere():
    land = river_and("commune")
    land.cover[:, 40:] = COVERS.index("water")
    placed = Placed(FRAME, surface(land, RIDER))

    cells = placed.cells(np.array([[103.02, 21.49], [103.0575, 21.47], [120.0, 21.47]]))

    assert cells.cell[0] is not None
    assert 0 < cells.away[0] < 300
    assert cells.cell[2] is None
    minutes, site = placed.nearest(cells, placed.cells(np.array([[103.01, 21.48]])))
    assert (np.isinf(minutes[2]), site[2]) == (True, -1)


def test_a_country_comes_back_from_its_file_and_the_same_one_makes_the_same_bytes():
    land = river_and("commune")
    content = written(land)
    back = read(io.BytesIO(content), "dien-bien.npz")

    assert content == written(land)
    assert back.frame == FRAME
    assert np.array_equal(back.road, land.road)
    assert np.array_equal(back.river, land.river)


@pytest.mark.parametrize("cut", [10, 200, 0])
def test_a_file_that_is_no_surface_is_said_to_be_none(cut):
    content = written(river_and("commune"))[:cut] if cut else b"PK\x03\x04 nothing"
    with pytest.raises(NotASurface, match=r"half\.npz is no travel surface"):
        read(io.BytesIO(content), "half.npz")


def test_swapped_coordinates_are_noticed_and_said_with_their_row():
    points = np.array([[103.0, 21.4], [21.5, 103.2], [21.6, 103.3]])
    with pytest.raises(Swapped) as told:
        checked(points, "thon-ban.csv", [2, 3, 4])
    assert "2 of 3 points have longitude and latitude swapped, the first in row 3" in str(
        told.value
    )
    assert suspects(np.array([[2.35, 48.85]])).swapped == []
    with pytest.raises(OffTheEarth, match="row 9"):
        checked(np.array([[512_345.0, 2_367_846.0]]), "thon-ban.csv", [9])


def test_a_made_up_country_is_the_same_for_the_same_seed_and_joins_its_places():
    rng = np.random.default_rng(3)
    points = np.column_stack([102.5 + 0.5 * rng.random(120), 21.2 + 0.4 * rng.random(120)])
    frame = frame_around(points, 500.0)
    levels = [points[:4], points[4:12], points[12:40], points[40:80], points[80:]]
    land = landscape.made(5, frame, levels)

    assert written(land) == written(landscape.made(5, frame, levels))
    assert written(land) != written(landscape.made(6, frame, levels))
    assert land.river.sum() > 50
    assert set(np.unique(land.road)) >= {
        1 + ROADS.index(name) for name in ("national", "commune", "path")
    }
    placed = Placed(frame, surface(land, FOOT))
    minutes, _ = placed.nearest(placed.cells(points), placed.cells(points[:12]))
    assert np.isfinite(minutes).all()
    assert np.median(minutes) < 600
