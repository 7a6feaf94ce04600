"""A table for the public: what it sums, what was published of the same cases, what may be printed.

Cells are sums of whole communes as they stood when the cases were counted, never estimates: units of
a map that such a commune cannot be told between are one row. So a table of the old map and one of
the new are sums of the same pieces, and what one says of the other can be computed and prevented.
"""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import Any, NamedTuple
from uuid import UUID

import numpy as np

from tuyen import rules
from tuyen.apps.indicators import refusals
from tuyen.apps.indicators.models import Release
from tuyen.engines.disclosure.attack import attack
from tuyen.engines.disclosure.ledger import MARK, UNBOUNDED, Ledger
from tuyen.engines.disclosure.proof import GROUP, given_away
from tuyen.engines.disclosure.rounding import printed_rounded
from tuyen.engines.disclosure.tables import Axis, Ints, Table, tabulate
from tuyen.kernel.period import Period
from tuyen.kernel.refusal import Refusal
from tuyen.rules.surveillance import UnknownDisease, predecessors
from tuyen.rules.surveillance import disease as listed

TOTAL = "*"
KINDS = ("week", "month", "quarter", "year")
Counted = dict[tuple[str, UUID, date], int]


class Row(NamedTuple):
    """A row of the table: one commune of its map, or several that cannot be told apart."""

    name: str
    communes: tuple[UUID, ...]
    births: tuple[UUID, ...]  # communes in which the cases of the row were counted


class Shape(NamedTuple):
    """What a table sums, and in which order."""

    diseases: tuple[tuple[str, ...], ...]  # each with the names that older lists gave it
    rows: tuple[Row, ...]
    periods: tuple[Period, ...]

    @property
    def size(self) -> int:
        """Cells, with the totals."""
        return _with_total(self.diseases) * _with_total(self.rows) * _with_total(self.periods)

    @property
    def names(self) -> frozenset[str]:
        """Every name under which a case of the table may be counted."""
        return frozenset(name for names in self.diseases for name in names)

    @property
    def births(self) -> frozenset[UUID]:
        return frozenset(birth for row in self.rows for birth in row.births)

    @property
    def first(self) -> date:
        return self.periods[0].start

    @property
    def last(self) -> date:
        return self.periods[-1].end

    def meets(self, other: "Shape") -> bool:
        """Whether some case could be counted in both."""
        return (
            self.first <= other.last
            and other.first <= self.last
            and not self.names.isdisjoint(other.names)
            and not self.births.isdisjoint(other.births)
        )

    def kept(self) -> dict[str, Any]:
        """As it is stored; :meth:`of` reads it back."""
        return {
            "diseases": [list(names) for names in self.diseases],
            "rows": [
                {"name": r.name, "communes": list(map(str, r.communes)),
                 "births": list(map(str, r.births))}
                for r in self.rows
            ],
            "periods": [period.label for period in self.periods],
        }  # fmt: skip

    @classmethod
    def of(cls, kept: dict[str, Any]) -> "Shape":
        rows = tuple(
            Row(r["name"], tuple(map(UUID, r["communes"])), tuple(map(UUID, r["births"])))
            for r in kept["rows"]
        )
        return cls(
            tuple(map(tuple, kept["diseases"])), rows, tuple(map(Period.parse, kept["periods"]))
        )


class Past(NamedTuple):
    """An earlier release, as far as later ones must reckon with it."""

    id: UUID
    shape: Shape
    printed: tuple[int, ...]
    width: int
    counted: Counted
    base: int | None = None  # what its numbers were rounded to; None for one with marks


class Limit(NamedTuple):
    """The rule in force: counts from 1 to ``k - 1`` are hidden, and stay in doubt by ``width``."""

    k: int
    width: int


class Bounds(NamedTuple):
    """What one judgement may cost, at most: cells of a table, of all linked releases, pieces of the
    grid that they are cut from, marks whose doubt is measured, and cells where all are rounded."""

    cells: int
    together: int
    pieces: int
    marks: int
    rounded: int


