"""From a month to rounds: the days and the ways of all teams searched at once, and what is left out.

The month becomes one periodic problem (:mod:`routing_problem`): a slot for each team and day, an
option for each team and pattern, so that one team pays a village all its visits. Going out at all,
and another team than last month's, cost minutes that nobody drives. Cold boxes are exact: every
round leaves at its opening, which is set so late that all boxes end at the same hour, and a session
with vaccine must begin early enough to be over by then. One slot more is nobody's: what it holds is
not served, at a price above any round, so that there is always an answer and it serves the most.
"""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np

from tuyen.engines.network.outreach_check import Broken, check
from tuyen.engines.network.outreach_insert import rounds_at_once
from tuyen.engines.network.outreach_nights import tours
from tuyen.engines.network.outreach_problem import (
    Floats,
    Month,
    Round,
    checked,
    patterns,
    within_a_day,
)
from tuyen.engines.network.outreach_reasons import Missing, reasons
from tuyen.engines.network.routing_problem import FREE, Problem, SlotFacts

OUTING, ANOTHER = 60.0, 30.0
"""Minutes that a day out, and a visit by another team than last month's, are reckoned to cost beside the way."""
_NO_WAY, _NEVER = (
    10_000.0,
    100_000.0,
)  # minutes: far beyond any day, and small enough to be added to


class Planned(NamedTuple):
    """Rounds by day and team, what they break (nothing that must hold), and who is not served."""

    rounds: tuple[Round, ...]
    broken: tuple[Broken, ...]
    missing: tuple[Missing, ...]
    cost: float


def cost_of(month: Month, rounds: Sequence[Round]) -> float:
    """What is made small: ways, days out, visits by another team than last month's; in minutes."""
    total = 0.0
    for one in rounds:
        place = one.begins
        total += OUTING if one.stops else 0.0
        for v in (*one.stops, one.ends):
            total += float(month.ways[one.team, place, v])
            place = v
        known = (month.villages[v].team for v in one.stops)
        total += ANOTHER * sum(team not in (-1, one.team) for team in known)
    return total


def price(month: Month, v: int) -> float:
    """What leaving a village out costs: more than any round to it, and more for more people."""
    ways = month.ways[np.isfinite(month.ways)]
    longest = float(ways.max()) if ways.size else 1.0
    people = [one.people for one in month.villages]
    share = month.villages[v].people / max(1.0, sum(people) / max(1, len(people)))
    return (OUTING + ANOTHER + 2 * longest) * 3 * max(1, month.villages[v].visits) * (1 + share)


def plan(
    month: Month, *, seed: int, spent: Callable[[], float] | None = None, children: int | None = 120
) -> Planned:
    """The rounds of a month. ``spent`` is the share of the time that is used up.

    With ``children`` and no ``spent`` the answer is a function of the month and the seed; with none
    at all it is made by insertion alone, at once. The search is heard only where it is better.

    Raises
    ------
    BadOutreach
        If the month contradicts itself.
    """
    checked(month)
    wanted = [v for v, village in enumerate(month.villages) if village.visits]
    near = [v for v in wanted if any(within_a_day(month, v, t) for t in range(len(month.teams)))]
    rounds, _unslept = tours(month, [v for v in wanted if v not in near])
    taken = frozenset((one.team, one.day) for one in rounds)
    quick = rounds_at_once(month, near, taken, outing=OUTING, another=ANOTHER)
    if children != 0:
        found = _searched(month, near, taken, seed, spent or (lambda: 0.0), children)
        quick = min((quick, found), key=lambda one: _worth(month, near, one))
    rounds += quick
    rounds.sort(key=lambda one: (one.day, one.team))
    served = {v for one in rounds for v in one.stops}
    missing = reasons(month, rounds, [v for v in wanted if v not in served])
    # What is missing stands there with its reason, and is not told twice.
    left = {one.village for one in missing}
    broken = [
        one for one in check(month, rounds) if one.rule != "visits" or one.village not in left
    ]
    return Planned(tuple(rounds), tuple(broken), tuple(missing), cost_of(month, rounds))


def _worth(month: Month, near: Sequence[int], rounds: Sequence[Round]) -> float:
    """Cost of rounds and price of who is left out."""
    served = {v for one in rounds for v in one.stops}
    return cost_of(month, rounds) + sum(price(month, v) for v in near if v not in served)


