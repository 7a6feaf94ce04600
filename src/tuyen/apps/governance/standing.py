"""How ready each site is, line by line, from what other rooms know: nobody types it a second time.

A line that no source knows is not known, and is never counted as ready. Facts of a unit that became
another belong to the one that stands for it on the map that is asked for.
"""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from typing import NamedTuple
from uuid import UUID

from tuyen.apps.access import policies
from tuyen.apps.access import queries as access
from tuyen.apps.access.actors import Actor
from tuyen.apps.claims import queries as claims
from tuyen.apps.clinical import queries as clinical
from tuyen.apps.governance import places
from tuyen.apps.network import queries as network
from tuyen.apps.supply import queries as supply
from tuyen.rules import governance as rules
from tuyen.rules import supply as floors

READ = "governance.readiness.read"
LEVELS = ("good", "part", "none", "unknown")
SOURCES = ("review", "register", "tablets", "supervision", "visits", "claims")


class Cell(NamedTuple):
    """A line of a site. ``level``: good, part, none, unknown; ``source`` is "" where nothing is known;
    ``counted`` is what was counted, where something was."""

    line: str
    level: str
    source: str = ""
    on: date | None = None
    counted: int | None = None

    @property
    def ready(self) -> bool:
        return self.level == "good"

    @property
    def known(self) -> bool:
        return self.level != "unknown"

    def old(self, on: date) -> bool:
        """Whether the fact is older than the rules let stand without a mark."""
        return self.on is not None and (on - self.on).days > rules.number("stale_days")


class Floor(NamedTuple):
    """The kinds a station must have: of ``of``, how many ``work`` within their check; kinds ``missing``,
    ``broken`` (there, none works) and ``overdue`` (works, its check is due)."""

    of: int
    work: int
    missing: tuple[str, ...]
    broken: tuple[str, ...]
    overdue: tuple[str, ...]
    on: date | None

    @property
    def lacking(self) -> tuple[str, ...]:
        """What would have to be bought."""
        return (*self.missing, *self.broken)


class Facts(NamedTuple):
    """What the rooms say, by the unit of the map that is asked for. ``closed``: sources that the
    reader's post does not open."""

    reviews: Mapping[UUID, network.Conditions]
    pieces: Mapping[UUID, Sequence[supply.PieceRow]]
    tablets: Mapping[UUID, tuple[int, date]]
    checked: Mapping[UUID, tuple[date, dict[str, int]]]
    visits: Mapping[UUID, int]
    claims: Mapping[UUID, int]
    closed: frozenset[str]
    on: date


Ask = Callable[[UUID, str, Facts], Cell | None]


def facts(*, by: Actor, on: date, map_on: date) -> Facts:
    """What every room knows of the sites in reach: nine queries, whatever their number."""
    atlas, first = places.atlas(), on - timedelta(days=rules.number("count_days") - 1)

    def here(unit: UUID) -> UUID:
        return UUID(str(atlas.standing_for(unit, map_on)))

    reviews: dict[UUID, network.Conditions] = {}
    for unit, told in network.conditions(by=by, on=on).items():
        held = reviews.get(here(unit))
        if held is None or held.on < told.on:
            reviews[here(unit)] = told
    pieces: dict[UUID, list[supply.PieceRow]] = defaultdict(list)
    for piece in supply.pieces(by=by, on=on):
        pieces[here(piece.unit)].append(piece)
    tablets: dict[UUID, tuple[int, date]] = {}
    for unit, (n, last) in access.tablets(by=by, right=READ, on=on).items():
        held_n, held_last = tablets.get(here(unit), (0, last))
        tablets[here(unit)] = (held_n + n, max(held_last, last))
    items = [key for line in rules.lines() if (key := rules.supervised(line))]
    checked: dict[UUID, tuple[date, dict[str, int]]] = {}
    for unit, (day, points) in supply.checked(by=by, on=on, items=items).items():
        if here(unit) not in checked or checked[here(unit)][0] < day:
            checked[here(unit)] = (day, points)
    visits: dict[UUID, int] = defaultdict(int)
    for unit, done in clinical.work_done(by=by, first=first, last=on).items():
        visits[here(unit)] += done.get("visit", 0)
    sent: dict[UUID, int] = defaultdict(int)
    for unit, n in claims.sent(by=by, first=first, last=on).items():
        sent[here(unit)] += n
    return Facts(reviews, pieces, tablets, checked, visits, sent, _closed(by), on)


