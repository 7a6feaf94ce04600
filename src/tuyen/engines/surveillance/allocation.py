"""Who is sent where, and what is taken from whom: teams by skill, goods by amount, cover by what is left.

Two small exact problems, solved by HiGHS (Huangfu and Hall 2018) through SciPy. Teams: a set cover
of the skills that each place needs, with at most one place a team, that also weighs how far
everybody else is left from the next free team (the p-median of Hakimi 1964 over what stays). Goods:
a fixed-charge transportation problem of each item (Balinski 1961), in which a journey costs its
minutes however much it carries, and what lies below a unit's minimum is touched last.
Shortage comes before everything else, weighted by the urgency of the place; then minutes.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Ints = NDArray[np.int64]

EARTH_KM = 6371.0088
DISPATCH = 5.0
"""Minutes that one more team or journey counts for, so that two are not sent where one will do."""


class Left(NamedTuple):
    """What cover is left when some teams are gone; minutes to the next free team."""

    before: float  # mean over people
    after: float
    worst: int  # the place whose people lose most; -1 when nobody loses
    worst_before: float
    worst_after: float
    uncovered: float  # people who were within the limit, and no longer are


class Sending(NamedTuple):
    """Which team goes to which place. ``place`` is -1 for one that stays."""

    place: Ints  # (t,)
    unmet: Bools  # (s, k): skills that nobody left could bring
    cost: float  # weighted minutes, without what shortage counts for
    proved: bool  # whether the solver proved that nothing is better


class Goods(NamedTuple):
    """How much of one item goes from which unit to which place."""

    sent: Ints  # (u, s)
    short: Ints  # (s,)
    below: Ints  # (u,): how far each unit is taken below its minimum
    cost: float


def road_minutes(origins: Floats, targets: Floats, road_factor: float, speed: float) -> Floats:
    """(n, m) minutes by road between points (longitude, latitude in degrees): the great circle,
    lengthened by ``road_factor``, at ``speed`` km/h. NaN where a point is not known."""
    a, b = np.radians(origins)[:, None, :], np.radians(targets)[None, :, :]
    half = np.sin((b - a) / 2) ** 2
    arc = half[..., 1] + np.cos(a[..., 1]) * np.cos(b[..., 1]) * half[..., 0]
    kilometres = 2 * EARTH_KM * np.arcsin(np.sqrt(np.clip(arc, 0, 1)))
    result: Floats = kilometres * road_factor / speed * 60
    return result


def cover_without(
    minutes: Floats, people: Floats, gone: Sequence[int], limit: float, cap: float
) -> Left:
    """The cover of places (c) by teams (t) without the teams ``gone``.

    Parameters
    ----------
    minutes : (t, c), of the free teams; NaN and what is longer than ``cap`` count as ``cap``
    people : (c,) who live there
    limit : minutes beyond which people count as uncovered
    """
    capped = _capped(minutes, cap)
    before = _nearest(capped, cap)
    after = _nearest(np.delete(capped, list(gone), axis=0), cap)
    return _left(before, after, people, limit)


def cover_without_each(minutes: Floats, people: Floats, limit: float, cap: float) -> list[Left]:
    """:func:`cover_without` of each team alone, at once: only its own places change hands."""
    capped = _capped(minutes, cap)
    teams, places = capped.shape
    if not teams:
        return []
    ordered = np.sort(np.vstack([capped, np.full((1, places), cap)]), axis=0)
    first, second = ordered[0], ordered[1]
    nearest = capped.argmin(axis=0)
    return [
        _left(first, np.where(nearest == team, second, first), people, limit)
        for team in range(teams)
    ]


def send_teams(
    skills: Bools,
    minutes: Floats,
    needs: Bools,
    urgency: Floats,
    cover: Floats,
    people: Floats,
    *,
    cover_weight: float,
    cap: float,
    time_limit: float = 10.0,
) -> Sending:
    """The best sending of t teams to s places that need k skills.

    Unmet skills come first, each as heavy as its place is urgent. Then: minutes of the teams sent,
    :data:`DISPATCH` for each of them, and ``cover_weight`` times the mean minutes of all people to
    the next team that stays.

    Parameters
    ----------
    skills : (t, k) what each team can
    minutes : (t, s) to the places in need
    needs : (s, k)
    urgency : (s,), above 0
    cover, people : (t, c) minutes and (c,) people, as in :func:`cover_without`
    cap : minutes that count at most; the longest anybody is thought to wait
    """
    teams, places = minutes.shape
    wanted = [(s, k) for s in range(places) for k in np.flatnonzero(needs[s])]
    if not teams or not wanted:
        return Sending(np.full(teams, -1, np.int64), needs.copy(), 0.0, True)
    drive, near = _capped(minutes, cap), _capped(cover, cap)
    weight = people / people.sum() if people.sum() else np.zeros(len(people))
    # No more teams than skills are sent, so one of so many and one more nearest ones stays.
    deep = min(teams, len(wanted) + 1)
    nearest = np.argsort(near, axis=0, kind="stable")[:deep] if len(people) else np.zeros((0, 0))
    served = [(c, int(t)) for c in range(len(people)) for t in nearest[:, c]]
    moves, shorts = teams * places, len(wanted)
    worst = cap * (teams + cover_weight) + DISPATCH * teams
    heavy = (worst + 1) / urgency.min()
    cost = np.concatenate([
        (drive + DISPATCH).ravel(),
        [heavy * urgency[s] for s, _ in wanted],
        [cover_weight * weight[c] * near[t, c] for c, t in served],
        cover_weight * weight * cap,
    ])  # fmt: skip
    rows = _Rows(len(cost))
    for t in range(teams):  # one place a team
        rows.add([(t * places + s, 1.0) for s in range(places)], -np.inf, 1)
    for n, (s, k) in enumerate(wanted):  # every skill is brought, or short
        able = [(int(t) * places + s, 1.0) for t in np.flatnonzero(skills[:, k])]
        rows.add([*able, (moves + n, 1.0)], 1, np.inf)
    start = moves + shorts
    for n, (_, t) in enumerate(served):  # who is sent covers nobody
        rows.add([(start + n, 1.0), *((t * places + s, 1.0) for s in range(places))], -np.inf, 1)
    for c in range(len(people)):  # everybody is covered by one, or waits the longest
        mine = [(start + c * deep + d, 1.0) for d in range(deep)]
        rows.add([*mine, (start + len(served) + c, 1.0)], 1, np.inf)
    whole = np.zeros(len(cost))
    whole[: moves + shorts] = 1
    found = rows.least(cost, whole, 1, time_limit)
    if found.x is None:  # out of time before anything was found
        return Sending(np.full(teams, -1, np.int64), needs.copy(), 0.0, False)
    sent = found.x[:moves].reshape(teams, places) > 0.5
    place = np.where(sent.any(axis=1), sent.argmax(axis=1), -1).astype(np.int64)
    unmet = np.zeros_like(needs)
    for n, (s, k) in enumerate(wanted):
        unmet[s, k] = found.x[moves + n] > 0.5
    return Sending(
        place, unmet, sending_cost(place, drive, near, people, cover_weight, cap), found.status == 0
    )


def sending_cost(
    place: Ints, minutes: Floats, cover: Floats, people: Floats, cover_weight: float, cap: float
) -> float:
    """What a sending costs in weighted minutes; the arguments of :func:`send_teams`."""
    gone = np.flatnonzero(place >= 0)
    drive = sum(float(_capped(minutes, cap)[t, place[t]]) + DISPATCH for t in gone)
    stays = _nearest(np.delete(_capped(cover, cap), gone, axis=0), cap)
    mean = float(stays @ people / people.sum()) if people.sum() else 0.0
    return drive + cover_weight * mean


def send_goods(
    free: Ints, minimum: Ints, minutes: Floats, needs: Ints, urgency: Floats, *, cap: float,
    time_limit: float = 5.0,
) -> Goods:  # fmt: skip
    """The best sending of one item from u units to s places; whole numbers.

    Shortage comes first, as heavy as the place is urgent; then what a unit gives below its
    minimum; then the minutes of every journey, each with :data:`DISPATCH`, however much it carries.

    Parameters
    ----------
    free : (u,) what is there and not promised
    minimum : (u,) what should stay
    minutes : (u, s)
    needs, urgency : (s,)
    """
    units, places = minutes.shape
    drive = _capped(minutes, cap) + DISPATCH
    if not units or not places or not needs.sum():
        none = np.zeros((units, places), np.int64)
        return Goods(none, needs.copy(), np.zeros(units, np.int64), 0.0)
    pieces, room = units * places, np.maximum(free, 0)
    spare = np.maximum(free - minimum, 0)
    # A piece below a minimum is dearer than all journeys, a shortage dearer than all of those.
    dear = float(drive.sum()) + 1
    heavy = dear * (float(needs.sum()) + 1) / urgency.min()
    cost = np.concatenate([np.zeros(pieces), drive.ravel(), np.full(units, dear), heavy * urgency])
    below, short = 2 * pieces, 2 * pieces + units
    upper = np.concatenate([
        np.minimum(room[:, None], needs[None, :]).ravel(), np.ones(pieces), room, needs,
    ])  # fmt: skip
    rows = _Rows(len(cost))
    for u in range(units):
        mine = [(u * places + s, 1.0) for s in range(places)]
        rows.add(mine, 0, float(room[u]))
        rows.add([*mine, (below + u, -1.0)], -np.inf, float(spare[u]))
    for s in range(places):
        mine = [(u * places + s, 1.0) for u in range(units)]
        rows.add([*mine, (short + s, 1.0)], float(needs[s]), float(needs[s]))
    for n in range(pieces):  # what is carried needs a journey
        rows.add([(n, 1.0), (pieces + n, -float(upper[n]))], -np.inf, 0)
    found = rows.least(cost, np.ones(len(cost)), upper, time_limit)
    if found.x is None:  # out of time before anything was found
        none = np.zeros((units, places), np.int64)
        return Goods(none, needs.copy(), np.zeros(units, np.int64), 0.0)
    whole = np.rint(found.x).astype(np.int64)
    sent = whole[:pieces].reshape(units, places)
    taken = np.maximum(sent.sum(axis=1) - spare, 0)
    return Goods(sent, whole[short:], taken, float(drive[sent > 0].sum()))


class _Rows:
    """Sparse rows of a linear problem, as they are met."""

    def __init__(self, width: int) -> None:
        self.width = width
        self.rows: list[int] = []
        self.columns: list[int] = []
        self.values: list[float] = []
        self.lower: list[float] = []
        self.upper: list[float] = []

    def add(self, cells: Sequence[tuple[int, float]], lower: float, upper: float) -> None:
        self.rows += [len(self.lower)] * len(cells)
        self.columns += [column for column, _ in cells]
        self.values += [value for _, value in cells]
        self.lower.append(lower)
        self.upper.append(upper)

    def least(self, cost: Floats, whole: Floats, upper: Floats | float, time_limit: float) -> Any:
        """The cheapest answer between 0 and ``upper``, as SciPy tells it; no ``x`` in too short a time."""
        from scipy.optimize import Bounds, LinearConstraint, milp  # slow to load: only when needed
        from scipy.sparse import coo_array

        shape = (len(self.lower), self.width)
        matrix = coo_array((self.values, (self.rows, self.columns)), shape=shape).tocsr()
        return milp(
            cost, constraints=LinearConstraint(matrix, self.lower, self.upper), integrality=whole,
            bounds=Bounds(0, upper), options={"time_limit": time_limit},
        )  # fmt: skip


def _capped(minutes: Floats, cap: float) -> Floats:
    """Minutes up to the cap; what is not known is thought to be as far as that."""
    return np.minimum(np.where(np.isnan(minutes), cap, minutes), cap)


def _nearest(minutes: Floats, cap: float) -> Floats:
    return minutes.min(axis=0, initial=cap)


def _left(before: Floats, after: Floats, people: Floats, limit: float) -> Left:
    total = people.sum()
    weight = people / total if total else np.zeros(len(people))
    lost = after - before
    worst = int((lost * people).argmax()) if len(lost) and lost.max() > 0 else -1
    uncovered = float(people[(before <= limit) & (after > limit)].sum())
    return Left(
        float(before @ weight), float(after @ weight), worst,
        float(before[worst]) if worst >= 0 else 0.0, float(after[worst]) if worst >= 0 else 0.0,
        uncovered,
    )  # fmt: skip
