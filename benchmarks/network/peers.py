"""Siting beside spopt and OR-Tools, in the same run: seconds, memory, gap, and whether what they say is true.

``python -m benchmarks.network.peers DATA [--peers PYTHON] [--seconds 30] [--only INSTANCE ...]``. DATA holds ``INDEX.csv``
(set, instance, p_or_days, best) and the folders ``pmed`` and ``pmedcap``; it is not part of the project. PYTHON is an
interpreter that has ``spopt`` (with PuLP) and ``ortools``; what it lacks is left out, and named. Each answer is made by a
process of its own with one thread and that many seconds; memory is the most that the process held. A status is *false*
where *optimal* was said of a worse value than the best known, or a bound lies above it. Prints a table.
"""

import argparse
import csv
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks import measuring

SAMPLE = ("pmed1", "pmed11", "pmed21", "pmedcap01", "pmedcap11")
COMMON = """
import json, resource, sys, time
import numpy as np
held = np.load(sys.argv[1]); cost, weight, capacity = held["cost"], held["weight"], held["capacity"]
p, seconds, capped = int(held["p"]), float(sys.argv[2]), bool(held["capped"])
began = time.perf_counter()
def tell(status, value, bound):
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"status": status, "objective": value, "bound": bound,
                      "seconds": round(time.perf_counter() - began, 2), "mb": round(most)}))
"""
SPOPT = (
    COMMON
    + """
import pulp
from spopt.locate import PMedian
if capped:
    raise SystemExit("no such model")
solver = pulp.HiGHS(timeLimit=seconds, threads=1, msg=False)
model = PMedian.from_cost_matrix(cost, np.ones(len(weight)), p_facilities=p)
began = time.perf_counter()
try:
    model = model.solve(solver)
    tell(pulp.LpStatus[model.problem.status].lower(), pulp.value(model.problem.objective), None)
except RuntimeError as failed:
    tell(str(failed).splitlines()[0][:60], None, None)
"""
)
ORTOOLS = (
    COMMON
    + """
from ortools.sat.python import cp_model
m, n = cost.shape
model = cp_model.CpModel()
open_ = [model.new_bool_var("") for _ in range(n)]
at = [[model.new_bool_var("") for _ in range(n)] for _ in range(m)]
for i in range(m):
    model.add_exactly_one(at[i])
    for j in range(n):
        model.add_implication(at[i][j], open_[j])
model.add(sum(open_) == p)
if capped:
    for j in range(n):
        model.add(sum(int(weight[i]) * at[i][j] for i in range(m)) <= int(capacity[j]) * open_[j])
model.minimize(sum(int(cost[i, j]) * at[i][j] for i in range(m) for j in range(n)))
solver = cp_model.CpSolver()
solver.parameters.max_time_in_seconds, solver.parameters.num_workers = seconds, 1
status = solver.solve(model)
some = status in (cp_model.OPTIMAL, cp_model.FEASIBLE)
tell(solver.status_name(status).lower(), solver.objective_value if some else None, solver.best_objective_bound)
"""
)
OURS = """
import json, resource, sys, time
from benchmarks.network.peers import read
from tuyen.engines.network import siting
path, kind, p, seconds = sys.argv[1], sys.argv[2], int(sys.argv[3]), float(sys.argv[4])
task, ask = read(path), siting.Question("pmedcap" if kind == "pmedcap" else "pmedian", p)
siting.warm(ask, task)
_ = task.costs
began = time.perf_counter()
answer = siting.solve(ask, task, lambda: seconds - (time.perf_counter() - began))
print(json.dumps({"status": answer.status, "objective": answer.objective, "bound": answer.bound,
                  "seconds": round(time.perf_counter() - began, 2),
                  "mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)}))
"""
HEAD = (
    "instance",
    "n",
    "p",
    "who",
    "s",
    "MB",
    "above the best known",
    "bound below it",
    "says",
    "true",
)


