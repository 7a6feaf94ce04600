"""Verifying a million entries and replaying a demo, beside the bare reading and hashing of them.

``python -m benchmarks.journal.proof``. The peer of ``verify`` reads the same rows by the driver
and hashes every body: what no verification can do without.
"""

import hashlib
from typing import Any

from benchmarks import installation, measuring
from benchmarks.measuring import Figures, note


def main() -> None:
    given = measuring.arguments(("entries", 1_000_000), ("rounds", 3), ("replay", 1))
    installation.opened()
    figures: Figures = {}
    if given.replay:
        note("replaying the demo's journal")
        figures["replay"] = _replay()
    from benchmarks.journal.million import grow

    note(f"growing the journal to {given.entries:,} entries")
    figures["entries"] = given.entries
    grow(given.entries)
    figures |= _verify(given.entries, given.rounds)
    measuring.tell(figures)


def _verify(entries: int, rounds: int) -> Figures:
    from tuyen.apps.journal.verify import verify

    _hash_all()  # the file is in the page cache from here on
    ours, bare = [], []
    for _ in range(rounds):
        bare.append(measuring.timed_both(_hash_all))
        ours.append(measuring.timed_both(lambda: _sound(verify())))
    verified, hashed = _per_million(ours, entries), _per_million(bare, entries)
    verified["of_raw"] = measuring.ratio(verified, hashed, "seconds_per_million")
    return {"verify": verified, "verify_raw": hashed}


def _per_million(times: list[tuple[float, float]], entries: int) -> Figures:
    """Medians, by the wall and of work."""
    wall, busy = (
        sorted(column)[len(times) // 2] * 1e6 / entries for column in zip(*times, strict=True)
    )
    return {"seconds_per_million": round(wall, 2), "work_per_million": round(busy, 2)}


def _sound(proof: Any) -> None:
    if not proof.sound:
        raise SystemExit(f"the journal is not sound: {proof.faults[0]}")


def _hash_all() -> None:
    from tuyen.apps.journal import store

    with store.connection().chunked_cursor() as cursor:
        cursor.execute("SELECT body, digest FROM journal_entry ORDER BY position")
        while rows := cursor.fetchmany(5000):
            for body, _ in rows:
                hashlib.sha256(body).digest()


def _replay() -> Figures:
    from tuyen.apps.journal.queries import head
    from tuyen.apps.journal.replay import replay

    taken: dict[str, Any] = {}
    seconds = measuring.timed(lambda: taken.update(rebuilt=replay()))
    rebuilt = taken["rebuilt"]
    return {
        "operations": rebuilt.operations, "same": rebuilt.same, "seconds": round(seconds, 1),
        "seconds_per_million": round(seconds * 1e6 / rebuilt.operations, 1), "entries": head()[1],
        "differ": [table.table for table in rebuilt.tables if not table.same],
    }  # fmt: skip


if __name__ == "__main__":
    main()
