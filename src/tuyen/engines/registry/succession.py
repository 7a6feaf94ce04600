"""What became of each unit: dated succession facts, checked together and asked about any day.

A fact says that on a day a *predecessor* gave a share of itself to a *successor*. One event of
the law (a merger, a split, a transfer of a few villages) is several facts of the same day. The
shares that a predecessor gives on a day sum to 1; what it keeps is a fact about itself.
"""

import math
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Literal, NamedTuple

from tuyen.engines.registry.succession_findings import (
    ChainOnOneDay,
    ClosedAndSucceeded,
    EventMisnamed,
    FactTwice,
    ManyMainSuccessors,
    ShareOutOfRange,
    SharesDoNotSumToOne,
    SuccessionRunsInACircle,
    UnitDoesNotEnd,
    UsedOutsideItsLife,
)
from tuyen.kernel.refusal import BadInput, Refusal
from tuyen.kernel.validity import Validity

Event = Literal["merge", "split", "transfer", "rename", "convert", "recombine", "close"]

EVENTS: tuple[Event, ...] = (
    "merge",  # several units became one
    "split",  # one unit became several
    "transfer",  # a unit gave a part of itself to another and lives on
    "rename",  # one unit, one successor, the same kind of unit
    "convert",  # one unit, one successor of another kind (a station became a satellite point)
    "recombine",  # several units became several others
    "close",  # a unit ended without a successor; its counts stay its own
)

_SUM_TOLERANCE = 1e-6


class Fact(NamedTuple):
    """On day ``on``, ``predecessor`` gave the share ``weight`` of itself to ``successor``."""

    on: date
    predecessor: str
    successor: str | None  # None: closed
    weight: float = 1.0
    main: bool = False  # the successor that stands for the predecessor when only one can
    event: Event | None = None  # as the legal act calls it; checked against what the facts say


def check(
    facts: Sequence[Fact],
    lives: Mapping[str, Validity] | None = None,
    kinds: Mapping[str, str] | None = None,
) -> list[Refusal]:
    """Everything that is wrong with a set of succession facts; an empty list when nothing is.

    Parameters
    ----------
    facts
        In any order.
    lives
        When each unit is valid. A unit absent from it is not checked against its life. A unit
        with a predecessor may also have lived before (it absorbed the other).
    kinds
        The kind of each unit ("station", ...), to tell a conversion from a renaming.

    Notes
    -----
    Findings come in a fixed order (by check, then by day and unit), so that two runs agree.
    """
    groups = _by_unit_and_day(facts)
    found: list[Refusal] = []
    found += _check_shares(groups)
    found += _check_lives(groups, lives or {})
    found += _check_order(groups)
    found += _check_events(facts, kinds)
    return found


