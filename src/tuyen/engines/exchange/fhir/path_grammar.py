"""The grammar of FHIRPath: from text to a tree of tuples.

Source: https://hl7.org/fhirpath/N1/grammar.html, precedence table of section 6.8. A tree is one of
``("literal", value, type)``, ``("name", text)``, ``("call", name, arguments)``, ``("variable", name)``,
``("this",)``, ``("index",)``, ``("total",)``, ``("empty",)``, ``("dot", left, right)``,
``("at", left, index)``, ``("unary", sign, operand)``, ``("type", operator, left, name)`` and
``("binary", operator, left, right)``.
"""

import re
from decimal import Decimal
from typing import Any

Tree = tuple[Any, ...]

_TOKEN = re.compile(
    r"""\s+|//[^\n]*|/\*.*?\*/
    |(?P<date>@T?[0-9][0-9T:.+Z-]*)
    |(?P<number>[0-9]+(?:\.[0-9]+)?)
    |(?P<string>'(?:[^'\\]|\\.)*')
    |(?P<quoted>`(?:[^`\\]|\\.)*`|"(?:[^"\\]|\\.)*")
    |(?P<variable>%(?:[A-Za-z_][A-Za-z0-9_-]*|`[^`]*`|'[^']*'))
    |(?P<special>\$this|\$index|\$total)
    |(?P<name>[A-Za-z_][A-Za-z0-9_]*)
    |(?P<sign><=|>=|!=|!~|[.,()\[\]{}|&+*/=~<>-])""",
    re.VERBOSE | re.DOTALL,
)
_ESCAPE = re.compile(r"\\(u[0-9a-fA-F]{4}|.)", re.DOTALL)
_ESCAPED = {"n": "\n", "r": "\r", "t": "\t", "f": "\f"}

LEVELS = (
    ("implies",), ("or", "xor"), ("and",), ("in", "contains"), ("=", "~", "!=", "!~"),
    ("<=", "<", ">", ">="), ("|",), ("is", "as"), ("+", "-", "&"), ("*", "/", "div", "mod"),
)  # fmt: skip
"""Binary operators from the loosest to the tightest."""


class BadPath(ValueError):
    """An expression that is not FHIRPath, with what was found where."""


def parse(text: str) -> Tree:
    """The tree of an expression.

    >>> parse("a.b = 'c'")
    ('binary', '=', ('dot', ('name', 'a'), ('name', 'b')), ('literal', 'c', 'String'))

    Raises
    ------
    BadPath
    """
    reader = _Reader(text)
    tree = reader.level(0)
    if reader.at is not None:
        raise BadPath(f"{text!r}: {reader.at[1]!r} was not expected")
    return tree


class _Reader:
    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens = self._tokens(text)
        self.place = 0

    @staticmethod
    def _tokens(text: str) -> list[tuple[str, str]]:
        found, place = [], 0
        while place < len(text):
            token = _TOKEN.match(text, place)
            if token is None:
                raise BadPath(f"{text!r}: {text[place]!r} at {place} is no FHIRPath")
            if token.lastgroup:
                found.append((token.lastgroup, token.group()))
            place = token.end()
        return found

    @property
    def at(self) -> tuple[str, str] | None:
        return self.tokens[self.place] if self.place < len(self.tokens) else None

    def take(self, sign: str) -> bool:
        if self.at and self.at[1] == sign and self.at[0] in ("sign", "name"):
            self.place += 1
            return True
        return False

    def need(self, sign: str) -> None:
        if not self.take(sign):
            found = self.at[1] if self.at else "the end"
            raise BadPath(f"{self.text!r}: expected {sign!r}, found {found!r}")

    def level(self, number: int) -> Tree:
        if number == len(LEVELS):
            return self.unary()
        left = self.level(number + 1)
        while operator := next((sign for sign in LEVELS[number] if self.take(sign)), None):
            if operator in ("is", "as"):
                left = ("type", operator, left, self.type_name())
            else:
                left = ("binary", operator, left, self.level(number + 1))
        return left

    def unary(self) -> Tree:
        for sign in "+-":
            if self.take(sign):
                return ("unary", sign, self.unary())
        return self.steps()

    def steps(self) -> Tree:
        tree = self.term()
        while True:
            if self.take("."):
                tree = ("dot", tree, self.invocation())
            elif self.take("["):
                tree = ("at", tree, self.level(0))
                self.need("]")
            else:
                return tree

    def term(self) -> Tree:
        if self.take("("):
            tree = self.level(0)
            self.need(")")
            return tree
        if self.take("{"):
            self.need("}")
            return ("empty",)
        if self.at is None:
            raise BadPath(f"{self.text!r}: the end was not expected")
        group, text = self.at
        if group == "number":
            self.place += 1
            return self.quantity(text)
        if group == "string":
            self.place += 1
            return ("literal", unescaped(text), "String")
        if group == "date":
            self.place += 1
            kind = "Time" if text.startswith("@T") else "DateTime" if "T" in text else "Date"
            return ("literal", text.removeprefix("@").removeprefix("T" * (kind == "Time")), kind)
        if group == "variable":
            self.place += 1
            return ("variable", text[1:].strip("`'"))
        if text in ("true", "false"):
            self.place += 1
            return ("literal", text == "true", "Boolean")
        return self.invocation()

    def quantity(self, number: str) -> Tree:
        """A number, or a number with a unit: ``4 days``, ``1 'mg'``."""
        if self.at and self.at[0] == "string":
            unit = unescaped(self.at[1])
            self.place += 1
            return ("literal", {"value": Decimal(number), "code": unit}, "Quantity")
        if "." in number:
            return ("literal", Decimal(number), "Decimal")
        return ("literal", int(number), "Integer")

    def invocation(self) -> Tree:
        if self.at is None:
            raise BadPath(f"{self.text!r}: a name is missing at the end")
        group, text = self.at
        self.place += 1
        if group == "special":
            return (text[1:],)
        if group not in ("name", "quoted"):
            raise BadPath(f"{self.text!r}: expected a name, found {text!r}")
        name = unescaped(text) if group == "quoted" else text
        if not self.take("("):
            return ("name", name)
        arguments: list[Tree] = []
        while not self.take(")"):
            if arguments:
                self.need(",")
            arguments.append(self.level(0))
        return ("call", name, tuple(arguments))

    def type_name(self) -> str:
        parts = [self.invocation()[1]]
        while self.take("."):
            parts.append(self.invocation()[1])
        return ".".join(parts)


def unescaped(quoted: str) -> str:
    """The text between quotes, with its escapes resolved."""

    def one(found: re.Match[str]) -> str:
        sign = found[1]
        return chr(int(sign[1:], 16)) if len(sign) == 5 else _ESCAPED.get(sign, sign)

    return _ESCAPE.sub(one, quoted[1:-1])
