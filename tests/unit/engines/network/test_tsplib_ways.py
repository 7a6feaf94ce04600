"""Ways as TSPLIB measures them: beside its published values, and step by step in plain numbers."""

import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tuyen.engines.network.tsplib_ways import KINDS, tsplib_ways

ULYSSES = [
    (38.24, 20.42), (39.57, 26.15), (40.56, 25.32), (36.26, 23.12), (33.48, 10.54), (37.56, 12.19),
    (38.42, 13.11), (37.52, 20.44), (41.23, 9.10), (41.17, 13.05), (36.08, -5.21), (38.47, 15.13),
    (38.15, 15.35), (37.51, 15.17), (35.49, 14.32), (39.36, 19.56),
]  # fmt: skip
"""ulysses16 of TSPLIB: degrees and minutes, one place west of Greenwich."""
SHORTEST = (1, 14, 13, 12, 7, 6, 15, 5, 11, 9, 10, 16, 3, 2, 4, 8, 1)


def test_the_shortest_tour_of_ulysses_has_its_published_length():
    ways = tsplib_ways(np.array(ULYSSES), "GEO")

    assert sum(ways[a - 1, b - 1] for a, b in pairwise(SHORTEST)) == 6859


def _nint(x):
    return int(x + 0.5)


def _plain(kind, a, b):
    dx, dy = abs(a[0] - b[0]), abs(a[1] - b[1])
    if kind == "MAN_2D":
        return _nint(dx + dy)
    if kind == "MAX_2D":
        return max(_nint(dx), _nint(dy))
    if kind == "ATT":
        way = math.sqrt((dx * dx + dy * dy) / 10.0)
        return _nint(way) + (_nint(way) < way)
    way = math.sqrt(dx * dx + dy * dy)
    return math.ceil(way) if kind == "CEIL_2D" else _nint(way)


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "GEO"])
@given(
    points=st.lists(
        st.tuples(*[st.integers(-400, 400).map(lambda x: x / 4)] * 2), min_size=1, max_size=6
    )
)
def test_ways_are_those_of_the_definition(kind, points):
    expected = [[_plain(kind, a, b) for b in points] for a in points]

    assert tsplib_ways(np.array(points), kind).tolist() == expected