class Succession:
    """Checked succession facts, ready to be asked.

    Raises
    ------
    Refusal
        The first finding of :func:`check`.
    """

    def __init__(
        self,
        facts: Iterable[Fact],
        lives: Mapping[str, Validity] | None = None,
        kinds: Mapping[str, str] | None = None,
    ) -> None:
        self.facts: tuple[Fact, ...] = tuple(
            sorted(facts, key=lambda f: (f.on, f.predecessor, f.successor or ""))
        )
        for finding in check(self.facts, lives, kinds):
            raise finding
        self.days: tuple[date, ...] = tuple(sorted({fact.on for fact in self.facts}))
        self.lives: dict[str, Validity] = {**_implied_lives(self.facts), **(lives or {})}
        self._after: dict[str, list[Fact]] = defaultdict(list)
        self._before: dict[str, list[Fact]] = defaultdict(list)
        for fact in self.facts:
            self._after[fact.predecessor].append(fact)
            if fact.successor is not None:
                self._before[fact.successor].append(fact)
        self._events: dict[tuple[str, date], Event] = {
            (unit, fact.on): event
            for group, event in events(self.facts, kinds)
            for fact in group
            for unit in (fact.predecessor, fact.successor)
            if unit is not None
        }

    def life(self, unit: str) -> Validity:
        """When ``unit`` is valid: as given, or as the facts imply; always, if they say nothing."""
        return self.lives.get(unit, Validity())

    def units_on(self, day: date) -> list[str]:
        """The units that are valid on ``day``, of those that have a life or a fact; sorted."""
        return sorted(unit for unit, life in self.lives.items() if life.covers(day))

    def step(self, unit: str, day: date) -> list[tuple[str, float]]:
        """What ``unit`` becomes on ``day`` itself: (successor, share); itself if nothing happens.

        A unit that closes stays itself, because its counts have nowhere else to be.
        """
        today = [fact for fact in self._after.get(unit, ()) if fact.on == day]
        return [(f.successor, f.weight) for f in today if f.successor is not None] or [(unit, 1.0)]

    def successors(self, unit: str, on: date, since: date | None = None) -> dict[str, float]:
        """What has become of ``unit`` by the map of ``on``: the share of it in each unit.

        ``since`` is the day at which the unit is taken (default: from its beginning on); events
        after ``since`` up to and including ``on`` are followed, through chains.
        """
        first = 0 if since is None else bisect_right(self.days, since)
        shares = {unit: 1.0}
        for day in self.days[first : bisect_right(self.days, on)]:
            moved: dict[str, float] = defaultdict(float)
            for holder, share in shares.items():
                for successor, weight in self.step(holder, day):
                    moved[successor] += share * weight
            shares = dict(moved)
        return shares

    def predecessors(self, unit: str, on: date) -> dict[str, float]:
        """The units of the map of ``on`` from which ``unit`` came: the share of *each of them*
        that it received. A unit that was itself on that map is its own predecessor."""
        shares = {unit: 1.0}
        last = self.life(unit).until
        stop = len(self.days) if last is None else bisect_left(self.days, last)
        for day in reversed(self.days[bisect_right(self.days, on) : stop]):
            moved: dict[str, float] = defaultdict(float)
            for holder, share in shares.items():
                for predecessor, weight in self.origins(holder, day):
                    moved[predecessor] += share * weight
            shares = dict(moved)
        return shares

    def main_successor(self, unit: str, on: date, since: date | None = None) -> str:
        """The one unit that stands for ``unit`` on the map of ``on``: at each event the successor
        marked main, else the largest share, else the first by key."""
        first = 0 if since is None else bisect_right(self.days, since)
        for day in self.days[first : bisect_right(self.days, on)]:
            today = [f for f in self._after.get(unit, ()) if f.on == day and f.successor]
            if today:
                chosen = min(today, key=lambda f: (not f.main, -f.weight, f.successor or ""))
                unit = chosen.successor or unit
        return unit

    def classify(self, unit: str, day: date) -> Event | None:
        """What happened to or around ``unit`` on ``day``; None when nothing did."""
        return self._events.get((unit, day))

    def origins(self, unit: str, day: date) -> list[tuple[str, float]]:
        """Whence ``unit`` came on ``day`` itself: (predecessor, the share of it received);
        itself whole if it was there before and received nothing."""
        today = [(f.predecessor, f.weight) for f in self._before.get(unit, ()) if f.on == day]
        kept = any(f.on == day for f in self._after.get(unit, ()))
        since = self.life(unit).since
        if (
            since is None or since < day
        ) and not kept:  # it absorbed others and gave nothing: it is its own origin
            today.append((unit, 1.0))
        return today or [(unit, 1.0)]


def events(
    facts: Sequence[Fact], kinds: Mapping[str, str] | None = None
) -> Iterator[tuple[list[Fact], Event]]:
    """Group facts into events (units joined by facts of one day) and say what each event is."""
    for _, todays in _by_day(facts):
        for group in _connected(todays):
            yield group, _event_of(group, kinds)