def bounds(on: date) -> Bounds:
    """The limits in force on a day."""
    said = rules.load("exchange/disclosure")["limits"]
    names = ("most_cells", "most_together", "most_pieces", "most_marks", "most_rounded")
    return Bounds(*(int(rules.value(said[name]["values"], on)) for name in names))


def rounding_base(on: date) -> int:
    """The base to which counts are rounded on a day."""
    return int(rules.value(rules.load("exchange/disclosure")["rounding_base"]["values"], on))


def limit(on: date) -> Limit:
    """For public pages and for neighbours alike: both are read by everybody."""
    said = rules.load("exchange/disclosure")["foreign"]
    return Limit(*(int(rules.value(said[name]["values"], on)) for name in ("k", "width")))


def shaped(
    atlas: Any, unit: UUID, diseases: Sequence[str], communes: Sequence[UUID], map_on: date,
    first: str, last: str, on: date,
) -> Shape:  # fmt: skip
    """The table that is asked for, or the refusal of the first fault.

    Communes that some case of these days cannot be told between become one row, and bring those
    they share cases with.
    """
    names = _diseases(diseases)
    periods = _periods(first, last, on)
    inside = atlas.reach(unit, "own", max(map_on, on))
    standing = set(atlas.communes(map_on))
    for commune in communes:
        if commune not in inside or commune not in standing:
            raise refusals.NoCommuneOfUnit(
                commune=atlas.full_name(commune, map_on) or commune,
                unit=atlas.full_name(unit, on) or unit,
                map_on=map_on,
            )
    rows = [
        row for row in _rows(atlas, map_on, periods) if not set(communes).isdisjoint(row.communes)
    ]
    for row in rows:
        for commune in row.communes:
            if commune not in inside:
                raise refusals.NoCommuneOfUnit(
                    commune=row.name, unit=atlas.full_name(unit, on) or unit, map_on=map_on
                )
    shape = Shape(names, tuple(rows), tuple(periods))
    most = bounds(on).cells
    if shape.size > most:
        raise refusals.TableTooLarge(cells=shape.size, most=most)
    return shape


def earlier(shape: Shape, on: date) -> list[Past]:
    """The releases that speak of the same cases, directly or through each other, oldest first."""
    kept = [
        (row.pk, Shape.of(row.shape))
        for row in Release.objects.only("id", "shape").order_by("published_at", "id")
    ]
    linked: dict[UUID, Shape] = {}
    waiting = [shape]
    while waiting:
        one = waiting.pop()
        for id, other in kept:
            if id not in linked and one.meets(other):
                linked[id] = other
                waiting.append(other)
    cells = shape.size + sum(other.size for other in linked.values())
    most = bounds(on).together
    if cells > most:
        raise refusals.TooMuchTogether(releases=len(linked), cells=cells, most=most)
    rows = Release.objects.filter(pk__in=list(linked)).order_by("published_at", "id")
    return [
        Past(row.pk, linked[row.pk], tuple(row.printed), row.width, _read(row.counted), row.base)
        for row in rows
    ]


