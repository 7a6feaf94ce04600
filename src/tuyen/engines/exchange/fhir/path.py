"""FHIRPath expressions made into functions of nodes.

An expression is data: each part of its tree picks a function that is written out here. Nothing of it
becomes program text. What is not of the subset that the rules of R4 need is refused when it is compiled.
"""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from tuyen.engines.exchange.fhir.path_functions import (
    FUNCTIONS,
    Compiled,
    Scope,
    among,
    distinct,
    is_true,
    string,
)  # fmt: skip
from tuyen.engines.exchange.fhir.path_grammar import BadPath, Tree, parse
from tuyen.engines.exchange.fhir.path_values import (
    FALSE,
    NOTHING,
    TRUE,
    Node,
    Nodes,
    compare,
    equal,
    truth,
)  # fmt: skip

OF_TYPES = {"ofType", "as", "is"}
CONSTANTS = {
    "ucum": "http://unitsofmeasure.org",
    "sct": "http://snomed.info/sct",
    "loinc": "http://loinc.org",
}


def compiled(expression: str) -> Compiled:
    """The function of an expression: (scope, focus) -> nodes.

    Raises
    ------
    BadPath
        If the text is no FHIRPath, or uses a function that is not known here.
    """
    return _make(parse(expression))


def _make(tree: Tree) -> Compiled:
    return _MAKERS[tree[0]](*tree[1:])


def _literal(value: Any, kind: str) -> Compiled:
    found = [Node(value, f"System.{kind}")]
    return lambda scope, focus: found


def _name(name: str) -> Compiled:
    capital = name[0].isupper()

    def run(scope: Scope, focus: Nodes) -> Nodes:
        if capital:
            return [node for node in focus if scope.walker.is_a(node, name)]
        if len(focus) == 1:
            return scope.walker.child(focus[0], name)
        return [child for node in focus for child in scope.walker.child(node, name)]

    return run


def _call(name: str, arguments: tuple[Tree, ...]) -> Compiled:
    made = FUNCTIONS.get(name)
    if made is None:
        raise BadPath(f"the function {name}() is not known")
    if name in OF_TYPES:
        wanted = _type_name(arguments[0])
        return lambda scope, focus: made(scope, focus, wanted)
    given = [_make(argument) for argument in arguments]
    return lambda scope, focus: made(scope, focus, *given)


def _type_name(tree: Tree) -> str:
    if tree[0] == "name":
        return str(tree[1])
    if tree[0] == "dot":
        return f"{_type_name(tree[1])}.{_type_name(tree[2])}"
    raise BadPath(f"{tree} is not the name of a type")


def _variable(name: str) -> Compiled:
    if name in CONSTANTS:
        return _literal(CONSTANTS[name], "String")
    known: dict[str, Callable[[Scope], Nodes]] = {
        "resource": lambda scope: [scope.resource],
        "rootResource": lambda scope: [scope.root],
        "context": lambda scope: scope.context,
    }
    if name not in known:
        raise BadPath(f"the variable %{name} is not known")
    give = known[name]
    return lambda scope, focus: give(scope)


def _dot(left: Tree, right: Tree) -> Compiled:
    first, then = _make(left), _make(right)
    return lambda scope, focus: then(scope, first(scope, focus))


def _at(left: Tree, index: Tree) -> Compiled:
    first, number = _make(left), _make(index)

    def run(scope: Scope, focus: Nodes) -> Nodes:
        nodes, wanted = first(scope, focus), number(scope, focus)
        place = wanted[0].value if len(wanted) == 1 else -1
        return [nodes[place]] if 0 <= place < len(nodes) else NOTHING

    return run


def _unary(sign: str, operand: Tree) -> Compiled:
    inner = _make(operand)

    def run(scope: Scope, focus: Nodes) -> Nodes:
        found = inner(scope, focus)
        if len(found) != 1 or not _is_number(found[0]):
            return NOTHING
        return found if sign == "+" else [Node(-found[0].value, found[0].kind)]

    return run


def _type(operator: str, left: Tree, name: str) -> Compiled:
    first, made = _make(left), FUNCTIONS[operator]
    return lambda scope, focus: made(scope, first(scope, focus), name)


def _binary(operator: str, left: Tree, right: Tree) -> Compiled:
    first, second, made = _make(left), _make(right), _OPERATORS[operator]
    if operator in _LAZY:
        settle = _LAZY[operator]

        def run(scope: Scope, focus: Nodes) -> Nodes:
            a = _three(first(scope, focus))
            known = settle(a)
            return known if known is not None else made(a, _three(second(scope, focus)))

        return run
    return lambda scope, focus: made(first(scope, focus), second(scope, focus))


def _three(found: Nodes) -> bool | None:
    """Three-valued truth: nothing is neither."""
    return is_true(found) if len(found) == 1 else None


def _logic(value: bool | None) -> Nodes:
    return NOTHING if value is None else truth(value)


def _and(a: bool | None, b: bool | None) -> Nodes:
    if a is False or b is False:
        return FALSE
    return TRUE if a and b else NOTHING


