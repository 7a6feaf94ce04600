"""Expressions run down columns say what Python says of each row: the same grammar, no program text."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tuyen.engines.claims.language import Column, compile_check, compile_value

NAMES = ("A", "B", "C")
WORDS = {"max": max, "odd": lambda value: value % 2, "three": lambda: 3}
FORGIVING = {
    "given": lambda value: value is not None,
    "blank": lambda value: value is None,
    "zero": lambda value: 0 if value is None else value,
    "or_else": lambda value, other: other if value is None else value,
}


def name(firm):
    return st.sampled_from(NAMES).map(lambda text: (text, {text} if firm else set()))


def joined(pattern, *parts):
    """A text of several, and the names in them that must have a value."""
    return st.tuples(*parts).map(
        lambda held: (
            pattern.format(*(text for text, _ in held)),
            set().union(*(firm for _, firm in held)),
        )
    )


CONSTANT = st.integers(0, 3).map(lambda value: (str(value), set()))
PLAIN = name(firm=True) | CONSTANT
NUMBER = (
    PLAIN
    | joined("({} + {})", PLAIN, PLAIN) | joined("({} - {} * {})", PLAIN, PLAIN, PLAIN)
    | joined("-{}", PLAIN)
    | joined("zero({})", name(firm=False)) | joined("or_else({}, {})", name(firm=False), CONSTANT)
    | joined("max({}, {})", PLAIN, PLAIN) | joined("max({}, {}, {})", PLAIN, PLAIN, PLAIN)
    | joined("three()")
)  # fmt: skip
SIGN = st.sampled_from(["==", "!=", "<", "<=", ">", ">="]).map(lambda sign: (sign, set()))
SIMPLE = (
    joined("{} {} {}", NUMBER, SIGN, NUMBER)
    | joined("{} < {} <= {}", PLAIN, PLAIN, PLAIN)
    | joined("{} in (1, {})", NUMBER, PLAIN) | joined("{} not in ({}, 1)", PLAIN, PLAIN)
    | joined("{} in (1, 2)", NUMBER) | joined("{} not in (1, 2)", PLAIN)
    | joined("given({})", name(firm=False)) | joined("blank({})", name(firm=False))
    | joined("odd({})", name(firm=True))
)  # fmt: skip
TEST = st.recursive(
    SIMPLE,
    lambda inner: (
        joined("({} and {})", inner, inner) | joined("({} or {} or {})", inner, inner, inner)
        | joined("(not {})", inner) | joined("({} if {} else {})", inner, inner, inner)
    ),
    max_leaves=6,
)  # fmt: skip
ROWS = st.lists(st.tuples(*[st.none() | st.integers(0, 3)] * len(NAMES)), max_size=8)


def by_python(text, row):
    return eval(
        text, {"__builtins__": {}, **WORDS, **FORGIVING, **dict(zip(NAMES, row, strict=True))}
    )


def known(firm, row):
    return all(row[NAMES.index(one)] is not None for one in firm)


def run(made, rows):
    at = {one: [row[place] for row in rows] for place, one in enumerate(NAMES)}
    return made.run(
        *(list(range(len(rows))) if how == "visit" else at[of[0][1]] for how, of in made.columns)
    )


@settings(max_examples=300, deadline=None)
@given(when=st.just(("", set())) | TEST, holds=TEST, rows=ROWS)
def test_the_rows_that_break_a_check_are_those_that_python_finds(when, holds, rows):
    made = compile_check("T", when[0], holds[0], WORDS)

    assert run(made, rows) == [
        place
        for place, row in enumerate(rows)
        if known(when[1] | holds[1], row)
        and (not when[0] or by_python(when[0], row))
        and not by_python(holds[0], row)
    ]


@settings(max_examples=300, deadline=None)
@given(text=NUMBER | TEST, rows=ROWS)
def test_a_value_is_what_python_makes_of_the_row(text, rows):
    made = compile_value("T", text[0], WORDS)

    assert run(made, rows) == [
        by_python(text[0], row) if known(text[1], row) else None for row in rows
    ]


@pytest.mark.parametrize(
    ("when", "holds", "broken"),
    [
        ("", "maybe(A)", [0]),
        ("", "not maybe(A)", [1]),
        ("", "maybe(A) == 1", [0]),
        ("", "not maybe(A) == 1", [1, 2]),
        ("", "maybe(A) in (1, B)", [0]),
        ("maybe(A) == 1", "B == 1", [1]),
        ("maybe(A) != 9", "B == 1", [0, 1]),
        ("maybe(A)", "B == 1", [1]),
    ],
)
def test_a_word_without_an_answer_is_fine_in_a_check_and_no_condition(when, holds, broken):
    check = compile_check("T", when, holds, {"maybe": {0: 0, 1: 1, 2: None}.get})

    assert run(check, [(0, 2, 0), (1, 2, 0), (2, 2, 0), (None, 2, 0)]) == broken


def test_what_follows_is_asked_only_of_the_rows_still_in_question():
    check = compile_check("T", "B != 0 and A / B > 1", "C == 0 or A / C > 1", {})

    assert run(check, [(1, 0, 1), (4, 2, 0), (4, 2, 8), (4, 2, 2)]) == [2]


def test_a_constant_has_a_value_in_every_row():
    made = compile_value("T", "1", {})

    assert made.columns == (Column("visit", (("T", "row"),)),)
    assert made.run([7, 8]) == [1, 1]


def test_a_column_that_is_handed_out_is_a_list_of_its_own():
    column = [1, 2]

    assert compile_value("T", "A", {}).run(column) is not column
