"""Run the benchmarks, keep what they found, and write it into the documentation.

    ./run bench --postgres       everything, at 60,000 and 650,000 people, on both stores
    ./run bench --quick          at 20,000 people, fewer rounds: does it run, and roughly how fast
    ./run bench --only screens   one part or several: engines, demo, commits, proof, screens, served,
                                 search, scan, duplicates, reorganise, sync
    ./run bench --render         only write docs/benchmarks.md again from what was kept

A full run is kept in benchmarks/results/VERSION.json, one small file per release, and fills the
tables of docs/benchmarks.md. Other runs are kept in var/bench/ and printed. Each part runs in a
process of its own, on a copy of the installation, so that none sees what another wrote.

    --have 60000=DIR             use the demo in DIR instead of building one

PostgreSQL is measured when TUYEN_DATABASE_URL names one, in databases made for it on that server.
"""

import argparse
import json
import os
import platform
import shutil
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from ops import bench_tables
from tuyen import __version__

ROOT = Path(__file__).resolve().parent.parent
RESULTS = ROOT / "benchmarks" / "results"
DOCS = ROOT / "docs" / "benchmarks.md"
WORK = ROOT / "var" / "bench"

PARTS = (
    "engines", "demo", "commits", "proof", "screens", "served", "search", "scan", "duplicates",
    "reorganise", "sync",
)  # fmt: skip
FULL = {
    "sizes": (60_000, 650_000), "commits": ["--rounds", "12"],
    "proof": ["--entries", "1000000", "--rounds", "3"],
    "screens": ["--requests", "60", "--changes", "8"], "served": ["--requests", "100"],
    "search": ["--rounds", "25"], "scan": ["--rounds", "5"], "engines": [],
    "duplicates": ["--planted", "500", "--asked", "60"], "reorganise": ["--tablets", "24"],
    "sync": ["--devices", "10000", "--operations", "300000", "--people", "20000", "--feed", "18000"],
}  # fmt: skip
QUICK = {
    "sizes": (20_000,), "commits": ["--rounds", "3", "--singles", "20"],
    "proof": ["--entries", "100000", "--rounds", "1"],
    "screens": ["--requests", "12", "--changes", "2"], "served": ["--requests", "16"],
    "search": ["--rounds", "5"], "scan": ["--rounds", "1"],
    "engines": ["--benchmark-max-time", "0.2", "--benchmark-min-rounds", "2"],
    "duplicates": ["--planted", "100", "--asked", "20"], "reorganise": ["--tablets", "6"],
    "sync": ["--devices", "300", "--operations", "9000", "--people", "4000", "--feed", "1800"],
}  # fmt: skip
MODULES = {
    "commits": "benchmarks.journal.commits",
    "proof": "benchmarks.journal.proof",
    "screens": "benchmarks.screens.in_process",
    "served": "benchmarks.screens.served",
    "search": "benchmarks.registry_app.search",
    "scan": "benchmarks.surveillance_app.nightly",
    "duplicates": "benchmarks.registry_app.duplicates",
    "reorganise": "benchmarks.registry_app.reorganisation",
    "sync": "benchmarks.sync.everything",
}
SMALLEST_ONLY = {"commits", "proof", "sync"}
"""Parts whose size is their own: batches of 500, a million entries, ten thousand tablets."""
FROM_NOTHING = {"reorganise"}
"""Parts that begin with an empty installation and people of their own: as many as the demo has."""

Figures = dict[str, Any]


