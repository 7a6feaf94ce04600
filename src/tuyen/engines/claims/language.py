"""The small language of declared checks: one expression, understood once, run down whole columns.

An expression is a Python expression of names, constants, comparisons, arithmetic and calls of listed
words. A name in capitals is a field of the check's own table, in small letters a derived column
(``let``); ``XML1.NGAY_RA`` is the header's value, the same for each row of the visit. ``total``,
``count``, ``set_of``, ``kinds``, ``smallest``, ``largest`` and ``find`` gather another table by visit;
``before``, ``copy_of`` and ``same_within`` look at the rows above. Nothing else is an expression:
no attribute, subscript, lambda or float, so a rule of a site cannot reach the program. It is data and
never becomes program text: each node of the tree picks one of the functions written out in `parts`.

A name without a value makes the row silent, except inside ``given``, ``blank``, ``zero``,
``or_blank`` and ``or_else``.
"""

import ast
import operator
from collections.abc import Callable, Mapping, Sequence
from functools import reduce
from typing import Any, NamedTuple

from tuyen.engines.claims import parts
from tuyen.engines.claims.parts import Held, Part, Rows

GATHERING = frozenset({"total", "count", "set_of", "kinds", "smallest", "largest", "find"})
ABOVE = frozenset({"before", "copy_of", "same_within"})
FORGIVING = frozenset({"given", "blank", "zero", "or_blank", "or_else"})
OF_VISIT = frozenset({"visits", "common_key", "row"})

_ALLOWED = (
    ast.BoolOp, ast.And, ast.Or, ast.UnaryOp, ast.Not, ast.USub, ast.BinOp, ast.Add, ast.Sub,
    ast.Mult, ast.Div, ast.Compare, ast.Eq, ast.NotEq, ast.Lt, ast.LtE, ast.Gt, ast.GtE, ast.In,
    ast.NotIn, ast.IfExp, ast.Constant, ast.Tuple, ast.Name, ast.Load, ast.Call, ast.Attribute,
)  # fmt: skip


class BadExpression(ValueError):
    """A declared check is no expression of this language; says which and why."""


class Column(NamedTuple):
    """A column that an expression reads. ``how``: own, header, visit, a word of GATHERING or ABOVE;
    ``of`` are (table, name) pairs, the first being what is gathered or looked at."""

    how: str
    of: tuple[tuple[str, str], ...]


class Compiled(NamedTuple):
    """An expression understood: the columns it wants, and a function of them. ``run`` gives the
    numbers of the rows that break it, or its value by row: ``run(*columns)``."""

    columns: tuple[Column, ...]
    run: Callable[..., list[Any]]


class _Names(ast.NodeTransformer):
    """Turns each column an expression reads into a variable, and refuses what is not allowed."""

    def __init__(self, table: str, text: str, words: frozenset[str]) -> None:
        self.table, self.text, self.words = table, text, words
        self.columns: dict[Column, str] = {}
        self.firm: list[str] = []
        self.forgiving = 0
        self.unknown = "fine"

    def refuse(self, why: str) -> BadExpression:
        return BadExpression(f"{self.table}: {self.text!r}: {why}")

    def visit(self, node: ast.AST) -> Any:
        if not isinstance(node, (*_ALLOWED, ast.Expression)):
            raise self.refuse(f"{type(node).__name__} is not part of the language")
        return super().visit(node)

    def visit_Constant(self, node: ast.Constant) -> ast.Constant:
        if type(node.value) not in (int, str):
            raise self.refuse(f"{node.value!r} is neither a whole number nor a text")
        return node

    def column(self, column: Column) -> ast.Name:
        if any(part.startswith("_") for pair in column.of for part in pair):
            raise self.refuse("a name begins with a letter")
        name = self.columns.setdefault(column, f"v{len(self.columns)}")
        if not self.forgiving and name not in self.firm:
            self.firm.append(name)
        return ast.Name(name, ast.Load())

    def visit_Name(self, node: ast.Name) -> ast.Name:
        how = "visit" if node.id in OF_VISIT else "own"
        return self.column(Column(how, ((self.table, node.id),)))

    def visit_Attribute(self, node: ast.Attribute) -> ast.Name:
        table, name = self.pair(node)
        return self.column(Column("own" if table == self.table else "header", ((table, name),)))

    def visit_Compare(self, node: ast.Compare) -> ast.expr:
        """A comparison with a word's answer goes through a function that bears None."""
        self.generic_visit(node)
        sides = [node.left, *node.comparators]
        if not any(isinstance(inner, ast.Call) for side in sides for inner in ast.walk(side)):
            return node
        name = _OPERATORS.get(type(node.ops[0]))
        if len(node.ops) > 1 or name is None:
            raise self.refuse("compare a word's answer with one thing at a time")
        return ast.Call(ast.Name(f"{name}_{self.unknown}", ast.Load()), sides, [])

    def pair(self, node: ast.expr) -> tuple[str, str]:
        if isinstance(node, ast.Name):
            return self.table, node.id
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            return node.value.id, node.attr
        raise self.refuse("write FIELD or TABLE.FIELD")

    def visit_Call(self, node: ast.Call) -> ast.expr:
        if not isinstance(node.func, ast.Name) or node.keywords:
            raise self.refuse("only plain calls of listed words")
        word = node.func.id
        if word == "count":
            if len(node.args) != 1 or not isinstance(node.args[0], ast.Name):
                raise self.refuse("count takes the name of a table")
            return self.column(Column(word, ((node.args[0].id, ""),)))
        if word == "find":
            key, there, value = node.args
            found = self.column(Column(word, (self.pair(there), self.pair(value))))
            return ast.Call(ast.Name("find", ast.Load()), [found, self.visit(key)], [])
        if word in GATHERING or word in ABOVE:
            return self.column(Column(word, tuple(self.pair(arg) for arg in node.args)))
        if word not in self.words and word not in FORGIVING:
            raise self.refuse(f"{word} is not a word of the language")
        self.forgiving += word in FORGIVING
        args = [self.visit(arg) for arg in node.args]
        self.forgiving -= word in FORGIVING
        return ast.Call(ast.Name(word, ast.Load()), args, [])


