"""Deciding provinces and the nation, and the same questions as one program for HiGHS.

``python -m benchmarks.network.decision DATA [--only NAME ...] [--peer-seconds 20]``: prints a table. DATA holds
``vn/communes_2025.csv`` and ``vn/legacy_to_2025.csv``; it is not part of the project. Each former commune
is a candidate with invented hamlets around it, straight ways at 20 km an hour, invented costs and
criteria from a fixed seed. The peer writes every pair of village and site down for
``scipy.optimize.milp`` at a gap of 0.1 %. CPU seconds of one thread; what is compiled was compiled.
"""

import argparse
import csv
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import coo_array
from scipy.spatial import cKDTree

from benchmarks import measuring
from benchmarks.network.peers import table
from tuyen.engines.network.decision import decide, separable
from tuyen.engines.network.decision_frontier import frontier
from tuyen.engines.network.decision_measure import indicators
from tuyen.engines.network.decision_model import model
from tuyen.engines.network.decision_problem import Demand, Floor, Plan, Rules, Sites, Ways, listed
from tuyen.engines.network.decision_robustness import robustness
from tuyen.engines.network.decision_whatif import Change, effect

PROVINCES = {"Dien Bien": "Điện Biên", "Lai Chau": "Lai Châu", "Phu Tho": "Phú Thọ", "nation": None}
MINUTES_A_KM = 3.0
KM_A_DEGREE = 111.2

Task = tuple[Sites, Demand, Ways]


def task(data: Path, province: str | None, seed: int = 1) -> Task:
    """The sites, hamlets and ways of a province, or of the nation (25 nearest sites and the own)."""
    rng = np.random.default_rng(seed)
    with (data / "vn" / "communes_2025.csv").open(encoding="utf-8") as file:
        named = {row["code"]: row["province"] for row in csv.DictReader(file)}
    with (data / "vn" / "legacy_to_2025.csv").open(encoding="utf-8") as file:
        rows = [
            row for row in csv.DictReader(file)
            if row["how"] in ("whole", "part-main") and province in (None, named[row["new_code"]])
        ]  # fmt: skip
    codes = {code: k for k, code in enumerate(sorted({row["new_code"] for row in rows}))}
    commune = np.array([codes[row["new_code"]] for row in rows])
    lat = np.array([float(row["lat"]) for row in rows])
    lon = np.array([float(row["lon"]) for row in rows])
    place = KM_A_DEGREE * np.column_stack([lat, lon * np.cos(np.radians(lat))])
    n = len(rows)
    own = np.repeat(np.arange(n), rng.integers(6, 15, n))
    homes = place[own] + rng.normal(0, 2.5, (own.size, 2))
    people = rng.integers(100, 1200, own.size).astype(float)
    sites = Sites.of(
        commune, criteria=rng.uniform(0, 1, (n, 5)), refurbish=rng.uniform(1500, 6000, n),
        run_main=rng.uniform(900, 1500, n), run_satellite=rng.uniform(200, 400, n),
        run_mobile=rng.uniform(50, 90, n), staff=rng.integers(3, 8, (n, 1)),
    )  # fmt: skip
    return sites, Demand(commune[own], people), _ways(place, homes, commune, commune[own])


