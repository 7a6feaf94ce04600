"""Two drills, each served by a program of its own, are paired by a code and play one outbreak.

And the copy they play in is whole: its journal proves, and rebuilds its masked tables row by row.
"""

import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing

import pytest

from tests.journeys.conftest import Province

pytestmark = pytest.mark.nightly
JUMP = """
from tuyen.cli.start import office
office({home!r})
from datetime import timedelta
from tuyen.apps.access import clock
from tuyen.apps.surveillance.drills import clockwork
from tuyen.apps.surveillance.models import Drill
from tuyen.cli.drill.playing import _commit
clockwork.wind()
shows = Drill.objects.get().begins + timedelta(days={days})
_commit(clockwork.turned(speed=0.0, real=clock.real_now(), shows=shows), clock.now())
"""


def tuyen(*words):
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("TUYEN_", "DJANGO_"))}
    return subprocess.run(
        [sys.executable, "-m", "tuyen", *map(str, words)], capture_output=True, text=True,
        env=environment, check=False, timeout=900,
    )  # fmt: skip


def asked(home, sql):
    with closing(sqlite3.connect(f"file:{home}/tuyen.sqlite3?mode=ro", uri=True)) as db:
        return db.execute(sql).fetchone()[0]


def wait_for(found, seconds=900):
    for _ in range(seconds * 2):
        if hit := found():
            return hit
        time.sleep(0.5)
    raise AssertionError("it did not come")


@pytest.fixture
def served():
    """Serve drills; each is stopped again, by its own id."""
    programs = []

    def serve(home):
        program = subprocess.Popen(
            [sys.executable, "-m", "tuyen", "drill", "serve", "--home", home]
        )
        programs.append(program)
        wait_for((home / "clock.json").exists)
        mark = json.loads((home / "drill.json").read_text(encoding="utf-8"))
        return f"http://127.0.0.1:{mark['port']}"

    yield serve
    for program in programs:
        program.send_signal(signal.SIGTERM)
        program.wait(timeout=120)


def test_a_case_that_crossed_the_border_is_seen_on_the_other_side(
    province: Province, tmp_path, served
):
    a, b = tmp_path / "a", tmp_path / "b"
    start = ("drill", "start", "dengue_border", "--from", province.home, "--no-serve", "--speed", 0)
    assert tuyen(*start, "--home", a, "--seed", 2).returncode == 0
    address = served(a)
    code = tuyen("drill", "code", "--home", a).stdout.split()[0]

    def join(url, code):
        return tuyen(*start, "--home", b, "--join", url, "--code", code)

    wait_for(lambda: "not-reached" not in join(address, "").stderr)
    assert "other-side-refused" in join(address, "A" * 20).stderr
    assert "other-side-is-no-drill" in join(province.url, code).stderr  # a real installation
    assert not b.exists()
    joined = join(address, code)
    assert joined.returncode == 0, joined.stderr
    served(b)

    subprocess.run([sys.executable, "-c", JUMP.format(home=str(a), days=22)], check=True)
    crossed = "SELECT count(*) FROM surveillance_eventsignal WHERE reporter LIKE '%phía bên kia%'"
    wait_for(lambda: asked(a, crossed) + asked(b, crossed))

    shown = "SELECT shows FROM surveillance_drill"
    assert asked(b, shown) == asked(a, shown)  # side B follows the clock of side A
    notices = "SELECT count(*) FROM surveillance_drillmessage WHERE sort = 'notice'"
    wait_for(lambda: asked(a, notices) and asked(b, notices))
    assert asked(province.home, crossed) == 0


def test_the_masked_copy_of_a_demo_is_rebuilt_from_its_own_journal(province: Province, tmp_path):
    home = tmp_path / "drill"
    made = tuyen("drill", "start", "measles_village", "--from", province.home, "--home", home,
                 "--no-serve")  # fmt: skip
    assert made.returncode == 0, made.stderr

    proved = tuyen("journal", "verify", "--home", home)
    rebuilt = tuyen("journal", "replay", "--home", home)

    assert proved.returncode == 0, proved.stderr
    assert rebuilt.returncode == 0, rebuilt.stderr
    assert "DIFFERS" not in rebuilt.stdout
    for table in ("immunization_dose", "immunization_status", "supply_movement", "supply_reading"):
        assert asked(home, f"SELECT count(*) FROM {table}") > 0, table
