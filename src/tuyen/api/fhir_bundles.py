"""Transactions and batches: many interactions in one request."""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from typing import Any

import msgspec
from django.http import HttpResponse, QueryDict

from tuyen.api import fhir
from tuyen.api.fhir_committing import committed
from tuyen.api.fhir_door import (
    Call,
    asks,
    bundle,
    interaction,
    moment,
    public,
    resource,
    sent,
    takes_only,
    told,
    writes,
)
from tuyen.api.fhir_door import outcome as refused_as
from tuyen.api.fhir_statement import statement
from tuyen.apps.exchange import codec, queries
from tuyen.apps.exchange.bundles import Address, BundleEntry, address, read_bundle
from tuyen.apps.exchange.refusals import BadEntry, BadParameter
from tuyen.apps.exchange.searching import Search, parsed
from tuyen.apps.exchange.wishes import Wish, wish
from tuyen.kernel.refusal import Refusal
from tuyen.rules.exchange.fhir_types import FhirType


@writes
def submit(call: Call) -> HttpResponse:
    """A bundle of type transaction (all of it or nothing) or batch (each entry by itself)."""
    body = call.body
    sent_in = read_bundle(body)
    if sent_in.resource_type != "Bundle" or sent_in.type not in ("transaction", "batch"):
        raise BadEntry(entry=0, what="expected a Bundle of type transaction or batch")
    if sent_in.type == "transaction":
        answers = _transaction(call, sent_in.entry)
    else:
        answers = [_alone(call, number, each) for number, each in enumerate(sent_in.entry)]
    return sent(bundle(f"{sent_in.type}-response", answers, at=call.at))


def _transaction(call: Call, entries: list[BundleEntry]) -> list[dict[str, Any]]:
    """Every change in one commit, whatever their order; then what is to be read."""
    wishes = {}
    for number, each in enumerate(entries):
        with _located(number):
            if not _reads(each):
                wishes[number] = _wish(number, each)
    gone = {(w.type.name, w.id) for w in wishes.values() if w.method == "DELETE"}
    for number, each in enumerate(entries):
        if _reads(each):
            with _located(number):
                _can_be_read(call, number, each, gone)
    done = dict(zip(wishes, committed(call, list(wishes.values())), strict=True)) if wishes else {}
    pairs = [(w.type.name, w.id) for w in done.values() if w.method != "DELETE"]
    versions = queries.standing(by=call.by, wanted=pairs) if pairs else {}
    return [
        _told(call, done[number], versions) if number in done else _alone(call, number, each)
        for number, each in enumerate(entries)
    ]


@contextmanager
def _located(number: int) -> Iterator[None]:
    """A refusal of an entry says which entry it is."""
    try:
        yield
    except Refusal as refusal:
        refusal.values.setdefault("entry", number)
        raise


def _reads(each: BundleEntry) -> bool:
    assert each.request is not None
    return each.request.method in ("GET", "HEAD")


def _can_be_read(
    call: Call, number: int, each: BundleEntry, gone: Collection[tuple[str, str]]
) -> None:
    """Refuse a transaction before anything of it is done, where what it wants to read is not to be had."""
    at, type, search = _asked(call, number, each)
    if search is not None:
        queries.search(by=call.by, search=search)
    elif (type.name, at.id) in gone:
        raise BadEntry(entry=number, what="another entry takes it out of use")
    else:
        queries.read(by=call.by, type=type, id=at.id)


def _asked(call: Call, number: int, each: BundleEntry) -> tuple[Address, FhirType, Search | None]:
    """What an entry reads: one resource, or what a search finds."""
    assert each.request is not None
    at = address(number, each.request.url)
    type = fhir.known(at.type)
    if not at.id:
        return at, type, parsed(type, dict(QueryDict(at.query).lists()), call.base)
    takes_only(QueryDict(at.query))
    return at, type, None


def _wish(number: int, each: BundleEntry) -> Wish:
    request = each.request
    assert request is not None
    at = address(number, request.url)
    if request.method == "POST" and (at.id or at.query):
        raise BadEntry(entry=number, what="a POST names a type, and If-None-Exist its condition")
    if request.method in ("PUT", "DELETE") and (not at.id or at.query):
        raise BadEntry(
            entry=number, what=f"a {request.method} names Type/id; searches are not taken"
        )
    if request.if_none_match:
        raise BadEntry(entry=number, what="ifNoneMatch is taken of a GET only")
    if request.method not in ("POST", "PUT", "DELETE"):
        raise BadEntry(entry=number, what=f"{request.method[:20]} is not taken in a bundle")
    body = bytes(each.resource) if request.method != "DELETE" else b""
    return wish(
        request.method, at.type, id=at.id, body=body, if_match=request.if_match,
        none_exist=request.if_none_exist, full_url=each.full_url, entry=number,
    )  # fmt: skip


def _told(call: Call, done: Wish, versions: dict[tuple[str, str], int]) -> dict[str, Any]:
    if done.method == "DELETE":
        gone: dict[str, Any] = {"status": "204 No Content"}
        return {"response": gone | _remarks(done)}
    number = versions.get((done.type.name, done.id))
    there = done.there or done.method == "PUT"
    said: dict[str, Any] = {"status": "200 OK" if there else "201 Created"}
    where = f"{done.type.name}/{done.id}"
    if number is not None:
        said |= {"location": f"{where}/_history/{number}", "etag": f'W/"{number}"'}
    else:
        said["location"] = where  # a view of this system's own record
    if not done.there:
        said["lastModified"] = moment(call.at)
    return {"fullUrl": f"{call.base}/{where}", "response": said | _remarks(done)}


def _remarks(done: Wish) -> dict[str, Any]:
    told = fhir.remarked(done)
    return {"outcome": told} if told else {}


def _read(call: Call, number: int, each: BundleEntry) -> dict[str, Any]:
    """A read or a search within a bundle."""
    assert each.request is not None
    at, type, search = _asked(call, number, each)
    if search is None:
        row = queries.read(by=call.by, type=type, id=at.id)
        tag = f'W/"{row.version}"'
        if each.request.if_none_match == tag:
            return {"response": {"status": "304 Not Modified", "etag": tag}}
        call.note([row])
        return {
            "resource": msgspec.Raw(resource(row)),
            "response": {"status": "200 OK", "etag": tag},
        }
    page = queries.search(by=call.by, search=search)
    call.note_search([*page.rows, *page.beside])
    found = msgspec.Raw(fhir.search_bundle(call, type, QueryDict(at.query), page))
    return {"resource": found, "response": {"status": "200 OK"}}


def _alone(call: Call, number: int, each: BundleEntry) -> dict[str, Any]:
    """One entry of a batch: what it comes to, or why not."""
    assert each.request is not None
    try:
        if _reads(each):
            return _read(call, number, each)
        (done,) = committed(call, [_wish(number, each)])
        pair = (done.type.name, done.id)
        return _told(call, done, queries.standing(by=call.by, wanted=[pair]))
    except Refusal as refusal:
        status = refused_as(refusal)
        said = f"{status.status_code} {status.reason_phrase}"
        return {"response": {"status": said, "outcome": told(refusal)}}


@public
@asks
def metadata(call: Call) -> HttpResponse:
    """What this door does: the CapabilityStatement, from the table that routes."""
    takes_only(call.request.GET, "mode")
    if (value := call.request.GET.get("mode", "full")) != "full":
        raise BadParameter(name="mode", value=value[:40], expected="full")
    return sent(codec.encoder.encode(statement(call.base)))


of_root = interaction(POST=submit)
of_metadata = interaction(GET=metadata)
