"""Every main screen through Django's test client: time, number of queries, size.

``python -m benchmarks.screens.in_process``. Three situations: the first request of a process, with
every cache cold; the ordinary one; and the first after somebody reported a case, which makes the
caches of surveillance stale.
"""

import itertools
import time
from typing import Any

from benchmarks import installation, measuring, profiling
from benchmarks.measuring import Figures, note


def main() -> None:
    given = measuring.arguments(("requests", 40), ("changes", 6))
    demo = installation.opened()
    from benchmarks.journal.reports import reports

    told = reports(given.changes * 12 + 1, installation.day(demo))
    office = _Office(demo)
    figures: Figures = {}
    for screen in office.screens:
        note(screen.name)
        figures[screen.name] = office.measure(screen, given.requests, given.changes, told)
    measuring.tell({"screens": figures, "peak_mb": measuring.peak_mb()})


class _Office:
    """A browser for each login, and the screens."""

    def __init__(self, demo: Figures) -> None:
        from django.test import Client

        from benchmarks.screens.addresses import WHO, screens
        from tuyen.apps.access.models import User

        self.demo, self.screens = demo, screens()
        self.clients: dict[str, Client] = {}
        for login in WHO:
            user = User.objects.filter(login=login).first()
            if user is not None:
                self.clients[login] = Client(SERVER_NAME="localhost")
                backend = "django.contrib.auth.backends.ModelBackend"
                self.clients[login].force_login(user, backend=backend)

    def measure(self, screen: Any, requests: int, changes: int, told: Any) -> Figures:
        if not screen.addresses:
            return {"absent": "this version has no such route"}
        began = time.perf_counter()
        login, answer = self._who_may(screen.addresses[0])
        cold = time.perf_counter() - began
        if login is None:
            return {"absent": f"answered {answer.status_code} to everybody"}
        client, turn = self.clients[login], itertools.cycle(screen.addresses)
        for address in screen.addresses[:3]:
            client.get(address)
        ordinary = [measuring.timed_both(lambda: client.get(next(turn))) for _ in range(requests)]
        stale = []
        for _ in range(changes):
            self._report(next(told))
            stale.append(measuring.timed_both(lambda: client.get(next(turn))))
        return measuring.spread_both(ordinary) | {
            "login": login, "first_ms": round(cold * 1e3, 1), "queries": self._queries(client, screen),
            "after_a_report": measuring.spread_both(stale), "kb": len(answer.content) // 1024,
            "profile": profiling.shares(lambda: [client.get(next(turn)) for _ in range(5)]),
        }  # fmt: skip

    def _who_may(self, address: str) -> tuple[str | None, Any]:
        answer = None
        for login, client in self.clients.items():
            answer = client.get(address)
            if answer.status_code == 200:
                return login, answer
        return None, answer

    def _queries(self, client: Any, screen: Any) -> list[int]:
        """The least and the most statements that a request of the screen takes."""
        from django.db import connection
        from django.test.utils import CaptureQueriesContext

        counts = []
        for address in screen.addresses:
            with CaptureQueriesContext(connection) as captured:
                client.get(address)
            counts.append(len(captured))
        return [min(counts), max(counts)]

    def _report(self, operation: Any) -> None:
        from tuyen.apps.access.actors import Actor
        from tuyen.apps.journal.services import commit

        on = installation.day(self.demo)
        commit(
            by=Actor.program(on, channel="import", name="Benchmark"), operations=[operation],
            at=installation.evening(on),
        )  # fmt: skip


if __name__ == "__main__":
    main()
