"""The inbox: signals of every source, grouped by place and subject, ranked by one score."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Literal, NamedTuple
from uuid import UUID

import numpy as np

from tuyen.apps.access import policies
from tuyen.apps.access import queries as access
from tuyen.apps.access.actors import Actor
from tuyen.apps.surveillance import kept, places
from tuyen.apps.surveillance.models import Alarm, Silence
from tuyen.engines.surveillance import priority
from tuyen.kernel import signalling
from tuyen.kernel.signalling import Asked, Fact, Near, Signal
from tuyen.rules.surveillance import signs as rule

READ = "surveillance.alarm.read"
InboxState = Literal[
    "open", "new", "late", "mine", "verified", "outbreak", "below", "silenced", "ended", "all"
]
InboxOrder = Literal["score", "newest", "due"]
LEVELS: tuple[signalling.Level, ...] = ("signal", "alert", "epidemic")
_ENDED = ("dismissed", "closed")


class Silenced(NamedTuple):
    """Until when, why and by whom a group stays out of the inbox."""

    until: date
    level: str
    reason: str
    by: str


class SignalGroup(NamedTuple):
    """The signals of one subject in one commune of today's map, with their score."""

    commune: UUID
    commune_name: str
    subject: str
    names: Mapping[str, str]
    signals: tuple[tuple[str, Signal], ...]  # (source, signal), the gravest and newest first
    level: signalling.Level
    state: str  # new, verified, outbreak, dismissed, closed
    due_at: datetime | None  # of the first that nobody has answered
    owners: tuple[str, ...]
    score: float  # of 100
    parts: tuple[tuple[str, float, float], ...]  # (part, share of 1, points)
    silenced: Silenced | None

    @property
    def head(self) -> Signal:
        return self.signals[0][1]

    @property
    def kinds(self) -> list[str]:
        """The kinds of its signals, the gravest first."""
        return list(dict.fromkeys(signal.kind for _, signal in self.signals))

    @property
    def below(self) -> bool:
        """Nothing of it rings: what is left is kept below the line, and waits for nobody."""
        live = [s for _, s in self.signals if s.state not in (*_ENDED, "note")]
        return bool(live) and all(s.below for s in live)

    @property
    def false_share(self) -> float | None:
        """The chance that it is false, as far as that was learnt of its statistical alarms."""
        known = [s.false_share for _, s in self.signals if s.false_share is not None]
        return min(known, default=None)

    @property
    def raised_at(self) -> datetime:
        return max(signal.raised_at for _, signal in self.signals)

    def late(self, at: datetime) -> bool:
        return self.due_at is not None and self.due_at < at

    @property
    def disease(self) -> str:
        """The disease that it is about; empty for a sign or another programme's subject."""
        kind, _, code = self.subject.partition(":")
        return code if kind == "disease" else ""


@dataclass(frozen=True, slots=True)
class InboxFilters:
    """What an inbox shows. Empty means any; ``since`` None reaches back as far as the rule says."""

    state: InboxState = "open"
    kinds: tuple[str, ...] = ()
    levels: tuple[str, ...] = ()
    subjects: tuple[str, ...] = ()
    area: UUID | None = None
    unit: UUID | None = None
    since: date | None = None
    order: InboxOrder = "score"


class Inbox(NamedTuple):
    """A page of groups, and what all of them are before the page's own filters."""

    groups: list[SignalGroup]
    total: int
    page: int
    pages: int
    tally: Mapping[str, int]  # open groups by state, and "late"; "below" the line
    kinds: tuple[str, ...]  # of all that is there, for the filter
    since: date
    older: int  # open alarms that the page leaves out because they are older


