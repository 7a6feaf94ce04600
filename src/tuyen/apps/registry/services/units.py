"""Units: opened, changed, related, outlined and closed."""

import json
import re
from collections.abc import Iterable
from datetime import date
from typing import Any
from uuid import UUID

import shapely
from shapely.errors import ShapelyError

from tuyen.apps.registry import vocabulary
from tuyen.apps.registry.atlas import EARLIEST, LATEST
from tuyen.apps.registry.models import Boundary
from tuyen.apps.registry.operations import (
    ChangeUnit,
    CloseUnit,
    Code,
    CreateUnit,
    EndRelation,
    Relate,
    SetBoundary,
)
from tuyen.apps.registry.refusals import (
    ClosedUnit,
    CodeMalformed,
    CodeTaken,
    EndsBeforeItBegins,
    LiesInACircle,
    NoSuchRelation,
    NotAnOutline,
    NothingChanges,
    NotYetOpen,
    RelationDoesNotFit,
    RelationToItself,
    UnitExists,
    UnknownUnit,
    UnknownWord,
)
from tuyen.apps.registry.services.draft import Draft, Facts, fact_id, touch_map
from tuyen.engines.registry.identifiers import check_facility_code
from tuyen.kernel.operation import Batch, applies
from tuyen.kernel.refusal import Refusal
from tuyen.kernel.text import nfc


@applies(CreateUnit)
def create_units(batch: Batch[CreateUnit]) -> None:
    draft = Draft()
    for entry in batch.entries:
        new = entry.payload
        try:
            check_new_unit(draft, entry.id, new.since, new.until, new)
        except Refusal as refusal:
            batch.refuse(entry, refusal)
            continue
        open_unit(draft, entry.id, entry.id, new.since, new.until, new)
        for n, tie in enumerate(new.relations):
            end = min(new.until or LATEST, draft.life(tie.object)[1])
            until = None if end == LATEST else end
            id = fact_id(entry.id, "tie", n)
            draft.tie(id, entry.id, tie.kind, tie.object, new.since, until)
    if accepted := list(batch.accepted()):
        draft.save(accepted[-1].id)


@applies(ChangeUnit)
def change_units(batch: Batch[ChangeUnit]) -> None:
    draft = Draft()
    draft.load(entry.payload.unit for entry in batch.entries)
    for entry in batch.entries:
        change = entry.payload
        try:
            _check_change(draft, change)
        except Refusal as refusal:
            batch.refuse(entry, refusal)
            continue
        unit, since = change.unit, change.since
        if change.name:
            put_name(draft, entry.id, unit, since, change.name, change.full_name)
        if change.type:
            draft.types.put(fact_id(entry.id, "type"), (unit,), since, None, change.type)
        put_codes(draft, entry.id, unit, since, None, change.codes)
        if change.point:
            put_point(draft, entry.id, unit, since, change.point)
        if change.functions is not None:
            put_functions(draft, entry.id, unit, since, change.functions)
    if accepted := list(batch.accepted()):
        draft.save(accepted[-1].id)


@applies(Relate)
def relate(batch: Batch[Relate]) -> None:
    draft = Draft()
    draft.load_relations(entry.payload.subject for entry in batch.entries)
    for entry in batch.entries:
        tie = entry.payload
        try:
            check_span("until", tie.since, tie.until)
            since = max(draft_begin(draft, tie.subject), draft_begin(draft, tie.object))
            day = tie.since or (None if since == EARLIEST else since)
            check_tie(draft, tie.subject, tie.relation, tie.object, day)
        except Refusal as refusal:
            batch.refuse(entry, refusal)
            continue
        end = min(tie.until or LATEST, draft.life(tie.subject)[1], draft.life(tie.object)[1])
        only = vocabulary.relation_kinds()[tie.relation].one
        until = None if end == LATEST else end
        draft.tie(entry.id, tie.subject, tie.relation, tie.object, day, until, only=only)
    if accepted := list(batch.accepted()):
        draft.save(accepted[-1].id)


