"""Rules of a bundle beyond its invariants.

Source: https://hl7.org/fhir/R4/bundle.html: 2.36.4 (identity of entries), 2.36.5 (references), and the
pages on documents, messages and search.
"""

from collections.abc import Iterator
from typing import Any

from tuyen.engines.exchange.fhir import references
from tuyen.engines.exchange.fhir.problems import Problem
from tuyen.engines.exchange.fhir.tree import objects
from tuyen.kernel.refusal import N_

FIRST = {"document": "Composition", "message": "MessageHeader"}
REQUESTS = frozenset({"transaction", "batch"})
RESPONSES = frozenset({"transaction-response", "batch-response"})
SEARCH_INFO = "OperationOutcome"


def faults(
    bundle: dict[str, Any], location: str, shelf: references.Shelf | None
) -> Iterator[Problem]:
    """What is wrong with the entries of a bundle as its type asks."""
    kind = bundle.get("type")
    entries = [entry for _place, entry in objects(bundle, "entry")]
    first = entries[0].get("resource") if entries else None
    if (wanted := FIRST.get(str(kind))) and not _is(first, wanted):
        message = N_("A bundle of type {type} begins with a {wanted}.")
        yield _fault("first-entry", f"{location}.entry[0]", message, type=kind, wanted=wanted)
    seen: dict[tuple[str, str], int] = {}
    for number, entry in enumerate(entries):
        where = f"{location}.entry[{number}]"
        yield from _identity(entry, str(kind), where)
        yield from _twice(entry, str(kind), where, seen, number)
        if kind == "searchset":
            yield from _match(entry, bundle, where)
    if kind in FIRST and shelf is not None:
        yield from _unresolved(entries, location, shelf)


def _identity(entry: dict[str, Any], kind: str, where: str) -> Iterator[Problem]:
    """The address of an entry: absolute, and of the resource that it holds."""
    url, resource = entry.get("fullUrl"), entry.get("resource")
    if not isinstance(url, str):
        needed = kind not in REQUESTS | RESPONSES | {"history"}
        if needed and isinstance(resource, dict):
            message = N_("An entry needs a fullUrl, the identity of its resource.")
            yield _fault("full-url", where, message, severity="warning")
        return
    if not references.is_absolute(url):
        message = N_("fullUrl must be an absolute address, not {value}.")
        yield _fault("full-url", where, message, value=url)
    elif references.bad_urn(url):
        message = N_("{value} is not a URN of a UUID or OID.")
        yield _fault("urn", where, message, severity="warning", value=url)
    elif isinstance(resource, dict) and isinstance(resource.get("id"), str):
        parts = references.literal(url)
        if parts and parts.base and parts.type == resource.get("resourceType"):
            if parts.id != resource["id"]:
                message = N_("fullUrl {value} ends in another id than the resource has, {id}.")
                told = {"value": url, "id": resource["id"]}
                yield _fault("full-url-id", where, message, severity="warning", **told)
        elif parts and parts.base and isinstance(resource.get("resourceType"), str):
            message = N_("fullUrl {value} names another type than the resource has, {type}.")
            found = resource["resourceType"]
            yield _fault("full-url-type", where, message, severity="warning", value=url, type=found)


def _twice(
    entry: dict[str, Any], kind: str, where: str, seen: dict[tuple[str, str], int], number: int
) -> Iterator[Problem]:
    """bdl-7: one address stands once, or with different versions."""
    url, resource = entry.get("fullUrl"), entry.get("resource")
    if not isinstance(url, str) or kind in ("history", *REQUESTS, *RESPONSES):
        return
    meta = resource.get("meta") if isinstance(resource, dict) else None
    version = str(meta.get("versionId", "")) if isinstance(meta, dict) else ""
    before = seen.setdefault((url, version), number)
    if before != number:
        message = N_("fullUrl {value} stands in entry {before} already.")
        yield _fault("bdl-7", where, message, value=url, before=before)


def _match(entry: dict[str, Any], bundle: dict[str, Any], where: str) -> Iterator[Problem]:
    """An entry of a search result: its resource has an id, and its mode says why it is there."""
    resource, search = entry.get("resource"), entry.get("search")
    if not isinstance(resource, dict):
        return
    mode = search.get("mode") if isinstance(search, dict) else None
    name = str(resource.get("resourceType"))
    if "id" not in resource and name != SEARCH_INFO:
        yield _fault("search-id", f"{where}.resource", N_("Search results must have ids."))
    if mode == "outcome" and name != SEARCH_INFO:
        message = N_("The outcome of a search is an OperationOutcome, not a {type}.")
        yield _fault("search-outcome", f"{where}.resource", message, type=name)
    wanted = _searched(bundle)
    if mode == "match" and wanted and name not in wanted:
        message = N_("The search was for {wanted}; a {type} cannot match it.")
        told = ", ".join(sorted(wanted))
        yield _fault("search-type", f"{where}.resource", message, type=name, wanted=told)


def _searched(bundle: dict[str, Any]) -> set[str]:
    """The types that a search was for, by its own link; empty where that is not said."""
    for _place, link in objects(bundle, "link"):
        if link.get("relation") == "self":
            path, _mark, query = str(link.get("url")).partition("?")
            last = path.rstrip("/").rpartition("/")[2]
            if last[:1].isupper() and last.isalpha():
                return {last}
            for parameter in query.split("&"):
                if parameter.startswith("_type="):
                    return set(parameter.removeprefix("_type=").split(","))
    return set()


def _unresolved(
    entries: list[dict[str, Any]], location: str, shelf: references.Shelf
) -> Iterator[Problem]:
    """References of a document or message that must be found in it and are not."""
    for number, entry in enumerate(entries):
        resource, url = entry.get("resource"), entry.get("fullUrl")
        if not isinstance(resource, dict):
            continue
        must = number == 0
        base = f"{location}.entry[{number}].resource"
        for text, where in _references(resource, base):
            if text.startswith("#") or shelf.find(text, str(url or "")):
                continue
            if must and (text.startswith("urn:") or references.literal(text)):
                local = not text.startswith(("http:", "https:"))
                message = N_("{value} is not found in the bundle.")
                grave = "error" if local else "warning"
                yield _fault("unresolved", where, message, severity=grave, value=text)
            elif text.startswith("urn:"):
                message = N_("{value} is not found in the bundle.")
                yield _fault("unresolved", where, message, severity="warning", value=text)


def _references(tree: Any, where: str) -> Iterator[tuple[str, str]]:
    """Every literal reference below an object, with its place."""
    if isinstance(tree, list):
        for number, item in enumerate(tree):
            yield from _references(item, f"{where}[{number}]")
    elif isinstance(tree, dict):
        text = tree.get("reference")
        if isinstance(text, str):
            yield text, where
        for key, value in tree.items():
            if isinstance(value, (dict, list)):
                yield from _references(value, f"{where}.{key}")


def _is(resource: Any, name: str) -> bool:
    return isinstance(resource, dict) and resource.get("resourceType") == name


def _fault(
    rule: str, location: str, message: str, *, severity: Any = "error", **values: Any
) -> Problem:
    code = "not-found" if rule == "unresolved" else "invalid"
    return Problem(severity, code, rule, location, message, values)
