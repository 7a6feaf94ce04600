"""A whole visit saved as one request: what it costs, in process and over HTTP.

``python -m benchmarks.clinical.visits``: on the demo of ``TUYEN_HOME`` (or the same rows on the
PostgreSQL that ``TUYEN_DATABASE_URL`` names). A visit is a repeat visit for hypertension of one of four
hundred patients who came each month for two years, at a station whose shelf holds what is handed out:
two pressures, a pulse and a weight, two diagnoses, two medicines prescribed and handed out, an
examination, a next date; it is checked, written, sealed into the journal, followed by the other
rooms, and answered by a receipt. Three ways, which take turns:

- ``alone``: one commit a visit, nothing else around it;
- ``together``: fifty visits in a commit, as a tablet sends them;
- ``served``: one POST a visit to ``/api/v1/operations`` of the real server, with as many clients as
  workers; its processor time is that of the server and its workers. ``served_many``: with sixteen
  clients, whose visits meet in a worker and are committed together.

What a visit costs grows with the contacts of its patient, who has two to four more after a run: measure
on a fresh demo, or the patients of the second run have four years behind them and a very long day.
"""

import http.client
import itertools
import json
import threading
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from functools import partial
from typing import Any

from benchmarks import installation, measuring
from benchmarks.measuring import Figures
from benchmarks.serving import Serving, served

WARM = 40
TOGETHER = 50
LOGIN = "tramtruong"
PATIENTS, MONTHS = 400, 24
DRUGS = ("amlodipine-5", "losartan-50")