@applies(EndRelation)
def end_relations(batch: Batch[EndRelation]) -> None:
    draft = Draft()
    draft.load_relations(entry.payload.subject for entry in batch.entries)
    for entry in batch.entries:
        tie = entry.payload
        slot = (tie.subject, tie.relation, tie.object)
        rows = draft.relations.rows.get(slot, ())
        row = next(
            (r for r in rows if (r.since or EARLIEST) < tie.until <= (r.until or LATEST)), None
        )
        if row is None:
            batch.refuse(
                entry,
                NoSuchRelation(
                    subject=draft.name(tie.subject), kind=tie.relation, object=draft.name(tie.object),
                    on=tie.until,
                ),
            )  # fmt: skip
        else:
            draft.relations.end(row, tie.until)
    if accepted := list(batch.accepted()):
        draft.save(accepted[-1].id)


@applies(CloseUnit)
def close_units(batch: Batch[CloseUnit]) -> None:
    draft = Draft()
    draft.load(entry.payload.unit for entry in batch.entries)
    for entry in batch.entries:
        unit, on = entry.payload.unit, entry.payload.on
        try:
            check_unit(draft, "unit", unit, on)
            check_span("on", draft.life(unit)[0], on)
        except Refusal as refusal:
            batch.refuse(entry, refusal)
            continue
        close_unit(draft, entry.id, unit, on, entry.payload.basis)
    if accepted := list(batch.accepted()):
        draft.save(accepted[-1].id)


@applies(SetBoundary)
def set_boundaries(batch: Batch[SetBoundary]) -> None:
    draft = Draft()
    outlines = Facts(Boundary, ["unit_id"], ["geometry", "source", "derived"])
    outlines.load(_of(entry.payload.unit for entry in batch.entries))
    for entry in batch.entries:
        new = entry.payload
        try:
            if not draft.exists(new.unit):
                raise UnknownUnit(field="unit", unit=new.unit)
            if draft.kind(new.unit) != "area":
                raise NotAnOutline(unit=draft.name(new.unit), what="not an area")
            geometry = _outline(draft.name(new.unit), new.geometry)
        except Refusal as refusal:
            batch.refuse(entry, refusal)
            continue
        since = new.since or entry_begin(draft, new.unit)
        outlines.put(entry.id, (new.unit,), since, None, geometry, new.source, new.derived)
    outlines.save()
    if accepted := list(batch.accepted()):
        touch_map(accepted[-1].id)


# -- stating facts, for this module and for reorganisations -------------------------------------


def open_unit(
    draft: Draft, entry: UUID, unit: UUID, since: date | None, until: date | None, new: Any
) -> None:
    """State a new unit with its name, type, codes, place and functions. ``entry`` and the unit
    together make the ids of the facts."""
    kind = vocabulary.unit_types()[new.type].group
    of = fact_id(entry, "opens", unit) if entry != unit else entry
    draft.open(unit, kind, since, until)
    put_name(draft, of, unit, since, new.name, new.full_name)
    draft.types.put(fact_id(of, "type"), (unit,), since, None, new.type)
    put_codes(draft, of, unit, since, until, new.codes)
    if new.point:
        put_point(draft, of, unit, since, new.point)
    for function in sorted(set(new.functions)):
        draft.functions.put(fact_id(of, "function", function), (unit, function), since, until)


def put_name(
    draft: Draft, of: UUID, unit: UUID, since: date | None, name: str, full_name: str
) -> None:
    draft.names.put(fact_id(of, "name"), (unit,), since, None, nfc(name), nfc(full_name or name))


def put_codes(
    draft: Draft,
    of: UUID,
    unit: UUID,
    since: date | None,
    until: date | None,
    codes: Iterable[Code],
) -> None:
    for n, code in enumerate(codes):
        draft.codes.put(fact_id(of, "code", n), (unit, code.system), since, until, code.code)
        draft.holders[code.system, code.code].append((since or EARLIEST, until or LATEST, unit))


def put_point(draft: Draft, of: UUID, unit: UUID, since: date | None, point: Any) -> None:
    values = (point.lon, point.lat, point.source)
    draft.points.put(fact_id(of, "point"), (unit,), since, None, *values)


