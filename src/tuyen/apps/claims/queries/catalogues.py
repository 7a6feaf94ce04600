"""Catalogues as they stand, and what claims lack in them."""

import json
from collections import Counter
from datetime import date
from typing import NamedTuple
from uuid import UUID

from tuyen.apps.access import policies
from tuyen.apps.access.actors import Actor
from tuyen.apps.claims import places
from tuyen.apps.claims.models import CatalogueLine, Claim
from tuyen.apps.claims.models.claims import UNSENT

READ = "claims.claim.read"


class CatalogueRow(NamedTuple):
    """A line that is in force or to come, or was; ``unit_name`` is whose it is."""

    unit: UUID
    unit_name: str
    key: str
    since: date
    until: date | None
    values: dict[str, str]
    in_force: bool


class Lack(NamedTuple):
    """What claims that are not sent lack in a catalogue, and how many of them."""

    unit: UUID
    unit_name: str
    where: str
    key: str
    claims: int


def catalogue(*, by: Actor, unit: UUID, kind: str, on: date) -> list[CatalogueRow]:
    """The lines of a catalogue of a unit and of those above it, by key, the latest first."""
    policies.check(by, READ, unit)
    map_ = places.atlas()
    line = places.line_above(unit, on, map_)
    rows = CatalogueLine.objects.filter(unit_id__in=line, kind=kind).order_by("key", "-since")
    return [
        CatalogueRow(
            row.unit_id, places.name(row.unit_id, on, map_), row.key, row.since, row.until,
            json.loads(row.values),
            row.since <= on and (row.until is None or on < row.until),
        )
        for row in rows
    ]  # fmt: skip


def lacking(*, by: Actor, on: date) -> list[Lack]:
    """What claims of the reader's units lack that were not sent, most wanted first: one query."""
    rows = Claim.objects.filter(
        policies.scope(by, READ).where("unit_id"), state__in=UNSENT
    ).exclude(missing="[]")
    counted: Counter[tuple[UUID, str, str]] = Counter()
    for unit, missing in rows.values_list("unit_id", "missing"):
        counted.update({(unit, one["where"], one["key"]) for one in json.loads(missing)})
    map_ = places.atlas()
    return [
        Lack(unit, places.name(unit, on, map_), where, key, n)
        for (unit, where, key), n in counted.most_common()
    ]
