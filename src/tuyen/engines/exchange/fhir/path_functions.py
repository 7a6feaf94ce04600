"""The functions of FHIRPath that the invariants of R4 use, and their near kin.

Source: https://hl7.org/fhirpath/N1/ section 5, https://hl7.org/fhir/R4/fhirpath.html. Each takes the
scope, the input collection and its arguments as functions of (scope, focus).
"""

import re
from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from typing import Any

from tuyen.engines.exchange.fhir.definitions import Type
from tuyen.engines.exchange.fhir.path_values import (
    FALSE,
    NOTHING,
    TRUE,
    Node,
    Nodes,
    Walker,
    equal,
    truth,
)  # fmt: skip


class Scope:
    """What an expression knows beside its focus: the resource, its container, a resolver."""

    __slots__ = ("context", "index", "resolve", "resource", "root", "this", "walker")

    def __init__(
        self,
        walker: Walker,
        resource: Node,
        root: Node,
        resolve: Callable[[str], Node | None] = lambda reference: None,
    ) -> None:
        self.walker = walker
        self.resource = resource
        self.root = root
        self.resolve = resolve
        self.context: Nodes = NOTHING
        self.this: Nodes = NOTHING
        self.index = 0


Compiled = Callable[[Scope, Nodes], Nodes]
Function = Callable[..., Nodes]

FUNCTIONS: dict[str, Function] = {}
MOST = 100_000
"""Nodes that ``repeat`` and ``descendants`` follow."""


def function(name: str) -> Callable[[Function], Function]:
    def register(made: Function) -> Function:
        FUNCTIONS[name] = made
        return made

    return register


def is_true(found: Nodes) -> bool:
    """A collection as a criterion: true, or one value that is no truth value."""
    return len(found) == 1 and found[0].value is not False


def each(scope: Scope, nodes: Nodes, ask: Compiled) -> list[Nodes]:
    """What an expression gives for each node, which is its ``$this``."""
    this, index = scope.this, scope.index
    answers = []
    for number, node in enumerate(nodes):
        scope.this, scope.index = [node], number
        answers.append(ask(scope, scope.this))
    scope.this, scope.index = this, index
    return answers


def matching(scope: Scope, nodes: Nodes, ask: Compiled) -> Nodes:
    answers = each(scope, nodes, ask)
    return [node for node, found in zip(nodes, answers, strict=True) if is_true(found)]


def among(node: Node, nodes: Nodes) -> bool:
    return any(equal(node, other) for other in nodes)


def distinct(nodes: Nodes) -> Nodes:
    found: Nodes = []
    seen: set[Any] = set()
    for node in nodes:
        key = None if node.complex else (type(node.value) is bool, node.value)
        if key is None:
            if not among(node, found):
                found.append(node)
        elif key not in seen:
            seen.add(key)
            found.append(node)
    return found


def text_of(nodes: Nodes) -> str | None:
    """The text of one node; None where there is not just one, or it is no text."""
    return nodes[0].value if len(nodes) == 1 and isinstance(nodes[0].value, str) else None


def string(value: str) -> Nodes:
    return [Node(value, "System.String")]


def integer(value: int) -> Nodes:
    return [Node(value, "System.Integer")]


# --- Existence ---------------------------------------------------------------------------------


@function("exists")
def exists(scope: Scope, nodes: Nodes, ask: Compiled | None = None) -> Nodes:
    return truth(bool(matching(scope, nodes, ask) if ask else nodes))


@function("empty")
def empty(scope: Scope, nodes: Nodes) -> Nodes:
    return FALSE if nodes else TRUE


@function("not")
def not_(scope: Scope, nodes: Nodes) -> Nodes:
    return truth(not is_true(nodes)) if len(nodes) == 1 else NOTHING


@function("all")
def all_(scope: Scope, nodes: Nodes, ask: Compiled) -> Nodes:
    return truth(all(is_true(found) for found in each(scope, nodes, ask)))


@function("allTrue")
def all_true(scope: Scope, nodes: Nodes) -> Nodes:
    return truth(all(node.value is True for node in nodes))


@function("anyTrue")
def any_true(scope: Scope, nodes: Nodes) -> Nodes:
    return truth(any(node.value is True for node in nodes))


@function("allFalse")
def all_false(scope: Scope, nodes: Nodes) -> Nodes:
    return truth(all(node.value is False for node in nodes))


@function("anyFalse")
def any_false(scope: Scope, nodes: Nodes) -> Nodes:
    return truth(any(node.value is False for node in nodes))


@function("count")
def count(scope: Scope, nodes: Nodes) -> Nodes:
    return integer(len(nodes))


@function("distinct")
def distinct_(scope: Scope, nodes: Nodes) -> Nodes:
    return distinct(nodes)


