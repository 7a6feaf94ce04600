"""The map as it will be after a batch: the atlas, and what the batch has changed so far.

Facts are dated, so stating one is never an overwrite: what held before ends the day the new one
begins, and the new one ends where a later one begins. A fact stated again from the same day takes
the place of the old.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Model, Q

from tuyen.apps.journal import bulk
from tuyen.apps.registry import mapstore
from tuyen.apps.registry.atlas import (
    EARLIEST,
    LATEST,
    Atlas,
    Heir,
    Lives,
    Span,
    Tied,
    Title,
)
from tuyen.apps.registry.models import (
    OLDEST_FIRST,
    MapRevision,
    Relation,
    Succession,
    Unit,
    UnitCode,
    UnitFunction,
    UnitName,
    UnitPoint,
    UnitType,
)
from tuyen.apps.registry.tracing import Image, Line, image
from tuyen.kernel.ids import derived_id

Slot = tuple[Any, ...]


class Facts:
    """Rows of one dated table, by what they are a fact of (a unit's name; its code in a system).

    ``units`` names the columns that hold units: rows are also found by any of these.
    """

    def __init__(
        self,
        model: type[Model],
        slot: Sequence[str],
        values: Sequence[str],
        units: Sequence[str] = ("unit_id",),
    ) -> None:
        self.model, self.slot, self.values = model, tuple(slot), tuple(values)
        self.units = tuple(units)
        self.rows: dict[Slot, list[Any]] = defaultdict(list)
        self._about: dict[UUID, dict[UUID, Any]] = defaultdict(dict)
        self._new: dict[UUID, Any] = {}
        self._changed: dict[UUID, Any] = {}
        self._dropped: set[UUID] = set()
        self._loaded: set[UUID] = set()
        self._kept: dict[UUID, Any] = {}
        self._before: dict[UUID, Image | None] = {}  # of rows touched since :meth:`traced`

    def load(self, where: Q) -> None:
        for row in self.model._default_manager.filter(where).order_by(OLDEST_FIRST, "pk"):
            if row.pk not in self._loaded:
                self._loaded.add(row.pk)
                self._keep(row)

    def about(self, unit: UUID) -> list[Any]:
        """Every fact about a unit, in a fixed order."""
        rows = self._about.get(unit, {}).values()
        return sorted(rows, key=lambda row: (row.since or EARLIEST, str(row.pk)))

    def at(self, slot: Slot, on: date) -> Any:
        """The fact that holds on a day, or None."""
        held = (r for r in self.rows.get(slot, ()) if (r.since or EARLIEST) <= on < _end(r))
        return next(held, None)

    def put(
        self, id: UUID, slot: Slot, since: date | None, until: date | None, *values: Any
    ) -> None:
        """State a fact; ``id`` is the id of its row if a new one is needed."""
        begin, end = since or EARLIEST, until or LATEST
        for row in self.rows[slot]:
            start = row.since or EARLIEST
            if start == begin:
                self._touch(row)
                for name, value in zip(self.values, values, strict=True):
                    setattr(row, name, value)
                row.until = None if end == LATEST else end
                self._change(row)
                return
            if start < begin < _end(row):
                self.end(row, begin)
            elif begin < start < end:
                end = start
        row = self.model(
            id=id, since=since, until=None if end == LATEST else end,
            **dict(zip(self.slot + self.values, slot + values, strict=True)),
        )  # fmt: skip
        self._before.setdefault(row.pk, None)
        self._new[row.pk] = row
        self._keep(row)

    def end(self, row: Any, until: date) -> None:
        """Let a fact end on a day; one that would have no day left never was."""
        if until <= (row.since or EARLIEST):
            self._touch(row)
            self._drop(row)
        elif until < _end(row):
            self._touch(row)
            row.until = until
            self._change(row)

    def save(self) -> None:
        """Write the changes: rows that end before rows that begin."""
        rows = self.model._default_manager
        if self._dropped:
            rows.filter(pk__in=self._dropped).delete()
        if self._changed:
            rows.bulk_update(self._changed.values(), ["until", *self.values], batch_size=200)
        if self._new:
            columns = ["id", "since", "until", *self.slot, *self.values]
            bulk.insert(
                self.model,
                columns,
                [[getattr(row, name) for name in columns] for row in self._new.values()],
            )

    def traced(self) -> Iterator[Line]:
        """The rows touched since the last call, as they stood before and stand now."""
        for id, before in self._before.items():
            row = self._kept.get(id)
            after = image(row) if row is not None else None
            if before != after:
                yield Line(self.model._meta.label, id, before, after)
        self._before.clear()

    def _touch(self, row: Any) -> None:
        """Remember a row as it is, before it changes."""
        if row.pk not in self._before:
            self._before[row.pk] = image(row)

    def _keep(self, row: Any) -> None:
        self._kept[row.pk] = row
        self.rows[self._slot_of(row)].append(row)
        for column in self.units:
            self._about[getattr(row, column)][row.pk] = row

    def _change(self, row: Any) -> None:
        if row.pk not in self._new:
            self._changed[row.pk] = row

    def _drop(self, row: Any) -> None:
        if self._new.pop(row.pk, None) is None:
            self._dropped.add(row.pk)
            self._changed.pop(row.pk, None)
        del self._kept[row.pk]
        self.rows[self._slot_of(row)].remove(row)
        for column in self.units:
            del self._about[getattr(row, column)][row.pk]

    def _slot_of(self, row: Any) -> Slot:
        return tuple(getattr(row, name) for name in self.slot)


class Draft:
    """The map of a batch in the making. Nothing is written before :meth:`save`."""

    def __init__(self) -> None:
        self.atlas = mapstore.atlas()
        self.names = Facts(UnitName, ["unit_id"], ["name", "full_name"])
        self.types = Facts(UnitType, ["unit_id"], ["type"])
        self.codes = Facts(UnitCode, ["unit_id", "system"], ["code"])
        self.points = Facts(UnitPoint, ["unit_id"], ["lon", "lat", "source"])
        self.functions = Facts(UnitFunction, ["unit_id", "function"], [])
        ends = ["subject_id", "object_id"]
        self.relations = Facts(Relation, ["subject_id", "kind", "object_id"], [], ends)
        self.opened: dict[UUID, Unit] = {}
        self.closed: dict[UUID, date] = {}
        self.successions: list[Succession] = []
        self.loaded: set[UUID] = set()
        self._units_before: dict[UUID, Image | None] = {}
        self._told = 0  # successions already traced
        self._stated: dict[UUID, list[tuple[date, UUID | None]]] = defaultdict(list)
        self.holders: dict[tuple[str, str], list[tuple[date, date, UUID]]] = defaultdict(list)

    def load(self, units: Iterable[UUID]) -> None:
        """Read the facts of the units that the batch will change: six queries."""
        ids = set(units) - self.opened.keys()
        self.loaded |= ids
        for facts in (self.names, self.types, self.codes, self.points, self.functions):
            facts.load(Q(unit_id__in=ids))
        self.relations.load(Q(subject_id__in=ids) | Q(object_id__in=ids))

    def load_relations(self, subjects: Iterable[UUID]) -> None:
        self.relations.load(Q(subject_id__in=set(subjects)))

    def exists(self, id: UUID) -> bool:
        return id in self.opened or self.atlas.unit(id) is not None

    def life(self, id: UUID) -> tuple[date, date]:
        """(first day, first day without it); the extremes of the calendar where open."""
        unit = self.opened.get(id) or self.atlas.unit(id)
        if unit is None:
            raise KeyError(id)
        until = self.closed.get(id, unit.until)
        return unit.since or EARLIEST, until or LATEST

    def valid(self, id: UUID, on: date) -> bool:
        since, until = self.life(id)
        return since <= on < until

    def has_heirs(self, id: UUID) -> bool:
        """It gave everything away already, or closed for good."""
        facts = [(h.on, h.successor) for h in self.atlas.successors(id)]
        facts += self._stated[id]
        return any(on == self.life(id)[1] and successor != id for on, successor in facts)

    def kind(self, id: UUID) -> str:
        unit = self.opened.get(id) or self.atlas.unit(id)
        return unit.kind if unit is not None else ""

    def type(self, id: UUID, on: date) -> str:
        row = self.types.at((id,), on)
        if row is None and self.types.rows.get((id,)):
            row = self.types.rows[id,][0]
        return row.type if row is not None else self.atlas.type(id, on) or ""

    def name(self, id: UUID, on: date | None = None) -> str:
        rows = self.names.rows.get((id,))
        if rows:
            return rows[-1].full_name or rows[-1].name
        return self.atlas.full_name(id, on) or str(id)

    def open(self, id: UUID, kind: str, since: date | None, until: date | None) -> None:
        self._units_before[id] = None
        self.opened[id] = Unit(id=id, kind=kind, since=since, until=until)

    def close(self, id: UUID, on: date) -> None:
        """End a unit, with its codes, functions and relations; its name and type stay true."""
        if id not in self._units_before:
            self._units_before[id] = image(self.unit_row(id))
        self.closed[id] = on
        for facts in (self.codes, self.functions, self.relations):
            for row in facts.about(id):
                facts.end(row, on)

    def tie(
        self, id: UUID, subject: UUID, kind: str, object: UUID, since: date | None,
        until: date | None = None, *, only: bool = False,
    ) -> None:  # fmt: skip
        """State a relation; ``only`` ends what the subject had of that kind until then."""
        if only:
            day = since or EARLIEST
            for row in self.relations.about(subject):
                held = (row.since or EARLIEST) <= day < _end(row)
                if (
                    (row.subject_id, row.kind) == (subject, kind)
                    and row.object_id != object
                    and held
                ):
                    self.relations.end(row, day)
        self.relations.put(id, (subject, kind, object), since, until)

    def succeed(
        self, id: UUID, predecessor: UUID, successor: UUID | None, on: date, weight: float,
        weight_back: float | None, main: bool, event: str, basis: str,
    ) -> None:  # fmt: skip
        self._stated[predecessor].append((on, successor))
        self.successions.append(
            Succession(
                id=id, predecessor_id=predecessor, successor_id=successor, on=on, weight=weight,
                weight_back=weight_back, main=main, event=event, basis=basis,
            )
        )  # fmt: skip

    def unit_row(self, id: UUID) -> Unit:
        """A unit as the draft leaves it."""
        unit = self.opened.get(id) or self.atlas.unit(id)
        if unit is None:
            raise KeyError(id)
        until = self.closed.get(id, unit.until)
        return Unit(id=id, kind=unit.kind, since=unit.since, until=until)

    @property
    def facts(self) -> tuple[Facts, ...]:
        return (
            self.names, self.types, self.codes, self.points, self.functions, self.relations,
        )  # fmt: skip

    def traced(self) -> list[Line]:
        """Every row touched since the last call, as it stood before and stands now."""
        lines = [
            Line(Unit._meta.label, id, before, image(self.unit_row(id)))
            for id, before in self._units_before.items()
        ]
        self._units_before.clear()
        for facts in self.facts:
            lines += facts.traced()
        for row in self.successions[self._told :]:
            lines.append(Line(Succession._meta.label, row.pk, None, image(row)))
        self._told = len(self.successions)
        return lines

    def atlas_after(self) -> Atlas:
        """The map as it would be: the atlas, with the units of the draft as the draft has them."""
        units = dict(self.atlas.units_by_id)
        drafted = self.loaded | self.opened.keys() | self.closed.keys()
        for id in drafted:
            row = self.unit_row(id)
            units[id] = Lives(
                id, row.kind, row.since, row.until,
                _spans(self.names, id, lambda r: Title(r.name, r.full_name)),
                _spans(self.types, id, lambda r: r.type),
                _spans(self.codes, id, lambda r: (r.system, r.code)),
                _spans(self.points, id, lambda r: (r.lon, r.lat, r.source)),
                _spans(self.functions, id, lambda r: r.function),
            )  # fmt: skip
        kept = [t for t in self.atlas.ties if t.subject not in drafted and t.object not in drafted]
        kept += [
            Tied(r.subject_id, r.kind, r.object_id, r.since, r.until)
            for rows in self.relations.rows.values()
            for r in rows
        ]
        heirs = [
            Heir(s.on, s.predecessor_id, s.successor_id, s.weight, s.weight_back, s.main, s.event,
                 s.basis)
            for s in self.successions
        ]  # fmt: skip
        return Atlas(units, kept, [*self.atlas.heirs, *heirs], lambda: self.atlas.outlines)

    def save(self, entry: UUID) -> None:
        """Write everything: rows that end before rows that begin, so that one holder is one."""
        bulk.insert(
            Unit, ["id", "kind", "since", "until"],
            [(u.id, u.kind, u.since, self.closed.get(u.id, u.until)) for u in self.opened.values()],
        )  # fmt: skip
        closed = [Unit(id=id, until=on) for id, on in self.closed.items() if id not in self.opened]
        Unit.objects.bulk_update(closed, ["until"], batch_size=400)
        for facts in self.facts:
            facts.save()
        Succession.objects.bulk_create(self.successions)
        touch_map(entry)


def touch_map(entry: UUID) -> None:
    """Mark every atlas made so far as out of date."""
    MapRevision.objects.update_or_create(pk=1, defaults={"entry_id": entry})
    mapstore.changed()


def fact_id(entry: UUID, *parts: object) -> UUID:
    return derived_id(entry, *parts)


def _spans(facts: Facts, unit: UUID, value: Callable[[Any], Any]) -> tuple[Span, ...]:
    rows = facts.about(unit)
    return tuple(Span(r.since or EARLIEST, r.until or LATEST, value(r)) for r in rows)


def _end(row: Any) -> date:
    return row.until or LATEST
