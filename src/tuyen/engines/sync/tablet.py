"""The tablet as a state machine: ``step(state, event)`` gives the next state and what to send.

Nothing here knows a network, a clock or a store, so the same machine runs in the field app's
tests, in the reference device and in the simulation. A driver keeps each state durably *before*
it sends what the step asked for; then a crash between any two steps is no more than a lost message.

Three words describe an operation on a tablet, and only what a receipt proves is said: *saved here*
(:attr:`Tablet.outbox`), *confirmed* (:attr:`Tablet.confirmed`) and *set aside*
(:attr:`Tablet.aside`: refused or unreadable, kept for its author with the reason).
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any, Literal, NamedTuple

Verb = Literal["push", "pull", "obeyed"]

BATCH_BYTES = 48 * 1024
BATCH_OPERATIONS = 200
LINE_BYTES = 512 * 1024
"""Longest operation that is sent at all: twice what any server takes as a payload."""


class Saved(NamedTuple):
    """An operation as it will be sent: its id, its one line of JSON, and that line's digest."""

    id: str
    line: bytes
    digest: str


class Document(NamedTuple):
    """A record that the tablet may hold. ``units`` are those on whose account it may."""

    kind: str
    id: str
    units: tuple[str, ...]
    body: object
    generation: int = 0


@dataclass(frozen=True, slots=True)
class Tablet:
    """Everything that a tablet keeps. ``counter`` numbers its requests, for ever upwards."""

    id: str
    protocol: int
    counter: int = 0
    epoch: str = ""
    cursor: str = ""
    outbox: tuple[Saved, ...] = ()
    confirmed: tuple[Saved, ...] = ()
    known_since: Mapping[str, str] = field(default_factory=dict)  # confirmed: the server's day
    aside: Mapping[str, tuple[Saved, str]] = field(default_factory=dict)
    documents: Mapping[tuple[str, str], Document] = field(default_factory=dict)
    units: Mapping[str, frozenset[str]] = field(default_factory=dict)
    generation: int = 0
    order: str = ""
    notice: str = ""
    batch: int = BATCH_OPERATIONS
    asked: Verb | None = None
    settled: bool = False  # the last pull said that there is no more
    resting: bool = False  # the server took no more operations today
    dead: bool = False

    @property
    def held(self) -> frozenset[str]:
        """Ids of the operations that must not be lost: not yet confirmed nor set aside."""
        return frozenset(saved.id for saved in self.outbox)


class Request(NamedTuple):
    """What to send. ``lines`` are a push's operations; ``cursor`` is a pull's place."""

    verb: Verb
    counter: int
    protocol: int
    lines: tuple[bytes, ...] = ()
    cursor: str = ""
    order: str = ""


class Recorded(NamedTuple):
    """The user signed something."""

    saved: Saved


class Tick(NamedTuple):
    """It is time to talk, whether or not an earlier request was answered. A new day may send again."""

    new_day: bool = False


class Upgraded(NamedTuple):
    """The app on the tablet was replaced by one that speaks another version."""

    protocol: int


class Told(NamedTuple):
    """One receipt: the operation's id and digest where they could be read, and what became of it."""

    place: int
    id: str
    digest: str
    status: str  # accepted, already-had, refused, unreadable, deferred
    code: str = ""


class Pushed(NamedTuple):
    """The answer to a push. It may come late: a receipt is a fact whenever it arrives."""

    counter: int
    epoch: str
    sent: tuple[Saved, ...]
    receipts: tuple[Told, ...]
    order: str = ""
    notice: str = ""
    day: str = ""
    keep_days: int = 0


class Pulled(NamedTuple):
    """The answer to a pull: what to hold, what to hold no more, and where to go on."""

    counter: int
    epoch: str
    cursor: str
    documents: tuple[Document, ...]
    gone: tuple[tuple[str, str], ...]
    gained: Mapping[str, frozenset[str]]
    dropped: Mapping[str, frozenset[str]]
    filling: bool
    more: bool
    order: str = ""
    notice: str = ""
    day: str = ""
    keep_days: int = 0


class Obeyed(NamedTuple):
    """The server heard that an order was carried out."""

    counter: int


class Refused(NamedTuple):
    """A whole request was refused: by a code, with an order, perhaps with a counter to go above."""

    counter: int
    verb: Verb
    code: str
    order: str = ""
    at_least: int = 0


Event = Recorded | Tick | Upgraded | Pushed | Pulled | Obeyed | Refused
Step = tuple[Tablet, Sequence[Request]]

RESTORED = "journal.other-epoch"
BAD_CURSOR = "api.bad-cursor"
FAR_BEHIND = "journal.too-far-behind"
BEHIND = "access.counter-behind"
GONE = "access.device-revoked"
OVER_QUOTA = "api.over-quota"
TOO_OLD = "api.upgrade-to-pull"
TOO_LONG = "api.too-long"
_BEGIN_AGAIN = frozenset({RESTORED, BAD_CURSOR, FAR_BEHIND})
WHOLE = frozenset({TOO_LONG, "api.bad-request", "api.too-many-lines"})
"""Refusals of a whole batch that may be the fault of one operation in it."""


