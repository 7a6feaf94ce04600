"""Ways on roads: as a slow reference finds them, with places anywhere on an edge; who is cut off is named."""

import heapq
import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tuyen.engines.network.country import ROADS
from tuyen.engines.network.roads import Network, joined

SPEEDS, WALK = (40.0, 20.0, 0.0), 5.0


def country(seed, lines=7):
    """Lines between a few points, so that they meet; their classes, and which are one-way. No piece of road
    stands twice: on which of two a place then has its foot is nobody's to say."""
    rng = np.random.default_rng(seed)
    points, made, laid = rng.random((12, 2)) * 4_000, [], set()
    for _ in range(lines):
        walk = rng.permutation(12)[: rng.integers(2, 6)].tolist()
        pieces = {frozenset(pair) for pair in pairwise(walk)}
        if not pieces & laid:
            laid |= pieces
            made.append(points[walk])
    return made, rng.integers(0, 3, len(made)).tolist(), (rng.random(len(made)) < 0.3).tolist()


def slow(lines, kinds, one_way, places, sites, reach):
    """Plain dictionaries and a heap. Every place is put on its nearest piece of road, all pieces are cut at
    the feet, and each site is asked for alone, backwards."""
    pieces = []
    for line, kind, single in zip(lines, kinds, one_way, strict=True):
        for a, b in zip(line[:-1].tolist(), line[1:].tolist(), strict=True):
            pieces.append((tuple(a), tuple(b), kind, single, []))
    graph = {}

    def way(a, b, takes):
        graph.setdefault(b, []).append((a, takes))  # backwards

    for n, place in enumerate([*places, *sites]):
        best = None
        for number, (a, b, *_rest) in enumerate(pieces):
            ab, ap = np.subtract(b, a), np.subtract(place, a)
            t = min(max(float(ap @ ab / (ab @ ab)), 0.0), 1.0)
            away = math.dist(place, np.add(a, t * ab))
            if best is None or away < best[0] - 1e-9:
                best = (away, number, t)
        if best is not None and best[0] <= reach:
            pieces[best[1]][4].append((best[2], ("foot", n)))
            way(("place", n), ("foot", n), best[0] * 0.06 / WALK)
            way(("foot", n), ("place", n), best[0] * 0.06 / WALK)
    for a, b, kind, single, feet in pieces:
        stops = [(0.0, a), *sorted(feet, key=lambda foot: foot[0]), (1.0, b)]
        long, walk = math.dist(a, b), 0.06 / WALK
        ride = 0.06 / SPEEDS[kind] if SPEEDS[kind] > WALK else walk
        for (s, one), (t, other) in pairwise(stops):
            way(one, other, (t - s) * long * ride)
            way(other, one, (t - s) * long * (walk if single else ride))
    table = np.full((len(places), len(sites)), np.inf)
    for n in range(len(sites)):
        start = ("place", len(places) + n)
        best, heap = {}, [(0.0, 0, start)]
        while heap:
            here, _, node = heapq.heappop(heap)
            if node in best:
                continue
            best[node] = here
            for other, takes in graph.get(node, ()):
                heapq.heappush(heap, (here + takes, len(best) + id(other) % 97, other))
        for p in range(len(places)):
            table[p, n] = best.get(("place", p), np.inf)
    return table


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 10_000), count=st.integers(1, 6), limit=st.sampled_from([np.inf, 12.0]))
def test_ways_are_those_of_the_reference(seed, count, limit):
    lines, kinds, one_way = country(seed)
    rng = np.random.default_rng([seed, 1])
    places, sites = rng.random((count, 2)) * 4000, rng.random((3, 2)) * 4000
    net = Network(joined(lines, kinds, one_way), SPEEDS, WALK, reach=900.0)

    expected = slow(lines, kinds, one_way, places, sites, 900.0)
    found = net.between(places, sites, limit)
    nearest = net.nearest(places, sites)

    np.testing.assert_allclose(found, np.where(expected <= limit, expected, np.inf), atol=1e-9)
    np.testing.assert_allclose(nearest.minutes, expected.min(axis=1), atol=1e-9)
    for p, site in enumerate(nearest.site.tolist()):
        if site < 0:
            assert np.isinf(expected[p]).all()
        else:
            assert expected[p, site] == pytest.approx(expected[p].min())


def test_a_foot_in_the_middle_of_a_road_is_not_sent_to_its_end():
    net = Network(joined([np.array([[0.0, 0], [10_000, 0]])], [0]), (60.0,), WALK)

    found = net.between(np.array([[4_000.0, 500]]), np.array([[6_000.0, 0]]))

    assert found[0, 0] == pytest.approx(500 * 0.06 / 5 + 2.0)


def test_whoever_is_cut_off_is_named_with_how_far_the_next_road_is():
    far = np.array([[0.0, 3_000], [2_000, 3_000]])
    near = np.array([[0.0, 0], [2_000, 0]])
    net = Network(joined([near, far], [0, 0]), SPEEDS, WALK, reach=1_000.0)
    places = np.array([[100.0, 50], [500, 3_100], [500, 9_000], [np.nan, np.nan]])

    found = net.stranded(places, np.array([[1_900.0, 0]]))

    assert [(one.place, round(one.away), round(one.gap)) for one in found] == [
        (1, 100, 3_100), (2, 6_000, 9_000),
    ]  # fmt: skip
    assert net.nearest(places, np.array([[1_900.0, 0]])).site.tolist() == [0, -1, -1, -1]


@pytest.mark.parametrize(("speed", "minutes"), [(4.0, 15.0), (8.0, 7.5), (0.0, np.inf)])
def test_nobody_walks_on_the_way_of_a_ferry(speed, minutes):
    """Slower than on foot, quicker, and not in service; one-way or not, it goes there and back."""
    shore = [np.array([[-500.0, 0], [0, 0]]), np.array([[1_000.0, 0], [1_500, 0]])]
    lines = [*shore, np.array([[0.0, 0], [1_000, 0]])]
    roads = joined(lines, [0, 0, ROADS.index("ferry")], [False, False, True])
    net = Network(roads, (60.0, 0, 0, 0, 0, 0, speed), WALK, reach=100.0)
    ends = np.array([[-500.0, 0], [1_500, 0]])

    assert net.between(ends, ends)[[0, 1], [1, 0]] == pytest.approx([minutes + 1.0] * 2)


def test_without_a_road_or_a_site_nobody_is_reached_and_nothing_breaks():
    empty = Network(joined([], []), SPEEDS, WALK)
    place = np.array([[0.0, 0]])

    assert empty.stranded(place, place)[0].gap == np.inf
    assert np.isinf(empty.between(place, place)).all()
    net = Network(joined([np.array([[0.0, 0], [10, 0]])], [0]), SPEEDS, WALK)
    assert net.nearest(place, np.zeros((0, 2))).site.tolist() == [-1]


def test_of_two_roads_between_the_same_ends_the_quicker_counts():
    line = np.array([[0.0, 0], [6_000, 0]])
    net = Network(joined([line, line], [1, 0]), SPEEDS, WALK)

    assert net.between(line[:1], line[1:])[0, 0] == pytest.approx(9.0)
