"""Travel times: bit for bit those of a slow reference, made anew or kept while sites come and go."""

import heapq
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tuyen.engines.network.travel import (
    NOBODY,
    STEEPEST,
    Ground,
    OffTheSurface,
    Reach,
    Surface,
    bands,
    between,
    reach,
    snapped,
    within,
)


def slow(surface, sites, limit=math.inf):
    """A heap and plain numbers: the nearest site of each cell, of equal ones the lowest."""
    rows, columns = surface.shape
    minutes = np.full(surface.shape, np.inf, dtype=np.float32)
    site = np.full(surface.shape, NOBODY, dtype=np.int32)
    heap = [(np.float32(0), number, cell) for number, cell in enumerate(sites)]
    heapq.heapify(heap)
    while heap:
        here, owner, (r, c) = heapq.heappop(heap)
        if (here, owner) >= (minutes[r, c], site[r, c]):
            continue
        minutes[r, c], site[r, c] = here, owner
        for dr, dc in [(i, j) for i in (-1, 0, 1) for j in (-1, 0, 1) if i or j]:
            y, x = r + dr, c + dc
            if not (0 <= y < rows and 0 <= x < columns and np.isfinite(surface.pace[y, x])):
                continue
            there = np.float32(float(here) + edge(surface, (r, c), (y, x)))
            if there <= limit and (there, owner) < (minutes[y, x], site[y, x]):
                heapq.heappush(heap, (there, owner, (y, x)))
    return minutes, site


def edge(surface, nearer, farther):
    """Minutes from the farther cell to the nearer one."""
    length = surface.cell * math.hypot(nearer[0] - farther[0], nearer[1] - farther[1])
    takes = length * (float(surface.pace[nearer]) + float(surface.pace[farther])) * 0.5
    if surface.elevation is None:
        return takes
    if surface.on_foot is not None and not (surface.on_foot[nearer] or surface.on_foot[farther]):
        return takes
    rise = float(surface.elevation[nearer]) - float(surface.elevation[farther])
    slope = min(max(rise / length, -STEEPEST), STEEPEST)
    return takes * math.exp(3.5 * (abs(slope + 0.05) - 0.05))


def land(seed, shape, hills=True, vehicles=True):
    rng = np.random.default_rng(seed)
    pace = rng.choice([0.002, 0.012, 0.02, 0.05, np.inf], size=shape, p=[0.1, 0.3, 0.3, 0.2, 0.1])
    pace = pace.astype(np.float32)
    height = (rng.random(shape) * 400).astype(np.float32) if hills else None
    return Surface(pace, 90.0, height, pace > 0.005 if hills and vehicles else None)


def some(surface, rng, count):
    """Cells that are passed."""
    passed = np.argwhere(np.isfinite(surface.pace))
    return [tuple(map(int, passed[i])) for i in rng.integers(0, len(passed), count)]


def same(field, expected):
    return np.array_equal(field.minutes, expected[0]) and np.array_equal(field.site, expected[1])


@settings(max_examples=25, deadline=None)
@given(
    seed=st.integers(0, 10_000), rows=st.integers(1, 14), columns=st.integers(2, 14),
    hills=st.booleans(), vehicles=st.booleans(), count=st.integers(1, 6),
    limit=st.sampled_from([math.inf, 30.0, 5.0]),
)  # fmt: skip
def test_times_and_sites_are_those_of_the_reference(
    seed, rows, columns, hills, vehicles, count, limit
):
    surface = land(seed, (rows, columns), hills, vehicles)
    if not np.isfinite(surface.pace).any():
        return
    sites = some(surface, np.random.default_rng(seed), count)

    assert same(reach(surface, sites, limit), slow(surface, sites, limit))


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 10_000), moves=st.lists(st.booleans(), min_size=1, max_size=8))
def test_after_sites_came_and_went_the_field_is_as_if_made_anew(seed, moves):
    surface, rng = land(seed, (17, 13)), np.random.default_rng(seed)
    kept = Reach(Ground(surface), some(surface, rng, 4))
    places = dict(enumerate(slow_places(kept)))
    for come in moves:
        if come or len(places) == 1:
            (cell,) = some(surface, rng, 1)
            places[kept.add(cell)] = cell
        else:
            gone = int(rng.choice(sorted(places)))
            kept.remove(gone)
            del places[gone]
    numbers = sorted(places)
    minutes, site = slow(surface, [places[n] for n in numbers])
    named = np.where(
        site == NOBODY, NOBODY, np.asarray([*numbers, 0])[np.minimum(site, len(numbers))]
    )

    assert kept.sites == numbers
    assert same(kept.field, (minutes, named))


