"""Seats of a course by need, shared among units: judged by every choice there is."""

from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tuyen.engines.workforce.attendance import earned
from tuyen.engines.workforce.seating import bound, seat
from tuyen.kernel.refusal import BadInput


def worth(need, unit, chosen, fair):
    """What a choice is worth: in each unit the greatest need first, each further one for less."""
    total = 0.0
    for at in {unit[person] for person in chosen}:
        mine = sorted((need[person] for person in chosen if unit[person] == at), reverse=True)
        total += sum(n * fair**turn for turn, n in enumerate(mine))
    return total


def best(need, unit, seats, fair, most):
    """The greatest worth of all choices, tried one by one."""
    people = range(len(need))
    return max(
        worth(need, unit, chosen, fair)
        for n in range(min(seats, len(need)) + 1)
        for chosen in combinations(people, n)
        if not most or all(sum(unit[p] == at for p in chosen) <= most for at in set(unit))
    )


people = st.lists(
    st.tuples(st.floats(0, 10).map(lambda n: round(n, 2)), st.integers(0, 3)), max_size=9
)


@settings(max_examples=150, deadline=None)
@given(people, st.integers(0, 6), st.sampled_from([0.0, 0.3, 0.6, 1.0]), st.integers(0, 3))
def test_no_other_choice_is_worth_more(told, seats, fair, most):
    need, unit = [n for n, _ in told], [at for _, at in told]

    found = seat(need, unit, seats, fair, most)

    chosen = [person for person, _, _ in found.chosen]
    assert len(set(chosen)) == len(chosen) <= seats
    assert not most or all(sum(unit[p] == at for p in chosen) <= most for at in set(unit))
    assert found.worth == pytest.approx(worth(need, unit, chosen, fair))
    assert found.worth == pytest.approx(best(need, unit, seats, fair, most))
    assert found.bound == pytest.approx(found.worth)  # the bound proves it


@settings(max_examples=60, deadline=None)
@given(people, st.integers(0, 4), st.floats(0, 12))
def test_at_any_price_the_bound_holds(told, seats, price):
    need, unit = [n for n, _ in told], [at for _, at in told]
    assert bound(need, unit, seats, 0.6, 2, price) >= best(need, unit, seats, 0.6, 2) - 1e-9


def test_a_unit_that_is_full_is_named_and_the_seat_goes_to_the_next():
    found = seat([9, 9, 1], [0, 0, 1], 2, 1.0, most=1)

    assert [person for person, _, _ in found.chosen] == [0, 2]
    assert found.full == {0}


@pytest.mark.parametrize(
    ("need", "seats", "fair"), [([-1.0], 1, 0.5), ([1.0], -1, 0.5), ([1.0], 1, 1.5), ([float("nan")], 1, 0.5)]
)  # fmt: skip
def test_what_cannot_be_is_refused(need, seats, fair):
    with pytest.raises(BadInput):
        seat(need, [0], seats, fair)


def test_hours_are_those_of_the_days_somebody_was_there():
    assert earned([8, 8], [True, True], 0.8, after=60, least=50) == 16
    assert earned([8, 8], [True, True], 0.8, least=50) is None
    assert earned([8, 2], [True, False], 0.8) == 8
    assert earned([8, 8], [False, False], 0.0) is None
    with pytest.raises(BadInput):
        earned([8], [True, False], 0.8)
