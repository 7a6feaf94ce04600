"""The dated map in memory: every unit with what was true of it on which day.

An :class:`Atlas` is made of plain rows and never changes; :mod:`tuyen.apps.registry.mapstore`
makes a new one when the map was changed. Every question takes the day it is asked about. Where a
unit is asked about a day outside its life, its nearest fact answers: an old commune keeps its
name after it ended.
"""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import date
from functools import cached_property
from typing import Any, NamedTuple
from uuid import UUID

from tuyen.apps.registry.rebasing import Rebasing, implied_sizes
from tuyen.apps.registry.vocabulary import COMMUNE, LIES_IN, PROVINCE, area_level
from tuyen.engines.registry.names import Candidate as Named
from tuyen.engines.registry.names import Place, PlaceIndex
from tuyen.engines.registry.succession import Fact, Succession
from tuyen.kernel.validity import Validity

EARLIEST, LATEST = date.min, date.max


class Span(NamedTuple):
    """A value that holds on the days from ``since`` up to, not including, ``until``."""

    since: date  # date.min: as far back as is known
    until: date  # date.max: still
    value: Any


class Title(NamedTuple):
    name: str
    full_name: str


class Lives(NamedTuple):
    """What a unit is, and everything dated about it, each list in order of its beginning."""

    id: UUID
    kind: str  # "area" or "facility"
    since: date | None
    until: date | None
    names: tuple[Span, ...]  # of Title
    types: tuple[Span, ...]  # of str
    codes: tuple[Span, ...]  # of (system, code)
    points: tuple[Span, ...]  # of (lon, lat, source)
    functions: tuple[Span, ...]  # of str


UnitFacts = Lives


class Heir(NamedTuple):
    """One succession fact: on a day a predecessor gave a share of itself to a successor."""

    on: date
    predecessor: UUID
    successor: UUID | None
    weight: float
    weight_back: float | None
    main: bool
    event: str
    basis: str


class Tied(NamedTuple):
    """A dated relation."""

    subject: UUID
    kind: str
    object: UUID
    since: date | None
    until: date | None


class Found(NamedTuple):
    """A unit that a text may mean."""

    unit: UUID
    name: str
    type: str
    score: float  # 0 to 1
    why: str  # "code", "name" or "similar"
    current: bool  # valid on the day asked
    successors: tuple[tuple[UUID, float], ...]  # of a unit that ended


class Happening(NamedTuple):
    """An entry of a unit's timeline; ``what`` names it, ``values`` carry its words and ids."""

    on: date | None
    what: str
    values: Mapping[str, Any]


