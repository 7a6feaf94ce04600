"""The standard's invariants, run where they can fail.

A rule looks at children of the element it belongs to. Where none of those it looks at is there, it has
the answer that it has for an empty element, so it is run only where one is, or where that answer is no.
"""

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from tuyen.engines.exchange.fhir.definitions import Definitions, Rule, Type
from tuyen.engines.exchange.fhir.path import compiled
from tuyen.engines.exchange.fhir.path_functions import Compiled, Scope, is_true
from tuyen.engines.exchange.fhir.path_grammar import Tree, parse
from tuyen.engines.exchange.fhir.path_values import Node, Walker
from tuyen.engines.exchange.fhir.problems import Problem, Severity
from tuyen.kernel.refusal import N_

BY_HAND = frozenset({"ref-1", "dom-3", "txt-1", "txt-2", "ele-1", "ext-1", "bdl-7"})
"""Rules that :mod:`checking` and its neighbours answer themselves: faster, or needing more."""
LEFT_OUT = frozenset({"dom-6"})
"""A resource for robust management should have a narrative: advice for authors, not a fault."""


class Asked(NamedTuple):
    """A rule of a type, ready to run."""

    rule: Rule
    ask: Compiled
    keys: frozenset[str]
    """Keys of which one must be there for the rule to matter; empty: always."""
    path: str
    """The child that it is asked of; empty for the element itself."""


class Invariants:
    """Rules by type, compiled when a type is first met."""

    def __init__(self, definitions: Definitions, walker: Walker) -> None:
        self.definitions = definitions
        self.walker = walker
        self._asked: dict[str, tuple[Asked, ...]] = {}

    def asked(self, kind: Type) -> tuple[Asked, ...]:
        found = self._asked.get(kind.name)
        if found is None:
            found = self._asked[kind.name] = tuple(self._compiled(kind))
        return found

    def _compiled(self, kind: Type) -> Iterator[Asked]:
        for path, key in kind.rules:
            if key in BY_HAND or key in LEFT_OUT:
                continue
            rule = self.definitions.rules[key]
            ask = compiled(rule.expression)
            if path:
                keys = frozenset(_with_beside(e.key for e in kind.paths[path]))
            else:
                keys = self._keys(kind, rule, ask)
            yield Asked(rule, ask, keys, path)

    def _keys(self, kind: Type, rule: Rule, ask: Compiled) -> frozenset[str]:
        """The keys a rule looks at first; none where that cannot be told or absence breaks it."""
        heads = _heads(parse(rule.expression))
        if heads is None or any(head not in kind.paths for head in heads):
            return frozenset()
        bare = Node({}, kind)
        scope = Scope(self.walker, bare, bare)
        scope.this = scope.context = [bare]
        found = ask(scope, scope.this)
        if found and _broken(found):
            return frozenset()
        return frozenset(_with_beside(e.key for head in heads for e in kind.paths[head]))

    def broken(
        self, asked: Asked, tree: dict[str, Any], kind: Type, scope: Scope, location: str
    ) -> Iterator[Problem]:
        """Where an element breaks a rule of its type: there, or at children that the rule is of."""
        node = Node(tree, kind)
        for focus in self.walker.child(node, asked.path) if asked.path else (node,):
            scope.this = scope.context = [focus]
            if _broken(asked.ask(scope, scope.this)):
                yield said(asked.rule, f"{location}.{asked.path}" if asked.path else location)


def said(rule: Rule, location: str) -> Problem:
    severity: Severity = "error" if rule.severity == "error" else "warning"
    values = {"rule": rule.key, "sentence": rule.sentence}
    message = N_("Rule {rule} of the standard is broken: {sentence}")
    return Problem(severity, "invariant", rule.key, location, message, values)


def _broken(found: list[Node]) -> bool:
    """A rule holds where it is true. Nothing is not: a day is not before a time of that day."""
    return not is_true(found)


def _with_beside(keys: Iterable[str]) -> Iterator[str]:
    for key in keys:
        yield key
        yield f"_{key}"


def _heads(tree: Tree) -> set[str] | None:
    """The children of the focus that an expression starts from; None where it may see all."""
    kind = tree[0]
    if kind in ("literal", "empty"):
        return set()
    if kind == "name":
        return None if tree[1][0].isupper() else {tree[1]}
    if kind == "dot":
        if tree[1][0] == "name" and tree[1][1][0].isupper():
            return _heads(tree[2])  # Appointment.status: the type, then its child
        return _within(_heads(tree[1]), tree[2])
    if kind == "at":
        return _united(_heads(tree[1]), _heads(tree[2]))
    if kind == "unary":
        return _heads(tree[2])
    if kind == "type":
        return _heads(tree[2])
    if kind == "binary":
        return _united(_heads(tree[2]), _heads(tree[3]))
    if kind == "variable":
        return set() if tree[1] == "ucum" else None
    return None


def _within(heads: set[str] | None, step: Tree) -> set[str] | None:
    """Heads of a path; arguments of its functions see what the path gives, if not more."""
    return None if heads is None or _looks_back(step) else heads


def _looks_back(tree: Tree) -> bool:
    """Whether a part asks the whole resource."""
    if tree[0] == "variable" and tree[1] in ("resource", "rootResource", "context"):
        return True
    parts = tree[2] if tree[0] == "call" else tree[1:]
    return any(isinstance(part, tuple) and _looks_back(part) for part in parts)


def _united(one: set[str] | None, other: set[str] | None) -> set[str] | None:
    return None if one is None or other is None else one | other