@function("isDistinct")
def is_distinct(scope: Scope, nodes: Nodes) -> Nodes:
    return truth(len(distinct(nodes)) == len(nodes))


@function("subsetOf")
def subset_of(scope: Scope, nodes: Nodes, other: Compiled) -> Nodes:
    others = other(scope, scope.this)
    return truth(all(among(node, others) for node in nodes))


@function("supersetOf")
def superset_of(scope: Scope, nodes: Nodes, other: Compiled) -> Nodes:
    return truth(all(among(node, nodes) for node in other(scope, scope.this)))


@function("hasValue")
def has_value(scope: Scope, nodes: Nodes) -> Nodes:
    return truth(len(nodes) == 1 and not nodes[0].complex and nodes[0].value is not None)


@function("getValue")
def get_value(scope: Scope, nodes: Nodes) -> Nodes:
    return nodes if has_value(scope, nodes) is TRUE else NOTHING


# --- Choosing ----------------------------------------------------------------------------------


@function("where")
def where(scope: Scope, nodes: Nodes, ask: Compiled) -> Nodes:
    return matching(scope, nodes, ask)


@function("select")
def select(scope: Scope, nodes: Nodes, ask: Compiled) -> Nodes:
    return [node for found in each(scope, nodes, ask) for node in found]


@function("repeat")
def repeat(scope: Scope, nodes: Nodes, ask: Compiled) -> Nodes:
    found: Nodes = []
    waiting = nodes
    while waiting and len(found) < MOST:
        waiting = [n for n in select(scope, waiting, ask) if not among(n, found)]
        found += distinct(waiting)
    return found


@function("ofType")
def of_type(scope: Scope, nodes: Nodes, name: str) -> Nodes:
    return [node for node in nodes if scope.walker.is_a(node, name)]


@function("as")
def as_(scope: Scope, nodes: Nodes, name: str) -> Nodes:
    return of_type(scope, nodes, name)


@function("is")
def is_(scope: Scope, nodes: Nodes, name: str) -> Nodes:
    return truth(scope.walker.is_a(nodes[0], name)) if len(nodes) == 1 else NOTHING


@function("first")
def first(scope: Scope, nodes: Nodes) -> Nodes:
    return nodes[:1]


@function("last")
def last(scope: Scope, nodes: Nodes) -> Nodes:
    return nodes[-1:]


@function("tail")
def tail(scope: Scope, nodes: Nodes) -> Nodes:
    return nodes[1:]


@function("single")
def single(scope: Scope, nodes: Nodes) -> Nodes:
    return nodes if len(nodes) == 1 else NOTHING


@function("skip")
def skip(scope: Scope, nodes: Nodes, number: Compiled) -> Nodes:
    return nodes[max(0, _whole(scope, number)) :]


@function("take")
def take(scope: Scope, nodes: Nodes, number: Compiled) -> Nodes:
    return nodes[: max(0, _whole(scope, number))]


def _whole(scope: Scope, number: Compiled) -> int:
    found = number(scope, scope.this)
    return found[0].value if len(found) == 1 and isinstance(found[0].value, int) else 0


@function("intersect")
def intersect(scope: Scope, nodes: Nodes, other: Compiled) -> Nodes:
    others = other(scope, scope.this)
    return distinct([node for node in nodes if among(node, others)])


@function("exclude")
def exclude(scope: Scope, nodes: Nodes, other: Compiled) -> Nodes:
    others = other(scope, scope.this)
    return [node for node in nodes if not among(node, others)]


@function("union")
def union(scope: Scope, nodes: Nodes, other: Compiled) -> Nodes:
    return distinct([*nodes, *other(scope, scope.this)])


@function("combine")
def combine(scope: Scope, nodes: Nodes, other: Compiled) -> Nodes:
    return [*nodes, *other(scope, scope.this)]


@function("iif")
def iif(
    scope: Scope, nodes: Nodes, ask: Compiled, yes: Compiled, no: Compiled | None = None
) -> Nodes:
    if is_true(ask(scope, nodes)):
        return yes(scope, nodes)
    return no(scope, nodes) if no else NOTHING


@function("trace")
def trace(scope: Scope, nodes: Nodes, *arguments: Compiled) -> Nodes:
    """Shows nothing: an engine writes no log."""
    return nodes


# --- The tree ----------------------------------------------------------------------------------


@function("children")
def children(scope: Scope, nodes: Nodes) -> Nodes:
    return [child for node in nodes for child in scope.walker.children(node)]


@function("descendants")
def descendants(scope: Scope, nodes: Nodes) -> Nodes:
    found: Nodes = []
    waiting = children(scope, nodes)
    while waiting and len(found) < MOST:
        found += waiting
        waiting = children(scope, waiting)
    return found


