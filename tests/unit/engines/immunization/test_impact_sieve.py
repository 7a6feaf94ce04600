"""The sieve of an impact lets everybody through who differs: changes with it are those without it.

Its code runs here as Python, as that of the fast engine does; the nightly test compiles it.
"""

import random
from datetime import date, timedelta
from functools import partial

import pytest

from tests.unit.engines.immunization.test_fast import fast  # noqa: F401  # a fixture
from tests.unit.engines.immunization.test_impact import definition
from tuyen.engines.immunization import evaluate_many
from tuyen.engines.immunization.definitions import compile_pack
from tuyen.engines.immunization.history import DoseGiven, Person
from tuyen.engines.immunization.impact import Case, changes

VACCINES = ("08", "19", "198", "198", "178", "133", "119", "10", "05", "04", "39")


def histories(count):
    chance = random.Random(5)
    for n in range(count):
        born = date(2025, 1, 1) + timedelta(chance.randrange(600))
        doses = [
            DoseGiven(born + timedelta(chance.choice((0, 58, 60, 89, 92, 120, 270, 400))), cvx)
            for cvx in chance.sample(VACCINES, chance.randrange(8))
        ]
        yield Case(str(n), "", Person(born, chance.choice("FM")), doses, date(2026, 11, 26))


@pytest.mark.parametrize(
    "spoil",
    [
        lambda d: d["parameters"].update(grace_days=4),
        lambda d: d["series"][6]["doses"][1].update(minimum_interval="2 months"),
        lambda d: d["series"][2]["doses"][0].update(maximum_age="1 year"),
    ],
)
def test_nobody_who_differs_is_missed(fast, spoil):  # noqa: F811
    from tuyen.engines.immunization.impact_sieve import suspects

    said = definition()
    spoil(said)
    old, new = compile_pack(definition()), compile_pack(said)
    cases = list(histories(40))

    def found(*sieve):
        ready = partial(partial, evaluate_many)
        return list(changes(cases, lambda _: old, lambda _: new, ready, *sieve))

    assert found(suspects) == found()
    assert found()
    let = suspects(old, new, [(one.person, one.doses) for one in cases], cases[0].on)
    assert not all(let)
