"""Rows are written by services, from operations, and nowhere else; SQL is written where reviewed."""

import ast
from fnmatch import fnmatch
from pathlib import Path

from tests.house.source import PACKAGE, Module, called, chain, modules, plant

# Modules that a second person has read for exactly this. Each has its reason.
MAY_WRITE = {
    "apps/*/services.py": "the room's services, called by the journal",
    "apps/*/services/*.py": "the same, in a room with many",
    "apps/journal/*.py": "the journal keeps its own book",
    "apps/access/statements.py": "what Django wrote, with other values in its places",
    "apps/access/devices.py": "the services of tablets, and their contacts, which are not journaled",
    "apps/*/search.py": "search columns and indexes are derived from rows",
    "kernel/*.py": "pictures; the kernel knows no rows, by the contract of the ground floor",
    "apps/*/bulk.py": "the fast path of a service: arrays of columns and executemany",
}
MAY_WRITE_SQL = {
    "apps/journal/*.py": "commit order, seals and replay",
    "apps/access/statements.py": "what Django wrote, with other values in its places",
    "apps/access/devices.py": "a contact, in one statement, so that two cannot both be first",
    "apps/*/search.py": "full-text and trigram search differ by store",
    "apps/*/bulk.py": "arrays of columns and executemany",
    "apps/access/row_policies.py": "roles and row policies of PostgreSQL, made of constants",
    "apps/access/walls.py": "tells a connection its reader, every value a parameter",
    "cli/demo/load.py": "two PRAGMAs: a demo may be lost while it is being built",
}

ALWAYS_A_WRITE = {
    "bulk_create", "bulk_update", "get_or_create", "update_or_create",
    "abulk_create", "abulk_update", "aget_or_create", "aupdate_or_create",
    "save", "asave", "save_base", "acreate", "aupdate", "adelete",
}  # fmt: skip
A_WRITE_ON_ROWS = {"create", "update", "delete", "add", "set", "remove", "clear"}
SIGNS_OF_ROWS = {
    "objects", "_default_manager", "_base_manager", "filter", "exclude", "all", "using",
    "select_related", "prefetch_related", "order_by", "select_for_update", "in_bulk",
}  # fmt: skip
RAW = {"raw", "extra", "RawSQL", "cursor", "executescript", "executemany", "execute", "copy"}
NAMED_LOOKUPS = {
    "filter", "exclude", "get", "annotate", "aggregate", "alias", "order_by", "Q",
    "update", "values", "values_list", "get_or_create", "update_or_create",
}  # fmt: skip


def allowed(module: Module, patterns: dict[str, str]) -> bool:
    return any(fnmatch("/".join(module.inside), pattern) for pattern in patterns)


def writes(package: Path) -> list[str]:
    """Calls that write rows outside the modules that may."""
    findings = []
    for module in modules(package):
        if allowed(module, MAY_WRITE):
            continue
        querysets = names_of_querysets(module.tree)
        for node in ast.walk(module.tree):
            if isinstance(node, ast.Call) and is_write(node, querysets):
                findings.append(f"{module.at(node)}: .{called(node)}() writes rows")
    return findings


def is_write(node: ast.Call, querysets: set[str]) -> bool:
    if not isinstance(node.func, ast.Attribute):
        return False
    names = chain(node.func.value)
    on_rows = bool(SIGNS_OF_ROWS & set(names)) or (len(names) == 1 and names[0] in querysets)
    if node.func.attr in ALWAYS_A_WRITE:
        return True
    return node.func.attr in A_WRITE_ON_ROWS and on_rows


def names_of_querysets(tree: ast.Module) -> set[str]:
    """Variables that were given a queryset or a row somewhere in the module."""
    return {
        target.id
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign) and "objects" in chain(node.value)
        for target in node.targets
        if isinstance(target, ast.Name)
    }


def raw_sql(package: Path) -> list[str]:
    """SQL sent as text outside the modules that were reviewed for it."""
    findings = []
    for module in modules(package):
        if allowed(module, MAY_WRITE_SQL):
            continue
        for node in ast.walk(module.tree):
            if isinstance(node, ast.Call) and called(node) in RAW and is_sql(node):
                findings.append(f"{module.at(node)}: {called(node)}() sends SQL as text")
    return findings


def is_sql(node: ast.Call) -> bool:
    """A cursor, or a call whose receiver is one; ``dict.copy`` and the like are not."""
    name, names = called(node), set(chain(node.func))
    if name == "RawSQL":
        return True
    if name in ("raw", "extra"):
        return bool(names & SIGNS_OF_ROWS)
    return bool(names & {"connection", "connections", "cursor"})


def open_lookups(package: Path) -> list[str]:
    """``filter(**anything)``: names of columns and lookups must be written out, never passed in."""
    findings = []
    for module in modules(package):
        for node in ast.walk(module.tree):
            if not isinstance(node, ast.Call) or called(node) not in NAMED_LOOKUPS:
                continue
            if called(node) == "update" and "objects" not in chain(node.func):
                continue  # dict.update
            for keyword in node.keywords:
                if keyword.arg is None and not all_names_constant(keyword.value):
                    findings.append(f"{module.at(node)}: {called(node)}(**...) takes any name")
    return findings


def all_names_constant(node: ast.expr) -> bool:
    return isinstance(node, ast.Dict) and all(isinstance(key, ast.Constant) for key in node.keys)


def test_only_services_write():
    assert writes(PACKAGE) == []


def test_a_write_in_a_view_or_a_query_is_found(tmp_path):
    package = plant(
        tmp_path,
        {
            "web/registry/views.py": """
                def rename(request, pk):
                    person = Person.objects.get(pk=pk)
                    person.save()
                    Person.objects.filter(pk=pk).update(name="x")
                    old = Person.objects.filter(name="")
                    old.delete()
                    context.update(name="x")  # a dict
                """,
            "apps/registry/queries.py": "Person.objects.get_or_create(pk=1)",
            "apps/registry/services.py": "Person.objects.bulk_create([])",
        },
    )

    found = {finding.split(":", 1)[0] + finding.split(":")[1] for finding in writes(package)}

    assert found == {
        "apps/registry/queries.py1",
        "web/registry/views.py4",
        "web/registry/views.py5",
        "web/registry/views.py7",
    }


def test_sql_stands_only_in_reviewed_modules():
    assert raw_sql(PACKAGE) == []


def test_sql_as_text_is_found(tmp_path):
    package = plant(
        tmp_path,
        {
            "apps/registry/queries.py": """
                def names():
                    with connection.cursor() as cursor:
                        cursor.execute("SELECT 1")
                    return Person.objects.raw("SELECT 1")
                def fine(d): return d.copy()
                """,
            "apps/registry/search.py": "connection.cursor()",
        },
    )

    assert {finding.split(": ")[0] for finding in raw_sql(package)} == {
        "apps/registry/queries.py:3",
        "apps/registry/queries.py:4",
        "apps/registry/queries.py:5",
    }


def test_lookups_are_written_out():
    assert open_lookups(PACKAGE) == []


def test_an_open_lookup_is_found(tmp_path):
    package = plant(
        tmp_path,
        {
            "web/registry/views.py": """
                def find(request, table):
                    table.filter(**request.GET.dict())
                    table.filter(**{"valid__gt": 3})
                    return table.filter(name=request.GET["name"])
                """
        },
    )

    assert open_lookups(package) == ["web/registry/views.py:3: filter(**...) takes any name"]
