"""Kept resources as rows, and rows as their reader may see them."""

import hashlib
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from django.db.models import QuerySet

from tuyen.apps.access import policies
from tuyen.apps.access.actors import Actor
from tuyen.apps.exchange import codec, keys
from tuyen.apps.exchange.models import Resource, Version
from tuyen.apps.exchange.patients import overlaid
from tuyen.apps.exchange.scopes import NAMES, SENSITIVE, near, scope, visible, within
from tuyen.apps.exchange.veil import veiled
from tuyen.apps.exchange.views import VIEWS, Seen
from tuyen.apps.journal.bulk import fetch
from tuyen.apps.registry import queries as registry
from tuyen.rules.exchange.fhir_types import FhirType

_COLUMNS = (
    "id", "type", "fhir_id", "version", "updated_at", "person_id", "subject", "unit_id", "seq",
    "begins", "deleted",
)  # fmt: skip


class Row(NamedTuple):
    """A resource as its reader may see it. ``whom`` is for the log of readings: the person, or the
    kept patient, that it is about; None where it is about nobody."""

    type: str
    id: str
    version: str
    at: datetime | None
    body: bytes
    whom: UUID | None
    kept: bool = True
    method: str = ""


class Page(NamedTuple):
    """Some of what matches, what was asked for beside it, how many match (None: not counted), and
    where to go on."""

    rows: list[Row]
    beside: list[Row]
    total: int | None
    cursor: str


class Found(NamedTuple):
    """The row of a kept resource."""

    id: UUID
    type: str
    fhir_id: str
    version: int
    updated_at: datetime
    person: UUID | None
    subject: str
    unit: UUID
    seq: int
    begins: datetime | None
    deleted: bool

    @property
    def whom(self) -> UUID | None:
        """The person it is about; of one who is not on the register, the row of the patient."""
        if self.person is not None or not self.subject:
            return self.person
        return keys.resource("Patient", self.subject)


def kept(by: Actor, types: Iterable[FhirType]) -> "QuerySet[Resource]":
    """The resources of some types that the reader may read."""
    return Resource.objects.filter(visible(by, types))


def founds(rows: "QuerySet[Resource]") -> list[Found]:
    """Rows, of a slice too: one query."""
    return [Found(*row) for row in fetch(rows.values_list(*_COLUMNS))]


def one(by: Actor, type: FhirType, id: str) -> Found | None:
    """The row of one resource."""
    rows = founds(kept(by, [type]).filter(pk=keys.resource(type.name, id)))
    return rows[0] if rows else None


def contents(by: Actor, rows: Sequence[Found]) -> list[Row]:
    """Resources as they stand, with their content: three queries at most."""
    wanted = {keys.version(row.id, row.version): row for row in rows}
    told = Version.objects.filter(pk__among=set(wanted)).values_list("id", "body")
    bodies = dict(fetch(told)) if wanted else {}
    standing = [(row, row.version, row.updated_at, bodies[key]) for key, row in wanted.items()]
    return _overlaid(by, rows, shown(by, standing))


def _overlaid(by: Actor, founds: Sequence[Found], rows: list[Row]) -> list[Row]:
    """Patients with what the register knows better by now, which their version then tells."""
    people = {row.person for row in founds if row.type == "Patient" and row.person}
    if not people:
        return rows
    known = {p.id: p for p in registry.listed(by=by, ids=people, limit=len(people))}
    laid = []
    for row in rows:
        person = known.get(row.whom) if row.type == "Patient" and row.whom else None
        body = overlaid(row.body, person) if person is not None else row.body
        if body is not row.body:
            row = row._replace(body=body, version=f"{row.version}.{digest(body)[:8]}")
        laid.append(row)
    return laid


def shown(by: Actor, told: Sequence[tuple[Found, int, datetime, str]]) -> list[Row]:
    """Versions of resources as their reader may see them."""
    named = covered(by, NAMES, [row for row, *_ in told])
    found = []
    for row, number, at, text in told:
        body = text.encode()
        if body:
            body = veiled(body, row.type, named=row.id in named)
        found.append(Row(row.type, row.fhir_id, str(number), at, body, row.whom))
    return found


def covered(by: Actor, right: str, rows: Sequence[Found]) -> set[UUID]:
    """Which of these rows somebody has a right over, for the purpose stated: one query at most."""
    held = policies.scope(by, right)
    ids = {row.id for row in rows}
    if not held or held.everything or not ids:
        return ids if held else set()
    near_by = {row.id for row in rows if held.covers(row.unit)}
    rest = {row.id for row in rows if row.person is not None} - near_by
    if rest:
        mine = Resource.objects.filter(near(held), pk__among=rest)
        near_by |= {id for (id,) in fetch(mine.values_list("pk"))}
    return near_by


def opened(by: Actor, rows: Sequence[Found]) -> set[UUID]:
    """Of which of these rows what is sensitive may be read, older versions among it."""
    return covered(by, SENSITIVE, rows)


def views(by: Actor, type: FhirType, ids: Sequence[str]) -> list[Row]:
    """Views by their ids, those that the reader may read."""
    view = VIEWS.get(type.name)
    if view is None or not ids or not scope(by, type):
        return []
    return [seen(type, each) for each in within(by, type, view.by_ids(by, ids))]


def digest(body: bytes) -> str:
    """What tells one content from another."""
    return hashlib.sha256(body).hexdigest()[:16]


def seen(type: FhirType, view: Seen) -> Row:
    """A view as a row. Its version is told by its content: it changes when that does."""
    body = codec.encoder.encode(view.content)
    return Row(type.name, view.content["id"], digest(body), view.at, body, view.person, kept=False)


def gathered(
    by: Actor, types: dict[str, FhirType], wanted: Collection[tuple[str, str]]
) -> list[Row]:
    """Resources by (type, id), those that are here and may be read; each once."""
    ids = {keys.resource(type, id) for type, id in wanted}
    named = [types[name] for name in dict.fromkeys(name for name, _ in wanted) if name in types]
    rows = contents(by, founds(kept(by, named).filter(pk__among=ids, deleted=False))) if ids else []
    there = {(row.type, row.id) for row in rows}
    for type in named:
        missing = [id for name, id in wanted if name == type.name and (name, id) not in there]
        rows += views(by, type, missing)
    return rows