class Grid:
    """The finest pieces that some releases and a new table are cut from."""

    def __init__(self, shapes: Sequence[Shape], on: date) -> None:
        self.diseases = sorted({name for shape in shapes for name in shape.names})
        self.births = sorted({birth for shape in shapes for birth in shape.births})
        days = {p.start for s in shapes for p in s.periods}
        days |= {p.end + timedelta(days=1) for s in shapes for p in s.periods}
        self.cuts = sorted(days)  # an interval begins on each, the last is beyond every table
        self.size = (len(self.diseases), len(self.births), len(self.cuts))
        most = bounds(on).pieces
        if np.prod(self.size) > most:
            raise refusals.TooMuchTogether(
                releases=len(shapes) - 1, cells=int(np.prod(self.size)), most=most
            )
        self._cuts = np.array([day.toordinal() for day in self.cuts])
        self._disease = {name: n for n, name in enumerate(self.diseases)}
        self._birth = {birth: n for n, birth in enumerate(self.births)}

    @property
    def parts(self) -> list[list[str]]:
        return [self.diseases, list(map(str, self.births)), [d.isoformat() for d in self.cuts]]

    def table(self, shape: Shape, counted: Counted, otherwise: Ints | None = None) -> Table:
        """The table of ``shape``; pieces outside of it are what they are known to be."""
        counts = np.zeros(self.size, np.int64)
        inside = np.zeros(self.size, bool)
        rows = [self._disease[name] for name in sorted(shape.names)]
        columns = [self._birth[birth] for birth in sorted(shape.births)]
        inside[np.ix_(rows, columns, self._within(shape.first, shape.last))] = True
        for (disease, birth, day), n in counted.items():
            t = int(np.searchsorted(self._cuts, day.toordinal(), side="right")) - 1
            counts[self._disease[disease], self._birth[birth], t] += n
        if otherwise is not None:
            counts = np.where(inside, counts, otherwise.reshape(self.size))
        return tabulate(self._axes(shape), counts)

    def _within(self, first: date, last: date) -> list[int]:
        return [n for n, day in enumerate(self.cuts) if first <= day <= last]

    def _axes(self, shape: Shape) -> list[Axis]:
        of = self.parts
        days = {p.label: [of[2][t] for t in self._within(p.start, p.end)] for p in shape.periods}
        areas = {f"r{n}": list(map(str, row.births)) for n, row in enumerate(shape.rows)}
        groups = [{names[0]: list(names) for names in shape.diseases}, areas, days]
        for shown in groups:
            if len(shown) > 1:
                shown[TOTAL] = [part for parts in list(shown.values()) for part in parts]
        return [Axis.of(parts, shown, each=False) for parts, shown in zip(of, groups, strict=True)]


def ledger(grid: Grid, releases: Sequence[Past]) -> Ledger:
    """Everything that these releases printed, each with the records of its day."""
    book = Ledger.empty(grid.parts)
    for past in releases:
        table = grid.table(past.shape, past.counted, current(book))
        if past.base is None:
            book = said(book, str(past.id), table, past.printed)
        else:
            shown = np.array(past.printed, np.int64)
            book = printed_rounded(book, str(past.id), table, shown, past.base).ledger
    return book


def current(book: Ledger) -> Ints:
    """(N,) what each piece was when it was counted last; 0 where it never was."""
    return np.maximum(book.truth[book.unknown], 0)


def said(book: Ledger, name: str, table: Table, printed: Sequence[int]) -> Ledger:
    """The ledger after a release printed these cells."""
    shown = np.array(printed, np.int64)
    hidden = shown == MARK
    return book.said(
        name, table, shown, np.where(hidden, 0, shown), np.where(hidden, UNBOUNDED, shown)
    )


def of_one_method(shape: Shape, releases: Sequence[Past], base: int | None, on: date) -> None:
    """What was printed exactly and what is rounded would undo each other: one method for the same
    cases, and one base. Rounded, no more cells than one judgement can measure in its time."""
    for past in releases:
        if past.base != base:
            raise refusals.RoundedBefore(base=past.base) if past.base else refusals.ExactBefore()
    cells, most = shape.size + sum(past.shape.size for past in releases), bounds(on).rounded
    if base is not None and cells > most:
        raise refusals.TooMuchTogether(releases=len(releases), cells=cells, most=most)