def read(path: str) -> Any:
    """A published instance as our siting reads it."""
    from tuyen.engines.network.siting_files import read_any

    return read_any(Path(path).read_text(encoding="utf-8"), Path(path).name)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("data", type=Path)
    parser.add_argument("--peers", type=Path)
    parser.add_argument("--seconds", type=float, default=30.0)
    parser.add_argument("--only", nargs="*", default=SAMPLE)
    given = parser.parse_args()
    for line in table(HEAD, rows(given.data, given.peers, given.seconds, given.only)):
        print(line)


def table(head: Any, told: Any) -> Any:
    """The lines of a table of Markdown."""
    yield "| " + " | ".join(head) + " |"
    yield "|" + " --- |" * len(head)
    for row in told:
        yield "| " + " | ".join(str(cell) for cell in row) + " |"


def rows(data: Path, peers: Path | None, seconds: float, only: Any) -> Any:
    with (data / "INDEX.csv").open(encoding="utf-8") as file:
        index = [row for row in csv.DictReader(file) if row["instance"] in only]
    for row in index:
        kind, name, p, best = row["set"], row["instance"], row["p_or_days"], float(row["best"])
        found = next((data / kind).glob(f"{name}.*"), None)
        if found is None:
            measuring.note(f"{name} is not at hand")
            continue
        words = [sys.executable, "-c", OURS, str(found), kind, p, str(seconds)]
        answers = {"Tuyến": said(words)}
        if peers:
            with tempfile.TemporaryDirectory() as folder:
                plain = Path(folder) / "task.npz"
                written(plain, str(found), int(p), kind == "pmedcap")
                for who, program in (("spopt, HiGHS", SPOPT), ("OR-Tools, CP-SAT", ORTOOLS)):
                    if who.startswith("spopt") and kind == "pmedcap":
                        continue
                    answers[who] = said([str(peers), "-c", program, str(plain), str(seconds)])
        size = len(read(str(found)).weight)
        for who, one in answers.items():
            yield (name, size, p, who, *cells(one, best))


def written(path: Path, instance: str, p: int, capped: bool) -> None:
    """The costs of an instance for an interpreter that has nothing of ours."""
    task = read(instance)
    costs = np.asarray(task.costs, np.float64)
    room = np.asarray(task.capacity if capped else np.zeros(costs.shape[0]), np.float64)
    np.savez(
        path, cost=np.rint(costs.T), weight=np.asarray(task.load, np.float64), capacity=room, p=p,
        capped=capped,
    )  # fmt: skip


def said(words: list[str]) -> dict[str, Any]:
    """What one process answered; its last line where it failed."""
    one = {"OMP_NUM_THREADS": "1", "PYTHONPATH": os.pathsep.join(["src", "."])}
    done = subprocess.run(words, capture_output=True, text=True, env={**os.environ, **one})
    if done.returncode or not done.stdout.strip():
        last = (done.stderr.strip().splitlines() or ["nothing"])[-1]
        return {
            "status": f"failed: {last[:80]}",
            "objective": None,
            "bound": None,
            "seconds": "",
            "mb": "",
        }
    found: dict[str, Any] = json.loads(done.stdout.strip().splitlines()[-1])
    return found


def cells(one: dict[str, Any], best: float) -> tuple[Any, ...]:
    """Seconds, memory, percent above the best known, percent of the bound below it, status, truth."""
    value, bound = one["objective"], one["bound"]
    above = None if value is None else 100 * (value / best - 1)
    below = None if bound is None else 100 * (1 - bound / best)
    close = 1e-4
    false = (one["status"] == "optimal" and (above is None or above > close)) or (
        below is not None and below < -close
    )
    return (
        one["seconds"], one["mb"], "" if above is None else f"{max(above, 0.0):.3f} %",
        "" if below is None else f"{max(below, 0.0):.3f} %", one["status"], "**no**" if false else "yes",
    )  # fmt: skip


if __name__ == "__main__":
    main()
