"""How near rounds come to the best known, beside PyVRP on single days, in equal CPU time.

``python -m benchmarks.network.routing DATA [--seconds 20] [--pyvrp PYTHON] [--only SET/NAME ...]``: prints a table.
DATA holds ``INDEX.csv`` (set, instance, best) and a folder for each set (cvrp_x, vrptw, pvrp,
mdvrp, mdpvrp); it is not part of the project. PYTHON is an interpreter that has PyVRP; without it,
the peer is left out. Both sides run one thread, one seed, and count CPU seconds, because the
machine may be shared; the kernels are compiled before. The search was tuned on those of TUNED;
the others were looked at only at the end.
"""

import argparse
import csv
import json
import subprocess
import tempfile
import time
from itertools import count
from pathlib import Path
from typing import Any

from benchmarks import measuring
from benchmarks.network.peers import table
from tuyen.engines.network.periodic_formats import read_cordeau
from tuyen.engines.network.routing_check import check
from tuyen.engines.network.routing_formats import read_cvrplib, read_solomon
from tuyen.engines.network.routing_problem import Problem
from tuyen.engines.network.routing_search import solve

SAMPLE = (
    "cvrp_x/X-n101-k25", "cvrp_x/X-n214-k11", "cvrp_x/X-n548-k50", "vrptw/R101", "vrptw/R208",
    "pvrp/p08", "pvrp/p13", "pvrp/p32", "pvrp/pr05", "pvrp/pr08", "mdvrp/p11", "mdpvrp/pr09",
)  # fmt: skip
TUNED = {
    "cvrp_x/X-n101-k25", "vrptw/R101", "pvrp/pr05", "pvrp/p13", "mdpvrp/pr09", "mdvrp/pr10",
}  # fmt: skip
PEER = """
import json, sys, time
from pyvrp import read, solve
path, how, seconds = sys.argv[1], sys.argv[2], float(sys.argv[3])
began = time.process_time()
answer = solve(read(path, round_func=how), stop=lambda best: time.process_time() - began > seconds,
               seed=1, display=False)
print(json.dumps({"cost": answer.cost(), "allowed": answer.is_feasible()}))
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("data", type=Path)
    parser.add_argument("--seconds", type=float, default=20.0)
    parser.add_argument("--pyvrp", type=Path)
    parser.add_argument("--only", nargs="*", default=SAMPLE)
    given = parser.parse_args()
    with (given.data / "INDEX.csv").open(encoding="utf-8") as file:
        best = {
            f"{row['set']}/{row['instance']}": float(row["best"]) for row in csv.DictReader(file)
        }
    rows = []
    for name in given.only:
        if not list((given.data / name).parent.glob(f"{Path(name).name}.*")):
            measuring.note(f"{name} is not at hand")
            continue
        measuring.note(name)
        rows.append(measured(given.data, name, best[name], given.seconds, given.pyvrp))
    for line in table(HEAD, told(rows, given.seconds)):
        print(line)


HEAD = ("instance", "s of work", "above the best known", "PyVRP", "keeps every rule")


def told(rows: list[Any], seconds: float) -> Any:
    for row in rows:
        name = row["instance"] + (" (tuned on)" if row["tuned_on"] else "")
        other = row.get("pyvrp_gap_percent")
        peer = "" if other is None else f"{other:.2f} %"
        yield (
            name,
            f"{seconds:.0f}",
            f"{row['gap_percent']:.2f} %",
            peer,
            "yes" if row["feasible"] else "**no**",
        )
    for name, mean in means(rows).items():
        yield (f"mean of {name}", f"{seconds:.0f}", f"{mean:.2f} %", "", "")


def measured(data: Path, name: str, best: float, seconds: float, peer: Path | None) -> Any:
    """Our gap on one instance, and the peer's where it can read it."""
    path = next((data / name).parent.glob(f"{Path(name).name}.*"))
    reader = {"cvrp_x": read_cvrplib, "vrptw": read_solomon}.get(path.parent.name, read_cordeau)
    problem = reader(path.read_text(encoding="utf-8"))
    asked = count()
    solve(problem, seed=1, spent=lambda: next(asked) / 400)  # compiles, its small steps too
    began = time.process_time()
    answer = solve(problem, seed=1, spent=lambda: (time.process_time() - began) / seconds)
    verdict = check(problem, answer.routes)
    row = {
        "instance": name, "best": best, "tuned_on": name in TUNED, "feasible": verdict.feasible,
        "gap_percent": round(100 * (verdict.objective / best - 1), 3),
    }  # fmt: skip
    rounding = {"cvrp_x": "round", "vrptw": "dimacs"}.get(path.parent.name)
    if peer and rounding:
        with tempfile.TemporaryDirectory() as folder:
            if rounding == "dimacs":  # the peer reads Solomon's problems in CVRPLIB's form only
                path = Path(folder) / "given.vrp"
                path.write_text(in_cvrplib_form(problem), encoding="utf-8")
            said = subprocess.run(
                [peer, "-c", PEER, path, rounding, str(seconds)], capture_output=True, check=True
            )
        found = json.loads(said.stdout)
        scale = 10.0 if rounding == "dimacs" else 1.0
        row["pyvrp_gap_percent"] = round(100 * (found["cost"] / scale / best - 1), 3)
    return row


def in_cvrplib_form(problem: Problem) -> str:
    """A problem with windows as VRPLIB text, in the units of its file."""
    assert problem.points is not None
    assert problem.depots is not None
    slot, scale, nodes = problem.slots[0], problem.scale, range(1, problem.size + 2)
    windows = [(slot.opens, slot.closes), *zip(problem.opens, problem.closes, strict=True)]
    sections = {
        "NODE_COORD": [*problem.depots.tolist(), *problem.points.tolist()],
        "DEMAND": [(0,), *((int(load),) for load in problem.demand)],
        "TIME_WINDOW": [(opens / scale, closes / scale) for opens, closes in windows],
        "SERVICE_TIME": [(0.0,), *((time / scale,) for time in problem.service)],
    }
    head = {"NAME": "given", "TYPE": "VRPTW", "DIMENSION": problem.size + 1,
            "VEHICLES": slot.vehicles, "CAPACITY": int(slot.capacity),
            "EDGE_WEIGHT_TYPE": "EUC_2D"}  # fmt: skip
    lines = [f"{name} : {value}" for name, value in head.items()]
    for name, rows in sections.items():
        lines.append(f"{name}_SECTION")
        lines += [" ".join(map(str, [at, *row])) for at, row in zip(nodes, rows, strict=True)]
    return "\n".join([*lines, "DEPOT_SECTION", "1", "-1", "EOF", ""])


def means(rows: list[Any]) -> dict[str, float]:
    """Mean gap of each set."""
    sets: dict[str, list[float]] = {}
    for row in rows:
        sets.setdefault(row["instance"].partition("/")[0], []).append(row["gap_percent"])
    return {name: round(sum(gaps) / len(gaps), 3) for name, gaps in sets.items()}


if __name__ == "__main__":
    main()
