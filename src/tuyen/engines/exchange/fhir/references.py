"""References: what they look like, what they may point at, and finding it in the same text.

Source: https://hl7.org/fhir/R4/references.html, https://hl7.org/fhir/R4/bundle.html#references.
"""

import re
from typing import Any, NamedTuple

from tuyen.engines.exchange.fhir.tree import objects

_LITERAL = re.compile(
    r"^(?P<base>(?:https?)://[^?#]*/)?(?P<type>[A-Z][A-Za-z]+)/(?P<id>[A-Za-z0-9\-.]{1,64})"
    r"(?:/_history/(?P<version>[A-Za-z0-9\-.]{1,64}))?(?:#.*)?$"
)
ABSOLUTE = re.compile(r"^[A-Za-z][A-Za-z0-9+.-]*:[^\s]+$")
_UUID = re.compile(r"^urn:uuid:[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$", re.IGNORECASE)
_OID = re.compile(r"^urn:oid:[0-2](?:\.(?:0|[1-9][0-9]*))+$")


class Literal(NamedTuple):
    """The parts of a RESTful address."""

    base: str
    type: str
    id: str
    version: str


def literal(text: str) -> Literal | None:
    """The parts of ``[base/]Type/id[/_history/version]``; None for any other address."""
    found = _LITERAL.match(text)
    if found is None:
        return None
    return Literal(found["base"] or "", found["type"], found["id"], found["version"] or "")


def is_absolute(text: str) -> bool:
    return ABSOLUTE.match(text) is not None


def bad_urn(text: str) -> bool:
    """Whether a URN of a UUID or an OID is not written as one."""
    if text.startswith("urn:uuid:"):
        return _UUID.match(text) is None
    return text.startswith("urn:oid:") and _OID.match(text) is None


class Shelf:
    """The resources of a bundle by their addresses."""

    def __init__(self, bundle: dict[str, Any]) -> None:
        self.by_url: dict[str, dict[str, Any]] = {}
        for _place, entry in objects(bundle, "entry"):
            resource, url = entry.get("resource"), entry.get("fullUrl")
            if isinstance(resource, dict) and isinstance(url, str):
                self.by_url.setdefault(url, resource)

    def find(self, reference: str, from_url: str) -> dict[str, Any] | None:
        """The resource that a reference in the entry at ``from_url`` means, or None."""
        plain = reference.partition("#")[0]
        if found := self.by_url.get(plain):
            return found
        parts = literal(plain)
        if parts is None or parts.base:
            return self.by_url.get(_unversioned(plain))
        origin = literal(from_url)
        wanted = f"{parts.type}/{parts.id}"
        if origin is not None and origin.base:
            return self.by_url.get(origin.base + wanted)
        # An entry known by a URN alone says no base: the only one of that type and id is meant.
        ends = [
            resource
            for url, resource in self.by_url.items()
            if url.endswith(f"/{wanted}")
            or (resource.get("resourceType"), resource.get("id")) == (parts.type, parts.id)
        ]
        return ends[0] if len(ends) == 1 else None


def _unversioned(url: str) -> str:
    return url.partition("/_history/")[0]
