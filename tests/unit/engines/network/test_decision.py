"""Decisions on the network: against every plan, by their bounds, and by what the checker refuses."""

from dataclasses import replace
from itertools import product

import numpy as np
import pytest

from tests.unit.engines.network.decision_cases import brute, case, cost, keeps, plain_modules
from tuyen.engines.network import decision_measure
from tuyen.engines.network.decision_problem import (
    FEASIBLE,
    INFEASIBLE,
    MAIN,
    OPTIMAL,
    SATELLITE,
    Floor,
    Plan,
)

decided = pytest.fixture(scope="module", name="plain")(plain_modules)


@pytest.mark.parametrize("seed", range(3))
def test_communes_apart_are_decided_exactly(plain, seed):
    task = case(seed)

    plan = plain.decision.separable(*task)

    best, kinds = brute(*task)
    assert plan.status == OPTIMAL
    assert plan.objective == pytest.approx(best, rel=1e-9)
    assert plan.kind.tolist() == list(kinds)


def standing(seed, **rules):
    """A case whose points of today are farther from their main station than the rule allows; their kinds."""
    sites, demand, minutes, rules = case(seed, sites=3, satellite_within=0.5, **rules)
    kinds, under = np.full(6, SATELLITE), np.full(6, -1)
    for c in range(2):
        own = np.flatnonzero(sites.commune == c)
        kinds[own[0]], under[own[1:]] = MAIN, own[0]
    return (replace(sites, under=under), demand, minutes, rules), kinds


@pytest.mark.parametrize("seed", range(3))
def test_what_stands_today_may_stand_on_and_the_answer_is_never_worse(plain, seed):
    task, today = standing(seed)

    plan = plain.decision.separable(*task)
    strict = plain.decision.separable(replace(task[0], under=None), *task[1:])

    best, kinds = brute(*task)
    assert plan.status == OPTIMAL
    assert plan.objective == pytest.approx(best, rel=1e-9)
    assert plan.kind.tolist() == list(kinds)
    assert plan.objective <= cost(*task, today.tolist()) + 1e-9
    assert cost(replace(task[0], under=None), *task[1:], today.tolist()) is None
    assert strict.objective >= plan.objective


def test_the_checker_lets_a_point_stand_only_under_its_own_station(plain):
    task, today = standing(1, weight_cost=0.0, weight_suitability=0.0, weight_disruption=9.0)
    plan = plain.decision.separable(*task)
    assert plan.kind.tolist() == today.tolist(), "nothing moves where moving is all that counts"
    elsewhere = replace(task[0], under=np.where(task[0].under >= 0, np.arange(6), -1))

    with pytest.raises(plain.decision_proof.ProofRejected, match="too far"):
        plain.decision_proof.proven(elsewhere, *task[1:], plan)
    free = plain.decision.decide(task[0], *task[1:3], replace(task[3], free_choice=True), why=False)
    assert free.bound <= free.objective <= cost(*task[:3], replace(task[3], free_choice=True), today.tolist()) * 1.01  # fmt: skip


def supervised(seed, **rules):
    """A case in which the staff of main stations has days left for some satellites, not for all."""
    sites, demand, minutes, rules = case(seed, sites=3, satellite_within=99.0, **rules)
    rng = np.random.default_rng(seed)
    people = np.bincount(demand.commune, weights=demand.people)[sites.commune]
    takes = rng.uniform(20, 60, 6)
    return (
        replace(sites, staffed=people + rng.uniform(-5, 90, 6), supervised=takes),
        demand,
        minutes,
        rules,
    )


@pytest.mark.parametrize("seed", range(4))
def test_days_of_supervision_are_deducted_exactly(plain, seed):
    task = supervised(seed, weight_cost=0.01)
    blind = (replace(task[0], staffed=None), *task[1:])

    plan = plain.decision.separable(*task)
    free = plain.decision.separable(*blind)

    best, kinds = brute(*task)
    assert plan.status == OPTIMAL
    assert plan.objective == pytest.approx(best, rel=1e-9)
    assert plan.kind.tolist() == list(kinds)
    figures = decision_measure.indicators(*task[:3], plan, task[3])
    assert figures.over_capacity == 0
    assert cost(*task, free.kind.tolist()) is None, "more satellites than can be supervised"
    with pytest.raises(plain.decision_proof.ProofRejected, match="supervises more"):
        plain.decision_proof.proven(*task, free)
    assert decision_measure.indicators(*task[:3], free.kind, task[3]).over_capacity > 0
    assert free.objective < plan.objective
    unasked = (*task[:3], replace(task[3], capacity=False))
    assert plain.decision.separable(*unasked).objective == pytest.approx(free.objective)


