"""The model of R4 as one object: read, write, look into and judge resources."""

import re
from codecs import BOM_UTF8
from collections.abc import Mapping
from decimal import Decimal
from functools import cached_property
from typing import Any

import msgspec

from tuyen.engines.exchange.fhir import text
from tuyen.engines.exchange.fhir.checking import Checking
from tuyen.engines.exchange.fhir.definitions import Definitions
from tuyen.engines.exchange.fhir.primitives import Forms
from tuyen.engines.exchange.fhir.problems import NotFhir, Problem
from tuyen.engines.exchange.fhir.structs import ENCODER, Structs
from tuyen.engines.exchange.fhir.structure import DEEPEST, Structure
from tuyen.kernel.refusal import N_

Resource = Any
"""A resource read: a struct with an attribute a key. ``type(resource).__name__`` is its type."""

SHAPELESS = frozenset(
    {
        "no-resource-type",
        "unknown-resource",
        "not-object",
        "list",
        "not-list",
        "json-kind",
        "too-deep",
    }
)
"""Faults of shape: what comes after them would be told of something that is not there."""
_SPACE = b" \n\r\t"
_CONTROL = re.compile(rb"\\(?:u00[01]|[bf])")
_NO_BRACES = bytes(set(range(256)) - set(b"{}"))
_ID_ALONE = re.compile(rb'\{"id":"[^"]*"\}')


class Model:
    """FHIR R4, from the plain content of ``rules/exchange/fhir_r4``."""

    def __init__(self, content: Mapping[str, Any]) -> None:
        self.definitions = Definitions(content)
        self.forms = Forms(self.definitions.primitives)
        self.structure = Structure(self.definitions, self.forms)
        self.checking = Checking(self.definitions)

    @cached_property
    def structs(self) -> Structs:
        """The compiled structs, made when first needed."""
        return Structs(self.definitions, self.forms)

    def decode(self, raw: bytes) -> Resource:
        """The resource that ``raw`` is, every value as it was written.

        Raises
        ------
        NotFhir
            With every fault of structure: no JSON, unknown type or property, cardinality, form of
            a primitive, several of a choice, code outside a required value set, a key twice.
        """
        raw = raw.removeprefix(BOM_UTF8)
        try:
            resource = self.structs.decoder.decode(raw)
        except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError, ValueError) as error:
            faults = self.faults(raw) or [_unexplained(error)]
            raise NotFhir(tuple(faults)) from error
        if self._unusual(raw, resource) and (faults := self.faults(raw)):
            raise NotFhir(tuple(faults))
        return resource

    def code_systems(self, type: str, element: str) -> Mapping[str, frozenset[str]]:
        """The codes that an element may have by their system; none where its value set is not listed."""
        known = self.definitions.types[type].elements[element]
        return self.definitions.codes[known.codes] if known.codes else {}

    def encode(self, resource: Resource) -> bytes:
        """The JSON of a resource, compact; equal to what was read, value for value."""
        return ENCODER.encode(resource)

    def tree(self, resource: Resource) -> dict[str, Any]:
        """The resource as mappings and lists; decimals stay decimals."""
        found: dict[str, Any] = msgspec.to_builtins(resource, builtin_types=(Decimal,))
        return found

    def resource(self, tree: Mapping[str, Any]) -> Resource:
        """The resource of a tree, as strictly as :meth:`decode`.

        Floats are refused: give decimals, whose digits are known.
        """
        return self.decode(ENCODER.encode(tree))

    def check(self, resource: Resource) -> list[Problem]:
        """What is wrong with a sound resource: invariants, codes, references, bundles, narratives.

        Parameters
        ----------
        resource
            A struct that was decoded, or a tree of mappings and lists whose structure is sound.
        """
        found = resource if isinstance(resource, dict) else self.tree(resource)
        return self.checking.problems(found)

    def examine(self, raw: bytes) -> tuple[dict[str, Any] | None, list[Problem]]:
        """The tree of a text, and everything that is wrong with it; None where it is no resource.

        Invariants are asked only where the shape is sound: a list where one value is meant would
        make each of them fail.
        """
        tree, problems = text.parse(raw)
        if problems or not isinstance(tree, dict):
            return None, problems or self.structure.faults(tree)
        problems = self.structure.faults(tree)
        if not any(problem.rule in SHAPELESS for problem in problems):
            problems += self.checking.problems(tree)
        return tree, problems

    def faults(self, raw: bytes) -> list[Problem]:
        """All faults of structure of a text, slowly."""
        tree, unreadable = text.parse(raw)
        return unreadable or self.structure.faults(tree)

    def _unusual(self, raw: bytes, resource: Resource) -> bool:
        """Whether there is something in the text that the structs do not judge.

        Empty objects, null, what stands beside primitives, control characters, what is nested too deep; and
        keys that stand twice: of those the last wins, so that what is written is shorter than what was read.
        """
        close = raw.translate(None, _SPACE)
        if b"null" in close or b'"_' in close or b"{}" in close:
            return True
        if b"\\" in close and _CONTROL.search(close):
            return True
        if close.count(b"{") > DEEPEST and _may_be_deep(close):
            return True
        if b'{"id":"' in close and _ID_ALONE.search(close):
            return True
        return len(ENCODER.encode(resource).translate(None, _SPACE)) != len(close)


def _may_be_deep(raw: bytes) -> bool:
    """Whether more objects stand inside one another than are followed. A brace within a text may make it
    say so of what is not; the slow reader then finds nothing."""
    braces = raw.translate(None, _NO_BRACES)
    for _ in range(DEEPEST + 1):
        if not braces:
            return False
        braces = braces.replace(b"{}", b"")
    return bool(braces)


def _unexplained(error: Exception) -> Problem:
    """A text that the fast reader refuses and the slow one does not: said in the reader's words."""
    return Problem(
        "error", "structure", "json", "", N_("This is not JSON: {what}."), {"what": error}
    )
