"""Every room has the same shape, and reaches another only through its front doors."""

import ast
from pathlib import Path

from tests.house.source import PACKAGE, ROOMS, modules, plant

EACH_ROOM_HAS = ("__init__", "apps", "models", "operations", "queries", "services", "migrations")
BANNED_NAMES = {"utils", "util", "helpers", "helper", "common", "misc", "shared", "tools"}
FRONT_DOORS = {"queries", "operations"}
# The two foundations have a few more: who acts, and which store the rooms work on.
OF_FOUNDATIONS = {
    "access": {"actors", "clock", "guard", "policies", "row_policies", "walls", "world"},
    "journal": {"bulk", "store", "documents", "importing", "prepared", "runs"},
}
# A reaction to a commit does what it does through the one door, as everybody else.
ONE_DOOR = "tuyen.apps.journal.services.commit"


def missing_files(package: Path) -> list[str]:
    """Rooms of ``apps`` that lack one of the files that every room has."""
    findings = []
    for room in sorted((package / "apps").iterdir()):
        if not (room / "__init__.py").exists():
            continue
        if room.name not in ROOMS:
            findings.append(f"apps/{room.name} is not one of the rooms of the design")
        for name in EACH_ROOM_HAS:
            if not (room / f"{name}.py").exists() and not (room / name / "__init__.py").exists():
                findings.append(f"apps/{room.name} has no {name}")
    return findings


def banned_names(package: Path) -> list[str]:
    """Files whose name says nothing about what is inside."""
    return [
        f"{'/'.join(module.inside)}: name it after what it does"
        for module in modules(package)
        if {part.removesuffix(".py") for part in module.inside} & BANNED_NAMES
    ]


def back_doors(package: Path) -> list[str]:
    """Imports from another room's inside: its models, services or anything but its front doors."""
    findings = []
    for module in modules(package, "apps"):
        for node in ast.walk(module.tree):
            if not isinstance(node, (ast.Import, ast.ImportFrom)):
                continue
            for target in imported(node):
                parts = target.split(".")
                if parts[:2] != ["tuyen", "apps"] or len(parts) < 4 or parts[2] == module.room:
                    continue
                allowed = FRONT_DOORS | OF_FOUNDATIONS.get(parts[2], set())
                if parts[3] not in allowed and target != ONE_DOOR:
                    findings.append(f"{module.at(node)}: {target} is inside another room")
    return findings


def imported(node: ast.Import | ast.ImportFrom) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    return [f"{node.module}.{alias.name}" for alias in node.names]


def test_every_room_has_the_same_files():
    assert missing_files(PACKAGE) == []


def test_a_room_without_its_files_is_found(tmp_path):
    package = plant(tmp_path, {"apps/kitchen/__init__.py": "", "apps/kitchen/models.py": ""})

    findings = missing_files(package)

    assert "apps/kitchen is not one of the rooms of the design" in findings
    assert "apps/kitchen has no services" in findings
    assert "apps/kitchen has no models" not in findings


def test_no_file_is_called_utils():
    assert banned_names(PACKAGE) == []


def test_a_file_called_utils_is_found(tmp_path):
    package = plant(tmp_path, {"kernel/utils.py": "", "kernel/period.py": ""})

    assert banned_names(package) == ["kernel/utils.py: name it after what it does"]


def test_rooms_use_front_doors():
    assert back_doors(PACKAGE) == []


def test_a_back_door_is_found(tmp_path):
    package = plant(
        tmp_path,
        {
            "apps/surveillance/services.py": """
                from tuyen.apps.registry import queries
                from tuyen.apps.registry.models import Person
                from tuyen.apps.access.policies import check
                from tuyen.apps.surveillance.models import Case
                """
        },
    )

    (finding,) = back_doors(package)

    assert "apps/surveillance/services.py:3: tuyen.apps.registry.models.Person" in finding
