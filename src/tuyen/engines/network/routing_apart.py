"""Where vehicles are as many as are needed, rounds that break a limit are cut until they keep it.

A search that ended before it met an allowed answer then has one all the same: it is not short, and it
is true.
"""

from collections.abc import Iterable, Iterator, Sequence

from tuyen.engines.network.routing_problem import Problem

SLACK = 1e-7  # of rounding in sums; less than the checker allows


def cut_apart(
    problem: Problem, routes: Iterable[tuple[int, Sequence[int]]]
) -> list[tuple[int, tuple[int, ...]]]:
    """The same visits in the same order; rounds of slots without a number of vehicles are cut
    before the first customer with whom a limit would be broken."""
    found: list[tuple[int, tuple[int, ...]]] = []
    for at, visits in routes:
        whole = problem.slots[at].vehicles is not None
        parts = [tuple(visits)] if whole else _parts(problem, at, visits)
        found += [(at, part) for part in parts]
    return found


def allowed(problem: Problem, routes: Sequence[tuple[int, Sequence[int]]]) -> bool:
    """Whether no round breaks a limit and no slot needs more vehicles than it has."""
    for at, slot in enumerate(problem.slots):
        used = sum(1 for where, _visits in routes if where == at)
        if slot.vehicles is not None and used > slot.vehicles:
            return False
    return all(_keeps(problem, at, visits) for at, visits in routes)


def length(problem: Problem, routes: Iterable[tuple[int, Sequence[int]]]) -> float:
    """The ways of all rounds together, in the unit of the cost matrix."""
    total = 0.0
    for at, visits in routes:
        cost, n = problem.cost[problem.slots[at].matrix], problem.size
        total += sum(float(cost[a, b]) for a, b in zip((n, *visits), (*visits, n), strict=True))
    return total


def _parts(problem: Problem, at: int, visits: Sequence[int]) -> Iterator[tuple[int, ...]]:
    part: tuple[int, ...] = ()
    for u in visits:
        if part and not _keeps(problem, at, (*part, u)):
            yield part
            part = ()
        part = (*part, u)
    if part:
        yield part


def _keeps(problem: Problem, at: int, visits: Sequence[int]) -> bool:
    """Load, hours and duration of one round; it leaves when the slot opens, so that a round which
    would keep its duration only by leaving later counts as too long."""
    slot, n = problem.slots[at], problem.size
    time = problem.time[slot.matrix]
    clock, place = slot.opens, n
    for u in visits:
        clock = max(clock + time[place, u], problem.opens[u])
        if clock > problem.closes[u] + SLACK:
            return False
        clock += problem.service[u]
        place = u
    clock += time[place, n]
    load = float(problem.demand[list(visits)].sum())
    return bool(
        clock <= slot.closes + SLACK
        and load <= slot.capacity + SLACK
        and clock - slot.opens <= slot.longest + SLACK
    )
