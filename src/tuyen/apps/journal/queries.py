"""Reading the journal: the feed, receipts, the refused queue, and where the chain stands."""

from collections.abc import Callable, Collection, Iterable
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

import msgspec
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce

from tuyen.apps.access import policies, walls
from tuyen.apps.access.actors import Actor
from tuyen.apps.journal import seal
from tuyen.apps.journal.models import Entry, Head, Revision
from tuyen.kernel.operation import KINDS, Outcome
from tuyen.kernel.refusal import N_, Refusal
from tuyen.rules.access import Contents, contents, discretion

Diseases = Callable[[Collection[UUID]], dict[UUID, str]]
"""The disease that each case report is of by now, whatever it said first."""

PAGE = 500
READ = "journal.operation.read"
HIDDEN = "•••"
_FEW_UNITS = 10

CORRECTIONS = ~Q(corrects=None)
"""To be said with every look-up by ``corrects``: SQLite takes the partial index only for its words."""


def _nobody_reports(cases: Collection[UUID]) -> dict[UUID, str]:
    """Without a room for case reports there is none."""
    return {}


_diseases_now: Diseases = _nobody_reports


def set_diseases(diseases: Diseases) -> None:
    """Wire in the room of case reports: a report that becomes one of a discreet disease hides, from
    then on, whose it is in all that was written about it."""
    global _diseases_now
    _diseases_now = diseases


class OtherEpoch(Refusal):
    code = "journal.other-epoch"
    message = N_("The journal was restored since; begin again from the start (epoch {epoch}).")


class Kept(NamedTuple):
    """An entry of the journal as a reader sees it."""

    position: int
    id: UUID
    kind: str
    version: int
    unit: UUID
    author: UUID | None
    channel: str
    happened_on: date
    recorded_at: datetime
    received_at: datetime
    corrects: UUID | None
    refusal: Outcome | None
    payload: Any
    withheld: bool = False  # the reader may know that it was done, not what it says
    named: bool = False  # it says something of named people: its reading is written down
    drill: UUID | None = None  # the drill in which it was kept

    @property
    def subjects(self) -> list[UUID]:
        """What its reader reads of, for the log: itself, what it corrects, and whom it names."""
        found = [self.id, *([self.corrects] if self.corrects else [])]
        said = self.payload if isinstance(self.payload, dict) else {}
        members = said.get("members") or said.get("contacts") or ()
        named = [said.get(name) for name in ("person", "case", "kept", "duplicate", "household")]
        named += [member.get("id") for member in members if isinstance(member, dict)]
        found += [UUID(id) for id in named if isinstance(id, str) and len(id) == 36]
        return list(dict.fromkeys(found))

    def closed(self) -> "Kept":
        """That it was done, without what it says."""
        hidden = Outcome.of(Withheld()) if self.refusal else None
        return self._replace(payload={}, refusal=hidden, withheld=True, named=False)


class Withheld(Refusal):
    code = "journal.withheld"
    message = N_("The reason is shown only to those who may read what the operation says.")


class FeedPage(NamedTuple):
    """Accepted entries in commit order. ``after`` is where to go on; ``more`` says if at once."""

    epoch: UUID
    entries: list[Kept]
    after: int
    more: bool


def head() -> tuple[UUID, int, str]:
    """(epoch, position, digest as hex) of the end of the chain."""
    row = Head.objects.get(pk=1)
    return row.epoch, row.position, bytes(row.digest).hex()


def drill() -> UUID | None:
    """The drill that the store itself says it belongs to; None in reality."""
    return Head.objects.values_list("drill", flat=True).get(pk=1)


def revision(room: str) -> UUID | None:
    """The last operation that touched a room: a cache made at another one is stale."""
    return Revision.objects.filter(pk=room).values_list("entry_id", flat=True).first()


def feed(
    *, by: Actor, after: int = 0, epoch: UUID | None = None, limit: int = PAGE,
    kinds: Iterable[str] | None = None,
) -> FeedPage:  # fmt: skip
    """Accepted entries of the reader's units after a position, in commit order.

    Positions are given out under the lock of a commit, so a reader can never meet a lower one
    later: nothing is skipped. A page may be empty and yet move ``after`` forward.
    """
    now, end, _ = head()
    if epoch is not None and epoch != now:
        raise OtherEpoch(epoch=now)
    scope = policies.scope(by, READ)
    rows = _entries_of(scope).filter(position__gt=after, accepted=True)
    if kinds is not None:
        rows = rows.filter(kind__in=list(kinds))
    limit = max(1, min(limit, PAGE))
    page = _shown(by, rows.order_by("position")[: limit + 1])
    more = len(page) > limit
    page = page[:limit]
    # What was committed after the end was read is on this page too: it must not come again.
    last = page[-1].position if page else after
    return FeedPage(now, page, last if more else max(end, last), more)


