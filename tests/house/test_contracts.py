"""The import-linter contracts of pyproject.toml hold, and each bites on a deliberate violation."""

import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from tests.house.source import ROOT, plant

CONTRACTS = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]
NAMES = {contract["id"]: contract["name"] for contract in CONTRACTS["contracts"]}

# A house with every storey and a few rooms, in which nobody imports anybody.
HOUSE = [
    "kernel/period",
    "rules/loader",
    "engines/surveillance/ears",
    "engines/registry/crosswalk",
    *(
        f"apps/{room}/{file}"
        for room in ("access", "journal", "registry", "surveillance", "border", "indicators")
        for file in ("models", "operations", "policies", "queries", "services", "tasks")
    ),
    "web/views",
    "api/registry",
    "cli/main",
    "project/settings",
]

VIOLATIONS = [
    ("storeys", "kernel/period", "import tuyen.rules.loader"),
    ("storeys", "apps/registry/queries", "import tuyen.web.views"),
    ("storeys", "web/views", "import tuyen.api.registry"),
    ("storeys", "rules/loader", "import tuyen.engines.registry.crosswalk"),
    ("ground-floor", "engines/surveillance/ears", "import django.db"),
    ("ground-floor", "kernel/period", "import psycopg"),
    ("wire", "engines/surveillance/ears", "import msgspec"),
    ("engines", "engines/surveillance/ears", "import tuyen.engines.registry.crosswalk"),
    ("rooms", "apps/access/queries", "import tuyen.apps.journal.queries"),
    ("rooms", "apps/surveillance/queries", "import tuyen.apps.border.queries"),
    ("rooms", "apps/registry/services", "import tuyen.apps.indicators.queries"),
    ("rooms", "apps/kitchen/queries", ""),
    ("inside", "apps/registry/models", "import tuyen.apps.registry.services"),
    ("inside", "apps/registry/queries", "import tuyen.apps.registry.services"),
    ("inside", "apps/registry/operations", "import tuyen.apps.registry.policies"),
    ("doors", "web/views", "import tuyen.apps.registry.models"),
    ("doors", "cli/main", "from tuyen.apps.registry import models"),
]


def broken(root: Path) -> set[str]:
    """The ids of the contracts that a tree breaks."""
    done = subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), "--no-cache"],
        cwd=root,  # the linter looks for the package here first
        capture_output=True,
        text=True,
        check=False,
    )
    verdicts = done.stdout.splitlines()
    kept = {id for id, name in NAMES.items() if f"{name} KEPT" in verdicts}
    failed = {id for id, name in NAMES.items() if f"{name} BROKEN" in verdicts}
    assert kept | failed == set(NAMES), done.stdout + done.stderr
    return failed


def house(folder: Path, **more: str) -> Path:
    files = {f"tuyen/{name}.py": "" for name in HOUSE}
    files |= {f"tuyen/{name}.py": text for name, text in more.items()}
    packages = {parent for name in files for parent in Path(name).parents if parent != Path(".")}
    files |= {f"{package}/__init__.py": "" for package in packages}
    files["pyproject.toml"] = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    return plant(folder, files)


def test_the_empty_house_keeps_every_contract(tmp_path):
    assert broken(house(tmp_path)) == set()


@pytest.mark.parametrize(("contract", "importer", "line"), VIOLATIONS)
def test_each_contract_bites(tmp_path, contract, importer, line):
    assert contract in broken(house(tmp_path, **{importer: line + "\n"}))


def test_every_contract_is_shown_to_bite():
    assert set(NAMES) == {contract for contract, _, _ in VIOLATIONS}
