"""Reading and writing the JSON of resources without changing a letter of what is not ours."""

from decimal import Decimal
from typing import Any

import msgspec

from tuyen.apps.exchange.refusals import NotJson, TooDeep, TooLarge

MAX_RESOURCE = 200_000
"""Bytes of one resource: with its quotes escaped it still fits into one operation."""
DEEPEST = 64

_raw = msgspec.json.Decoder(dict[str, msgspec.Raw])
_plain = msgspec.json.Decoder(dict[str, Any])
_exact = msgspec.json.Decoder(dict[str, Any], float_hook=Decimal)
encoder = msgspec.json.Encoder(decimal_format="number")


def plain(body: bytes) -> dict[str, Any]:
    """A JSON object as plain values, for looking at; decimals lose what only letters keep.

    Raises
    ------
    NotJson, TooDeep
    """
    return _decoded(_plain, body)


def exact(body: bytes) -> dict[str, Any]:
    """The same with every digit of decimals.

    Raises
    ------
    NotJson, TooDeep
    """
    return _decoded(_exact, body)


def _decoded(decoder: "msgspec.json.Decoder[dict[str, Any]]", body: bytes) -> dict[str, Any]:
    try:
        return decoder.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise NotJson(what=str(error)) from None
    except RecursionError:
        raise TooDeep(limit=DEEPEST) from None


def raw(body: bytes) -> dict[str, msgspec.Raw]:
    """The members of a JSON object, each letter by letter."""
    try:
        return _raw.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise NotJson(what=str(error)) from None
    except RecursionError:
        raise TooDeep(limit=DEEPEST) from None


def check_size(type: str, body: bytes) -> None:
    if len(body) > MAX_RESOURCE:
        raise TooLarge(type=type, size=len(body), limit=MAX_RESOURCE)


def with_identity(body: bytes, id: str) -> bytes:
    """The same object under another id; all else letter by letter."""
    members = raw(body)
    said = msgspec.Raw(encoder.encode(id))
    if "id" in members and bytes(members["id"]) == bytes(said):
        return body
    members["id"] = said
    return encoder.encode(members)


def shown(body: bytes, *, version: str, at: str) -> bytes:
    """A kept resource as it is shown: its ``meta`` says which version it is and since when, where that is
    known."""
    members = raw(body)
    meta = raw(bytes(members["meta"])) if "meta" in members else {}
    meta["versionId"] = msgspec.Raw(encoder.encode(version))
    if at:
        meta["lastUpdated"] = msgspec.Raw(encoder.encode(at))
    members["meta"] = msgspec.Raw(encoder.encode(meta))
    return encoder.encode(members)


def as_raw(value: object) -> msgspec.Raw:
    """A plain value as a member of a raw object."""
    return msgspec.Raw(encoder.encode(value))
