"""Earmarked funds and what would do: against every plan and every way of paying."""

from dataclasses import replace
from itertools import product

import numpy as np
import pytest

from tests.unit.engines.network.decision_cases import brute, case, cost, keeps, plain_modules
from tuyen.engines.network import decision_funds
from tuyen.engines.network.decision_problem import MAIN, OPTIMAL, Plan

decided = pytest.fixture(scope="module", name="plain")(plain_modules)


def paid(costs, eligible, money):
    """Whether funds can pay, by trying every set of sites: those alone must have enough funds."""
    n = len(costs)
    for chosen in product([False, True], repeat=n):
        chosen = np.array(chosen)
        funds = eligible[chosen].any(axis=0)
        if costs[chosen].sum() > money[funds].sum() + 1e-9:
            return False
    return True


def funded(seed, share, communes=2):
    """A case whose sites are each paid by some of three funds, which hold ``share`` of the upgrades."""
    sites, demand, minutes, rules = case(seed, communes=communes)
    rng = np.random.default_rng(seed + 50)
    eligible = rng.random((sites.commune.size, 3)) < 0.6
    money = rng.dirichlet(np.ones(3)) * sites.refurbish.sum() * share
    return replace(sites, eligible=eligible), demand, minutes, replace(rules, funds=money)


@pytest.mark.parametrize("seed", range(40))
def test_sets_of_funds_say_exactly_what_can_be_paid(seed):
    rng = np.random.default_rng(seed)
    eligible = rng.random((5, 3)) < 0.5
    costs, money = rng.uniform(0, 10, 5), rng.uniform(0, 25, 3)

    found = all(
        costs[alone].sum() <= held + 1e-9
        for _key, alone, held in decision_funds.cuts(eligible, money)
    )

    assert found == paid(costs, eligible, money)
    shares = decision_funds.shares(costs, eligible, money)
    assert (shares[~eligible] == 0).all()
    assert (shares.sum(axis=0) <= money + 1e-6).all()
    assert bool(np.allclose(shares.sum(axis=1), costs)) == found


@pytest.mark.parametrize("share", [0.3, 0.6, 1.5])
@pytest.mark.parametrize("seed", [0, 1, 2])
def test_funds_bound_the_plan_and_the_checker_knows_them(plain, seed, share):
    task = funded(seed, share)
    sites, _demand, _minutes, rules = task

    plan = plain.decision.decide(*task, why=False)

    values = [
        value for kinds in product(range(4), repeat=4)
        if (value := cost(*task, kinds)) is not None
        and paid(np.where(np.array(kinds) == MAIN, sites.refurbish, 0), sites.eligible, rules.funds)
    ]  # fmt: skip
    if not values:
        assert plan.objective is None
        return
    assert plan.bound <= min(values) + 1e-9 <= plan.objective + 2e-9
    assert plan.objective <= 1.01 * min(values)
    less = replace(rules, funds=rules.funds * 0)
    with pytest.raises(plain.decision_proof.ProofRejected):
        plain.decision_proof.proven(*task[:3], less, Plan(**vars(plan)))


def relaxed(plain, task):
    found = plain.decision.decide(*task).conflicts
    assert found
    return plain.decision_relax.relaxations(*task, found)


def test_the_budget_that_would_do_is_the_smallest(plain):
    sites, demand, minutes, rules = case(0)
    task = (sites, demand, minutes, replace(rules, budget=10.0))

    (one,) = relaxed(plain, task)

    least = sum(sites.refurbish[sites.commune == c].min() for c in (0, 1))
    assert (one.what, one.exact, one.enough) == ("budget", True, True)
    assert one.value == pytest.approx(least)
    assert brute(sites, demand, minutes, replace(rules, budget=one.value + 1e-6))[0] is not None
    assert brute(sites, demand, minutes, replace(rules, budget=one.value - 1))[0] is None


def test_a_pin_may_be_dropped_or_the_budget_raised_under_it(plain):
    sites, demand, minutes, rules = case(0)
    dear = np.flatnonzero(sites.commune == 0)[sites.refurbish[sites.commune == 0].argmax()]
    other = sites.refurbish[sites.commune == 1].min()
    least = sites.refurbish[sites.commune == 0].min() + other
    pinned = np.where(np.arange(4) == dear, MAIN, -1)
    task = (replace(sites, pinned=pinned), demand, minutes, replace(rules, budget=least + 1))

    found = {one.what: one for one in relaxed(plain, task)}

    assert set(found) == {"budget", "drop"}
    assert found["budget"].value == pytest.approx(sites.refurbish[dear] + other)
    assert (found["drop"].place, found["drop"].enough, found["drop"].exact) == (dear, True, True)