class Atlas:
    """Questions about the map. Made by :func:`tuyen.apps.registry.mapstore.atlas`."""

    def __init__(
        self,
        units: Mapping[UUID, Lives],
        ties: Iterable[Tied],
        heirs: Iterable[Heir],
        outlines: Callable[[], Mapping[UUID, Sequence[Span]]] = dict,
    ) -> None:
        self.units_by_id = units
        self.heirs: tuple[Heir, ...] = tuple(
            sorted(heirs, key=lambda h: (h.on, str(h.predecessor), str(h.successor or "")))
        )
        self.ties = tuple(ties)
        self._outlines_loader = outlines
        self._from: dict[tuple[UUID, str], list[Tied]] = defaultdict(list)
        self._to: dict[tuple[UUID, str], list[Tied]] = defaultdict(list)
        self._about: dict[UUID, list[Tied]] = defaultdict(list)
        for tie in sorted(
            self.ties, key=lambda t: (t.since or EARLIEST, str(t.subject), str(t.object))
        ):
            self._from[tie.subject, tie.kind].append(tie)
            self._to[tie.object, tie.kind].append(tie)
            self._about[tie.subject].append(tie)
            self._about[tie.object].append(tie)
        self._after: dict[UUID, list[Heir]] = defaultdict(list)
        self._before: dict[UUID, list[Heir]] = defaultdict(list)
        for heir in self.heirs:
            self._after[heir.predecessor].append(heir)
            if heir.successor is not None:
                self._before[heir.successor].append(heir)
        self._kept: dict[tuple[Any, ...], Any] = {}  # answers by question and era

    # -- one unit ---------------------------------------------------------------------------

    def unit(self, id: UUID | None) -> Lives | None:
        return self.units_by_id.get(id) if id is not None else None

    def name(self, id: UUID | None, on: date | None = None) -> str:
        """The name without its type ("Nà Hỳ"); empty for an unknown unit."""
        title = self._title(id, on)
        return title.name if title else ""

    def full_name(self, id: UUID | None, on: date | None = None) -> str:
        """The name with its type ("Xã Nà Hỳ"); empty for an unknown unit."""
        title = self._title(id, on)
        return (title.full_name or title.name) if title else ""

    def type(self, id: UUID | None, on: date | None = None) -> str | None:
        """The code of its type in ``rules/registry/unit_types.csv``."""
        unit = self.unit(id)
        span = _nearest(unit.types, on) if unit else None
        return span.value if span else None

    def code(self, id: UUID | None, system: str, on: date | None = None) -> str | None:
        """Its code of a system, "administrative.commune"; ``administrative`` means of any level."""
        unit = self.unit(id)
        if unit is None:
            return None
        spans = [s for s in unit.codes if _of_system(s.value[0], system)]
        found = _nearest(spans, on)
        return found.value[1] if found else None

    def point(self, id: UUID | None, on: date | None = None) -> tuple[float, float] | None:
        """(lon, lat) in degrees."""
        unit = self.unit(id)
        span = _nearest(unit.points, on) if unit else None
        return span.value[:2] if span else None

    def functions(self, id: UUID | None, on: date | None = None) -> list[str]:
        unit = self.unit(id)
        spans = unit.functions if unit else ()
        return sorted({s.value for s in spans if on is None or s.since <= on < s.until})

    def valid(self, id: UUID | None, on: date) -> bool:
        unit = self.unit(id)
        return unit is not None and (unit.since or EARLIEST) <= on < (unit.until or LATEST)

    def level(self, id: UUID | None, on: date | None = None) -> int | None:
        """1 province to 4 village; None for a facility."""
        return area_level(self.type(id, on) or "")

    # -- many units -------------------------------------------------------------------------

    def units(
        self, type: str | Collection[str] | None = None, on: date | None = None,
        kind: str | None = None,
    ) -> list[UUID]:  # fmt: skip
        """Units valid on a day (ever, when None), of one type or several, by code then name."""
        types = frozenset({type} if isinstance(type, str) else type or ())
        return self._remember(("units", types, kind), on, lambda: self._units(types, on, kind))

    def communes(self, on: date, within: UUID | None = None) -> list[UUID]:
        """The areas of commune level valid on a day, by code; those of one province if given."""
        found = self._at_level(COMMUNE, on)
        if within is None:
            return list(found)
        return [id for id in found if within in self.areas_above(id, on)]

    def provinces(self, on: date) -> list[UUID]:
        return list(self._at_level(PROVINCE, on))

    def related(self, id: UUID, kind: str, on: date | None = None) -> list[UUID]:
        """The objects of its relations of a kind: whom is it owned by, what does it serve?"""
        return [t.object for t in self._from.get((id, kind), ()) if _covers(t, on)]

    def subjects(self, id: UUID, kind: str, on: date | None = None) -> list[UUID]:
        """The units that have a relation of a kind to it: who is owned by it, lies in it?"""
        return [t.subject for t in self._to.get((id, kind), ()) if _covers(t, on)]

    def relations(self, id: UUID, on: date | None = None) -> list[Tied]:
        """All its relations, both ways, oldest first; those of one day if given."""
        return [tie for tie in self._about.get(id, ()) if _covers(tie, on)]

    def areas_above(self, id: UUID, on: date) -> list[UUID]:
        """The areas it lies in on a day, nearest first; for a day without, as of the nearest."""
        above: list[UUID] = []
        here = id
        while (tie := _nearest_tie(self._from.get((here, LIES_IN), ()), on)) is not None:
            here = tie.object
            if here in above:
                break
            above.append(here)
        return above

    def inside(self, id: UUID, on: date) -> list[UUID]:
        """Everything that lies in it on a day, at any depth."""
        found: dict[UUID, None] = {}
        waiting = [id]
        while waiting:
            for child in self.subjects(waiting.pop(), LIES_IN, on):
                if child not in found:
                    found[child] = None
                    waiting.append(child)
        return list(found)

    def holders(self, system: str, code: str) -> list[tuple[Span, UUID]]:
        """Who had a code, when."""
        return self._codes.get(code, {}).get(system, [])

    def by_code(self, system: str, code: str, on: date | None = None) -> UUID | None:
        """Who has (or, outside its days, last had) a code. A reused code belongs to whoever has
        it on the day."""
        held = [
            (span, id)
            for name, spans in self._codes.get(code, {}).items()
            if _of_system(name, system)
            for span, id in spans
        ]
        covering = [id for span, id in held if on is not None and span.since <= on < span.until]
        if covering:
            return covering[0]
        if on is None and held:
            return max(held, key=lambda pair: pair[0].until)[1]
        before = [(s, id) for s, id in held if on is not None and s.until <= on]
        return max(before, key=lambda pair: pair[0].until)[1] if before else None

    # -- what became of it ------------------------------------------------------------------

    def successors(self, id: UUID) -> list[Heir]:
        """The facts that say what it became; the main one first on each day."""
        return sorted(self._after.get(id, ()), key=lambda h: (h.on, not h.main, -h.weight))

    def predecessors(self, id: UUID) -> list[Heir]:
        """The facts that say whence it came."""
        return list(self._before.get(id, ()))

    def main_heir(self, id: UUID, on: date) -> Heir | None:
        """Of the facts of one day, the one that stands for the unit when only one can."""
        today = [h for h in self._after.get(id, ()) if h.on == on and h.successor is not None]
        return min(today, key=lambda h: (not h.main, -h.weight, str(h.successor)), default=None)

    def standing_for(self, id: UUID, on: date) -> UUID:
        """The one unit that stands for ``id`` on the map of a later day; itself while it lives."""
        seen = {id}
        while not self.valid(id, on):
            unit = self.unit(id)
            if unit is None or unit.until is None or unit.until > on:
                break
            heir = self.main_heir(id, unit.until)
            if heir is None or heir.successor is None or heir.successor in seen:
                break
            id = heir.successor
            seen.add(id)
        return id

    def current(self, id: UUID, on: date) -> list[tuple[UUID, float]]:
        """What ``id`` is on the map of a day: (unit, share of it), largest first."""
        walk = Rebasing(self, on).crosswalk([id])
        shares = walk.shares()[str(id)]
        return sorted(((UUID(k), w) for k, w in shares.items()), key=lambda p: (-p[1], str(p[0])))

    def commune_of(self, id: UUID | None, on: date) -> UUID | None:
        """The commune in which a village, facility or commune lies on the map of a day.

        None when there is none, or when that map is older than the unit and several of its
        communes could be meant.
        """
        if id is None:
            return None
        return self._remember(("commune", id), on, lambda: self._commune_of(id, on))

    def province_of(self, id: UUID, on: date) -> UUID | None:
        """The province in which a unit lies on a day; a province is its own."""
        line = [id, *self.areas_above(id, on)]
        found = next((u for u in line if self.level(u, on) == PROVINCE), None)
        return self.standing_for(found, on) if found else None

    def rebase(self, map_on: date) -> Rebasing:
        """Re-bases counts of any units to the map of a day, in both directions of time."""
        return Rebasing(self, map_on)

    @cached_property
    def succession(self) -> Succession:
        """The facts as the engine takes them: units named by the text of their ids."""
        named = {id for h in self.heirs for id in (h.predecessor, h.successor) if id is not None}
        lives = {
            str(id): Validity(unit.since, unit.until)
            for id in named
            if (unit := self.units_by_id.get(id)) is not None
        }
        facts = [
            Fact(h.on, str(h.predecessor), str(h.successor) if h.successor else None, h.weight,
                 h.main) for h in self.heirs
        ]  # fmt: skip
        return Succession(facts, lives)

    @cached_property
    def sizes(self) -> dict[str, float]:
        """Relative sizes of predecessors, as the facts' ``weight_back`` imply them."""
        return implied_sizes(self.heirs)

    # -- finding, seeing, telling -----------------------------------------------------------

    def find(
        self, text: str, on: date | None, types: Collection[str] | None = None, limit: int = 3
    ) -> list[Found]:
        """The units that a text may mean, best first: a name with or without its type and marks,
        a code, or something like it. Units that ended come with their successors."""
        return [
            Found(UUID(c.unit), c.name, c.kind, c.score, c.why, c.current,
                  tuple((UUID(u), w) for u, w in c.successors))
            for c in self._find(text, on, types, limit)
        ]  # fmt: skip

    def boundary(self, id: UUID, on: date | None = None) -> Mapping[str, Any] | None:
        """The outline of an area as a GeoJSON geometry, with ``source`` and ``derived`` added."""
        span = _nearest(self.outlines.get(id, ()), on)
        return span.value if span else None

    @cached_property
    def outlines(self) -> Mapping[UUID, Sequence[Span]]:
        """All outlines, read when first asked for: they are larger than everything else."""
        return self._outlines_loader()

    def reach(self, unit: UUID, line: str, on: date) -> frozenset[UUID]:
        """The units that a post at ``unit`` reaches as own, owned or guided on a day."""
        from tuyen.apps.registry.reach import reach

        return self._remember(("reach", unit, line), on, lambda: reach(self, unit, line, on))

    def timeline(self, id: UUID) -> list[Happening]:
        """Everything that happened to a unit, oldest first; what always held comes before."""
        from tuyen.apps.registry.timeline import timeline

        return timeline(self, id)

    # -- within -----------------------------------------------------------------------------

    @cached_property
    def change_days(self) -> list[date]:
        """The days on which anything about the map changes: between them answers are equal."""
        days: set[date] = {heir.on for heir in self.heirs}
        for unit in self.units_by_id.values():
            dated: tuple[Any, ...] = (unit, *unit.types, *unit.codes, *unit.names)
            days.update(d for s in dated for d in (s.since, s.until) if d)
        days.update(d for tie in self.ties for d in (tie.since, tie.until) if d)
        return sorted(days - {EARLIEST, LATEST})

    def era(self, on: date) -> int:
        """Between which two changes of the map a day lies: days of one era have equal answers."""
        return bisect_right(self.change_days, on)

    def _remember(
        self, question: tuple[Any, ...], on: date | None, answer: Callable[[], Any]
    ) -> Any:
        """Answer once for all days between two changes of the map."""
        key = (*question, None if on is None else self.era(on))
        if key not in self._kept:
            self._kept[key] = answer()
        return self._kept[key]

    def _title(self, id: UUID | None, on: date | None) -> Title | None:
        unit = self.unit(id)
        span = _nearest(unit.names, on) if unit else None
        return span.value if span else None

    def _units(self, types: frozenset[str], on: date | None, kind: str | None) -> list[UUID]:
        found = [
            id
            for id, unit in self.units_by_id.items()
            if (on is None or self.valid(id, on))
            and (kind is None or unit.kind == kind)
            and (not types or self.type(id, on) in types)
        ]
        return sorted(found, key=lambda id: self._sort_key(id, on))

    def _sort_key(self, id: UUID, on: date | None) -> tuple[str, str, str]:
        return self.code(id, "administrative", on) or "~", self.name(id, on), str(id)

    def _at_level(self, level: int, on: date) -> list[UUID]:
        def answer() -> list[UUID]:
            found = [
                id
                for id, unit in self.units_by_id.items()
                if unit.kind == "area" and self.valid(id, on) and self.level(id, on) == level
            ]
            return sorted(found, key=lambda id: self._sort_key(id, on))

        return self._remember(("level", level), on, answer)

    def _commune_of(self, id: UUID, on: date) -> UUID | None:
        line = [id, *self.areas_above(id, on)]
        home = next((u for u in line if self.level(u, on) == COMMUNE), None)
        if home is None or self.valid(home, on):
            return home
        unit = self.units_by_id[home]
        if unit.until is not None and unit.until <= on:
            later = self.standing_for(home, on)
            return later if self.valid(later, on) else None
        origins = self.current(home, on)
        if len(origins) == 1 and self.valid(origins[0][0], on):
            return origins[0][0]
        return None

    def _find(
        self, text: str, on: date | None, types: Collection[str] | None, limit: int
    ) -> list[Named]:
        return self._index.find(text, on, types, limit)

    @cached_property
    def _codes(self) -> dict[str, dict[str, list[tuple[Span, UUID]]]]:
        held: dict[str, dict[str, list[tuple[Span, UUID]]]] = {}
        for id, unit in self.units_by_id.items():
            for span in unit.codes:
                system, code = span.value
                held.setdefault(code, {}).setdefault(system, []).append((span, id))
        return held

    @cached_property
    def _index(self) -> PlaceIndex:
        places: list[Place] = []
        heirs: dict[str, list[tuple[str, float]]] = {}
        for id, unit in self.units_by_id.items():
            end = unit.until or LATEST
            day = min(end, date(LATEST.year, 1, 1))
            above = tuple(self.name(a, day) for a in self.areas_above(id, day))
            code = self.code(id, "administrative")
            for title in dict.fromkeys(span.value for span in unit.names):
                places.append(
                    Place(str(id), title.name, self.type(id) or "", code, unit.since, unit.until,
                          above)
                )  # fmt: skip
            mine = [h for h in self._after.get(id, ()) if h.on == unit.until]
            if given := [(str(h.successor), h.weight) for h in mine if h.successor]:
                heirs[str(id)] = given
        return PlaceIndex(places, heirs)


def _of_system(name: str, wanted: str) -> bool:
    return name == wanted or name.startswith(f"{wanted}.")


def _nearest(spans: Sequence[Span], on: date | None) -> Span | None:
    """The span of a day; outside all of them the one before it, else the first after it."""
    if not spans:
        return None
    if on is None:
        return max(spans, key=lambda s: (s.until, s.since))
    best = None
    for span in spans:
        if span.since <= on:
            if on < span.until:
                return span
            best = span
    return best or spans[0]


def _nearest_tie(ties: Sequence[Tied], on: date) -> Tied | None:
    best = None
    for tie in ties:
        if (tie.since or EARLIEST) <= on:
            if on < (tie.until or LATEST):
                return tie
            best = tie
    return best or (ties[0] if ties else None)


def _covers(tie: Tied, on: date | None) -> bool:
    return on is None or (tie.since or EARLIEST) <= on < (tie.until or LATEST)