def _closed(by: Actor) -> frozenset[str]:
    """Sources that the reader's post does not open: what they know is not known here."""
    needs = {
        "review": (network.READ,), "register": (supply.COLD,), "supervision": (supply.SUPERVISION,),
        "visits": (clinical.FIGURE,), "claims": (claims.READ, claims.FIGURES),
    }  # fmt: skip
    return frozenset(
        source
        for source, rights in needs.items()
        if not any(policies.may(by, right) for right in rights)
    )


def floor(pieces: Sequence[supply.PieceRow]) -> Floor | None:
    """The floor of a station held against its register; None where no register is kept."""
    wanted = {kind: one.least for kind, one in floors.equipment_kinds().items() if one.tracer}
    there = {piece.kind for piece in pieces}
    cold = set(floors.cold_kinds())
    if len((there & set(wanted)) - cold) < rules.number("floor_kept"):
        return None
    working = _counted(pieces, lambda one: one.state == "working" and not one.overdue)
    running = _counted(pieces, lambda one: one.state == "working")
    missing: list[str] = []
    broken: list[str] = []
    overdue: list[str] = []
    work = 0
    for kind, least in wanted.items():
        if working[kind] >= least:
            work += 1
        elif running[kind] >= least:
            overdue.append(kind)
        else:
            (broken if kind in there else missing).append(kind)
    newest = max((piece.changed_on for piece in pieces), default=None)
    return Floor(len(wanted), work, tuple(missing), tuple(broken), tuple(overdue), newest)


def _counted(
    pieces: Sequence[supply.PieceRow], wanted: Callable[[supply.PieceRow], bool]
) -> dict[str, int]:
    found: dict[str, int] = defaultdict(int)
    for piece in pieces:
        found[piece.kind] += wanted(piece)
    return found


def cells(unit: UUID, told: Facts) -> tuple[Cell, ...]:
    """Every line of a site: the first source that knows answers."""
    return tuple(_cell(unit, line, told) for line in rules.lines().values())


def _cell(unit: UUID, line: rules.Line, told: Facts) -> Cell:
    for source in line.sources:
        found = None if source in told.closed else _ASKED[source](unit, line.key, told)
        if found is not None:
            return found
    return Cell(line.key, "unknown")


def _review(unit: UUID, line: str, told: Facts) -> Cell | None:
    held = told.reviews.get(unit)
    level = held.levels.get(line) if held else None
    return Cell(line, level, "review", held.on) if held and level in LEVELS else None


def _register(unit: UUID, line: str, told: Facts) -> Cell | None:
    pieces = told.pieces.get(unit, ())
    if line == "equipment":
        held = floor(pieces)
        if held is None:
            return None
        limit, percent = rules.counting("floor"), 100 * held.work / held.of
        level = "good" if percent >= limit.good else "part" if percent >= limit.part else "none"
        return Cell(line, level, "register", held.on, held.work)
    kinds = rules.registered(line)
    mine = [one for one in pieces if one.kind in kinds]
    if not mine:
        return None
    fit = {one.kind for one in mine if one.state == "working" and not one.overdue}
    level = "good" if fit == set(kinds) else "part" if fit else "none"
    return Cell(line, level, "register", max(one.changed_on for one in mine), len(fit))


def _tablets(unit: UUID, line: str, told: Facts) -> Cell | None:
    held = told.tablets.get(unit)
    return Cell(line, "good", "tablets", held[1], held[0]) if held else None


def _supervision(unit: UUID, line: str, told: Facts) -> Cell | None:
    day, points = told.checked.get(unit, (None, {}))
    found = points.get(rules.supervised(line))
    return (
        None if found is None else Cell(line, ("none", "part", "good")[found], "supervision", day)
    )


def _used(counted: str) -> Ask:
    def ask(unit: UUID, line: str, told: Facts) -> Cell:
        n = getattr(told, counted).get(unit, 0)
        limit = rules.counting(counted)
        level = "good" if n >= limit.good else "part" if n >= limit.part else "none"
        return Cell(line, level, counted, told.on, n)

    return ask


_ASKED: Mapping[str, Ask] = {
    "review": _review, "register": _register, "tablets": _tablets, "supervision": _supervision,
    "visits": _used("visits"), "claims": _used("claims"),
}  # fmt: skip
