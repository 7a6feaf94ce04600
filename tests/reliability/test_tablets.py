"""Tablets push at the same time while the server is killed: what one was told is confirmed is there.

The pushes that meet are committed together, so a kill falls between the commits of several tablets;
each is the reference tablet, with its own key, its own numbers and its own outbox.
"""

import json
import os
import random
import subprocess
import sys
import threading
import time

import pytest

from tests.reliability.figures import write_down
from tests.reliability.installation import ROOT
from tuyen.cli import tablet
from tuyen.engines.sync.tablet import Recorded

TABLETS = 6
EACH = 40
KILLS = 2

PREPARE = """
import json, sys
import django; django.setup()
from datetime import date
import msgspec
from tests.unit.api.sync_world import World, household
from tuyen.apps.access import clock, devices
from tuyen.apps.access import walls
walls.trust_process(walls.Level.OWNER)
from tuyen.kernel.operation import Operation
tablets, each = map(int, sys.argv[1:])
world = World()
for n in range(tablets):
    user = world.user("station-head", world.stations[n % 2])
    code = devices.issue_code(by=world.actor(user), now=clock.real_now())
    made = [Operation.of(household(world, n % 2), unit=world.stations[n % 2],
                         happened_on=clock.today(), recorded_at=clock.now()) for _ in range(each)]
    print(json.dumps([code, [[str(o.id), msgspec.json.encode(o).decode()] for o in made]]))
"""


def prepared(installation):
    """For each tablet a code to enrol with, and what its user has signed."""
    environment = {**installation.environment,
                   "PYTHONPATH": os.pathsep.join([str(ROOT / "src"), str(ROOT)])}  # fmt: skip
    done = subprocess.run(
        [sys.executable, "-c", PREPARE, str(TABLETS), str(EACH)], env=environment, cwd=ROOT,
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


class Pushing(threading.Thread):
    """One tablet: it signs now and then, and talks until nothing is left, whatever breaks."""

    def __init__(self, installation, code, signed, seed):
        super().__init__(daemon=True)
        self.send = tablet.over_http(f"http://127.0.0.1:{installation.port}", timeout=20)
        self.device = tablet.enrol(self.send, code=code, label="máy thử")
        self.signed, self.chance, self.failed = signed, random.Random(seed), ""

    def run(self):
        waiting, ends = list(self.signed), time.monotonic() + 240
        while waiting or self.device.state.outbox:
            if time.monotonic() > ends:
                self.failed = "it never has said everything"
                return
            for id, line in waiting[: self.chance.randrange(1, 6)]:
                self.device.step(Recorded(tablet.saved(id, line.encode())))
                waiting.pop(0)
            held = len(self.device.state.outbox)
            tablet.talk(self.device, self.send, most=4)
            # A tablet waits before it tries again; six that do not would keep the server from starting.
            time.sleep(0.02 if len(self.device.state.outbox) < held else 0.5)


@pytest.mark.parametrize("workers", [pytest.param(1, marks=pytest.mark.nightly), 2])
def test_what_tablets_were_told_is_confirmed_survives_kills(either, workers):
    store, installation = either
    work = prepared(installation)
    installation.start(workers=workers)
    pushing = [Pushing(installation, *one, seed) for seed, one in enumerate(work)]
    for one in pushing:
        one.start()
    recovery = []
    for _ in range(KILLS):
        time.sleep(0.8)
        installation.kill()
        recovery.append(installation.start(workers=workers))
    for one in pushing:
        one.join()
    rows = installation._select(
        "SELECT id FROM journal_entry WHERE kind = 'registry.register_household' AND accepted"
    )
    homes = installation._select("SELECT id FROM registry_household")

    kept = [str(id).replace("-", "") for (id,) in rows]
    made = [str(id).replace("-", "") for (id,) in homes]
    told = [s.id.replace("-", "") for one in pushing for s in one.device.state.confirmed]
    assert [one.failed for one in pushing] == [""] * TABLETS
    assert len(told) == TABLETS * EACH
    missing, doubled = sorted(set(told) - set(kept)), len(made) - len(set(made))
    assert (missing, doubled) == ([], 0)
    assert sorted(made) == sorted(kept) == sorted(told)
    assert installation.verified()["sound"]
    write_down("`kill -9` while tablets push", store, faults=KILLS, acknowledged=len(told),
               lost=len(missing), recovery=recovery)  # fmt: skip
