"""A month's claims built, checked and written down: by one process, and by several.

``python -m benchmarks.claims.month --claims 50000 --workers 2``: in a folder of its own (``TUYEN_HOME``
is set by the program), or on the empty PostgreSQL that ``TUYEN_DATABASE_URL`` names. One station with its
catalogues, a patient for every ten visits; a visit is that of the tests of the room: measured,
tested, given 30 tablets, asked back. What is timed is what `closing.close` does from the claims that are
open to the last check that is in the journal; filling is not. Processor time is that of this process
and of its workers.
"""

import argparse
import json
import os
import resource
import tempfile
import time
from datetime import date, timedelta
from typing import Any

AT_ONCE = 500
EACH = 10


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--claims", type=int, default=5_000)
    parser.add_argument("--workers", type=int, nargs="+", default=[1, 2])
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as home:
        os.environ["TUYEN_HOME"] = home
        print(json.dumps(_measured(given.claims, given.workers), indent=1))


def _measured(claims: int, workers: list[int]) -> dict[str, Any]:
    from tuyen.cli.start import office

    office(loopback=True)
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    from tests.unit.apps.claims.conftest import NOW, TODAY, Station
    from tuyen.apps.claims import closing
    from tuyen.apps.claims.models import Claim

    station = Station()
    ids = _filled(station, claims)
    figures: dict[str, Any] = {"claims": len(ids)}
    for count in workers:
        _opened(station, ids)
        began, busy = time.perf_counter(), _busy()
        closing.close(date(2020, 1, 1), TODAY, NOW, workers=count)
        wall, work = time.perf_counter() - began, _busy() - busy
        states = {"ready": Claim.objects.filter(state="ready").count()}
        figures[f"{count} processes"] = {
            "wall_s": round(wall, 2), "cpu_s": round(work, 2),
            "claims_per_cpu_second": round(len(ids) / work), **states,
        }  # fmt: skip
    return figures


def _filled(station: Any, claims: int) -> list[Any]:
    """So many visits, and their ids."""
    from tests.unit.apps.claims.conftest import BEGAN, visit

    people = [
        station.patient(card=f"HN2{20:02d}{6_000_000_000 + n:010d}", number=f"0201820{n:05d}")
        for n in range(max(1, claims // EACH))
    ]
    ids: list[Any] = []
    for start in range(0, claims, AT_ONCE):
        told = [
            visit(
                people[n % len(people)], began_at=BEGAN - timedelta(hours=6 * (n // len(people) + 1)),
                ended_at=None, next=None,
            )
            for n in range(start, min(claims, start + AT_ONCE))
        ]  # fmt: skip
        ids += station.good(*told)
    return ids


def _opened(station: Any, ids: list[Any]) -> None:
    """Claims as they are before a check: asked for, and not checked yet."""
    from tests.unit.apps.claims.conftest import NOW
    from tuyen.apps.claims.operations import PrepareClaims
    from tuyen.apps.journal.services import commit
    from tuyen.kernel.operation import Operation

    told = [
        Operation.of(
            PrepareClaims(claims=tuple(ids[n : n + AT_ONCE])), unit=station.id,
            happened_on=NOW.date(), recorded_at=NOW,
        )
        for n in range(0, len(ids), AT_ONCE)
    ]  # fmt: skip
    commit(by=station.by, operations=told, at=NOW, react=False)


def _busy() -> float:
    """Processor seconds of this process and of those that it has waited for."""
    own, children = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))  # fmt: skip
    return own.ru_utime + own.ru_stime + children.ru_utime + children.ru_stime


if __name__ == "__main__":
    main()
