"""Outlines of bands: filled by the even-odd rule they are the region again."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from tuyen.engines.network.isochrones import rings, within
from tuyen.engines.network.projection import Frame
from tuyen.engines.network.suitability import inside


@settings(max_examples=60, deadline=None)
@given(region=arrays(bool, st.tuples(st.integers(1, 9), st.integers(1, 9))))
def test_rings_hold_exactly_the_cells_of_the_region(region):
    found = rings(region)

    for (row, column), held in np.ndenumerate(region):
        assert inside((column + 0.5, row + 0.5), [[*ring, ring[0]] for ring in found]) == held
    for ring in found:
        for (x, y), (u, v) in zip(ring, [*ring[1:], ring[0]], strict=True):
            assert (x == u) != (y == v)


def test_cells_of_outlines_with_a_hole():
    frame = Frame(103.0, 21.0, 1000.0, 20, 20)

    def box(a, b):
        at = frame.degrees(np.array([[a, a], [b, a], [b, b], [a, b]], float) * 1000)
        return at.tolist()

    held = within(frame, [[box(2, 18), box(8, 12)]])

    assert not held[10, 10]
    assert held[5, 5]
    assert not held[0, 0]
    assert abs(int(held.sum()) - (256 - 16)) < 45
