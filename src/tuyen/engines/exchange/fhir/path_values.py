"""Values of FHIRPath: nodes of a resource, how they are walked, compared and ordered."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any, NamedTuple

from tuyen.engines.exchange.fhir.definitions import Definitions, Type

Kind = Type | str
"""The type of a node: a type of the definitions, the name of a primitive, or ``System.X``."""


class Node(NamedTuple):
    """A value with its type, and what stands beside it where it is a primitive."""

    value: Any
    kind: Kind
    beside: Any = None

    @property
    def complex(self) -> bool:
        return isinstance(self.value, dict)


Nodes = list[Node]

TRUE: Nodes = [Node(True, "System.Boolean")]
FALSE: Nodes = [Node(False, "System.Boolean")]
NOTHING: Nodes = []
_MOMENTS = {"date", "dateTime", "instant", "System.Date", "System.DateTime"}


def truth(value: bool) -> Nodes:
    return TRUE if value else FALSE


class Walker:
    """Steps from nodes to their children by the definitions."""

    def __init__(self, definitions: Definitions) -> None:
        self.definitions = definitions

    def resource(self, tree: Any) -> Node | None:
        """A resource as a node; None where its type is unknown."""
        kind = self.definitions.types.get(str(tree.get("resourceType")))
        return Node(tree, kind) if kind else None

    def child(self, node: Node, name: str) -> Nodes:
        """The children of a node under a name; a choice under its name without type."""
        kind = node.kind
        if not isinstance(kind, Type):
            if node.beside is None:
                return NOTHING
            return self.child(Node(node.beside, self.definitions.any_element), name)
        found: Nodes = []
        for element in kind.paths.get(name, ()):
            value = node.value.get(element.key)
            beside = node.value.get(f"_{element.key}") if element.primitive else None
            if value is None and beside is None:
                continue
            if element.many:
                found += self._many(value, beside, element.kind)
            elif (made := self._one(value, beside, element.kind)) is not None:
                found.append(made)
        return found

    def _many(self, values: Any, beside: Any, kind: str) -> Iterator[Node]:
        values = values if isinstance(values, list) else []
        besides = beside if isinstance(beside, list) else []
        for number in range(max(len(values), len(besides))):
            value = values[number] if number < len(values) else None
            more = besides[number] if number < len(besides) else None
            if (made := self._one(value, more, kind)) is not None:
                yield made

    def _one(self, value: Any, beside: Any, kind: str) -> Node | None:
        if value is None and beside is None:
            return None
        if isinstance(value, dict):
            if kind == "Resource":
                return self.resource(value)
            found = self.definitions.types.get(kind)
            return Node(value, found) if found else None
        if isinstance(value, list) or kind not in self.definitions.primitives:
            return None  # structure says so
        return Node(value, kind, beside if isinstance(beside, dict) else None)

    def children(self, node: Node) -> Nodes:
        """All children, in the order of the definitions."""
        if isinstance(node.kind, Type):
            names = node.kind.paths
        elif node.beside is not None:
            names = self.definitions.any_element.paths
        else:
            return NOTHING
        return [child for name in names for child in self.child(node, name)]

    def is_a(self, node: Node, name: str) -> bool:
        """Whether a node is of a type; the types of the language go by the names of FHIR's too."""
        space, _dot, plain = name.rpartition(".")
        kind = node.kind
        if isinstance(kind, Type):
            return space != "System" and plain in kind.lineage
        if kind.startswith("System."):
            return space != "FHIR" and kind.removeprefix("System.").lower() == plain.lower()
        if space == "System":
            return False
        lower = plain[0].lower() + plain[1:]
        return kind == lower or (lower, kind) in _ALSO


_ALSO = {
    ("uri", "url"), ("uri", "canonical"), ("uri", "oid"), ("uri", "uuid"), ("string", "code"),
    ("string", "id"), ("string", "markdown"), ("integer", "positiveInt"),
    ("integer", "unsignedInt"),
}  # fmt: skip


def equal(left: Node, right: Node) -> bool | None:
    """Whether two values are equal; None where it cannot be said (moments of unlike precision)."""
    if left.complex or right.complex:
        return bool(left.value == right.value)
    if is_moment(left) and is_moment(right) and left.value != right.value:
        order = compare(left, right)
        return None if order is None else order == 0
    if isinstance(left.value, bool) is not isinstance(right.value, bool):
        return False
    return bool(left.value == right.value)


def compare(left: Node, right: Node) -> int | None:
    """-1, 0 or 1 by order; None where the values have none (units, precision, kind)."""
    a, b = left.value, right.value
    if isinstance(a, dict) and isinstance(b, dict):
        return _quantities(a, b)
    if is_moment(left) and is_moment(right) and isinstance(a, str) and isinstance(b, str):
        return _moments(a, b)
    if isinstance(a, str) and isinstance(b, str):
        return (a > b) - (a < b)
    if isinstance(a, (int, Decimal)) and isinstance(b, (int, Decimal)):
        return (a > b) - (a < b)
    return None


def is_moment(node: Node) -> bool:
    return node.kind in _MOMENTS


def _quantities(a: dict[str, Any], b: dict[str, Any]) -> int | None:
    """Quantities are ordered where they have the same unit."""
    unit = [q.get("code") or q.get("unit") for q in (a, b)]
    if unit[0] != unit[1] or a.get("system") != b.get("system"):
        return None
    x, y = a.get("value"), b.get("value")
    if not isinstance(x, (int, Decimal)) or not isinstance(y, (int, Decimal)):
        return None
    return (x > y) - (x < y)


def _moments(a: str, b: str) -> int | None:
    """Days and moments are ordered as far as both are precise; times in their zones."""
    if "T" in a and "T" in b:
        first, second = moment(a), moment(b)
        if first is not None and second is not None:
            return (first > second) - (first < second)
    shorter = min(len(a.partition("T")[0]), len(b.partition("T")[0]))
    x, y = a[:shorter], b[:shorter]
    if x != y:
        return 1 if x > y else -1
    return 0 if a == b else None


def moment(text: str) -> datetime | None:
    """A date and time with zone as a moment; a leap second is the second after it."""
    leap = ":60" in text[16:19]
    try:
        found = datetime.fromisoformat(text.replace(":60", ":59", 1) if leap else text)
    except ValueError:
        return None
    found = found if found.tzinfo else found.replace(tzinfo=UTC)
    return found + timedelta(seconds=leap)
