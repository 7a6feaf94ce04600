"""Rounds at once: every village put where it costs least, then taken out and put back while that gains.

For a month of one station this takes a fraction of a second and compiles nothing. It is the first
answer, and the one that a search must better; what does not fit stays out.
"""

from collections.abc import Collection, Sequence

from tuyen.engines.network.outreach_problem import Month, Round, patterns, within_a_day

PASSES = 6
Days = dict[tuple[int, int], tuple[int, ...]]


class _Month:
    """The month as lists, and the stops of each team and day."""

    def __init__(
        self, month: Month, taken: Collection[tuple[int, int]], outing: float, another: float
    ) -> None:
        self.month, self.outing, self.another = month, outing, another
        self.taken, self.stops = frozenset(taken), Days()
        self.ways = month.ways.tolist()
        self.chosen: dict[int, tuple[int, tuple[int, ...]]] = {}

    def options(self, v: int) -> list[tuple[int, tuple[int, ...]]]:
        return [
            (t, pattern)
            for t in range(len(self.month.teams)) if within_a_day(self.month, v, t)
            for pattern in patterns(self.month, v, t)
            if all((t, day) not in self.taken for day in pattern)
        ]  # fmt: skip

    def cost(self, t: int, stops: Sequence[int]) -> float | None:
        """A day's cost; None where it is longer than the hours or the box allow."""
        if not stops:
            return 0.0
        team, ways = self.month.teams[t], self.ways[t]
        clock = cold = way = 0.0
        place, other = team.home, 0
        for v in stops:
            village = self.month.villages[v]
            way += ways[place][v]
            clock += ways[place][v] + village.minutes
            cold = clock if village.cold else cold
            other += village.team not in (-1, t)
            place = v
        way += ways[place][team.home]
        if clock + ways[place][team.home] > team.minutes or cold > team.cold:
            return None
        return way + self.outing + self.another * other

    def best(self, v: int, t: int, day: int) -> tuple[float, tuple[int, ...]] | None:
        """The least that a village adds to a day, and the day with it."""
        stops = self.stops.get((t, day), ())
        before, found = self.cost(t, stops), None
        for at in range(len(stops) + 1):
            later = (*stops[:at], v, *stops[at:])
            cost = self.cost(t, later)
            if cost is not None and (found is None or cost - (before or 0.0) < found[0]):
                found = cost - (before or 0.0), later
        return found

    def put(self, v: int, options: Sequence[tuple[int, tuple[int, ...]]]) -> float | None:
        """Serve a village in its cheapest option; what that adds, or None where none fits."""
        best: tuple[float, int, tuple[int, ...], list[tuple[int, ...]]] | None = None
        for t, pattern in options:
            total, days = 0.0, []
            for day in pattern:
                one = self.best(v, t, day)
                if one is None or (best is not None and total + one[0] >= best[0]):
                    break
                total += one[0]
                days.append(one[1])
            else:
                best = total, t, pattern, days
        if best is None:
            return None
        total, t, pattern, days = best
        for day, later in zip(pattern, days, strict=True):
            self.stops[t, day] = later
        self.chosen[v] = t, pattern
        return total

    def take(self, v: int) -> None:
        t, pattern = self.chosen.pop(v)
        for day in pattern:
            self.stops[t, day] = tuple(u for u in self.stops[t, day] if u != v)

    def total(self) -> float:
        return sum(self.cost(t, stops) or 0.0 for (t, _), stops in self.stops.items())


def rounds_at_once(
    month: Month, members: Sequence[int], taken: Collection[tuple[int, int]], *, outing: float,
    another: float,
) -> list[Round]:  # fmt: skip
    """Rounds of the villages that are within a day, those with the fewest choices first."""
    held = _Month(month, taken, outing, another)
    options = {v: held.options(v) for v in members}
    order = sorted(
        (v for v in members if options[v]),
        key=lambda v: (len(options[v]), -month.villages[v].visits, -month.villages[v].people, v),
    )
    for v in order:
        held.put(v, options[v])
    for _ in range(PASSES):
        before, served = held.total(), len(held.chosen)
        for v in order:
            kept = dict(held.stops), dict(held.chosen)
            whole = held.total()
            if v in held.chosen:
                held.take(v)
            held.put(v, options[v])
            if v in kept[1] and (v not in held.chosen or held.total() > whole - 1e-9):
                held.stops, held.chosen = kept
        if len(held.chosen) == served and held.total() > before - 1e-6:
            break
    home = [team.home for team in month.teams]
    return [
        Round(t, day, stops, home[t], home[t])
        for (t, day), stops in sorted(held.stops.items(), key=lambda one: (one[0][1], one[0][0]))
        if stops
    ]
