"""Whatever stands wherever in a resource is answered, and both readings answer alike."""

import copy
import json
import random
from decimal import Decimal

import pytest

from tests.unit.engines.exchange.fhir.test_checking import RULES, SOUND
from tuyen.engines.exchange.fhir import NotFhir

FOREIGN = [
    None, True, -1, 10**400, Decimal("1.50"), "", " ", "#", "#x", "2020-02-30", "Patient/1", [], {},
    [None], [{}], ["a"], {"id": "a"}, {"resourceType": "Patient"}, {"coding": [{"code": "x"}]},
    {"extension": [{"url": "a:b", "valueCode": "c"}]},
]  # fmt: skip
KEYS = [
    "extension", "id", "value", "valueString", "_id", "_status", "name", "contained", "text",
    "entry", "resource", "resourceType", "reference", "period", "code", "coding", "item", "meta",
]  # fmt: skip


def inside(tree):
    """Every object and list of a tree."""
    if isinstance(tree, (dict, list)):
        if tree:
            yield tree
        for value in tree.values() if isinstance(tree, dict) else tree:
            yield from inside(value)


def mutant(rng):
    trees = [*SOUND, *(tree for _rule, tree in RULES)]
    tree = copy.deepcopy(rng.choice(trees))
    for _time in range(rng.choice([1, 1, 2, 4])):
        spot = rng.choice(list(inside(tree)))
        value = copy.deepcopy(rng.choice(FOREIGN))
        if isinstance(spot, list):
            spot[rng.randrange(len(spot))] = value
        else:
            spot[rng.choice([*spot, *KEYS])] = value
    return tree


@pytest.mark.parametrize("seed", range(8))
def test_mutants_are_answered(model, seed):
    rng = random.Random(seed)
    for _time in range(60):
        raw = model.encode(mutant(rng))
        problems = model.examine(raw)[1]
        faults = model.faults(raw)

        assert all(problem.sentence() for problem in problems)
        assert faults == problems[: len(faults)]
        if faults:
            with pytest.raises(NotFhir):
                model.decode(raw)
        else:
            written = model.encode(model.decode(raw))
            assert json.loads(written, parse_float=Decimal) == json.loads(raw, parse_float=Decimal)
