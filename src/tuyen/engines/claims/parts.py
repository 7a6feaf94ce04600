"""What the nodes of a declared check do to columns, each a function written out here.

An expression is a tree of parts, joined once when its rules are read. A part works on a whole column
at a time, mostly in C, and what follows in an ``and`` or ``or`` is asked only of the rows still in question.
"""

import operator
from collections.abc import Callable, Sequence
from itertools import compress
from typing import Any, NamedTuple

Held = Sequence[Sequence[Any]]
Rows = Sequence[int]


class Part(NamedTuple):
    """One node of an expression, as functions of the columns and of the rows in question: its values
    row by row, the rows where it holds, and those where it does not."""

    values: Callable[[Held, Rows], Sequence[Any]]
    true: Callable[[Held, Rows], list[int]]
    false: Callable[[Held, Rows], list[int]]


def known(firm: Sequence[int]) -> Callable[[Held], Rows]:
    """Two columns at a time, and rows that fell out are not looked at again."""
    if not firm:
        return lambda held: range(len(held[0]))
    one, two = firm[0], firm[1 % len(firm)]

    def alone(held: Held) -> Rows:
        return [row for row, a in enumerate(held[one]) if a is not None]

    def pair(held: Held) -> Rows:
        columns = zip(held[one], held[two], strict=True)
        return [row for row, (a, b) in enumerate(columns) if a is not None and b is not None]

    first = alone if len(firm) == 1 else pair

    def further(held: Held) -> Rows:
        rows = first(held)
        for place in firm[2:]:
            column = _at(held[place], rows)
            rows = [row for row, a in zip(rows, column, strict=True) if a is not None]
        return rows

    return further if len(firm) > 2 else first


def _at(column: Sequence[Any], rows: Rows) -> Sequence[Any]:
    """The values of some rows; the column itself where they are all of them."""
    return column if len(rows) == len(column) else [column[row] for row in rows]


def _part(values: Callable[[Held, Rows], Sequence[Any]]) -> Part:
    def true(held: Held, rows: Rows) -> list[int]:
        return list(compress(rows, values(held, rows)))

    def false(held: Held, rows: Rows) -> list[int]:
        answers = values(held, rows)
        return [] if all(answers) else list(compress(rows, map(operator.not_, answers)))

    return Part(values, true, false)


def constant(value: Any) -> Part:
    return _part(lambda held, rows: [value] * len(rows))


def column(place: int) -> Part:
    return _part(lambda held, rows: _at(held[place], rows))


def listed(several: Sequence[Part]) -> Part:
    if not several:
        return constant(())
    return _part(
        lambda held, rows: list(zip(*[one.values(held, rows) for one in several], strict=True))
    )


def called(function: Callable[..., Any], args: Sequence[Part]) -> Part:
    """A word, an operator or a comparison, of the values of its parts."""
    if not args:
        return _part(lambda held, rows: [function() for _ in rows])
    if len(args) == 1:
        only = args[0].values
        return _part(lambda held, rows: list(map(function, only(held, rows))))
    if len(args) == 2:
        one, two = args[0].values, args[1].values
        return _part(lambda held, rows: list(map(function, one(held, rows), two(held, rows))))
    return _part(lambda held, rows: list(map(function, *[one.values(held, rows) for one in args])))


def bearing(compare: Callable[[Any, Any], Any], answer: bool, left: Part, right: Part) -> Part:
    """A comparison whose answer is ``answer`` where a side is not known."""
    return _part(
        lambda held, rows: [
            answer if a is None or b is None else compare(a, b)
            for a, b in zip(left.values(held, rows), right.values(held, rows), strict=True)
        ]
    )


def given(place: int) -> Part:
    return Part(
        lambda held, rows: [value is not None for value in _at(held[place], rows)],
        lambda held, rows: [row for row in rows if held[place][row] is not None],
        lambda held, rows: [row for row in rows if held[place][row] is None],
    )


def unless(part: Part) -> Part:
    return Part(
        lambda held, rows: [not answer for answer in part.values(held, rows)],
        part.false,
        part.true,
    )


def both(one: Part, two: Part) -> Part:
    """``and``: the second is asked only where the first holds."""

    def values(held: Held, rows: Rows) -> list[Any]:
        answers = one.values(held, rows)
        more = iter(two.values(held, list(compress(rows, answers))))
        return [next(more) if answer else answer for answer in answers]

    def true(held: Held, rows: Rows) -> list[int]:
        left = one.true(held, rows)
        return two.true(held, left) if left else left

    return Part(
        values, true, lambda held, rows: _further(one.false(held, rows), held, rows, two.false)
    )


def either(one: Part, two: Part) -> Part:
    """``or``: the second is asked only where the first does not hold."""

    def values(held: Held, rows: Rows) -> list[Any]:
        answers = one.values(held, rows)
        more = iter(two.values(held, list(compress(rows, map(operator.not_, answers)))))
        return [answer or next(more) for answer in answers]

    def false(held: Held, rows: Rows) -> list[int]:
        left = one.false(held, rows)
        return two.false(held, left) if left else left

    return Part(
        values, lambda held, rows: _further(one.true(held, rows), held, rows, two.true), false
    )


def _further(
    found: list[int], held: Held, rows: Rows, ask: Callable[[Held, Rows], list[int]]
) -> list[int]:
    """Rows found, and those that are found among the others."""
    if not found:
        return ask(held, rows)
    if len(found) == len(rows):
        return found
    gone = set(found)
    return sorted(found + ask(held, [row for row in rows if row not in gone]))


def choice(test: Part, body: Part, other: Part) -> Part:
    def values(held: Held, rows: Rows) -> list[Any]:
        answers = test.values(held, rows)
        yes = iter(body.values(held, list(compress(rows, answers))))
        no = iter(other.values(held, list(compress(rows, map(operator.not_, answers)))))
        return [next(yes) if answer else next(no) for answer in answers]

    return _part(values)