def _or(a: bool | None, b: bool | None) -> Nodes:
    if a or b:
        return TRUE
    return FALSE if a is False and b is False else NOTHING


def _xor(a: bool | None, b: bool | None) -> Nodes:
    return _logic(None if a is None or b is None else a is not b)


def _implies(a: bool | None, b: bool | None) -> Nodes:
    if a is None:
        return TRUE if b else NOTHING
    return _logic(b) if a else TRUE


_LAZY: dict[str, Callable[[bool | None], Nodes | None]] = {
    "and": lambda a: FALSE if a is False else None,
    "or": lambda a: TRUE if a else None,
    "xor": lambda a: NOTHING if a is None else None,
    "implies": lambda a: TRUE if a is False else None,
}


def _same(a: Nodes, b: Nodes) -> Nodes:
    if not a or not b:
        return NOTHING
    if len(a) != len(b):
        return FALSE
    answers = [equal(x, y) for x, y in zip(a, b, strict=True)]
    return FALSE if False in answers else NOTHING if None in answers else TRUE


def _alike(a: Nodes, b: Nodes) -> Nodes:
    """Equivalence: of whatever order; texts without regard to case and spaces."""
    if len(a) != len(b):
        return FALSE
    fold = [[" ".join(str(n.value).lower().split()) for n in nodes] for nodes in (a, b)]
    return truth(sorted(fold[0]) == sorted(fold[1]))


def _opposite(made: Callable[[Nodes, Nodes], Nodes]) -> Callable[[Nodes, Nodes], Nodes]:
    def run(a: Nodes, b: Nodes) -> Nodes:
        found = made(a, b)
        return truth(found is FALSE) if found else NOTHING

    return run


def _ordered(holds: Callable[[int], bool]) -> Callable[[Nodes, Nodes], Nodes]:
    def run(a: Nodes, b: Nodes) -> Nodes:
        if len(a) != 1 or len(b) != 1:
            return NOTHING
        order = compare(a[0], b[0])
        return NOTHING if order is None else truth(holds(order))

    return run


def _is_number(node: Node) -> bool:
    return isinstance(node.value, (int, Decimal)) and not isinstance(node.value, bool)


def _sum(work: Callable[[Any, Any], Any]) -> Callable[[Nodes, Nodes], Nodes]:
    def run(a: Nodes, b: Nodes) -> Nodes:
        if len(a) != 1 or len(b) != 1:
            return NOTHING
        x, y = a[0], b[0]
        if isinstance(x.value, str) and isinstance(y.value, str) and work is _plus:
            return string(x.value + y.value)
        if not _is_number(x) or not _is_number(y):
            return NOTHING
        found = work(x.value, y.value)
        if found is None:
            return NOTHING
        return [Node(found, "System.Integer" if isinstance(found, int) else "System.Decimal")]

    return run


def _plus(x: Any, y: Any) -> Any:
    return x + y


def _divided(x: Any, y: Any) -> Any:
    return Decimal(x) / Decimal(y) if y else None


def _whole(x: Any, y: Any) -> Any:
    return int(Decimal(x) / Decimal(y)) if y else None


def _rest(x: Any, y: Any) -> Any:
    return x - y * int(Decimal(x) / Decimal(y)) if y else None


def _joined(a: Nodes, b: Nodes) -> Nodes:
    """``&``: nothing counts as an empty text."""
    return string("".join(str(n[0].value) if len(n) == 1 else "" for n in (a, b)))


def _in(a: Nodes, b: Nodes) -> Nodes:
    return truth(among(a[0], b)) if len(a) == 1 else NOTHING


_OPERATORS: dict[str, Callable[..., Nodes]] = {
    "and": _and,
    "or": _or,
    "xor": _xor,
    "implies": _implies,
    "=": _same,
    "!=": _opposite(_same),
    "~": _alike,
    "!~": _opposite(_alike),
    "<": _ordered(lambda order: order < 0),
    "<=": _ordered(lambda order: order <= 0),
    ">": _ordered(lambda order: order > 0),
    ">=": _ordered(lambda order: order >= 0),
    "|": lambda a, b: distinct([*a, *b]),
    "+": _sum(_plus),
    "-": _sum(lambda x, y: x - y),
    "*": _sum(lambda x, y: x * y),
    "/": _sum(_divided),
    "div": _sum(_whole),
    "mod": _sum(_rest),
    "&": _joined,
    "in": _in,
    "contains": lambda a, b: _in(b, a),
}

_MAKERS: dict[str, Callable[..., Compiled]] = {
    "literal": _literal,
    "name": _name,
    "call": _call,
    "variable": _variable,
    "dot": _dot,
    "at": _at,
    "unary": _unary,
    "type": _type,
    "binary": _binary,
    "this": lambda: lambda scope, focus: scope.this,
    "index": lambda: lambda scope, focus: [Node(scope.index, "System.Integer")],
    "empty": lambda: lambda scope, focus: NOTHING,
}
