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
    the numbers of the register stand in them as masked. What was taken off is told by a tag.
    """
    if named or type not in _OF_PEOPLE:
        return body
    content = codec.exact(body)
    if not (_has_numbers(content) or _has_group(content)):
        return body
    members = codec.raw(body)
    if "identifier" in members:
        identifiers = [masked(each) for each in content["identifier"]]
        members["identifier"] = codec.as_raw(identifiers)
    if "extension" in members:
        kept = [each for each in content["extension"] if not _tells(each)]
        if kept:
            members["extension"] = codec.as_raw(kept)
        else:
            del members["extension"]
    meta = dict(content.get("meta") or {})
    meta["tag"] = [*meta.get("tag", []), dict(SUBSETTED)]
    members["meta"] = codec.as_raw(meta)
    return codec.encoder.encode(members)


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
