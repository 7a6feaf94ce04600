"""The compiled search is the plain one: same seed, same children, same rounds. Compiling is slow."""

import numpy as np
import pytest

from tests.unit.engines.network.routing_cases import problem
from tuyen.engines.network.routing_check import check
from tuyen.engines.network.routing_problem import SlotFacts

OPTIONS = ([[1, 1]], [[1, 0], [0, 1]], [[0, 1]])


@pytest.mark.nightly
@pytest.mark.parametrize("windows", [False, True])
def test_compiling_changes_nothing(plain, windows):
    from tuyen.engines.network.routing_search import solve

    rng = np.random.default_rng(8)
    places = rng.integers(-90, 90, (24, 2))
    slots = [SlotFacts(day=day, vehicles=5, capacity=7.0, longest=500.0) for day in (1, 2)]
    opens = rng.integers(0, 300, 24)
    hours = {"opens": opens, "closes": opens + 200} if windows else {}
    one = problem(places, slots=slots, options=[OPTIONS[k % 3] for k in range(24)], **hours)

    fast, slow = (
        search(one, seed=4, spent=lambda: 0.0, children=6)
        for search in (solve, plain.routing_search.solve)
    )

    assert fast.routes == slow.routes
    assert fast.cost == pytest.approx(slow.cost)
    assert check(one, fast.routes).feasible is fast.allowed
