"""FHIR R4: read, search, history, create, update, delete, and all that is on record of a patient."""

from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse, QueryDict

from tuyen.api.fhir_committing import committed
from tuyen.api.fhir_door import (
    Call,
    asks,
    bundle,
    entry,
    interaction,
    issue,
    sent,
    sent_row,
    takes_only,
    writes,
)
from tuyen.apps.exchange import codec, queries
from tuyen.apps.exchange.indexing import span_of, typed
from tuyen.apps.exchange.queries import Page, Row
from tuyen.apps.exchange.refusals import BadParameter, UnknownType
from tuyen.apps.exchange.searching import MOST, PAGE, parsed
from tuyen.apps.exchange.wishes import Wish, wish
from tuyen.rules.exchange.fhir_types import FhirType


def read(call: Call, type: str, id: str) -> HttpResponse:
    """One resource as it stands."""
    row = queries.read(by=call.by, type=known(type), id=id)
    call.note([row])
    return sent_row(call, row)


def vread(call: Call, type: str, id: str, version: str) -> HttpResponse:
    """One version of a resource."""
    row = queries.version(by=call.by, type=known(type), id=id, number=version)
    call.note([row])
    return sent_row(call, row)


@asks
def history(call: Call, type: str, id: str) -> HttpResponse:
    """The versions of a resource."""
    page = queries.history(by=call.by, type=known(type), id=id, **_paging(call))
    call.note(page.rows)
    return _history(call, page)


@asks
def type_history(call: Call, type: str) -> HttpResponse:
    """The versions of all kept resources of a type."""
    page = queries.type_history(by=call.by, type=known(type), **_paging(call))
    call.note_search(page.rows)
    return _history(call, page)


@asks
def search(call: Call, type: str) -> HttpResponse:
    """Resources of a type by their parameters."""
    return searched(call, known(type), call.request.GET)


@asks
def posted_search(call: Call, type: str) -> HttpResponse:
    """The same with the parameters in the body, where no log of addresses sees them."""
    asked = call.request.GET.copy()
    asked.update(QueryDict(call.form))
    return searched(call, known(type), asked)


def searched(call: Call, type: FhirType, asked: QueryDict) -> HttpResponse:
    """The page of a search as a bundle."""
    page = queries.search(by=call.by, search=parsed(type, dict(asked.lists()), call.base))
    call.note_search([*page.rows, *page.beside])
    return sent(search_bundle(call, type, asked, page))


def search_bundle(call: Call, type: FhirType, asked: QueryDict, page: Page) -> bytes:
    """A page with links to itself and to the next one."""
    mine = [(name, value) for name, values in asked.lists() for value in values]
    here = f"{call.base}/{type.name}"
    links = [("self", f"{here}?{urlencode(mine)}" if mine else here)]
    if page.cursor:
        on = [(name, value) for name, value in mine if name != "_cursor"]
        links.append(("next", f"{here}?{urlencode([*on, ('_cursor', page.cursor)])}"))
    entries = [entry(call, row, search={"mode": "match"}) for row in page.rows]
    entries += [entry(call, row, search={"mode": "include"}) for row in page.beside]
    return bundle("searchset", entries, total=page.total, links=links)


@writes
def create(call: Call, type: str) -> HttpResponse:
    """Keep a new resource; with If-None-Exist only where there is none yet."""
    made = wish("POST", type, body=call.body, none_exist=call.header("If-None-Exist"))
    (done,) = committed(call, [made])
    return changed(call, done, 200 if done.there else 201)


@writes
def update(call: Call, type: str, id: str) -> HttpResponse:
    """A new version of a resource; with If-Match only over the one that the caller has seen."""
    if value := call.header("If-None-Match"):
        raise BadParameter(name="If-None-Match", value=value[:40], expected="it of a read only")
    made = wish("PUT", type, id=id, body=call.body, if_match=call.header("If-Match"))
    (done,) = committed(call, [made])
    return changed(call, done, 200)


@writes
def delete(call: Call, type: str, id: str) -> HttpResponse:
    """Take a kept resource out of use: its versions stay."""
    (done,) = committed(call, [wish("DELETE", type, id=id, if_match=call.header("If-Match"))])
    response = sent(b"", 204)
    if done.remarks:
        response["Tuyen-Filing"] = ", ".join(dict.fromkeys(why.code for why in done.remarks))
    return response


