"""The slow, complete reading of a tree: every fault of structure, with its place.

It says all that is wrong where the compiled structs only say that something is, and judges them in
tests. Source: https://hl7.org/fhir/R4/json.html and the type definitions of release 4.0.1.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from tuyen.engines.exchange.fhir.definitions import Definitions, Element, Type
from tuyen.engines.exchange.fhir.primitives import Forms
from tuyen.engines.exchange.fhir.problems import Problem
from tuyen.engines.exchange.fhir.text import Doubled
from tuyen.kernel.refusal import N_

DEEPEST = 60
"""Objects inside one another; the deepest official example has 21."""


class Structure:
    """Checks trees against the definitions: keys, kinds, cardinality, forms, codes."""

    def __init__(self, definitions: Definitions, forms: Forms) -> None:
        self.definitions = definitions
        self.forms = forms
        self._plain = {name: definitions.plain_codes(name) for name in definitions.codes}

    def faults(self, tree: Any, location: str = "") -> list[Problem]:
        """All faults of a resource."""
        return list(self.of_resource(tree, location, 0))

    def of_resource(self, tree: Any, location: str, depth: int) -> Iterator[Problem]:
        if not isinstance(tree, dict):
            yield _fault("structure", "not-object", location, N_("A resource is a JSON object."))
            return
        name = tree.get("resourceType")
        if not isinstance(name, str):
            said = N_("The property resourceType is missing; it says what the resource is.")
            yield _fault("required", "no-resource-type", location, said)
            return
        found = self.definitions.types.get(name)
        if found is None or not found.resource or found.abstract:
            said = N_("{name} is not a resource of FHIR R4.")
            yield _fault("structure", "unknown-resource", location or name, said, name=name)
            return
        yield from self.of_object(tree, found, location or name, depth)

    def of_object(
        self, tree: Mapping[str, Any], kind: Type, location: str, depth: int
    ) -> Iterator[Problem]:
        """Faults of an object that should be of a type, and of all below it."""
        if depth > DEEPEST:
            said = N_("Objects stand inside one another too deeply.")
            yield _fault("structure", "too-deep", location, said)
            return
        if isinstance(tree, Doubled):
            for key in tree.doubled:
                said = N_("The property {key} stands twice in one object.")
                yield _fault("structure", "duplicate-key", location, said, key=key)
        if not kind.resource and not tree.keys() - {"id"}:
            said = N_("An element must have a value or contain something.")
            yield _fault("structure", "ele-1", location, said)
        for key, value in tree.items():
            yield from self._of_key(tree, key, value, kind, location, depth)
        for path, keys in kind.required.items():
            if not any(key in tree or f"_{key}" in tree for key in keys):
                said = N_("{name} must be there.")
                yield _fault("required", "required", location, said, name=f"{kind.name}.{path}")
        for path, keys in kind.single.items():
            present = [key for key in keys if key in tree or f"_{key}" in tree]
            if len(present) > 1:
                said = N_("Only one of {keys} may be there.")
                found = ", ".join(present)
                yield _fault("structure", "one-choice", f"{location}.{path}", said, keys=found)

    def _of_key(
        self, tree: Mapping[str, Any], key: str, value: Any, kind: Type, location: str, depth: int
    ) -> Iterator[Problem]:
        element = kind.elements.get(key)
        if element is None:
            yield from self._of_unlisted(tree, key, value, kind, location, depth)
            return
        where = f"{location}.{element.step}"
        if not element.many:
            if isinstance(value, list):
                said = N_("{key} is one value, not a list.")
                yield _fault("structure", "not-list", where, said, key=key)
            else:
                yield from self._of_value(value, element, where, depth)
            return
        if not isinstance(value, list):
            said = N_("{key} must be a list, even of one value.")
            yield _fault("structure", "list", where, said, key=key)
            return
        if not value:
            said = N_("A list must not be empty; leave {key} out.")
            yield _fault("structure", "empty-list", where, said, key=key)
        beside = tree.get(f"_{key}") if element.primitive else None
        for number, item in enumerate(value):
            if item is None and element.primitive and _at(beside, number) is not None:
                continue
            yield from self._of_value(item, element, f"{where}[{number}]", depth)

    def _of_unlisted(
        self, tree: Mapping[str, Any], key: str, value: Any, kind: Type, location: str, depth: int
    ) -> Iterator[Problem]:
        """A key that the type does not have itself: beside a primitive, or wrong."""
        if key == "resourceType" and kind.resource:
            return
        element = kind.elements.get(key[1:]) if key.startswith("_") else None
        if element is None or not element.primitive or (element.key == "id"):
            said = N_("{key} is not a property of {type}.")
            yield _fault("structure", "unknown-element", location, said, key=key, type=kind.name)
            return
        where = f"{location}.{element.step}"
        if not element.many:
            yield from self._beside(value, where, depth, element.key in tree)
            return
        if not isinstance(value, list) or not value:
            said = N_("{key} must be a list, even of one value.")
            yield _fault("structure", "list", where, said, key=key)
            return
        values = tree.get(element.key)
        if isinstance(values, list) and len(values) < len(value):
            said = N_("{key} has more entries than {other}; fill it up with null.")
            yield _fault("structure", "lengths", where, said, key=key, other=element.key)
        for number, item in enumerate(value):
            if item is not None:
                valued = _at(values, number) is not None
                yield from self._beside(item, f"{where}[{number}]", depth, valued)
            elif values is None:
                said = N_("null stands only beside a value.")
                yield _fault("structure", "null", f"{where}[{number}]", said)

    def _beside(self, value: Any, where: str, depth: int, valued: bool) -> Iterator[Problem]:
        """What stands beside a primitive; an id alone will do where there is a value."""
        if isinstance(value, dict):
            if not (valued and value.keys() == {"id"} and isinstance(value["id"], str)):
                yield from self.of_object(value, self.definitions.any_element, where, depth + 1)
        else:
            said = N_("Beside a primitive value stands an object with its id and extensions.")
            yield _fault("structure", "not-object", where, said)

    def _of_value(self, value: Any, element: Element, where: str, depth: int) -> Iterator[Problem]:
        if value is None:
            said = N_("null is not a value; leave the property out.")
            yield _fault("structure", "null", where, said)
        elif element.primitive:
            yield from self._of_primitive(value, element, where)
        elif not isinstance(value, dict):
            said = N_("A {type} is a JSON object.")
            yield _fault("structure", "not-object", where, said, type=element.kind)
        elif element.kind == "Resource":
            yield from self.of_resource(value, where, depth + 1)
        else:
            kind = self.definitions.types[element.kind]
            yield from self.of_object(value, kind, where, depth + 1)

    def _of_primitive(self, value: Any, element: Element, where: str) -> Iterator[Problem]:
        kind = element.kind
        if not self.forms.kind(kind, value):
            said = N_("A {type} is written as {json} in JSON.")
            wanted = self.forms.json[kind]
            json = _JSON.get(wanted, _JSON["String"])
            yield _fault("structure", "json-kind", where, said, type=kind, json=json)
        elif not self.forms.fits(kind, value):
            said = N_("{value} is not a valid {type}.")
            yield _fault("value", f"form-{kind}", where, said, value=value, type=kind)
        elif element.codes and value not in self._plain[element.codes]:
            said = N_("{value} is not a code of {set}.")
            yield _fault("code-invalid", "code", where, said, value=value, set=element.codes)


_JSON = {
    "Boolean": "true/false",
    "Integer": "123",
    "Decimal": "1.23",
    "String": '"…"',
}


def _at(values: Any, number: int) -> Any:
    return values[number] if isinstance(values, list) and number < len(values) else None


def _fault(code: str, rule: str, location: str, message: str, **values: Any) -> Problem:
    return Problem("error", code, rule, location, message, values)
