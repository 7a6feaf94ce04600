"""Every address of the program, with the ids of both halves of the province in its parameters."""

import io
import os
import re
import zlib
from collections.abc import Callable
from functools import cache
from typing import Any

from django.urls import resolve

from tests.security.conftest import Holder, Province, routes


def read(answer) -> str:
    """The text of an answer, of a workbook too."""
    body = b"".join(answer) if answer.streaming else answer.content
    if body[:2] == b"PK":
        import zipfile

        archive = zipfile.ZipFile(io.BytesIO(body))
        body = b"".join(archive.read(name) for name in archive.namelist())
    return body.decode("utf-8", "replace")


def filled(pattern: str, province: Province) -> list[str]:
    """Addresses of a route, with the ids of both halves in the place of its parameters."""
    path = "/" + pattern
    if "<" not in path:
        return [path]
    found = []
    for half in province.halves:
        ids = {
            "/units/": half.units["C"], "/people/": half.person, "/households/": half.household,
            "/care/print/": half.visit, "/workforce/staff/": half.staff, "/workforce/stations/": half.units["S"],
            "/cases/": half.case, "/signals/events/": half.event,
            "/signals/groups/": half.units["C"], "/response/<slug": half.alarm, "/signals/": half.alarm, "/figures/": half.figure,
            "/operations/refused/": half.refused, "/operations/": half.operation,
        }  # fmt: skip
        prefix = next((p for p in ids if p in path), "")
        id = ids.get(prefix, half.person)
        full = re.sub(r"<uuid:\w+>", str(id), path)
        full = full.replace("<slug:kind>/<slug:subject>", "sign/dead-poultry")
        full = full.replace("/<slug:what>/", "/summary/")  # a slip of a visit
        full = re.sub(r"<slug:\w+>", "names", full)
        full = full.replace("<str:type>", "Patient").replace("<str:id>", str(id))
        full = full.replace("<str:version>", "1")
        full = re.sub(r"<int:\w+>", "1", re.sub(r"<str:token>", "0" * 32, full))
        found.append(re.sub(r"<str:form>", "csv", full))
        if prefix == "/operations/":
            found.append(re.sub(r"<uuid:\w+>", str(half.case), path))
    return list(dict.fromkeys(found))


PROGRAMS = ("/api/", "/fhir/")
ASKED = {
    "/care/books/": ["?month=2026-10"], "/care/books/book/": ["?book=A1&month=2026-10"],
    "/people/": ["?q=person"], "/households/": ["?q=person"], "/cases/": ["", "?q=case"],
    "/palette/": ["?q=person", "?q=Giang"], "/suggest/persons/": ["?q=Giang", "?q=011087000001"],
    "/units/suggest/": ["?q=Tram"], "/api/v1/people": ["?q=Giang", "?q=011087000001"],
    "/suggest/places/": ["?q=Xa"], "/figures/": ["", "?every=on"],
    "/map/": ["", "?show=cases", "?show=people"], "/board/": ["", "?map=old"],
    "/api/v1/counts": ["?first=2026-10-01&last=2026-10-31"],
    "/fhir/R4/Patient": ["", "?name=Giang", "?identifier=011087000001"],
    "/cases/new/check/": ["?name=Thao&disease=measles&sex=female&age=7"],
}  # fmt: skip


def addresses(province: Province) -> list[str]:
    return [path for pattern, _view in routes() for path in addresses_of(pattern, province)]


def addresses_of(pattern: str, province: Province) -> list[str]:
    return [path + query for path in filled(pattern, province) for query in ASKED.get(path, [""])]


_ID = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}")


def this_time(role: str, paths: list[str]) -> list[str]:
    """The addresses at which a role is tried at every change: about each second one, another half for
    each role, so that among fourteen roles each address is tried. At night, all."""
    if os.environ.get("TUYEN_EXAMPLES") == "night":
        return paths
    return [path for path in paths if zlib.crc32(f"{role} {_ID.sub('', path)}".encode()) % 2]


def asked_by(who: Holder, province: Province) -> list[str]:
    """All addresses of every route that may open, and one of each that is shut whatever is asked."""
    found = []
    for pattern, _view in routes():
        paths = addresses_of(pattern, province)
        right = right_of(paths[0])
        opens = right in ("public", "signed-in") or who.holds(right)
        found += paths if opens else paths[:1]
    return found


@cache
def _view_of(path: str) -> Callable[..., Any]:
    return resolve(path).func


def right_of(path: str) -> str:
    """The right that an address takes, whatever is asked of it."""
    return _view_of(path.partition("?")[0]).right