def test_supervision_and_a_budget_together_keep_the_bound_below_the_best(plain):
    task = supervised(1, weight_cost=0.0)
    cheap = float(np.sort(task[0].refurbish)[:3].sum())
    task = (*task[:3], replace(task[3], budget=cheap))

    plan = plain.decision.decide(*task, why=False)

    best, _kinds = brute(*task)
    assert plan.bound <= best + 1e-9 <= plan.objective + 2e-9
    assert plan.objective == pytest.approx(cost(*task, plan.kind.tolist()), rel=1e-9)


def test_pinned_points_that_nobody_can_supervise_say_by_how_much(plain):
    sites, demand, minutes, rules = supervised(0)
    people = np.bincount(demand.commune, weights=demand.people)[sites.commune]
    own = np.flatnonzero(sites.commune == 0)
    pinned = np.full(6, -1)
    pinned[own] = [MAIN, SATELLITE, SATELLITE]
    sites = replace(sites, pinned=pinned, staffed=people + 30.0, supervised=np.full(6, 20.0))

    plan = plain.decision.separable(sites, demand, minutes, rules)

    (conflict,) = plan.conflicts
    assert plan.status == INFEASIBLE
    short = dict(zip(conflict.rules, conflict.by_how_much, strict=True))["capacity"]
    assert short == pytest.approx(10.0)
    found = plain.decision_relax.relaxations(sites, demand, minutes, rules, plan.conflicts)
    (over,) = [one for one in found if one.what == "capacity-over"]
    enough, less = (
        replace(sites, staffed=sites.staffed * (1 + (over.value - n) / 100)) for n in (0, 1)
    )
    assert plain.decision.separable(enough, demand, minutes, rules).status == OPTIMAL
    assert plain.decision.separable(less, demand, minutes, rules).status == INFEASIBLE


def test_whose_staff_supervises_must_be_said(plain):
    task = supervised(0, free_choice=True)

    with pytest.raises(ValueError, match="one main station of its own"):
        plain.decision.decide(*task)
    with pytest.raises(plain.decision_proof.ProofRejected, match="one main station alone"):
        plain.decision_proof.proven(*task, plain.decision.separable(*supervised(0)))


def limited(rule, seed):
    """A case in which one rule bites: less of a thing than every commune by itself would use."""
    sites, demand, minutes, rules = case(seed)
    value = {
        "budget": np.sort(sites.refurbish)[:3].sum(), "satellites_at_most": 1.0,
        "running": sites.run_main.sum() / 2 + 10, "free_choice": True,
        "need": [[0, 0], [3, 2], [2, 1], [0, 1]],
    }[rule]  # fmt: skip
    return sites, demand, minutes, replace(rules, **{rule: value})


@pytest.mark.parametrize("seed", [0, 1])
@pytest.mark.parametrize("rule", ["budget", "running", "satellites_at_most", "free_choice", "need"])
def test_bound_is_below_the_best_and_the_plan_near_it(plain, rule, seed):
    task = limited(rule, seed)

    plan = plain.decision.decide(*task, why=False)

    best, _kinds = brute(*task)
    if best is None:
        assert plan.status == INFEASIBLE
        return
    assert plan.bound <= best + 1e-9 <= plan.objective + 2e-9
    assert plan.objective <= 1.01 * best
    assert keeps(task[0], task[3], plan.kind)
    assert plan.objective == pytest.approx(cost(*task, plan.kind.tolist()), rel=1e-9)


def test_people_who_choose_freely_keep_to_places_at_main_stations(plain):
    sites, demand, minutes, rules = case(3, free_choice=True)
    room = np.full(4, demand.people.sum() * 0.7)

    plan = plain.decision.decide(replace(sites, capacity=room), demand, minutes, rules, why=False)

    load = np.bincount(plan.assign, weights=demand.people, minlength=4)
    assert plan.status in (OPTIMAL, FEASIBLE)
    assert (load <= room).all()
    assert plan.bound <= plan.objective


