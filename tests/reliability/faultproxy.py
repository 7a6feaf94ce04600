"""A bad network in user space: it stands between a client and the server and misbehaves.

No kernel module, no root: a developer's laptop can run it. What it does to each request is drawn
from a seed.
"""

import random
import socket
import threading
import time
from collections import Counter
from contextlib import suppress

KINDS = ("pass", "delay", "cut-request", "lose-answer", "truncate-answer", "duplicate", "reset")


class FaultProxy:
    """Listens on a loopback port and forwards HTTP requests to another, one at a time."""

    def __init__(
        self, port: int, seed: int, weights: tuple[int, ...] = (5, 2, 1, 2, 2, 3, 1)
    ) -> None:
        self.upstream, self.weights = port, weights
        self.chance = random.Random(seed)
        self.done: Counter[str] = Counter()
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self._lock = threading.Lock()
        self._open = True
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        self._open = False
        self.listener.close()

    @property
    def faults(self) -> int:
        return sum(count for kind, count in self.done.items() if kind != "pass")

    def _accept(self) -> None:
        while self._open:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        with client, suppress(OSError):
            while request := _message(client):
                with self._lock:
                    kind = self.chance.choices(KINDS, self.weights)[0]
                    part = self.chance.random()
                    self.done[kind] += 1
                if not self._forward(client, request, kind, part):
                    return

    def _forward(self, client: socket.socket, request: bytes, kind: str, part: float) -> bool:
        """Treat one request; false when the connection is over."""
        if kind == "reset":
            return False
        if kind == "delay":
            time.sleep(0.3 * part)
        if kind == "cut-request":
            with socket.create_connection(("127.0.0.1", self.upstream), 20) as server:
                server.sendall(request[: int(len(request) * part)])
            return False
        if kind == "duplicate":  # both at once: two workers meet the same operations
            threading.Thread(target=self._ask, args=(request,), daemon=True).start()
        answer = self._ask(request)
        if kind == "lose-answer":
            return False
        if kind == "truncate-answer":
            client.sendall(answer[: int(len(answer) * part)])
            return False
        client.sendall(answer)
        return True

    def _ask(self, request: bytes) -> bytes:
        with socket.create_connection(("127.0.0.1", self.upstream), 20) as server:
            server.settimeout(30)
            server.sendall(request)
            return _message(server)


def _message(side: socket.socket) -> bytes:
    """One HTTP message: its head, and as many bytes of body as the head says."""
    data = b""
    while b"\r\n\r\n" not in data:
        block = side.recv(65536)
        if not block:
            return b""
        data += block
    head, _, body = data.partition(b"\r\n\r\n")
    length = 0
    for line in head.split(b"\r\n")[1:]:
        name, _, value = line.partition(b":")
        if name.strip().lower() == b"content-length":
            length = int(value)
    while len(body) < length:
        block = side.recv(65536)
        if not block:
            return b""
        body += block
    return head + b"\r\n\r\n" + body
