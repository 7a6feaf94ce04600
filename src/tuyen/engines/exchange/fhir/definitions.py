"""The condensed definitions as tables that the readers walk: types, elements, codes, rules."""

from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Any, NamedTuple

CODED = frozenset({"code", "Coding", "CodeableConcept", "Quantity"})

SEARCHES = "http://hl7.org/fhir/SearchParameter"


class Rule(NamedTuple):
    """An invariant of the standard: a FHIRPath that must not be false."""

    key: str
    severity: str
    sentence: str
    expression: str


class Element(NamedTuple):
    """One key of a JSON object: ``valueQuantity`` is an element of its own, of the path ``value``."""

    key: str
    path: str
    kind: str
    """Name of a type or a primitive; ``Resource`` is any resource."""
    many: bool
    primitive: bool
    choice: bool
    targets: frozenset[str]
    """Types that a reference may point at; empty where any."""
    codes: str
    """The required value set, where it can be enumerated."""

    @property
    def step(self) -> str:
        """How a location names it."""
        return f"{self.path}.ofType({self.kind})" if self.choice else self.path


class Type:
    """A resource, a data type or a part of one, with what it has from its base."""

    def __init__(self, name: str, entry: Mapping[str, Any], ancestors: tuple["Type", ...]) -> None:
        self.name = name
        self.resource: bool = entry["kind"] == "resource"
        self.abstract = bool(entry.get("abstract"))
        self.lineage: tuple[str, ...] = (
            name,
            *(line for ancestor in ancestors for line in ancestor.lineage),
        )
        self.elements: dict[str, Element] = {}
        """By JSON key, in the order of the standard."""
        self.paths: dict[str, tuple[Element, ...]] = {}
        """By FHIRPath name: one element, or each type of a choice."""
        self.required: dict[str, tuple[str, ...]] = {}
        self.single: dict[str, tuple[str, ...]] = {}
        self.rules: list[tuple[str, str]] = []
        """Path inside (empty: the type itself) and key of each invariant."""
        for ancestor in ancestors:
            self.elements |= ancestor.elements
            self.paths |= ancestor.paths
            self.required |= ancestor.required
            self.single |= ancestor.single
            self.rules += ancestor.rules
        for rule in entry["rules"]:
            path, _colon, key = rule.rpartition(":")
            self.rules.append((path.removesuffix("[x]"), key))

    def __repr__(self) -> str:
        return f"Type({self.name})"


class Definitions:
    """All types of the standard. Built from the plain content of ``rules/exchange/fhir_r4``.

    >>> Definitions({"types": {}, "primitives": {}, "codes": {}, "rules": {}}).resources
    ()
    """

    def __init__(self, content: Mapping[str, Any]) -> None:
        self._content = content
        self.primitives: Mapping[str, Mapping[str, str]] = content["primitives"]
        self.types: dict[str, Type] = {}
        self.any_element = self._any_element()
        for name in content["types"]:
            self._type(name)

    @cached_property
    def resources(self) -> tuple[str, ...]:
        """Names of the resources that can stand in a file."""
        return tuple(n for n, t in self.types.items() if t.resource and not t.abstract)

    @cached_property
    def rules(self) -> dict[str, Rule]:
        return {
            key: Rule(key.partition("@")[0], *stated)
            for key, stated in self._content["rules"].items()
        }

    @cached_property
    def codes(self) -> dict[str, dict[str, frozenset[str]]]:
        """Codes of the required value sets: set, code system, codes."""
        return {
            name: {system: frozenset(codes) for system, codes in systems.items()}
            for name, systems in self._content["codes"].items()
        }

    @cached_property
    def extensions(self) -> dict[str, frozenset[str]]:
        """Extensions that the standard defines: the types of their value, none where in parts."""
        stated: Mapping[str, str] = self._content.get("extensions", {})
        return {url: frozenset(filter(None, types.split("|"))) for url, types in stated.items()}

    @cached_property
    def searches(self) -> dict[str, str]:
        """The type of each search parameter that the standard defines, by its address."""
        stated: Mapping[str, str] = self._content.get("searches", {})
        return {f"{SEARCHES}/{name}": type for type in stated for name in stated[type].split()}

    def plain_codes(self, name: str) -> frozenset[str]:
        """The codes of a value set whatever their system, as an element of type code has them."""
        return frozenset().union(*self.codes[name].values())

    def _any_element(self) -> Type:
        """What stands beside a primitive value under ``_key``: an id and extensions."""
        element = Type("Element", {"kind": "type", "rules": []}, ())
        for key, kind, many in (("id", "string", False), ("extension", "Extension", True)):
            found = Element(key, key, kind, many, kind == "string", False, frozenset(), "")
            element.elements[key] = found
            element.paths[key] = (found,)
        return element

    def _type(self, name: str) -> Type:
        if name in self.types:
            return self.types[name]
        entry = self._content["types"][name]
        base = (self._type(entry["base"]),) if entry["base"] in self._content["types"] else ()
        made = Type(name, entry, base)
        for text in entry["fields"]:
            elements, least = self._elements(text)
            path = elements[0].path
            made.elements |= {element.key: element for element in elements}
            made.paths[path] = elements
            keys = tuple(element.key for element in elements)
            if least:
                made.required[path] = keys
            if len(keys) > 1:
                made.single[path] = keys
        self.types[name] = made
        return made

    def _elements(self, text: str) -> tuple[tuple[Element, ...], bool]:
        """``name min..max types ^set`` as elements, and whether one must be there."""
        stated, _sign, codes = text.partition(" ^")
        name, range_, kinds = stated.split(" ")
        least, _dots, most = range_.partition("..")
        choice = name.endswith("[x]")
        path = name.removesuffix("[x]")
        elements = []
        for stated_kind in kinds.split("|"):
            kind, _paren, targets = stated_kind.removesuffix(")").partition("(")
            elements.append(
                Element(
                    key=path + kind[0].upper() + kind[1:] if choice else path,
                    path=path,
                    kind=kind,
                    many=most != "1",
                    primitive=kind in self.primitives,
                    choice=choice,
                    targets=frozenset(filter(None, targets.split(","))),
                    codes=codes if kind in CODED else "",
                )
            )
        return tuple(elements), least != "0"

    def walk(self) -> Iterator[Type]:
        """Every type that a value can have."""
        yield from (t for t in self.types.values() if not t.abstract)
