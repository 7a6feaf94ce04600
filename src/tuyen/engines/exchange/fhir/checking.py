"""The walk that judges what structure alone does not show.

Invariants, required bindings, references and what they point at, extensions, narratives, days that are
on no calendar, ids that stand twice; and for each bundle and each definition the rules of its own.

What examples published with the standard break themselves, though its text forbids it, is a warning: a
reference to a type that its element does not list, a narrative without text, a URN of no OID.
"""

from collections.abc import Iterator
from datetime import date
from enum import Enum
from typing import Any, NamedTuple

from tuyen.engines.exchange.fhir import (
    answers,
    bundles,
    canonicals,
    narrative,
    questionnaires,
    references,
    signatures,
    vitals,
)  # fmt: skip
from tuyen.engines.exchange.fhir.coding import NUMBERED, Coding, of_number
from tuyen.engines.exchange.fhir.definitions import Definitions, Element, Type
from tuyen.engines.exchange.fhir.invariants import Asked, Invariants, said
from tuyen.engines.exchange.fhir.path_functions import Scope
from tuyen.engines.exchange.fhir.path_values import Node, Walker
from tuyen.engines.exchange.fhir.problems import Problem
from tuyen.engines.exchange.fhir.tree import objects
from tuyen.kernel.refusal import N_

ADDRESSES = frozenset({"uri", "url", "canonical", "oid", "uuid"})
DAYS = frozenset({"date", "dateTime", "instant"})
DEEPEST = 60


class Kept(Enum):
    """What is looked at in the value of a key."""

    NOTHING = 0
    OBJECT = 1
    ADDRESS = 2
    DAY = 3
    TEXT = 4
    NARRATIVE = 5


class Around(NamedTuple):
    """What an element is judged against: its resource, the one that contains it, the bundle."""

    found: list[Problem]
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


class _Plan(NamedTuple):
    """What is looked at in an element of some type."""

    asked: tuple[Asked, ...]
    keys: dict[str, tuple[Kept, Element, str]]
    passed_over: frozenset[str]
    """Keys whose values need no look."""