def inbox(
    *, by: Actor, at: datetime, filters: InboxFilters | None = None, page: int = 1, size: int = 25
) -> Inbox:
    """The groups of signals that ``by`` may see, the most urgent first.

    Each source is asked once, with as many queries whether it holds ten signals or ten thousand;
    grouping and ranking are arithmetic on plain values.
    """
    asked = filters or InboxFilters()
    since = asked.since or by.on - timedelta(days=rule.shown_days(by.on))
    every = _groups(by, at, Asked(by.on, since, ended=asked.state in ("ended", "all")))
    open_ = [group for group in every if _is(group, "open", by, at)]
    tally = Counter(group.state for group in open_)
    tally["late"] = sum(group.late(at) for group in open_)
    tally["below"] = sum(_is(group, "below", by, at) for group in every)
    wanted = [group for group in _narrowed(every, asked, by) if _is(group, asked.state, by, at)]
    wanted.sort(key=_ORDERS[asked.order])
    size = max(1, min(size, 200))
    pages = max(1, -(-len(wanted) // size))
    page = max(1, min(page, pages))
    return Inbox(
        wanted[(page - 1) * size : page * size],
        len(wanted),
        page,
        pages,
        tally,
        tuple(dict.fromkeys(kind for group in every for kind in group.kinds)),
        since,
        _older(by, since) if asked.since is None else 0,
    )


def signal_group(*, by: Actor, at: datetime, commune: UUID, subject: str) -> SignalGroup | None:
    """One group, ended signals too; None when ``by`` may see none of it."""
    since = by.on - timedelta(days=rule.shown_days(by.on))
    asked = Asked(by.on, since, ended=True)
    here = places.atlas().standing_for(commune, by.on) if places.atlas().unit(commune) else commune
    found = _groups(by, at, asked, only=(here, subject))
    return found[0] if found else None


def near_facts(*, by: Actor, commune: UUID) -> list[Fact]:
    """What stands near a commune: water, food, animals, and what other rooms tell."""
    km, days = rule.nearness(by.on)
    return signalling.nearby(by, Near(commune, by.on, km, days))


Key = tuple[UUID, str]


def _groups(by: Actor, at: datetime, asked: Asked, only: Key | None = None) -> list[SignalGroup]:
    map_ = places.atlas()
    standing: dict[UUID, UUID] = {}
    held: dict[Key, list[tuple[str, Signal]]] = {}
    scope = policies.scope(by, READ)
    for source, signal in signalling.found(by, asked):
        here = standing.get(signal.commune)
        if here is None:
            here = standing[signal.commune] = map_.standing_for(signal.commune, by.on)
        if only is None or only == (here, signal.subject):
            held.setdefault((here, signal.subject), []).append((source, signal))
    if not held:
        return []
    scored = _scored(list(held.values()), by.on, at)
    silences = _silences(map_, scope, by.on)
    people: set[UUID | None] = {
        signal.owner for each in held.values() for _, signal in each if signal.owner
    }
    names = access.names(people) if people else {}
    made = []
    for n, (key, members) in enumerate(held.items()):
        made.append(_group(map_, by.on, key, members, scored, n, silences, names))
    return made


def _group(
    map_: Any, on: date, key: Key, members: list[tuple[str, Signal]], scored: Any, n: int,
    silences: Mapping[Key, Silenced], names: Mapping[Any, str],
) -> SignalGroup:  # fmt: skip
    members.sort(key=_gravity)
    live = [s for _, s in members if s.state not in _ENDED] or [s for _, s in members]
    level = max((s.level for s in live), key=LEVELS.index)
    due = [s.due_at for s in live if s.due_at is not None]
    silenced = silences.get(key)
    if silenced is not None and LEVELS.index(level) > LEVELS.index(silenced.level):
        silenced = None  # it has become graver since
    owners = dict.fromkeys(names[s.owner] for s in live if s.owner is not None and s.owner in names)
    weights = rule.scoring(on).weights
    parts = tuple(
        (part, float(share), float(share) * weight)
        for part, share, weight in zip(priority.PARTS, scored.parts[n], weights, strict=True)
    )
    return SignalGroup(
        commune=key[0],
        commune_name=map_.full_name(key[0], on),
        subject=key[1],
        names=members[0][1].names,
        signals=tuple(members),
        level=level,
        state=_state(live),
        due_at=min(due, default=None),
        owners=tuple(owners),
        score=round(float(scored.total[n]), 1),
        parts=parts,
        silenced=silenced,
    )


def _scored(groups: Sequence[Sequence[tuple[str, Signal]]], on: date, at: datetime) -> Any:
    """The scores of groups; ended signals count only where nothing else is left."""
    rows: list[tuple[float, ...]] = []
    kinds: dict[str, int] = {}
    for n, members in enumerate(groups):
        live = [s for _, s in members if s.state not in _ENDED] or [s for _, s in members]
        for s in live:
            age = max(0.0, (at - s.raised_at).total_seconds() / 86400)
            expected = np.nan if s.expected is None else s.expected
            p_value = np.nan if s.p_value is None else s.p_value
            kind = kinds.setdefault(s.kind, len(kinds))
            rows.append((n, kind, s.hazard, s.evidence, s.observed, expected, p_value, age))
    table = np.array(rows, float).T
    settings = rule.scoring(on)
    return priority.score(
        priority.Signals(table[0].astype(np.int64), table[1].astype(np.int64), *table[2:]),
        len(groups), np.array(settings.weights, float), settings.excess_full, settings.half_life,
    )  # fmt: skip


def _state(live: Iterable[Signal]) -> str:
    """How a group stands: by the least answered of its signals; notes do not count beside others."""
    states = {s.state for s in live}
    if len(states) > 1:
        states.discard("note")
    for state in ("new", "verified", "outbreak", "dismissed"):
        if state in states:
            return state
    return "closed" if states == {"closed"} else "new"


def _is(group: SignalGroup, state: str, by: Actor, at: datetime) -> bool:
    """Whether a group belongs to a state of the inbox."""
    if state == "all":
        return True
    if state == "silenced":
        return group.silenced is not None and group.state not in _ENDED
    if state == "ended":
        return group.state in _ENDED
    if group.silenced is not None or group.state in _ENDED or _only_notes(group):
        return False
    if state == "below" or group.below:
        return state == "below" and group.below
    match state:
        case "open":
            return group.state in ("new", "verified")
        case "late":
            return group.late(at)
        case "mine":
            return any(s.owner == by.user for _, s in group.signals if s.owner is not None)
    return group.state == state


def _only_notes(group: SignalGroup) -> bool:
    """Evidence beside nothing: it has no row of its own in the inbox."""
    return all(signal.state == "note" for _, signal in group.signals)


def _narrowed(
    groups: Iterable[SignalGroup], asked: InboxFilters, by: Actor
) -> Iterable[SignalGroup]:
    map_ = places.atlas()
    within: frozenset[UUID] | None = None
    for area, line in ((asked.area, "own"), (asked.unit, "guided")):
        if area is not None:
            inside = frozenset(places.communes_of(map_, area, by.on, line))
            within = inside if within is None else within & inside
    for group in groups:
        if within is not None and group.commune not in within:
            continue
        if asked.subjects and group.subject not in asked.subjects:
            continue
        if asked.levels and group.level not in asked.levels:
            continue
        if asked.kinds and not set(asked.kinds) & set(group.kinds):
            continue
        yield group


def _silences(map_: Any, scope: policies.Scope, on: date) -> dict[Key, Silenced]:
    """The silences that hold on a day, by the commune that stands today: two queries."""
    rows = list(
        Silence.objects.filter(scope.where("commune_id"), until__gt=on).values_list(
            "commune_id", "subject", "until", "level", "reason", "author_id"
        )
    )
    names = access.names({row[5] for row in rows}) if rows else {}
    return {
        (map_.standing_for(row[0], on), row[1]): Silenced(*row[2:5], by=names.get(row[5], ""))
        for row in rows
    }


def _older(by: Actor, since: date) -> int:
    """How many open alarms the inbox leaves out because they are older: one query, or none."""
    scope = policies.scope(by, READ)
    rows = Alarm.objects.filter(scope.where("commune_id"), closed_on=None, until__lt=since)
    rows = rows.exclude(state__in=("dismissed", "outbreak"))
    return int(kept.answer(places.atlas(), ("older-alarms", scope, since), rows.count))


def _gravity(member: tuple[str, Signal]) -> tuple[Any, ...]:
    signal = member[1]
    return (
        signal.state in _ENDED,
        signal.state == "note",
        bool(signal.below),
        -LEVELS.index(signal.level),
        -signal.evidence,
        -signal.raised_at.timestamp(),
        str(signal.id),
    )


_FOREVER = float("inf")
_ORDERS: Mapping[str, Any] = {
    "score": lambda g: (-g.score, -g.raised_at.timestamp(), g.subject, g.commune_name),
    "newest": lambda g: (-g.raised_at.timestamp(), -g.score, g.subject, g.commune_name),
    "due": lambda g: (g.due_at.timestamp() if g.due_at else _FOREVER, -g.score, g.subject),
}
