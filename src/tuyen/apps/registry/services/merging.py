"""Two records of one person: merged, so that the person is counted once, and parted again.

The duplicate's rows leave the tables for the merge's trace; what the kept record lacks (numbers,
insurance, the other spelling of the name) it takes over in rows of its own. Nothing else is written,
in this room or another, so that parting them puts every row back as it was.
"""

from collections.abc import Iterable
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Model

from tuyen.apps.registry import search, tracing
from tuyen.apps.registry.bulk import rewrite
from tuyen.apps.registry.models import (
    Entitlement,
    Identifier,
    Merge,
    MergeProposal,
    Person,
    PersonName,
    PlaceRevision,
    Residence,
)
from tuyen.apps.registry.operations import MergePersons, ProposeMerge, UndoMerge
from tuyen.apps.registry.refusals import (
    AlreadyUndone,
    MergedSince,
    MergeNeedsProposal,
    NotAsProposed,
    NumberTaken,
    OneIsDead,
    OwnProposal,
    SameRecord,
    TakenOverChanged,
    UnknownMerge,
    UnknownProposal,
)
from tuyen.apps.registry.services.apart import check_not_apart, decisions
from tuyen.apps.registry.services.people import Book, masked, touch_places
from tuyen.apps.registry.services.records import EVERYTHING, Records
from tuyen.apps.registry.services.undoing import insert
from tuyen.apps.registry.tracing import Line
from tuyen.kernel.ids import derived_id
from tuyen.kernel.operation import Batch, Entry, applies
from tuyen.kernel.refusal import Refusal

Pair = tuple[Person, Person]
_TABLES = (*EVERYTHING, PersonName)


@applies(ProposeMerge)
def propose_merges(batch: Batch[ProposeMerge]) -> None:
    book = Book()
    records, apart = Records.load(_named(batch.entries)), decisions(_named(batch.entries))
    rows = []
    for entry in batch.entries:
        try:
            kept, duplicate = _pair(book, records, entry)
            check_not_apart(apart, kept, duplicate)
        except Refusal as refusal:
            batch.refuse(entry, refusal)
            continue
        rows.append(
            MergeProposal(
                id=entry.id, unit_id=entry.unit, author_id=entry.author,
                proposed_on=entry.happened_on, kept_id=kept.pk, duplicate_id=duplicate.pk,
            )
        )  # fmt: skip
    MergeProposal.objects.bulk_create(rows)


@applies(MergePersons)
def merge_persons(batch: Batch[MergePersons]) -> None:
    """One after the other: a record that was kept may be the duplicate of the next."""
    book = Book()
    for entry in batch.entries:
        records = Records.load(_named([entry]), *_TABLES)
        try:
            kept, duplicate = _pair(book, records, entry)
            check_not_apart(decisions(_named([entry])), kept, duplicate)
            _two_persons(book, entry, kept, duplicate)
        except Refusal as refusal:
            batch.refuse(entry, refusal)
            continue
        before = _images(records, kept, duplicate)
        _take_over(records, entry, kept, duplicate)
        _leave(records, entry, kept, duplicate)
        places = dict(_revisions(records.touched))
        records.save()
        after = _images(records, kept, duplicate)
        lines = [
            Line(table, id, before.get((table, id)), after.get((table, id)))
            for table, id in sorted(before.keys() | after.keys(), key=str)
            if before.get((table, id)) != after.get((table, id))
        ]
        lines += [
            Line(PlaceRevision._meta.label, place, {"entry_id": was} if was else None, None)
            for place, was in sorted(places.items(), key=str)
        ]
        Merge.objects.create(
            id=entry.id, proposal_id=entry.payload.proposal, author_id=entry.author,
            on=entry.happened_on, kept=kept, duplicate=duplicate, trace=tracing.written(lines),
        )  # fmt: skip


