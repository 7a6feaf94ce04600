"""The p-median: against every choice on small tasks, and against tampered proofs."""

from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from tuyen.engines.network.pmedian import solve_pmedian
from tuyen.engines.network.siting_problem import Proof, ProofNode, compact
from tuyen.engines.network.siting_proof import ProofRejected, cost_of, proven_bound


def unhurried():
    return 60.0


def least(costs, p):
    """Every choice of ``p`` sites, in turn."""
    return min(
        float(costs[list(chosen)].min(axis=0).sum())
        for chosen in combinations(range(len(costs)), p)
    )


@st.composite
def tasks(draw, values):
    m, n = draw(st.integers(1, 7)), draw(st.integers(1, 9))
    return compact(draw(arrays(np.float64, (m, n), elements=values))), draw(st.integers(1, m))


@settings(max_examples=60)
@given(tasks(st.integers(0, 40).map(float)))
def test_whole_costs_are_solved_and_proven(task):
    costs, p = task

    answer = solve_pmedian(costs, p, unhurried)

    assert answer.status == "optimal"
    assert answer.objective == answer.bound == least(costs, p)
    assert costs[answer.assigned, np.arange(costs.shape[1])].sum() == answer.objective
    assert set(answer.assigned) <= set(answer.opened)


@settings(max_examples=40)
@given(tasks(st.floats(0, 40, width=32).map(lambda x: float(x) + 0.1)))
def test_other_costs_are_solved_and_proven(task):
    costs, p = task

    answer = solve_pmedian(costs, p, unhurried)

    assert answer.status == "optimal"
    assert answer.objective == pytest.approx(least(costs, p), rel=1e-8)
    assert answer.objective * (1 - 1e-8) <= answer.bound <= answer.objective


@pytest.fixture(scope="module")
def scattered():
    """A task whose proof has several parts."""
    rng = np.random.default_rng(3)
    costs = rng.integers(1, 100, (16, 16)).astype(np.int32)
    return costs, 4, solve_pmedian(costs, 4, unhurried)


def test_a_proof_of_several_parts_is_read_again(scattered):
    costs, p, answer = scattered

    assert len(answer.proof.nodes) > 3
    assert proven_bound(costs, p, answer.objective, answer.proof) == answer.objective


def test_a_part_that_is_left_out_lowers_the_bound(scattered):
    costs, p, answer = scattered
    cut = replace(answer.proof.nodes[0], branch=-1, children=(-1, -1))

    assert proven_bound(costs, p, answer.objective, Proof((cut,))) < answer.objective


def test_swollen_multipliers_prove_nothing(scattered):
    costs, p, answer = scattered
    node = answer.proof.nodes[0]
    swollen = tuple(1000 + 9 * one for one in node.multipliers)
    forged = Proof((replace(node, multipliers=swollen, branch=-1, children=(-1, -1)),))

    assert proven_bound(costs, p, answer.objective, forged) < answer.objective


@pytest.mark.parametrize("children", [(0, 0), (1, 1), (1, 10**6)])
def test_parts_used_twice_or_missing_are_rejected(scattered, children):
    costs, p, answer = scattered
    nodes = (replace(answer.proof.nodes[0], children=children), *answer.proof.nodes[1:])

    with pytest.raises(ProofRejected, match="missing or used twice"):
        proven_bound(costs, p, answer.objective, Proof(nodes))


def test_a_claimed_objective_below_the_true_one_is_not_proven(scattered):
    costs, p, answer = scattered

    assert proven_bound(costs, p, answer.objective + 5, answer.proof) <= answer.objective + 4


def test_a_claim_with_a_fraction_proves_no_more_than_is_true():
    """Of whole costs, nothing better than 2.5 is nothing better than 2: it is not a bound of 3."""
    costs = np.array([[0, 2], [2, 0]], np.int32)
    proof = Proof((ProofNode((np.array([1.6, 1.6]),)),))  # 3.2 - 1.6: a bound of 1.6, and so of 2

    assert proven_bound(costs, 1, 2.0, proof) == 2
    for claimed in (2.3, 2.5, 2.9):
        assert proven_bound(costs, 1, claimed, proof) <= 2


def test_a_split_at_no_site_is_rejected(scattered):
    costs, p, answer = scattered
    nodes = (replace(answer.proof.nodes[0], branch=16), *answer.proof.nodes[1:])

    with pytest.raises(ProofRejected, match="does not exist"):
        proven_bound(costs, p, answer.objective, Proof(nodes))


def test_a_site_named_twice_is_rejected(scattered):
    costs, p, answer = scattered
    doubled = np.append(answer.opened[:-1], answer.opened[0])

    with pytest.raises(ProofRejected, match="4 sites are named where 4 different"):
        cost_of(costs, doubled, p)


def test_without_time_there_is_still_an_answer_and_a_bound():
    rng = np.random.default_rng(4)
    points = rng.integers(0, 1000, (300, 2))
    costs = compact(np.floor(np.hypot(*(points[:, None] - points[None]).transpose(2, 0, 1))))

    answer = solve_pmedian(costs, 12, lambda: 0.0)

    assert answer.status == "feasible"
    assert 0 <= answer.bound < answer.objective == cost_of(costs, answer.opened, 12)
