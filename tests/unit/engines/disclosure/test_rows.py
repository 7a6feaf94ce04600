"""Rows that may leave the house."""

from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tuyen.engines.disclosure.rows import check_rows, week_of
from tuyen.kernel.refusal import BadInput


@given(
    st.lists(
        st.tuples(st.integers(0, 2), st.sampled_from("FM"), st.sampled_from("abc")), max_size=40
    ),
    st.integers(1, 6),
    st.integers(1, 3),
)
@pytest.mark.check("PL-11")
def test_what_leaves_is_alike_and_mixed(rows, k, diversity):
    columns = {name: [row[i] for row in rows] for i, name in enumerate(["week", "sex", "disease"])}

    found = check_rows(columns, ["week", "sex"], ["disease"], k, diversity)

    left = [row for row, allowed in zip(rows, found.allowed, strict=True) if allowed]
    sizes = Counter(row[:2] for row in rows)
    kinds = {key: len({row[2] for row in rows if row[:2] == key}) for key in sizes}
    assert {row[:2] for row in left} == {
        key for key in sizes if sizes[key] >= k and kinds[key] >= diversity
    }
    assert sum(group.rows for group in found.withheld) == len(rows) - len(left)


def test_it_says_why_a_group_stays():
    columns = {"week": [1, 1, 1, 2], "disease": ["flu", "flu", "flu", "dengue"]}

    found = check_rows(columns, ["week"], ["disease"], k=2, diversity=2)

    assert not found.passes
    assert [(group.key, group.why) for group in found.withheld] == [
        ((1,), "one answer"),
        ((2,), "few rows"),
    ]


def test_a_missing_value_does_not_look_like_another():
    found = check_rows({"age": [None, 3, 3]}, ["age"], [], k=2)

    assert found.allowed.tolist() == [False, True, True]


def test_an_empty_list_passes():
    assert check_rows({"age": []}, ["age"], [], k=10).passes


@pytest.mark.parametrize(
    ("columns", "quasi", "sensitive", "k"),
    [
        ({"a": [1]}, ["b"], [], 2),
        ({"a": [1], "b": [1, 2]}, ["a"], [], 2),
        ({"a": [1]}, ["a"], ["a"], 2),
        ({"a": [1]}, ["a"], [], 0),
    ],
)
def test_what_contradicts_itself_is_refused(columns, quasi, sensitive, k):
    with pytest.raises(BadInput):
        check_rows(columns, quasi, sensitive, k)


@given(st.dates())
def test_a_week_begins_on_the_monday_before(day):
    (monday,) = week_of(np.array([day], "M8[D]")).tolist()

    assert monday.weekday() == 0
    assert 0 <= (day - monday).days < 7


def test_a_missing_day_stays_missing():
    assert np.isnat(week_of(["NaT"])).all()
