"""The walk that judges what structure alone does not show.

Invariants, required bindings, references and what they point at, extensions, narratives, days that are
on no calendar, ids that stand twice; and for each bundle and each definition the rules of its own.

What examples published with the standard break themselves, though its text forbids it, is a warning: a
reference to a type that its element does not list, a narrative without text, a URN of no OID.
"""

from collections.abc import Iterator
from datetime import date
from typing import Any, NamedTuple

from tuyen.engines.exchange.fhir import bundles, canonicals, narrative, references
from tuyen.engines.exchange.fhir.coding import Coding
from tuyen.engines.exchange.fhir.definitions import Definitions, Element, Type
from tuyen.engines.exchange.fhir.invariants import Invariants, said
from tuyen.engines.exchange.fhir.path_functions import Scope
from tuyen.engines.exchange.fhir.path_values import Node, Walker
from tuyen.engines.exchange.fhir.problems import Problem
from tuyen.kernel.refusal import N_

ADDRESSES = frozenset({"uri", "url", "canonical", "oid", "uuid"})
DAYS = frozenset({"date", "dateTime", "instant"})
CHECKED = ADDRESSES | DAYS | {"string", "markdown"}
DEEPEST = 60


class Around(NamedTuple):
    """What an element is judged against: its resource, the one that contains it, the bundle."""

    scope: Scope
    contained: frozenset[str]
    """Ids of the resources inside the outermost one."""
    fragments: set[str]
    """Ids that something in the outermost resource points at."""
    ids: set[str]
    """Ids of elements met so far."""
    shelf: references.Shelf | None
    url: str
    """The address of the entry."""


class Checking:
    """Judges trees whose structure is sound."""

    def __init__(self, definitions: Definitions) -> None:
        self.definitions = definitions
        self.walker = Walker(definitions)
        self.invariants = Invariants(definitions, self.walker)
        self.coding = Coding(definitions)

    def problems(self, tree: dict[str, Any]) -> list[Problem]:
        """Everything that is wrong with a resource and what it contains."""
        return list(self._resource(tree, str(tree.get("resourceType")), None, None, "", 0))

    def _resource(
        self,
        tree: dict[str, Any],
        location: str,
        container: Around | None,
        shelf: references.Shelf | None,
        url: str,
        depth: int,
    ) -> Iterator[Problem]:
        node = self.walker.resource(tree)
        if node is None or depth > DEEPEST or not isinstance(node.kind, Type):
            return
        root = container.scope.root if container else node
        inside = [r for r in tree.get("contained") or () if isinstance(r, dict)]
        scope = Scope(self.walker, node, root, _Resolver(self.walker, root, shelf, url))
        around = Around(
            scope,
            container.contained if container else frozenset(str(r.get("id")) for r in inside),
            container.fragments if container else set(),
            set(),
            shelf,
            url,
        )
        if node.kind.name == "Bundle":
            around = around._replace(shelf=references.Shelf(tree))
            yield from bundles.faults(tree, location, around.shelf)
        yield from canonicals.faults(tree, location, contained=container is not None)
        yield from self._object(tree, node.kind, location, around, depth)
        if container is None and inside:
            yield from self._unmentioned(inside, around, location)

    def _unmentioned(
        self, inside: list[dict[str, Any]], around: Around, location: str
    ) -> Iterator[Problem]:
        """Contained resources that nothing points at, and that do not point at their container."""
        rule = self.definitions.rules["dom-3"]
        for number, resource in enumerate(inside):
            known = f"{resource.get('id')}" in around.fragments
            if not known and f"^{number}" not in around.fragments:
                yield said(rule, f"{location}.contained[{number}]")

    def _object(
        self, tree: dict[str, Any], kind: Type, location: str, around: Around, depth: int
    ) -> Iterator[Problem]:
        if depth > DEEPEST:
            return
        yield from self.invariants.broken(tree, kind, around.scope, location)
        if not kind.resource:
            yield from self._of_element(tree, kind, location, around)
        for key, value in tree.items():
            element = kind.elements.get(key)
            if element is None:
                yield from self._beside(tree, key, value, kind, location, around, depth)
            elif element.primitive:
                if element.kind in CHECKED:
                    yield from self._primitives(value, element, kind, location, around)
                elif element.kind == "xhtml" and isinstance(value, str):
                    yield from self._narrative(value, location)
            elif isinstance(value, list):
                for number, item in enumerate(value):
                    where = f"{location}.{element.step}[{number}]"
                    yield from self._complex(item, element, where, tree, around, depth)
            else:
                where = f"{location}.{element.step}"
                yield from self._complex(value, element, where, tree, around, depth)

    def _complex(
        self,
        value: Any,
        element: Element,
        where: str,
        parent: dict[str, Any],
        around: Around,
        depth: int,
    ) -> Iterator[Problem]:
        if not isinstance(value, dict):
            return
        if element.kind == "Resource":
            if element.key == "contained":
                yield from self._resource(value, where, around, around.shelf, around.url, depth + 1)
            else:
                url = parent.get("fullUrl")
                address = url if isinstance(url, str) else ""
                yield from self._resource(value, where, None, around.shelf, address, depth + 1)
            return
        if element.codes:
            yield from self.coding.faults(value, element, where)
        if element.kind == "Reference":
            yield from self._reference(value, element, where, around)
        yield from self._object(
            value, self.definitions.types[element.kind], where, around, depth + 1
        )

    def _of_element(
        self, tree: dict[str, Any], kind: Type, location: str, around: Around
    ) -> Iterator[Problem]:
        id = tree.get("id")
        # The ids of ElementDefinition name paths, once in the snapshot and once in the differential.
        if isinstance(id, str) and kind.name != "ElementDefinition":
            if id in around.ids:
                message = N_("The id {id} stands at another element of this resource too.")
                yield Problem("error", "value", "element-id", location, message, {"id": id})
            around.ids.add(id)
        if kind.name == "Extension":
            valued = any(key.startswith(("value", "_value")) for key in tree)
            if valued == ("extension" in tree):
                message = N_("An extension has either a value or further extensions, not both.")
                yield Problem("error", "invariant", "ext-1", location, message, {})

    def _beside(
        self,
        tree: dict[str, Any],
        key: str,
        value: Any,
        kind: Type,
        location: str,
        around: Around,
        depth: int,
    ) -> Iterator[Problem]:
        """What stands beside primitives: extensions of theirs."""
        element = kind.elements.get(key[1:]) if key.startswith("_") else None
        if element is None:
            return
        beside = value if isinstance(value, list) else [value]
        values = tree.get(element.key)
        for number, item in enumerate(beside):
            if isinstance(item, dict):
                place = f"[{number}]" if element.many else ""
                where = f"{location}.{element.step}{place}"
                any_element = self.definitions.any_element
                yield from self._object(item, any_element, where, around, depth + 1)
                missing = values is None if not element.many else _absent(values, number)
                if element.codes and missing:
                    message = N_("No code is given; one of {set} is required.")
                    said_of = {"set": element.codes}
                    yield Problem("error", "code-invalid", "binding", where, message, said_of)

    def _primitives(
        self, value: Any, element: Element, kind: Type, location: str, around: Around
    ) -> Iterator[Problem]:
        values = value if isinstance(value, list) else [value]
        for number, text in enumerate(values):
            if not isinstance(text, str):
                continue
            found = _of_text(text, element, kind, around)
            if found is not None:
                rule, severity, message = found
                place = f"[{number}]" if element.many else ""
                where = f"{location}.{element.step}{place}"
                yield Problem(severity, "value", rule, where, message, {"value": text})

    def _narrative(self, div: str, location: str) -> Iterator[Problem]:
        where = f"{location}.div"
        for fault in narrative.faults(div):
            message = N_("The narrative is not allowed XHTML: {fault}.")
            yield Problem("error", "invariant", "txt-1", where, message, {"fault": fault})
        if narrative.is_blank(div):
            message = N_("The narrative has no text and no picture.")
            yield Problem("warning", "invariant", "txt-2", where, message, {})

    def _reference(
        self, tree: dict[str, Any], element: Element, where: str, around: Around
    ) -> Iterator[Problem]:
        text = tree.get("reference")
        if not isinstance(text, str):
            return
        if text.startswith("#"):
            if len(text) == 1:
                # To the container, from inside: counts as being mentioned.
                around.fragments.update(_places(where))
                return
            around.fragments.add(text[1:])
            if text[1:] not in around.contained:
                yield said(self.definitions.rules["ref-1"], where)
                return
        if references.bad_urn(text):
            message = N_("{value} is not a URN of a UUID or OID.")
            yield Problem("warning", "value", "urn", f"{where}.reference", message, {"value": text})
        yield from self._target(text, element, where, around)

    def _target(self, text: str, element: Element, where: str, around: Around) -> Iterator[Problem]:
        """Whether what a reference points at may stand there."""
        found = around.scope.resolve(text)
        parts = references.literal(text)
        name = ""
        if found is not None:
            name = str(found.value.get("resourceType"))
        elif parts is not None and (not parts.base or parts.type in self.definitions.types):
            name = parts.type
        if not name:
            return
        if name not in self.definitions.types:
            message = N_("{value} names no resource type of FHIR R4.")
            yield Problem("error", "invalid", "target", where, message, {"value": text})
        elif element.targets and name not in element.targets:
            message = N_("A {name} cannot stand here; expected one of {expected}.")
            values = {"name": name, "expected": ", ".join(sorted(element.targets))}
            yield Problem("warning", "structure", "target", where, message, values)