def test_a_site_that_must_stay_open_conflicts_with_the_money_it_costs(plain):
    sites, demand, minutes, rules = case(0, satellite_within=100.0)
    barred = np.zeros((4, 4), bool)
    barred[:, [0, 3]] = True
    cheapest = min(
        sum(sites.run_main[j] if k == 1 else sites.run_satellite[j] for j, k in enumerate(kinds))
        for kinds in product([1, 2], repeat=4)
        if cost(sites, demand, minutes, rules, kinds) is not None
    )
    task = (replace(sites, barred=barred), demand, minutes, replace(rules, running=cheapest - 5))

    (conflict,) = plain.decision.decide(*task).conflicts
    found = plain.decision_relax.relaxations(*task, [conflict])

    assert set(conflict.rules) == {"running", "barred"}
    assert {one.place for one in found if one.what == "drop"} == set(conflict.sites)
    assert next(one for one in found if one.what == "running").value == pytest.approx(cheapest)


def test_one_doctor_fewer_or_so_many_recruits(plain):
    sites, demand, minutes, rules = case(1)
    staff = np.array([[1, 0], [0, 0], [1, 0], [1, 0]])
    need = np.array([[0, 0], [2, 0], [0, 0], [0, 0]])
    task = (replace(sites, staff=staff), demand, minutes, replace(rules, need=need))

    found = {one.what: one for one in relaxed(plain, task)}

    assert (found["need"].value, found["need"].more, found["need"].exact) == (1, 1, True)
    assert (found["recruits"].value, found["recruits"].more, found["recruits"].exact) == (
        1,
        1,
        True,
    )
    more = replace(task[3], recruits=np.array([1, 0]))
    assert plain.decision.decide(*task[:3], more, why=False).objective is not None


def test_a_fund_is_raised_by_the_least_whole_million(plain):
    sites, demand, minutes, rules = case(2)
    eligible = np.zeros((4, 2), bool)
    eligible[sites.commune == 0, 0] = True
    eligible[sites.commune == 1] = True
    money = np.array([5.0, 1e4])
    task = (replace(sites, eligible=eligible), demand, minutes, replace(rules, funds=money))

    (one,) = relaxed(plain, task)

    least = sites.refurbish[sites.commune == 0].min()
    assert (one.what, one.place, one.exact) == ("fund", 0, True)
    assert one.value - 1 < least <= one.value


def test_places_and_minutes_give_way_by_the_least(plain):
    sites, demand, minutes, rules = case(3)
    people = demand.people[demand.commune == 0].sum()
    places = np.where(sites.commune == 0, people * 0.8, np.inf)
    (over,) = relaxed(plain, (replace(sites, capacity=places), demand, minutes, rules))
    assert (over.what, over.value, over.exact) == ("capacity-over", 25, True)

    pinned = np.where(sites.commune == 0, 2, -1)
    pinned[np.flatnonzero(sites.commune == 0)[0]] = MAIN
    apart = sites.between[tuple(np.flatnonzero(sites.commune == 0))]
    near = replace(rules, satellite_within=apart - 3.5)
    found = relaxed(plain, (replace(sites, pinned=pinned), demand, minutes, near))
    farther = next(one for one in found if one.what == "satellite-within")
    assert (farther.more, farther.exact) == (4, True)
    assert {one.what for one in found} == {"satellite-within", "drop"}


def test_where_no_rule_is_enough_alone_each_says_what_its_own_conflict_needs(plain):
    sites, demand, minutes, rules = case(0)
    task = (
        sites,
        demand,
        minutes,
        replace(rules, budget=10.0, closures_at_most=0.0, satellites_at_most=0.0),
    )

    found = relaxed(plain, task)

    assert found
    assert not any(one.enough for one in found if one.what == "budget")


def test_a_plan_with_funds_is_proven_the_best_where_communes_decide_it(plain):
    sites, demand, minutes, rules = case(2)
    task = (
        replace(sites, eligible=np.ones((4, 1), bool)),
        demand,
        minutes,
        replace(rules, funds=np.array([1e6])),
    )

    plan = plain.decision.decide(*task, why=False)

    assert plan.status == OPTIMAL
    assert keeps(task[0], rules, plan.kind)
    assert plan.objective == pytest.approx(brute(sites, demand, minutes, rules)[0], rel=1e-9)