def slow_places(kept):
    """The cells of the sites that a reach began with."""
    ground = kept._ground
    return [(at // ground.width - 1, at % ground.width - 1) for at in kept._places.values()]


def test_uphill_takes_longer_than_downhill_and_a_plain_is_the_same_both_ways():
    pace = np.full((1, 5), 0.012, dtype=np.float32)
    height = np.asarray([[0, 40, 80, 120, 160]], dtype=np.float32)
    down = reach(Surface(pace, 100.0, height), [(0, 0)]).minutes[0, 4]
    up = reach(Surface(pace, 100.0, height), [(0, 4)]).minutes[0, 0]

    assert down < up
    assert up == pytest.approx(400 * 0.012 * math.exp(3.5 * 0.4), rel=1e-5)
    assert reach(Surface(pace, 100.0), [(0, 0)]).minutes[0, 4] == pytest.approx(4.8)


def test_every_pair_is_the_field_of_one_site_and_a_limit_cuts_it():
    surface = land(5, (20, 20))
    sites, homes = (some(surface, np.random.default_rng(n), k) for n, k in ((1, 3), (2, 5)))
    ground = Ground(surface)
    found = between(ground, homes, sites)

    alone = [reach(surface, [site]).minutes for site in sites]
    assert found.tolist() == [[float(field[home]) for field in alone] for home in homes]
    cut = between(ground, homes, sites, limit=20.0)
    assert np.array_equal(cut, np.where(found <= 20, found, np.inf))


def test_a_village_beyond_every_road_is_counted_and_never_near():
    pace = np.full((3, 7), 0.01, dtype=np.float32)
    pace[:, 4] = np.inf
    field = reach(Surface(pace, 100.0), [(1, 0)])
    people = np.full((3, 7), 10.0)

    assert within(field.minutes, people, (1.0, 60.0)).tolist() == [40.0, 120.0, 210.0]
    assert bands(field.minutes, (1.0, 2.0))[1].tolist() == [0, 0, 1, 2, -1, -1, -1]
    assert field.site[1, 6] == NOBODY


@pytest.mark.parametrize("cell", [(-1, 0), (0, 9), (1, 1)])
def test_a_site_where_nobody_passes_is_told_by_its_number_and_may_be_moved_a_little(cell):
    pace = np.full((4, 4), 0.01, dtype=np.float32)
    pace[1, 1] = np.inf
    ground = Ground(Surface(pace, 50.0))

    with pytest.raises(OffTheSurface) as told:
        Reach(ground, [(3, 3), cell])
    assert told.value.which == [1]
    moved = snapped(ground, [cell, (40, 40)], radius=1)
    assert moved[1] is None
    assert moved[0] in {(0, 0), (0, 1), None}


@pytest.mark.parametrize(
    ("pace", "cell", "height", "why"),
    [
        (np.zeros((2, 2)), 90, None, "more than nothing"),
        (np.ones(3), 90, None, "rows and columns"),
        (np.ones((2, 2)), 0, None, "cell is 0"),
        (np.ones((2, 2)), 90, np.ones((3, 2)), "elevation is"),
    ],
)
def test_a_surface_that_is_none_is_refused_with_a_reason(pace, cell, height, why):
    with pytest.raises(ValueError, match=why):
        Surface(pace.astype(np.float32), cell, height)
