"""Which station remains: criteria, ties, and that none is lost."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tuyen.engines.registry.stations import centre_areas, merge_stations
from tuyen.kernel.refusal import BadInput

ROW = [[103.0, 21.0], [103.1, 21.0], [103.2, 21.0]]


def test_the_central_station_remains():
    (done,) = merge_stations(["a", "b", "c"], ["X"] * 3, ["X"], ROW)

    assert (done.main, done.points) == ("b", ("a", "c"))


def test_the_central_place_is_where_the_people_are():
    (done,) = merge_stations(["a", "b", "c"], ["X"] * 3, ["X"], ROW, population=[9000, 100, 100])

    assert done.main == "a"


def test_weights_decide_between_criteria():
    staff = {"staff": [5, 1, 1]}

    (even,) = merge_stations(
        ["a", "b", "c"], ["X"] * 3, ["X"], ROW, measures=staff, weights={"central": 3}
    )
    (keen,) = merge_stations(
        ["a", "b", "c"], ["X"] * 3, ["X"], ROW, measures=staff, weights={"staff": 3}
    )

    assert (even.main, keen.main) == ("b", "a")


def test_a_criterion_that_is_not_known_for_all_is_left_out():
    (done,) = merge_stations(
        ["a", "b", "c"], ["X"] * 3, ["X"], ROW, measures={"staff": [9, np.nan, 1]}
    )

    assert done.main == "b"


def test_ties_go_to_the_larger_then_to_the_first():
    two = [[103.0, 21.0], [103.1, 21.0]]

    assert merge_stations(["b", "a"], ["X", "X"], ["X"], two)[0].main == "a"
    assert merge_stations(["b", "a"], ["X", "X"], ["X"], [[np.nan] * 2] * 2, [2, 1])[0].main == "b"


def test_a_commune_without_a_station_is_reported():
    done = merge_stations(["a"], ["X"], ["X", "Y"], [[103.0, 21.0]])

    assert [(one.commune, one.main) for one in done] == [("X", "a"), ("Y", None)]


@given(
    st.lists(st.tuples(st.floats(103, 104), st.floats(21, 22), st.sampled_from("XYZ")), max_size=30)
)
def test_every_station_is_kept_once(places):
    former = [f"f{i}" for i in range(len(places))]

    done = merge_stations(
        former,
        [p[2] for p in places],
        list("XYZ"),
        np.array([p[:2] for p in places]).reshape(-1, 2),
    )

    kept = [key for one in done for key in ((one.main, *one.points) if one.main else ())]
    assert sorted(kept) == sorted(former)


@pytest.mark.parametrize(
    ("why", "arguments", "more"),
    [
        ("a unit twice", (["a", "a"], ["X", "X"], ["X"], ROW[:2]), {}),
        ("off the map", (["a"], ["Q"], ["X"], ROW[:1]), {}),
        ("places missing", (["a", "b"], ["X", "X"], ["X"], ROW[:1]), {}),
        ("unknown criterion", (["a"], ["X"], ["X"], ROW[:1]), {"measures": {"beauty": [1]}}),
        ("negative weight", (["a"], ["X"], ["X"], ROW[:1]), {"weights": {"staff": -1}}),
        ("negative people", (["a"], ["X"], ["X"], ROW[:1]), {"population": [-1]}),
    ],
)
def test_contradictions_are_refused(why, arguments, more):
    with pytest.raises(BadInput):
        merge_stations(*arguments, **more)


def test_a_commune_is_of_the_district_most_of_it_came_from():
    areas = centre_areas(["a", "b", "c"], ["d1", "d2", "d2"], ["X", "X", "X"])

    assert areas == {"d1": (), "d2": ("X",)}