def put_functions(
    draft: Draft, of: UUID, unit: UUID, since: date | None, wanted: Iterable[str]
) -> None:
    """Make ``wanted`` the whole set of functions from a day on."""
    day, names = since or EARLIEST, set(wanted)
    for row in draft.functions.about(unit):
        if (row.since or EARLIEST) <= day < (row.until or LATEST):
            if row.function in names:
                names.remove(row.function)
            else:
                draft.functions.end(row, day)
    for name in sorted(names):
        draft.functions.put(fact_id(of, "function", name), (unit, name), since, None)


def close_unit(draft: Draft, of: UUID, unit: UUID, on: date, basis: str) -> None:
    """End a unit without a successor: its counts stay its own."""
    draft.close(unit, on)
    draft.succeed(fact_id(of, "closed", unit), unit, None, on, 1.0, None, True, "close", basis)


# -- checks --------------------------------------------------------------------------------------


def check_new_unit(
    draft: Draft, id: UUID, since: date | None, until: date | None, new: Any
) -> None:
    if draft.exists(id):
        raise UnitExists(unit=draft.name(id))
    check_span("until", since, until)
    check_word("type", new.type, vocabulary.unit_types())
    for function in new.functions:
        check_word("functions", function, vocabulary.functions())
    check_codes(draft, id, since, until, new.codes)
    types = vocabulary.unit_types()
    for tie in new.relations:
        check_tie(draft, id, tie.kind, tie.object, since, types[new.type].code, new.name)


def _check_change(draft: Draft, change: ChangeUnit) -> None:
    check_unit(draft, "unit", change.unit, change.since)
    stated = (change.name, change.type, change.codes, change.point, change.functions is not None)
    if not any(stated):
        raise NothingChanges()
    if change.type:
        check_word("type", change.type, vocabulary.unit_types())
        _check_same_kind(draft, change.unit, change.type, change.since)
    for function in change.functions or ():
        check_word("functions", function, vocabulary.functions())
    check_codes(draft, change.unit, change.since, None, change.codes)


def _check_same_kind(draft: Draft, unit: UUID, type: str, on: date) -> None:
    """An area stays an area, and a commune does not become a province: it is another unit."""
    types = vocabulary.unit_types()
    old = draft.type(unit, on)
    alike = [
        code
        for code, each in types.items()
        if each.group == draft.kind(unit)
        and (each.group == "facility" or each.level == types[old].level)
    ]
    if type not in alike:
        raise UnknownWord(field="type", value=type, known=", ".join(sorted(alike)))


def check_conversion(
    draft: Draft, unit: UUID, type: str, on: date, functions: Iterable[str]
) -> None:
    check_word("type", type, vocabulary.unit_types())
    _check_same_kind(draft, unit, type, on)
    for function in functions:
        check_word("functions", function, vocabulary.functions())


def check_word(field: str, value: str, known: Iterable[str]) -> None:
    if value not in known:
        raise UnknownWord(field=field, value=value, known=", ".join(known))


def check_span(field: str, since: date | None, until: date | None) -> None:
    if since is not None and until is not None and until <= since:
        raise EndsBeforeItBegins(field=field, since=since, until=until)


def check_unit(draft: Draft, field: str, unit: UUID, on: date | None) -> None:
    """The unit exists on the day, or the refusal names its successors."""
    if not draft.exists(unit):
        raise UnknownUnit(field=field, unit=unit)
    since, until = draft.life(unit)
    day = on or EARLIEST
    if until <= day:
        raise ClosedUnit(
            field=field, name=draft.name(unit), until=until, on=day,
            successors=_successors(draft, unit, day),
        )  # fmt: skip
    if day < since:
        raise NotYetOpen(field=field, name=draft.name(unit), since=since, on=on or "—")


def _successors(draft: Draft, unit: UUID, on: date) -> str:
    if unit in draft.closed or draft.atlas.unit(unit) is None:
        return "—"
    heirs = [id for id, _ in draft.atlas.current(unit, on) if id != unit]
    return ", ".join(draft.atlas.full_name(id, on) for id in heirs) or "—"