@applies(UndoMerge)
def undo_merges(batch: Batch[UndoMerge]) -> None:
    """One after the other: each may be in the way of the next."""
    book = Book()
    for entry in batch.entries:
        merge = Merge.objects.filter(pk=entry.payload.merge).first()
        try:
            if merge is None:
                raise UnknownMerge(merge=entry.payload.merge)
            if merge.undone_on is not None:
                raise AlreadyUndone(on=merge.undone_on)
            people = Person.objects.in_bulk([merge.kept_id, merge.duplicate_id])
            kept, duplicate = people[merge.kept_id], people[merge.duplicate_id]
            book.within_reach(entry, kept.place_id, duplicate.place_id)
            lines = tracing.read(merge.trace)
            _check_parting(kept, lines)
        except Refusal as refusal:
            batch.refuse(entry, refusal)
            continue
        _part(entry.id, merge, kept, duplicate, lines)
        merge.undone_on, merge.undone_by = entry.happened_on, entry.id
        rewrite(Merge, ["undone_on", "undone_by"], [merge])


# -- merging -------------------------------------------------------------------------------------


def _named(entries: Iterable[Entry[Any]]) -> list[UUID]:
    return [id for e in entries for id in (e.payload.kept, e.payload.duplicate)]


def _pair(book: Book, records: Records, entry: Entry[Any]) -> Pair:
    """Both records, usable and not in contradiction, or the refusal."""
    kept = records.usable(entry.payload.kept)
    duplicate = records.usable(entry.payload.duplicate)
    if kept.pk == duplicate.pk:
        raise SameRecord()
    book.within_reach(entry, kept.place_id, duplicate.place_id)
    if (kept.died_on is None) != (duplicate.died_on is None):
        raise OneIsDead(name=kept.name)
    return kept, duplicate


def _two_persons(book: Book, entry: Entry[MergePersons], kept: Person, duplicate: Person) -> None:
    """Across communes, one proposes and another confirms; the program answers for itself."""
    asked = entry.payload.proposal
    on, map = entry.happened_on, book.atlas
    homes = [map.commune_of(p.place_id, on) if p.place_id else None for p in (kept, duplicate)]
    if asked is None:
        if entry.author is not None and homes[0] != homes[1]:
            one, other = (map.full_name(home, on) or "—" for home in homes)
            raise MergeNeedsProposal(one=one, other=other)
        return
    proposal = MergeProposal.objects.filter(pk=asked, decision=None).first()
    if proposal is None:
        raise UnknownProposal(proposal=asked)
    if entry.author is not None and entry.author == proposal.author_id:
        raise OwnProposal()
    if (proposal.kept_id, proposal.duplicate_id) != (kept.pk, duplicate.pk):
        raise NotAsProposed()


def _take_over(records: Records, entry: Entry[Any], kept: Person, duplicate: Person) -> None:
    """What the kept record lacks: numbers, insurance for other times, another spelling."""
    of = entry.id
    known = {(n.system, n.value) for n in records[Identifier].of(kept.pk)}
    held = {n.system for n in records[Identifier].open(kept.pk)}
    for number in records[Identifier].of(duplicate.pk):
        if (number.system, number.value) in known:
            continue
        until = number.until
        if until is None and number.system in held:  # one at a time: the kept record's stands
            until = max(
                entry.happened_on, date.fromordinal((number.since or date.min).toordinal() + 1)
            )
        records[Identifier].add(
            Identifier(
                id=derived_id(of, "number", number.pk), person_id=kept.pk, system=number.system,
                value=number.value, since=number.since, until=until, warning=number.warning,
            )
        )  # fmt: skip
        known.add((number.system, number.value))
        held |= {number.system} if until is None else set()
    for card in records[Entitlement].of(duplicate.pk):
        if not any(_meet(card, mine) for mine in records[Entitlement].of(kept.pk)):
            records[Entitlement].add(
                Entitlement(
                    id=derived_id(of, "insurance", card.pk), person_id=kept.pk, card=card.card,
                    group=card.group, facility_id=card.facility_id, since=card.since,
                    until=card.until, warning=card.warning,
                )
            )  # fmt: skip
    names = {kept.name} | {row.name for row in records[PersonName].of(kept.pk)}
    spelled = [duplicate.name, *(row.name for row in records[PersonName].of(duplicate.pk))]
    for n, name in enumerate(dict.fromkeys(spelled)):
        if name not in names:
            records[PersonName].add(
                PersonName(
                    id=derived_id(of, "name", n), person_id=kept.pk, name=name,
                    until=entry.happened_on,
                )
            )  # fmt: skip
    records.find_anew(kept)


