"""The small language of declared checks: one expression, compiled once, run down whole columns.

An expression is a Python expression of names, constants, comparisons, arithmetic and calls of listed
words. A name in capitals is a field of the check's own table, in small letters a derived column
(``let``); ``XML1.NGAY_RA`` is the header's value, the same for each row of the visit. ``total``,
``count``, ``set_of``, ``kinds``, ``smallest``, ``largest`` and ``find`` gather another table by visit;
``before``, ``copy_of`` and ``same_within`` look at the rows above. Nothing else is an expression:
no attribute, subscript, lambda or float, so a rule of a site cannot reach the program.

A name without a value makes the row silent, except inside ``given``, ``blank``, ``zero``,
``or_blank`` and ``or_else``.
"""

import ast
import operator
from collections.abc import Callable, Mapping, Sequence
from types import CodeType, FunctionType
from typing import Any, NamedTuple

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
    """A compiled expression: the columns it wants, and functions of them. ``run`` gives the
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
    body: ast.expr = ast.UnaryOp(ast.Not(), _unknown_is_fine(names.visit(_parsed(table, holds))))
    tests = [_is_known(name) for name in names.firm]
    if condition is not None:
        tests.append(condition)
    whole = [*tests, body]
    element: ast.expr = ast.Name("i", ast.Load())
    return _compiled(
        names, element, [ast.BoolOp(ast.And(), whole) if len(whole) > 1 else body], scope
    )


def compile_value(table: str, text: str, scope: Mapping[str, Callable[..., Any]]) -> Compiled:
    """An expression as a function from columns to its value by row; None where a name has none."""
    names = _Names(table, text, frozenset(scope))
    value = names.visit(_parsed(table, text))
    if names.firm:
        known = [_is_known(name) for name in names.firm]
        test = ast.BoolOp(ast.And(), known) if len(known) > 1 else known[0]
        value = ast.IfExp(test, value, ast.Constant(None))
    return _compiled(names, value, [], scope)


def _parsed(table: str, text: str) -> ast.expr:
    try:
        return ast.parse(text.strip(), mode="eval").body
    except (SyntaxError, ValueError, RecursionError) as error:
        raise BadExpression(f"{table}: {text!r}: {error}") from error


def _is_known(name: str) -> ast.expr:
    return ast.Compare(ast.Name(name, ast.Load()), [ast.IsNot()], [ast.Constant(None)])


def _unknown_is_fine(node: ast.expr) -> ast.expr:
    """A word that gave None says nothing, so the check does not fail."""
    return (
        ast.Call(ast.Name("holds", ast.Load()), [node], []) if isinstance(node, ast.Call) else node
    )


def _comparing(name: str, answer: bool) -> Callable[[Any, Any], bool]:
    """A comparison whose answer is ``answer`` where a side is not known."""
    compare = getattr(operator, name) if name != "in" else lambda a, b: a in b
    return lambda a, b: answer if a is None or b is None else bool(compare(a, b))


_COMPARING = {
    f"{name}_{'fine' if answer else 'not'}": _comparing(name, answer)
    for name in ("eq", "ne", "lt", "le", "gt", "ge", "in")
    for answer in (True, False)
}
_OPERATORS = {
    ast.Eq: "eq", ast.NotEq: "ne", ast.Lt: "lt", ast.LtE: "le", ast.Gt: "gt", ast.GtE: "ge",
    ast.In: "in",
}  # fmt: skip


def _compiled(
    names: _Names, element: ast.expr, tests: list[ast.expr], scope: Mapping[str, Any]
) -> Compiled:
    """A function of columns that is one list comprehension over all rows."""
    if not names.columns:
        names.column(Column("visit", ((names.table, "row"),)))  # a constant, for every row
    held = list(names.columns.values())
    inner: list[ast.expr] = [ast.Name(name, ast.Store()) for name in held]
    target = ast.Tuple([ast.Name("i", ast.Store()), ast.Tuple(inner, ast.Store())], ast.Store())
    zipped = ast.Call(
        ast.Name("zip", ast.Load()), [ast.Name(f"c_{name}", ast.Load()) for name in held], []
    )
    source = ast.Call(ast.Name("enumerate", ast.Load()), [zipped], [])
    body = ast.ListComp(element, [ast.comprehension(target, source, tests, 0)])
    args = [ast.arg(f"c_{name}") for name in held]
    function = ast.Lambda(ast.arguments([], args, None, [], [], None, []), body)
    tree = ast.fix_missing_locations(ast.Expression(function))
    code = next(
        part for part in compile(tree, "<check>", "eval").co_consts if isinstance(part, CodeType)
    )
    world = {
        **scope, **_FORGIVING, **_COMPARING, "zip": zip, "enumerate": enumerate,
        "holds": lambda answer: answer is None or answer, "__builtins__": {},
    }  # fmt: skip
    return Compiled(tuple(names.columns), FunctionType(code, world, "check"))


def names_in(texts: Sequence[str]) -> set[str]:
    """Every name that expressions mention, for a guard of the rules."""
    return {
        node.id for text in texts for node in ast.walk(_parsed("", text))
        if isinstance(node, ast.Name)
    }  # fmt: skip
