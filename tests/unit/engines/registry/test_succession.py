"""Succession facts: what is wrong with them, and what they say about any day."""

from datetime import date

import pytest

from tuyen.engines.registry.succession import Fact, Succession, check, events
from tuyen.kernel.refusal import Refusal
from tuyen.kernel.validity import Validity

DAY, LATER = date(2025, 7, 1), date(2026, 9, 1)


def codes(facts, lives=None, kinds=None):
    return [finding.code.removeprefix("registry.") for finding in check(facts, lives, kinds)]


@pytest.mark.parametrize(
    ("why", "facts", "lives", "found"),
    [
        ("a merger", [Fact(DAY, "A", "X"), Fact(DAY, "B", "X")], {}, []),
        ("a closure", [Fact(DAY, "A", None)], {}, []),
        ("a transfer", [Fact(DAY, "A", "A", 0.9), Fact(DAY, "A", "B", 0.1)], {}, []),
        ("half of it is lost", [Fact(DAY, "A", "X", 0.5)], {}, ["shares-do-not-sum-to-one"]),
        ("nothing is given", [Fact(DAY, "A", "X", 0.0), Fact(DAY, "A", "Y")], {}, ["share-out-of-range"]),
        ("not a number", [Fact(DAY, "A", "X", float("nan"))], {}, ["share-out-of-range", "shares-do-not-sum-to-one"]),
        ("said twice", [Fact(DAY, "A", "X", 0.5)] * 2, {}, ["succession-fact-twice"]),
        ("two mains", [Fact(DAY, "A", "X", 0.5, True), Fact(DAY, "A", "Y", 0.5, True)], {}, ["many-main-successors"]),
        ("closed and given", [Fact(DAY, "A", None, 0.5), Fact(DAY, "A", "X", 0.5)], {}, ["closed-and-succeeded"]),
        ("it lives on", [Fact(DAY, "A", "X")], {"A": Validity()}, ["unit-does-not-end"]),
        ("it was gone", [Fact(LATER, "A", "X")], {"A": Validity(None, DAY)}, ["unit-used-outside-its-life"]),
        ("not yet there", [Fact(DAY, "A", "X")], {"X": Validity(LATER)}, ["unit-used-outside-its-life"]),
        ("there and back", [Fact(DAY, "A", "B"), Fact(LATER, "B", "A")], {}, ["succession-circle"]),
        ("two ends", [Fact(DAY, "A", "X"), Fact(LATER, "A", "Y")], {}, ["unit-used-outside-its-life"]),
        ("given to the dead", [Fact(DAY, "A", "X"), Fact(LATER, "B", "A")], {}, ["unit-used-outside-its-life"]),
        ("chain in a day", [Fact(DAY, "A", "B"), Fact(DAY, "B", "C")], {}, ["succession-chain-on-one-day"]),
        ("misnamed", [Fact(DAY, "A", "X", event="split")], {}, ["succession-event-misnamed"]),
    ],
)  # fmt: skip
def test_check_finds(why, facts, lives, found):
    assert codes(facts, lives) == found, why


def test_a_finding_is_a_sentence_with_its_values():
    (finding,) = check([Fact(DAY, "c03319.old", "c03202", 0.5)])

    assert str(finding) == (
        "The shares that c03319.old gives on 2025-07-01 sum to 0.5, not to 1; correct the weights "
        "or add what the unit keeps."
    )


@pytest.mark.parametrize(
    ("event", "facts"),
    [
        ("merge", [Fact(DAY, "A", "X"), Fact(DAY, "B", "X")]),
        ("split", [Fact(DAY, "A", "X", 0.5), Fact(DAY, "A", "Y", 0.5)]),
        ("transfer", [Fact(DAY, "A", "A", 0.9), Fact(DAY, "A", "B", 0.1), Fact(DAY, "B", "B")]),
        ("rename", [Fact(DAY, "A", "X")]),
        ("convert", [Fact(DAY, "S", "P")]),
        ("recombine", [Fact(DAY, "A", "X"), Fact(DAY, "B", "X", 0.5), Fact(DAY, "B", "Y", 0.5)]),
        ("close", [Fact(DAY, "A", None)]),
    ],
)
def test_an_event_is_told_by_its_facts(event, facts):
    kinds = {"S": "station", "P": "satellite_point"}

    assert [name for _, name in events(facts, kinds)] == [event]


@pytest.fixture
def history():
    return Succession(
        [
            Fact(DAY, "A", "X"),
            Fact(DAY, "B", "X", 0.6, main=True),
            Fact(DAY, "B", "Y", 0.4),
            Fact(LATER, "X", "Z"),
        ]
    )


def test_successors_follow_chains_up_to_the_day(history):
    assert history.successors("B", date(2026, 1, 1)) == {"X": 0.6, "Y": 0.4}
    assert history.successors("B", LATER) == {"Z": 0.6, "Y": 0.4}


def test_successors_before_anything_happened_is_the_unit_itself(history):
    assert history.successors("B", date(2025, 6, 30)) == {"B": 1.0}


def test_predecessors_say_what_each_gave(history):
    assert history.predecessors("Z", date(2025, 6, 30)) == {"A": 1.0, "B": 0.6}


def test_the_main_successor_is_the_marked_one(history):
    assert history.main_successor("B", LATER) == "Z"


def test_the_main_successor_is_the_larger_when_none_is_marked():
    facts = [Fact(DAY, "A", "X", 0.3), Fact(DAY, "A", "Y", 0.7)]

    assert Succession(facts).main_successor("A", DAY) == "Y"


def test_units_of_a_day_come_from_the_facts_when_no_life_is_given(history):
    assert history.units_on(date(2025, 6, 30)) == ["A", "B"]
    assert history.units_on(DAY) == ["X", "Y"]
    assert history.units_on(LATER) == ["Y", "Z"]


def test_classify_speaks_of_unit_and_day(history):
    assert history.classify("X", LATER) == "rename"
    assert history.classify("X", date(2025, 7, 2)) is None


def test_a_long_chain_does_not_exhaust_the_stack():
    facts = [Fact(date.fromordinal(700_000 + i), f"U{i}", f"U{i + 1}") for i in range(3000)]

    assert Succession(facts).main_successor("U0", date.max) == "U3000"


def test_wrong_facts_cannot_be_asked():
    with pytest.raises(Refusal, match="not to 1"):
        Succession([Fact(DAY, "A", "X", 0.5)])