def check_codes(
    draft: Draft, unit: UUID, since: date | None, until: date | None, codes: Iterable[Code]
) -> None:
    for code in codes:
        check_word("codes", code.system, vocabulary.code_systems())
        system = vocabulary.code_systems()[code.system]
        if not re.fullmatch(system.pattern, code.code):
            raise CodeMalformed(code=code.code, system=system.code, pattern=system.pattern)
        if system.check == "gs1":
            for finding in check_facility_code(code.code):
                raise finding
        _check_holder(draft, unit, since or EARLIEST, until or LATEST, code)


def _check_holder(draft: Draft, unit: UUID, since: date, until: date, code: Code) -> None:
    held = [(s.since, s.until, u) for s, u in draft.atlas.holders(code.system, code.code)]
    for begin, end, holder in held + draft.holders[code.system, code.code]:
        end = min(end, draft.closed.get(holder, LATEST))
        if holder != unit and begin < until and since < end:
            raise CodeTaken(
                code=code.code, system=code.system, holder=draft.name(holder),
                since="…" if begin == EARLIEST else begin, until="…" if end == LATEST else end,
            )  # fmt: skip


def check_tie(
    draft: Draft, subject: UUID, kind: str, object: UUID, since: date | None,
    type: str | None = None, name: str = "",
) -> None:  # fmt: skip
    """The relation may hold between these two from that day. ``type`` and ``name`` are those of
    a subject that is only about to be opened."""
    check_word("relation", kind, vocabulary.relation_kinds())
    rule = vocabulary.relation_kinds()[kind]
    if subject == object:
        raise RelationToItself(subject=name or draft.name(subject), kind=kind)
    check_unit(draft, kind, object, since)
    if type is None:
        check_unit(draft, kind, subject, since)
    day = since or EARLIEST
    subject_type, object_type = type or draft.type(subject, day), draft.type(object, day)
    if subject_type not in rule.of or object_type not in rule.to:
        raise RelationDoesNotFit(
            kind=kind, subject=name or draft.name(subject), subject_type=subject_type,
            object=draft.name(object), object_type=object_type,
            of=" | ".join(sorted(rule.of)), to=" | ".join(sorted(rule.to)),
        )  # fmt: skip
    if type is None and subject in _above(draft, kind, object, day):
        raise LiesInACircle(subject=draft.name(subject), kind=kind, object=draft.name(object))


def _above(draft: Draft, kind: str, unit: UUID, on: date) -> set[UUID]:
    """Everything that a chain of relations of one kind leads to."""
    found: set[UUID] = set()
    waiting = [unit]
    while waiting:
        here = waiting.pop()
        if here not in found:
            found.add(here)
            if here not in draft.loaded:  # else the draft knows better, also what it ended
                waiting += draft.atlas.related(here, kind, on)
            waiting += [
                row.object_id
                for row in draft.relations.about(here)
                if row.subject_id == here and row.kind == kind
                and (row.since or EARLIEST) <= on < (row.until or LATEST)
            ]  # fmt: skip
    return found


def draft_begin(draft: Draft, unit: UUID) -> date:
    return draft.life(unit)[0] if draft.exists(unit) else EARLIEST


def entry_begin(draft: Draft, unit: UUID) -> date | None:
    begin = draft_begin(draft, unit)
    return None if begin == EARLIEST else begin


def _of(units: Iterable[UUID]) -> Any:
    from django.db.models import Q

    return Q(unit_id__in=set(units))


def _outline(name: str, text: str) -> str:
    """The geometry as compact GeoJSON; refused unless a valid area in degrees."""
    try:
        shape = shapely.from_geojson(text)
    except (ShapelyError, ValueError) as error:
        raise NotAnOutline(unit=name, what=str(error)[:120]) from None
    if shape.geom_type not in ("Polygon", "MultiPolygon") or shape.is_empty:
        raise NotAnOutline(unit=name, what=shape.geom_type)
    if not shape.is_valid:
        raise NotAnOutline(unit=name, what=shapely.is_valid_reason(shape))
    west, south, east, north = shape.bounds
    if west < -180 or east > 180 or south < -90 or north > 90:
        raise NotAnOutline(unit=name, what=f"{west}, {south}, {east}, {north}")
    return json.dumps(json.loads(text), separators=(",", ":"))
