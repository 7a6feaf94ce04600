"""Merged records: who stands for whom, and what a record held before it was merged away."""

from collections.abc import Collection
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Model

from tuyen.apps.access import walls
from tuyen.apps.journal import runs
from tuyen.apps.journal.prepared import prepared
from tuyen.apps.registry import tracing
from tuyen.apps.registry.models import Merge, Person


@walls.whole("which record stands for which")
def canonical(ids: Collection[UUID]) -> dict[UUID, UUID]:
    """The record that stands for each person today: itself, unless it was merged.

    Rows of other rooms keep the person they were made for, and ask here when they are read. One
    query, and one more for each time that a kept record was merged in its turn.
    """
    stands = {id: id for id in ids}
    asking = set(ids)
    while asking:
        later = dict(_merged(asking))
        for id, here in stands.items():
            stands[id] = later.get(here, here)
        asking = set(later.values())
    return stands


def born_as(ids: Collection[UUID]) -> dict[UUID, frozenset[UUID]]:
    """Every record that each of these stands for, itself among them: the other way round. Asked once
    of each in a run that leaves the registry as it is."""
    return runs.each("registry", "born as", ids, _born_as)


@walls.whole("which record stands for which")
def _born_as(ids: Collection[UUID]) -> dict[UUID, frozenset[UUID]]:
    found = {id: {id} for id in ids}
    asking = {id: id for id in ids}  # record: the one asked for that it stands for
    while asking:
        asking = {id: asking[into] for id, into in _merged_into(asking)}
        for id, root in asking.items():
            found[root].add(id)
    return {id: frozenset(records) for id, records in found.items()}


@prepared
def _merged(ids: Collection[UUID]) -> Any:
    rows = Person.objects.filter(pk__among=ids).exclude(merged_into=None)
    return rows.values_list("pk", "merged_into_id")


@prepared
def _merged_into(ids: Collection[UUID]) -> Any:
    rows = Person.objects.filter(merged_into__id__among=ids).exclude(merged_into=None)
    return rows.values_list("pk", "merged_into_id")


def rows_of(person: UUID, model: type[Model]) -> list[Any]:
    """What a record held of a table when it was merged away, oldest first; one query."""
    merge = Merge.objects.filter(duplicate=person, undone_on=None).first()
    lines = tracing.read(merge.trace) if merge else []
    rows = [
        tracing.restored(model, line.before)
        for line in lines
        if line.table == model._meta.label
        and line.before is not None
        and line.before["person_id"] == str(person)
    ]
    return sorted(rows, key=lambda row: (getattr(row, "system", ""), row.since or date.min))
