"""The reference tablet over real HTTP: enrolled, filled, heard and ordered by the operator's door."""

import json
import os
import subprocess
import sys
import time
import urllib.error
import urllib.request

import pytest

from tests.ports import free_port

PREPARE = """
import os; os.environ["DJANGO_SETTINGS_MODULE"] = "tuyen.project.settings"
from datetime import date, datetime, UTC
import django; django.setup()
from tests.unit.api.sync_world import World, household
import msgspec
from tuyen.apps.access import clock
from tuyen.apps.access.operations import Appoint, CreatePost, OpenAccount
from tuyen.kernel.operation import Operation
w = World()
w.household(0, "Giàng A Pó")
(user,) = w.send(OpenAccount(login="en", name="Vì Thị Én"))
(post,) = w.send(CreatePost(role="station-head", since=date(2020, 1, 1)), unit=w.stations[0])
w.send(Appoint(post=post, user=user, since=date(2020, 1, 1)), unit=w.stations[0])
for n in range(300):
    made = Operation.of(household(w), unit=w.stations[0], happened_on=clock.today(),
                        recorded_at=clock.now())
    print(msgspec.json.encode(made).decode())
"""


@pytest.fixture
def installation(tmp_path):
    """A served installation with one station head; yields (run, address, operations)."""
    port = free_port()
    kept = {name: value for name, value in os.environ.items() if not name.startswith("TUYEN_")}
    environment = {**kept, "TUYEN_HOME": str(tmp_path / "home"), "TUYEN_LOOPBACK": "1",
                   "TUYEN_COMPILE": "0", "PYTHONPATH": os.pathsep.join(["src", "."])}  # fmt: skip

    def run(*words, code=None):
        command = [sys.executable, "-c", code] if code else [sys.executable, "-m", "tuyen", *words]
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
        assert done.returncode in (0, 1), done.stderr
        return done

    run("migrate")
    operations = tmp_path / "operations.jsonl"
    operations.write_text(run(code=PREPARE).stdout)
    server = subprocess.Popen(
        [sys.executable, "-m", "tuyen", "serve", "--port", str(port), "--workers", "1"],
        env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    address = f"http://127.0.0.1:{port}"
    try:
        for _ in range(600):
            try:
                urllib.request.urlopen(f"{address}/api/v1/openapi.json", timeout=5)
                break
            except (urllib.error.URLError, OSError):
                time.sleep(0.2)
        yield run, address, operations
    finally:
        server.terminate()
        server.wait(120)


@pytest.mark.nightly  # a minute of real waiting; the model and the real server are tried at every change
def test_a_tablet_sends_and_receives_over_a_bad_line(installation, tmp_path):
    run, address, operations = installation
    code = run("device", "enrol", "en").stdout.split()[0]
    held = tmp_path / "held.jsonl"

    said = run("device", "simulate", "--server", address, "--code", code, "--loss", "0.3",
               "--operations", str(operations), "--out", str(held))  # fmt: skip

    assert "300 operations confirmed, 0 set aside, 0 still here" in said.stdout
    kinds = [json.loads(line)[0] for line in held.read_text().splitlines()]
    assert (kinds.count("registry.household"), kinds.count("registry.person")) == (301, 301)
    listed = json.loads(run("device", "list", "--json").stdout)
    assert (listed["state"], listed["login"], listed["protocol"]) == ("active", "en", 4)
    ordered = run("device", "wipe", listed["id"], "--reason", "thử lệnh xóa")
    assert ordered.returncode == 0
    assert run("device", "wipe", listed["id"], "--reason", "lần nữa").returncode == 1