class Checking:
    """Judges trees whose structure is sound."""

    def __init__(self, definitions: Definitions) -> None:
        self.definitions = definitions
        self.walker = Walker(definitions)
        self.invariants = Invariants(definitions, self.walker)
        self.coding = Coding(definitions)
        self._plans: dict[str, _Plan] = {}

    def problems(self, tree: dict[str, Any]) -> list[Problem]:
        """Everything that is wrong with a resource and what it contains."""
        found: list[Problem] = []
        self._resource(tree, str(tree.get("resourceType")), found, None, None, "", 0)
        return found

    def _plan(self, kind: Type) -> "_Plan":
        """What is looked at: made once a type, since most values need no look."""
        made = self._plans.get(kind.name)
        if made is None:
            keys: dict[str, tuple[Kept, Element, str]] = {
                key: (kept, element, f".{element.step}")
                for key, element in kind.elements.items()
                if (kept := _kept(element)) is not Kept.NOTHING
            }
            passed_over = frozenset(kind.elements) - keys.keys()
            made = _Plan(self.invariants.asked(kind), keys, passed_over)
            self._plans[kind.name] = made
        return made

    def _resource(
        self,
        tree: dict[str, Any],
        location: str,
        found: list[Problem],
        container: Around | None,
        shelf: references.Shelf | None,
        url: str,
        depth: int,
    ) -> None:
        node = self.walker.resource(tree)
        if node is None or depth > DEEPEST or not isinstance(node.kind, Type):
            return
        root = container.scope.root if container else node
        inside = [resource for _place, resource in objects(tree, "contained")]
        if node.kind.name == "Bundle":
            shelf = references.Shelf(tree)
            found += bundles.faults(tree, location, shelf)
            found += signatures.faults(tree, location)
        around = Around(
            found,
            Scope(self.walker, node, root, _Resolver(self.walker, root, shelf, url)),
            container.contained if container else frozenset(str(r.get("id")) for r in inside),
            container.fragments if container else set(),
            set(),
            shelf,
            url,
        )
        found += canonicals.faults(tree, location, self.definitions.searches)
        found += questionnaires.faults(tree, location)
        found += answers.faults(tree, location)
        found += vitals.faults(tree, location)
        self._object(tree, node.kind, location, around, depth)
        if container is None and inside:
            found += self._unmentioned(inside, around, location)

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
    ) -> None:
        if depth > DEEPEST:
            return
        plan = self._plan(kind)
        for asked in plan.asked:
            if not asked.keys or not asked.keys.isdisjoint(tree):
                around.found.extend(
                    self.invariants.broken(asked, tree, kind, around.scope, location)
                )
        if not kind.resource:
            self._element(tree, kind, location, around)
        keys, passed_over = plan.keys, plan.passed_over
        for key, value in tree.items():
            if key in passed_over:
                continue
            planned = keys.get(key)
            if planned is None:
                if key[:1] == "_":
                    self._beside(tree, key, value, kind, location, around, depth)
                continue
            kept, element, step = planned
            if kept is Kept.OBJECT:
                if isinstance(value, list):
                    for number, item in enumerate(value):
                        where = f"{location}{step}[{number}]"
                        self._complex(item, element, where, tree, around, depth)
                else:
                    self._complex(value, element, location + step, tree, around, depth)
            else:
                self._primitives(value, kept, element, location + step, around)

    def _complex(
        self,
        value: Any,
        element: Element,
        where: str,
        parent: dict[str, Any],
        around: Around,
        depth: int,
    ) -> None:
        if not isinstance(value, dict):
            return
        if element.kind == "Resource":
            inner = around if element.key == "contained" else None
            url = around.url if inner else parent.get("fullUrl")
            address = url if isinstance(url, str) else ""
            self._resource(value, where, around.found, inner, around.shelf, address, depth + 1)
            return
        if element.codes:
            around.found.extend(self.coding.faults(value, element, where))
        if element.kind == "Reference":
            self._reference(value, element, where, around)
        self._object(value, self.definitions.types[element.kind], where, around, depth + 1)

    def _element(self, tree: dict[str, Any], kind: Type, location: str, around: Around) -> None:
        # The ids of ElementDefinition name paths, once in the snapshot and once in the differential.
        if "id" in tree and kind.name != "ElementDefinition":
            id = str(tree["id"])
            if id in around.ids:
                message = N_("The id {id} stands at another element of this resource too.")
                problem = Problem("error", "value", "element-id", location, message, {"id": id})
                around.found.append(problem)
            around.ids.add(id)
        if kind.name == "Extension":
            around.found.extend(self._extension(tree, kind, location))
        elif kind.name == "Coding" and tree.get("system") in NUMBERED:
            around.found.extend(of_number(tree, location))

    def _extension(self, tree: dict[str, Any], kind: Type, location: str) -> Iterator[Problem]:
        """Whether an extension has one content, and the one that the standard defines for it."""
        valued = any(key.startswith(("value", "_value")) for key in tree)
        if valued == ("extension" in tree):
            message = N_("An extension has either a value or further extensions, not both.")
            yield Problem("error", "invariant", "ext-1", location, message, {})
        url = tree.get("url")
        allowed = self.definitions.extensions.get(url) if isinstance(url, str) else None
        if allowed is None:
            return
        for key in tree:
            element = kind.elements.get(key) if key.startswith("value") else None
            if element is not None and element.kind not in allowed:
                expected = ", ".join(sorted(allowed)) or "extension"
                message = N_("The extension {url} has {expected}, not {key}.")
                values = {"url": url, "expected": expected, "key": key}
                yield Problem("error", "structure", "extension-type", location, message, values)

    def _beside(
        self,
        tree: dict[str, Any],
        key: str,
        value: Any,
        kind: Type,
        location: str,
        around: Around,
        depth: int,
    ) -> None:
        """What stands beside primitives: extensions of theirs."""
        element = kind.elements.get(key[1:])
        if element is None:
            return
        beside = value if isinstance(value, list) else [value]
        values = tree.get(element.key)
        for number, item in enumerate(beside):
            if isinstance(item, dict):
                place = f"[{number}]" if element.many else ""
                where = f"{location}.{element.step}{place}"
                self._object(item, self.definitions.any_element, where, around, depth + 1)
                missing = values is None if not element.many else _absent(values, number)
                if element.codes and missing:
                    message = N_("No code is given; one of {set} is required.")
                    stated = {"set": element.codes}
                    around.found.append(
                        Problem("error", "code-invalid", "binding", where, message, stated)
                    )

    def _primitives(
        self, value: Any, kept: Kept, element: Element, where: str, around: Around
    ) -> None:
        if isinstance(value, list):
            for number, item in enumerate(value):
                if not isinstance(item, list):
                    self._primitives(item, kept, element, f"{where}[{number}]", around)
            return
        if not isinstance(value, str):
            return
        if kept is Kept.ADDRESS:
            if value[:1] == "#":
                around.fragments.add(value[1:])
            elif value[:4] == "urn:" and element.kind != "uri" and references.bad_urn(value):
                around.found.append(_urn(value, where))
        elif kept is Kept.DAY:
            if len(value) >= 10 and not _is_day(value[:10]):
                message = N_("{value} is a day on no calendar.")
                problem = Problem("error", "value", "calendar", where, message, {"value": value})
                around.found.append(problem)
        elif kept is Kept.NARRATIVE:
            around.found.extend(_narrative(value, where))
        elif narrative.looks_like_html(value):
            message = N_("{value} looks like HTML; a screen that shows it as such is in danger.")
            problem = Problem("warning", "value", "html", where, message, {"value": value})
            around.found.append(problem)

    def _reference(
        self, tree: dict[str, Any], element: Element, where: str, around: Around
    ) -> None:
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
                around.found.append(said(self.definitions.rules["ref-1"], where))
                return
        if references.bad_urn(text):
            around.found.append(_urn(text, f"{where}.reference"))
        around.found.extend(self._target(text, element, where, around))

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
            for _place, resource in objects(self.root.value, "contained"):
                if resource.get("id") == reference[1:]:
                    return self.walker.resource(resource)
            return None
        found = self.shelf.find(reference, self.url) if self.shelf else None
        return self.walker.resource(found) if found else None


def _kept(element: Element) -> Kept:
    if not element.primitive:
        return Kept.OBJECT
    if element.kind in ADDRESSES:
        return Kept.ADDRESS
    if element.kind in DAYS:
        return Kept.DAY
    if element.kind == "xhtml":
        return Kept.NARRATIVE
    # Markdown may hold HTML; an id of an element is no text.
    return Kept.TEXT if element.kind == "string" and element.key != "id" else Kept.NOTHING


def _urn(value: str, where: str) -> Problem:
    message = N_("{value} is not a URN of a UUID or OID.")
    return Problem("warning", "value", "urn", where, message, {"value": value})


def _narrative(div: str, where: str) -> Iterator[Problem]:
    for fault in narrative.faults(div):
        message = N_("The narrative is not allowed XHTML: {fault}.")
        yield Problem("error", "invariant", "txt-1", where, message, {"fault": fault})
    if narrative.is_blank(div):
        message = N_("The narrative has no text and no picture.")
        yield Problem("warning", "invariant", "txt-2", where, message, {})


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
