"""Periodic and multi-depot problems in the format of Cordeau, Gendreau and Laporte 1997.

``type m n t``, or ``type m n days depots``; then a line ``D Q`` for each day or depot (0 is no
limit); then a line for each customer and depot: ``i x y service demand f a`` and ``a`` allowed
combinations of visits, and in types with windows ``e l``. Types: 0 VRP, 1 PVRP, 2 MDVRP, 3 SDVRP, 4
VRPTW, 5 PVRPTW, 6 MDVRPTW, 7 SDVRPTW, 8 MDPVRP, 9 MDPVRPTW. Depots are the lines without a
combination. A combination is a number whose binary digits are the days, the first day highest.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from tuyen.engines.network.routing_formats import MOST, Cell, ended, euclid, lines_of
from tuyen.engines.network.routing_problem import FREE, Problem, SlotFacts
from tuyen.kernel.refusal import N_

_TYPES = ("VRP", "PVRP", "MDVRP", "SDVRP", "VRPTW", "PVRPTW", "MDVRPTW", "SDVRPTW", "MDPVRP",
          "MDPVRPTW")  # fmt: skip
MOST_SLOTS = 1000
_HEAD = N_("a line {wanted}")
_LIMITS = N_("two numbers on each of {size} lines")
_HOMES = N_("{size} depots, lines without a combination; there are {found}")
_PLACES = N_("as many as there are lines with a combination: {found}")
PERIODIC, DEPOTS, SITES, WINDOWS = (1, 5, 8, 9), (2, 6, 8, 9), (3, 7), (4, 5, 6, 7, 9)


class _Header(NamedTuple):
    kind: int
    vehicles: int
    customers: int
    days: int
    depots: int
    teams: int  # kinds of vehicles

    @property
    def slots(self) -> int:
        return self.days * self.depots * self.teams


class _Row(NamedTuple):
    name: str
    point: tuple[float, float]
    service: float
    demand: float
    often: int
    patterns: tuple[int, ...]
    window: tuple[float, float]


def read_cordeau(text: str) -> Problem:
    """A problem in Cordeau's format; ways are straight and not rounded.

    Raises
    ------
    UnreadableRouting
        Naming line and field.
    """
    lines = list(lines_of(text))
    if not lines:
        raise ended(text, "type", _HEAD, wanted="type m n t")
    head = _header(lines[0])
    limits = _limits(lines[1 : 1 + head.slots], head, text)
    rows = [_row(line, head) for line in lines[1 + head.slots :]]
    homes = [row for row in rows if not row.patterns]
    places = [row for row in rows if row.patterns]
    _check_rows(head, homes, places, lines, text)
    points = np.array([row.point for row in places])
    stands = np.array([row.point for row in homes])
    cost = np.stack([euclid(points, stand[None]) for stand in stands])
    table = [_options(row, head) for row in places]
    opened = head.kind in WINDOWS
    hours = np.array([row.window if opened else (0.0, FREE) for row in places])
    slots = []
    for at, (longest, load) in enumerate(limits):
        day, depot = divmod(at // head.teams, head.depots)
        begins, ends = homes[depot].window if opened else (0.0, FREE)
        slots.append(
            SlotFacts(day + 1, depot + 1, head.vehicles, load, longest, begins, ends, depot)
        )
    return Problem(
        tuple(row.name for row in places), np.array([row.demand for row in places]),
        np.array([row.service for row in places]), hours[:, 0].copy(), hours[:, 1].copy(), tuple(slots),
        cost, cost, np.concatenate(table), np.cumsum([0, *map(len, table)]), points, stands, 1.0,
        tuple(row.name for row in homes),
    )  # fmt: skip


def _header(line: list[Cell]) -> _Header:
    kind = int(line[0].number("type", 0, whole=True))
    if kind >= len(_TYPES):
        known = ", ".join(f"{at} {name}" for at, name in enumerate(_TYPES))
        raise line[0].bad("type", N_("{known}"), known=known)
    both = kind in PERIODIC and kind in DEPOTS
    wanted = "type m n days depots" if both else "type m n t"
    if len(line) != (5 if both else 4) and not (kind in (0, 4) and len(line) == 3):
        raise line[-1].bad("header", _HEAD, wanted=wanted)
    fields = ("vehicles", "customers", "days", "depots")
    numbers = [
        int(cell.number(field, 0 if field == "vehicles" else 1, whole=True))
        for field, cell in zip(fields, line[1:], strict=False)
    ]
    if numbers[1] > MOST:
        raise line[2].bad("customers", N_("at most {most}"), most=MOST)
    many = numbers[2] if len(numbers) > 2 else 1
    days = many if kind in PERIODIC else 1
    depots = numbers[3] if both else many if kind in DEPOTS else 1
    teams = many if kind in SITES else 1
    if days * depots * teams > MOST_SLOTS:
        raise line[3].bad("header", N_("at most {most} days times depots"), most=MOST_SLOTS)
    return _Header(kind, numbers[0], numbers[1], days, depots, teams)


def _limits(lines: Sequence[list[Cell]], head: _Header, text: str) -> list[tuple[float, float]]:
    answer = []
    for line in lines:
        if len(line) != 2:
            raise line[-1].bad("D Q", _LIMITS, size=head.slots)
        longest, load = line[0].number("D", 0), line[1].number("Q", 0)
        answer.append((longest or FREE, load or FREE))
    if len(answer) < head.slots:
        raise ended(text, "D Q", _LIMITS, size=head.slots)
    return answer


def _row(line: list[Cell], head: _Header) -> _Row:
    if len(line) < 7:
        raise line[-1].bad("customer", N_("i x y service demand f a, then a combinations"))
    line[0].number("i", 0, whole=True)
    x, y = line[1].number("x"), line[2].number("y")
    service, demand = line[3].number("service", 0), line[4].number("demand", 0)
    often = int(line[5].number("f", 0, whole=True))
    count = int(line[6].number("a", 0, whole=True))
    if len(line) < 7 + count:
        raise line[-1].bad("combinations", N_("{size} combinations as a says"), size=count)
    patterns = []
    for cell in line[7 : 7 + count]:
        pattern = int(cell.number("combination", 1, whole=True))
        if head.kind in PERIODIC:
            if pattern >= 2**head.days:
                raise cell.bad(
                    "combination",
                    N_("below {most}, for {days} days"),
                    most=2**head.days,
                    days=head.days,
                )
            if pattern.bit_count() != often:
                raise cell.bad("combination", N_("{often} visits as f says"), often=often)
        patterns.append(pattern)
    rest = line[7 + count :]
    window = (0.0, FREE)
    if len(rest) not in (0, 2):  # hours may stand where they are not asked for
        raise rest[-1].bad("combinations", N_("{size} combinations as a says"), size=count)
    if patterns and head.kind in (2, 6) and sorted(patterns) != [2**k for k in range(head.depots)]:
        every = " ".join(str(2**k) for k in range(head.depots))
        raise line[7].bad(
            "combinations", N_("all depots ({every}); others are not known"), every=every
        )
    if head.kind in WINDOWS:
        if not rest:
            raise line[-1].bad(
                "e l", N_("the earliest and the latest start at the end of the line")
            )
        window = rest[0].number("e", 0), rest[1].number("l", 0)
        if window[1] < window[0]:
            raise rest[1].bad("l", N_("a time not before {earliest}"), earliest=rest[0].text)
    return _Row(line[0].text, (x, y), service, demand, often, tuple(patterns), window)


def _check_rows(
    head: _Header, homes: list[_Row], places: list[_Row], lines: list[list[Cell]], text: str
) -> None:
    if len(homes) != head.depots:
        raise ended(text, "depots", _HOMES, size=head.depots, found=len(homes))
    if len(places) != head.customers:
        raise lines[0][2].bad("customers", _PLACES, found=len(places))
    seen: set[str] = set()
    for line in lines[1 + head.slots :]:
        if line[0].text in seen:
            raise line[0].bad("i", N_("each number once"))
        seen.add(line[0].text)


def _options(row: _Row, head: _Header) -> NDArray[np.int64]:
    """Every way to serve a customer: its patterns at each depot; kinds of vehicles in type 3, 7.

    In types with several depots and one day the combinations name the depots, all of them; in
    type 3 and 7 they name kinds of vehicles that may come, one of them each time.
    """
    if head.kind in SITES:
        bits = [k for p in row.patterns for k in range(head.teams) if p >> k & 1]
        kinds = list(dict.fromkeys(bits)) or list(range(head.teams))
        return np.eye(head.teams, dtype=np.int64)[kinds]
    patterns: Sequence[Sequence[int]] = [[1]]
    if head.kind in PERIODIC:
        patterns = [
            [pattern >> (head.days - 1 - day) & 1 for day in range(head.days)]
            for pattern in dict.fromkeys(row.patterns)
        ]
    answer = np.zeros((len(patterns) * head.depots, head.slots), np.int64)
    for k, pattern in enumerate(patterns):
        for depot in range(head.depots):
            for day, visited in enumerate(pattern):
                answer[k * head.depots + depot, day * head.depots + depot] = visited
    return answer