def step(tablet: Tablet, event: Event) -> Step:
    """The next state, and the requests to send once it is kept."""
    return _STEPS[type(event)](tablet, event)


def _recorded(tablet: Tablet, event: Recorded) -> Step:
    if tablet.dead or tablet.order:  # a locked or wiped tablet opens no form
        return tablet, ()
    return replace(tablet, outbox=(*tablet.outbox, event.saved)), ()


def _tick(tablet: Tablet, event: Tick) -> Step:
    if event.new_day:
        tablet = replace(tablet, resting=False)
    if any(len(saved.line) > LINE_BYTES for saved in tablet.outbox[:BATCH_OPERATIONS]):
        tablet = _without_too_long(tablet)
    verb = _next_verb(tablet)
    if verb is None:
        return replace(tablet, asked=None), ()
    tablet = replace(tablet, counter=tablet.counter + 1, asked=verb, settled=False)
    request = Request(verb, tablet.counter, tablet.protocol)
    if verb == "push":
        batch = () if tablet.resting else batch_of(tablet)
        request = request._replace(lines=tuple(saved.line for saved in batch))
    elif verb == "pull":
        request = request._replace(cursor=tablet.cursor)
    else:
        request = request._replace(order=tablet.order)
    return tablet, (request,)


def _next_verb(tablet: Tablet) -> Verb | None:
    """Sending and asking take turns. Who may not ask sends, if only nothing, to hear its order."""
    if tablet.dead:
        return None
    sending = bool(tablet.outbox) and not tablet.resting
    if tablet.order == "wipe" and not sending:
        return None if tablet.outbox else "obeyed"
    if tablet.order or tablet.notice == "upgrade":
        return "push"
    return "push" if sending and tablet.asked != "push" else "pull"


def batch_of(tablet: Tablet) -> tuple[Saved, ...]:
    """The operations to send next, oldest first; one that is too long for a batch goes alone."""
    taken: list[Saved] = []
    size = 0
    for saved in tablet.outbox[: tablet.batch]:
        size += len(saved.line) + 1
        if taken and size > BATCH_BYTES:
            break
        taken.append(saved)
    return tuple(taken)


def _upgraded(tablet: Tablet, event: Upgraded) -> Step:
    """A new app asks again for what the old one was refused; orders survive it."""
    return replace(tablet, protocol=event.protocol, notice="", batch=BATCH_OPERATIONS), ()


def _pushed(tablet: Tablet, event: Pushed) -> Step:
    latest = event.counter == tablet.counter
    if event.epoch != tablet.epoch:
        if not latest:
            return tablet, ()  # receipts of a journal that was since restored prove nothing
        tablet = _in_epoch(tablet, event.epoch)
    tablet = _ordered(tablet, event.order, latest)
    done: list[Saved] = []
    aside: dict[str, tuple[Saved, str]] = {}
    deferred = False
    waiting = {saved.id: saved for saved in tablet.outbox}
    for told in event.receipts:
        saved = event.sent[told.place] if told.place < len(event.sent) else None
        if saved is None or waiting.get(saved.id) != saved:
            continue  # answered before, or not what is held
        mine = told.id == saved.id and told.digest in ("", saved.digest)
        if told.status == "deferred":
            deferred = True
        elif told.status == "unreadable" or (told.status == "refused" and mine):
            aside[saved.id] = (saved, told.code)
        elif told.status in ("accepted", "already-had") and mine:
            done.append(saved)
    over = {saved.id for saved in done} | aside.keys()
    tablet = replace(
        tablet,
        outbox=tuple(saved for saved in tablet.outbox if saved.id not in over),
        confirmed=(*tablet.confirmed, *done),
        aside={**tablet.aside, **aside},
        batch=min(BATCH_OPERATIONS, tablet.batch * 2),
        notice=event.notice if latest else tablet.notice,
        resting=deferred or tablet.resting,
    )
    return _pruned(tablet, event.day, event.keep_days), ()


def _pulled(tablet: Tablet, event: Pulled) -> Step:
    if event.counter != tablet.counter or tablet.asked != "pull" or tablet.order:
        return tablet, ()  # a late page belongs to another place
    held = tablet.units if tablet.cursor else {}
    tablet = _in_epoch(tablet, event.epoch)
    nothing: frozenset[str] = frozenset()
    units = {
        kind: (held.get(kind, nothing) | event.gained.get(kind, nothing))
        - event.dropped.get(kind, nothing)
        for kind in held.keys() | event.gained.keys()
    }
    documents = dict(tablet.documents)
    for key in event.gone:
        documents.pop(key, None)
    for document in event.documents:
        documents[document.kind, document.id] = document._replace(generation=tablet.generation)
    if event.dropped or not event.filling:
        documents = {
            key: document for key, document in documents.items()
            if not units.get(document.kind, nothing).isdisjoint(document.units)
            and (event.filling or document.generation == tablet.generation)
        }  # fmt: skip
    tablet = replace(
        tablet, units=units, documents=documents, cursor=event.cursor, notice=event.notice,
        settled=not event.more,
    )  # fmt: skip
    return _pruned(tablet, event.day, event.keep_days), ()


