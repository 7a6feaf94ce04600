"""Siting: published instances on one core, and the same question as a program for HiGHS.

The peer is ``scipy.optimize.milp`` over the classical formulation (a variable for each pair), which is
what common libraries hand to a solver; it gets 60 seconds, and its value and its own bound are kept
beside ours. Figures are CPU seconds of one thread in ``extra_info``. Compiling is not measured. The
instances are looked for in TUYEN_SHARED.
"""

import csv
import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csr_array, vstack

from tuyen.engines.network import siting
from tuyen.engines.network.siting_files import read_any
from tuyen.engines.network.siting_problem import Answer, Siting

SHARED = Path(os.environ.get("TUYEN_SHARED", "/nowhere")) / "data" / "network"
PEER_SECONDS = 60.0


def instances(kind: str) -> Iterator[tuple[str, int, float, Siting]]:
    if not SHARED.exists():
        pytest.skip("the published instances are not here: set TUYEN_SHARED")
    with (SHARED / "INDEX.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            if row["set"] == kind:
                path = next((SHARED / kind).glob(f"{row['instance']}.*"))
                task = read_any(path.read_text(encoding="utf-8"), path.name)
                yield row["instance"], int(row["p_or_days"]), float(row["best"]), task


def timed(problem: str, p: int, task: Siting, seconds: float) -> tuple[Answer, float]:
    ask = siting.Question(problem, p)
    siting.warm(ask, task)
    _ = task.costs
    begun = time.process_time()
    answer = siting.solve(ask, task, lambda: seconds - (time.process_time() - begun))
    return answer, round(time.process_time() - begun, 2)


def told(best: float, answer: Answer, spent: float) -> dict[str, Any]:
    assert answer.objective is not None
    assert answer.bound is not None
    assert answer.bound <= best <= answer.objective, "a bound or an answer is false"
    return {
        "best": best, "objective": answer.objective, "bound": answer.bound,
        "status": answer.status, "cpu": spent,
    }  # fmt: skip


def test_pmed(benchmark: Any) -> None:
    def everything() -> dict[str, Any]:
        return {
            name: told(best, *timed("pmedian", p, task, 60))
            for name, p, best, task in instances("pmed")
        }

    found = benchmark.pedantic(everything, rounds=1)
    benchmark.extra_info.update(
        found, cpu_together=sum(one["cpu"] for one in found.values()),
        proven=sum(one["status"] == "optimal" for one in found.values()), of=len(found),
    )  # fmt: skip


def test_pmedcap(benchmark: Any) -> None:
    def everything() -> dict[str, Any]:
        return {
            name: told(best, *timed("pmedcap", p, task, 5))
            for name, p, best, task in instances("pmedcap")
        }

    benchmark.extra_info.update(benchmark.pedantic(everything, rounds=1))


def test_points(benchmark: Any) -> None:
    def everything() -> dict[str, Any]:
        return {
            f"{name}, {p}": told(best, *timed("pmedian", p, task, 60))
            for name, p, best, task in instances("tsplib_pmedian")
        }

    benchmark.extra_info.update(benchmark.pedantic(everything, rounds=1))


def test_peer(benchmark: Any) -> None:
    """HiGHS on p = 5, where pairs are hardest: what it says at its limit, and what is true."""

    def everything() -> dict[str, Any]:
        found = {}
        for name, p, best, task in instances("pmed"):
            if p != 5 or len(task.weight) > 500:
                continue
            begun = time.process_time()
            peer = _program(task.costs.astype(np.float64), p)
            spent = round(time.process_time() - begun, 2)
            ours = told(best, *timed("pmedian", p, task, 60))
            found[name] = {
                "best": best, "peer": peer.fun, "peer_bound": peer.mip_dual_bound,
                "peer_cpu": spent, "ours": ours["objective"], "ours_cpu": ours["cpu"],
            }  # fmt: skip
        return found

    benchmark.extra_info.update(benchmark.pedantic(everything, rounds=1))


def _program(costs: np.ndarray[Any, Any], p: int) -> Any:
    m, n = costs.shape
    pair = np.arange(m * n)
    site, demand = np.divmod(pair, n)
    one = np.ones(m * n)
    served = csr_array((one, (demand, pair)), shape=(n, m * n + m))
    shut = csr_array(
        (np.concatenate([one, -one]), (np.tile(pair, 2), np.concatenate([pair, m * n + site]))),
        shape=(m * n, m * n + m),
    )
    count = csr_array((np.ones(m), (np.zeros(m, int), m * n + np.arange(m))), shape=(1, m * n + m))
    return milp(
        np.concatenate([costs.ravel(), np.zeros(m)]),
        integrality=np.concatenate([np.zeros(m * n), np.ones(m)]), bounds=Bounds(0, 1),
        constraints=LinearConstraint(
            vstack([served, shut, count]),
            np.concatenate([np.ones(n), np.full(m * n, -np.inf), [p]]),
            np.concatenate([np.ones(n), np.zeros(m * n), [p]]),
        ),
        options={"time_limit": PEER_SECONDS},
    )  # fmt: skip


def test_nation(benchmark: Any) -> None:
    """One main station for each of 3,321 communes among 10,040 former ones, while a weight moves."""
    from tuyen.engines.network.choice import Sites, choose

    rng = np.random.default_rng(2025)
    sizes = np.ones(3321, np.int64)
    np.add.at(sizes, rng.integers(0, 3321, 10_040 - 3321), 1)
    start = np.concatenate([[0], np.cumsum(sizes)])
    sites = Sites(start, rng.uniform(0, 100, (10_040, 5)), np.zeros(10_040, np.int8))
    weights = np.ones(5)

    def dragged() -> None:
        weights[0] = rng.uniform(0, 5)
        choose(sites, weights)

    benchmark(dragged)