def _event_of(group: list[Fact], kinds: Mapping[str, str] | None) -> Event:
    givers = {f.predecessor for f in group}
    takers = {f.successor for f in group if f.successor is not None}
    if not takers:
        return "close"
    if any(f.predecessor == f.successor and f.weight < 1 for f in group):
        return "transfer"
    if len(takers) == 1:
        if len(givers) > 1:
            return "merge"
        (giver,), (taker,) = givers, takers
        if kinds and giver in kinds and taker in kinds and kinds[giver] != kinds[taker]:
            return "convert"
        return "rename"
    return "split" if len(givers) == 1 else "recombine"


def _by_day(facts: Sequence[Fact]) -> Iterator[tuple[date, list[Fact]]]:
    days: dict[date, list[Fact]] = defaultdict(list)
    for fact in facts:
        days[fact.on].append(fact)
    yield from sorted(days.items())


def _by_unit_and_day(facts: Sequence[Fact]) -> dict[tuple[date, str], list[Fact]]:
    groups: dict[tuple[date, str], list[Fact]] = defaultdict(list)
    for fact in facts:
        groups[fact.on, fact.predecessor].append(fact)
    return dict(sorted(groups.items()))


def _connected(facts: list[Fact]) -> list[list[Fact]]:
    """Facts of one day grouped by shared units (union-find), in order of their first unit."""
    parent: dict[str, str] = {}

    def root(unit: str) -> str:
        parent.setdefault(unit, unit)
        while parent[unit] != unit:
            parent[unit] = parent[parent[unit]]
            unit = parent[unit]
        return unit

    for fact in facts:
        parent[root(fact.predecessor)] = root(fact.successor or fact.predecessor)
    groups: dict[str, list[Fact]] = defaultdict(list)
    for fact in sorted(facts, key=lambda f: (f.predecessor, f.successor or "")):
        groups[root(fact.predecessor)].append(fact)
    return list(groups.values())


def _check_shares(groups: Mapping[tuple[date, str], list[Fact]]) -> list[Refusal]:
    found: list[Refusal] = []
    for (on, unit), facts in groups.items():
        times: dict[str | None, int] = defaultdict(int)
        for fact in facts:
            times[fact.successor] += 1
            if not (math.isfinite(fact.weight) and 0 < fact.weight <= 1 + _SUM_TOLERANCE):
                found.append(
                    ShareOutOfRange(weight=fact.weight, unit=unit, successor=fact.successor, on=on)
                )
        found += [
            FactTwice(unit=unit, successor=successor, on=on, times=count)
            for successor, count in times.items()
            if count > 1
        ]
        if None in times and len(times) > 1:
            found.append(ClosedAndSucceeded(unit=unit, on=on))
        total = math.fsum(fact.weight for fact in facts)
        if not abs(total - 1) <= _SUM_TOLERANCE:
            found.append(SharesDoNotSumToOne(unit=unit, on=on, total=round(total, 6)))
        mains = [str(fact.successor) for fact in facts if fact.main]
        if len(mains) > 1:
            found.append(
                ManyMainSuccessors(unit=unit, on=on, count=len(mains), successors=", ".join(mains))
            )
    return found


def _check_lives(
    groups: Mapping[tuple[date, str], list[Fact]], lives: Mapping[str, Validity]
) -> list[Refusal]:
    found: list[Refusal] = []
    for (on, unit), facts in groups.items():
        life = lives.get(unit)
        keeps = any(fact.successor == unit for fact in facts)
        if life is not None:
            begun = life.since is None or life.since < on
            ended = life.until is not None and life.until < on
            if not begun or ended or (keeps and not life.covers(on)):
                found.append(_outside(unit, on, life))
            elif not keeps and life.until != on:
                found.append(UnitDoesNotEnd(unit=unit, on=on, until=life.until or "—"))
        for fact in facts:
            taker = lives.get(fact.successor) if fact.successor not in (None, unit) else None
            if taker is not None and not taker.covers(on):
                found.append(_outside(str(fact.successor), on, taker))
    return found