def problem(
    month: Month, members: Sequence[int], taken: frozenset[tuple[int, int]]
) -> tuple[Problem, list[int], list[tuple[int, int]]]:
    """The periodic problem, the villages that are its customers, and (team, day) of its slots."""
    days = range(7 * month.weeks)
    slots = [
        (t, day) for t in range(len(month.teams)) for day in days
        if month.works(t, day) and (t, day) not in taken
    ]  # fmt: skip
    number = {slot: at for at, slot in enumerate(slots)}
    rows, first, customers = [], [0], []
    for v in members:
        mine = []
        for t in range(len(month.teams)):
            if within_a_day(month, v, t):
                mine += [
                    [number[t, day] for day in pattern] for pattern in patterns(month, v, t)
                    if all((t, day) in number for day in pattern)
                ]  # fmt: skip
        if mine:
            customers.append(v)
            rows += [*mine, [len(slots)]]
            first.append(len(rows))
    options = np.zeros((len(rows), len(slots) + 1), np.int64)
    for at, row in enumerate(rows):
        options[at, row] = 1
    return _built(month, customers, slots, options, np.array(first)), customers, slots


def _built(
    month: Month, customers: list[int], slots: list[tuple[int, int]], options: np.ndarray,
    first: np.ndarray,
) -> Problem:  # fmt: skip
    n, teams = len(customers), len(month.teams)
    cold = max(team.cold for team in month.teams) if teams else 0.0
    service = np.array([month.villages[v].minutes for v in customers], float)
    closes = np.array([
        cold - month.villages[v].minutes if month.villages[v].cold else _NEVER for v in customers
    ])  # fmt: skip
    time, cost = np.zeros((teams + 1, n + 1, n + 1)), np.zeros((teams + 1, n + 1, n + 1))
    for t, team in enumerate(month.teams):
        ways = month.ways[t][np.ix_([*customers, team.home], [*customers, team.home])]
        ways = np.where(np.isfinite(ways), ways, _NO_WAY)
        # The search was judged on ways that are the same there and back: the longer of both is taken,
        # and what is asked beside the way lies half before and half behind a village.
        time[t] = np.maximum(ways, ways.T)
        other = [ANOTHER * (month.villages[v].team not in (-1, t)) for v in customers]
        cost[t] = time[t] + _shared([*other, 0.0])
        cost[t, n, :n] += OUTING / 2
        cost[t, :n, n] += OUTING / 2
    cost[teams] = _shared([*(price(month, v) for v in customers), 0.0])
    facts = [
        SlotFacts(day + 1, t + 1, 1, FREE, month.teams[t].minutes, cold - month.teams[t].cold, _NEVER, t)
        for t, day in slots
    ]  # fmt: skip
    facts.append(SlotFacts(0, teams + 1, max(1, n), FREE, _NEVER, 0.0, _NEVER, teams))
    return Problem(
        tuple(month.villages[v].name for v in customers), np.zeros(n), service, np.zeros(n),
        np.maximum(closes, 0.0), tuple(facts), cost, time, options, first,
    )  # fmt: skip


def _shared(prices: Sequence[float]) -> Floats:
    """What each stop costs, half of it on the way there and half on the way on; (n + 1, n + 1)."""
    halves = np.array(prices, float) / 2
    return halves[:, None] + halves[None]


def _searched(
    month: Month, members: Sequence[int], taken: frozenset[tuple[int, int]], seed: int,
    spent: Callable[[], float], children: int | None,
) -> list[Round]:  # fmt: skip
    from tuyen.engines.network.routing_search import solve  # compiles: not before it is asked

    asked, customers, slots = problem(month, members, taken)
    if len(customers) < 2:  # one by itself is put where it costs least, which is the best there is
        return rounds_at_once(month, customers, taken, outing=OUTING, another=ANOTHER)
    answer = solve(asked, seed=seed, spent=spent, children=children)
    rounds = [
        Round(slots[one.slot][0], slots[one.slot][1], tuple(customers[v] for v in one.visits),
              month.teams[slots[one.slot][0]].home, month.teams[slots[one.slot][0]].home)
        for one in answer.routes if one.slot < len(slots) and one.visits
    ]  # fmt: skip
    return _kept(month, rounds)


def _kept(month: Month, rounds: list[Round]) -> list[Round]:
    """The rounds without the villages of those that break what must hold; of them, the fewest people first.

    The search is free to end with rounds that are too long; what is handed on never is.
    """
    while bad := [one for one in check(month, rounds) if one.must]:
        first = bad[0]
        held = [v for one in rounds if (one.team, one.day) == (first.team, first.day)
                for v in one.stops]  # fmt: skip
        gone = min(held, key=lambda v: (month.villages[v].people, v))
        rounds = [one._replace(stops=tuple(v for v in one.stops if v != gone)) for one in rounds]
        rounds = [one for one in rounds if one.stops]
    return rounds
