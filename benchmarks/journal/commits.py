"""Case reports per second through ``journal.commit``, beside the raw insert of the same rows.

``python -m benchmarks.journal.commits``: in batches and singly, with and without what the rooms
do afterwards (the scan of what changed). Batches of the four sorts and of the peer take turns, so
that a busy moment of the machine falls on all of them alike.
"""

import itertools
import time
from collections.abc import Iterator
from typing import Any

from benchmarks import installation, measuring
from benchmarks.measuring import Figures


def main() -> None:
    given = measuring.arguments(("rounds", 12), ("batch", 500), ("singles", 60), ("profile", ""))
    demo = installation.opened()
    from benchmarks.journal.reports import reports

    on = installation.day(demo)
    wanted = (given.rounds + 1) * given.batch * 2 + (given.rounds + 1) * given.singles * 2
    told = reports(wanted, on)
    if given.profile:
        _profile(told, on, given)
        return
    measuring.tell(_measure(told, on, given))


def _measure(told: Iterator[Any], on: Any, given: Any) -> Figures:
    from benchmarks.journal import raw

    bare = raw.opened()
    work = _Work(on)
    times: dict[str, list[float]] = {}
    for number in range(given.rounds + 1):  # the first round warms up
        before = work.position()
        taken: dict[str, float] = {}
        for react in (False, True):
            name = "reacting" if react else "quiet"
            batch = list(itertools.islice(told, given.batch))
            taken[f"batch_{name}"] = work.commit(batch, react)
        rows = raw.rows_since(before)[: given.batch]
        taken["batch_raw"] = measuring.timed(lambda rows=rows: bare.insert(rows))
        for react in (False, True):
            name = "reacting" if react else "quiet"
            singles = list(itertools.islice(told, given.singles))
            taken[f"single_{name}"] = sum(work.commit([one], react) for one in singles)
        rows = raw.rows_since(work.position() - given.singles)[: given.singles]
        taken["single_raw"] = sum(
            measuring.timed(lambda row=row: bare.insert([row])) for row in rows
        )
        if number:
            for name, seconds in taken.items():
                times.setdefault(name, []).append(seconds)
    sizes = {"batch": given.batch, "single": given.singles}
    figures: Figures = {
        name: measuring.rate(sizes[name.partition("_")[0]], seconds)
        for name, seconds in times.items()
    }
    for size in sizes:
        for name in ("quiet", "reacting"):
            share = measuring.ratio(figures[f"{size}_{name}"], figures[f"{size}_raw"])
            figures[f"{size}_{name}"]["of_raw"] = share
    return figures | {
        "batch": given.batch, "refused": work.refused, "room_share": round(work.room_share(), 3),
    }  # fmt: skip


class _Work:
    """Commits, and counts how much of their time the room's service had."""

    def __init__(self, on: Any) -> None:
        from tuyen.apps.access.actors import Actor
        from tuyen.apps.surveillance.operations import ReportCase

        self.by = Actor.program(on, channel="import", name="Benchmark")
        self.at = installation.evening(on)
        self.refused = 0
        self._room = self._all = 0.0
        self._kind = ReportCase.KIND
        apply = self._kind.apply
        assert apply is not None

        def clocked(batch: Any) -> None:
            began = time.perf_counter()
            apply(batch)
            if len(batch.entries) > 1:
                self._room += time.perf_counter() - began

        self._kind.apply = clocked

    def commit(self, operations: list[Any], react: bool) -> float:
        from tuyen.apps.journal.services import commit

        began = time.perf_counter()
        receipts = commit(by=self.by, operations=operations, at=self.at, react=react)
        taken = time.perf_counter() - began
        self.refused += sum(not receipt.ok for receipt in receipts)
        if len(operations) > 1 and not react:
            self._all += taken
        elif len(operations) > 1:
            self._all += 0.0
        return taken

    def room_share(self) -> float:
        """The room's part of the time of batches (both sorts have the same service)."""
        return self._room / 2 / self._all

    def position(self) -> int:
        from tuyen.apps.journal.queries import head

        return head()[1]


def _profile(told: Iterator[Any], on: Any, given: Any) -> None:
    import cProfile
    import pstats

    work = _Work(on)
    react = given.profile == "reacting"
    work.commit(list(itertools.islice(told, given.batch)), react)
    batches = [list(itertools.islice(told, given.batch)) for _ in range(given.rounds)]
    profile = cProfile.Profile()
    profile.enable()
    for batch in batches:
        work.commit(batch, react)
    profile.disable()
    pstats.Stats(profile).sort_stats("tottime").print_stats(45)


if __name__ == "__main__":
    main()