def _outside(unit: str, on: date, life: Validity) -> UsedOutsideItsLife:
    return UsedOutsideItsLife(unit=unit, on=on, since=life.since or "—", until=life.until or "—")


def _check_order(groups: Mapping[tuple[date, str], list[Fact]]) -> list[Refusal]:
    """No unit may come back after it gave everything away, on the same day or later."""
    found: list[Refusal] = []
    heirs: dict[str, list[str]] = {}
    ended: dict[str, date] = {}
    for (on, unit), facts in groups.items():
        takers = [fact.successor for fact in facts if fact.successor is not None]
        if unit not in takers:
            heirs.setdefault(unit, []).extend(takers)
            ended.setdefault(unit, on)
    circle = _circle(heirs)
    if circle:
        found.append(SuccessionRunsInACircle(circle=" → ".join(circle)))
        return found
    for (on, unit), facts in groups.items():
        if unit in ended and ended[unit] < on:
            found.append(UsedOutsideItsLife(unit=unit, on=on, since="—", until=ended[unit]))
        for fact in facts:
            taker = fact.successor
            if taker is None or taker == unit or taker not in ended:
                continue
            if ended[taker] == on:
                found.append(ChainOnOneDay(unit=taker, on=on))
            elif ended[taker] < on:
                found.append(UsedOutsideItsLife(unit=taker, on=on, since="—", until=ended[taker]))
    return found


def _circle(heirs: Mapping[str, list[str]]) -> list[str]:
    """One circle of successions among units that ended, or an empty list. Iterative: chains of
    a long history must not exhaust the stack."""
    done: set[str] = set()
    for start in heirs:
        path: list[str] = []
        on_path: set[str] = set()
        stack: list[tuple[str, bool]] = [(start, False)]
        while stack:
            unit, leaving = stack.pop()
            if leaving:
                on_path.discard(path.pop())
                done.add(unit)
                continue
            if unit in on_path:
                return [*path[path.index(unit) :], unit]
            if unit in done:
                continue
            path.append(unit)
            on_path.add(unit)
            stack.append((unit, True))
            stack.extend((heir, False) for heir in heirs.get(unit, ()))
    return []


def _check_events(facts: Sequence[Fact], kinds: Mapping[str, str] | None) -> list[Refusal]:
    found: list[Refusal] = []
    alike = {frozenset({"rename", "convert"})}  # told apart only when kinds are known
    for group, event in events(facts, kinds):
        given = {fact.event for fact in group if fact.event is not None} - {event}
        for name in sorted(given):
            if kinds is None and frozenset({name, event}) in alike:
                continue
            found.append(
                EventMisnamed(unit=group[0].predecessor, on=group[0].on, given=name, found=event)
            )
    return found


def _implied_lives(facts: Sequence[Fact]) -> dict[str, Validity]:
    """A unit that gave everything away ended that day; one that is only ever a successor, and
    of a fact in which no other day knew it, is taken to have begun on its first fact."""
    since: dict[str, date | None] = {}
    until: dict[str, date | None] = {}
    for (on, unit), group in _by_unit_and_day(facts).items():
        since.setdefault(unit, None)
        if all(fact.successor != unit for fact in group):
            until.setdefault(unit, on)
        for fact in group:
            if fact.successor is not None and fact.successor != unit:
                since.setdefault(fact.successor, on)
    for (on, unit), group in _by_unit_and_day(facts).items():
        if any(f.successor == unit for f in group) and since.get(unit) == on:
            since[unit] = None  # it kept a part of itself that day, so it was there before
    lives: dict[str, Validity] = {}
    for unit in since:
        try:
            lives[unit] = Validity(since[unit], until.get(unit))
        except Refusal as wrong:
            raise BadInput(what=f"{unit}: {wrong}") from wrong
    return lives