_FORGIVING: dict[str, Callable[..., Any]] = {
    "given": lambda value: value is not None,
    "blank": lambda value: value is None,
    "zero": lambda value: 0 if value is None else value,
    "or_blank": lambda value: "" if value is None else value,
    "or_else": lambda value, other: other if value is None else value,
    "find": lambda found, key: found.get(key),
}
_COMPARING = {
    "eq": operator.eq, "ne": operator.ne, "lt": operator.lt, "le": operator.le,
    "gt": operator.gt, "ge": operator.ge, "in": lambda one, many: one in many,
    "not in": lambda one, many: one not in many,
}  # fmt: skip
_OPERATORS: dict[type[ast.cmpop], str] = {
    ast.Eq: "eq", ast.NotEq: "ne", ast.Lt: "lt", ast.LtE: "le", ast.Gt: "gt", ast.GtE: "ge",
    ast.In: "in",
}  # fmt: skip
_REACHING: dict[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul,
    ast.Div: operator.truediv,
}  # fmt: skip
_UNKNOWN = {
    f"{name}_{said}": (name, said == "fine") for name in _COMPARING for said in ("fine", "not")
}


def compile_check(
    table: str, when: str, holds: str, scope: Mapping[str, Callable[..., Any]]
) -> Compiled:
    """A check as a function from columns to the numbers of the rows that break it.

    Raises
    ------
    BadExpression
        If either text is outside the language.
    """
    names = _Names(table, holds, frozenset(scope))
    names.unknown = "not"
    condition = names.visit(_parsed(table, when)) if when else None
    names.unknown = "fine"
    body = names.visit(_parsed(table, holds))
    builder = _Builder(names, scope)
    applies = builder.part(condition).true if condition is not None else None
    breaks = _breaking(body, builder.part(body))
    known = builder.known()

    def check(*held: Sequence[Any]) -> list[int]:
        rows = known(held)
        if applies is not None and rows:
            rows = applies(held, rows)
        return breaks(held, rows) if rows else []

    return Compiled(tuple(names.columns), check)


def compile_value(table: str, text: str, scope: Mapping[str, Callable[..., Any]]) -> Compiled:
    """An expression as a function from columns to its value by row; None where a name has none."""
    names = _Names(table, text, frozenset(scope))
    builder = _Builder(names, scope)
    value = builder.part(names.visit(_parsed(table, text))).values
    known = builder.known()

    def by_row(*held: Sequence[Any]) -> list[Any]:
        rows = known(held)
        if len(rows) == len(held[0]):
            return list(value(held, rows))
        answers: list[Any] = [None] * len(held[0])
        for row, answer in zip(rows, value(held, rows), strict=True):
            answers[row] = answer
        return answers

    return Compiled(tuple(names.columns), by_row)