@pytest.mark.parametrize(
    ("spoil", "word"),
    [
        (lambda plan: {"objective": plan.objective * 0.99}, "costs"),
        (lambda plan: {"kind": np.full_like(plan.kind, SATELLITE)}, "main stations"),
        (lambda plan: {"assign": np.full_like(plan.assign, np.flatnonzero(plan.kind != MAIN)[0])},
         "sent"),
        (lambda plan: {"certificate": None}, "no certificate"),
        (lambda plan: {"certificate": replace(plan.certificate, limited=())}, "limited"),
        (lambda plan: {"certificate": replace(plan.certificate, parts=(replace(
            plan.certificate.parts[0], resources=np.array([-1.0])),))}, "negative"),
        (lambda plan: {"certificate": replace(plan.certificate, splits=((0, 1, 0, 0),))}, "twice"),
        (lambda plan: {"certificate": replace(plan.certificate, splits=((99, 1, 0, 0),))},
         "there is none"),
    ],
)  # fmt: skip
def test_the_checker_refuses_what_was_spoilt(plain, spoil, word):
    task = limited("budget", 0)
    plan = plain.decision.decide(*task, why=False)
    bad = Plan(**(vars(plan) | spoil(plan)))

    with pytest.raises(plain.decision_proof.ProofRejected, match=word):
        plain.decision_proof.proven(*task, bad)


def test_higher_payments_prove_no_more_than_is_true(plain):
    task = limited("free_choice", 1)
    plan = plain.decision.decide(*task, why=False)
    part = plan.certificate.parts[0]
    for factor in (0.0, 0.5, 3.0):
        plan.certificate = replace(
            plan.certificate, parts=(replace(part, main=part.main * factor),)
        )
        assert plain.decision_proof.proven(*task, plan) <= plan.objective


@pytest.mark.parametrize("each", [False, True])
def test_floors_are_kept_at_the_least_cost(plain, each):
    sites, demand, minutes, rules = case(3, weight_cost=3.0)
    floor = Floor(16.0, 0.6, each)
    task = (sites, demand, minutes, replace(rules, floors=(floor,)))
    groups = demand.commune if each else np.zeros(6, int)

    def within(kinds):
        late = minutes + np.array([np.inf, 0, 0, rules.mobile_wait])[list(kinds)]
        near = np.where(demand.commune[:, None] == sites.commune, late, np.inf).min(axis=1) <= 16
        return all(
            demand.people[near & (groups == g)].sum() >= 0.6 * demand.people[groups == g].sum()
            for g in set(groups.tolist())
        )

    plan = plain.decision.decide(*task, why=False)

    values = [
        (value, within(kinds)) for kinds in product(range(4), repeat=4)
        if (value := cost(sites, demand, minutes, rules, kinds)) is not None
    ]  # fmt: skip
    best = min((value for value, good in values if good), default=None)
    assert best is not None
    assert best > min(value for value, _good in values)
    assert plan.bound <= best + 1e-9 <= plan.objective + 2e-9
    assert plan.objective <= best * 1.01
    assert within(plan.kind)


def test_conflicts_name_the_smallest_set_and_what_would_do(plain):
    sites, demand, minutes, rules = case(0)
    rules = replace(rules, budget=10.0, running=1e6, satellites_at_most=4.0)

    plan = plain.decision.decide(sites, demand, minutes, rules)

    (one,) = plan.conflicts
    least = sum(sites.refurbish[sites.commune == c].min() for c in (0, 1))
    assert one.rules == ("budget",)
    assert one.relaxation[0] == pytest.approx(least)
    assert one.by_how_much[0] == pytest.approx(least - 10)
    enough = replace(rules, budget=one.relaxation[0] + 1e-6)
    assert plain.decision.decide(sites, demand, minutes, enough, why=False).objective is not None


def test_two_rules_conflict_only_together(plain):
    sites, demand, minutes, rules = case(0)
    cheap, dear = np.flatnonzero(sites.commune == 0)[
        np.argsort(sites.refurbish[sites.commune == 0])
    ]
    pinned = np.full(4, -1)
    pinned[dear] = MAIN
    least = sum(sites.refurbish[sites.commune == c].min() for c in (0, 1))
    task = (replace(sites, pinned=pinned), demand, minutes, replace(rules, budget=least + 1))

    (one,) = plain.decision.decide(*task).conflicts

    assert set(one.rules) == {"budget", "pinned"}
    assert one.sites == (dear,)
    assert plain.decision.decide(sites, demand, minutes, task[3], why=False).objective is not None
    assert cheap != dear


def test_every_conflict_is_minimal_and_none_shares_a_rule_with_another(plain):
    sites, demand, minutes, rules = case(0)
    rules = replace(rules, budget=10.0, running=3.0, closures_at_most=0.0, satellites_at_most=1.0)

    found = plain.decision.decide(sites, demand, minutes, rules).conflicts

    keys = {"budget": "budget", "running": "running", "closures-at-most": "closures_at_most",
            "satellites-at-most": "satellites_at_most"}  # fmt: skip
    none = dict.fromkeys(keys.values(), np.inf)
    assert {one.rules for one in found} == {
        ("budget",), ("running",), ("closures-at-most",)
    }  # fmt: skip
    for one in found:
        kept = {keys[rule]: getattr(rules, keys[rule]) for rule in one.rules}
        for rule in one.rules:
            less = replace(rules, **none | kept | {keys[rule]: np.inf})
            plan = plain.decision.decide(sites, demand, minutes, less, why=False)
            assert plan.objective is not None
        together = replace(rules, **none | kept)
        assert plain.decision.decide(sites, demand, minutes, together, why=False).objective is None


