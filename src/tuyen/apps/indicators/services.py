"""Figures as the journal applies them."""

from collections.abc import Iterable
from dataclasses import asdict
from typing import Any
from uuid import UUID

from tuyen.apps.access.actors import Actor
from tuyen.apps.indicators import publishing, refusals
from tuyen.apps.indicators.content import Facts, facts
from tuyen.apps.indicators.models import Figure, Release
from tuyen.apps.indicators.operations import (
    Content,
    CorrectFigure,
    PublishFigure,
    PublishTable,
    VoidFigure,
)
from tuyen.apps.journal import bulk
from tuyen.apps.registry import queries as registry
from tuyen.apps.surveillance import queries as surveillance
from tuyen.kernel.operation import Batch, Entry, applies
from tuyen.kernel.refusal import Refusal

Key = tuple[UUID, str, str, str, str]


@applies(PublishFigure)
def publish_figures(batch: Batch[PublishFigure]) -> None:
    """One row for each; a document says a figure once. One query, one insert."""
    checked = _checked(batch)
    in_force = _in_force(checked.values())
    rows = []
    for entry in batch.accepted():
        found = checked[entry.id]
        if found.key in in_force:
            batch.refuse(entry, _already(in_force[found.key]))
            continue
        row = _row(entry, found, first=entry.id, version=1)
        in_force[found.key] = row
        rows.append(row)
    _insert(rows)


@applies(CorrectFigure)
def correct_figures(batch: Batch[CorrectFigure]) -> None:
    """End the version that is corrected and put the new one in its place."""
    checked = _checked(batch)
    in_force = _in_force(checked.values())
    known = Figure.objects.in_bulk({entry.payload.figure for entry in batch.entries})
    ended, made = {}, {}
    for entry in batch.accepted():
        found, old = checked[entry.id], known.get(entry.payload.figure)
        reason = _may_end(old, entry)
        if reason is None and old is not None:
            other = in_force.get(found.key)
            if other is not None and other.id != old.id:
                reason = _already(other)
            elif _same(old, found):
                reason = refusals.NothingChanged()
        if reason is not None or old is None:
            batch.refuse(entry, reason or refusals.NoSuchFigure(id=entry.payload.figure))
            continue
        row = _row(entry, found, first=old.first_id, version=old.version + 1)
        row.reason = entry.payload.reason
        old.ended_at, old.replaced_by = entry.received_at, entry.id
        in_force.pop(_key(old), None)
        in_force[found.key] = known[row.id] = made[row.id] = row
        if old.id not in made:
            ended[old.id] = old
    # The old ones make room first: no two figures in force may say the same of one document.
    Figure.objects.bulk_update(ended.values(), ["ended_at", "replaced_by"])
    _insert(made.values())


@applies(VoidFigure)
def void_figures(batch: Batch[VoidFigure]) -> None:
    """End figures without another in their place."""
    known = Figure.objects.in_bulk({entry.payload.figure for entry in batch.entries})
    for entry in batch.entries:
        old = known.get(entry.payload.figure)
        reason = _may_end(old, entry)
        if reason is not None or old is None:
            batch.refuse(entry, reason or refusals.NoSuchFigure(id=entry.payload.figure))
            continue
        old.ended_at, old.void_reason = entry.received_at, entry.payload.reason
    ended = [known[entry.payload.figure] for entry in batch.accepted()]
    Figure.objects.bulk_update(ended, ["ended_at", "void_reason"])


@applies(PublishTable)
def publish_tables(batch: Batch[PublishTable]) -> None:
    """Keep each table as it is printed, if it is true and tells nobody more than the rule allows.

    One after the other: each must be safe beside those before it.
    """
    for entry in batch.entries:
        try:
            _released(entry).save(force_insert=True)
        except Refusal as refusal:
            batch.refuse(entry, refusal)


