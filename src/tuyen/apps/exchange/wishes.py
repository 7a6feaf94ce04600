"""One change that is asked for, its content checked."""

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from tuyen.apps.exchange.checking import check
from tuyen.apps.exchange.indexing import typed
from tuyen.apps.exchange.refusals import NotAnId, UnknownType, WrongId
from tuyen.apps.registry.operations import AmendPerson, RegisterPerson
from tuyen.kernel.refusal import Refusal
from tuyen.rules.exchange.fhir_types import FhirType


@dataclass(slots=True)
class Wish:
    """One change that is asked for. ``entry`` is its place in a bundle, from 0."""

    method: str
    type: FhirType
    id: str = ""
    body: bytes = b""
    content: dict[str, Any] = field(default_factory=dict)
    expects: int | None = None
    none_exist: str = ""
    full_url: str = ""
    entry: int | None = None
    tag: str = ""
    # What planning finds:
    there: bool = False  # a conditional create that found what it asked for
    person: UUID | None = None
    register: RegisterPerson | AmendPerson | None = None
    registering: UUID | None = None  # the operation that does it
    condition: str = ""
    remarks: list[Refusal] = field(default_factory=list)  # what of it was filed, or why not


def wish(
    method: str, type_name: str, *, id: str = "", body: bytes = b"", if_match: str = "",
    none_exist: str = "", full_url: str = "", entry: int | None = None,
) -> Wish:  # fmt: skip
    """One change, its content checked.

    Raises
    ------
    UnknownType, NotJson, TooDeep, WrongType, WrongId, NotAnId, Invalid
    """
    type = typed(type_name)
    if type is None:
        raise UnknownType(value=type_name[:60])
    content: dict[str, Any] = {}
    if method != "DELETE":
        content = check(type, body)
        if method == "PUT" and content.get("id") != id:
            raise WrongId(found=str(content.get("id"))[:70], expected=id)
    if id and not _is_id(id):
        raise NotAnId(value=id[:70])
    return Wish(
        method=method, type=type, id=id, body=body, content=content, expects=_version(_tag(if_match)),
        tag=_tag(if_match),
        none_exist=none_exist, full_url=full_url, entry=entry,
    )  # fmt: skip


def _is_id(text: str) -> bool:
    return 0 < len(text) <= 64 and all(c.isascii() and (c.isalnum() or c in "-.") for c in text)


def _tag(text: str) -> str:
    """The version that `If-Match` names, of W/"3" or W/"3.1f00aa37"."""
    return text.strip().removeprefix("W/").strip('"')


def _version(tag: str) -> int | None:
    """The number of a version. What stands behind a point tells what the register knew."""
    if not tag:
        return None
    text = tag.partition(".")[0]
    # What is no version of ours can match none.
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 1_000_000_000
