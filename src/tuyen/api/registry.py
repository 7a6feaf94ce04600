"""The dated map and its people, for programs."""

from datetime import date
from typing import Any
from uuid import UUID

import msgspec

from tuyen.api.door import NotFound, endpoint, number, one, takes
from tuyen.apps.access import clock, services
from tuyen.apps.access.actors import Actor
from tuyen.apps.registry import queries


class SpanOut(msgspec.Struct, frozen=True):
    """A value and the days on which it holds: from ``since`` up to, not including, ``until``."""

    value: Any
    since: date | None
    until: date | None


class UnitOut(msgspec.Struct, frozen=True):
    """A unit with its dated facts."""

    id: UUID
    kind: str
    type: str | None
    name: str
    full_name: str
    since: date | None
    until: date | None
    names: list[SpanOut]
    types: list[SpanOut]
    codes: list[SpanOut]
    points: list[SpanOut]
    successors: dict[UUID, float]
    predecessors: list[UUID]


class UnitRowOut(msgspec.Struct, frozen=True):
    id: UUID
    type: str | None
    name: str
    code: str | None
    lon: float | None
    lat: float | None


class UnitsOut(msgspec.Struct, frozen=True):
    """The units of one type valid on a day."""

    on: date
    units: list[UnitRowOut]


class PersonOut(msgspec.Struct, frozen=True):
    """A person as a list shows one: numbers are masked."""

    id: UUID
    name: str
    sex: int
    born_on: date
    village: str
    commune: str


class PeopleOut(msgspec.Struct, frozen=True):
    people: list[PersonOut]


@endpoint("GET", right="registry.unit.read", answer=UnitsOut)
@takes(type="string", on="date")
def units(by: Actor, query: Any) -> UnitsOut:
    """Units of a type (``commune`` by default) on the map of a day."""
    on = one(query, "on", date, by.on)
    atlas, kind = queries.atlas(), query.get("type", "") or "commune-level"
    found = atlas.communes(on) if kind == "commune-level" else atlas.units(type=kind, on=on)
    return UnitsOut(on, [_row(atlas, id, on) for id in found])


@endpoint("GET", right="registry.unit.read", answer=UnitOut)
@takes(on="date")
def unit(by: Actor, query: Any, id: UUID) -> UnitOut:
    """One unit, current or former, with everything dated about it."""
    atlas, on = queries.atlas(), one(query, "on", date, by.on)
    facts = atlas.unit(id)
    if facts is None:
        raise NotFound()
    return UnitOut(
        id=id, kind=facts.kind, type=atlas.type(id, on), name=atlas.name(id, on),
        full_name=atlas.full_name(id, on), since=facts.since, until=facts.until,
        names=[_span(s, s.value.full_name or s.value.name) for s in facts.names],
        types=[_span(s, s.value) for s in facts.types],
        codes=[_span(s, {"system": s.value[0], "code": s.value[1]}) for s in facts.codes],
        points=[_span(s, {"lon": s.value[0], "lat": s.value[1]}) for s in facts.points],
        successors={h.successor: h.weight for h in atlas.successors(id) if h.successor},
        predecessors=[h.predecessor for h in atlas.predecessors(id)],
    )  # fmt: skip


@endpoint("GET", right="registry.person.read", answer=PeopleOut)
@takes(q="string", limit="integer")
def people(by: Actor, query: Any) -> PeopleOut:
    """People of the caller's units by name, in any order, without marks; or by a number."""
    limit = number(query, "limit", default=20, least=1, most=20)
    found = queries.search_people(by=by, text=query.get("q", "")[:100], limit=limit)
    ids = [row.id for row in found]
    services.record_search(by=by, subject="registry.person", ids=ids, at=clock.now())
    return PeopleOut([
        PersonOut(row.id, row.name, row.sex, row.born_on, row.village, row.commune) for row in found
    ])  # fmt: skip


def _row(atlas: queries.Atlas, id: UUID, on: date) -> UnitRowOut:
    lon, lat = atlas.point(id, on) or (None, None)
    code = atlas.code(id, "administrative", on) or atlas.code(id, "facility13", on)
    return UnitRowOut(id, atlas.type(id, on), atlas.name(id, on), code, lon, lat)


def _span(span: Any, value: Any) -> SpanOut:
    return SpanOut(
        value,
        None if span.since == date.min else span.since,
        None if span.until == date.max else span.until,
    )