def check_rounded(
    shape: Shape, counted: Counted, printed: Sequence[int], base: int, on: date
) -> int:
    """Judge rounded numbers, whoever chose them: multiples that add up, near the records, by which
    nothing is known more closely than one rounding would tell. Returns their largest error."""
    releases = earlier(shape, on)
    of_one_method(shape, releases, base, on)
    grid = Grid([*(past.shape for past in releases), shape], on)
    book = ledger(grid, releases)
    table = grid.table(shape, counted, current(book))
    shown = np.array(printed, np.int64)
    if shown.size != table.values.size:
        raise refusals.CountsMoved()
    if not table.values.any():
        raise refusals.NothingToPublish()
    if (shown < 0).any() or (shown % base).any() or not _adds_up(shape, shown):
        raise refusals.NotRounded(base=base)
    done = printed_rounded(book, "new", table, shown, base)
    # Each smallest group is rounded to the next multiple, so a cell is off by so much for each of its
    # own: one that earlier tables printed in parts is the sum of these.
    if (np.abs(shown - table.values) > (base - 1) * np.maximum(done.parts, 1)).any():
        raise refusals.CountsMoved()
    if attack(done.ledger.knowledge).narrower(base - 1).size:
        raise refusals.GroupGivenAway()
    return done.error


def _adds_up(shape: Shape, shown: Ints) -> bool:
    """Whether every total is the sum of what stands before it."""
    sizes = [len(part) for part in (shape.diseases, shape.rows, shape.periods)]
    cells = shown.reshape([n + (n > 1) for n in sizes])
    for axis, n in enumerate(sizes):
        if n > 1:
            parts = np.take(cells, range(n), axis).sum(axis)
            if (parts != np.take(cells, n, axis)).any():
                return False
    return True


def check(shape: Shape, counted: Counted, printed: Sequence[int], rule: Limit, on: date) -> None:
    """Judge a choice of marks, whoever made it; the refusal of the first fault is raised."""
    releases = earlier(shape, on)
    of_one_method(shape, releases, None, on)
    grid = Grid([*(past.shape for past in releases), shape], on)
    book = ledger(grid, releases)
    table = grid.table(shape, counted, current(book))
    shown = np.array(printed, np.int64)
    few_enough(releases, shown, on)
    if (
        shown.size != table.values.size
        or (shown[shown != MARK] != table.values[shown != MARK]).any()
    ):
        raise refusals.CountsMoved()
    if not table.values.any():
        raise refusals.NothingToPublish()
    if (shown == MARK).all():
        raise refusals.AllHidden()
    small = (shown > 0) & (shown < rule.k)
    if small.any():
        cell = table.labels[int(np.flatnonzero(small)[0])]
        raise refusals.TooFewShown(**cell_words(shape, cell), most=rule.k - 1)
    widths = [np.full(past.shape.size, past.width) for past in releases]
    after = said(book, "new", table, printed)
    need = np.concatenate([*widths, np.full(shape.size, rule.width)])
    found = given_away(after, need, rule.k, rule.width)
    if found:
        shapes = {str(past.id): past.shape for past in releases} | {"new": shape}
        raise told(shapes, found[0])


def told(shapes: dict[str, Shape], found: tuple[str, tuple[str, ...]]) -> Refusal:
    """Why a table is not published that would give ``found``, a cell of some release, away."""
    if found == GROUP or found[0] not in shapes:
        return refusals.GroupGivenAway()
    return refusals.GivenAway(**cell_words(shapes[found[0]], found[1]))


def cell_words(shape: Shape, label: tuple[str, ...]) -> dict[str, str]:
    """A cell for a sentence: the disease by its code, which whoever says the sentence puts into the
    reader's language, and the rest in words: "Xã Nà Hỳ · 2026-W07". Totals are left out."""
    disease, row, period = label
    words = []
    if row != TOTAL:
        words.append(shape.rows[int(row[1:])].name)
    if period != TOTAL:
        words.append(period)
    return {"disease": "" if disease == TOTAL else disease, "cell": " · ".join(words) or TOTAL}


