"""Bundles as they come in: their entries, and the references from one to another."""

import re
from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

import msgspec

from tuyen.apps.exchange.refusals import BadEntry, NotJson, TooDeep, TooMany

MOST_ENTRIES = 2000
_REFERENCE = re.compile(rb'("reference"\s*:\s*")([^"\\]+)(")')
_PLACE = re.compile(r"`\$\.entry\[([0-9]+)\]")
_CONDITIONAL = re.compile(r"[A-Z][A-Za-z]+\?.+", re.DOTALL)
_LITERAL = re.compile(r"[A-Z][A-Za-z]+/[A-Za-z0-9\-.]{1,64}(/_history/[A-Za-z0-9\-.]{1,64})?")
_URL = re.compile(r"([A-Z][A-Za-z]+)(?:/([A-Za-z0-9\-.]{1,64}))?(?:\?(.*))?", re.DOTALL)


class Request(msgspec.Struct, rename="camel"):
    """What an entry asks for."""

    method: str = ""
    url: str = ""
    if_none_exist: str = ""
    if_match: str = ""
    if_none_match: str = ""
    if_modified_since: str = ""


class BundleEntry(msgspec.Struct, rename="camel"):
    full_url: str = ""
    resource: msgspec.Raw = msgspec.Raw(b"")
    request: Request | None = None


class Bundle(msgspec.Struct, rename="camel"):
    """A bundle with each resource letter by letter."""

    resource_type: str = ""
    type: str = ""
    entry: list[BundleEntry] = []


_decoder = msgspec.json.Decoder(Bundle)


def read_bundle(body: bytes, *, requests: bool = True) -> Bundle:
    """A transaction or a batch, every entry with a request; without ``requests``, a collection.

    Raises
    ------
    NotJson, TooMany, BadEntry
    """
    try:
        bundle = _decoder.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        if place := _PLACE.search(str(error)):
            raise BadEntry(entry=int(place[1]), what=str(error)) from None
        raise NotJson(what=str(error)) from None
    except RecursionError:
        raise TooDeep(limit=64) from None
    if len(bundle.entry) > MOST_ENTRIES:
        raise TooMany(count=len(bundle.entry), limit=MOST_ENTRIES)
    for number, entry in enumerate(bundle.entry):
        if entry.request is None and not requests and bytes(entry.resource):
            continue
        if entry.request is None or not entry.request.method or not entry.request.url:
            raise BadEntry(entry=number, what="it has no request with a method and a url")
        if entry.request.method in ("POST", "PUT") and not bytes(entry.resource):
            raise BadEntry(entry=number, what="it has no resource")
    return bundle


class Address(msgspec.Struct, frozen=True):
    """The address of an entry's request, taken apart."""

    type: str
    id: str = ""
    query: str = ""


def address(number: int, url: str) -> Address:
    """The type, id and query of a relative url: "Patient", "Patient/1", "Patient?name=an"."""
    match = _URL.fullmatch(url)
    if match is None:
        raise BadEntry(entry=number, what=f"{url[:80]!r} is not Type, Type/id or Type?search")
    return Address(match[1], match[2] or "", match[3] or "")


def given_id(full_url: str) -> str:
    """The id that an entry came with, where it is one that nobody else has: that of a UUID."""
    text = full_url.removeprefix("urn:uuid:").lower()
    try:
        return str(UUID(text)) if full_url.startswith("urn:uuid:") and len(text) == 36 else ""
    except ValueError:
        return ""


def spoken_of(full_url: str) -> list[str]:
    """How other entries may refer to an entry: by its address, or by its end where that is one."""
    if full_url.startswith(("http://", "https://")):
        return [full_url, "/".join(full_url.split("/")[-2:])]
    return [full_url] if full_url else []


def referring(
    body: bytes, names: Mapping[str, str], unresolved: Callable[[str], Any], base: str = ""
) -> bytes:
    """A resource with the references to other entries of its bundle as what those are called here, and
    those that begin with the address of this door (``base``) as relative ones; all else letter by
    letter. ``unresolved`` is told of those that only a bundle can mean."""

    def called(match: "re.Match[bytes]") -> bytes:
        said = match[2].decode("utf-8", "replace")
        name = names.get(said)
        if name is None and base and said.startswith(f"{base}/"):
            mine = said[len(base) + 1 :]
            name = mine if _LITERAL.fullmatch(mine) else None
        if name is None and (
            said.startswith("urn:uuid:") or ("?" in said and _CONDITIONAL.fullmatch(said))
        ):
            name = unresolved(said)
        if name is None:
            return match[0]
        return match[1] + name.encode() + match[3]

    return _REFERENCE.sub(called, body)
