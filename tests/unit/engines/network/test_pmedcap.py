"""The capacitated p-median: against every assignment on small tasks, and its refusals."""

from dataclasses import replace
from itertools import combinations, product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from tuyen.engines.network.pmedcap import solve_pmedcap
from tuyen.engines.network.pmedcap_proof import cost_of_assignment, proven_bound_packed
from tuyen.engines.network.siting_problem import Proof, compact
from tuyen.engines.network.siting_proof import ProofRejected


def unhurried():
    return 60.0


def least(costs, load, room, p):
    """Every assignment in turn; infinity where none fits."""
    m, n = costs.shape
    best = np.inf
    for opened in combinations(range(m), p):
        for goes in product(opened, repeat=n):
            if (np.bincount(goes, load, m) <= room).all():
                best = min(best, float(costs[list(goes), range(n)].sum()))
    return best


@st.composite
def tasks(draw):
    m, n = draw(st.integers(1, 4)), draw(st.integers(1, 5))
    costs = compact(draw(arrays(np.float64, (m, n), elements=st.integers(0, 30).map(float))))
    load = draw(arrays(np.float64, n, elements=st.integers(0, 9).map(float)))
    room = draw(arrays(np.float64, m, elements=st.integers(5, 30).map(float)))
    return costs, load * draw(st.sampled_from([1.0, 0.5])), room, draw(st.integers(1, m))


@settings(max_examples=40)
@given(tasks())
def test_small_tasks_are_solved_and_proven(task):
    best = least(*task)

    answer = solve_pmedcap(*task, unhurried)

    if best == np.inf:
        assert answer.status == "infeasible"
        assert answer.reason.code in (
            "network.capacity-short", "network.demand-too-large", "network.cannot-be-packed"
        )  # fmt: skip
    else:
        assert (answer.status, answer.objective, answer.bound) == ("optimal", best, best)
        assert cost_of_assignment(*task, answer.opened, answer.assigned) == best


@pytest.mark.parametrize("seed", [5, 13])
def test_a_part_with_one_answer_counts_as_what_it_costs(seed):
    """Loads with fractions are bounded by cutting the last one, which never shows that they do not
    fit: where everyone has one site left, they are added up."""
    rng = np.random.default_rng(seed)
    costs = rng.integers(1, 30, (7, 7)).astype(np.int32)
    load = rng.choice([2.5, 3.0, 5.5, 7.0], 7)

    answer = solve_pmedcap(costs, load, np.full(7, 12.0), 4, unhurried)

    assert answer.status == "optimal"
    assert answer.bound == answer.objective


def test_what_is_lacking_is_said():
    costs = np.ones((3, 4), np.int32)

    answer = solve_pmedcap(costs, np.full(4, 5.0), np.full(3, 8.0), 2, unhurried)

    assert str(answer.reason) == (
        "The 2 largest sites hold 16 and 20 are to be served: 4 too many. Open at least 3 sites, or"
        " raise their capacities by at least 4 in all."
    )


@pytest.fixture(scope="module")
def tight():
    rng = np.random.default_rng(1)
    points = rng.integers(0, 100, (16, 2))
    costs = compact(np.floor(np.hypot(*(points[:, None] - points[None]).transpose(2, 0, 1))))
    load = rng.integers(1, 10, 16).astype(float)
    task = costs, load, np.full(16, np.ceil(load.sum() / 3 * 1.06)), 3
    return task, solve_pmedcap(*task, unhurried)


def test_a_record_cut_short_proves_less(tight):
    task, answer = tight
    cut = replace(answer.proof.nodes[0], branch=-1, children=(-1, -1), pair=(-1, -1))

    assert answer.status == "optimal"
    assert len(answer.proof.nodes) > 1
    assert proven_bound_packed(*task, answer.objective, Proof((cut,))) < answer.objective


def test_a_site_that_holds_too_much_is_rejected(tight):
    task, answer = tight

    with pytest.raises(ProofRejected, match="more than it can"):
        cost_of_assignment(*task, answer.opened, np.full(16, answer.opened[0]))


def test_large_capacities_are_bounded_by_cutting():
    rng = np.random.default_rng(2)
    costs = rng.integers(1, 90, (6, 9)).astype(np.int32)
    load = rng.integers(900, 9000, 9) + 0.5
    room = np.full(6, load.sum() / 2)

    answer = solve_pmedcap(costs, load, room, 3, unhurried)

    assert answer.status == "optimal"
