"""Lines of catalogues: the one in force is closed, a new one opened; nothing is written over."""

import json
from collections.abc import Iterable
from datetime import date
from typing import NamedTuple
from uuid import UUID

from tuyen.apps.access.actors import Actor
from tuyen.apps.claims.models import CatalogueLine, PatientFacts
from tuyen.apps.claims.operations import Line, SetCatalogue, SetPatient
from tuyen.apps.claims.refusals import (
    FieldForm,
    FieldNeeded,
    KeyNeeded,
    KeyTwice,
    UnknownField,
    UnknownPerson,
)
from tuyen.apps.journal import bulk
from tuyen.apps.registry import queries as registry
from tuyen.kernel.ids import derived_id
from tuyen.kernel.operation import Batch, Entry, applies
from tuyen.kernel.refusal import Refusal
from tuyen.rules.claims.catalogues import catalogues, completed, fault

_LINE = ("id", "unit_id", "kind", "key", "since", "until", "values", "changed_at")
_FACTS = tuple(field.attname for field in PatientFacts._meta.concrete_fields)


class _Key(NamedTuple):
    unit: UUID
    kind: str
    key: str


@applies(SetCatalogue)
def set_catalogues(batch: Batch[SetCatalogue]) -> None:
    """Validate lines by the rules of their catalogue, and put them into its history."""
    held = _held(batch.entries)
    kept: dict[UUID, CatalogueLine] = {}
    gone: set[UUID] = set()
    for entry in batch.entries:
        problem = _problem(entry.payload)
        if problem is not None:
            batch.refuse(entry, problem)
            continue
        for line in entry.payload.lines:
            at = _Key(entry.unit, entry.payload.kind, line.key)
            changed, dropped = _put(held.setdefault(at, []), at, line, entry)
            kept |= {row.pk: row for row in changed}
            gone |= dropped
            gone -= {row.pk for row in changed}
    for id in gone:
        kept.pop(id, None)
    if gone:
        CatalogueLine.objects.filter(pk__in=gone).delete()
    if kept:
        bulk.put(
            CatalogueLine, _LINE,
            [tuple(getattr(row, name) for name in _LINE) for row in kept.values()],
        )  # fmt: skip


@applies(SetPatient)
def set_patients(batch: Batch[SetPatient]) -> None:
    """The latest that was told of a person stands."""
    on = max(entry.happened_on for entry in batch.entries)
    asked = {entry.payload.person for entry in batch.entries}
    known = registry.vitals(by=Actor.program(on), ids=asked)
    rows: dict[UUID, tuple[object, ...]] = {}
    for entry in batch.entries:
        told = entry.payload
        if told.person not in known:
            batch.refuse(entry, UnknownPerson(person=told.person))
            continue
        rows[told.person] = (
            told.person, entry.unit, told.nationality, told.occupation, told.area,
            told.five_years_on, told.exempt_from, entry.received_at,
        )  # fmt: skip
    if rows:
        bulk.put(PatientFacts, _FACTS, list(rows.values()))


def _held(entries: Iterable[Entry[SetCatalogue]]) -> dict[_Key, list[CatalogueLine]]:
    """The lines that there are of the keys that are told, by day. One query."""
    units = {entry.unit for entry in entries}
    keys = {line.key for entry in entries for line in entry.payload.lines}
    found: dict[_Key, list[CatalogueLine]] = {}
    rows = CatalogueLine.objects.filter(unit_id__in=units, key__in=keys).order_by("since")
    for row in rows:
        found.setdefault(_Key(row.unit_id, row.kind, row.key), []).append(row)
    return found


def _put(
    history: list[CatalogueLine], at: _Key, line: Line, entry: Entry[SetCatalogue]
) -> tuple[list[CatalogueLine], set[UUID]]:
    """Put a line into the history of its key: rows that changed, and ids of rows that are gone."""
    since, told = entry.payload.since, _text(line)
    before = [row for row in history if row.since <= since]
    after = [row for row in history if row.since > since]
    current = before[-1] if before else None
    in_force = current is not None and (current.until is None or current.until > since)
    if current is not None and in_force and current.values == told:
        return [], set()
    changed, gone = [], set()
    if current is not None and current.since == since:
        gone.add(current.pk)
        before = before[:-1]
    elif current is not None and in_force:
        current.until = since
        current.changed_at = entry.received_at
        changed.append(current)
    fresh = []
    if line.values:
        until: date | None = after[0].since if after else None
        id = derived_id(at.unit, at.kind, at.key, since.isoformat())
        fresh = [
            CatalogueLine(
                id=id, unit_id=at.unit, kind=at.kind, key=at.key, since=since, until=until,
                values=told, changed_at=entry.received_at,
            )
        ]  # fmt: skip
        gone.discard(id)
    history[:] = [*before, *fresh, *after]
    return [*changed, *fresh], gone


def _text(line: Line) -> str:
    held = {name: value.strip() for name, value in sorted(line.values.items()) if value.strip()}
    return json.dumps(held, ensure_ascii=False, separators=(",", ":"))


def _problem(told: SetCatalogue) -> Refusal | None:
    """Why lines may not stand in their catalogue; the first reason."""
    catalogue = catalogues()[told.kind]
    seen: set[str] = set()
    for line in told.lines:
        if bool(catalogue.key) != bool(line.key):
            return KeyNeeded(key=catalogue.key or "-")
        if line.key in seen:
            return KeyTwice(key=line.key)
        seen.add(line.key)
        if not line.values:
            continue
        given = {name: value.strip() for name, value in line.values.items()}
        if unknown := next((name for name in given if name not in catalogue.fields), None):
            return UnknownField(field=unknown, known=", ".join(catalogue.fields))
        values = completed(told.kind, given)
        for name, field in catalogue.fields.items():
            value = values.get(name, "")
            if not value and field.needed:
                return FieldNeeded(key=line.key or told.kind, field=name)
            if value and (expected := fault(field, value)) is not None:
                return FieldForm(key=line.key or told.kind, field=name, value=value[:60], expected=expected)  # fmt: skip
    return None