def _ways(place: Any, homes: Any, commune: Any, home: Any) -> Ways:
    k = min(25 if len(place) > 1000 else len(place), len(place))
    km, near = cKDTree(place).query(homes, k=k)
    by = np.argsort(commune, kind="stable")
    start = np.concatenate([[0], np.cumsum(np.bincount(commune))])
    wide = np.diff(start)[home]
    row = np.repeat(np.arange(len(homes)), wide)
    within = np.arange(row.size) - np.repeat(np.cumsum(wide) - wide, wide)
    site = by[start[home[row]] + within]
    far = np.sqrt(((homes[row] - place[site]) ** 2).sum(axis=1))
    n = len(place)
    keys = np.concatenate([np.repeat(np.arange(len(homes)), k) * n + near.ravel(), row * n + site])
    keys, first = np.unique(keys, return_index=True)
    minutes = np.concatenate([km.ravel(), far])[first] * MINUTES_A_KM
    return listed(keys // n, keys % n, minutes, len(homes))


def timed(run: Callable[[], Any]) -> tuple[Any, float]:
    begun = time.process_time()
    found = run()
    return found, round(time.process_time() - begun, 3)


def told(plan: Plan, spent: float) -> dict[str, Any]:
    return {
        "status": plan.status, "objective": plan.objective, "bound": plan.bound, "gap": plan.gap,
        "cpu": spent,
    }  # fmt: skip


def questions(given: Task) -> dict[str, Rules]:
    """Ever more that communes share: money; choice; choice and money, places and a floor."""
    sites, demand, ways = given
    was = indicators(sites, demand, ways, separable(*given, Rules(), check=False))
    tight = {"budget": 0.85 * was.refurbish, "running": 0.85 * was.running}
    return {
        "money": Rules(**tight), "free": Rules(free_choice=True),
        "full": Rules(free_choice=True, floors=(Floor(30, 0.9),), **tight),
    }  # fmt: skip


def measured(given: Task, peer_seconds: float) -> dict[str, Any]:
    sites, demand, ways = given
    size = int(sites.commune.max()) + 1
    found: dict[str, Any] = {
        "sites": sites.commune.size,
        "communes": size,
        "hamlets": demand.people.size,
    }
    separable(*given, Rules())
    found["separable"] = told(*timed(lambda: separable(*given, Rules())))
    found["separable-unchecked"] = timed(lambda: separable(*given, Rules(), check=False))[1]
    found["robustness-10000"] = timed(lambda: robustness(sites.criteria, sites.commune))[1]
    room = np.full(sites.commune.size, 1.1 * demand.people.sum() / size)
    for name, rules in questions(given).items():
        if name == "full":
            sites = replace(sites, capacity=room)
        asked = (sites, demand, ways, rules)
        decide(*asked, left=lambda: 0.5, why=False)
        plan, spent = _limited(asked, 30.0 if size > 1000 else 10.0)
        found[name] = told(plan, spent)
        if size < 1000 and peer_seconds:
            found[f"{name}-highs"] = peer(asked, peer_seconds)
    if size < 1000:
        rules = questions(given)["money"]
        plan = decide(*given, rules)
        change = Change(kinds={int(np.flatnonzero(plan.kind == 1)[0]): 2}, budget=1.0)
        shut = Change(barred=((int(np.flatnonzero(plan.kind == 1)[0]), 1),))
        found["what-if"] = timed(lambda: effect(*given, rules, plan, change))[1]
        found["what-if-again"] = timed(lambda: effect(*given, rules, plan, shut, again=True))[1]
        points, spent = timed(lambda: frontier(*given, Rules(), points=40))
        found["frontier"] = {"points": len(points), "cpu": spent}
    return found


def _limited(asked: Any, seconds: float) -> tuple[Plan, float]:
    begun = time.process_time()
    return timed(
        lambda: decide(*asked, left=lambda: seconds - (time.process_time() - begun), why=False)
    )


def peer(asked: Any, seconds: float) -> dict[str, Any]:
    """The whole question as one program: kinds, and a variable for each pair and service."""
    sites, demand, ways, rules = asked
    found = model(sites, demand, ways, rules)
    n, pairs, m = found.order.size, found.pairs, demand.people.size
    row, size = pairs.row(), pairs.site.size
    a, b = found.per_person
    folk = demand.people[row]
    late = pairs.minutes + rules.mobile_wait
    cost = np.concatenate([
        found.fixed.ravel(), folk * a * found.loss(pairs.minutes),
        folk * b * found.loss(pairs.minutes), folk * b * found.loss(late),
    ])  # fmt: skip
    main, fixed, mobile = (4 * n + k * size + np.arange(size) for k in range(3))
    site, one, each = pairs.site, np.ones(size), np.arange(size)
    rules_of: list[LinearConstraint] = []

    def table(values: Any, at: Any, columns: Any, rows: int) -> Any:
        return coo_array((values, (at, columns)), (rows, cost.size)).tocsr()

    def ask(matrix: Any, low: Any, high: Any) -> None:
        rules_of.append(LinearConstraint(matrix, low, high))

    ask(table(np.ones(4 * n), np.repeat(np.arange(n), 4), np.arange(4 * n), n), 1, 1)
    ask(
        table(np.ones(n), found.commune, 4 * np.arange(n) + 1, found.communes),
        found.mains,
        found.mains,
    )
    ask(table(one, row, main, m), 1, 1)
    ask(table(np.tile(one, 2), np.tile(row, 2), np.concatenate([fixed, mobile]), m), 1, 1)
    for served, kinds in ((main, (1,)), (fixed, (1, 2)), (mobile, (3,))):
        columns = np.concatenate([served, *(4 * site + k for k in kinds)])
        values = np.concatenate([one, *(-one for _ in kinds)])
        ask(table(values, np.tile(each, 1 + len(kinds)), columns, size), -np.inf, 0)
    for resource in found.resources:
        ask(
            table(resource.use.ravel(), np.zeros(4 * n, int), np.arange(4 * n), 1),
            -np.inf,
            resource.limit,
        )
    if rules.capacity and rules.free_choice and np.isfinite(sites.capacity).any():
        columns, values = (
            np.concatenate([main, 4 * np.arange(n) + 1]),
            np.concatenate([folk, -sites.capacity[found.order]]),
        )
        ask(table(values, np.concatenate([site, np.arange(n)]), columns, n), -np.inf, 0)
    for floor in rules.floors:
        values = np.concatenate(
            [folk * (pairs.minutes > floor.minutes), folk * (late > floor.minutes)]
        )
        ask(table(values, np.zeros(2 * size, int), np.concatenate([fixed, mobile]), 1), -np.inf,
            (1 - floor.share) * float(demand.people.sum()))  # fmt: skip
    whole = np.concatenate([np.ones(4 * n), np.zeros(3 * size)])
    got, spent = timed(lambda: milp(
        cost, integrality=whole, bounds=Bounds(0, 1), constraints=rules_of,
        options={"time_limit": seconds, "mip_rel_gap": 1e-3},
    ))  # fmt: skip
    return {"objective": got.fun, "bound": got.mip_dual_bound, "gap": got.mip_gap, "cpu": spent}


SAID = {
    "separable": ("each commune by itself, proof checked", "0.1 s for the nation"),
    "money": ("money shared", "0.5 % in 10 s, then 0.1 % in 2 s"),
    "free": ("people choose freely", "1 % in 30 s for the nation"),
    "full": ("money, places, a floor and free choice", "0.5 % in 10 s, then 0.1 % in 2 s"),
}


def rows(name: str, found: dict[str, Any]) -> list[tuple[str, str, str]]:
    """What a province took, question by question."""
    size = f"{name} ({found['communes']} communes, {found['sites']:,} sites, {found['hamlets']:,} hamlets)"
    told = []
    for key, (what, goal) in SAID.items():
        said = _said(found[key])
        if other := found.get(f"{key}-highs"):
            said += f"; HiGHS on the whole: {_said(other)}"
        told.append((f"{size}: {what}", goal, said))
    told.append((f"{name}: 10,000 draws of weights", "", f"{found['robustness-10000']:.2f} s"))
    if "what-if" in found:
        points = found["frontier"]
        told += [
            (f"{name}: a change judged / planned again", "1 s, then 100 ms",
             f"{1000 * found['what-if']:.0f} / {1000 * found['what-if-again']:.0f} ms"),
            (f"{name}: {points['points']} points of the frontier", "120 s for 40, then 15 s",
             f"{points['cpu']:.1f} s"),
        ]  # fmt: skip
    return told


def _said(one: dict[str, Any]) -> str:
    if one["objective"] is None:
        return f"no answer in {one['cpu']:.1f} s"
    return f"{one['cpu']:.2f} s, gap {100 * one['gap']:.3f} %"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("--only", nargs="*", choices=tuple(PROVINCES), default=tuple(PROVINCES))
    parser.add_argument("--peer-seconds", type=float, default=20.0)
    args = parser.parse_args()
    told: list[tuple[str, str, str]] = []
    for name in args.only:
        measuring.note(name)
        told += rows(name, measured(task(args.data, PROVINCES[name]), args.peer_seconds))
    for line in table(("what", "goal", "found"), told):
        print(line)


if __name__ == "__main__":
    main()
