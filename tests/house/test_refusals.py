"""Refusal codes are a contract with tablets and partners: unique, stable, well formed."""

import ast
import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from tests.house.source import PACKAGE, ROOMS, Module, called, modules, plant

CODE = re.compile(r"[a-z]+\.[a-z0-9]+(-[a-z0-9]+)*")
OTHER_OWNERS = {"kernel", "rules", "engines", "web", "api", "cli", "project"}


def declared(package: Path) -> Iterator[tuple[Module, ast.ClassDef, str, ast.expr | None]]:
    """Every class that states a ``code`` beside a ``message``, or inherits from a Refusal."""
    for module in modules(package):
        for node in ast.walk(module.tree):
            if not isinstance(node, ast.ClassDef):
                continue
            stated = dict(assignments(node))
            code = stated.get("code")
            if isinstance(code, ast.Constant) and isinstance(code.value, str):
                if "message" in stated or is_refusal(node):
                    yield module, node, code.value, stated.get("message")
            elif is_refusal(node) and "message" in stated:
                yield module, node, "", stated["message"]


def assignments(node: ast.ClassDef) -> Iterator[tuple[str, ast.expr]]:
    for line in node.body:
        if isinstance(line, ast.Assign) and isinstance(line.targets[0], ast.Name):
            yield line.targets[0].id, line.value
        elif isinstance(line, ast.AnnAssign) and isinstance(line.target, ast.Name) and line.value:
            yield line.target.id, line.value


def is_refusal(node: ast.ClassDef) -> bool:
    return any(isinstance(base, ast.Name) and base.id == "Refusal" for base in node.bases)


def bad_refusals(package: Path) -> list[str]:
    """Codes that are missing, malformed, doubled or another room's; messages not marked by N_."""
    findings = []
    owners = defaultdict(list)
    for module, node, code, message in declared(package):
        where = module.at(node)
        owners[code].append(where)
        if not CODE.fullmatch(code):
            findings.append(f"{where}: {node.name} has the code {code!r}; write room.kebab-case")
        elif code.split(".")[0] not in ROOMS | OTHER_OWNERS:
            findings.append(f"{where}: {code} names no room")
        elif module.room and code.split(".")[0] != module.room:
            findings.append(f"{where}: {code} belongs to another room than {module.room}")
        if message is not None and not (isinstance(message, ast.Call) and called(message) == "N_"):
            findings.append(f"{where}: the message of {node.name} is not marked by N_()")
    findings += [
        f"{code} is declared {len(places)} times: {', '.join(places)}"
        for code, places in sorted(owners.items())
        if code and len(places) > 1
    ]
    return findings


def test_codes_are_unique_and_well_formed():
    assert bad_refusals(PACKAGE) == []


def test_bad_codes_are_found(tmp_path):
    package = plant(
        tmp_path,
        {
            "apps/registry/services.py": """
                class A(Refusal):
                    code = "registry.gone"
                    message = N_("{unit} is gone.")
                class B(Refusal):
                    code = "registry.gone"
                    message = "not marked"
                class C(Refusal):
                    code = "Registry_Gone"
                    message = N_("x")
                class D(Refusal):
                    code = "surveillance.late"
                    message = N_("x")
                class E(Refusal):
                    message = N_("x")
                """
        },
    )

    assert bad_refusals(package) == [
        "apps/registry/services.py:5: the message of B is not marked by N_()",
        "apps/registry/services.py:8: C has the code 'Registry_Gone'; write room.kebab-case",
        "apps/registry/services.py:11: surveillance.late belongs to another room than registry",
        "apps/registry/services.py:14: E has the code ''; write room.kebab-case",
        "registry.gone is declared 2 times: apps/registry/services.py:2, apps/registry/services.py:5",
    ]
