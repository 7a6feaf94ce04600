"""Packages of work: held against every choice there is, and against a judge that knows no solver."""

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tuyen.engines.governance.packages import Offers, cheapest, choose
from tuyen.engines.governance.packages_check import bound_of, faults, value_of

SITES, LINES = 2, 3


@st.composite
def offers(draw, most=6):
    n, k = draw(st.integers(1, most)), draw(st.integers(1, 2))
    whole = st.integers(0, 9)
    of = lambda *shape: np.array(draw(st.lists(whole, min_size=int(np.prod(shape)),  # noqa: E731
                                               max_size=int(np.prod(shape)))), float).reshape(shape)  # fmt: skip
    return Offers(
        of(n).astype(int) % SITES, of(n) + 1, of(n, LINES) > 4, of(n, k) > 2,
        of(SITES, LINES) // 2, of(k) * 2,
    )  # fmt: skip


def best(told: Offers) -> float:
    """Every choice there is, tried."""
    sources = range(-1, len(told.budget))
    tried = (np.array(each) for each in product(sources, repeat=len(told.cost)))
    return max(value_of(told, each) for each in tried if not faults(told, each))


@settings(deadline=None, max_examples=120)
@given(offers())
def test_no_choice_there_is_brings_more_and_the_bound_holds(told):
    found = choose(told, gap=0)

    assert faults(told, found.source) == []
    assert found.value == pytest.approx(value_of(told, found.source))
    assert found.value == pytest.approx(best(told))
    assert found.bound >= found.value - 1e-9


@settings(deadline=None, max_examples=60)
@given(offers(4), st.lists(st.floats(0, 3), min_size=2, max_size=2))
def test_a_bound_from_any_prices_is_never_too_low(told, prices):
    assert bound_of(told, np.array(prices[: len(told.budget)])) >= best(told) - 1e-9


def small(budget=(10.0,), pays=None):
    """One site with three gaps: a building lifts all for 9, a well one of them for 2, a net one for 3."""
    lifts = np.array([[1, 1, 1], [1, 0, 0], [0, 1, 0]], bool)
    open_ = np.ones((3, len(budget)), bool) if pays is None else np.array(pays, bool)
    return Offers(np.zeros(3, int), np.array([9.0, 2, 3]), lifts, open_,
                  np.array([[2.0, 1, 1]]), np.array(budget))  # fmt: skip


def test_each_work_says_why_it_is_chosen_or_left_out():
    assert choose(small()).why == ("chosen", "covered", "covered")
    assert choose(small((5.0,))).why == ("money", "chosen", "chosen")
    assert choose(small((5.0,), [[0], [1], [1]])).why == ("source", "chosen", "chosen")
    assert choose(small((0.0,))).value == 0


def test_of_two_answers_that_bring_as_much_the_cheaper_is_taken():
    told = small((100.0,))._replace(gain=np.array([[2.0, 1, 0]]))

    assert choose(told).why == ("covered", "chosen", "chosen")
    assert cheapest(told) == [1, 0, 2]


def test_optimal_is_said_only_where_the_judge_finds_the_bound_again():
    found = choose(small((10.0,)))
    assert (found.status, found.gap) == ("optimal", 0)
    rng = np.random.default_rng(3)
    many = Offers(
        np.repeat(np.arange(40), 6), rng.integers(20, 2000, 240) + 0.0, rng.random((240, 8)) > 0.7,
        rng.random((240, 3)) > 0.4, rng.integers(0, 4, (40, 8)) + 0.0, np.array([4e3, 9e3, 2e4]),
    )  # fmt: skip
    answer = choose(many)

    assert faults(many, answer.source) == []
    assert 0 <= answer.gap < 0.02
    assert (answer.status == "optimal") == (answer.bound - answer.value < 1e-5)
