"""A reorganisation undone: every row that it wrote is put back as it stood before.

This is exact only while nothing was built on it, so what was built on it is looked for first: rows
that it wrote and somebody changed since, rows that name what it made, and facts that now stand where
the old ones would be put back.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from django.apps import apps
from django.db.models import ForeignKey, Model, Q, QuerySet, UUIDField

from tuyen.apps.journal import bulk
from tuyen.apps.registry import mapstore, standing, tracing, vocabulary
from tuyen.apps.registry.bulk import rewrite
from tuyen.apps.registry.models import (
    MapRevision,
    Proposal,
    Relation,
    Reorganisation,
    UndoProposal,
    Unit,
    UnitCode,
    UnitFunction,
    UnitName,
    UnitPoint,
    UnitType,
)
from tuyen.apps.registry.operations import ProposeUndo, UndoReorganisation
from tuyen.apps.registry.refusals import (
    AlreadyUndone,
    ChangedSince,
    LaterReorganisation,
    NeedsUndoProposal,
    NotAsProposed,
    OwnProposal,
    RecordsSince,
    UndoWaits,
    UnknownProposal,
    UnknownReorganisation,
)
from tuyen.apps.registry.tracing import Image, Line
from tuyen.kernel.operation import Batch, Entry, applies
from tuyen.kernel.refusal import Refusal
from tuyen.kernel.reorganising import Change, edits

# Columns that hold a unit without a foreign key: the rooms above keep no key into this one.
_OF_UNITS = frozenset({"unit_id", "commune_id", "village_id", "facility_id", "area_id"})
# What two persons decide about the map names units and builds nothing on them.
_DECISIONS = (Proposal, Reorganisation, UndoProposal)
# What a fact is a fact of: two rows of one slot never hold on the same day.
_SLOTS: dict[type[Model], tuple[tuple[str, ...], ...]] = {
    UnitName: (("unit_id",),),
    UnitType: (("unit_id",),),
    UnitPoint: (("unit_id",),),
    UnitCode: (("unit_id", "system"), ("system", "code")),
    UnitFunction: (("unit_id", "function"),),
    Relation: (("subject_id", "kind", "object_id"),),
}


def move_rooms(change: Change) -> list[Line]:
    """Let each room move what goes on with its units; what it wrote, before and after."""
    if not change.posts:
        return []
    lines = []
    fresh: dict[type[Model], list[Any]] = defaultdict(list)
    changed: dict[type[Model], list[tuple[Any, Sequence[str]]]] = defaultdict(list)
    for edit in edits(change):
        model = type(edit.row)
        before = None if edit.new else tracing.image(edit.row)
        for name, value in edit.values.items():
            setattr(edit.row, name, value)
        lines.append(Line(model._meta.label, edit.row.pk, before, tracing.image(edit.row)))
        if edit.new:
            fresh[model].append(edit.row)
        else:
            changed[model].append((edit.row, list(edit.values)))
    for model, rows in changed.items():
        names = sorted({name for _, some in rows for name in some})
        rewrite(model, names, [row for row, _ in rows])
    for model, new in fresh.items():
        insert(model, new)
    return lines


@applies(ProposeUndo)
def propose_undos(batch: Batch[ProposeUndo]) -> None:
    """A proposal is refused for what the undo would be refused for."""
    for entry in batch.entries:
        id = entry.payload.decision
        try:
            decision = _in_force(id)
            waits = _open().filter(decision=decision).first()
            if waits is not None:
                raise UndoWaits(on=waits.proposed_on)
            for why in in_the_way(decision, tracing.read(decision.trace)):
                raise why
        except Refusal as refusal:
            batch.refuse(entry, refusal)
            continue
        UndoProposal.objects.create(
            id=entry.id, unit_id=entry.unit, author_id=entry.author,
            proposed_on=entry.happened_on, decision=decision, reason=entry.payload.reason,
        )  # fmt: skip


@applies(UndoReorganisation)
def undo_reorganisations(batch: Batch[UndoReorganisation]) -> None:
    """One after the other: each may be in the way of the next."""
    for entry in batch.entries:
        try:
            decision = _in_force(entry.payload.decision)
            proposal = _admitted(entry)
            lines = tracing.read(decision.trace)
            for why in in_the_way(decision, lines):
                raise why
        except Refusal as refusal:
            batch.refuse(entry, refusal)
            continue
        put_back(lines)
        decision.undone_on, decision.undone_by = entry.happened_on, entry.id
        rewrite(Reorganisation, ["undone_on", "undone_by"], [decision])
        if proposal is not None:
            proposal.confirmed_by = entry.id
            rewrite(UndoProposal, ["confirmed_by"], [proposal])
        # The map is again what it was, so what was made of it then is valid again.
        still = mapstore.revision() == decision.pk
        now = decision.map_before if still else entry.id
        if now is None:
            MapRevision.objects.filter(pk=1).delete()
        else:
            MapRevision.objects.update_or_create(pk=1, defaults={"entry_id": now})
        mapstore.changed()


def _in_force(id: UUID) -> Reorganisation:
    decision = Reorganisation.objects.filter(pk=id).first()
    if decision is None:
        raise UnknownReorganisation(decision=id)
    if decision.undone_on is not None:
        raise AlreadyUndone(on=decision.undone_on)
    return decision


def _open() -> QuerySet[UndoProposal]:
    return UndoProposal.objects.filter(confirmed_by=None, withdrawn_on=None)


def _admitted(entry: Entry[UndoReorganisation]) -> UndoProposal | None:
    """Two persons undo, as two decide. What the program undoes was decided elsewhere."""
    said = entry.payload
    if said.proposal is None:
        if entry.author is not None:
            raise NeedsUndoProposal()
        return None
    proposal = _open().filter(pk=said.proposal).first()
    if proposal is None:
        raise UnknownProposal(proposal=said.proposal)
    if entry.author is not None and entry.author == proposal.author_id:
        raise OwnProposal()
    if proposal.decision_id != said.decision:
        raise NotAsProposed()
    return proposal


def put_back(lines: Iterable[Line]) -> None:
    """Delete what is new, restore what changed, and bring back what is gone."""
    gone: dict[type[Model], list[UUID]] = defaultdict(list)
    changed: dict[type[Model], list[Image]] = defaultdict(list)
    back: dict[type[Model], list[Any]] = defaultdict(list)
    for line in lines:
        if line.before is None:
            gone[line.model].append(line.id)
        else:
            if line.after is None:
                back[line.model].append(tracing.restored(line.model, line.before))
            else:
                changed[line.model].append(line.before)
    # Rows that hold on to what goes let go of it first; facts, of which there is one at a time,
    # make room first. Units go last: everything else points to them.
    _rewrite_all({model: rows for model, rows in changed.items() if model not in _SLOTS})
    for model, ids in sorted(gone.items(), key=lambda pair: (pair[0] is Unit, _depth(pair[0]))):
        model._default_manager.filter(pk__in=ids).delete()
    _rewrite_all({model: rows for model, rows in changed.items() if model in _SLOTS})
    for model, rows in back.items():
        insert(model, rows)


def _rewrite_all(changed: dict[type[Model], list[Image]]) -> None:
    for model, images in changed.items():
        rows = [tracing.restored(model, values) for values in images]
        rewrite(model, tracing.columns(images[0], model), rows)


def insert(model: type[Model], rows: Sequence[Any]) -> None:
    columns = [field.attname for field in model._meta.concrete_fields]
    bulk.insert(model, columns, [[getattr(row, name) for name in columns] for row in rows])


def _depth(model: type[Model]) -> int:
    """How many tables may point to it: those that nobody points to go first."""
    return len([f for f in model._meta.get_fields(include_hidden=True) if f.auto_created])


# -- what is in the way --------------------------------------------------------------------------


def in_the_way(decision: Reorganisation, lines: list[Line]) -> Iterator[Refusal]:
    """Why it cannot be undone exactly; nothing when it can."""
    name = _names()
    for line in _changed_since(lines):
        shown = name(line)
        yield _later(decision, line.id, shown, line.after) or ChangedSince(name=shown)
    for id, unit, number in _pointing(lines):
        shown = mapstore.atlas().full_name(unit) or "—"
        yield _later(decision, id, shown) or RecordsSince(name=shown, number=number)
    for line, id in _standing_there(lines):
        yield _later(decision, id, name(line)) or ChangedSince(name=name(line))


def _changed_since(lines: list[Line]) -> Iterator[Line]:
    """Rows that are no longer as the decision left them."""
    by_model: dict[type[Model], list[Line]] = defaultdict(list)
    for line in lines:
        by_model[line.model].append(line)
    for model, some in by_model.items():
        now = model._default_manager.in_bulk([line.id for line in some])
        for line in some:
            if not tracing.same(now.get(line.id), line.after):
                yield line


def _pointing(lines: list[Line]) -> Iterator[tuple[UUID, UUID, int]]:
    """Rows made since that name a row which would go: (one of them, the unit, how many)."""
    gone: dict[type[Model], list[UUID]] = defaultdict(list)
    traced: dict[type[Model], list[UUID]] = defaultdict(list)
    unit_of: dict[UUID, UUID] = {}
    for line in lines:
        traced[line.model].append(line.id)
        if line.before is None:
            gone[line.model].append(line.id)
            if (unit := tracing.unit_of(line)) is not None:
                unit_of[line.id] = unit
    for model, column, target in _columns():
        if not gone[target]:
            continue
        named: Any = model._default_manager.filter(Q((f"{column}__in", gone[target])))
        found = list(named.exclude(pk__in=traced[model]).values_list("pk", column)[:1000])
        if found:
            yield found[0][0], unit_of.get(found[0][1], found[0][1]), len(found)


def _columns() -> Iterator[tuple[type[Model], str, type[Model]]]:
    """(table, column, table it points to) of every room; units are pointed to without a key too."""
    for config in apps.get_app_configs():
        if not config.name.startswith("tuyen.apps.") or config.label == "journal":
            continue
        for model in config.get_models():
            if getattr(model, "UNJOURNALED_TABLE", False) or model in _DECISIONS:
                continue
            for field in model._meta.concrete_fields:
                if isinstance(field, ForeignKey):
                    yield model, field.attname, field.related_model
                elif isinstance(field, UUIDField) and field.attname in _OF_UNITS:
                    yield model, field.attname, Unit


def _standing_there(lines: list[Line]) -> Iterator[tuple[Line, UUID]]:
    """Lines whose old row would meet a fact that somebody stated since, and that fact."""
    ours = {line.id for line in lines}
    only = {kind for kind, rule in vocabulary.relation_kinds().items() if rule.one}
    for model, slots in _SLOTS.items():
        old = [
            (line, tracing.restored(model, line.before))
            for line in lines
            if line.model is model and line.before is not None
        ]
        for slot in slots:
            first = slot[0] if slot[0] != "system" else slot[1]
            values = {getattr(row, first) for _, row in old}
            now: dict[tuple[Any, ...], list[Any]] = defaultdict(list)
            current: Any = model._default_manager.filter(Q((f"{first}__in", values)))
            for row in current.exclude(pk__in=ours):
                now[_slot(row, slot, only)].append(row)
            for line, row in old:
                for other in now.get(_slot(row, slot, only), ()):
                    if _meet(row, other):
                        yield line, other.pk


def _slot(row: Any, slot: tuple[str, ...], only: set[str]) -> tuple[Any, ...]:
    """A unit is owned by one at a time: there the object is no part of the slot."""
    names = slot[:2] if slot[0] == "subject_id" and row.kind in only else slot
    return tuple(getattr(row, name) for name in names)


def _meet(row: Any, other: Any) -> bool:
    return (row.since or date.min) < (other.until or date.max) and (other.since or date.min) < (
        row.until or date.max
    )


def _later(
    decision: Reorganisation, id: UUID, name: str, after: Image | None = None
) -> Refusal | None:
    """The decision that wrote a row since (where it stood as ``after``, if given), to be named."""
    others = Reorganisation.objects.filter(undone_on=None).exclude(pk=decision.pk)
    for other in others.order_by("-on", "pk"):
        for line in tracing.read(other.trace):
            if line.id == id and after in (None, line.before):
                return LaterReorganisation(on=other.on, basis=other.basis, name=name)
    return None


standing.set_looking(in_the_way)


def _names() -> Callable[[Line], str]:
    map = mapstore.atlas()

    def name(line: Line) -> str:
        return map.full_name(tracing.unit_of(line)) or "—"

    return name
