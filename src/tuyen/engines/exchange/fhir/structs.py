"""Compiled structs of all types of R4: the fast reader and the writer.

They are made from the definitions when first needed (a quarter of a second), one frozen-shape struct a
type: unknown keys are refused, lists are not empty, primitives have their form, codes of required
value sets are listed, decimals keep their digits. A resource read is an instance with an attribute
a key (``patient.name[0].family``; ``class_`` for ``class``); what is absent is None.
"""

import keyword
import sys
from decimal import Decimal
from functools import reduce
from operator import attrgetter, or_
from types import GenericAlias, ModuleType
from typing import Annotated, Any, Literal

import msgspec

from tuyen.engines.exchange.fhir.definitions import Definitions, Element, Type
from tuyen.engines.exchange.fhir.primitives import LARGEST, LEAST, SMALLEST, Forms

ANY_RESOURCE = "AnyResource_"
BESIDE = "Beside_"
SPACE = "tuyen.engines.exchange.fhir.r4"
"""Where the structs live; annotations are resolved there, since types contain one another."""

ENCODER = msgspec.json.Encoder(decimal_format="number")
"""Writes structs and trees alike; decimals as their digits."""


class Structs:
    """Struct classes by type name, and the codec over all resources."""

    def __init__(self, definitions: Definitions, forms: Forms) -> None:
        self._definitions = definitions
        self._forms = forms
        self._space = ModuleType(SPACE, "Struct classes of FHIR R4, made by structs.py.")
        # Annotations are resolved through the module of the class, which must be found.
        sys.modules[SPACE] = self._space
        self._primitives = {name: self._primitive(name) for name in definitions.primitives}
        self.classes: dict[str, type[msgspec.Struct]] = {}
        for kind in definitions.walk():
            self._add(kind.name, self._struct(kind))
        self._add(BESIDE, self._struct(definitions.any_element, BESIDE))
        resources = tuple(self.classes[name] for name in definitions.resources)
        union: Any = reduce(or_, resources)
        self._space.__dict__.update(
            {ANY_RESOURCE: union, "Annotated": Annotated, "Meta_": msgspec.Meta}
        )
        self.decoder: msgspec.json.Decoder[Any] = msgspec.json.Decoder(union)

    def _add(self, name: str, made: type[msgspec.Struct]) -> None:
        self.classes[name] = made
        setattr(self._space, _class_name(name), made)

    def _primitive(self, name: str) -> Any:
        kind = self._forms.json[name]
        if kind == "Boolean":
            return bool
        if kind == "Integer":
            return Annotated[int, msgspec.Meta(ge=LEAST.get(name, SMALLEST), le=LARGEST)]
        if kind == "Decimal":
            return Decimal
        form = self._forms.texts[name]
        meta = msgspec.Meta(pattern=form) if form else msgspec.Meta(min_length=1)
        return Annotated[str, meta]

    def _struct(self, kind: Type, name: str = "") -> type[msgspec.Struct]:
        fields: list[tuple[str, Any, Any]] = []
        renamed: dict[str, str] = {}
        for element in kind.elements.values():
            attribute = attribute_of(element.key)
            if attribute != element.key:
                renamed[attribute] = element.key
            fields.append((attribute, self._annotation(element), None))
            if element.primitive and element.key != "id":
                beside = f"list[{BESIDE} | None] | None" if element.many else f"{BESIDE} | None"
                fields.append((f"_{element.key}", beside, None))
        return msgspec.defstruct(
            _class_name(name or kind.name),
            fields,
            module=SPACE,
            namespace=_filled(kind),
            forbid_unknown_fields=True,
            omit_defaults=True,
            kw_only=True,
            gc=False,  # a tree that was read has no cycles; looking for them costs a tenth
            rename=renamed or None,
            tag=kind.name if kind.resource else None,
            tag_field="resourceType" if kind.resource else None,
        )

    def _annotation(self, element: Element) -> Any:
        if element.primitive:
            one: Any = self._primitives[element.kind]
            if element.codes:
                one = Literal[tuple(sorted(self._definitions.plain_codes(element.codes)))]
            if element.many:
                one = Annotated[GenericAlias(list, (one | None,)), msgspec.Meta(min_length=1)]
            return one | None
        name = ANY_RESOURCE if element.kind == "Resource" else _class_name(element.kind)
        many = f"Annotated[list[{name}], Meta_(min_length=1)] | None"
        return many if element.many else f"{name} | None"


def attribute_of(key: str) -> str:
    """The attribute that holds a key: Python's own words get a line behind them."""
    return f"{key}_" if keyword.iskeyword(key) else key


def _class_name(name: str) -> str:
    return name.replace(".", "_")


def _filled(kind: Type) -> dict[str, Any]:
    """What a struct asks of itself once filled: what must be there, and one of each choice.

    Fields cannot be required outright: a primitive may be absent where an extension beside it says why.
    """
    present = {key for keys in kind.required.values() for key in keys}
    must = [_getter(keys, kind) for keys in kind.required.values()]
    one = [(_getter(keys, kind), keys) for keys in kind.single.values()]
    if not must and not one:
        return {}

    def __post_init__(self: Any) -> None:
        for names, get in must:
            if get(self) == names:
                raise ValueError(f"one of {sorted(present)} is missing")
        for (names, get), keys in one:
            if get(self).count(None) < len(names) - 1 and _several(self, keys):
                raise ValueError(f"more than one of {keys}")

    return {"__post_init__": __post_init__}


def _getter(keys: tuple[str, ...], kind: Type) -> tuple[tuple[None, ...], Any]:
    """A function that gives the values of keys and of what is beside them, and those if absent."""
    beside = [f"_{key}" for key in keys if kind.elements[key].primitive]
    names = [*map(attribute_of, keys), *beside]
    if len(names) == 1:
        names = names * 2  # so that the getter gives a tuple
    return (None,) * len(names), attrgetter(*names)


def _several(struct: Any, keys: tuple[str, ...]) -> bool:
    """Whether more than one key of a choice is there; a value and what is beside it are one."""
    return (
        sum(
            getattr(struct, attribute_of(key)) is not None
            or getattr(struct, f"_{key}", None) is not None
            for key in keys
        )
        > 1
    )
