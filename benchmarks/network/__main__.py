"""All measurements of the network in one run, as tables for docs/benchmarks.md.

``python -m benchmarks.network DATA [--peers PYTHON] [--demo DIR] [--only PART ...] [--full]``. DATA holds published instances
and Viet Nam's communes (``INDEX.csv``, a folder for each set, ``vn``); PYTHON is an interpreter with ``pyvrp``, ``spopt``,
``ortools`` and ``scikit-image``, of which any may lack; DIR a demo's folder for the studio. Each part runs by itself in a
process of its own, within ten minutes unless ``--full``. Parts: siting, travel, decision, routing, studio, reorganisation.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks import measuring
from benchmarks.network.peers import table

PARTS = ("siting", "travel", "decision", "routing", "studio", "reorganisation")
SOME = (
    "cvrp_x/X-n101-k25",
    "cvrp_x/X-n214-k11",
    "pvrp/p08",
    "pvrp/p32",
    "pvrp/pr08",
    "mdpvrp/pr09",
)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("data", type=Path)
    parser.add_argument("--peers", type=Path)
    parser.add_argument("--demo", type=Path)
    parser.add_argument("--only", nargs="*", choices=PARTS, default=PARTS)
    parser.add_argument("--full", action="store_true")
    given = parser.parse_args()
    peers = ["--peers", str(given.peers)] if given.peers else []
    pyvrp = ["--pyvrp", str(given.peers)] if given.peers else []
    data, full = str(given.data), given.full
    commands = {
        "siting": ["peers", data, *peers, "--seconds", "120" if full else "25"],
        "travel": ["travel", *peers],
        "decision": ["decision", data, "--peer-seconds", "60" if full else "15"],
        "routing": ["routing", data, *pyvrp, "--seconds", "60" if full else "20",
                    *([] if full else ["--only", *SOME])],
        "studio": ["studio"],
    }  # fmt: skip
    for part in given.only:
        if part == "studio" and given.demo is None:
            measuring.note("studio: left out, name a demo with --demo")
            continue
        print(f"\n### {part}\n", flush=True)
        began = time.monotonic()
        if part == "reorganisation":
            reorganised()
        else:
            more = {"TUYEN_HOME": str(given.demo)} if part == "studio" else {}
            run([f"benchmarks.network.{commands[part][0]}", *commands[part][1:]], more)
        print(f"\n{part}: {time.monotonic() - began:.0f} s by the wall", flush=True)


def run(words: list[str], more: dict[str, str]) -> None:
    subprocess.run([sys.executable, "-m", *words], env={**os.environ, **more}, check=False)


def reorganised() -> None:
    """129 communes become 45 and 84 points with 650,000 people: previewed, applied, undone, on SQLite."""
    with tempfile.TemporaryDirectory(prefix="reorganised-") as home:
        env = {**os.environ, "TUYEN_HOME": home, "TUYEN_LOOPBACK": "1",
               "DJANGO_SETTINGS_MODULE": "tuyen.project.settings"}  # fmt: skip
        words = [sys.executable, "-m", "benchmarks.registry_app.reorganisation", "--tablets", "6"]
        done = subprocess.run(words, env=env, stdout=subprocess.PIPE, text=True, check=False)
    if done.returncode:
        print("failed")
        return
    found = json.loads(done.stdout.strip().splitlines()[-1])
    head = (
        "people",
        "communes",
        "preview s",
        "apply s",
        "undo s",
        "every table the same after undoing",
    )
    row = (f"{found['people']:,}", found["communes"], found["preview_s"], found["apply_s"], found["undo_s"],
           "yes" if found["equal_after_undo"] else "**no**")  # fmt: skip
    for line in table(head, [row]):
        print(line)


if __name__ == "__main__":
    main()
