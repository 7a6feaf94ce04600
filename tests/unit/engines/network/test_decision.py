"""Decisions on the network: against every plan, by their bounds, and by what the checker refuses."""

from dataclasses import replace

import pytest

from tests.unit.engines.network.decision_cases import brute, case
from tuyen.engines.network.decision import decide, separable
from tuyen.engines.network.decision_problem import OPTIMAL


@pytest.mark.parametrize("seed", range(4))
def test_communes_apart_are_decided_exactly(seed):
    task = case(seed)

    plan = separable(*task)

    assert plan.status == OPTIMAL
    assert plan.objective == pytest.approx(brute(*task)[0], rel=1e-9)


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("rule", ["budget", "running", "satellites_at_most", "free_choice"])
def test_bounds_hold_and_plans_keep_the_rules(seed, rule):
    sites, demand, minutes, rules = case(seed)
    alone = separable(sites, demand, minutes, rules)
    heads = alone.kind == 1
    value = {
        "budget": 0.95 * sites.refurbish[heads].sum(), "satellites_at_most": 0,
        "running": 0.9 * (sites.run_main[heads].sum() + sites.run_satellite[alone.kind == 2].sum()),
        "free_choice": True,
    }[rule]  # fmt: skip
    rules = replace(rules, **{rule: value})
    best, _kinds = brute(sites, demand, minutes, rules)

    plan = decide(sites, demand, minutes, rules)

    if best is None:
        assert plan.status == "infeasible"
        return
    assert plan.bound <= best + 1e-9
    assert plan.objective >= best - 1e-9
    assert plan.objective <= best * 1.02
