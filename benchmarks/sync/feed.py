"""Six writers at once, and a reader who follows the feed meanwhile: is anything skipped, and how fast?

``python -m benchmarks.sync.feed [--operations 18000]``: six tablets push through the real server, one
request after the other each, while a reader in another process asks for the feed again and again from
where it was. It must meet every acknowledged operation once, in the order of the journal. Then the whole
feed is read once more from the start, in peace.
"""

import threading
import time
from datetime import date
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from benchmarks import installation, measuring
from benchmarks.measuring import Figures
from benchmarks.serving import served
from benchmarks.sync.push import Load, drained, pushes, wake

WRITERS = 6


def main() -> None:
    given = measuring.arguments(("operations", 18_000), ("workers", 2))
    demo = installation.opened()
    measuring.tell(measure(installation.day(demo), given.operations, given.workers))


class Reader:
    """Follows the feed from a position on until it is told that no more will come."""

    def __init__(self, on: date, after: int) -> None:
        self.on, self.after = on, after
        self.ids: list[UUID] = []
        self.positions: list[int] = []
        self.pages = 0
        self._last = threading.Event()
        self._thread = threading.Thread(target=self._follow, daemon=True)
        self._thread.start()

    def finished(self) -> None:
        self._last.set()
        self._thread.join()

    def _follow(self) -> None:
        while True:
            last = self._last.is_set()
            found = self._page()
            if last and not found:
                return
            if not found:
                time.sleep(0.02)

    def _page(self) -> int:
        from tuyen.apps.access.actors import Actor
        from tuyen.apps.journal import queries

        page = queries.feed(by=Actor.program(self.on), after=self.after)
        self.ids += [entry.id for entry in page.entries]
        self.positions += [entry.position for entry in page.entries]
        self.after, self.pages = page.after, self.pages + 1
        return len(page.entries)


def measure(on: date, operations: int, workers: int) -> Figures:
    """Writers and reader, in an installation that was opened."""
    from benchmarks.sync.tablets import enlisted
    from tuyen.api.wire import seals
    from tuyen.apps.journal import queries

    pushers = enlisted(operations // 30, on)
    load = Load(Ed25519PublicKey.from_public_bytes(bytes.fromhex(seals.public_key())))
    with served(workers) as server:
        wake(server)
        start = queries.head()[1]
        reader = Reader(on, start)
        seconds = drained(server.port, load, pushes(pushers, operations, on, []), WRITERS)
        reader.finished()
    accepted = {UUID(id) for id in load.accepted}
    again = Reader(on, start)
    busy = time.process_time()
    again.finished()
    busy = time.process_time() - busy
    return {
        "writers": WRITERS, "operations": operations, "written_per_second": round(operations / seconds),
        "acknowledged": len(accepted), "read": len(reader.ids), "pages": reader.pages,
        "skipped": len(accepted - set(reader.ids)),
        "twice": len(reader.ids) - len(set(reader.ids)),
        "in_order": reader.positions == sorted(reader.positions),
        "same_again": reader.ids == again.ids,
        "read_per_cpu_second": round(len(again.ids) / busy) if busy else None,
        "errors": len(load.wrong), "push": measuring.spread(load.times),
    }  # fmt: skip


if __name__ == "__main__":
    main()
