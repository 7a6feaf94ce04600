"""Derived polygons: whole, without gaps, and the same ground on both maps."""

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from tuyen.engines.registry.geometry import KM_PER_DEGREE, Plane, cells, derive, outline, settle
from tuyen.kernel.refusal import BadInput


def province(seed, n=40, m=12):
    """Former points scattered about current ones, each former unit whole or in two parts."""
    rng = np.random.default_rng(seed)
    current = np.column_stack([103 + rng.random(m), 21 + rng.random(m)])
    home = np.concatenate([np.arange(m), rng.integers(0, m, n - m)])
    former = current[home] + rng.normal(0, 0.05, (n, 2))
    links = [(i, int(j)) for i, j in enumerate(home)]
    links += [(i, int((home[i] + 1) % m)) for i in range(0, n, 7)]
    return former, home, current, rng.uniform(100, 900, m), links


def km2(shape, lonlat):
    plane = Plane.about(lonlat[:, 0], lonlat[:, 1])
    return shapely.transform(shape, plane.flatten).area


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 10_000))
def test_old_and_new_map_cover_the_same_ground(seed):
    former, home, current, area, links = province(seed)
    fit = settle(former, home, current, area)

    drawn = derive(fit.former, fit.current, area, links)

    assert shapely.coverage_is_valid(drawn.former)
    assert shapely.coverage_is_valid(drawn.current)
    assert not any(shape.is_empty for shape in [*drawn.former, *drawn.current])
    for shapes in (drawn.former, drawn.current):
        assert shapely.union_all(shapes).symmetric_difference(drawn.outline).area < 1e-9


@settings(max_examples=10, deadline=None)
@given(st.integers(0, 10_000))
def test_a_merged_commune_is_the_union_of_its_whole_former_communes(seed):
    former, home, current, area, _ = province(seed)
    fit = settle(former, home, current, area)
    links = [(i, int(j)) for i, j in enumerate(home)]

    drawn = derive(fit.former, fit.current, area, links)

    for j, shape in enumerate(drawn.current):
        union = shapely.union_all([drawn.former[i] for i in np.flatnonzero(home == j)])
        assert union.symmetric_difference(shape).area < 1e-12


def test_the_outline_has_the_area_asked():
    former, _, _, _, _ = province(1)

    assert km2(outline(former, 20_000), former) == pytest.approx(20_000, rel=1e-3)


def test_derived_maps_are_the_same_every_time():
    former, home, current, area, links = province(2)
    fit = settle(former, home, current, area)

    one, two = (derive(fit.former, fit.current, area, links) for _ in range(2))

    assert [a.wkb for a in one.former] == [b.wkb for b in two.former]


def test_simplified_maps_still_agree():
    former, home, current, area, links = province(3)
    fit = settle(former, home, current, area)

    drawn = derive(fit.former, fit.current, area, links, tolerance_km=2.0)

    assert shapely.coverage_is_valid(drawn.former)
    assert (
        shapely.union_all(drawn.former).symmetric_difference(shapely.union_all(drawn.current)).area
        < 1e-9
    )
    assert shapely.get_num_coordinates(drawn.outline) > 3


def test_neighbouring_provinces_do_not_overlap():
    former, home, current, area, _ = province(4)
    east = current[:, 0] > 103.5
    west_rows = [k for k in range(len(former)) if not east[home[k]]]
    renumber = {int(j): k for k, j in enumerate(np.flatnonzero(~east))}
    west = derive(
        former[west_rows],
        current[~east],
        area[~east] * 4,
        [(k, renumber[int(home[i])]) for k, i in enumerate(west_rows)],
        around=current[east],
    )

    assert not any(west.outline.contains(shapely.Point(at)) for at in current[east])


def test_points_that_fail_are_put_near_their_successor():
    current, area = np.array([[103.0, 21.0], [104.0, 21.0]]), np.array([300.0, 300.0])
    former = np.array(
        [[103.01, 21.0], [np.nan, np.nan], [103.05, 21.05], [103.05, 21.05], [106.0, 10.0]]
    )

    fit = settle(former, np.array([0, 0, 0, 0, 1]), current, area)

    assert fit.former_moved.tolist() == [False, True, True, True, True]
    assert len(np.unique(fit.former, axis=0)) == 5
    near = np.hypot(*((fit.former - current[[0, 0, 0, 0, 1]]) * KM_PER_DEGREE).T)
    assert (near < np.sqrt(300)).all()


def test_a_current_point_far_from_its_agreeing_predecessors_moves_to_them():
    current, area = np.array([[105.0, 21.0]]), np.array([300.0])
    former = np.array([[103.0, 21.0], [103.02, 21.0], [103.0, 21.02]])

    fit = settle(former, np.zeros(3, int), current, area)

    assert fit.current_moved.tolist() == [True]
    assert fit.current.round(2).tolist() == [[103.0, 21.0]]
    assert not fit.former_moved.any()


def test_one_commune_fills_its_outline():
    at = np.array([[103.0, 21.0]])

    drawn = derive(at, at, np.array([100.0]), [(0, 0)])

    assert km2(drawn.current[0], at) == pytest.approx(100, rel=1e-2)


def test_cells_are_nearest_to_their_points():
    points = np.array([[103.0, 21.0], [103.2, 21.0], [103.1, 21.2]])
    border = shapely.box(102.8, 20.8, 103.4, 21.4)

    drawn = cells(points, border)

    assert [
        bool(cell.contains(shapely.Point(at))) for cell, at in zip(drawn, points, strict=True)
    ] == [True] * 3
    assert sum(cell.area for cell in drawn) == pytest.approx(border.area)


@pytest.mark.parametrize(
    ("why", "points"),
    [
        ("twice the same", [[103.0, 21.0], [103.0, 21.0]]),
        ("unknown", [[np.nan, 21.0], [103.0, 21.0]]),
    ],
)
def test_points_without_a_cell_are_refused(why, points):
    with pytest.raises(BadInput):
        cells(np.array(points), shapely.box(102, 20, 104, 22))


def test_a_unit_without_a_link_is_refused():
    at = np.array([[103.0, 21.0], [103.1, 21.0]])

    with pytest.raises(BadInput, match="without a link"):
        derive(at, at, np.array([1.0, 1.0]), [(0, 0)])
