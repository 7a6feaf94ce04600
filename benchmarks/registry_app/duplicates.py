"""Searching all residents for records that may be one person's, and one resident's for a desk.

``python -m benchmarks.registry_app.duplicates [--planted 500] [--asked 60]``: on the demo that
``TUYEN_HOME`` names. First the whole node at once by the engine, with records planted in memory whose
truth is known: copies with a name spelt otherwise, a date with day and month exchanged, a move to another
village, no number. Then, through the room's own query, the list of each commune, and the few candidates
of one person at a time.
"""

import random
import time
from datetime import date
from typing import Any
from uuid import UUID

from benchmarks import installation, measuring
from benchmarks.measuring import Figures, note


def main() -> None:
    given = measuring.arguments(("planted", 500), ("asked", 60))
    demo = installation.opened()
    on = installation.day(demo)
    from tuyen.apps.registry.models import Person

    people = Person.objects.filter(died_on=None, voided_on=None, merged_into=None).count()
    measuring.tell({
        "people": people, "whole": _whole(on, given.planted), "communes": _communes(on),
        "one": _one(on, given.asked), "peak_mb": measuring.peak_mb(),
    })  # fmt: skip


def _whole(on: date, planted: int) -> Figures:
    """Every record with every other that shares a key, planted ones among them."""
    from tuyen.apps.registry import suspects
    from tuyen.engines.registry import duplicates

    note("all records are read")
    began = time.perf_counter()
    records: list[Any] = []
    rows = suspects._usable().order_by("number")
    for first in range(0, rows.count(), 20_000):
        records += suspects._records(rows[first : first + 20_000], on)
    read = time.perf_counter() - began
    rng = random.Random(20260701)
    chosen = rng.sample(range(len(records)), min(planted, len(records)))
    truth = {(n, len(records) + k) for k, n in enumerate(chosen)}
    records += [_altered(rng, records[n], records, k) for k, n in enumerate(chosen)]
    note("all records are compared")
    found: list[Any] = []
    seconds, work = measuring.timed_both(lambda: found.extend(duplicates.find(records)))
    pairs = {(min(a, b), max(a, b)) for a, b, _ in found}
    likely = {
        (min(a, b), max(a, b)) for a, b, match in found if match.probability >= duplicates.LIKELY
    }
    return {
        "records": len(records), "read_s": round(read, 1), "seconds": round(seconds, 1),
        "work_s": round(work, 1), "pairs": len(pairs), "likely": len(likely),
        "planted": len(truth), "planted_found": len(truth & pairs),
        "planted_likely": len(truth & likely),
    }  # fmt: skip


def _altered(rng: random.Random, record: Any, records: list[Any], k: int) -> Any:
    """A second record of the same person, as another station would have written it."""
    words = record.name.split()
    born, changes = record.born_on, {"id": str(UUID(int=k)), "numbers": (), "household": ""}
    how = k % 4
    if how == 0:  # a middle name left out
        changes["name"] = " ".join([words[0], *words[-1:]])
    elif how == 1 and born.day <= 12:
        changes["born_on"] = date(born.year, born.day, born.month)
    elif how == 2:
        elsewhere = rng.choice(records)
        changes |= {"village": elsewhere.village, "commune": elsewhere.commune}
    else:  # the telephone is not known
        changes["phone"] = ""
    return record._replace(**changes)


def _communes(on: date) -> Figures:
    """The list of suspected pairs of each commune, as its screen asks for it, nothing remembered."""
    from tuyen.apps.registry import queries, suspects

    atlas = queries.atlas()
    times, pairs = [], 0
    for commune in atlas.communes(on):
        places = atlas.reach(commune, "own", on)
        began = time.perf_counter()
        pairs += len(suspects.pairs_in(commune, places, on))
        times.append(time.perf_counter() - began)
    return {"communes": len(times), "pairs": pairs, "total_s": round(sum(times), 1),
            **measuring.spread(times), "most_ms": round(max(times) * 1e3)}  # fmt: skip


def _one(on: date, asked: int) -> Figures:
    """The candidates of one person, within all that a reader of the whole node may see."""
    from django.db.models import Q

    from tuyen.apps.registry import suspects

    rows = suspects._usable().order_by("number").values_list("pk", flat=True)
    step = max(1, rows.count() // asked)
    suspects.of(rows[0], Q(), on)  # how frequent names are is remembered from here on
    times = [measuring.timed(lambda id=id: suspects.of(id, Q(), on)) for id in rows[::step][:asked]]
    return measuring.spread(times)


if __name__ == "__main__":
    main()
