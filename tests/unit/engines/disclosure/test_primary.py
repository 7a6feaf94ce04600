"""Which cells are sensitive for their own sake."""

import pytest

from tuyen.engines.disclosure.primary import Rule, sensitive
from tuyen.kernel.refusal import BadInput


@pytest.mark.parametrize(
    ("why", "value", "people", "expected"),
    [
        ("nobody is not few", 0, -1, False),
        ("one is few", 1, -1, True),
        ("one below k is few", 4, -1, True),
        ("k is enough", 5, -1, False),
        ("nobody of few is still nobody", 0, 3, False),
        ("enough inside, enough outside", 10, 15, False),
        ("fewer than k outside", 11, 15, True),
        ("nobody outside: everyone has it", 15, 15, True),
    ],
)
def test_sensitive(why, value, people, expected):
    assert sensitive([value], Rule(5), [people]).tolist() == [expected], why


def test_everyone_may_be_told_where_the_rule_allows_it():
    assert not sensitive([15], Rule(5, everyone=False), [15]).any()


def test_the_width_is_k_unless_said_otherwise():
    assert (Rule(10).least, Rule(10, width=3).least) == (10, 3)


def test_a_cell_cannot_count_more_than_its_people():
    with pytest.raises(BadInput):
        sensitive([3], Rule(5), [2])


def test_a_rule_needs_a_k():
    with pytest.raises(BadInput):
        Rule(0)
