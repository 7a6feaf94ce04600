"""The hidden outbreak of a drill: by the seed alone, never without cases, and answered by a response."""

import numpy as np
import pytest

from tuyen.engines.surveillance.drill_outbreak import (
    BadScenario,
    Model,
    Reporting,
    known,
    spared,
    unfold,
)

MODEL = Model(
    least=20, seeds=2, seed_days=2.0, incubation=(10.0, 0.2), serial=(8.0, 0.3), r=3.0,
    dispersion=0.7, susceptible=150, spread=0.2, across=0.0, ages=(0, 5, 15), shares=(3, 2, 1),
    male=0.5, vaccinated=0.1, admitted=0.3, fatal=0.01,
)  # fmt: skip
REPORTING = Reporting(
    known=0.7, seek=(2.0, 0.4), late=(12.0, 0.5), sampled=0.5, turnaround=(40.0, 0.3), positive=0.8
)


@pytest.mark.parametrize("seed", range(12))
def test_the_same_seed_makes_the_same_outbreak_and_another_seed_another(seed):
    one, again, other = (
        unfold(MODEL, 28, seed),
        unfold(MODEL, 28, seed),
        unfold(MODEL, 28, seed + 99),
    )

    for column, same in zip(one, again, strict=True):
        np.testing.assert_array_equal(column, same)
    assert not np.array_equal(one.onset[:2], other.onset[:2])


@pytest.mark.parametrize("seed", range(12))
def test_there_is_always_enough_to_play_and_never_more_than_can_fall_ill(seed):
    hidden = unfold(MODEL, 28, seed)

    assert MODEL.least <= hidden.onset.size <= MODEL.susceptible
    assert (np.diff(hidden.onset) >= 0).all()
    assert hidden.onset.max() <= 28
    infected = hidden.source >= 0
    assert (hidden.infected[infected] > hidden.infected[hidden.source[infected]]).all()


def test_one_meal_makes_all_of_them_ill_after_an_incubation():
    meal = MODEL._replace(seeds=40, seed_days=0.0, incubation=(0.5, 0.4), r=0.0, least=1)

    hidden = unfold(meal, 7, 1)

    assert hidden.onset.size == 40
    np.testing.assert_allclose(hidden.infected, 0.0, atol=1e-12)
    assert 0.2 < np.median(hidden.onset) < 1.0


def test_both_sides_of_a_border_have_cases():
    hidden = unfold(MODEL._replace(across=0.4), 28, 3)

    assert set(hidden.side.tolist()) == {0, 1}


def slowly_spared(hidden, since, effect):
    """The judge: one by one, in the order of infection."""
    gone = set()
    for n in np.argsort(hidden.infected, kind="stable").tolist():
        source = int(hidden.source[n])
        own = hidden.infected[n] >= since and hidden.chance[n] < effect
        if source >= 0 and (own or source in gone):
            gone.add(n)
    return gone


@pytest.mark.parametrize(("since", "effect"), [(0.0, 1.0), (5.0, 0.5), (14.0, 0.8), (40.0, 1.0)])
def test_a_response_spares_whom_it_prevents_and_all_behind_them(since, effect):
    hidden = unfold(MODEL, 28, 5)

    found = set(np.flatnonzero(spared(hidden, since, effect)).tolist())

    assert found == slowly_spared(hidden, since, effect)
    assert not found & set(np.flatnonzero(hidden.source < 0).tolist())


def test_who_responds_earlier_or_better_never_has_more_cases():
    hidden = unfold(MODEL, 28, 5)
    counts = [spared(hidden, since, 0.7).sum() for since in (4.0, 8.0, 12.0, 20.0)]
    effects = [spared(hidden, 6.0, effect).sum() for effect in (0.2, 0.5, 0.9)]

    assert counts == sorted(counts, reverse=True)
    assert effects == sorted(effects)
    assert spared(hidden, None, 1.0).sum() == 0


def test_what_is_known_is_seen_before_it_is_told_and_tested_after():
    hidden = unfold(MODEL, 28, 7)
    seen = known(hidden, REPORTING, 7)
    told = ~np.isnan(seen.reported)

    assert 0 < told.sum() < hidden.onset.size
    assert told[hidden.admitted].all()
    assert (seen.seen[told] > hidden.onset[told]).all()
    assert (seen.reported[told] > seen.seen[told]).all()
    tested = ~np.isnan(seen.result)
    assert (seen.result[tested] > seen.reported[tested]).all()
    assert not (seen.positive & ~tested).any()


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("male", 1.2),
        ("seeds", 0),
        ("dispersion", 0.0),
        ("shares", (1,)),
        ("r", -1),
        ("across", -0.1),
    ],
)
def test_a_model_that_cannot_run_says_which_number_is_wrong(field, value):
    with pytest.raises(BadScenario) as refused:
        unfold(MODEL._replace(**{field: value}), 28, 1)

    assert refused.value.values["field"] == field
