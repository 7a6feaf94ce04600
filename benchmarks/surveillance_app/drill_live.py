"""A drill played live by its own clock, from its first day to its last, and how late its moves came.

``python -m benchmarks.surveillance_app.drill_live --scenario dengue_border --speed 500``. The copy is
made of the demo in ``TUYEN_HOME``, served by a program of its own with two workers, and played beside
it: 28 days at 500 times take 81 minutes, of which the programs sleep most. Lateness is that of each
move behind the moment at which the drill's clock said it was due.
"""

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks import measuring
from benchmarks.measuring import Figures, note


def main() -> None:
    given = measuring.arguments(("scenario", "dengue_border"), ("speed", 500.0), ("seed", 2))
    source = os.environ["TUYEN_HOME"]
    with tempfile.TemporaryDirectory(prefix="tuyen-drill-") as folder:
        home = Path(folder) / "drill"
        began = time.perf_counter()
        _tuyen("drill", "start", given.scenario, "--from", source, "--home", str(home), "--no-serve",
               "--speed", f"{given.speed:g}", "--seed", str(given.seed))  # fmt: skip
        figures = {"copy_s": round(time.perf_counter() - began, 1)} | _live(home)
    measuring.tell({"live": {"scenario": given.scenario, "speed": given.speed} | figures})


def _tuyen(*words: str) -> None:
    subprocess.run([sys.executable, "-m", "tuyen", *words], check=True, stdout=subprocess.DEVNULL)


def _live(home: Path) -> Figures:
    note(f"playing in {home}")
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    program = subprocess.Popen(
        [sys.executable, "-m", "tuyen", "drill", "serve", "--home", str(home)],
        stdout=subprocess.DEVNULL,
    )
    try:
        while not (home / "lateness.json").exists() and program.poll() is None:
            time.sleep(1)
        wall = time.perf_counter() - began
    finally:
        program.terminate()
        program.wait(timeout=60)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    late = json.loads((home / "lateness.json").read_text(encoding="utf-8"))["real_seconds"]
    busy = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return {
        "minutes": round(wall / 60, 1), "cpu_s": round(busy, 1), "late": measuring.spread(late),
        "most_late_ms": round(max(late) * 1e3, 1),
    }  # fmt: skip


if __name__ == "__main__":
    main()
