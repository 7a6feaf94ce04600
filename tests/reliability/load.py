"""Clients that send operations, remember which were acknowledged, and send again what was not."""

import http.client
import json
import random
import threading
import time
import uuid
from dataclasses import dataclass, field
from datetime import UTC, datetime

from tests.reliability.installation import Installation

NODE = "00000000-0000-7000-8000-000000000000"
_DONE = {"accepted", "already-had"}


def account(number: int, seed: str) -> dict[str, object]:
    """An operation that makes one row: the row's id is the operation's."""
    return {
        "id": str(uuid.uuid4()), "kind": "access.open_account", "unit": NODE,
        "happened_on": datetime.now(UTC).date().isoformat(),
        "recorded_at": datetime.now(UTC).isoformat(),
        "payload": {"login": f"load-{seed}-{number}", "name": "Người thử"},
    }  # fmt: skip


@dataclass
class Load:
    """What was sent and what came back. ``acknowledged`` maps an id to the position it was given."""

    target: Installation
    writers: int = 4
    largest: int = 12
    port: int = 0
    sent: list[list[dict]] = field(default_factory=list)
    acknowledged: dict[str, int] = field(default_factory=dict)
    unanswered: int = 0
    moved: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    _stop: threading.Event = field(default_factory=threading.Event)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _threads: list[threading.Thread] = field(default_factory=list)

    def begin(self) -> None:
        """Start the writers."""
        self._stop.clear()
        self._threads = [
            threading.Thread(target=self._write, args=(uuid.uuid4().hex[:8],), daemon=True)
            for _ in range(self.writers)
        ]
        for thread in self._threads:
            thread.start()

    def end(self) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join()

    def until(self, more: int, patience: float = 120) -> None:
        """Wait until some more operations have been acknowledged."""
        wanted, ends = len(self.acknowledged) + more, time.monotonic() + patience
        while len(self.acknowledged) < wanted:
            assert time.monotonic() < ends, "the load makes no headway"
            time.sleep(0.02)

    def _write(self, seed: str) -> None:
        number, line = 0, None
        while not self._stop.is_set():
            batch = [account(number + n, seed) for n in range(random.randint(1, self.largest))]
            number += len(batch)
            with self._lock:
                self.sent.append(batch)
            line = line or self._line()
            if not self._push(line, batch):
                line.close()
                line = None
                time.sleep(0.05)

    def _line(self) -> http.client.HTTPConnection:
        return http.client.HTTPConnection("127.0.0.1", self.port or self.target.port, timeout=20)

    def _push(self, line: http.client.HTTPConnection, batch: list[dict]) -> bool:
        """Send a batch once; only what a receipt says counts as acknowledged."""
        try:
            body = json.dumps({"operations": batch})
            line.request("POST", "/api/v1/operations", body, self.target.headers)
            answer = line.getresponse()
            content = answer.read()
            if answer.status != 200:
                raise OSError(f"status {answer.status}")
            receipts = json.loads(content)["receipts"]
        except (OSError, http.client.HTTPException, ValueError):
            with self._lock:
                self.unanswered += 1
            return False
        with self._lock:
            for receipt in receipts:
                self._note(receipt)
        return True

    def _note(self, receipt: dict) -> None:
        id = receipt["id"].replace("-", "")
        if receipt["status"] not in _DONE:
            self.refused.append(f"{id}: {receipt}")
            return
        if self.acknowledged.setdefault(id, receipt["position"]) != receipt["position"]:
            self.moved.append(id)

    def resend(self) -> None:
        """Send every batch again, in another order, until each was answered."""
        waiting = list(self.sent)
        random.shuffle(waiting)
        ends, line = time.monotonic() + 300, None
        while waiting:
            assert time.monotonic() < ends, "sending again makes no headway"
            line = line or self._line()
            if self._push(line, waiting[-1]):
                waiting.pop()
            else:
                line.close()
                line = None

    @property
    def operations(self) -> set[str]:
        return {str(one["id"]).replace("-", "") for batch in self.sent for one in batch}


def lost(load: Load) -> list[str]:
    """Acknowledged operations that the store does not have where their receipt says."""
    kept = load.target.kept()
    return [id for id, position in load.acknowledged.items() if kept.get(id) != position]


def settle(load: Load) -> int:
    """Send all of it again: everything is there once, under one position, and the chain is whole.

    Returns how many operations are there twice or were told two positions.
    """
    load.resend()
    applied = [id for id in load.target.applied() if id in load.operations]
    assert load.refused == []
    doubled = len(applied) - len(set(applied)) + len(load.moved)
    assert doubled == 0
    assert set(applied) == load.operations
    assert lost(load) == []
    proof = load.target.verified()
    assert proof["sound"], proof
    return doubled
