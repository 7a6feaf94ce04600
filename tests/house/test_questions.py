"""Every question about rows is asked by somebody: ``by`` decides which rows may answer."""

import ast
from pathlib import Path

from tests.house.source import PACKAGE, modules, plant

# Questions that are about nobody's rows, or are asked to find out who is asking.
ASKED_BY_NOBODY = {
    "journal.drill": "which world the store is of; asked before anybody is let in",
    "access.actor": "finds out who is asking",
    "access.author": "finds out who signed, for what their own right reaches elsewhere",
    "access.actor_by_login": "finds out who is asking, at the command line",
    "access.has_accounts": "a fresh installation has nobody to ask",
    "access.ids_by_login": "finds accounts for the command line, which has no session",
    "access.names": "names of users beside rows that were asked for already",
    "journal.head": "a position in the journal, no row of it",
    "journal.revision": "a position in the journal, no row of it",
    "journal.set_diseases": "wires a room in, and asks for no row",
    "registry.atlas": "the dated map is public knowledge; no person is on it",
    "supply.core_medicines": "a list of the rules; no stock and no person is on it",
    "registry.masked": "a function of the number given to it",
}


def anonymous_questions(package: Path, allowed: dict[str, str]) -> list[str]:
    """Public functions of a room's ``queries`` without a keyword-only argument ``by``.

    Where ``queries`` is a package, public is what its ``__init__`` hands out.
    """
    findings = []
    for module in modules(package, "apps"):
        if "queries" not in {part.removesuffix(".py") for part in module.inside}:
            continue
        handed_out = names_handed_out(module.path)
        for node in module.tree.body:
            if not isinstance(node, ast.FunctionDef) or node.name.startswith("_"):
                continue
            if handed_out is not None and node.name not in handed_out:
                continue
            name = f"{module.room}.{node.name}"
            if "by" not in {arg.arg for arg in node.args.kwonlyargs} and name not in allowed:
                findings.append(f"{module.at(node)}: {node.name}() does not ask who asks (by=)")
    return findings


def names_handed_out(path: Path) -> set[str] | None:
    """What the package of a module imports into its front; None for a module without one."""
    front = path.with_name("__init__.py")
    if path.parent.name != "queries" or path == front or not front.exists():
        return None
    tree = ast.parse(front.read_text(encoding="utf-8"))
    return {
        alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }


def test_queries_ask_who_asks():
    assert anonymous_questions(PACKAGE, ASKED_BY_NOBODY) == []


def test_an_anonymous_question_is_found(tmp_path):
    package = plant(
        tmp_path,
        {
            "apps/registry/queries.py": """
                def persons(*, by, on): return []
                def everyone(on): return []
                def units(on): return []
                def _inner(on): return []
                """,
            "apps/surveillance/queries/__init__.py": "from .cases import line_list",
            "apps/surveillance/queries/cases.py": """
                def line_list(on): return []
                def narrowed(rows): return rows
                """,
        },
    )

    findings = anonymous_questions(package, {"registry.units": "public"})

    assert findings == [
        "apps/registry/queries.py:3: everyone() does not ask who asks (by=)",
        "apps/surveillance/queries/cases.py:2: line_list() does not ask who asks (by=)",
    ]
