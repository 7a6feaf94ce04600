"""Files stay readable, finished and ours."""

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

from tests.house.source import ROOT, plant

LONGEST = 500
OURS = ("src", "tests", "ops", "benchmarks", "docs", "run")
UNFINISHED = re.compile(r"\b(TODO|FIXME|XXX)\b|raise NotImplementedError")
ADDRESS = re.compile(r"https?://|--(extra-)?index-url|--find-links|@ git\+")


def texts(root: Path, *suffixes: str) -> Iterator[tuple[Path, str]]:
    for name in OURS:
        start = root / name
        files = [start] if start.is_file() else sorted(start.rglob("*"))
        for path in files:
            skipped = {"__pycache__", "_build", "vendor", "migrations"} & set(path.parts)
            if path.is_file() and not skipped and (path.suffix in suffixes or path == start):
                yield path, path.read_text(encoding="utf-8")


def too_long(root: Path) -> list[str]:
    """Python files of more than 500 lines: split them by what they do."""
    return [
        f"{path.relative_to(root)}: {len(text.splitlines())} lines, at most {LONGEST}"
        for path, text in texts(root, ".py")
        if len(text.splitlines()) > LONGEST and path.suffix == ".py"  # `run` is one file by design
    ]


def unfinished(root: Path) -> list[str]:
    """Promises instead of work: write it, or open an issue."""
    return [
        f"{path.relative_to(root)}:{number}: {line.strip()}"
        for path, text in texts(root, ".py", ".html", ".css", ".js", ".ts", ".yaml")
        for number, line in enumerate(text.splitlines(), start=1)
        if UNFINISHED.search(line) and path.name != Path(__file__).name
    ]


def loose_locks(root: Path) -> list[str]:
    """Dependencies without a reason or a lock, lock entries without a hash, addresses in locks."""
    findings = []
    text = (root / "pyproject.toml").read_text(encoding="utf-8")
    project = tomllib.loads(text)
    groups = {"runtime": project["project"]["dependencies"], **project["dependency-groups"]}
    for group, wanted in groups.items():
        lock = (root / "requirements" / f"{group}.lock").read_text(encoding="utf-8")
        entries = re.sub(r"\\\n\s*", "", lock).splitlines()
        if ADDRESS.search(lock):
            findings.append(f"requirements/{group}.lock names an address; run ./run lock")
        findings += [
            f"requirements/{group}.lock: {entry.split()[0]} has no hash"
            for entry in entries
            if entry and not entry.startswith("#") and "--hash=sha256:" not in entry
        ]
        locked = {re.split(r"[=\s]", entry)[0].lower() for entry in entries}
        for need in wanted:
            name = re.split(r"[\[<>=~! ]", need)[0].lower().replace("_", "-")
            if name not in locked:
                findings.append(f"{name} is not in requirements/{group}.lock; run ./run lock")
            if not re.search(rf'"{re.escape(need)}",\s+#', text):
                findings.append(f"{name} has no reason beside it in pyproject.toml")
    return findings


def test_files_are_short():
    assert too_long(ROOT) == []


def test_a_long_file_is_found(tmp_path):
    root = plant(tmp_path, {"src/tuyen/web/views.py": "x = 1\n" * 501, "src/a.py": "x = 1\n" * 500})

    assert too_long(root) == ["src/tuyen/web/views.py: 501 lines, at most 500"]


def test_nothing_is_left_to_do():
    assert unfinished(ROOT) == []


def test_an_unfinished_line_is_found(tmp_path):
    root = plant(tmp_path, {"src/tuyen/a.py": "x = 1  # TODO later\n"})

    assert unfinished(root) == ["src/tuyen/a.py:1: x = 1  # TODO later"]


def test_dependencies_are_locked_and_reasoned():
    assert loose_locks(ROOT) == []


def test_a_loose_dependency_is_found(tmp_path):
    root = plant(
        tmp_path,
        {
            "pyproject.toml": """
                [project]
                dependencies = [
                  "numpy>=2",  # columns
                  "leftpad",
                ]
                [dependency-groups]
                dev = []
                """,
            "requirements/runtime.lock": "numpy==2.4.6\n",
            "requirements/dev.lock": "--index-url https://registry.example/simple\n",
        },
    )

    assert loose_locks(root) == [
        "requirements/runtime.lock: numpy==2.4.6 has no hash",
        "leftpad is not in requirements/runtime.lock; run ./run lock",
        "leftpad has no reason beside it in pyproject.toml",
        "requirements/dev.lock names an address; run ./run lock",
        "requirements/dev.lock: --index-url has no hash",
    ]