@function("extension")
def extension(scope: Scope, nodes: Nodes, url: Compiled) -> Nodes:
    wanted = text_of(url(scope, scope.this))
    found = (child for node in nodes for child in scope.walker.child(node, "extension"))
    return [node for node in found if node.value.get("url") == wanted]


@function("resolve")
def resolve(scope: Scope, nodes: Nodes) -> Nodes:
    found: Nodes = []
    for node in nodes:
        target = node.value.get("reference") if node.complex else node.value
        made = scope.resolve(target) if isinstance(target, str) else None
        if made is not None:
            found.append(made)
    return found


@function("type")
def type_(scope: Scope, nodes: Nodes) -> Nodes:
    names = (n.kind.name if isinstance(n.kind, Type) else n.kind for n in nodes)
    return [Node(name, "System.String") for name in names]


# --- Texts and numbers -------------------------------------------------------------------------


def _of_texts(name: str, ask: Callable[[str, str], Nodes]) -> None:
    """Register a function of a text and one argument that is a text."""

    @function(name)
    def made(scope: Scope, nodes: Nodes, argument: Compiled) -> Nodes:
        text, other = text_of(nodes), text_of(argument(scope, scope.this))
        return NOTHING if text is None or other is None else ask(text, other)


_of_texts("startsWith", lambda text, other: truth(text.startswith(other)))
_of_texts("endsWith", lambda text, other: truth(text.endswith(other)))
_of_texts("contains", lambda text, other: truth(other in text))
_of_texts("indexOf", lambda text, other: integer(text.find(other)))
_of_texts("matches", lambda text, other: truth(re.fullmatch(other, text, re.DOTALL) is not None))


@function("substring")
def substring(scope: Scope, nodes: Nodes, start: Compiled, length: Compiled | None = None) -> Nodes:
    text, begin = text_of(nodes), _whole(scope, start)
    if text is None or not 0 <= begin < len(text):
        return NOTHING
    return string(text[begin : begin + _whole(scope, length)] if length else text[begin:])


@function("replace")
def replace(scope: Scope, nodes: Nodes, old: Compiled, new: Compiled) -> Nodes:
    text, out = text_of(nodes), text_of(old(scope, scope.this))
    into = text_of(new(scope, scope.this))
    if text is None or out is None or into is None:
        return NOTHING
    return string(text.replace(out, into))


@function("replaceMatches")
def replace_matches(scope: Scope, nodes: Nodes, old: Compiled, new: Compiled) -> Nodes:
    text, out = text_of(nodes), text_of(old(scope, scope.this))
    into = text_of(new(scope, scope.this))
    if text is None or out is None or into is None:
        return NOTHING
    return string(re.sub(out, into, text))


@function("length")
def length_(scope: Scope, nodes: Nodes) -> Nodes:
    text = text_of(nodes)
    return NOTHING if text is None else integer(len(text))


@function("upper")
def upper(scope: Scope, nodes: Nodes) -> Nodes:
    text = text_of(nodes)
    return NOTHING if text is None else string(text.upper())


@function("lower")
def lower(scope: Scope, nodes: Nodes) -> Nodes:
    text = text_of(nodes)
    return NOTHING if text is None else string(text.lower())


@function("toInteger")
def to_integer(scope: Scope, nodes: Nodes) -> Nodes:
    if len(nodes) != 1:
        return NOTHING
    value = nodes[0].value
    if isinstance(value, (bool, int)):
        return integer(int(value))
    whole = isinstance(value, str) and re.fullmatch(r"[+-]?[0-9]{1,18}", value)
    return integer(int(value)) if whole else NOTHING


@function("toDecimal")
def to_decimal(scope: Scope, nodes: Nodes) -> Nodes:
    if len(nodes) != 1 or nodes[0].complex:
        return NOTHING
    try:
        return [Node(Decimal(nodes[0].value), "System.Decimal")]
    except (InvalidOperation, TypeError, ValueError):
        return NOTHING


@function("toString")
def to_string(scope: Scope, nodes: Nodes) -> Nodes:
    if len(nodes) != 1 or nodes[0].complex or nodes[0].value is None:
        return NOTHING
    value = nodes[0].value
    return string(str(value).lower() if isinstance(value, bool) else str(value))


@function("toBoolean")
def to_boolean(scope: Scope, nodes: Nodes) -> Nodes:
    value = str(nodes[0].value).lower() if len(nodes) == 1 else ""
    yes, no = ("true", "t", "yes", "y", "1", "1.0"), ("false", "f", "no", "n", "0", "0.0")
    return TRUE if value in yes else FALSE if value in no else NOTHING