def _released(entry: Entry[PublishTable]) -> Release:
    said = entry.payload
    rule = publishing.limit(entry.happened_on)
    if (said.k, said.width) != rule:
        raise refusals.OtherRule(on=entry.happened_on, k=rule.k, width=rule.width)
    _check_replaced(entry)
    shape = publishing.shaped(
        registry.atlas(), entry.unit, said.diseases, said.communes, said.map_on,
        said.first, said.last, entry.happened_on,
    )  # fmt: skip
    counted = surveillance.born_counts(
        by=Actor.program(entry.happened_on), diseases=shape.names, communes=shape.births,
        first=shape.first, last=shape.last,
    )  # fmt: skip
    error = None
    if said.base is None:
        publishing.check(shape, counted, said.cells, rule, entry.happened_on)
    else:
        base = publishing.rounding_base(entry.happened_on)
        if said.base != base:
            raise refusals.OtherBase(on=entry.happened_on, base=base)
        error = publishing.check_rounded(shape, counted, said.cells, base, entry.happened_on)
    return Release(
        id=entry.id, unit_id=entry.unit, title=" ".join(said.title.split()),
        audience=said.audience, map_on=said.map_on, kind=shape.periods[0].kind, start=shape.first,
        end=shape.last, k=said.k, width=said.width, shape=shape.kept(), printed=list(said.cells),
        counted=publishing.written(counted), author_id=entry.author,
        published_at=entry.received_at, replaces=said.replaces,
        reason=" ".join(said.reason.split()), base=said.base, error=error,
    )  # fmt: skip


def _check_replaced(entry: Entry[PublishTable]) -> None:
    said = entry.payload
    if said.replaces is None:
        return
    if not Release.objects.filter(pk=said.replaces, unit_id=entry.unit).exists():
        raise refusals.NoSuchRelease(id=said.replaces)
    if len(" ".join(said.reason.split())) < 3:
        raise refusals.WhyReplaced()


def _insert(rows: Iterable[Figure]) -> None:
    columns = [field.attname for field in Figure._meta.concrete_fields]
    bulk.insert(Figure, columns, [[getattr(row, name) for name in columns] for row in rows])


def _checked(batch: Batch[Any]) -> dict[UUID, Facts]:
    """The facts of each entry; those with a fault are refused."""
    checked, atlas = {}, registry.atlas()
    for entry in batch.entries:
        try:
            checked[entry.id] = facts(entry, atlas)
        except Refusal as refusal:
            batch.refuse(entry, refusal)
    return checked


def _in_force(found: Iterable[Facts]) -> dict[Key, Figure]:
    """The figures in force that could say the same as any of these."""
    wanted = list(found)
    rows = Figure.objects.filter(
        unit_id__in={one.unit_id for one in wanted},
        indicator__in={one.indicator for one in wanted},
        period__in={one.period for one in wanted},
        ended_at=None,
    )
    return {_key(row): row for row in rows}


def _key(row: Figure) -> Key:
    return row.unit_id, row.indicator, row.period, row.document, row.definition


def _may_end(old: Figure | None, entry: Entry[Any]) -> Refusal | None:
    """The right was judged over the operation's unit, so the figure must be of that unit."""
    if old is None or old.unit_id != entry.unit:
        return refusals.NoSuchFigure(id=entry.payload.figure)
    return refusals.Superseded() if old.ended_at is not None else None


def _already(row: Figure) -> Refusal:
    shown = round(row.value, row.digits)
    return refusals.AlreadyPublished(document=row.document, value=shown, period=row.period)


def _same(old: Figure, found: Facts) -> bool:
    return all(getattr(old, name) == value for name, value in asdict(found).items())


def _row(entry: Entry[Any], found: Facts, *, first: UUID, version: int) -> Figure:
    assert isinstance(entry.payload, Content)
    return Figure(
        id=entry.id,
        first_id=first,
        version=version,
        author_id=entry.author,
        published_at=entry.received_at,
        **asdict(found),
    )
