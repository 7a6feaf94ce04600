"""The doses of a synthetic province: more than 96 % fully immunised under one, and visibly fewer in
the villages that a team reaches seldom."""

import numpy as np
import pytest

from tuyen import rules
from tuyen.engines.synthetic.doses import immunise

NEEDED = {"BCG": 1, "DTP-HepB-Hib": 3, "bOPV": 3, "Measles": 1}


@pytest.fixture(scope="module")
def given(make_province):
    people = make_province(20_000).people
    rule = rules.load("synthetic/immunization")
    rng = np.random.default_rng(1)
    return people, immunise(people, rule, people.until, rng)


def _full(people, doses):
    """(people past their first birthday, whether each had the set before it)."""
    there = people.resident(people.until)
    born = people.born
    old = there & (born <= people.until - 366) & (born > people.until - 7 * 365)
    full = np.ones(len(people), bool)
    early = doses.day < born[doses.person] + 365
    for code, count in NEEDED.items():
        of = early & (doses.given == doses.vaccine.index(code))
        full &= np.bincount(doses.person[of], minlength=len(people)) >= count
    return old, full


def test_more_than_96_percent_are_fully_immunised_and_fewer_in_some_villages(given):
    people, doses = given
    old, full = _full(people, doses)
    seldom = np.isin(people.village, doses.seldom)

    assert full[old].mean() >= 0.96
    assert full[old & seldom].mean() < 0.8 < full[old & ~seldom].mean()


def test_nobody_gets_a_dose_before_birth_or_after_death(given):
    people, doses = given
    assert (doses.day >= people.born[doses.person]).all()
    assert (doses.day <= people.until).all()
    dead = ~np.isnat(people.died[doses.person])
    assert (doses.day[dead] <= people.died[doses.person][dead]).all()


def test_the_same_seed_gives_the_same_doses(given, make_province):
    people, doses = given
    again = immunise(
        people, rules.load("synthetic/immunization"), people.until, np.random.default_rng(1)
    )
    assert (again.day == doses.day).all()
    assert (again.person == doses.person).all()
