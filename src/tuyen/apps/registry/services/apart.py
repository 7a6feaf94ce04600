"""Two records that look alike and are two people's: said once, remembered, and taken back."""

from collections.abc import Iterable
from uuid import UUID

from tuyen.apps.registry.bulk import rewrite
from tuyen.apps.registry.models import Apart, Person
from tuyen.apps.registry.operations import SetApart, UndoSetApart
from tuyen.apps.registry.refusals import (
    AlreadyApart,
    AlreadyUndone,
    KeptApart,
    SameRecord,
    UnknownApart,
)
from tuyen.apps.registry.services.people import Book
from tuyen.apps.registry.services.records import Records
from tuyen.kernel.operation import Batch, applies
from tuyen.kernel.refusal import Refusal

Pair = tuple[UUID, UUID]


@applies(SetApart)
def set_apart(batch: Batch[SetApart]) -> None:
    book = Book()
    named = [id for entry in batch.entries for id in (entry.payload.one, entry.payload.other)]
    records, known = Records.load(named), decisions(named)
    rows = []
    for entry in batch.entries:
        said = entry.payload
        try:
            one, other = in_order(records.usable(said.one), records.usable(said.other))
            if one.pk == other.pk:
                raise SameRecord()
            book.within_reach(entry, one.place_id, other.place_id)
            if (one.pk, other.pk) in known:
                raise AlreadyApart(on=known[one.pk, other.pk].on)
        except Refusal as refusal:
            batch.refuse(entry, refusal)
            continue
        row = Apart(
            id=entry.id, unit_id=entry.unit, author_id=entry.author, on=entry.happened_on,
            one_id=one.pk, other_id=other.pk, reason=said.reason,
        )  # fmt: skip
        known[one.pk, other.pk] = row
        rows.append(row)
    Apart.objects.bulk_create(rows)


@applies(UndoSetApart)
def undo_set_apart(batch: Batch[UndoSetApart]) -> None:
    book = Book()
    rows = Apart.objects.in_bulk([entry.payload.decision for entry in batch.entries])
    people = Person.objects.in_bulk({id for r in rows.values() for id in (r.one_id, r.other_id)})
    undone = []
    for entry in batch.entries:
        row = rows.get(entry.payload.decision)
        try:
            if row is None:
                raise UnknownApart(decision=entry.payload.decision)
            if row.undone_on is not None:
                raise AlreadyUndone(on=row.undone_on)
            book.within_reach(entry, people[row.one_id].place_id, people[row.other_id].place_id)
        except Refusal as refusal:
            batch.refuse(entry, refusal)
            continue
        row.undone_on, row.undone_by = entry.happened_on, entry.id
        undone.append(row)
    rewrite(Apart, ["undone_on", "undone_by"], undone)


def decisions(people: Iterable[UUID]) -> dict[Pair, Apart]:
    """What keeps these people apart, by pair in the order of registration; one query."""
    rows = Apart.objects.filter(undone_on=None, one__in=list(people))
    return {(row.one_id, row.other_id): row for row in rows}


def check_not_apart(known: dict[Pair, Apart], one: Person, other: Person) -> None:
    """Refuse to merge what somebody kept apart."""
    first, second = in_order(one, other)
    row = known.get((first.pk, second.pk))
    if row is not None:
        raise KeptApart(on=row.on, reason=row.reason)


def in_order(one: Person, other: Person) -> tuple[Person, Person]:
    """Both, the one that was registered first in front."""
    return (one, other) if one.number <= other.number else (other, one)
