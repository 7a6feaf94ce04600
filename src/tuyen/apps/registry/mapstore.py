"""Reads the map into an :class:`Atlas`, and keeps it for as long as the map stays as it is."""

import json
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import date
from threading import Lock, local
from typing import Any, NamedTuple
from uuid import UUID

from django.db import transaction

from tuyen.apps.journal import runs, store
from tuyen.apps.journal.prepared import prepared
from tuyen.apps.registry.atlas import EARLIEST, LATEST, Atlas, Heir, Lives, Span, Tied, Title
from tuyen.apps.registry.models import (
    Boundary,
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


class _Kept(NamedTuple):
    revision: UUID | None
    atlas: Atlas
    publish: Callable[[], None] | None = None


class _Mine(local):
    """What this thread alone knows."""

    held: dict[str, Atlas] | None = None
    """While it answers a request: the map of each store, as the request met it or made it."""


_shared: dict[str, _Kept] = {}  # by store; replaced whole, never changed
_building = Lock()
_mine = _Mine()  # with what this thread's open transaction has built, by store


def revision() -> UUID | None:
    """The last operation that changed the map: one query, and one in a run that leaves it as it is."""
    return runs.once("registry", "map", _revision)


def _revision() -> UUID | None:
    found = _revisions((1,))
    return found[0][0] if found else None


@prepared
def _revisions(ids: Collection[int]) -> Any:
    return MapRevision.objects.filter(pk__among=ids).values_list("entry_id")


def atlas() -> Atlas:
    """The map as this connection sees it now: one query when it is unchanged, ten when not.

    What a transaction builds from its own uncommitted rows is its own until it commits: shared
    earlier, it would outlive a rollback. A request asks once and shows one map from its first line to
    its last, even if another process changes the map meanwhile; it asks again after a transaction of
    its own, and in one each time, for then it is what is decided by.
    """
    alias, held = store.alias(), _mine.held
    inside = store.connection().in_atomic_block
    if held is not None and inside:
        held.clear()  # whoever writes may be changing the map
    elif held is not None and alias in held:
        return held[alias]
    now = revision()
    kept = _shared.get(alias)
    if kept is None or kept.revision != now:
        if inside:
            return _of_transaction(alias, now)
        with _building:
            kept = _shared.get(alias)
            if kept is None or kept.revision != now:
                kept = _Kept(now, _read(alias))
                _shared[alias] = kept
    if held is not None and not inside:
        held[alias] = kept.atlas
    return kept.atlas


def begin_request(environ: Mapping[str, Any] | None = None, **_signal: Any) -> None:
    """A request begins in this thread: it keeps to the map it meets until it writes itself."""
    _mine.held = {} if environ is not None else None


def changed() -> None:
    """This thread changes the map: what its request has met is out of date."""
    if _mine.held is not None:
        _mine.held.clear()


def end_request(**_signal: Any) -> None:
    """The request is answered: what this thread does next is none of its business."""
    _mine.held = None


def _of_transaction(alias: str, now: UUID | None) -> Atlas:
    waiting = {call[1] for call in store.connection().run_on_commit}
    kept: _Kept | None = getattr(_mine, f"built_{alias}", None)
    # The callback is forgotten by a rollback, and what was built in it must be as well.
    if kept is not None and kept.revision == now and kept.publish in waiting:
        return kept.atlas
    built = _read(alias)

    def publish() -> None:
        _shared[alias] = _Kept(now, built)

    transaction.on_commit(publish, using=alias)
    setattr(_mine, f"built_{alias}", _Kept(now, built, publish))
    return built


def _read(alias: str) -> Atlas:
    """Nine queries, whatever the size of the map."""
    names = _spans(UnitName, ("name", "full_name"), lambda row: Title(*row))
    types = _spans(UnitType, ("type",), lambda row: row[0])
    codes = _spans(UnitCode, ("system", "code"), tuple)
    points = _spans(UnitPoint, ("lon", "lat", "source"), tuple)
    functions = _spans(UnitFunction, ("function",), lambda row: row[0])
    units = {
        id: Lives(id, kind, since, until, names.get(id, ()), types.get(id, ()), codes.get(id, ()),
                  points.get(id, ()), functions.get(id, ()))
        for id, kind, since, until in Unit.objects.values_list("id", "kind", "since", "until")
    }  # fmt: skip
    ties = Relation.objects.values_list("subject_id", "kind", "object_id", "since", "until")
    heirs = Succession.objects.values_list(
        "on", "predecessor_id", "successor_id", "weight", "weight_back", "main", "event", "basis"
    )

    def outlines() -> Mapping[UUID, tuple[Span, ...]]:
        with store.working_on(alias):
            return _spans(Boundary, ("geometry", "source", "derived"), _outline)

    return Atlas(units, (Tied(*row) for row in ties), (Heir(*row) for row in heirs), outlines)


def _spans(
    model: Any, fields: tuple[str, ...], value: Callable[[tuple[Any, ...]], Any]
) -> dict[UUID, tuple[Span, ...]]:
    rows: Iterable[tuple[Any, ...]] = model.objects.values_list(
        "unit_id", "since", "until", *fields
    )
    found: dict[UUID, list[Span]] = defaultdict(list)
    for unit, since, until, *rest in rows:
        found[unit].append(Span(since or EARLIEST, until or LATEST, value(tuple(rest))))
    return {unit: tuple(sorted(spans, key=_begin)) for unit, spans in found.items()}


def _begin(span: Span) -> tuple[date, date, str]:
    return span.since, span.until, str(span.value)


def _outline(row: tuple[Any, ...]) -> dict[str, Any]:
    geometry, source, derived = row
    return {**json.loads(geometry), "source": source, "derived": derived}
