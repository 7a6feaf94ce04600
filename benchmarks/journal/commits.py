"""Case reports per second through ``journal.commit``, beside the raw insert of the same rows.

``python -m benchmarks.journal.commits``: in batches and singly, with and without what the rooms
do afterwards (the scan of what changed). Batches of the four sorts and of the peer take turns, so
that a busy moment of the machine falls on all of them alike.
"""

import itertools
from collections.abc import Iterator
from functools import partial
from typing import Any

from benchmarks import installation, measuring, profiling
from benchmarks.measuring import Figures

Both = tuple[float, float]
SORTS = {"quiet": False, "reacting": True}
"""Without and with what the rooms do after a commit."""

PROFILED = 4
"""Batches of each sort of which it is shown where the time goes."""


def main() -> None:
    given = measuring.arguments(("rounds", 12), ("batch", 500), ("singles", 60))
    demo = installation.opened()
    from benchmarks.journal.reports import reports

    on = installation.day(demo)
    wanted = (given.rounds + 1) * 2 * (given.batch + given.singles) + 2 * PROFILED * given.batch
    told = reports(wanted, on)
    measuring.tell(_measure(told, on, given))


def _measure(told: Iterator[Any], on: Any, given: Any) -> Figures:
    from benchmarks.journal import raw

    bare, work = raw.opened(), _Work(on)
    sizes = {"batch": given.batch, "single": given.singles}
    times: dict[str, list[Both]] = {}
    for number in range(given.rounds + 1):  # the first round warms up
        taken: dict[str, Both] = {}
        for size, count in sizes.items():
            before = work.position()
            for sort, react in SORTS.items():
                operations = list(itertools.islice(told, count))
                groups = [operations] if size == "batch" else [[one] for one in operations]
                taken[f"{size}_{sort}"] = work.commit(groups, react)
            rows = raw.rows_since(before)[:count]
            groups = [rows] if size == "batch" else [[row] for row in rows]
            taken[f"{size}_raw"] = measuring.timed_both(partial(_insert, bare, groups))
        if number:
            for name, both in taken.items():
                times.setdefault(name, []).append(both)
    figures: Figures = {
        name: measuring.rate_both(sizes[name.partition("_")[0]], both)
        for name, both in times.items()
    }
    for size, sort in itertools.product(sizes, SORTS):
        ours, limit = figures[f"{size}_{sort}"], figures[f"{size}_raw"]
        ours["of_raw"] = measuring.ratio(ours, limit)
    figures["batch_quiet"]["room_share"] = work.room_share()
    for sort, react in SORTS.items():
        groups = [list(itertools.islice(told, given.batch)) for _ in range(PROFILED)]
        shares = profiling.shares(partial(work.commit, groups, react))
        figures[f"batch_{sort}"]["profile"] = shares
    return figures | {"batch": given.batch, "refused": work.refused}


def _insert(bare: Any, groups: list[list[Any]]) -> None:
    for rows in groups:
        bare.insert(rows)


class _Work:
    """Commits, and counts how much of the time of quiet batches the room's service had."""

    def __init__(self, on: Any) -> None:
        from tuyen.apps.access.actors import Actor
        from tuyen.apps.surveillance.operations import ReportCase

        self.by = Actor.program(on, channel="import", name="Benchmark")
        self.at = installation.evening(on)
        self.refused = 0
        self._room: list[float] = []
        self._all = 0.0
        apply = ReportCase.KIND.apply
        assert apply is not None

        def clocked(batch: Any) -> None:
            self._room.append(measuring.timed(partial(apply, batch)))

        ReportCase.KIND.apply = clocked

    def commit(self, groups: list[list[Any]], react: bool) -> Both:
        """Commit each group by itself."""
        seen, receipts = len(self._room), []

        def work() -> None:
            for operations in groups:
                receipts.extend(self._commit(operations, react))

        both = measuring.timed_both(work)
        self.refused += sum(not receipt.ok for receipt in receipts)
        if react or len(groups[0]) == 1:
            del self._room[seen:]
        else:
            self._all += both[0]
        return both

    def _commit(self, operations: list[Any], react: bool) -> list[Any]:
        from tuyen.apps.journal.services import commit

        return commit(by=self.by, operations=operations, at=self.at, react=react)

    def room_share(self) -> float:
        return round(sum(self._room) / self._all, 3)

    def position(self) -> int:
        from tuyen.apps.journal.queries import head

        return head()[1]


if __name__ == "__main__":
    main()