def operations(
    *, by: Actor, before: int | None = None, kind: str = "", author: UUID | None = None,
    limit: int = 50,
) -> list[Kept]:  # fmt: skip
    """The newest entries of the reader's units, refused ones too."""
    rows = _entries_of(policies.scope(by, READ))
    if before is not None:
        rows = rows.filter(position__lt=before)
    if kind:
        rows = rows.filter(kind=kind)
    if author is not None:
        rows = rows.filter(author_id=author)
    return _shown(by, rows.order_by("-position")[:limit])


def operation(*, by: Actor, id: UUID) -> Kept | None:
    """One entry, or None when there is none that the reader may see: the two look alike."""
    rows = Entry.objects.filter(policies.scope(by, READ).where("unit_id"), id=id)
    return next(iter(_shown(by, rows)), None)


def history(*, by: Actor, of: UUID) -> list[Kept]:
    """An operation and every accepted one that corrects it, oldest first."""
    rows = Entry.objects.filter(policies.scope(by, READ).where("unit_id"), accepted=True)
    both = rows.filter(id=of) | rows.filter(CORRECTIONS, corrects=of)
    return _shown(by, both.order_by("position"))


def refused(*, by: Actor, limit: int = 200) -> list[Kept]:
    """Refused operations still open that the reader may read: no accepted one corrects them."""
    return _shown(by, _open(by).order_by("-position")[:limit])


def refused_count(*, by: Actor) -> int:
    """How many refused operations wait for this reader."""
    return _open(by).count()


def refilled(*, by: Actor, id: UUID, payload: dict[str, Any]) -> dict[str, Any]:
    """The plain ``payload`` of a repair with the fields that were kept from ``by``, as they stood."""
    row = Entry.objects.filter(policies.scope(by, READ).where("unit_id"), id=id).first()
    if row is None:
        return payload
    (shown,), whole = _shown(by, [row]), _kept(row).payload
    return _refill(payload, whole, _names(whole) - _names(shown.payload))


def _names(value: Any) -> set[str]:
    """The names of all fields of a plain value, however deep."""
    if isinstance(value, dict):
        return set(value).union(*map(_names, value.values()))
    return set().union(*map(_names, value)) if isinstance(value, list) else set()


def _refill(new: Any, old: Any, names: set[str]) -> Any:
    if isinstance(new, dict) and isinstance(old, dict):
        back = {name: old[name] for name in names & old.keys() if name not in new}
        return {k: _refill(v, old.get(k), names) for k, v in new.items()} | back
    if isinstance(new, list) and isinstance(old, list) and len(new) == len(old):
        return [_refill(a, b, names) for a, b in zip(new, old, strict=True)]
    return new


def _open(by: Actor) -> "QuerySet[Entry]":
    """Refused entries that nothing corrects or withdraws, of the kinds whose content ``by`` reads.

    One of a kind that this program does not know waits, unread, for whoever may withdraw it: it is
    not dropped because nobody can say what it says.
    """
    kinds: dict[str, list[str]] = {}
    for kind in KINDS:
        kinds.setdefault(contents().reader(kind.right), []).append(kind.name)
    known = [kind.name for kind in KINDS]
    repairing = policies.scope(by, "journal.refused.repair")
    readable = ~Q(kind__in=known) & repairing.where("unit_id")
    for right, names in kinds.items():
        if scope := policies.scope(by, right):
            readable |= Q(kind__in=names) & scope.where("unit_id")
    answer = Entry.objects.filter(CORRECTIONS, corrects=OuterRef("id"), accepted=True)
    seen = policies.scope(by, READ).where("unit_id")
    return Entry.objects.filter(seen, readable, ~Exists(answer), accepted=False)


def _entries_of(scope: policies.Scope) -> QuerySet[Entry]:
    """The entries of a scope, for a page of them in the order of the journal.

    Those of a few units are found by the index of units, and sorted. Of many units that would sort
    nearly the whole journal for one page: then the journal is walked in its order, and what is not
    in the scope is passed over; the index of units does not know the name ``of``.
    """
    if scope.everything or len(scope.units) <= _FEW_UNITS:
        return Entry.objects.filter(scope.where("unit_id"))
    return Entry.objects.alias(of=Coalesce("unit_id", "unit_id")).filter(scope.where("of"))


