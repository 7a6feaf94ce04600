"""What a tablet may hold: documents of the rooms, first by a filling and then by the feed.

A room offers a kind of document (:func:`offer`); this module finds which of them a tablet must be
sent. The feed decides *what* changed, in commit order, and the room says how it stands *now*: a
tablet needs no copy of the services, and an amended record is sent once however often it changed.

Nothing here tells of what lies outside the tablet's units: neither positions nor counts leave it,
and a page that found nothing says only that there is no more.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import Q, QuerySet

from tuyen.apps.access import policies, walls
from tuyen.apps.access.actors import Actor
from tuyen.apps.journal import seal
from tuyen.apps.journal.models import Entry
from tuyen.apps.journal.queries import CORRECTIONS, OtherEpoch, head
from tuyen.engines.sync import terms
from tuyen.kernel.operation import KINDS
from tuyen.kernel.refusal import N_, Refusal

CHUNK = 500
FARTHEST = 50_000
"""Operations behind the end of the journal, beyond which a new filling is cheaper than the feed."""
_SCAN = 2000


class TooFarBehind(Refusal):
    code = "journal.too-far-behind"
    message = N_(
        "This device was away for long; it is filled anew, and keeps what it has until then."
    )


Holdings = dict[str, frozenset[UUID]]
"""Kind of document: the units whose documents a tablet may hold."""


class Document(NamedTuple):
    """A record as it stands. ``units`` are those on whose account it may be held."""

    kind: str
    id: UUID
    units: tuple[UUID, ...]
    body: dict[str, Any]


class Written(NamedTuple):
    """An accepted operation, for a room that says which documents it touches."""

    id: UUID
    unit: UUID
    payload: Any


Page = tuple[Sequence[Document], str | None]
Touches = Callable[[Sequence[Written]], Iterable[UUID]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Shelf:
    """One kind of document that a room offers to tablets.

    ``page(units, after, limit, on)`` gives documents newest first and the key to go on after, or
    None at the end. ``current(ids, units, on)`` gives those of ``ids`` that may be held now, and
    ``left(ids, units)`` the ids of those that a tablet of these units may have held before.
    ``touched`` names the documents that operations of a kind change; kinds in ``crossing`` can
    bring a document into a unit, or take it away, though they were sent for another.
    """

    kind: str
    right: str
    page: Callable[[Collection[UUID], str, int, date], Page]
    current: Callable[[Collection[UUID], Collection[UUID], date], Sequence[Document]]
    left: Callable[[Collection[UUID], Collection[UUID]], Iterable[UUID]]
    touched: Mapping[str, Touches]
    crossing: frozenset[str] = frozenset()


_SHELVES: dict[str, Shelf] = {}


def offer(shelf: Shelf) -> None:
    """Offer a kind of document; rooms do it when they are loaded, in the order of filling."""
    _SHELVES[shelf.kind] = shelf


def newest_first(
    rows: QuerySet[Any], after: str, limit: int, made: Callable[[Sequence[Any]], Sequence[Document]]
) -> Page:
    """A page of documents of rows whose ids rise with time, and the id to go on after."""
    if after:
        rows = rows.filter(pk__lt=UUID(after))
    found = list(rows.order_by("-pk")[: limit + 1])
    return made(found[:limit]), str(found[limit - 1].pk) if len(found) > limit else None


def shelves() -> tuple[Shelf, ...]:
    return tuple(_SHELVES.values())


@dataclass(frozen=True, slots=True)
class Place:
    """Where a tablet stands: what it may hold, what is still to be filled, and the feed after."""

    epoch: UUID
    position: int
    holdings: Holdings
    filling: Holdings = field(default_factory=dict)
    kind: str = ""
    after: str = ""


@dataclass(frozen=True, slots=True)
class Pulled:
    """One page for a tablet, and its new place."""

    place: Place
    documents: Sequence[Document]
    gone: Sequence[tuple[str, UUID]]
    gained: Holdings
    dropped: Holdings
    more: bool


def holdings(by: Actor) -> Holdings:
    """Whose documents of each kind ``by`` may hold on a tablet: of the own units of the posts,
    where a right of the posts allows it. A post over the whole node brings no more than these."""
    own = policies.own_units(by)
    found = {}
    for shelf in shelves():
        scope = policies.scope(by, shelf.right)
        units = own if scope.everything else own & scope.units
        if units:
            found[shelf.kind] = units
    return found


def pull(*, by: Actor, place: Place | None, limit: int = CHUNK) -> Pulled:
    """The next page after ``place`` (None: the first). The end of the feed is read before any
    document, so what changes meanwhile comes again by the feed: twice is harmless, never is not."""
    epoch, end, _ = head()
    now = holdings(by)
    if place is None:
        place = Place(epoch, end, {}, {})
    elif place.epoch != epoch:
        raise OtherEpoch(epoch=epoch)
    gained, dropped = _change(place.holdings, now)
    filling, kind, after = _still(place.filling, now), place.kind, place.after
    if gained:
        filling, kind, after = _joined(filling, gained), "", ""
    if filling:
        documents, kind, after = _fill(filling, kind, after, limit, by.on)
        filling = filling if kind else {}
        there = Place(epoch, place.position, now, filling, kind, after)
        return Pulled(there, documents, (), gained, dropped, True)
    if end - place.position > FARTHEST:
        raise TooFarBehind()
    documents, gone, position = _feed(now, place.position, end, limit, by.on)
    return Pulled(Place(epoch, position, now), documents, gone, gained, dropped, position < end)


@walls.whole("what operations said of records that a tablet may hold")
def written(ids: Collection[UUID]) -> dict[UUID, list[Any]]:
    """The payloads of operations and of those that corrected them, oldest first: one query."""
    found: dict[UUID, list[Any]] = {}
    rows = Entry.objects.filter(Q(id__in=ids) | CORRECTIONS & Q(corrects__in=ids), accepted=True)
    for row in rows.order_by("position"):
        known = row.corrects if row.corrects in ids else row.id
        payload = _payload(row)
        if payload is not None and known is not None:
            found.setdefault(known, []).append(payload)
    return found


def _fill(
    filling: Holdings, kind: str, after: str, limit: int, on: date
) -> tuple[list[Document], str, str]:
    """The next documents of a filling, and the kind and key to go on with ('' at the end)."""
    order = [shelf for shelf in shelves() if shelf.kind in filling]
    names = [shelf.kind for shelf in order]
    start = names.index(kind) if kind in names else 0
    if kind not in names:
        after = ""
    found: list[Document] = []
    for shelf in order[start:]:
        documents, following = shelf.page(filling[shelf.kind], after, limit - len(found), on)
        found += documents
        if following is not None:
            return found, shelf.kind, following
        after = ""
        if len(found) >= limit:
            later = names[names.index(shelf.kind) + 1 :]
            return found, later[0] if later else "", ""
    return found, "", ""


def _feed(
    now: Holdings, position: int, end: int, limit: int, on: date
) -> tuple[list[Document], list[tuple[str, UUID]], int]:
    """What changed after a position in the units held: documents as they stand, those gone, and
    how far the feed was read. It reads on until it has found a page or met the end."""
    mine = [shelf for shelf in shelves() if shelf.kind in now]
    touched: dict[str, dict[UUID, None]] = {shelf.kind: {} for shelf in mine}
    while position < end and sum(map(len, touched.values())) < limit:
        entries, position = _scan(mine, now, position, end)
        for shelf in mine:
            for kind, touches in shelf.touched.items():
                if found := entries.get(kind):
                    with walls.whole("ids of documents, read afterwards behind the wall"):
                        touched[shelf.kind].update(dict.fromkeys(touches(found)))
    documents: list[Document] = []
    gone: list[tuple[str, UUID]] = []
    for shelf in mine:
        ids, units = touched[shelf.kind].keys(), now[shelf.kind]
        if not ids:
            continue
        current = shelf.current(ids, units, on)
        documents += current
        rest = ids - {document.id for document in current}
        with walls.whole("ids of documents that left the reader's units"):
            gone += [(shelf.kind, id) for id in sorted(shelf.left(rest, units))] if rest else []
    return documents, gone, position


@walls.whole("which documents the feed may have changed")
def _scan(
    mine: Sequence[Shelf], now: Holdings, position: int, end: int
) -> tuple[dict[str, list[Written]], int]:
    """Accepted entries that may concern the units, by kind, and how far was read."""
    crossing = frozenset().union(*(shelf.crossing for shelf in mine))
    local = frozenset(kind for shelf in mine for kind in shelf.touched) - crossing
    units = frozenset().union(*(now[shelf.kind] for shelf in mine)) if mine else frozenset()
    rows = list(
        Entry.objects.filter(
            Q(kind__in=crossing) | Q(unit_id__in=units, kind__in=local),
            position__gt=position, position__lte=end, accepted=True,
        ).order_by("position")[:_SCAN]
    )  # fmt: skip
    found: dict[str, list[Written]] = {}
    for row in rows:
        payload = _payload(row)
        if payload is not None:
            found.setdefault(row.kind, []).append(Written(row.id, row.unit_id, payload))
    return found, rows[-1].position if len(rows) == _SCAN else end


def _payload(row: Entry) -> Any:
    body = seal.read_envelope(bytes(row.body))
    try:
        return KINDS.get(body.kind).decode(body.version, bytes(body.payload))
    except Refusal:
        return None


def _change(old: Holdings, new: Holdings) -> tuple[Holdings, Holdings]:
    gained, dropped = terms.change(_plain(old), _plain(new))
    return _ids(gained), _ids(dropped)


def _still(old: Holdings, new: Holdings) -> Holdings:
    return _ids(terms.both(_plain(old), _plain(new)))


def _joined(one: Holdings, other: Holdings) -> Holdings:
    return _ids(terms.either(_plain(one), _plain(other)))


def _plain(units: Holdings) -> dict[str, frozenset[str]]:
    return {kind: frozenset(map(str, ids)) for kind, ids in units.items()}


def _ids(units: Mapping[str, frozenset[str]]) -> Holdings:
    return {kind: frozenset(map(UUID, ids)) for kind, ids in units.items()}


def kinds_told() -> Iterator[str]:
    """The kinds of operation after which some document is looked at."""
    for shelf in shelves():
        yield from shelf.touched