def _leave(records: Records, entry: Entry[Any], kept: Person, duplicate: Person) -> None:
    """The duplicate is out of every count and search, and points to the kept record."""
    for person in (kept, duplicate):
        records.touch(entry.id, [stay.place_id for stay in records[Residence].of(person.pk)])
    records.change(duplicate, search="", merged_into_id=kept.pk)
    for model in EVERYTHING:
        records[model].drop_all(duplicate.pk)


def _meet(one: Any, other: Any) -> bool:
    return (one.since or date.min) < (other.until or date.max) and (other.since or date.min) < (
        one.until or date.max
    )


def _images(records: Records, *people: Person) -> dict[tuple[str, UUID], tracing.Image]:
    found = {(Person._meta.label, person.pk): tracing.image(person) for person in people}
    for model in _TABLES:
        for person in people:
            for row in records[model].of(person.pk):
                found[model._meta.label, row.pk] = tracing.image(row)
    return found


def _revisions(places: Iterable[UUID]) -> list[tuple[UUID, str | None]]:
    known = PlaceRevision.objects.in_bulk(list(places))
    return [(place, str(known[place].entry_id) if place in known else None) for place in places]


# -- parting -------------------------------------------------------------------------------------


def _check_parting(kept: Person, lines: list[Line]) -> None:
    """Refuse where the two can no longer be told apart exactly."""
    if kept.merged_into_id is not None:
        raise MergedSince(name=kept.name)
    for model in (Identifier, Entitlement, PersonName):
        taken = [line for line in _of(lines, model) if line.before is None]
        now: dict[Any, Any] = model._default_manager.in_bulk([line.id for line in taken])
        for line in taken:
            row = now.get(line.id)
            if row is None or not tracing.same(row, line.after):
                what = tracing.restored(model, line.after or {})
                shown = getattr(what, "name", None) or masked(
                    getattr(what, "value", None) or what.card
                )
                raise TakenOverChanged(name=kept.name, what=shown)
    ours = [line.id for line in lines]
    for line in _of(lines, Identifier):
        if line.before is None:
            continue
        old = tracing.restored(Identifier, line.before)
        others = Identifier.objects.filter(system=old.system, value=old.value, until=None)
        if old.until is None and others.exclude(pk__in=ours).exists():
            raise NumberTaken(value=masked(old.value), system=old.system)


def _part(entry: UUID, merge: Merge, kept: Person, duplicate: Person, lines: list[Line]) -> None:
    for model in (Identifier, Entitlement, PersonName):
        gone = [line.id for line in _of(lines, model) if line.before is None]
        model._default_manager.filter(pk__in=gone).delete()
    for table in EVERYTHING:
        back = [line.before for line in _of(lines, table) if line.before is not None]
        insert(table, [tracing.restored(table, values) for values in back])
    old = next(line for line in _of(lines, Person) if line.id == duplicate.pk)
    restored = tracing.restored(Person, old.before or {})
    search.replace([(duplicate.number, duplicate.search, restored.search)])
    rewrite(Person, tracing.columns(old.before or {}, Person), [restored])
    records = Records([kept], PersonName)
    records.find_anew(records.people[kept.pk])
    records.save()
    _touch_again(entry, merge, lines)


def _touch_again(entry: UUID, merge: Merge, lines: list[Line]) -> None:
    """Counts made before the merger are right again, where nothing else happened since."""
    was = {line.id: line.before for line in _of(lines, PlaceRevision)}
    now = PlaceRevision.objects.in_bulk(list(was))
    back, new = {}, {}
    for place, before in was.items():
        if place in now and now[place].entry_id == merge.pk and before is not None:
            back[place] = UUID(before["entry_id"])
        else:
            new[place] = entry
    touch_places(back | new)


def _of(lines: list[Line], model: type[Model]) -> list[Line]:
    return [line for line in lines if line.table == model._meta.label]
