"""A demo that is built once for all suites of a run, and copied by whoever goes in.

Building it takes longer than any test. ``./run test`` names the folder in which it is kept; without
it, each run of pytest builds its own.
"""

import fcntl
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

PEOPLE = 1500
SAID = "said.txt"


def tuyen(*words: str) -> subprocess.CompletedProcess[str]:
    """The program, run as anybody would run it, with nothing from the environment of the tests."""
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("TUYEN_", "DJANGO_"))}
    environment["TUYEN_LANGUAGE"] = "en"
    return subprocess.run(
        [sys.executable, "-m", "tuyen", *words], env=environment, capture_output=True, text=True
    )


def copy_of_demo(home: Path, factory: pytest.TempPathFactory) -> str:
    """A demo in ``home`` in which nobody has been, and what was printed when it was built."""
    kept = _kept(factory)
    kept.mkdir(parents=True, exist_ok=True)
    with (kept / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # two processes may come at once: the first builds
        if not (kept / "demo").exists():
            building = kept / "building"
            done = tuyen("demo", "--people", str(PEOPLE), "--no-serve", "--home", str(building))
            assert done.returncode == 0, done.stderr[-2000:]
            (kept / SAID).write_text(done.stdout, encoding="utf-8")
            building.rename(kept / "demo")
        shutil.copytree(kept / "demo", home)
    return (kept / SAID).read_text(encoding="utf-8")


def _kept(factory: pytest.TempPathFactory) -> Path:
    if "TUYEN_TEST_DEMO" in os.environ:
        return Path(os.environ["TUYEN_TEST_DEMO"])
    base = factory.getbasetemp()
    return (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "demo-of-this-run"