def _parsed(table: str, text: str) -> ast.expr:
    try:
        return ast.parse(text.strip(), mode="eval").body
    except (SyntaxError, ValueError, RecursionError) as error:
        raise BadExpression(f"{table}: {text!r}: {error}") from error


class _Builder:
    """Parts of the nodes that `_Names` let through."""

    def __init__(self, names: _Names, scope: Mapping[str, Callable[..., Any]]) -> None:
        self.names = names
        self.words = {**scope, **_FORGIVING}

    def known(self) -> Callable[[Held], Rows]:
        """Which rows have every name that must have a value. Comes after all parts are built."""
        if not self.names.columns:
            self.names.column(Column("visit", ((self.names.table, "row"),)))  # a constant by row
            return lambda held: range(len(held[0]))
        return parts.known([self.place(name) for name in self.names.firm])

    def place(self, name: str) -> int:
        return list(self.names.columns.values()).index(name)

    def part(self, node: ast.expr) -> Part:
        match node:
            case ast.Constant(value):
                return parts.constant(value)
            case ast.Name(name):
                return parts.column(self.place(name))
            case ast.Tuple(several):
                return parts.listed([self.part(one) for one in several])
            case ast.UnaryOp(ast.Not(), inner):
                return parts.unless(self.part(inner))
            case ast.UnaryOp(_, inner):
                return parts.called(operator.neg, [self.part(inner)])
            case ast.BinOp(left, reach, right):
                return parts.called(_REACHING[type(reach)], [self.part(left), self.part(right)])
            case ast.BoolOp(how, several):
                join = parts.both if isinstance(how, ast.And) else parts.either
                joined = [self.part(one) for one in reversed(several)]
                return reduce(lambda later, one: join(one, later), joined)
            case ast.IfExp(test, body, other):
                return parts.choice(self.part(test), self.part(body), self.part(other))
            case ast.Compare(first, ops, others):
                return self.compared(first, ops, others)
            case ast.Call(ast.Name(word), args):
                return self.call(word, args)
        raise self.names.refuse(f"{type(node).__name__} is not part of the language")

    def compared(
        self, first: ast.expr, ops: Sequence[ast.cmpop], others: Sequence[ast.expr]
    ) -> Part:
        """``a < b < c`` is ``a < b and b < c``."""
        sides = [first, *others]
        links = []
        for op, left, right in zip(ops, sides, others, strict=False):
            listed = _listed(right)
            if isinstance(op, ast.In | ast.NotIn) and listed is not None:
                among = parts.called(listed.__contains__, [self.part(left)])
                links.append(parts.unless(among) if isinstance(op, ast.NotIn) else among)
            else:
                compare = _COMPARING[_OPERATORS.get(type(op), "not in")]
                links.append(parts.called(compare, [self.part(left), self.part(right)]))
        return reduce(lambda later, one: parts.both(one, later), reversed(links))

    def call(self, word: str, args: Sequence[ast.expr]) -> Part:
        inner = [self.part(arg) for arg in args]
        if word in _UNKNOWN:
            name, answer = _UNKNOWN[word]
            return parts.bearing(_COMPARING[name], answer, *inner)
        if word in ("given", "blank") and len(args) == 1 and isinstance(args[0], ast.Name):
            given = parts.given(self.place(args[0].id))
            return given if word == "given" else parts.unless(given)
        return parts.called(self.words[word], inner)


def _listed(node: ast.expr) -> tuple[Any, ...] | None:
    """The values of a tuple that holds only constants."""
    inner = node.elts if isinstance(node, ast.Tuple) else []
    held = tuple(one.value for one in inner if isinstance(one, ast.Constant))
    return held if held and len(held) == len(inner) else None


def _breaking(body: ast.expr, part: Part) -> Callable[[Held, Rows], list[int]]:
    """The rows where a body fails. A word that gave None says nothing, so its check does not fail."""
    if not isinstance(body, ast.Call):
        return part.false

    def breaking(held: Held, rows: Rows) -> list[int]:
        answers = part.values(held, rows)
        pairs = zip(rows, answers, strict=True)
        return [row for row, answer in pairs if not answer and answer is not None]

    return breaking


def names_in(texts: Sequence[str]) -> set[str]:
    """Every name that expressions mention, for a guard of the rules."""
    return {
        node.id for text in texts for node in ast.walk(_parsed("", text))
        if isinstance(node, ast.Name)
    }  # fmt: skip
