"""An installation of its own, served by real processes that may be killed.

Everything runs as an operator would run it: ``tuyen migrate``, ``tuyen serve``, an API key, HTTP
on a loopback port. Only processes started here are ever killed, each by its number.
"""

import contextlib
import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

from tests.ports import free_port

ROOT = Path(__file__).resolve().parent.parent.parent
PATIENCE = 180  # seconds, of a machine that is beside other work; a server that hangs ends the test

_FIRST_ACCOUNT = """
import django; django.setup()
from datetime import timedelta
from django.core.management import call_command
call_command("migrate", verbosity=0)  # as `tuyen migrate` does, in one process with the rest
from tuyen.apps.access import clock, services
from tuyen.apps.access.actors import Actor
from tuyen.apps.access.operations import Appoint, CreatePost, OpenAccount
from tuyen.apps.journal.services import commit
from tuyen.kernel.ids import NODE
from tuyen.kernel.operation import Operation
now = clock.real_now(); day = now.date()
def send(payload):
    operation = Operation.of(payload, unit=NODE, happened_on=day, recorded_at=now)
    (receipt,) = commit(by=Actor.program(day), operations=[operation], at=now)
    assert receipt.status == "accepted", receipt
    return operation.id
user = send(OpenAccount(login="operator", name="Operator"))
post = send(CreatePost(role="administrator", since=day - timedelta(days=1)))
send(Appoint(post=post, user=user, since=day - timedelta(days=1)))
print(services.issue_key(user=user, label="load", days=2, now=now))
"""


def children(pid: int) -> list[int]:
    """The processes that a process of ours has started."""
    try:
        listed = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except OSError:
        return []
    return [int(child) for child in listed]


def end(pid: int) -> None:
    """``kill -9``; a process that has just ended by itself, as those do whose parent is gone, is ended."""
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)


def freeze(pid: int) -> None:
    """Stop a process and those that it started where they stand, as a power cut stops all at once.

    A call that is in the kernel ends there, and nobody is told: a thread that waits for the disk
    ("D") goes no further than the end of its call.
    """
    stopped: set[int] = set()
    while more := {pid, *children(pid)} - stopped:
        for one in more:
            with contextlib.suppress(ProcessLookupError):  # some come and go by themselves
                os.kill(one, signal.SIGSTOP)
        ends = time.monotonic() + PATIENCE
        while any(_states(one) - set("TtDZX") for one in more):
            assert time.monotonic() < ends, "a process does not stop"
        stopped |= more


def _states(pid: int) -> set[str]:
    """How each thread of a process stands, by its letter in /proc."""
    found = set()
    for task in Path(f"/proc/{pid}/task").glob("*/stat"):
        try:
            found.add(task.read_text().rpartition(")")[2].split()[0])
        except OSError:  # it ended meanwhile
            continue
    return found


class Installation:
    """A home, its store, and the server that may be running on it."""

    def __init__(self, home: Path, url: str = "") -> None:
        self.home, self.url = home, url or f"sqlite:///{home / 'tuyen.sqlite3'}"
        self.key = ""
        self.port = 0
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def environment(self) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith("TUYEN_")}
        return {
            **kept, "PYTHONPATH": str(ROOT / "src"), "TUYEN_HOME": str(self.home),
            "TUYEN_DATABASE_URL": self.url, "TUYEN_LOOPBACK": "1",
            "DJANGO_SETTINGS_MODULE": "tuyen.project.settings", "TUYEN_COMPILE": "0",
        }  # fmt: skip

    def tuyen(self, *words: object, **more: str) -> subprocess.CompletedProcess[str]:
        """Run one command of the program."""
        command = [sys.executable, "-m", "tuyen.cli.main", *map(str, words)]
        return subprocess.run(command, env={**self.environment, **more}, cwd=ROOT,
                              capture_output=True, text=True, check=False)  # fmt: skip

    def prepare(self) -> None:
        """Make the tables, an administrator and the key of a program that acts as that person."""
        self.home.mkdir(parents=True, exist_ok=True)
        done = subprocess.run([sys.executable, "-c", _FIRST_ACCOUNT], env=self.environment, cwd=ROOT,
                              capture_output=True, text=True, check=False)  # fmt: skip
        assert done.returncode == 0, done.stderr
        self.key = done.stdout.split()[-1]

    def start(self, workers: int = 1) -> float:
        """Serve; returns the seconds until the first answer."""
        assert self.process is None
        self.port = self.port or free_port()
        began = time.monotonic()
        command = [sys.executable, "-m", "tuyen.cli.main", "serve", "--port", str(self.port)]
        log = (self.home.parent / f"{self.home.name}.log").open("ab")
        self.process = subprocess.Popen([*command, "--workers", str(workers)], env=self.environment,
                                        cwd=ROOT, stdout=log, stderr=log)  # fmt: skip
        log.close()
        while not self.answers():
            assert self.process.poll() is None, "the server ended by itself"
            assert time.monotonic() - began < PATIENCE, "the server does not answer"
            time.sleep(0.05)
        return time.monotonic() - began

    def answers(self) -> bool:
        """Whether the server and its store answer a question now."""
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
        try:
            line.request("GET", "/api/v1/feed?limit=1", headers=self.headers)
            return line.getresponse().status == 200
        except OSError:
            return False
        except http.client.HTTPException:
            return False
        finally:
            line.close()

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.key}", "Content-Type": "application/json"}

    def kill(self) -> int:
        """``kill -9`` of the server and of its workers at once; returns how many processes."""
        assert self.process is not None
        family = [self.process.pid, *children(self.process.pid)]
        for pid in family:
            end(pid)
        self.process.wait()
        self.process = None
        self._wait_for_the_port()
        return len(family)

    def stop(self) -> None:
        """End the server as an operator does."""
        if self.process is None:
            return
        family = children(self.process.pid)
        self.process.terminate()
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            for pid in [self.process.pid, *family]:
                end(pid)
            self.process.wait()
        self.process = None

    def _wait_for_the_port(self) -> None:
        """Workers that were killed are buried by the system a moment later."""
        ends = time.monotonic() + PATIENCE
        while time.monotonic() < ends:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)):
                    return
            time.sleep(0.02)

    def kept(self) -> dict[str, int]:
        """Every accepted operation of the load in the journal: id -> position, from the store."""
        rows = self._select(
            "SELECT id, position FROM journal_entry WHERE kind = 'access.open_account' AND accepted"
        )
        return {str(id).replace("-", ""): position for id, position in rows}

    def applied(self) -> list[str]:
        """The rows that the load's operations made, by id."""
        return [str(id).replace("-", "") for (id,) in self._select("SELECT id FROM access_user")]

    def _select(self, sql: str) -> list[tuple]:
        if self.url.startswith("sqlite"):
            import sqlite3
            from contextlib import closing

            with closing(sqlite3.connect(self.url.removeprefix("sqlite:///"))) as db:
                return db.execute(sql).fetchall()
        import psycopg

        with psycopg.connect(self.url) as db:
            return db.execute(sql).fetchall()

    def verified(self) -> dict[str, object]:
        """What ``tuyen journal verify`` says of this store."""
        return json.loads(self.tuyen("journal", "verify", "--json").stdout)
