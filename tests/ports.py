"""A port for a server that a test starts."""

import socket
from random import SystemRandom

# Below those from which the system takes one for whoever calls out (32768 on, on Linux): between the look
# and the server's start, or while a server that was killed comes back, a caller would get it.
_OURS = range(20_000, 32_000)


def free_port() -> int:
    """One on which nobody listens now; raises ``OSError`` where there is none."""
    for port in SystemRandom().sample(_OURS, 100):
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise OSError("a hundred ports were tried, and each is taken")