def few_enough(releases: Sequence[Past], shown: Ints, on: date) -> None:
    """Refuse more marks together than one judgement can measure in its time."""
    marks = int((shown == MARK).sum()) + sum(past.printed.count(MARK) for past in releases)
    most = bounds(on).marks
    if marks > most:
        raise refusals.TooManyMarks(marks=marks, most=most)


def written(counted: Counted) -> list[list[Any]]:
    """As it is stored, in one order."""
    return sorted([d, str(birth), day.isoformat(), n] for (d, birth, day), n in counted.items())


def _read(kept: Iterable[Sequence[Any]]) -> Counted:
    return {(d, UUID(birth), date.fromisoformat(day)): n for d, birth, day, n in kept}


def _diseases(asked: Sequence[str]) -> tuple[tuple[str, ...], ...]:
    """Each disease once, with what older lists called it; an old name asked for beside its heir is
    counted there."""
    found: dict[str, tuple[str, ...]] = {}
    for name in asked:
        try:
            known = listed(name).id
        except UnknownDisease as unknown:
            raise refusals.NoSuchDisease(value=name) from unknown
        found[known] = (known, *(older.id for older in predecessors(known)))
    older = {name for names in found.values() for name in names[1:]}
    return tuple(names for name, names in found.items() if name not in older)


def _with_total(parts: Sequence[Any]) -> int:
    return len(parts) + (len(parts) > 1)


def _periods(first: str, last: str, on: date) -> list[Period]:
    one, other = Period.parse(first), Period.parse(last)
    same = one.kind == other.kind and one.calendar == other.calendar == "statistics"
    if not same or one.kind not in KINDS or one.start > other.start:
        raise refusals.PeriodsApart(first=first, last=last)
    if other.end >= on:
        raise refusals.PeriodOpen(period=other.label, end=other.end, on=on)
    most = bounds(on).cells
    if (other.end - one.start).days > 8 * most:
        raise refusals.TableTooLarge(cells=(other.end - one.start).days, most=most)
    return Period.range(one.kind, one.start, other.start)


def _rows(atlas: Any, map_on: date, periods: Sequence[Period]) -> list[Row]:
    """All communes of a map, in its order, those joined that some birthplace may lie in."""
    targets = _targets(atlas, map_on, periods)
    standing = atlas.communes(map_on)
    head = {commune: commune for commune in standing}

    def top(commune: UUID) -> UUID:
        while head[commune] != commune:
            commune = head[commune]
        return commune

    for units in targets.values():
        known = [unit for unit in units if unit in head]
        for other in known[1:]:
            head[top(other)] = top(known[0])
    communes: dict[UUID, list[UUID]] = {}
    births: dict[UUID, list[UUID]] = {}
    for commune in standing:
        communes.setdefault(top(commune), []).append(commune)
    for birth in sorted(targets):
        known = [unit for unit in targets[birth] if unit in head]
        if known:
            births.setdefault(top(known[0]), []).append(birth)
    return [
        Row(" + ".join(atlas.full_name(c, map_on) for c in within), tuple(within),
            tuple(births[root]))
        for root, within in communes.items()
        if root in births
    ]  # fmt: skip


def _targets(atlas: Any, map_on: date, periods: Sequence[Period]) -> dict[UUID, set[UUID]]:
    """Commune of any day of the table -> the communes of the map that its cases may belong to."""
    first, last = periods[0].start, periods[-1].end
    days = [first, *(day for day in atlas.change_days if first < day <= last)]
    given = {heir.on for heir in atlas.heirs}
    walk = atlas.rebase(map_on)
    found: dict[UUID, set[UUID]] = {}
    before: list[UUID] = []
    for day in days:
        births = atlas.communes(day)
        if births == before and day not in given:
            continue
        before = births
        done = walk.rebase(births, np.diag(np.full(len(births), 1000)), [day] * len(births))
        for row, column in np.argwhere(np.asarray(done.upper) > 0).tolist():
            found.setdefault(births[column], set()).add(done.unit_ids[row])
    return found