@pytest.mark.parametrize(
    ("change", "rules", "value"),
    [
        ({"pinned": [1, 1, -1, -1]}, {"pinned", "mains-per-commune"}, None),
        ({"capacity": [10.0, 20.0, np.inf, np.inf]}, {"capacity", "mains-per-commune"}, "people"),
    ],
)
def test_a_commune_that_cannot_be_arranged(plain, change, rules, value):
    sites, demand, minutes, given = case(0)
    by = np.argsort(sites.commune, kind="stable")
    for name, column in change.items():
        values = np.empty(4, np.asarray(column).dtype)
        values[by] = column
        sites = replace(sites, **{name: values})

    (one,) = plain.decision.separable(sites, demand, minutes, given).conflicts

    assert one.communes == (0,)
    assert set(one.rules) == rules
    if value:
        people = demand.people[demand.commune == 0].sum()
        assert one.by_how_much[one.rules.index("capacity")] == pytest.approx(people - 20)


def test_reasons_add_up_to_what_the_next_best_costs_more(plain):
    sites, demand, minutes, rules = case(1)
    plan = plain.decision.decide(sites, demand, minutes, rules)
    own = {one.site: one for one in plan.reasons}

    head = int(np.flatnonzero((plan.kind == MAIN) & (sites.commune == 0))[0])
    barred = np.zeros((4, 4), bool)
    barred[head, MAIN] = True
    other = plain.decision.separable(replace(sites, barred=barred), demand, minutes, rules)

    assert set(own) == set(range(4))
    assert own[head].margin == pytest.approx(other.objective - plan.objective, rel=1e-9)
    assert own[head].terms.sum() == pytest.approx(own[head].margin)
    assert own[head].criteria.sum() == pytest.approx(own[head].terms[1])


def test_the_frontier_holds_nothing_that_is_beaten(plain):
    task = case(2, communes=3)

    points = plain.decision_frontier.frontier(*task, points=9)

    three = [(one.access, one.cost, one.disruption) for one in points]
    assert len(three) >= 3
    assert sum(one.knee for one in points) == 1
    for a in three:
        assert not any(b != a and all(x <= y for x, y in zip(b, a, strict=True)) for b in three)


def test_the_price_of_a_decision(plain):
    sites, demand, minutes, rules = case(2)
    best = plain.decision.separable(sites, demand, minutes, rules)
    issued = np.where(best.kind == MAIN, SATELLITE, MAIN)

    free = plain.decision_price.price(best.kind, sites, demand, minutes, rules)
    paid = plain.decision_price.price(issued, sites, demand, minutes, rules)

    assert free.points == pytest.approx(0, abs=1e-9)
    assert paid.points > 0
    assert paid.points == pytest.approx(paid.terms.sum())
    assert paid.at_most >= paid.points - 1e-9
    assert paid.different == (0, 1)


def test_a_change_is_judged_at_once_and_planned_again(plain):
    sites, demand, minutes, rules = case(2)
    rules = replace(rules, budget=float(sites.refurbish.sum()))
    plan = plain.decision.decide(sites, demand, minutes, rules, why=False)
    closed = int(np.flatnonzero(plan.kind == MAIN)[0])
    change = plain.decision_whatif.Change(kinds={closed: 0}, budget=0.9)

    effect = plain.decision_whatif.effect(sites, demand, minutes, rules, plan, change, again=True)

    assert effect.indicators.mains == 1
    assert effect.plan.kind[closed] == 0
    assert effect.plan.objective >= plan.objective - 1e-9
    assert decision_measure.indicators(sites, demand, minutes, plan, rules).mains == 2


@pytest.mark.parametrize("free", [False, True])
def test_a_plan_that_a_change_forbids_is_no_hindrance(plain, free):
    sites, demand, minutes, rules = case(2, free_choice=free)
    plan = plain.decision.decide(sites, demand, minutes, rules, why=False)
    shut = int(np.flatnonzero(plan.kind == MAIN)[0])
    change = plain.decision_whatif.Change(barred=((shut, MAIN),))

    effect = plain.decision_whatif.effect(sites, demand, minutes, rules, plan, change, again=True)

    assert effect.plan.kind[shut] != MAIN
    assert effect.plan.bound <= effect.plan.objective
    assert (effect.plan.kind == MAIN).sum() == 2