def main() -> None:
    given = measuring.arguments(("visits", 200), ("workers", 2), ("rounds", 5), ("clients", 16))
    demo = installation.opened()
    work = _Work(installation.day(demo))
    work.fill()
    figures: Figures = {"store": measuring.store_name(), "workers": given.workers}
    alone, together = [], []
    for number in range(given.rounds):
        each = [
            measuring.timed_both(partial(work.commit, [next(work.told)]))
            for _ in range(given.visits // given.rounds + (0 if number else WARM))
        ]
        alone += each if number else each[WARM:]
        many = list(itertools.islice(work.told, TOGETHER))
        both = measuring.timed_both(partial(work.commit, many))
        if number:
            together.append(both)
    figures["alone"] = measuring.spread_both(alone)
    figures["together"] = measuring.rate_both(TOGETHER, together)
    key = _key()
    with served(given.workers) as server:
        figures["served"] = _served(server, work, key, given, given.workers)
        figures["served_many"] = _served(server, work, key, given, given.clients)
    figures["refused"] = work.refused
    measuring.tell(figures)


class _Work:
    """Visits of the people of one station, and the way to the journal."""

    def __init__(self, on: Any) -> None:
        from tuyen.apps.access.actors import Actor
        from tuyen.apps.access.queries import actor_by_login
        from tuyen.apps.registry import queries as registry

        self.on, self.refused = on, 0
        self.at = installation.evening(on)
        self.by = actor_by_login(LOGIN, on=on, channel="api")
        self.unit = self.by.posts[0].unit
        commune = registry.atlas().commune_of(self.unit, on)
        found, _ = registry.residents(by=Actor.program(on), unit=commune, limit=800)
        self.people = [row.id for row in found if row.born_on.year < on.year - 20][:PATIENTS]
        self.told: Iterator[Any] = self._visits()

    def fill(self) -> None:
        """Two years behind each patient, and a shelf that holds enough."""
        from tuyen.apps.access.actors import Actor
        from tuyen.apps.journal.services import commit
        from tuyen.apps.supply.operations import ReceiveLot
        from tuyen.kernel.operation import Operation

        lots = [
            Operation.of(
                ReceiveLot(item=drug, number=f"B{n}", vials=400_000,
                           expires_on=self.on + timedelta(days=200 + n)),
                unit=self.unit, happened_on=self.on, recorded_at=self.at,
            )
            for drug in DRUGS for n in range(2)
        ]  # fmt: skip
        receipts = commit(by=Actor.program(self.on), operations=lots, at=self.at)
        self.refused += sum(not receipt.ok for receipt in receipts)
        for month in range(MONTHS, 0, -1):
            began = self.at - timedelta(days=30 * month, hours=6)
            past = [self._visit(n, began - timedelta(minutes=n)) for n in range(len(self.people))]
            for start in range(0, len(past), TOGETHER):
                self.commit(past[start : start + TOGETHER])

    def _visits(self) -> Iterator[Any]:
        for n in itertools.count():
            yield self._visit(n, self.at - timedelta(hours=6, minutes=n % 300))

    def _visit(self, n: int, began: datetime) -> Any:
        from tuyen.apps.clinical.operations import (
            Diagnosed,
            Dispensed,
            Measured,
            NextVisit,
            Prescribed,
            RecordVisit,
            Served,
        )
        from tuyen.kernel.operation import Operation

        values = {"systolic": 128 + n % 40, "diastolic": 76 + n % 20, "pulse": 78, "weight": 58}
        payload = RecordVisit(
            person=self.people[n % len(self.people)], began_at=began, care="05",
            measured=tuple(
                Measured(what=what, value=Decimal(value)) for what, value in values.items()
            ),
            diagnosed=(Diagnosed(code="I10", main=True), Diagnosed(code="E78.5")),
            prescribed=tuple(
                Prescribed(item=drug, dose=Decimal(1), times=1, days=30, quantity=Decimal(30))
                for drug in DRUGS
            ),
            dispensed=tuple(
                Dispensed(item=drug, quantity=Decimal(30), days=30) for drug in DRUGS
            ),
            served=(Served(code="02.1896"),),
            next=NextVisit(on=began.date() + timedelta(days=30), why="tăng huyết áp"),
            advice="Ăn nhạt, tập thể dục, uống thuốc đều",
        )  # fmt: skip
        return Operation.of(payload, unit=self.unit, happened_on=began.date(), recorded_at=began)

    def commit(self, operations: list[Any]) -> None:
        from tuyen.apps.journal.services import commit

        receipts = commit(by=self.by, operations=operations, at=self.at)
        self.refused += sum(not receipt.ok for receipt in receipts)


def _key() -> str:
    from tuyen.apps.access import clock
    from tuyen.apps.access.queries import ids_by_login
    from tuyen.apps.access.services import issue_key

    user = ids_by_login([LOGIN])[LOGIN]
    return issue_key(user=user, label="benchmark", days=1, now=clock.real_now())


def _served(server: Serving, work: _Work, key: str, given: Any, clients: int) -> Figures:
    """Clients that wait for each receipt before they send the next visit."""
    import msgspec

    bodies = [
        b'{"operations":[' + msgspec.json.encode(one) + b"]}"
        for one in itertools.islice(work.told, given.visits + WARM)
    ]
    _sent(server, bodies[:WARM], key, 4 * given.workers)  # until every worker knows the map
    busy, began = server.busy(), time.perf_counter()
    times = _sent(server, bodies[WARM:], key, clients)
    wall, busy = time.perf_counter() - began, server.busy() - busy
    return measuring.spread(times) | {
        "clients": clients,
        "per_second": round(len(times) / wall, 1),
        "cpu_ms_per_visit": round(1000 * busy / len(times), 2),
    }


def _sent(server: Serving, bodies: list[bytes], key: str, clients: int) -> list[float]:
    """Seconds from sending to receipt, of bodies shared among so many clients."""
    times: list[float] = []
    threads = [
        threading.Thread(target=_client, args=(server.port, bodies[n::clients], key, times))
        for n in range(clients)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return times


def _client(port: int, bodies: list[bytes], key: str, times: list[float]) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", port)
    for body in bodies:
        times.append(measuring.timed(partial(_post, connection, body, key)))


def _post(connection: http.client.HTTPConnection, body: bytes, key: str) -> None:
    head = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
    connection.request("POST", "/api/v1/operations", body, head)
    answer = json.loads(connection.getresponse().read())
    statuses = {one["status"] for one in answer["receipts"]}
    if statuses != {"accepted"}:
        raise SystemExit(f"a visit was not taken: {answer}")


if __name__ == "__main__":
    main()
