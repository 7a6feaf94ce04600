"""Covering and the p-centre: against every choice on small tasks, and against tampered proofs."""

from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from tuyen.engines.network.centre import _Bisection, proven_radius, solve_pcenter
from tuyen.engines.network.covering import (
    CoverSearch,
    _needed_rows,
    solve_lscp,
    solve_mclp,
    turned,
)
from tuyen.engines.network.covering_proof import proven_sites
from tuyen.engines.network.siting_problem import Proof, compact
from tuyen.engines.network.siting_proof import ProofRejected


def unhurried():
    return 60.0


def choices(m, p):
    return (list(chosen) for chosen in combinations(range(m), p))


@st.composite
def tasks(draw):
    m, n = draw(st.integers(1, 6)), draw(st.integers(1, 8))
    values = draw(arrays(np.float64, (m, n), elements=st.integers(0, 9).map(float)))
    return compact(values), draw(st.integers(1, m))


@settings(max_examples=25)
@given(tasks(), st.integers(0, 9))
def test_fewest_sites(task, radius):
    distance, _p = task
    m = len(distance)
    within = distance <= radius
    counts = [p for p in range(1, m + 1) for s in choices(m, p) if within[s].any(axis=0).all()]

    answer = solve_lscp(distance, radius, unhurried)

    if not counts:
        assert answer.status == "infeasible"
        assert answer.reason.code == "network.out-of-reach"
    else:
        assert (answer.status, answer.objective, answer.bound) == ("optimal", counts[0], counts[0])
        assert within[answer.opened].any(axis=0).all()


@settings(max_examples=25)
@given(tasks(), st.integers(0, 9))
def test_most_people(task, radius):
    distance, p = task
    people = np.arange(1.0, distance.shape[1] + 1)
    most = max(people[(distance[s] <= radius).any(axis=0)].sum() for s in choices(len(distance), p))

    answer = solve_mclp(distance, people, p, radius, unhurried)

    assert (answer.status, answer.objective, answer.bound) == ("optimal", most, most)
    assert people[answer.assigned >= 0].sum() == most


@settings(max_examples=25)
@given(tasks())
def test_shortest_longest_way(task):
    distance, p = task
    best = min(distance[s].min(axis=0).max() for s in choices(len(distance), p))

    answer = solve_pcenter(distance, p, unhurried)

    assert (answer.status, answer.objective, answer.bound) == ("optimal", best, best)
    assert len(set(answer.opened.tolist())) == p


@pytest.fixture(scope="module")
def triangle():
    """Each site reaches two of three demands: the relaxation says 1.5, the truth is 2."""
    covers = ~np.eye(3, dtype=bool)
    return covers, solve_lscp(np.where(covers, 0, 9).astype(np.int32), 1, unhurried)


def test_prices_prove_the_number_of_sites(triangle):
    covers, answer = triangle

    assert proven_sites(covers, answer.proof) == 2


def test_prices_that_a_site_exceeds_prove_nothing(triangle):
    covers, answer = triangle
    forged = replace(answer.proof.nodes[0], multipliers=(np.full(3, 0.9),))

    assert proven_sites(covers, Proof((forged,))) == 0


@pytest.mark.parametrize("prices", [np.full(3, -0.5), np.full(3, np.nan), np.ones(2)])
def test_prices_that_are_none_are_rejected(triangle, prices):
    covers, answer = triangle
    forged = replace(answer.proof.nodes[0], multipliers=(prices,))

    with pytest.raises(ProofRejected, match="prices are missing, negative or no numbers"):
        proven_sites(covers, Proof((forged,)))


def test_without_time_there_is_a_cover_and_a_bound():
    points = np.arange(60.0)

    answer = solve_lscp(compact(np.abs(points[:, None] - points)), 2, lambda: 0.0)

    assert answer.status in ("feasible", "optimal")
    assert 10 <= answer.bound <= 12 <= answer.objective


def test_a_radius_is_proven_by_the_one_below():
    points = np.arange(12.0)
    distance = compact(np.abs(points[:, None] - points))

    answer = solve_pcenter(distance, 3, unhurried)
    bound, proof = answer.proof

    assert (answer.objective, bound) == (2, 2)
    assert proven_radius(distance, 3, 2, proof)
    assert not proven_radius(distance, 3, 3, proof)


def test_a_centre_has_a_bound_before_any_program_is_solved(monkeypatch):
    """Demands of which no two share a site within a radius need as many sites as they are."""
    monkeypatch.setattr(CoverSearch, "first_prices", lambda _search, _target: False)
    monkeypatch.setattr(_Bisection, "_surely", lambda _bisection, _place: False)
    points = np.random.default_rng(4).integers(0, 1000, (60, 2))
    distance = np.abs(points[:, None] - points[None]).max(axis=2).astype(np.int32)

    answer = solve_pcenter(distance, 5, unhurried)

    assert answer.status == "feasible"
    assert answer.objective / 2 <= answer.bound < answer.objective
    assert proven_radius(distance, 5, answer.bound, answer.proof[1])


@given(arrays(np.bool_, st.tuples(st.integers(1, 5), st.integers(1, 7))), st.integers(2, 9))
def test_who_goes_without_saying_is_left_out_as_far_as_the_time_suffices(covers, looks):
    n = covers.shape[1]
    sites = [set(np.flatnonzero(covers[:, i])) for i in range(n)]
    idle = {
        i for i in range(n) for k in range(n)
        if sites[k] < sites[i] or (sites[k] == sites[i] and k < i)
    }  # fmt: skip
    clock = iter([9.0] * looks)

    assert set(_needed_rows(covers, turned(covers), unhurried)) == set(range(n)) - idle
    assert (
        set(_needed_rows(covers, turned(covers), lambda: next(clock, 0.0))) >= set(range(n)) - idle
    )


class _Interrupted(CoverSearch):
    """A search whose linear programs all end with the time."""

    def _relaxed(self, part):
        return None


def test_a_search_that_the_time_ended_has_shown_nothing():
    covers = np.array(
        [[1, 1, 0], [0, 1, 1], [1, 0, 1]], bool
    )  # two are needed, prices say one and a half

    assert not _Interrupted(covers, unhurried, best=np.array([0, 1])).prove()
    assert CoverSearch(covers, unhurried, best=np.array([0, 1])).prove()


def test_an_answer_comes_at_any_limit():
    rng = np.random.default_rng(5)
    distance = compact(np.floor(20 * rng.random((40, 40))))

    for seconds in (0.0, 1e-3, 60.0):
        answer = solve_lscp(distance, 3, lambda seconds=seconds: seconds)
        assert (distance[answer.opened] <= 3).any(axis=0).all()
        assert 1 <= answer.bound <= answer.objective == len(answer.opened)
