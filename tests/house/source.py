"""Reading a source tree without running it, for the guards of this folder.

A guard is a function of a tree that returns findings, one sentence each with file and line. Each is
run on the real tree, where it must find nothing, and on a small tree with a deliberate violation,
where it must find exactly that: a guard that cannot bite is worse than none.
"""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from textwrap import dedent

ROOT = Path(__file__).resolve().parent.parent.parent
PACKAGE = ROOT / "src" / "tuyen"

ROOMS = {
    "indicators",
    "governance",
    "claims",
    "exchange",
    "network",
    "surveillance",
    "border",
    "clinical",
    "immunization",
    "environment",
    "supply",
    "workforce",
    "registry",
    "journal",
    "access",
}


@dataclass(frozen=True)
class Module:
    path: Path
    inside: tuple[str, ...]  # path below the package: ("apps", "registry", "models.py")
    tree: ast.Module

    @property
    def room(self) -> str | None:
        return self.inside[1] if len(self.inside) > 2 and self.inside[0] == "apps" else None

    def at(self, node: ast.AST) -> str:
        return f"{'/'.join(self.inside)}:{getattr(node, 'lineno', 1)}"


@cache
def _parsed(path: Path, _changed: float) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), str(path))


def modules(package: Path, *below: str) -> Iterator[Module]:
    """Every Python module of a package (or of its folder ``below``), parsed; migrations left out."""
    for path in sorted(package.joinpath(*below).rglob("*.py")):
        inside = path.relative_to(package).parts
        if "migrations" not in inside:
            yield Module(path, inside, _parsed(path, path.stat().st_mtime))


def plant(folder: Path, files: dict[str, str]) -> Path:
    """Write a small source tree for a guard to bite, and return its root."""
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(dedent(text), encoding="utf-8")
    return folder


def called(node: ast.Call) -> str:
    """The last name of what is called: ``filter`` in ``Dose.objects.filter(...)``."""
    if isinstance(node.func, ast.Attribute):
        return node.func.attr
    return node.func.id if isinstance(node.func, ast.Name) else ""


def chain(node: ast.expr) -> list[str]:
    """The names on the way to an expression: ``["Dose", "objects", "filter"]``, calls unfolded."""
    names: list[str] = []
    while True:
        if isinstance(node, ast.Call):
            node = node.func
        elif isinstance(node, ast.Subscript):
            node = node.value
        elif isinstance(node, ast.Attribute):
            names.append(node.attr)
            node = node.value
        else:
            if isinstance(node, ast.Name):
                names.append(node.id)
            return names[::-1]
