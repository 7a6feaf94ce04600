"""Session planning and microplan arithmetic: how often, how far, how many vials, how big a box.

Who comes to a session is uncertain, so demand is Poisson about what is expected; vials are whole
and what stands open is thrown away by the rule of its vaccine. Wastage is therefore worked out for
each session, not for a month: ten children at one session need one vial of ten, at five sessions
five. (The same arithmetic as WHO's vaccine wastage rates calculator, 2019, which takes session
size and vial size.)
"""

from collections.abc import Iterable, Mapping, Sequence
from math import ceil, exp, inf
from typing import NamedTuple

_TAIL = 1e-12


class Vial(NamedTuple):
    """How a vaccine is packed: doses a vial, cubic centimetres a dose as packed, and whether an
    open vial may be kept for a later session (multi-dose vial policy) or ends with its own."""

    vaccine: str
    size: int
    cc: float
    kept: bool = False


class Take(NamedTuple):
    """What a session takes of one vaccine: vials, the chance that they do not suffice, the mean
    number of doses given from them, and the share of the doses of opened vials that is lost."""

    vaccine: str
    expected: float
    vials: int
    short: float
    given: float
    wastage: float


class Village(NamedTuple):
    """Where children live. ``births`` a year; ``km`` one way from the station; ``months`` (1-12)
    in which the way can be travelled; ``defaulters`` by vaccine: doses to catch up."""

    name: str
    births: float
    km: float
    months: frozenset[int] = frozenset(range(1, 13))
    defaulters: Mapping[str, int] = {}


class Reach(NamedTuple):
    """Limits of the plan. Within ``fixed_km`` children come to the station; beyond ``mobile_km``
    a team stays away. ``per_session`` is the number of children worth a session, between ``fewest``
    and ``most`` sessions a year; ``per_vaccinator`` children one vaccinator sees in a day."""

    fixed_km: float
    mobile_km: float
    per_session: float
    fewest: int
    most: int
    per_vaccinator: int
    helpers: int
    short: float


class Stop(NamedTuple):
    """One line of the microplan: a village in a month."""

    village: str
    month: int
    kind: str
    children: float
    takes: tuple[Take, ...]
    vaccinators: int
    helpers: int


def poisson(mean: float) -> list[float]:
    """Chances of 0, 1, 2, ... until what is left is negligible; they sum to 1.

    >>> round(sum(poisson(3.5)), 9)
    1.0
    """
    if mean <= 0:
        return [1.0]
    # A mean beyond 600 would underflow e^-mean: begin at the mode and scale afterwards.
    mode = int(mean)
    up, down = [1.0], []
    while up[-1] > _TAIL:
        up.append(up[-1] * mean / (mode + len(up)))
    value = 1.0
    for k in range(mode, 0, -1):
        value *= k / mean
        down.append(value if value > _TAIL**2 else 0.0)
    chances = [*reversed(down), *up]
    total = sum(chances)
    return [chance / total for chance in chances]


def take(vial: Vial, expected: float, short: float) -> Take:
    """Vials for a session where so many are expected, at most ``short`` of a chance of too few.

    Where an open vial may be kept nothing of it is lost to the end of the session. Wastage is that
    of opened vials; unopened ones come back.

    >>> take(Vial("BCG", 10, 1.2), 2.0, 0.05).vials
    1
    """
    if expected <= 0:
        return Take(vial.vaccine, 0.0, 0, 0.0, 0.0, 0.0)
    chances = poisson(expected)
    vials, tail = 0, 1.0 - chances[0]
    while tail > short:
        vials += 1
        tail = max(0.0, 1.0 - sum(chances[: vials * vial.size + 1]))
    stock = vials * vial.size
    given = sum(p * min(k, stock) for k, p in enumerate(chances))
    opened = sum(p * ceil(min(k, stock) / vial.size) for k, p in enumerate(chances)) * vial.size
    wastage = 0.0 if vial.kept or opened == 0 else 1.0 - given / opened
    return Take(vial.vaccine, expected, vials, tail, given, wastage)


def expected_wastage(size: int, mean: float) -> float:
    """The share of the doses of opened vials that is lost when the vial ends with the session.

    >>> expected_wastage(1, 7.0), round(expected_wastage(10, 2.0), 2)
    (0.0, 0.77)
    """
    if mean <= 0 or size <= 1:
        return 0.0
    opened = sum(p * ceil(k / size) for k, p in enumerate(poisson(mean))) * size
    return 1.0 - mean / opened