def main(argv: list[str]) -> int:
    given = _arguments(argv)
    if given.render:
        return _render()
    profile = QUICK if given.quick else FULL
    parts = given.only or list(PARTS)
    have = dict(pair.split("=", 1) for pair in given.have)
    run = Run(profile, parts, {int(size): Path(place) for size, place in have.items()})
    server = os.environ.get("TUYEN_DATABASE_URL", "")
    WORK.mkdir(parents=True, exist_ok=True)
    result = _facts("quick" if given.quick else "full")
    result["parts"] = run.everything(server if server.startswith("postgres") else "")
    result["absent"] = run.absent
    whole = not given.quick and not given.only
    place = RESULTS / f"{result['version']}.json" if whole else WORK / "last.json"
    place.parent.mkdir(exist_ok=True)
    place.write_text(json.dumps(result, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    print(bench_tables.written(result))
    for missing in run.absent:
        print(f"Did not run: {missing}.")
    print(f"Kept in {place.relative_to(ROOT)}.")
    if whole:
        _render()
    return 1 if run.absent else 0


def _arguments(argv: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--only", nargs="+", choices=PARTS, metavar="PART")
    parser.add_argument("--have", nargs="*", default=[], metavar="PEOPLE=DIR")
    parser.add_argument("--render", action="store_true")
    return parser.parse_args(argv)


def _facts(profile: str) -> Figures:
    """What a figure means nothing without: the machine, the day, the commit."""
    commit = subprocess.run(
        ["git", "-C", ROOT, "rev-parse", "--short", "HEAD"],
        capture_output=True, text=True, check=False,
    ).stdout.strip()  # fmt: skip
    model = [
        line.partition(":")[2].strip()
        for line in Path("/proc/cpuinfo").read_text().splitlines()
        if line.startswith("model name")
    ]
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return {
        "version": __version__, "profile": profile, "commit": commit,
        "date": datetime.now(UTC).date().isoformat(),
        "machine": {
            "processor": model[0] if model else platform.machine(), "cores": os.cpu_count(),
            "memory_gb": round(memory), "python": platform.python_version(),
            "load_before": round(os.getloadavg()[0], 2),
        },
    }  # fmt: skip


class Run:
    """One run of the benchmarks: which parts, how thorough, and what could not run."""

    def __init__(self, profile: Figures, parts: list[str], have: dict[int, Path]) -> None:
        self.profile, self.parts, self.have = profile, parts, have
        self.absent: list[str] = []

    def everything(self, postgres: str) -> Figures:
        found: Figures = {}
        if "engines" in self.parts:
            found["engines"] = self._engines()
        for number, size in enumerate(self.profile["sizes"]):
            if number and not set(self.parts) - SMALLEST_ONLY - {"engines"}:
                continue
            home = self._demo(size, found)
            if home is None:
                continue
            self._on_store("sqlite", size, home, "", found)
            if postgres:
                self._on_postgres(size, home, postgres, found)
        if not postgres and set(self.parts) & set(MODULES):
            print("PostgreSQL is left out; ./run bench --postgres starts one and measures it too.")
        return found

    def _demo(self, size: int, found: Figures) -> Path | None:
        """A demo of ``size`` people, built and measured unless there is one."""
        if size in self.have:
            return self.have[size]
        if not set(self.parts) & {"demo", *MODULES}:
            return None
        home = WORK / f"demo-{size}"
        figures = self._module(
            f"demo of {size:,}", "benchmarks.demo.build", ["--people", str(size), "--home", str(home)],
            {},
        )  # fmt: skip
        if figures is None:
            return None
        found.setdefault("demo", {})[str(size)] = figures
        self.have[size] = home
        return home

    def _on_store(self, store: str, size: int, home: Path, url: str, found: Figures) -> None:
        for part in self.parts:
            first = size == self.profile["sizes"][0]
            if part not in MODULES or (part in SMALLEST_ONLY and not first):
                continue
            with_copy = WORK / "copy"
            shutil.rmtree(with_copy, ignore_errors=True)
            options = self.profile[part]
            if part in FROM_NOTHING:
                with_copy.mkdir(parents=True)
                options = [*options, "--people", str(size)]
            else:
                shutil.copytree(home, with_copy)
            place = {"TUYEN_HOME": str(with_copy)} | ({"TUYEN_DATABASE_URL": url} if url else {})
            title = f"{part}, {size:,} people, {store}"
            figures = self._module(title, MODULES[part], options, place)
            if figures is not None:
                found.setdefault(part, {}).setdefault(store, {})[str(size)] = figures
            shutil.rmtree(with_copy, ignore_errors=True)

    def _on_postgres(self, size: int, home: Path, postgres: str, found: Figures) -> None:
        """The same rows in a database of its own. The journal's parts come last: they write."""
        parts = urlsplit(postgres)
        url = urlunsplit(parts._replace(path=f"/bench_{size}"))
        if not self._database(postgres, f"bench_{size}", size):
            return
        place = {"TUYEN_HOME": str(home), "TUYEN_DATABASE_URL": url}
        if self._module(f"copy of {size:,} to PostgreSQL", "benchmarks.copying", [], place) is None:
            return
        whole = self.parts
        order = ("search", "scan", "duplicates", "screens", "served", "commits", "proof", "sync")
        self.parts = [part for part in order if part in whole]
        try:
            self._on_store("postgresql", size, home, url, found)
            if "reorganise" in whole and self._database(postgres, f"bench_{size}", size):
                self.parts = ["reorganise"]
                self._on_store("postgresql", size, home, url, found)
        finally:
            self.parts = whole

    def _database(self, postgres: str, name: str, size: int) -> bool:
        """An empty database of this name, whatever was there before."""
        made = subprocess.run(
            [sys.executable, "-c", _CREATE, postgres, name],
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        if made.returncode:
            self.absent.append(f"PostgreSQL at {size:,} people: {made.stderr.strip()[-200:]}")
        return not made.returncode

    def _module(
        self, title: str, module: str, options: list[str], place: dict[str, str]
    ) -> Figures | None:
        """Run one benchmark; its standard output is its result."""
        print(f"{time.strftime('%H:%M:%S')}  {title} ...", file=sys.stderr, flush=True)
        env = {name: value for name, value in os.environ.items() if not name.startswith("TUYEN_")}
        env |= {"PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}", "TUYEN_LOOPBACK": "1"} | place
        log = WORK / "log.txt"
        with log.open("w") as errors:
            done = subprocess.run(
                [sys.executable, "-m", module, *options],
                cwd=ROOT, env=env, stdout=subprocess.PIPE, stderr=errors, text=True, check=False,
            )  # fmt: skip
        if done.returncode:
            last = log.read_text(errors="replace").strip().splitlines()[-1:]
            self.absent.append(f"{title}: {last[0] if last else done.returncode}")
            return None
        figures: Figures = json.loads(done.stdout.strip().splitlines()[-1])
        return figures

    def _engines(self) -> Figures:
        """The pure engines, which pytest-benchmark measures beside their peers."""
        print(f"{time.strftime('%H:%M:%S')}  engines ...", file=sys.stderr, flush=True)
        kept = WORK / "engines.json"
        kept.unlink(missing_ok=True)
        files = sorted(str(file) for file in (ROOT / "benchmarks").glob("*/test_*.py"))
        command = [
            sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:xdist",
            "--benchmark-only", f"--benchmark-json={kept}", *self.profile["engines"], *files,
        ]  # fmt: skip
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
        if done.returncode or not kept.exists():
            self.absent.append(f"engines: {done.stdout.strip().splitlines()[-1:]}")
        if not kept.exists():
            return {}
        return {
            one["fullname"].removeprefix("benchmarks/"): {
                "median_ms": round(one["stats"]["median"] * 1e3, 3),
                "rounds": one["stats"]["rounds"],
                **one["extra_info"],
            }
            for one in json.loads(kept.read_text())["benchmarks"]
        }


_CREATE = """
import sys, psycopg
with psycopg.connect(sys.argv[1], autocommit=True) as connection:
    connection.execute(f"DROP DATABASE IF EXISTS {sys.argv[2]}")
    connection.execute(f"CREATE DATABASE {sys.argv[2]} TEMPLATE template0")
"""


def _render() -> int:
    """Put the tables of the newest full run, and the history, into the page."""
    kept = [json.loads(file.read_text(encoding="utf-8")) for file in RESULTS.glob("*.json")]
    if not kept:
        print(f"Nothing is kept in {RESULTS.relative_to(ROOT)} yet.")
        return 1
    kept.sort(key=lambda result: (result["date"], result["version"]))
    page = DOCS.read_text(encoding="utf-8")
    DOCS.write_text(bench_tables.filled(page, kept), encoding="utf-8")
    print(f"Wrote {DOCS.relative_to(ROOT)}.")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