def _pruned(tablet: Tablet, day: str, keep_days: int) -> Tablet:
    """Drop confirmed operations that the server told to keep for so many days, by its own calendar:
    a tablet's clock is not to be trusted. What is not confirmed is never dropped."""
    if not day or keep_days < 1:
        return tablet
    last = (date.fromisoformat(day) - timedelta(keep_days)).isoformat()
    since = {saved.id: tablet.known_since.get(saved.id, day) for saved in tablet.confirmed}
    kept = tuple(saved for saved in tablet.confirmed if since[saved.id] >= last)
    return replace(
        tablet, confirmed=kept, known_since={saved.id: since[saved.id] for saved in kept}
    )


def _obeyed(tablet: Tablet, event: Obeyed) -> Step:
    return (_ended(tablet), ()) if tablet.order == "wipe" else (tablet, ())


def _refused(tablet: Tablet, event: Refused) -> Step:
    latest = event.counter == tablet.counter
    tablet = _ordered(tablet, event.order, latest)
    if event.code == GONE:
        return _ended(tablet), ()
    if event.code == BEHIND:
        return replace(tablet, counter=max(tablet.counter, event.at_least)), ()
    if event.code == OVER_QUOTA:
        return replace(tablet, resting=True), ()
    if latest and event.verb == "pull" and event.code in _BEGIN_AGAIN:
        return replace(tablet, cursor="", generation=tablet.generation + 1, settled=False), ()
    if latest and event.verb == "pull" and event.code == TOO_OLD:
        return replace(tablet, notice="upgrade"), ()
    if latest and event.verb == "push" and event.code in WHOLE:
        return _smaller(tablet, event.code), ()
    return tablet, ()


def _smaller(tablet: Tablet, code: str) -> Tablet:
    """Halve the batch; one operation that is refused alone is set aside, and the rest flows."""
    batch = batch_of(tablet)
    if len(batch) > 1:
        return replace(tablet, batch=len(batch) // 2)
    aside = {**tablet.aside, **{saved.id: (saved, code) for saved in batch}}
    return replace(
        tablet, outbox=tablet.outbox[len(batch) :], aside=aside, batch=BATCH_OPERATIONS
    )  # fmt: skip


def _without_too_long(tablet: Tablet) -> Tablet:
    long = {saved.id: (saved, TOO_LONG) for saved in tablet.outbox if len(saved.line) > LINE_BYTES}
    kept = tuple(saved for saved in tablet.outbox if saved.id not in long)
    return replace(tablet, outbox=kept, aside={**tablet.aside, **long})


def _in_epoch(tablet: Tablet, epoch: str) -> Tablet:
    """After a restore everything confirmed is sent again: the backup may be older than it.

    What is held is kept for use until the new filling is complete, and marked by a generation.
    """
    if epoch == tablet.epoch:
        return tablet
    known = bool(tablet.epoch)
    return replace(
        tablet,
        epoch=epoch,
        cursor="",
        generation=tablet.generation + 1,
        outbox=(*tablet.confirmed, *tablet.outbox) if known else tablet.outbox,
        confirmed=() if known else tablet.confirmed,
        known_since={} if known else tablet.known_since,
        settled=False,
    )


def _ordered(tablet: Tablet, order: str, latest: bool) -> Tablet:
    """Carry out an order before anything else. A lock shuts and can be opened again by a later
    answer; a wipe counts whenever it arrives and cannot be taken back."""
    if order == "wipe" and tablet.order != "wipe":
        return replace(_emptied(tablet), order="wipe")
    if tablet.order == "wipe" or not latest:
        return tablet
    return replace(tablet, order=order)


def _emptied(tablet: Tablet) -> Tablet:
    return replace(tablet, documents={}, units={}, cursor="", settled=False)


def _ended(tablet: Tablet) -> Tablet:
    """Nothing is left, and no request is made any more."""
    return replace(
        _emptied(tablet), outbox=(), confirmed=(), known_since={}, aside={}, order="wipe", dead=True
    )


_STEPS: dict[type, Callable[[Tablet, Any], Step]] = {
    Recorded: _recorded,
    Tick: _tick,
    Upgraded: _upgraded,
    Pushed: _pushed,
    Pulled: _pulled,
    Obeyed: _obeyed,
    Refused: _refused,
}
