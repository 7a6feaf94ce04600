"""Who goes where: judged by trying every way, over many small provinces."""

import numpy as np
import pytest

from tuyen.engines.workforce.placement import People, Wanted, place, slow
from tuyen.kernel.refusal import BadInput

NO = np.zeros((2, 2))


def province(rng):
    """A small province: people, posts that are missing, what units can spare, ways."""
    units, cadres, n, m = (
        int(rng.integers(2, 5)),
        2,
        int(rng.integers(0, 7)),
        int(rng.integers(0, 5)),
    )
    points = rng.uniform(0, 100, (units, 2))
    minutes = np.hypot(*(points[:, None] - points[None, :]).transpose(2, 0, 1))
    minutes[rng.random((units, units)) < 0.1] = np.inf
    people = People(
        rng.integers(0, units, n), rng.integers(0, cadres, n), rng.random(n) < 0.8,
        rng.uniform(0, 20, n).round(3),
    )  # fmt: skip
    wanted = Wanted(rng.integers(0, units, m), rng.integers(0, cadres, m))
    return people, wanted, rng.integers(0, 3, (units, cadres)), minutes


def test_as_many_posts_as_possible_at_the_least_cost():
    rng = np.random.default_rng(7)
    for _ in range(200):
        people, wanted, spare, minutes = province(rng)

        made = place(people, wanted, spare, minutes, 60)

        filled, cost = slow(people, wanted, spare, minutes, 60)
        assert made.filled == filled
        assert made.cost == pytest.approx(cost, abs=0.01)
        going = made.person[made.person >= 0].tolist()
        assert len(set(going)) == len(going)
        for unit, cadre in {(int(people.unit[i]), int(people.cadre[i])) for i in going}:
            given = sum(people.unit[i] == unit and people.cadre[i] == cadre for i in going)
            assert given <= spare[unit, cadre]


@pytest.mark.parametrize(
    ("why", "free", "spare", "most"),
    [("nobody", True, 0, 60), ("far", True, 1, 20), ("bound", False, 1, 60), ("", True, 1, 60)],
)
def test_a_post_that_stays_empty_says_why(why, free, spare, most):
    people = People(np.array([0]), np.array([0]), np.array([free]), np.zeros(1))
    minutes = np.array([[0.0, 30.0], [30.0, 0.0]])

    made = place(
        people, Wanted(np.array([1]), np.array([0])), np.array([[spare], [0]]), minutes, most
    )

    assert made.why == (why,)


def test_who_could_go_and_fills_another_post_is_said():
    people = People(np.array([0]), np.array([0]), np.array([True]), np.zeros(1))
    minutes = np.array([[0, 30, 40], [30, 0, 9], [40, 9, 0.0]])

    made = place(
        people, Wanted(np.array([1, 2]), np.array([0, 0])), np.array([[1], [0], [0]]), minutes, 60
    )

    assert made.why == ("", "taken")


def test_arrays_that_do_not_fit_are_refused():
    people = People(np.array([5]), np.array([0]), np.array([True]), np.zeros(1))
    with pytest.raises(BadInput, match="no unit 5"):
        place(people, Wanted(np.array([1]), np.array([0])), np.zeros((2, 1), int), NO, 60)
    with pytest.raises(BadInput, match="do not fit"):
        place(people, Wanted(np.array([1]), np.array([0])), np.zeros((3, 1), int), NO, 60)