def _shown(by: Actor, rows: Iterable[Entry]) -> list[Kept]:
    """Entries as this reader may see them: see ``rules/access/contents.yaml``."""
    table, scopes = contents(), dict[str, policies.Scope]()

    def covers(right: str, unit: UUID) -> bool:
        if right not in scopes:
            scopes[right] = policies.scope(by, right)
        return scopes[right].covers(unit)

    shown, read = [], [_kept(row) for row in rows]
    known = _diseases_reported(read, table)
    for kept in read:
        if not _may_read(kept, table, covers):
            shown.append(kept.closed())
            continue
        closed = _closed(kept, known, table, covers)
        named = table.reader(KINDS.get(kept.kind).right) in table.named
        shown.append(_opened(kept, closed)._replace(named=named))
    return shown


def _closed(
    kept: Kept, known: dict[UUID, str], table: Contents, covers: Callable[[str, UUID], bool]
) -> set[str]:
    """The fields that this reader is not shown: each with a right of its own, and, of a report of a
    disease that asks for discretion, those that tell whose it is."""
    rule = discretion()
    fields = table.fields_of(kept.kind)
    closed = {name for name, right in fields.items() if not covers(right, kept.unit)}
    if known.get(kept.id) in rule.diseases and not covers(rule.right, kept.unit):
        closed |= rule.fields
    return closed


def _diseases_reported(read: list[Kept], table: Contents) -> dict[UUID, str]:
    """Of which disease each of these is a report, or corrects one; a discreet one before another:
    what it says itself, what the report said that it corrects, and what the case is by now.

    Two queries where there is a report that names no such disease itself.
    """
    rule, found, about = discretion(), dict[UUID, str](), dict[UUID, UUID]()
    for kept in read:
        said = kept.payload if isinstance(kept.payload, dict) else {}
        if not any(_is_of(kept.kind, reader, table) for reader in rule.readers):
            continue
        changes = said.get("changes")
        found[kept.id] = said.get("disease") or (changes or {}).get("disease") or ""
        if found[kept.id] not in rule.diseases:
            about[kept.id] = UUID(str(said.get("case") or kept.corrects or kept.id))
    if about:
        named = set(about.values())
        others = named - about.keys()
        with walls.whole("the disease of a report, to judge what of its correction is shown"):
            now = _diseases_now(named)
            rows = Entry.objects.filter(id__in=others) if others else ()
            then = {kept.id: str(kept.payload.get("disease", "")) for kept in map(_kept, rows)}
        for id, case in about.items():
            told = (now.get(case, ""), then.get(case, ""))
            found[id] = next((d for d in told if d in rule.diseases), found[id])
    return found


def _is_of(kind: str, reader: str, table: Contents) -> bool:
    try:
        return table.reader(KINDS.get(kind).right) == reader
    except Refusal:
        return False


def _may_read(kept: Kept, table: Contents, covers: Callable[[str, UUID], bool]) -> bool:
    try:
        right = KINDS.get(kept.kind).right
    except Refusal:
        return False  # of a kind that is not known, nobody can say what it holds
    return covers(table.reader(right), kept.unit)


def _opened(kept: Kept, closed: set[str]) -> Kept:
    """An entry without its closed fields. A refusal tells what was wrong with a value: where it
    repeats one of a closed field, it says so without it."""
    if not closed:
        return kept
    payload, refusal = _without(kept.payload, closed), kept.refusal
    secrets = _texts(kept.payload) - _texts(payload)
    if refusal is not None and secrets:
        values = {
            name: HIDDEN if isinstance(value, str) and any(s in value for s in secrets) else value
            for name, value in refusal.values.items()
        }
        refusal = Outcome(refusal.code, refusal.message, values)
    return kept._replace(payload=payload, refusal=refusal)


def _texts(value: Any) -> set[str]:
    """Every text of a plain value that is long enough to tell somebody apart, however deep."""
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        return set().union(*map(_texts, value))
    return {value} if isinstance(value, str) and len(value) > 3 else set()


def _without(value: Any, closed: set[str]) -> Any:
    """The same plain value without the fields of these names, however deep."""
    if isinstance(value, dict):
        return {k: _without(v, closed) for k, v in value.items() if k not in closed}
    if isinstance(value, list | tuple):
        return [_without(each, closed) for each in value]
    return value


def _kept(row: Entry) -> Kept:
    body = seal.read_envelope(bytes(row.body))
    return Kept(
        position=row.position, id=body.id, kind=body.kind, version=body.version, unit=body.unit,
        author=body.author, channel=body.channel, happened_on=body.happened_on,
        recorded_at=body.recorded_at, received_at=body.received_at, corrects=body.corrects,
        refusal=body.refusal, payload=_readable(body), drill=body.drill or None,
    )  # fmt: skip


def _readable(body: seal.Envelope) -> Any:
    """The payload as plain values, lifted to today's version where that is possible."""
    try:
        payload = KINDS.get(body.kind).decode(body.version, bytes(body.payload))
        return msgspec.to_builtins(payload)
    except Refusal:
        return msgspec.json.decode(bytes(body.payload))