class _Resolver:
    """Finds what a reference means: inside the resource, or in the bundle around it."""

    def __init__(
        self, walker: Walker, root: Node, shelf: references.Shelf | None, url: str
    ) -> None:
        self.walker, self.root, self.shelf, self.url = walker, root, shelf, url

    def __call__(self, reference: str) -> Node | None:
        if reference == "#":
            return self.root
        if reference.startswith("#"):
            for resource in self.root.value.get("contained") or ():
                if isinstance(resource, dict) and resource.get("id") == reference[1:]:
                    return self.walker.resource(resource)
            return None
        found = self.shelf.find(reference, self.url) if self.shelf else None
        return self.walker.resource(found) if found else None


def _of_text(
    text: str, element: Element, kind: Type, around: Around
) -> tuple[str, Any, str] | None:
    """What is wrong with one text: the rule, how grave, the words."""
    if element.kind in ADDRESSES:
        if text.startswith("#"):
            around.fragments.add(text[1:])
        elif references.bad_urn(text) and element.kind != "uri":
            return "urn", "warning", N_("{value} is not a URN of a UUID or OID.")
        return None
    if element.kind in DAYS:
        if len(text) >= 10 and not _is_day(text[:10]):
            return "calendar", "error", N_("{value} is a day on no calendar.")
        return None
    if narrative.looks_like_html(text) and element.kind == "string":
        message = N_("{value} looks like HTML; a screen that shows it as such is in danger.")
        return "html", "warning", message
    return None


def _is_day(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def _absent(values: Any, number: int) -> bool:
    return not isinstance(values, list) or number >= len(values) or values[number] is None


def _places(where: str) -> Iterator[str]:
    """The numbers of contained resources that a location lies in, as ``^number``."""
    _before, found, after = where.partition(".contained[")
    if found:
        yield f"^{after.partition(']')[0]}"
