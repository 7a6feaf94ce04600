"""Exchanges between communes: what an arrangement costs, what fits into places, and that plans get better."""

from dataclasses import replace
from itertools import product

import numpy as np
import pytest

from tests.unit.engines.network.decision_cases import brute, case, keeps, plain_modules
from tuyen.engines.network.decision_measure import nearest
from tuyen.engines.network.decision_problem import MAIN, Floor

decided = pytest.fixture(scope="module", name="plain")(plain_modules)


def searched(plain, task):
    built = plain.decision.model(*task)
    return built, plain.decision_ways.FreeChoice(built, lambda: 1e9)


@pytest.mark.parametrize("seed", range(4))
def test_an_arrangement_costs_what_the_whole_plan_costs_more(plain, seed):
    task = case(
        seed, communes=2, sites=3, villages=4, free_choice=True, floors=(Floor(20, 0.1),),
        budget=1e4, disruption_at_most=1e3,
    )  # fmt: skip
    found, search = searched(plain, task)
    kinds = np.array([1, 3, 0, 3, 1, 0])
    made = plain.decision_exchange.offers(search, kinds, search.prices, 1e9)

    def far(some):
        late = nearest(found, some).point_minutes
        return found.demand.people[~(late <= 20)].sum()

    before = plain.decision_repair.value_of(found, kinds, None)
    for one in range(made.owner.size):
        tried = kinds.copy()
        a = found.start[made.owner[one]]
        tried[a : a + 3] = made.kinds[one]
        more = plain.decision_repair.value_of(found, tried, None) - before
        assert made.cost[one] == pytest.approx(more, abs=1e-9)
        assert made.use[one, -1] == pytest.approx(far(tried) - far(kinds), abs=1e-9)
        for r, thing in enumerate(found.resources):
            at = np.arange(6)
            used = thing.use[at, tried].sum() - thing.use[at, kinds].sum()
            assert made.use[one, r] == pytest.approx(used, abs=1e-9)
        assert made.now[one] == (tried == kinds).all()
    assert made.owner.size > 4


@pytest.mark.parametrize("mains", [1, 2])
def test_arrangements_are_all_that_a_commune_may_be(plain, mains):
    task = case(5, communes=1, sites=4, villages=3, mains_per_commune=mains)
    found, _search = searched(plain, task)
    own = np.array([1] * mains + [0] * (4 - mains))

    rows = plain.decision_exchange.arrangements(found, 0, own)

    near = found.near(0)
    wanted = {
        kinds for kinds in product(range(4), repeat=4)
        if kinds.count(1) == mains and all(
            kind != 2 or any(near[h, j] for h in range(4) if kinds[h] == 1)
            for j, kind in enumerate(kinds)
        )
    }  # fmt: skip
    assert {tuple(row) for row in rows.tolist()} == wanted
    assert len(rows) == len(wanted)


def test_a_wide_commune_is_changed_in_two_sites_at_a_time(plain):
    task = case(6, communes=1, sites=8, villages=3)
    found, _search = searched(plain, task)
    own = np.array([0, 1, 3, 0, 0, 3, 0, 0])

    rows = plain.decision_exchange.arrangements(found, 0, own)

    assert ((rows != own).sum(axis=1) <= 2).all()
    assert ((rows == MAIN).sum(axis=1) == 1).all()
    moved = own.copy()
    moved[[1, 7]] = 0, 1
    assert (rows == moved).all(axis=1).any()
    assert (rows == own).all(axis=1).any()


@pytest.mark.parametrize("seed", range(6))
def test_money_places_and_choice_together_are_near_the_best_of_all_plans(plain, seed):
    sites, demand, minutes, rules = case(seed, communes=3, villages=3)
    room = np.full(sites.commune.size, 1.25 * demand.people.sum() / 3)
    budget = np.sort(sites.refurbish)[:4].sum()
    task = (replace(sites, capacity=room), demand, minutes,
            replace(rules, budget=budget, free_choice=True, capacity=True))  # fmt: skip

    plan = plain.decision.decide(*task, why=False)

    best, _kinds = brute(*task)
    if best is None:
        assert plan.objective is None
        return
    assert plan.bound <= plan.objective
    assert plan.objective <= 1.03 * best
    assert keeps(task[0], task[3], plan.kind)
    load = np.bincount(plan.assign, weights=demand.people, minlength=sites.commune.size)
    assert (load <= room + 1e-6).all()


@pytest.mark.parametrize("seed", range(8))
def test_villages_in_places_stay_within_them_and_no_pair_would_do_better(plain, seed):
    rng = np.random.default_rng(seed)
    m, n = 9, 3
    loss = rng.uniform(0, 1, (m, n))
    people = rng.integers(1, 6, m).astype(float)
    cap = np.full(n, np.ceil(people.sum() / n) + 2)
    rank = np.argsort(loss, axis=1)
    start, site = np.arange(m + 1) * n, rank.ravel()
    pairs = np.take_along_axis(loss, rank, axis=1).ravel()
    room, chosen = cap.copy(), np.full(m, -1)
    kernel = plain.decision_exchange_kernel

    assert kernel.pack(start, site, pairs, pairs, people, room, chosen)
    first = (people * pairs[chosen]).sum()
    kernel.improve(start, site, pairs, people, room, chosen, 50)

    at = site[chosen]
    assert (chosen // n == np.arange(m)).all()
    assert room == pytest.approx(cap - np.bincount(at, weights=people, minlength=n))
    assert (room >= -1e-9).all()
    now = (people * pairs[chosen]).sum()
    assert now <= first + 1e-12
    for i, k in product(range(m), range(m)):
        for a, b in product(range(n), repeat=2):
            tried = at.copy()
            tried[i] = a
            if i != k:
                tried[k] = b
            load = np.bincount(tried, weights=people, minlength=n)
            if (load <= cap).all() and (a == at[k] or i == k or tried[k] == at[k]):
                assert (people * loss[np.arange(m), tried]).sum() >= now - 1e-9


def test_no_room_is_said(plain):
    kernel = plain.decision_exchange_kernel
    one = np.array([0.0, 0.0])

    packed = kernel.pack(
        np.array([0, 1, 2]), np.array([0, 0]), one, one, np.array([3.0, 3.0]), np.array([5.0]),
        np.full(2, -1),
    )  # fmt: skip

    assert not packed
