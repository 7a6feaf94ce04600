"""A PostgreSQL of our own, on a private socket, that may be killed and started again."""

import glob
import os
import pwd
import shutil
import signal
import subprocess
import time
from pathlib import Path
from typing import Any

import psycopg
import pytest

from tests.reliability.installation import PATIENCE, children, end

PORT = 5998


def binaries() -> Path:
    """The folder with initdb of the newest PostgreSQL, or a skip that says so."""
    found = [Path(path).parent for path in glob.glob("/usr/lib/postgresql/*/bin/initdb")]
    fit = sorted(
        (f for f in found if float(f.parent.name) >= 15), key=lambda f: float(f.parent.name)
    )
    if not fit:
        pytest.skip("PostgreSQL 15 or newer is not in /usr/lib/postgresql")
    return fit[-1]


class Cluster:
    """One data folder and its server. ``sockets`` must be a short path."""

    def __init__(self, data: Path, sockets: Path, **options: str) -> None:
        self.data, self.sockets, self.options = data, sockets, options
        self.bin = binaries()
        self.process: subprocess.Popen[bytes] | None = None
        self.owner = "postgres" if os.geteuid() == 0 else None  # it refuses to run as root
        if self.owner:
            shutil.chown(sockets, self.owner)
            shutil.chown(data.parent, self.owner)

    def url(self, name: str = "postgres") -> str:
        user = pwd.getpwuid(os.geteuid()).pw_name
        return f"postgresql:///{name}?host={self.sockets}&port={PORT}&user={user}"

    def make(self) -> None:
        user = pwd.getpwuid(os.geteuid()).pw_name
        self._run("initdb", "-D", self.data, "--auth", "trust", "--encoding", "UTF8",
                  "--locale", "C.UTF-8", "-U", user, "--no-sync")  # fmt: skip

    def start(self) -> float:
        """Start, and recover if need be; returns the seconds until it takes connections.

        It is a child of this process, which buries it: a dead postmaster that nobody has buried
        looks alive to the next one.
        """
        began = time.monotonic()
        words = [f"--{name}={value}" for name, value in self.options.items()]
        with (self.sockets / "log").open("ab") as log:
            self.process = subprocess.Popen(
                [str(self.bin / "postgres"), "-D", str(self.data), "-k", str(self.sockets),
                 "-p", str(PORT), "--listen_addresses=", *words],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, **self._owner(),
            )  # fmt: skip
        while not self._answers():
            assert self.process.poll() is None, self._log()
            assert time.monotonic() - began < PATIENCE, self._log()
            time.sleep(0.05)
        return time.monotonic() - began

    def kill(self) -> None:
        """``kill -9`` of the postmaster; its children notice, or follow it."""
        assert self.process is not None
        family = children(self.process.pid)
        self.process.kill()
        self.process.wait()
        self.process = None
        ends = time.monotonic() + 1
        while any(_alive(pid) for pid in family):
            if time.monotonic() > ends:
                for pid in filter(_alive, family):
                    end(pid)
            time.sleep(0.02)

    def stop(self) -> None:
        """End it at once, whatever state it is in."""
        if self.process is None:
            return
        self.process.send_signal(signal.SIGQUIT)
        try:
            self.process.wait(10)
            self.process = None
        except subprocess.TimeoutExpired:
            self.kill()

    def _answers(self) -> bool:
        try:
            with psycopg.connect(self.url("template1"), connect_timeout=5):
                return True
        except psycopg.OperationalError:
            return False

    def _owner(self) -> dict[str, Any]:
        if self.owner is None:
            return {"cwd": "/"}
        group = pwd.getpwnam(self.owner).pw_gid
        return {"cwd": "/", "user": self.owner, "group": group, "extra_groups": []}

    def _log(self) -> str:
        log = self.sockets / "log"
        return log.read_text("utf-8", "replace")[-800:] if log.exists() else ""

    def _run(self, tool: str, *words: object) -> None:
        done = subprocess.run(
            [str(self.bin / tool), *map(str, words)], stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, check=False,
            env={**os.environ, "LC_ALL": "C.UTF-8"}, **self._owner(),
        )  # fmt: skip
        assert done.returncode == 0, f"{tool}: {done.stderr}"


def _alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"
