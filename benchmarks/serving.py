"""The real server, as ``tuyen serve`` starts it, on a loopback port of its own."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple


class Serving(NamedTuple):
    """A server that answers: its port, and its processes for who wants to know what they cost."""

    port: int
    pid: int

    def busy(self) -> float:
        """Seconds of processor time that the server and its workers have taken so far."""
        return sum(map(_busy, _family(self.pid)))

    def memory_mb(self) -> int:
        """Memory resident in the server and its workers now, in MB."""
        pages = [Path(f"/proc/{pid}/statm").read_text().split()[1] for pid in _family(self.pid)]
        return round(sum(map(int, pages)) * os.sysconf("SC_PAGE_SIZE") / 2**20)


@contextmanager
def served(workers: int) -> Iterator[Serving]:
    """Serve ``TUYEN_HOME`` and its store by so many workers for the length of a block."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [
        sys.executable, "-m", "tuyen", "serve", "--home", os.environ["TUYEN_HOME"],
        "--port", str(port), "--workers", str(workers),
    ]  # fmt: skip
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=_log())
    try:
        _wait(port, process)
        yield Serving(port, process.pid)
    finally:
        process.terminate()
        process.wait(20)


def _log() -> int:
    """Where the server complains: our own standard error, which the runner keeps."""
    return sys.stderr.fileno()


def _wait(port: int, process: subprocess.Popen[bytes]) -> None:
    for _ in range(300):
        if process.poll() is not None:
            raise SystemExit(f"the server ended with {process.returncode}")
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise SystemExit("the server did not answer within 30 seconds")


def _family(pid: int) -> list[int]:
    """A process and those it started, and those they started."""
    try:
        listed = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except OSError:
        return []
    return [pid, *(one for child in listed for one in _family(int(child)))]


def _busy(pid: int) -> float:
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