def sessions_a_year(children: float, reach: Reach, months: int = 12) -> int:
    """How many sessions a year are worth their way: enough children at each, but never fewer than
    the policy's least, nor more than the policy's most or the passable months.

    >>> sessions_a_year(60, Reach(5, 15, 10, 4, 12, 50, 1, 0.05))
    6
    """
    wanted = round(children / reach.per_session) if reach.per_session > 0 else reach.most
    return max(0, min(max(wanted, reach.fewest), reach.most, months))


def spread(months: frozenset[int], count: int) -> tuple[int, ...]:
    """So many of the passable months, as evenly through the year as they allow.

    >>> spread(frozenset(range(1, 13)), 4)
    (1, 4, 7, 10)
    """
    left = sorted(months)
    if count >= len(left):
        return tuple(left)
    return tuple(left[i * len(left) // count] for i in range(count))


def kind_of(km: float, reach: Reach) -> str:
    """fixed, satellite or mobile, by the way."""
    return "fixed" if km <= reach.fixed_km else "satellite" if km <= reach.mobile_km else "mobile"


def microplan(
    villages: Iterable[Village],
    doses: Mapping[str, float],
    vials: Sequence[Vial],
    reach: Reach,
) -> list[Stop]:
    """A year's stops, village by village and month by month.

    ``doses`` says how many doses of each vaccine one birth asks for in a year. Defaulters are
    caught up at the first stop. Children of a session are taken as the larger of those due for
    any one vaccine.
    """
    stops = []
    for village in villages:
        visits = sum(doses.values()) and village.births * max(doses.values())
        count = sessions_a_year(visits, reach, len(village.months))
        for nth, month in enumerate(spread(village.months, count)):
            due = {v: village.births * per / count for v, per in doses.items()}
            if nth == 0:
                for vaccine, number in village.defaulters.items():
                    due[vaccine] = due.get(vaccine, 0.0) + number
            stops.append(_stop(village, month, due, vials, reach))
    return stops


def _stop(
    village: Village, month: int, due: Mapping[str, float], vials: Sequence[Vial], reach: Reach
) -> Stop:
    children = max(due.values(), default=0.0)
    takes = tuple(take(vial, due.get(vial.vaccine, 0.0), reach.short) for vial in vials)
    return Stop(
        village.name, month, kind_of(village.km, reach), children, takes,
        vaccinators(children, reach.per_vaccinator), reach.helpers,
    )  # fmt: skip


def vaccinators(children: float, each: int) -> int:
    """How many people give injections: one at least."""
    return max(1, ceil(children / each)) if each > 0 else 1


class Load(NamedTuple):
    """How full the cold box is: litres of vaccine, boxes of a size, and how full the last is."""

    litres: float
    boxes: int
    full: float


def load(takes: Iterable[Take], vials: Sequence[Vial], litres: float) -> Load:
    """Boxes of so many usable litres for what a session takes.

    >>> load([Take("BCG", 5, 2, 0, 5, 0)], [Vial("BCG", 10, 1.2)], 1.5)
    Load(litres=0.024, boxes=1, full=0.016)
    """
    packed = {vial.vaccine: vial.size * vial.cc for vial in vials}
    volume = sum(one.vials * packed[one.vaccine] for one in takes) / 1000
    boxes = ceil(volume / litres - 1e-9) if litres > 0 and volume > 0 else 0
    return Load(round(volume, 6), boxes, round(volume / (boxes * litres), 6) if boxes else 0.0)


class Saving(NamedTuple):
    """Doses opened for the same children by two ways of sharing them among sessions."""

    sessions: int
    opened: float
    wastage: float


def by_sessions(size: int, year: float, counts: Iterable[int]) -> list[Saving]:
    """What a year's ``year`` doses cost in opened doses, at each number of sessions.

    >>> [round(s.wastage, 2) for s in by_sessions(10, 60, (12, 4))]
    [0.5, 0.24]
    """
    rows = []
    for count in counts:
        wasted = expected_wastage(size, year / count) if count else 0.0
        rows.append(Saving(count, year / (1 - wasted) if wasted < 1 else inf, wasted))
    return rows


def chance_of_none(mean: float) -> float:
    """The chance that nobody comes: a session that need not be travelled to."""
    return exp(-max(0.0, mean))
