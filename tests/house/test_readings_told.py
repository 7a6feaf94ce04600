"""Whatever is read of a resident is told to them in words: every subject of a reading has its own."""

import ast
from collections.abc import Iterator
from pathlib import Path

from tuyen.web.access.readings import DONE

SOURCE = Path(__file__).resolve().parents[2] / "src" / "tuyen"


def subjects(source: str) -> Iterator[str]:
    """What the calls of ``record_readings`` in a module name as their subject, by the constants of the
    module where they name one of those."""
    tree = ast.parse(source)
    known: dict[str, str] = {}
    for node in tree.body:
        if isinstance(node, ast.Assign):
            for target in node.targets:
                known |= dict(_pairs(target, node.value))
    for node in ast.walk(tree):
        named = getattr(
            getattr(node, "func", None), "id", getattr(getattr(node, "func", None), "attr", "")
        )
        if isinstance(node, ast.Call) and named == "record_readings":
            for keyword in node.keywords:
                if keyword.arg == "subject":
                    yield from _strings(keyword.value, known)
        if isinstance(node, ast.FunctionDef):
            names = [arg.arg for arg in node.args.args]
            for name, value in zip(reversed(names), reversed(node.args.defaults), strict=False):
                if name == "subject":
                    yield from _strings(value, known)


def _pairs(target: ast.expr, value: ast.expr) -> Iterator[tuple[str, str]]:
    if isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple):
        for one, other in zip(target.elts, value.elts, strict=True):
            yield from _pairs(one, other)
    elif (
        isinstance(target, ast.Name)
        and isinstance(value, ast.Constant)
        and isinstance(value.value, str)
    ):
        yield target.id, value.value


def _strings(node: ast.expr, known: dict[str, str]) -> Iterator[str]:
    for part in ast.walk(node):
        if isinstance(part, ast.Constant) and isinstance(part.value, str) and "." in part.value:
            yield part.value
        elif isinstance(part, ast.Name) and part.id in known:
            yield known[part.id]


def test_every_subject_of_a_reading_has_words():
    found = {
        subject
        for path in SOURCE.rglob("*.py")
        if "record_readings" in (text := path.read_text()) or "subject: str = " in text
        for subject in subjects(text)
    }

    assert len(found) > 10
    assert sorted(found - DONE.keys()) == []


def test_a_subject_is_found_wherever_it_is_written():
    source = (
        "A, B = 'x.a', 'x.b'\n"
        "def f(subject='x.c'): record_readings(subject=A if f else B, ids=[])\n"
        "services.record_readings(subject='x.d')\n"
    )

    assert sorted(subjects(source)) == ["x.a", "x.b", "x.c", "x.d"]