@asks
def everything(call: Call, id: str) -> HttpResponse:
    """A patient and all that is on record of them, of what the caller may read."""
    asked = call.request.GET
    types = {t for value in asked.getlist("_type") for t in value.split(",") if t}
    for name in types:
        known(name)
    takes_only(asked, "_type")
    rows = queries.everything(by=call.by, id=id, types=types)
    call.note(rows)
    entries = [entry(call, row, search={"mode": "match"}) for row in rows]
    return sent(bundle("searchset", entries, total=len(rows)))


def known(name: str) -> FhirType:
    """The type of an address."""
    type = typed(name)
    if type is None:
        raise UnknownType(value=name[:60])
    return type


def changed(call: Call, done: Wish, status: int) -> HttpResponse:
    """The answer to a change: the resource as it stands now, or as little as was asked for. Whether it
    was filed with a room, or why not, stands in an OperationOutcome, and in short in a header."""
    row = queries.read(by=call.by, type=done.type, id=done.id)
    if call.preference == "representation":
        response = sent_row(call, row, status)
    elif call.preference == "minimal":
        response = sent(b"", status)
    else:
        response = sent(codec.encoder.encode(remarked(done) or _done()), status)
    response["ETag"] = f'W/"{row.version}"'
    if done.remarks:
        response["Tuyen-Filing"] = ", ".join(dict.fromkeys(why.code for why in done.remarks))
    if status == 201:
        response["Location"] = location(call, row)
    return response


def remarked(done: Wish) -> dict[str, Any] | None:
    """What was told beside a change, if anything."""
    if not done.remarks:
        return None
    return {
        "resourceType": "OperationOutcome",
        "issue": [issue(why, "information") for why in done.remarks],
    }


def location(call: Call, row: Row) -> str:
    return f"{call.base}/{row.type}/{row.id}/_history/{row.version}"


def _done() -> dict[str, Any]:
    issue = {"severity": "information", "code": "informational", "diagnostics": "done"}
    return {"resourceType": "OperationOutcome", "issue": [issue]}


def _history(call: Call, page: Page) -> HttpResponse:
    entries = []
    for row in page.rows:
        method = row.method or "PUT"
        status = {"POST": "201", "DELETE": "204"}.get(method, "200")
        response = {"status": status, "etag": f'W/"{row.version}"'}
        url = row.type if method == "POST" else f"{row.type}/{row.id}"
        request = {"method": method, "url": url}
        entries.append(entry(call, row, request=request, response=response))
    here = call.request.build_absolute_uri(call.request.path)
    mine = [(name, value) for name, value in call.request.GET.items() if name != "_cursor"]
    links = [("self", call.request.build_absolute_uri())]
    if page.cursor:
        links.append(("next", f"{here}?{urlencode([*mine, ('_cursor', page.cursor)])}"))
    return sent(bundle("history", entries, total=page.total, links=links))


def _paging(call: Call) -> dict[str, Any]:
    """How many versions, from where on, and since when."""
    asked = call.request.GET
    takes_only(asked, "_count", "_since", "_cursor")
    text = asked.get("_count", str(PAGE))
    if not (text.isascii() and text.isdigit() and int(text[:6]) > 0):
        raise BadParameter(name="_count", value=text[:40], expected="a whole number from 1")
    found = {"limit": min(int(text[:6]), MOST), "cursor": asked.get("_cursor", "")}
    if "_since" not in asked:
        return found
    since = span_of(asked["_since"])
    if since is None:
        raise BadParameter(
            name="_since", value=asked["_since"][:40] or "''", expected="2026-03-01T08:00:00+07:00"
        )
    return found | {"since": since[0]}


of_type = interaction(GET=search, POST=create)
of_type_search = interaction(POST=posted_search)
of_type_history = interaction(GET=type_history)
of_resource = interaction(GET=read, PUT=update, DELETE=delete)
of_resource_history = interaction(GET=history)
of_version = interaction(GET=vread)
of_everything = interaction(GET=everything)
