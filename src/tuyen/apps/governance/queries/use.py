"""Equipment in use: how much each piece runs, which stand idle and where they are missed, what each programme has."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from typing import NamedTuple
from uuid import UUID

from tuyen.apps.access import policies
from tuyen.apps.access.actors import Actor
from tuyen.apps.governance import places
from tuyen.apps.governance.models import EquipmentUse
from tuyen.apps.governance.queries.readiness import readiness
from tuyen.apps.supply import queries as supply
from tuyen.rules import governance as rules

USE, NOTE = "governance.readiness.read", "governance.use.record"
MONTHS = 6


class UseRow(NamedTuple):
    """A piece of which use was written down. ``rate``: days used of the working days of the months that
    were told; ``idle`` where it is below the line over enough months."""

    piece: UUID
    unit: UUID
    unit_name: str
    kind: str
    name: str
    state: str
    months: int
    days: int
    times: int | None
    rate: float
    idle: bool
    last: str


class Move(NamedTuple):
    """An idle piece and a station of the same centre, else of the province, that has none of its kind."""

    piece: UseRow
    to: UUID
    to_name: str
    near: bool


class UsePage(NamedTuple):
    """``recorded`` of ``pieces`` have their use written down."""

    rows: Sequence[UseRow]
    moves: Sequence[Move]
    recorded: int
    pieces: int
    since: str


class ProgrammeRow(NamedTuple):
    """The pieces of a programme by what they are: working and checked, check overdue, broken."""

    programme: str
    fit: int
    overdue: int
    broken: int
    kinds: Sequence[tuple[str, int, int, int]]

    @property
    def all(self) -> int:
        return self.fit + self.overdue + self.broken


def equipment_use(*, by: Actor, on: date) -> UsePage:
    """Use over the last months, the least used first, and where idle pieces are missed."""
    policies.check(by, USE)
    pieces = {one.id: one for one in supply.pieces(by=by, on=on)}
    first = on.year * 12 + on.month - MONTHS
    since = f"{first // 12}-{first % 12 + 1:02}"
    told: dict[UUID, list[tuple[str, int, int | None]]] = defaultdict(list)
    held = EquipmentUse.objects.filter(
        policies.scope(by, USE).where("unit_id"), month__gte=since, month__lte=f"{on:%Y-%m}"
    )
    for piece, month, days, times in held.order_by("month").values_list(
        "piece_id", "month", "days", "times"
    ):
        told[piece].append((month, days, times))
    rows = [_used(pieces[id], months, on) for id, months in told.items() if id in pieces]
    rows.sort(key=lambda row: (row.rate, row.unit_name, row.name))
    return UsePage(rows, _moves(by, rows, on), len(rows), len(pieces), since)


def _used(
    piece: supply.PieceRow, months: Sequence[tuple[str, int, int | None]], on: date
) -> UseRow:
    term = rules.term("use", on)
    days = sum(n for _, n, _ in months)
    counted = [times for _, _, times in months if times is not None]
    rate = days / (len(months) * float(term["days"]))
    idle = len(months) >= int(term["months"]) and rate < float(term["idle"])
    return UseRow(
        piece.id, piece.unit, places.name(piece.unit, on), piece.kind, piece.name, piece.state,
        len(months), days, sum(counted) if counted else None, rate, idle, months[-1][0],
    )  # fmt: skip


def _moves(by: Actor, rows: Sequence[UseRow], on: date) -> list[Move]:
    """Each idle piece that works to the nearest station that lacks it; a station gets one of a kind."""
    idle = [row for row in rows if row.idle and row.state == "working"]
    if not idle:
        return []
    lacking = [row for row in readiness(by=by, on=on).rows if row.floor is not None]
    given: set[tuple[UUID, str]] = set()
    moves = []
    for piece in idle:
        centre = places.guide(piece.unit, on)
        wanted = [
            row for row in lacking
            if row.floor and piece.kind in row.floor.lacking and row.unit != piece.unit
            and (row.unit, piece.kind) not in given
        ]  # fmt: skip
        wanted.sort(key=lambda row: (row.centre != centre, row.ready, row.name))
        if wanted:
            given.add((wanted[0].unit, piece.kind))
            moves.append(Move(piece, wanted[0].unit, wanted[0].name, wanted[0].centre == centre))
    return moves


def by_programme(*, by: Actor, on: date) -> list[ProgrammeRow]:
    """What each programme has to work with, from the register. One query."""
    policies.check(by, USE)
    counts: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0])
    for piece in supply.pieces(by=by, on=on):
        which = 2 if piece.state != "working" else 1 if piece.overdue else 0
        counts[piece.kind][which] += 1
    rows = []
    for programme in rules.programmes():
        kinds = [
            (kind, counts[kind][0], counts[kind][1], counts[kind][2])
            for kind in programme.kinds
            if kind in counts
        ]
        fit, overdue, broken = (sum(counts[one[0]][n] for one in kinds) for n in range(3))
        rows.append(ProgrammeRow(programme.key, fit, overdue, broken, kinds))
    return rows
