"""What is taken off a resource that is shown to somebody who stated no purpose for it."""

from typing import Any

from tuyen.apps.exchange import codec
from tuyen.rules.exchange.fhir_types import ethnic_extensions, identifier_systems

_MASKED = {
    "extension": [
        {
            "url": "http://hl7.org/fhir/StructureDefinition/data-absent-reason",
            "valueCode": "masked",
        }
    ]
}
_OF_PEOPLE = ("Patient", "RelatedPerson", "Coverage")


def veiled(body: bytes, type: str, *, named: bool) -> bytes:
    """The content of a resource, letter by letter where nothing is taken off.

    Without ``named``, extensions that tell an ethnic group are left out of people's resources, and
    the numbers of the register stand in them as masked, in those that stand inside another too. What
    was taken off is told by a tag.
    """
    if named or not (type in (*_OF_PEOPLE, "Bundle") or b'"contained"' in body):
        return body
    changed = _changed(codec.exact(body))
    if not changed:
        return body
    members = codec.raw(body) | {name: codec.as_raw(value) for name, value in changed.items()}
    return codec.encoder.encode({n: v for n, v in members.items() if changed.get(n, v) is not None})


def _changed(content: dict[str, Any]) -> dict[str, Any]:
    """The members of a resource that are shown otherwise; None where one is left out. What stands
    inside it, contained or as an entry of a bundle, is judged alike."""
    changed: dict[str, Any] = {}
    if content.get("resourceType") in _OF_PEOPLE and (_has_numbers(content) or _has_group(content)):
        if "identifier" in content:
            changed["identifier"] = [masked(each) for each in content["identifier"]]
        if "extension" in content:
            kept = [each for each in content["extension"] if not _tells(each)]
            changed["extension"] = kept or None
        meta = dict(content.get("meta") or {})
        changed["meta"] = meta | {"tag": [*meta.get("tag", []), dict(SUBSETTED)]}
    if inside := content.get("contained"):
        contained = [_less(each) for each in inside]
        changed |= {"contained": contained} if contained != inside else {}
    if content.get("resourceType") == "Bundle" and (inside := content.get("entry")):
        entries = [
            each | {"resource": _less(each["resource"])} if "resource" in each else each
            for each in inside
        ]
        changed |= {"entry": entries} if entries != inside else {}
    return changed


def _less(content: dict[str, Any]) -> dict[str, Any]:
    """A resource as a plain value, without what is not shown of it."""
    shown = content | _changed(content)
    return {name: value for name, value in shown.items() if value is not None}


SUBSETTED = {
    "system": "http://terminology.hl7.org/CodeSystem/v3-ObservationValue",
    "code": "SUBSETTED",
}


def masked(identifier: Any) -> Any:
    """An identifier of the register without its value."""
    if not isinstance(identifier, dict) or not number_system(identifier):
        return identifier
    return {name: value for name, value in identifier.items() if name != "value"} | {
        "_value": _MASKED
    }


def number_system(identifier: dict[str, Any]) -> str:
    """The registry's name of the system that a FHIR identifier is of; '' where it is none of ours.

    A national number is also known by its type and its form, whatever system it is said to be of.
    """
    system, value = identifier.get("system"), identifier.get("value")
    type = identifier.get("type")
    codings = type.get("coding", []) if isinstance(type, dict) else []
    types = {coding.get("code") for coding in codings if isinstance(coding, dict)}
    for name, known in identifier_systems().items():
        if system == known.system or (system in known.also):
            return name
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) == 12:
        known = identifier_systems()["personal_number"]
        if types & set(known.types) and not system:
            return "personal_number"
    return ""


def _has_numbers(content: dict[str, Any]) -> bool:
    held = content.get("identifier")
    return isinstance(held, list) and any(
        isinstance(each, dict) and number_system(each) for each in held
    )


def _has_group(content: dict[str, Any]) -> bool:
    held = content.get("extension")
    return isinstance(held, list) and any(map(_tells, held))


def _tells(extension: Any) -> bool:
    return isinstance(extension, dict) and extension.get("url") in ethnic_extensions()
