"""Tablets, network and server at their worst, by seed: nothing lost, nothing twice, all converge."""

from collections import Counter

import pytest

from tests.simulation.model import MUTANTS, Broken, Simulation, simulate

SHORT, LONG = range(400), range(20_000)


@pytest.mark.check("SY-01")
def test_no_promise_is_broken():
    faults = sum((simulate(seed) for seed in SHORT), Counter())

    kinds = {"lost", "doubled", "cut", "server killed", "app killed", "clock set", "upgraded",
             "reorganised", "restored", "lock", "wipe", "poison", "new day"}  # fmt: skip
    assert {kind for kind, n in faults.items() if n > 5} == kinds | {"unlock"}


@pytest.mark.nightly
def test_no_promise_is_broken_all_night():
    faults = sum((Simulation(seed, devices=6, events=900).run() for seed in LONG), Counter())

    assert faults.total() > 1_000_000


@pytest.mark.parametrize("mutant", MUTANTS)
@pytest.mark.check("SY-01", "SY-02", "SY-06", mutant=True)
def test_a_broken_promise_is_noticed_and_its_seed_shows_it_again(mutant):
    """The test of the test: a server that breaks one promise is found out within a few seeds."""
    found = next((seed for seed in SHORT if said(seed, mutant)), None)

    assert found is not None, f"{mutant}: no seed of {len(SHORT)} noticed it"
    assert said(found, mutant) == said(found, mutant)
    assert f"Simulation({found}, mutant={mutant!r})" in said(found, mutant)


def said(seed, mutant):
    """What a run of a mutant complains of, or nothing."""
    try:
        simulate(seed, mutant)
    except Broken as broken:
        return str(broken)
    return ""
