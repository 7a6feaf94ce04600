"""Engines read no clock, throw no hidden dice and open no file."""

import ast
from pathlib import Path

from tests.house.source import PACKAGE, called, chain, modules, plant

CLOCKS = {
    ("date", "today"), ("datetime", "now"), ("datetime", "utcnow"), ("datetime", "today"),
    ("time", "time"), ("time", "time_ns"), ("time", "monotonic"), ("time", "perf_counter"),
    ("timezone", "now"), ("timezone", "localdate"), ("timezone", "localtime"),
}  # fmt: skip
HIDDEN_INPUTS = {"random", "time", "os", "socket", "subprocess", "secrets", "pathlib"}
SEEDED = {"default_rng", "Generator", "SeedSequence", "PCG64", "Philox"}


def impurities(package: Path) -> list[str]:
    """Clocks, unseeded chance and files in the engines."""
    findings = []
    for module in modules(package, "engines"):
        for node in ast.walk(module.tree):
            if isinstance(node, ast.Import):
                names = [alias.name.split(".")[0] for alias in node.names]
            elif isinstance(node, ast.ImportFrom):
                names = [(node.module or "").split(".")[0]]
            else:
                names = []
            findings += [
                f"{module.at(node)}: imports {name}" for name in names if name in HIDDEN_INPUTS
            ]
            if isinstance(node, ast.Call) and (what := impure_call(node)):
                findings.append(f"{module.at(node)}: {what}")
    return findings


def impure_call(node: ast.Call) -> str | None:
    names = chain(node.func)
    if tuple(names[-2:]) in CLOCKS:
        return f"{'.'.join(names)}() reads a clock"
    if names == ["open"] or (names[:-1] and names[-1] in ("read_text", "read_bytes")):
        return f"{'.'.join(names)}() opens a file"
    if "random" in names[:-1] and called(node) not in SEEDED:
        return f"{'.'.join(names)}() draws from the global generator"
    if called(node) in ("default_rng", "SeedSequence") and not node.args and not node.keywords:
        return f"{'.'.join(names)}() is not given a seed"
    return None


def test_engines_are_pure():
    assert impurities(PACKAGE) == []


def test_impure_engines_are_found(tmp_path):
    package = plant(
        tmp_path,
        {
            "engines/surveillance/ears.py": """
                import random
                from datetime import date
                import numpy as np
                def scan(counts, seed):
                    today = date.today()
                    noise = np.random.normal(size=3)
                    rng = np.random.default_rng()
                    good = np.random.default_rng(seed)
                    open("x")
                    return rng.random(3) + good.random(3)
                """,
            "apps/journal/services.py": "import random",
        },
    )

    assert impurities(package) == [
        "engines/surveillance/ears.py:2: imports random",
        "engines/surveillance/ears.py:6: date.today() reads a clock",
        "engines/surveillance/ears.py:7: np.random.normal() draws from the global generator",
        "engines/surveillance/ears.py:8: np.random.default_rng() is not given a seed",
        "engines/surveillance/ears.py:10: open() opens a file",
    ]
